"""Pairs of entities that are likely one but not certainly: each with its reasons in words, for a person to judge.

Entities are compared only inside blocks: those that share a name without its place, an abbreviation's first and last character,
the first characters, letters or a look. A block beyond a limit tells nothing and is passed over, so no step is quadratic in the
size of the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.identity.bodies import find_body
from kg.identity.forms import clean_name, fold_name, has_han, skeleton
from kg.identity.glossary import last_word, load_words
from kg.identity.ids import country_of, read_id
from kg.identity.judgements import group
from kg.identity.places import load_places
from kg.identity.registry import alike, load_registry
from kg.identity.segments import Kind, segment, spell
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
_UNDERTAKINGS = frozenset({"Agreement", "Event", "Project", "Platform", "Alliance"})
# What a firm's name may have or lack at its end and still be the same firm's.
_FIRM = frozenset({"公司", "集团", "股份", "控股", "企业", "总公司"})


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


SAME_NAME = Reason("名称相同，但类型或出处不同", "the same name, but another type or another source", 0.6)
SAME_PARTIES = Reason("名称相同，相关方也相同", "the same name, and joined with the same others", 0.8)
COUNTRY_BEFORE = Reason("其中一个名称前多了国名", "the same but for a country before one name", 0.8)
PLACE_BEFORE = Reason("其中一个名称前多了地名", "the same but for a place before one name", 0.6)
SUFFIX = Reason("去掉“公司”“集团”“股份”等字后相同", "the same but for words like Company, Group or Holdings", 0.7)
SHORTENED = Reason("一个名称可能是另一个的简称", "one may abbreviate the other: its characters stand there in order", 0.6)
BEGINS = Reason("一个名称以另一个开头，其余是行业用语", "one begins with the other, the rest says its trade", 0.5)
SHARES = Reason("名称中特有的部分相同", "they share the telling part of their names", 0.3)
LETTERS = Reason("拼音或拉丁字母写法相同", "spelled the same in pinyin or Latin letters", 0.7)
INITIALS = Reason("一个名称是另一个的首字母", "one is the initials of the other", 0.5)
LOOKS = Reason("字形相似：含有其他文字的相似字母", "they look alike: letters of another script", 0.6)


def suggest(
    entities: Iterable[Entity],
    judgements: Iterable[Judgement] = (),
    *,
    joined: Mapping[str, Collection[str]] | None = None,
) -> list[Candidate]:
    """Pairs of entities that are likely one, likeliest first. Pairs judged already, either way, are left out.

    `joined` tells the ids that an entity is joined with by statements: without it, texts and events that only share a general
    name (合作备忘录) are not suggested.
    """
    by_id = {entity.id: entity for entity in entities}
    groups = group(judgements)
    found: dict[tuple[str, str], dict[str, Reason]] = defaultdict(dict)
    for keys, reason in _WAYS:
        blocks: dict[str, list[str]] = defaultdict(list)
        for id_ in sorted(by_id):
            for key in set(keys(by_id[id_])):
                blocks[key].append(id_)
        for block in blocks.values():
            if len(block) > MANY:
                continue
            for at, left in enumerate(block):
                for right in block[at + 1 :]:
                    if may_be_one(by_id[left], by_id[right]) and (given := reason(by_id[left], by_id[right], joined or {})):
                        found[left, right][given.en] = given
    candidates = []
    for (left, right), reasons in found.items():
        a, b = groups.representative(left), groups.representative(right)
        if a == b or frozenset((a, b)) in groups.different:
            continue
        ordered = tuple(sorted(reasons.values(), key=lambda given: (-given.weight, given.en)))
        doubt = 1.0
        for given in ordered:
            doubt *= 1 - given.weight
        candidates.append(Candidate(left, right, ordered, round(1 - doubt, 2)))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.left, candidate.right))


def may_be_one(left: Entity, right: Entity) -> bool:
    """Whether nothing speaks against it: types that texts take for one another, not both known, not of two places."""
    if _is_known(left.id) and _is_known(right.id):
        return False
    if not alike(left.type, right.type):
        return False
    above = load_registry().ancestors
    one, other = _home(left), _home(right)
    return one is None or other is None or one == other or one in above(other) or other in above(one)


def _is_known(id_: str) -> bool:
    return id_ in load_registry().by_id or find_body(id_) is not None


def _home(entity: Entity) -> str | None:
    """The place that an entity belongs to."""
    if entity.parent and entity.parent in load_registry().by_id:
        if load_registry().by_id[entity.parent].type in ("Country", "Region"):
            return entity.parent
        return load_registry().country(entity.parent)
    return country_of(entity.id)


def _names(entity: Entity) -> list[str]:
    """Its names and aliases but for the glosses."""
    return list(_names_of(tuple(sorted(entity.names.items())), entity.aliases, entity.glosses))


@lru_cache(maxsize=65_536)
def _names_of(names: tuple[tuple[str, str], ...], aliases: frozenset[str], glosses: frozenset[str]) -> tuple[str, ...]:
    own = [name for tag, name in names if tag in ("zh", "en") and tag not in glosses]
    return tuple(sorted({clean_name(name) for name in (*own, *aliases)}))


@lru_cache(maxsize=65_536)
def without_place(name: str) -> str:
    """The name without the country or place before it: 挪威道斯康公司 → 道斯康公司."""
    prefixes = [rest for _, rest in load_places().prefixes(name) if len(rest) > 2]
    return min(prefixes, key=len) if prefixes else name


@lru_cache(maxsize=65_536)
def bare(name: str) -> str:
    """The name without the place before it and the words by which it is a firm's: 挪威道斯康公司 → 道斯康."""
    name = without_place(name)
    while (word := last_word(name)) and word.zh in _FIRM and len(name) - len(word.zh) > 1:
        name = name.removesuffix(word.zh)
    return name


