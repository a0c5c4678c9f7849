"""Names of articles → entities and statements: what is tied, what is kept apart, and that order and portions do not matter."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.identity import describe, resolve
from kg.identity.places import read_setting
from kg.identity.resolution import agree_on_date
from kg.model import Judgement, Verdict
from tests.identity.articles import article, claim

SHANDONG = article(
    "sd", "挪威道斯康公司与省环科院签署环保技术合作协议。", publisher="山东省人民政府新闻办公室", title="山东举行发布会"
)
JIANGSU = article("js", "省环科院与日本企业座谈。", publisher="江苏日报")
XINHUA = article("xh", "Shandong and Norway agree to work together.", publisher="Xinhua News Agency", language="en")

CLAIMS = [
    claim(SHANDONG, ("道斯康公司", "Company"), "agreement", ("省环科院", "ResearchOrganization"), date="2025-02"),
    claim(SHANDONG, ("挪威道斯康公司", "Company"), "signatory_of", ("环保技术合作协议", "Agreement"), date="2025-02-12"),
    claim(SHANDONG, ("省环科院", "ResearchOrganization"), "signatory_of", ("环保技术合作协议", "Agreement"), date="2025-02-12"),
    claim(SHANDONG, ("全省", "Region"), "partners_with", ("挪威", "Country"), date="2025"),
    claim(SHANDONG, ("山东", "Region"), "partners_with", ("上合组织国家", "CountryGroup")),
    claim(SHANDONG, ("赵一", "Person"), "represents", ("省生态环境厅", "GovernmentBody")),
    claim(SHANDONG, ("山东", "Region"), "agreement", ("太平洋岛国", "CountryGroup"), denied=True),
    claim(JIANGSU, ("省环科院", "ResearchOrganization"), "meets_with", ("日本", "Country"), status="planned"),
    claim(JIANGSU, ("赵一", "Person"), "represents", ("江苏省商务厅", "GovernmentBody")),
    claim(XINHUA, ("Norway", "Country"), "partners_with", ("Shandong Province", "Region"), date="2025-02-14"),
]
ARTICLES = [SHANDONG, JIANGSU, XINHUA]


def id_of(article_id: str, name: str) -> str:
    resolution = resolve(CLAIMS, articles=ARTICLES)
    [found] = {id_ for (own, form, _), id_ in resolution.names.items() if (own, form) == (article_id, name)}
    return found


@pytest.mark.parametrize(
    ("article_id", "name", "id_"),
    [
        ("sd", "省环科院", "cn-shandong~academy-of-environmental-sciences"),
        ("js", "省环科院", "cn-jiangsu~academy-of-environmental-sciences"),
        ("sd", "省生态环境厅", "cn-shandong~ecology-and-environment"),
        ("sd", "全省", "cn-shandong"),
        ("sd", "挪威", "norway"),
        ("xh", "Norway", "norway"),
        ("xh", "Shandong Province", "cn-shandong"),
        ("sd", "道斯康公司", "company~挪威道斯康公司"),
        ("sd", "赵一", "person~赵一~cn-shandong~ecology-and-environment"),
        ("js", "赵一", "person~赵一~cn-jiangsu~commerce"),
    ],
)
def test_who_is_meant(article_id: str, name: str, id_: str) -> None:
    assert id_of(article_id, name) == id_


def test_statements_gather_the_claims_of_all_articles() -> None:
    statements = resolve(CLAIMS, articles=ARTICLES).statements
    [together] = [s for s in statements if (s.subject, s.object) == ("cn-shandong", "norway")]
    assert (together.predicate, together.status, together.date) == ("partners_with", "realised", "2025-02-14")
    assert [c.quote.article for c in together.claims] == ["sd", "xh"]
    assert all(c.subject.name in ("全省", "Shandong Province") for c in together.claims)
    assert not [s for s in statements if "pacific-island-countries" in (s.subject, s.object)]


def test_a_text_is_told_apart_by_its_parties_and_month_so_that_two_reports_meet() -> None:
    other = article("sd2", "道斯康公司和山东省环境科学研究院昨日签署了环保技术合作协议。")
    again = [
        claim(other, ("挪威道斯康公司", "Company"), "signatory_of", ("环保技术合作协议", "Agreement"), date="2025-02"),
        claim(
            other,
            ("山东省环境科学研究院", "ResearchOrganization"),
            "signatory_of",
            ("环保技术合作协议", "Agreement"),
            date="2025-02",
        ),
    ]
    later = [
        claim(other, ("挪威道斯康公司", "Company"), "signatory_of", ("环保技术合作协议", "Agreement"), date="2024-02"),
        claim(
            other,
            ("山东省环境科学研究院", "ResearchOrganization"),
            "signatory_of",
            ("环保技术合作协议", "Agreement"),
            date="2024-02",
        ),
    ]
    first = id_of("sd", "环保技术合作协议")
    assert "环保技术合作协议" in first

    def of(claims: list) -> str:  # type: ignore[type-arg]
        return resolve(claims, articles=[other]).names["sd2", "环保技术合作协议", "Agreement"]

    assert of(again) == first
    assert of(later) != first


def test_one_by_one_is_the_same_as_at_once_in_any_order() -> None:
    whole = resolve(CLAIMS, articles=ARTICLES)
    for order in permutations(range(3)):
        parts = [resolve([c for c in CLAIMS if c.quote.article == ARTICLES[i].id], articles=[ARTICLES[i]]) for i in order]
        names = {key: id_ for part in parts for key, id_ in part.names.items()}
        assert names == whole.names
        for part in parts:
            for id_, entity in part.entities.items():
                assert (entity.names, entity.type, entity.parent) == (
                    whole.entities[id_].names,
                    whole.entities[id_].type,
                    whole.entities[id_].parent,
                )
    assert resolve(reversed(CLAIMS), articles=reversed(ARTICLES)).statements == whole.statements


def test_an_entity_is_described_by_its_id_alone() -> None:
    for id_, entity in resolve(CLAIMS, articles=ARTICLES).entities.items():
        assert describe(id_).names == entity.names
        assert describe(id_).aliases <= entity.aliases


def test_every_entity_has_both_labels() -> None:
    for entity in resolve(CLAIMS, articles=ARTICLES).entities.values():
        assert entity.names["zh"] and entity.names["en"]
        assert "全省" not in entity.aliases


def test_a_name_keeps_its_own_type_where_that_of_the_registry_would_not_fit() -> None:
    source = article("m", "长桥大学加入国际竹藤组织。")
    fits = claim(source, ("长桥大学", "ResearchOrganization"), "member_of", ("国际竹藤组织", "Association"))
    does_not = claim(source, ("长桥大学", "ResearchOrganization"), "participates_in", ("国际竹藤组织", "Platform"))
    assert resolve([fits], articles=[source]).entity("m", fits.object).id == "inbar"
    kept = resolve([does_not], articles=[source])
    assert kept.entity("m", does_not.object).id == "platform~国际竹藤组织"
    assert not kept.misfits and len(kept.statements) == 1


def test_a_claim_that_fits_no_types_is_counted_not_stated() -> None:
    source = article("x", "挪威代表丹麦。")
    wrong = claim(source, ("挪威", "Country"), "represents", ("丹麦", "Country"))
    resolution = resolve([wrong], articles=[source])
    assert resolution.misfits == [wrong] and not resolution.statements


def test_a_claim_of_one_entity_with_itself_states_nothing() -> None:
    source = article("x", "挪威与挪威王国合作。")
    own = claim(source, ("挪威", "Country"), "partners_with", ("挪威王国", "Country"))
    assert not resolve([own], articles=[source]).statements


def test_judgements_are_applied_and_the_representative_does_not_depend_on_order() -> None:
    left, right = "company~挪威道斯康公司", "company~道斯康公司"
    same = Judgement(Verdict.SAME, left, right, "", "analyst", "2025-03-01", "one firm")
    other = article("b", "道斯康公司在江苏投资。")
    claims = [*CLAIMS, claim(other, ("道斯康公司", "Company"), "invests_in", ("江苏省", "Region"))]
    before = resolve(claims, articles=[*ARTICLES, other])
    assert {left, right} <= set(before.entities)
    assert (left, right) in {(c.left, c.right) for c in before.candidates}
    after = resolve(claims, articles=[*ARTICLES, other], judgements=[same])
    assert left in after.entities and right not in after.entities
    assert "道斯康公司" in after.entities[left].aliases
    assert (left, right) not in {(c.left, c.right) for c in after.candidates}
    turned = Judgement(Verdict.SAME, right, left, "", "analyst", "2025-03-01", "")
    assert resolve(claims, articles=[*ARTICLES, other], judgements=[turned]).names == after.names
    apart = Judgement(Verdict.DIFFERENT, left, right, "", "analyst", "2025-03-02", "")
    undone = resolve(claims, articles=[*ARTICLES, other], judgements=[same, apart])
    assert undone.names == before.names
    assert (left, right) not in {(c.left, c.right) for c in undone.candidates}


@pytest.mark.parametrize(
    ("dates", "agreed"),
    [
        ([], None),
        ([None], None),
        (["2024", "2024-05-07"], "2024-05-07"),
        (["2024-05", None, "2024-05-07"], "2024-05-07"),
        (["2024-05-07", "2024-05-09"], "2024-05"),
        (["2024-05-07", "2024-06"], "2024"),
        (["2023", "2024-06"], None),
    ],
)
def test_dates_that_agree(dates: list[str | None], agreed: str | None) -> None:
    assert agree_on_date(dates) == agree_on_date(reversed(dates)) == agreed


@pytest.mark.parametrize(
    ("source", "place", "country"),
    [
        (article("1", "正文", publisher="山东省生态环境厅"), "cn-shandong", "china"),
        (article("2", "正文", publisher="青岛日报"), "cn-shandong-qingdao", "china"),
        (article("3", "正文", title="江苏与挪威签署协议"), "cn-jiangsu", "china"),
        (article("4", "山东、山东、山东，还有江苏。"), "cn-shandong", "china"),
        (article("5", "山东、江苏。"), None, "china"),
        (article("6", "中山大学在开会。"), None, "china"),
        (article("7", "山東省青島市與挪威簽署協議。"), "cn-shandong-qingdao", "china"),
        (article("8", "Norway", publisher="Xinhua News Agency", language="en"), None, "china"),
        (article("9", "Norway", publisher="Reuters", language="en"), None, "united-kingdom"),
        (article("10", "Norway", publisher="The Fjord", language="en"), None, None),
        (article("11", ""), None, "china"),
    ],
)
def test_where_an_article_is_at_home(source: object, place: str | None, country: str | None) -> None:
    setting = read_setting(source)  # type: ignore[arg-type]
    assert (setting.place, setting.country) == (place, country)


@given(
    st.text(min_size=1, max_size=20), st.sampled_from(["Company", "Region", "Person", "Agreement", "GovernmentBody", "Event"])
)
@settings(max_examples=150, deadline=None)
def test_any_name_resolves_to_an_entity_that_its_id_describes(name: str, type_: str) -> None:
    source = article("any", name)
    own = claim(source, (name, type_), "partners_with", ("挪威", "Country"))
    entity = resolve([own], articles=[source]).entity("any", own.subject)
    assert describe(entity.id).names == entity.names
    assert entity.names["zh"] and entity.names["en"]
