"""Which names of an article are one entity."""

import pytest

from kg.articles import article_from_text
from kg.extraction.entities import is_short_form, tie, without_marks
from kg.extraction.mentions import Span, find_mentions

SHORT = [
    ("石化海运", "海岬石化海运股份有限公司", "Company", False),
    ("云岭科技", "云岭科技股份有限公司", "Company", True),
    ("云岭科技", "海南云岭科技有限公司", "Company", True),
    ("中石化", "中国石油化工股份有限公司", "Company", True),
    ("哈工大", "哈尔滨工业大学", "ResearchOrganization", True),
    ("省环科院", "山东省环境科学研究院", "ResearchOrganization", True),
    ("马来亚大学", "马来西亚国立大学", "ResearchOrganization", False),
    ("可再生能源公司", "可再生能源本地化公司", "Company", False),
    ("上合组织", "上海合作组织秘书处", "IntergovernmentalOrganization", False),
    ("上合组织", "上海合作组织", "IntergovernmentalOrganization", True),
    ("昆明", "中国昆明市", "Region", True),
    ("昆明市", "中国昆明市", "Region", True),
    ("大阪", "日本大阪市", "Region", True),
    ("石荷州", "德国石勒苏益格—荷尔斯泰因州", "Region", True),
    ("山东", "山东省", "Region", True),
    ("山东", "山西省", "Region", False),
    ("下关", "日本下关", "Region", True),
    ("圭亚那", "圭亚那合作共和国", "Country", False),
    ("多米尼加", "多米尼加共和国", "Country", True),
    ("塞西", "阿卜杜勒·塞西", "Person", True),
]


@pytest.mark.parametrize(("short", "full", "kind", "wanted"), SHORT)
def test_short_forms(short, full, kind, wanted):
    assert is_short_form(short, full, kind) is wanted


MARKED = [
    ("《海岬公约》", "海岬公约"),
    ("“海岬倡议”", "海岬倡议"),
    ("“一带一路”绿色发展联盟", "“一带一路”绿色发展联盟"),
    ("《海岬公约》第三次会议", "《海岬公约》第三次会议"),
    ("海岬公约》", "海岬公约"),
    ("“海岬", "海岬"),
]


@pytest.mark.parametrize(("form", "wanted"), MARKED)
def test_marks_go_in_pairs(form, wanted):
    assert without_marks(form) == wanted


def test_banks_that_the_registry_tells_apart_stay_apart():
    text = "亚洲开发银行与亚洲基础设施投资银行共同融资。亚行表示欢迎。"
    article = article_from_text(text, id="a", language="zh")
    spans = find_mentions(article)
    table = tie(article, spans)
    names = {text[span.start : span.end]: table.entities[of].name for span, of in zip(spans, table.of, strict=True)}
    assert names == {"亚洲开发银行": "亚洲开发银行", "亚洲基础设施投资银行": "亚洲基础设施投资银行", "亚行": "亚洲开发银行"}


@pytest.mark.parametrize(
    ("text", "form", "name"),
    [
        ("越南与中国签署协定。越方表示欢迎。", "越方", "越南"),
        ("蒙古国与中国签署协定。蒙方表示欢迎。", "蒙方", "蒙古国"),
        ("圭亚那与中国签署协定。圭方表示欢迎。", "圭方", "圭亚那"),
        ("中国与挪威签署协定。中方表示欢迎。", "中方", "中国"),
    ],
)
def test_a_side_is_its_country(text, form, name):
    article = article_from_text(text, id="a", language="zh")
    spans = find_mentions(article)
    table = tie(article, spans)
    at = next(n for n, span in enumerate(spans) if article.clean[span.start : span.end] == form)
    assert table.entities[table.of[at]].name == name


def test_what_a_bracket_defines_is_one_with_its_name():
    text = "海岬能源投资集团有限公司（下称“岬能”）发布公告。"
    article = article_from_text(text, id="a", language="zh")
    spans = [Span(0, 12, "Company", "tagger"), Span(16, 18, "Company", "definition", "海岬能源投资集团有限公司")]
    assert len(tie(article, spans).entities) == 1
