"""What a paragraph is: headline, prose, list item or boilerplate; and what a page says about itself."""

import pytest

from kg.articles import article_from_text
from kg.articles.dateline import find_date, recognise
from kg.articles.paragraphs import patterns

KINDS = {"B": "boilerplate", "H": "headline", "P": "prose", "L": "list_item"}
PAGES = {
    "a page with all its furniture": """
        B 首页 > 新闻 > 国际 > 正文
        H 山东与挪威签署环保合作协议
        B 来源：海岱新闻 发布时间：2025-02-12 09:00 浏览：128次 字号：【大】【中】【小】
        P 2月11日，山东省与挪威签署环保合作协议，双方将共建海洋中心。
        H 一、协议的内容
        L 1.双方互派专家；
        L 2.双方每年会晤一次。
        P 相关报道说，协议为期五年。
        B 【责任编辑：小王】
        B 相关阅读：
        B · 青岛与釜山签署友好合作备忘录
        B · 济南代表团访问大田
        B 关于我们 | 广告服务 | 免责声明 | 网站地图
        B 京ICP备00000000号-1
        B 一个口号
    """,
    "an announcement": """
        H 关于签署合作框架协议的公告
        P 本公司董事会保证公告内容真实、准确、完整。
        H 一、协议签署情况
        P 公司与挪威某公司签署《合作框架协议》，协议为期三年。
        L （一）双方共同出资设立合资公司，注册资本一亿元；
        L （二）双方共建实验室。
        P 特此公告。
        H 某某股份有限公司董事会
    """,
    "links do not swallow the prose after them": """
        H 两市结好
        P 青岛市与下关市结为友好城市。
        B 相关新闻
        B 济南与和歌山签署备忘录
        P 本次签约由两市市长共同完成，仪式在青岛举行。
    """,
    "an English page": """
        B Home | Wind | Solar | Storage | Jobs
        B You are here: Home > Wind > Offshore
        H Two firms to build a wind farm
        B Published 28 May 2024 · 3 min read
        P Equinor and a partner will build a wind farm off Bergen.
        L • A grant from the European Union;
        L • A loan from the Nordic Investment Bank.
        P Share prices rose after the deal.
        B Share this: Facebook Twitter LinkedIn
        B You may also like
        B → Brazil signs up Norway for forest fund
        B © 2024 Example Portal. All rights reserved.
    """,
    "prose that speaks of the things of a page": """
        P 双方共同运营微信公众号，关注度很高，订阅者来自二十个国家。
        P 版权合作是会谈的重点，两国作家协会签署了版权贸易协议，来源于双方的作品可以互译。
        P 主办单位为山东省生态环境厅，承办单位为青岛市人民政府，会议邀请了挪威代表团。
        P 如有侵权行为，双方将共同追究，并通过协商解决。
    """,
}


@pytest.mark.parametrize("name", PAGES)
def test_every_paragraph_of_a_page_is_told(name: str) -> None:
    expected = [line.strip().split(" ", 1) for line in PAGES[name].strip().split("\n")]
    article = article_from_text("\n".join(text for _, text in expected), id="x", title="t")
    found = [(p.kind.value, article.clean[p.start : p.end]) for p in article.paragraphs]
    assert found == [(KINDS[kind], text) for kind, text in expected]


def test_the_pages_use_many_patterns() -> None:
    lines = "\n".join(PAGES.values()).replace("        B ", "")
    assert sum(any(p.pattern.search(line) for line in lines.split("\n")) for p in patterns()) >= 15


DATES = [
    ("2025-02-12 13:04", "2025-02-12"),
    ("2025年2月3日", "2025-02-03"),
    ("2025/2/3", "2025-02-03"),
    ("2025.02.12", "2025-02-12"),
    ("12 May 2024", "2024-05-12"),
    ("May 12, 2024", "2024-05-12"),
    ("Sept. 3rd, 2024", "2024-09-03"),
    ("2025-02-30", None),
    ("2025年2月", None),
    ("2月12日", None),
    ("12025-02-12", None),
    ("May 2024", None),
]


@pytest.mark.parametrize(("text", "day"), DATES)
def test_a_full_date_is_read_and_nothing_else(text: str, day: str | None) -> None:
    assert find_date(text) == day


STATED = [
    (["标题", "文章来源：海岱新闻2025-02-12 13:04"], ("海岱新闻", "2025-02-12")),
    (["标题", "来源：海岱新闻　作者：小王　发布时间：2025年2月12日"], ("海岱新闻", "2025-02-12")),
    (["标题", "2025-02-12 09:15 来源：海岱新闻"], ("海岱新闻", "2025-02-12")),
    (["标题", "新华社北京2月12日电 山东与挪威签约。"], ("新华社", None)),
    (["Title", "OSLO, 12 May 2024 (Fjord Wire) – Norway signed."], ("Fjord Wire", "2024-05-12")),
    (["Title", "Published 28 May 2024 · 3 min read", "Source: Fjord Wire"], ("Fjord Wire", "2024-05-28")),
    (["标题", "资金来源：中央财政拨款，2024年5月1日到账，双方据此签约，项目于同年六月在青岛开工建设。"], ("", None)),
    (["标题", "2024年5月1日，山东与挪威签署协议，双方将共建海洋中心，项目为期五年，总投资三亿元，由青岛市承担。"], ("", None)),
]


@pytest.mark.parametrize(("lines", "stated"), STATED)
def test_publisher_and_day_are_taken_from_the_lines_that_state_them(lines: list[str], stated: tuple[str, str | None]) -> None:
    assert recognise([line.replace("　", " ") for line in lines]) == stated


def test_the_language_is_told_by_the_letters() -> None:
    told = [
        article_from_text(text, id="x").language
        for text in ("山东与Equinor ASA签约", "Norway and Shandong (山东) sign", "2024")
    ]
    assert told == ["zh", "en", "en"]
