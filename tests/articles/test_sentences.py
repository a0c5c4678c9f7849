"""Sentences: where they end, and where they only seem to."""

import pytest

from kg.articles import article_from_text

# One sentence a cell; together they are the paragraph.
CASES = [
    ["山东与挪威签约。", "双方将共建中心！", "何时开工？", "尚无消息"],
    ["一是山东与挪威签约；二是青岛与釜山结好；三是济南与大田会谈。"],
    ["“我们愿意继续合作。”", "他说，双方明年再会。"],
    ["他说：“双方将共建中心。”", "会议随后结束。"],
    ["他说：“双方将共建中心。", "明年开工。”", "会议随后结束。"],
    ["村民见了医疗队就喊“老朋友！”然后迎上前去。"],
    ["一句“合作吗？”，开启了两家公司的谈判。"],
    ["两国合著《湿地归谁？》一书，由两家出版社发行。"],
    ["（本文件由双方于五月签署。）"],
    ["双方合作领域很广：环保、能源、教育……今后还会更多。"],
    ["出资3.5亿元，占50.1%。", "项目由Equinor ASA负责。"],
    ["中广核与EDF双方签约.", "双方将合资建厂."],
    ["Norway signed.", "Denmark did not!", "Will Sweden?", "No one knows"],
    ["Mr. Hansen of Example Co., Ltd. met Dr. Li at 9 a.m. on Dec. 23 in St. Petersburg."],
    ["The deal covers the U.S. and the U.K. markets."],
    ["They opened an office in the U.S. The company will hire forty people."],
    ["It was signed by Acme Inc. It runs for five years."],
    ["S. Jaishankar met J. K. Holm in Oslo."],
    ["The stake rose to 33.5 percent.", "It cost $1.2 billion."],
    ['"We will go on," she said.', "The pact runs to 2030."],
    ['He said: "Work starts in May."', "The mayor agreed."],
    ["Unit No. 3 was built by both firms.", "No. 4 will follow."],
    ["1. Oslo and Qingdao: a letter of intent."],
    ["See www.example.org for the text.", "It is in English."],
]
JOINED = {
    "They opened an office in the U.S. The company will hire forty people.",
    "It was signed by Acme Inc. It runs for five years.",
}


@pytest.mark.parametrize("cells", CASES, ids=lambda cells: cells[0][:20])
def test_a_paragraph_falls_into_its_sentences(cells: list[str]) -> None:
    if cells[0] in JOINED:
        head, mark, tail = cells[0].partition(". The" if "U.S" in cells[0] else ". It")
        cells = [head + ".", mark[2:] + tail]
    latin = cells[0].isascii()
    article = article_from_text((" " if latin else "").join(cells), id="x", title="t", language="en" if latin else "zh")
    assert [article.clean[s.start : s.end] for s in article.sentences] == [
        cell if latin else cell.replace("约.", "约。").replace("厂.", "厂。") for cell in cells
    ]


def test_lines_and_spaces_part_sentences_and_belong_to_none() -> None:
    article = article_from_text("　　山东与挪威签约　\n\n 双方会谈。  明年再会。 \n", id="x", title="t")
    assert [article.clean[s.start : s.end] for s in article.sentences] == ["山东与挪威签约", "双方会谈。", "明年再会。"]
    assert [s.paragraph for s in article.sentences] == [0, 1, 1]
    assert [article.quote(s.start, s.end).text for s in article.sentences] == ["山东与挪威签约", "双方会谈。", "明年再会。"]


def test_the_quote_of_a_repaired_sentence_is_the_sentence_as_found() -> None:
    found = "山東與挪威簽約(yuē)。\u200b雙方推動(dòng)</span>合作。"
    article = article_from_text(found, id="x", title="t")
    assert [article.clean[s.start : s.end] for s in article.sentences] == ["山东与挪威签约。", "双方推动合作。"]
    assert "".join(article.quote(s.start, s.end).text for s in article.sentences) == found
