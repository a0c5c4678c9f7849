"""A graph describes itself: VoID, DCAT and schema.org, counts that are right, and examples that can be run."""

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, RDF, RDFS, SDO, SH, VOID

from kg.graph.dataset import count_dataset, describe_dataset
from kg.graph.engine import FolderEngine
from kg.graph.store import Graph
from kg.graph.terms import Terms
from kg.questions import load_questions, load_rules
from tests.graph.samples import records, write
from tests.ontology.graphs import BASE, ONTOLOGY, derived

DATASET = rdflib.URIRef(BASE + "dataset")


@cache
def described(base: str = BASE) -> rdflib.Graph:
    triples = [ox.Triple(q.subject, q.predicate, q.object) for q in describe_dataset(Terms(base))]
    return rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")


def test_it_is_a_dataset_by_all_three_vocabularies_in_both_languages() -> None:
    graph = described()
    assert {VOID.Dataset, DCAT.Dataset, SDO.Dataset} == set(graph.objects(DATASET, RDF.type))
    for property_ in (DCTERMS.title, DCTERMS.description, DCTERMS.rights, SDO.name, SDO.description, SDO.keywords):
        assert sorted(literal.language for literal in graph.objects(DATASET, property_)) == ["en", "zh"]
    assert len({literal.language for literal in graph.objects(DATASET, DCAT.keyword)}) == 2
    assert graph.value(DATASET, VOID.uriSpace) == rdflib.Literal(BASE + "id/")
    for subset in graph.objects(DATASET, VOID.subset):
        assert {literal.language for literal in graph.objects(subset, DCTERMS.title)} == {"zh", "en"}


def test_every_term_exists_in_its_vocabulary() -> None:
    for _, property_, _ in described():
        assert any(property_ in owner for owner in (DCAT, DCTERMS, RDF, RDFS, SDO, SH, VOID)), property_
    for class_ in described().objects(None, RDF.type):
        assert any(class_ in owner for owner in (DCAT, SDO, SH, VOID)), class_


@pytest.mark.parametrize("base", ["https://example.org/news/", "https://example.org/news#"])
def test_it_stands_under_the_base_of_its_graph(base: str) -> None:
    subjects = {str(subject) for subject in described(base).subjects()}
    assert base + "dataset" in subjects and all(subject.startswith(base) for subject in subjects)
    assert len(described(base)) == len(described())


def test_every_question_and_every_rule_is_an_executable() -> None:
    graph = described()
    selects, constructs = (set(graph.subjects(p, None)) for p in (SH.select, SH.construct))
    assert (len(selects), len(constructs)) == (len(load_questions()), len(load_rules()))
    for node in selects | constructs:
        kind = SH.SPARQLSelectExecutable if node in selects else SH.SPARQLConstructExecutable
        assert set(graph.objects(node, RDF.type)) == {SH.SPARQLExecutable, kind}
        assert {literal.language for literal in graph.objects(node, RDFS.comment)} == {"zh", "en"}


@pytest.mark.parametrize("name", [*load_questions(), *load_rules()])
def test_an_executable_runs_as_it_is_without_a_prefix_from_outside(name: str) -> None:
    kind, property_ = ("query", SH.select) if name in load_questions() else ("rule", SH.construct)
    text = described().value(rdflib.URIRef(f"{BASE}dataset/{kind}/{name}"), property_)
    assert next(iter(derived().query(str(text))), None) is not None


def test_counts_are_those_of_the_store() -> None:
    store = ox.Store()
    store.load(path=str(ONTOLOGY / "examples/good/minimal.ttl"), format=ox.RdfFormat.TURTLE)
    said = {(q.subject.value, q.predicate.value): q.object.value for q in count_dataset(store, Terms())}
    assert said[str(DATASET), str(VOID.triples)] == str(len(store))
    assert said[str(DATASET), str(VOID.documents)] == "1"
    assert said[BASE + "dataset/class/coop-Statement", str(VOID.entities)] == "1"
    assert said[BASE + "dataset/property/oa-exact", str(VOID.triples)] == "1"


def test_a_built_graph_holds_its_description(tmp_path: Path) -> None:
    write(tmp_path / "g", records())
    graph = Graph(FolderEngine(tmp_path / "g"))
    [row] = graph.query(
        "SELECT ?title ?triples ?articles ?examples { ?dataset a void:Dataset ; dcterms:title ?title ; void:triples ?triples ;"
        " void:documents ?articles . FILTER(LANG(?title) = 'en')"
        " { SELECT (COUNT(*) AS ?examples) { ?example a sh:SPARQLExecutable } } }"
    )
    assert (row["title"], row["articles"]) == ("Who cooperates with whom", len(records()))
    union = {str(quad.triple) for quad in graph.quads()}
    statistics = {str(quad.triple) for quad in graph.quads() if quad.graph_name == Terms().graph("dataset")}
    statistics -= {str(quad.triple) for quad in describe_dataset(Terms())}
    assert row["triples"] == len(union - statistics) > 1000
    assert row["examples"] == len(load_questions()) + len(load_rules())
