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
# In Windows-1252: an accented letter beside a letter, or a typographic mark.
_LONE = re.compile(
    rb"(?<![\x80-\xff])(?:[\xc0-\xd6\xd8-\xf6\xf8-\xff](?=[A-Za-z])|(?<=[A-Za-z])[\xc0-\xd6\xd8-\xf6\xf8-\xff]"
    rb"|[\x80\x85\x91-\x97\xa0\xa3\xa9\xab\xae\xb0\xb7\xbb])(?![\x80-\xff])"
)
_HIGH = re.compile(rb"[\x80-\xff]")
# What the last resort may say; of single-byte encodings only where few bytes are beyond ASCII, for any bytes fit them.
_WIDE = re.compile(r"cp932|shift_jis(?:_2004)?|euc_j(?:p|is_2004)|cp949|euc_kr|johab|utf_16_[bl]e")
_NARROW = re.compile(r"cp125\d|latin_1|iso8859_\d+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and the encoding it was in."""

    text: str
    encoding: str


def decode(data: bytes, place: str) -> Decoded:
    """The text of a file. Raises SourceError, naming `place`, for what is empty, binary, broken or in no known encoding.

    Broken text is refused, not mended: a character that is lost may be a part of a name.
    """
    if not data.strip():
        raise SourceError(f"{place}: the file is empty")
    for magic, what in BINARY:
        if data.startswith(magic):
            raise SourceError(f"{place}: is {what}, not a text: save its text as UTF-8 (.txt) first")
    for mark, encoding in MARKS:
        if data.startswith(mark):
            found = _strict(data[len(mark) :], encoding)
            if found is None or (encoding != "utf-8" and _readable(found.text[:SAMPLE]) < 0.5):
                raise SourceError(f"{place}: begins as {encoding} and is none: save it as UTF-8")
            return found
    if b"\0" in data:
        found = _best(data, ("utf-16-le", "utf-16-be"), 0.6)
        if found is None:
            raise SourceError(f"{place}: is binary (it holds NUL bytes), not a text")
        return found
    found = _strict(data, "utf-8") or _western(data)
    if found is None and (broken := _broken_utf8(data)) is not None:
        raise SourceError(f"{place}: is broken UTF-8 at byte {broken}: save it as UTF-8 again")
    found = found or _best(data, ("gb18030", "big5hkscs"), 0.5) or _guessed(data)
    if found is None:
        raise SourceError(f"{place}: its encoding is not recognised, or its bytes are broken: save it as UTF-8")
    return found


def commonness(text: str) -> float:
    """Which share of the characters beyond ASCII is in common use in Chinese (0 to 1; 1.0 where there is none)."""
    beyond = [c for c in text if c > "\x7f"]
    common = _common()
    return sum(c in common for c in beyond) / len(beyond) if beyond else 1.0


def _readable(text: str) -> float:
    """Which share of all characters is in common use, those of ASCII but its controls among them."""
    return sum(is_common(c) and (c >= " " or c in "\t\r\n") for c in text) / len(text) if text else 0.0


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


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding.replace("_", "-"))
    except (UnicodeDecodeError, LookupError):
        return None


def _broken_utf8(data: bytes) -> int | None:
    """Where UTF-8 is broken, if that is what it is: what is beyond ASCII decodes for the most part, or there is hardly any."""
    text = data.decode("utf-8", "replace")
    sample = text[:SAMPLE]
    beyond = sum(c > "\x7f" for c in sample)
    bad = text.count("\ufffd") - data.decode("utf-8", "ignore").count("\ufffd")
    if bad * 3 <= beyond or beyond * 100 <= len(sample):
        return len(text[: text.index("\ufffd")].encode())
    return None


def _western(data: bytes) -> Decoded | None:
    """English with a few accents and typographic marks, each of them alone among ASCII letters."""
    sample = data[:SAMPLE]
    high = len(_HIGH.findall(sample))
    if high * 4 > len(sample) or len(_LONE.findall(sample)) < high:
        return None
    return _strict(data, "cp1252")


def _best(data: bytes, encodings: Iterable[str], least: float) -> Decoded | None:
    """The encoding that decodes without error and whose text is the most common; the first one wins a draw."""
    best: Decoded | None = None
    share = 0.0
    for encoding in encodings:
        decoded = _strict(data, encoding)
        if decoded is None:
            continue
        sample = decoded.text[:SAMPLE]
        enough = sum(c > "\x7f" for c in sample) >= ENOUGH
        if encoding.startswith("utf"):
            this = _readable(sample)
        else:
            this = commonness(sample) if enough else (least if best is None else 0.0)
        if this >= least and (best is None or this > share + 0.1):
            best, share = decoded, this
    return best


def _guessed(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    guess = from_bytes(data[:SAMPLE]).best()
    few = len(_HIGH.findall(data[:SAMPLE])) * 4 <= len(data[:SAMPLE])
    known = guess is not None and (_WIDE.fullmatch(guess.encoding) or (few and _NARROW.fullmatch(guess.encoding)))
    return _strict(data, guess.encoding) if guess is not None and known else None
