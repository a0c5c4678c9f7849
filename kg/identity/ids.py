"""Ids of entities: what an id is made of, and back.

    norway                              a row of the registry
    cn-shandong~commerce                a body by rule: place and body
    company~道斯康公司                   any other: type and canonical name
    company~合资公司~cn-shandong         … told apart by a place, a body, or what only its article tells

An id is a pure function of name, type, registry and the setting of the article, and everything that describes the entity is a
pure function of its id. So a thousand machines that read a thousand articles mint and describe the same nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kg.identity.bodies import find_body
from kg.identity.registry import load_registry
from kg.schema import load_schema


@dataclass(frozen=True, slots=True)
class Minted:
    """An id outside the registry, taken apart: type, canonical name, and what tells it from its namesakes (or "")."""

    type: str
    name: str
    scope: str


def mint(type_: str, name: str, scope: str = "") -> str:
    """The id of an entity that the registry does not know, by type, canonical name and scope."""
    id_ = f"{type_.lower()}~{name.replace(' ', '_')}"
    return f"{id_}~{scope}" if scope else id_


def read_id(id_: str) -> Minted | None:
    """The parts of a minted id; None for an id of the registry, of a body by rule, and for what is no id."""
    type_, tilde, rest = id_.partition("~")
    full = _types().get(type_)
    if not tilde or full is None or not rest:
        return None
    name, _, scope = rest.partition("~")
    return Minted(full, name.replace("_", " "), scope)


def type_of(id_: str) -> str:
    """The entity type that an id says. Raises KeyError for what is no id."""
    if known := load_registry().by_id.get(id_):
        return known.type
    if minted := read_id(id_):
        return minted.type
    if body := find_body(id_):
        return body[1].type
    raise KeyError(id_)


def country_of(id_: str) -> str | None:
    """The country that an entity is or belongs to, where its id tells."""
    registry = load_registry()
    if id_ in registry.by_id:
        return registry.country(id_)
    if body := find_body(id_):
        return registry.country(body[0].id)
    minted = read_id(id_)
    return registry.country(minted.scope.partition("~")[0]) if minted and minted.scope else None


@cache
def _types() -> dict[str, str]:
    return {type_.lower(): type_ for type_ in load_schema().types}
