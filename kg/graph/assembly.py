"""Claims and the entities they name → the quads of one article's graph, as docs/data-shape.md draws them.

Pure: the same record, resolution and judgements give the same quads on any machine, in any order of articles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

import pyoxigraph as ox

from kg.graph.judging import ClaimJudgements, change_claim
from kg.graph.records import ArticleRecord, file_article
from kg.graph.terms import Terms, term
from kg.model import CORE, Article, Claim, Entity, Judgement, Mention, Verdict
from kg.schema import load_schema
from kg.topics import KINDS, TOPICS, assign_kinds, assign_topics

Triple = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGER, _DECIMAL, _ANY_URI = (ox.NamedNode(_XSD + name) for name in ("integer", "decimal", "anyURI"))
_DATES = {4: ox.NamedNode(_XSD + "gYear"), 7: ox.NamedNode(_XSD + "gYearMonth"), 10: ox.NamedNode(_XSD + "date")}
_SAME_AS = {"wikidata": "http://www.wikidata.org/entity/", "geonames": "https://sws.geonames.org/"}
_HAN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


class Resolution(Protocol):
    """Who the mentions name: what `kg.identity` makes of an article's claims."""

    def entity(self, article: str, mention: Mention) -> Entity:
        """The entity that a mention in an article names."""
        ...

    def parent(self, entity: Entity) -> Entity | None:
        """The place or body that an entity belongs to, if any is known."""
        ...


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim as judged, with the entities it names, in the order in which its statement has them.

    `key` is the core of the claim's hash and `occurrence` its number among those of the article that share it. `link` says how the claim stands to the statement: `states`, `denies` or `rejected`.
    """

    key: str
    occurrence: int
    claim: Claim
    subject: Entity
    object: Entity
    link: str


def assemble(
    article: Article,
    claims: Iterable[Claim],
    resolution: Resolution,
    *,
    judgements: Iterable[Judgement] = (),
    terms: Terms | None = None,
) -> list[ox.Quad]:
    """The quads of an article's graph, in sorted order."""
    quads = assemble_record(file_article(article, claims, ""), resolution, ClaimJudgements(judgements), terms or Terms())
    return sorted(quads, key=str)


def assemble_record(record: ArticleRecord, resolution: Resolution, judgements: ClaimJudgements, terms: Terms) -> list[ox.Quad]:
    """The quads of the graph of an article as the ledger holds it."""
    graph = terms.article_graph(record.id)
    facts = list(resolve_claims(record, resolution, judgements))
    triples = set(_describe_article(record, terms))
    for fact in facts:
        triples.update(_describe_quote(fact.claim, record, terms))
        triples.update(_describe_claim(fact, terms))
    for iri, group in _statements(facts, terms).items():
        triples.update(_describe_statement(iri, group, record, terms))
    for entity in {entity.id: entity for fact in facts for entity in (fact.subject, fact.object)}.values():
        triples.update(_describe_entity(entity, resolution, terms))
    return [ox.Quad(*triple, graph) for triple in triples]


def describe_judgements(judgements: Iterable[Judgement], terms: Terms) -> Iterator[ox.Quad]:
    """The quads of the graph of judgements."""
    graph = terms.graph("judgements")
    for judgement in judgements:
        for triple in _describe_judgement(judgement, terms):
            yield ox.Quad(*triple, graph)


def resolve_claims(record: ArticleRecord, resolution: Resolution, judgements: ClaimJudgements) -> Iterator[Fact]:
    """The claims of a record as judged, with their entities; doubled ones once.

    A claim whose two sides are one entity joins nothing and is left out.
    """
    judged_by = judgements.match(record.claims)
    for claim, occurrence in _distinct(record.claims):
        judgement = judged_by.get(claim.digest)
        judged = change_claim(claim, judgement) if judgement else claim
        subject = resolution.entity(record.id, judged.subject)
        object_ = resolution.entity(record.id, judged.object)
        if subject.id == object_.id:
            continue
        if load_schema().predicates[judged.predicate].symmetric and subject.id > object_.id:
            subject, object_ = object_, subject
            judged = replace(judged, subject=judged.object, object=judged.subject)
        rejected = judgement is not None and judgement.verdict is Verdict.WRONG
        link = "rejected" if rejected else "denies" if judged.denied else "states"
        yield Fact(claim.core, occurrence, judged, subject, object_, link)


