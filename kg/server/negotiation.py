"""Which format an answer has: the Accept header, the `format` parameter, and the formats there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

# The first of each table is what is sent when nobody asks for anything.
RESULTS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
RDF = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
    "text/n3": "n3",
}
_ALSO = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
_ALSO_RDF = {
    "application/x-turtle": "text/turtle",
    "text/plain": "application/n-triples",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    "application/json": "application/ld+json",
}
_SHORT = {"nt": "ntriples", "ttl": "turtle", "xml": "rdfxml", "json": "jsonld", "json-ld": "jsonld", "rdf": "rdfxml"}


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """The offered media type that an Accept header likes best; the first offered where it likes several alike, None if none.

    An entry's parameters but `q` are ignored. `*/*` and `text/*` stand for what no entry names.
    """
    if accept is None or not accept.strip():
        return offered[0] if offered else None
    wanted: dict[str, float] = {}
    for entry in accept.split(",")[:64]:
        media, _, parameters = entry.partition(";")
        wanted[media.strip().lower()] = _quality(parameters)
    best, best_quality = None, 0.0
    for media in offered:
        for key in (media, media.partition("/")[0] + "/*", "*/*"):
            if key in wanted:
                if wanted[key] > best_quality:
                    best, best_quality = media, wanted[key]
                break
    return best


@lru_cache(64)
def choose_results(accept: str | None, format_: str | None) -> str | None:
    """The format of rows and yes/no: a short name (`json`, `xml`, `csv`, `tsv`), a media type, or the Accept header."""
    return _choose(accept, format_, RESULTS, _ALSO, {})


@lru_cache(64)
def choose_rdf(accept: str | None, format_: str | None) -> str | None:
    """The format of RDF: a short name (`turtle`, `ntriples`, `rdfxml`, `jsonld`, `n3`), a media type, or the Accept header."""
    return _choose(accept, format_, RDF, _ALSO_RDF, _SHORT)


def _choose(
    accept: str | None, format_: str | None, formats: dict[str, str], also: dict[str, str], short: dict[str, str]
) -> str | None:
    if format_:
        name = format_.strip().lower()
        name = short.get(name, name)
        by_name = {label: media for media, label in formats.items()}
        return by_name.get(name) or (name if name in formats else also.get(name))
    found = choose(accept, [*formats, *also])
    return also.get(found, found) if found else None


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
