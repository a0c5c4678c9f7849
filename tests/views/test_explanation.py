"""An explanation shows itself: in a terminal as lines, in a notebook with the words marked."""

import html
import re
from dataclasses import replace

from views import samples

from kg.graph.explanation import Explanation


def made() -> Explanation:
    account = samples.accounts()[0]
    return Explanation(
        (account,), (samples.DERIVED[0],), {e.id: e for e in samples.ENTITIES}, {s.id: s for s in samples.ARTICLES}
    )


def test_it_reads_as_lines() -> None:
    lines = repr(made()).splitlines()
    assert lines[0] == "海州市 Haizhou — 签署协议 agreement → 挪威 Norway (已实现 realised, 2023-05-08)"
    assert lines[1].startswith(
        "  “5月8日，𠮷海州市与挪威签署海洋环保备忘录。” — 海州与挪威签署海洋环保备忘录 · 临海日报 · 2023-05-10"
    )
    assert lines[3].startswith("  否认 denied: “海州市与挪威未签署备忘录。”")
    assert lines[4].endswith("(co-organizers, 2 ×)")


def test_the_words_are_marked_in_a_notebook() -> None:
    shown = made()._repr_html_()
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", shown)[:3] == ["海州市", "挪威", "签署"]


def test_nothing_from_outside_is_markup() -> None:
    payload = '<img src=x onerror="alert(1)">\'&'
    account = samples.accounts()[0]
    claim = replace(
        samples.claim("a1", f"{payload} 签署", payload, "agreement", payload, "realised", "签署"), cues=((100, 104),)
    )
    sources = {"a1": replace(samples.ARTICLES[0], title=payload, publisher=payload, url=payload)}
    entities = {e.id: replace(e, names={"zh": payload}) for e in samples.ENTITIES}
    derived = replace(samples.DERIVED[0], rule=payload)
    account = replace(account, statement=replace(account.statement, claims=(claim,)), denials=(claim,))
    shown = Explanation((account,), (derived,), entities, sources)._repr_html_()
    assert "<img" not in shown and set(re.findall(r"</?(\w+)", shown)) <= {
        "div",
        "p",
        "b",
        "i",
        "small",
        "blockquote",
        "br",
        "mark",
    }
    assert html.unescape(re.sub(r"<[^>]*>", "", shown)).count("onerror") >= 10


def test_the_graph_explains() -> None:
    shown = samples.harbour().explain("海州市", "挪威")._repr_html_()
    assert "海洋环保合作备忘录" in shown and "<mark" in shown
