"""Dates: every word of the tables with its example and near miss, the grammar in cases, and what must hold for any text."""

import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.extraction.dates import DateKind, DateRole, find_dates, read_words
from kg.resources import Row

ROWS = [(language, row) for language in ("zh", "en") for row in read_words(language)]
# Rows whose near miss is a use in which the word does not do what its slot says, though it is a date all the same.
HELPERS = {
    "binds",
    "ahead",
    "begin",
    "begin_after",
    "limit",
    "limit_after",
    "before_year",
    "before_month",
    "year_part",
    "month_part",
}


def test_the_tables_are_there() -> None:
    assert len([row for language, row in ROWS if language == "zh"]) > 150
    assert len([row for language, row in ROWS if language == "en"]) > 120


@pytest.mark.parametrize(("language", "row"), ROWS, ids=[f"{language}-{row['slot']}-{row['word']}" for language, row in ROWS])
def test_every_word_reads_its_example_and_not_its_near_miss(language: str, row: Row) -> None:
    assert row["word"].lower() in row["example"].lower(), row.place
    spans = find_dates(row["example"], row["published"], language)
    assert ([span.value for span in spans] or [None])[-1] == (row["date"] or None), row.place
    if row["near_miss"] and row["slot"] not in HELPERS:
        missed = row["near_miss"]
        held = [missed[s.start : s.end] for s in find_dates(missed, row["published"], language)]
        assert not any(row["word"].lower() in words.lower() for words in held), row.place


ZH = [
    ("2024年3月14日签署", "2024-11-22", "2024-03-14"),
    ("二〇二四年五月十四日签署", "2024-11-22", "2024-05-14"),
    ("二零二四年十二月签署", "2024-11-22", "2024-12"),
    ("去年10月签署", "2024-11-22", "2023-10"),
    ("今年签署", "2024-11-22", "2024"),
    ("上周五签署", "2024-11-22", "2024-11-15"),
    ("本周三签署", "2024-11-22", "2024-11-20"),
    ("周三，两市签署", "2024-11-22", "2024-11-20"),
    ("3月14日签署", "2024-11-22", "2024-03-14"),
    ("12月14日签署", "2024-11-22", "2023-12-14"),
    ("14日签署", "2024-11-22", "2024-11-14"),
    ("28日签署", "2024-11-22", "2024-10-28"),
    ("两市将于12月14日签署", "2024-11-22", "2024-12-14"),
    ("今（22）日签署", "2024-11-22", "2024-11-22"),
    ("三年前的今天通车", "2024-12-03", "2021-12-03"),
    ("两年前签署", "2024-11-22", "2022"),
    ("数年前签署", "2024-11-22", None),
    ("一个多月前签署", "2024-11-22", None),
    ("结好12年来", "2024-11-22", "2012"),
    ("建交30周年", "2024-11-22", "1994"),
    ("近10年来", "2024-11-22", None),
    ("2024年2月30日签署", "2024-11-22", None),
    ("3个月内签署", "2024-11-22", None),
    ("工期6年", "2024-11-22", None),
    ("第10日程", "2024-11-22", None),
    ("15日内提交", "2024-11-22", None),
    ("《行动计划（2021—2025年）》", "2024-11-22", None),
    ("周一峰会见来宾", "2024-11-22", None),
]


@pytest.mark.parametrize(("text", "published", "value"), ZH, ids=[text for text, _, _ in ZH])
def test_one_chinese_date(text: str, published: str, value: str | None) -> None:
    assert ([span.value for span in find_dates(text, published, "zh")] or [None])[0] == value


EN = [
    ("on 14 March 2024", "2024-11-22", "2024-03-14"),
    ("on March 14, 2024", "2024-11-22", "2024-03-14"),
    ("on the 3rd of May", "2024-11-22", "2024-05-03"),
    ("on Oct. 3", "2024-11-22", "2024-10-03"),
    ("in Oct. 2024", "2024-11-22", "2024-10"),
    ("in March last year", "2024-11-22", "2023-03"),
    ("in December", "2024-11-22", "2023-12"),
    ("since April 2021", "2024-11-22", "2021-04"),
    ("on Friday", "2024-11-22", "2024-11-22"),
    ("on Tuesday", "2024-11-22", "2024-11-19"),
    ("last Friday", "2024-11-22", "2024-11-15"),
    ("next Monday", "2024-11-22", "2024-11-25"),
    ("from Friday to Saturday", "2024-11-24", "2024-11-22"),
    ("from 8 to 10 June", "2024-11-22", "2024-06-08"),
    ("October 30 to November 6", "2024-11-22", "2024-10-30"),
    ("last summer", "2024-03-22", "2023"),
    ("last winter", "2024-03-22", None),
    ("two years ago", "2024-11-22", "2022"),
    ("in 2019", "2024-11-22", "2019"),
    ("(2019)", "2024-11-22", "2019"),
    ("2019 ships", "2024-11-22", None),
    ("a sum of 2019.5", "2024-11-22", None),
    ("Ms April Lee may march", "2024-11-22", None),
    ("the second half of 2028", "2024-11-22", "2028"),
]


@pytest.mark.parametrize(("text", "published", "value"), EN, ids=[text for text, _, _ in EN])
def test_one_english_date(text: str, published: str, value: str | None) -> None:
    assert ([span.value for span in find_dates(text, published, "en")] or [None])[0] == value


