"""The page as a reader meets it, in a real Chromium."""

import csv
import io
import zlib
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from conftest import Open, Visit  # type: ignore[import-not-found]
from playwright.sync_api import expect
from views import samples
from views.test_exports import FORMULAS

from kg.graph.reading import Account, Derivation, Source
from kg.model import Entity, Statement
from kg.views.network import connect, statement_id
from kg.views.page import draw

pytestmark = pytest.mark.browser

SIGNED = statement_id(samples.STATEMENTS[0])


@pytest.fixture(scope="module")
def small() -> str:
    return draw(samples.small()).html


def pair() -> nx.MultiDiGraph:
    """Two entities and one statement: the line runs through the middle of the picture."""
    return connect([samples.ENTITIES[0], samples.ENTITIES[2]], samples.accounts()[:1], samples.ARTICLES)


def ink(png: bytes) -> float:
    """The share of a picture's bytes that differ from their neighbours: 0 where it is blank."""
    data, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(data)
    return sum(byte != 0 for byte in raw) / len(raw)


def middle(seen: Visit) -> tuple[float, float]:
    box = seen.page.locator("#canvas").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def rows(seen: Visit) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in seen.page.locator("#table tbody tr").all()]


def test_the_first_view(small: str, visit: Open, tmp_path: Path) -> None:
    seen = visit(small)
    expect(seen.page.locator("#summary")).to_have_text("6 实体 · 6 关系 · 3 文章 · 2021-01-05 – 2024-06-20")
    assert len(rows(seen)) == 7
    shot = seen.page.screenshot(path=tmp_path / "first.png")
    assert ink(shot) > 0.02
    assert ink(seen.page.locator("#canvas").screenshot()) > 0.005
    assert seen.requests == [] and seen.complaints == []
    assert seen.page.evaluate("document.compatMode") == "CSS1Compat"


def test_the_browser_says_when_a_picture_is_blank(visit: Open) -> None:
    assert ink(visit("<!doctype html><title>blank</title>").page.screenshot()) < 0.001


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("挪威王国", "挪威"),
        ("norw", "挪威"),
        ("Kingdom", "挪威"),
        ("haizhou shi", "海州市"),
        ("hzs", "海州市"),
        ("HǍIZHŌU", "海州市"),
        ("远帆", "远帆银行"),
    ],
)
def test_search_by_name_alias_and_pinyin(typed: str, name: str, small: str, visit: Open) -> None:
    seen = visit(small)
    seen.page.fill("#search", typed)
    expect(seen.page.locator("#found li").first).to_contain_text(name)
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#card h2")).to_have_text(name)
    expect(seen.page.locator("#found")).to_be_hidden()


def test_search_for_nobody_says_so_and_the_arrows_choose(small: str, visit: Open) -> None:
    seen = visit(small)
    seen.page.fill("#search", "不存在")
    expect(seen.page.locator("#found")).to_have_text("没有找到“不存在”")
    seen.page.fill("#search", "海")
    second = seen.page.locator("#found li").nth(1).locator(".who span").inner_text()
    seen.page.keyboard.press("ArrowDown")
    assert seen.page.get_attribute("#search", "aria-activedescendant") == "hit1"
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#card h2")).to_have_text(second)


def test_the_legend_filters_types_relations_and_statuses(small: str, visit: Open) -> None:
    seen = visit(small)
    seen.page.locator("#predicates label", has_text="签署协议").click()
    assert "签署协议" not in {row[1] for row in rows(seen)} and len(rows(seen)) == 6
    expect(seen.page.locator("#predicates li", has_text="签署协议")).to_have_class("off ")
    seen.page.locator("#types label", has_text="活动").click()
    assert len(rows(seen)) == 4
    seen.page.locator("#statuses label", has_text="计划中").click()
    seen.page.locator("#statuses label", has_text="推断得出").click()
    assert sorted(row[1] for row in rows(seen)) == ["合作", "合作"]
    expect(seen.page.locator("#types li", has_text="平台").locator(".n")).to_have_text("0")
    seen.page.click("#reset")
    assert len(rows(seen)) == 7
    seen.page.locator("#statuses li", has_text="已终止").hover()
    seen.page.locator("#statuses li", has_text="已终止").get_by_role("button").click()
    assert [row[2] for row in rows(seen)] == ["远帆银行"]
    assert seen.complaints == []


