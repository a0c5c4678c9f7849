"""The page as text: whole, closed, the same every time. What it does in a browser is tested in tests/browser."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path

import pytest
from views import samples

from kg.errors import InputError, NotFound
from kg.schema import load_schema, load_terms
from kg.views import page
from kg.views.network import VOICES
from kg.views.page import draw, load_styles, load_words, view

TEMPLATES = samples.ROOT / "kg" / "views" / "templates"
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.js")))


def data(text: str, name: str) -> object:
    [found] = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)
    return json.loads(found)


def test_the_same_network_gives_the_same_page() -> None:
    assert draw(samples.small()).html == draw(samples.small()).html


def test_nothing_is_fetched_from_anywhere() -> None:
    text = re.sub(r'<script type="application/json".*?</script>', "", draw(samples.small()).html, flags=re.DOTALL)
    markup = re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL)
    assert re.findall(r'(?:src|href|action|data)="(?!data:,)[^"]*"', markup) == []
    assert "@import" not in text and "url(" not in (TEMPLATES / "page.css").read_text(encoding="utf-8")


def test_the_policy_names_exactly_the_scripts_of_the_page() -> None:
    text = draw(samples.small()).html
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert html.unescape(policy).startswith("default-src 'none'; script-src " + " ".join(f"'sha256-{h}'" for h in hashes) + ";")
    assert len(scripts) == 2


def test_nodes_and_edges_bear_the_numbers_of_the_page_and_not_ids_from_outside() -> None:
    text = draw(samples.small()).html
    nodes, edges = data(text, "nodes"), data(text, "edges")
    assert isinstance(nodes, list) and isinstance(edges, list)
    assert all(re.fullmatch(r"n\d+", node["id"]) for node in nodes)
    assert all(re.fullmatch(r"e\d+", edge["id"]) for edge in edges)


def test_planned_is_dashed_derived_dotted_ended_grey() -> None:
    text = draw(samples.small()).html
    edges, facts = data(text, "edges"), data(text, "facts")
    assert isinstance(edges, list) and isinstance(facts, dict)
    drawn = {edge["id"]: edge for edge in edges}
    looks = {
        "derived" if s["derived"] else s["status"]: (drawn[s["id"]]["dashes"], drawn[s["id"]]["color"])
        for s in facts["statements"]
    }
    styles = load_styles()
    assert looks["planned"] == ([10, 6], styles["establishes"].colour)
    assert looks["derived"] == ([2, 5], styles["cooperates_with"].colour)
    assert looks["ended"] == (False, styles["ended"].colour)
    assert looks["ongoing"] == (False, styles["partners_with"].colour)


def test_a_large_network_begins_with_its_core() -> None:
    facts = data(draw(samples.large(700)).html, "facts")
    assert isinstance(facts, dict)
    assert (len(facts["first"]), len(facts["entities"]), len(facts["wide"])) == (page.FIRST, 700, 700)


def test_a_very_large_one_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "HELD", 50)
    facts = data(draw(samples.large(200)).html, "facts")
    assert isinstance(facts, dict)
    assert (len(facts["entities"]), facts["total"]["entities"]) == (50, 200)


def test_of_many_quotes_the_best_are_kept_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "QUOTES", 1)
    facts = data(draw(samples.small()).html, "facts")
    assert isinstance(facts, dict)
    [signed] = [s for s in facts["statements"] if s["predicate"] == "agreement"]
    assert (signed["claims"], [e["voice"] for e in signed["evidence"]]) == (2, ["states", "denies"])


def test_a_crowd_of_derived_edges_waits_until_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def quiet() -> bool:
        facts = data(draw(samples.small()).html, "facts")
        assert isinstance(facts, dict)
        return bool(facts["quiet"])

    assert not quiet()
    monkeypatch.setattr(page, "DERIVED", 0)
    assert quiet()


def test_lone_surrogates_and_controls_do_not_break_the_file(tmp_path: Path) -> None:
    made = samples.small()
    made.nodes["norway"]["zh"] = "挪\ud800威\x00"
    written = draw(made).write(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "挪\ufffd威\ufffd" in written


def test_an_empty_network_is_a_page_too() -> None:
    made = samples.small()
    made.remove_edges_from(list(made.edges(keys=True)))
    assert data(draw(made).html, "edges") == []


def test_a_page_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere/page\.html: cannot be written: No such file"):
        draw(samples.small()).write(tmp_path / "nowhere" / "page.html")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="folder"):
        draw(samples.small()).write(tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_notebook_gets_the_page_in_a_closed_frame() -> None:
    made = draw(samples.small())
    shown = made._repr_html_()
    assert html.unescape(re.findall(r'srcdoc="([^"]*)"', shown)[0]) == made.html
    assert 'sandbox="allow-scripts allow-popups allow-downloads"' in shown


def test_a_graph_is_viewed_whole_or_around_a_name() -> None:
    graph = samples.harbour()
    whole, around = data(view(graph).html, "facts"), data(view(graph, about="Norway", hops=1).html, "facts")
    assert isinstance(whole, dict) and isinstance(around, dict)
    assert len(around["entities"]) < len(whole["entities"])
    assert (whole["title"], around["title"]) == ("", "Norway")
    with pytest.raises(NotFound):
        view(graph, about="无此地")


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    template = (TEMPLATES / "page.html").read_text(encoding="utf-8")
    words = load_words()["zh"]
    assert len(words) >= 80
    used = set(re.findall(r'data-word="(\w+)"', template)) | {key for key in words if re.search(rf"['\"`]{key}['\"`]", SCRIPTS)}
    used |= {f"{kind}_mark" for kind in ("subject", "cue", "object")} | {"noscript", *VOICES}
    assert used == set(words)
    assert set(re.findall(r"\bsay\('(\w+)'", SCRIPTS)) <= set(words)


def test_every_term_of_the_ontology_that_is_drawn_has_a_style_and_every_style_a_term() -> None:
    schema = load_schema()
    drawn = {*schema.types, *schema.predicates, *schema.statuses, "cooperates_with"}
    styles = load_styles()
    assert set(styles) == drawn | {"derived"}
    assert drawn <= set(load_terms())
    assert all(styles[type_].shape for type_ in schema.types)


def test_the_page_parses_no_markup() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", SCRIPTS)
