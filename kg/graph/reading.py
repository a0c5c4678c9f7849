"""RDF → the words of the model: entities, statements with their claims, articles and derivations, as the graph says them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import pyoxigraph as ox

from kg.graph.engine import Engine, Solutions, Term, select
from kg.model import Claim, Entity, Mention, Quote, Statement
from kg.schema import NAMESPACE

# Each text is asked as it stands for the whole graph, and with each side in it for what one entity takes part in: one question
# for both sides, or with the link to the statement as a variable, makes the engine look at the whole graph.
_SIDES = ("?statement rdf:subject ?entity . ", "?statement rdf:object ?entity . ")
_LINKS = {
    "states": "?claim coop:states ?statement . ",
    "denies": "?claim coop:denies ?statement . ",
    "rejected": "?claim coop:rejected ?statement . ",
}
_STATEMENTS = (
    "SELECT ?entity ?statement ?subject ?predicate ?object ?status ?date WHERE { ",
    """?statement coop:status ?status ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object .
    OPTIONAL { ?statement coop:date ?date } }""",
)
_CLAIMS = (
    """SELECT ?entity ?statement ?predicate ?claim ?article ?status ?date ?rule ?confidence
    ?subject_form ?subject_span ?subject_type ?object_form ?object_span ?object_type ?start ?end ?exact ?clean WHERE { """,
    """?statement rdf:predicate ?predicate ; rdf:subject/rdf:type ?subject_type ; rdf:object/rdf:type ?object_type .
    ?claim coop:quote ?quote ; coop:status ?status ; coop:rule ?rule ; coop:confidence ?confidence ;
      coop:subject_form ?subject_form ; coop:object_form ?object_form .
    ?quote oa:hasSource ?article ; oa:exact ?exact ; oa:start ?start ; oa:end ?end .
    OPTIONAL { ?claim coop:date ?date } OPTIONAL { ?quote coop:clean_text ?clean }
    OPTIONAL { ?claim coop:subject_span ?subject_span } OPTIONAL { ?claim coop:object_span ?object_span } }""",
)
_CUES = ("SELECT ?entity ?claim ?cue WHERE { ", "?claim coop:cue_span ?cue }")
_DERIVATIONS = (
    "SELECT ?entity ?statement ?subject ?predicate ?object ?rule ?basis WHERE { ",
    """?statement a coop:Derivation ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ;
      coop:rule ?rule ; prov:wasDerivedFrom ?basis }""",
)
_ENTITIES = """SELECT ?node ?property ?value WHERE {
  VALUES ?top { coop:Actor coop:Undertaking } ?class rdfs:subClassOf+ ?top . ?node a ?class .
  VALUES ?property { rdf:type skos:prefLabel skos:altLabel coop:gloss dcterms:identifier dcterms:isPartOf }
  ?node ?property ?value }"""
_ARTICLES = """SELECT ?node ?id ?language ?title ?publisher ?published ?url WHERE {
  ?node a coop:Article ; dcterms:identifier ?id ; schema:inLanguage ?language .
  OPTIONAL { ?node dcterms:title ?title } OPTIONAL { ?node dc:publisher ?publisher }
  OPTIONAL { ?node schema:datePublished ?published } OPTIONAL { ?node schema:url ?url } }"""


@dataclass(frozen=True, slots=True)
class Source:
    """The head of an article: all of it but the text."""

    id: str
    title: str
    publisher: str
    published: str | None
    language: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A statement with everything said of it.

    `id` is the local part of its IRI. `statement.claims` are the claims that state it; `denials` deny it; `rejected` were
    judged wrong. `clean` gives the repaired words of quotes that differ from the words as found.
    """

    id: str
    statement: Statement
    denials: tuple[Claim, ...]
    rejected: tuple[Claim, ...]
    clean: Mapping[Quote, str]


@dataclass(frozen=True, slots=True)
class Derivation:
    """An edge that a rule infers: local part of its IRI, entity ids, the rule's name and the ids of the statements behind."""

    id: str
    subject: str
    predicate: str
    object: str
    rule: str
    basis: tuple[str, ...]


def read_entities(engine: Engine, only: ox.NamedNode | None = None) -> dict[str, Entity]:
    """The entities by id, in id order; or the one."""
    found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for node, property_, value in select(engine, _ENTITIES, {"node": only} if only else {}).rows:
        found[local_id(node)][local_id(property_)].append(_some(value))
    return {id_: _entity(id_, properties) for id_, properties in sorted(found.items())}


def read_articles(engine: Engine, only: ox.NamedNode | None = None) -> dict[str, Source]:
    """The heads of the articles by id, in id order; or the one."""
    found = {}
    for _, id_, language, title, publisher, published, url in select(engine, _ARTICLES, {"node": only} if only else {}).rows:
        source = Source(
            _text(id_), _text(title), _text(publisher), _text(published) or None, _text(language), _text(url) or None
        )
        found[source.id] = source
    return dict(sorted(found.items()))


