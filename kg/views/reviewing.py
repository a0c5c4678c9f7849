"""A person decides, one question at a time: is this claim right, are these two names one.

`ask` gets a prompt and gives what was typed, `tell` shows a line; each decision is given on as soon as it is made, so that
nothing is lost when somebody stops in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from kg.errors import DataError
from kg.graph.folder import JUDGEMENTS
from kg.graph.reading import Account, read_accounts
from kg.graph.review import Review, judge_claim, read_reviews, record_judgements
from kg.graph.store import Graph, open_graph
from kg.identity import Candidate, judge_names, read_judgements, suggest
from kg.model import Claim, Judgement, Quote, Verdict
from kg.schema import load_schema
from kg.views.terminal import label, name
from kg.views.text import plain

Ask = Callable[[str], str]
Tell = Callable[[str], None]

_CLAIM_KEYS = (
    "[a] 对 right  [r] 错 wrong  [p] 改关系 predicate  [s] 改状态 status  [d] 改日期 date  [n] 下一条 next  [q] 结束 quit"
)
_NAME_KEYS = "[s] 同一 same  [d] 不同 different  [n] 下一对 next  [q] 结束 quit"
_FIELDS = {"p": "predicate", "s": "status", "d": "date"}


def judge_claims(folder: Path, ask: Ask, tell: Tell, *, by: str, when: str, everything: bool = False) -> int:
    """Put the claims of a graph folder before a person, unjudged ones or all; how many decisions were recorded."""
    reviews = (review for review in read_reviews(folder) if everything or review.judgement is None)
    return sum(record_judgements(folder, [made]) for made in review_claims(reviews, ask, tell, by=by, when=when))


def judge_all_names(folder: Path, ask: Ask, tell: Tell, *, by: str, when: str) -> int:
    """Put pairs of names that may be one before a person, likeliest first; how many decisions were recorded."""
    path, count, graph = folder / JUDGEMENTS, 0, open_graph(folder)
    candidates = suggest(graph.entities(), read_judgements(path))
    for verdict, left, right in review_names(graph, candidates, ask, tell):
        judge_names(path, verdict, left, right, by=by, when=when)
        count += 1
    return count


def review_claims(reviews: Iterable[Review], ask: Ask, tell: Tell, *, by: str, when: str) -> Iterator[Judgement]:
    """The decisions a person makes about claims, one claim after the other."""
    for review in reviews:
        _show_claim(review, tell)
        judgement: Judgement | None = None
        while (key := ask(_CLAIM_KEYS).strip().lower()[:1]) not in ("n", ""):
            if key == "q":
                return
            try:
                judgement = _decide(key, review.claim, judgement, ask, by, when)
            except DataError as error:
                tell(str(error))
                continue
            if judgement is not None:
                yield judgement
            if key in ("a", "r"):
                break


def review_names(graph: Graph, candidates: Iterable[Candidate], ask: Ask, tell: Tell) -> Iterator[tuple[Verdict, str, str]]:
    """The decisions a person makes about pairs of names: verdict and the two entity ids."""
    verdicts = {"s": Verdict.SAME, "d": Verdict.DIFFERENT}
    for candidate in candidates:
        for line in describe_candidate(graph, candidate):
            tell(line)
        while (key := ask(_NAME_KEYS).strip().lower()[:1]) not in ("n", ""):
            if key == "q":
                return
            if key in verdicts:
                yield verdicts[key], candidate.left, candidate.right
                break


def describe_candidate(graph: Graph, candidate: Candidate) -> list[str]:
    """Two names that may be one: who they are, why, and a sentence of each."""
    lines = [f"{candidate.score:.2f}  {candidate.left}  ?=  {candidate.right}"]
    lines += [f"      {reason.zh} {reason.en}" for reason in candidate.reasons]
    for id_ in (candidate.left, candidate.right):
        accounts = read_accounts(graph.engine, graph.engine.terms.entity(id_))
        entity = name({id_: graph.find(id_)}, id_)
        lines.append(f"      {entity}: {_sentence(accounts)}")
    return [plain(line) for line in lines]


def _decide(key: str, claim: Claim, before: Judgement | None, ask: Ask, by: str, when: str) -> Judgement | None:
    """The judgement that a key means; a second change of the same claim keeps the first."""
    if key == "a":
        return judge_claim(claim.digest, Verdict.RIGHT, by=by, when=when)
    if key == "r":
        return replace(judge_claim(claim.digest, Verdict.WRONG, by=by, when=when), why=ask("为何 why:").strip())
    if key not in _FIELDS:
        return None
    put = dict(part.split("=", 1) for part in before.change.split("|") if part) if before else {}
    put[_FIELDS[key]] = _choose(_FIELDS[key], ask)
    changed = {"predicate": put.get("predicate", ""), "status": put.get("status", "")}
    return judge_claim(claim.digest, Verdict.CHANGE, **changed, date=put.get("date"), by=by, when=when)


def _choose(field: str, ask: Ask) -> str:
    """What a person puts: a predicate or status by number or name, a date as it is written (empty: none is known)."""
    schema = load_schema()
    options: Mapping[str, Iterable[str]] = {"predicate": schema.predicates, "status": schema.statuses}
    if field not in options:
        return ask("日期 date (2024, 2024-05, 2024-05-07; empty: none):").strip()
    names = list(options[field])
    typed = ask("  ".join(f"{number} {label(option)}" for number, option in enumerate(names, 1)) + ":").strip()
    return names[int(typed) - 1] if typed.isdecimal() and 1 <= int(typed) <= len(names) else typed


def _show_claim(review: Review, tell: Tell) -> None:
    claim, judgement = review.claim, review.judgement
    head = " · ".join(part for part in (f"《{review.title}》", claim.quote.article, review.published) if part)
    date = f", {claim.date}" if claim.date else ""
    tell("")
    tell(plain(head))
    tell(plain(f"“{' '.join(claim.quote.text.split())}”"))
    fact = f"{claim.subject.name} — {label(claim.predicate)} → {claim.object.name}"
    tell(plain(f"{fact} ({label(claim.status)}{date})   {claim.rule} {claim.confidence:g}"))
    if judgement is not None:
        tell(plain(f"{judgement.verdict.value} {judgement.change} {judgement.by} {judgement.when} {judgement.why}"))


def _sentence(accounts: Iterable[Account]) -> str:
    quotes: list[Quote] = [claim.quote for account in accounts for claim in account.statement.claims]
    return f"“{' '.join(quotes[0].text.split())}” ({quotes[0].article})" if quotes else ""
