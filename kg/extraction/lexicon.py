"""The words of the language as data: head words, known names, cues, titles, pronouns; read from seeds/ once.

Finding many words at once is one pass of an Aho–Corasick automaton (leftmost-longest) over the clean text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs as ac

from kg.names import load_names
from kg.resources import data_path, read_table

# Words of one character that hold a sentence together.
FUNCTION = "与和及同跟由向为对给被把将在于从的以并或至到等就经受获让使随拟已曾正未没不也还又均都共各其该本此"


_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Words:
    """A set of words with a value each, found in one pass."""

    words: frozenset[str]
    values: tuple[str, ...]
    automaton: ac.AhoCorasick

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Leftmost-longest hits: start, end, value."""
        values = self.values
        return [(start, end, values[number]) for number, start, end in self.automaton.find_matches_as_indexes(text)]


def make_words(pairs: Iterable[tuple[str, str]]) -> Words:
    """Words with values; the first value of a word counts."""
    table: dict[str, str] = {}
    for word, value in pairs:
        table.setdefault(word, value)
    automaton = ac.AhoCorasick(list(table), matchkind=ac.MatchKind.LeftmostLongest)
    return Words(frozenset(table), tuple(table.values()), automaton)


def is_han(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _HAN.search(text) is not None


@cache
def heads(language: str) -> Words:
    """Head words that tell the kind of a name (公司 → Company), from seeds/lexicon/heads.*.csv."""
    rows = read_table(data_path("seeds") / "lexicon" / f"heads.{language}.csv", ("word", "type", "example"), key="word")
    return make_words((row["word"], row["type"]) for row in rows)


@cache
def slot_words(language: str) -> Words:
    """Verbs whose object is a name by its place, with the types that may stand there (`A|B`), from seeds/lexicon/slots.*.csv."""
    rows = read_table(data_path("seeds") / "lexicon" / f"slots.{language}.csv", ("word", "types", "example"), key="word")
    return make_words((row["word"], row["types"]) for row in rows)


@cache
def generic_words(kind: str) -> tuple[str, ...]:
    """Words that name nothing of their own, longest first: `head` (机制), `modifier` (国际), `compound` (中亚: no 中 and 亚 in it),
    `common` (企业: with a body it acts with, it is nobody by name)."""
    rows = read_table(data_path("seeds") / "lexicon" / "generic.zh.csv", ("word", "kind", "example"), key="word")
    return tuple(sorted((row["word"] for row in rows if row["kind"] == kind), key=lambda word: (-len(word), word)))


@cache
def _generic_ends() -> frozenset[str]:
    return frozenset(word[-1] for word in generic_words("head"))


def is_generic(form: str) -> bool:
    """Whether a form is a common noun built of generic words only (国际合作机制), not a name."""
    if form[-1:] not in _generic_ends() or not form.endswith(generic_words("head")):  # nearly always
        return False
    rest = form.removesuffix(next(word for word in generic_words("head") if form.endswith(word)))
    while rest:
        word = next((word for word in generic_words("modifier") if rest.startswith(word)), None)
        if word is None:
            return False
        rest = rest.removeprefix(word)
    return True


@cache
def cues(language: str) -> dict[str, tuple[str, ...]]:
    """Cue word → its classes (`@sign` in the table of frames)."""
    rows = read_table(data_path("seeds") / "lexicon" / f"cues.{language}.csv", ("word", "frames"), key="word")
    return {row["word"]: row.many("frames") for row in rows}


@cache
def word_class(language: str, name: str) -> frozenset[str]:
    """The words of a class (`with`: 与, 和, 会同 …), from seeds/lexicon/words.*.csv."""
    rows = read_table(data_path("seeds") / "lexicon" / f"words.{language}.csv", ("word", "class", "example"))
    return frozenset(row["word"] for row in rows if row["class"] == name)


@cache
def titles(language: str) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Word for an office → the types of bodies that have it and how their names end; both may be empty."""
    rows = read_table(data_path("seeds") / "lexicon" / f"titles.{language}.csv", ("word", "of", "ends"), key="word")
    return {row["word"]: (row.many("of"), row.many("ends")) for row in rows}


@cache
def surnames() -> tuple[str, ...]:
    """Chinese family names, the most frequent first."""
    return tuple(
        row["word"] for row in read_table(data_path("seeds") / "lexicon" / "surnames.zh.csv", ("word", "example"), key="word")
    )


@cache
def gazetteer(language: str) -> Words:
    """Known names with their types; weak ones as `?Type`, single characters left out."""
    strong, weak = [], []
    for name in load_names():
        for form in name.forms:
            if is_han(form) == (language == "zh") and len(form) > 1:
                strong.append((form, name.type))
        weak += [(form, "?" + name.type) for form in name.weak if is_han(form) == (language == "zh") and len(form) > 1]
    return make_words(strong + weak)


@cache
def known_labels() -> dict[str, str]:
    """Chinese form of a known name → its label: 陕西 → 陕西省."""
    return {form: name.zh for name in load_names() for form in name.forms if is_han(form)}


@cache
def bound_forms() -> dict[str, tuple[str, ...]]:
    """Single characters that name a place inside a compound (日, 韩, 鲁) → ids of the entities they may stand for."""
    found: dict[str, list[str]] = {}
    for name in load_names():
        for form in name.bound:
            if len(form) > 1:
                continue
            found.setdefault(form, []).append(name.id)
    return {form: tuple(ids) for form, ids in found.items()}


@cache
def bound_runs() -> re.Pattern[str]:
    """Runs of characters that name a place inside a compound: 中日韩."""
    return re.compile(f"[{re.escape(''.join(bound_forms()))}]+")
