"""Good examples conform; every shape has a bad example that it objects to, in both languages, and no other shape does."""

import re

import pyshacl
import pytest
import rdflib
from rdflib import RDF, SH

from kg.schema import load_schema
from tests.ontology.graphs import ONTOLOGY, PREFIXES, derived, stated, union

SHAPE = rdflib.Namespace("https://w3id.org/cooperation-kg/shapes#")
COOP = rdflib.Namespace(PREFIXES["coop"])
SHAPES = rdflib.Graph().parse(ONTOLOGY / "shapes.ttl")
BAD = sorted((ONTOLOGY / "examples/bad").glob("*.ttl"))
GOOD = sorted((ONTOLOGY / "examples/good").iterdir())
OBJECTING = sorted(
    {str(shape).removeprefix(SHAPE) for shape in SHAPES.subjects(SH.message) if shape in SHAPE}
    | {str(shape).removeprefix(SHAPE) for shape in SHAPES.subjects(SH.sparql)}
)


def validate(graph: rdflib.Graph) -> rdflib.Graph:
    """The report on a graph that holds the ontology too."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=SHAPES, inplace=True)
    assert isinstance(report, rdflib.Graph)
    return report


def objections(report: rdflib.Graph) -> set[str]:
    results = report.objects(None, SH.result)
    return {str(report.value(result, SH.sourceShape)).removeprefix(SHAPE) for result in results}


def minimal() -> rdflib.Graph:
    return rdflib.Graph().parse(ONTOLOGY / "examples/good/minimal.ttl").parse(ONTOLOGY / "cooperation.ttl")


def test_every_shape_has_its_bad_example_and_every_bad_example_its_shape() -> None:
    assert [path.stem for path in BAD] == OBJECTING
    assert len(OBJECTING) == 69
    assert [path.name for path in GOOD] == ["harbour.trig", "minimal.ttl"]


def test_what_is_good_conforms() -> None:
    assert objections(validate(minimal())) == set()
    assert objections(validate(union(stated()))) == set()


def test_what_the_rules_derive_conforms() -> None:
    assert objections(validate(union(derived()))) == set()


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_example_is_objected_to_by_its_shape(path) -> None:  # type: ignore[no-untyped-def]
    header = path.read_text(encoding="utf-8").splitlines()[0]
    expected = set(re.findall(r"shape:([a-z_]+)", header))
    assert path.stem in expected and (len(expected) == 1) == (" alone: " in header)
    report = validate(minimal().parse(path))
    assert objections(report) == expected
    for result in report.objects(None, SH.result):
        shape = report.value(result, SH.sourceShape)
        speaker = SHAPES.value(shape, SH.sparql) or shape
        # As text: pySHACL takes the language off the messages of a SPARQL constraint.
        assert {str(message) for message in report.objects(result, SH.resultMessage)} == {
            str(message) for message in SHAPES.objects(speaker, SH.message)
        }


def test_every_message_is_there_in_both_languages() -> None:
    speakers = set(SHAPES.subjects(SH.message))
    assert len(speakers) == len(OBJECTING)
    for speaker in speakers:
        messages = list(SHAPES.objects(speaker, SH.message))
        assert sorted(str(message.language) for message in messages) == ["en", "zh"]
        for message in messages:
            # An analyst reads them: no prefixed names, no SHACL.
            assert not re.search(r"\b(coop|sh|rdf|oa|xsd):|[Ss]hape|IRI|node|节点", message)


def test_the_lists_in_the_shapes_are_those_of_the_ontology() -> None:
    schema = load_schema()

    def listed(shape: str) -> set[str]:
        head = SHAPES.value(SHAPE[shape], SH["in"])
        return {str(item).removeprefix(COOP) for item in SHAPES.items(head)}

    assert listed("entity_type") == set(schema.types)
    assert listed("claim_status") == listed("statement_status") == set(schema.statuses)


@pytest.mark.parametrize("name", sorted(load_schema().predicates))
def test_the_shape_of_a_predicate_agrees_with_its_domain_and_range(name: str) -> None:
    """Every pair of types, on a statement: the shape objects exactly where the schema does not allow it."""
    schema = load_schema()
    data = rdflib.Graph().parse(ONTOLOGY / "cooperation.ttl")
    cases = {}
    for left in schema.types:
        for right in schema.types:
            statement = rdflib.URIRef(f"urn:{left}-{right}")
            cases[statement] = schema.allows(left, name, right)
            data.add((statement, RDF.type, COOP.Statement))
            data.add((statement, RDF.predicate, COOP[name]))
            for side, type_ in ((RDF.subject, left), (RDF.object, right)):
                data.add((statement, side, rdflib.URIRef(f"urn:{type_}")))
                data.add((rdflib.URIRef(f"urn:{type_}"), RDF.type, COOP[type_]))
    shape = rdflib.Graph()
    for triple in _description(SHAPE[name]):
        shape.add(triple)
    _, report, _ = pyshacl.validate(data, shacl_graph=shape, inplace=True)
    assert isinstance(report, rdflib.Graph)
    wrong = {report.value(result, SH.value) for result in report.objects(None, SH.result)}
    assert {statement for statement, allowed in cases.items() if not allowed} == wrong
    assert len(cases) == 14 * 14


def _description(node: rdflib.term.Node) -> set[tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]]:
    found = set()
    queue, seen = [node], set()
    while queue:
        current = queue.pop()
        seen.add(current)
        for triple in SHAPES.triples((current, None, None)):
            found.add(triple)
            if isinstance(triple[2], rdflib.BNode) and triple[2] not in seen:
                queue.append(triple[2])
    return found
