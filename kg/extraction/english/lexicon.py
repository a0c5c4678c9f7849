"""The tables of names and offices for English, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs as ac

from kg.extraction.lexicon import is_han
from kg.names import load_names
from kg.resources import data_path, read_table


@cache
def head_types() -> dict[str, str]:
    """Head word or phrase in lower case → type."""
    rows = read_table(data_path("seeds") / "lexicon" / "heads.en.csv", ("word", "type", "example"), key="word")
    return {row["word"]: row["type"] for row in rows}


@cache
def titles() -> frozenset[str]:
    """Words and phrases for an office, in lower case."""
    rows = read_table(data_path("seeds") / "lexicon" / "titles.en.csv", ("word", "example"), key="word")
    return frozenset(row["word"] for row in rows)


@cache
def topics() -> frozenset[str]:
    """Words for a field of work, in lower case."""
    rows = read_table(data_path("seeds") / "lexicon" / "topics.en.csv", ("word", "example"), key="word")
    return frozenset(row["word"] for row in rows)


@cache
def words_of(kind: str) -> frozenset[str]:
    """Words of one kind of generic.en.csv: owner, trivial, place, surname."""
    rows = read_table(data_path("seeds") / "lexicon" / "generic.en.csv", ("word", "kind", "example"))
    return frozenset(row["word"] for row in rows if row["kind"] == kind)


@cache
def capitals() -> dict[str, str]:
    """Seat of government → the name of whom it stands for."""
    rows = read_table(data_path("seeds") / "lexicon" / "capitals.en.csv", ("word", "name", "example"), key="word")
    return {row["word"]: row["name"] for row in rows}


@dataclass(frozen=True)
class Gazetteer:
    """Known English names: form → (type, id); adjectives and weak forms apart; `find` gives the longest strong hits."""

    strong: dict[str, tuple[str, str]]
    weak: dict[str, tuple[str, str]]
    adjectives: dict[str, tuple[str, str, str]]
    given: frozenset[str]
    labels: dict[str, str]
    forms: tuple[str, ...]
    automaton: ac.AhoCorasick

    def find(self, text: str) -> Iterable[tuple[int, int, str]]:
        """Start, end and form of known names that begin and end at the edge of a word."""
        for number, start, end in self.automaton.find_matches_as_indexes(text):
            if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                yield start, end, self.forms[number]


@cache
def gazetteer() -> Gazetteer:
    """The English forms of seeds/names."""
    strong: dict[str, tuple[str, str]] = {}
    weak: dict[str, tuple[str, str]] = {}
    adjectives: dict[str, tuple[str, str, str]] = {}
    given: set[str] = set()
    labels: dict[str, str] = {}
    seen: dict[str, set[str]] = defaultdict(set)
    for name in load_names():
        labels[name.id] = name.en or name.zh
        for form in name.forms:
            if form and not is_han(form) and len(form) > 1 and form[:1] != "《":
                form = form.removeprefix("The ").removeprefix("the ")
                seen[form].add(name.id)
                strong.setdefault(form, (name.type, name.id))
        for form in name.weak:
            if form and not is_han(form) and len(form) > 1:
                weak.setdefault(form, (name.type, name.id))
        for form in name.adjectives:
            adjectives.setdefault(form, (name.type, name.id, name.en))
        if name.type == "Person" and " " in name.en:
            given.add(name.en.split()[0])
    for form in [form for form in strong if form in weak]:
        del strong[form]
    forms = tuple(strong)
    return Gazetteer(
        strong, weak, adjectives, frozenset(given - words_of("surname")), labels, forms, ac.AhoCorasick(forms, matchkind=ac.MatchKind.LeftmostLongest)
    )  # fmt: skip