def test_a_crowd_of_derived_lines_is_off_at_first(small: str, visit: Open) -> None:
    seen = visit(small.replace('"quiet":false', '"quiet":true'))
    assert "推断得出" not in {row[3] for row in rows(seen)}
    seen.page.locator("#statuses label", has_text="推断得出").click()
    assert "推断得出" in {row[3] for row in rows(seen)}
    again = visit(small.replace('"quiet":false', '"quiet":true'), address="#" + seen.page.url.split("#")[1])
    assert "推断得出" in {row[3] for row in rows(again)}
    again.page.click("#reset")
    assert "推断得出" not in {row[3] for row in rows(again)}


def test_the_years_filter_by_the_date_of_the_fact_or_its_report(small: str, visit: Open) -> None:
    seen = visit(small)
    seen.page.locator("#from").fill("2023")
    assert "远帆银行" not in {row[2] for row in rows(seen)}
    seen.page.locator("#to").fill("2023")
    assert sorted(row[4] for row in rows(seen)) == ["", "2023-05-08"]
    expect(seen.page.locator("#span")).to_have_text("2023")


def test_nothing_left_is_said(small: str, visit: Open) -> None:
    seen = visit(small)
    expect(seen.page.locator("#empty")).to_be_hidden()
    for label in seen.page.locator("#statuses label").all():
        label.click()
    expect(seen.page.locator("#empty")).to_be_visible()


def test_a_click_on_a_line_shows_the_sentence_with_its_words_marked(visit: Open) -> None:
    seen = visit(draw(pair()).html)
    seen.page.mouse.click(*middle(seen))
    quote = seen.page.locator("#card blockquote").first
    expect(quote).to_have_text("5月8日，𠮷海州市与挪威签署海洋环保备忘录。")
    # The character before the marks takes two units in a browser and one in the data.
    for kind, words in (("subject", "海州市"), ("object", "挪威"), ("cue", "签署")):
        expect(quote.locator(f"mark.{kind}")).to_have_text(words)
    first = seen.page.locator("#card .proof").first
    expect(first.locator("a.title")).to_have_attribute("href", "https://news.example/a1")
    for shown in (
        "海州与挪威签署海洋环保备忘录",
        "临海日报",
        "2023-05-10",
        "可信度 90%",
        "zh.sign",
        "已实现 · 2023-05-08",
        "吉海州市",
    ):
        expect(first).to_contain_text(shown)
    expect(seen.page.locator("#card .proof")).to_have_count(3)
    expect(seen.page.locator("#card .proof.denies .objection")).to_have_text("此句否认这一关系")
    expect(seen.page.locator("#table tr.chosen")).to_have_count(1)
    assert seen.complaints == [] and seen.requests == []


def test_a_click_on_a_dot_shows_the_entity(visit: Open) -> None:
    seen = visit(draw(pair()).html)
    x, y = middle(seen)
    for step in range(20, 320, 4):
        seen.page.mouse.move(x + step, y)
        if seen.page.locator("#hint").is_visible() and "1 个相邻实体" in seen.page.locator("#hint").inner_text():
            break
    seen.page.mouse.click(x + step + 4, y)
    assert seen.page.locator("#card h2").inner_text() in ("挪威", "海州市")
    assert seen.complaints == []


