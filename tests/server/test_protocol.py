"""The SPARQL protocol against a running server."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from tests.server.conftest import JSON, TOKEN, Server, quoted

FORM = "application/x-www-form-urlencoded"
LABELS = 'SELECT ?node ?name { ?node skos:prefLabel ?name FILTER(LANG(?name) = "zh") } ORDER BY ?name'
BROKEN = "SELECT * {"


def problem(reply: object) -> str:
    document = reply.json  # type: ignore[attr-defined]
    assert reply.media == "application/problem+json"  # type: ignore[attr-defined]
    assert document["status"] == reply.status  # type: ignore[attr-defined]
    assert document["type"].endswith(document["reason"]) and document["detail"] and "\n" not in document["detail"]
    return str(document["reason"])


def test_three_ways_to_ask_give_the_same(reader: Server) -> None:
    by_get = reader.get(f"/sparql?query={quoted(LABELS)}", JSON)
    by_form = reader.query(LABELS)
    direct = reader.ask("POST", "/sparql", LABELS, {"Content-Type": "application/sparql-query", "Accept": JSON})
    assert by_get.status == by_form.status == direct.status == 200
    assert by_get.body == by_form.body == direct.body
    names = [row["name"] for row in by_get.rows]
    assert "海州" in names and "挪威" in names


@pytest.mark.parametrize(
    ("accept", "format_", "media"),
    [
        (None, None, JSON),
        ("*/*", None, JSON),
        ("application/json", None, JSON),
        (JSON, None, JSON),
        ("application/sparql-results+xml", None, "application/sparql-results+xml"),
        ("text/csv", None, "text/csv"),
        ("text/tab-separated-values", None, "text/tab-separated-values"),
        ("text/*", None, "text/csv"),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.9", None, "application/sparql-results+xml"),
        (f"{JSON};q=0, */*", None, "application/sparql-results+xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", None, "application/sparql-results+xml"),
        ("text/csv", "json", JSON),
        (None, "xml", "application/sparql-results+xml"),
        (None, "csv", "text/csv"),
        (None, "tsv", "text/tab-separated-values"),
        (None, "text/csv", "text/csv"),
    ],
)
def test_rows_in_every_format(reader: Server, accept: str | None, format_: str | None, media: str) -> None:
    suffix = f"&format={quoted(format_)}" if format_ else ""
    reply = reader.get(f"/sparql?query={quoted(LABELS)}{suffix}", accept)
    assert (reply.status, reply.media) == (200, media)
    assert reply.headers["vary"] == "Accept"
    text = reply.body.decode()
    match media:
        case "text/csv":
            names = [row["name"] for row in csv.DictReader(io.StringIO(text))]
        case "text/tab-separated-values":
            names = [line.split("\t")[1].split('"')[1] for line in text.splitlines()[1:]]
        case "application/sparql-results+xml":
            names = [e.text for e in ET.fromstring(text).iter() if e.tag.endswith("}literal")]
        case _:
            names = [row["name"] for row in reply.rows]
    assert "海州" in names


@pytest.mark.parametrize(
    ("accept", "format_", "media"),
    [
        (None, None, "text/turtle"),
        ("*/*", None, "text/turtle"),
        ("application/n-triples", None, "application/n-triples"),
        ("application/rdf+xml", None, "application/rdf+xml"),
        ("application/ld+json", None, "application/ld+json"),
        (None, "ntriples", "application/n-triples"),
        (None, "jsonld", "application/ld+json"),
        (None, "rdfxml", "application/rdf+xml"),
    ],
)
def test_graphs_in_every_format(reader: Server, accept: str | None, format_: str | None, media: str) -> None:
    sparql = "CONSTRUCT WHERE { ?s skos:prefLabel ?o }"
    suffix = f"&format={format_}" if format_ else ""
    reply = reader.get(f"/sparql?query={quoted(sparql)}{suffix}", accept)
    assert (reply.status, reply.media) == (200, media)
    form = ox.RdfFormat.from_media_type(media)
    assert any(quad.object == ox.Literal("海州", language="zh") for quad in ox.parse(reply.body, format=form))


def test_yes_and_no(reader: Server) -> None:
    assert reader.query("ASK { ?s a coop:Statement }").json["boolean"] is True
    assert reader.query("ASK { ?s a coop:Nothing }").json["boolean"] is False
    assert reader.query("ASK {}", "application/sparql-results+xml").body.count(b"<boolean>true</boolean>") == 1


def test_what_cannot_be_had_is_not_acceptable(reader: Server) -> None:
    assert problem(reader.query(LABELS, "image/png")) == "not-acceptable"
    assert problem(reader.query(LABELS, "text/turtle")) == "not-acceptable"
    assert problem(reader.query("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv")) == "not-acceptable"
    assert reader.query(LABELS, "image/png").status == 406


def test_control_characters_do_not_break_xml(reader: Server) -> None:
    reply = reader.query('SELECT ("a\\u0001\\uFFFFb\\u000Cc" AS ?x) {}', "application/sparql-results+xml")
    ET.fromstring(reply.body)
    assert "a\ufffd\ufffdb\ufffdc" in reply.body.decode()


BAD = {
    "syntax": ("GET", f"/sparql?query={quoted(BROKEN)}", None, {}, 400, "syntax"),
    "update by GET": ("GET", "/sparql?update=CLEAR%20ALL", None, {}, 400, "bad-request"),
    "two queries": ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, {}, 400, "bad-request"),
    "nothing in the form": ("POST", "/sparql", "x=1", {"Content-Type": FORM}, 400, "bad-request"),
    "query and update": ("POST", "/sparql", "query=a&update=b", {"Content-Type": FORM}, 400, "bad-request"),
    "query in the URL of a form": ("POST", "/sparql?query=ASK%7B%7D", "", {"Content-Type": FORM}, 400, "bad-request"),
    "no content type": ("POST", "/sparql", "ASK {}", {}, 415, "unsupported-media-type"),
    "plain text": ("POST", "/sparql", "ASK {}", {"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
    "UTF-16": (
        "POST",
        "/sparql",
        "ASK {}".encode("utf-16"),
        {"Content-Type": "application/sparql-query; charset=UTF-16"},
        415,
        "unsupported-media-type",
    ),
    "not UTF-8": ("POST", "/sparql", b"ASK { \xff }", {"Content-Type": "application/sparql-query"}, 400, "bad-request"),
    "not UTF-8 in a form": ("POST", "/sparql", b"query=ASK%7B%FF%7D", {"Content-Type": FORM}, 400, "bad-request"),
    "relative graph": ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=a%20b", None, {}, 400, "bad-request"),
    "graph is a file": (
        "GET",
        "/sparql?query=ASK%7B%7D&default-graph-uri=file%3A%2F%2F%2Fetc%2Fpasswd",
        None,
        {},
        403,
        "remote-access",
    ),
    "DELETE": ("DELETE", "/sparql", None, {}, 405, "method-not-allowed"),
    "PUT": ("PUT", "/sparql", "x", {}, 405, "method-not-allowed"),
    "nowhere": ("GET", "/nowhere", None, {}, 404, "not-found"),
    "too large": ("POST", "/sparql", "#" * 70_000, {"Content-Type": "application/sparql-query"}, 413, "too-large"),
    "far too large": ("POST", "/sparql", "#" * 3_000_000, {"Content-Type": "application/sparql-query"}, 413, "too-large"),
    "too deep": (
        "POST",
        "/sparql",
        "ASK " + "{" * 200 + "}" * 200,
        {"Content-Type": "application/sparql-query"},
        400,
        "too-complex",
    ),
    "unknown function": ("GET", f"/sparql?query={quoted('SELECT (<a:f>(1) AS ?x) {}')}", None, {}, 422, "evaluation"),
    "SERVICE": ("GET", f"/sparql?query={quoted('ASK { SERVICE <http://x.test/> {} }')}", None, {}, 403, "remote-access"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_gets_a_problem(reader: Server, name: str) -> None:
    method, path, body, headers, status, reason = BAD[name]
    reply = reader.ask(method, path, body, headers)
    assert (reply.status, problem(reply)) == (status, reason)


def test_a_graph_of_the_dataset(reader: Server) -> None:
    graph = "https://w3id.org/cooperation-kg/graph/article/a4"
    everywhere = reader.query("SELECT (COUNT(*) AS ?n) { ?s a coop:Claim }").rows[0]["n"]
    inside = reader.ask(
        "GET", f"/sparql?query={quoted('SELECT (COUNT(*) AS ?n) { ?s a coop:Claim }')}&default-graph-uri={quoted(graph)}"
    )
    assert 0 < int(inside.rows[0]["n"]) < int(everywhere)
    named = reader.ask(
        "GET", f"/sparql?query={quoted('SELECT DISTINCT ?g { GRAPH ?g { ?s a coop:Claim } }')}&named-graph-uri={quoted(graph)}"
    )
    assert [row["g"] for row in named.rows] == [graph]


def test_the_service_describes_itself(reader: Server) -> None:
    for accept in ("text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"):
        reply = reader.get("/sparql", accept)
        assert reply.media == accept
        found = {
            (quad.predicate.value.rpartition("#")[2], quad.object)
            for quad in ox.parse(reply.body, format=ox.RdfFormat.from_media_type(accept))
        }
        assert ("endpoint", ox.NamedNode(f"{reader.url}/sparql")) in found
        total = int(reader.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0]["n"])
        assert any(name == "triples" and int(value.value) == total for name, value in found if isinstance(value, ox.Literal))
        partitions = {value.value for name, value in found if name in ("property", "class")}
        assert "https://w3id.org/cooperation-kg/ontology#Statement" in partitions
    assert not any(value.value.endswith("SPARQL11Update") for _, value in found if isinstance(value, ox.NamedNode))


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/sparql", {"Content-Type": "application/sparql-update"}),
        ("PUT", "/graphs?graph=http%3A%2F%2Fg%2F", {"Content-Type": "text/turtle"}),
        ("PUT", "/graphs?default", {"Content-Type": "text/turtle"}),
        ("POST", "/graphs", {"Content-Type": "text/turtle"}),
        ("POST", "/graphs/direct", {"Content-Type": "text/turtle"}),
        ("DELETE", "/graphs?default", {}),
        ("DELETE", "/graphs?graph=http%3A%2F%2Fg%2F", {}),
        ("POST", "/~x/sparql", {"Content-Type": "application/sparql-update"}),
        ("POST", "/sparql", {"Content-Type": "application/sparql-update", "Authorization": "Bearer x"}),
    ],
)
def test_a_read_only_server_refuses_every_write(reader: Server, method: str, path: str, headers: dict[str, str]) -> None:
    before = reader.query("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }").body
    body = "DROP ALL" if "sparql" in path else "<a:a> <a:b> <a:c> ."
    reply = reader.ask(method, path, body, headers)
    assert reply.status in (401, 403) and problem(reply) in ("read-only", "unauthorized")
    form = reader.ask("POST", "/sparql", "update=DROP%20ALL", {"Content-Type": FORM})
    assert (form.status, problem(form)) == (403, "read-only")
    as_query = reader.query("DROP ALL")
    assert (as_query.status, problem(as_query)) == (400, "syntax")
    assert reader.query("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }").body == before


def test_writing_needs_the_token(writer: Server) -> None:
    insert = "INSERT DATA { <a:token> <a:p> 1 }"
    assert problem(writer.update(insert, None)) == "unauthorized"
    assert writer.update(insert, None).headers["www-authenticate"].startswith("Bearer")
    assert problem(writer.update(insert, "wrong")) == "unauthorized"
    assert writer.query("ASK { <a:token> ?p ?o }").json["boolean"] is False
    assert writer.update(insert).status == 204
    by_path = writer.ask("POST", f"/~{TOKEN}/sparql", insert, {"Content-Type": "application/sparql-update"})
    assert by_path.status == 204
    basic = "Basic " + __import__("base64").b64encode(f"any:{TOKEN}".encode()).decode()
    by_basic = writer.ask("POST", "/sparql", insert, {"Content-Type": "application/sparql-update", "Authorization": basic})
    assert by_basic.status == 204
    assert writer.query("ASK { <a:token> ?p ?o }").json["boolean"] is True
    assert TOKEN not in writer.log.read_text()


def test_using_graphs_of_the_request(writer: Server) -> None:
    writer.update("INSERT DATA { GRAPH <a:g1> { <a:using> <a:p> 1 } GRAPH <a:g2> { <a:using> <a:p> 2 } }")
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
    copy = "INSERT { GRAPH <a:g3> { ?s ?p ?o } } WHERE { ?s ?p ?o . <a:using> ?p ?o }"
    assert writer.ask("POST", "/sparql?using-graph-uri=a%3Ag1", copy, headers).status == 204
    assert [row["o"] for row in writer.query("SELECT ?o { GRAPH <a:g3> { ?s ?p ?o } }").rows] == ["1"]
    both = "INSERT { GRAPH <a:g3> { ?s ?p ?o } } USING <a:g2> WHERE { ?s ?p ?o }"
    assert problem(writer.ask("POST", "/sparql?using-graph-uri=a%3Ag1", both, headers)) == "bad-request"
    shorthand = "DELETE WHERE { ?s ?p ?o }"
    assert problem(writer.ask("POST", "/sparql?using-graph-uri=a%3Ag1", shorthand, headers)) == "bad-request"


def test_a_failed_update_changes_nothing(writer: Server) -> None:
    before = writer.query("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }").body
    assert problem(writer.update("INSERT DATA { <a:x> <a:p> 1 } ; CLEAR GRAPH <a:missing>")) == "evaluation"
    assert problem(writer.update("INSERT DATA { <a:x> <a:p> ")) == "syntax"
    assert writer.query("SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }").body == before


def test_pages_elsewhere_cannot_write(writer: Server) -> None:
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
    evil = {**headers, "Origin": "http://evil.test"}
    assert problem(writer.ask("POST", "/sparql", "INSERT DATA {}", evil)) == "wrong-origin"
    assert problem(writer.ask("GET", "/sparql", None, {"Host": "evil.test"})) == "wrong-host"
    assert problem(writer.ask("GET", "/sparql", None, {"Host": "127.0.0.1.evil.test"})) == "wrong-host"
    same = {**headers, "Origin": f"http://127.0.0.1:{writer.port}"}
    assert writer.ask("POST", "/sparql", "INSERT DATA {}", same).status == 204


def test_no_page_elsewhere_may_read_unless_asked(reader: Server) -> None:
    reply = reader.ask("GET", "/sparql?query=ASK%7B%7D", None, {"Origin": "http://elsewhere.test"})
    assert reply.status == 200 and "access-control-allow-origin" not in reply.headers


def test_the_log_tells_what_was_asked(reader: Server) -> None:
    marker = "SELECT * { ?marker ?p 4711 }"
    reader.query(marker)
    reader.query(BROKEN)
    lines = reader.lines()
    [asked] = [line for line in lines if line.get("query") == marker]
    assert (asked["method"], asked["path"], asked["status"], asked["client"]) == ("POST", "/sparql", 200, "127.0.0.1")
    assert asked["ms"] > 0 and asked["bytes"] > 0
    assert [line["reason"] for line in lines if line.get("query") == BROKEN][-1] == "syntax"


def test_health_and_metrics(reader: Server) -> None:
    health = reader.get("/health").json
    assert health["status"] == "ok" and health["generation"].startswith("g0") and health["workers"] >= 2
    reader.query(BROKEN)
    text = reader.get("/metrics").body.decode()
    assert reader.get("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'kg_requests_total{route="sparql",status="400",reason="syntax"}' in text
    buckets = [int(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith("kg_request_seconds_bucket")]
    assert buckets == sorted(buckets) and buckets[-1] > 0


def test_head_has_the_headers_and_no_body(reader: Server) -> None:
    reply = reader.ask("HEAD", f"/sparql?query={quoted(LABELS)}", None, {"Accept": JSON})
    assert (reply.status, reply.media, reply.body) == (200, JSON, b"")


def test_names_need_no_prefix_declarations(reader: Server) -> None:
    reply = reader.query("SELECT ?p { coop:partners_with rdfs:subPropertyOf ?p }")
    assert reply.status == 200
    assert json.loads(reply.body)["head"]["vars"] == ["p"]
