"""cooperation.ttl is complete, says nothing it must not say, and parses in both engines."""

import re
import tomllib
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import DCTERMS, FOAF, OWL, RDF, RDFS, SKOS, XSD
from rdflib.namespace import DC, ORG, PROV, SDO, VANN

from kg.questions import load_questions, load_rules
from kg.schema import load_schema, load_terms

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
COOP = rdflib.Namespace("https://w3id.org/cooperation-kg/ontology#")
SW = rdflib.Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")
BIBO = rdflib.Namespace("http://purl.org/ontology/bibo/")
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
SELF = rdflib.URIRef("https://w3id.org/cooperation-kg/ontology")
GRAPH = rdflib.Graph().parse(ONTOLOGY / "cooperation.ttl")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual)
TERMS = sorted({term for kind in KINDS for term in GRAPH.subjects(RDF.type, kind) if term in COOP})
PROPERTIES = [t for t in TERMS if {OWL.ObjectProperty, OWL.DatatypeProperty} & set(GRAPH.objects(t, RDF.type))]
EVIDENCE = {"Article", "Quote", "Claim", "Statement", "Derivation", "Judgement"}
TOP = {"Actor", "Undertaking", "Status", "Predicate"}
ENTITY_TYPES = {
    *("Country", "CountryGroup", "Region", "GovernmentBody", "IntergovernmentalOrganization", "Company"),
    *("ResearchOrganization", "Association", "Person", "Agreement", "Event", "Project", "Platform", "Alliance"),
}


def name(term: rdflib.term.Node) -> str:
    return str(term).removeprefix(str(COOP))


def test_there_are_as_many_terms_as_expected() -> None:
    classes = {name(term) for term in TERMS if (term, RDF.type, OWL.Class) in GRAPH}
    assert classes == ENTITY_TYPES | EVIDENCE | TOP
    assert len(PROPERTIES) == 12 + 23
    assert len(TERMS) == len(classes) + len(PROPERTIES) + 4 + 1


@pytest.mark.parametrize("term", TERMS, ids=name)
@pytest.mark.parametrize("text", [RDFS.label, SKOS.definition, RDFS.comment, SKOS.example], ids=lambda p: p.split("/")[-1])
def test_every_term_speaks_both_languages(term: rdflib.URIRef, text: rdflib.URIRef) -> None:
    assert sorted(literal.language for literal in GRAPH.objects(term, text)) == ["en", "zh"]


@pytest.mark.parametrize("term", TERMS, ids=name)
def test_every_term_says_where_it_is_defined_and_how_settled_it_is(term: rdflib.URIRef) -> None:
    assert list(GRAPH.objects(term, RDFS.isDefinedBy)) == [SELF]
    assert list(GRAPH.objects(term, SW.term_status)) == [rdflib.Literal("testing")]
    assert set(GRAPH.objects(term, RDFS.comment)) == set(GRAPH.objects(term, SKOS.definition))


@pytest.mark.parametrize("term", PROPERTIES, ids=name)
def test_every_property_has_one_domain_and_one_range(term: rdflib.URIRef) -> None:
    assert len(list(GRAPH.objects(term, RDFS.domain))) == 1
    assert len(list(GRAPH.objects(term, RDFS.range))) == 1


def test_labels_tell_terms_of_one_sort_apart() -> None:
    for language in ("zh", "en"):
        for kind in (OWL.Class, OWL.ObjectProperty):
            labels = [
                str(x).lower()
                for t in TERMS
                if (t, RDF.type, kind) in GRAPH
                for x in GRAPH.objects(t, RDFS.label)
                if x.language == language
            ]
            assert len(labels) > 10
            # The quote and the status of a claim are called what they are.
            assert len(labels) == len(set(labels))


def test_one_naming_style() -> None:
    for term in TERMS:
        if (term, RDF.type, OWL.Class) in GRAPH:
            assert name(term).isalpha() and name(term)[0].isupper()
        else:
            assert name(term) == name(term).lower() and name(term).replace("_", "").isalpha()


