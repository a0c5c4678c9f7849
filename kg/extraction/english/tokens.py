"""English text as tokens, each with the class of word it is: closed classes and verbs by table, the rest by form.

No pretrained weights: the closed classes (words.en.csv) and the verbs of news (verbs.en.csv) are data, and what a form can be is
settled by its neighbours where phrases are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs as ac

from kg.resources import data_path, read_table

# Phrases of the table that are one token are put together up to this many words.
_ABBREVIATED = (
    "Dr Mr Mrs Ms Prof Co Ltd Inc Corp St Md No Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Gen Sen Gov Rep Lt Col Bros Mt vs"
).split()
_TOKEN = re.compile(
    r"(?P<abbr>(?:[A-Z]\.(?:-?[A-Z]\.)+|[A-Z]\.(?=\s[A-Z][a-z])|(?:" + "|".join(_ABBREVIATED) + r")\.|S\.p\.A\.|a\.m\.|p\.m\.))"
    r"|(?P<num>\d[\d.,]*(?:-[A-Za-z]+)+|(?:US\$|A\$|C\$|HK\$|NT\$|S\$|NZ\$|R\$|[$€£¥])?\d+(?:[.,:/–-]\d+)*(?:st|nd|rd|th|bn|m|k)?(?![\w&])%?)"
    r"|(?P<word>[^\W_]+(?:['’](?!s\b)[^\W_]+|[.&/-][^\W_]+|&[^\W_]+|[-–](?=\d))*)"
    r"|(?P<own>['’]s\b|(?<=s)['’](?=\s))"
    r"|(?P<line>\n)"
    r"|(?P<mark>[^\s\w])"
)


@dataclass(slots=True)
class Token:
    """A word or mark: `text[start:end]`. `tag` is its class: one of words.en.csv, or verb (a form of one), name (begins with a
    capital or holds one), word, mark, own ('s), line; `number` what a phrase or preposition reads as, or the lemma of a verb."""

    start: int
    end: int
    text: str
    lower: str
    tag: str
    reads: str = ""
    forms: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The closed classes: word → class and what it reads as."""

    single: dict[str, tuple[str, str]]
    phrases: ac.AhoCorasick
    names: tuple[str, ...]


@cache
def closed_words() -> Words:
    """The words and phrases of words.en.csv."""
    rows = read_table(data_path("seeds") / "lexicon" / "words.en.csv", ("word", "class", "reads", "example"), key="word")
    table = {row["word"]: (row["class"], row["reads"]) for row in rows}
    phrases = [word for word in table if " " in word]
    return Words(table, ac.AhoCorasick(phrases, matchkind=ac.MatchKind.LeftmostLongest), tuple(phrases))


@cache
def verb_forms() -> dict[str, tuple[str, str]]:
    """Form → (verb, which forms it can be: b base, s third person, d past, n participle, g -ing)."""
    rows = read_table(data_path("seeds") / "lexicon" / "verbs.en.csv", ("verb", "past", "participle", "example"), key="verb")
    found: dict[str, tuple[str, str]] = {}

    def put(form: str, verb: str, kind: str) -> None:
        known, kinds = found.get(form, (verb, ""))
        if known == verb or kind in "dn":
            found[form] = (verb, kinds + kind if known == verb else kind)

    for row in rows:
        verb = row["verb"]
        stem = verb[:-1] if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) else verb
        soft = verb.endswith("y") and verb[-2] not in "aeiou"
        past = row["past"] or (verb + "d" if verb.endswith("e") else verb[:-1] + "ied" if soft else verb + "ed")
        put(past, verb, "d")
        if re.search("[^aeiou][aeiou]l$", verb) and not row["past"]:
            for kind in "dn":
                put(verb + "led", verb, kind)
        put(row["participle"] or past, verb, "n")
        put(verb, verb, "b")
        put(
            verb[:-1] + "ies" if soft else verb + "es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else verb + "s",
            verb,
            "s",
        )
        doubled = past.endswith(verb[-1] + "ed") and len(past) == len(verb) + 3
        double = doubled or (len(verb) < 5 and re.fullmatch(r"(?:[^aeiou]|qu)+[aeiou][bdgmnprt]", verb)) or verb == "begin"
        put((verb + verb[-1] if double else verb[:-2] + "y" if verb.endswith("ie") else stem) + "ing", verb, "g")
    return found


_ADJECTIVES = frozenset(
    "united limited advanced hundred sacred naked wicked rugged indeed need speed seed breed feed greed exceed aged beloved "
    "unfinished unprecedented unlimited undisclosed unwanted unmanned uninvited undivided unified so-called old-fashioned".split()
)
# What follows the name of a place or firm in an adjective: Hangzhou-based.
_TAILS = frozenset("based headquartered led backed owned listed born style run controlled funded sponsored made built aligned registered wide "
                   "area bound only type class trained educated appointed brokered mediated hosted dominated speaking".split())  # fmt: skip
_NOT_HOW = frozenset("friendly early daily weekly monthly yearly elderly family assembly ally rally supply reply apply anomaly july italy monopoly butterfly "
                     "likely costly orderly scholarly lively lonely deadly subfamily homily".split())  # fmt: skip
_NOT_GOING = frozenset("king ring thing string spring wing during morning evening ceiling nothing something anything everything "
                       "being sterling building meeting housing shipping banking engineering manufacturing outstanding "
                       "existing leading long-standing upcoming forthcoming ongoing standing".split())  # fmt: skip


def tokenize(text: str) -> list[Token]:
    """The tokens of a clean English text, in order."""
    words = closed_words()
    lowered = text.lower()
    found: list[Token] = []
    runs = iter(words.phrases.find_matches_as_indexes(lowered)) if len(lowered) == len(text) else iter(())
    run = next(runs, None)
    skip = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start < skip:
            continue
        while run is not None and run[1] < start:
            run = next(runs, None)
        if (
            run is not None
            and run[1] == start
            and not text[run[2] : run[2] + 1].isalnum()
            and not text[start : run[2]].istitle()
        ):
            skip = run[2]
            kind, reads = words.single[words.names[run[0]]]
            found.append(Token(start, skip, text[start:skip], lowered[start:skip], kind, reads))
            continue
        found.append(_token(start, end, match.group(), match.lastgroup or "mark", words))
    return found


def _token(start: int, end: int, form: str, group: str, words: Words) -> Token:
    lower = form.lower()
    if group == "own":
        return Token(start, end, form, lower, "own")
    if group == "line":
        return Token(start, end, form, lower, "line")
    if group == "mark":
        return Token(start, end, form, lower, "conj" if form == "&" else "mark")
    if group == "num":
        return Token(start, end, form, lower, "num")
    known = words.single.get(lower)
    if known is not None and not (form.isupper() and len(form) > 1 and known[0] not in ("time", "num")):
        if form[0].isupper() and known[0] in ("adv", "time") and lower in ("may", "march", "august", "april", "june", "sun"):
            return Token(start, end, form, lower, "time")
        if lower == "may" and form[0].isupper():
            return Token(start, end, form, lower, "time")
        return Token(start, end, form, lower, known[0], known[1])
    capital = (
        form[0].isupper()
        or any(char.isupper() for char in form[1:])
        or (form[0].isdigit() and any(c.isalpha() for c in form) and form != lower)
    )
    verb = verb_forms().get(lower) or _verb_by_form(lower)
    if capital and "-" in lower and lower.rpartition("-")[2] in _TAILS and form.rpartition("-")[2].islower():
        return Token(start, end, form, lower, "word", "place")
    tag = "name" if capital else "verb" if verb else "num" if lower[0].isdigit() and "-" not in lower else "word"
    if verb is None and lower.endswith("ly") and len(lower) > 4 and not capital and lower not in _NOT_HOW:
        tag = "adv"
    return Token(start, end, form, lower, tag, verb[0] if verb else "", verb[1] if verb else "")


def _verb_by_form(lower: str) -> tuple[str, str] | None:
    """What an unknown word may be by its ending: re-opened, on-lent, co-locating."""
    if "-" in lower:
        prefix, _, rest = lower.rpartition("-")
        known = verb_forms().get(rest)
        if known is not None and prefix in ("co", "re", "on", "pre", "out", "over", "under", "cross"):
            return prefix + "-" + known[0], known[1]
        return None
    if lower.startswith(("re", "co", "over", "out")) and lower.endswith(("ed", "ing", "es")):
        cut = 4 if lower.startswith("over") else 3 if lower.startswith("out") else 2
        if (known := verb_forms().get(lower[cut:])) is not None and "g" not in known[1]:
            return lower[:cut] + known[0], known[1]
    if lower.endswith("ed") and len(lower) > 4 and lower not in _ADJECTIVES:
        return lower[:-2], "dn"
    if lower.endswith("ing") and len(lower) > 5 and lower not in _NOT_GOING:
        return lower[:-3], "g"
    return None
