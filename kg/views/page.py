"""The network as one HTML file that needs nothing but a browser: search, legend, evidence, table.

pyvis builds the network; the template is ours, because pyvis's own writes text into the page as markup and asks other
machines for Bootstrap. Nothing of the data is ever markup here: it travels as JSON in script elements that do not run, and
the page puts it in as text. A content security policy lets run exactly the scripts whose hashes it names, and no request leave.
"""

from __future__ import annotations

import base64
import hashlib
import html
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.graph.reading import Source
from kg.questions import load_rules
from kg.resources import data_path, read_table
from kg.schema import load_schema, load_terms
from kg.views.layout import Position, arrange
from kg.views.network import VOICES, Evidence, core, network, part
from kg.views.output import fit, placing

if TYPE_CHECKING:
    import networkx as nx
    from pyvis.network import Network

    from kg.graph.store import Graph

# What the page holds at most, what it shows at first, and the quotes kept of one statement.
HELD = 3000
FIRST = 300
QUOTES = 12
# More derived edges than this are not shown at first.
DERIVED = 300
LANGUAGES = ("zh", "en")
_TEMPLATES = Path(__file__).resolve().parent / "templates"
_SCRIPTS = ("model.js", "cards.js", "canvas.js", "table.js", "page.js")
_POLICY = "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
_VIS = "lib/vis-9.1.2/vis-network.min.js"


@dataclass(frozen=True, slots=True)
class Style:
    """How a type (colour, shape), a predicate (colour) or a status (colour, dash) is drawn."""

    colour: str
    shape: str
    dash: str


@cache
def load_styles() -> Mapping[str, Style]:
    """The styles of seeds/page/styles.csv by term. Raises DataError with file and line."""
    found = {}
    for row in read_table(data_path("seeds") / "page" / "styles.csv", ("term", "colour", "shape", "dash"), key="term"):
        if not re.fullmatch(r"#[0-9a-f]{6}", row["colour"]):
            raise row.fail(f"“{row['colour']}” is no colour: write #rrggbb in small letters")
        if not re.fullmatch(r"(\d+( \d+)*)?", row["dash"]):
            raise row.fail(f"“{row['dash']}” is no dash: write lengths in pixels, such as 10 6")
        found[row["term"]] = Style(row["colour"], row["shape"], row["dash"])
    return found


@cache
def load_words() -> Mapping[str, Mapping[str, str]]:
    """What the page says, by language and key, from seeds/page/words.csv. Raises DataError with file and line."""
    rows = read_table(data_path("seeds") / "page" / "words.csv", ("key", *LANGUAGES), key="key")
    for row in rows:
        if not all(row[language] for language in LANGUAGES):
            raise row.fail("a language is missing")
        if len({frozenset(re.findall(r"\{\w+\}", row[language])) for language in LANGUAGES}) > 1:
            raise row.fail("the languages have different places in braces")
    return {language: {row["key"]: row[language] for row in rows} for language in LANGUAGES}


