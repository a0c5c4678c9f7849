"""The graph as rdflib sees it, and rows as pandas does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF
from rdflib.plugins.sparql import prepareQuery

from kg.errors import GraphError, QueryError
from kg.graph import rdflibview as room
from kg.graph.engine import FolderEngine
from kg.graph.rows import Rows, python_value
from kg.graph.store import Graph, open_graph
from tests.graph.samples import record, records, write

COOP = rdflib.Namespace("https://w3id.org/cooperation-kg/ontology#")
ID = rdflib.Namespace("https://w3id.org/cooperation-kg/id/")
# rdflib calls what it has deprecated itself.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")


class Elsewhere:
    """An engine that is no folder, as an endpoint is."""

    def __init__(self, folder: Path) -> None:
        self._engine = FolderEngine(folder)
        self.terms = self._engine.terms
        self.evaluate, self.quads = self._engine.evaluate, self._engine.quads


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("dataset") / "g"
    write(made, records())
    return made


@pytest.fixture(params=[FolderEngine, Elsewhere])
def graph(request: pytest.FixtureRequest, folder: Path) -> Graph:
    return Graph(request.param(folder))


def test_rdflib_sees_the_union_once_and_every_quad(graph: Graph) -> None:
    dataset = graph.rdflib()
    quads = list(graph.quads())
    assert {rdflib.URIRef(q.graph_name.value) for q in quads} == {g.identifier for g in dataset.graphs()} - {
        rdflib.URIRef("urn:x-rdflib:default")
    }
    assert len(list(dataset.quads())) == len(quads)
    assert len(dataset) == len(list(dataset.triples((None, None, None)))) == len({q.triple for q in quads})
    statements = set(dataset.subjects(RDF.type, COOP.Statement))
    assert len(statements) == graph.counts()["statements"] > 3
    article = dataset.graph(rdflib.URIRef("https://w3id.org/cooperation-kg/graph/article/a4"))
    assert 0 < len(set(article.subjects(RDF.type, COOP.Claim))) < len(set(dataset.subjects(RDF.type, COOP.Claim)))


def test_rdflib_asks_in_sparql_with_our_prefixes(graph: Graph) -> None:
    dataset = graph.rdflib()
    rows = list(
        dataset.query("SELECT ?entity ?other { ?entity coop:partners_with ?other }", initBindings={"entity": ID["海州"]})
    )
    expected = graph.query("SELECT ?other { id:海州 coop:partners_with ?other }")
    assert sorted(str(row.other) for row in rows) == sorted(str(row["other"]) for row in expected) != []  # type: ignore[union-attr]
    assert dataset.query("ASK { ?s a coop:Statement }").askAnswer is True
    assert len(dataset.query("CONSTRUCT WHERE { ?s skos:prefLabel ?name }").graph or ()) > 5
    assert dict(dataset.namespaces())["coop"] == rdflib.URIRef(COOP)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.add((ID.a, ID.b, ID.c)),
        lambda d: d.addN([(ID.a, ID.b, ID.c, d.graph(ID.g))]),
        lambda d: d.remove((None, None, None)),
        lambda d: d.update("DELETE WHERE { ?s ?p ?o }"),
        lambda d: d.remove_graph(rdflib.URIRef("https://w3id.org/cooperation-kg/graph/article/a4")),
        lambda d: d.parse(data="<a:a> <a:b> <a:c> .", format="turtle"),
    ],
)
def test_nothing_is_changed_through_rdflib(graph: Graph, change: Callable[[rdflib.Dataset], object]) -> None:
    dataset = graph.rdflib()
    before = len(dataset)
    with pytest.raises(GraphError, match="not changed"):
        change(dataset)
    assert len(dataset) == before


def test_rdflib_gets_no_further_than_the_others(graph: Graph) -> None:
    dataset = graph.rdflib()
    for sparql in (
        "SELECT * { SERVICE <http://127.0.0.1:4711/> { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    ):
        with pytest.raises(QueryError):
            dataset.query(sparql)
    with pytest.raises(QueryError, match="not valid"):
        dataset.query("SELECT * {")
    with pytest.raises(QueryError, match="text"):
        dataset.query(prepareQuery("SELECT * { ?s ?p ?o }"))


def test_without_the_screen_the_system_refuses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "screen", lambda *_: None)
    with pytest.raises(QueryError, match="another machine"):
        list(open_graph(folder).rdflib().query("SELECT * { SERVICE <http://127.0.0.1:4711/> { ?s ?p ?o } }"))


def test_a_dataset_stays_as_it_was(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    graph = open_graph(tmp_path / "g")
    dataset = graph.rdflib()
    before = len(dataset)
    for number in range(3):
        write(tmp_path / "g", [record(f"b{number}", "海州与芬兰合作。")])
    assert len(dataset) == before < len(graph.rdflib())


def literal(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}"))


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (literal("7", "integer"), 7),
        (literal("-7", "negativeInteger"), -7),
        (literal("7", "unsignedLong"), 7),
        (literal("0.25", "decimal"), 0.25),
        (literal("1e3", "double"), 1000.0),
        (literal("true", "boolean"), True),
        (literal("2024-05", "gYearMonth"), "2024-05"),
        (ox.Literal("山东", language="zh"), "山东"),
        (ox.NamedNode("a:b"), "a:b"),
        (ox.BlankNode("x"), "_:x"),
        (None, None),
    ],
)
def test_a_term_is_a_plain_value(term: ox.Literal | ox.NamedNode | ox.BlankNode | None, value: object) -> None:
    found = python_value(term)
    assert found == value and type(found) is type(value)


def test_columns_of_a_frame_have_types() -> None:
    rows = Rows(["n", "x", "yes", "name"], [[1, 0.5, True, "a"], [None, None, None, None], [2**60, 2.0, False, "b"]])
    frame = rows.df()
    assert [str(frame[column].dtype) for column in ("n", "x", "yes")] == ["Int64", "float64", "boolean"]
    assert frame["n"].sum() == 2**60 + 1 and frame["name"].tolist()[0] == "a"
    assert list(Rows(["a", "b"], []).df().columns) == ["a", "b"]


def test_a_question_as_a_frame(folder: Path) -> None:
    frame = open_graph(folder).query("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p").df()
    assert str(frame["n"].dtype) == "Int64" and frame["n"].min() >= 1
