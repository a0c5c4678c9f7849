"""HTTP requests of every kind, sensible and not: methods, paths, parameters, headers and bodies, drawn by hypothesis."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote_from_bytes, urlencode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kg.server.problems import STATUS
from tests.server.bombs import BOMBS
from tests.server.conftest import TOKEN, Server
from tests.server.spellings import REMOTE_QUERIES, REMOTE_UPDATES

_QUERIES = [
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE <a:s>",
    "SELECT (1/0 AS ?x) {}",
    "",
]
_UPDATES = ["INSERT DATA { <a:s> <a:p> 1 }", "DELETE WHERE { ?s ?p ?o }", "CLEAR ALL", "DROP GRAPH <a:g>"]
_MEDIA = [
    "application/sparql-query",
    "application/sparql-update",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "text/turtle",
    "application/n-quads",
    "application/rdf+xml",
    "application/ld+json",
    "application/sparql-results+json",
    "text/csv",
    "text/html",
    "*/*;q=0.1",
    "text/turtle; charset=utf-16",
]
_PATHS = ["/sparql"] * 8 + ["/graphs"] * 4
_PATHS += [
    "/",
    "/graphs/a",
    "/id/entity/x",
    "/query",
    "/health",
    "/metrics",
    "/static/",
    f"/~{TOKEN}/sparql",
    f"/~{TOKEN}/graphs",
]
_BODIES = [
    b"<a:s> <a:p> 1 .",
    b"@prefix : <",
    b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
    b'{"@id": "a:s", "a:p": 1}',
    b'--b\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: text/turtle\r\n\r\n<a:s> <a:p> 1 .\r\n--b--\r\n',
]

texts = st.one_of(
    st.sampled_from([*_QUERIES, *_UPDATES, *REMOTE_QUERIES, *REMOTE_UPDATES]),
    st.sampled_from([sparql for sparql in BOMBS.values() if len(sparql) < 5_000]).filter(
        lambda sparql: "?g ?h ?i" not in sparql
    ),
    st.text(max_size=60),
)
_values = st.one_of(texts, st.sampled_from(["json", "ttl", "a:g", "http://example.org/g", "file:///etc/passwd", "\x00", "%"]))
_names = st.one_of(
    st.sampled_from(
        ["query", "update", "format", "graph", "default", "default-graph-uri", "named-graph-uri", "using-graph-uri"]
    ),
    st.text(max_size=8),
)
_fields = st.lists(st.tuples(_names, _values), max_size=3).map(lambda pairs: urlencode(pairs, errors="replace"))
_queried = texts.map(lambda text: urlencode({"query": text}, errors="replace"))
_media = st.one_of(st.sampled_from(_MEDIA), st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
_headers = st.fixed_dictionaries(
    {},
    optional={
        "Accept": _media,
        "Content-Type": _media,
        "Authorization": st.sampled_from([f"Bearer {TOKEN}", "Bearer wrong", "Basic !!!", f"Basic {TOKEN}", ""]),
        "Origin": st.sampled_from(["http://evil.example", "null", "http://[", "http://127.0.0.1"]),
        "Host": st.sampled_from(["evil.example", "localhost", "[", ""]),
        "X-Forwarded-For": st.sampled_from(["10.0.0.1", "::1, 2", "x" * 300]),
        "Range": st.just("bytes=0-1,5-"),
        "If-None-Match": st.just("*"),
    },
)


@dataclass(frozen=True)
class Sent:
    """One request as it goes over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


requests = st.builds(
    lambda method, path, tail, fields, headers, body: Sent(
        method, f"{path}{quote_from_bytes(tail)}{'?' if fields else ''}{fields}", headers, body
    ),
    st.sampled_from("GET GET HEAD POST POST PUT DELETE OPTIONS PATCH TRACE FOO".split()),
    st.sampled_from(_PATHS),
    st.one_of(*[st.just(b"")] * 7, st.binary(max_size=8)),
    st.one_of(_queried, _queried, _fields, st.binary(max_size=20).map(quote_from_bytes)),
    _headers,
    st.one_of(
        st.just(b""),
        _fields.map(str.encode),
        texts.map(lambda text: text.encode("utf-8", "replace")),
        st.sampled_from(_BODIES),
        st.binary(max_size=200),
    ),
)


def fuzz(server: Server, count: int) -> Counter[int]:
    """Send so many requests, the same every time; how often each status came back.

    AssertionError where an answer is a 5xx that is not documented, or the server is no more.
    """
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def send_all(sent: Sent) -> None:
        reply = server.ask(sent.method, sent.target, sent.body, sent.headers)
        statuses[reply.status] += 1
        if reply.status >= 500 and sent.method != "HEAD":
            assert STATUS[reply.json["reason"]] == reply.status == 503, sent
        assert reply.status < 500 or reply.status == 503, sent

    send_all()
    assert server.process.poll() is None
    return statuses
