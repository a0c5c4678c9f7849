"""Characters that a site cut in half, and how they come back.

Some sites replace byte sequences in GBK text without minding where a character begins. Two such replacements are known; in
both the bytes after the cut pair up wrongly until the next single-byte character, so the text is undone on its bytes.

*A reading across two characters.* 域對 is D3F2 8CA6. Looking for 驅 (F28C) and putting its reading behind it makes
D3 F28C "(qū)" A6: 域, a byte that is no character ("?"), "qū)", and shifted pairs. Undone: the lost byte is the second half
of a traditional character with that reading, its first half is the second byte of 域.

*A question mark across two characters.* 保科 is B1A3 BFC6. Looking for the full-width question mark (A3BF) and putting "?"
makes B1 "?" C6: "??" and shifted pairs. Undone: A3BF is put back, and the first byte is the one that makes a word with what
stands beside it, in this text or in seeds/repairs/words.csv.

What cannot be decided stays as it was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from kg.articles.charset import is_common
from kg.articles.folding import simplify
from kg.resources import data_path, read_table

WORDS = ("word", "example")
# Where no single-byte character comes for this long, the text is left as it is; and so is a text with more places than this.
LONGEST = 400
MOST = 500
_LEADS = range(0x81, 0xFF)
_LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü"
_CUT = re.compile(
    rf"(?:(?<=[一-鿿])[?\ufffd][(（]?(?P<reading>[{_LETTERS}]{{1,6}})[)）]|(?<![\x20-\x28\x2a-\x7f\ufffd])[?\ufffd]{{2}}(?=[^\x00-\x7f，。！、；：]))"
)
_ANY_READING = re.compile(rf"[(（][{_LETTERS}]{{1,6}}[)）]")
_TAG_END = re.compile(r"/?[a-z]{1,10}\d?(?:\s[^<>\n]{0,100})?>", re.IGNORECASE)
_PARTNERS = {"【": "】", "（": "）", "《": "》", "“": "”", "「": "」", "『": "』", "〈": "〉", "〔": "〕"}


@dataclass(frozen=True, slots=True)
class Found:
    """`text[start:end]` was `put` before it was damaged."""

    start: int
    end: int
    put: str


def find(text: str) -> Iterator[Found]:
    """Every damaged place that can be undone, in order and without overlap."""
    if "?" not in text and "\ufffd" not in text:
        return
    context: str | None = None
    done = 0
    for match in islice(_CUT.finditer(text), MOST):
        if match.start() < done:
            continue
        if context is None:
            context = _plain(text)
        found = _undo(text, match, context)
        if found is not None:
            yield found
            done = found.end


def _plain(text: str) -> str:
    return simplify(_ANY_READING.sub("", text))


def _undo(text: str, match: re.Match[str], context: str) -> Found | None:
    before = text[max(0, match.start() - LONGEST) : match.start()]
    half = before[-1:].encode("gb18030", "replace")[-1:]
    best: list[tuple[int, str, int]] = []
    for lost in _cut_reading(half, match["reading"]) if match["reading"] else _cut_mark(half):
        whole = _realign(lost, text, match.end(), before)
        if whole is None:
            continue
        put, end = whole
        simple = simplify(put)
        if is_common(simple[0]) and sum(map(is_common, simple)) >= 0.9 * len(simple):
            best.append((_support(before, simple, context), put, end))
    best.sort(key=lambda candidate: -candidate[0])
    if not best or (best[0][0] == 0 and len(best) > 1) or (len(best) > 1 and best[0][0] == best[1][0]):
        return None
    score, put, end = best[0]
    return Found(match.start(), end, put) if score or match["reading"] else None


def _cut_reading(half: bytes, reading: str) -> Iterator[bytes]:
    """The second bytes of the traditional characters that begin with `half` and are read so."""
    from pypinyin import Style, pinyin

    for byte in _LEADS:
        char = _decoded(half + bytes([byte]))
        if char is not None and simplify(char) != char and reading in pinyin(char, style=Style.TONE, heteronym=True)[0]:
            yield bytes([byte])


def _cut_mark(half: bytes) -> Iterator[bytes]:
    """What a question mark may have taken: its second byte after a character that ends in its first, or both and a lead."""
    if half == b"\xa3":
        yield b"\xbf"
    yield from (bytes([lead, 0xA3, 0xBF]) for lead in _LEADS)


def _realign(lost: bytes, text: str, start: int, before: str) -> tuple[str, int] | None:
    """The text from `start` with the lost bytes before it, up to where pairs stand right again; None where none is made."""
    data = bytearray(lost)
    for end in range(start, min(len(text), start + LONGEST)):
        char = text[end]
        if char in "?\ufffd":
            return _swallowed(bytes(data), text, end + 1, before)
        if char == "\n":
            return None
        code = char.encode("gb18030", "replace")
        data += code
        if code[-1] < 0x80:
            whole = _decoded(bytes(data))
            return None if whole is None else (whole, end + 1)
    return None


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        return None


def _swallowed(data: bytes, text: str, end: int, before: str) -> tuple[str, int] | None:
    """A second "?", where the last half character found no partner.

    Its other half is 80, which begins no character; or it took the ASCII character after it along, as 】< before /span>:
    then only half a punctuation mark (A1) can be known again, for it closes what stands open.
    """
    if data[-1] != 0xA1:
        lone = _decoded(data + b"\x80")
        return None if lone is None else (lone, end)
    whole = _decoded(data[:-1])
    if whole is None:
        return None
    line = before[before.rfind("\n") + 1 :]
    open_ = [mark for mark in line if mark in _PARTNERS or mark in _PARTNERS.values()]
    closing = _PARTNERS.get(open_[-1], "。") if open_ else "。"
    following = text[end : end + 1]
    taken = "<" if _TAG_END.match(text, end) else "\n" if closing == "。" and following > "\x7f" else ""
    return whole + closing + taken, end


def _support(before: str, put: str, context: str) -> int:
    """How well the first undone character is known: by the words it makes with what stands before and after it.

    A word of this text counts more than one of the table, and the character before, which is certain, more than the one after.
    """
    left = simplify(_ANY_READING.sub("", before[-20:]))[-1:] + put[:1]
    known = _words()
    return sum(
        2 * min(context.count(pair), 3) + weight * (pair in known)
        for pair, weight in ((left, 4), (put[:2], 3))
        if len(pair) == 2
    )


@cache
def _words() -> frozenset[str]:
    rows = read_table(data_path("seeds") / "repairs" / "words.csv", WORDS, key="word")
    return frozenset(row["word"] for row in rows)
