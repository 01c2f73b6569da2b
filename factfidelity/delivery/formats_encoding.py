"""Bytes become UTF-8 text: byte order mark, UTF-16 by null bytes, strict UTF-8, then Windows-1252; it says which.

Guessers are not used: on Swedish files they guess code pages that nobody uses. What went wrong before the file came to
us (letters encoded twice, letters lost) is found and refused, since no recoding of labels would meet them.
"""

from __future__ import annotations

import codecs
import re

from factfidelity.delivery.formats import MEGABYTE, FileFaultError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = (
    b"PK\x03\x04",
    b"PAR1",
    b"%PDF",
    b"\x89PNG",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"$FL2",
    b"$FL3",
    b"SQLite format",
)
# Ã¥ Ã¤ Ã¶ Ã… Ã„ Ã– as UTF-8: å ä ö Å Ä Ö that were read as Windows-1252 and written as UTF-8 again.
_TWICE = re.compile(rb"\xc3\x83(?:\xc2[\xa5\xa4\xb6]|\xe2\x80[\xa6\x9e\x93])")
_LOST = b"\xef\xbf\xbd"
# † „ ” inside a word are å ä ö of code page 437/850; Œ Š š inside small letters those of old Macintosh.
_OTHER = re.compile("[a-z][†„”Œ][a-z]|[a-z]Š[a-z]")
_STEP = 16 * MEGABYTE


def utf8_text(data: bytes, declared: str = "") -> tuple[bytes, str]:
    """Return the text as UTF-8 bytes without a byte order mark, and the encoding it had.

    Raises
    ------
    FileFaultError
        Binary content, a declared encoding that does not fit, letters encoded twice or lost.
    """
    if data.startswith(_BINARY):
        raise FileFaultError("binary")
    text, encoding = _declared(data, declared) if declared else _found_out(data)
    if b"\x00" in text:
        raise FileFaultError("binary")
    _refuse_broken_letters(text, encoding)
    return text, encoding


def _declared(data: bytes, declared: str) -> tuple[bytes, str]:
    try:
        codecs.lookup(declared)
        text = _transcoded(data, declared)
    except (LookupError, UnicodeError):
        raise FileFaultError("encoding", encoding=declared) from None
    return text.removeprefix(codecs.BOM_UTF8), declared


def _found_out(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                if encoding == "utf-8-sig":
                    _check_utf8(data)
                    return data[len(mark) :], encoding
                return _transcoded(data, encoding).removeprefix(codecs.BOM_UTF8), encoding
            except UnicodeError:
                raise FileFaultError("encoding", encoding=encoding) from None
    wide = _utf16_by_nulls(data)
    if wide:
        try:
            return _transcoded(data, wide), wide
        except UnicodeError:
            raise FileFaultError("binary") from None
    try:
        _check_utf8(data)
    except UnicodeDecodeError:
        pass
    else:
        return data, "ascii" if data.isascii() else "utf-8"
    try:
        return _transcoded(data, "cp1252"), "cp1252"
    except UnicodeError:
        raise FileFaultError("encoding", encoding="UTF-8 / Windows-1252") from None


def _utf16_by_nulls(data: bytes) -> str:
    head = data[:4000]
    if len(head) < 4 or b"\x00" not in head:
        return ""
    half = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else ""


def _check_utf8(data: bytes) -> None:
    if data.isascii():
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    for at in range(0, len(data), _STEP):
        decoder.decode(view[at : at + _STEP])
    decoder.decode(b"", final=True)


def _transcoded(data: bytes, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    parts = [decoder.decode(view[at : at + _STEP]).encode("utf-8") for at in range(0, len(data), _STEP)]
    parts.append(decoder.decode(b"", final=True).encode("utf-8"))
    return b"".join(parts)


def _refuse_broken_letters(text: bytes, encoding: str) -> None:
    if text.isascii():
        return
    twice = sum(1 for _ in _TWICE.finditer(text))
    if twice:
        raise FileFaultError("double_encoding", count=twice)
    lost = text.count(_LOST)
    if lost:
        raise FileFaultError("lost_letters", count=lost)
    if encoding == "cp1252":
        other = len(_OTHER.findall(text[: 4 * MEGABYTE].decode("utf-8", "ignore")))
        if other:
            raise FileFaultError("other_code_page", count=other)
