"""The registry: the tables of seeds/names as entities, found by any of their forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.identity.forms import canonicalize, clean_name, fold_name, is_acronym
from kg.names import KnownEntity, load_names

# Types that texts take for one another; a name of the registry may be called by any type of its own row.
_ALIKE = (
    frozenset(
        {
            "Company",
            "ResearchOrganization",
            "Association",
            "GovernmentBody",
            "IntergovernmentalOrganization",
            "Alliance",
            "Platform",
        }
    ),
    frozenset({"Country", "Region"}),
    frozenset({"Country", "CountryGroup", "IntergovernmentalOrganization"}),
    frozenset({"Project", "Platform", "Alliance", "Agreement"}),
    frozenset({"Region", "Platform"}),
)


@dataclass(frozen=True)
class Registry:
    """Known entities by id, and by form: those that the form names by itself, and those that it names with support only."""

    by_id: Mapping[str, KnownEntity]
    strong: Mapping[str, tuple[str, ...]]
    weak: Mapping[str, tuple[str, ...]]

    def country(self, id_: str | None) -> str | None:
        """The id of the country that a known entity is, or belongs to."""
        seen = set()
        while id_ is not None and id_ in self.by_id and id_ not in seen:
            if self.by_id[id_].type == "Country":
                return id_
            seen.add(id_)
            id_ = self.by_id[id_].parent
        return None

    def ancestors(self, id_: str) -> tuple[str, ...]:
        """The ids of what a known entity belongs to, nearest first."""
        found: list[str] = []
        parent = self.by_id[id_].parent if id_ in self.by_id else None
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.by_id[parent].parent if parent in self.by_id else None
        return tuple(found)

    def bearers(self, form: str, type_: str | None = None, *, weak: bool = False) -> tuple[KnownEntity, ...]:
        """The known entities that bear a form, in id order; with a type, those that a text may call by this type."""
        table = self.weak if weak else self.strong
        ids = {id_ for key in _keys_for(form, type_) for id_ in table.get(key, ())}
        found = (self.by_id[id_] for id_ in sorted(ids))
        return tuple(known for known in found if type_ is None or alike(known.type, type_))


def alike(left: str, right: str) -> bool:
    """Whether texts take entities of these types for one another."""
    return left == right or any(left in group and right in group for group in _ALIKE)


def keys_of(form: str) -> tuple[str, ...]:
    """The keys under which a form is found: as it is for a short acronym, else in any case and spelling."""
    form = clean_name(form)
    return (f"={form}",) if is_acronym(form) else (fold_name(form),)


@lru_cache(maxsize=65_536)
def _keys_for(form: str, type_: str | None) -> frozenset[str]:
    return frozenset([*keys_of(form), *(keys_of(canonicalize(form, type_)) if type_ else ())])


@cache
def load_registry() -> Registry:
    """The registry of the shipped tables."""
    by_id = {known.id: known for known in load_names()}
    strong: dict[str, set[str]] = defaultdict(set)
    weak: dict[str, set[str]] = defaultdict(set)
    for known in by_id.values():
        forms = [*known.forms, *([known.zh_hant] if known.zh not in known.weak else [])]
        for table, own in ((strong, forms), (weak, known.weak)):
            for form in own:
                if not form:
                    continue
                for key in {*keys_of(form), *keys_of(canonicalize(form, known.type))}:
                    table[key].add(known.id)
    for table in (strong, weak):
        table.pop("", None)
    return Registry(by_id, {k: tuple(sorted(v)) for k, v in strong.items()}, {k: tuple(sorted(v)) for k, v in weak.items()})
