"""Claims → entities and statements: every name of an article is tied to one entity, article by article.

1. The registry, by any form that names one entity alone, or with support one that names several.
2. Bodies by rule: 省生态环境厅 in an article of 山东, “Norwegian Ministry of Finance”.
3. Else the name itself, in canonical form, with its type; a name that tells nothing apart (合资公司, 合作协议) only together
   with the place, the parties or the article that it stands in.

Nothing is merged that is not certain; `kg.identity.candidates` lists what is likely.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg.identity.bodies import bare_of_china, body_names, compose, fill_rank, find_body
from kg.identity.candidates import Candidate, suggest
from kg.identity.distinction import Distinction, distinguish
from kg.identity.forms import canonicalize, clean_name, has_han
from kg.identity.ids import country_of, mint, type_of
from kg.identity.judgements import group
from kg.identity.labels import describe
from kg.identity.places import Reading, Setting, load_places, read_setting
from kg.identity.registry import load_registry
from kg.model import Claim, Entity, Judgement, Mention, Statement, content_hash
from kg.names import KnownEntity
from kg.schema import load_schema

_RELATIVE = {"全省": "省", "我省": "省", "本省": "省", "该省": "省", "全市": "市", "我市": "市", "本市": "市", "该市": "市"}
_OWN_COUNTRY = frozenset({"我国", "中方", "我方"})


@dataclass(frozen=True)
class Resolution:
    """Who the names of some articles are.

    `entities` by id; `statements` in sorted order; `misfits` are claims that join types which their predicate cannot join.
    `names` tells the entity id of each (article id, name, type).
    """

    names: Mapping[tuple[str, str, str], str]
    entities: Mapping[str, Entity]
    statements: list[Statement]
    misfits: list[Claim] = field(default_factory=list)
    judgements: tuple[Judgement, ...] = ()

    def entity(self, article: str, mention: Mention) -> Entity:
        """The entity that a mention in an article names. Raises KeyError for a mention that was not resolved."""
        return self.entities[self.names[article, mention.name, mention.type]]

    def parent(self, entity: Entity) -> Entity | None:
        """The place or body that an entity belongs to, if any is known."""
        return describe(entity.parent) if entity.parent else None

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Pairs that are likely one, likeliest first; pairs that were judged are left out."""
        joined: dict[str, set[str]] = defaultdict(set)
        for statement in self.statements:
            joined[statement.subject].add(statement.object)
            joined[statement.object].add(statement.subject)
        return suggest(self.entities.values(), judgements=self.judgements, joined=joined)


def resolve(claims: Iterable[Claim], *, articles: Iterable[Reading] = (), judgements: Iterable[Judgement] = ()) -> Resolution:
    """The entities and statements of claims, in any number of articles.

    `articles` give the setting of names (which 省生态环境厅); without its article a claim is resolved by its names alone.
    What a claim's names are depends on its own article only, so that resolving articles one by one gives the same.
    """
    judged = tuple(judgements)
    groups = group(judged)
    settings = {article.id: article for article in articles}
    by_article: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_article[claim.quote.article].append(claim)
    names: dict[tuple[str, str, str], str] = {}
    forms: dict[str, set[str]] = defaultdict(set)
    for article in sorted(by_article):
        own = by_article[article]
        setting = read_setting(settings[article]) if article in settings else Setting(article, _guess_country(own))
        for (name, type_), id_ in _resolve_article(own, setting).items():
            chosen = groups.representative(id_)
            names[article, name, type_] = chosen
            if name not in _RELATIVE and name not in _OWN_COUNTRY:
                forms[chosen].add(clean_name(name))
            if chosen != id_:
                forms[chosen] |= set(_own_names(id_))
    entities = {id_: describe(id_, forms[id_]) for id_ in sorted(set(names.values()))}
    statements, misfits = _state(by_article, names, entities)
    return Resolution(names, entities, statements, misfits, judged)


def _guess_country(claims: Sequence[Claim]) -> str | None:
    return "china" if any(has_han(claim.quote.text) for claim in claims) else None


def _own_names(id_: str) -> Iterable[str]:
    return describe(id_).names.values()


def _resolve_article(claims: Sequence[Claim], setting: Setting) -> dict[tuple[str, str], str]:
    """The id of every name and type in the claims of one article."""
    pairs = sorted({(m.name, m.type) for claim in claims for m in (claim.subject, claim.object)})
    fuller = _fuller_names(pairs)
    found: dict[tuple[str, str], str] = {}
    waiting: list[tuple[str, str]] = []
    for name, type_ in pairs:
        full = fuller.get((name, type_), name)
        id_ = identify(full, type_, setting)
        if id_ is not None:
            found[name, type_] = id_
        else:
            waiting.append((name, type_))
    for name, type_ in waiting:
        if type_ == "Person" and (known := _match_person(name, _held(name, claims, found))):
            found[name, type_] = known.id
            continue
        scope = _scope(name, type_, claims, found, setting)
        found[name, type_] = mint(type_, canonicalize(fuller.get((name, type_), name), type_), scope)
    return _keep_types(claims, found, setting)