@lru_cache(maxsize=65_536)
def is_telling(name: str) -> bool:
    """Whether there is more in a name than places and words of the glossary."""
    return any(part.kind in (Kind.REST, Kind.KNOWN) and len(part.text) > 1 for part in segment(name))


def _by_name(entity: Entity) -> Iterator[str]:
    return (fold_name(name) for name in _names(entity))


def _by_rest(entity: Entity) -> Iterator[str]:
    return (without_place(name) for name in _names(entity) if has_han(name))


def _by_bare_name(entity: Entity) -> Iterator[str]:
    return (bare(name) for name in _names(entity) if has_han(name) and entity.type in _ORGANISED)


def _by_ends(entity: Entity) -> Iterator[str]:
    """First and last character, with and without the place before and the firm's word behind."""
    for name in _names(entity):
        if has_han(name) and entity.type in _ORGANISED:
            for form in {name, without_place(name), bare(name)}:
                yield form[0] + form[-1]


def _by_beginning(entity: Entity) -> Iterator[str]:
    return (bare(name)[:2] for name in _names(entity) if has_han(name) and entity.type in _ORGANISED)


def _by_telling_part(entity: Entity) -> Iterator[str]:
    """The pairs of characters in what neither places nor words of the glossary account for."""
    for name in _names(entity):
        if has_han(name) and entity.type == "Company":
            for part in segment(name):
                if part.kind is Kind.REST:
                    yield from (part.text[at : at + 2] for at in range(len(part.text) - 1))


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
        if not has_han(name):
            yield name if name.isupper() else "".join(word[0] for word in name.split() if word[:1].isupper())


def _by_look(entity: Entity) -> Iterator[str]:
    return (skeleton(name) for name in _names(entity))


Joined = Mapping[str, Collection[str]]


