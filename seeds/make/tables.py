"""What the generators of seeds/names share: reading the kept tables, writing the made ones, slugs."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import opencc

from kg.names import COLUMNS

HERE = Path(__file__).resolve().parent
NAMES = HERE.parent / "names"


def read(name: str) -> list[dict[str, str]]:
    """The rows of a kept table beside the generators."""
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def write(name: str, rows: Iterable[Mapping[str, str]]) -> None:
    """A table of seeds/names, sorted by id."""
    with (NAMES / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: row["id"]))


def slug(text: str) -> str:
    """`São Tomé & Príncipe` → `sao-tome-and-principe`."""
    plain = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("ø", "o").replace("Ø", "O").replace("ß", "ss"))
    letters = plain.encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


@cache
def _converter(config: str) -> opencc.OpenCC:
    return opencc.OpenCC(config)


def simplified(text: str) -> str:
    """Traditional characters to simplified, character by character."""
    return _converter("t2s").convert(text)


def traditional(text: str) -> str:
    """Simplified characters to traditional."""
    return _converter("s2t").convert(text)


def join(*forms: str) -> str:
    """The forms in order, without empty ones and doubles, as one cell."""
    return "|".join(dict.fromkeys(form for form in forms if form))
