"""The graph in a terminal: tables that fit its width, quotes with where they stand, in both languages.

What comes from articles is text and nothing else here: characters that steer a terminal are shown, not sent.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kg.extraction import Gap
from kg.extraction.tracing import Part, Trace
from kg.graph.comparison import Change
from kg.graph.explanation import Explanation
from kg.graph.reading import Account, Derivation, Source
from kg.graph.results import Answer, write_answer
from kg.graph.rows import Rows, Value
from kg.graph.store import open_graph, to_rows
from kg.graph.terms import ontology_prefixes
from kg.graph.validation import Violation
from kg.model import Claim, Entity, Mention, Quote
from kg.questions import load_questions, load_rules
from kg.resources import data_path, read_table
from kg.schema import load_terms
from kg.views.tables import print_rows
from kg.views.text import indented, one_line, plain

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[str, int, int], None]
_TOTALS = {"articles": "文章", "statements": "陈述", "cooperations": "合作", "entities": "实体", "quads": "四元组"}
_PREFIXED = re.compile(r"https?://\S+/(id|graph)/(\S+)")


class Summary(Protocol):
    """What a build did: see `kg.pipeline.Summary`."""

    read: int
    new: int
    changed: int
    unchanged: int
    removed: int
    claims: int
    gaps: int
    interrupted: bool

    @property
    def problems(self) -> Sequence[Exception]:
        """The sources that could not be read."""

    @property
    def notes(self) -> Sequence[str]:
        """What else should be known."""


def console(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal or COLUMNS say; what goes to a file or a pipe is not cut or wrapped."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or os.environ.get("COLUMNS", "").isdecimal() else 100_000
    return Console(stderr=stderr, width=wide, highlight=False, markup=False, emoji=False, soft_wrap=False)


def print_answer(answer: Answer, format_: str, parameters: Collection[str], out: Console) -> None:
    """An answer as a table, or in a format of the W3C. In a table columns that repeat a parameter are left out."""
    if format_ != "table":
        sys.stdout.write(write_answer(answer, format_, ontology_prefixes()))
    elif isinstance(answer, list):
        sys.stdout.write(write_answer(answer, "turtle", ontology_prefixes()))
    else:
        print_rows(to_rows(answer).without(parameters), _cell, out)


def print_questions(out: Console) -> None:
    """The named questions with what they ask and take, and the rules that are run on request."""
    rows = [
        (
            question.name,
            *question.titles.values(),
            " ".join(f"[{p.name}]" if p.optional else p.name for p in question.parameters),
        )
        for question in load_questions().values()
    ]
    rows += [
        (rule.name, *(f"{title} (rule)" for title in rule.titles.values()), "")
        for rule in load_rules().values()
        if rule.on_request
    ]
    print_rows(Rows(("name", "asks_zh", "asks_en", "-p"), rows), _cell, out)


def print_summary(summary: Summary, folder: Path, out: Console, err: Console) -> None:
    """What a build did; what could not be read, line by line, to the second console."""
    for problem in summary.problems:
        err.print(one_line(f"kg: {problem}"), soft_wrap=True)
    for note in summary.notes:
        err.print(one_line(f"kg: {note}"), soft_wrap=True)
    if summary.interrupted:
        err.print("kg: stopped behind an article; the same command goes on from there")
    graph = open_graph(folder)
    counts = {
        "文章 articles read": summary.read,
        "  新增 new": summary.new,
        "  变更 changed": summary.changed,
        "  未变 unchanged": summary.unchanged,
        "移除 removed": summary.removed,
        "未能读取 not read": len(summary.problems),
        "出处 claims found": summary.claims,
        "未能理解 gaps: sentences not understood": summary.gaps,
    }
    total = graph.counts()
    names = ("articles", "statements", "cooperations", "entities", "quads")
    counts |= {f"{_TOTALS[name]} {name} in the graph": total[name] for name in names}
    width = max(len(str(count)) for count in counts.values())
    for what, count in counts.items():
        if count or "read" in what:
            out.print(f"{count:>{width}}  {what}")
    out.print(str(folder))


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Inside, a function that shows how far the work is, on stderr; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console(stderr=True), transient=True) as bar:
        tasks = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total or None, rate="")
            speed = bar.tasks[tasks[stage]].speed
            bar.update(tasks[stage], completed=done, total=total or None, rate=f"{speed:.0f}/s" if speed else "")

        yield show


def print_changes(changes: Sequence[Change], entities: Mapping[str, Entity], out: Console) -> None:
    """Statements that came (+), went (-) or changed status (~), with what caused it."""
    for change in changes:
        subject, predicate, object_ = change.fact
        sign = "~" if change.old and change.new else "+" if change.new else "-"
        status = " ⇒ ".join(label(status) for status in (change.old, change.new) if status)
        fact = f"{name(entities, subject)} — {label(predicate)} → {name(entities, object_)}"
        out.print(plain(f"{sign} {fact} ({status})  [{'; '.join(change.causes)}]"))


def print_gaps(gaps: Iterable[Gap], out: Console) -> None:
    """Sentences that were not understood, with the reason."""
    for gap in gaps:
        why = reason("gap", "language" if gap.reason.startswith("language") else gap.reason)
        line = f"{gap.article} {gap.start}–{gap.end} [{why}] {' '.join(gap.text.split())}"
        out.print(indented(plain(line), out.width, 0, hanging=4))


def print_violations(violations: Sequence[Violation], out: Console) -> None:
    """What does not conform: why, in both languages, the statement in words and the sentence at fault."""
    for found in violations:
        out.print(plain(f"{found.zh} {found.en}"), style="bold")
        article = f"{found.article}: " if found.article else ""
        for line in (
            found.statement,
            f"{article}“{found.quote}”" if found.quote else "",
            f"{found.shape} · {shown(found.node)}",
        ):
            if line:
                out.print(plain(f"  {line}"))
    out.print(f"{len(violations)} 处不符合 violations" if violations else "符合 conforms")


def print_claims(claims: Iterable[Claim], out: Console) -> None:
    """Claims as a table."""
    columns = ("article", "subject", "predicate", "object", "status", "date", "quote")
    rows = (
        (
            c.quote.article,
            c.subject.name,
            c.predicate,
            c.object.name,
            "denied" if c.denied else c.status,
            c.date,
            _one_line(c.quote),
        )
        for c in claims
    )
    print_rows(Rows(columns, rows), _cell, out)


def print_traces(traces: Iterable[Trace], out: Console) -> None:
    """Claims with the sentence in which subject, object and cue are marked, and under it what made them."""
    for trace in traces:
        claim = trace.claim
        details = ", ".join(part for part in (label(claim.status), claim.date) if part)
        fact = f"{claim.subject.name} — {label(claim.predicate)} → {claim.object.name} ({details})"
        measured = f"{trace.right} / {trace.found}" if trace.found else "未测量 not measured"
        out.print("\n" + indented(plain(fact), out.width, 0, hanging=2), style="bold")
        lines = [
            (f"{claim.quote.article} {claim.quote.start}–{claim.quote.end}", _marked(claim)),
            ("主体 subject", _part(claim.subject, trace.subject)),
            ("客体 object", _part(claim.object, trace.object)),
            ("提示词 cue", trace.cue),
            ("句式 frame", f"{claim.rule}: {trace.roles} ⇒ {trace.states.replace('|', '; ')}" if trace.roles else claim.rule),
            ("可信度 confidence", f"{claim.confidence:g} ({measured})"),
            ("因为 because", ", ".join(f"{word} → {label(reads)}" for word, reads in trace.signals)),
        ]
        for heading, text in lines:
            if text:
                out.print(indented(plain(f"{heading}: {text}"), out.width, 2, hanging=4))


def reason(kind: str, code: str) -> str:
    """What people call the reason of a gap, or the way in which a mention was found, in both languages."""
    return load_reasons().get(f"{kind}.{code}", code)


@cache
def load_reasons() -> Mapping[str, str]:
    """`kind.code` → words in both languages, from seeds/page/reasons.csv."""
    rows = read_table(data_path("seeds") / "page" / "reasons.csv", ("reason", "zh", "en"), key="reason")
    return {row["reason"]: f"{row['zh']} {row['en']}" for row in rows}


def _part(mention: Mention, part: Part) -> str:
    found = [reason("how", part.how), *([reason("source", part.source)] if part.source else [])]
    form = mention.form if mention.form == mention.name else f"{mention.form} = {mention.name}"
    return f"{form} · {label(mention.type)} · {', '.join(found)}"


def _marked(claim: Claim) -> str:
    """The quote with ⟦subject⟧, ⟦object⟧ and ‹cue› marked, as far as they stand in it."""
    text, start = claim.quote.text, claim.quote.start
    spans = {(m.start, m.end, "⟦", "⟧") for m in (claim.subject, claim.object) if m.start is not None and m.end is not None}
    spans |= {(*cue, "‹", "›") for cue in claim.cues}
    before, after = [""] * (len(text) + 1), [""] * (len(text) + 1)
    for first, last, opened, closed in sorted(spans):
        if start <= first <= last <= start + len(text):
            before[first - start] += opened
            after[last - start] = closed + after[last - start]
    return " ".join(
        "".join(f"{after[place]}{before[place]}{text[place : place + 1]}" for place in range(len(text) + 1)).split()
    )


def _cell(value: Value) -> str:
    return plain(shown(value))


def shown(value: Value) -> str:
    """A value in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    found = _PREFIXED.fullmatch(text)
    return f"{found[1]}:{found[2]}" if found else text


