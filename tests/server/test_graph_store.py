"""The graph store protocol against a running, writable server."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from tests.server.conftest import TOKEN, Reply, Server, quoted

TURTLE = "text/turtle"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def send(server: Server, method: str, path: str, body: str | bytes | None = None, media: str = TURTLE) -> Reply:
    return server.ask(method, path, body, {**HEADERS, "Content-Type": media} if body is not None else HEADERS)


def triples(reply: Reply) -> set[str]:
    return {str(quad.triple) for quad in ox.parse(reply.body, format=ox.RdfFormat.from_media_type(reply.media))}


@pytest.mark.parametrize(
    "path", ["/graphs?graph=http%3A%2F%2Fexample.org%2Fone", "/graphs/people/一.ttl".replace("一", "%E4%B8%80")]
)
def test_a_graph_lives_and_dies(writer: Server, path: str) -> None:
    assert send(writer, "DELETE", path).status == 404
    assert writer.get(path).status == 404
    assert send(writer, "PUT", path, "<a:s> <a:p> 1 .").status == 201
    assert send(writer, "PUT", path, "<a:s> <a:p> 2 .").status == 204
    assert triples(writer.get(path)) == {'<a:s> <a:p> "2"^^<http://www.w3.org/2001/XMLSchema#integer>'}
    assert send(writer, "POST", path, "<a:s> <a:p> <a:o> .").status == 204
    assert len(triples(writer.get(path, "application/n-triples"))) == 2
    head = writer.ask("HEAD", path, None, {"Accept": TURTLE})
    assert (head.status, head.media, head.body) == (200, TURTLE, b"")
    assert send(writer, "DELETE", path).status == 204
    assert writer.ask("HEAD", path).status == 404


def test_the_default_graph(writer: Server) -> None:
    assert send(writer, "PUT", "/graphs?default", "<a:default> <a:p> 1 .").status == 204
    assert any("<a:default>" in triple for triple in triples(writer.get("/graphs?default")))
    assert send(writer, "DELETE", "/graphs?default").status == 204
    assert triples(writer.get("/graphs?default")) == set()


def test_relative_names_are_resolved_against_the_graph(writer: Server) -> None:
    path = "/graphs?graph=http%3A%2F%2Fexample.org%2Fdir%2Fg"
    send(writer, "PUT", path, "<x> <#p> <> .")
    assert triples(writer.get(path)) == {"<http://example.org/dir/x> <http://example.org/dir/g#p> <http://example.org/dir/g>"}
    send(writer, "DELETE", path)


def test_a_post_without_a_name_makes_a_graph(writer: Server) -> None:
    made = send(writer, "POST", "/graphs", "<a:new> <a:p> 1 .")
    assert made.status == 201
    location = made.headers["location"]
    assert location.startswith(f"{writer.url}/graphs/")
    assert len(triples(writer.get(location.removeprefix(writer.url)))) == 1
    assert len(triples(writer.get(f"/graphs?graph={quoted(location)}"))) == 1


def test_several_documents_in_one_form(writer: Server) -> None:
    path = "/graphs?graph=http%3A%2F%2Fexample.org%2Fmany"
    parts = [("a.ttl", TURTLE, "<a:s> <a:p> '山东' ."), ("b.nt", "application/n-triples", "<a:s> <a:p> <a:o> .")]
    body = "".join(
        f'--edge\r\nContent-Disposition: form-data; name="x"; filename="{name}"\r\nContent-Type: {media}\r\n\r\n{text}\r\n'
        for name, media, text in parts
    )
    reply = send(writer, "POST", path, f"{body}--edge--\r\n", "multipart/form-data; boundary=edge")
    assert reply.status in (201, 204)
    assert triples(writer.get(path)) == {'<a:s> <a:p> "山东"', "<a:s> <a:p> <a:o>"}
    assert send(writer, "POST", path, "no parts", "multipart/form-data; boundary=edge").status == 400
    image = '--edge\r\nContent-Disposition: form-data; name="x"\r\nContent-Type: image/png\r\n\r\nx\r\n--edge--\r\n'
    assert send(writer, "POST", path, image, "multipart/form-data; boundary=edge").status == 415


@pytest.mark.parametrize(
    ("media", "body"),
    [
        (TURTLE, "<http://a/s> <http://a/p> 'x' ."),
        ("application/n-triples", '<http://a/s> <http://a/p> "x" .'),
        ("application/ld+json", '{"@id": "http://a/s", "http://a/p": "x"}'),
        (
            "application/rdf+xml",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a/">'
            '<rdf:Description rdf:about="http://a/s"><a:p>x</a:p></rdf:Description></rdf:RDF>',
        ),
    ],
)
def test_every_format_can_be_put(writer: Server, media: str, body: str) -> None:
    path = "/graphs?graph=http%3A%2F%2Fexample.org%2Fformat"
    assert send(writer, "PUT", path, body, media).status in (201, 204)
    assert triples(writer.get(path)) == {'<http://a/s> <http://a/p> "x"'}


BOMB = '<!DOCTYPE x [<!ENTITY a "boom">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'


@pytest.mark.parametrize(
    ("method", "path", "body", "media", "status", "reason"),
    [
        ("PUT", "/graphs", "", TURTLE, 400, "bad-request"),
        ("GET", "/graphs", None, TURTLE, 400, "bad-request"),
        ("PUT", "/graphs?default&graph=http%3A%2F%2Fg%2F", "", TURTLE, 400, "bad-request"),
        ("PUT", "/graphs?graph=relative", "", TURTLE, 400, "bad-request"),
        ("PUT", "/graphs?graph=file%3A%2F%2F%2Fetc%2Fpasswd", "", TURTLE, 403, "remote-access"),
        ("PUT", "/graphs?default", "<a:s> <a:p> ", TURTLE, 400, "syntax"),
        ("PUT", "/graphs?default", "x", "image/png", 415, "unsupported-media-type"),
        ("PUT", "/graphs?default", "<a:s> <a:p> 1 <a:g> .", "application/n-quads", 415, "unsupported-media-type"),
        ("PUT", "/graphs?default", BOMB, "application/rdf+xml", 400, "syntax"),
        ("PATCH", "/graphs?default", "", TURTLE, 405, "method-not-allowed"),
    ],
)
def test_bad_requests(writer: Server, method: str, path: str, body: str | None, media: str, status: int, reason: str) -> None:
    reply = send(writer, method, path, body, media)
    assert (reply.status, reply.json["reason"]) == (status, reason)


def test_a_broken_document_changes_nothing(writer: Server) -> None:
    path = "/graphs?graph=http%3A%2F%2Fexample.org%2Fwhole"
    send(writer, "PUT", path, "<a:s> <a:p> 1 .")
    assert send(writer, "PUT", path, "<a:s> <a:p> 2 . <a:s> <a:p> ").status == 400
    assert triples(writer.get(path)) == {'<a:s> <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>'}


def test_a_context_elsewhere_is_not_fetched(writer: Server) -> None:
    reply = send(
        writer, "PUT", "/graphs?default", '{"@context": "http://127.0.0.1:9/c.jsonld", "@id": "a:s"}', "application/ld+json"
    )
    assert reply.status in (400, 422)


def test_a_reader_reads_graphs(reader: Server) -> None:
    graph = "https://w3id.org/cooperation-kg/graph/article/a1"
    found = triples(reader.get(f"/graphs?graph={quoted(graph)}"))
    assert any('"海州"@zh' in triple for triple in found)
    assert found <= triples(reader.get("/graphs?default"))
    assert reader.get(f"/graphs?graph={quoted(graph + '-none')}").status == 404
