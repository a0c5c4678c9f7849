"""Ledger → store: brings the store up to the ledger's end, from nothing or from the last generation, to the same quads.

    ledger ──▶ article graphs ──▶ reprints ──▶ derived ──▶ description ──▶ sealed generation

Every quad of a named graph also stands in the store's default graph, once, however many graphs hold it: so the default graph
is the union of all, a set, and queries need no option to see it so. (The engine's own union lists a triple once for every
graph that holds it.)
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import cast

import pyoxigraph as ox

from kg.graph.articles import ArticleTable
from kg.graph.assembly import Resolution, assemble_record
from kg.graph.dataset import describe_counts, describe_dataset, read_counts
from kg.graph.files import refused
from kg.graph.generations import COUNTED, Generation, Workshop, damaged
from kg.graph.judging import ClaimJudgements
from kg.graph.ledger import START, Ledger, Position
from kg.graph.records import ArticleRecord, Removal
from kg.graph.terms import Terms, term
from kg.questions import load_rules
from kg.resources import data_path
from kg.schema import NAMESPACE, load_schema

# So many quads are handed to the engine at once: with 100,000 it is no faster, and takes 200 MB more.
CHUNK = 25_000
# Fewer than this are faster in one transaction than as sorted files.
FEW_QUADS = 5_000
# The rules are run over what lies around so many hubs at once: more would not fit into memory, fewer cost a run each.
HUBS = 500
_UNION = ox.DefaultGraph()
_TYPE, _SUBJECT, _PREDICATE, _OBJECT = (term(f"rdf:{name}") for name in ("type", "subject", "predicate", "object"))
_ARTICLE, _STATEMENT = term("coop:Article"), term("coop:Statement")

Progress = Callable[[str, int, int], None]
Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Recipe:
    """What turns records into quads.

    `resolve` names the entities of one article's claims. `judgements` are those about claims; `judged` is the digest of judgements.csv and `judgement_quads` its graph. `maker` is the version of everything else: code,
    vocabulary, registry.
    """

    terms: Terms
    resolve: Callable[[ArticleRecord], Resolution]
    judgements: ClaimJudgements = field(default_factory=ClaimJudgements)
    judgement_quads: tuple[ox.Quad, ...] = ()
    judged: str = ""
    maker: str = ""


def bring_up(
    ledger: Ledger,
    recipe: Recipe,
    base: Generation | None,
    latest: Mapping[str, Position | None] | None = None,
    *,
    progress: Progress | None = None,
) -> Generation:
    """The generation that shows the ledger's end; `base` itself where that does already.

    From `base`, if it was made by the same recipe, only what the ledger says since is done; without it, everything. `latest`
    is where the last record stands of every article that the ledger speaks of since `base` (None: removed), if that is known.
    """
    store = ledger.folder.parent / "store"
    if base is not None and not _fits(base, ledger, recipe):
        base, latest = None, None
    if base is not None and (base.seal.position, base.seal.judgements) == (ledger.head.end, recipe.judged):
        return base
    if latest is None:
        latest = _latest(ledger, *((base.seal.position, base.seal.link) if base else (START, None)))
    try:
        with Workshop(store, base) as workshop:
            with ArticleTable(workshop.articles) as table:
                # Nothing may hold the engine when the workshop publishes: it closes with its last reference.
                counts = _Indexer(
                    workshop.rdf, table, ledger, recipe, progress or _quiet, base.seal.counts if base else {}
                ).run(latest, fresh=base is None)
            return workshop.publish(ledger.head.end, ledger.head.link, recipe.judged, recipe.maker, counts)
    except (OSError, RuntimeError, sqlite3.Error) as error:
        # The files of the last generation are linked, not copied: damage in them comes to light here.
        if base is not None and "orruption" in str(error):
            raise damaged(base.path, error) from error
        raise refused(store.parent, error) from error


def _fits(base: Generation, ledger: Ledger, recipe: Recipe) -> bool:
    return base.seal.maker == recipe.maker and base.seal.position <= ledger.head.end


def _latest(ledger: Ledger, since: Position, link: str | None) -> dict[str, Position | None]:
    """Where the last record of every article stands that the ledger speaks of since a position; None where it was removed."""
    latest: dict[str, Position | None] = {}
    for entry in ledger.entries(since, link):
        match entry.record:
            case ArticleRecord(id=id_):
                latest[id_] = entry.start
            case Removal(id=id_):
                latest[id_] = None
    return latest


def _quiet(stage: str, done: int, total: int) -> None:
    """Show nothing."""


class _Indexer:
    """One pass over what changed."""

    def __init__(
        self,
        rdf: ox.Store,
        table: ArticleTable,
        ledger: Ledger,
        recipe: Recipe,
        progress: Progress,
        counts: Mapping[str, int],
    ) -> None:
        self.rdf, self.table, self.ledger, self.recipe, self.progress = rdf, table, ledger, recipe, progress
        self.terms = recipe.terms
        self.hubs: set[ox.NamedNode] = set()
        self.counts = dict.fromkeys(COUNTED, 0) | dict(counts)
        self.classes, self.properties = map(Counter, read_counts(rdf, self.terms))
        self.uncounted = {self.terms.graph("ontology"), self.terms.graph("dataset")}

    def run(self, latest: Mapping[str, Position | None], *, fresh: bool) -> Mapping[str, int]:
        """Bring the store up, and say what it holds now of what is counted."""
        if fresh:
            self._bulk([*_ontology(self.terms), *describe_dataset(self.terms), *set(self.recipe.judgement_quads)])
        else:
            latest = {**self._judged_anew(), **latest}
        groups = {id_ for id_ in latest for id_ in (id_, *self.table.neighbours(id_))}
        new = {id_: position for id_, position in latest.items() if self.table.get(id_) is None}
        changed = {id_: position for id_, position in latest.items() if id_ not in new}
        for batch in self._new(new, len(latest)):
            self._bulk(batch)
        for done, (id_, position) in enumerate(changed.items(), len(new)):
            self.progress("store", done, len(latest))
            self._replace(id_, position)
        for id_ in latest:
            self.table.pair(id_)
        self._reprints(groups | {other for id_ in latest for other in self.table.neighbours(id_)})
        hubs = sorted(self.hubs, key=str)
        for start in range(0, len(hubs), HUBS):
            self.progress("rules", start, len(hubs))
            self._derive(hubs[start : start + HUBS])
        self._tell()
        return self.counts

    def _judged_anew(self) -> dict[str, Position | None]:
        """The articles that judgements concern which came or went, and let the graph of judgements say what they say now."""
        old = set(self.rdf.quads_for_pattern(None, None, None, self.terms.graph("judgements")))
        new = set(self.recipe.judgement_quads)
        judges: dict[Node, set[Node]] = defaultdict(set)
        for quad in old | new:
            if quad.predicate == term("coop:judges"):
                judges[quad.subject].add(quad.object)
        reached = {node for quad in old ^ new for node in judges[quad.subject]}
        # Names that are one by a chain of judgements stand together under one of them: all of the chain are concerned.
        pairs = [nodes for nodes in judges.values() if len(nodes) == 2]
        while more := {node for nodes in pairs if nodes & reached for node in nodes} - reached:
            reached |= more
        self._put(new - old)
        self._take(old - new)
        graphs = {graph for node in reached for graph in self._naming(cast(ox.NamedNode, node))}
        return {id_: self.table.position(id_) for id_ in map(self._article_of, graphs) if self.table.get(id_)}

    def _naming(self, node: ox.NamedNode) -> Iterator[ox.NamedNode]:
        """The articles' graphs that hold a claim, or a statement about an entity."""
        found = [*self.rdf.quads_for_pattern(node, term("rdf:type"), term("coop:Claim"), None)]
        for side in ("rdf:subject", "rdf:object"):
            found += self.rdf.quads_for_pattern(None, term(side), node, None)
        others = (_UNION, self.terms.graph("derived"))
        yield from (cast(ox.NamedNode, quad.graph_name) for quad in found if quad.graph_name not in others)

    def _article_of(self, graph: ox.NamedNode) -> str:
        """The id of the article whose graph this is."""
        for quad in self.rdf.quads_for_pattern(None, term("rdf:type"), term("coop:Article"), graph):
            for named in self.rdf.quads_for_pattern(quad.subject, term("dcterms:identifier"), None, graph):
                return cast(ox.Literal, named.object).value
        raise LookupError(f"{graph} holds no article")

    def _new(self, new: Mapping[str, Position | None], total: int) -> Iterator[list[ox.Quad]]:
        """The quads of articles that the store does not know yet, of many articles at once but of each the whole."""
        batch: list[ox.Quad] = []
        for done, (_, position) in enumerate(sorted(new.items(), key=lambda item: item[1] or START)):
            self.progress("store", done, total)
            if position is not None:
                batch += self._enter(position)
            if len(batch) >= CHUNK:
                yield batch
                batch = []
        yield batch

    def _enter(self, position: Position) -> list[ox.Quad]:
        record = self.ledger.record_at(position)
        if not isinstance(record, ArticleRecord):
            raise TypeError(f"no article is recorded at {position}")
        self.table.put(record, position)
        quads = assemble_record(record, self.recipe.resolve(record), self.recipe.judgements, self.terms)
        self._note_hubs(quads)
        return quads

    def _replace(self, id_: str, position: Position | None) -> None:
        """Put the quads of an article in the place of those it had, or take them out."""
        graph = self.terms.article_graph(id_)
        old = set(self.rdf.quads_for_pattern(None, None, None, graph))
        self._note_hubs(old)
        if position is None:
            self.table.drop(id_)
            new: set[ox.Quad] = set()
        else:
            new = set(self._enter(position))
        self._put(new - old)
        self._take(old - new)

    def _note_hubs(self, quads: Iterable[ox.Quad]) -> None:
        """Remember what the statements share that a rule may look at."""
        hubs, ruled = {}, set()
        for quad in quads:
            if quad.predicate == _OBJECT:
                hubs[quad.subject] = quad.object
            elif quad.predicate == _PREDICATE and quad.object in _ruled():
                ruled.add(quad.subject)
        self.hubs.update(cast(ox.NamedNode, hubs[statement]) for statement in ruled)

    def _bulk(self, quads: Collection[ox.Quad]) -> None:
        """Put quads that are not in their graphs yet, however many."""
        if len(quads) < FEW_QUADS:
            self._put(quads)
            return
        with self._counting(quads):
            self.rdf.bulk_extend([*quads, *(_in_union(quad) for quad in quads)])

    def _put(self, quads: Collection[ox.Quad]) -> None:
        """Put quads that are not in their graphs yet."""
        with self._counting(quads):
            self.rdf.extend(both for quad in quads for both in (quad, _in_union(quad)))

    def _take(self, quads: Collection[ox.Quad]) -> None:
        """Take quads out of their graphs, and out of the union where no other graph says the same."""
        for quad in quads:
            self.rdf.remove(quad)
        gone = {
            _in_union(quad)
            for quad in quads
            if all(
                same.graph_name == _UNION
                for same in self.rdf.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
                if same.object
                == quad.object  # asked for 255 the engine also gives what comes behind it (pyoxigraph 0.5, on disk)
            )
        }
        self._count(quads, gone, -1)
        for quad in gone:
            self.rdf.remove(quad)

    @contextmanager
    def _counting(self, quads: Collection[ox.Quad]) -> Iterator[None]:
        """Inside, these quads come to the store."""
        come = {one for one in map(_in_union, quads) if one not in self.rdf}
        yield
        self._count(quads, come, 1)

    def _count(self, quads: Iterable[ox.Quad], triples: Iterable[ox.Quad], sign: int) -> None:
        """Count quads that come or go, and triples that come to the union or leave it; the others of their subjects are there."""
        self.counts["quads"] += sign * sum(quad.graph_name not in self.uncounted for quad in quads)
        for quad in triples:
            self.properties[quad.predicate.value] += sign
            if quad.predicate != _TYPE or not isinstance(quad.object, ox.NamedNode):
                continue
            self.classes[quad.object.value] += sign
            if quad.object == _STATEMENT:
                self.counts["statements"] += sign
                self.counts["cooperations"] += sign * self._cooperates(quad.subject)
            elif quad.object in _entity_classes():
                self.counts["entities"] += sign

    def _cooperates(self, statement: Node) -> bool:
        """Whether a statement is one of cooperation that holds."""
        schema = load_schema()
        [predicate] = self._objects(statement, _PREDICATE)
        [status] = self._objects(statement, term("coop:status"))
        name = predicate.value.removeprefix(NAMESPACE)
        return schema.predicates[name].cooperation and status.value.removeprefix(NAMESPACE) in schema.asserted

    def _objects(self, subject: Node, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        """What the union says of a node."""
        found = self.rdf.quads_for_pattern(cast(ox.NamedNode, subject), predicate, None, _UNION)
        return [cast(ox.NamedNode, quad.object) for quad in found]

    def _reprints(self, ids: set[str]) -> None:
        graph = self.terms.graph("reprints")
        originals = self.table.originals(ids)
        new = {
            ox.Quad(self.terms.article(id_), term("coop:reprint_of"), self.terms.article(original), graph)
            for id_, original in originals.items()
            if original is not None
        }
        subjects = [self.terms.article(id_) for id_ in ids | originals.keys()]
        old = {quad for node in subjects for quad in self.rdf.quads_for_pattern(node, None, None, graph)}
        self._put(new - old)
        self._take(old - new)

    def _tell(self) -> None:
        """Let the graph say how much there is of what; these numbers themselves do not count."""
        old = set(self.rdf.quads_for_pattern(None, None, None, self.terms.graph("dataset"))) - describe_dataset(self.terms)
        new = describe_counts(+self.classes, +self.properties, self.terms)
        self.counts["articles"] = self.classes[_ARTICLE.value]
        self._put(new - old)
        self._take(old - new)

    def _derive(self, hubs: Sequence[ox.NamedNode]) -> None:
        """Run the rules where statements share these hubs, and let the derived graph say what they say now."""
        graph = self.terms.graph("derived")
        nodes = [q.subject for hub in hubs for q in self.rdf.quads_for_pattern(None, term("coop:through"), hub, graph)]
        old = {quad for node in nodes for quad in self.rdf.quads_for_pattern(node, None, None, graph)}
        around = ox.Store()
        around.bulk_extend([_in_union(quad) for quad in _ontology(self.terms)])
        for batch in _chunks(quad for hub in hubs for quad in self._around(hub)):
            around.bulk_extend(batch)
        new = {
            ox.Quad(triple.subject, triple.predicate, triple.object, graph)
            for rule in _build_rules()
            for triple in cast(ox.QueryTriples, around.query(rule, prefixes=dict(self.terms.prefixes)))
        }
        # An edge may be there already, by another hub.
        self._bulk([quad for quad in new - old if quad not in self.rdf])
        self._take(old - new)
        for node in {quad.subject for quad in old - new if quad.predicate == term("coop:through")}:
            [one] = [q.object for q in old if q.subject == node and q.predicate == _SUBJECT]
            [other] = [q.object for q in old if q.subject == node and q.predicate == _OBJECT]
            self._drop_bare_edges(cast(ox.NamedNode, one), cast(ox.NamedNode, other), graph)

    def _around(self, hub: ox.NamedNode) -> Iterator[ox.Quad]:
        """What a rule may look at: the statements that share a hub, and of all they join the type and what it belongs to."""
        nodes: set[Node] = {hub}
        for quad in self.rdf.quads_for_pattern(None, _OBJECT, hub, _UNION):
            if any(predicate in _ruled() for predicate in self._objects(quad.subject, _PREDICATE)):
                yield from self.rdf.quads_for_pattern(quad.subject, None, None, _UNION)
                nodes.update(self._objects(quad.subject, _SUBJECT))
        seen: set[Node] = set()
        while nodes:
            seen.add(node := nodes.pop())
            for property_ in (_TYPE, term("dcterms:isPartOf")):
                for quad in self.rdf.quads_for_pattern(cast(ox.NamedNode, node), property_, None, _UNION):
                    yield quad
                    if property_ != _TYPE and quad.object not in seen:
                        nodes.add(quad.object)

    def _drop_bare_edges(self, one: ox.NamedNode, other: ox.NamedNode, graph: ox.NamedNode) -> None:
        """Take out the derived edges between two entities that no derivation carries any more."""
        for subject, object_ in ((one, other), (other, one)):
            for quad in self.rdf.quads_for_pattern(None, term("rdf:subject"), subject, graph):
                if ox.Quad(quad.subject, term("rdf:object"), object_, graph) in self.rdf:
                    return
        for subject, object_ in ((one, other), (other, one)):
            self._take(list(self.rdf.quads_for_pattern(subject, None, object_, graph)))


def _in_union(quad: ox.Quad) -> ox.Quad:
    """The same triple in the default graph."""
    return ox.Quad(quad.subject, quad.predicate, quad.object)


def _build_rules() -> list[str]:
    return [rule.sparql for rule in load_rules().values() if not rule.on_request]


@cache
def _ruled() -> frozenset[ox.NamedNode]:
    """The predicates whose statements a rule looks at: those that rules name, or all where one names none."""
    named = [set(re.findall(r"\bcoop:(\w+)", rule)) & load_schema().predicates.keys() for rule in _build_rules()]
    names = set().union(*named) if all(named) else load_schema().predicates.keys()
    return frozenset(term(f"coop:{name}") for name in names)


@cache
def _entity_classes() -> frozenset[ox.NamedNode]:
    return frozenset(term(f"coop:{name}") for name in load_schema().types)


def _chunks(quads: Iterator[ox.Quad]) -> Iterator[list[ox.Quad]]:
    while batch := list(islice(quads, CHUNK)):
        yield batch


@cache
def _ontology(terms: Terms) -> tuple[ox.Quad, ...]:
    """The ontology and its topics, as a graph of the store."""
    graph = terms.graph("ontology")
    dataset = ox.Dataset()
    for name in ("cooperation.ttl", "topics.ttl"):
        for quad in ox.parse(path=str(data_path("ontology") / name), format=ox.RdfFormat.TURTLE):
            dataset.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    # Lists of classes are blank nodes: canonical labels (RDFC-1.0) are the same on every machine.
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(dataset)
