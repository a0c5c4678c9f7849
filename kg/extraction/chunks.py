"""A text as a row of chunks: names, pronouns, cues, titles, function words, punctuation and what is left."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from operator import attrgetter
from typing import NamedTuple

import rjieba

from kg.extraction.boundaries import Span
from kg.extraction.lexicon import FUNCTION, Words, cues, generic_words, make_words, titles, word_class
from kg.resources import data_path, read_table

PUNCTUATION = "，、；：。！？《》“”（）\n—·-…●■◆▪◇□○★☆"
# what the segmenter takes for one word: 已同, 愿与, 将向
_FUSED = re.compile(r"^[已愿曾将拟还也均正并又再就都共现仍须需另改全][与同跟向对由为]$")


# 子公司 is not 公司.
_DAUGHTERS = frozenset("子母分总")
# 运营商 and 投资人 are who does it, not that it is done.
_AGENTS = frozenset("商社人")
# 与之, 向之: 之 stands for somebody there, elsewhere it is 的.
_TOWARDS = frozenset("与同向对为")


class Chunk(NamedTuple):
    """A piece of the clean text. `kind` is one letter: M name, A pronoun, C cue, T title, F function word, P punctuation,
    D number, W other; `common` marks a noun for people or bodies of no name (代表, 企业), `firm` one that does not speak for whom it belongs to
    (企业), `signing` an event at which a text is signed (签约仪式). `value` is the word, for M its type, for W the first letter of its part of speech, for D # or, of money, $."""

    start: int
    end: int
    kind: str
    value: str
    span: int = -1
    common: bool = False
    firm: bool = False
    signing: bool = False


@dataclass(frozen=True, slots=True)
class Anaphor:
    """A word that stands for something named before: how many, of which type, and how its name may end."""

    number: int
    type: str
    ends: tuple[str, ...] = ()
    strict: bool = False
    own: bool = False
    former: bool = False


# A bare noun (项目, 论坛) goes only to what is called so; one with 该 goes to the last of its type.
_POINTING = frozenset("该这本此上")


@cache
def anaphors(language: str) -> dict[str, Anaphor]:
    """Anaphor → what it asks for."""
    rows = read_table(
        data_path("seeds") / "lexicon" / f"anaphors.{language}.csv", ("word", "number", "type", "ends"), key="word"
    )
    return {
        row["word"]: Anaphor(
            int(row["number"]),
            row["type"],
            row.many("ends"),
            bool(row["ends"]) and row["word"][0] not in _POINTING,
            row["word"] in word_class("zh", "own"),
            row["word"] in word_class("zh", "former"),
        )
        for row in rows
    }


@cache
def _lexicon(language: str) -> Words:
    return make_words(
        [(word, "T") for word in sorted(titles(language))]
        + [(word, "A") for word in anaphors(language)]
        + [(word, "C") for word in cues(language)]
        + [(word, "W") for word in generic_words("common") if len(word) > 2]  # 公益组织 organises nothing
    )


def chunk(text: str, spans: Sequence[Span]) -> list[Chunk]:
    """The chunks of a clean Chinese text, in order; white space is left out."""
    found: list[Chunk] = []
    rest, at = list(text), 0
    for number, span in enumerate(spans):
        if at < span.start:
            after = _chief(text, at, found)
            rest[at:after] = _TAKEN * (after - at)
        signing = span.type == "Event" and "签约" in text[span.start : span.end]
        found.append(Chunk(span.start, span.end, "M", span.type, number, signing=signing))
        at = span.end
        rest[span.start : at] = _TAKEN * (at - span.start)
    found += _between("".join(rest))
    return _pointed(text, sorted(found, key=_start))


# Stands for each character of a name where words are read: what is on either side of it is read apart. No clean text holds it.
_TAKEN = "\0"
_start = attrgetter("start")


_POINTER = re.compile("这(?:一|家|个|座|条|项|所|份|只|场|款|支|届)")


