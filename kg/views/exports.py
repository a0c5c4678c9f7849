"""The network in the formats of other programs: GraphML and GEXF, CSV and Excel, Parquet, Cypher.

Three plain tables are made of it, `entity_rows`, `statement_rows` and `evidence_rows`, and every format writes from them, so
that all say the same and one place decides what a value may be: text without what XML refuses, whole numbers, fractions,
truth values; a column has one type, what is unknown is None and left out, lists are joined with "; ".
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import InputError, MissingExtra
from kg.resources import data_path, read_table
from kg.schema import load_schema, load_terms
from kg.views.layout import arrange
from kg.views.network import VOICES, Evidence, network, partners
from kg.views.output import disarm, fit, is_formula, placing
from kg.views.page import load_styles

if TYPE_CHECKING:
    import networkx as nx

    from kg.graph.store import Graph

Value = str | int | float | bool | None
Row = dict[str, Value]

# The type of a column that does not hold text.
TYPES: Mapping[str, type] = {
    **dict.fromkeys(("articles", "claims", "partners", "statements", "start", "end"), int),
    "confidence": float,
    "derived": bool,
}


def entity_rows(network: nx.MultiDiGraph) -> Iterator[Row]:
    """One row for every entity, in id order."""
    for node, data in network.nodes(data=True):
        yield {
            "id": fit(node),
            "type": data["type"],
            "zh": _text(data["zh"]),
            "en": _text(data["en"]),
            "pinyin": _text(data["pinyin"]),
            "gloss": _joined(data["glosses"]),
            "aliases": _joined(data["aliases"]),
            "identifiers": _joined(f"{scheme}:{value}" for scheme, value in data["identifiers"].items()),
            "parent": _text(data["parent"]),
            "partners": len(partners(network, node)),
            "statements": network.degree(node),
        }


def statement_rows(network: nx.MultiDiGraph) -> Iterator[Row]:
    """One row for every statement and every derived edge, in id order."""
    for key, a, b in _ordered(network):
        edge = network.edges[a, b, key]
        days = sorted(e.source.published for e in _stating(edge) if e.source.published)
        yield {
            **_fact(network, key, a, b, edge),
            "rules": _joined(edge["rules"]),
            "basis": _joined(edge["basis"]),
            "articles": edge["articles"],
            "claims": edge["claims"],
            "first_reported": days[0] if days else None,
            "last_reported": days[-1] if days else None,
        }


def evidence_rows(network: nx.MultiDiGraph) -> Iterator[Row]:
    """One row for every claim, in the order of the statements; a derived edge has one row without a quote."""
    for key, a, b in _ordered(network):
        edge = network.edges[a, b, key]
        fact = _fact(network, key, a, b, edge)
        for evidence in edge["evidence"] or (None,):
            yield fact | _said(evidence, "; ".join(edge["rules"]))


def _ordered(network: nx.MultiDiGraph) -> list[tuple[str, str, str]]:
    return sorted((key, a, b) for a, b, key in network.edges(keys=True))


def _stating(edge: Mapping[str, Any]) -> list[Evidence]:
    return [evidence for evidence in edge["evidence"] if evidence.voice == VOICES[0]]


def _fact(network: nx.MultiDiGraph, key: str, a: str, b: str, edge: Mapping[str, Any]) -> Row:
    sides: Row = {}
    for side, node in (("subject", a), ("object", b)):
        data = network.nodes[node]
        sides[f"{side}_id"] = fit(node)
        sides |= {f"{side}_zh": _text(data["zh"]), f"{side}_en": _text(data["en"]), f"{side}_type": data["type"]}
    return {
        "statement": fit(key),
        **sides,
        "predicate": edge["predicate"],
        "status": _text(edge["status"]),
        "date": edge["date"],
        "derived": edge["derived"],
    }


def _said(evidence: Evidence | None, rule: str) -> Row:
    if evidence is None:
        return dict.fromkeys(_SAID) | {"rule": _text(rule)}
    source = evidence.source
    values = (
        *(evidence.voice, fit(evidence.quote), _text(evidence.clean), fit(source.id), _text(source.title)),
        *(_text(source.publisher), source.published, source.language, _text(source.url)),
        *(evidence.start, evidence.start + len(evidence.quote), evidence.status, evidence.date),
        *(_text(evidence.rule), evidence.confidence),
    )
    return dict(zip(_SAID, values, strict=True))


_PROOF = ("quote", "title", "publisher", "published", "url")
_SAID = (
    *("voice", "quote", "clean_quote", "article", "title", "publisher", "published", "language", "url"),
    *("start", "end", "claim_status", "claim_date", "rule", "confidence"),
)
_SIDES = tuple(f"{side}_{part}" for side in ("subject", "object") for part in ("id", "zh", "en", "type"))
_FACT = ("statement", *_SIDES, "predicate", "status", "date", "derived")
ENTITY = ("id", "type", "zh", "en", "pinyin", "gloss", "aliases", "identifiers", "parent", "partners", "statements")
STATEMENT = (*_FACT, "rules", "basis", "articles", "claims", "first_reported", "last_reported")
EVIDENCE = (*_FACT, *_SAID)


def _proof(evidence: Evidence | None) -> Row:
    """The quote that stands for all, where there is one."""
    said = _said(evidence, "")
    return {name: said[name] for name in _PROOF}


def _text(value: str | None) -> str | None:
    return fit(value) if value else None


def _joined(values: Iterable[str]) -> str | None:
    return fit("; ".join(values)) or None


def _known(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


# GraphML and GEXF: the network itself with plain attributes.


def _plain(network: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The network with attributes that both formats can hold; an edge has the quote that states it best."""
    import networkx as nx

    made = nx.MultiDiGraph()
    for row in entity_rows(network):
        attributes = _known(row)
        made.add_node(attributes.pop("id"), label=row["zh"] or row["en"] or row["id"], **attributes)
    for (key, a, b), row in zip(_ordered(network), statement_rows(network), strict=True):
        best = next(iter(_stating(network.edges[a, b, key])), None)
        attributes = {name: row[name] for name in STATEMENT if name not in _SIDES and name != "statement"} | _proof(best)
        made.add_edge(fit(a), fit(b), key=fit(key), label=row["predicate"], **_known(attributes))
    return made


