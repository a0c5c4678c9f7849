"""What is suggested as likely one, with which reason, and what is not; and that it does not grow with the square."""

import time

import pytest

from kg.identity import candidates as ways
from kg.identity import describe, suggest
from kg.identity.candidates import Candidate, abbreviates


def pair(left: str, right: str, **joined: list[str]) -> list[Candidate]:
    return suggest([describe(left), describe(right)], joined=joined or None)


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        ("company~挪威道斯康公司", "company~道斯康公司", ways.COUNTRY_BEFORE),
        ("company~青岛长桥海洋公司", "company~长桥海洋公司", ways.PLACE_BEFORE),
        ("company~申桥公司", "company~申桥集团", ways.SUFFIX),
        ("company~长桥股份", "company~长桥公司", ways.SUFFIX),
        ("researchorganization~长桥海工院", "researchorganization~长桥海洋工程研究院", ways.SHORTENED),
        ("company~长桥机电公司", "company~长桥机电科技公司", ways.BEGINS),
        ("company~传桥智联公司", "company~传桥股份", ways.SHARES),
        ("company~Changqiao_Motors", "company~长桥Motors公司", ways.LETTERS),
        ("company~Daosikang_Company", "company~道斯康公司", ways.LETTERS),
        ("platform~联合中心~cn-shandong", "company~联合中心~cn-shandong", ways.SAME_NAME),
        ("company~ВР", "bp", ways.LOOKS),
        ("company~NRCQ", "company~New_Rail_Company_of_Qiao", ways.INITIALS),
        ("person~赵一~cn-shandong~commerce", "person~赵一~cn-shandong", ways.SAME_NAME),
        ("person~Zhao_Yi~cn-shandong", "person~赵一~cn-shandong", ways.LETTERS),
    ],
)
def test_what_is_likely_has_its_reason(left: str, right: str, reason: ways.Reason) -> None:
    [candidate] = pair(left, right)
    assert reason in candidate.reasons
    assert (candidate.left, candidate.right) == tuple(sorted((left, right)))
    assert 0 < candidate.score <= 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("company~山东Equinor合资公司", "company~江苏Equinor合资公司"),
        ("cn-shandong~commerce", "cn-jiangsu~commerce"),
        ("cn-shandong", "cn-shanxi"),
        ("person~王浩~cn-shandong", "person~王皓~cn-shandong"),
        ("agreement~合作备忘录~aaaaaaaaaaaa", "agreement~合作备忘录~bbbbbbbbbbbb"),
        ("company~挪威道斯康公司", "company~丹麦道斯康公司"),
        ("company~长桥第一公司", "company~石桥第二公司"),
        ("company~道斯康公司", "event~道斯康公司"),
    ],
)
def test_what_is_not_likely_is_not_suggested(left: str, right: str) -> None:
    assert pair(left, right) == []


def test_texts_of_one_general_name_are_suggested_where_their_parties_are_the_same() -> None:
    left, right = "agreement~合作备忘录~aaaaaaaaaaaa", "agreement~合作备忘录~bbbbbbbbbbbb"
    [candidate] = suggest(
        [describe(left), describe(right)], joined={left: ["norway", "cn-shandong"], right: ["cn-shandong", "norway"]}
    )
    assert candidate.reasons == (ways.SAME_PARTIES,)
    assert suggest([describe(left), describe(right)], joined={left: ["norway"], right: ["norway"]}) == []


@pytest.mark.parametrize(
    ("short", "full", "is_short"),
    [
        ("环科院", "环境科学研究院", True),
        ("农科院", "农业科学院", True),
        ("环科院", "环境研究所", False),
        ("长院", "长桥海洋工程研究院", False),
        ("环境科学研究院", "环科院", False),
        ("环院", "环院", False),
    ],
)
def test_abbreviations(short: str, full: str, is_short: bool) -> None:
    assert abbreviates(short, full) is is_short


def test_every_reason_is_in_both_languages() -> None:
    reasons = [value for value in vars(ways).values() if isinstance(value, ways.Reason)]
    assert len(reasons) >= 11
    assert len({reason.en for reason in reasons}) == len({reason.zh for reason in reasons}) == len(reasons)
    assert all(0 < reason.weight < 1 for reason in reasons)


def test_likeliest_first_whatever_the_order() -> None:
    entities = [describe(id_) for id_ in ("company~申桥公司", "company~申桥集团", "company~挪威申桥集团", "company~申桥股份")]
    found = suggest(entities)
    assert found == suggest(reversed(entities))
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_ten_times_the_entities_take_nowhere_near_a_hundred_times_as_long() -> None:
    """Names of one pattern, the worst case for blocks: 长桥…公司 share their beginnings and ends."""
    syllables = "丰华盛达通瑞祥和泰安康宁永嘉恒裕隆昌兴旺"

    def names(count: int) -> list[str]:
        return [f"company~长桥{syllables[i % 20]}{syllables[i // 20 % 20]}{syllables[i // 400 % 20]}公司" for i in range(count)]

    def seconds(count: int) -> float:
        entities = [describe(id_) for id_ in names(count)]
        begin = time.perf_counter()
        suggest(entities)
        return time.perf_counter() - begin

    seconds(400)
    few, many = max(seconds(400), 0.01), seconds(4000)
    assert many / few < 40
