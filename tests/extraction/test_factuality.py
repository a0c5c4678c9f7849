"""Status and polarity: every word of the tables with its example and near miss, scopes and dates in cases, any text."""

import csv
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.articles.reading import article_from_text
from kg.extraction.factuality import (
    Assessment,
    Nature,
    Polarity,
    Setting,
    assess,
    find_signals,
    nature_of,
    read_cues,
    read_natures,
    read_setting,
)
from kg.resources import Row
from kg.schema import load_schema

PUBLISHED = "2024-06-14"
SCOPES = {
    "clause",
    "verb",
    "chain",
    "both",
    "after",
    "lapse",
    "behind",
    "about",
    "post",
    "self",
    "work",
    "cover",
    "any",
    "while",
    "deal",
    "text",
}
STATUSES = {"planned", "ongoing", "realised", "ended"}
POLARITIES = {"denied", "unreal"}
OTHERS = {"affirmed", "told", "around", "opens", "closes", "none"}
ROWS = [(language, row) for language in ("zh", "en") for row in read_cues(language)]


def prepare(marked: str, language: str, published: str | None) -> tuple[Setting, tuple[int, int], tuple[int, int]]:
    """A text with its cue in 〔〕, made ready: the setting, the sentence and the cue."""
    start, end = marked.index("〔"), marked.index("〕") - 1
    text = marked.replace("〔", "").replace("〕", "")
    article = article_from_text(text, id="a", title="", publisher="", published=published or "", language=language)
    assert article.clean == text
    sentence = article.sentences[article.sentence_at(start)]
    return read_setting(article), (sentence.start, sentence.end), (start, end)


def read(marked: str, nature: Nature, language: str = "zh", published: str | None = PUBLISHED) -> Assessment:
    setting, sentence, cue = prepare(marked, language, published)
    return assess(setting, sentence, cue, nature=nature)


@cache
def working_words() -> frozenset[str]:
    return frozenset(row["cue"] for _, row in ROWS if row["scope"] == "work") | {"合作", "together"}


def says(row: Row, got: Assessment) -> bool:
    """Whether an assessment is what a row reads."""
    if row["reads"] in POLARITIES:
        return got.polarity == row["reads"]
    if row["reads"] in STATUSES:
        return got.polarity is Polarity.STATED and got.status == row["reads"]
    return got.polarity is Polarity.STATED


def of_row(row: Row, language: str, column: str) -> Assessment:
    marked = row[column]
    word = marked[marked.index("〔") + 1 : marked.index("〕")]
    return read(marked, Nature.WORK if word in working_words() else Nature.ACT, language)


def test_the_tables_are_there_and_use_only_known_readings_and_scopes() -> None:
    assert len([row for language, row in ROWS if language == "zh"]) > 250
    assert len([row for language, row in ROWS if language == "en"]) > 200
    for _, row in ROWS:
        assert row["scope"] in SCOPES, row.place
        assert row["reads"] in STATUSES | POLARITIES | OTHERS, row.place
    assert set(load_schema().statuses) >= STATUSES


@pytest.mark.parametrize(("language", "row"), ROWS, ids=[f"{lang}-{row['scope']}-{row['cue']}" for lang, row in ROWS])
def test_every_word_reads_its_example_and_not_its_near_miss(language: str, row: Row) -> None:
    plain = row["example"].replace("〔", "").replace("〕", "").lower()
    assert row["cue"] in plain or "~" in row["cue"], row.place
    assert says(row, of_row(row, language, "example")), row.place
    if row["near_miss"] and row["reads"] in STATUSES | POLARITIES:
        assert not says(row, of_row(row, language, "near_miss")), row.place


def test_every_row_of_the_natures_fits_its_example() -> None:
    rows = read_natures()
    assert {row["predicate"] for row in rows} == set(load_schema().predicates)
    for row in rows:
        type_ = row.many("types")[0] if row["types"] else "Company"
        assert nature_of(row["predicate"], type_, row["example"]) == row["nature"], row.place