def _write_graphml(network: nx.MultiDiGraph, path: Path) -> None:
    import networkx as nx

    # Not write_graphml: that writes other bytes where lxml happens to be installed.
    nx.write_graphml_xml(_plain(network), path, encoding="utf-8")


def _write_gexf(network: nx.MultiDiGraph, path: Path) -> None:
    from networkx.readwrite.gexf import GEXFWriter

    made = _plain(network)
    styles, places = load_styles(), arrange(network)
    for node, data in network.nodes(data=True):
        x, y = places.get(node, (0, 0))
        red, green, blue = bytes.fromhex(styles[data["type"]].colour[1:])
        # Gephi's y axis points up.
        made.nodes[fit(node)]["viz"] = {
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
            "position": {"x": float(x), "y": float(-y), "z": 0.0},
            "size": 10.0,
        }
    for _, _, key, data in made.edges(keys=True, data=True):
        data["id"] = key
    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(made)
    # The writer puts today's date; the same graph must give the same file tomorrow.
    for meta in writer.xml.iter("meta"):
        del meta.attrib["lastmodifieddate"]
    with path.open("wb") as stream:
        writer.write(stream)


# Tables.


def _write_csv(network: nx.MultiDiGraph, path: Path) -> None:
    """One row a claim, in UTF-8 with a mark so that Excel reads it, formulas disarmed."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(EVIDENCE)
        for row in evidence_rows(network):
            writer.writerow([_cell(row[name]) for name in EVIDENCE])


def _cell(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    return disarm(value) if isinstance(value, str) else value


@cache
def load_columns() -> Mapping[str, str]:
    """The heading of every column for people, in both languages, from seeds/page/columns.csv."""
    rows = read_table(data_path("seeds") / "page" / "columns.csv", ("column", "zh", "en"), key="column")
    return {row["column"]: f"{row['zh']} {row['en']}" for row in rows}


_EXCEL_ROWS = 1_048_576
_EXCEL_CELL = 32_767


def _write_xlsx(network: nx.MultiDiGraph, path: Path) -> None:
    """A workbook: the relations, their evidence, and a sheet for each type of entity."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtra("xlsxwriter", "excel") from error
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(str(path), options)
    # A workbook says when it was made; the same graph must give the same file tomorrow.
    book.set_properties({"title": "cooperation-kg", "created": datetime(2000, 1, 1)})
    _fill(book, "关系 Relations", STATEMENT, statement_rows(network))
    _fill(book, "原句 Evidence", EVIDENCE, evidence_rows(network))
    of_type: dict[str, list[Row]] = {}
    for row in entity_rows(network):
        of_type.setdefault(str(row["type"]), []).append(row)
    for type_ in [type_ for type_ in load_schema().types if type_ in of_type]:
        labels = load_terms()[type_].labels
        _fill(book, f"{labels['zh']} {labels['en']}"[:31], ENTITY, of_type[type_])
    book.close()


