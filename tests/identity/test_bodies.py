"""Bodies by rule: every row of the table in both languages, with and without its place."""

import csv

import pytest

from kg.identity.bodies import body_names, compose, fill_rank, find_body, load_bodies
from kg.identity.places import Setting
from kg.resources import data_path
from kg.schema import load_schema

NOWHERE = Setting("a")
SHANDONG = Setting("a", "china", "cn-shandong", "cn-shandong-qingdao")


def rows() -> list[dict[str, str]]:
    with (data_path("seeds") / "identity" / "bodies.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def test_every_row_is_found_by_its_example_and_by_its_own_names() -> None:
    table = rows()
    assert len(table) == len(load_bodies()) >= 120
    for row in table:
        found = compose(row["example"], NOWHERE)
        assert found is not None, row["example"]
        assert found.endswith(f"~{row['id']}"), (row["example"], found)
        assert row["type"] in load_schema().types
        body = find_body(found)
        assert body is not None
        zh, en = body_names(*body)
        assert compose(zh, NOWHERE) == found, zh
        if row["subjects"] or row["en_forms"]:
            assert compose(en, NOWHERE) == found, en


def test_no_tail_means_two_bodies() -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for body in load_bodies():
        for before, tail in body.tails:
            assert seen.setdefault((body.of, before, tail), body.id) == body.id, (tail, body.id)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("省生态环境厅", "cn-shandong~ecology-and-environment"),
        ("生态环境厅", "cn-shandong~ecology-and-environment"),
        ("省环科院", "cn-shandong~academy-of-environmental-sciences"),
        ("市政府", "cn-shandong-qingdao~government"),
        ("省委", "cn-shandong~party-committee"),
        ("生态环境局", None),
        ("省某某厅", None),
        ("中国财政部", None),
        ("青岛市", None),
        ("山东省", None),
        ("Ministry of Finance", None),
        ("Norwegian Ministry of Finance", "norway~finance"),
        ("Norway's Finance Ministry", "norway~finance"),
        ("Ministry of Finance of Norway", "norway~finance"),
        ("Norwegian Ministry of Magic", None),
        ("Consulate General of Denmark in Shanghai", "denmark~consulate-shanghai"),
        ("Qingdao Municipal Government", "cn-shandong-qingdao~government"),
        ("Qingdao Municipal People's Government", "cn-shandong-qingdao~government"),
        ("Shandong Department of Commerce", "cn-shandong~commerce"),
        ("Commerce Department of Shandong Province", "cn-shandong~commerce"),
        ("加州政府", "us-california~government"),
        ("加州生态环境厅", None),
    ],
)
def test_names_in_an_article_of_shandong(name: str, id_: str | None) -> None:
    assert compose(name, SHANDONG) == id_


def test_a_rank_is_filled_only_where_the_place_is_certain_and_of_that_rank() -> None:
    assert fill_rank("省港口集团", SHANDONG) == "山东省港口集团"
    assert fill_rank("省港口集团", NOWHERE) is None
    assert fill_rank("省港口集团", Setting("a", "china", "cn-beijing")) is None
    assert fill_rank("市北区", Setting("a", "china", "cn-shandong")) is None


@pytest.mark.parametrize(
    ("id_", "zh", "en"),
    [
        (
            "cn-shandong~ecology-and-environment",
            "山东省生态环境厅",
            "Shandong Provincial Department of Ecology and Environment",
        ),
        ("cn-beijing~ecology-and-environment", "北京市生态环境局", "Beijing Municipal Ecology and Environment Bureau"),
        ("cn-guangxi~government", "广西壮族自治区人民政府", "Guangxi Regional People's Government"),
        ("cn-shandong~party-committee", "中共山东省委员会", "CPC Shandong Provincial Committee"),
        ("norway~government", "挪威政府", "Government of Norway"),
    ],
)
def test_names_of_bodies(id_: str, zh: str, en: str) -> None:
    body = find_body(id_)
    assert body is not None and body_names(*body) == (zh, en)


@pytest.mark.parametrize("id_", ["norway", "norway~magic", "atlantis~government", "china~finance", "cn-shandong~finance~x", ""])
def test_what_is_no_body(id_: str) -> None:
    assert find_body(id_) is None