def print_explanation(explanation: Explanation, out: Console) -> None:
    """Every statement with the sentences that state it, as found and clean; then what is derived."""
    number = 0
    for account in explanation.accounts:
        out.print("\n" + indented(plain(in_words(account, explanation.entities)), out.width, 0, hanging=2), style="bold")
        for heading, claims in _voices(account):
            if heading:
                out.print(f"  {heading}")
            for claim in claims:
                number += 1
                _print_claim(claim, number, explanation.sources[claim.quote.article], account.clean.get(claim.quote), out)
    for derivation in explanation.derivations:
        out.print("\n" + indented(plain(_derived(derivation, explanation.entities)), out.width, 0, hanging=2), style="italic")


def in_words(account: Account, entities: Mapping[str, Entity]) -> str:
    """A statement in one line: 山东省 Shandong — 合作 partners with → 挪威 Norway (已实现 realised, 2024)."""
    statement = account.statement
    subject, object_ = name(entities, statement.subject), name(entities, statement.object)
    details = ", ".join(part for part in (label(statement.status), statement.date) if part)
    return f"{subject} — {label(statement.predicate)} → {object_} ({details})"


def name(entities: Mapping[str, Entity], id_: str) -> str:
    """An entity's name in both languages, or its id."""
    entity = entities.get(id_)
    names = [entity.names[language] for language in ("zh", "en") if language in entity.names] if entity else []
    return " ".join(dict.fromkeys(names)) or id_


