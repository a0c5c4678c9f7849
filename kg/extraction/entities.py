"""The entities of one article: which of its names are one, and what each is called in full."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kg.extraction.boundaries import Span
from kg.extraction.lexicon import heads, is_han
from kg.model import Article
from kg.names import load_names


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """One entity of an article: its fullest name there, its type, and every form used."""

    name: str
    type: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class EntityTable:
    """The entities of an article and, in parallel to its spans, which entity each names."""

    entities: tuple[NamedEntity, ...]
    of: tuple[int, ...]


# Words for any event; a 座谈会 is nothing but a 座谈会.
_GATHERINGS = frozenset(("会议", "大会", "活动", "盛会"))
_UNDERTAKINGS = ("Agreement", "Event", "Project", "Platform", "Alliance")
_PLACE_ENDS = ("特别行政区", "自治区", "自治州", "地区", "省", "市", "县", "州", "区", "府", "道", "盟", "国")
_LEGAL = (
    "有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "集团公司", "股份公司", "公司", "集团", "股份", "控股", "投资", "科技", "技术",
    "国际", "能源", "新能源", "实业", "工业", "产业", "发展", "建设", "工程", "贸易", "生物", "医药", "汽车", "电力", "网络", "信息", "智能",
    "责任", "有限", "大学", "学院", "研究院", "研究所", "中国", "银行",
)  # fmt: skip


def tie(article: Article, spans: Sequence[Span]) -> EntityTable:
    """Groups the spans of an article into entities.

    Forms are one when they are alike but for quotes, when the article defines one by the other, when the registry knows both
    as names of one entity, when one is the other's usual short form (place without its rank, company without place and legal
    form, person by last name, abbreviation by characters in order), or, for texts, events and projects, when the shorter ends the
    longer one named last before it. Where two could be meant, nothing is joined.
    """
    text = article.clean
    forms = [without_marks(text[span.start : span.end]) for span in spans]
    known = registry_ids()
    groups = Groups()
    types: dict[str, dict[str, int]] = defaultdict(dict)
    for span, form in zip(spans, forms, strict=True):
        types[form][span.type] = types[form].get(span.type, 0) + 1
        if span.stands_for:
            full = without_marks(span.stands_for)
            groups.join(form, full)
            types[full].setdefault(span.type, 0)
    best = {form: max(sorted(votes), key=votes.__getitem__) for form, votes in types.items()}
    by_id: dict[str, str] = {}
    for form in types:
        for id_ in known.get(form, ())[:1] if len(known.get(form, ())) == 1 else ():
            groups.join(form, by_id.setdefault(id_, form))
    _join_short_forms(best, groups)
    standing = _join_undertakings(forms, best, groups)
    members: dict[str, list[str]] = defaultdict(list)
    for form in sorted(types):
        members[groups.of(form)].append(form)
    number: dict[str, int] = {}
    entities, of = list[NamedEntity](), list[int]()
    for index, form in enumerate(forms):
        root = groups.of(standing.get(index, form))
        if root not in number:
            number[root] = len(entities)
            own = members[root]
            votes = types[own[0]] if len(own) == 1 else sum((Counter(types[f]) for f in own), Counter[str]())
            kind = max(sorted(votes), key=votes.__getitem__)
            entities.append(NamedEntity(_fullest(own, kind), kind, tuple(own)))
        of.append(number[root])
    return EntityTable(tuple(entities), tuple(of))


_MARKS = {"《": "》", "“": "”", "「": "」"}


def without_marks(form: str) -> str:
    """A name without the marks around it or at one edge only: 《海岬公约》, but not “一带一路”绿色发展联盟."""
    form = form.strip()
    while len(form) > 1:
        first, last = form[0], form[-1]
        if first in _MARKS and form.find(_MARKS[first]) in (-1, len(form) - 1):
            form = form[1:].removesuffix(_MARKS[first])
        elif first in _MARKS.values():
            form = form[1:]
        elif last in _MARKS or (
            last in _MARKS.values() and form.count(last) > sum(form.count(o) for o in _MARKS if _MARKS[o] == last)
        ):
            form = form[:-1]
        else:
            break
    return form


@cache
def registry_ids() -> dict[str, tuple[str, ...]]:
    """Known forms → ids that bear them."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in load_names():
        for form in name.forms:
            if name.id not in found[form]:
                found[form].append(name.id)
    return {form: tuple(ids) for form, ids in found.items()}


