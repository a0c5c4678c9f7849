"""Small networks in the project's own words, and larger ones that are made by rule."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pyoxigraph as ox

from kg.graph.engine import Given, Solutions
from kg.graph.reading import Account, Derivation, Source
from kg.graph.store import Graph
from kg.graph.terms import Terms
from kg.model import Claim, Entity, Mention, Quote, Statement
from kg.views.network import connect, statement_id

ROOT = Path(__file__).resolve().parents[2]

ENTITIES = [
    Entity(
        "haizhou",
        "Region",
        {"zh": "海州市", "en": "Haizhou", "zh-Latn-pinyin": "Hǎizhōu Shì"},
        frozenset({"海州"}),
        glosses=frozenset({"en"}),
        parent="linhai",
    ),
    Entity("linhai", "Region", {"zh": "临海省", "en": "Linhai Province"}),
    Entity(
        "norway",
        "Country",
        {"zh": "挪威", "en": "Norway"},
        frozenset({"挪威王国", "Kingdom of Norway"}),
        {"iso3166-1": "NO", "wikidata": "Q20"},
    ),
    Entity("institute", "ResearchOrganization", {"zh": "临海海洋研究所", "en": "Linhai Institute of the Sea"}),
    Entity("forum", "Event", {"zh": "绿色发展论坛", "en": "Green Development Forum"}),
    Entity("centre", "Platform", {"zh": "海洋观测中心", "en": "Ocean Observation Centre"}),
    Entity("oldbank", "Company", {"zh": "远帆银行", "en": "Far Sail Bank"}),
]
ARTICLES = [
    Source("a1", "海州与挪威签署海洋环保备忘录", "临海日报", "2023-05-10", "zh", "https://news.example/a1"),
    Source("a2", "Green forum held in Haizhou", "Coast News", "2024-06-20", "en", "http://news.example/a2"),
    Source("a3", "海州旧闻𠮷", "临海日报", "2021-01-05", "zh", None),
]


def claim(
    article: str, text: str, subject: str, predicate: str, object_: str, status: str, cue: str, date: str | None = None
) -> Claim:
    """A claim of one sentence that stands 100 code points into its article."""
    quote = Quote(article, 100, 100 + len(text), text)

    def mention(form: str) -> Mention:
        at = text.find(form)
        return Mention(form, form, "Region") if at < 0 else Mention(form, form, "Region", 100 + at, 100 + at + len(form))

    at = 100 + text.index(cue)
    return Claim(mention(subject), predicate, mention(object_), status, date, quote, "zh.sign", 0.9, ((at, at + len(cue)),))


SIGNED = claim(
    "a1", "5月8日，𠮷海州市与挪威签署海洋环保备忘录。", "海州市", "agreement", "挪威", "realised", "签署", "2023-05-08"
)
AGAIN = replace(
    claim(
        "a2", "Haizhou and Norway signed a memorandum in 2023.", "Haizhou", "agreement", "Norway", "realised", "signed", "2023"
    ),
    rule="en.sign",
    confidence=0.8,
)
HOSTED = claim(
    "a2", "Haizhou hosted the Green Development Forum.", "Haizhou", "organizes", "Green Development Forum", "realised", "hosted"
)
CAME = claim(
    "a2",
    "Norway attended the Green Development Forum.",
    "Norway",
    "participates_in",
    "Green Development Forum",
    "realised",
    "attended",
)
PLANS = claim(
    "a2",
    "Haizhou plans to build the Ocean Observation Centre.",
    "Haizhou",
    "establishes",
    "Ocean Observation Centre",
    "planned",
    "build",
    "2026",
)
ENDED = claim("a3", "海州市与远帆银行的合作已于2021年终止。", "海州市", "partners_with", "远帆银行", "ended", "终止", "2021")
WORKS = claim("a1", "临海海洋研究所与挪威正在共同观测近海。", "临海海洋研究所", "partners_with", "挪威", "ongoing", "共同观测")
DENIED = replace(claim("a3", "海州市与挪威未签署备忘录。", "海州市", "agreement", "挪威", "realised", "未签署"), denied=True)

STATEMENTS = [
    Statement("haizhou", "agreement", "norway", "realised", "2023-05-08", (SIGNED, AGAIN)),
    Statement("haizhou", "organizes", "forum", "realised", None, (HOSTED,)),
    Statement("norway", "participates_in", "forum", "realised", None, (CAME,)),
    Statement("haizhou", "establishes", "centre", "planned", "2026", (PLANS,)),
    Statement("haizhou", "partners_with", "oldbank", "ended", "2021", (ENDED,)),
    Statement("institute", "partners_with", "norway", "ongoing", None, (WORKS,)),
]
BASIS = tuple(sorted(statement_id(s) for s in STATEMENTS[1:3]))
DERIVED = [Derivation("d1", "haizhou", "cooperates_with", "norway", "co-organizers", BASIS)]


def accounts() -> list[Account]:
    """The statements with what else is said of them: the first is denied by one article, and has a repaired quote."""
    plain = [Account(statement_id(s), s, (), (), {}) for s in STATEMENTS]
    return [
        replace(plain[0], denials=(DENIED,), clean={SIGNED.quote: "5月8日，吉海州市与挪威签署海洋环保备忘录。"}),
        *plain[1:],
    ]


def small() -> nx.MultiDiGraph:
    """Seven entities, every status, a derived edge, a denial, a character beyond the basic plane before the marks."""
    return connect(ENTITIES, accounts(), ARTICLES, DERIVED)


def large(nodes: int, edges_each: int = 3) -> nx.MultiDiGraph:
    """A network made by rule: every entity cooperates with a few before it, early ones with many; always the same."""
    source = Source("m1", "规模测试", "临海日报", "2024-01-01", "zh", None)
    types = ("Country", "Region", "Company", "ResearchOrganization", "GovernmentBody")
    entities = [Entity(f"e{i:05}", types[i % 5], {"zh": f"第{i}号机构", "en": f"Body {i}"}) for i in range(nodes)]
    statements = {}
    for i in range(1, nodes):
        for j in range(edges_each):
            mixed = (i * 2654435761 + j * 2246822519) % 2**32 / 2**32
            a, b = sorted((f"e{i:05}", f"e{int(i * mixed**3):05}"))
            if a != b:
                sentence = f"{a}与{b}在第{j}次会上签署合作协议，双方将共同工作。"
                stated = claim("m1", sentence, a, "agreement", b, "realised", "签署", str(2015 + (i + j) % 10))
                statements[a, b] = Statement(a, "agreement", b, "realised", stated.date, (stated,))
    return connect(entities, statements.values(), [source])


class MemoryEngine:
    """A graph in memory, for what reads a graph; like the real store it has every quad once more in the default graph."""

    def __init__(self, *files: Path) -> None:
        self.terms = Terms()
        self.store = ox.Store()
        for file in files:
            self.store.load(path=str(file), format=ox.RdfFormat.from_extension(file.suffix[1:]))
        self.store.extend([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in self.store])

    def evaluate(self, sparql: str, given: Given) -> Solutions | bool | list[ox.Triple]:
        result = self.store.query(
            sparql,
            prefixes=dict(self.terms.prefixes),
            substitutions={ox.Variable(name): value for name, value in given.items()},
        )
        assert isinstance(result, ox.QuerySolutions)
        return Solutions(tuple(v.value for v in result.variables), [tuple(row) for row in result])

    def quads(self) -> Iterator[ox.Quad]:
        return iter(self.store)


def harbour() -> Graph:
    """The hand-made graph that the ontology's own tests use."""
    folder = ROOT / "ontology"
    return Graph(MemoryEngine(folder / "examples" / "good" / "harbour.trig", folder / "cooperation.ttl"))
