"""Where names begin and end: spans as the field of characters may leave them, and as their build mends them."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.boundaries import Span, edge_words, mend
from kg.resources import data_path, read_table

ROWS = read_table(data_path("seeds") / "lexicon" / "edges.zh.csv", ("word", "kind", "example"))
MARKED = re.compile(r"\[([^\]/]+)/(\w+)\]")


def read(marked: str) -> tuple[str, list[Span]]:
    plain, spans, at = "", [], 0
    for match in MARKED.finditer(marked):
        plain += marked[at : match.start()]
        spans.append(Span(len(plain), len(plain) + len(match[1]), match[2], "tagger"))
        plain += match[1]
        at = match.end()
    return plain + marked[at:], spans


CASES = [
    # over what stands between to a head word
    ("[海岬国/Country]国家港务局表示欢迎。", "海岬国国家港务局/GovernmentBody"),
    ("[蒙古国/Country]国家铁路公司表示欢迎。", "蒙古国国家铁路公司/Company"),
    ("[挪威/Country]气候与环境部表示欢迎。", "挪威气候与环境部/GovernmentBody"),
    ("[老挝/Country]农业、林业和渔业部表示欢迎。", "老挝农业、林业和渔业部/GovernmentBody"),
    ("[青岛/Region]应用技术大学表示欢迎。", "青岛应用技术大学/ResearchOrganization"),
    (
        "[北原大学/ResearchOrganization]材料科学与[工程学院/ResearchOrganization]表示欢迎。",
        "北原大学材料科学与工程学院/ResearchOrganization",
    ),
    # two that touch
    ("[挪威/Country][海岬航运公司/Company]表示欢迎。", "挪威海岬航运公司/Company"),
    ("[山东省/Region][潍坊市/Region]表示欢迎。", "山东省潍坊市/Region"),
    ("[中国/Country]—[东盟博览会/Event]开幕。", "中国—东盟博览会/Event"),
    ("[《海岬公约》/Agreement][第九次缔约方大会/Event]开幕。", "《海岬公约》第九次缔约方大会/Event"),
    # marks in pairs
    ("“绿海”[合作协议/Agreement]。", "“绿海”合作协议/Agreement"),
    ("“绿海”少年歌唱选拔赛和“绿海倡议”。", "绿海倡议/Agreement"),
    ("“[绿海”合作协议/Agreement]。", "“绿海”合作协议/Agreement"),
    ("签署《[海岬联盟/Agreement]条约》。", "《海岬联盟条约》/Agreement"),
    ("[海岬竹藤组织（HBO）/IntergovernmentalOrganization]", "海岬竹藤组织/IntergovernmentalOrganization"),
    # ordinals and what a verb takes
    ("第21届[海岬论坛/Event]开幕。", "第21届海岬论坛/Event"),
    ("两家企业签署充电网络[合作备忘录/Agreement]。", "充电网络合作备忘录/Agreement"),
    ("关于开通航线的[谅解备忘录/Agreement]。", "关于开通航线的谅解备忘录/Agreement"),
    ("双方[启动湿地保护项目/Project]。", "湿地保护项目/Project"),
    # persons
    ("董事长[李明远在/Person]会上说。", "李明远/Person"),
    ("董事长[李明/Person]远，今天到会。", "李明远/Person"),
    # elsewhere in full
    ("[库韦尔蒂诺/Person]说，库[韦尔蒂诺/Person]来访。", "库韦尔蒂诺/Person|库韦尔蒂诺/Person"),
]
NEAR = [
    "双方签署[建立友好城市关系协议书/Agreement]。",
    "[海岬国/Country]宣布成立大学。",
    "[挪威/Country]、[海岬航运公司/Company]表示欢迎。",
    "[青岛/Region]签署协议。",
    "[老挝/Country]西部有矿。",
    "[山东省/Region]代表团抵达。",
    "[北原大学/ResearchOrganization]与[工程学院/ResearchOrganization]合作。",
    "[挪威/Country]政府表示欢迎。",
    "董事长[李明远/Person]也，到会。",
    "[亚洲开发银行/IntergovernmentalOrganization]东亚局表示欢迎。",
]


@pytest.mark.parametrize(("marked", "wanted"), CASES)
def test_what_is_mended(marked: str, wanted: str) -> None:
    text, spans = read(marked)
    assert "|".join(f"{text[span.start : span.end]}/{span.type}" for span in mend(text, spans)) == wanted


@pytest.mark.parametrize("marked", NEAR)
def test_what_stays(marked: str) -> None:
    text, spans = read(marked)
    assert [(span.start, span.end, span.type) for span in mend(text, spans)] == [(s.start, s.end, s.type) for s in spans]


def test_the_rows_hold_their_word() -> None:
    assert len(ROWS) > 250 and all(row["word"] in row["example"] for row in ROWS)
    assert len({(row["word"], row["kind"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("word", sorted(edge_words("after") & {"在", "率", "指", "表示", "会见", "将"}))
def test_no_person_ends_with_it(word: str) -> None:
    text, spans = read(f"董事长[李明远{word}/Person]今天到会。")
    assert [text[span.start : span.end] for span in mend(text, spans)] == ["李明远"]


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 9), st.sampled_from(["Country", "Person", "Event", "Company"])), max_size=6
    )
)
def test_spans_stay_in_order_and_apart(wanted: list[tuple[int, int, str]]) -> None:
    text = "挪威气候与环境部和“绿海”论坛（青岛）签署《海岬公约》第9次会议，李明远在"
    spans: list[Span] = []
    for start, size, kind in sorted(wanted):
        if (not spans or spans[-1].end <= start) and start + size <= len(text):
            spans.append(Span(start, start + size, kind, "tagger"))
    mended = mend(text, spans)
    assert all(0 <= span.start < span.end <= len(text) for span in mended)
    assert all(left.end <= right.start for left, right in pairwise(mended))