class Groups:
    """Union–find over forms."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def of(self, form: str) -> str:
        """The form that stands for the group of a form."""
        root = form
        while self.parent.get(root, root) != root:
            root = self.parent[root]
        return root

    def join(self, left: str, right: str) -> None:
        """Makes two forms one group."""
        a, b = self.of(left), self.of(right)
        if a != b:
            self.parent[max(a, b)] = min(a, b)


def _join_short_forms(best: dict[str, str], groups: Groups) -> None:
    actors = [form for form, kind in best.items() if kind not in _UNDERTAKINGS]
    longest: dict[str, int] = {}
    for form in actors:
        longest[groups.of(form)] = max(len(form), longest.get(groups.of(form), 0))
    tied = {form for form in actors if len(form) < longest[groups.of(form)]}
    for short in sorted(actors, key=len):
        kind = best[short]
        if short in tied:
            continue  # the article or the registry says whose short form it is
        candidates = {
            groups.of(full)
            for full in actors
            if len(full) > len(short)
            and short[0] in full  # as in every short form
            and _alike(best[full], kind)
            and not _known_apart(short, full)
            and is_short_form(short, full, kind)
        }
        candidates.discard(groups.of(short))
        if len(candidates) == 1:
            groups.join(short, candidates.pop())


def _known_apart(left: str, right: str) -> bool:
    """Whether the registry knows both, as different entities (浙江大学, 浙江工商大学)."""
    a, b = registry_ids().get(left), registry_ids().get(right)
    return bool(a and b and not set(a) & set(b))


def _alike(left: str, right: str) -> bool:
    organisation = {"Company", "ResearchOrganization", "Association", "GovernmentBody", "IntergovernmentalOrganization"}
    return left == right or (left in organisation and right in organisation)


def is_short_form(short: str, full: str, kind: str) -> bool:
    """Whether a form is the usual short form of a longer one of the same kind."""
    if kind == "Person":
        return full.endswith("·" + short) or full.startswith(short + "·") or (not is_han(full) and full.endswith(" " + short))
    if kind in ("Country", "CountryGroup"):
        return full in (short + "共和国", short + "国", short + "王国", short + "联邦")
    if kind == "Region":
        return any(_is_short_place(short, core) for core in (full, _without_place(full)) if core != short or core != full)
    if not is_han(short):
        return False
    at = full.find(short)
    if at >= 0 and len(short) > 2:
        return (at <= 4 and _is_filling(full[at + len(short) :]) and (at == 0 or _is_place(full[:at]))) or full.endswith(short)
    return len(short) <= 7 and _is_abbreviation(short, full)


def _is_short_place(short: str, full: str) -> bool:
    """山东 of 山东省, 昆明 and 昆明市 of 中国昆明市, 石荷州 of 石勒苏益格—荷尔斯泰因州."""
    bare = next((short.removesuffix(end) for end in _PLACE_ENDS if short.endswith(end) and len(short) > len(end) + 1), short)
    rank = short[len(bare) :]
    return (
        full in (short, bare)
        or any(full == bare + end for end in _PLACE_ENDS)
        or (rank != "" and full.endswith(short))
        or (rank != "" and full.endswith(rank) and short[0] == full[0] and _in_order(short, full) != [])
    )


def _without_place(full: str) -> str:
    """A place's name without the country or province that it begins with."""
    for size in range(len(full) - 2, 1, -1):
        if full[:size] in registry_ids():
            return full[size:]
    return full


def _is_filling(rest: str) -> bool:
    """Whether what is left of a company's name says only its trade and legal form."""
    while rest:
        word = next((word for word in _LEGAL if rest.startswith(word)), None)
        if word is None:
            return rest[0] == "（" and rest[-1:] == "）"
        rest = rest.removeprefix(word)
    return True


def _is_place(prefix: str) -> bool:
    return prefix in registry_ids() or prefix.rstrip("省市州县") in registry_ids()


# What ends a name that is complete: 马来亚大学 abbreviates nothing.
_COMPLETE = ("大学", "学院", "银行", "公司", "集团", "医院", "研究院", "研究所", "协会")


def _is_abbreviation(short: str, full: str) -> bool:
    """Characters in order, one of the first four of the full name at the head, the last near the end of what is left without
    the legal form (哈工大, 省环科院, 中石化)."""
    if any(short.endswith(word) and len(short) > len(word) + 1 for word in _COMPLETE):
        return False
    core = full
    while legal := next((word for word in _LEGAL[:8] if core.endswith(word) and len(core) > len(word) + 1), None):
        core = core.removesuffix(legal)
    places = _in_order(short, core) or _in_order(short, full)
    return len(short) > 1 and bool(places) and places[0] <= 3 and places[-1] >= len(core) - 3


def _in_order(short: str, full: str) -> list[int]:
    """Where the characters of a short form stand in a longer one, in order; nothing if they do not."""
    at, places = -1, []
    for char in short:
        at = full.find(char, at + 1)
        if at < 0:
            return []
        places.append(at)
    return places


def _join_undertakings(forms: list[str], best: dict[str, str], groups: Groups) -> dict[int, str]:
    """For texts, events, projects, platforms: a shorter form goes to the longer one named last before it that it ends."""
    standing: dict[int, str] = {}
    latest: list[str] = []
    for index, form in enumerate(forms):
        if best[form] not in _UNDERTAKINGS:
            continue
        target = next((full for full in reversed(latest) if len(full) > len(form) and _ends(full, form)), None)
        loose = best[form] != "Event" or form in _GATHERINGS
        if (
            target is None and best[form] != "Agreement" and loose and form in heads("zh").words
        ):  # 项目, 会议: the last of its kind
            target = next(
                (full for full in reversed(latest) if best[full] == best[form] and full not in heads("zh").words), None
            )
        if target is not None:
            standing[index] = target
        else:
            latest.append(form)
    return standing


def _ends(full: str, short: str) -> bool:
    return full.endswith(short) or (len(short) > 3 and short in full)


def _fullest(forms: list[str], kind: str) -> str:
    """The name an entity goes by in the article: a registered label where there is one, else the longest form."""
    han = [form for form in forms if is_han(form)] or forms
    return max(han, key=lambda form: (not form.endswith("方"), len(form), form))
