"""What `kg validate` objects to: every shape by its bad example, in both languages, and no edge missed among many."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kg.graph.engine import Given, Solutions, Term
from kg.graph.terms import Terms
from kg.graph.validation import Violation, check_shapes
from tests.ontology.graphs import BASE, ONTOLOGY, PREFIXES
from tests.ontology.test_shapes import BAD

ARTICLE = ox.NamedNode(BASE + "graph/article/one")


class Held:
    """Quads in memory, as an engine."""

    def __init__(self) -> None:
        self.terms = Terms(BASE)
        self.store = ox.Store()
        self.load("cooperation.ttl", self.terms.graph("ontology"))
        self.load("examples/good/minimal.ttl", ARTICLE)

    def load(self, file: str, graph: ox.NamedNode) -> None:
        self.store.load(path=str(ONTOLOGY / file), format=ox.RdfFormat.TURTLE, to_graph=graph)

    def evaluate(self, sparql: str, given: Given) -> Solutions | bool | list[ox.Triple]:
        bound: dict[ox.Variable, Term] = {ox.Variable(name): value for name, value in given.items()}
        found = self.store.query(
            sparql, prefixes=dict(self.terms.prefixes), use_default_graph_as_union=True, substitutions=bound
        )
        if isinstance(found, ox.QuerySolutions):
            return Solutions(tuple(v.value for v in found.variables), [tuple(row) for row in found])
        return list(found) if isinstance(found, ox.QueryTriples) else bool(found)

    def quads(self) -> Iterator[ox.Quad]:
        return iter(self.store)


def found(engine: Held) -> set[Violation]:
    return set(check_shapes(engine))


def test_what_is_good_conforms() -> None:
    assert found(Held()) == set()


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_shape_objects_to_its_bad_example_in_both_languages(path) -> None:  # type: ignore[no-untyped-def]
    engine = Held()
    engine.load(f"examples/bad/{path.name}", ARTICLE)
    mine = [violation for violation in found(engine) if violation.shape == path.stem]
    assert mine
    assert all(violation.zh and violation.en and violation.node for violation in mine)


@pytest.mark.parametrize("name", ["partners_with", "edge_not_planned", "statement_date", "claim_date"])
def test_the_sentence_at_fault_is_given(name: str) -> None:
    engine = Held()
    engine.load(f"examples/bad/{name}.ttl", ARTICLE)
    for violation in found(engine):
        assert violation.quote and violation.article and " – " in violation.statement


@pytest.mark.parametrize("name", ["derivation_rule", "cooperates_with_both_ways", "edge_grounded", "judgement_verdict"])
def test_what_is_derived_and_judged_is_looked_at(name: str) -> None:
    """These stand in graphs of their own, not in an article's."""
    engine = Held()
    graph = engine.terms.graph("judgements" if name.startswith("judgement") else "derived")
    engine.load(f"examples/bad/{name}.ttl", graph)
    assert name in {violation.shape for violation in found(engine)}


def test_no_edge_is_missed_among_many() -> None:
    engine = Held()
    many = 300
    edge = ox.NamedNode(PREFIXES["coop"] + "supports")
    for number in range(many):
        one, two = (ox.NamedNode(f"{BASE}id/{side}{number}") for side in "ab")
        engine.store.add(ox.Quad(one, edge, two, ARTICLE))
    unfounded = [violation for violation in found(engine) if violation.shape == "edge_stated"]
    assert len(unfounded) == many
