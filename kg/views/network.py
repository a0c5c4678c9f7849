"""The graph as a networkx MultiDiGraph, the one value that the page and the exports are made from.

A node is an entity, its key the entity id:

    type, zh, en, pinyin        the entity type and the labels ("" where there is none)
    glosses                     tags of the labels that are the project's own gloss, not a name in use
    aliases, identifiers        other forms (tuple), identifiers by scheme (dict)
    parent                      id of the place or body it belongs to, or None

An edge is a statement or a derived fact, its key the statement id:

    predicate, status, date     date as precise as the sources make certain, or None
    derived, rules, basis       for a derived edge: the rules and the statements it comes from
    claims, articles            how many state it
    evidence                    tuple of Evidence: what states it first, best first; then what denies it and what was rejected
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.graph.engine import select
from kg.graph.reading import (
    Account,
    Derivation,
    Source,
    local_id,
    read_accounts,
    read_articles,
    read_derivations,
    read_entities,
)
from kg.model import Article, Claim, Entity, Quote, Statement, content_hash

if TYPE_CHECKING:
    import networkx as nx

    from kg.graph.store import Graph

Span = tuple[int, int]

# What a claim says of a statement: it states it, denies it, or was judged wrong by a person.
VOICES = ("states", "denies", "rejected")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim, ready to be shown: the quote with the words that matter.

    `start` is where the quote stands in the article's text as found (code points). `subject`, `object` and `cues` are spans
    inside `quote`, `quote[start:end]`; a mention that is left out of the sentence has None. `clean` is the repaired quote where
    it reads differently, else "". `voice` is one of `VOICES`.
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
    clean: str = ""
    voice: str = "states"


def network(graph: Graph, *, about: str | None = None, hops: int = 2) -> nx.MultiDiGraph:
    """The network of a graph, or what is within `hops` edges of the entity that bears the name `about`.

    Raises NotFound and AmbiguousName for the name.
    """
    if about is None:
        accounts = read_accounts(graph.engine)
        entities: Iterable[Entity] = graph.entities()
        return connect(entities, [a for a in accounts if a.statement.claims], graph.articles(), graph.derivations())
    centre = graph.find(about).id
    return _around(graph, centre, hops)


_NEAR = (
    "SELECT ?entity ?other WHERE { ?statement rdf:subject ?entity ; rdf:object ?other ; a coop:Statement }",
    "SELECT ?entity ?other WHERE { ?statement rdf:object ?entity ; rdf:subject ?other ; a coop:Statement }",
)


def _around(graph: Graph, centre: str, hops: int) -> nx.MultiDiGraph:
    """What a graph holds within `hops` edges of an entity, read entity by entity: no faster for a small graph, but no slower
    for a large one."""
    engine, node = graph.engine, graph.engine.terms.entity
    near: dict[str, set[str]] = {}
    ring = {centre}
    for _ in range(hops + 1):
        for id_ in ring:
            near[id_] = {local_id(row[1]) for query in _NEAR for row in select(engine, query, {"entity": node(id_)}).rows}
        inner, ring = set(near) - ring, {other for id_ in ring for other in near[id_]} - near.keys()
    # Whoever stands on the rim is read only if something joins two there.
    rim = near.keys() - inner
    read = sorted(inner | {id_ for id_ in rim if near[id_] & rim})
    accounts = {a.id: a for id_ in read for a in read_accounts(engine, node(id_)) if a.statement.claims}
    derivations = {d.id: d for id_ in sorted(near) for d in read_derivations(engine, node(id_))}
    entities = [entity for id_ in sorted(near) for entity in read_entities(engine, node(id_)).values()]
    kept = [a for a in accounts.values() if {a.statement.subject, a.statement.object} <= near.keys()]
    inferred = [d for d in derivations.values() if {d.subject, d.object} <= near.keys()]
    cited = sorted({c.quote.article for a in kept for c in (*a.statement.claims, *a.denials, *a.rejected)})
    sources = [s for id_ in cited for s in read_articles(engine, engine.terms.article(id_)).values()]
    return connect(entities, kept, sources, inferred)


def connect(
    entities: Iterable[Entity],
    statements: Iterable[Statement | Account],
    articles: Iterable[Article | Source],
    derivations: Iterable[Derivation] = (),
) -> nx.MultiDiGraph:
    """The network of these entities and statements, with the quotes of their claims.

    Nodes and edges come in the order of their ids, so that the same values give the same network in any order. Raises
    ValueError where a statement names an entity, or a claim an article, that is not among them.
    """
    sources = {
        a.id: a if isinstance(a, Source) else Source(a.id, a.title, a.publisher, a.published, a.language, a.url)
        for a in articles
    }
    accounts = [Account(statement_id(s), s, (), (), {}) if isinstance(s, Statement) else s for s in statements]
    edges = [(a.id, a.statement.subject, a.statement.object, _stated(a, sources)) for a in accounts]
    # What several rules or hubs say of the same two is one line.
    same: dict[tuple[str, ...], list[Derivation]] = {}
    for derivation in sorted(derivations, key=lambda derivation: derivation.id):
        pair = (min(derivation.subject, derivation.object), max(derivation.subject, derivation.object))
        same.setdefault((*pair, derivation.predicate), []).append(derivation)
    edges += [(found[0].id, found[0].subject, found[0].object, _derived(found)) for found in same.values()]
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


def _stated(account: Account, sources: Mapping[str, Source]) -> dict[str, object]:
    statement = account.statement
    voices = zip(VOICES, (statement.claims, account.denials, account.rejected), strict=True)
    evidence = [_evidence(claim, voice, account, sources) for voice, claims in voices for claim in claims]
    stating = [e for e in evidence if e.voice == VOICES[0]]
    return {
        "predicate": statement.predicate,
        "status": statement.status,
        "date": statement.date,
        "derived": False,
        "rules": (),
        "basis": (),
        "claims": len(stating),
        "articles": len({e.source.id for e in stating}),
        "evidence": tuple(sorted(evidence, key=_weight)),
    }


def _weight(evidence: Evidence) -> tuple[object, ...]:
    """What comes first: what states before what denies, the surer, the earlier reported."""
    source = evidence.source
    order = (VOICES.index(evidence.voice), -evidence.confidence, source.published or "9999", source.id)
    return (*order, evidence.start, evidence.rule)


def _derived(derivations: Sequence[Derivation]) -> dict[str, object]:
    return {
        "predicate": derivations[0].predicate,
        "status": "",
        "date": None,
        "derived": True,
        "rules": tuple(sorted({derivation.rule for derivation in derivations})),
        "basis": tuple(sorted({statement for derivation in derivations for statement in derivation.basis})),
        "claims": 0,
        "articles": 0,
        "evidence": (),
    }


def _evidence(claim: Claim, voice: str, account: Account, sources: Mapping[str, Source]) -> Evidence:
    quote = claim.quote
    if quote.article not in sources:
        raise ValueError(f"a claim quotes the article {quote.article}, which is not there")
    return Evidence(
        source=sources[quote.article],
        start=quote.start,
        quote=quote.text,
        subject=within(quote, claim.subject.start, claim.subject.end),
        object=within(quote, claim.object.start, claim.object.end),
        cues=tuple(sorted(span for span in (within(quote, *cue) for cue in claim.cues) if span)),
        status=claim.status,
        date=claim.date,
        rule=claim.rule,
        confidence=claim.confidence,
        clean=account.clean.get(quote, ""),
        voice="denies" if claim.denied else voice,
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
    return part(network, reached)


def part(network: nx.MultiDiGraph, nodes: Collection[str]) -> nx.MultiDiGraph:
    """These entities with every edge among them, in the order of the network (a networkx subgraph has an order of its own)."""
    edges = [(key, a, b) for a, b, key in network.edges(keys=True) if a in nodes and b in nodes]
    return weave(
        ((node, data) for node, data in network.nodes(data=True) if node in nodes),
        ((key, a, b, network.edges[a, b, key]) for key, a, b in edges),
    )


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
