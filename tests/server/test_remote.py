"""A graph on a server elsewhere: pushed to real servers, verified, and asked like one in a folder."""

from __future__ import annotations

import http.server
import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import cli
from kg.errors import EndpointError, QueryError
from kg.graph.engine import Solutions
from kg.graph.serialization import write_rdf
from kg.graph.store import Graph
from kg.graph.store import open_graph as open_folder
from kg.graph.terms import BASE
from kg.questions import load_questions
from kg.server import pushing
from kg.server.pushing import push
from kg.server.remote import connect, discover, gives_rdf, is_address, open_graph, with_prefixes, with_values
from kg.server.transport import TOKEN_VARIABLE, Response, Transport, split_credentials
from tests.graph.samples import record, records, write
from tests.server import virtuoso
from tests.server.conftest import TOKEN, begin, end

SERVERS = ["oxigraph", "ours", *(["virtuoso"] if virtuoso.INSTALLED else [])]
GIVEN = {"entity": "海州", "topic": "生态环境", "year": "2024", "number": "1"}
Address = Callable[[], str]


@pytest.fixture(scope="module", params=SERVERS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server, and the address that a user would give."""
    folder = tmp_path_factory.mktemp(request.param)
    match request.param:
        case "oxigraph":
            port = virtuoso.free_port()
            command = [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _wait(f"http://127.0.0.1:{port}/query")
            yield f"http://127.0.0.1:{port}"
            process.kill()
            process.wait()
        case "ours":
            options = ["--writable", "--token", TOKEN, "--client-seconds", "100000"]
            server = begin(folder / "none", folder / "requests.jsonl", *options)
            yield f"http://any:{TOKEN}@127.0.0.1:{server.port}/sparql"
            end(server)
        case "virtuoso":
            started = virtuoso.Virtuoso(folder)
            yield f"{started.url}/sparql"
            started.stop()


@pytest.fixture(autouse=True)
def our_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own server wants a bearer token where it is not asked for Basic."""
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            Transport().send("GET", url, repeat=False)
            return
        except EndpointError:
            time.sleep(0.05)


def lines_of(graph: Graph) -> bytes:
    stream = io.BytesIO()
    write_rdf(graph.engine, "nquads", stream)
    return stream.getvalue()


def union_of(address: str) -> list[str]:
    """What a query without GRAPH sees of the data."""
    engine = connect(address)
    found = engine.evaluate("SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o . FILTER(STRSTARTS(STR(?s), STR(id:))) }", {})
    assert isinstance(found, Solutions)
    return sorted(" ".join(map(str, row)) for row in found.rows)


def test_a_graph_is_pushed_and_asked(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "g"
    write(folder, records("a1", "a2", "a3"))
    here = open_folder(folder)

    first = push(here.engine, address)
    assert not first.differences
    assert first.sent == first.graphs >= 5 and first.triples > 1000
    again = push(here.engine, address)
    assert (again.sent, again.unchanged, again.differences, again.digest) == (0, first.graphs, [], first.digest)

    # One more, one less, one changed: what did not change stays.
    write(folder, [record("a4", "芬兰与海州终止合作。"), record("a1", "海州与日本合作。")], remove=["a3"])
    second = push(here.engine, address)
    assert not second.differences and second.digest != first.digest
    assert second.removed == 1 and 2 <= second.sent < second.graphs

    there = open_graph(address)
    assert there.counts() == here.counts()
    assert lines_of(there) == lines_of(here)
    local = here.engine.evaluate("SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o . FILTER(STRSTARTS(STR(?s), STR(id:))) }", {})
    assert isinstance(local, Solutions)
    assert union_of(address) == sorted(" ".join(map(str, row)) for row in local.rows)

    write(folder, records("a1", "a2", "a3", "a4", "a5"))
    assert not push(here.engine, address).differences


@pytest.mark.parametrize("name", list(load_questions()))
def test_every_question_has_the_same_answer(address: str, graph_folder: Path, name: str) -> None:
    question = load_questions()[name]
    here, there = open_folder(graph_folder), open_graph(address)
    if name == next(iter(load_questions())):
        assert not push(here.engine, address).differences
    given = {p.name: GIVEN[p.kind] for p in question.parameters if not p.optional}
    if "other" in given:
        given["other"] = "日本"
    for values in (
        given,
        {p.name: given.get(p.name, GIVEN[p.kind]) for p in question.parameters if p.kind == "entity"} | given,
    ):
        expected = here.ask(question, values)
        found = there.ask(question, values)
        assert isinstance(expected, Solutions) and isinstance(found, Solutions)
        assert sorted(map(str, found.rows)) == sorted(map(str, expected.rows))


def test_the_sentences_come_from_there(address: str, graph_folder: Path) -> None:
    here, there = open_folder(graph_folder), open_graph(address)
    push(here.engine, address)
    assert there.explain("海州", "挪威") == here.explain("海州", "挪威")
    assert there.query("ASK { ?s a coop:Statement }")[0]["answer"] is True
    assert there.query("CONSTRUCT { ?s skos:prefLabel ?o } WHERE { ?s skos:prefLabel ?o }")
    assert there.find("海州方").id == "海州"


def test_the_command_line_takes_an_address(
    address: str, graph_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str) -> str:
        assert cli.run(list(arguments)) == 0
        return capfd.readouterr().out

    pushed = said("push", address, "-g", str(graph_folder))
    assert "verified" in pushed and TOKEN not in pushed and virtuoso.PASSWORD not in pushed
    for arguments in (
        ["query", "partners", "-p", "of=海州", "--format", "csv"],
        ["explain", "海州", "挪威"],
        ["export", "--format", "nquads"],
        ["export", "--format", "csv"],
    ):
        assert said(*arguments, "-g", address) == said(*arguments, "-g", str(graph_folder))
    said("view", "-g", address, "-o", str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").stat().st_size > 100_000


def test_the_graph_store_protocol_does_it_too(address: str, graph_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "g"
    write(folder, records("a1", "a2"))
    here = open_folder(folder)
    assert not push(here.engine, address, graph_store=True).differences
    write(folder, [record("a1", "海州与冰岛合作。")], remove=["a2"])
    report = push(here.engine, address, graph_store=True)
    assert not report.differences and report.removed >= 1
    assert lines_of(open_graph(address)) == lines_of(here)
    assert not push(open_folder(graph_folder).engine, address).differences


def test_what_is_not_ours_stays(address: str, graph_folder: Path) -> None:
    plain, user, password = split_credentials(address)
    transport = Transport(user, password)
    endpoints = discover(transport, plain)
    headers = {"Content-Type": "application/sparql-update", "Accept": "*/*"}
    foreign = b"INSERT DATA { GRAPH <http://example.org/theirs> { <http://example.org/s> <http://example.org/p> 1 } }"
    assert transport.send("POST", endpoints.update, foreign, headers).status in (200, 204)
    push(open_folder(graph_folder).engine, address)
    found = open_graph(address).query("SELECT ?o { GRAPH <http://example.org/theirs> { ?s ?p ?o } }")
    assert found[0]["o"] == 1
    transport.close()


def test_a_push_that_was_stopped_goes_on(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "g"
    write(folder, [record(f"s{n}", f"海州与挪威合作。第{n}条。") for n in range(30)])
    here = open_folder(folder)
    monkeypatch.setattr(pushing, "BATCH", 60)
    calls = 0
    replace = pushing.UpdateWriter.replace

    def stop_after_some(self: Any, graphs: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise EndpointError("the line went dead")
        replace(self, graphs)

    monkeypatch.setattr(pushing.UpdateWriter, "replace", stop_after_some)
    with pytest.raises(EndpointError):
        push(here.engine, address)
    report = push(here.engine, address)
    assert not report.differences
    assert 0 < report.sent < report.graphs and report.unchanged >= 5
    assert lines_of(open_graph(address)) == lines_of(here)


def test_what_was_changed_there_is_noticed_and_put_right(address: str, graph_folder: Path) -> None:
    here = open_folder(graph_folder)
    push(here.engine, address)
    plain, user, password = split_credentials(address)
    transport = Transport(user, password)
    endpoints = discover(transport, plain)
    graph = f"<{BASE}graph/article/a1>"
    headers = {"Content-Type": "application/sparql-update", "Accept": "*/*"}
    update = f"INSERT DATA {{ GRAPH {graph} {{ <http://example.org/s> <http://example.org/p> 1 }} }}"
    transport.send("POST", endpoints.update, update.encode(), headers)
    report = push(here.engine, address)
    assert report.sent == 1 and not report.differences
    transport.close()


# ── Without a server, or with one that does not behave


@pytest.mark.parametrize(
    ("sparql", "expected"),
    [
        ("SELECT ?x { ?x ?p ?o }", "SELECT ?x { VALUES ?x { <a:b> }  ?x ?p ?o }"),
        (
            "SELECT ?x { { ?x ?p ?o } UNION { ?s ?p ?q } OPTIONAL { ?q ?r ?x } }",
            "SELECT ?x { VALUES ?x { <a:b> }  { VALUES ?x { <a:b> }  ?x ?p ?o } UNION { ?s ?p ?q } "
            "OPTIONAL { VALUES ?x { <a:b> }  ?q ?r ?x } }",
        ),
        (
            "SELECT * { { SELECT ?n { ?n ?p ?x } } FILTER(?n = 1) }",
            "SELECT * { VALUES ?x { <a:b> }  { SELECT ?n { VALUES ?x { <a:b> }  ?n ?p ?x } } FILTER(?n = 1) }",
        ),
        (
            "CONSTRUCT { ?x a ?y } WHERE { ?y ?p (?x) }",
            "CONSTRUCT { ?x a ?y } WHERE { VALUES ?x { <a:b> }  ?y ?p (?x) }",
        ),
        ("SELECT ?o { ?s ?p ?o VALUES ?o { 1 } }", "SELECT ?o { VALUES ?x { <a:b> }  ?s ?p ?o VALUES ?o { 1 } }"),
    ],
)
def test_values_go_where_the_variable_is(sparql: str, expected: str) -> None:
    assert with_values(sparql, {"x": ox.NamedNode("a:b")}) == expected
    ox.Store().query(expected)


HOSTILE = ['x" } UNION { ?s ?p ?o } #', "'", '"""', "\\", "\n}", "x\\u0022", "?x", "é东\U0001f600\u2028"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_cannot_leave_its_place(text: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal("secret")))
    store.add(ox.Quad(ox.NamedNode("a:t"), ox.NamedNode("a:p"), ox.Literal(text)))
    query = with_values("SELECT ?s ?x { ?s <a:p> ?x }", {"x": ox.Literal(text)})
    rows = [(row["s"].value, row["x"].value) for row in store.query(query)]  # type: ignore[union-attr]
    assert rows == [("a:t", text)]


def test_prefixes_are_declared_where_they_are_needed() -> None:
    prefixes = {"a": "http://a/", "b": "http://b/"}
    assert with_prefixes("SELECT * { a:x ?p 'b:y' }", prefixes) == "PREFIX a: <http://a/>\nSELECT * { a:x ?p 'b:y' }"
    assert with_prefixes("PREFIX a: <http://other/> SELECT * { a:x ?p ?o }", prefixes).startswith("PREFIX a: <http://other/>")


def test_the_form_of_a_query() -> None:
    assert gives_rdf("PREFIX select: <a:> CONSTRUCT WHERE { ?s ?p ?o }") and gives_rdf("describe <a:b>")
    assert not gives_rdf("# CONSTRUCT\nSELECT * { ?s ?p 'DESCRIBE' }") and not gives_rdf("ASK { ?construct ?p ?o }")


def test_addresses() -> None:
    assert (
        is_address("http://x/")
        and is_address("https://x/")
        and not is_address("cooperation.kg")
        and not is_address(Path("http:/x"))
    )
    assert split_credentials("http://u%40x:p%3Aw@host:81/a?b=c#d") == ("http://host:81/a?b=c", "u@x", "p:w")
    for wrong in ("ftp://x/", "http://", "http://[x/", "file:///etc/passwd", "http://x:port/"):
        with pytest.raises(EndpointError):
            split_credentials(wrong)


class Fake:
    """A server that answers as a function says: path, body → status, headers, body; None hangs up."""

    def __init__(self, answer: Callable[[str, bytes], tuple[int, dict[str, str], bytes] | None]) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                given = answer(self.path, body)
                if given is None:
                    self.close_connection = True
                    return
                status, headers, content = given
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_DELETE = handle_one

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Fake:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


YES = (200, {"Content-Type": "application/sparql-results+json"}, b'{"head":{},"boolean":true}')
ROWS = b'{"head":{"vars":["article"]},"results":{"bindings":[]}}'


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((200, {"Content-Type": "text/html"}, b"<html>welcome</html>"), EndpointError, "in SPARQL"),
        ((200, {}, b""), EndpointError, "in SPARQL"),
        ((404, {}, b"not here"), EndpointError, "in SPARQL"),
        ((500, {}, b"oops"), EndpointError, "in SPARQL"),
        ((302, {"Location": "http://elsewhere.test/"}, b""), EndpointError, "elsewhere.test"),
        ((302, {"Location": "file:///etc/passwd"}, b""), EndpointError, "file:///etc/passwd"),
        (None, EndpointError, "cannot be reached"),
    ],
)
def test_what_is_no_endpoint(answer: Any, error: type[Exception], words: str) -> None:
    with Fake(lambda path, body: answer) as fake, pytest.raises(error, match=words):
        connect(fake.url)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ((200, {"Content-Type": "application/sparql-results+json"}, ROWS[:20]), EndpointError, "cannot be read"),
        ((200, {"Content-Type": "application/sparql-results+json"}, b"{}"), EndpointError, "cannot be read"),
        (
            (200, {"Content-Type": "application/sparql-results+json", "X-SPARQL-MaxRows": "10"}, ROWS),
            EndpointError,
            "only a part",
        ),
        ((200, {"Content-Type": "application/sparql-results+json", "Content-Length": "500"}, ROWS), EndpointError, "reached"),
        ((400, {"Content-Type": "text/plain"}, b"line 1:\n no"), QueryError, "line 1: no"),
        ((400, {"Content-Type": "application/problem+json"}, b'{"detail": "because"}'), QueryError, "because"),
        ((503, {}, b"later"), EndpointError, "later"),
        ((401, {"WWW-Authenticate": "Negotiate"}, b"who?"), EndpointError, "401"),
    ],
)
def test_answers_that_are_none(answer: Any, error: type[Exception], words: str) -> None:
    def reply(path: str, body: bytes) -> Any:
        return YES if b"ASK" in body else (405, {}, b"") if not body else answer

    with Fake(reply) as fake:
        transport = Transport(pause=0.001, timeout=1.0)
        engine = connect_with(transport, fake.url)
        with pytest.raises(error, match=words):
            engine.evaluate("SELECT ?article { ?article ?p ?o }", {})
        transport.close()


def connect_with(transport: Transport, url: str) -> Any:
    from kg.graph.terms import Terms
    from kg.server.remote import RemoteEngine

    return RemoteEngine(transport, discover(transport, url), Terms())


def test_failures_that_pass_are_not_noticed(graph_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third request fails: refused, hung up on, half an answer, too busy; some are carried out all the same."""
    scratch = begin(tmp_path / "none", tmp_path / "log.jsonl", "--writable", "--token", TOKEN, "--client-seconds", "10000")
    number = 0
    failures: list[Any] = [
        (503, {"Retry-After": "0"}, b"busy"),
        None,
        (429, {}, b"slow down"),
        (500, {}, b"oops"),
        "half",
        "after",
    ]

    def relay(path: str, body: bytes) -> Any:
        nonlocal number
        number += 1
        failure = failures[number // 3 % len(failures)] if number > 12 and number % 3 == 0 else "none"
        if failure not in ("none", "half", "after"):
            return failure
        media = "application/x-www-form-urlencoded" if body.startswith(b"query=") else "application/sparql-update"
        accept = "application/n-triples" if b"CONSTRUCT" in body else "application/sparql-results+json"
        method = "POST" if body else "GET"
        reply = scratch.ask(
            method, path, body or None, {"Content-Type": media, "Accept": accept, "Authorization": f"Bearer {TOKEN}"}
        )
        if failure == "after":
            return None
        headers = {"Content-Type": reply.media}
        if failure == "half" and len(reply.body) > 10:
            headers["Content-Length"] = str(len(reply.body) + 10)
        return reply.status, headers, reply.body

    monkeypatch.setattr("kg.server.transport._PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(
        Transport.__init__,
        "__defaults__",
        (*Transport.__init__.__defaults__[:2], 2.0, 0.001, *Transport.__init__.__defaults__[4:]),
    )  # type: ignore[index, misc]
    try:
        with Fake(relay) as fake:
            here = open_folder(graph_folder)
            report = push(here.engine, f"{fake.url}/sparql")
            assert not report.differences and report.sent == report.graphs
            assert number > 30
        direct = open_graph(f"http://any:{TOKEN}@127.0.0.1:{scratch.port}/sparql")
        assert lines_of(direct) == lines_of(here)
    finally:
        end(scratch)


def test_writing_without_the_password_is_refused_in_one_line(
    graph_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN_VARIABLE)
    scratch = begin(tmp_path / "none", tmp_path / "log.jsonl", "--writable", "--token", TOKEN)
    try:
        for address in (f"http://127.0.0.1:{scratch.port}", f"http://any:wrong@127.0.0.1:{scratch.port}"):
            with pytest.raises(EndpointError, match="refuses writing") as caught:
                push(open_folder(graph_folder).engine, address)
            assert "\n" not in str(caught.value) and "wrong" not in str(caught.value)
    finally:
        end(scratch)


def test_digest_is_answered_as_the_standard_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 7616 § 3.9.1 with its own values, but for the client nonce, which is ours."""
    transport = Transport("Mufasa", "Circle of Life")
    challenge = {
        "scheme": "digest",
        "realm": "http-auth@example.org",
        "qop": "auth, auth-int".replace(" ", ""),
        "algorithm": "SHA-256",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    }
    header = transport._digest(challenge, "GET", "http://www.example.org/dir/index.html")
    fields = dict(part.split("=", 1) for part in header.removeprefix("Digest ").split(", "))
    import hashlib

    def hashed(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    secret = hashed("Mufasa:http-auth@example.org:Circle of Life")
    request = hashed("GET:/dir/index.html")
    cnonce = fields["cnonce"].strip('"')
    assert fields["response"].strip('"') == hashed(f"{secret}:{challenge['nonce']}:00000001:{cnonce}:auth:{request}")
    assert fields["uri"] == '"/dir/index.html"' and fields["opaque"].strip('"') == challenge["opaque"]


def test_nothing_secret_is_shown() -> None:
    assert "hunter2" not in repr(Transport("user", "hunter2"))
    with pytest.raises(EndpointError) as caught:
        connect("http://user:hunter2@127.0.0.1:1/sparql")
    assert "hunter2" not in str(caught.value) and "Connection refused" in str(caught.value)


def test_a_response_knows_its_media_type() -> None:
    assert Response(200, {"content-type": "Text/Turtle; charset=utf-8"}, b"").media == "text/turtle"
    assert json.loads(YES[2])["boolean"] is True
