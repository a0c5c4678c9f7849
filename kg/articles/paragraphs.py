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

HEADLINE, PROSE, LIST_ITEM, BOILERPLATE = ParagraphKind
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


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of the table put together, one for each place, and what those that are searched for need."""

    whole: re.Pattern[str]
    start: re.Pattern[str]
    short: re.Pattern[str]
    any: re.Pattern[str]
    opens: re.Pattern[str]
    short_needs: re.Pattern[str]
    any_needs: re.Pattern[str]


@cache
def _rules() -> _Rules:
    def of(where: str) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{p.pattern.pattern})" for p in patterns() if p.where == where), re.IGNORECASE)

    def needs(where: str) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(word) for p in patterns() if p.where == where for word in p.needs))

    return _Rules(of("whole"), of("start"), of("short"), of("any"), of("opens"), needs("short"), needs("any"))


def split(clean: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a clean text, one for each line that is not empty, without the spaces around it."""
    rules = _rules()
    found: list[Paragraph] = []
    links = False
    for match in _LINE.finditer(clean):
        line = match[0]
        short = len(line) <= SHORT
        open_ended = short and not _ended(line)
        if short and rules.opens.fullmatch(line):
            links, kind = True, BOILERPLATE
        elif links and open_ended and len(line) <= LINK:
            kind = BOILERPLATE
        else:
            links = False
            kind = _classify(line, rules, open_ended=open_ended)
            if kind is PROSE and open_ended and _is_headline(line, first=not found):
                kind = HEADLINE
        found.append(Paragraph(match.start(), match.end(), kind))
    return _with_tail(found)


def _with_tail(found: list[Paragraph]) -> tuple[Paragraph, ...]:
    """After the last prose, what follows a boilerplate line and is no sentence belongs to the foot of the page as well."""
    if not found or found[-1].kind is PROSE:
        return tuple(found)
    body = next((i for i in range(len(found) - 1, -1, -1) if found[i].kind in (PROSE, LIST_ITEM)), -1) + 1
    foot = next((i for i in range(body, len(found)) if found[i].kind is BOILERPLATE), len(found))
    if not body:
        return tuple(found)
    return (*found[:foot], *(Paragraph(p.start, p.end, BOILERPLATE) for p in found[foot:]))


def _classify(line: str, rules: _Rules, *, open_ended: bool) -> ParagraphKind:
    if _is_boilerplate(line, rules):
        return BOILERPLATE
    if _BULLET.match(line) and not (open_ended and len(line) <= LINK and _HEADING.match(line)):
        return LIST_ITEM
    return PROSE


def _is_boilerplate(line: str, rules: _Rules) -> bool:
    lower = line.lower()
    if len(line) <= SHORT and (rules.whole.fullmatch(line) or (rules.short_needs.search(lower) and rules.short.search(line))):
        return True
    return bool(rules.start.match(line) or (rules.any_needs.search(lower) and rules.any.search(line)))


def _ended(line: str) -> bool:
    return _ENDED.search(line, max(0, len(line) - 8)) is not None


def _is_headline(line: str, *, first: bool) -> bool:
    if first:
        return len(line) <= 2 * LINK
    return len(line) <= LINK and (bool(_HEADING.match(line)) or not _COMMAS.search(line))
