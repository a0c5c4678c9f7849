"""Whether and when: what the words around a statement make of it.

    cue of a relation + signals + dates around it ──▶ Assessment (polarity, status, date)

The words are data (seeds/lexicon/factuality.*.csv), each with what it reads and how far it reaches; the scopes are here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import ahocorasick_rs

from kg.extraction.dates import DateKind, DateRole, DateSpan, find_dates
from kg.model import Article
from kg.resources import Row, data_path, read_table

COLUMNS = ("cue", "reads", "scope", "not_after", "not_before", "example", "near_miss")


class Polarity(StrEnum):
    """Whether a sentence states a fact; only what is stated is a relation."""

    STATED = "stated"
    DENIED = "denied"
    UNREAL = "unreal"


@dataclass(frozen=True, slots=True)
class Signal:
    """A word that says whether or when: `text[start:end]`; `reads` and `scope` as in its table."""

    start: int
    end: int
    reads: str
    scope: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is said of one relation. `status` is one of the ontology, `date` ISO or None; `because` are the signals read."""

    polarity: Polarity
    status: str
    date: str | None
    because: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """An article prepared: its clean text with all dates and signals, in order."""

    text: str
    language: str
    published: str | None
    dates: tuple[DateSpan, ...]
    signals: tuple[Signal, ...]
    paragraphs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    automaton: ahocorasick_rs.AhoCorasick
    rows: tuple[tuple[str, str, frozenset[str], frozenset[str]], ...]


def read_cues(language: str) -> list[Row]:
    """The rows of seeds/lexicon/factuality.<language>.csv. Raises DataError with file and line."""
    return read_table(data_path("seeds") / "lexicon" / f"factuality.{language}.csv", COLUMNS, key="cue")


@cache
def _load(language: str) -> _Lexicon:
    rows = read_cues(language)
    automaton = ahocorasick_rs.AhoCorasick([row["cue"] for row in rows], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    facts = tuple((r["reads"], r["scope"], frozenset(r["not_after"]), frozenset(r["not_before"])) for r in rows)
    return _Lexicon(automaton, facts)


def find_signals(text: str, language: str) -> tuple[Signal, ...]:
    """The words of a text that say whether or when, in order; those inside 《》 are names and left out."""
    lexicon = _load(language)
    found = []
    folded = text.lower() if language == "en" else text
    for number, start, end in lexicon.automaton.find_matches_as_indexes(folded):
        reads, scope, not_after, not_before = lexicon.rows[number]
        if reads == "none":
            continue
        before, after = folded[start - 1 : start], folded[end : end + 1]
        if (before in not_after and before) or (after in not_before and after):
            continue
        if language == "en" and (before.isalnum() or after.isalnum()):
            continue
        found.append(Signal(start, end, reads, scope))
    return tuple(found)


def read_setting(article: Article) -> Setting:
    """Find all dates and signals of an article once, for any number of assessments."""
    text, language = article.clean, article.language
    return Setting(
        text,
        language,
        article.published,
        find_dates(text, article.published, language),
        find_signals(text, language),
        tuple((p.start, p.end) for p in article.paragraphs),
    )


_CLAUSE = {"zh": re.compile(r"[，；：。！？（）\n]|——"), "en": re.compile(r"[,;:()\n–—]|\.\s")}


def _clauses(text: str, start: int, end: int, language: str) -> list[int]:
    """Where the clauses of `text[start:end]` begin."""
    return [start, *(m.end() for m in _CLAUSE[language].finditer(text, start, end) if m.end() < end)]


def _within(items: Sequence[Signal], start: int, end: int) -> Sequence[Signal]:
    first = bisect_left(items, start, key=lambda item: item.start)
    return items[first : bisect_left(items, end, key=lambda item: item.start)]


def assess(
    setting: Setting,
    sentence: tuple[int, int],
    cue: tuple[int, int],
    *,
    happening: bool = True,
    default: str = "realised",
) -> Assessment:
    """Polarity, status and date of what the word at `cue` states in `sentence`; positions in the clean text.

    `happening` tells that the relation is an event in time (a signing, a meeting), which takes the time of the event told of
    where its own sentence has none; a lasting state (shares held, membership) has only its own dates. `default` is its status
    where nothing says otherwise.
    """
    text, language = setting.text, setting.language
    begins = _clauses(text, *sentence, language)
    signals = _within(setting.signals, *sentence)
    own = bisect_right(begins, cue[0]) - 1

    def clause(position: int) -> int:
        return bisect_right(begins, position) - 1

    for signal in signals:
        if signal.reads in ("denied", "unreal") and _governs(signal, cue, own, clause(signal.start)):
            return Assessment(Polarity(signal.reads), default, None, (signal,))
    status = default
    because: tuple[Signal, ...] = ()
    for signal in reversed(signals):
        if signal.reads in ("planned", "ongoing", "realised", "ended") and _governs(signal, cue, own, clause(signal.start)):
            status, because = signal.reads, (signal,)
            break
    return Assessment(Polarity.STATED, status, _date(setting, sentence, cue, status, begins, happening), because)


def _governs(signal: Signal, cue: tuple[int, int], own: int, at: int) -> bool:
    """Whether a signal in clause `at` reaches the cue in clause `own`."""
    before, after = signal.end <= cue[0], signal.start >= cue[1]
    match signal.scope:
        case "clause":
            return before and at == own
        case "chain":
            return before
        case "after":
            return after and at in (own, own + 1)
        case "post":
            return cue[1] <= signal.start <= cue[1] + 1
        case "near":
            return after and at == own
        case _:
            return at == own or (before and at == own - 1)


def _date(
    setting: Setting, sentence: tuple[int, int], cue: tuple[int, int], status: str, begins: list[int], happening: bool
) -> str | None:
    dates = [
        d for d in setting.dates if d.start < sentence[1] and d.kind is not DateKind.DATELINE and d.role is not DateRole.LIMIT
    ]
    here = [d for d in dates if d.start >= sentence[0]]
    own = bisect_right(begins, cue[0]) - 1
    same = [d for d in here if bisect_right(begins, d.start) - 1 == own]
    before = [d for d in here if d.start < cue[0]]
    close = [d for d in same if d.start < cue[0]]
    pick = close[-1] if close else same[0] if same else before[-1] if before else None
    if pick is not None:
        return pick.ahead if status == "planned" else pick.value
    if not happening or status != "realised":
        return None
    carried = [d for d in dates if d.start < sentence[0] and d.role is DateRole.AT]
    return carried[-1].value if carried else None
