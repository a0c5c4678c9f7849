"""Why a claim was made: the mentions, the cue, the frame and the words that decided status and date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kg.extraction.extractor import Teller, extract_article, measured
from kg.extraction.grammar import FRAME_COLUMNS
from kg.model import Article, Claim
from kg.resources import data_path, read_table


@dataclass(frozen=True, slots=True)
class Part:
    """How subject or object come into the sentence.

    `how`: M named, R through an official who stands for it, P by a plural word (双方), A and B by another word that stands for
    it, Z, E and Y carried over. `source` says what found the name where it is named: see `Span`.
    """

    how: str
    source: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What made a claim.

    `roles` and `states` are the row of its frame in seeds/lexicon/frames.*.csv; `right` of `found` is what annotated articles
    say of the frame, (0, 0) where it was never measured. `signals` are the words that decided status or date, each with what it
    reads.
    """

    claim: Claim
    subject: Part
    object: Part
    cue: str
    roles: str
    states: str
    right: int
    found: int
    signals: tuple[tuple[str, str], ...]


def trace_article(article: Article) -> Iterator[Trace]:
    """The claims of an article in their order, each with what made it."""
    extraction = extract_article(article)
    reading = extraction.reading
    if reading is None:
        return
    teller, frames = Teller(article, reading), _frames(article.language)

    def part(number: int) -> Part:
        player = reading.players[number]
        span = reading.chunks[player.at].span if player.at >= 0 else -1
        return Part(player.how, reading.spans[span].source if span >= 0 else "")

    for claim, finding in zip(extraction.claims, extraction.findings, strict=True):
        piece = reading.chunks[finding.cue]
        signals = tuple((article.clean[s.start : s.end], s.reads) for s in teller.assess(finding).because if s.end > s.start)
        roles, states = frames.get(finding.rule, ("", ""))
        right, found = measured(article.language).get((finding.rule, finding.predicate), (0, 0))
        yield Trace(
            claim,
            part(finding.subject),
            part(finding.object),
            article.clean[piece.start : piece.end],
            roles,
            states,
            right,
            found,
            signals,
        )


@cache
def _frames(language: str) -> dict[str, tuple[str, str]]:
    rows = read_table(data_path("seeds") / "lexicon" / f"frames.{language}.csv", FRAME_COLUMNS, key="rule")
    return {row["rule"]: (row["roles"], row["states"]) for row in rows}