def _pointed(text: str, chunks: list[Chunk]) -> list[Chunk]:
    """The chunks, where 这一总部设在某地的组织 and 这家多边机构 stand for what 该组织 and 该机构 do: the noun becomes the pronoun."""
    known = anaphors("zh")
    for match in _POINTER.finditer(text):
        number = bisect_left(chunks, match.start(), key=lambda piece: piece.start)
        for at in range(number, min(number + 10, len(chunks))):
            piece = chunks[at]
            noun = text[piece.start : piece.end]
            if piece.kind == "P" or (piece.kind in "MA" and piece.start < match.end()):
                break
            if (
                piece.start >= match.end()
                and piece.kind in "WCA"
                and "该" + noun in known
                and text[piece.end : piece.end + 1] != "的"
            ):
                chunks[at] = piece._replace(kind="A", value="该" + noun)
                named = next((place for place in range(number, at) if chunks[place].kind == "M"), at)
                for place in range(number, named):  # what it is like, not what is done
                    if chunks[place].kind == "C":
                        chunks[place] = chunks[place]._replace(kind="W", value="v")
                break
    return chunks


def _chief(text: str, at: int, found: list[Chunk]) -> int:
    """某国财政部|长: the office begins in the name of the body; where what is left of the text begins."""
    if not found or found[-1].end != at or found[-1].value != "GovernmentBody":
        return at
    sizes = range(6, 1, -1)
    word = next((text[at - 1 : at - 1 + size] for size in sizes if text[at - 1 : at - 1 + size] in titles("zh")), "")
    if not word or any(text[at : at + size] in titles("zh") for size in sizes):
        return at
    found.append(Chunk(at, at - 1 + len(word), "T", word))
    return at - 1 + len(word)


@cache
def _fixed() -> dict[str, tuple[str, str]]:
    """What a word is whatever it is elsewhere, kind and value: punctuation, a word that holds the sentence together, money."""
    words = [(PUNCTUATION[a:b], "P") for a, b in combinations(range(len(PUNCTUATION) + 1), 2)]
    words += [(FUNCTION[a:b], "F") for a, b in combinations(range(len(FUNCTION) + 1), 2)]
    words += [(word, "F") for name in ("particle", "at", "owner") for word in word_class("zh", name)]
    found: dict[str, tuple[str, str]] = dict.fromkeys(word_class("zh", "currency"), ("D", "$"))
    return found | {word: (kind, word) for word, kind in reversed(words)}


@cache
def _common() -> frozenset[str]:
    return frozenset(generic_words("common"))


def _between(text: str) -> list[Chunk]:
    """The chunks between the names, which are taken out."""
    words = []
    edges = {0}
    at = 0
    for word, tag in rjieba.tag(text):
        if len(word) == 2 and _FUSED.match(word):
            words += [(at, at + 1, word[0], tag), (at + 1, at + 2, word[1], tag)]
            edges.add(at + 1)
        elif word != _TAKEN:
            words.append((at, at + len(word), word, tag))
        at += len(word)
        edges.add(at)
    found, covered = [], bytearray(len(text))
    fixed, spokesmen, nobody = _fixed(), word_class("zh", "spokesman"), _common()
    for start, end, kind in _lexicon("zh").find(text):
        whole = (start in edges) + (end in edges)
        agent = end not in edges and text[end : end + 1] in _AGENTS
        if text[start:end] == "之" and text[start - 1 : start] not in _TOWARDS:
            continue
        if whole == 2 or (whole == 1 and end - start > 1 and not agent and text[max(0, start - 1) : start] not in _DAUGHTERS):
            word = text[start:end]
            common = kind in "CTW" and word in nobody
            value = "n" if kind == "W" else word
            found.append(Chunk(start, end, kind, value, -1, common, common and word not in spokesmen))
            covered[start:end] = b"\1" * (end - start)
    for start, end, word, tag in words:
        if covered.find(1, start, end) >= 0:
            continue
        if known := fixed.get(word):
            found.append(Chunk(start, end, *known))
        elif word.isspace():
            continue
        elif tag == "m" or word[0].isdigit():
            found.append(Chunk(start, end, "D", "#"))
        else:
            common = word in nobody
            found.append(Chunk(start, end, "W", (tag or "x")[0], -1, common, common and word not in spokesmen))
    return found