def _fuller_names(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Names that stand in the same article with a country before them (道斯康公司, 挪威道斯康公司) → the name with it."""
    canonical = {(canonicalize(name, type_), type_): name for name, type_ in pairs}
    found: dict[tuple[str, str], str] = {}
    for name, type_ in pairs:
        if type_ in ("Person", "Country", "Region", "CountryGroup") or not has_han(name):
            continue
        for place, rest in load_places().prefixes(clean_name(name)):
            if load_registry().by_id[place].type != "Country" or len(rest) < 3:
                continue
            short = canonical.get((canonicalize(rest, type_), type_))
            if short is not None and not load_registry().bearers(short, type_):
                found[short, type_] = name
    return found


def identify(name: str, type_: str, setting: Setting) -> str | None:
    """The id of a name that tells who is meant: by the registry, by rule, or by being distinct. None where it does not."""
    if relative := _relative(name, type_, setting):
        return relative
    if type_ == "Person":
        return None
    if known := match(name, type_, setting) or (_match_place(name) if type_ == "Region" else None):
        return known.id
    if type_ not in ("Country", "CountryGroup"):
        composed = compose(name, setting)
        filled = None if composed else fill_rank(clean_name(name), setting)
        if filled and (known := match(filled, type_, setting)):
            return known.id
        composed = composed or (compose(filled, setting) if filled else None)
        if composed:
            return _registered(composed)
        name = filled or name
    canonical = canonicalize(name, type_)
    enough = distinguish(canonical, type_) is Distinction.BY_NAME and not _is_shared(name, type_)
    return mint(type_, canonical) if enough else None


def _registered(composed: str) -> str:
    """The id of the registry for a body by rule, where the registry lists it under its own."""
    body = find_body(composed)
    if body is None:
        return composed
    for name in body_names(*body):
        bearers = load_registry().bearers(name, body[1].type)
        if len(bearers) == 1:
            return bearers[0].id
    return composed


def _relative(name: str, type_: str, setting: Setting) -> str | None:
    if type_ == "Region" and name in _RELATIVE:
        return setting.province if _RELATIVE[name] == "省" else setting.city
    if type_ == "Country" and name in _OWN_COUNTRY:
        return setting.country
    return None


def _match_place(name: str) -> KnownEntity | None:
    """The known person of a name, if what he represents does not speak against it; for a name of many, if it speaks for."""
    name, registry = clean_name(name), load_registry()
    for place, rest in [*load_places().prefixes(name), ("", name)]:
        for form in dict.fromkeys((rest, rest.removesuffix("市"))):
            bearers = [known for known in registry.bearers(form, "Region") if known.type == "Region"]
            inside = [known for known in bearers if not place or place in registry.ancestors(known.id)]
            if len(inside) == 1 and (form == rest or inside[0].zh == form):
                return inside[0]
    return None


def _match_person(name: str, bodies: Iterable[str]) -> KnownEntity | None:
    """The known person of a name, if what he represents does not speak against it; of a name of many, if it speaks for it."""
    registry = load_registry()
    ours = {above for id_ in bodies for above in _circle(id_)}
    people = registry.bearers(name, "Person")
    if people and ours:
        people = tuple(known for known in people if _circle(known.parent or "") & ours)
    people = people or tuple(
        known for known in registry.bearers(name, "Person", weak=True) if _circle(known.parent or "") & ours
    )
    return people[0] if len(people) == 1 else None


def _circle(id_: str) -> set[str]:
    """A body with all that it belongs to."""
    body = find_body(id_)
    known = body[0].id if body else id_
    return {known, *load_registry().ancestors(known), country_of(id_) or known} - {""}


def match(name: str, type_: str, setting: Setting) -> KnownEntity | None:
    """The known entity that a name means for certain, or None.

    A form that names one entity alone is enough. A weak form, or one that several bear, needs the very type; where several
    remain, that whose place the article names; where a government's body is meant, the country of the article.
    """
    registry = load_registry()
    bearers = [known for known in registry.bearers(name, type_) if known.type != "Person"]
    if len(bearers) == 1 and not (bare_of_china(clean_name(name)) and setting.country != "china"):
        return bearers[0]
    bearers = [known for known in bearers or registry.bearers(name, type_, weak=True) if known.type == type_]
    if type_ == "GovernmentBody":
        bearers = [known for known in bearers if setting.country and registry.country(known.id) == setting.country]
    if len(bearers) < 2:
        return bearers[0] if bearers else None
    nearness = {known.id: _nearness(known.id, setting) for known in bearers}
    best, second = sorted(nearness.values(), reverse=True)[:2]
    return next(known for known in bearers if nearness[known.id] == best) if best > second else None


def _nearness(id_: str, setting: Setting) -> int:
    """How many of the places that a known entity is or lies in the article names; its country counts as named."""
    return len({id_, *load_registry().ancestors(id_)} & (setting.named | {setting.country or ""}))


def _is_shared(name: str, type_: str) -> bool:
    """Whether several known entities of a type bear a name."""
    registry = load_registry()
    own = {known.id for weak in (False, True) for known in registry.bearers(name, type_, weak=weak) if known.type == type_}
    return len(own) > 1


def _scope(name: str, type_: str, claims: Sequence[Claim], found: Mapping[tuple[str, str], str], setting: Setting) -> str:
    """What tells a name apart that does not do so itself: whom a person represents, who signed a text and when, the place, or
    at last the article."""
    if type_ == "Person":
        held = _held(name, claims, found)
        bodies = [id_ for id_ in held if type_of(id_) not in ("Country", "CountryGroup")]
        if held:
            return (bodies or held)[0]
    elif type_ == "Agreement":
        signing = [c for c in claims if c.predicate == "signatory_of" and (c.object.name, c.object.type) == (name, type_)]
        parties = sorted({found.get((c.subject.name, c.subject.type), "") for c in signing} - {""})
        months = sorted({c.date[:7] for c in signing if c.date and len(c.date) >= 7})
        if len(parties) > 1 and len(months) == 1:
            return content_hash(*parties, months[0])[:12]
    elif type_ not in ("Event", "Project", "Platform", "Alliance") and setting.place and has_han(name):
        return setting.place
    return content_hash(setting.article)[:12]


def _held(name: str, claims: Sequence[Claim], found: Mapping[tuple[str, str], str]) -> list[str]:
    """The ids of what a person represents, as far as they are known."""
    held = {
        found.get((claim.object.name, claim.object.type), "")
        for claim in claims
        if claim.predicate == "represents" and (claim.subject.name, claim.subject.type) == (name, "Person")
    }
    return sorted(held - {""})


def _keep_types(claims: Sequence[Claim], found: dict[tuple[str, str], str], setting: Setting) -> dict[tuple[str, str], str]:
    """Lets a name keep the type that the text gives it where that of the registry would not fit what is said of it."""
    allows = load_schema().allows
    for claim in claims:
        sides = [(claim.object.name, claim.object.type), (claim.subject.name, claim.subject.type)]
        for side in sides:
            subject, object_ = type_of(found[sides[1]]), type_of(found[sides[0]])
            if allows(subject, claim.predicate, object_) or not allows(claim.subject.type, claim.predicate, claim.object.type):
                break
            if type_of(found[side]) != side[1]:
                canonical = canonicalize(*side)
                distinct = distinguish(canonical, side[1]) is Distinction.BY_NAME
                found[side] = mint(side[1], canonical, "" if distinct else _scope(*side, claims, found, setting))
    return found


def _state(
    by_article: Mapping[str, Sequence[Claim]], names: Mapping[tuple[str, str, str], str], entities: Mapping[str, Entity]
) -> tuple[list[Statement], list[Claim]]:
    """Statements and misfits. A claim that joins an entity with itself states nothing."""
    schema = load_schema()
    groups: dict[tuple[str, str, str, str], list[Claim]] = defaultdict(list)
    misfits = []
    for article, claims in sorted(by_article.items()):
        for claim in claims:
            subject = names[article, claim.subject.name, claim.subject.type]
            object_ = names[article, claim.object.name, claim.object.type]
            if subject == object_ or claim.denied:
                continue
            if not schema.allows(entities[subject].type, claim.predicate, entities[object_].type):
                misfits.append(claim)
                continue
            if schema.predicates[claim.predicate].symmetric and subject > object_:
                subject, object_ = object_, subject
                claim = replace(claim, subject=claim.object, object=claim.subject)
            groups[subject, claim.predicate, object_, claim.status].append(claim)
    return [
        Statement(*key, agree_on_date(claim.date for claim in own), tuple(sorted(own, key=_order)))
        for key, own in sorted(groups.items())
    ], misfits


def _order(claim: Claim) -> tuple[str, int, int, str]:
    return claim.quote.article, claim.quote.start, claim.quote.end, claim.rule


def agree_on_date(dates: Iterable[str | None]) -> str | None:
    """The most precise date on which all agree: 2024-05-07 and 2024-05 give 2024-05-07, with 2024-05-09 they give 2024-05."""
    given = sorted({date for date in dates if date}, key=lambda date: (-len(date), date))
    if not given:
        return None
    longest = given[0]
    for length in (10, 7, 4):
        if len(longest) >= length and all(date[:length] == longest[:length] or longest.startswith(date) for date in given):
            return longest[:length]
    return None
