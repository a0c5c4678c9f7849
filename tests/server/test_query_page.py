"""The query page as a reader meets it, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.server.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def context(browser: Browser, reader: Server) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1300, "height": 900}, accept_downloads=True)
    yield context
    context.close()


class Visit:
    """A page, and what it did that it should not."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url)


def test_an_example_runs_and_its_rows_can_be_kept(context: BrowserContext, reader: Server) -> None:
    visit = Visit(context, f"{reader.url}/query")
    page = visit.page
    expect(page.locator(".yasgui .CodeMirror").first).to_be_visible()
    page.locator("#examples").select_option(index=1)
    active = page.locator(".tabPanel.active")
    expect(active.locator(".yasr_results table tbody tr, .yasr_results .dataTables_empty").first).to_be_visible(timeout=15_000)
    expect(page.locator("#about")).not_to_be_empty()
    page.evaluate("() => { yasgui.getTab().setQuery('SELECT ?n { ?node skos:prefLabel ?n } ORDER BY ?n LIMIT 7'); }")
    active.locator(".yasqe_queryButton").click()
    expect(active.locator(".yasr_results table tbody tr")).to_have_count(7, timeout=15_000)
    with page.expect_download() as download:
        active.locator(".yasr_downloadIcon").first.click()
    assert len(download.value.path().read_text(encoding="utf-8").strip().splitlines()) == 8
    foreign = [url for url in visit.requests if not url.startswith((reader.url, "data:", "blob:"))]
    assert not foreign
    assert not visit.complaints


def test_a_link_holds_the_query(context: BrowserContext, reader: Server) -> None:
    sparql = "SELECT ?x { VALUES ?x { 4711 } }"
    visit = Visit(context, f"{reader.url}/query#query={quote(sparql)}")
    expect(visit.page.locator(".tabPanel.active .CodeMirror-code")).to_contain_text("4711")
    link = visit.page.evaluate("() => yasgui.getTab().getShareableLink()")
    assert quote("4711") in link and link.startswith(f"{reader.url}/query#")


def test_what_the_server_refuses_is_shown(context: BrowserContext, reader: Server) -> None:
    sparql = "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"
    visit = Visit(context, f"{reader.url}/query#query={quote(sparql)}")
    visit.page.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(visit.page.locator(".tabPanel.active .yasr")).to_contain_text("SERVICE is refused", timeout=15_000)


def test_the_page_of_an_entity(context: BrowserContext, reader: Server) -> None:
    visit = Visit(context, f"{reader.url}/id/{quote('海州')}")
    expect(visit.page.locator("h1")).to_contain_text("海州")
    visit.page.locator(".statement a", has_text="挪威").first.click()
    expect(visit.page.locator("h1")).to_contain_text("挪威")
    assert not visit.complaints