@dataclass(frozen=True)
class Page:
    """A finished page; a notebook shows it inline."""

    html: str

    def write(self, path: str | Path) -> Path:
        """Writes the page as UTF-8 and returns where it stands. Raises InputError where that cannot be."""
        with placing(path) as beside:
            beside.write_text(self.html, encoding="utf-8", newline="\n")
        return Path(path)

    def _repr_html_(self) -> str:
        # Scripts run in a frame of no origin, so the page cannot reach the notebook.
        return (
            '<iframe sandbox="allow-scripts allow-popups allow-downloads" width="100%" height="720" '
            f'style="border:1px solid #d8dee8;border-radius:8px" srcdoc="{html.escape(self.html)}"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<Page {len(self.html) / 1e6:.1f} MB>"


def view(graph: Graph, *, about: str | None = None, hops: int = 2) -> Page:
    """The page of a graph, or of what is within `hops` edges of the entity that bears the name `about`.

    In a notebook it shows itself; elsewhere `view(graph).write("cooperation.html")`. Raises NotFound and AmbiguousName.
    """
    return draw(network(graph, about=about, hops=hops), about or "")


def draw(network: nx.MultiDiGraph, title: str = "") -> Page:
    """The page of a network. Of more than `HELD` entities it holds the best connected, of many quotes of a statement the best.

    `title` is the heading; without one the page names itself in the reader's language.
    """
    kept = part(network, set(core(network, HELD)))
    ids = {node: f"n{i}" for i, node in enumerate(kept, start=1)}
    keys = sorted((key, a, b) for a, b, key in kept.edges(keys=True))
    numbers = {key: f"e{i}" for i, (key, _, _) in enumerate(keys, start=1)}
    first = core(kept, FIRST)
    built = _build(part(kept, set(first)), kept, ids, keys, numbers)
    facts = _facts(network, kept, ids, keys, numbers) | {"first": [ids[node] for node in first]}
    if len(first) < len(ids):
        wide = _positions(kept)
        facts["wide"] = {ids[node]: wide[node] for node in ids}
    return Page(_render(built, facts | {"title": fit(title)}))


def _build(
    first: nx.MultiDiGraph,
    kept: nx.MultiDiGraph,
    ids: Mapping[str, str],
    keys: Sequence[tuple[str, str, str]],
    numbers: Mapping[str, str],
) -> Network:
    """The pyvis network: how things are drawn, and where those of the first view stand; the page places the rest."""
    from pyvis.network import Network

    symmetric = {name for name, predicate in load_schema().predicates.items() if predicate.symmetric} | {"cooperates_with"}
    styles = load_styles()
    positions = _positions(first)
    built = Network(directed=True, cdn_resources="in_line")
    # Straight into the lists: add_node and add_edge look through all that is there already, each time.
    built.nodes = [
        {
            "id": id_,
            "size": _size(_degree(kept, node)),
            "color": styles[kept.nodes[node]["type"]].colour,
            "shape": styles[kept.nodes[node]["type"]].shape,
        }
        | (dict(zip("xy", positions[node], strict=True)) if node in positions else {})
        for node, id_ in ids.items()
    ]
    built.edges = [_stroke(numbers[key], ids[a], ids[b], kept.edges[a, b, key], styles, symmetric) for key, a, b in keys]
    built.set_options((_TEMPLATES / "options.json").read_text(encoding="utf-8"))
    return built


def _stroke(
    id_: str, start: str, end: str, edge: Mapping[str, Any], styles: Mapping[str, Style], symmetric: set[str]
) -> dict[str, object]:
    kind = "derived" if edge["derived"] else edge["status"]
    dash = [int(length) for length in styles[kind].dash.split()]
    return {
        "id": id_,
        "from": start,
        "to": end,
        "color": styles["ended"].colour if kind == "ended" else styles[edge["predicate"]].colour,
        "dashes": dash or False,
        "width": round(1.4 + min(math.log2(max(edge["articles"], 1)), 4.0), 2),
        "opacity": 0.55 if kind == "derived" else 0.8,
        "arrows": "" if edge["predicate"] in symmetric else "to",
    }


def _positions(network: nx.MultiDiGraph) -> dict[str, Position]:
    """Where nodes stand. In a small picture each has room for its whole label, in a large one for some of it: the page writes
    as many labels as there is room for."""
    share = min(1.0, max(0.25, 40 / max(len(network), 1)))
    boxes = {}
    for node, data in network.nodes(data=True):
        label = max(12.0 * min(len(data["zh"]), 14), 6.6 * min(len(data["en"]), 26))
        across = 2 * _size(_degree(network, node)) + 10
        boxes[node] = (max(across, label * share), across + 22 * share)
    return arrange(network, boxes, stride=60 + 60 * share)


def _degree(network: nx.MultiDiGraph, node: str) -> int:
    return len({*network.successors(node), *network.predecessors(node)} - {node})


def _size(degree: int) -> float:
    return round(min(6 + 3.2 * math.sqrt(degree), 31.0), 1)


def _facts(
    network: nx.MultiDiGraph,
    kept: nx.MultiDiGraph,
    ids: Mapping[str, str],
    keys: Sequence[tuple[str, str, str]],
    numbers: Mapping[str, str],
) -> dict[str, Any]:
    """Everything the page tells, as JSON values."""
    predicates = load_schema().predicates
    quoted = {key: _best(kept.edges[a, b, key]["evidence"]) for key, a, b in keys}
    sources = sorted({e.source for found in quoted.values() for e in found}, key=lambda source: source.id)
    place = {source.id: i for i, source in enumerate(sources)}
    every = [data for _, _, data in network.edges(data=True)]
    days = sorted({e.source.published for edge in every for e in edge["evidence"] if e.source.published})
    return {
        "total": {
            "entities": sum(1 for _, degree in network.degree() if degree),
            "statements": sum(not edge["derived"] for edge in every),
            "articles": len({e.source.id for edge in every for e in edge["evidence"]}),
        },
        # A large alliance joins everybody with everybody: what is derived then waits until it is asked for.
        "quiet": sum(kept.edges[a, b, key]["derived"] for key, a, b in keys) > DERIVED,
        "period": "" if not days else days[0] if days[0] == days[-1] else f"{days[0]} – {days[-1]}",
        "entities": [_entity(id_, node, kept.nodes[node], ids) for node, id_ in ids.items()],
        "articles": [_article(source) for source in sources],
        "statements": [
            {
                "id": numbers[key],
                "key": fit(key),
                "from": ids[a],
                "to": ids[b],
                "symmetric": edge["derived"] or predicates[edge["predicate"]].symmetric,
                "year": _year(edge["date"], edge["evidence"]),
                "basis": [numbers[statement] for statement in edge["basis"] if statement in numbers],
                "evidence": [_evidence(e, place) for e in quoted[key]],
            }
            | {name: edge[name] for name in ("predicate", "status", "date", "derived", "rules", "claims", "articles")}
            for key, a, b in keys
            for edge in (kept.edges[a, b, key],)
        ],
    }


def _best(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Of what each voice says the best."""
    return [e for voice in VOICES for e in [e for e in evidence if e.voice == voice][:QUOTES]]


def _entity(id_: str, key: str, node: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": id_,
        "key": fit(key),
        "type": node["type"],
        "zh": fit(node["zh"]),
        "en": fit(node["en"]),
        "pinyin": fit(node["pinyin"]),
        "glosses": list(node["glosses"]),
        "aliases": [fit(alias) for alias in node["aliases"]],
        "sounds": _sounds([node["zh"], *node["aliases"]]),
        "identifiers": {fit(scheme): fit(value) for scheme, value in node["identifiers"].items()},
        "parent": ids.get(node["parent"]),
    }


def _sounds(names: Sequence[str]) -> list[str]:
    """How Chinese names are typed on a keyboard: pinyin without tones in one word, and its initials."""
    from pypinyin import Style, lazy_pinyin

    spoken = [name for name in names if re.search("[\u4e00-\u9fff]", name)]
    syllables = [lazy_pinyin(fit(name), style=style) for name in spoken for style in (Style.NORMAL, Style.FIRST_LETTER)]
    return list(dict.fromkeys("".join(parts).lower() for parts in syllables))


def _article(source: Source) -> dict[str, object]:
    return {
        "title": fit(source.title),
        "publisher": fit(source.publisher),
        "published": source.published,
        "language": source.language,
        "url": None if source.url is None else fit(source.url),
    }


def _evidence(evidence: Evidence, place: Mapping[str, int]) -> dict[str, object]:
    return {
        "article": place[evidence.source.id],
        "quote": fit(evidence.quote),
        "subject": evidence.subject,
        "object": evidence.object,
        "cues": evidence.cues,
        "status": evidence.status,
        "date": evidence.date,
        "rule": fit(evidence.rule),
        "confidence": evidence.confidence,
        "clean": fit(evidence.clean),
        "voice": evidence.voice,
    }


def _year(date: str | None, evidence: Sequence[Evidence]) -> int | None:
    """The year of the stated date, else of the first report."""
    day = date or min((e.source.published for e in evidence if e.source.published), default=None)
    return int(day[:4]) if day else None


def _vocabulary() -> dict[str, object]:
    terms, schema = load_terms(), load_schema()
    rules = load_rules()
    return {
        "words": load_words(),
        "terms": {language: {name: term.labels[language] for name, term in terms.items()} for language in LANGUAGES},
        "definitions": {
            language: {name: term.definitions.get(language, "") for name, term in terms.items()} for language in LANGUAGES
        },
        "rules": {language: {name: rule.titles[language] for name, rule in rules.items()} for language in LANGUAGES},
        "types": list(schema.types),
        "predicates": [*schema.predicates, "cooperates_with"],
        "statuses": [status for status in ("realised", "ongoing", "planned", "ended") if status in schema.statuses],
        "styles": {
            name: {"colour": style.colour, "shape": style.shape, "dash": style.dash} for name, style in load_styles().items()
        },
    }


def _render(built: Network, facts: Mapping[str, Any]) -> str:
    import jinja2
    from markupsafe import Markup

    own = "\n".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    scripts = [_vis(), f"(() => {{\n'use strict';\n{own}\n}})();"]
    style = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    words = load_words()
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, keep_trailing_newline=True)
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
    # pyvis hands its options over as JSON text, everything else as values.
    environment.filters["safe_json"] = lambda text: Markup(text.replace("<", "\\u003c"))
    environment.globals.update(
        language=LANGUAGES[0],
        policy=f"default-src 'none'; script-src {hashes}; {_POLICY}",
        style=Markup(style),
        scripts=[Markup(script) for script in scripts],
        noscript=[words[language]["noscript"] for language in LANGUAGES],
        facts=facts,
        vocabulary=_vocabulary(),
    )
    built.templateEnv, built.path = environment, "page.html"
    built.heading = facts["title"] or words[LANGUAGES[0]]["title"]
    return str(built.generate_html())


@cache
def _vis() -> str:
    """The vis-network that comes with pyvis, safe to stand inside a script element."""
    import pyvis

    source = (Path(pyvis.__file__).parent / _VIS).read_text(encoding="utf-8")
    source = re.sub(r"//# sourceMappingURL=.*", "", source).replace("\r\n", "\n")
    return re.sub(r"</(script)|<!--", lambda found: "<\\/script" if found[1] else "<\\!--", source, flags=re.IGNORECASE)
