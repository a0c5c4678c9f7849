"""Which stretches of a text are names."""

import pytest

from kg.articles import article_from_text
from kg.extraction.columns import APART, observe
from kg.extraction.mentions import find_mentions, tag

NAMED = [
    ("南方报业与广东广播电视台签署合作协议。", {"南方报业", "广东广播电视台"}, set()),
    ("多家企业与广东广播电视台签署合作协议。", {"广东广播电视台"}, {"多家企业"}),
    ("哈萨克斯坦申请加入新开发银行。", {"哈萨克斯坦", "新开发银行"}, set()),
    ("园区由中国和新加坡两国政府合作开发。", {"中国", "新加坡"}, set()),
    ("华为与大众汽车集团（中国）签署合作协议。", {"大众汽车集团（中国）"}, set()),
    ("双方探讨ESG等方面的合作。", set(), {"ESG"}),
    ("山东省派出的第16批援坦桑尼亚医疗队启程。", {"山东省", "坦桑尼亚"}, {"坦桑尼亚医疗队"}),
]


@pytest.mark.parametrize(("text", "named", "unnamed"), NAMED)
def test_names_by_their_place(text: str, named: set[str], unnamed: set[str]) -> None:
    article = article_from_text(text, id="a", language="zh")
    found = {article.clean[span.start : span.end] for span in find_mentions(article)}
    assert named <= found and not unnamed & found


def test_articles_tagged_together_are_those_tagged_alone() -> None:
    texts = (
        "山东省与挪威签署海洋合作协议。双方将共建海洋实验室",
        "版权所有：某网",
        "中日韩",
        "日韩",
        "方案由海岬银行与“北湾倡议”提出，山东省将支持海岬银行。",
        "海岬银行与北湾大学在青岛召开第三届海洋论坛",
    )
    articles = [article_from_text(text, id=str(number), title="", language="zh") for number, text in enumerate(texts)]
    together = tag(articles)
    for article, read in zip(articles, together, strict=True):
        [alone] = tag([article])
        assert read.spans == alone.spans
        assert read.place.tolist() == alone.place.tolist()
        assert find_mentions(article, tagged=read) == find_mentions(article)
    columns = observe(APART.join(article.clean for article in articles))
    at = 0
    for article in articles:
        for name, column in observe(article.clean).items():
            if name != "text":
                assert columns[name][at : at + len(column)].tolist() == column.tolist(), (article.clean, name)
        at += len(article.clean) + len(APART)
    assert sum(len(read.spans) for read in together) > 8
