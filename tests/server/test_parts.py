"""The parts of the server that need no server: negotiation, the protocol's grammar, clients, frames, metrics."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.server.answers import Answers
from kg.server.clients import Clients
from kg.server.frames import Message, pack, unpack
from kg.server.metrics import Metrics
from kg.server.negotiation import choose, choose_rdf, choose_results
from kg.server.pool import Answer
from kg.server.problems import STATUS, Refusal, respond
from kg.server.protocol import read_operation
from kg.server.settings import Limits
from kg.server.worker import Problem, insert_using

OFFERED = ["a/x", "a/y", "b/x"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "a/x"),
        ("", "a/x"),
        ("*/*", "a/x"),
        ("a/y", "a/y"),
        ("A/Y", "a/y"),
        ("b/*", "b/x"),
        ("a/x;q=0.5, a/y", "a/y"),
        ("a/x;q=0.5, a/*", "a/y"),
        ("a/*;q=0.1, */*", "b/x"),
        ("c/z", None),
        ("a/x;q=0", None),
        ("*/*;q=0", None),
        ("a/x;q=wrong", None),
        ("a/x; charset=utf-8", "a/x"),
        (",,;;,", None),
        ("c/z, */*;q=0.1", "a/x"),
    ],
)
def test_accept(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, OFFERED) == chosen


@given(st.text(max_size=80))
def test_any_accept_header_gives_an_offer_or_none(accept: str) -> None:
    assert choose(accept, OFFERED) in [*OFFERED, None]
    choose_results(accept, None), choose_rdf(accept, None)


@given(st.text(max_size=30))
def test_any_format_parameter_is_known_or_not(format_: str) -> None:
    choose_results(None, format_), choose_rdf(None, format_)


@given(st.sampled_from(["GET", "POST"]), st.binary(max_size=60), st.text(max_size=40) | st.none(), st.binary(max_size=60))
def test_any_request_is_an_operation_or_refused(method: str, query: bytes, media: str | None, body: bytes) -> None:
    try:
        assert read_operation(method, query, media, body).kind in ("query", "update", "description")
    except Refusal as refusal:
        assert STATUS[refusal.reason] in (400, 415)


def test_graphs_of_the_url_go_with_a_query_in_a_form() -> None:
    form = "application/x-www-form-urlencoded"
    found = read_operation("POST", b"default-graph-uri=a%3Ab", form, b"query=ASK%7B%7D&named-graph-uri=a%3Ac")
    assert (found.text, found.default_graphs, found.named_graphs) == ("ASK{}", ("a:b",), ("a:c",))


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5)), st.binary(max_size=50), st.integers(0, 60))
def test_a_frame_comes_back_from_any_cut(message: dict[str, str], body: bytes, cut: int) -> None:
    frame = pack(dict(message), body)
    buffer = bytearray(frame[:cut])
    if cut < len(frame):
        assert unpack(buffer) is None
        buffer += frame[cut:] + b"rest"
        assert unpack(buffer) == (message, body)
        assert buffer == b"rest"


def test_clients_have_so_many_requests_at_once() -> None:
    clients = Clients(Limits(client_requests=2))
    clients.enter("a", 0)
    clients.enter("a", 0)
    with pytest.raises(Refusal, match="under way"):
        clients.enter("a", 0)
    clients.enter("b", 0)
    clients.leave("a", 0)
    clients.enter("a", 0)


def test_clients_have_so_many_requests_a_second() -> None:
    clients = Clients(Limits(client_rate=2))
    for now in (0.0, 0.1, 0.6, 1.1):
        clients.enter("a", now)
        clients.leave("a", now)
    with pytest.raises(Refusal, match="slow down"):
        clients.enter("a", 1.1)


def test_clients_have_so_much_query_time_a_minute() -> None:
    clients = Clients(Limits(client_seconds=60))
    clients.enter("a", 0).charge(70, 70)
    clients.leave("a", 70)
    with pytest.raises(Refusal, match="query time"):
        clients.enter("a", 71)
    clients.enter("b", 71)
    clients.enter("a", 90)


def test_what_a_client_used_of_late_is_forgotten_as_time_goes_by() -> None:
    clients = Clients(Limits())
    account = clients.enter("a", 0)
    account.charge(3, 0)
    assert account.owed == 3 and clients.enter("b", 0).owed == 0
    clients.leave("a", 2)
    assert account.owed == 1 and clients.enter("a", 9).owed == 0


def test_answers_are_kept_as_long_as_their_generation() -> None:
    answers = Answers(room=3_000)
    first: Message = {"do": "query", "sparql": "SELECT 1", "default_graphs": ["a:b"]}
    other: Message = {**first, "default_graphs": []}
    answers.keep("g1", first, Answer(body=b"1"))
    assert answers.find("g1", dict(first)) == Answer(body=b"1")
    assert answers.find("g1", other) is None and answers.find("g2", first) is None
    answers.keep("g2", other, Answer(body=b"2"))
    assert answers.find("g1", first) is None and answers.find("g2", other) == Answer(body=b"2")
    for number in range(20):
        answers.keep("g2", {**first, "sparql": f"SELECT {number}"}, Answer(body=b"x" * 200))
        assert answers.size <= 3_000
    assert answers.find("g2", other) is None and answers.find("g2", {**first, "sparql": "SELECT 19"}) is not None


@pytest.mark.parametrize("sparql", ["SELECT (RAND() AS ?x) {}", "ASK { BIND(now () AS ?x) }", "SELECT (STRUUID#\n() AS ?x) {}"])
def test_what_changes_by_itself_is_not_kept(sparql: str) -> None:
    answers = Answers()
    answers.keep("g1", {"sparql": sparql}, Answer(body=b"1"))
    answers.keep("g1", {"sparql": "ASK {}"}, Answer(reason="timeout"))
    answers.keep("g1", {"sparql": "SELECT * {}"}, Answer(body=b"x" * 1_000_000))
    assert answers.size == 0


def test_addresses_of_one_network_are_one_client() -> None:
    clients = Clients(Limits(client_requests=1))
    clients.enter("2001:db8::1", 0)
    with pytest.raises(Refusal):
        clients.enter("2001:db8::2", 0)
    clients.enter("2001:db8:0:1::1", 0)
    clients.enter("::ffff:10.0.0.1", 0)
    with pytest.raises(Refusal):
        clients.enter("10.0.0.1", 0)


def test_clients_are_forgotten_but_not_those_with_work() -> None:
    clients = Clients(Limits())
    clients.enter("busy", 0)
    for number in range(10_100):
        clients.enter(f"{number}", 1)
        clients.leave(f"{number}", 1)
    assert len(clients) <= 10_001
    clients.leave("busy", 2)


def test_every_reason_has_a_document() -> None:
    for reason, status in STATUS.items():
        response = respond(reason, "because 因为")
        assert response.status_code == status and 400 <= status < 600
        assert response.media_type == "application/problem+json"


def test_metrics_add_up() -> None:
    metrics = Metrics()
    for seconds in (0.0005, 0.02, 99.0):
        metrics.count("sparql", 200, "", seconds, 10)
    text = metrics.render({"pool_idle": 2}, {"timeout": 1})
    assert 'kg_request_seconds_bucket{le="0.001"} 1' in text
    assert 'kg_request_seconds_bucket{le="+Inf"} 3' in text
    assert "kg_response_bytes_total 30" in text and 'kg_worker_events_total{event="timeout"} 1' in text
    assert "kg_pool_idle 2" in text


def test_using_is_put_before_each_where() -> None:
    graph = [ox.NamedNode("a:g")]
    update = "INSERT { ?s ?p 'WHERE' } WHERE { ?s ?p ?o # WHERE\n } ; DELETE { ?s ?p ?o } where { ?s ?p ?o }"
    assert insert_using(update, graph, []).count("USING <a:g>") == 2
    assert insert_using("INSERT DATA { <a:s> <a:p> 1 }", graph, []) == "INSERT DATA { <a:s> <a:p> 1 }"
    assert "USING NAMED <a:g>" in insert_using("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", [], graph)
    with pytest.raises(Problem):
        insert_using("WITH <a:h> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", graph, [])
