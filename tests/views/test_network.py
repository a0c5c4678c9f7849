"""The network: what stands on its nodes and edges, and the parts of it."""

import random
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from views import samples

from kg.errors import NotFound
from kg.graph.terms import Terms
from kg.model import Entity, Statement
from kg.views.network import connect, core, neighbourhood, network, partners, statement_id


def test_a_node_is_an_entity_with_its_names() -> None:
    node = samples.small().nodes["haizhou"]
    assert (node["type"], node["zh"], node["en"], node["pinyin"]) == ("Region", "海州市", "Haizhou", "Hǎizhōu Shì")
    assert (node["aliases"], node["glosses"], node["parent"]) == (("海州",), ("en",), "linhai")


def test_an_edge_is_a_statement_with_its_evidence_best_first() -> None:
    made = samples.small()
    edge = made.edges["haizhou", "norway", statement_id(samples.STATEMENTS[0])]
    assert (edge["predicate"], edge["status"], edge["date"]) == ("agreement", "realised", "2023-05-08")
    assert (edge["claims"], edge["articles"], edge["derived"]) == (2, 2, False)
    assert [(e.source.id, e.voice) for e in edge["evidence"]] == [("a1", "states"), ("a2", "states"), ("a3", "denies")]


def test_spans_cut_the_very_words_out_of_the_quote() -> None:
    best = samples.small().edges["haizhou", "norway", statement_id(samples.STATEMENTS[0])]["evidence"][0]
    spans = (best.subject, best.object, *best.cues)
    assert [best.quote[slice(*span)] for span in spans] == ["海州市", "挪威", "签署"]


def test_a_derived_edge_names_its_rule_and_what_it_rests_on() -> None:
    edge = samples.small().edges["haizhou", "norway", "d1"]
    assert (edge["derived"], edge["rules"], edge["basis"], edge["evidence"]) == (True, ("co-organizers",), samples.BASIS, ())


def test_what_several_rules_derive_of_two_is_one_edge() -> None:
    first = samples.DERIVED[0]
    other = replace(first, id="c9", subject=first.object, object=first.subject, rule="support", basis=("s9",))
    made = connect(samples.ENTITIES, [], [], [first, other])
    [(_, _, key, edge)] = made.edges(keys=True, data=True)
    assert (key, edge["rules"], edge["basis"]) == ("c9", ("co-organizers", "support"), tuple(sorted((*samples.BASIS, "s9"))))


def test_the_id_of_a_statement_is_that_of_the_graph() -> None:
    first = samples.STATEMENTS[0]
    iri = Terms().statement(first.subject, first.predicate, first.object, first.status)
    assert iri.value.endswith(f"/{statement_id(first)}")


def test_the_order_of_the_values_does_not_matter() -> None:
    shuffled = [samples.ENTITIES, samples.accounts(), samples.ARTICLES]
    for values in shuffled:
        random.Random(3).shuffle(values := list(values))
    made = connect(*(sorted(values, key=repr, reverse=True) for values in shuffled), samples.DERIVED)
    assert list(made.nodes(data=True)) == list(samples.small().nodes(data=True))
    assert list(made.edges(keys=True, data=True)) == list(samples.small().edges(keys=True, data=True))


@pytest.mark.parametrize(
    ("entities", "articles", "names"),
    [(samples.ENTITIES[:1], samples.ARTICLES, "norway"), (samples.ENTITIES, samples.ARTICLES[1:], "a1")],
)
def test_what_is_named_must_be_there(entities: list[Entity], articles: list[samples.Source], names: str) -> None:
    with pytest.raises(ValueError, match=names):
        connect(entities, samples.STATEMENTS[:1], articles)


def test_a_denied_claim_is_told_apart_even_without_an_account() -> None:
    made = connect(
        samples.ENTITIES, [Statement("haizhou", "agreement", "norway", "realised", None, (samples.DENIED,))], samples.ARTICLES
    )
    [(_, _, edge)] = made.edges(data=True)
    assert (edge["claims"], [e.voice for e in edge["evidence"]]) == (0, ["denies"])


def test_a_neighbourhood_follows_stated_edges_only() -> None:
    made = samples.small()
    made.remove_edge("haizhou", "norway", statement_id(samples.STATEMENTS[0]))
    assert set(neighbourhood(made, "haizhou", 1)) == {"haizhou", "forum", "centre", "oldbank"}
    two = neighbourhood(made, "haizhou", 2)
    assert set(two) == {"haizhou", "forum", "centre", "oldbank", "norway"}
    assert two.has_edge("haizhou", "norway", "d1")


@pytest.mark.parametrize("size", [1, 2, 3, 10, 100, 299, 300])
def test_the_core_is_of_the_size_asked_and_has_nobody_alone(size: int) -> None:
    made = samples.large(300)
    chosen = core(made, size)
    assert len(chosen) == (0 if size == 1 else size)
    assert all(set(partners(made, node)) & set(chosen) for node in chosen)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30), st.integers(2, 13))
def test_the_core_holds_the_best_connected(pairs: list[tuple[int, int]], size: int) -> None:
    made = nx.MultiDiGraph()
    made.add_edges_from(((f"{a:02}", f"{b:02}") for a, b in pairs), derived=False)
    chosen = core(made, size)
    degrees = {node: len(partners(made, node)) for node in made}
    assert len(chosen) == len(set(chosen)) <= size
    assert all(degrees[node] for node in chosen)
    if chosen:
        assert max(degrees.values()) in {degrees[node] for node in chosen}


def test_a_graph_is_read_as_its_network() -> None:
    graph = samples.harbour()
    made = network(graph)
    assert set(made) == {entity.id for entity in graph.entities()}
    stated = {key for _, _, key, derived in made.edges(keys=True, data="derived") if not derived}
    assert len(stated) == len(graph.statements()) > 20
    assert made.nodes["norway"]["zh"] == "挪威"


@pytest.mark.parametrize("hops", [0, 1, 2, 3])
def test_what_is_read_around_an_entity_is_the_part_of_the_whole(hops: int) -> None:
    graph = samples.harbour()
    around, whole = network(graph, about="挪威", hops=hops), neighbourhood(network(graph), "norway", hops)
    assert list(around.nodes(data=True)) == list(whole.nodes(data=True))
    assert sorted(around.edges(keys=True)) == sorted(whole.edges(keys=True))
    assert all(around.edges[edge] == whole.edges[edge] for edge in whole.edges)


def test_a_name_that_nobody_bears_is_not_found() -> None:
    with pytest.raises(NotFound):
        network(samples.harbour(), about="无此地")
