"""docs/ontology.html shows every term, topic, rule and question in both languages, offline, and is up to date."""

import importlib.util
import json
import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

from kg.questions import load_questions, load_rules
from kg.schema import load_terms
from kg.topics import KINDS, TOPICS, load_scheme

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/ontology.html").read_text(encoding="utf-8")


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ontology_page", ROOT / "docs/ontology_page.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Reader(HTMLParser):
    """Ids, links, and every text that is loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [value for value in (given.get("id"),) if value]
        if tag == "a":
            self.links.append(given["href"] or "")
        elif given.get("src") or (tag == "link" and given.get("rel") != "canonical"):
            self.loaded.append(f"{tag} {given}")


def read() -> Reader:
    reader = Reader()
    reader.feed(PAGE)
    return reader


def test_the_page_is_what_the_ontology_makes() -> None:
    assert maker().page() == PAGE, "run: python docs/refresh.py"


def test_every_term_rule_and_question_has_a_place_of_its_own() -> None:
    ids = read().ids
    assert len(ids) == len(set(ids))
    assert set(load_terms()) <= set(ids)
    assert {f"question-{name}" for name in load_questions()} | {f"rule-{name}" for name in load_rules()} <= set(ids)


def test_links_lead_somewhere_and_nothing_is_loaded() -> None:
    reader = read()
    inside = [link for link in reader.links if link.startswith("#")]
    assert len(inside) > 300 and {link[1:] for link in inside} <= set(reader.ids)
    files = [link for link in reader.links if not link.startswith(("#", "http"))]
    assert len(files) >= 6 and all((ROOT / "docs" / link).exists() for link in files)
    assert reader.loaded == []


def test_everything_is_said_in_both_languages() -> None:
    for term in load_terms().values():
        for text in (*term.labels.values(), *term.definitions.values()):
            assert _escaped(text) in PAGE, text
    for scheme in (TOPICS, KINDS):
        for concept in load_scheme(scheme).concepts.values():
            assert all(_escaped(text) in PAGE for text in (*concept.labels.values(), *concept.definitions.values()))
    assert PAGE.count('lang="zh" class="zh"') == PAGE.count('lang="en" class="en"') > 400


def test_search_engines_find_the_terms() -> None:
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', PAGE, re.DOTALL)[0])
    assert data["@type"] == "DefinedTermSet"
    assert {term["termCode"] for term in data["hasDefinedTerm"]} == set(load_terms())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;").replace('"', "&#34;")
