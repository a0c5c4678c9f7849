"""The screen that stands before the engine: what it refuses, and what it lets pass."""

import pyoxigraph as ox
import pytest

from kg.graph.guard import MAX_BYTES, MAX_DEPTH, Reason, RefusedQuery, names_file, read_tokens, screen
from tests.server.spellings import INNOCENT_QUERIES, INNOCENT_UPDATES, REMOTE_QUERIES, REMOTE_UPDATES


def refusal(sparql: str, **options: object) -> Reason | None:
    try:
        screen(sparql, **options)  # type: ignore[arg-type]
    except RefusedQuery as refused:
        return refused.reason
    return None


def test_there_are_as_many_spellings_as_promised() -> None:
    assert len(REMOTE_QUERIES) + len(REMOTE_UPDATES) >= 60
    assert len(INNOCENT_QUERIES) + len(INNOCENT_UPDATES) >= 50


@pytest.mark.parametrize("sparql", REMOTE_QUERIES)
def test_a_query_that_reaches_out_is_refused(sparql: str) -> None:
    filled = sparql.replace("{U}", "http://127.0.0.1:1234/x").replace("{HOST}", "127.0.0.1:1234")
    # Where the text has two readings, the reason is that.
    assert refusal(filled) in (Reason.NETWORK, Reason.SYNTAX)


@pytest.mark.parametrize("sparql", REMOTE_UPDATES)
def test_an_update_that_reaches_out_is_refused(sparql: str) -> None:
    assert refusal(sparql.replace("{U}", "http://127.0.0.1:1234/x"), update=True) is Reason.NETWORK


@pytest.mark.parametrize("sparql", INNOCENT_QUERIES)
def test_what_only_looks_like_it_passes_and_is_valid(sparql: str) -> None:
    screen(sparql)
    ox.Store().query(sparql)


@pytest.mark.parametrize("sparql", INNOCENT_UPDATES)
def test_an_update_that_only_looks_like_it_passes(sparql: str) -> None:
    screen(sparql, update=True)
    ox.Store().update(sparql)


NESTED = {
    "groups": ("SELECT * {", "{", "", "}", "}"),
    "parentheses": ("SELECT * { FILTER(", "(", "1", ")", ")}"),
    "blank nodes": ("SELECT * { ?s ?p ", "[ ?p ", "1", "]", "}"),
    "collections": ("SELECT * { ?s ?p ", "(", "1", ")", "}"),
    "triple terms": ("SELECT * { ?s ?p ", "<<( <a:a> <a:a> ", "1", ")>>", "}"),
    "not": ("SELECT * { FILTER(", "!", "1", "", ")}"),
    "minus signs": ("SELECT * { FILTER(", "- ", "1", "", ")}"),
    "inverse paths": ("SELECT * { ?s ", "^", "<a:a>", "", " ?o }"),
    "path groups": ("SELECT * { ?s ", "(", "<a:a>", ")", " ?o }"),
    "functions": ("SELECT * { FILTER(", "IF(1,1,", "1", ")", ")}"),
    "not exists": ("SELECT * {", "FILTER NOT EXISTS {", "", "}", "}"),
    "annotations": ("SELECT * { ?s ?p ?o ", "{| ?p ?o ", "", "|}", "}"),
    "unions": ("SELECT * { {} ", "UNION {} ", "", "", "}"),
    "optionals": ("SELECT * { ", "OPTIONAL {} ", "", "", "}"),
    "minus": ("SELECT * { ", "MINUS {} ", "", "", "}"),
    "or": ("SELECT * { FILTER(1 ", "|| 1 ", "", "", ")}"),
    "and": ("SELECT * { FILTER(1 ", "&& 1 ", "", "", ")}"),
    "sums": ("SELECT * { FILTER(1 ", "+ 1 ", "", "", ")}"),
    "sequences": ("SELECT * { ?s <a:a>", "/<a:a>", "", "", " ?o }"),
    "alternatives": ("SELECT * { ?s <a:a>", "|<a:a>", "", "", " ?o }"),
    "hidden or": ("BASE <a:b> SELECT * { FILTER(1<1", "||1", "", "", ">1)}"),
}


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000, 10_000])
@pytest.mark.parametrize("kind", NESTED)
def test_depth_is_refused(kind: str, depth: int) -> None:
    before, opening, middle, closing, after = NESTED[kind]
    sparql = before + opening * depth + middle + closing * depth + after
    assert refusal(sparql, max_bytes=1_000_000) is Reason.DEPTH


@pytest.mark.parametrize("kind", NESTED)
def test_some_depth_is_let_through(kind: str) -> None:
    before, opening, middle, closing, after = NESTED[kind]
    screen(before + opening * 60 + middle + closing * 60 + after)


