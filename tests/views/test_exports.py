"""What other programs read back."""

import builtins
import csv
import hashlib
import re
from pathlib import Path

import networkx as nx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from views import samples

from kg.errors import InputError, MissingExtra
from kg.views import exports
from kg.views.exports import EVIDENCE, FORMATS, STATEMENT, entity_rows, evidence_rows, export, export_network, statement_rows
from kg.views.network import statement_id
from kg.views.output import disarm, is_formula

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    " =1",
    '"=1',
    "'=1",
    '=cmd|" /C calc"!A0',
    "\n=1",
]
SIGNED = statement_id(samples.STATEMENTS[0])


def hostile() -> nx.MultiDiGraph:
    """The small network with what breaks formats in every text."""
    made = samples.small()
    nasty = '=HYPERLINK("http://x")\x00\x0b\ud800]]>&<\'\\u0027 }) DETACH DELETE n //\ufffe'
    for _, data in made.nodes(data=True):
        data |= {"zh": nasty, "aliases": (nasty, "b"), "identifiers": {"x": nasty}}
    return made


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("make", [samples.small, hostile], ids=["plain", "hostile"])
def test_the_same_network_gives_the_same_bytes(format: str, make: object, tmp_path: Path) -> None:
    assert callable(make)
    digests = set()
    for name in ("a", "b"):
        written = export_network(make(), format, tmp_path / f"{name}.{format}")
        digests.add(hashlib.sha256(written.read_bytes()).hexdigest())
    assert len(digests) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{format}", f"b.{format}"]


@pytest.mark.parametrize("format", ["gexf", "xlsx"])
def test_the_day_of_the_export_is_not_in_the_file(format: str, tmp_path: Path) -> None:
    import zipfile
    from datetime import UTC, datetime

    written = export_network(samples.small(), format, tmp_path / "f")
    parts = (
        [zipfile.ZipFile(written).read(n) for n in zipfile.ZipFile(written).namelist()]
        if format == "xlsx"
        else [written.read_bytes()]
    )
    assert not any(f"{datetime.now(UTC):%Y-%m-%d}".encode() in part for part in parts)


@pytest.mark.parametrize("make", [samples.small, hostile], ids=["plain", "hostile"])
@pytest.mark.parametrize(("format", "read"), [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)])
def test_networkx_reads_the_graph_back(format: str, read: object, make: object, tmp_path: Path) -> None:
    assert callable(read) and callable(make)
    made = make()
    path = export_network(made, format, tmp_path / f"g.{format}")
    back = read(path)
    assert set(back) == set(made)
    assert sorted((a, b) for a, b in back.edges()) == sorted((a, b) for a, b in made.edges())
    [signed] = [data for _, _, data in back.edges(data=True) if data["predicate"] == "agreement"]
    assert (signed["status"], signed["date"], signed["claims"], signed["derived"]) == ("realised", "2023-05-08", 2, False)
    assert "签署海洋环保备忘录" in signed["quote"]
    assert signed["url"] == "https://news.example/a1"


def test_attributes_have_one_type_each(tmp_path: Path) -> None:
    text = export_network(samples.small(), "graphml", tmp_path / "g").read_text(encoding="utf-8")
    keys = re.findall(r'<key id="\w+" for="(\w+)" attr.name="(\w+)"', text)
    assert len(keys) == len(set(keys)) > 20