def test_the_header_says_what_a_publisher_asks_for() -> None:
    for property_ in (DCTERMS.title, DCTERMS.description, RDFS.label):
        assert sorted(literal.language for literal in GRAPH.objects(SELF, property_)) == ["en", "zh"]
    for property_ in (DCTERMS.creator, DCTERMS.contributor, DCTERMS.publisher, DCTERMS.license, OWL.versionIRI, BIBO.status):
        assert isinstance(GRAPH.value(SELF, property_), rdflib.URIRef)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert GRAPH.value(SELF, OWL.versionInfo) == rdflib.Literal(version)
    assert GRAPH.value(SELF, OWL.versionIRI) == SELF + "/" + version
    assert GRAPH.value(SELF, VANN.preferredNamespacePrefix) == rdflib.Literal("coop")
    assert GRAPH.value(SELF, VANN.preferredNamespaceUri) == rdflib.Literal(str(COOP))
    assert GRAPH.value(SELF, DCTERMS.created).datatype == XSD.date


FOREIGN = {
    *(OA[term] for term in ("ResourceSelection", "end", "exact", "hasSource", "start")),
    *(SW.term_status, BIBO.status, BIBO["status/draft"], rdflib.URIRef("https://www.apache.org/licenses/LICENSE-2.0")),
}


def is_known(iri: rdflib.URIRef) -> bool:
    """Whether the vocabulary that owns the namespace has the term, as rdflib lists it, or as looked up above."""
    return iri in FOREIGN or any(iri in owner for owner in (DC, DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SDO, SKOS, VANN, XSD))


def test_no_term_is_made_up_in_a_foreign_namespace() -> None:
    ours = "https://w3id.org/cooperation-kg/"
    used = {node for triple in GRAPH for node in triple if isinstance(node, rdflib.URIRef)}
    assert {iri for iri in used if not iri.startswith(ours) and not is_known(iri)} == set()
    assert not is_known(SDO._NS + "signatory") and not is_known(SDO._NS + "Agreement")


def test_every_foreign_class_and_property_is_declared_and_none_is_redefined() -> None:
    built_in = ("http://www.w3.org/2002/07/owl#", str(RDF), str(RDFS), str(XSD))
    classes = {
        o for p in (RDFS.subClassOf, RDFS.domain, RDFS.range) for o in GRAPH.objects(None, p) if isinstance(o, rdflib.URIRef)
    }
    for term in classes | set(GRAPH.predicates()):
        if term not in COOP and not str(term).startswith(built_in):
            assert list(GRAPH.objects(term, RDF.type)), f"{term} is not declared"
    for term in set(GRAPH.subjects()):
        if isinstance(term, rdflib.URIRef) and not str(term).startswith("https://w3id.org/cooperation-kg/"):
            assert set(GRAPH.predicates(term)) == {RDF.type}, f"{term} is redefined"


def ancestors(term: rdflib.URIRef, property_: rdflib.URIRef) -> set[rdflib.term.Node]:
    return set(GRAPH.transitive_objects(term, property_)) - {term}


MUST_NOT = [
    # schema.org's Project is an Organization: every project would become one.
    (COOP.Project, RDFS.subClassOf, SDO.Project),
    # PROV-O makes Activity and Entity disjoint, and an undertaking is an entity.
    (COOP.Event, RDFS.subClassOf, PROV.Activity),
    # Domain and range there are organisations: provinces and persons would become some.
    (COOP.partners_with, RDFS.subPropertyOf, ORG.linkedTo),
    # Projects and platforms would become actors.
    (COOP.supports, RDFS.subPropertyOf, COOP.cooperates_with),
    (COOP.invests_in, RDFS.subPropertyOf, COOP.cooperates_with),
    # One act would count as two.
    (COOP.agreement, RDFS.subPropertyOf, COOP.partners_with),
    # Groups of countries and platforms would become organisations.
    (COOP.member_of, RDFS.subPropertyOf, ORG.memberOf),
]


