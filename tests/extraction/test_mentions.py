"""Which stretches of a text are names."""

import pytest

from kg.articles import article_from_text
from kg.extraction.mentions import find_mentions

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
