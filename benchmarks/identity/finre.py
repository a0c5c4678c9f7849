"""How identity does on FinRE (github.com/thunlp/Chinese_NRE): `python -m benchmarks.identity.finre PATH/finre/valid.txt`.

Each line is two names of firms, their relation and a sentence. Pairs related as 自己 are two names of one firm: the share that is
merged or suggested as a candidate. All other pairs must not be merged. A pair of two equal names cannot be told apart and is
counted by itself.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kg.identity import resolve
from kg.model import Claim, Mention, Quote

SAME = "自己"


@dataclass(frozen=True)
class Reading:
    """A sentence as an article."""

    id: str
    text: str
    title: str = ""
    publisher: str = ""
    language: str = "zh"


def outcome(number: int, left: str, right: str, text: str) -> str:
    """`merged`, `candidate` or `apart`."""
    article = Reading(str(number), text)
    quote = Quote(article.id, 0, len(text), text)
    subject, object_ = Mention(left, left, "Company"), Mention(right, right, "Company")
    claim = Claim(subject, "partners_with", object_, "realised", None, quote, "finre", 1.0)
    resolution = resolve([claim], articles=[article])
    if resolution.entity(article.id, subject).id == resolution.entity(article.id, object_).id:
        return "equal names" if left == right else "merged"
    return "candidate" if resolution.candidates else "apart"


def main() -> None:
    """Prints the counts, and every pair of another relation that was merged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for number, line in enumerate(parser.parse_args().path.read_text(encoding="utf-8").splitlines()):
        if not line.strip():
            continue
        left, right, label, text = line.split("\t")[:4]
        found = outcome(number, left, right, text)
        counts[label == SAME][found] += 1
        if found == "merged" and label != SAME:
            print(f"merged: {left} = {right} ({label})")
    for same, name in ((True, SAME), (False, "other")):
        total = counts[same].total()
        print(
            f"{name}: {total} pairs; " + ", ".join(f"{what} {n} ({n / total:.1%})" for what, n in sorted(counts[same].items()))
        )


if __name__ == "__main__":
    main()