ZH = [
    ("港市将与湾城〔签署〕协议。", "planned"),
    ("港市表示，将与湾城〔签署〕协议，并〔开通〕航线。".replace("〔开通〕", "开通"), "planned"),
    ("按照协议，双方将新建码头，〔设立〕基金。", "planned"),
    ("港市已与湾城〔签署〕协议，将新建码头。", "realised"),
    ("港市希望扩建码头，2023年5月，两市〔签署〕协议。", "realised"),
    ("港市拟扩建码头；两市〔签署〕协议。", "realised"),
    ("主将带队到访，两市〔签署〕协议。", "realised"),
    ("港市与湾城2015年〔签署〕的协议已于去年到期。", "ended"),
    ("港市宣布终止与湾城的〔合作〕。", "ended"),
    ("港市与湾城就〔共建〕码头举行商谈。", "planned"),
    ("港市递交了〔加入〕申请。", "planned"),
    ("联合国开发计划署与湾城〔签署〕协议。", "planned"),
]


@pytest.mark.parametrize(("marked", "status"), ZH[:-1], ids=[marked for marked, _ in ZH[:-1]])
def test_status_in_chinese(marked: str, status: str) -> None:
    got = read(marked, Nature.ACT)
    assert (got.polarity, got.status) == (Polarity.STATED, status)


def test_words_inside_names_say_nothing() -> None:
    marked = "湾区计划协调署与湾城〔签署〕协议。"
    setting, sentence, cue = prepare(marked, "zh", PUBLISHED)
    article = article_from_text(setting.text, id="a", title="", publisher="", published=PUBLISHED, language="zh")
    assert assess(read_setting(article, [(0, 7)]), sentence, cue).status == "realised"
    assert assess(setting, sentence, cue).status == "planned"


POLARITY = [
    ("zh", "港市并未与湾城〔签署〕协议。", "denied"),
    ("zh", "港市没有与湾城〔签署〕任何协议。", "denied"),
    ("zh", "港市不仅与湾城〔签署〕协议，还开通航线。", "stated"),
    ("zh", "港市不得不与湾城〔签署〕协议。", "stated"),
    ("zh", "港市与湾城〔签署〕协议，未涉及关税。", "stated"),
    ("zh", "网传港市与湾城〔签署〕协议。", "unreal"),
    ("zh", "港市是否与湾城〔签署〕协议？", "unreal"),
    ("zh", "港市会与湾城〔签署〕协议吗？", "unreal"),
    ("zh", "专家呼吁港市与湾城〔签署〕协议。", "unreal"),
    ("zh", "港市与湾城〔签署〕协议的消息不实。", "denied"),
    ("zh", "非洲港市与无锡湾城〔签署〕协议。", "stated"),
    ("zh", "未来电力公司与湾城〔签署〕协议。", "stated"),
    ("en", "Port City never 〔signed〕 the pact.", "denied"),
    ("en", "Port City hasn't 〔signed〕 the pact.", "denied"),
    ("en", "No pact was 〔signed〕.", "denied"),
    ("en", "Port City not only 〔signed〕 the pact, it framed it.", "stated"),
    ("en", "Port City 〔signed〕 the pact, not a treaty.", "stated"),
    ("en", "Has Port City 〔signed〕 the pact?", "unreal"),
    ("en", "Port City may 〔sign〕 the pact.", "unreal"),
    ("en", "In May Port City 〔signed〕 the pact.", "stated"),
    ("en", "Notaries of Port City 〔signed〕 the pact.", "stated"),
]


@pytest.mark.parametrize(("language", "marked", "polarity"), POLARITY, ids=[marked for _, marked, _ in POLARITY])
def test_polarity(language: str, marked: str, polarity: str) -> None:
    assert read(marked, Nature.ACT, language).polarity == polarity


EN = [
    ("Port City will build a quay and 〔open〕 a line.", "planned"),
    ("Port City said it would 〔build〕 a quay.", "planned"),
    ("Port City is to 〔host〕 the fair.", "planned"),
    ("A quay will be run by a firm, which was 〔founded〕 in 2019.", "realised"),
    ("Port City is 〔building〕 a quay.", "ongoing"),
    ("Port City is 〔acquiring〕 a quay.", "planned"),
    ("Port City 〔terminated〕 the pact.", "ended"),
    ("Their 〔agreement〕 expired in 2015.", "ended"),
    ("The pact, 〔signed〕 in 2019, will be renewed.", "realised"),
    ("Port City to 〔build〕 a quay", "planned"),
    ("Port City helped to 〔build〕 a quay.", "realised"),
    ("It is the first city to 〔join〕 the league.", "realised"),
]


