"""Measures each rule of the grammar on annotated articles and writes seeds/models/rules.LANGUAGE.csv, which confidence is read from.

    python seeds/make/measure_rules.py CORPUS_FOLDER zh --names FOLDER            prints
    python seeds/make/measure_rules.py CORPUS_FOLDER zh --names FOLDER --write    writes the table too
    python seeds/make/measure_rules.py CORPUS_FOLDER en --write                   for English, whose names come from no model

FOLDER holds the name models of the folds (train_names.py --folds 4 --keep FOLDER): each article is read with a model that has not
seen it, so that a rule is measured with the names it will get. `found` counts the distinct relations that a rule states in an
article, denials left out, and `right` those among them that the annotation has.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kg.evaluation import claim_key, read_references
from kg.extraction.extractor import RULE_FLOOR, Finding, Teller, take_apart
from kg.extraction.tagging import unpack

FOLDS = 4


def main() -> None:
    """Parses, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("language", choices=["zh", "en"])
    parser.add_argument("--names", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    taggers = [unpack(options.names / f"names.zh.{number}.npz") for number in range(FOLDS)] if options.names else [None]
    right: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    for number, reference in enumerate(read_references(options.corpus, options.language)):
        reading = take_apart(reference.article, taggers[number % len(taggers)])
        teller = Teller(reference.article, reading)
        seen = set()
        for said in reading.derived:
            claim = teller.state(Finding(said.scene, said.cue, said.predicate, said.subject, said.object, said.rule, 0.0))
            if claim is not None:
                seen.add((said.rule, claim_key(reference, claim)))
        for rule, key in seen:
            found[rule, key[1]] += 1
            right[rule, key[1]] += key in reference.relations
    for rule, predicate in sorted(found):
        some, all_ = right[rule, predicate], found[rule, predicate]
        share = (some + 1) / (all_ + 2)
        print(f"{rule:28} {predicate:16} {some:4} of {all_:4}  {share:.3f}{'' if share >= RULE_FLOOR else '  not stated'}")
    print(f"{'all':28} {'':16} {right.total():4} of {found.total():4}")
    if options.write:
        path = Path(__file__).resolve().parents[1] / "models" / f"rules.{options.language}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("rule", "predicate", "right", "found"))
            writer.writerows(
                (rule, predicate, right[rule, predicate], found[rule, predicate]) for rule, predicate in sorted(found)
            )


if __name__ == "__main__":
    main()
