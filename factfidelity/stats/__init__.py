"""Numbers in, small frozen answers out; knows no subject.

Every function takes arrays (or a frame, where it takes a formula) and returns a frozen answer with ``estimate``,
``low``, ``high`` and ``p``. What cannot be computed is NaN, and ``why`` says the reason. A wrong argument is a
``ValueError``. Modules are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from types import ModuleType

__all__ = [
    "compare",
    "control",
    "counts",
    "panel",
    "power",
    "rates",
    "reliability",
    "resample",
    "series",
    "survival",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module 'factfidelity.stats' has no attribute {name!r}")
    return importlib.import_module(f"factfidelity.stats.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
