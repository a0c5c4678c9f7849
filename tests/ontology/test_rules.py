"""The rules derive what they say, with reasons, and the golden graph's own edges are those of the rule on edges."""

import pyoxigraph as ox
import pytest

from kg.questions import load_rules
from kg.schema import NAMESPACE, load_schema
from tests.ontology.graphs import BASE, PREFIXES, construct, derived, entity, stated

RULES = load_rules()
RDF, PROV = PREFIXES["rdf"], PREFIXES["prov"]
COOPERATES = ox.NamedNode(NAMESPACE + "cooperates_with")
BUILT = ("co-founders", "co-organizers", "co-signatories", "fellow-members", "support")


def test_the_rules_are_these() -> None:
    assert set(RULES) == {*BUILT, "country-roll-up", "edges"}
    assert {name for name, rule in RULES.items() if not rule.on_request} == set(BUILT)


def pairs(triples: set[ox.Triple]) -> set[tuple[str, str]]:
    return {
        (t.subject.value.removeprefix(BASE + "id/"), t.object.value.removeprefix(BASE + "id/"))
        for t in triples
        if t.predicate == COOPERATES
    }


@pytest.mark.parametrize(
    ("rule", "joined"),
    [
        ("co-signatories", {("haizhou", "norway"), ("kazakhstan", "south_korea")}),
        ("co-organizers", {("haizhou", "linhai")}),
        ("co-founders", {("bergen_institute", "haizhou_university")}),
        ("fellow-members", {("haizhou", "linhai"), ("haizhou", "norway"), ("linhai", "norway")}),
        ("support", {("undp", "haizhou")}),
        ("country-roll-up", {("china", "norway"), ("china", "japan"), ("china", "south_korea"), ("norway", "kazakhstan")}),
    ],
)
def test_a_rule_joins_these_both_ways_and_no_others(rule: str, joined: set[tuple[str, str]]) -> None:
    assert pairs(construct(stated(), RULES[rule].sparql)) == joined | {(right, left) for left, right in joined}


@pytest.mark.parametrize("name", [*BUILT, "country-roll-up"])
def test_every_derived_edge_names_its_rule_its_link_and_its_statements(name: str) -> None:
    triples = construct(stated(), RULES[name].sparql)
    nodes = {t.subject for t in triples if t.predicate.value == RDF + "type"}
    explained = set()
    for node in nodes:
        said: dict[str, set[ox.NamedNode | ox.Literal]] = {}
        for t in triples:
            if t.subject == node:
                said.setdefault(t.predicate.value, set()).add(t.object)
        assert said[NAMESPACE + "rule"] == {ox.Literal(name)}
        [left], [right], [hub] = said[RDF + "subject"], said[RDF + "object"], said[NAMESPACE + "through"]
        explained |= {(left, right), (right, left)}
        statements = said[PROV + "wasDerivedFrom"]
        assert statements
        for statement in statements:
            objects = {q.object for q in stated().quads_for_pattern(statement, ox.NamedNode(RDF + "object"), None)}
            assert objects == {hub}, "a hub is the object of the statements, so that a change in them finds it"
        assert node.value.startswith(BASE + "id/derivation/")
    assert explained == {(t.subject, t.object) for t in triples if t.predicate == COOPERATES}


@pytest.mark.parametrize("name", BUILT)
def test_a_rule_can_be_run_for_one_hub(name: str) -> None:
    """The parts are the whole, so that derived edges can be brought up to date hub by hub."""
    whole = construct(stated(), RULES[name].sparql)
    hubs = {q.object for q in stated().quads_for_pattern(None, ox.NamedNode(RDF + "object"), None)}
    assert len(hubs) > 10
    parts: set[ox.Triple] = set()
    for hub in hubs:
        parts |= construct(stated(), RULES[name].sparql, hub=hub)
    assert parts == whole != set()


def test_what_was_derived_is_no_reason_to_derive_more() -> None:
    for name in BUILT:
        assert construct(derived(), RULES[name].sparql) == construct(stated(), RULES[name].sparql)


def test_a_crowd_is_not_joined_pairwise() -> None:
    for members, edges in ((20, 20 * 19), (21, 0)):
        store = ox.Store()
        data = "coop:realised coop:asserts_edge true . id:alliance a coop:Alliance .\n" + "".join(
            f"<{BASE}id/statement/{n}> a coop:Statement ; rdf:subject id:m{n} ; rdf:predicate coop:member_of ;"
            f" rdf:object id:alliance ; coop:status coop:realised .\n"
            for n in range(members)
        )
        prefixes = "".join(f"@prefix {key}: <{value}> .\n" for key, value in PREFIXES.items())
        store.load((prefixes + data).encode(), format=ox.RdfFormat.TURTLE)
        assert len(pairs(construct(store, RULES["fellow-members"].sparql))) == edges


def test_the_rule_on_edges_gives_the_edges_of_the_golden_graph() -> None:
    properties = {NAMESPACE + name for name in [*load_schema().predicates, "cooperates_with"]}
    written = {
        ox.Triple(q.subject, q.predicate, q.object)
        for q in stated()
        if q.predicate.value in properties and BASE + "graph/article/" in str(q.graph_name)
    }
    assert construct(stated(), RULES["edges"].sparql) == written
    assert len(written) > 30


def test_planned_and_ended_statements_put_no_edge() -> None:
    edges = {(t.subject, t.object) for t in construct(stated(), RULES["edges"].sparql)}
    assert (entity("linhai"), entity("pacific_island_states")) not in edges
    assert (entity("haizhou"), entity("japan")) not in edges