def test_the_card_of_an_entity(small: str, visit: Open) -> None:
    seen = visit(small, address="#lang=zh&at=norway")
    card = seen.page.locator("#card")
    expect(card.locator("h2")).to_have_text("挪威")
    for shown in ("国家", "Norway", "挪威王国", "Kingdom of Norway", "iso3166-1 NO", "签署协议", "参加", "推断得出"):
        expect(card).to_contain_text(shown)
    expect(card.get_by_role("link", name="wikidata Q20")).to_have_attribute("href", "https://www.wikidata.org/wiki/Q20")
    card.get_by_role("button", name="临海海洋研究所").click()
    expect(card).to_contain_text("临海海洋研究所与挪威正在共同观测近海。")
    seen.page.goto(seen.page.url.split("#")[0] + "#lang=zh&at=haizhou")
    expect(card).to_contain_text("Haizhou – 译名由程序给出")
    expect(card).to_contain_text("Hǎizhōu Shì")


def test_a_derived_line_says_what_it_rests_on(small: str, visit: Open) -> None:
    seen = visit(small, address="#lang=zh&at=d1")
    expect(seen.page.locator("#card")).to_contain_text("由规则推断")
    expect(seen.page.locator("#card blockquote")).to_have_count(0)
    seen.page.locator("#card .rows button", has_text="主办").click()
    expect(seen.page.locator("#card blockquote")).to_contain_text("Haizhou hosted the Green Development Forum.")


def test_both_languages(small: str, visit: Open) -> None:
    seen = visit(small, locale="en-GB")
    expect(seen.page.locator("#heading")).to_have_text("Cooperation graph")
    assert {row[0] for row in rows(seen)} >= {"Haizhou", "Norway"}
    seen.page.click("#language")
    expect(seen.page.locator("#heading")).to_have_text("合作图谱")
    assert {row[0] for row in rows(seen)} >= {"海州市", "挪威"}
    assert seen.page.evaluate("document.documentElement.lang") == "zh"


def test_the_address_keeps_the_view(small: str, visit: Open) -> None:
    seen = visit(small)
    seen.page.locator("#predicates label", has_text="主办").click()
    seen.page.locator("#from").fill("2022")
    seen.page.locator("#table button.verb").first.click()
    address = "#" + seen.page.url.split("#")[1]
    again = visit(small, address=address, locale="en-US")
    assert rows(again) == rows(seen)
    assert again.page.locator("#card").inner_text() == seen.page.locator("#card").inner_text()


@pytest.mark.parametrize(
    "address",
    [
        "#at=__proto__",
        "#at=constructor&only=toString",
        "#years=9-1",
        "#years=x",
        "#xt=%3Cscript%3E",
        "#add=%25zz,n1",
        "#add=*",
        "#lang=%00",
        "#%%%",
    ],
)
def test_an_address_from_anywhere_does_no_harm(address: str, small: str, visit: Open) -> None:
    seen = visit(small, address=address)
    assert len(rows(seen)) == 7
    assert seen.complaints == [] and not seen.fired()


def test_a_large_network_grows_on_demand(visit: Open) -> None:
    seen = visit(draw(samples.large(500)).html)
    expect(seen.page.locator("#part")).to_contain_text("显示 300 / 500 个实体")
    seen.page.fill("#search", "第499号机构")
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#card h2")).to_have_text("第499号机构")
    expect(seen.page.locator("#part")).not_to_contain_text("300 / 500")
    address = "#" + seen.page.url.split("#")[1]
    assert "e00499" in address
    seen.page.get_by_role("button", name="仅看它的关系").click()
    expect(seen.page.locator("#focused")).to_contain_text("仅看：第499号机构")
    seen.page.locator("#focused button").click()
    seen.page.locator("#part button").click()
    expect(seen.page.locator("#part")).to_be_hidden()
    assert seen.complaints == []


