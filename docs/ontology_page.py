"""Makes docs/ontology.html, the page of the ontology in both languages, from the files in ontology/.

`docs/refresh.py` calls it. Everything on the page is read from the Turtle, the mappings, the questions and the rules; the diagram is
drawn from the classes and from the domains and ranges of the predicates.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import rdflib
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rdflib import OWL, RDF, RDFS, SH, SKOS

from kg.questions import load_questions, load_rules
from kg.topics import KINDS, TOPICS, load_scheme

HERE = Path(__file__).resolve().parent
ONTOLOGY = HERE.parent / "ontology"
COOP = rdflib.Namespace("https://w3id.org/cooperation-kg/ontology#")
SELF = rdflib.URIRef("https://w3id.org/cooperation-kg/ontology")
# The order of the sections; each class of terms stands under the first that it is, or is below.
GROUPS = (
    ("Actor", "合作主体", "Actors"),
    ("Undertaking", "合作事项", "Undertakings"),
    ("", "依据与状态", "Evidence and status"),
)
Text = dict[str, str]


@dataclass
class Term:
    """A class, property or status as the page shows it; `links` are names of terms by what relates them."""

    name: str
    kind: str
    label: Text
    definition: Text
    example: Text
    traits: list[Text] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    mappings: list[dict[str, str]] = field(default_factory=list)
    rules: list[Text] = field(default_factory=list)


TRAITS = {
    OWL.SymmetricProperty: {"zh": "对称", "en": "symmetric"},
    OWL.IrreflexiveProperty: {"zh": "不自反", "en": "irreflexive"},
    OWL.FunctionalProperty: {"zh": "函数型", "en": "functional"},
    COOP.Predicate: {"zh": "谓词", "en": "predicate"},
}
KIND = {
    OWL.Class: "class",
    OWL.ObjectProperty: "property",
    OWL.DatatypeProperty: "property",
    OWL.AnnotationProperty: "property",
    OWL.NamedIndividual: "status",
}
RELATIONS = {
    "above": ("上位", "below"),
    "subs": ("下位", "above"),
    "domain": ("主体类", "domain"),
    "range": ("对象类", "range"),
    "from": ("可作主体", "subject of"),
    "to": ("可作对象", "object of"),
    "disjoint": ("互斥", "disjoint with"),
}


@cache
def graph() -> rdflib.Graph:
    """cooperation.ttl."""
    return rdflib.Graph().parse(ONTOLOGY / "cooperation.ttl")


def describe_terms() -> dict[str, Term]:
    """Every term of the ontology by name, with everything that relates it to others."""
    g = graph()
    found: dict[str, Term] = {}
    for type_, kind in KIND.items():
        for node in sorted(g.subjects(RDF.type, type_)):
            if node in COOP and _local(node) not in found:
                traits = [said for trait, said in TRAITS.items() if (node, RDF.type, trait) in g]
                found[_local(node)] = Term(
                    _local(node), kind, *(_texts(node, p) for p in (RDFS.label, SKOS.definition, SKOS.example)), traits
                )
    for name, term in found.items():
        for relation, property_ in (
            ("above", RDFS.subClassOf),
            ("above", RDFS.subPropertyOf),
            ("domain", RDFS.domain),
            ("range", RDFS.range),
        ):
            for member in (member for value in g.objects(COOP[name], property_) for member in _members(value)):
                if member in COOP:
                    _link(found, name, relation, _local(member))
                else:
                    term.foreign.append(f"{property_.fragment} {g.qname(member)}")
    for group in g.subjects(RDF.type, OWL.AllDisjointClasses):
        names = [_local(node) for node in g.items(g.value(group, OWL.members))]
        for name in names:
            found[name].links.setdefault("disjoint", []).extend(other for other in names if other != name)
    for row in read_mappings():
        prefix, _, name = row["subject_id"].partition(":")
        if prefix == "coop" and row["object_id"] != "sssom:NoTermFound":
            found[name].mappings.append(row)
    for name, messages in shape_messages().items():
        if name in found:
            found[name].rules += messages
    return found


BACK = {"above": "subs", "domain": "from", "range": "to"}


def _link(terms: dict[str, Term], name: str, relation: str, other: str) -> None:
    terms[name].links.setdefault(relation, []).append(other)
    terms[other].links.setdefault(BACK[relation], []).append(name)


def _local(node: rdflib.term.Node) -> str:
    return str(node).removeprefix(str(COOP))


def _texts(node: rdflib.term.Node, property_: rdflib.URIRef) -> Text:
    return {str(text.language): str(text) for text in graph().objects(node, property_)}


def _members(node: rdflib.term.Node) -> list[rdflib.term.Node]:
    """A class or datatype, or the ones that a union is made of; what a closed list allows is said by the definition."""
    if isinstance(node, rdflib.URIRef):
        return [node]
    head = graph().value(node, OWL.unionOf)
    return list(graph().items(head)) if head else []


def read_mappings() -> list[dict[str, str]]:
    """The rows of mappings.sssom.tsv, each with the address of what it maps to."""
    lines = (ONTOLOGY / "mappings.sssom.tsv").read_text(encoding="utf-8").splitlines()
    curies = dict(line[3:].split(": ", 1) for line in lines if line.startswith("#  ") and "://" in line)
    rows = list(csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t"))
    for row in rows:
        prefix, _, local = row["object_id"].partition(":")
        row["match"] = row["predicate_id"].removeprefix("skos:").removesuffix("Match")
        row["address"] = curies[prefix] + local if prefix in curies and prefix not in ("cameo", "plover") else ""
    return rows


@cache
def shape_messages() -> dict[str, list[Text]]:
    """What shapes.ttl asks of each class and predicate, in words, by the name of the class, or of the shape."""
    g = rdflib.Graph().parse(ONTOLOGY / "shapes.ttl")
    found: dict[str, list[Text]] = defaultdict(list)
    for shape in sorted(set(g.subjects(SH.targetClass, None))):
        for part in sorted(g.objects(shape, SH.property)):
            for target in g.objects(shape, SH.targetClass):
                if said := {str(m.language): str(m) for m in g.objects(part, SH.message)}:
                    found[_local(target)].append(said)
    for shape in sorted(set(g.subjects(SH.message, None))):
        name = str(shape).rpartition("#")[2]
        if isinstance(shape, rdflib.URIRef) and COOP[name] in set(graph().subjects()):
            found[name].append({str(m.language): str(m) for m in g.objects(shape, SH.message)})
    return found


def header() -> dict[str, object]:
    """What the ontology says of itself."""
    g = graph()
    names = {str(p).rpartition("/")[2].rpartition("#")[2]: str(o) for p, o in g.predicate_objects(SELF)}
    return {**names, "label": _texts(SELF, RDFS.label), "description": _texts(SELF, rdflib.DCTERMS.description)}


def linked_data(terms: dict[str, Term], about: dict[str, object]) -> str:
    """The ontology as a schema.org DefinedTermSet, in JSON-LD for search engines."""
    texts = lambda text: [{"@value": text[tag], "@language": tag} for tag in ("zh", "en")]  # noqa: E731
    return json.dumps(
        {
            "@context": "https://schema.org/",
            "@type": "DefinedTermSet",
            "@id": str(SELF),
            "name": texts(about["label"]),
            "description": texts(about["description"]),
            "license": about["license"],
            "version": about["versionInfo"],
            "hasDefinedTerm": [
                {
                    "@type": "DefinedTerm",
                    "@id": str(COOP[name]),
                    "termCode": name,
                    "name": texts(term.label),
                    "description": texts(term.definition),
                }
                for name, term in terms.items()
            ],
        },
        ensure_ascii=False,
    ).replace("<", "\\u003c")


def page() -> str:
    """The page."""
    terms, about = describe_terms(), header()
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    classes = [term for term in terms.values() if term.kind == "class"]
    groups = []
    for top, zh, en in GROUPS:
        own = [t for t in classes if top and (t.name == top or top in t.links.get("above", []))]
        rest = [t for t in classes if not top and not ({t.name, *t.links.get("above", [])} & {"Actor", "Undertaking"})]
        groups.append({"zh": zh, "en": en, "terms": own or rest})
    predicates = [t for t in terms.values() if TRAITS[COOP.Predicate] in t.traits or t.name == "cooperates_with"]
    groups.append({"zh": "关系", "en": "Relations", "terms": predicates})
    others = [t for t in terms.values() if t.kind == "property" and t not in predicates]
    groups.append({"zh": "其他属性", "en": "Other properties", "terms": others})
    groups.append({"zh": "状态", "en": "Statuses", "terms": [t for t in terms.values() if t.kind == "status"]})
    topics = load_scheme(TOPICS).concepts
    tree = [(top, [c for c in topics.values() if c.broader == top.name]) for top in topics.values() if top.broader is None]
    return environment.get_template("ontology.html.jinja").render(
        about=about,
        terms=terms,
        groups=groups,
        relations=RELATIONS,
        predicates=predicates,
        actors=terms["Actor"].links["subs"],
        undertakings=terms["Undertaking"].links["subs"],
        tree=tree,
        kinds=list(load_scheme(KINDS).concepts.values()),
        questions=list(load_questions().values()),
        rules=list(load_rules().values()),
        linked_data=linked_data(terms, about),
    )