@pytest.mark.parametrize(("term", "property_", "above"), MUST_NOT, ids=lambda x: str(x).split("#")[-1].split("/")[-1])
def test_axioms_that_must_not_be_made(term: rdflib.URIRef, property_: rdflib.URIRef, above: rdflib.URIRef) -> None:
    assert above not in ancestors(term, property_)


def disjoint_groups() -> list[set[rdflib.term.Node]]:
    heads = [GRAPH.value(node, OWL.members) for node in GRAPH.subjects(RDF.type, OWL.AllDisjointClasses)]
    return [set(GRAPH.items(head)) for head in heads]


def test_what_cannot_be_both() -> None:
    groups = disjoint_groups()
    assert sorted(len(group) for group in groups) == [5, 9, 9]
    everything = set().union(*groups)
    assert {name(term) for term in everything} == ENTITY_TYPES | EVIDENCE | {"Actor", "Undertaking", "Status"}
    # An alliance is, through ORG, a foaf:Agent: undertakings must be allowed to be agents.
    assert not list(GRAPH.subject_objects(OWL.disjointWith))
    assert all(term in COOP for term in everything)
    assert FOAF.Agent not in ancestors(COOP.Alliance, RDFS.subClassOf)
    assert ORG.OrganizationalCollaboration in ancestors(COOP.Alliance, RDFS.subClassOf)


def test_no_class_is_below_two_disjoint_ones() -> None:
    for term in TERMS:
        above = ancestors(term, RDFS.subClassOf) | {term}
        for group in disjoint_groups():
            assert len(above & group) <= 1, term


def test_no_mapping_property_types_our_terms_as_concepts() -> None:
    assert not [p for p in GRAPH.predicates() if str(p).endswith("Match")]


def test_symmetric_properties_have_one_class_on_both_sides() -> None:
    symmetric = set(GRAPH.subjects(RDF.type, OWL.SymmetricProperty))
    assert {name(term) for term in symmetric} == {"cooperates_with", "partners_with", "agreement", "meets_with"}
    assert all(GRAPH.value(term, RDFS.domain) == GRAPH.value(term, RDFS.range) for term in symmetric)


def test_both_engines_read_the_same_number_of_triples() -> None:
    files = sorted(ONTOLOGY.glob("*.ttl"))
    assert [path.name for path in files] == ["cooperation.ttl", "dataset.ttl", "shapes.ttl", "topics.ttl"]
    for path in files:
        least = 60 if path.name == "dataset.ttl" else 500
        assert len(list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))) == len(rdflib.Graph().parse(path)) > least


def test_the_schema_of_the_program_is_that_of_the_ontology() -> None:
    schema = load_schema()
    assert set(schema.types) == ENTITY_TYPES
    assert len(schema.predicates) == 11
    assert schema.statuses == ("ended", "ongoing", "planned", "realised")
    assert schema.asserted == {"realised", "ongoing"}
    assert {n for n, p in schema.predicates.items() if p.cooperation} == {"partners_with", "agreement", "meets_with"}
    assert set(load_terms()) == {name(term) for term in TERMS}


def test_every_term_is_used_and_every_term_used_exists() -> None:
    """In queries, rules, shapes, the context, and the modules that name terms in their prefixed form."""
    texts = [q.sparql for q in load_questions().values()] + [r.sparql for r in load_rules().values()]
    texts += [(ONTOLOGY / "shapes.ttl").read_text(encoding="utf-8"), (ONTOLOGY / "topics.ttl").read_text(encoding="utf-8")]
    texts += [path.read_text(encoding="utf-8") for path in sorted((ROOT / "kg").rglob("*.py"))]
    words = {word for text in texts for word in _terms(text)}
    known = {name(term) for term in TERMS}
    assert len(words) > 40
    assert words - known == set()
    # kg.schema names Status by its whole IRI; change stands in judgements only.
    assert known - words == {"Status"} or known - words == {"Status", "change"}


def _terms(text: str) -> set[str]:
    return set(re.findall(r"\bcoop:([A-Za-z_]+)", text))
