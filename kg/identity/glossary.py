"""The words of which names are made besides their proper part, from seeds/identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.resources import data_path, read_table

_COLUMNS = ("zh", "en", "kind", "example")
_KINDS = frozenset({"head", "dependent", "area", "word"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the glossary. `kind`: head, dependent, area or word; `en` is how a gloss puts it."""

    zh: str
    en: str
    kind: str


@cache
def load_glossary() -> Mapping[str, Word]:
    """The words by their Chinese form. Raises DataError with file and line."""
    words = {}
    for row in read_table(data_path("seeds") / "identity" / "glossary.csv", _COLUMNS, key="zh"):
        if row["kind"] not in _KINDS:
            raise row.fail(f"kind “{row['kind']}” is none of {', '.join(sorted(_KINDS))}")
        words[row["zh"]] = Word(row["zh"], row["en"], row["kind"])
    return words


@cache
def load_words(kind: str) -> frozenset[str]:
    """The single words of a kind in seeds/identity/words.csv: generic, small, surname or legal."""
    rows = read_table(data_path("seeds") / "identity" / "words.csv", ("word", "kind", "example"))
    return frozenset(row["word"] for row in rows if row["kind"] == kind)


@cache
def _longest() -> int:
    return max(map(len, load_glossary()))


@lru_cache(maxsize=16_384)
def last_word(name: str) -> Word | None:
    """The longest word of the glossary that ends a name and says what it is, if one does."""
    words = load_glossary()
    for length in range(min(_longest(), len(name)), 0, -1):
        word = words.get(name[-length:])
        if word and word.kind in ("head", "dependent"):
            return word
    return None


def is_head(name: str) -> bool:
    """Whether the name ends with a word that says what it is: 长桥银行, 长桥集团."""
    return last_word(name) is not None


def is_dependent(name: str) -> bool:
    """Whether the name ends with a word that is nothing without the body it belongs to: 合资公司, 代表处."""
    word = last_word(name)
    return word is not None and word.kind == "dependent"