def test_csv_has_one_row_a_claim(tmp_path: Path) -> None:
    path = export_network(samples.small(), "csv", tmp_path / "e.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9 and tuple(rows[0]) == EVIDENCE
    [first, second, denied] = [row for row in rows if row["statement"] == SIGNED]
    assert (first["subject_zh"], first["object_en"], first["title"]) == ("海州市", "Norway", "海州与挪威签署海洋环保备忘录")
    assert (second["rule"], second["claim_date"], denied["voice"]) == ("en.sign", "2023", "denies")
    [derived] = [row for row in rows if row["derived"] == "true"]
    assert (derived["rule"], derived["quote"]) == ("co-organizers", "")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_disarmed(text: str) -> None:
    assert disarm(text) == f"'{text}"


@pytest.mark.parametrize("text", ["海州市", "5月8日", "a=b", "a-b", "“引文”", "", "(=1)", "2024-05-08"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert disarm(text) == text


@given(st.text())
def test_no_disarmed_cell_begins_like_a_formula(text: str) -> None:
    made = disarm(text)
    assert made.endswith(text)
    assert not made[:1] or made[0] not in "=+-@\t\r\n＝＋－＠"


def test_no_cell_of_the_csv_begins_like_a_formula(tmp_path: Path) -> None:
    with export_network(hostile(), "csv", tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert sum(cell.startswith("'=HYPERLINK") for cell in cells) == 18
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n＝＋－＠") - {""}]


def test_excel_reads_text_and_no_formula(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(export_network(hostile(), "xlsx", tmp_path / "b.xlsx"))
    assert book.sheetnames[:2] == ["关系 Relations", "原句 Evidence"]
    assert set(book.sheetnames[2:]) == {
        "国家 Country",
        "地区 Region",
        "科研机构 Research organization",
        "活动 Event",
        "平台 Platform",
        "企业 Company",
    }
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n", "b"}
    armed = [cell for cell in cells if isinstance(cell.value, str) and is_formula(cell.value)]
    assert len(armed) >= 18 and all(cell.quotePrefix for cell in armed)
    relations = book["关系 Relations"]
    assert (relations.max_row, relations.max_column) == (8, len(STATEMENT))
    assert relations["A1"].value == "关系编号 statement"


def test_a_cell_that_excel_cannot_hold_is_cut_and_marked(tmp_path: Path) -> None:
    made = samples.small()
    made.nodes["norway"]["zh"] = "长" * 40_000
    sheet = openpyxl.load_workbook(export_network(made, "xlsx", tmp_path / "b.xlsx"))["国家 Country"]
    assert sheet["C2"].value.endswith("长…")


def test_more_rows_than_excel_has_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_EXCEL_ROWS", 5)
    with pytest.raises(InputError, match="export to csv or parquet"):
        export_network(samples.small(), "xlsx", tmp_path / "b.xlsx")
    assert not list(tmp_path.iterdir())


def test_parquet_has_typed_columns(tmp_path: Path) -> None:
    table = parquet.read_table(export_network(samples.small(), "parquet", tmp_path / "e.parquet"))
    types = {field.name: str(field.type) for field in table.schema}
    assert tuple(types) == EVIDENCE
    assert (types["derived"], types["start"], types["confidence"], types["quote"]) == ("bool", "int64", "double", "string")
    first = next(row for row in table.to_pylist() if row["statement"] == SIGNED)
    assert (first["confidence"], first["start"], first["end"], first["clean_quote"]) == (
        0.9,
        100,
        122,
        "5月8日，吉海州市与挪威签署海洋环保备忘录。",
    )


def test_the_tables_agree(tmp_path: Path) -> None:
    made = samples.small()
    assert [row["id"] for row in entity_rows(made)] == list(made)
    statements = list(statement_rows(made))
    assert {row["statement"] for row in statements} == {row["statement"] for row in evidence_rows(made)}
    assert sum(int(row["claims"] or 0) for row in statements) == sum(row["voice"] == "states" for row in evidence_rows(made))
    signed = next(row for row in statements if row["statement"] == SIGNED)
    assert (signed["first_reported"], signed["last_reported"]) == ("2023-05-10", "2024-06-20")


def tokens(script: str) -> list[tuple[str, str]]:
    """Cypher's lexical grammar, as far as the script uses it; fails where a text is not closed."""
    pattern = re.compile(
        r"(?P<space>\s+)|(?P<string>'(?:[^'\\\n]|\\[\\'nrtbfu\"])*')|(?P<quoted>`(?:[^`]|``)*`)|(?P<number>-?\d+(?:\.\d+)?)"
        r"|(?P<word>[A-Za-z_]\w*)|(?P<sign>[][(){}:,;.+=>-])"
    )
    found, at = [], 0
    while at < len(script):
        match = pattern.match(script, at)
        assert match, script[at : at + 60]
        found.append((str(match.lastgroup), match[0]))
        at = match.end()
    return [token for token in found if token[0] != "space"]


def test_cypher_holds_every_text_inside_its_quotes(tmp_path: Path) -> None:
    script = export_network(hostile(), "cypher", tmp_path / "g.cypher").read_text(encoding="utf-8")
    words = {value.upper() for kind, value in tokens(script) if kind == "word"}
    assert "DETACH" not in words and "LOAD" not in words and {"MERGE", "UNWIND", "ORGANIZES"} <= words
    assert "\\\\' + 'u0027" in script and "\\\\u0027" not in script


@given(st.text(alphabet=st.sampled_from("a'\\uU0027`\n\r\"${}中"), max_size=30))
def test_a_cypher_text_reads_back_as_it_was(text: str) -> None:
    written = exports._literal(text)
    strings = [value for kind, value in tokens(written) if kind == "string"]
    escapes = {"n": "\n", "r": "\r"}
    assert "".join(re.sub(r"\\(.)", lambda m: escapes.get(m[1], m[1]), s[1:-1]) for s in strings) == text
    # A server that undoes unicode escapes before anything else finds none.
    assert not re.search(r"\\u", written, re.IGNORECASE)


def test_cypher_counts(tmp_path: Path) -> None:
    script = export_network(samples.small(), "cypher", tmp_path / "g.cypher").read_text(encoding="utf-8")
    assert script.count("  {id: ") == 7 and script.count("  {a: ") == 7
    assert "MERGE (a)-[r:ORGANIZES {statement: row.facts.statement}]->(b) SET r += row.facts;" in script


def test_an_unknown_format_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="graphml, gexf, csv, xlsx, parquet, cypher"):
        export_network(samples.small(), "docx", tmp_path / "x")


@pytest.mark.parametrize(("format", "package", "extra"), [("xlsx", "xlsxwriter", "excel"), ("parquet", "pyarrow", "parquet")])
def test_a_missing_extra_says_how_to_install_it(
    format: str, package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.split(".")[0] == package:
            raise ImportError(name)
        return known(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=rf"pip install 'cooperation-kg\[{extra}\]'"):
        export_network(samples.small(), format, tmp_path / "x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", FORMATS)
def test_a_graph_is_exported(format: str, tmp_path: Path) -> None:
    assert export(samples.harbour(), format, tmp_path / "x").stat().st_size > 1000


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_network_is_exported_too(format: str, tmp_path: Path) -> None:
    assert export_network(nx.MultiDiGraph(), format, tmp_path / "x").stat().st_size > 0


def test_every_column_has_a_heading_and_every_heading_a_column() -> None:
    assert set(exports.load_columns()) == {*exports.ENTITY, *STATEMENT, *EVIDENCE}
