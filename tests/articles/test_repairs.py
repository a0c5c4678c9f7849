"""Repair: damage is made out of clean text and undone; what is not damaged stays; every position leads back."""

import random
import re

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles import article_from_text, damage, repair
from kg.articles.folding import simplify
from kg.resources import Row, data_path, read_table

TO_TRADITIONAL = opencc.OpenCC("s2t").convert
CHARS = "動會環學國際實標業開關對進發協應術機態產質護網續聯總東長電點"
SYLLABLES = "dòng huì huán xué guó jì shí biāo yè kāi guān duì jìn fā xié yīng shù jī tài chǎn zhì hù wǎng xù lián zǒng dōng"
SYLLABLES += " zhǎng diàn diǎn"
READINGS = dict(zip(CHARS, SYLLABLES.split(), strict=True))
LOST = "?"


def with_readings(text: str, choose: random.Random) -> str:
    return "".join(c + f"({READINGS[c]})" if c in READINGS and choose.random() < 0.8 else c for c in text)


def decode_like_a_site(data: bytes) -> str:
    """GBK, where a byte that begins no character becomes "?" and takes an ASCII byte after it along, unless that is "?"."""
    out, i = [], 0
    while i < len(data):
        if data[i] < 0x80:
            out.append(chr(data[i]))
            i += 1
            continue
        try:
            out.append(data[i : i + 2].decode("gb18030"))
            i += 2
        except UnicodeDecodeError:
            out.append(LOST)
            i += 1 if data[i + 1 : i + 2] in (b"", b"?") or data[i + 1] >= 0x80 else 2
    return "".join(out)


def cut_with_mark(text: str) -> str:
    """Full-width question marks put into half-width ones on the bytes, wherever their two bytes stand."""
    return decode_like_a_site(text.encode("gb18030").replace(b"\xa3\xbf", b"?"))


def cut_with_reading(text: str, char: str, reading: str) -> str:
    return decode_like_a_site(
        text.encode("gb18030").replace(char.encode("gb18030"), char.encode("gb18030") + f"({reading})".encode("gb18030"))
    )


WORDS = read_table(data_path("seeds") / "repairs" / "words.csv", damage.WORDS)


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row["word"])
def test_a_word_of_the_table_brings_its_cut_character_back(row: Row) -> None:
    examples = [text for text in (row["example"], TO_TRADITIONAL(row["example"])) if cut_with_mark(text + "\n") != text + "\n"]
    assert examples
    for text in examples:
        damaged = cut_with_mark(text + "A")
        assert damaged != text + "A"
        assert repair(damaged, "zh").clean == simplify(text + "A")


CUT = [
    # the clean sentence, the character that a replacement saw across two others, its reading
    ("推動生態領域對外開放_雙方", "驅", "qū"),
    ("全省領域對口合作，推進領域對外開放, 並設立中心", "驅", "qū"),
]


@pytest.mark.parametrize(("sentence", "char", "reading"), CUT)
def test_a_reading_put_into_two_characters_is_taken_out_again(sentence: str, char: str, reading: str) -> None:
    damaged = cut_with_reading(sentence, char, reading)
    assert damaged != sentence and char not in sentence
    assert repair(damaged, "zh").clean == repair(sentence, "zh").clean


BRACKETS = [
    "在青岛建立合作基地（山东）。",
    "中韩（山东）洽谈会在济南举行。",
    "咨询请加群（QQ:12345678）。",
    "挪威公司（Equinor）与省环科院签约。",
    "这种茶（thé）来自云南。",
    "挪威（Norge）代表团来访。",
]


@pytest.mark.parametrize("text", BRACKETS)
def test_ordinary_brackets_stay(text: str) -> None:
    found = repair(text, "zh")
    assert (found.clean, found.repairs) == (text, ())


UNDONE = [
    # found, clean, kinds of repair
    ("推動(dòng)環(huán)保合作", "推动环保合作", ["reading", "reading"]),
    ("我們(men)推動(dòng)發(fā)展(zhǎn)", "我们推动发展", ["reading"] * 4),
    ("我们(men)合作", "我们（men）合作", []),
    ("山东</span>与挪威<br/>签约", "山东与挪威\n签约", ["markup", "markup"]),
    ("A&nbsp;与&amp;lt;B&#20013;", "A 与<B中", ["entity"] * 3),
    ("\ufeff山\u200b东\x00与\u202e挪威\r\n签约\r", "山东与挪威\n签约\n", ["control"] * 6),
    ("Sto\u0308ren", "Stören", ["composed"]),
    ("山东,挪威:签约?是!", "山东，挪威：签约？是！", []),
    ("出资3,000万元,占3.5%;", "出资3,000万元，占3.5%;", []),
    ('他说"合作",又说"签约".', "他说“合作”，又说“签约”.", []),
    ("「合作」與『簽約』", "“合作”与‘签约’", []),
    ("ＰＩＦ　２０２４年", "PIF 2024年", []),
    ("二○二四年", "二〇二四年", []),
    ("臺灣裏爲衞生", "台湾里为卫生", []),
    ("著名的乾隆瞭望塔", "著名的乾隆瞭望塔", []),
    ("挪威Equinor ASA, Oslo", "挪威Equinor ASA, Oslo", []),
]


