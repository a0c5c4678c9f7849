"""RDF text: every format holds the whole graph, is the same bytes every time, and survives characters that XML does not."""

import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.graph import serialization
from kg.graph.engine import Engine, FolderEngine, Given, Solutions
from kg.graph.serialization import FORMATS, sorted_lines, write_rdf
from kg.graph.terms import Terms
from kg.schema import NAMESPACE, load_schema
from tests.graph.samples import records, write

N = ox.NamedNode


class Quads:
    """An engine that only holds quads."""

    def __init__(self, *quads: ox.Quad, terms: Terms | None = None) -> None:
        self.terms, self._quads = terms or Terms(), quads

    def evaluate(self, sparql: str, given: Given) -> Solutions | bool | list[ox.Triple]:
        raise NotImplementedError

    def quads(self) -> Iterator[ox.Quad]:
        return iter(self._quads)


def written(engine: Engine, form: str) -> bytes:
    stream = io.BytesIO()
    write_rdf(engine, form, stream)
    return stream.getvalue()


def canonical(quads: Iterator[ox.Quad] | list[ox.Quad]) -> list[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def read(text: bytes, form: str) -> list[ox.Quad]:
    formats = {
        "nquads": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
        "jsonld": ox.RdfFormat.JSON_LD,
        "turtle": ox.RdfFormat.TURTLE,
        "rdfxml": ox.RdfFormat.RDF_XML,
    }
    if form == "sparql":
        store = ox.Store()
        store.update(text.decode())
        return list(store)
    return list(ox.parse(text, format=formats[form]))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FolderEngine:
    folder = tmp_path_factory.mktemp("serialization") / "g"
    write(folder, records())
    return FolderEngine(folder)


def test_all_formats_are_here() -> None:
    assert sorted(FORMATS) == ["jsonld", "nquads", "rdfxml", "sparql", "trig", "turtle"]


@pytest.mark.parametrize("form", ["nquads", "trig", "jsonld", "sparql"])
def test_every_quad_comes_back(engine: FolderEngine, form: str) -> None:
    assert canonical(read(written(engine, form), form)) == canonical(engine.quads())


@pytest.mark.parametrize("form", ["turtle", "rdfxml"])
def test_every_triple_of_the_union_comes_back(engine: FolderEngine, form: str) -> None:
    union = {str(quad.triple) for quad in engine.quads()}
    assert len(read(written(engine, form), form)) == len(union)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_same_graph_is_the_same_bytes(engine: FolderEngine, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    once = written(engine, form)
    assert written(engine, form) == once
    monkeypatch.setattr(serialization, "CHUNK", 97)
    assert written(engine, form) == once, "sorted in files"


def test_sorting_in_files_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(serialization, "CHUNK", 10)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    quads = [ox.Quad(N(f"urn:{number % 37}"), N("urn:p"), ox.Literal(str(number % 5)), N("urn:g")) for number in range(500)]
    lines = list(sorted_lines(quads, str))
    assert lines == sorted(set(map(str, quads)))
    assert list(tmp_path.iterdir()) == []


def test_an_update_is_cut_into_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serialization, "UPDATE_QUADS", 3)
    quads = [ox.Quad(N(f"urn:{number}"), N("urn:p"), ox.Literal('"}\\\n'), N(f"urn:g{number % 2}")) for number in range(8)]
    text = written(Quads(*quads), "sparql")
    assert text.count(b"INSERT DATA") == 3
    assert canonical(read(text, "sparql")) == canonical(quads)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_hostile_text_and_iris_come_back(form: str) -> None:
    texts = ["<b>&amp;</b>", "]]>", '"""', "\\u0041", "a\r\nb\tc", "\u2028", "𝄞", "'", "{{x}}", "=1+1"]
    quads = [
        ox.Quad(N(f"https://e.org/{n}?a=1&b=2"), N("https://e.org/p"), ox.Literal(t, language="zh"), N("urn:g"))
        for n, t in enumerate(texts)
    ]
    quads.append(ox.Quad(N("https://e.org/id/山东"), N("https://e.org/p/1a"), N("javascript:alert(1)"), N("urn:g")))
    found = read(written(Quads(*quads), form), form)
    assert {str(quad.triple) for quad in found} == {str(quad.triple) for quad in quads}


def test_what_xml_cannot_hold_is_shown_as_such() -> None:
    quad = ox.Quad(N("urn:s"), N("urn:a:p"), ox.Literal("a\x00\x1b\ufffeb\t"), N("urn:g"))
    [found] = read(written(Quads(quad), "rdfxml"), "rdfxml")
    assert isinstance(found.object, ox.Literal)
    assert found.object.value == "a\ufffd\ufffd\ufffdb\t"


def test_jsonld_is_read_like_prose(engine: FolderEngine) -> None:
    document = json.loads(written(engine, "jsonld"))
    nodes = {(part["id"], node["id"]): node for part in document["@graph"] for node in part["@graph"]}
    graph = next(graph for graph, id_ in nodes if id_ == "海州")
    assert graph.startswith("graph:article/")
    assert nodes[graph, "海州"]["type"] == "Region" and nodes[graph, "海州"]["name"]["zh"] == "海州"
    claim = next(node for (where, _), node in nodes.items() if where == graph and node.get("type") == "Claim")
    assert claim["states"].startswith("statement/") and claim["quote"].startswith("quote/")
    assert claim["status"] in ("realised", "ongoing", "planned", "ended") and isinstance(claim["confidence"], str)
    statement = next(node for (where, _), node in nodes.items() if where == graph and node.get("type") == "Statement")
    assert statement["predicate"] in load_schema().predicates
    quote = next(node for (where, _), node in nodes.items() if where == graph and node.get("type") == "Quote")
    assert isinstance(quote["start"], int) and quote["exact"] and quote["source"].startswith("article/")


@pytest.mark.parametrize("base", ["https://example.org/news/", "https://example.org/news#"])
def test_jsonld_under_another_base_comes_back(base: str) -> None:
    terms = Terms(base)
    ids = ["a", "company~道斯康公司", "a.b", "a/../b", "..", "a:b", "", "@id", "type", "id", "Region", "http://e.org/x"]
    quads = [
        ox.Quad(terms.entity(id_), N(f"{NAMESPACE}{name}"), value, terms.article_graph(id_))
        for id_ in ids
        for name, value in [
            ("agreement", terms.entity(ids[1])),
            ("status", N(f"{NAMESPACE}planned")),
            ("status", terms.entity("planned")),
            ("quote", ox.Literal("no link")),
            ("confidence", ox.Literal("0.50", datatype=N("http://www.w3.org/2001/XMLSchema#decimal"))),
            ("confidence", ox.Literal("0.5")),
            ("rule", ox.Literal("1", datatype=N("http://www.w3.org/2001/XMLSchema#integer"))),
            ("gloss", ox.Literal("b", language="en")),
            ("gloss", ox.Literal("c", language="en")),
            ("gloss", ox.Literal("a")),
            ("asserts_edge", ox.Literal("1", datatype=N("http://www.w3.org/2001/XMLSchema#boolean"))),
        ]
    ]
    found = canonical(read(written(Quads(*quads, terms=terms), "jsonld"), "jsonld"))
    assert set(canonical(quads)) - set(found) == set()
    assert found == canonical(quads)
