"""The scales that are shipped: read, checked, found by id and version, listed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from factfidelity.errors import Problem, ScaleError
from factfidelity.schemas.files import build_model, key_lines, read_yaml, schema_files
from factfidelity.schemas.scale_model import Anchor, Band, Derive, Item, OwnTexts, Range, Scale, Words
from factfidelity.schemas.scale_rules import faults_of

__all__ = [
    "Anchor",
    "Band",
    "Derive",
    "Item",
    "OwnTexts",
    "Range",
    "Scale",
    "Words",
    "list_scales",
    "load_scale",
    "own_texts_folder",
    "read_scale",
    "with_own_texts",
]


def read_scale(path: Path) -> Scale:
    """Read and check one scale file.

    Raises
    ------
    ScaleError
        If a key is unknown, doubled or missing, anchors or bands leave a gap or overlap without saying so, an
        item names a subscale or a source that is not there, or the total rule is not on the list; all at once,
        with lines.
    """
    scale = build_model(read_yaml(path, error=ScaleError), Scale, path=path, error=ScaleError)
    faults = list(faults_of(scale))
    lines = key_lines(path) if faults else {}
    problems = [
        Problem(what, do, path.name, rows=(lines[key],) if key in lines else (), rule=rule, kind="scale")
        for key, what, do, rule in faults
    ]
    if path.stem != scale.id:
        what = f'is named "{path.stem}" but holds "{scale.id}"'
        problems.append(Problem(what, "name the file <scale>_<version>.yaml", path.name, rule="name", kind="scale"))
    if problems:
        raise ScaleError(problems=problems, place=path.name)
    return scale


@cache
def _read_once(path: Path) -> Scale:
    return read_scale(path)


def _shipped(start: str = "") -> Mapping[str, Scale]:
    """Return the shipped scales whose file names begin with ``start``; each file is read once."""
    return {name: _read_once(path) for name, path in schema_files("scales").items() if name.startswith(start)}


def load_scale(scale_id: str | Path, version: str | None = None) -> Scale:
    """Return one version of a scale.

    Parameters
    ----------
    scale_id : str or Path
        ``dacts``, ``tmact`` …, or the whole id with its version (``facts_2017_nl_2017``); upper and lower case
        are the same. A path to a YAML file reads that file.
    version : str, optional
        Default: the version that is marked as the default, else the newest.

    Raises
    ------
    ScaleError
        If there is no such scale or version.
    """
    if isinstance(scale_id, Path) or str(scale_id).endswith((".yaml", ".yml")):
        return read_scale(Path(scale_id))
    wanted = str(scale_id).strip().lower().replace("-", "_").replace(" ", "_")
    known = _shipped(wanted)
    if wanted in known and version is None:
        return with_own_texts(known[wanted])
    versions = [scale for scale in known.values() if scale.scale == wanted]
    versions = versions or [scale for scale in _shipped().values() if wanted in scale.aliases]
    if not versions:
        names = ", ".join(sorted({scale.scale for scale in _shipped().values()}))
        problem = Problem(
            f'there is no scale "{scale_id}"', f"choose one of: {names}", rule="unknown_scale", kind="scale",
            what_sv=f'det finns ingen skala "{scale_id}"', do_sv=f"välj någon av: {names}",
        )  # fmt: skip
        raise ScaleError(problems=[problem])
    if version is None:
        return with_own_texts(max(versions, key=lambda scale: (scale.default, scale.year or 0)))
    for scale in versions:
        if scale.version == version.strip().lower():
            return with_own_texts(scale)
    names = ", ".join(scale.version for scale in versions)
    problem = Problem(
        f'{wanted} has no version "{version}"', f"choose one of: {names}", rule="unknown_version", kind="scale",
        what_sv=f'{wanted} har ingen version "{version}"', do_sv=f"välj någon av: {names}",
    )  # fmt: skip
    raise ScaleError(problems=[problem])


def list_scales() -> pd.DataFrame:
    """List the scales that are shipped.

    Returns
    -------
    DataFrame, one row per scale and version
        scale, version, short, name_sv, name_en, kind, level, year, n_items, items_known, anchored (items with
        public anchors on a measure), derivable (items with a counting rule), total_rule, texts, status.
    """
    rows = [
        {
            "scale": scale.scale,
            "version": scale.version,
            "short": scale.short,
            "name_sv": scale.name.sv,
            "name_en": scale.name.en,
            "kind": scale.kind,
            "level": scale.level,
            "year": scale.year,
            "n_items": scale.n_items,
            "items_known": len(scale.items),
            "anchored": sum(any(anchor.cut for anchor in item.anchors) for item in scale.items.values()),
            "derivable": sum(item.derive is not None for item in scale.items.values()),
            "total_rule": scale.total.combine,
            "texts": scale.licence.texts,
            "status": scale.total.status,
        }
        for scale in _shipped().values()
    ]
    return (
        pd.DataFrame(rows)
        .astype({"n_items": "Int64", "year": "Int64"})
        .sort_values(["scale", "version"], ignore_index=True)
    )


def own_texts_folder() -> Path:
    """Return the folder, outside the package, where a team keeps item texts that others own."""
    return Path(os.environ.get("FACTFIDELITY_SCALES") or Path.home() / ".factfidelity" / "scales")


def with_own_texts(scale: Scale) -> Scale:
    """Return a scale with the item texts that were imported for it, where there are any."""
    path = own_texts_folder() / f"{scale.id}.yaml"
    if not path.is_file():
        return scale
    texts = build_model(read_yaml(path, error=ScaleError), OwnTexts, path=path, error=ScaleError)
    return texts.added_to(scale)
