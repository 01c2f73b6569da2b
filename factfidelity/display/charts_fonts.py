"""Letters that are the same on every machine: those that travel with the library of the charts."""

from __future__ import annotations

from pathlib import Path

FAMILY = "DejaVu Sans"


def font_folder() -> Path:
    """Return the folder of the font files, for whoever sets a text with the letters of the charts."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf"
