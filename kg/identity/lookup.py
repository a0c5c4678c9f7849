"""A name that a person gives → the entity that bears it, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from kg.errors import AmbiguousName, NotFound
from kg.identity.bodies import compose
from kg.identity.candidates import bare
from kg.identity.forms import canonicalize, clean_name, fold_name
from kg.identity.ids import mint
from kg.identity.labels import describe
from kg.identity.places import Setting
from kg.identity.registry import keys_of, load_registry
from kg.model import Entity


def find(name: str, entities: Iterable[Entity] | Mapping[str, Entity]) -> Entity:
    """The entity among these that a name stands for: Chinese in either script or English, full or short, id or identifier.

    What is borne by a name in full counts before short forms. Raises AmbiguousName with the candidates where several bear
    it, NotFound with similar names where none does.
    """
    own = entities if isinstance(entities, Mapping) else {entity.id: entity for entity in entities}
    if found := own.get(name.strip()):
        return found
    for ids in _ways(clean_name(name), own):
        if len(ids) == 1:
            return own[ids[0]]
        if ids:
            raise AmbiguousName(name, [show(own[id_]) for id_ in ids])
    raise NotFound(f"“{name}” is not known here{_hint(name, own)}")


def _ways(name: str, own: Mapping[str, Entity]) -> Iterable[list[str]]:
    """Ids by each way of reading the name, the surest first."""
    key = fold_name(name)
    registry = load_registry()
    yield sorted(
        e.id for e in own.values() if any(_same(label, name) for tag, label in e.names.items() if tag not in e.glosses)
    )
    yield sorted(e.id for e in own.values() if name in e.aliases or name in {clean_name(alias) for alias in e.aliases})
    yield sorted(
        e.id for e in own.values() if name in e.identifiers.values() or name in {f"{s}:{v}" for s, v in e.identifiers.items()}
    )
    for table in (registry.strong, registry.weak):
        forms = (*keys_of(name), key, f"={name.upper()}")
        yield sorted({id_ for form in forms for id_ in table.get(form, ()) if id_ in own})
    yield sorted(e.id for e in own.values() if key in {fold_name(form) for form in (*e.names.values(), *e.aliases)})
    meant = {mint(type_, canonicalize(name, type_)) for type_ in {e.type for e in own.values()}}
    yield sorted(id_ for id_ in {*meant, compose(name, Setting("")) or ""} if id_ in own)
    yield sorted(e.id for e in own.values() if key in {fold_name(bare(form)) for form in (*e.names.values(), *e.aliases)})


def _same(label: str, name: str) -> bool:
    return label == name or clean_name(label) == name


def _hint(name: str, own: Mapping[str, Entity]) -> str:
    forms = {fold_name(form): form for e in own.values() for form in (*e.names.values(), *e.aliases)}
    close = get_close_matches(fold_name(name), sorted(forms), n=3)
    return f"; similar: {', '.join(forms[key] for key in close)}" if close else ""


def show(entity: Entity) -> str:
    """An entity as a candidate is shown: 山东省 · Shandong (Region, cn-shandong)."""
    names = dict.fromkeys(entity.names[tag] for tag in ("zh", "en") if tag in entity.names)
    return f"{' · '.join(names)} ({entity.type}, {entity.id})"


def known_entity(name: str) -> Entity | None:
    """The entity of the registry that a name means alone, whether or not any article names it."""
    bearers = load_registry().bearers(name)
    return describe(bearers[0].id) if len(bearers) == 1 else None
