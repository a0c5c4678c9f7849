"""How a name falls into parts: places and other known names, words of the glossary, numbers, and the proper rest."""

from __future__ import annotations

import re
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


def _segment_zh(name: str, known: dict[str, Part], longest: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    rest = at = 0
    while at < len(name):
        part = _word_at(name, at, known, longest)
        if part is None:
            at += 1
            continue
        if rest < at:
            parts.append(Part(name[rest:at], Kind.REST))
        parts.append(part)
        rest = at = at + len(part.text)
    if rest < len(name):
        parts.append(Part(name[rest:], Kind.REST))
    return tuple(parts)


def _word_at(name: str, at: int, known: dict[str, Part], longest: int) -> Part | None:
    if match := _MARK.match(name, at):
        return Part(match[0], Kind.MARK)
    if match := _NUMBER.match(name, at):
        return Part(match[0], Kind.NUMBER)
    if (match := _LATIN.match(name, at)) and match[0].upper() not in known:
        return Part(match[0], Kind.REST)
    for length in range(min(longest, len(name) - at), 0, -1):
        if part := known.get(name[at : at + length]):
            return part
    return None


def _segment_en(name: str) -> tuple[Part, ...]:
    """English names are not taken apart but for the places in them."""
    places = _english_places()
    return tuple(
        Part(word, Kind.PLACE if fold_name(word) in places else Kind.REST) for word in re.split(r"[\s,–-]+", name) if word
    )


@cache
def _known() -> tuple[dict[str, Part], int]:
    parts: dict[str, Part] = {word.zh: Part(word.zh, Kind.WORD, word.en) for word in load_glossary().values()}
    for known in load_registry().by_id.values():
        kind = Kind.PLACE if known.type in ("Country", "Region", "CountryGroup") else Kind.KNOWN
        for form in known.forms:
            if has_han(form) and len(form) > 1 and (form not in parts or kind is Kind.PLACE):
                parts[form] = Part(form, kind, known.en)
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