def _same_name(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    """A text or event that only its article tells apart needs others in common: two for a text, its parties."""
    scoped = [minted for entity in (left, right) if (minted := read_id(entity.id)) and minted.scope]
    if left.type in _UNDERTAKINGS and len(scoped) == 2:
        common = set(joined.get(left.id, ())) & set(joined.get(right.id, ()))
        return SAME_PARTIES if len(common) > (1 if left.type == "Agreement" else 0) else None
    return SAME_NAME


def _same_rest(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    for a in _names(left):
        for b in _names(right):
            if a != b and has_han(a) and has_han(b) and without_place(a) == without_place(b) in (a, b):
                longer = max(a, b, key=len)
                place = next(place for place, rest in load_places().prefixes(longer) if len(rest) > 2)
                country = load_registry().by_id[place].type == "Country"
                if is_telling(without_place(longer)):
                    return COUNTRY_BEFORE if country else PLACE_BEFORE
    return None


def _same_bare_name(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    common = {bare(name) for name in _names(left) if has_han(name)} & {bare(name) for name in _names(right)}
    return SUFFIX if any(len(name) > 1 and is_telling(name) for name in common) else None


def _shortened(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    for a in _names(left):
        for b in _names(right):
            short, full = sorted((a, b), key=len)
            if has_han(short) and has_han(full):
                pairs = ((short, full), (without_place(short), without_place(full)), (bare(short), bare(full)))
                if any(abbreviates(x, y) for x, y in pairs):
                    return SHORTENED
    return None


@lru_cache(maxsize=65_536)
def abbreviates(short: str, full: str) -> bool:
    """Whether a short name has characters of the full one in order, first to last, and of each of its words: 环科院,
    环境科学研究院."""
    if not 2 <= len(short) <= 6 or len(full) < len(short) + 2 or short[0] != full[0] or short[-1] != full[-1]:
        return False
    at, places = 0, []
    for char in short:
        at = full.find(char, at) + 1
        if not at:
            return False
        places.append(at - 1)
    start = 0
    for part in spell(full):
        end = start + len(part.text)
        if part.kind is not Kind.MARK and not any(start <= place < end for place in places):
            return False
        start = end
    return True


def _begins(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    """For firms that the registry does not know: the longer name is mostly its daughter's, where it does."""
    if left.id in load_registry().by_id or right.id in load_registry().by_id or not left.type == right.type == "Company":
        return None
    for a in _names(left):
        for b in _names(right):
            short, full = sorted((bare(a), bare(b)), key=len)
            if has_han(short) and len(short) > 1 and full.startswith(short) and full != short:
                rest = spell(full[len(short) :])
                if is_telling(short) and all(part.kind is Kind.WORD for part in rest):
                    return BEGINS
    return None


def _shares(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    if _is_known(left.id) or _is_known(right.id):
        return None
    for a in _names(left):
        for b in _names(right):
            for name, other in ((a, b), (b, a)):
                parts = [part.text for part in segment(name) if part.kind is Kind.REST and has_han(part.text)]
                if any(len(text) > 1 and text in other for text in parts):
                    return SHARES
    return None


def _looks(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    same = {fold_name(name) for name in _names(left)} & {fold_name(name) for name in _names(right)}
    return None if same else LOOKS


def _spelled(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    """Glosses of two Chinese names are no evidence: 王浩 and 王皓 are two."""
    return None if {"en"} <= left.glosses & right.glosses else LETTERS


def _initialled(left: Entity, right: Entity, joined: Joined) -> Reason | None:
    for a, b in ((left, right), (right, left)):
        short = {name for name in (*a.names.values(), *a.aliases) if name.isascii() and name.isupper() and 2 < len(name) < 8}
        full = {"".join(word[0] for word in name.split() if word[:1].isupper()) for name in (*b.names.values(), *b.aliases)}
        if short & full:
            return INITIALS
    return None


_WAYS: tuple[tuple[Callable[[Entity], Iterator[str]], Callable[[Entity, Entity, Joined], Reason | None]], ...] = (
    (_by_name, _same_name),
    (_by_rest, _same_rest),
    (_by_bare_name, _same_bare_name),
    (_by_ends, _shortened),
    (_by_beginning, _begins),
    (_by_telling_part, _shares),
    (_by_letters, _spelled),
    (_by_initials, _initialled),
    (_by_look, _looks),
)
