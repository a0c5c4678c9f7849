"""How right extraction is: `make eval`, or `python -m benchmarks.extraction.evaluate`.

    --shared DIR   where the annotated corpus (corpus/train, corpus/dev) and the outside data (external) are; what is not there is
                   left out. The project's own small corpus is always read.
    --names DIR    name models of the folds (seeds/make/train_names.py --folds 4 --keep DIR): train is read once more, each article
                   with the model that has not seen it
    --write        put the tables into docs/evaluation.md
    --raise        raise the floors to what was reached; a floor is never lowered

Exit code 1 where a figure is below its floor.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.extraction.floors import Figures, check_floors, raise_floors
from kg.articles import iter_articles
from kg.evaluation import ATTRIBUTES, Reference, Score, Tally, fold_name, read_references, score_claims
from kg.extraction import extract_article
from kg.extraction.extractor import LANGUAGES as READ
from kg.extraction.extractor import take_apart
from kg.extraction.tagging import Tagger, unpack
from kg.model import Claim
from kg.views.sheets import write_claims

ROOT = Path(__file__).resolve().parent.parent.parent
OWN = ROOT / "tests" / "extraction" / "corpus"
PAGE = ROOT / "docs" / "evaluation.md"
LANGUAGES = ("zh", "en")
FOLDS = 4
# Name of the set → what it is, in the order of the tables.
SETS = {
    "own": "the project's own 16 short articles (tests/extraction/corpus)",
    "dev": "unseen: no rule, word or weight comes from them",
    "train, names left out": "each article read with a name model that has not seen it; rules and words have",
    "train": "seen: the models and the vocabulary were made with them",
}
# Name → file, and predicates that are left out: FinRE counts a firm that bought into another (its labels 收购, 持股, 注资 …) as no
# cooperation, which a claim invests_in does not say it is.
EXTERNAL = {
    "finre": ("finre/valid.txt", frozenset[str]()),
    "finre without invests_in": ("finre/valid.txt", frozenset(("invests_in",))),
    "fewfc": ("fewfc/train_trans.json", frozenset[str]()),
}
_PRINTED = re.compile(
    r"(\d+) sentences, (\d+) positive pairs: P (\S+) R (\S+) F1 ([\d.]+)(?:; claims on \S+ pairs (\d+)/(\d+))?"
)


@dataclass(frozen=True)
class External:
    """What score_external.py prints."""

    name: str
    sentences: int
    positive: int
    precision: float
    recall: float
    f1: float
    hostile: tuple[int, int] | None


def read_sets(shared: Path) -> Iterator[tuple[str, str, list[Reference]]]:
    """Every annotated set that is there, by language."""
    for name, folder in (("own", OWN), ("dev", shared / "corpus" / "dev"), ("train", shared / "corpus" / "train")):
        for language in LANGUAGES:
            if folder.is_dir():
                yield name, language, read_references(folder, language)


def claims_of(
    references: Iterable[Reference], taggers: Sequence[Tagger | None] = (None,)
) -> Iterator[tuple[Reference, list[Claim]]]:
    """What the program claims of annotated articles; with the name models of the folds, each article by the one that has not seen it."""
    for number, reference in enumerate(references):
        yield reference, extract_article(reference.article, tagger=taggers[number % len(taggers)]).claims


def score_external(folder: Path, name: str) -> External:
    """The outside data `name`, scored by its own scorer."""
    file, without = EXTERNAL[name]
    scorer, data, kind = folder / "score_external.py", folder / file, name.partition(" ")[0]

    def run(*arguments: str | Path) -> str:
        command = [sys.executable, scorer, arguments[0], kind, data, *arguments[1:]]
        return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout

    with TemporaryDirectory() as temporary:
        articles, predicted = Path(temporary, "articles.jsonl"), Path(temporary, "predicted.jsonl")
        articles.write_text(run("prepare"), encoding="utf-8")
        with predicted.open("w", encoding="utf-8") as stream:
            read = (claim for article in iter_articles([articles]) for claim in extract_article(article).claims)
            write_claims((claim for claim in read if claim.predicate not in without), stream)
        match = _PRINTED.search(run("score", predicted))
    assert match is not None, "score_external.py prints something else now"
    precision, recall, f1 = map(float, match.groups()[2:5])
    hostile = (int(match[6]), int(match[7])) if match[6] else None
    return External(
        f"{kind} {Path(file).name}{name.removeprefix(kind)}", int(match[1]), int(match[2]), precision, recall, f1, hostile
    )


def figures_of(scores: Mapping[tuple[str, str], Score], external: Mapping[str, External]) -> Figures:
    """What floors are set for: (set, language, measure) → value. A share of hostile pairs is given as what is left of one."""
    found: Figures = {}
    for (name, language), score in scores.items():
        found |= {
            (name, language, "precision"): score.relations.precision,
            (name, language, "f1"): score.relations.f1,
            (name, language, "pair f1"): score.pairs.f1,
            **{(name, language, attribute): score.accuracy(attribute) for attribute in ATTRIBUTES},
        }
    for name, result in external.items():
        found |= {(name, "zh", "precision"): result.precision, (name, "zh", "f1"): result.f1}
        if result.hostile:
            found[name, "zh", "hostile pairs left alone"] = 1 - result.hostile[0] / result.hostile[1]
    return found


def missed_because(
    reference: Reference, missed: Iterable[tuple[str, str, str]], claims: list[Claim], tagger: Tagger | None
) -> Iterator[str]:
    """For each relation that was missed, how far reading got."""
    reading = take_apart(reference.article, tagger)
    known = {fold_name(form) for entity in reading.table.entities for form in (entity.name, *entity.forms)}
    by_id: dict[str, set[str]] = {}
    for form, ids in reference.forms.items():
        for id_ in ids:
            by_id.setdefault(id_, set()).add(form)
    claimed = {frozenset(key) for claim in claims for key in _pairs(reference, claim)}
    for subject, _, object_ in missed:
        absent = [reference.types[id_] for id_ in (subject, object_) if not by_id[id_] & known]
        if absent:
            actor = all(kind not in ("Agreement", "Event", "Project", "Platform", "Alliance") for kind in absent)
            yield "the name of an actor was not found" if actor else "the name of an undertaking was not found"
        elif frozenset((subject, object_)) in claimed:
            yield "the two are joined, by another predicate"
        else:
            yield "both names were found, no frame joins them"


def _pairs(reference: Reference, claim: Claim) -> Iterator[tuple[str, str]]:
    for s in reference.bearers((claim.subject.name, claim.subject.form)):
        for o in reference.bearers((claim.object.name, claim.object.form)):
            yield s, o


def wrong_because(reference: Reference, claim: Claim) -> str:
    """What is wrong with a claim that no annotation has."""
    if not any(s in reference.types and o in reference.types for s, o in _pairs(reference, claim)):
        return "a name that no annotated relation has"
    annotated = {(key[0], key[2]) for key in reference.relations}
    if any((s, o) in annotated or (o, s) in annotated for s, o in _pairs(reference, claim)):
        return "the two are related, by another predicate or the other way round"
    return "two annotated names that are not related"


def count_errors(references: list[Reference], taggers: Sequence[Tagger | None]) -> tuple[Counter[str], Counter[str]]:
    """How many were missed and how many are wrong, by reason."""
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for number, (reference, claims) in enumerate(claims_of(references, taggers)):
        score = score_claims([(reference, claims)])
        keys = [relation.key for _, relation in score.missed]
        missed.update(missed_because(reference, keys, claims, taggers[number % len(taggers)]))
        wrong.update(wrong_because(reference, claim) for _, claim in score.wrong)
    return missed, wrong


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown that reads well as it stands; all columns but the first are aligned to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]

    def line(cells: list[str]) -> str:
        first, *rest = (
            cell.ljust(width) if not n else cell.rjust(width) for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "| " + " | ".join([first, *rest]) + " |"

    ruler = "| " + " | ".join("-" * width if not n else "-" * (width - 1) + ":" for n, width in enumerate(widths)) + " |"
    return "\n".join([line(head), ruler, *map(line, rows)])


def share(value: float) -> str:
    """A figure as it is printed."""
    return f"{value:.3f}"


def overview(scores: Mapping[tuple[str, str], Score]) -> str:
    """One row for each set and language."""
    head = [
        "set",
        "articles",
        "relations",
        "precision",
        "recall",
        "F1",
        "pair F1",
        *(name.replace("_", " ") for name in ATTRIBUTES),
    ]
    rows = []
    for (name, language), score in scores.items():
        r = score.relations
        figures = (r.precision, r.recall, r.f1, score.pairs.f1, *(score.accuracy(attribute) for attribute in ATTRIBUTES))
        rows.append([f"{language} {name}", str(score.articles), str(r.wanted), *map(share, figures)])
    return table(head, rows)


def breakdown(what: str, scores: Mapping[str, Mapping[str, Tally]]) -> str:
    """Precision, recall and F1 of every predicate or status, side by side for several sets."""
    head = [what, *(f"{name} {figure}" for name in scores for figure in ("P", "R", "F1", "n"))]
    rows = []
    for key in sorted({key for tallies in scores.values() for key in tallies}):
        cells = []
        for tallies in scores.values():
            tally = tallies.get(key, Tally())
            cells += [share(tally.precision), share(tally.recall), share(tally.f1), str(tally.wanted)]
        rows.append([key, *cells])
    return table(head, rows)


def report(
    scores: Mapping[tuple[str, str], Score],
    external: Mapping[str, External],
    errors: Mapping[tuple[str, str], tuple[Counter[str], Counter[str]]],
) -> str:
    """All tables."""
    parts = ["### In all", overview(scores)]
    if external:
        rows = [
            [
                e.name,
                str(e.sentences),
                str(e.positive),
                *map(share, (e.precision, e.recall, e.f1)),
                "{} of {}".format(*e.hostile) if e.hostile else "",
            ]
            for e in external.values()
        ]
        head = ["outside data", "sentences", "positive pairs", "precision", "recall", "F1", "claims on 竞争 and 纠纷 pairs"]
        parts += ["### Data that nobody here wrote", table(head, rows)]
    for language in LANGUAGES:
        mine = {name: score for (name, own), score in scores.items() if own == language and name in ("own", "dev", "train")}
        parts += [
            f"### By predicate, {language}",
            breakdown("predicate", {name: score.predicates for name, score in mine.items()}),
        ]
        parts += [f"### By status, {language}", breakdown("status", {name: score.statuses for name, score in mine.items()})]
    for (name, language), (missed, wrong) in errors.items():
        rows = [[f"missed: {why}", str(count)] for why, count in missed.most_common()]
        rows += [[f"wrong: {why}", str(count)] for why, count in wrong.most_common()]
        parts += [f"### Errors, {language} {name}", table(["error", "count"], rows)]
    return "\n\n".join(parts) + "\n"


def write_page(tables: str) -> None:
    """Puts the tables between the two marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    opened, closed = "<!-- figures: made by make eval -->\n", "<!-- end of figures -->"
    before, _, rest = page.partition(opened)
    _, _, after = rest.partition(closed)
    PAGE.write_text(f"{before}{opened}\n{tables}\n{closed}{after}", encoding="utf-8")


