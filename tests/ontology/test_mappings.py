"""mappings.sssom.tsv is valid SSSOM and maps every predicate to CAMEO, PLOVER and Wikidata; context.jsonld names every term."""

import csv
import json
import re

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS

from kg.schema import load_schema
from kg.topics import KINDS, load_scheme
from tests.ontology.graphs import ONTOLOGY, PREFIXES

LINES = (ONTOLOGY / "mappings.sssom.tsv").read_text(encoding="utf-8").split("\n")
HEADER = [line.removeprefix("#") for line in LINES if line.startswith("#")]
ROWS = list(csv.DictReader([line for line in LINES if line and not line.startswith("#")], delimiter="\t"))
COLUMNS = ["subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "comment"]
CURIES = {match[1]: match[2] for line in HEADER if (match := re.fullmatch(r"  (\w+): (https?://\S+[/#])", line))}
BUILT_IN = {"skos", "semapv", "sssom", "owl", "rdf", "rdfs"}
MATCHES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
GRAPH = rdflib.Graph().parse(ONTOLOGY / "cooperation.ttl")
CONTEXT = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]


def test_the_header_is_a_metadata_block() -> None:
    assert HEADER[0] == "curie_map:"
    slots = [line.split(":")[0] for line in HEADER if not line.startswith(" ")]
    assert {"mapping_set_id", "mapping_set_version", "mapping_set_title", "mapping_set_description", "license"} <= set(slots)
    assert len(slots) == len(set(slots))
    assert list(CURIES) == sorted(CURIES)
    assert LINES[len(HEADER)].split("\t") == COLUMNS
    assert LINES[-1] == "" and not any("\r" in line or "\ufeff" in line for line in LINES)


def test_every_row_is_a_mapping() -> None:
    assert len(ROWS) == 139
    assert len({(row["subject_id"], row["predicate_id"], row["object_id"], row["comment"]) for row in ROWS}) == len(ROWS)
    used = set()
    for row in ROWS:
        assert set(row) == set(COLUMNS) and None not in row.values()
        assert row["predicate_id"] in MATCHES
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        for column in ("subject_id", "object_id"):
            prefix, _, local = row[column].partition(":")
            assert local and prefix in CURIES.keys() | BUILT_IN
            used.add(prefix)
        assert bool(row["object_label"]) == (row["object_id"] != "sssom:NoTermFound")
    assert used - BUILT_IN == set(CURIES)
    assert sorted(ROWS, key=lambda row: tuple(row[column] for column in COLUMNS)) == ROWS


def test_every_subject_is_a_term_with_its_label() -> None:
    labels = {
        f"coop:{str(s).split('#')[1]}": str(o) for s, o in GRAPH.subject_objects(RDFS.label) if "#" in s and o.language == "en"
    }
    labels |= {f"kind:{concept.name}": concept.labels["en"] for concept in load_scheme(KINDS).concepts.values()}
    assert {row["subject_id"]: row["subject_label"] for row in ROWS}.items() <= labels.items()


@pytest.mark.parametrize("predicate", sorted(load_schema().predicates))
@pytest.mark.parametrize(("scheme", "prefixes"), [("CAMEO", {"cameo"}), ("PLOVER", {"plover"}), ("Wikidata", {"wd", "wdt"})])
def test_every_predicate_is_mapped_to_the_three_code_systems_or_said_to_have_none(
    predicate: str, scheme: str, prefixes: set[str]
) -> None:
    rows = [row for row in ROWS if row["subject_id"] == f"coop:{predicate}"]
    found = [row for row in rows if row["object_id"].split(":")[0] in prefixes]
    none = [row for row in rows if row["object_id"] == "sssom:NoTermFound" and row["comment"] == f"no term in {scheme}"]
    assert bool(found) != bool(none)


def test_codes_look_like_codes() -> None:
    shapes = {"cameo": r"\d{2,4}", "plover": r"[A-Z]+|actor|recipient", "wd": r"Q[1-9]\d*", "wdt": r"P[1-9]\d*"}
    for row in ROWS:
        prefix, _, local = row["object_id"].partition(":")
        assert re.fullmatch(shapes.get(prefix, r"\w+"), local)


def test_what_is_safe_in_the_ontology_is_not_repeated_as_a_loose_mapping() -> None:
    expand = lambda curie: rdflib.URIRef(CURIES.get(curie.split(":")[0], "urn:") + curie.split(":")[1])  # noqa: E731
    for row in ROWS:
        subject, object_ = expand(row["subject_id"]), expand(row["object_id"])
        assert object_ not in set(GRAPH.objects(subject, RDFS.subClassOf)) | set(GRAPH.objects(subject, RDFS.subPropertyOf))


def test_the_context_names_every_class_and_property_and_status() -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual)
    terms = {
        str(t).removeprefix(PREFIXES["coop"])
        for kind in kinds
        for t in GRAPH.subjects(RDF.type, kind)
        if str(t).startswith(PREFIXES["coop"])
    }
    for term in terms:
        entry = CONTEXT[term]
        assert (entry if isinstance(entry, str) else entry["@id"]) == f"coop:{term}"
    for term in GRAPH.subjects(RDF.type, OWL.ObjectProperty):
        if str(term).startswith(PREFIXES["coop"]):
            assert CONTEXT[str(term).removeprefix(PREFIXES["coop"])]["@type"] in ("@id", "@vocab")
    prefixes = {key: value for key, value in CONTEXT.items() if str(value).endswith(("/", "#"))}
    assert len(prefixes) == 13
    assert all(PREFIXES.get(key, value) == value for key, value in prefixes.items())


def test_json_ld_with_the_context_says_the_same_as_turtle() -> None:
    path = ONTOLOGY / "examples/good/minimal.ttl"
    text = rdflib.Graph().parse(path).serialize(format="json-ld", context=CONTEXT)
    said = {ox.Triple(q.subject, q.predicate, q.object) for q in ox.parse(text, format=ox.RdfFormat.JSON_LD)}
    assert said == {ox.Triple(q.subject, q.predicate, q.object) for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)}
    haizhou = next(node for node in json.loads(text)["@graph"] if node["id"].endswith("haizhou"))
    assert haizhou["name"] == {"zh": "海州市", "en": "Haizhou"} and haizhou["type"] == "Region"
