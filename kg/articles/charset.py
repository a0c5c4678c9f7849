"""Bytes → text: which encoding a file is in.

Chinese pages come in UTF-8, GB18030 (declared as GB2312 or GBK) and Big5, some in UTF-16. Each of them often decodes the
bytes of another without an error, so what decodes is weighed by how many of its characters are in common use.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kg.errors import SourceError

BINARY = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or a Word, Excel or EPUB document)"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How much of a file is weighed; more does not change the verdict.
SAMPLE = 64 * 1024
# Fewer characters beyond ASCII than this cannot tell Big5 from GB18030; GB18030 is by far the likelier.
ENOUGH = 10
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was in, and how many places could not be decoded (each is U+FFFD in the text)."""

    text: str
    encoding: str
    broken: int = 0


def decode(data: bytes, place: str) -> Decoded:
    """The text of a file. Raises SourceError, naming `place`, for what is empty, binary or in no known encoding."""
    if not data.strip():
        raise SourceError(f"{place}: the file is empty")
    for magic, what in BINARY:
        if data.startswith(magic):
            raise SourceError(f"{place}: is {what}, not a text: save its text as UTF-8 (.txt) first")
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _replaced(data[len(mark) :], encoding)
    if b"\0" in data:
        found = _best(data, ("utf-16-le", "utf-16-be"), 0.6)
        if found is None:
            raise SourceError(f"{place}: is binary (it holds NUL bytes), not a text")
        return found
    found = _utf8(data) or _western(data) or _chinese(data) or _guessed(data)
    if found is None:
        raise SourceError(f"{place}: its encoding is not recognised: save it as UTF-8")
    return found


def commonness(text: str) -> float:
    """Which share of the characters beyond ASCII is in common use in Chinese (0 to 1; 1.0 where there is none)."""
    beyond = [c for c in text if c > "\x7f"]
    common = _common()
    return sum(c in common for c in beyond) / len(beyond) if beyond else 1.0


def is_common(char: str) -> bool:
    """Whether a character is ASCII, Chinese punctuation, or one of the 3,755 Chinese characters of everyday use."""
    return char <= "\x7f" or char in _common()


@cache
def _common() -> frozenset[str]:
    # Level 1 of GB 2312 (rows 16 to 55) was chosen by frequency of use. The traditional forms come by conversion.
    import opencc

    rows = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    simple = {row.decode("gb2312") for row in rows if row < b"\xd7\xfa"}
    to_simple = opencc.OpenCC("t2s")
    block = [chr(point) for point in range(0x4E00, 0x9FA6)]
    converted = to_simple.convert("\n".join(block)).split("\n")
    traditional = {a for a, b in zip(block, converted, strict=True) if b in simple}
    return frozenset(simple | traditional | set("，。、；：？！“”‘’（）《》【】—…·　「」『』％～〇"))


def _replaced(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd") - data.decode(encoding, "ignore").count("\ufffd"))


def _utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode(), "utf-8")
    except UnicodeDecodeError:
        found = _replaced(data, "utf-8")
        beyond = sum(c > "\x7f" for c in found.text[:SAMPLE])
        return found if found.broken * 3 <= beyond or found.broken == beyond == 1 else None


def _western(data: bytes) -> Decoded | None:
    """English with a few accents: letters beyond ASCII that stand alone between ASCII ones."""
    sample = data[:SAMPLE]
    high = len(_HIGH.findall(sample))
    if high * 10 > len(sample) or len(_LONE.findall(sample)) < 0.9 * high:
        return None
    try:
        return Decoded(data.decode("cp1252"), "windows-1252")
    except UnicodeDecodeError:
        return None


def _chinese(data: bytes) -> Decoded | None:
    found = _best(data, ("gb18030", "big5hkscs"), 0.5)
    if found is not None:
        return found
    found = _replaced(data, "gb18030")
    beyond = sum(c > "\x7f" for c in found.text[:SAMPLE])
    return found if found.broken * 10 <= beyond and commonness(found.text[:SAMPLE]) >= 0.6 else None


def _best(data: bytes, encodings: Iterable[str], least: float) -> Decoded | None:
    """The encoding that decodes without error and whose text is the most common; the first one wins a draw."""
    best: Decoded | None = None
    share = 0.0
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:SAMPLE]
        enough = sum(c > "\x7f" for c in sample) >= ENOUGH
        this = commonness(sample) if enough or encoding.startswith("utf") else (least if best is None else 0.0)
        if this >= least and (best is None or this > share + 0.1):
            best, share = Decoded(text, encoding), this
    return best


def _guessed(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    guess = from_bytes(data[:SAMPLE]).best()
    if guess is None:
        return None
    try:
        return _replaced(data, guess.encoding.replace("_", "-"))
    except LookupError:
        return None
