"""The graph as people ask it: questions by name or in SPARQL, the sentences behind an edge, the words of the model.

graph = open_graph("cooperation.kg")
graph.query("partners", of="山东省")
graph.explain("山东省", "挪威")
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import NotFound, QueryError
from kg.graph.engine import Engine, FolderEngine, Solutions
from kg.graph.explanation import Explanation
from kg.graph.guard import screen
from kg.graph.lookup import find_entity
from kg.graph.reading import (
    Account,
    Derivation,
    Source,
    local_id,
    read_accounts,
    read_articles,
    read_derivations,
    read_entities,
)
from kg.graph.results import Answer
from kg.graph.rows import Rows, python_value
from kg.model import Entity, Statement
from kg.questions import Parameter, Question, Rule, load_questions, load_rules
from kg.topics import TOPICS, load_scheme

if TYPE_CHECKING:
    from rdflib import Dataset

COUNTS = """SELECT ?quads ?articles ?statements ?cooperations ?entities WHERE {
  { SELECT (COUNT(*) AS ?quads) WHERE { GRAPH ?graph { ?s ?p ?o }
      FILTER(STRSTARTS(STR(?graph), STR(graph:)) && ?graph NOT IN (graph:dataset, graph:ontology, graph:union, graph:pushed)) } }
  { SELECT (COUNT(*) AS ?articles) WHERE { ?article a coop:Article } }
  { SELECT (COUNT(*) AS ?statements) WHERE { ?statement a coop:Statement } }
  { SELECT (COUNT(*) AS ?cooperations) WHERE { ?statement a coop:Statement ; coop:status ?status ; rdf:predicate ?predicate .
      ?status coop:asserts_edge true . ?predicate rdfs:subPropertyOf coop:cooperates_with } }
  { SELECT (COUNT(DISTINCT ?node) AS ?entities) WHERE {
      ?node a ?class . ?class rdfs:subClassOf+ ?top . VALUES ?top { coop:Actor coop:Undertaking } } } }"""


class Graph:
    """A graph that can be asked. It is never changed through this value; what a build adds is seen by the next question."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def query(self, question: str, /, **given: object) -> Rows:
        """The answer to a named question or to SPARQL, as rows; by a rule's name, what the rule derives from this graph.

        Parameters are given by name: entities in any form of their name, topics by label, years and numbers. An ASK gives one
        row `answer`, a CONSTRUCT or DESCRIBE rows of subject, predicate and object. Raises QueryError, NotFound and
        AmbiguousName.
        """
        return to_rows(self.answer(question, **given))

    def answer(self, question: str, /, **given: object) -> Answer:
        """The same answer in RDF terms."""
        asked = load_questions().get(question)
        if rule := load_rules().get(question):
            return self._derive(rule, given)
        if asked is None and _is_name(question):
            raise QueryError(f"there is no question “{question}”; there are: {', '.join([*load_questions(), *load_rules()])}")
        return self.ask(asked, given) if asked else self.ask_sparql(question, given)

    def ask(self, question: Question, given: Mapping[str, object]) -> Answer:
        """The answer to a question read from a file."""
        unknown = given.keys() - {parameter.name for parameter in question.parameters}
        if unknown:
            takes = ", ".join(p.name for p in question.parameters) or "none"
            raise QueryError(f"{question.name} has no parameter {', '.join(sorted(unknown))}; it takes: {takes}")
        terms = {}
        for parameter in question.parameters:
            if given.get(parameter.name) not in (None, ""):
                terms[parameter.name] = self._term(parameter, str(given[parameter.name]))
            elif not parameter.optional:
                label = " / ".join(parameter.labels.values())
                raise QueryError(f"{question.name} needs {parameter.name} ({label}): give -p {parameter.name}=…")
        return self.engine.evaluate(question.sparql, terms)

    def _derive(self, rule: Rule, given: Mapping[str, object]) -> Answer:
        """What a rule derives, whether it is run at every build or on request."""
        if given:
            raise QueryError(f"{rule.name} is a rule and has no parameter {', '.join(sorted(given))}")
        return self.engine.evaluate(rule.sparql, {})

    def ask_sparql(self, sparql: str, given: Mapping[str, object]) -> Answer:
        """The answer to SPARQL from outside: screened, and given strings as plain literals."""
        screen(sparql)
        return self.engine.evaluate(sparql, {name: ox.Literal(str(value)) for name, value in given.items()})

    def find(self, name: str) -> Entity:
        """The entity that bears a name. Raises NotFound and AmbiguousName."""
        [entity] = read_entities(self.engine, find_entity(self.engine, name)).values()
        return entity

    def explain(self, name: str, other: str | None = None) -> Explanation:
        """The quoted sentences behind an entity, or behind what joins two. Raises NotFound where nothing does."""
        node = find_entity(self.engine, name)
        accounts, derivations = read_accounts(self.engine, node), read_derivations(self.engine, node)
        if other is not None:
            second = find_entity(self.engine, other)
            both = {local_id(node), local_id(second)}
            derivations = [d for d in derivations if {d.subject, d.object} == both]
            # What a rule infers of two rests on statements that join each of them to a third.
            basis = {id_ for derivation in derivations for id_ in derivation.basis}
            around = {a.id: a for a in [*accounts, *(read_accounts(self.engine, second) if basis else [])]}
            accounts = [
                a for _, a in sorted(around.items()) if a.id in basis or {a.statement.subject, a.statement.object} == both
            ]
        if not accounts and not derivations:
            what = f"joins “{name}” and “{other}”" if other else f"speaks of “{name}”"
            raise NotFound(f"nothing in the graph {what}")
        return self._explanation(accounts, derivations)

    def _explanation(self, accounts: list[Account], derivations: list[Derivation]) -> Explanation:
        sides = [side for a in accounts for side in (a.statement.subject, a.statement.object)]
        sides += [side for d in derivations for side in (d.subject, d.object)]
        claims = [c for a in accounts for c in (*a.statement.claims, *a.denials, *a.rejected)]
        entities = [read_entities(self.engine, self.engine.terms.entity(id_)) for id_ in dict.fromkeys(sides)]
        articles = {claim.quote.article for claim in claims}
        sources = [read_articles(self.engine, self.engine.terms.article(id_)) for id_ in sorted(articles)]
        return Explanation(
            tuple(accounts),
            tuple(derivations),
            {id_: entity for found in entities for id_, entity in found.items()},
            {id_: source for found in sources for id_, source in found.items()},
        )

    def entities(self) -> list[Entity]:
        """Every entity, in id order."""
        return list(read_entities(self.engine).values())

    def statements(self) -> list[Statement]:
        """Every statement that is stated, with its claims, in the order of their ids."""
        return [account.statement for account in read_accounts(self.engine) if account.statement.claims]

    def articles(self) -> list[Source]:
        """The heads of all articles, in id order."""
        return list(read_articles(self.engine).values())

    def derivations(self) -> list[Derivation]:
        """What the rules infer, in id order."""
        return read_derivations(self.engine)

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of every named graph, in no particular order."""
        return self.engine.quads()

    def counts(self) -> dict[str, int]:
        """How many quads, articles, statements, cooperations (statements of one that hold) and entities there are."""
        if isinstance(self.engine, FolderEngine):
            # Counted while the store was made; to ask for it takes minutes where there are millions.
            return dict(self.engine.counts())
        found = self.query(COUNTS)[0]
        return {name: int(found[name] or 0) for name in found}

    def rdflib(self) -> Dataset:
        """An rdflib Dataset over the same store, read-only: its default graph is the union of all graphs.

        It stays at the generation that is the newest now. Raises MissingExtra where oxrdflib is not installed.
        """
        from kg.graph.rdflibview import open_dataset

        return open_dataset(self.engine)

    def __repr__(self) -> str:
        counts = self.counts()
        quads, cooperations, articles = counts["quads"], counts["cooperations"], counts["articles"]
        return f"<Graph {quads} quads · {cooperations} cooperations · {articles} articles>"

    def _term(self, parameter: Parameter, value: str) -> ox.NamedNode | ox.Literal:
        """A parameter's value as the query wants it. Raises QueryError where it is none of its kind."""
        match parameter.kind:
            case "entity":
                return find_entity(self.engine, value)
            case "topic":
                return _topic(value)
            case "year" if re.fullmatch(r"[0-9]{4}", value):
                return ox.Literal(value)
            case "number" if re.fullmatch(r"[0-9]{1,9}", value):
                return ox.Literal(value, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
        raise QueryError(f"{parameter.name} is a {parameter.kind}; “{value}” is none")


def to_rows(answer: Answer) -> Rows:
    """An answer as rows of plain values."""
    match answer:
        case bool():
            return Rows(["answer"], [[answer]])
        case Solutions():
            return Rows(answer.variables, ([python_value(term) for term in row] for row in answer.rows))
    parts = ((python_value(t.subject), python_value(t.predicate), python_value(t.object)) for t in answer)
    return Rows(["subject", "predicate", "object"], parts)


def open_graph(folder: str | os.PathLike[str]) -> Graph:
    """The graph of a folder. Raises GraphError where it is none or is damaged."""
    return Graph(FolderEngine(Path(folder)))


def _joins(account: Account, both: set[str]) -> bool:
    return {account.statement.subject, account.statement.object} == both


def _topic(value: str) -> ox.NamedNode:
    """The topic with this local name, or this label in any language."""
    concepts = load_scheme(TOPICS).concepts
    wanted = value.strip().casefold()
    for name, concept in concepts.items():
        if wanted in (name, *(label.casefold() for label in concept.labels.values())):
            return ox.NamedNode(f"{TOPICS}#{name}")
    labels = [label for concept in concepts.values() for label in concept.labels.values()]
    close = get_close_matches(value, labels, n=5, cutoff=0.4) or [concept.labels["zh"] for concept in concepts.values()]
    raise NotFound(f"there is no topic “{value}”; there are: {', '.join(close)}")


def _is_name(question: str) -> bool:
    """Whether this was meant as the name of a question: SPARQL has a space or a brace."""
    return re.fullmatch(r"[\w.-]+", question) is not None