def read_accounts(engine: Engine, about: ox.NamedNode | None = None) -> list[Account]:
    """The statements in id order, with all their claims; or those that an entity takes part in."""
    cues: dict[str, set[tuple[int, int]]] = defaultdict(set)
    said: dict[tuple[str, str], dict[str, Claim]] = defaultdict(dict)
    clean: dict[str, dict[Quote, str]] = defaultdict(dict)
    for link, linked in _LINKS.items():
        for _, claim, cue in _about(engine, _CUES, about, linked).rows:
            if span := _span(cue):
                cues[local_id(claim)].add(span)
        solutions = _about(engine, _CLAIMS, about, linked)
        for values in solutions.rows:
            row = dict(zip(solutions.variables, values, strict=True))
            statement, id_ = local_id(row["statement"]), local_id(row["claim"])
            claim_ = _claim(row, tuple(sorted(cues[id_])), denied=link == "denies")
            said[statement, link][id_] = claim_
            if row["clean"] is not None:
                clean[statement][claim_.quote] = _text(row["clean"])
    facts: dict[str, list[tuple[Term | None, ...]]] = defaultdict(list)
    for values in _about(engine, _STATEMENTS, about).rows:
        facts[local_id(values[1])].append(values)

    def claims(id_: str, link: str) -> tuple[Claim, ...]:
        return tuple(sorted(said[id_, link].values(), key=lambda c: (c.quote.article, c.quote.start, c.quote.end, c.rule)))

    return [
        Account(id_, _statement(rows, claims(id_, "states")), claims(id_, "denies"), claims(id_, "rejected"), clean[id_])
        for id_, rows in sorted(facts.items())
    ]


def read_derivations(engine: Engine, about: ox.NamedNode | None = None) -> list[Derivation]:
    """What the rules infer, in id order; or what they infer of an entity."""
    heads: dict[str, tuple[str, str, str, str]] = {}
    basis: dict[str, set[str]] = defaultdict(set)
    for _, node, subject, predicate, object_, rule, statement in _about(engine, _DERIVATIONS, about).rows:
        heads[local_id(node)] = (local_id(subject), local_id(predicate), local_id(object_), _text(rule))
        basis[local_id(node)].add(local_id(statement))
    return [Derivation(id_, *head, tuple(sorted(basis[id_]))) for id_, head in sorted(heads.items())]


def _about(engine: Engine, query: tuple[str, str], about: ox.NamedNode | None, linked: str = "") -> Solutions:
    head, body = query
    if about is None:
        return select(engine, head + linked + body, {})
    asked = [select(engine, head + side + linked + body, {"entity": about}) for side in _SIDES]
    return Solutions(asked[0].variables, list(dict.fromkeys(row for solutions in asked for row in solutions.rows)))


def _entity(id_: str, properties: Mapping[str, list[Term]]) -> Entity:
    names = {term.language or "": term.value for term in _literals(properties["prefLabel"])}
    glosses = {(term.language or "", term.value) for term in _literals(properties["gloss"])}
    identifiers = (term.value.partition(":") for term in _literals(properties["identifier"]))
    return Entity(
        id_,
        min(local_id(term) for term in properties["type"]),
        dict(sorted(names.items())),
        frozenset(term.value for term in _literals(properties["altLabel"])),
        {scheme: value for scheme, _, value in sorted(identifiers)},
        frozenset(language for language, name in names.items() if (language, name) in glosses),
        min((local_id(term) for term in properties["isPartOf"]), default=None),
    )


def _statement(rows: list[tuple[Term | None, ...]], claims: tuple[Claim, ...]) -> Statement:
    _, _, subject, predicate, object_, status, _ = rows[0]
    dates = [_text(row[6]) for row in rows if row[6] is not None]
    date = max(dates, key=lambda day: (len(day), day), default=None)
    return Statement(local_id(subject), local_id(predicate), local_id(object_), local_id(status), date, claims)


def _claim(row: Mapping[str, Term | None], cues: tuple[tuple[int, int], ...], *, denied: bool) -> Claim:
    quote = Quote(local_id(row["article"]), int(_text(row["start"])), int(_text(row["end"])), _text(row["exact"]))
    sides = []
    for side in ("subject", "object"):
        form, span = _text(row[f"{side}_form"]), _span(row[f"{side}_span"])
        sides.append(Mention(form, form, local_id(row[f"{side}_type"]), *(span or (None, None))))
    subject, object_ = sides
    return Claim(
        subject=subject,
        predicate=local_id(row["predicate"]),
        object=object_,
        status=local_id(row["status"]),
        date=_text(row["date"]) or None,
        quote=quote,
        rule=_text(row["rule"]),
        confidence=float(_text(row["confidence"])),
        cues=cues,
        denied=denied,
    )


def _literals(terms: list[Term]) -> Iterator[ox.Literal]:
    return (term for term in terms if isinstance(term, ox.Literal))


def _span(term: Term | None) -> tuple[int, int] | None:
    start, _, end = _text(term).removeprefix("char=").partition(",")
    return (int(start), int(end)) if start.isdecimal() and end.isdecimal() else None


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, ox.Literal) else ""


def _some(term: Term | None) -> Term:
    if term is None:
        raise ValueError("the graph lacks a value that every node has")
    return term


def local_id(term: Term | None) -> str:
    """The id that an IRI holds: of the ontology what follows `#`, of data what follows `id/` and the kind of node."""
    value = term.value if isinstance(term, ox.NamedNode) else ""
    if value.startswith(NAMESPACE):
        return value[len(NAMESPACE) :]
    return unquote(value.rpartition("#" if "#" in value else "/")[2])
