"""The graph as a networkx MultiDiGraph, the one value that the page and the exports are made from.

A node is an entity, its key the entity id:

    type, zh, en, pinyin        the entity type and the labels ("" where there is none)
    glosses                     tags of the labels that are the project's own gloss, not a name in use
    aliases, identifiers        other forms (tuple), identifiers by scheme (dict)
    parent                      id of the place or body it belongs to, or None

An edge is a statement or a derived fact, its key the statement id:

    predicate, status, date     date as precise as the sources make certain, or None
    derived, rule, basis        for a derived edge: the rule and the statements it comes from
    claims, articles            how many state it
    evidence                    tuple of Evidence, best first
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.model import Article, Claim, Entity, Quote, Statement, content_hash

if TYPE_CHECKING:
    import networkx as nx

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Source:
    """The head of an article: all of it but the text."""

    id: str
    title: str
    publisher: str
    published: str | None
    language: str
    url: str | None

    @classmethod
    def of(cls, article: Article | Source) -> Source:
        """The head of an article."""
        return cls(article.id, article.title, article.publisher, article.published, article.language, article.url)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim, ready to be shown: the quote with the words that matter.

    `start` is where the quote stands in the article's text as found (code points). `subject`, `object` and `cues` are spans
    inside `quote`, `quote[start:end]`; a mention that is left out of the sentence has None.
    """

    source: Source
    start: int
    quote: str
    subject: Span | None
    object: Span | None
    cues: tuple[Span, ...]
    status: str
    date: str | None
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Derivation:
    """An edge that a rule infers: the rule's name and the ids of the statements it comes from."""

    id: str
    subject: str
    predicate: str
    object: str
    rule: str
    basis: tuple[str, ...]


def connect(
    entities: Iterable[Entity],
    statements: Iterable[Statement],
    articles: Iterable[Article | Source],
    derivations: Iterable[Derivation] = (),
) -> nx.MultiDiGraph:
    """The network of these entities and statements, with the quotes of their claims.

    Nodes and edges come in the order of their ids, so that the same values give the same network in any order. Raises
    ValueError where a statement names an entity, or a claim an article, that is not among them.
    """
    sources = {article.id: Source.of(article) for article in articles}
    edges = [(statement_id(s), s.subject, s.object, _stated(s, sources)) for s in statements] + [
        (d.id, d.subject, d.object, _derived(d)) for d in derivations
    ]
    return weave(((entity.id, describe(entity)) for entity in entities), edges)


def weave(
    nodes: Iterable[tuple[str, Mapping[str, object]]], edges: Iterable[tuple[str, str, str, Mapping[str, object]]]
) -> nx.MultiDiGraph:
    """The network of ready nodes (id, attributes) and edges (id, subject, object, attributes), both put in the order of ids."""
    import networkx as nx

    made = nx.MultiDiGraph()
    for node, attributes in sorted(nodes, key=lambda item: item[0]):
        made.add_node(node, **attributes)
    for key, subject, object_, attributes in sorted(edges, key=lambda item: item[0]):
        for end in (subject, object_):
            if end not in made:
                raise ValueError(f"statement {key} names the entity {end}, which is not there")
        made.add_edge(subject, object_, key=key, **attributes)
    return made


def describe(entity: Entity) -> dict[str, object]:
    """The attributes of an entity's node."""
    return {
        "type": entity.type,
        "zh": entity.names.get("zh", ""),
        "en": entity.names.get("en", ""),
        "pinyin": entity.names.get("zh-Latn-pinyin", ""),
        "glosses": tuple(sorted(entity.glosses)),
        "aliases": tuple(sorted(entity.aliases)),
        "identifiers": dict(sorted(entity.identifiers.items())),
        "parent": entity.parent,
    }


def statement_id(statement: Statement) -> str:
    """The local part of a statement's IRI: a pure function of subject, predicate, object and status."""
    return content_hash(statement.subject, statement.predicate, statement.object, statement.status)


def state(predicate: str, status: str, date: str | None, evidence: Sequence[Evidence]) -> dict[str, object]:
    """The attributes of a stated edge; its evidence is put best first: confidence, then day of publication, then place."""
    ordered = sorted(evidence, key=lambda e: (-e.confidence, e.source.published or "9999", e.source.id, e.start, e.rule))
    return {
        "predicate": predicate,
        "status": status,
        "date": date,
        "derived": False,
        "rule": "",
        "basis": (),
        "claims": len(ordered),
        "articles": len({e.source.id for e in ordered}),
        "evidence": tuple(ordered),
    }


def _stated(statement: Statement, sources: Mapping[str, Source]) -> dict[str, object]:
    return state(
        statement.predicate,
        statement.status,
        statement.date,
        [_evidence(claim, sources) for claim in statement.claims if not claim.denied],
    )


def _derived(derivation: Derivation) -> dict[str, object]:
    return {
        "predicate": derivation.predicate,
        "status": "",
        "date": None,
        "derived": True,
        "rule": derivation.rule,
        "basis": derivation.basis,
        "claims": 0,
        "articles": 0,
        "evidence": (),
    }


def _evidence(claim: Claim, sources: Mapping[str, Source]) -> Evidence:
    quote = claim.quote
    if quote.article not in sources:
        raise ValueError(f"a claim quotes the article {quote.article}, which is not there")
    return Evidence(
        sources[quote.article],
        quote.start,
        quote.text,
        within(quote, claim.subject.start, claim.subject.end),
        within(quote, claim.object.start, claim.object.end),
        tuple(sorted(span for span in (within(quote, *cue) for cue in claim.cues) if span)),
        claim.status,
        claim.date,
        claim.rule,
        claim.confidence,
    )


def within(quote: Quote, start: int | None, end: int | None) -> Span | None:
    """A span of the article as a span of its quote; None where it is unknown or stands outside."""
    if start is None or end is None or not quote.start <= start < end <= quote.end:
        return None
    return start - quote.start, end - quote.start


def neighbourhood(network: nx.MultiDiGraph, centre: str, hops: int) -> nx.MultiDiGraph:
    """The part of the network within `hops` stated edges of one entity, either way, with every edge among its nodes."""
    reached = {centre: 0}
    queue = deque([centre])
    while queue:
        node = queue.popleft()
        if reached[node] < hops:
            for other in partners(network, node):
                if other not in reached:
                    reached[other] = reached[node] + 1
                    queue.append(other)
    return network.subgraph(node for node in network if node in reached).copy()


def partners(network: nx.MultiDiGraph, node: str) -> list[str]:
    """The entities joined to one by a stated edge, either way, in order."""
    near = [other for _, other, derived in network.out_edges(node, data="derived") if not derived]
    near += [other for other, _, derived in network.in_edges(node, data="derived") if not derived]
    return sorted(set(near) - {node})


def core(network: nx.MultiDiGraph, size: int) -> list[str]:
    """At most `size` entities that show most of the network, in order: those with the most partners, none of them alone.

    An entity none of whose partners is among them brings its best-connected partner along. Entities without a stated edge
    are left out.
    """
    near = {node: partners(network, node) for node in network}
    chosen: dict[str, None] = {}
    for node in sorted((node for node in near if near[node]), key=lambda node: (-len(near[node]), node)):
        if node in chosen:
            continue
        alone = not any(other in chosen for other in near[node])
        group = [node, min(near[node], key=lambda other: (-len(near[other]), other))] if alone else [node]
        if len(chosen) + len(group) <= size:
            chosen.update(dict.fromkeys(group))
    return list(chosen)
