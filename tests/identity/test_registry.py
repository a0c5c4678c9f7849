"""The tables of known names: every row sound, no form that two claim, the traps of the sources avoided."""

import importlib
import re
from collections import defaultdict
from pathlib import Path

import pytest

from kg.articles.folding import simplify
from kg.identity import describe
from kg.identity.places import load_places
from kg.identity.registry import load_registry
from kg.names import KnownEntity, load_names
from kg.resources import data_path
from kg.schema import load_schema

KNOWN = load_names()
BY_ID = {known.id: known for known in KNOWN}


def rows(**cells: str) -> list[KnownEntity]:
    return [known for known in KNOWN if all(getattr(known, name) == value for name, value in cells.items())]


def test_ids_are_unique_plain_and_no_type() -> None:
    assert len(BY_ID) == len(KNOWN) >= 3500
    assert not [known.id for known in KNOWN if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", known.id)]
    assert not {type_.lower() for type_ in load_schema().types} & set(BY_ID)


def test_every_row_has_a_type_both_labels_and_a_parent_that_exists() -> None:
    types = load_schema().types
    assert not [known.id for known in KNOWN if known.type not in types or not known.zh or not known.en or not known.zh_hant]
    assert not [known.id for known in KNOWN if known.parent is not None and known.parent not in BY_ID]
    for known in KNOWN:
        assert known.id not in load_registry().ancestors(known.id)


def test_a_form_names_one_entity_or_is_weak() -> None:
    bearers = defaultdict(set)
    for known in KNOWN:
        for form in known.forms:
            bearers[form].add(known.id)
    assert not {form: ids for form, ids in bearers.items() if len(ids) > 1}


def test_forms_are_simplified_and_not_single_characters() -> None:
    for known in KNOWN:
        for form in (known.zh, *known.aliases, *known.weak):
            assert simplify(form) == form, form
            assert len(form) > 1, form
    # 餘 and 蘋 stand in simplified texts as well, so folding leaves them.
    odd = {known.id for known in KNOWN if "CLDR" not in known.source and simplify(known.zh_hant) != simplify(known.zh)}
    assert odd <= {"apple", "cn-zhejiang-ningbo-yuyao"}


def test_numbers_of_the_tables() -> None:
    assert len([known for known in KNOWN if "iso3166-1" in known.identifiers]) == 249
    assert len([known for known in KNOWN if "iso3166-2" in known.identifiers]) == 31
    prefectures = [known for known in KNOWN if re.fullmatch(r"\d{4}00", known.identifiers.get("gbt2260", ""))]
    assert len([known for known in prefectures if known.identifiers["gbt2260"][2:] != "0000"]) == 333
    assert len(rows(type="Country")) == 197
    assert len([known for known in KNOWN if known.type == "Region" and not known.id.startswith("cn-")]) >= 900
    assert len(rows(type="Company")) >= 450 and len(rows(type="ResearchOrganization")) >= 350
    assert len(rows(type="IntergovernmentalOrganization")) >= 170 and len(rows(type="CountryGroup")) >= 45


@pytest.mark.parametrize("id_", ["hong-kong", "macao", "taiwan"])
def test_hong_kong_macao_and_taiwan_are_regions_of_china(id_: str) -> None:
    assert (BY_ID[id_].type, BY_ID[id_].parent) == ("Region", "china")


def test_identifiers_are_well_formed_and_not_doubled() -> None:
    forms = {
        "iso3166-1": r"[A-Z]{2}",
        "iso3166-2": r"CN-[A-Z]{2}",
        "wikidata": r"Q[1-9]\d*",
        "geonames": r"[1-9]\d{3,8}",
        "gbt2260": r"\d{6}",
    }
    seen: dict[tuple[str, str], str] = {}
    for known in KNOWN:
        for scheme, value in known.identifiers.items():
            assert re.fullmatch(forms[scheme], value), known.id
            assert seen.setdefault((scheme, value), known.id) == known.id


@pytest.mark.parametrize(
    ("form", "type_", "id_"),
    [
        ("挪威", "Country", "norway"),
        ("Norge", "Country", "norway"),
        ("大韓民國", "Country", "south-korea"),
        ("紐西蘭", "Country", "new-zealand"),
        ("山东", "Region", "cn-shandong"),
        ("青岛", "Region", "cn-shandong-qingdao"),
        ("合作市", "Region", "cn-gansu-gannan-tibetan-autonomous-prefecture-hezuo"),
        ("首尔", "Region", "kr-seoul"),
        ("光州", "Region", "kr-gwangju"),
        ("广州", "Region", "cn-guangdong-guangzhou"),
        ("卑尔根", "Region", "no-bergen"),
        ("UNDP", "IntergovernmentalOrganization", "undp"),
        ("Undp", "IntergovernmentalOrganization", None),
        ("who", "IntergovernmentalOrganization", None),
        ("us", "Country", None),
        ("合作", "Region", None),
        ("太平", "Region", None),
        ("沪", "Region", None),
        ("廣州", "Region", "cn-guangdong-guangzhou"),
    ],
)
def test_forms_find_who_bears_them(form: str, type_: str, id_: str | None) -> None:
    found = [known.id for known in load_registry().bearers(form, type_)]
    assert found == ([id_] if id_ else [])


def test_the_country_of_what_lies_in_it() -> None:
    registry = load_registry()
    assert registry.country("feco") == registry.country("cn-shandong-qingdao") == registry.country("hong-kong") == "china"
    assert registry.country("undp") is None


def test_names_that_begin_with_places() -> None:
    assert load_places().prefixes("山东省青岛市商务局")[0] == ("cn-shandong-qingdao", "商务局")
    assert ("norway", "道斯康公司") in load_places().prefixes("挪威道斯康公司")
    assert load_places().prefixes("山东") == []


def test_every_known_entity_can_be_described() -> None:
    for known in KNOWN:
        entity = describe(known.id)
        assert {"zh", "en"} <= set(entity.names) and not entity.glosses


@pytest.mark.parametrize("maker", ["countries", "provinces", "prefectures", "cities"])
def test_made_tables_are_what_their_makers_make(maker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = importlib.import_module("seeds.make.tables")
    monkeypatch.setattr(tables, "NAMES", tmp_path)
    importlib.import_module(f"seeds.make.{maker}").main()
    made = sorted(tmp_path.iterdir())
    assert made
    for path in made:
        assert path.read_bytes() == (data_path("seeds") / "names" / path.name).read_bytes(), f"run python -m seeds.make.{maker}"
