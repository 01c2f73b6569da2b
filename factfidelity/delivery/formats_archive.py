"""Archives: their members are read as files of the delivery; what could harm the machine is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from factfidelity.delivery.formats import LARGEST_RATIO, LARGEST_UNPACKED, MEGABYTE, MOST_MEMBERS, FileFaultError


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Return name and content of each file of a zip archive.

    Raises
    ------
    FileFaultError
        Damaged, encrypted, an archive inside it, names that lead out of the folder, or a size that does not fit.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # what a flipped byte brings about is not only BadZipFile
        raise FileFaultError("damaged", format="zip") from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _refuse_unsafe(entries, len(data))
        for entry in entries:
            try:
                content = archive.read(entry)
            except Exception:
                raise FileFaultError("damaged", format="zip") from None
            yield entry.filename.replace("\\", "/"), content


def _refuse_unsafe(entries: list[zipfile.ZipInfo], packed: int) -> None:
    size = sum(entry.file_size for entry in entries)
    reason = ""
    if len(entries) > MOST_MEMBERS:
        reason, swedish = "too many files", "för många filer"
    elif size > LARGEST_UNPACKED or (size > 10 * MEGABYTE and size > LARGEST_RATIO * max(packed, 1)):
        reason, swedish = "it unpacks to far more than it is", "det packas upp till mycket mer än det är"
    elif any(_leads_out(entry.filename) for entry in entries):
        reason, swedish = "names that lead out of the folder", "namn som leder ut ur mappen"
    elif any(entry.flag_bits & 1 for entry in entries):
        reason, swedish = "it is encrypted", "det är krypterat"
    elif any(entry.filename.lower().endswith(".zip") for entry in entries):
        reason, swedish = "an archive inside it", "ett arkiv i arkivet"
    if reason:
        raise FileFaultError("unsafe_archive", reason=reason, reason_sv=swedish)


def _leads_out(name: str) -> bool:
    plain = name.replace("\\", "/")
    return plain.startswith("/") or ":" in plain or "\0" in plain or ".." in plain.split("/")
