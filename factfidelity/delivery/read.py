"""A folder becomes raw tables: every file by its own format, nothing understood yet, all faults kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from factfidelity.delivery.formats import LARGEST_FILE, MEGABYTE, FileFaultError, ReadOptions
from factfidelity.delivery.formats_archive import members
from factfidelity.delivery.formats_frames import STATISTICAL, read_parquet, read_statistical
from factfidelity.delivery.formats_sheets import read_workbook
from factfidelity.delivery.formats_text import read_text
from factfidelity.delivery.raw import RawTable
from factfidelity.delivery.words_read import problem
from factfidelity.errors import Problem

Progress = Callable[[str, int, int], None]
TEXTS = (".csv", ".txt", ".tsv")
WORKBOOKS = (".xlsx", ".xlsm")
READABLE = (*TEXTS, *WORKBOOKS, ".parquet", *STATISTICAL, ".zip")
# Formats that hold data elsewhere and are not read here: a file of theirs is not passed over in silence.
NOT_READ = frozenset(
    ".xls .xlsb .ods .numbers .dbf .mdb .accdb .sqlite .db .xpt .sas7bcat .por .rds .rdata .rda .feather .dat .xml .gz "
    ".tgz .tar .bz2 .xz .7z .rar".split()
)
# Files that lie in a delivery folder without being data.
BESIDE = frozenset({"mapping.yaml", "plan.yaml", "truth.json", "expected.yaml", "extract.json"})
# Workbooks that an earlier report left in the delivery's own folder: known by their name and what lies beside them.
_REPORTED = re.compile(r"(?:summary|tables|delivery_report)_(?:sv|en)\.xlsx")
_RECORDS = ("released.json", "run.json", "delivery_report_sv.html", "delivery_report_en.html")


@dataclass(eq=False)
class Delivered:
    """The raw tables of a folder and what could not be read.

    Attributes
    ----------
    tables : list of RawTable
    problems : list of Problem
    files : list of str
        Names of all files that are data by their ending, in order.
    """

    tables: list[RawTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def data_files(folder: Path) -> list[str]:
    """Return the data files of a folder by their names inside it, sorted.

    Hidden files, half written ones and the workbooks of a report that was written there are not data.
    """
    return _files(folder, READABLE)


def _files(folder: Path, suffixes: Collection[str]) -> list[str]:
    names = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith((".", "~$")) for part in PurePosixPath(name).parts)
        if hidden or path.suffix.lower() not in suffixes or path.name in BESIDE or _is_reported(path):
            continue
        if path.is_file():
            names.append(name)
    return sorted(names)


def _is_reported(path: Path) -> bool:
    return bool(_REPORTED.fullmatch(path.name)) and any((path.parent / record).is_file() for record in _RECORDS)


def read_folder(
    folder: Path,
    *,
    options_of: Callable[[str], ReadOptions],
    ignore: Iterable[str] = (),
    progress: Progress | None = None,
) -> Delivered:
    """Read every data file of a folder.

    Parameters
    ----------
    folder : Path
    options_of : callable
        What the mapping says about a file of that name.
    ignore : iterable of str
        Patterns of names that are not read.
    progress : callable, optional
    """
    out = Delivered()

    def wanted(names: list[str]) -> list[str]:
        return [name for name in names if not any(PurePosixPath(name).match(one) for one in ignore)]

    out.problems += [_not_read(name) for name in wanted(_files(folder, NOT_READ))]
    names = wanted(data_files(folder))
    for number, name in enumerate(names):
        if progress:
            progress(name, number, len(names))
        path = folder / name
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise_too_large()
            data = path.read_bytes()
        except FileFaultError as fault:
            out.problems.append(fault.at(name))
            continue
        except OSError:
            out.problems.append(problem("damaged", file=name, format=path.suffix.lower()[1:]))
            continue
        read_file(data, name, options_of, out)
    return out


def _not_read(name: str) -> Problem:
    return problem("unread_file", file=name, format=PurePosixPath(name).suffix.lower())


def raise_too_large() -> None:
    """Refuse a file beyond the limit."""
    raise FileFaultError("too_large", limit=f"{LARGEST_FILE // MEGABYTE} MB")


def read_file(data: bytes, name: str, options_of: Callable[[str], ReadOptions], out: Delivered) -> None:
    """Read one file, or each member of an archive, into ``out``."""
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix == ".zip":
            for member, content in members(data):
                inner = PurePosixPath(member).suffix.lower()
                if inner in NOT_READ:
                    out.problems.append(_not_read(f"{name}/{member}"))
                elif inner in READABLE:
                    read_file(content, f"{name}/{member}", options_of, out)
            return
        out.files.append(name)
        out.tables.extend(_tables(data, name, suffix, options_of(name)))
    except FileFaultError as fault:
        out.problems.append(fault.at(name))
    except (MemoryError, RecursionError):
        out.problems.append(FileFaultError("too_large", limit=f"{LARGEST_FILE // MEGABYTE} MB").at(name))


def _tables(data: bytes, name: str, suffix: str, options: ReadOptions) -> list[RawTable]:
    content_hash = hashlib.sha256(data).hexdigest()
    if not data:
        raise FileFaultError("empty_file")
    if suffix in TEXTS and not data.startswith(b"PK\x03\x04"):
        return [read_text(data, file=name, options=options, content_hash=content_hash)]
    if suffix in (*WORKBOOKS, *TEXTS):
        return read_workbook(data, file=name, options=options, content_hash=content_hash)
    if suffix == ".parquet":
        return [read_parquet(data, file=name, content_hash=content_hash)]
    return [read_statistical(data, file=name, content_hash=content_hash)]
