"""The entities of an English article: which of its names are one, and what each is called in full."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from kg.extraction.boundaries import Span
from kg.extraction.english.lexicon import gazetteer, head_types
from kg.extraction.entities import EntityTable, Groups, NamedEntity
from kg.model import Article

UNDERTAKINGS = frozenset(("Agreement", "Event", "Project", "Platform"))
_ORGANISED = frozenset(
    ("Company", "ResearchOrganization", "Association", "GovernmentBody", "IntergovernmentalOrganization", "Alliance")
)


def fold(form: str) -> str:
    """A form without quotation marks and article."""
    form = form.strip("“”\"'’ \n").replace("\n", " ")
    return form[4:] if form[:4] in ("the ", "The ") else form


def known_id(form: str, kind: str) -> str:
    """The id of the known entity of this type that a form names, or nothing."""
    names = gazetteer()
    for table in (names.strong, names.weak):
        if form in table and table[form][0] == kind:
            return table[form][1]
    if form in names.adjectives and names.adjectives[form][0] == kind:
        return names.adjectives[form][1]
    return ""


def tie_english(article: Article, spans: Sequence[Span]) -> EntityTable:
    """Groups the spans of an article into entities: by definitions of the article, by the registry, by first words of longer names
    (Nissan, Nissan Motor) and last names. What is only described is one by its description."""
    text = article.clean
    groups: Groups = Groups()
    keys: list[str] = []
    types: dict[str, Counter[str]] = defaultdict(Counter)
    shown: dict[str, list[str]] = defaultdict(list)
    for span in spans:
        form = fold(text[span.start : span.end])
        described = span.type in UNDERTAKINGS and span.stands_for and span.source != "definition"
        key = fold(span.stands_for) if described else form
        if key and form not in shown[key]:
            shown[key].append(form)
        keys.append(key)
        types[key][span.type] += 1 if span.source in ("run", "context", "again") else 3
        if span.stands_for and not described:
            groups.join(key, fold(span.stands_for))
            types[fold(span.stands_for)][span.type] += 0
    best = {key: max(sorted(votes), key=votes.__getitem__) for key, votes in types.items()}
    ids: dict[str, str] = {}
    for key, kind in best.items():
        if id_ := known_id(key, kind):
            groups.join(key, ids.setdefault(id_, key))
    _join_short(best, groups)
    members: dict[str, list[str]] = defaultdict(list)
    for key in sorted(types):
        members[groups.of(key)].append(key)
    number: dict[str, int] = {}
    entities: list[NamedEntity] = []
    of: list[int] = []
    for key in keys:
        root = groups.of(key)
        if root not in number:
            number[root] = len(entities)
            own = members[root]
            votes: Counter[str] = sum((types[form] for form in own), Counter[str]())
            kind = max(sorted(votes), key=votes.__getitem__)
            entities.append(NamedEntity(_fullest(own, kind), kind, tuple(own)))
        of.append(number[root])
    return EntityTable(tuple(entities), tuple(of))


def _join_short(best: dict[str, str], groups: Groups) -> None:
    for short in sorted(best, key=len):
        kind = best[short]
        if kind in ("Country", "CountryGroup", "Agreement", "Event"):
            continue
        fits = {
            groups.of(full)
            for full in best
            if len(full) > len(short)
            and (
                best[full] == kind
                or {best[full], kind} <= _ORGANISED
                or (kind in ("Company", "Project", "Platform") and best[full] in ("Project", "Platform"))
            )
            and _is_short(short, full, kind)
        }
        fits.discard(groups.of(short))
        if len(fits) == 1:
            groups.join(short, fits.pop())


def _is_short(short: str, full: str, kind: str) -> bool:
    if kind == "Person":
        words = full.split()
        return " " not in short and len(words) > 1 and (words[-1] == short or words[0] == short)
    if kind == "Region":
        return full in (
            short + " Province",
            short + " City",
            short + " County",
            short + " Prefecture",
            short + " Municipality",
            short + " State",
        )
    if short in gazetteer().strong and any(
        word.lower() not in head_types() or head_types()[word.lower()] != "Company"
        for word in full[len(short) :].replace(",", " ").split()
    ):
        return kind in ("Project", "Platform")
    return full.startswith((short + " ", short + "-")) and not full.startswith((short + " of ", short + " and "))


def _fullest(forms: list[str], kind: str) -> str:
    """The longest form, but the name of a country and not its adjective."""
    if kind in ("Country", "Region"):
        names = [form for form in forms if form not in gazetteer().adjectives or form in gazetteer().strong]
        if not names:
            _, id_, label = gazetteer().adjectives[forms[0]]
            return label or gazetteer().labels.get(id_, forms[0])
        return max(names, key=lambda form: (len(form), form))
    return max(forms, key=lambda form: (len(form), form))
