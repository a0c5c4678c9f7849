"""How a name falls into parts: places and other known names, words of the glossary, numbers, and the proper rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

from kg.identity.forms import fold_name, has_han
from kg.identity.glossary import load_glossary
from kg.identity.registry import load_registry


class Kind(Enum):
    """What a part of a name is."""

    PLACE = "place"
    KNOWN = "known"
    WORD = "word"
    NUMBER = "number"
    MARK = "mark"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a name. `en` is its English where it is known."""

    text: str
    kind: Kind
    en: str = ""


_NUMBER = re.compile(
    r"第?[〇零一二三四五六七八九十百千两0-9]+(?:\.[0-9]+)?(?:[届次轮期号年月日]|(?<=第.)|(?<=[0-9]))|[0-9]+(?:\.[0-9]+)?"
)
_LATIN = re.compile(r"[0-9A-Za-zÀ-ɏ&.'+/-]+(?: [0-9A-Za-zÀ-ɏ&.'+/-]+)*")
_MARK = re.compile(r"[（）()、，—·,:：;；\s-]+")


@lru_cache(maxsize=16_384)
def segment(name: str) -> tuple[Part, ...]:
    """The parts of a canonical name, in order. The longest known name or word wins; what no table knows is the rest."""
    return _segment_zh(name, *_known()) if has_han(name) else _segment_en(name)


@lru_cache(maxsize=16_384)
def spell(name: str) -> tuple[Part, ...]:
    """The words of a Chinese name, in order: places and words of the glossary, the rest as it is."""
    return _segment_zh(name, *_words())


# What a reading of a name costs: each character that no table knows, each stretch of them, each part, and a known word of one
# character amid others, which is mostly a piece of something else (科 in 中联重科).
_UNKNOWN, _STRETCH, _PART, _SINGLE = 10, 3, 1, 9


def _segment_zh(name: str, known: dict[str, Part], longest: int) -> tuple[Part, ...]:
    """The cheapest reading; of equal ones that which has the longer part first."""
    end = len(name)
    best: list[tuple[int, bool, Part | None]] = [(0, False, None)] * (end + 1)
    for at in range(end - 1, -1, -1):
        cost, unknown, _ = best[at + 1]
        best[at] = (cost + _UNKNOWN + (0 if unknown else _STRETCH), True, None)
        for part in _parts_at(name, at, known, longest):
            after = at + len(part.text)
            single = len(part.text) == 1 and part.kind is Kind.WORD and at and after < end
            cost = best[after][0] + _PART + (_SINGLE if single else 0)
            if cost < best[at][0]:
                best[at] = (cost, False, part)
    parts: list[Part] = []
    rest = at = 0
    while at < end:
        chosen = best[at][2]
        if chosen is None:
            at += 1
            continue
        if rest < at:
            parts.append(Part(name[rest:at], Kind.REST))
        parts.append(chosen)
        rest = at = at + len(chosen.text)
    if rest < end:
        parts.append(Part(name[rest:], Kind.REST))
    return tuple(parts)


# 中哈, 中日韩: China and others by the character that stands for each.
_COMPOUND = "中"


def _compound_at(name: str, at: int, known: dict[str, Part]) -> Part | None:
    """A compound of China and one or two countries at the beginning of a name, before a word that the glossary knows."""
    if not name.startswith(_COMPOUND, at) or (at and not _NUMBER.fullmatch(name[:at])):
        return None
    bound = _bound()
    for length in (3, 2):
        text, rest = name[at : at + length], name[at + length :]
        follows = any(rest[:n] in known for n in range(2, 8)) or not has_han(rest[:1])
        if rest and all(char in bound for char in text[1:]) and follows:
            english = [bound[char] for char in text]
            return Part(text, Kind.PLACE, "–".join(english) if all(english) else "")
    return None


@cache
def _bound() -> dict[str, str]:
    """The characters that stand for countries, with the English name where it is one country alone."""
    found: dict[str, list[str]] = {}
    for known in load_registry().by_id.values():
        for form in known.bound if known.type == "Country" else ():
            found.setdefault(form, []).append(known.en)
    return {form: names[0] if len(names) == 1 else "" for form, names in found.items()}


def _parts_at(name: str, at: int, known: dict[str, Part], longest: int) -> Iterator[Part]:
    """The parts that may begin at a place, longest first."""
    if match := _MARK.match(name, at):
        yield Part(match[0], Kind.MARK)
        return
    if compound := _compound_at(name, at, known):
        yield compound
    for length in range(min(longest, len(name) - at), 0, -1):
        if part := known.get(name[at : at + length]):
            yield part
    if match := _NUMBER.match(name, at):
        yield Part(match[0], Kind.NUMBER)
    elif match := _LATIN.match(name, at):
        yield Part(match[0], Kind.REST)


def _segment_en(name: str) -> tuple[Part, ...]:
    """English names are not taken apart but for the places in them."""
    places = _english_places()
    return tuple(
        Part(word, Kind.PLACE if fold_name(word) in places else Kind.REST) for word in re.split(r"[\s,–-]+", name) if word
    )


@cache
def _known() -> tuple[dict[str, Part], int]:
    parts = {
        word.zh: Part(word.zh, Kind.PLACE if word.kind == "area" else Kind.WORD, word.en) for word in load_glossary().values()
    }
    for known in load_registry().by_id.values():
        kind = Kind.PLACE if known.type in ("Country", "Region", "CountryGroup") else Kind.KNOWN
        for form in known.forms:
            if has_han(form) and len(form) > 1:
                word = load_glossary().get(form)
                parts[form] = Part(form, kind, word.en if word else known.en)
        if kind is Kind.KNOWN:
            for form in known.forms:
                if form.isascii() and form.isupper() and 3 <= len(form) <= 8:
                    parts.setdefault(form, Part(form, kind, form))
    return parts, max(map(len, parts))


@cache
def _words() -> tuple[dict[str, Part], int]:
    parts = {form: part for form, part in _known()[0].items() if part.kind is not Kind.KNOWN}
    return parts, max(map(len, parts))


@cache
def _english_places() -> frozenset[str]:
    found = set()
    for known in load_registry().by_id.values():
        if known.type in ("Country", "Region"):
            found |= {fold_name(form) for form in (*known.forms, *known.adjectives) if not has_han(form)}
    return frozenset(found)
