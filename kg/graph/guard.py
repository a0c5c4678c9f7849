"""Refuse SPARQL that would reach out of the graph or bring the process down, before any engine sees it.

    text ──▶ tokens and the brackets they stand in ──▶ size · nesting · chains ──▶ SERVICE, LOAD, FROM <file:…>

The engine reads SPARQL without a lexer: `SERVICEex:` is a SERVICE, `1<?b)SERVICE#>` hides one in what looks like an IRI, and
a long string with a wrong escape ends where nobody expects it. So this reader takes no sides: where two readings of a text
are possible and differ in anything that matters, the text is refused, and the message says how to write it clearly.

This layer gives the clear answer. The wall behind it is the operating system's: `kg.graph.sandbox`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn
from urllib.parse import urlsplit

from kg.errors import QueryError

MAX_BYTES = 64 * 1024
# The engine's parser and planner recurse. With 8 MiB of stack the process ends at about 1,000 nested IF, 2,200 nested groups,
# 2,650 DESCRIBE targets or ORDER BY keys, 4,200 items of a collection, 7,000 links of a chain; other stacks are smaller.
MAX_DEPTH = 128
MAX_CLAUSES = 512
MAX_TERMS = 2_000
ANYWHERE = "*"


class Reason(StrEnum):
    """Which rule a text breaks."""

    SIZE = "too-large"
    DEPTH = "too-complex"
    NETWORK = "remote-access"
    SYNTAX = "syntax"


class RefusedQuery(QueryError):
    """SPARQL that is not run; `reason` is the rule it breaks."""

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Token:
    """One token as written: `kind` is a group of the token pattern, `start` counts code points, `depth` open brackets.

    `data` says of an opening bracket that only terms stand in it: a template, INSERT DATA, the rows of VALUES.
    """

    kind: str
    text: str
    start: int
    depth: int
    data: bool = False


# The character classes of the SPARQL grammar in full: \w has other letters, and one letter more hides a keyword.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_FIRST = f"{_BASE}_"
_LATER = _FIRST + r"0-9\-\u00b7\u0300-\u036f\u203f-\u2040"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_CODE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_PREFIX = rf"[{_BASE}](?:[{_LATER}]|\.+(?=[{_LATER}]))*"
_LOCAL = rf"(?:[{_FIRST}:0-9]|{_ESCAPED})(?:[{_LATER}:]|{_ESCAPED}|\.+(?=[{_LATER}:]|{_ESCAPED}))*"
_IRI = rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_CODE})*>"
_TOKEN = re.compile(
    rf"""(?P<space>(?:[ \t\r\n]|\#[^\r\n]*)+)
    |(?P<iri>{_IRI})
    |(?P<name>(?:{_PREFIX})?:(?:{_LOCAL})?)
    |(?P<blank>_:[{_FIRST}0-9](?:[{_LATER}]|\.+(?=[{_LATER}]))*)
    |(?P<variable>[?$][{_FIRST}0-9][{_FIRST}0-9\u00b7\u0300-\u036f\u203f-\u2040]*)
    |(?P<string>'''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*'''|\"\"\"[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*\"\"\"
               |'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'|"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*")
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
    |(?P<number>[0-9]+(?:\.[0-9]*)?[eE][+-]?[0-9]+|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+)
    |(?P<word>[{_FIRST}][{_LATER}]*)
    |(?P<open><<|\{{\||[{{(\[])
    |(?P<close>>>|\|\}}|[}})\]])
    |(?P<operator>\^\^|&&|\|\||<=|>=|!=|[=<>!+\-*/^|?.;,~])""",
    re.VERBOSE,
)
_IRI_AT = re.compile(_IRI)
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_BACKSLASH = re.compile(r"""\\(?:[tbnrf"'\\]|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|)""")
_CLOSES = {"}": "{", ")": "(", "]": "[", "|}": "{|", ">>": "<<"}
_TERMS = frozenset({"iri", "name", "blank", "variable", "string", "number"})
_OPERANDS = _TERMS | {"language", "close"}
_PREFIX_OPERATORS = frozenset({"!", "+", "-", "^", "^^"})
_SEPARATORS = frozenset(".;,")
# Words after which a brace holds data or a template: only terms stand in it, however many.
_DATA_WORDS = ("DATA", "CONSTRUCT", "INSERT", "DELETE")
_DATASET_WORDS = ("FROM", "NAMED", "USING")
_FILE_SCHEMES = frozenset({"file", "ftp", "ftps", "jar", "data"})
_PORTS = {"http": 80, "https": 443}
_LIMITS = {"operators": MAX_DEPTH, "groups": MAX_DEPTH, "clauses": MAX_CLAUSES, "terms": MAX_TERMS}


@dataclass(slots=True)
class _Bracket:
    """An open bracket and what was counted in it; `data` where no expression can stand, so that `<` begins an IRI."""

    text: str
    data: bool
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_LIMITS, 0))


def screen(sparql: str, *, update: bool = False, services: Sequence[str] = (), max_bytes: int = MAX_BYTES) -> None:
    """Return if the text may be given to the engine, else raise RefusedQuery with the reason.

    Refused are texts over `max_bytes` of UTF-8, nesting and chains deep enough to end a process, SERVICE and LOAD, and FROM
    or USING of a file. `services` are the endpoints that SERVICE and LOAD may reach all the same: URL prefixes, or
    `ANYWHERE`. The rest of the grammar is left to the engine.
    """
    try:
        size = len(sparql.encode("utf-8"))
    except UnicodeEncodeError:
        raise RefusedQuery(Reason.SYNTAX, "the query is not text: it holds half of a surrogate pair") from None
    if size > max_bytes:
        raise RefusedQuery(Reason.SIZE, f"the query has {size:,} bytes; at most {max_bytes:,} are read")
    tokens = read_tokens(sparql)
    if ANYWHERE not in services:
        _check_remote(sparql, tokens, update, services)
    _check_dataset(sparql, tokens)


def names_file(iri: str) -> bool:
    """Whether an IRI, as written in a query, names something on a disk or a transfer rather than a graph."""
    plain = re.sub(_CODE, lambda code: chr(min(int(code[0][2:], 16), 0x10FFFF)), iri)
    scheme, colon, _ = plain.partition(":")
    return bool(colon) and scheme.lower() in _FILE_SCHEMES


def read_tokens(sparql: str) -> list[Token]:
    """The tokens of a SPARQL text without spaces and comments.

    Raises RefusedQuery where brackets do not match or are nested too deep, a chain is too long, or a text can be read in
    two ways.
    """
    tokens: list[Token] = []
    brackets = [_Bracket("", False)]
    position, run, values = 0, 0, False
    while position < len(sparql):
        match = _TOKEN.match(sparql, position)
        if match is None:
            _refuse_character(sparql, position)
        kind, text, here = str(match.lastgroup), match[0], brackets[-1]
        start, position = position, match.end()
        if kind == "space":
            continue
        previous = tokens[-1] if tokens else None
        if here.text == "(" and not here.data and text.startswith("<") and _is_operand(previous):
            if text == "<<" and _IRI_AT.match(sparql, start + 1):
                kind, text, position = "operator", "<", start + 1
            elif kind == "iri" and not _ABSOLUTE.match(text):
                _count_both_readings(sparql, start, text, here)
        elif text == ">>" and here.text != "<<":
            kind, text, position = "operator", ">", start + 1
        elif kind == "string":
            _check_escapes(sparql, start, text)
        run = run + len(text) if kind == "operator" and text in _PREFIX_OPERATORS else 0
        if run > MAX_DEPTH:
            _refuse_depth(sparql, start)
        data = kind == "open" and (here.data or _opens_data(text, previous) or (values and text == "{"))
        tokens.append(Token(kind, text, start, len(brackets) - 1, data))
        if kind == "word":
            values = values or text.upper().endswith("VALUES")
        elif kind == "open":
            values = values and text != "{"
            _count(sparql, start, here, "groups" if text == "{" else "clauses")
            brackets.append(_Bracket(text, data))
            if len(brackets) > MAX_DEPTH + 1:
                _refuse_depth(sparql, start)
        elif kind == "close":
            if here.text != _CLOSES[text]:
                _refuse(sparql, start, Reason.SYNTAX, f"“{text}” closes nothing")
            brackets.pop()
        elif kind == "operator" and text in _SEPARATORS:
            _begin_anew(here, text)
        else:
            _count(sparql, start, here, "terms" if kind in _TERMS else "operators")
    return tokens


def _is_operand(token: Token | None) -> bool:
    """Whether the token can end an operand, so that `<` after it may be the operator."""
    if token is None:
        return False
    return token.kind in _OPERANDS or (token.kind == "word" and token.text.upper().endswith(("TRUE", "FALSE")))


def _opens_data(text: str, previous: Token | None) -> bool:
    if previous is None:
        return False
    if text == "(":
        return previous.text == "<<"
    return text == "{" and previous.kind == "word" and previous.text.upper().endswith(_DATA_WORDS)


def _count(sparql: str, start: int, bracket: _Bracket, what: str, by: int = 1) -> None:
    bracket.counts[what] += by
    if bracket.counts[what] > _LIMITS[what] and not bracket.data:
        _refuse_depth(sparql, start, f"more than {_LIMITS[what]} {what} in one place")


def _begin_anew(bracket: _Bracket, separator: str) -> None:
    """Forget what a separator ends: an argument, an operation of an update, the path of a triple."""
    if (bracket.text, separator) in {("(", ","), ("", ";")}:
        bracket.counts = dict.fromkeys(_LIMITS, 0)
    else:
        bracket.counts["operators"] = 0


def _count_both_readings(sparql: str, start: int, text: str, bracket: _Bracket) -> None:
    """`?a <b> ?c` in parentheses: the items of a list, or two comparisons. What the second reading shows must not matter."""
    if set(text) & set("#()[]'"):
        _refuse(
            sparql, start, Reason.SYNTAX, f"“{text[:40]}” can be read in two ways: write a space after “<”, or the whole IRI"
        )
    _count(sparql, start, bracket, "operators", sum(text.count(sign) for sign in "|&+-*/^!="))


def _check_escapes(sparql: str, start: int, text: str) -> None:
    """A string with an escape that is none ends elsewhere for the engine than for a reader."""
    for escape in _BACKSLASH.finditer(text):
        code = int(escape[1] or escape[2] or "0", 16)
        if len(escape[0]) < 2 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            _refuse(sparql, start + escape.start(), Reason.SYNTAX, "no such escape in a string")


def _check_remote(sparql: str, tokens: Sequence[Token], update: bool, services: Sequence[str]) -> None:
    for number, token in enumerate(tokens):
        written = token.text.upper()
        if token.kind == "word" and ("SERVICE" in written or "LOAD" in written):
            _check_call(sparql, tokens, number, services)
        elif token.kind == "name" and (
            ("SERVICE" in written and _reads_as_service(tokens, number))
            or (update and "LOAD" in written and token.depth == 0 and not _follows_word(tokens, number))
        ):
            _refuse_remote(sparql, token)


def _check_call(sparql: str, tokens: Sequence[Token], number: int, services: Sequence[str]) -> None:
    """SERVICE or LOAD: let through only with an endpoint written in full that begins as one of the allowed."""
    rest = list(tokens[number + 1 : number + 3])
    if rest and rest[0].text.upper() == "SILENT":
        rest = rest[1:]
    plain = tokens[number].text.upper() in {"SERVICE", "LOAD"}
    if not (plain and rest and rest[0].kind == "iri" and any(_reaches(rest[0].text[1:-1], prefix) for prefix in services)):
        _refuse_remote(sparql, tokens[number])


def _reaches(iri: str, prefix: str) -> bool:
    """Whether an IRI lies below a URL prefix: same scheme, host and port, no user name, nothing that climbs out of the path."""
    try:
        here, allowed = urlsplit(iri), urlsplit(prefix)
        same_port = (here.port or _PORTS.get(here.scheme)) == (allowed.port or _PORTS.get(allowed.scheme))
    except ValueError:
        return False
    return (
        not set(iri) & set("\\@")
        and (here.scheme, here.hostname) == (allowed.scheme, allowed.hostname)
        and same_port
        and here.path.startswith(allowed.path)
        and "/.." not in here.path
    )


def _reads_as_service(tokens: Sequence[Token], number: int) -> bool:
    """A prefixed name with SERVICE in it that the engine may split: `SERVICEex: {`, `ex:SERVICE <…> {`, `ex:SERVICE SILENT`."""
    if _follows_word(tokens, number):
        return False
    after = [token.text.upper() for token in tokens[number + 1 : number + 3]]
    return after[:1] in (["{"], ["SILENT"]) or after[1:] == ["{"]


def _follows_word(tokens: Sequence[Token], number: int) -> bool:
    return number > 0 and tokens[number - 1].kind == "word"


def _check_dataset(sparql: str, tokens: Sequence[Token]) -> None:
    """FROM and USING name graphs. One that names a file, directly or through BASE or a prefix, is a mistake or an attack."""
    clauses = [t for t in tokens if t.kind in {"word", "name"} and t.depth == 0 and _is_dataset(t)]
    files = [t for t in tokens if t.kind == "iri" and t.depth == 0 and names_file(t.text[1:-1])]
    if clauses and files:
        _refuse(
            sparql, files[0].start, Reason.NETWORK, f"{files[0].text[:60]} is a file: FROM and USING name graphs of this store"
        )


def _is_dataset(token: Token) -> bool:
    written = token.text.upper()
    return written.endswith(_DATASET_WORDS) if token.kind == "word" else written.startswith(_DATASET_WORDS)


def _refuse_remote(sparql: str, token: Token) -> NoReturn:
    word = "LOAD" if "LOAD" in token.text.upper() else "SERVICE"
    _refuse(sparql, token.start, Reason.NETWORK, f"{word} is refused: queries do not reach other machines")


def _refuse_depth(sparql: str, start: int, what: str = f"more than {MAX_DEPTH} levels") -> NoReturn:
    _refuse(sparql, start, Reason.DEPTH, f"the query is too complex, {what}: split it")


def _refuse_character(sparql: str, position: int) -> NoReturn:
    character = sparql[position]
    if character in "'\"":
        _refuse(sparql, position, Reason.SYNTAX, "a string is not closed")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    _refuse(sparql, position, Reason.SYNTAX, f"“{shown}” cannot stand here")


def _refuse(sparql: str, position: int, reason: Reason, message: str) -> NoReturn:
    before = sparql[:position]
    line, column = before.count("\n") + 1, position - before.rfind("\n")
    raise RefusedQuery(reason, f"line {line}, column {column}: {message}")
