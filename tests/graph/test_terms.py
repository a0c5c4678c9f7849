"""IRIs: safe whatever the id, different for different ids, the same on every machine."""

import unicodedata

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.graph.terms import BASE, Terms, encode, ontology_prefixes, term
from kg.model import Quote

BASES = (Terms(), Terms("https://example.org/kg/"))


@pytest.mark.parametrize(
    ("id_", "iri"),
    [
        ("a1", "a1"),
        ("山东省", "山东省"),
        ("zh-dev.001_x~", "zh-dev.001_x~"),
        ("a b/c", "a%20b%2Fc"),
        ('<>"{}|\\^`', "%3C%3E%22%7B%7D%7C%5C%5E%60"),
        ("100%", "100%25"),
        ("a\u202eb", "a%E2%80%AEb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("é", "é"),
        ("\ue000", "%EE%80%80"),
    ],
)
def test_ids_are_percent_encoded_where_an_iri_asks_for_it(id_: str, iri: str) -> None:
    assert encode(id_) == iri
    assert Terms().article(id_).value == f"{BASE}id/article/{iri}"


@given(st.text(max_size=30))
def test_any_id_makes_an_iri_that_the_engine_takes(id_: str) -> None:
    node = Terms().entity(id_)
    [quad] = ox.parse(f"<{node.value}> <urn:p> <{node.value}> .", format=ox.RdfFormat.N_TRIPLES)
    assert quad.subject == node


@given(st.text(max_size=12), st.text(max_size=12))
def test_different_ids_make_different_iris(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    replaced = any(0xD800 <= ord(char) <= 0xDFFF for char in one + other)
    assert (encode(one) == encode(other)) == same or replaced


def test_every_kind_of_node_has_its_own_names() -> None:
    terms = Terms("https://example.org/kg/")
    quote = Quote("a", 0, 1, "x")
    nodes = [
        *(terms.entity("a"), terms.article("a"), terms.quote(quote), terms.claim("a"), terms.claim("a", 1)),
        *(terms.statement("a", "b", "c", "d"), terms.judgement("a"), terms.article_graph("a"), terms.graph("derived")),
    ]
    assert len({node.value for node in nodes}) == len(nodes) == 9
    assert all(node.value.startswith("https://example.org/kg/") for node in nodes)


def test_ids_do_not_depend_on_the_base_or_the_process() -> None:
    local = {terms.statement("海州", "partners_with", "挪威", "realised").value.removeprefix(terms.base) for terms in BASES}
    assert local == {"id/statement/a5318d3e281f6b71ddfd564508e48cec"}


@pytest.mark.parametrize(
    "base", ["", "kg/", "https://example.org/kg", "https://exa mple.org/", "https://a/<b>/", "javascript:x/"]
)
def test_a_base_that_is_none_is_refused(base: str) -> None:
    with pytest.raises(InputError, match="cannot be a base"):
        Terms(base)


def test_the_prefixes_are_those_of_the_ontology() -> None:
    assert {"coop", "rdf", "rdfs", "skos", "oa", "dcterms", "prov", "xsd", "topic", "kind"} <= ontology_prefixes().keys()
    assert Terms("https://example.org/kg/").prefixes["id"] == "https://example.org/kg/id/"
    assert term("rdf:type").value == "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    with pytest.raises(KeyError):
        term("nosuch:x")
