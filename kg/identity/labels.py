"""Names of entities in both languages, by id: of the registry, of bodies by rule, and glosses for the rest.

A gloss is the project's own: the proper part in pinyin, the words of the glossary in English (道斯康公司 → Daosikang Company).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from kg.identity.bodies import body_names, find_body
from kg.identity.forms import clean_name, fold_name, has_han
from kg.identity.glossary import load_words
from kg.identity.ids import read_id
from kg.identity.registry import load_registry
from kg.identity.segments import Kind, Part, segment, spell
from kg.model import Entity
from kg.resources import data_path, read_table

_PLACE_SUFFIX = re.compile(r"(特别行政区|自治区|自治州|省|市|县|区|州|盟|旗|国)$")
_NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_RANKS = {"省": "Provincial", "市": "Municipal", "县": "County", "区": "District"}


@lru_cache(maxsize=16_384)
def _describe(id_: str) -> Entity:
    registry = load_registry()
    if known := registry.by_id.get(id_):
        zh, en = known.zh or known.en, known.en or known.zh
        names = {"zh": zh, "en": en}
        if known.zh_hant and known.zh_hant != known.zh:
            names["zh-Hant"] = known.zh_hant
        aliases = frozenset(form for form in known.forms if form not in names.values())
        return Entity(id_, known.type, _with_pinyin(names, known.type), aliases, known.identifiers, frozenset(), known.parent)
    if body := find_body(id_):
        zh, en = body_names(*body)
        return Entity(id_, body[1].type, _with_pinyin({"zh": zh, "en": en}, body[1].type), parent=body[0].id)
    minted = read_id(id_)
    if minted is None:
        raise KeyError(id_)
    parent = minted.scope if minted.scope in registry.by_id else None
    parent = parent or _first_place(minted.name, minted.type)
    if has_han(minted.name):
        names, glosses = {"zh": minted.name, "en": gloss(minted.name, minted.type)}, {"en"}
    else:
        names, glosses = {"zh": minted.name, "en": minted.name}, {"zh"}
    return Entity(id_, minted.type, _with_pinyin(names, minted.type), glosses=frozenset(glosses), parent=parent)


def describe(id_: str, forms: Iterable[str] = ()) -> Entity:
    """The entity of an id, with the forms that texts used as further aliases. Raises KeyError for what is no id.

    All but the aliases is a pure function of the id and the shipped tables.
    """
    entity = _describe(id_)
    more = {form for form in map(clean_name, forms) if form and form not in entity.names.values()} - entity.aliases
    if not more:
        return entity
    return Entity(
        entity.id, entity.type, entity.names, entity.aliases | more, entity.identifiers, entity.glosses, entity.parent
    )


def _first_place(name: str, type_: str) -> str | None:
    """The place that an organisation's name begins with."""
    if type_ in ("Person", "Country", "CountryGroup", "Agreement", "Event"):
        return None
    parts = segment(name)
    if not has_han(name) or len(parts) < 2 or parts[0].kind is not Kind.PLACE:
        return None
    bearers = [k for k in load_registry().bearers(parts[0].text) if k.type in ("Country", "Region")]
    return bearers[0].id if len(bearers) == 1 else None


def _with_pinyin(names: dict[str, str], type_: str) -> dict[str, str]:
    return names | {"zh-Latn-pinyin": transcribe(names["zh"], type_)} if has_han(names["zh"]) else names


@lru_cache(maxsize=16_384)
def gloss(name: str, type_: str) -> str:
    """An English gloss of a Chinese name: 道斯康公司 → Daosikang Company, 长桥环科院 → Changqiao Academy of …."""
    if type_ == "Person":
        return _person(name, tones=False)
    parts = segment(name)
    words = [_gloss_part(part, at, parts) for at, part in enumerate(parts)]
    text = re.sub(r"\s+", " ", " ".join(word for word in words if word))
    text = re.sub(r"\s*–\s*", "–", text)
    text = re.sub(r"\s+([),])", r"\1", re.sub(r"\(\s+", "(", text)).strip(" ,–")
    return text[:1].upper() + text[1:] if text else name


