"""Names in both languages: glosses, pinyin, and what each is made of."""

import csv

import pytest

from kg.identity import describe
from kg.identity.distinction import Distinction, distinguish
from kg.identity.ids import country_of, mint, read_id, type_of
from kg.identity.labels import gloss, transcribe
from kg.identity.segments import segment
from kg.resources import data_path


@pytest.mark.parametrize(
    ("name", "type_", "english"),
    [
        ("道斯康公司", "Company", "Daosikang Company"),
        ("省环科院", "ResearchOrganization", "Provincial Academy of Environmental Sciences"),
        ("挪威道斯康公司", "Company", "Norwegian Daosikang Company"),
        ("山东Equinor合资公司", "Company", "Shandong Equinor Joint Venture"),
        ("长桥海洋大学", "ResearchOrganization", "Changqiao Marine University"),
        ("第七届长桥国际论坛", "Event", "7th Changqiao International Forum"),
        ("第二十四次中日韩环境部长会议", "Event", "24th Tripartite Environment Ministers Meeting"),
        ("2024中国国际友好城市大会", "Event", "2024 China International Friendship Cities Conference"),
        ("战略合作框架协议", "Agreement", "Strategic Cooperation Framework Agreement"),
        ("西安长桥公司", "Company", "Xi'an Changqiao Company"),
        ("王毅", "Person", "Wang Yi"),
        ("欧阳明月", "Person", "Ouyang Mingyue"),
        ("路易斯·库韦尔蒂诺", "Person", "Luyisi Kuwei'erdinuo"),
        ("中联重科公司", "Company", "Zoomlion Company"),
    ],
)
def test_glosses(name: str, type_: str, english: str) -> None:
    assert gloss(name, type_) == english


@pytest.mark.parametrize(
    ("name", "type_", "pinyin"),
    [
        ("山东省", "Region", "Shāndōng Shěng"),
        ("道斯康公司", "Company", "Dàosīkāng Gōngsī"),
        ("重庆市", "Region", "Chóngqìng Shì"),
        ("厦门大学", "ResearchOrganization", "Xiàmén Dàxué"),
        ("赵一", "Person", "Zhào Yī"),
    ],
)
def test_pinyin(name: str, type_: str, pinyin: str) -> None:
    assert transcribe(name, type_) == pinyin


def test_every_reading_is_that_of_its_example() -> None:
    with (data_path("seeds") / "identity" / "readings.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    assert len(rows) >= 20
    for row in rows:
        assert transcribe(row["example"], "Person" if row["where"] == "surname" else "Company") == row["reads"]


def test_what_is_a_gloss_is_marked() -> None:
    assert describe("company~道斯康公司").glosses == {"en"}
    assert describe("company~Ocean_Winds").glosses == {"zh"}
    assert describe("norway").glosses == describe("cn-shandong~commerce").glosses == frozenset()
    assert "zh-Latn-pinyin" in describe("norway").names and "zh-Latn-pinyin" not in describe("company~Ocean_Winds").names


@pytest.mark.parametrize(
    ("id_", "parent"),
    [
        ("cn-shandong", "china"),
        ("cn-shandong~commerce", "cn-shandong"),
        ("company~挪威道斯康公司", "norway"),
        ("company~青岛长桥公司", "cn-shandong-qingdao"),
        ("company~合资公司~cn-shandong", "cn-shandong"),
        ("company~道斯康公司", None),
        ("person~赵一~cn-shandong", "cn-shandong"),
    ],
)
def test_where_an_entity_belongs(id_: str, parent: str | None) -> None:
    assert describe(id_).parent == parent


@pytest.mark.parametrize(
    ("name", "type_", "enough"),
    [
        ("道斯康公司", "Company", True),
        ("合资公司", "Company", False),
        ("城投集团", "Company", False),
        ("Equinor合资公司", "Company", False),
        ("山东Equinor合资公司", "Company", True),
        ("昆明生物多样性基金", "Platform", True),
        ("联合实验室", "Platform", False),
        ("中哈联合实验室", "Platform", True),
        ("贸易畅通合作平台", "Platform", False),
        ("国家留学基金管理委员会", "GovernmentBody", True),
        ("合作备忘录", "Agreement", False),
        ("中挪合作备忘录", "Agreement", False),
        ("中日韩环境合作联合行动计划（2021—2025）", "Agreement", True),
        ("长桥公约", "Agreement", True),
        ("开幕式", "Event", False),
        ("第十次会议", "Event", False),
        ("长桥论坛", "Event", True),
        ("Joint Laboratory", "Platform", False),
        ("Luban Workshop", "Platform", True),
        ("Strategic Cooperation Agreement", "Agreement", False),
        ("Ministry of Finance", "GovernmentBody", False),
        ("赵一", "Person", False),
        ("罗泊镇", "Region", True),
    ],
)
def test_what_tells_its_bearer_apart(name: str, type_: str, enough: bool) -> None:
    assert (distinguish(name, type_) is Distinction.BY_NAME) is enough


def test_ids_are_taken_apart_as_they_were_made() -> None:
    id_ = mint("ResearchOrganization", "Ocean Lab", "cn-shandong~commerce")
    minted = read_id(id_)
    assert minted is not None
    assert (minted.type, minted.name, minted.scope) == ("ResearchOrganization", "Ocean Lab", "cn-shandong~commerce")
    assert type_of(id_) == "ResearchOrganization" and country_of(id_) == "china"
    assert read_id("norway") is None and read_id("company~") is None and read_id("nothing~x") is None
    for none in ("atlantis", "x~y", ""):
        with pytest.raises(KeyError):
            type_of(none)


def test_a_name_falls_into_parts_that_make_it_up() -> None:
    for name in ("第七届中国国际进口博览会", "山东Equinor（青岛）合资公司", "长桥AI+新材料联合实验室", "中联重科"):
        assert "".join(part.text for part in segment(name)) == name