def test_the_table_is_worked_with_keys(small: str, visit: Open) -> None:
    seen = visit(small)
    seen.page.locator("#table button.verb").first.focus()
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("ArrowDown")
    wanted = rows(seen)[2]
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#card .pair")).to_contain_text(wanted[0])
    expect(seen.page.locator("#card .pair")).to_contain_text(wanted[2])
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator("#card h2")).to_have_text("概览")
    seen.page.get_by_role("columnheader", name="文章").get_by_role("button").click()
    assert rows(seen)[0][5] == "2"
    expect(seen.page.get_by_role("columnheader", name="文章")).to_have_attribute("aria-sort", "descending")


def test_what_is_pressed_has_a_name(small: str, visit: Open) -> None:
    seen = visit(small)
    nameless = seen.page.evaluate(
        "[...document.querySelectorAll('button, input, a')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim()"
        " || e.closest('label')?.textContent.trim())).map(e => e.id || e.className)"
    )
    assert nameless == []


def test_the_picture_and_the_table_can_be_taken_along(small: str, visit: Open, tmp_path: Path) -> None:
    seen = visit(small)
    with seen.page.expect_download() as picture:
        seen.page.click("#png")
    picture.value.save_as(tmp_path / "picture.png")
    assert ink((tmp_path / "picture.png").read_bytes()) > 0.003
    seen.page.locator("#statuses label", has_text="推断得出").click()
    with seen.page.expect_download() as table:
        seen.page.click("#csv")
    table.value.save_as(tmp_path / "table.csv")
    text = (tmp_path / "table.csv").read_bytes().decode("utf-8-sig")
    [head, *found] = list(csv.reader(io.StringIO(text)))
    assert (head[0], len(found)) == ("主体", 8)
    assert ["海州市", "地区", "签署协议", "挪威", "国家", "已实现", "2023-05-08", "陈述此事"] in [row[:8] for row in found]
    assert seen.complaints == []


@pytest.mark.parametrize("size", [(390, 844), (820, 1180), (1920, 1080)], ids=str)
def test_the_page_suits_every_screen(size: tuple[int, int], small: str, visit: Open) -> None:
    seen = visit(small, width=size[0], height=size[1])
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    box = seen.page.locator("#canvas").bounding_box()
    assert box and box["width"] > 300 and box["height"] > 300


def test_the_dark_theme_is_followed_and_switched(small: str, visit: Open) -> None:
    seen = visit(small, color_scheme="dark")
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"
    seen.page.click("#theme")
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "light"


def test_the_page_lives_in_a_notebook_frame(visit: Open) -> None:
    seen = visit(f"<!doctype html><meta charset='utf-8'>{draw(pair())._repr_html_()}")
    frame = seen.page.frame_locator("iframe")
    expect(frame.locator("#table tbody tr")).to_have_count(1)
    frame.locator("#table button.verb").click()
    expect(frame.locator("#card blockquote").first).to_contain_text("签署海洋环保备忘录")
    assert seen.requests == [] and seen.complaints == []


# Texts that would run as script.

RUN = "window.fired=1;alert(1)"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror='{RUN}'>",
    f'"><svg onload="{RUN}">',
    f"</script><script>{RUN}</script>",
    f"</style></title></textarea><img src=x onerror={RUN}>",
    f"javascript:{RUN}",
    f"JaVaScRiPt\t:{RUN}//https://x",
    f"';{RUN};'",
    f"`${{{RUN}}}`{{{{constructor.constructor('{RUN}')()}}}}",
    f'<a href="javascript:{RUN}">x</a><iframe srcdoc="<script>parent.{RUN}</script>">',
    f"<!--<script>{RUN}//-->",
]