def main() -> int:
    """Reads, scores, prints; 1 where a figure is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--names", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--raise", dest="lift", action="store_true")
    parser.add_argument("--json", action="store_true", help="print the figures that floors are set for as one JSON object")
    options = parser.parse_args()
    scores: dict[tuple[str, str], Score] = {}
    errors: dict[tuple[str, str], tuple[Counter[str], Counter[str]]] = {}
    for name, language, references in read_sets(options.shared):
        scores[name, language] = score_claims(claims_of(references))
        if name == "train" and language in READ:
            models = [options.names / f"names.{language}.{n}.npz" for n in range(FOLDS)] if options.names else []
            taggers: list[Tagger | None] = [unpack(path) for path in models if path.exists()] or [None]
            which = "train, names left out" if taggers[0] else "train"
            scores[which, language] = score_claims(claims_of(references, taggers))
            errors[which, language] = count_errors(references, taggers)
    order = list(SETS)
    scores = dict(sorted(scores.items(), key=lambda item: (LANGUAGES.index(item[0][1]), order.index(item[0][0]))))
    outside = options.shared / "external"
    external = {name: score_external(outside, name) for name, (file, _) in EXTERNAL.items() if (outside / file).exists()}
    figures = figures_of(scores, external)
    tables = report(scores, external, errors)
    print(json.dumps({" ".join(key): round(value, 4) for key, value in figures.items()}, indent=1) if options.json else tables)
    if options.write:
        write_page(tables)
    if options.lift:
        raise_floors(figures)
    failures = check_floors(figures)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