def _gloss_part(part: Part, at: int, parts: tuple[Part, ...]) -> str:
    if part.kind is Kind.WORD and at == 0 and len(parts) > 1 and part.text in _RANKS:
        return _RANKS[part.text]
    if part.kind is Kind.PLACE and at + 1 < len(parts) and parts[at + 1].kind is not Kind.MARK:
        return _adjective(part)
    if part.kind in (Kind.PLACE, Kind.KNOWN, Kind.WORD):
        return part.en or _pinyin(part.text).capitalize()
    if part.kind is Kind.NUMBER:
        return _ordinal(part.text)
    if part.kind is Kind.MARK:
        return "".join({"（": " (", "）": ") ", "、": ", ", "，": ", ", "—": "–"}.get(char, " ") for char in part.text)
    if not has_han(part.text):
        return part.text
    return _pinyin(part.text, "name").capitalize()


def _adjective(part: Part) -> str:
    """A country before what belongs to it: Norwegian."""
    bearers = [known for known in load_registry().bearers(part.text, "Country") if known.type == "Country"]
    bearers = [known for known in bearers if known.id != "china"]
    return bearers[0].adjectives[0] if len(bearers) == 1 and bearers[0].adjectives else part.en


def _ordinal(text: str) -> str:
    """第七届 → 7th, 2024年 → 2024."""
    digits = text.strip("第届次轮期号年月日")
    number = digits if digits.isascii() else str(_number(digits))
    if not text.startswith("第"):
        return number
    value = int(float(number))
    suffix = "th" if 10 < value % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"


def _number(text: str) -> int:
    if not any(char in _UNITS for char in text):
        return int("".join(str(_NUMERALS.get(char, char)) for char in text) or 0)
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _NUMERALS.get(char, int(char) if char.isascii() and char.isdigit() else 0)
    return total + digit


@lru_cache(maxsize=16_384)
def transcribe(name: str, type_: str) -> str:
    """The name in pinyin with tone marks: 海州市 → Hǎizhōu Shì."""
    if type_ == "Person":
        return _person(name, tones=True)
    words: list[tuple[str, str]] = []
    for part in spell(name):
        if part.kind is Kind.PLACE and (suffix := _PLACE_SUFFIX.search(part.text)) and len(part.text) > len(suffix[0]) + 1:
            words += [(part.text[: suffix.start()], ""), (suffix[0], "")]
        elif part.kind is not Kind.MARK:
            words.append((part.text, "name" if part.kind is Kind.REST else ""))
    return " ".join(_capital(_pinyin(word, where, tones=True)) if has_han(word) else word for word, where in words)


def _person(name: str, *, tones: bool) -> str:
    """A person's name in pinyin, the surname first and apart."""
    parts = _person_parts(name)
    chinese = "·" not in name and "-" not in name and len(parts) == 2
    where = ["surname" if chinese else "name", *["name"] * (len(parts) - 1)]
    return " ".join(_capital(_pinyin(part, at, tones=tones)) for part, at in zip(parts, where, strict=True))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _person_parts(name: str) -> list[str]:
    if "·" in name or "-" in name:
        return [part for part in re.split("[·-]", name) if part]
    if not 1 < len(name) <= 4 or not all(map(has_han, name)):
        return [name]
    surname = 2 if name[:2] in load_words("surname") and len(name) > 2 else 1
    return [name[:surname], name[surname:]]


@cache
def _readings() -> dict[tuple[str, str], str]:
    """How characters are read as surnames and in proper parts, by seeds/identity/readings.csv."""
    rows = read_table(data_path("seeds") / "identity" / "readings.csv", ("char", "where", "reading", "example", "reads"))
    return {(row["char"], row["where"]): row["reading"] for row in rows}


def _without_tone(syllable: str) -> str:
    """cháng → chang, lǚ → lü."""
    letters = unicodedata.normalize("NFD", syllable)
    return unicodedata.normalize("NFC", "".join(char for char in letters if char not in "\u0304\u0301\u030c\u0300"))


@lru_cache(maxsize=16_384)
def _pinyin(text: str, where: str = "", *, tones: bool = False) -> str:
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(text, style=Style.TONE, v_to_u=True)
    if len(syllables) == len(text):
        syllables = [_readings().get((char, where), syllable) for char, syllable in zip(text, syllables, strict=True)]
    if not tones:
        syllables = [_without_tone(syllable) for syllable in syllables]
    return syllables[0] + "".join("'" + s if fold_name(s[:1]) in ("a", "e", "o") else s for s in syllables[1:])
