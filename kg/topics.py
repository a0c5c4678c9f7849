"""What a sentence is about and what kind of text it seals: the two schemes of ontology/topics.ttl and their cue words.

A concept is assigned where one of its cue words stands. Of cue words that overlap the first counts, of two that begin together
the longer one (数字经济合作 is about 数字经济, not 经济合作); near misses of the scheme take part and assign nothing. Latin cue words
match whole words in any case, with a plural -s or -es.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from ahocorasick_rs import AhoCorasick

from kg.errors import DataError
from kg.resources import data_path

TOPICS = "https://w3id.org/cooperation-kg/topics"
KINDS = "https://w3id.org/cooperation-kg/agreement-kinds"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_NEAR_MISS = "https://w3id.org/cooperation-kg/ontology#near_miss"


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a scheme: local name, labels, definitions and examples by language, the concept above it, its cue words."""

    name: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    examples: Mapping[str, str]
    broader: str | None
    cues: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """A concept scheme and the automaton over its cue words; `names[i]` is the concept of pattern i, None for a near miss."""

    concepts: Mapping[str, Concept]
    names: tuple[str | None, ...]
    automaton: AhoCorasick


def assign_topics(text: str) -> tuple[str, ...]:
    """The topics that a sentence is about, as sorted local names; a broader topic is left out where a narrower one is there.

    `text` is the clean text of a sentence, in simplified characters.
    """
    return _assign(load_scheme(TOPICS), text)


def assign_kinds(text: str) -> tuple[str, ...]:
    """The kinds of agreement that a sentence or an agreement's name tells of, as sorted local names."""
    return _assign(load_scheme(KINDS), text)


@cache
def load_scheme(scheme: str) -> Scheme:
    """The concept scheme with this IRI (`TOPICS` or `KINDS`). Raises DataError if a cue word stands for two concepts."""
    path = data_path("ontology") / "topics.ttl"
    texts: dict[tuple[str, str], dict[str, str]] = {}
    hidden: dict[str, list[str]] = {}
    broader: dict[str, str] = {}
    misses: list[str] = []
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, ox.NamedNode):
            continue
        if subject.value == scheme and predicate == _NEAR_MISS and isinstance(value, ox.Literal):
            misses.append(value.value)
        if not subject.value.startswith(scheme + "#"):
            continue
        name = subject.value.removeprefix(scheme + "#")
        if predicate == _SKOS + "hiddenLabel" and isinstance(value, ox.Literal):
            hidden.setdefault(name, []).append(value.value)
        elif isinstance(value, ox.Literal) and value.language:
            texts.setdefault((name, predicate), {})[value.language] = value.value
        elif predicate == _SKOS + "broader" and isinstance(value, ox.NamedNode):
            broader[name] = value.value.removeprefix(scheme + "#")
    concepts = {
        name: Concept(
            name,
            texts[name, _SKOS + "prefLabel"],
            texts[name, _SKOS + "definition"],
            texts[name, _SKOS + "example"],
            broader.get(name),
            tuple(sorted(cues)),
        )
        for name, cues in sorted(hidden.items())
    }
    patterns: dict[str, str | None] = {word.lower(): None for word in misses}
    for concept in concepts.values():
        for cue in concept.cues:
            if patterns.setdefault(cue.lower(), concept.name) != concept.name:
                raise DataError(f"topics.ttl: the cue word “{cue}” of {concept.name} also belongs to {patterns[cue.lower()]}")
    return Scheme(concepts, tuple(patterns.values()), AhoCorasick(list(patterns)))


def _assign(scheme: Scheme, text: str) -> tuple[str, ...]:
    found = {name for name in _matches(scheme, text) if name is not None}
    above = {scheme.concepts[name].broader for name in found}
    return tuple(sorted(found - above))


def _matches(scheme: Scheme, text: str) -> Iterator[str | None]:
    """The concepts of the cue words from left to right, leftmost and longest first, without overlaps."""
    # Lower-casing must not move positions: İ, the one letter that grows, is no part of any cue word.
    lower = text.lower() if "İ" not in text else text.replace("İ", "I").lower()
    spans = [
        (start, _word_end(lower, start, end), pattern)
        for pattern, start, end in scheme.automaton.find_matches_as_indexes(lower, overlapping=True)
    ]
    reach = 0
    for start, end, pattern in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end and start >= reach:
            reach = end
            yield scheme.names[pattern]


def _word_end(text: str, start: int, end: int) -> int:
    """Where the word ends that the match is; 0 if a Latin match is only a part of a word."""
    if _is_latin(text, start) and _is_latin(text, start - 1):
        return 0
    if not _is_latin(text, end - 1):
        return end
    for plural in ("", "s", "es"):
        if text.startswith(plural, end) and not _is_latin(text, end + len(plural)):
            return end + len(plural)
    return 0


def _is_latin(text: str, position: int) -> bool:
    """Whether a letter or digit of an alphabet with words and spaces stands there."""
    return 0 <= position < len(text) and text[position].isalnum() and text[position] < "\u2e80"
