"""Linked data and the pages for people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.graph.samples import record, write
from tests.server.conftest import Reply, Server, Start, begin, end, quoted

BASE = "https://w3id.org/cooperation-kg/id/"
HAIZHOU = f"/id/{quoted('海州')}"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def reader(graph_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A read-only server that has the time a busy machine needs: nothing here is about limits."""
    log = tmp_path_factory.mktemp("log") / "requests.jsonl"
    server = begin(graph_folder, log, "--timeout", "30", "--client-seconds", "100000")
    yield server
    end(server)


def test_an_entity_as_a_page(reader: Server) -> None:
    reply = reader.get(HAIZHOU, BROWSER)
    assert (reply.status, reply.media) == (200, "text/html")
    text = reply.body.decode()
    assert "<h1>海州 · 海州 (en)</h1>" in text
    assert f'<a href="/id/{quoted("挪威")}">挪威' in text
    assert "海州与韩国合作。" in re.sub(r"</?mark[^>]*>", "", text)
    assert '<mark class="cue">合作</mark>' in text
    assert 'class="statement planned"' in text and 'class="statement ended"' in text
    assert "示例日报" in text and "2024-05-10" in text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "script" not in text


@pytest.mark.parametrize(
    ("path", "accept", "media"),
    [
        (HAIZHOU, "text/turtle", "text/turtle"),
        (HAIZHOU, "application/ld+json", "application/ld+json"),
        (HAIZHOU, "application/rdf+xml", "application/rdf+xml"),
        (HAIZHOU, None, "text/html"),
        (HAIZHOU, "*/*", "text/html"),
        (f"{HAIZHOU}.ttl", BROWSER, "text/turtle"),
        (f"{HAIZHOU}.jsonld", None, "application/ld+json"),
        (f"{HAIZHOU}.html", "text/turtle", "text/html"),
        (f"{HAIZHOU}?format=ntriples", BROWSER, "application/n-triples"),
        (f"{HAIZHOU}?format=html", "text/turtle", "text/html"),
    ],
)
def test_an_entity_in_every_format(reader: Server, path: str, accept: str | None, media: str) -> None:
    reply = reader.get(path, accept)
    assert (reply.status, reply.media) == (200, media)
    assert reply.headers["vary"] == "Accept"
    if media != "text/html":
        quads = list(ox.parse(reply.body, format=ox.RdfFormat.from_media_type(media)))
        subjects = {quad.subject.value for quad in quads}
        assert f"{BASE}海州" in subjects
        # The sentences come with it.
        assert any(quad.predicate.value == "http://www.w3.org/ns/oa#exact" for quad in quads)


def test_every_node_of_a_page_has_a_page(reader: Server) -> None:
    seen, waiting = set(), [HAIZHOU]
    while waiting and len(seen) < 40:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        reply = reader.get(path, BROWSER)
        assert reply.status == 200, path
        waiting += re.findall(r'href="(/id/[^"?]+)"', reply.body.decode())
    assert len(seen) > 10


@pytest.mark.parametrize(
    "path", ["/id/nobody", "/id/", "/id/%FF", "/id/%00", "/id/a b".replace(" ", "%20"), "/id/../../etc/passwd"]
)
def test_what_is_not_there(reader: Server, path: str) -> None:
    for accept in (BROWSER, "text/turtle"):
        reply = reader.get(path, accept)
        assert reply.status in (400, 404)
        assert reply.media == "application/problem+json"
    assert reader.get(HAIZHOU, "image/png").status == 406


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_nothing_in_an_article_becomes_markup(start: Start, tmp_path: Path) -> None:
    hostile = record("h", f"{HOSTILE} 海州与挪威合作。", "2024-05-10")
    write(tmp_path / "g", [hostile])
    server = start(tmp_path / "g")
    for path in [HAIZHOU, *re.findall(r'href="(/id/[^"?]+)"', server.get(HAIZHOU, BROWSER).body.decode())]:
        text = server.get(path, BROWSER).body.decode()
        assert "<script" not in text and "<img src=x" not in text


def test_an_address_in_an_article_is_a_link_only_on_the_web() -> None:
    from kg.server.entities import _web

    assert _web("https://example.org/a") and _web("HTTP://example.org/a")
    assert not _web("javascript:alert(1)") and not _web(None) and not _web("data:text/html,x")


def setup_of(reply: Reply) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="setup">(.*?)</script>', reply.body.decode(), re.DOTALL)
    assert found
    setup: dict[str, object] = json.loads(found[1])
    return setup


def test_the_query_page_asks_nobody_else(reader: Server) -> None:
    reply = reader.get("/query", BROWSER)
    text = reply.body.decode()
    assert (reply.status, reply.media) == (200, "text/html")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert "connect-src 'self'" in reply.headers["content-security-policy"]
    for path in re.findall(r'(?:src|href)="(static/[^"]+)"', text):
        asset = reader.get(f"/{path}")
        assert asset.status == 200 and len(asset.body) > 100
    assert reader.get("/").headers["location"] == "query"


def test_every_question_is_an_example_that_runs(reader: Server) -> None:
    setup = setup_of(reader.get("/query"))
    examples = setup["examples"]
    assert isinstance(examples, list) and len(examples) >= 20
    for example in examples:
        reply = reader.query(example["query"])
        assert reply.status == 200, (example["name"], reply.body)
    assert setup["prefixes"]["coop"] == "https://w3id.org/cooperation-kg/ontology#"  # type: ignore[index]


def test_the_vendored_editor_is_what_its_notice_says() -> None:
    import hashlib

    static = Path(__file__).resolve().parents[2] / "kg/server/static"
    notice = (static / "NOTICE.md").read_text(encoding="utf-8")
    for name in ("yasgui.min.js", "yasgui.min.css"):
        assert hashlib.sha256((static / name).read_bytes()).hexdigest() in notice
