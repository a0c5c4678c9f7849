"""Answers in the formats of the W3C: SPARQL 1.1 results as JSON, XML, CSV and TSV, and Turtle for a graph."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.errors import QueryError
from kg.graph.engine import Solutions, Term
from kg.graph.serialization import fit_for_xml

Answer = Solutions | bool | list[ox.Triple]
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_SPACE = "http://www.w3.org/2005/sparql-results#"


def write_answer(answer: Answer, format_: str, prefixes: Mapping[str, str]) -> str:
    """The answer in a format: `csv`, `tsv`, `json`, `xml` for a SELECT, `json`, `xml` for an ASK, `turtle` for a CONSTRUCT.

    Raises QueryError where the format cannot hold the answer.
    """
    match answer:
        case bool() if format_ in ("json", "xml"):
            return _boolean(answer, format_)
        case bool():
            raise QueryError(f"an ASK is answered in json or xml, not in {format_}")
        case Solutions() if format_ in _SOLUTIONS:
            return _SOLUTIONS[format_](answer)
        case Solutions():
            raise QueryError(f"a SELECT is answered in {', '.join(_SOLUTIONS)}, not in {format_}")
    if format_ != "turtle":
        raise QueryError(f"a CONSTRUCT or DESCRIBE is answered in turtle, not in {format_}")
    triples = sorted(set(answer), key=str)
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=dict(prefixes)) or b"").decode()


def _boolean(answer: bool, format_: str) -> str:
    if format_ == "json":
        return json.dumps({"head": {}, "boolean": answer}) + "\n"
    return f'<?xml version="1.0"?>\n<sparql xmlns="{_SPACE}"><head/><boolean>{str(answer).lower()}</boolean></sparql>\n'


def _json(solutions: Solutions) -> str:
    bindings = [
        {name: _binding(term) for name, term in zip(solutions.variables, row, strict=True) if term is not None}
        for row in solutions.rows
    ]
    answer = {"head": {"vars": list(solutions.variables)}, "results": {"bindings": bindings}}
    return json.dumps(answer, ensure_ascii=False, indent=1) + "\n"


def _binding(term: Term) -> dict[str, str]:
    match term:
        case ox.NamedNode():
            return {"type": "uri", "value": term.value}
        case ox.BlankNode():
            return {"type": "bnode", "value": term.value}
        case ox.Literal(language=str() as language):
            return {"type": "literal", "value": term.value, "xml:lang": language}
        case ox.Literal() if term.datatype.value != _STRING:
            return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
        case ox.Literal():
            return {"type": "literal", "value": term.value}
    return {"type": "triple", "value": str(term)}


def _xml(solutions: Solutions) -> str:
    head = "".join(f"<variable name={quoteattr(name)}/>" for name in solutions.variables)
    lines = ['<?xml version="1.0"?>', f'<sparql xmlns="{_SPACE}">', f"<head>{head}</head>", "<results>"]
    for row in solutions.rows:
        cells = (
            f"<binding name={quoteattr(name)}>{_element(term)}</binding>"
            for name, term in zip(solutions.variables, row, strict=True)
            if term is not None
        )
        lines.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*lines, "</results>", "</sparql>"]) + "\n"


def _element(term: Term) -> str:
    binding = _binding(term)
    name = binding["type"]
    attribute = f" xml:lang={quoteattr(binding['xml:lang'])}" if "xml:lang" in binding else ""
    attribute += f" datatype={quoteattr(binding['datatype'])}" if "datatype" in binding else ""
    return f"<{name}{attribute}>{escape(fit_for_xml(binding['value']))}</{name}>"


def _csv(solutions: Solutions) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(solutions.variables)
    for row in solutions.rows:
        writer.writerow(
            "" if term is None else str(term) if isinstance(term, ox.BlankNode) else _binding(term)["value"] for term in row
        )
    return stream.getvalue()


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _tsv(solutions: Solutions) -> str:
    lines = ["\t".join(f"?{name}" for name in solutions.variables)]
    lines += ["\t".join("" if term is None else str(term).replace("\t", "\\t") for term in row) for row in solutions.rows]
    return "\n".join(lines) + "\n"


_SOLUTIONS: Mapping[str, Callable[[Solutions], str]] = {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}