@pytest.mark.parametrize(("found", "clean", "kinds"), UNDONE)
def test_what_a_page_suffered_is_undone(found: str, clean: str, kinds: list[str]) -> None:
    repaired = repair(found, "zh")
    assert repaired.clean == clean
    assert [r.kind for r in repaired.repairs] == kinds


def test_english_keeps_its_letters_and_folds_quotes_and_dashes() -> None:
    assert repair("“China’s”\u00a0pact \u2013 on\u2010going", "en").clean == '"China\'s" pact \u2013 on-going'


HAN = st.sampled_from("山东省与挪威签署环保合作协议双方推動會環學國際實標業開關對進發協應術機態產質護網續聯總臺裏著名")
PLAIN = st.text(st.one_of(HAN, st.sampled_from("，。、（）《》“” \nABnorway2024.,:;()-·")), max_size=80)
JUNK = st.sampled_from(["\u200b", "\ufeff", "\x00", "\u202e", "\xad", "</span>", "<b>", '<font color="red">', "<!-- x -->"])


@given(PLAIN, st.randoms(use_true_random=False))
def test_readings_are_taken_out_again(text: str, choose: random.Random) -> None:
    assert repair(with_readings(text, choose), "zh").clean == repair(text, "zh").clean


@given(PLAIN, st.lists(st.tuples(st.integers(0, 80), JUNK), max_size=8))
def test_markup_and_invisible_characters_are_taken_out_again(text: str, junk: list[tuple[int, str]]) -> None:
    damaged = text
    for place, what in sorted({min(place, len(text)): what for place, what in junk}.items(), reverse=True):
        damaged = damaged[:place] + what + damaged[place:]
    assert repair(damaged, "zh").clean == repair(text, "zh").clean


@given(PLAIN)
def test_line_ends_and_entities_come_back(text: str) -> None:
    expected = repair(text, "zh").clean
    assert repair(text.replace("\n", "\r\n"), "zh").clean == expected
    assert repair("".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in text), "zh").clean == expected


WILD = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.one_of(
            HAN,
            st.text(max_size=3),
            st.sampled_from(
                [
                    "(dòng)",
                    "??",
                    "?",
                    "&amp;",
                    "&lt;",
                    "lt;",
                    "<b>",
                    "<",
                    ">",
                    "</p>",
                    "\r\n",
                    "\u0301",
                    "e",
                    "(",
                    ")",
                    '"',
                    "ｂ",
                    "＆",
                    "○",
                    "二",
                    "(men)",
                    "\ue27e",
                ]
            ),
        ),
        max_size=30,
    ).map("".join),
)


@settings(max_examples=400)
@given(WILD, st.sampled_from(["zh", "en"]))
def test_positions_lead_back_and_nothing_else_changes(text: str, language: str) -> None:
    repaired = repair(text, language)
    offsets = list(repaired.offsets)
    assert len(offsets) == len(repaired.clean) + 1 and offsets[-1] == len(text)
    assert offsets == sorted(offsets) and all(0 <= place <= len(text) for place in offsets)
    inside = {i for r in repaired.repairs for i in range(r.start, r.end)}
    assert inside | set(offsets[:-1]) >= set(range(len(text)))
    outside = [place for place in offsets[:-1] if place not in inside]
    assert len(outside) == len(set(outside)) == len(text) - len(inside)


@settings(max_examples=400)
@given(WILD, st.sampled_from(["zh", "en"]))
def test_what_is_clean_stays_as_it_is(text: str, language: str) -> None:
    clean = repair(text, language).clean
    assert repair(clean, language).clean == clean


@settings(max_examples=200)
@given(WILD.filter(lambda text: re.search(r"\w", text) is not None), st.data())
def test_a_quote_is_what_stands_there(text: str, data: st.DataObject) -> None:
    article = article_from_text("题\n" + text, id="x")
    start = data.draw(st.integers(0, len(article.clean)))
    end = data.draw(st.integers(start, len(article.clean)))
    quote = article.quote(start, end)
    assert article.text[quote.start : quote.end] == quote.text
    for sentence in article.sentences:
        paragraph = article.paragraphs[sentence.paragraph]
        assert paragraph.start <= sentence.start < sentence.end <= paragraph.end
        assert not article.clean[sentence.start].isspace() and not article.clean[sentence.end - 1].isspace()
