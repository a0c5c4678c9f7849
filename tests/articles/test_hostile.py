"""No text, however it is made, costs more than its length."""

import time

import pytest

from kg.articles import article_from_text, paragraphs

UNITS = [
    "《。",
    "“。",
    "“a。”",
    "<!--",
    "<script>",
    "<a ",
    "<",
    "&amp;",
    "&amp",
    "&",
    "(dòng)",
    "動(dòng)",
    "汉??",
    "汉?",
    "汉?qū)",
    "e\u0301",
    "\u0301",
    '"',
    '汉"',
    "(",
    "汉(",
    "((汉",
    "\r",
    " ",
    "\n ",
    "\u3000",
    "a.",
    "a. ",
    "A. ",
    "a.B ",
    ".",
    "!",
    "……",
    "汉。",
    "首页 | ",
    "电话：",
    "编辑：",
    "打印",
    "相关阅读\n",
    "本网",
    "© ",
    "来源：",
    "2024-01-01 ",
    "10 May 2024 ",
    "OSLO, ",
    "Read more: ",
    "Share ",
    "1. ",
    "一、",
    "臺",
    "著",
    "乾",
]


def seconds(text: str) -> float:
    begun = time.process_time()
    article_from_text("标题\n" + text, id="x", language="zh" if max(text) >= "\u3000" else None)
    return time.process_time() - begun


@pytest.mark.parametrize("unit", UNITS, ids=ascii)
def test_a_text_of_one_unit_again_and_again_takes_time_by_its_length(unit: str) -> None:
    seconds(unit)
    short, long = (seconds(unit * (size // len(unit))) for size in (4_000, 32_000))
    assert long < 0.3 + 24 * short, f"{short:.3f} s and eight times as much {long:.3f} s"
    assert long < 4


@pytest.mark.parametrize("row", paragraphs.patterns(), ids=lambda row: row.id)
def test_a_pattern_gives_up_soon_on_its_own_words_in_disorder(row: paragraphs.Pattern) -> None:
    words = row.finds.split(" ") or [row.finds]
    pieces = {row.finds, *words, row.finds[:6], row.finds[-6:]}
    begun = time.process_time()
    for piece in pieces:
        for line in ((piece * 60)[:119] + "。", (f"{piece} " * 60)[:119] + "x。", (f" {piece}" * 4000)[:9000] + "\u0001"):
            row.pattern.fullmatch(line[:120] if row.where in ("whole", "short", "opens") else line)
            row.pattern.search(line[:120] if row.where in ("whole", "short", "opens") else line)
    assert time.process_time() - begun < 0.5
