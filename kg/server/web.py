"""The pages for people: a node of the graph by its address, and the query page."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import pyoxigraph as ox
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kg.graph.guard import read_tokens
from kg.questions import Question, load_questions
from kg.server.frames import Message
from kg.server.negotiation import choose, choose_rdf
from kg.server.problems import Refusal
from kg.server.service import Service, of, respond_with, run_job

FOLDER = Path(__file__).resolve().parent
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HTML = "text/html"
_SUFFIXES = {".html": _HTML, ".ttl": "text/turtle", ".jsonld": "application/ld+json", ".nt": "application/n-triples"}
_ASCII_ESCAPE = re.compile(r"%[0-7][0-9A-Fa-f]")


async def show_home(request: Request) -> Response:
    """The query page is the front page."""
    return RedirectResponse("query", status_code=303)


async def show_query_page(request: Request) -> Response:
    """YASGUI with the ontology's prefixes, and the competency questions as examples."""
    service = of(request)
    setup = json.dumps(
        {"endpoint": "sparql", "prefixes": dict(service.terms.prefixes), "examples": _examples()}, ensure_ascii=False
    )
    return _page("query.html", setup=Markup(setup.replace("<", "\\u003c")), writable=service.settings.writable)


async def show_node(request: Request) -> Response:
    """A node of the graph: as a page, as Turtle or as JSON-LD, by Accept, `?format=` or the ending of the address."""
    service = of(request)
    raw = request.scope["raw_path"].decode("ascii", "replace").partition("/id/")[2]
    path, media = _choose(raw, request)
    iri = f"{service.terms.base}id/{_iri_form(path)}"
    job: Message = {"do": "describe", "iri": iri, "base": service.terms.base}
    if media != _HTML:
        return respond_with(await run_job(request, {**job, "rdf": media}))
    page = json.loads((await run_job(request, job)).body)
    return _page("node.html", page=page, link=lambda target: _link(service, target), title=_title(page))


def _choose(raw: str, request: Request) -> tuple[str, str]:
    """The path without its ending, and the format. Raises Refusal."""
    for suffix, media in _SUFFIXES.items():
        if raw.endswith(suffix):
            return raw.removesuffix(suffix), media
    asked, accept = request.query_params.get("format"), request.headers.get("accept")
    rdf = choose_rdf(accept, asked)
    wants_page = asked == "html" or (not asked and choose(accept, [_HTML, *([rdf] if rdf else [])]) == _HTML)
    if wants_page:
        return raw, _HTML
    if rdf is None:
        raise Refusal("not-acceptable", "there is HTML, Turtle, JSON-LD, N-Triples and RDF/XML")
    return raw, rdf


def _iri_form(path: str) -> str:
    """A URL path as it stands in an IRI: letters of every script as they are, escapes of ASCII kept. Raises Refusal."""
    kept = _ASCII_ESCAPE.sub(lambda escape: "%25" + escape[0][1:].upper(), path)
    try:
        return unquote_to_bytes(kept).decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("not-found", "there is no such address: it is not UTF-8") from None


def _link(service: Service, iri: str) -> str:
    """Where a link to an IRI leads: our own nodes to their page here, the web to the web, anything else nowhere."""
    space = f"{service.terms.base}id/"
    if iri.startswith(space):
        return "/id/" + quote(iri[len(space) :], safe="/%~-._")
    return iri if iri.startswith(("https://", "http://")) else ""


def _title(page: dict[str, dict[str, list[dict[str, str]]]]) -> str:
    names = {name["tag"]: name["text"] for name in page.get("entity", {}).get("names", [])}
    shown = dict.fromkeys(names[tag] for tag in ("zh", "en") if tag in names)
    return " · ".join(shown) or str(page["iri"])


@cache
def _examples() -> list[dict[str, object]]:
    """The competency questions as the query page offers them."""
    return [
        {
            "name": question.name,
            "titles": dict(question.titles),
            "descriptions": dict(question.descriptions),
            "query": _runnable(question),
        }
        for question in load_questions().values()
    ]


def _runnable(question: Question) -> str:
    """The text of a question with a line that gives each required parameter its example, for the reader to change."""
    lines = []
    for parameter in question.parameters:
        if not parameter.optional:
            value = question.example[parameter.name]
            if parameter.kind in ("entity", "topic"):
                lines.append(f"  ?{parameter.name} skos:prefLabel|skos:altLabel {ox.Literal(value, language='zh')} .")
            else:
                lines.append(f"  VALUES ?{parameter.name} {{ {ox.Literal(value)} }}")
    opening = next(token for token in read_tokens(question.sparql) if token.text == "{")
    place = opening.start + 1
    return "\n".join([question.sparql[:place], *lines, question.sparql[place:].lstrip("\n")]) if lines else question.sparql


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER / "pages"), autoescape=True, undefined=StrictUndefined)


def _page(template: str, **values: object) -> Response:
    text = _templates().get_template(template).render(**values)
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY, "Vary": "Accept"})