def label(term: str) -> str:
    """What people call a term of the ontology, in both languages."""
    found = load_terms().get(term)
    return f"{found.labels['zh']} {found.labels['en']}" if found else term


def _voices(account: Account) -> list[tuple[str, Sequence[Claim]]]:
    """The claims of an account under the heading that says how they stand to it; those that state it need none."""
    voices = [("否认 denied by", account.denials), ("经人判断为误 judged wrong", account.rejected)]
    return [("", account.statement.claims), *(voice for voice in voices if voice[1])]


def _print_claim(claim: Claim, number: int, source: Source, clean: str | None, out: Console) -> None:
    heads = (source.publisher, source.published, source.url)
    head = " · ".join(part for part in (f"《{source.title}》", *heads) if part)
    where = f"{source.id} {claim.quote.start}–{claim.quote.end} · {claim.rule} · {claim.confidence:g}"
    out.print(indented(plain(f"[{number}] {head}"), out.width, 2, hanging=4))
    out.print(indented(plain(f"“{_one_line(claim.quote)}”"), out.width, 6))
    if clean is not None:
        out.print(indented(plain(f"＝ {' '.join(clean.split())}"), out.width, 6, hanging=3))
    out.print(indented(plain(where), out.width, 6), style="dim")


def _one_line(quote: Quote) -> str:
    return quote.text.replace("\r\n", "⏎").replace("\n", "⏎")


def _derived(derivation: Derivation, entities: Mapping[str, Entity]) -> str:
    pair = f"{name(entities, derivation.subject)} — {label(derivation.predicate)} → {name(entities, derivation.object)}"
    return f"{pair} (推导 derived: {derivation.rule}, {len(derivation.basis)} ×)"
