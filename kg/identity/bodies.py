"""Bodies that are known by rule: a place and what every such place has (山东 + 生态环境厅), from seeds/identity/bodies.csv.

Their id is `<place>~<body>`, so that 山东省环保厅, 鲁 and “Shandong Provincial Department of …” meet without a row for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kg.identity.forms import clean_name, fold_name, has_han
from kg.identity.places import Setting, load_places
from kg.identity.registry import load_registry
from kg.names import KnownEntity
from kg.resources import data_path, read_table

_COLUMNS = ("id", "type", "of", "zh", "zh_city", "forms", "en", "en_city", "subjects", "en_forms", "bare", "example")
_HEADS = ("Department", "Bureau", "Commission", "Office", "Administration", "Authority", "Committee")
_MINISTRIES = ("Ministry", "Department", "Ministry for")
_FOREIGN = frozenset({"government", "parliament"})
_RANKS = (
    ("自治区", "Regional"),
    ("自治州", "Prefectural"),
    ("省", "Provincial"),
    ("市", "Municipal"),
    ("县", "County"),
    ("旗", "Banner"),
    ("区", "District"),
    ("州", "Prefectural"),
    ("盟", "League"),
)
_RANK_WORDS = re.compile(
    r"\b(?:Provincial|Municipal|Regional|Prefectural|Province|Municipality|City|County|District|Autonomous Region|State)\b"
)
_LOST_OF = re.compile(r"(?:\b(?:of|in|for|the)\s*)+(?=(?:of|in|for)\b|$)|,$")


@dataclass(frozen=True, slots=True)
class Body:
    """A body that places of a kind have. `tails` are what goes before the place in a Chinese name, and what follows it."""

    id: str
    type: str
    of: str
    zh: str
    zh_city: str
    tails: tuple[tuple[str, str], ...]
    en: str
    en_city: str
    english: tuple[str, ...]
    bare: bool


@cache
def load_bodies() -> tuple[Body, ...]:
    """The rows of the table. Raises DataError with file and line."""
    found = []
    for row in read_table(data_path("seeds") / "identity" / "bodies.csv", _COLUMNS):
        if row["of"] not in ("region", "country"):
            raise row.fail(f"of “{row['of']}” is neither region nor country")
        tails = [_template(form).partition("{place}") for form in _forms(row.cells)]
        heads = _HEADS if row["of"] == "region" else _MINISTRIES
        english = [*row.many("en_forms")]
        for subject in row.many("subjects"):
            english += [f"{head} of {subject}" for head in heads] + [f"{head} of the {subject}" for head in heads]
            english += [f"{head} for {subject}" for head in heads] + [f"{subject} {head}" for head in heads]
        found.append(
            Body(
                row["id"],
                row["type"],
                row["of"],
                _template(row["zh"]),
                _template(row["zh_city"] or row["zh"]),
                tuple((before, after) for before, _, after in tails),
                row["en"],
                row["en_city"] or row["en"],
                tuple(dict.fromkeys(english)),
                row["bare"] == "yes",
            )
        )
    return tuple(found)


def _template(form: str) -> str:
    return form if "{place}" in form else "{place}" + form


def _forms(cells: Mapping[str, str]) -> list[str]:
    forms = [cells["zh"], cells["zh_city"], *cells["forms"].split("|")]
    return list(dict.fromkeys(form for form in forms if form))


@cache
def _tails(of: str) -> dict[str, dict[str, Body]]:
    """Bodies by what goes before the place (mostly nothing) and by what follows it."""
    table: dict[str, dict[str, Body]] = {}
    for body in load_bodies():
        if body.of == of:
            for before, after in body.tails:
                table.setdefault(before, {}).setdefault(after, body)
    return table


@cache
def _english(of: str) -> dict[str, Body]:
    table: dict[str, Body] = {}
    for body in load_bodies():
        if body.of == of:
            for form in (*body.english, *(label.format(place="", rank="") for label in (body.en, body.en_city))):
                table.setdefault(_without_rank(form), body)
    return table


def compose(name: str, setting: Setting) -> str | None:
    """The id of the body that a name means by rule, or None.

    The name gives its place (山东省生态环境厅, Norwegian Ministry of Finance) or only its rank (省生态环境厅), which the
    setting then fills.
    """
    name = clean_name(name)
    return _compose_zh(name, setting) if has_han(name) else _compose_en(name)


def _compose_zh(name: str, setting: Setting) -> str | None:
    registry = load_registry()
    for of in ("region", "country"):
        for before, tails in _tails(of).items():
            if not name.startswith(before):
                continue
            for place, tail in load_places().prefixes(name.removeprefix(before)):
                body = tails.get(tail)
                if body and _has(registry.by_id[place], body):
                    return f"{place}~{body.id}"
    for before, tails in _tails("region").items():
        rest = name.removeprefix(before)
        filled = _of_rank(rest[:1], setting) if name.startswith(before) else None
        if filled and (body := tails.get(rest[1:])):
            return f"{filled}~{body.id}"
    # Only provinces have departments that are called 厅.
    if name.endswith("厅") and setting.province and (body := _tails("region").get("", {}).get(name)):
        return f"{setting.province}~{body.id}"
    return None


def _has(place: KnownEntity, body: Body) -> bool:
    if body.of == "country":
        return place.id != "china" and (place.type == "Country" or (body.id in _FOREIGN and not place.id.startswith("cn-")))
    return place.id.startswith("cn-")


def _of_rank(char: str, setting: Setting) -> str | None:
    """The place that 省, 市, 县 or 区 before a name means."""
    if char == "省":
        return setting.province
    if char == "市":
        return setting.city
    return None


def fill_rank(name: str, setting: Setting) -> str | None:
    """The name with the place that 省 or 市 before it means: 省港口集团 → 山东省港口集团; None where that is not certain."""
    place = _of_rank(name[:1], setting) if len(name) > 2 else None
    if place is None or load_registry().by_id[place].zh[-1] != name[0]:
        return None
    return load_registry().by_id[place].zh + name[1:]


def _compose_en(name: str) -> str | None:
    for place, rest in _places_in(name):
        known = load_registry().by_id[place]
        for of in ("region", "country"):
            body = _english(of).get(_without_rank(rest))
            if body and _has(known, body):
                return f"{place}~{body.id}"
    return None


def _places_in(name: str) -> Iterator[tuple[str, str]]:
    """The places that an English name gives, longest form first, each with the name without it."""
    places, words = load_places().en, name.split(" ")
    for length in range(min(4, len(words) - 1), 0, -1):
        for at in range(len(words) - length + 1):
            form = " ".join(words[at : at + length])
            if place := places.get(fold_name(form)) or places.get(fold_name(form.removesuffix("'s").removesuffix("'"))):
                yield place, " ".join(words[:at] + words[at + length :])


def _without_rank(rest: str) -> str:
    """What is left of a body's English name without its place, as a key: without words of rank and an "of" that lost its place."""
    return fold_name(_LOST_OF.sub("", " ".join(_RANK_WORDS.sub("", rest).split())))


def bare_of_china(name: str) -> bool:
    """Whether a Chinese name is that of a ministry which, standing alone in Chinese text, is China's."""
    return name in _bare_names()


@cache
def _bare_names() -> frozenset[str]:
    return frozenset(tail for body in load_bodies() if body.bare for _, tail in body.tails)


def find_body(id_: str) -> tuple[KnownEntity, Body] | None:
    """The place and the body of an id that `compose` made, or None."""
    place, _, key = id_.partition("~")
    known = load_registry().by_id.get(place)
    if known is None:
        return None
    for body in load_bodies():
        if body.id == key and _has(known, body):
            return known, body
    return None


def body_names(place: KnownEntity, body: Body) -> tuple[str, str]:
    """The Chinese and the English name of a body."""
    rank = next((word for suffix, word in _RANKS if place.zh.endswith(suffix)), "")
    city = not (place.zh.endswith(("省", "自治区")) or body.of == "country")
    zh = (body.zh_city if city else body.zh).replace("{place}", place.zh)
    en = (body.en_city if city else body.en).replace("{place}", place.en).replace("{rank}", rank)
    return zh, " ".join(en.split())
