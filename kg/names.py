"""The known names: the tables of seeds/names as frozen values, for the gazetteer of extraction and the registry of identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg.resources import data_path, read_table

COLUMNS = ("id", "type", "zh", "zh_hant", "en", "aliases", "bound", "adjectives", "parent", "identifiers", "source")


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """An entity that is known before any article is read.

    `id` is the local part of its IRI. `aliases` name it wherever they stand (zh and en; 山东, Norge). `bound` are forms that
    name it only inside a compound (日 in 日韩 and 日方, 鲁 in 鲁韩). `adjectives` are English derived forms (Norwegian, Sino).
    `parent` is the id of the place or body it belongs to. `identifiers` by scheme: `iso3166-1`, `iso3166-2`, `wikidata`,
    `geonames`, `gbt2260`.
    """

    id: str
    type: str
    zh: str
    zh_hant: str
    en: str
    aliases: tuple[str, ...]
    bound: tuple[str, ...]
    adjectives: tuple[str, ...]
    parent: str | None
    identifiers: Mapping[str, str]
    source: str


@cache
def load_names() -> tuple[KnownEntity, ...]:
    """Every row of every table in seeds/names, in file and row order. Raises DataError with file and line."""
    found = []
    for path in sorted((data_path("seeds") / "names").glob("*.csv")):
        for row in read_table(path, COLUMNS, key="id"):
            pairs = [part.partition("=") for part in row.many("identifiers")]
            found.append(
                KnownEntity(
                    row["id"],
                    row["type"],
                    row["zh"],
                    row["zh_hant"],
                    row["en"],
                    row.many("aliases"),
                    row.many("bound"),
                    row.many("adjectives"),
                    row["parent"] or None,
                    {scheme: value for scheme, _, value in pairs},
                    row["source"],
                )
            )
    return tuple(found)
