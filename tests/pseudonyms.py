"""Every key of a person in a delivery, and a search for them in whatever a run leaves behind."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import traceback
import zipfile
import zlib
from pathlib import Path

import pandas as pd

from factfidelity.delivery.load import load_extract
from factfidelity.delivery.mapping import assign, options_of, read_mapping
from factfidelity.delivery.read import read_folder
from factfidelity.schemas.files import read_yaml, schema_files

WORD = re.compile(r"[\w-]+")
ARCHIVES = {".xlsx", ".docx", ".pptx", ".zip"}
PICTURES = {".svgz", ".jpg"}
_PNG = b"\x89PNG\r\n\x1a\n"
# Places of a workbook: K100 is a cell, and may be the key of a contact too.
_PLACES = re.compile(r'\b(?:r|ref|sqref|spans|activeCell)="[^"]*"|<(?:c:)?f>[^<]*</(?:c:)?f>')
_PERSON_COLUMNS = ("client_id", "staff_id", "person", "staff", "source", "client", "contact_id", "contact")


def keys_of(folder: Path) -> set[str]:
    """Return every key of a client or staff member as the files hold them, on both sides of each crosswalk."""
    mapping = read_mapping(folder / "mapping.yaml")
    read = read_folder(folder, options_of=lambda name: options_of(mapping, name))
    assigned, beside, _ = assign(read.tables, mapping)
    found: set[str] = set()
    for one in assigned:
        for name, heading in one.match.headings.items():
            if name in (*_PERSON_COLUMNS, one.layout.person):
                found |= set(one.raw.frame[heading].unique())
    for (kind, _), tables in beside.items():
        if kind == "crosswalk":
            found |= {text for raw in tables for heading in raw.frame.columns for text in raw.frame[heading].unique()}
    return {text.strip() for text in found if len(text.strip()) >= 4}


def days_of(folder: Path) -> set[str]:
    """Return the days on which somebody died, or on which fewer than five clients have anything.

    Days that mean something to everybody (a month's first and last, the period, the start of a team, an assessment, a
    break of a register, a date of the plan) are left out.
    """
    extract = load_extract(folder)
    parts = []
    for name, frame in extract.tables.items():
        if "client_id" in frame.columns and len(frame):
            dates = [column for column in frame.columns if frame[column].dtype.kind == "M"]
            parts += [frame[["client_id", column]].set_axis(["client", "day"], axis=1).dropna() for column in dates]
            if name == "deaths":
                parts += [frame[["client_id", "date"]].set_axis(["client", "day"], axis=1).dropna()]
    who = pd.concat(parts, ignore_index=True)
    alone = who.groupby("day")["client"].nunique()
    days = set(alone.index[alone < 5]) | set(extract.deaths["date"].dropna())
    known = {extract.start, extract.end, extract.end - pd.Timedelta(days=1), *extract.teams["started"].dropna()}
    known |= {pd.Timestamp(one) for one in extract.ratings["assessment"].dropna().unique() if len(one) == 10}
    known |= {pd.Timestamp(item["date"]) for item in read_yaml(schema_files("codes")["register_breaks"])["breaks"]}
    for source in extract.sources.values():
        known |= {day for day in (source.start, source.end, source.complete_to) if day is not None}
    known |= {day - pd.Timedelta(days=1) for day in known}
    said = re.findall(r"\d{4}-\d\d-\d\d", (folder / "plan.yaml").read_text(encoding="utf-8"))
    known |= {pd.Timestamp(one) for one in said}
    rest = [day for day in days if day not in known and day.day != 1 and not day.is_month_end]
    return {f"{day:%Y-%m-%d}" for day in rest} | {f"{day:%Y%m%d}" for day in rest}


def texts_of(path: Path) -> dict[str, str]:
    """Return the text of a file, of each member of an archive, of a PDF where pdftotext is at hand."""
    if path.suffix in ARCHIVES:
        return _members(path.read_bytes(), path.name)
    if path.suffix == ".pdf":
        tool = shutil.which("pdftotext")
        run = subprocess.run([tool, str(path), "-"], capture_output=True, check=True) if tool else None
        return {path.name: run.stdout.decode("utf-8", "replace")} if run else {}
    if path.suffix == ".png":
        return {path.name: _said_in_picture(path.read_bytes())}
    if path.suffix in PICTURES:
        return {}
    return {path.name: path.read_text(encoding="utf-8")}


def _members(data: bytes, name: str) -> dict[str, str]:
    texts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.namelist():
            content = archive.read(member)
            if content[:4] == b"PK\x03\x04":
                texts |= _members(content, f"{name}/{member}")
            elif content[:8] == _PNG:
                texts[f"{name}/{member}"] = _said_in_picture(content)
            else:
                texts[f"{name}/{member}"] = _PLACES.sub(" ", content.decode("utf-8", "replace"))
    return texts


def _said_in_picture(content: bytes) -> str:
    """Return the texts that a PNG carries beside its picture; squeezed pixels hold every short word by chance."""
    texts, place = [], len(_PNG)
    while place + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[place : place + 8])
        part = content[place + 8 : place + 8 + size]
        if kind == b"zTXt":
            part = zlib.decompress(part.partition(b"\0")[2][1:])
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            texts.append(part.decode("utf-8", "replace"))
        place += size + 12
    return "\n".join(texts)


def found_in(text: str, keys: set[str]) -> int:
    """Count the keys in a text; they are whole words of it."""
    return len(set(WORD.findall(text)) & keys)


def found_below(folder: Path, keys: set[str]) -> dict[str, int]:
    """Return how many keys stand in each text below a folder, where any do; names of files are searched too."""
    found = {}
    for path in sorted(folder.rglob("*")):
        texts = {f"name of {path.name}": path.stem} | (texts_of(path) if path.is_file() else {})
        found |= {name: count for name, text in texts.items() if (count := found_in(text, keys))}
    return found


def traceback_of(error: BaseException) -> str:
    """Return the whole traceback of an error, of all that it came from too, hidden or not."""
    parts: list[str] = []
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        parts += [*traceback.format_exception(one, chain=False), repr(one)]
        waiting += [one.__cause__, one.__context__]
    return "\n".join(parts)
