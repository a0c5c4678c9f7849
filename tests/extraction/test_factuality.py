"""Status and polarity: every word of the tables with its example and near miss, the scopes in cases, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.articles.reading import article_from_text
from kg.extraction.factuality import Assessment, Nature, Polarity, assess, nature_of, read_cues, read_natures, read_setting
from kg.resources import Row
from kg.schema import load_schema

PUBLISHED = "2024-06-14"
SCOPES = {"clause", "chain", "verb", "both", "after", "behind", "about", "post", "self", "work", "cover", "any"}
STATUSES = {"planned", "ongoing", "realised", "ended"}
POLARITIES = {"denied", "unreal"}
OTHERS = {"affirmed", "told", "around", "opens", "closes", "none"}
ROWS = [(language, row) for language in ("zh", "en") for row in read_cues(language)]


def read(marked: str, language: str = "zh", nature: Nature | None = None, published: str = PUBLISHED) -> Assessment:
    """Assess the word in 〔〕 of a text; without brackets in its own sentence."""
    start = marked.index("〔")
    end = marked.index("〕") - 1
    text = marked.replace("〔", "").replace("〕", "")
    article = article_from_text(text, id="a", title="", publisher="", published=published, language=language)
    assert article.clean == text
    sentence = article.sentences[article.sentence_at(start)]
    chosen = nature or _nature(text[start:end])
    return assess(read_setting(article), (sentence.start, sentence.end), (start, end), nature=chosen)


_WORK = "合作 参与 参加 负责 运营 营运 经营 管理 实施 执行 牵头 主管 维护 看护 together".split()


def _nature(word: str) -> Nature:
    return (
        Nature.WORK
        if word in _WORK or word in {row["cue"] for row in read_cues("en") if row["scope"] == "work"}
        else Nature.ACT
    )


def says(row: Row, got: Assessment) -> bool:
    """Whether an assessment is what a row reads."""
    if row["reads"] in POLARITIES:
        return got.polarity == row["reads"]
    if row["reads"] in STATUSES:
        return got.polarity is Polarity.STATED and got.status == row["reads"]
    return got.polarity is Polarity.STATED


def test_the_tables_are_there_and_use_only_known_readings_and_scopes() -> None:
    assert len([row for language, row in ROWS if language == "zh"]) > 250
    assert len([row for language, row in ROWS if language == "en"]) > 200
    for _, row in ROWS:
        assert row["scope"] in SCOPES, row.place
        assert row["reads"] in STATUSES | POLARITIES | OTHERS, row.place


@pytest.mark.parametrize(("language", "row"), ROWS, ids=[f"{lang}-{row['scope']}-{row['cue']}" for lang, row in ROWS])
def test_every_word_reads_its_example_and_not_its_near_miss(language: str, row: Row) -> None:
    assert row["cue"].replace("~", "") in row["example"].replace("〔", "").replace("〕", "").lower() or "~" in row["cue"], (
        row.place
    )
    assert says(row, read(row["example"], language)), f"{row.place}: {read(row['example'], language)}"
    if row["near_miss"] and row["reads"] in STATUSES | POLARITIES:
        assert not says(row, read(row["near_miss"], language)), f"{row.place}: {read(row['near_miss'], language)}"