LONG = {
    "binds": lambda n: "SELECT * {" + "".join(f"BIND(1 AS ?v{i})" for i in range(n)) + "}",
    "expressions": lambda n: "SELECT " + "".join(f"(1 AS ?v{i})" for i in range(n)) + "{}",
    "order keys": lambda n: "SELECT * {} ORDER BY " + "(1)" * n,
    "describe": lambda n: "DESCRIBE " + "<a:a>" * n,
    "list items": lambda n: "SELECT * { ?s ?p (" + "1 " * n + ") }",
    "triples": lambda n: "SELECT * {" + "?s ?p 1." * n + "}",
    "subqueries": lambda n: "SELECT * {" + "{SELECT*{}}" * n + "}",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_list_that_would_overflow_the_stack_is_refused(kind: str) -> None:
    assert refusal(LONG[kind](2_600)) is Reason.DEPTH
    screen(LONG[kind](100))


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { VALUES ?x { " + "1 " * 5_000 + "} }",
        "SELECT * { VALUES (?x ?y) { " + "(1 <a:b#>) " * 2_000 + "} }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (" + ", ".join(["1"] * 5_000) + ")) }",
        "SELECT * { BIND(CONCAT(" + ", ".join(['STR("a")'] * 3_000) + ") AS ?x) }",
        "CONSTRUCT { " + "?s ?p 1 . " * 2_000 + "} WHERE { ?s ?p ?o }",
    ],
)
def test_data_may_be_as_long_as_it_likes(sparql: str) -> None:
    screen(sparql)
    ox.Store().query(sparql)


def test_an_update_may_hold_many_operations_and_much_data() -> None:
    screen("INSERT DATA { GRAPH <a:g> { " + "<a:s> <a:p> 1 . " * 2_000 + "} }", update=True)
    screen("INSERT DATA { <a:s> <a:p> 1 } ; " * 1_000, update=True)


def test_size_counts_bytes() -> None:
    screen("#" * MAX_BYTES)
    assert refusal("#" * (MAX_BYTES + 1)) is Reason.SIZE
    assert refusal("#" + "东" * (MAX_BYTES // 3 + 1)) is Reason.SIZE


@pytest.mark.parametrize(
    ("sparql", "words"),
    [
        ('SELECT * { ?s ?p "abc }', "not closed"),
        ("SELECT * { ?s ?p ?o )", "closes nothing"),
        ("SELECT * { ?s ?p ?o } \u00a0", "U+00A0"),
        ("SELECT * { ?s ?p 'a\\q' }", "no such escape"),
        ("SELECT * {\n  ?s ?p ?o &\n}", "line 2, column 12"),
        ("SELECT * { ?s ?p '\ud800' }", "surrogate"),
    ],
)
def test_broken_text_is_refused_with_its_place(sparql: str, words: str) -> None:
    with pytest.raises(RefusedQuery, match=words.replace("+", r"\+")) as caught:
        screen(sparql)
    assert caught.value.reason is Reason.SYNTAX
    assert "\n" not in str(caught.value)


ALLOWED = ["http://example.org/sparql", "https://data.test:8443/"]


@pytest.mark.parametrize(
    ("sparql", "passes"),
    [
        ("SELECT * { SERVICE <http://example.org/sparql> {} }", True),
        ("SELECT * { SERVICE SILENT <http://example.org/sparql?x=1> {} }", True),
        ("SELECT * { SERVICE <https://data.test:8443/any/path> {} }", True),
        ("SELECT * { SERVICE <https://data.test/any/path> {} }", False),
        ("SELECT * { SERVICE <http://example.org.evil.test/sparql> {} }", False),
        ("SELECT * { SERVICE <http://example.org@evil.test/sparql> {} }", False),
        ("SELECT * { SERVICE <http://example.org:pw@evil.test/sparql> {} }", False),
        ("SELECT * { SERVICE <https://data.test:8443/../secret> {} }", False),
        ("SELECT * { SERVICE <http://example.org/sparql/../admin> {} }", False),
        ("SELECT * { SERVICE <http://example.org/other> {} }", False),
        ("SELECT * { SERVICE <http://example.org:81/sparql> {} }", False),
        ("SELECT * { SERVICE <http://example.org:80/sparql> {} }", True),
        ("SELECT * { SERVICE ?x {} }", False),
        ("PREFIX e: <http://example.org/sparql> SELECT * { SERVICE e: {} }", False),
        ("SELECT * { SERVICE <http\\u003A//example.org/sparql> {} }", False),
    ],
)
def test_named_services_are_let_through(sparql: str, passes: bool) -> None:
    assert (refusal(sparql, services=ALLOWED) is None) is passes


def test_anywhere_lets_every_service_through() -> None:
    for sparql in REMOTE_QUERIES[:16]:
        screen(sparql.replace("{U}", "http://127.0.0.1:1234/x"), services=["*"])


def test_files_are_told_from_graphs() -> None:
    assert names_file("file:///etc/passwd") and names_file("FILE:x") and names_file("\\u0066ile:x") and names_file("ftp://x/")
    assert (
        not names_file("http://x/file:")
        and not names_file("file")
        and not names_file("files:x")
        and not names_file("urn:file:x")
    )


def test_tokens_know_their_brackets() -> None:
    found = [(token.text, token.depth) for token in read_tokens("SELECT ?x { FILTER(?x < 1) }")]
    assert found == [
        ("SELECT", 0),
        ("?x", 0),
        ("{", 0),
        ("FILTER", 1),
        ("(", 1),
        ("?x", 2),
        ("<", 2),
        ("1", 2),
        (")", 2),
        ("}", 1),
    ]
