"""Pairs of entities that are likely one but not certainly: each with its reasons in words, for a person to judge.

Entities are compared only inside blocks: those that share a bare name, an abbreviation's first and last character, the first
characters, a look, or letters. No block is compared beyond a limit, so nothing is quadratic in the size of the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.identity.forms import clean_name, fold_name, has_han, skeleton
from kg.identity.glossary import last_word, load_words
from kg.identity.ids import country_of, read_id
from kg.identity.judgements import group
from kg.identity.places import load_places
from kg.identity.registry import alike, load_registry
from kg.model import Entity, Judgement

# A key that so many entities share tells nothing of them.
MANY = 40
_ORGANISED = frozenset(
    {
        "Company",
        "ResearchOrganization",
        "Association",
        "GovernmentBody",
        "IntergovernmentalOrganization",
        "Alliance",
        "Platform",
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two entities may be one, in words. `weight` (0–1) is how far it goes alone."""

    zh: str
    en: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two entities, by id in sorted order, that may be one; reasons strongest first; score 0–1."""

    left: str
    right: str
    reasons: tuple[Reason, ...]
    score: float


SAME_NAME = Reason("名称相同，但类型或所在文章不同", "the same name, in another type or another article", 0.7)
COUNTRY_BEFORE = Reason("其中一个名称前多了国名或地名", "one name has a country or place before it", 0.8)
PLACE_BEFORE = Reason("其中一个名称前多了省市名", "one name has a province or city before it", 0.5)
SUFFIX = Reason("去掉“公司”“集团”“股份”等字后相同", "the same but for words like Company or Group", 0.7)
SHORTENED = Reason(
    "一个名称是另一个的简称：字依次出现", "one may abbreviate the other: its characters stand there in order", 0.5
)
BEGINS = Reason(
    "一个名称以另一个开头，其余只是行业和组织形式", "one begins with the other, the rest says trade and legal form only", 0.6
)
LETTERS = Reason("拼音或拉丁字母写法相同", "spelled the same in pinyin or Latin letters", 0.7)
INITIALS = Reason("一个名称是另一个的首字母缩写", "one is the initials of the other", 0.5)
LOOKS = Reason("字形相似：含其他文字的相似字母", "they look alike: letters of another script", 0.6)
CONTAINED = Reason("一个名称包含另一个的全部关键字", "all telling words of one stand in the other", 0.4)


def suggest(entities: Iterable[Entity], judgements: Iterable[Judgement] = ()) -> list[Candidate]:
    """Pairs of entities that are likely one, likeliest first. Pairs judged already, either way, are left out."""
    own = sorted({entity.id: entity for entity in entities}.values(), key=lambda entity: entity.id)
    groups = group(judgements)
    found: dict[tuple[str, str], dict[str, Reason]] = defaultdict(dict)
    by_id = {entity.id: entity for entity in own}
    for keys, reason in _WAYS:
        blocks: dict[str, list[str]] = defaultdict(list)
        for entity in own:
            for key in sorted(set(keys(entity))):
                blocks[key].append(entity.id)
        for block in blocks.values():
            if len(block) > MANY:
                continue
            for at, left in enumerate(block):
                for right in block[at + 1 :]:
                    given = reason(by_id[left], by_id[right])
                    if given and may_be_one(by_id[left], by_id[right]):
                        found[left, right][given.en] = given
    candidates = []
    for (left, right), reasons in found.items():
        a, b = groups.representative(left), groups.representative(right)
        if a == b or frozenset((a, b)) in groups.different:
            continue
        ordered = tuple(sorted(reasons.values(), key=lambda reason: (-reason.weight, reason.en)))
        doubt = 1.0
        for given in ordered:
            doubt *= 1 - given.weight
        candidates.append(Candidate(left, right, ordered, round(1 - doubt, 2)))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.left, candidate.right))


def may_be_one(left: Entity, right: Entity) -> bool:
    """Whether nothing speaks against it: types that texts take for one another, not both of the registry, not of two places."""
    registry = load_registry()
    if left.id in registry.by_id and right.id in registry.by_id:
        return False
    if not alike(left.type, right.type):
        return False
    home = [_home(entity) for entity in (left, right)]
    return (
        None in home
        or home[0] == home[1]
        or home[0] in registry.ancestors(home[1] or "")
        or home[1] in registry.ancestors(home[0] or "")
    )


@lru_cache(maxsize=16_384)
def _home_of(id_: str, parent: str | None) -> str | None:
    if parent and parent in load_registry().by_id and load_registry().by_id[parent].type in ("Country", "Region"):
        return parent
    return country_of(id_)


def _home(entity: Entity) -> str | None:
    return _home_of(entity.id, entity.parent)


def _names(entity: Entity) -> list[str]:
    """Its names and aliases but for the glosses."""
    names = [name for tag, name in entity.names.items() if tag in ("zh", "en") and tag not in entity.glosses]
    return sorted({clean_name(name) for name in (*names, *entity.aliases)})


@lru_cache(maxsize=65_536)
def bare(name: str) -> str:
    """The name without the place before it and the word that says what it is: 挪威道斯康公司 → 道斯康."""
    name = without_place(name)
    word = last_word(name)
    while word and len(name) - len(word.zh) > 1:
        name = name.removesuffix(word.zh)
        word = last_word(name)
    return name


@lru_cache(maxsize=65_536)
def without_place(name: str) -> str:
    """The name without the country or place before it."""
    prefixes = [rest for _, rest in load_places().prefixes(name) if len(rest) > 2]
    return min(prefixes, key=len) if prefixes else name


def _by_name(entity: Entity) -> Iterator[str]:
    return (fold_name(name) for name in _names(entity))


def _by_bare_name(entity: Entity) -> Iterator[str]:
    return (
        fold_name(bare(name)) for name in _names(entity) if has_han(name) and entity.type in _ORGANISED and len(bare(name)) > 1
    )


def _by_rest(entity: Entity) -> Iterator[str]:
    return (fold_name(without_place(name)) for name in _names(entity) if has_han(name))


def _by_ends(entity: Entity) -> Iterator[str]:
    """First and last character, of the name and of the name without its place."""
    for name in _names(entity):
        if has_han(name) and entity.type in _ORGANISED:
            for form in {name, without_place(name)}:
                yield form[0] + form[-1]
                yield form[0] + bare(form)[-1]


def _by_beginning(entity: Entity) -> Iterator[str]:
    return (bare(name)[:2] for name in _names(entity) if has_han(name) and entity.type in _ORGANISED and len(bare(name)) > 1)


def _by_letters(entity: Entity) -> Iterator[str]:
    if entity.type == "Person" and "en" in entity.names:
        yield "".join(sorted(fold_name(word) for word in entity.names["en"].replace("-", " ").split()))
    for name in (*entity.names.values(), *entity.aliases) if entity.type in _ORGANISED else ():
        if not has_han(name):
            yield _letters(name)


@lru_cache(maxsize=65_536)
def _letters(name: str) -> str:
    words = [word for word in name.split() if word.casefold() not in load_words("legal")] or name.split()
    return fold_name("".join(words))


def _by_initials(entity: Entity) -> Iterator[str]:
    for name in (*entity.names.values(), *entity.aliases) if entity.type in _ORGANISED else ():
        if not has_han(name) and 2 < len(name) < 8 and name.isupper():
            yield name
        elif not has_han(name):
            letters = "".join(word[0] for word in name.split() if word[:1].isupper())
            if len(letters) > 2:
                yield letters


def _by_look(entity: Entity) -> Iterator[str]:
    return (skeleton(name) for name in _names(entity))


def _same_name(left: Entity, right: Entity) -> Reason:
    return SAME_NAME


def _same_rest(left: Entity, right: Entity) -> Reason | None:
    pairs = [(a, b) for a in _names(left) for b in _names(right) if has_han(a) and has_han(b) and fold_name(a) != fold_name(b)]
    for a, b in pairs:
        if fold_name(without_place(a)) == fold_name(without_place(b)) and (without_place(a) == a) != (without_place(b) == b):
            longer = a if without_place(a) != a else b
            place = next(place for place, rest in load_places().prefixes(longer) if len(rest) > 2)
            return COUNTRY_BEFORE if load_registry().by_id[place].type == "Country" else PLACE_BEFORE
    return None


def _same_bare_name(left: Entity, right: Entity) -> Reason | None:
    folded = {fold_name(bare(name)) for name in _names(left)} & {fold_name(bare(name)) for name in _names(right)}
    return SUFFIX if any(len(name) > 1 for name in folded) else None


def _shortened(left: Entity, right: Entity) -> Reason | None:
    for a in _names(left):
        for b in _names(right):
            short, full = sorted((a, b), key=len)
            fits = has_han(short) and has_han(full) and 2 <= len(short) <= 7 and len(full) >= len(short) + 2
            if fits and (abbreviates(without_place(short), without_place(full)) or abbreviates(short, full)):
                return SHORTENED
    return None


def abbreviates(short: str, full: str) -> bool:
    """Whether the characters of a short name stand in the full one in order, first to last: 环科院, 环境科学研究院."""
    if len(short) < 2 or short[0] != full[0] or short == full:
        return False
    at = 0
    for char in short:
        at = full.find(char, at) + 1
        if not at:
            return False
    return full.endswith(short[-1]) or bare(full).endswith(short[-1])


def _begins(left: Entity, right: Entity) -> Reason | None:
    for a in _names(left):
        for b in _names(right):
            short, full = sorted((bare(without_place(a)), bare(without_place(b))), key=len)
            if has_han(short) and len(short) > 1 and full.startswith(short) and short != full:
                return BEGINS
    return None


def _looks(left: Entity, right: Entity) -> Reason | None:
    keys = {fold_name(name) for name in _names(left)} & {fold_name(name) for name in _names(right)}
    return None if keys else LOOKS


_WAYS: tuple[tuple[Callable[[Entity], Iterator[str]], Callable[[Entity, Entity], Reason | None]], ...] = (
    (_by_name, _same_name),
    (_by_rest, _same_rest),
    (_by_bare_name, _same_bare_name),
    (_by_ends, _shortened),
    (_by_beginning, _begins),
    (_by_letters, lambda left, right: LETTERS),
    (_by_initials, lambda left, right: INITIALS),
    (_by_look, _looks),
)


def scope_of(id_: str) -> str:
    """What tells an id apart from its namesakes, or ""."""
    minted = read_id(id_)
    return minted.scope if minted else ""
