"""A name that a person gives finds who bears it, or says what it could be."""

import pytest

from kg.errors import AmbiguousName, NotFound
from kg.identity import describe, find
from kg.identity.lookup import known_entity, show

IDS = [
    "norway",
    "cn-shandong",
    "cn-shandong-qingdao",
    "undp",
    "cn-shandong~academy-of-environmental-sciences",
    "cn-jiangsu~academy-of-environmental-sciences",
    "company~道斯康公司",
    "company~Ocean_Winds",
    "cn-jilin",
    "cn-jilin-jilin",
]
ENTITIES = [describe(id_, {"省环科院"} if "academy" in id_ else set()) for id_ in IDS]


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("挪威", "norway"),
        ("Norway", "norway"),
        ("norge", "norway"),
        ("挪威王國", "norway"),
        ("iso3166-1:NO", "norway"),
        ("山东", "cn-shandong"),
        ("山東省", "cn-shandong"),
        ("shandong province", "cn-shandong"),
        ("青島", "cn-shandong-qingdao"),
        ("UNDP", "undp"),
        ("undp", "undp"),
        ("开发署", "undp"),
        ("山东省环科院", "cn-shandong~academy-of-environmental-sciences"),
        ("山东省环境科学研究院", "cn-shandong~academy-of-environmental-sciences"),
        ("道斯康公司", "company~道斯康公司"),
        ("道斯康", "company~道斯康公司"),
        ("道斯康有限公司", "company~道斯康公司"),
        ("daosikang company", "company~道斯康公司"),
        ("ocean winds", "company~Ocean_Winds"),
        ("吉林省", "cn-jilin"),
        ("吉林", "cn-jilin"),
        ("cn-jilin-jilin", "cn-jilin-jilin"),
        (" 挪威 ", "norway"),
    ],
)
def test_any_form_is_found(name: str, id_: str) -> None:
    assert find(name, ENTITIES).id == id_


def test_an_ambiguous_name_lists_who_bears_it() -> None:
    with pytest.raises(AmbiguousName) as raised:
        find("省环科院", ENTITIES)
    assert len(raised.value.candidates) == 2
    assert all("Academy of Environmental Sciences" in line for line in raised.value.candidates)


@pytest.mark.parametrize("name", ["丹麦", "道斯", "", "~", "国"])
def test_an_unknown_name_is_not_guessed(name: str) -> None:
    with pytest.raises(NotFound) as raised:
        find(name, ENTITIES)
    assert not isinstance(raised.value, AmbiguousName)


def test_an_unknown_name_is_told_what_is_near() -> None:
    with pytest.raises(NotFound, match=r"similar: .*Norway"):
        find("Norwey", ENTITIES)


def test_how_an_entity_is_shown() -> None:
    assert show(describe("norway")) == "挪威 · Norway (Country, norway)"


def test_what_the_registry_knows_is_known_without_articles() -> None:
    found = known_entity("丹麦")
    assert found is not None and found.id == "denmark"
    assert known_entity("道斯康") is None