def _distinct(claims: Iterable[Claim]) -> Iterator[tuple[Claim, int]]:
    """Each claim once, the surest of equal ones, and its number among those that say the same of the same words.

    An article may print the words several times, and one sentence may tell of what was done and what is planned.
    """
    best: dict[tuple[str, int, int, str], Claim] = {}
    for claim in sorted(claims, key=lambda c: (-c.confidence, c.rule, repr(c))):
        best.setdefault((claim.core, claim.quote.start, claim.quote.end, claim.digest), claim)
    seen: dict[str, int] = defaultdict(int)
    for (core, *_), claim in sorted(best.items()):
        yield claim, seen[core]
        seen[core] += 1


def _statements(facts: Iterable[Fact], terms: Terms) -> dict[ox.NamedNode, list[Fact]]:
    groups: dict[ox.NamedNode, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[terms.statement(fact.subject.id, fact.claim.predicate, fact.object.id, fact.claim.status)].append(fact)
    return groups


def _describe_article(record: ArticleRecord, terms: Terms) -> Iterator[Triple]:
    node = terms.article(record.id)
    yield node, term("rdf:type"), term("coop:Article")
    yield node, term("dcterms:identifier"), ox.Literal(record.id)
    yield node, term("schema:inLanguage"), ox.Literal(record.language)
    yield node, term("coop:digest"), ox.Literal(record.text_digest)
    if record.title:
        yield node, term("dcterms:title"), ox.Literal(record.title, language=record.language)
    if record.publisher:
        yield node, term("dc:publisher"), ox.Literal(record.publisher)
    if record.published:
        yield node, term("schema:datePublished"), _date(record.published)
    if record.url:
        yield node, term("schema:url"), ox.Literal(record.url, datatype=_ANY_URI)


def _describe_quote(claim: Claim, record: ArticleRecord, terms: Terms) -> Iterator[Triple]:
    quote = claim.quote
    node = terms.quote(quote)
    yield node, term("rdf:type"), term("coop:Quote")
    yield node, term("oa:hasSource"), terms.article(record.id)
    yield node, term("oa:exact"), ox.Literal(quote.text)
    yield node, term("oa:start"), ox.Literal(str(quote.start), datatype=_INTEGER)
    yield node, term("oa:end"), ox.Literal(str(quote.end), datatype=_INTEGER)
    if (quote.start, quote.end) in record.clean:
        yield node, term("coop:clean_text"), ox.Literal(record.clean[quote.start, quote.end])


def _describe_claim(fact: Fact, terms: Terms) -> Iterator[Triple]:
    claim = fact.claim
    node = terms.claim(fact.key, fact.occurrence)
    yield node, term("rdf:type"), term("coop:Claim")
    yield node, term(f"coop:{fact.link}"), _statement(fact, terms)
    yield node, term("coop:quote"), terms.quote(claim.quote)
    yield node, term("coop:status"), term(f"coop:{claim.status}")
    yield node, term("coop:rule"), ox.Literal(claim.rule)
    yield node, term("coop:confidence"), ox.Literal(_decimal(claim.confidence), datatype=_DECIMAL)
    if claim.date:
        yield node, term("coop:date"), _date(claim.date)
    for side, mention in (("subject", claim.subject), ("object", claim.object)):
        yield node, term(f"coop:{side}_form"), ox.Literal(mention.form)
        if mention.start is not None and mention.end is not None:
            yield node, term(f"coop:{side}_span"), _span(mention.start, mention.end)
    for start, end in claim.cues:
        yield node, term("coop:cue_span"), _span(start, end)


def _describe_statement(iri: ox.NamedNode, facts: list[Fact], record: ArticleRecord, terms: Terms) -> Iterator[Triple]:
    fact, stating = facts[0], [fact for fact in facts if fact.link == "states"]
    subject, object_ = terms.entity(fact.subject.id), terms.entity(fact.object.id)
    yield iri, term("rdf:type"), term("coop:Statement" if stating else "rdf:Statement")
    yield iri, term("rdf:subject"), subject
    yield iri, term("rdf:predicate"), term(f"coop:{fact.claim.predicate}")
    yield iri, term("rdf:object"), object_
    yield iri, term("coop:status"), term(f"coop:{fact.claim.status}")
    if not stating:
        return
    if dates := [fact.claim.date for fact in stating if fact.claim.date]:
        yield iri, term("coop:date"), _date(max(dates, key=lambda date: (len(date), date)))
    for fact in stating:
        words = record.clean.get((fact.claim.quote.start, fact.claim.quote.end), fact.claim.quote.text)
        names = f"{fact.claim.subject.name}\n{fact.claim.object.name}"
        for topic in assign_topics(f"{words}\n{names}"):
            yield iri, term("dcterms:subject"), ox.NamedNode(f"{TOPICS}#{topic}")
        if fact.claim.predicate == "signatory_of":
            yield from _kinds(iri, fact.claim.object.name)
        elif fact.claim.predicate == "agreement":
            yield from _kinds(iri, words)
    yield from _edges(fact, subject, object_)


def _edges(fact: Fact, subject: ox.NamedNode, object_: ox.NamedNode) -> Iterator[Triple]:
    """The direct edges of a statement whose status asserts them: both ways where symmetric, and what the predicate implies."""
    schema = load_schema()
    predicate = schema.predicates[fact.claim.predicate]
    if fact.claim.status not in schema.asserted:
        return
    names = [predicate.name, *(["cooperates_with"] if predicate.cooperation else [])]
    for name in names:
        yield subject, term(f"coop:{name}"), object_
        if predicate.symmetric or name == "cooperates_with":
            yield object_, term(f"coop:{name}"), subject


def _describe_entity(entity: Entity, resolution: Resolution, terms: Terms) -> Iterator[Triple]:
    node = terms.entity(entity.id)
    yield node, term("rdf:type"), term(f"coop:{entity.type}")
    if entity.type == "Agreement":
        for name in entity.names.values():
            yield from _kinds(node, name)
    for language, name in entity.names.items():
        yield node, term("skos:prefLabel"), ox.Literal(name, language=language)
        if language in entity.glosses:
            yield node, term("coop:gloss"), ox.Literal(name, language=language)
    for alias in entity.aliases:
        yield node, term("skos:altLabel"), ox.Literal(alias, language="zh" if _HAN.search(alias) else "en")
    for scheme, value in entity.identifiers.items():
        yield node, term("dcterms:identifier"), ox.Literal(f"{scheme}:{value}")
        if scheme in _SAME_AS:
            yield node, term("owl:sameAs"), ox.NamedNode(f"{_SAME_AS[scheme]}{value}{'/' if scheme == 'geonames' else ''}")
    if parent := resolution.parent(entity):
        yield node, term("dcterms:isPartOf"), terms.entity(parent.id)
        yield from _describe_entity(parent, resolution, terms)


def _describe_judgement(judgement: Judgement, terms: Terms) -> Iterator[Triple]:
    said = (judgement.verdict.value, judgement.left, judgement.right, judgement.change)
    node = terms.judgement(*said, judgement.by, judgement.when, judgement.why)
    yield node, term("rdf:type"), term("coop:Judgement")
    yield node, term("coop:verdict"), ox.Literal(judgement.verdict.value)
    if judgement.verdict in (Verdict.SAME, Verdict.DIFFERENT):
        yield node, term("coop:judges"), terms.entity(judgement.left)
        yield node, term("coop:judges"), terms.entity(judgement.right)
    else:
        yield node, term("coop:judges"), terms.claim(judgement.left[:CORE])
    if judgement.change:
        yield node, term("coop:change"), ox.Literal(judgement.change)
    if judgement.by:
        yield node, term("dc:creator"), ox.Literal(judgement.by)
    if judgement.when:
        yield node, term("dcterms:date"), _date(judgement.when)
    if judgement.why:
        yield node, term("dcterms:description"), ox.Literal(judgement.why)


def _kinds(node: ox.NamedNode, words: str) -> Iterator[Triple]:
    for kind in assign_kinds(words):
        yield node, term("coop:agreement_kind"), ox.NamedNode(f"{KINDS}#{kind}")


def _statement(fact: Fact, terms: Terms) -> ox.NamedNode:
    return terms.statement(fact.subject.id, fact.claim.predicate, fact.object.id, fact.claim.status)


def _date(date: str) -> ox.Literal:
    """A year, month or day, typed by how precise it is."""
    return ox.Literal(date, datatype=_DATES[len(date)])


def _decimal(value: float) -> str:
    """The canonical form of xsd:decimal, which the store would write as well."""
    return format(Decimal(repr(value)).normalize(), "f")


def _span(start: int, end: int) -> ox.Literal:
    return ox.Literal(f"char={start},{end}")
