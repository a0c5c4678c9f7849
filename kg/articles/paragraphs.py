"""Paragraphs of a clean text and what each of them is.

The patterns are data (seeds/boilerplate.csv). Precision comes first: a paragraph that is marked as boilerplate states
nothing, so a wrong mark loses facts, and a missed one costs little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from kg.model import Paragraph, ParagraphKind
from kg.resources import data_path, read_table

COLUMNS = ("id", "where", "needs", "pattern", "finds", "skips")
# Where a pattern stands: it is the whole paragraph, its beginning, somewhere in a short one, somewhere in any; or it opens
# a block of links to other articles.
PLACES = ("whole", "start", "short", "any", "opens")
_SEARCHED = ("short", "any")
# A paragraph longer than this is prose unless a pattern of `start` or `any` says otherwise.
SHORT = 120
# A line in a block of links is no longer than a headline, and does not end like a sentence.
LINK = 60

_LINE = re.compile(r"[^\s](?:[^\n]*[^\s])?")
_BULLET = re.compile(
    r"(?:[-*+•·●○■□◆◇▪▍►▶→➤✓※☆★–]|——|[\(（](?:\d{1,2}|[一二三四五六七八九十]{1,3}|[a-z])[\)）]|[①-⑳]"
    r"|\d{1,2}[.、)）](?!\d)|[一二三四五六七八九十]{1,3}、|[a-z]\))\s*\S"
)
_ENDED = re.compile(r"[。！？!?；;…][”’\"')）】]*$|[a-z0-9)]\.[\"')]*$")
_HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]{1,3}[章节部]"
)
_BODY = (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM)
_COMMAS = re.compile(r"[，,。]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of the boilerplate table: a text it must find, and a near one that it must pass over.

    A pattern of `short` or `any` names in `needs` what stands in every line it finds (one of these, in lower case), so that
    most lines are passed over at once.
    """

    id: str
    where: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    finds: str
    skips: str


@cache
def patterns() -> tuple[Pattern, ...]:
    """The boilerplate table. Raises DataError for a place that is none or a pattern that does not compile."""
    found = []
    for row in read_table(data_path("seeds") / "boilerplate.csv", COLUMNS, key="id"):
        if row["where"] not in PLACES:
            raise row.fail(f"where “{row['where']}” is none of {', '.join(PLACES)}")
        try:
            pattern = re.compile(row["pattern"], re.IGNORECASE)
        except re.error as error:
            raise row.fail(f"the pattern does not compile: {error}") from error
        if (row["where"] in _SEARCHED) != bool(row["needs"]):
            raise row.fail("the patterns of short and any, and no others, say what they need")
        found.append(Pattern(row["id"], row["where"], row.many("needs"), pattern, row["finds"], row["skips"]))
    return tuple(found)


@cache
def _at(where: str) -> re.Pattern[str]:
    every = "|".join(f"(?:{row.pattern.pattern})" for row in patterns() if row.where == where)
    return re.compile(every or "(?!)", re.IGNORECASE)


@cache
def _needed(where: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for row in patterns() if row.where == where for word in row.needs))


def split(clean: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a clean text, one for each line that is not empty, without the spaces around it."""
    found: list[Paragraph] = []
    links = False
    for match in _LINE.finditer(clean):
        line = match[0]
        kind = classify(line)
        if _at("opens").fullmatch(line):
            links, kind = True, ParagraphKind.BOILERPLATE
        elif links and len(line) <= LINK and not _ended(line):
            kind = ParagraphKind.BOILERPLATE
        else:
            links = False
        if kind is ParagraphKind.PROSE and not _ended(line) and _is_headline(line, first=not found):
            kind = ParagraphKind.HEADLINE
        found.append(Paragraph(match.start(), match.end(), kind))
    return _with_tail(found)


def _with_tail(found: list[Paragraph]) -> tuple[Paragraph, ...]:
    """After the last prose, what follows a boilerplate line and is no sentence belongs to the foot of the page as well."""
    body = next((i for i in range(len(found) - 1, -1, -1) if found[i].kind in _BODY), -1) + 1
    foot = next((i for i in range(body, len(found)) if found[i].kind is ParagraphKind.BOILERPLATE), len(found))
    if not body:
        return tuple(found)
    tail = (Paragraph(p.start, p.end, ParagraphKind.BOILERPLATE) for p in found[foot:])
    return (*found[:foot], *tail)


def classify(line: str) -> ParagraphKind:
    """What a single line is by its own words: boilerplate, a list item, or prose."""
    if is_boilerplate(line):
        return ParagraphKind.BOILERPLATE
    if _BULLET.match(line) and not (_HEADING.match(line) and len(line) <= LINK and not _ended(line)):
        return ParagraphKind.LIST_ITEM
    return ParagraphKind.PROSE


def is_boilerplate(line: str) -> bool:
    """Whether a line belongs to the page, not to the article."""
    if len(line) <= SHORT and (_at("whole").fullmatch(line) or _finds("short", line)):
        return True
    return _at("start").match(line) is not None or _finds("any", line)


def _finds(where: str, line: str) -> bool:
    return _needed(where).search(line.lower()) is not None and _at(where).search(line) is not None


def _ended(line: str) -> bool:
    return _ENDED.search(line, max(0, len(line) - 8)) is not None


def _is_headline(line: str, *, first: bool) -> bool:
    if first:
        return len(line) <= 2 * LINK
    return len(line) <= LINK and (bool(_HEADING.match(line)) or not _COMMAS.search(line))
