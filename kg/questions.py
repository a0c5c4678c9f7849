"""The questions of ontology/queries and the rules of ontology/rules: SPARQL text with a header that says what it is for.

The header is the comment lines before the query, in the form of docs/data-shape.md. Nothing here runs a query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import DataError
from kg.resources import data_path

LANGUAGES = ("zh", "en")
KINDS = ("entity", "topic", "year", "number")
_LINE = re.compile(r"#\s*([a-z_ ]+?)\s*:\s*(.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable that the asker gives: name, kind (one of `KINDS`), whether it may be left out, and labels by language."""

    name: str
    kind: str
    optional: bool
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A competency question: name (the file's), titles and descriptions by language, parameters and the SPARQL SELECT.

    `example` gives every required parameter a value for which the golden graph has an answer.
    """

    name: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    example: Mapping[str, str]
    sparql: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: name (the file's), titles and descriptions by language, and the SPARQL CONSTRUCT without its header.

    `on_request` rules are run when somebody asks for them, the others at every build.
    """

    name: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    on_request: bool
    sparql: str


@cache
def load_questions() -> Mapping[str, Question]:
    """Every question by name, in name order. Raises DataError that names the file and what its header lacks."""
    return {path.stem: read_question(path) for path in sorted((data_path("ontology") / "queries").glob("*.rq"))}


@cache
def load_rules() -> Mapping[str, Rule]:
    """Every rule by name, in name order. Raises DataError that names the file and what its header lacks."""
    return {path.stem: read_rule(path) for path in sorted((data_path("ontology") / "rules").glob("*.rq"))}


def read_question(path: Path) -> Question:
    """The question of one file. Raises DataError."""
    header, sparql = _split(path)
    parameters = []
    for name, value in [(key.split()[1], value) for key, value in header.items() if re.fullmatch(r"param [a-z_]+", key)]:
        kind, _, rest = (part.strip() for part in value.partition(","))
        if kind not in KINDS or rest not in ("", "optional"):
            raise DataError(
                f"{path.name}: param {name} is “{value}”; write one of {', '.join(KINDS)}, and “, optional” if it is"
            )
        parameters.append(Parameter(name, kind, bool(rest), _both(path, header, f"param {name}")))
    pairs = [part.partition("=") for part in header.get("example", "").split("|") if part.strip()]
    example = {key.strip(): value.strip() for key, _, value in pairs}
    lacking = [p.name for p in parameters if not p.optional and p.name not in example]
    unknown = example.keys() - {p.name for p in parameters}
    if lacking or unknown:
        raise DataError(
            f"{path.name}: the example must give every parameter and no other: {', '.join([*lacking, *sorted(unknown)])}"
        )
    return Question(
        path.stem,
        _both(path, header, "title"),
        _both(path, header, "description"),
        tuple(parameters),
        example,
        sparql,
    )


def read_rule(path: Path) -> Rule:
    """The rule of one file. Raises DataError."""
    header, sparql = _split(path)
    when = header.get("when")
    if when not in ("build", "request"):
        raise DataError(f"{path.name}: the header lacks “# when: build” or “# when: request”")
    return Rule(path.stem, _both(path, header, "title"), _both(path, header, "description"), when == "request", sparql)


def _both(path: Path, header: Mapping[str, str], key: str) -> Mapping[str, str]:
    """The header lines `key zh` and `key en`."""
    for language in LANGUAGES:
        if f"{key} {language}" not in header:
            raise DataError(f"{path.name}: the header lacks “# {key} {language}: …”")
    return {language: header[f"{key} {language}"] for language in LANGUAGES}


def _split(path: Path) -> tuple[dict[str, str], str]:
    """The header as key and value, and the text after it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    comments = list(_comments(lines))
    header: dict[str, str] = {}
    for line in comments:
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise DataError(f"{path.name}: “{line.strip()}” is no header line; write “# key: value”")
        if match[1] in header:
            raise DataError(f"{path.name}: “# {match[1]}:” stands twice")
        header[match[1]] = match[2]
    return header, "".join(lines[len(comments) :]).strip() + "\n"


def _comments(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("#"):
            return
        yield line