def test_a_range_has_its_first_day_and_its_last() -> None:
    cases = {
        "7月8日至9日": ("2024-07-08", "2024-07-09"),
        "5月31日至6月4日": ("2024-05-31", "2024-06-04"),
        "11月3—4日": ("2024-11-03", "2024-11-04"),
        "2023年9月至11月": ("2023-09", "2023-11"),
        "2021年至2025年": ("2021", "2025"),
        "2021—2025年": ("2021", "2025"),
        "17日至19日": ("2024-11-17", "2024-11-19"),
    }
    for text, (value, until) in cases.items():
        [span] = find_dates(text, "2024-11-22", "zh")
        assert (span.value, span.until, span.end) == (value, until, len(text)), text


def test_words_count_from_the_dates_before_them() -> None:
    text = "2019年1月签署，同年5月交割。2023年12月开工，次年通车。6月12日开幕，次日两市签约，当天闭幕。"
    values = [span.value for span in find_dates(text, "2024-06-20", "zh")]
    assert values == ["2019-01", "2019-05", "2023-12", "2024", "2024-06-12", "2024-06-13", "2024-06-13"]


def test_a_month_goes_on_from_the_year_told_of_in_its_paragraph() -> None:
    values = [span.value for span in find_dates("2022年10月签约，12月开工。\n12月3日，两市结好。", "2024-06-20", "zh")]
    assert values == ["2022-10", "2022-12", "2023-12-03"]


def test_a_dateline_is_today_and_no_day_of_an_event() -> None:
    [line, yesterday] = find_dates("本报港市10月11日讯 两市昨日签署协议。", "2025-10-13", "zh")
    assert (line.kind, yesterday.value) == (DateKind.DATELINE, "2025-10-10")
    [line, today] = find_dates("PORT CITY, 18 June 2024 – The cities signed it today.", "2024-06-20", "en")
    assert (line.kind, today.value) == (DateKind.DATELINE, "2024-06-18")
    assert find_dates("2025-03-27 字体", "2025-03-27", "zh") == ()


def test_roles() -> None:
    cases = {
        ("zh", "自2019年起"): DateRole.BEGIN,
        ("zh", "2019年以来"): DateRole.BEGIN,
        ("zh", "合作始于2008年"): DateRole.BEGIN,
        ("zh", "到2030年"): DateRole.LIMIT,
        ("zh", "2030年前"): DateRole.LIMIT,
        ("zh", "2030年前后"): DateRole.AT,
        ("zh", "自2012年至2014年"): DateRole.AT,
        ("en", "since 2001"): DateRole.BEGIN,
        ("en", "since early 2001"): DateRole.BEGIN,
        ("en", "by 2030"): DateRole.LIMIT,
        ("en", "by the end of 2030"): DateRole.LIMIT,
        ("en", "in 2030"): DateRole.AT,
    }
    for (language, text), role in cases.items():
        [span] = find_dates(text, "2024-06-20", language)
        assert span.role == role, text


def test_what_is_bare_is_past_or_ahead_as_its_verb_says() -> None:
    [span] = find_dates("9月", "2024-06-20", "zh")
    assert (span.value, span.ahead) == ("2023-09", "2024-09")
    [span] = find_dates("on Friday", "2024-06-20", "en")
    assert (span.value, span.ahead) == ("2024-06-14", "2024-06-21")


def test_in_the_first_days_of_a_month_recently_is_only_the_year() -> None:
    assert [s.value for s in find_dates("近日签署", "2024-06-02", "zh")] == ["2024"]
    assert [s.value for s in find_dates("近日签署", "2024-06-03", "zh")] == ["2024-06"]


def test_without_a_day_of_publication_only_whole_dates_are_read() -> None:
    text = "昨日、近日、去年、3月14日、14日、上周五、2023年5月，同年6月"
    assert [s.value for s in find_dates(text, None, "zh")] == [*[None] * 6, "2023-05", "2023-06"]
    assert [s.value for s in find_dates("yesterday, last May, on Friday, in 2019", None, "en")] == [None, None, None, "2019"]


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(DataError, match="“fr”"):
        find_dates("hier", "2024-06-20", "fr")


PIECES = st.sampled_from(
    "2019年 二〇二四年 3月 31日 14日 至 — 、 底 同年 当天 去年 近日 上周五 自 起 以来 前 将于 《 》 。 \n 电 （ ） 年 月 日 号 三 十 两年前 in 2019 May 3".split(
        " "
    )
)


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["zh", "en"]), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_every_date_is_a_date_and_lies_in_the_text_in_order(text: str, language: str, day: date) -> None:
    place = 0
    for span in find_dates(text, day.isoformat(), language):
        assert place <= span.start < span.end <= len(text)
        place = span.end
        for value in (span.value, span.ahead, span.until):
            if value is not None:
                assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value)
                date.fromisoformat((value + "-01-01")[:10])


@pytest.mark.parametrize("piece", ["《", "1月1日电", "2024年", "（", "一", "1", "20", "自", "in May ", "— "])
def test_no_text_takes_more_than_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        text = piece * times
        begin = time.process_time()
        find_dates(text, "2024-06-20", "zh")
        find_dates(text, "2024-06-20", "en")
        return time.process_time() - begin

    seconds(100)
    assert seconds(8_000) < 1 + 12 * seconds(2_000)
