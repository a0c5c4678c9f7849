"""Near-duplicates: told by their text alone, the same on every machine, in any order."""

import pytest

from kg.articles import article_from_text
from kg.graph.reprints import MEETINGS, PLACES, SAME, bands, similarity, sketch, sketch_text

TEXT = "".join(chr(0x4E00 + number * 7 % 4000) for number in range(900))
ENGLISH = " ".join(f"word{number * 37 % 500} said{number % 11}" for number in range(200))


def meet(one: bytes, other: bytes) -> bool:
    return len(set(bands(one)) & set(bands(other))) >= MEETINGS


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        TEXT + "（责任编辑：某某）",
        "据示例日报报道，" + TEXT,
        TEXT[:-60],
        TEXT.replace("一", "壹"),
        TEXT[:450] + "（完）" + TEXT[450:],
    ],
)
def test_a_copy_is_found(copy: str) -> None:
    one, other = sketch_text(TEXT), sketch_text(copy)
    assert meet(one, other)
    assert similarity(one, other) >= SAME


@pytest.mark.parametrize("other", [TEXT[::-1], TEXT[:300] + TEXT[::-1][:600], ENGLISH, ""])
def test_another_text_is_none(other: str) -> None:
    assert similarity(sketch_text(TEXT), sketch_text(other)) < SAME


def test_the_estimate_is_close_to_the_share_of_3_grams() -> None:
    for cut in range(100, 900, 100):
        other = TEXT[:cut] + TEXT[::-1][: 900 - cut]
        grams = [{text[i : i + 3] for i in range(len(text) - 2)} for text in (TEXT, other)]
        share = len(grams[0] & grams[1]) / len(grams[0] | grams[1])
        assert abs(similarity(sketch_text(TEXT), sketch_text(other)) - share) < 0.12


def test_boilerplate_white_space_and_traditional_characters_make_no_difference() -> None:
    simplified = article_from_text("海洋环保合作备忘录\n山东省与挪威签署协议，双方将继续合作。" * 5, id="a")
    traditional = article_from_text("海洋環保合作備忘錄\n\n山東省與挪威簽署協議，雙方將繼續合作。 " * 5, id="b", language="zh")
    assert similarity(sketch(simplified), sketch(traditional)) == 1.0


def test_a_sketch_is_the_same_on_every_machine() -> None:
    assert sketch_text("海州市与挪威签署海洋环保合作备忘录。").hex()[:32] == "a7f645ce1d6cbb0a59a8f74695e433df"
    assert len(sketch_text("三个字")) == PLACES
    assert sketch_text("两字") == b""
