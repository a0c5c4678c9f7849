"""The known names: the tables of seeds/names as frozen values, for the gazetteer of extraction and the registry of identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg.resources import data_path, read_table

COLUMNS = ("id", "type", "zh", "zh_hant", "en", "aliases", "bound", "adjectives", "weak", "parent", "identifiers", "source")


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """An entity that is known before any article is read.

    `id` is the local part of its IRI. `zh`, `zh_hant` and `en` are its labels; a label may be empty where there is none in use.
    `aliases` name it wherever they stand (zh in simplified characters, and en; 山东, Norge). `bound` are forms that name it
    only inside a compound (日 in 日韩 and 日方, 鲁 in 鲁韩); one bound form may belong to several entities (巴 to Pakistan and
    Brazil), then only what else the article names can tell. `adjectives` are English derived forms (Norwegian, Sino).

    `weak` are forms, aliases or even labels, that are also common words, names of persons or names of others (苹果, 大众,
    Jordan, 省商务厅): they name the entity only with support, such as a frame that asks for its type or its fullest name in
    the same article. A form in `weak` is never plain evidence, wherever else it is listed.

    All-capital forms (US, WHO) are meant in capitals. `parent` is the id of the place or body it belongs to. `identifiers` by
    scheme: `iso3166-1`, `iso3166-2`, `wikidata`, `geonames`, `gbt2260`.
    """

    id: str
    type: str
    zh: str
    zh_hant: str
    en: str
    aliases: tuple[str, ...]
    bound: tuple[str, ...]
    adjectives: tuple[str, ...]
    weak: tuple[str, ...]
    parent: str | None
    identifiers: Mapping[str, str]
    source: str

    @property
    def forms(self) -> tuple[str, ...]:
        """Every form that names it without support: labels and aliases that are not weak, without doubles."""
        weak = frozenset(self.weak)
        found = dict.fromkeys(form for form in (self.zh, self.en, *self.aliases) if form and form not in weak)
        return tuple(found)


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
                    row.many("weak"),
                    row["parent"] or None,
                    {scheme: value for scheme, _, value in pairs},
                    row["source"],
                )
            )
    return tuple(found)