def poisoned(payloads: list[str]) -> nx.MultiDiGraph:
    """For each payload a pair of entities with it in every text that comes from outside."""
    sides, sources, accounts, derivations = [], [], [], []
    for payload in payloads:
        sources.append(Source(payload, payload, payload, "2024-01-01", payload, payload))
        names = {"zh": payload, "en": payload, "zh-Latn-pinyin": payload}
        ids = [f"{payload}{i}" for i in range(2)]
        numbers = {payload: payload, "wikidata": payload}
        sides += [Entity(id_, "Region", names, frozenset({payload}), numbers, frozenset({"zh", "en"}), ids[0]) for id_ in ids]
        said = samples.claim(payload, f"{payload} 签署", payload, "agreement", payload, "realised", "签署")
        said = replace(said, rule=payload)
        statement = Statement(ids[0], "agreement", ids[1], "realised", None, (said,))
        accounts.append(Account(f"{payload}s", statement, (replace(said, denied=True),), (said,), {said.quote: payload}))
        derivations.append(Derivation(f"{payload}d", ids[0], "cooperates_with", ids[1], payload, (f"{payload}s",)))
    return connect(sides, accounts, sources, derivations)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_of_the_data_runs(language: str, visit: Open) -> None:
    seen = visit(draw(poisoned(PAYLOADS)).html, address=f"#lang={language}")
    box = seen.page.locator("#canvas").bounding_box()
    assert box
    for y in range(20, int(box["height"]), 45) if language == "zh" else ():
        seen.page.mouse.move(box["x"] + 10, box["y"] + y)
        seen.page.mouse.move(box["x"] + box["width"] - 10, box["y"] + y, steps=24)
    for payload in PAYLOADS:
        seen.page.fill("#search", payload)
        expect(seen.page.locator("#found li").first).to_contain_text(payload.split("\t")[0])
        seen.page.keyboard.press("Enter")
        for key in (f"{payload}0", f"{payload}1", f"{payload}s", f"{payload}d"):
            seen.page.evaluate("([key, lang]) => { location.hash = new URLSearchParams({ at: key, lang }) }", [key, language])
            expect(seen.page.locator("#card")).to_contain_text(payload.split("\t")[0])
    assert seen.page.locator("a[href]:not([href^='http'])").count() == 0
    assert seen.page.locator("#app img, #app iframe, #app script").count() == 0
    assert not seen.fired()
    assert seen.requests == [] and seen.complaints == []


def test_no_heading_runs(visit: Open) -> None:
    title = " ".join(PAYLOADS)
    seen = visit(draw(pair(), title=title).html)
    assert seen.page.locator("#heading").inner_text().split() == title.split() == seen.page.title().split()
    assert not seen.fired() and seen.complaints == []


def test_the_payloads_do_run_where_nothing_holds_them(visit: Open) -> None:
    """The control: what pyvis itself makes of a heading."""
    from pyvis.network import Network

    stock = Network(directed=True, cdn_resources="in_line", heading=PAYLOADS[1])
    seen = visit(stock.generate_html())
    seen.page.wait_for_function("window.fired === 1")
    assert seen.fired() and seen.requests


def test_the_policy_holds_even_where_markup_gets_in(small: str, visit: Open) -> None:
    inject = (
        "document.body.insertAdjacentHTML('beforeend', `<img src=x onerror='window.fired=1'><svg onload='window.fired=1'>`)"
    )
    held, open_ = visit(small), visit(small.replace("Content-Security-Policy", "X-None"))
    for seen in (held, open_):
        seen.page.evaluate(inject)
        seen.page.wait_for_timeout(200)
    assert (held.fired(), open_.fired()) == (False, True)


def test_the_csv_of_the_page_has_no_formula(visit: Open, tmp_path: Path) -> None:
    seen = visit(draw(poisoned(FORMULAS)).html)
    with seen.page.expect_download() as table:
        seen.page.click("#csv")
    table.value.save_as(tmp_path / "table.csv")
    text = (tmp_path / "table.csv").read_bytes().decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [formula for formula in FORMULAS if cells.count(f"'{formula}") < 5] == []
    assert not [cell for cell in cells if cell[:1] and cell[0] in "=+-@\t\r\n＝＋－＠"]
