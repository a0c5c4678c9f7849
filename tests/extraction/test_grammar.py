"""The grammar of clauses: every frame with its example and near miss, the ways of saying one thing, and what must always hold."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import DataError
from kg.extraction import grammar
from kg.extraction.boundaries import Span
from kg.extraction.chunks import chunk
from kg.extraction.discourse import stage
from kg.extraction.entities import tie
from kg.extraction.grammar import clause_frames, derive
from kg.model import Article
from kg.resources import Row, data_path, read_table
from kg.schema import load_schema

COLUMNS = ("rule", "cues", "after", "roles", "states", "example", "stated", "near_miss")
ROWS = read_table(data_path("seeds") / "lexicon" / "frames.zh.csv", COLUMNS, key="rule")
NAMED = re.compile(r"\[([^\]/]+)/(\w+)\]")


def marked(text: str) -> tuple[str, list[Span]]:
    """「[云海集团/Company]与…」 as plain text and spans."""
    plain, spans, at = "", [], 0
    for match in NAMED.finditer(text):
        plain += text[at : match.start()]
        spans.append(Span(len(plain), len(plain) + len(match.group(1)), match.group(2), "gold"))
        plain += match.group(1)
        at = match.end()
    return plain + text[at:], spans


def said(text: str) -> list[tuple[str, str, str, str]]:
    """What a marked text states: subject, predicate, object (fullest names), rule; a symmetric pair in the order of names."""
    plain, spans = marked(text.replace("\\n", "\n"))
    article = Article("a", "", "", None, "zh", None, "", plain, plain, range(len(plain) + 1), "", (), ())
    table, chunks = tie(article, spans), chunk(plain, spans)
    scenes, _ = stage(chunks, table, "zh")
    players = [player for scene in scenes for player in scene.players]
    found = []
    for item in derive(chunks, scenes, table):
        one, two = (table.entities[players[number].entity].name for number in (item.subject, item.object))
        found.append((*ordered(one, item.predicate, two), item.rule))
    return found


def ordered(one: str, predicate: str, two: str) -> tuple[str, str, str]:
    return (min(one, two), predicate, max(one, two)) if load_schema().predicates[predicate].symmetric else (one, predicate, two)


def triples(found: Iterable[tuple[str, str, str, str]]) -> set[tuple[str, str, str]]:
    return {item[:3] for item in found}


def test_the_table_is_there() -> None:
    assert len(ROWS) >= 38


@pytest.mark.parametrize("row", ROWS, ids=[row["rule"] for row in ROWS])
def test_every_frame_states_its_example_and_nothing_of_its_near_miss(row: Row) -> None:
    found = {item[:3] for item in said(row["example"]) if item[3] == row["rule"]}
    wanted = {ordered(*stated.split()) for stated in row.many("stated")}
    assert wanted, row.place
    assert wanted <= found, (row.place, said(row["example"]))
    assert not [item for item in said(row["near_miss"]) if item[3] == row["rule"]], (row.place, said(row["near_miss"]))


A, B, C = "[云海集团/Company]", "[海岬银行/Company]", "[北原大学/ResearchOrganization]"
X, E, P = "[合作协议/Agreement]", "[北原论坛/Event]", "[海岬实验室/Platform]"
AB = ("云海集团", "agreement", "海岬银行")
SAID = [
    # one signing in many clothes
    (f"{A}与{B}签署{X}。", {AB}),
    (f"{A}日前在青岛同{B}签订{X}。", {AB}),
    (f"{A}总裁[李明远/Person]与{B}行长[赵立群/Person]签署{X}。", {AB, ("李明远", "represents", "云海集团"), ("赵立群", "represents", "海岬银行")}),
    (f"{X}由{A}和{B}签署。", {AB, ("海岬银行", "signatory_of", "合作协议")}),
    (f"{A}宣布，已与{B}签署{X}。", {AB}),
    (f"{A}（下称“云海”）与{B}签署{X}。", {AB}),
    (f"{A}与{B}举行会谈，并签署{X}。", {AB, ("云海集团", "meets_with", "海岬银行")}),
    (f"{A}与{B}举行会谈。双方签署{X}。", {AB}),
    (f"会上签署{X}的有：{A}与{B}。", {AB}),
    # two sides
    (f"{A}与{B}、{C}共同签署{X}。", {AB, ("云海集团", "agreement", "北原大学"), ("北原大学", "agreement", "海岬银行")}),
    (
        f"{A}与{B}、{C}与[挪威/Country]结为合作伙伴。",
        {("云海集团", "partners_with", "海岬银行"), ("北原大学", "partners_with", "挪威")},
    ),
    # who builds, who runs
    (f"{A}与{C}共建{P}。", {("云海集团", "establishes", "海岬实验室"), ("北原大学", "establishes", "海岬实验室")}),
    (f"{P}由{A}与{C}共同设立。", {("云海集团", "establishes", "海岬实验室"), ("北原大学", "establishes", "海岬实验室")}),
    (f"{A}出席由{B}主办的{E}。", {("云海集团", "participates_in", "北原论坛"), ("海岬银行", "organizes", "北原论坛")}),
    (f"{E}由{A}主办、{B}承办、{C}协办。", {("云海集团", "organizes", "北原论坛"), ("海岬银行", "organizes", "北原论坛"), ("北原大学", "organizes", "北原论坛")}),
    (f"{A}参与筹建{P}。", {("云海集团", "participates_in", "海岬实验室")}),
    # offices
    (f"{A}董事长[李明远/Person]、总经理[赵立群/Person]到场。", {("李明远", "represents", "云海集团"), ("赵立群", "represents", "云海集团")}),
    ("[挪威/Country]驻[韩国/Country]大使[汉森/Person]说。", {("汉森", "represents", "挪威")}),
    (f"[李明远/Person]（{A}总裁）说。", {("李明远", "represents", "云海集团")}),
    (f"[李明远/Person]代表{A}与{B}签署{X}。", {AB, ("李明远", "represents", "云海集团")}),
    # a name that only tells what kind the next one is, or whose
    (f"{A}与[韩国/Country]能源巨头{B}签署{X}。", {AB}),
    (f"{A}与[海岬集团/Company]下属的{B}签署{X}。", {AB}),
    (f"{A}与{C}、托管机构{B}共同签署{X}。", {AB, ("北原大学", "agreement", "海岬银行")}),
    (f"出席{E}的有[挪威/Country]驻[韩国/Country]大使[汉森/Person]、{A}总裁[李明远/Person]。", {("挪威", "participates_in", "北原论坛"), ("云海集团", "participates_in", "北原论坛")}),
    ("[挪威/Country]向[韩国/Country]提供6000万美元，保护红树林。", {("挪威", "supports", "韩国")}),
    ("[挪威/Country]成为[海岬组织/IntergovernmentalOrganization]第11个成员国。", {("挪威", "member_of", "海岬组织")}),
]  # fmt: skip
UNSAID = [
    (f"{A}与{B}、{C}建立合作机制。", ("北原大学", "partners_with", "海岬银行")),
    (f"{A}与{B}、{C}签署{X}。", ("北原大学", "agreement", "海岬银行")),
    (f"{A}分别与{B}、{C}签署{X}。", ("北原大学", "agreement", "海岬银行")),
    (f"{A}与{C}共同创建{P}。", ("云海集团", "partners_with", "北原大学")),
    (f"{A}与{B}签署{X}。", ("云海集团", "partners_with", "海岬银行")),
    (f"{A}参与筹建{P}。", ("云海集团", "establishes", "海岬实验室")),
    (f"{A}与{B}、{C}与[挪威/Country]结为合作伙伴。", ("云海集团", "partners_with", "挪威")),
    ("[挪威/Country]驻[韩国/Country]大使[汉森/Person]说。", ("汉森", "represents", "韩国")),
    (f"{A}与[韩国/Country]能源巨头{B}签署{X}。", ("云海集团", "agreement", "韩国")),
    (f"{A}与[海岬集团/Company]下属的{B}签署{X}。", ("云海集团", "agreement", "海岬集团")),
    (f"{E}由{A}主办，来自30个国家的代表参会。", ("云海集团", "participates_in", "北原论坛")),
    (f"由{A}出资的园区在[青岛/Region]启动。", ("云海集团", "invests_in", "青岛")),
    (f"{A}与{B}见证了签约。", AB),
    (f"{A}为电信运营商{B}站台。", ("云海集团", "participates_in", "海岬银行")),
    (
        "[海岬技术中心/Platform]培训了农民。[北原大学/ResearchOrganization]参观了[海岬技术中心/Platform]。"
        "[海岬技术中心/ResearchOrganization]主任[李明远/Person]说。",
        ("李明远", "represents", "海岬技术中心"),
    ),
]


@pytest.mark.parametrize(("text", "wanted"), SAID)
def test_what_is_said(text: str, wanted: set[tuple[str, str, str]]) -> None:
    assert {ordered(*triple) for triple in wanted} <= triples(said(text))


@pytest.mark.parametrize(("text", "unwanted"), UNSAID)
def test_what_is_not_said(text: str, unwanted: tuple[str, str, str]) -> None:
    assert ordered(*unwanted) not in triples(said(text))


PIECES = [A, B, C, X, E, P, "[李明远/Person]", "与", "和", "、", "，", "；", "：", "由", "的", "在", "向", "签署", "会见", "主办", "共建", "双方", "会上", "“", "（", "）", "分别", "董事长", "代表", "合作", "——", "。", "\n", "1", "援助"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(deadline=None, max_examples=150)
def test_any_text_gives_only_what_the_ontology_allows(text: str) -> None:
    plain, spans = marked(text)
    article = Article("a", "", "", None, "zh", None, "", plain, plain, range(len(plain) + 1), "", (), ())
    table, chunks = tie(article, spans), chunk(plain, spans)
    scenes, _ = stage(chunks, table, "zh")
    players = [player for scene in scenes for player in scene.players]
    found = derive(chunks, scenes, table)
    assert found == derive(chunks, scenes, table)
    for item in found:
        one, two = players[item.subject], players[item.object]
        assert one.entity != two.entity
        assert load_schema().allows(one.type, item.predicate, two.type)
        assert scenes[item.scene].first <= item.cue < scenes[item.scene].last


def test_a_cell_that_cannot_be_read_names_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Row({**ROWS[0].cells, "states": "agreement S<W"}, "lexicon/frames.zh.csv:2")
    monkeypatch.setattr(grammar, "read_table", lambda *_, **__: [bad])
    clause_frames.cache_clear()
    with pytest.raises(DataError, match=r"frames\.zh\.csv:2"):
        clause_frames("zh")
    monkeypatch.undo()
    clause_frames.cache_clear()
