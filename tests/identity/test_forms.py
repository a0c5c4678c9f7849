"""Names in one form: table cases, what holds for any name, and names made to deceive."""

import csv
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.identity.forms import _LOOK_ALIKE, canonicalize, clean_name, fold_name, is_acronym, skeleton
from kg.identity.glossary import load_glossary, load_words
from kg.resources import data_path
from kg.schema import load_schema

TYPES = sorted(load_schema().types)
NAMES = st.one_of(
    st.text(min_size=1, max_size=30),
    st.text("山东省青岛市长桥机电集团股份有限公司（）《》“”—·AbCо12 .,'-", min_size=1, max_size=24),
)


@pytest.mark.parametrize(
    ("found", "clean"),
    [
        ("  挪威\u3000", "挪威"),
        ("《巴黎协定》", "巴黎协定"),
        ("“云南之窗”文化展厅", "云南之窗文化展厅"),
        ("中国-东盟 中心", "中国—东盟中心"),
        ("中国——东盟中心", "中国—东盟中心"),
        ("路易斯•库韦尔蒂诺", "路易斯·库韦尔蒂诺"),
        ("山东 Equinor 合资公司", "山东Equinor合资公司"),
        ("中国石油大学(华东)", "中国石油大学（华东）"),
        ("The World Bank", "World Bank"),
        ("Côte d’Ivoire", "Côte d'Ivoire"),
        ("Bill & Melinda Gates Foundation", "Bill & Melinda Gates Foundation"),
        ("Ｅｑｕｉｎｏｒ", "Equinor"),
        ("Equ\u200binor", "Equinor"),
        ("\u202eEquinor\u202c", "Equinor"),
        ("Еquinor", "Equinor"),
        ("Газпром", "Газпром"),
        ("UK–Norway Green Partnership", "UK-Norway Green Partnership"),
        ("長橋機電", "长桥机电"),
        ("a~b_c", "a-b c"),
    ],
)
def test_cleaning(found: str, clean: str) -> None:
    assert clean_name(found) == clean


@pytest.mark.parametrize(
    ("name", "type_", "canonical"),
    [
        ("长桥机电", "Company", "长桥机电公司"),
        ("长桥银行", "Company", "长桥银行"),
        ("长桥集团", "Company", "长桥集团"),
        ("有限公司", "Company", "有限公司"),
        ("集团有限公司", "Company", "集团公司"),
        ("长桥机电有限公司", "Event", "长桥机电有限公司"),
        ("Green Climate Fund (GCF)", "Platform", "Green Climate Fund"),
        ("长桥研究院（CQRI）", "ResearchOrganization", "长桥研究院"),
        ("Victoria (Australia)", "Region", "Victoria (Australia)"),
        ("memorandum of understanding", "Agreement", "Memorandum of Understanding"),
        ("AS", "Company", "AS"),
        ("Ltd", "Company", "Ltd"),
    ],
)
def test_canonical_forms(name: str, type_: str, canonical: str) -> None:
    assert canonicalize(name, type_) == canonical


def legal_forms() -> list[dict[str, str]]:
    with (data_path("seeds") / "identity" / "legal_forms.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def test_every_legal_form_gives_way_as_its_example_says() -> None:
    rows = legal_forms()
    assert len(rows) >= 60
    for row in rows:
        assert canonicalize(row["example"], "Company") == row["reads"], row


def test_every_word_of_the_glossary_stands_in_its_example() -> None:
    path = data_path("seeds") / "identity" / "glossary.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    assert len(rows) == len(load_glossary()) >= 900
    assert not [row for row in rows if row["zh"] not in row["example"] or (not row["en"] and row["zh"] != "的")]


def test_words_by_kind() -> None:
    assert "agreement" in load_words("generic") and "of" in load_words("small")
    assert "欧阳" in load_words("surname") and "group" in load_words("legal")


@example("0有限", "Company")
@given(NAMES, st.sampled_from(TYPES))
@settings(max_examples=300)
def test_a_canonical_form_is_its_own_and_never_empty(name: str, type_: str) -> None:
    canonical = canonicalize(name, type_)
    assert canonicalize(canonical, type_) == canonical
    assert "~" not in canonical and "_" not in canonical
    if any(char.isalnum() for char in clean_name(name)):
        assert canonical


@given(NAMES)
@settings(max_examples=150)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    assert clean_name(clean_name(name)) == clean_name(name)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Türkiye", "Turkiye", True),
        ("Ørsted", "Orsted", True),
        ("Co-operation", "Cooperation", True),
        ("Asia Pacific", "Asia-Pacific", True),
        ("Rolls-Royce", "Rolls Royce", True),
        ("山东Equinor合资公司", "Equinor", False),
        ("长桥A公司", "长桥B公司", False),
    ],
)
def test_folding(left: str, right: str, same: bool) -> None:
    assert (fold_name(left) == fold_name(right)) is same


def test_acronyms() -> None:
    assert (
        is_acronym("WHO") and is_acronym("G20") and not is_acronym("who") and not is_acronym("UNESCO") and not is_acronym("20")
    )


def deceptions() -> list[tuple[str, str]]:
    """Five hundred names that look like a known one, with what is hidden in them."""
    chance = random.Random(7)
    latin = ["Equinor", "Siemens", "Shell", "Statkraft", "Volkswagen", "Huawei", "World Bank", "Oxford University", "Maersk"]
    han = ["挪威", "山东省", "青岛市", "生态环境部", "亚洲开发银行", "清华大学"]
    invisible = [
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u202a",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u034f",
        "\ufe0f",
    ]
    alike: dict[str, list[str]] = {}
    for at, to in _LOOK_ALIKE.items():
        alike.setdefault(chr(to), []).append(chr(at))
    cases = []
    while len(cases) < 500:
        name = chance.choice(latin + han)
        place = chance.randrange(1, len(name))
        if name in han or chance.random() < 0.5:
            cases.append((name, name[:place] + chance.choice(invisible) + name[place:]))
        elif others := alike.get(name[place]):
            cases.append((name, name[:place] + chance.choice(others) + name[place + 1 :]))
    return cases


def test_invisible_and_borrowed_characters_neither_split_nor_merge_in_silence() -> None:
    cases = deceptions()
    assert len(cases) == 500
    for name, deceiving in cases:
        assert clean_name(deceiving) == name
        assert fold_name(deceiving) == fold_name(name)


def test_a_word_wholly_in_another_script_stays_apart_but_looks_alike() -> None:
    assert clean_name("ВР") != "BP"
    assert skeleton("ВР") == skeleton("BP")