def _fill(book: Any, name: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#eef2f8", "valign": "top", "text_wrap": True})
    # What Excel itself puts for an apostrophe typed in front: the cell stays text when it is edited or saved as CSV.
    quoted = book.add_format({"quote_prefix": True})
    wide = {"quote": 60, "clean_quote": 40, "title": 36, "url": 30, "aliases": 30}
    for column, heading in enumerate(columns):
        sheet.write_string(0, column, load_columns()[heading], head)
        sheet.set_column(column, column, wide.get(heading, 12 if heading in TYPES else 18))
    last = 0
    for last, row in enumerate(rows, start=1):
        if last >= _EXCEL_ROWS:
            raise InputError(f"a sheet holds {_EXCEL_ROWS:,} rows and this graph has more: export to csv or parquet")
        for column, heading in enumerate(columns):
            value = row[heading]
            if isinstance(value, bool):
                sheet.write_boolean(last, column, value)
            elif isinstance(value, str):
                short = value if len(value.encode("utf-16-le")) // 2 <= _EXCEL_CELL else value[: _EXCEL_CELL // 2 - 1] + "…"
                sheet.write_string(last, column, short, quoted if is_formula(value) else None)
            elif value is not None:
                sheet.write_number(last, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _write_parquet(network: nx.MultiDiGraph, path: Path) -> None:
    """One row a claim, like the CSV, with typed columns; text as it is."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
    schema = pa.schema([(name, kinds[TYPES.get(name, str)]) for name in EVIDENCE])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for rows in _batches(evidence_rows(network), 50_000):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch


# Cypher.


def _write_cypher(network: nx.MultiDiGraph, path: Path) -> None:
    """A script for Neo4j and its kin that may be run again: nodes by id, relationships by statement, 200 to a query."""
    best = {fit(key): next(iter(_stating(network.edges[a, b, key])), None) for key, a, b in _ordered(network)}
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("CREATE CONSTRAINT entity_id IF NOT EXISTS FOR (e:Entity) REQUIRE e.id IS UNIQUE;\n")
        for type_, rows in _grouped(entity_rows(network), "type"):
            for batch in _batches(rows, 200):
                stream.write(f"UNWIND [\n{_maps(batch)}\n] AS row\n")
                stream.write(f"MERGE (e:Entity {{id: row.id}}) SET e:{_name(type_)}, e += row;\n")
        for predicate, rows in _grouped(statement_rows(network), "predicate"):
            for batch in _batches(rows, 200):
                joined = [{"a": row["subject_id"], "b": row["object_id"], "facts": _facts(row, best)} for row in batch]
                stream.write(f"UNWIND [\n{_maps(joined)}\n] AS row\n")
                stream.write("MATCH (a:Entity {id: row.a}) MATCH (b:Entity {id: row.b})\n")
                stream.write(
                    f"MERGE (a)-[r:{_name(predicate.upper())} {{statement: row.facts.statement}}]->(b) SET r += row.facts;\n"
                )


def _facts(row: Row, best: Mapping[str, Evidence | None]) -> dict[str, Value]:
    facts = {name: value for name, value in row.items() if name not in (*_SIDES, "predicate")}
    return facts | _proof(best[str(row["statement"])])


def _grouped(rows: Iterable[Row], column: str) -> list[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row[column]), []).append(row)
    return sorted(groups.items())


def _maps(rows: Iterable[Mapping[str, Any]]) -> str:
    return ",\n".join(f"  {_literal(row)}" for row in rows)


def _literal(value: Any) -> str:
    """A value as Cypher writes it."""
    match value:
        case Mapping():
            inside = ", ".join(f"{_name(name)}: {_literal(v)}" for name, v in value.items() if v is not None)
            return f"{{{inside}}}"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
    text = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    # Some servers undo \u0027 before they look for the end of a string, even behind a backslash: never let the two meet.
    return "'" + re.sub(r"(\\\\)(?=[uU])", r"\1' + '", text) + "'"


def _name(name: str) -> str:
    """A label, type or key, quoted where it is no plain word."""
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else "`" + name.replace("\\", "").replace("`", "``") + "`"


# The door.

FORMATS: Mapping[str, Callable[[nx.MultiDiGraph, Path], None]] = {
    "graphml": _write_graphml,
    "gexf": _write_gexf,
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
    "cypher": _write_cypher,
}


def export(graph: Graph, format: str, path: str | Path) -> Path:
    """Writes the network of a graph in one of `FORMATS` and returns where it stands. Raises InputError and MissingExtra."""
    return export_network(network(graph), format, path)


def export_network(network: nx.MultiDiGraph, format: str, path: str | Path) -> Path:
    """Writes a network in one of `FORMATS` and returns where it stands.

    The file is there whole or not at all. Raises InputError for an unknown format or a file that cannot be written, and
    MissingExtra where the format needs a package that is not installed.
    """
    if format not in FORMATS:
        raise InputError(f"“{format}” is no format: write one of {', '.join(FORMATS)}")
    with placing(path) as beside:
        FORMATS[format](network, beside)
    return Path(path)