@pytest.mark.parametrize(("marked", "status"), EN, ids=[marked for marked, _ in EN])
def test_status_in_english(marked: str, status: str) -> None:
    assert read(marked, Nature.ACT, "en").status == status


DATES = [
    # Its own date, the one that opens the sentence, the one after 于.
    ("zh", Nature.ACT, "6月12日，港市与湾城举行会谈，双方〔签署〕协议。", "2024-06-12"),
    ("zh", Nature.DEED, "联盟〔成立〕于2011年。", "2011"),
    ("zh", Nature.ACT, "2019年，两市结好；港市与湾城〔签署〕协议。", None),
    ("zh", Nature.DEED, "2021年两市签约，随后港市〔捐赠〕设备。", None),
    ("zh", Nature.DEED, "今年5月，由港市〔设立〕的公司到访湾城。", None),
    ("zh", Nature.DEED, "今年5月，由两市〔共建〕的码头揭牌。", "2024-05"),
    ("zh", Nature.DEED, "港市〔收购〕码头，交割于10日完成。", "2024-06-10"),
    # The time of the telling: for acts and events, not for what lasts; a month where it took several days.
    ("zh", Nature.ACT, "6月12日，博览会开幕。会上，两市〔签署〕协议。", "2024-06-12"),
    ("zh", Nature.ACT, "博览会6月12日至13日举行。两市〔签署〕协议。", "2024-06"),
    ("zh", Nature.EVENT, "博览会6月12日至13日举行。博览会由港市〔主办〕。", "2024-06-12"),
    ("zh", Nature.WORK, "6月12日，博览会开幕。两市〔合作〕多年。", None),
    ("zh", Nature.ACT, "6月12日，博览会开幕。此前两市已〔签署〕协议。", None),
    ("zh", Nature.ACT, "2022年11月，两市商谈。当时双方〔签署〕协议。", "2022-11"),
    # What is to come is dated only by its own date; what goes on by its beginning; what ended by its end.
    ("zh", Nature.ACT, "6月12日，两市宣布，将〔签署〕协议。", None),
    ("zh", Nature.EVENT, "博览会将于9月在港市〔举行〕。", "2024-09"),
    ("zh", Nature.EVENT, "明年的博览会由湾城〔主办〕。", "2025"),
    ("zh", Nature.WORK, "自2019年起，两市〔合作〕治水。", "2019"),
    ("zh", Nature.DEED, "两市〔结好〕12年来往来不断。", "2012"),
    ("zh", Nature.ACT, "两市〔结好〕已经31年。", "1993"),
    ("zh", Nature.ACT, "6月12日，两市〔举行〕结好30周年座谈会。", "2024-06-12"),
    ("zh", Nature.ACT, "6月12日，两市检视今年的进展，并〔签署〕协议。", "2024-06-12"),
    ("zh", Nature.ACT, "两市2015年〔签署〕的协议已于去年到期。", "2023"),
    ("zh", Nature.WORK, "2012年至2016年，港市〔资助〕该项目。", "2016"),
    # Limits and names are no days.
    ("zh", Nature.DEED, "到2030年，港市〔建成〕码头。", None),
    ("zh", Nature.ACT, "两市近日〔签署〕《2025年行动计划》。", "2024-06"),
    ("en", Nature.ACT, "The mayors on Monday 〔signed〕 a pact.", "2024-06-10"),
    ("en", Nature.ACT, "On 3 June the mayors met and 〔signed〕 a pact.", "2024-06-03"),
    ("en", Nature.ACT, "The mayors 〔signed〕 a pact that had been drafted in 2019.", None),
    ("en", Nature.ACT, "The fair opened on 11 June. The mayors 〔signed〕 a pact.", "2024-06-11"),
    ("en", Nature.ACT, "The fair ran from 11 to 12 June. The mayors 〔signed〕 a pact.", "2024-06"),
    ("en", Nature.WORK, "The scheme, 〔funded〕 by Port City since 2015, is large.", "2015"),
    ("en", Nature.EVENT, "Port City will 〔host〕 the fair in September.", "2024-09"),
    ("en", Nature.ACT, "It announced on Tuesday that it would 〔sign〕 a pact.", None),
]


