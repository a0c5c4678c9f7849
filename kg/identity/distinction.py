"""Whether a name tells its bearer apart, or many may bear it: 昆明生物多样性基金 does, 合作协议, 联合实验室, 开幕式 do not."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from kg.identity.forms import HAN, has_han
from kg.identity.glossary import is_dependent, load_words
from kg.identity.segments import Kind, segment

_UNDERTAKINGS = frozenset({"Event", "Project", "Platform", "Alliance"})
_ORDINAL = re.compile(r"第[一二三四五六七八九十百0-9]+[次届轮期]|(?:19|20)\d\d|\b\d+(?:st|nd|rd|th)\b|\bCOP\s?\d+")
_TREATY = re.compile(r"公约|议定书|宪章|条约|\b(?:Convention|Protocol|Charter|Treaty)\b")
_PROPER = (Kind.PLACE, Kind.KNOWN)


class Distinction(Enum):
    """How a name tells its bearer apart."""

    BY_NAME = "the name is enough"
    BY_CONTEXT = "only with the place, the parties or the article it stands in"


@lru_cache(maxsize=16_384)
def distinguish(name: str, type_: str) -> Distinction:
    """Whether a canonical name of this type is enough to tell its bearer apart."""
    if not any(char.isalnum() for char in name):
        return Distinction.BY_CONTEXT
    enough = _by_name_zh(name, type_) if has_han(name) else _by_name_en(name, type_)
    return Distinction.BY_NAME if enough else Distinction.BY_CONTEXT


def _by_name_zh(name: str, type_: str) -> bool:
    parts = segment(name)
    proper = any(part.kind in _PROPER for part in parts)
    rest = sum(len(part.text) for part in parts if part.kind is Kind.REST and re.search(rf"[{HAN}A-Za-z]", part.text))
    if type_ in ("Country", "CountryGroup", "Region"):
        return True
    if type_ == "Person":
        return "·" in name
    if type_ == "Agreement":
        return (proper and _ORDINAL.search(name) is not None) or (_TREATY.search(name) is not None and (proper or rest > 1))
    if is_dependent(name):
        return parts[0].kind in _PROPER
    # A state has one body of a kind that is called national.
    national = type_ not in _UNDERTAKINGS and name.startswith(("国家", "全国")) and len(name) > 5
    return proper or rest > 1 or national


def _by_name_en(name: str, type_: str) -> bool:
    words = re.findall(r"[^\s,()/]+", name)
    telling = [word for word in words if word[:1].isupper() or word[:1].isdigit()]
    telling = [
        word for word in telling if word.casefold().removesuffix("'s") not in (load_words("generic") | load_words("small"))
    ]
    if type_ in ("Country", "CountryGroup", "Region"):
        return True
    if type_ == "Person":
        return False
    if type_ == "Agreement":
        named = any(part.kind in _PROPER for part in segment(name))
        return bool(telling) and ((named and _ORDINAL.search(name) is not None) or _TREATY.search(name) is not None)
    return bool(telling)
