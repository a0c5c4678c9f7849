"""Sentences of the paragraphs of a clean text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from kg.model import Paragraph, Sentence
from kg.resources import data_path, read_table

COLUMNS = ("abbreviation", "ends", "example")

# Stops of either script with the closing marks that belong to them.
_END = re.compile(r"(?P<stop>[。！？!?….]+)(?P<close>[”’\"')）】》」』\]]*)")
_LATIN = frozenset(".!?")
# What goes on after a quoted end: 一声“老朋友！”的招呼
_GOES_ON = re.compile(r"[，、；：。,;:的]")
# How far back the opening mark of a title or a quotation is looked for.
NEAR = 200
# A quotation of at most this many characters inside a sentence is a part of it.
_QUOTED = 15
_TOKEN = re.compile(r"[^\s(\"“‘'\[]*$")
_NEXT = re.compile(r"\s*[\"“‘'(\[]*(\S+)")
# Words that begin a sentence rather than carry one on, after “Inc.” or “U.S.”
_STARTERS = re.compile(
    r"A|An|And|As|At|But|By|During|Earlier|For|From|Further|He|Her|His|However|If|In|It|Its|Last|Meanwhile|No|On|One|"
    r"Our|She|Since|Some|That|The|Their|There|These|They|This|Those|Under|Until|We|What|When|While|With|Yet"
)
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+$")


def split(clean: str, paragraphs: Sequence[Paragraph]) -> tuple[Sentence, ...]:
    """The sentences of every paragraph, in order. Lists whose parts end in semicolons stay one sentence."""
    found: list[Sentence] = []
    for number, paragraph in enumerate(paragraphs):
        begin, end = paragraph.start, paragraph.end
        for match in _END.finditer(clean, begin, end):
            stop = match.end()
            if stop < end and _ends(clean, begin, match, end):
                found.append(Sentence(begin, stop, number))
                begin = stop
                while clean[begin].isspace():
                    begin += 1
        found.append(Sentence(begin, end, number))
    return tuple(found)


def _ends(clean: str, begin: int, match: re.Match[str], end: int) -> bool:
    mark, close = match["stop"][0], match["close"]
    if mark in _LATIN:
        if not clean[match.end()].isspace():
            return bool(close) and mark != "." and not _inside(clean, begin, match.start())
        if mark == ".":
            return _period_ends(clean, begin, match, end)
        word = _NEXT.match(clean, match.end(), end)
        return word is not None and not word[1][0].islower()
    following = clean[match.end() : min(end, match.end() + 4)]
    if mark == "…":
        return bool(close) and not _GOES_ON.match(following)
    if not close:
        return not _inside(clean, begin, match.start())
    if "》" in close:
        return False
    opened = clean.rfind("“", max(begin, match.start() - _QUOTED), match.start())
    if opened > begin and clean[opened - 1] not in "：，,。:":
        return False
    return not _GOES_ON.match(following)


def _inside(clean: str, begin: int, stop: int) -> bool:
    """Whether a stop stands inside a title, or inside a short quotation that is a part of its sentence."""
    begin = max(begin, stop - NEAR)
    title = clean.rfind("《", begin, stop)
    if title >= 0 and title > clean.rfind("》", begin, stop):
        return True
    opened = clean.rfind("“", begin, stop)
    if opened <= begin or opened < clean.rfind("”", begin, stop) or clean[opened - 1] in "：，,。:":
        return False
    return clean.find("”", stop, opened + 2 * _QUOTED) >= 0


def _period_ends(clean: str, begin: int, match: re.Match[str], end: int) -> bool:
    following = _NEXT.match(clean, match.end(), end)
    if following is None:
        return True
    word = following[1]
    if word[0].islower():
        return False
    if match["close"]:
        return True
    token = _TOKEN.search(clean, max(begin, match.start() - 30), match.start())
    before = token[0] if token else ""
    if before.isdigit() and match.start() - len(before) == begin:
        return False
    kind = _abbreviations().get(before.lower())
    if kind is None:
        kind = (
            "maybe"
            if _INITIALS.match(before + ".") and len(before) > 1
            else "no"
            if len(before) == 1 and before.isupper()
            else "yes"
        )
    if kind == "number":
        return not word[0].isdigit()
    if kind == "maybe":
        return bool(_STARTERS.fullmatch(word.rstrip(",.")))
    return kind == "yes"


@cache
def _abbreviations() -> dict[str, str]:
    rows = read_table(data_path("seeds") / "abbreviations.csv", COLUMNS, key="abbreviation")
    return {row["abbreviation"].lower(): row["ends"] for row in rows}
