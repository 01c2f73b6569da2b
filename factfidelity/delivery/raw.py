"""One table as it was delivered: all text, with the line of each row, before anything is understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PREAMBLE = "preamble"
SEP_LINE = "sep_line"
TOTAL_ROW = "total_row"
BLANK = "blank"
TRAILING = "trailing"
HEADINGS_AGAIN = "headings_again"


@dataclass(frozen=True, eq=False)
class RawTable:
    """One sheet or file of a delivery, read as text and not yet looked into.

    Attributes
    ----------
    file : str
        Name inside the delivery, with ``/`` between folders; a member of an archive is ``archive.zip/member.csv``.
    sheet : str
        Name of the sheet; empty for files without sheets.
    frame : DataFrame
        One row for each row of data; all columns text, ``""`` where the cell is empty; headings as delivered
        (an empty heading is named ``column N``; a heading that stands twice gets `` (2)``).
    lines : ndarray of int64
        Line (row of the sheet) in the source on which each row begins, the first line of the file being 1.
    header_line : int
        Line of the headings.
    encoding, separator : str
        What the text was read as; empty for files that are not text.
    furniture : tuple of (int, str)
        Lines that are no rows of data, with their kind: ``preamble``, ``sep_line``, ``total_row``, ``blank``,
        ``headings_again`` or ``trailing`` (a note below the table).
    ragged : tuple of int
        Lines with more or fewer cells than there are headings; they are not in the frame and are set aside.
    extras : tuple of (str, str)
        Text beside the table and its place: file name, sheet name, preamble, comment, hidden sheet, document property,
        label. Screened for identifiers like the table, and never kept.
    content_hash : str
        SHA-256 of the file's bytes.
    labels : dict of str to str
        Heading → its label, where the format has labels (SPSS, Stata, SAS); also among the extras.
    remarks : tuple of (str, int)
        Rules that reading found broken short of a fault, and how often.
    hidden : bool
        Whether it is a hidden sheet: screened, and used only where a mapping names it.
    kept : dict
        What was worked out about the columns and is needed again.
    """

    file: str
    sheet: str
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    header_line: int
    encoding: str = ""
    separator: str = ""
    furniture: tuple[tuple[int, str], ...] = ()
    ragged: tuple[int, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    content_hash: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    remarks: tuple[tuple[str, int], ...] = ()
    hidden: bool = False
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def place(self) -> str:
        """Name to show: the file, and its sheet where it has one."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    def let_go(self) -> None:
        """Drop the text of the cells, once every column has been coded; the number of rows stays."""
        object.__setattr__(self, "frame", self.frame[[]])

    def add_column(self, heading: str, text: str) -> None:
        """Add a column that says the same in every row."""
        object.__setattr__(
            self, "frame", self.frame.assign(**{heading: pd.Series(text, self.frame.index, dtype="str")})
        )

    def __len__(self) -> int:
        return len(self.frame)