@pytest.mark.parametrize(("language", "nature", "marked", "date"), DATES, ids=[row[2] for row in DATES])
def test_the_date_that_belongs_to_a_cue(language: str, nature: Nature, marked: str, date: str | None) -> None:
    assert read(marked, nature, language).date == date


def told_cases() -> list[tuple[str, dict[str, str]]]:
    """The cases of told.LANGUAGE.csv: sentences in all constructions with what they tell."""
    cases = []
    for path in sorted(Path(__file__).parent.glob("told.*.csv")):
        with path.open(encoding="utf-8") as lines:
            cases += [(path.suffixes[0][1:], row) for row in csv.DictReader(line for line in lines if line[0] != "#")]
    return cases


TOLD = told_cases()


def test_the_cases_are_there() -> None:
    assert len([language for language, _ in TOLD if language == "zh"]) >= 330
    assert len([language for language, _ in TOLD if language == "en"]) >= 170


@pytest.mark.parametrize(("language", "case"), TOLD, ids=[case["text"] for _, case in TOLD])
def test_what_a_text_tells(language: str, case: dict[str, str]) -> None:
    text = case["text"].replace("\\n", "\n")
    topics = [m.start() - 2 * n - (m.start() > text.index("〕")) * 2 for n, m in enumerate(re.finditer("【", text))]
    setting, sentence, cue = prepare(text.replace("【", "").replace("】", ""), language, PUBLISHED)
    nature = nature_of(case["predicate"], case["type"], setting.text[slice(*cue)])
    got = assess(setting, sentence, cue, nature=nature, topic=topics if nature is Nature.EVENT else ())
    if case["status"] in POLARITIES:
        assert got.polarity == case["status"]
    else:
        assert (got.polarity, got.status, got.date) == (Polarity.STATED, case["status"], case["date"] or None)


def test_the_day_of_an_event_stands_where_it_is_named() -> None:
    setting, sentence, cue = prepare("博览会6月11日举行。6月12日两市签约。港市〔参加〕博览会。", "zh", PUBLISHED)
    assert assess(setting, sentence, cue, nature=Nature.EVENT, topic=(0,)).date == "2024-06-11"
    assert assess(setting, sentence, cue, nature=Nature.EVENT).date == "2024-06-12"
    setting, sentence, cue = prepare("博览会将于9月11日举行。港市〔参加〕博览会。", "zh", PUBLISHED)
    got = assess(setting, sentence, cue, nature=Nature.EVENT, topic=(0,))
    assert (got.status, got.date) == ("planned", "2024-09-11")


def test_without_a_day_of_publication_nothing_is_made_up() -> None:
    assert read("6月12日，两市〔签署〕协议。", Nature.ACT, published=None).date is None
    assert read("2023年6月12日，两市〔签署〕协议。", Nature.ACT, published=None).date == "2023-06-12"


PIECES = st.sampled_from(
    [
        "港市",
        "将",
        "未",
        "签署",
        "，",
        "；",
        "2019年",
        "6月12日",
        "（",
        "）",
        "《",
        "》",
        "的",
        "由",
        "。",
        "是否",
        "？",
        "已",
        "近日",
        "\n",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=40).map("".join), st.data())
def test_any_text_gives_a_status_of_the_ontology_and_a_date_or_none(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not text.strip():
        return
    article = article_from_text(text, id="a", title="", publisher="", published=PUBLISHED, language="zh")
    if end > len(article.clean):
        return
    got = assess(read_setting(article), (0, len(article.clean)), (start, end), nature=data.draw(st.sampled_from(Nature)))
    assert got.status in STATUSES
    assert got.date is None or (1900 <= int(got.date[:4]) <= 2100 and len(got.date) in (4, 7, 10))


@given(st.text(max_size=80), st.sampled_from(["zh", "en"]))
def test_signals_lie_in_the_text_in_order(text: str, language: str) -> None:
    found = find_signals(text, language)
    assert list(found) == sorted(found, key=lambda s: (s.start, s.end))
    assert all(0 <= s.start < s.end <= len(text) for s in found)
