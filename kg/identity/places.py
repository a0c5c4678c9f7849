"""Where an article is at home, and the places that names begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from kg.articles.folding import simplify
from kg.identity.forms import fold_name, has_han
from kg.identity.registry import load_registry

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

# A province that the text names this often, and this many times more than any other, is where the article is at home.
_OFTEN = 3
_TIMES = 3


class Reading(Protocol):
    """What identity looks at in an article: `kg.model.Article` is one."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def title(self) -> str:
        """Its headline."""
        ...

    @property
    def publisher(self) -> str:
        """Who published it."""
        ...

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        ...

    @property
    def text(self) -> str:
        """The text as found."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an article is at home as far as it makes that certain: ids of a country, a Chinese province, a Chinese city.

    `named` are the places that the text names, with those they lie in.
    """

    article: str
    country: str | None = None
    province: str | None = None
    city: str | None = None
    named: frozenset[str] = frozenset()

    @property
    def place(self) -> str | None:
        """The narrowest place that is certain."""
        return self.city or self.province


@dataclass(frozen=True)
class Places:
    """Forms that name one place: Chinese forms, folded English ones with adjectives, and the longest of them."""

    zh: Mapping[str, str]
    en: Mapping[str, str]
    longest: int

    def prefixes(self, name: str) -> list[tuple[str, str]]:
        """The places that a Chinese name begins with, longest form first, each with what follows it.

        A chain (山东省青岛市…) counts as its last link.
        """
        found = []
        for length in range(min(self.longest, len(name) - 1), 1, -1):
            place = self.zh.get(name[:length])
            if place is None:
                continue
            rest = name[length:]
            inner = [(p, r) for p, r in self.prefixes(rest) if place in load_registry().ancestors(p)]
            found += [*inner, (place, rest)]
        return found


@cache
def load_places() -> Places:
    """Every country and region of the registry by the forms that name it alone."""
    registry = load_registry()
    zh: dict[str, set[str]] = {}
    en: dict[str, set[str]] = {}
    for known in registry.by_id.values():
        if known.type not in ("Country", "Region"):
            continue
        for form in (*known.forms, *known.adjectives):
            table, key = (zh, form) if has_han(form) else (en, fold_name(form))
            table.setdefault(key, set()).add(known.id)
    one_zh = {form: min(ids) for form, ids in zh.items() if len(ids) == 1 and len(form) > 1}
    one_en = {form: min(ids) for form, ids in en.items() if len(ids) == 1}
    return Places(one_zh, one_en, max(map(len, one_zh)))


def province_of(id_: str) -> str | None:
    """The province, region or municipality of China that a place is or lies in."""
    for place in (id_, *load_registry().ancestors(id_)):
        if load_registry().by_id[place].parent == "china" and place.startswith("cn-"):
            return place
    return None


def city_of(id_: str) -> str | None:
    """The prefecture-level city (or municipality) of China that a place is or lies in."""
    chain = [place for place in (id_, *load_registry().ancestors(id_)) if place.startswith("cn-")]
    if not chain:
        return None
    if load_registry().by_id[chain[-1]].zh.endswith("市"):
        return chain[-1]
    return chain[-2] if len(chain) > 1 else None


def read_setting(reading: Reading) -> Setting:
    """Where the article is at home: by its publisher and headline, else by what its text names alone or far most often."""
    registry = load_registry()
    head = _count(f"{reading.publisher}\n{reading.title}")
    text = _count(reading.text)
    province = _certain(_roll(head, province_of), _roll(text, province_of))
    city = _certain(_roll(head, city_of), _roll(text, city_of))
    if city and province_of(city) != province:
        city = None
    if reading.language == "zh":
        country: str | None = "china"
    else:
        publisher = registry.bearers(reading.publisher)
        country = registry.country(publisher[0].id) if publisher else None
        country = country or ("china" if province else None)
    named = {above for place in head + text for above in (place, *registry.ancestors(place))}
    return Setting(reading.id, country, province, city, frozenset(named))


def _roll(counts: Counter[str], upward: object) -> Counter[str]:
    rolled: Counter[str] = Counter()
    for place, count in counts.items():
        above = upward(place) if callable(upward) else None
        if above:
            rolled[above] += count
    return rolled


def _certain(head: Counter[str], text: Counter[str]) -> str | None:
    if len(head) == 1:
        return next(iter(head))
    ranked = sorted((head + text).items(), key=lambda item: (-item[1], item[0]))
    if not ranked or (len(ranked) > 1 and (ranked[0][1] < _OFTEN or ranked[0][1] < _TIMES * ranked[1][1])):
        return None
    return ranked[0][0]


def _count(text: str) -> Counter[str]:
    """How often a text names each place."""
    matcher, ids = _matcher()
    text = simplify(text)
    found: Counter[str] = Counter()
    for number, start, end in matcher.find_matches_as_indexes(text):
        if text[start].isascii() and (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()):
            continue
        if ids[number]:
            found[ids[number]] += 1
    return found


@cache
def _matcher() -> tuple[AhoCorasick, tuple[str, ...]]:
    """Forms of places, and of all else that is known, so that 中山大学 does not count as 中山."""
    import ahocorasick_rs

    registry = load_registry()
    forms: dict[str, str] = {}
    for known in registry.by_id.values():
        place = known.id if known.type in ("Country", "Region") else ""
        for form in known.forms:
            if len(form) > 1:
                forms[form] = place if forms.get(form, place) == place else ""
    order = sorted(forms)
    matcher = ahocorasick_rs.AhoCorasick(order, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return matcher, tuple(forms[form] for form in order)
