"""What stands behind an entity, or behind what joins two, which shows itself in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from kg.graph.reading import Account, Derivation, Source
from kg.model import Claim, Entity
from kg.schema import load_terms

_QUOTED = "margin:.2em 0 .6em 1em;border-left:3px solid #d8dee8;padding-left:.8em;unicode-bidi:isolate"
_COLOURS = {"subject": "#cfe2ff", "object": "#d3f3dd", "cue": "#ffe9a8"}


@dataclass(frozen=True, repr=False)
class Explanation:
    """The statements with their quoted sentences, and what is derived.

    `entities` and `sources` hold what the statements and claims name, by id.
    """

    accounts: tuple[Account, ...]
    derivations: tuple[Derivation, ...]
    entities: Mapping[str, Entity]
    sources: Mapping[str, Source]

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for account in self.accounts:
            statement = account.statement
            yield f"{self._fact(statement.subject, statement.predicate, statement.object)} ({_details(account)})"
            for heading, claim in _claims(account):
                source = self.sources[claim.quote.article]
                yield f"  {heading}“{claim.quote.text}” — {_where(source)}"
        for derivation in self.derivations:
            fact = self._fact(derivation.subject, derivation.predicate, derivation.object)
            yield f"{fact} ({derivation.rule}, {len(derivation.basis)} ×)"

    def _repr_html_(self) -> str:
        """The sentences with the two names and the words that state it marked; everything from outside is escaped."""
        return f'<div style="max-width:60em">{"".join(self._blocks())}</div>'

    def _blocks(self) -> Iterator[str]:
        for account in self.accounts:
            statement = account.statement
            fact = self._fact(statement.subject, statement.predicate, statement.object)
            yield f'<p style="margin:1em 0 .3em"><b>{escape(fact)}</b> <small>{escape(_details(account))}</small></p>'
            for heading, claim in _claims(account):
                source = self.sources[claim.quote.article]
                yield (
                    f'<blockquote style="{_QUOTED}">'
                    f"{escape(heading)}{_marked(claim)}<br><small>{escape(_where(source))}</small></blockquote>"
                )
        for derivation in self.derivations:
            fact = self._fact(derivation.subject, derivation.predicate, derivation.object)
            yield f"<p><i>{escape(fact)}</i> <small>{escape(derivation.rule)}, {len(derivation.basis)} ×</small></p>"

    def _fact(self, subject: str, predicate: str, object_: str) -> str:
        return f"{self._name(subject)} — {_label(predicate)} → {self._name(object_)}"

    def _name(self, id_: str) -> str:
        names = self.entities[id_].names if id_ in self.entities else {}
        return " ".join(dict.fromkeys(names[language] for language in ("zh", "en") if language in names)) or id_


def _claims(account: Account) -> Iterator[tuple[str, Claim]]:
    yield from (("", claim) for claim in account.statement.claims)
    yield from (("否认 denied: ", claim) for claim in account.denials)
    yield from (("经人判断为误 judged wrong: ", claim) for claim in account.rejected)


def _details(account: Account) -> str:
    return ", ".join(part for part in (_label(account.statement.status), account.statement.date) if part)


def _where(source: Source) -> str:
    return " · ".join(part for part in (source.title, source.publisher, source.published, source.url) if part)


def _label(term: str) -> str:
    found = load_terms().get(term)
    return f"{found.labels['zh']} {found.labels['en']}" if found else term


def _marked(claim: Claim) -> str:
    quote = claim.quote
    kinds = [""] * len(quote.text)
    spans = [("cue", *cue) for cue in claim.cues]
    spans += [
        (kind, m.start, m.end)
        for kind, m in (("object", claim.object), ("subject", claim.subject))
        if m.start is not None and m.end is not None
    ]
    for kind, start, end in spans:
        for place in range(max(start - quote.start, 0), min(end - quote.start, len(kinds))):
            kinds[place] = kind
    found, start = [], 0
    for end in range(1, len(kinds) + 1):
        if end == len(kinds) or kinds[end] != kinds[start]:
            piece = escape(quote.text[start:end])
            colour = _COLOURS.get(kinds[start])
            found.append(f'<mark style="background:{colour};color:#142033">{piece}</mark>' if colour else piece)
            start = end
    return "".join(found)
