"""Names in English: runs of capitals cut where names end, with the types that their head words, offices and contexts tell.

tokens ─▶ runs (of, for, and, & inside a name told from those between names) ─▶ types ─▶ short forms, acronyms
       └▶ what is described and not named: “a memorandum of understanding on X”, “the third round of talks”
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kg.extraction.boundaries import Span
from kg.extraction.english.lexicon import gazetteer, head_types, titles, topics, words_of
from kg.extraction.english.tokens import Token, tokenize
from kg.extraction.lexicon import cues
from kg.model import Article, ParagraphKind

UNDERTAKINGS = frozenset(("Agreement", "Event", "Project", "Platform"))
_JOINS = frozenset(
    "of for on to and & the de da do di del della la le les du des al el bin ibn von van der den ter y e und et en in".split()
)
_PARTICLES = frozenset("de da do di del della la le les du des al el bin ibn von van der den ter y e und et".split())
_OPEN_HEADS = frozenset("ministry department bureau institute school faculty office commission administration authority agency committee "
                        "college university academy organisation organization secretariat secretary center centre council "
                        "minister directorate".split())  # fmt: skip
_NO_TITLE = frozenset(
    "general member partner host principal owner officer head chief captain president's deputy patron official judge".split()
)
_SPEECH = frozenset(
    "say tell add note argue warn announce declare explain recall reply claim admit joke call describe concede sigh remark".split()
)
_TYPED_BY_ON = frozenset(("Agreement", "Event"))
_DROPPED_LEADS = frozenset(("The", "A", "An"))


@dataclass(slots=True)
class Run:
    """A stretch of tokens that may be one name: `first` to `last` (inclusive), its type (empty: not known), and whether it stands
    where a capital says nothing."""

    first: int
    last: int
    type: str
    source: str
    initial: bool = False
    stands_for: str = ""


def read_tokens(article: Article) -> list[Token]:
    """The tokens of an article; those of boilerplate are left out."""
    text = article.clean
    kept: list[Token] = []
    closed = [(p.start, p.end) for p in article.paragraphs if p.kind is ParagraphKind.BOILERPLATE]
    at = 0
    for token in tokenize(text):
        while at < len(closed) and closed[at][1] <= token.start:
            at += 1
        if at < len(closed) and closed[at][0] <= token.start:
            continue
        kept.append(token)
    return kept


def find_names(article: Article, tokens: Sequence[Token]) -> list[Span]:
    """All names of an English article, in order, none overlapping: named ones, then what is only described."""
    finder = _Finder(article, tokens)
    return finder.find()


class _Finder:
    def __init__(self, article: Article, tokens: Sequence[Token]) -> None:
        self.text = article.clean
        self.tokens = tokens
        self.starts = {token.start: index for index, token in enumerate(tokens)}
        self.ends = {token.end: index for index, token in enumerate(tokens)}
        self.known: dict[int, tuple[int, str]] = {}
        for start, end, form in gazetteer().find(self.text):
            owner = form.find("'s ")
            if owner > 0 and gazetteer().strong.get(form[:owner], ("",))[0] == "Country":
                place = self.starts.get(start, -1)
                if place >= 0:
                    self.known[place] = (place, "Country")
                start += owner + 3
            if start in self.starts and end in self.ends and self.tokens[self.starts[start]].tag != "time":
                self.known[self.starts[start]] = (self.ends[end], gazetteer().strong[form][0])
        self.begins = self._sentence_starts(article)
        self._recapitalise()
        self.runs: list[Run] = []

    def _sentence_starts(self, article: Article) -> set[int]:
        """Tokens whose capital says nothing: the first of a sentence, and the first behind a bullet, a colon or a quotation mark."""
        edges = {sentence.start for sentence in article.sentences}
        found: set[int] = set()
        fresh = True
        for index, token in enumerate(self.tokens):
            if token.start in edges:
                fresh = True
            if token.tag == "mark" and token.text in '“"•→–—-:':
                fresh = fresh or token.text in '“"•→:' or self._dateline(index)
            elif (
                token.tag == "mark"
                or token.tag == "line"
                or (fresh and token.tag == "num" and self.text[token.end : token.end + 1] in ".)")
            ):
                continue
            else:
                if fresh:
                    found.add(index)
                fresh = False
        return found

    def _recapitalise(self) -> None:
        """Closed words in capitals inside a sentence are parts of names: the First Response Fund, Just Energy Transition."""
        for index, token in enumerate(self.tokens[:-1]):
            if (
                not token.text[:1].isupper()
                or index in self.begins
                or self.tokens[index + 1].tag != "name"
                or token.tag in ("name", "mark")
            ):
                continue
            plain = token.tag in ("num", "adv", "pron", "verb", "word") or (
                token.tag == "time" and token.lower in ("spring", "summer", "autumn", "winter", "year", "day", "decade", "time")
            )
            if (
                plain
                or (token.tag == "det" and token.lower in ("all", "both", "our", "no", "every", "another", "half", "many"))
            ) and (index + 1) not in self.known:
                token.tag = "name"

    def _dateline(self, index: int) -> bool:
        """Whether a dash closes a dateline: JAKARTA, July 13 –"""
        at, steps = index - 1, 0
        while at >= 0 and steps < 9 and self.tokens[at].tag != "line":
            at, steps = at - 1, steps + 1
        return steps < 9 and self.tokens[at + 1].text.isupper() if steps else False

    # -- runs -----------------------------------------------------------------------------------------------------------

    def find(self) -> list[Span]:
        index = 0
        count = len(self.tokens)
        while index < count:
            token = self.tokens[index]
            if (index in self.known and (token.tag == "name" or self.known[index][0] > index)) or token.tag == "name":
                last = self._grow(index)
                self._cut(index, last)
                index = last + 1
            else:
                index += 1
        self._acronyms()
        self._compounds()
        self._settle()
        self._quoted()
        self._extend()
        spans = self._spans()
        return spans

    def lower(self, index: int) -> str:
        return self.tokens[index].lower if 0 <= index < len(self.tokens) else ""

    def tag(self, index: int) -> str:
        return self.tokens[index].tag if 0 <= index < len(self.tokens) else ""

    def _capital(self, index: int) -> bool:
        return self.tag(index) == "name"

    def _head(self, first: int, last: int) -> str:
        """The type that the head of a name tells: its last word, or the last before of, for, on."""
        stop = next(
            (
                i
                for i in range(first + 1, last + 1)
                if self.lower(i) in ("of", "for", "on", "to", "in") and self.tag(i) == "prep"
            ),
            last + 1,
        )
        for size in (3, 2, 1):
            if stop - size >= first:
                word = " ".join(self.lower(i) for i in range(stop - size, stop))
                kind = head_types().get(word) or (head_types().get(word[:-1]) if word.endswith("s") and size == 1 else "")
                if kind:
                    return self._centre(first, last, stop) if word in ("centre", "center", "centres", "centers") else kind
        if self.lower(first) == "operation" and last > first:
            return "Project"
        return next(
            (kind for i in range(first, last) if (kind := head_types().get(self.lower(i), "")) == "ResearchOrganization"), ""
        )

    def _centre(self, first: int, last: int, stop: int) -> str:
        """A centre for a science is a body, one for cooperation or training a platform."""
        words = {self.lower(i) for i in range(first, last + 1)}
        shared = words & set(
            "cooperation demonstration exchange innovation training cultural transfer logistics data service exhibition business trade culture".split()
        )
        return (
            "ResearchOrganization"
            if not shared and (stop <= last or words & set("national global international research".split()))
            else "Platform"
        )

    def _kind(self, first: int, last: int) -> str:
        """The type of a stretch as a name, known or by its head."""
        if first in self.known and self.known[first][0] == last:
            return self.known[first][1]
        form = self.text[self.tokens[first].start : self.tokens[last].end]
        if form.startswith("COP") and form[3:].isdigit():
            return "Event"
        weak = gazetteer().weak.get(form)
        if weak is not None:
            self.known.setdefault(first, (last, weak[0]))
            return weak[0]
        return self._head(first, last)

    def _grow(self, first: int) -> int:
        """The last token of the name that begins here."""
        last = self.known[first][0] if first in self.known else first
        while True:
            at = last + 1
            token = self.tokens[at] if at < len(self.tokens) else None
            if token is None or (self.tokens[last].tag == "line"):
                return last
            if token.tag == "name":
                last = self.known[at][0] if at in self.known and self.known[at][0] > at else at
            elif (
                token.tag == "num"
                and token.lower.isdigit()
                and self._capital(last)
                and (self._capital(at + 1) or len(token.lower) == 4)
                and self.tag(at - 1) != "time"
            ):
                if len(token.lower) == 4 and not self._capital(at + 1) and not self._head(first, last):
                    return last
                last = at
            elif (
                (token.lower in _PARTICLES and self._capital(at + 1) and token.lower not in ("do", "e", "y", "en", "et", "und"))
                or (token.lower == "&" and self._capital(at + 1))
                or (token.tag == "own" and self._owner(first, last) and self._capital(at + 1))
                or (
                    token.text == ","
                    and self.lower(at + 1) in ("ltd.", "ltd", "inc.", "inc", "llc", "limited")
                    and self._capital(at + 1)
                )
            ) or (token.lower == "of" and f"{self.lower(last)} of {self.lower(at + 1)}" in titles()):
                last = at + 1
            elif (token.text == "," and (stop := self._listed(first, last))) or (
                token.lower in ("of", "for", "on", "to", "and") and (stop := self._join(first, last, at))
            ):
                last = stop
            else:
                return last

    def _owner(self, first: int, last: int) -> bool:
        word = self.tokens[last].text
        return word + "'s" in words_of("owner") or word + "'" in words_of("owner")

    def _listed(self, first: int, last: int) -> int:
        """The end of “Climate, Energy and Utilities” behind Ministry of, else 0."""
        if self.lower(first) not in _OPEN_HEADS and not any(self.lower(i) in ("of", "for") for i in range(first, last)):
            return 0
        if not any(self.lower(i) in _OPEN_HEADS for i in range(first, last)):
            return 0
        if self.lower(last) not in topics():
            return 0
        at = last
        while self.lower(at + 1) == "," and self._capital(at + 2):
            end = at + 2
            while self._capital(end + 1):
                end += 1
            if self.lower(end) not in topics() or (at + 2) in self.known:
                break
            at = end
        if self.lower(at + 1) == "," and self.lower(at + 2) == "and":
            at += 1
        if at > last and self.lower(at + 1) == "and" and self._capital(at + 2):
            end = at + 2
            while self._capital(end + 1):
                end += 1
            return end
        return 0

    def _join(self, first: int, last: int, at: int) -> int:
        """Where a name goes on behind of, for, on, to, and; 0 where it ends before."""
        word = self.lower(at)
        nearest = at + 1
        if self.lower(nearest) == "the" and word != "and":
            nearest += 1
        if not self._capital(nearest):
            return 0
        kind = self._kind(first, last)
        if word == "and":
            return self._and(first, last, nearest)
        whole = first in self.known and self.known[first][0] == last
        if whole and word != "of":
            return 0
        if self.lower(last) in titles() and not (self.lower(last) in ("secretary", "general") and kind):
            return 0
        head = self._head(first, last)
        if word == "of":
            open_ = head or self.lower(last) in (
                "free",
                "bay",
                "gulf",
                "state",
                "isle",
                "heads",
                "parties",
                "palace",
                "hall",
                "power",
                "port",
                "friends",
                "right",
                "year",
            )
            if not open_ or (
                first in self.known and self.known[first][0] == last and self.known[first][1] in ("Country", "Person")
            ):
                return 0
            if (
                kind == "Company"
                and nearest in self.known
                and self.known[nearest][1] == "Country"
                and self.lower(last) not in ("bank", "port", "exchange", "corporation", "company", "post")
            ):
                return 0
            return nearest
        if word == "for":
            return nearest if head and kind != "Company" else 0
        if word == "on":
            return (
                nearest
                if head in _TYPED_BY_ON
                or self.lower(last)
                in ("commission", "committee", "council", "initiative", "programme", "program", "understanding")
                else 0
            )
        return nearest if head == "Agreement" or self.lower(last) in ("understanding", "parties", "mission") else 0

    def _and(self, first: int, last: int, nearest: int) -> int:
        """Whether “and” stands inside a name: Ministry of Ecology and Environment, Food and Agriculture Organization."""
        end = nearest
        while self._capital(end + 1):
            end += 1
        if nearest in self.known and self.known[nearest][1] != "Agreement":
            return 0
        right = [self.lower(i) for i in range(nearest, end + 1)]
        left = self.lower(last)
        named = any(self.lower(i) in ("of", "for", "on", "to") for i in range(first, last)) and any(
            self.lower(i) in _OPEN_HEADS or self._head(first, i) for i in range(first, last)
        )
        if named:
            if right[0] in _OPEN_HEADS and self.lower(end + 1) == "of":
                return 0
            if left in topics() and (right[0] in topics() or all(word in topics() for word in right)):
                return end
            if left in topics() and len(right) <= 2 and right[-1] not in head_types() and right[0] not in _OPEN_HEADS:
                return nearest if len(right) == 1 else end
            return 0
        right_head = head_types().get(right[-1], "")
        if (
            len(right) > 1
            and (left in topics() or self.tokens[last].lower.endswith(("ive", "al", "ic")))
            and right_head
            and not self._kind(first, last)
        ):
            if all(word in topics() for word in right[:-1]) or right_head in (
                "Agreement",
                "GovernmentBody",
                "IntergovernmentalOrganization",
                "Platform",
                "Event",
                "Project",
            ):
                return end
        if left in topics() and right[0] in topics() and right_head:
            return end
        if self.lower(first - 1) == "the" and last - first <= 1 and right_head in UNDERTAKINGS and not self._kind(first, last):
            return end
        if (left in topics() and right == ["commerce"]) or (
            left in topics()
            and right[-1] in ("trade", "industry", "commerce")
            and any(self.lower(i) in ("chamber", "confederation") for i in range(first, last))
        ):
            return end
        return 0

    def _cut(self, first: int, last: int) -> None:
        """A run as names: at offices (German Chancellor Olaf Scholz) and before what only opens the sentence."""
        initial = first in self.begins
        place = first
        while place <= last:
            size = self._title_at(place, last)
            if size:
                if place > first:
                    self._add(first, place - 1, "", initial)
                rest = place + size
                while rest <= last and (more := self._title_at(rest, last)):
                    rest += more
                if rest <= last:
                    self._add(rest, last, "Person" if self._personal(rest, last) else "", False)
                return
            place += 1
        self._add(first, last, "", initial)

    def _personal(self, first: int, last: int) -> bool:
        if first in self.known and self.known[first][1] != "Person":
            return False
        return last - first < 5 and not self._head(first, last)

    def _title_at(self, place: int, last: int) -> int:
        """How many tokens of an office stand here, with a person's name or nothing of a name behind."""
        for size in (4, 3, 2, 1):
            if place + size - 1 > last:
                continue
            words = " ".join(self.lower(i) for i in range(place, place + size))
            if (
                words not in titles() and not (words.endswith("s") and words[:-1] in titles() and place + size <= last)
            ) or words in _NO_TITLE:
                continue
            rest = place + size
            if self.tag(rest) == "own" and self.tokens[rest].text in "'’":
                return 0
            if rest <= last and (self.lower(rest) in ("of", "for") or self.lower(rest) in head_types()):
                return 0
            return size
        return 0

    def _add(self, first: int, last: int, kind: str, initial: bool) -> None:
        while first < last and self.tokens[first].text in _DROPPED_LEADS:
            first, initial = first + 1, False
        while last > first and (self.tag(last) in ("prep", "conj", "det")):
            last -= 1
        if self.lower(first - 1) in ("of", "for", "and") and (
            self.lower(first - 2) in titles() or self.lower(first - 4) in titles()
        ):
            # Minister of Trade and Industry: a field of work, not a name
            while first <= last and (self.lower(first) in topics() or self.lower(first) in ("and", "of", "the")):
                first += 1
            if first > last:
                return
        token = self.tokens[first]
        if initial and not kind and first not in self.known:
            opener = token.forms and ("g" in token.forms or "n" in token.forms or "d" in token.forms)
            plain = (
                token.lower in head_types()
                or token.lower in titles()
                or token.lower in topics()
                or token.lower in words_of("opener")
                or token.lower in cues("en")
                or token.lower.removesuffix("s") in cues("en")
            )
            if opener and last > first and (first + 1) in self.known and self.known[first + 1][0] == last:
                first, initial = first + 1, False
            elif first == last and (opener or plain or token.forms):
                self.runs.append(Run(first, last, "", "opener", True))
                return
        form = self.text[self.tokens[first].start : self.tokens[last].end]
        if first == last and form in gazetteer().adjectives and form not in gazetteer().strong:
            self.runs.append(Run(first, last, gazetteer().adjectives[form][0], "adjective", initial))
            return
        if (
            not kind
            and last - first in (2, 3)
            and first in self.known
            and self.known[first][0] == first
            and self.known[first][1] in ("Country", "Region")
            and self.lower(first - 1) in ("to", "of", "in", "for", "at")
            and not self._head(first, last)
        ):
            if any(self.lower(i) in titles() for i in range(max(0, first - 5), first - 1)):
                self.runs.append(Run(first, first, self.known[first][1], "known"))
                self.runs.append(Run(first + 1, last, "Person", "run"))
                return
        source = "run"
        if not kind:
            kind = self._kind(first, last)
            source = "known" if first in self.known and self.known[first][0] == last else "head" if kind else "run"
        if (
            (form.isupper() and len(form) < 2)
            or form in words_of("noname")
            or (self.tag(first - 1) == "num" and last == first and len(form) < 4)
        ):
            return
        if initial and form.isupper() and self._opens_dateline(last):
            return
        self.runs.append(Run(first, last, kind, source, initial))

    def _opens_dateline(self, last: int) -> bool:
        """Whether a name in capitals at the head of a paragraph is where the news comes from: NEW DELHI, June 26 –"""
        return any(
            self.tokens[i].text in "–—-:/"
            for i in range(last + 1, min(last + 8, len(self.tokens)))
            if self.tokens[i].tag == "mark"
        )

    # -- what the article tells of its own names ------------------------------------------------------------------------

    def _form(self, run: Run) -> str:
        return self.text[self.tokens[run.first].start : self.tokens[run.last].end]

    def _acronyms(self) -> None:
        """Short forms in brackets behind a name, and where the name begins that they abbreviate."""
        ends = {run.last: run for run in self.runs}
        for run in list(self.runs):
            if self.lower(run.first - 1) != "(" or self.lower(run.last + 1) != ")":
                continue
            short = self._form(run)
            left = ends.get(run.first - 2)
            if run.source == "known" and run.type in ("Country", "Region", "Person"):
                continue
            first = self._abbreviated(short, run.first - 2)
            if first is not None:
                inner = [other for other in self.runs if first <= other.first and other.last <= run.first - 2]
                if left is None or left.first > first:
                    kind = self._head(first, run.first - 2) or (left.type if left else "")
                    for other in inner:
                        self.runs.remove(other)
                    left = Run(first, run.first - 2, kind or "", "head")
                    self.runs.append(left)
            if left is None or (first is None and not self._defines(short, left)):
                continue
            if not left.type or left.source == "run":
                left.type = left.type or run.type
            run.type, run.source, run.stands_for = left.type, "definition", self._form(left)

    def _defines(self, short: str, left: Run) -> bool:
        """Whether a bracket that is no plain acronym still shortens the name before it: (J-Power), (Africa CDC), (UN DESA)."""
        form = self._form(left)
        return (
            short.split()[0] in form.split()
            or short.split()[-1] in form.split()
            or (
                " " not in short
                and sum(char.isupper() for char in short) > 1
                and short[0].lower() in {word[0].lower() for word in form.split()}
            )
        ) and left.type != "Person"

    def _abbreviated(self, short: str, last: int) -> int | None:
        """The first token of the name before a bracket whose initials spell the short form."""
        letters = [char.lower() for char in short if char.isupper() or (char.isalpha() and short.isupper())]
        if len(letters) < 2 or " " in short:
            return None
        initials: list[tuple[str, int]] = []
        for index in range(last, max(-1, last - 14), -1):
            token = self.tokens[index]
            if (
                token.tag in ("line", "rel", "aux", "modal")
                or (token.tag == "mark" and token.text not in ",-")
                or token.tag == "own"
            ):
                break
            if token.text == "," and not (self._capital(index + 1) or self.lower(index + 1) == "and"):
                break
            if token.tag == "verb" and not self._capital(index):
                break
            initials = [(part[0].lower(), index) for part in token.text.split("-") if part] + initials
            if (
                token.tag == "name"
                and token.lower[0] == letters[0]
                and self._spells(letters, [letter for letter, _ in initials])
            ):
                return index
        return None

    def _spells(self, letters: list[str], initials: list[str]) -> bool:
        at = 0
        for letter in initials:
            if at < len(letters) and letter == letters[at]:
                at += 1
        return at == len(letters)

    def _compounds(self) -> None:
        """China-Japan, Sino-Norwegian, Franco-Chinese: two names in one word."""
        known = gazetteer()
        for run in list(self.runs):
            if run.first != run.last or "-" not in self.tokens[run.first].text.replace("–", "-"):
                continue
            parts = self.tokens[run.first].text.replace("–", "-").split("-")
            found = [known.adjectives.get(part) or (known.strong.get(part)) for part in parts]
            if len(parts) > 1 and all(found) and run.type != "Person":
                run.source, run.type = "compound", "Country"

    def _settle(self) -> None:
        """Types of names that no head tells: by offices, places, speech, by fuller names and other places where they stand."""
        seen_inside = {self._form(run) for run in self.runs if not run.initial}
        lower_words = {token.lower for token in self.tokens if token.tag in ("word", "verb") and token.text == token.lower}
        persons: dict[str, str] = {}
        votes: dict[str, Counter[str]] = {}
        for run in self.runs:
            if run.source == "opener":
                form = self._form(run)
                run.type = (
                    ""
                    if form not in seen_inside
                    or head_types().get(form.lower()) == "Agreement"
                    or self.tokens[run.first].lower in lower_words
                    else "?"
                )
                run.source = "run" if run.type else "none"
                run.type = ""
        self.runs = [run for run in self.runs if run.source != "none"]
        for run in self.runs:
            if not run.type or run.type == "Person":
                kind = "Person" if run.type else self._context(run)
                if kind:
                    votes.setdefault(self._form(run), Counter())[kind] += 3 if kind == "Person" else 1
        for run in self.runs:
            form = self._form(run)
            if not run.type and form in votes:
                run.type, run.source = votes[form].most_common(1)[0][0], "context"
            if run.type == "Person" and " " in form:
                for word in form.split():
                    if len(word) > 1 and word[0].isupper():
                        persons.setdefault(word, form)
        full = [
            (self._form(run), run.type) for run in self.runs if run.type and run.source != "adjective" and run.type != "Person"
        ]
        for run in self.runs:
            if run.type and not (run.source == "context" and run.first == run.last):
                continue
            form = self._form(run)
            if form in persons:
                run.type, run.source, run.stands_for = "Person", "again", persons[form]
                continue
            longer = next(
                (
                    (name, kind)
                    for name, kind in full
                    if name != form and (name.startswith(form + " ") or name.startswith(form + "-"))
                ),
                None,
            )
            if longer is not None:
                run.type, run.source, run.stands_for = longer[1], "again", longer[0]
            elif not run.type:
                words = list(self.tokens[run.first : run.last + 1])
                common = (
                    run.initial
                    and run.first == run.last
                    and (words[0].lower in lower_words or (form not in seen_inside and not self._acts(run)))
                )
                run.type = "" if common else "Company"
                run.source = "run"
        self.runs = [run for run in self.runs if run.type]

    def _quoted(self) -> None:
        """A title in quotation marks is a name as a whole: “Hospitable Province, Home of Poets”."""
        opened = -1
        for index, token in enumerate(self.tokens):
            if token.tag == "line":
                opened = -1
            elif token.text in '“”"' and token.tag == "mark":
                if opened >= 0 and token.text != "“":
                    first, last = opened + 1, index - 1 - (self.lower(index - 1) == ",")
                    open_ = [t for t in self.tokens[first : last + 1] if t.tag not in ("prep", "det", "conj", "mark")]
                    if (
                        3 <= len(open_) <= 12
                        and all(t.tag == "name" or t.tag == "num" for t in open_)
                        and self.tokens[last].text not in ".!?"
                    ):
                        self.runs = [run for run in self.runs if run.last < first or run.first > last]
                        self.runs.append(
                            Run(
                                first,
                                last,
                                self._head(first, last) if self._head(first, last) in UNDERTAKINGS else "Event",
                                "quoted",
                            )
                        )
                    opened = -1
                else:
                    opened = index

    def _acts(self, run: Run) -> bool:
        """Whether a name at the head of a sentence is followed by what only a name is followed by."""
        after = self.tokens[run.last + 1] if run.last + 1 < len(self.tokens) else None
        form = self._form(run)
        if after is None or form.endswith(("ing", "ly", "ions", "ments", "ers", "ors", "ists", "ants", "ents", "ness")):
            return False
        if any(char.isupper() for char in form[1:]):
            return True
        return (
            after.tag == "own"
            or after.text in ",("
            or (
                after.tag in ("verb", "aux", "modal")
                and (after.forms[:1] in ("s", "d") or "d" in after.forms or after.lower in ("is", "has", "was", "will"))
            )
        )

    def _context(self, run: Run) -> str:
        """Person, Region or nothing: what stands around a name tells."""
        size = run.last - run.first + 1
        form = self._form(run)
        words = form.split()
        before, after = self.lower(run.first - 1), self.lower(run.last + 1)
        if size <= 4:
            if before in titles() or " ".join((self.lower(run.first - 2), before)) in titles():
                return "Person"
            if size == 2 and words[0] in words_of("surname") and self._pinyin(words[1]):
                return "Person"
            if (words[0] in gazetteer().given or words[0] in words_of("given")) and size > 1:
                return "Person"
            if (
                size in (2, 3)
                and self.tokens[run.first - 1].tag == "verb"
                and self.tokens[run.first - 1].reads in _SPEECH
                and self.tokens[run.first - 1].lower == self.tokens[run.first - 1].text
                and "d" in self.tokens[run.first - 1].forms
            ):
                return "Person"
            if (
                size > 2
                and words[1] in ("de", "van", "von", "bin", "al", "el", "der", "da", "dos", "di")
                and not self._head(run.first, run.last)
            ):
                return "Person"
            if size > 1 and words[0] in words_of("surname") and "-" in words[1] and words[1].partition("-")[2].islower():
                return "Person"
            if size > 1 and after == "," and self._office_behind(run.last + 2):
                return "Person"
            if before == "," and size > 1 and self._office_before(run.first - 2):
                return "Person"
            verb = self.tokens[run.last + 1] if run.last + 1 < len(self.tokens) else None
            ahead = self.tokens[run.first - 1] if run.first else None
            if (
                size > 1
                and ahead is not None
                and ahead.tag == "verb"
                and ahead.reads in ("say",)
                and "”" in self.text[max(0, ahead.start - 3) : ahead.start].replace('"', "”")
            ):
                return "Person"
            if size > 1 and verb is not None and verb.lower == "who":
                return "Person"
        if size <= 3 and before in words_of("place") and not form.isupper():
            return "Region"
        return ""

    def _pinyin(self, word: str) -> bool:
        return bool(
            re.fullmatch(
                r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?(?:a|o|e|i|u|v|ai|ei|ao|ou|an|en|ang|eng|ong|ia|ie|iao|iu|ian|in|iang|ing|iong|ua|uo|uai|ui|uan|un|uang|ue|er)){1,2}",
                word.lower(),
            )
        )

    def _office_behind(self, at: int) -> bool:
        for index in range(at, min(at + 6, len(self.tokens))):
            token = self.tokens[index]
            if token.lower in titles() and token.lower not in ("member", "partner", "host", "owner", "doctor", "general"):
                return True
            if token.tag in ("mark", "line", "aux", "modal", "rel") or (
                token.tag == "verb" and token.text == token.lower and "d" in token.forms
            ):
                return False
            if index == at and token.tag == "name" and token.lower in head_types():
                return False
        return False

    def _office_before(self, at: int) -> bool:
        """Whether a noun phrase with an office ends here: the head of the Africa CDC, …"""
        for index in range(at, max(-1, at - 10), -1):
            token = self.tokens[index]
            if token.lower in titles() and token.lower not in ("member", "partner", "host", "owner", "general"):
                return True
            if (
                (token.tag == "mark" and token.text not in "()")
                or token.tag in ("line", "aux", "modal", "rel")
                or (token.tag == "verb" and "d" in token.forms and token.text == token.lower)
            ):
                return False
        return False

    # -- names that end in a common noun ----------------------------------------------------------------------------------

    def _extend(self) -> None:
        """Names with a common noun for a head (Triton Knoll offshore wind farm, Longship programme), ordinals before events, and
        what is only described (a memorandum of understanding, an emergency meeting)."""
        self.runs.sort(key=lambda run: run.first)
        begins = {run.first: run for run in self.runs}
        ends = {run.last: run for run in self.runs}
        taken = bytearray(len(self.tokens))
        for run in self.runs:
            for index in range(run.first, run.last + 1):
                taken[index] = 1
        heads = head_types()
        kept = dict(begins)
        for run in self.runs:
            if run.type == "Event" and run.source != "quoted":
                first = run.first
                while first and self._ordinal(first - 1) and not taken[first - 1]:
                    first -= 1
                if first < run.first:
                    del kept[run.first]
                    run.first = first
                    kept[first] = run
                    taken[first] = 1
            elif run.type == "Agreement" and run.source == "head" and self._head(run.last, run.last) == "Agreement":
                tail = self._complement(run.last, "Agreement")
                if tail > run.last:
                    run.stands_for = self.text[self.tokens[run.first].start : self.tokens[tail].end]
        for index, token in enumerate(self.tokens):
            plain = token.tag in ("word", "verb") and token.text == token.lower
            if taken[index] or not (plain or (index in self.begins and heads.get(token.lower) == "Agreement")):
                continue
            size = next(
                (
                    n
                    for n in (3, 2)
                    if " ".join(self.lower(i) for i in range(index - n + 1, index + 1)) in heads
                    and not any(taken[index - n + 1 : index + 1])
                ),
                1,
            )
            words = " ".join(self.lower(i) for i in range(index - size + 1, index + 1))
            kind = heads.get(words, "")
            if self.lower(index + 1) == "of" and " ".join((words, "of", self.lower(index + 2))) in heads:
                continue
            if kind not in UNDERTAKINGS and kind not in ("ResearchOrganization", "Alliance", "GovernmentBody", "Company"):
                continue
            if (
                index + 1 < len(self.tokens)
                and self.tag(index + 1) == "word"
                and " ".join((words, self.lower(index + 1))) in heads
            ):
                continue
            self._describe(index - size + 1, index, kind, kept, ends, taken)
        self.runs = sorted(kept.values(), key=lambda run: run.first)

    def _describe(self, head: int, last: int, kind: str, kept: dict[int, Run], ends: dict[int, Run], taken: bytearray) -> None:
        if self.tag(head) == "verb" and self._verbal(head):
            return
        first, proper = head, None
        while first > 0:
            before = first - 1
            if taken[before]:
                run = ends.get(before)
                if run is None or run.first not in kept or run.type == "Person":
                    break
                if proper is None:
                    proper = run
                if run.source in ("adjective",) or run.type in ("Country",):
                    if proper is run:
                        proper = None if run.source == "adjective" else run
                    if kind in ("Agreement", "Event") or run.source == "adjective":
                        break
                first = run.first
                continue
            token = self.tokens[before]
            if (
                token.tag == "word"
                or (
                    token.tag == "num"
                    and ("-" in token.text or token.lower[-2:] in ("th", "st", "nd", "rd") or token.lower in _ORDINALS)
                )
                or (
                    token.tag == "verb"
                    and ("n" in token.forms or "g" in token.forms or "b" in token.forms)
                    and token.text == token.lower
                    and not self._verbal(before)
                )
            ):
                first = before
            elif token.tag == "name" and before in self.begins:
                first = before
                break
            elif (
                token.tag == "conj"
                and token.lower == "and"
                and before > 0
                and self.tag(before - 1) == "word"
                and self.lower(before - 1) in topics()
                and self.tag(first) == "word"
            ):
                first = before
            else:
                break
        if (
            self.tag(last + 1) == "word"
            and self.lower(last + 1) not in ("here", "there")
            and (kind != "Agreement" or self.lower(last + 1) in head_types())
        ):
            return
        named = proper is not None and proper.source not in ("adjective",)
        det = self.tokens[first - 1] if first else None
        definite = det is not None and det.lower in ("the", "this", "that", "these", "those", "its", "their")
        modifiers = [self.lower(i) for i in range(first, head) if not (proper and proper.first <= i <= proper.last)]
        telling = [word for word in self.lower(head).split() if last > head and kind == "Agreement"] + [
            word for word in modifiers if word not in words_of("trivial") and word not in _ORDINALS and not word[0].isdigit()
        ]
        ordinal = any(self._ordinal(i) for i in range(first, head))
        if named:
            assert proper is not None
            actor = (
                proper.type not in UNDERTAKINGS
                and proper.source != "compound"
                and (
                    proper.source == "known"
                    or proper.type not in ("Company",)
                    or proper.source in ("head", "definition", "again")
                )
            )
            begin = proper.first
            if actor and (
                kind == "Agreement"
                or (not telling and kind not in ("Event", "Platform", "Project"))
                or proper.source == "again"
            ):
                if kind != "Agreement":
                    return
                first, named = head, False
            elif kind in ("Company", "GovernmentBody", "ResearchOrganization", "Alliance") and actor:
                if not telling:
                    return
                begin = proper.first
            if (
                named
                and actor
                and not telling
                and proper.type
                in (
                    "Country",
                    "Company",
                    "GovernmentBody",
                    "IntergovernmentalOrganization",
                    "Region",
                    "ResearchOrganization",
                    "Association",
                )
                and kind in ("Project", "Platform")
            ):
                if proper.type not in ("Company", "Region") or (proper.source == "known" and proper.type == "Company"):
                    return
            if named:
                if kind == "Event" and ordinal:
                    begin = min(begin, next((i for i in range(first, head) if self._ordinal(i)), begin))
                for index in range(begin, last + 1):
                    taken[index] = 1
                for index in [key for key, run in kept.items() if begin <= run.first and run.last <= last]:
                    del kept[index]
                stop = self._event_of(last, taken, kept) if kind == "Event" else last
                kept[begin] = Run(begin, stop, kind, "extended")
                ends[stop] = kept[begin]
                return
        if kind in ("Company", "GovernmentBody", "Alliance") or self.lower(last) in (
            "partnership",
            "mechanism",
            "network",
            "partnerships",
        ):
            return
        if any(taken[i] for i in range(first, last + 1)):
            first = max(i for i in range(first, last + 1) if taken[i]) + 1
        plural = self.lower(last).endswith("s") and not self.lower(last).endswith("ss")
        if (
            (kind == "ResearchOrganization" and "joint" not in modifiers)
            or (plural and kind != "Agreement")
            or (plural and self.lower(last) not in ("memoranda",))
        ):
            return
        begin = first
        while (
            begin < head
            and not (kind == "Event" and self._ordinal(begin))
            and (self.lower(begin) in words_of("trivial") or self.lower(begin)[0].isdigit() or self.lower(begin) in _ORDINALS)
        ):
            begin += 1
        tail = self._complement(last, kind)
        if kind == "Agreement":
            bare = not telling and tail == last
            if bare and definite:
                return
            if self.lower(last) in (
                "deal",
                "plan",
                "framework",
                "agenda",
                "resolution",
                "understanding",
                "arrangement",
                "roadmap",
            ) and not (det is not None and det.lower in ("a", "an")):
                return
        elif kind == "Event":
            stop = self._event_of(last, taken, kept)
            if stop == last and self.lower(last + 1) == "for" and tail > last and (telling or ordinal):
                stop = tail if not any(taken[last + 1 : tail + 1]) else last
            if not telling and not ordinal and stop == last:
                return
            if (
                self.lower(last)
                in (
                    "talks",
                    "negotiations",
                    "month",
                    "week",
                    "campaign",
                    "show",
                    "tour",
                    "round",
                    "session",
                    "opening",
                    "launch",
                    "display",
                    "evening",
                    "competition",
                )
                and stop == last
                and not ordinal
            ):
                return
            if definite and not telling and not ordinal:
                return
            if stop > last:
                for index in [key for key, run in kept.items() if last < run.first <= stop]:
                    del kept[index]
            for index in range(begin, stop + 1):
                taken[index] = 1
            kept[begin] = Run(begin, stop, kind, "described")
            return
        else:
            if not telling or (definite and len(telling) < 2 and det is not None and det.lower != "the"):
                return
        name = self.text[self.tokens[begin].start : self.tokens[tail].end]
        if (
            kind == "Agreement"
            and not telling
            and det is not None
            and det.lower in ("a", "an")
            and first
            and not any(taken[i] for i in range(first - 1, begin))
        ):
            # what has no name is called as it stands: a renewed memorandum
            begin, tail = first - 1, max(tail, last + 1)
        for index in range(begin, last + 1):
            taken[index] = 1
        kept[begin] = Run(begin, last, kind, "described", False, name if tail > last else "")
        ends[last] = kept[begin]

    def _ordinal(self, at: int) -> bool:
        return self.lower(at) in _ORDINALS or (self.lower(at)[:1].isdigit() and self.lower(at)[-2:] in ("st", "nd", "rd", "th"))

    def _verbal(self, at: int) -> bool:
        """Whether a form that may be noun or verb is the verb of its clause here."""
        token, before = self.tokens[at], self.tokens[at - 1] if at else None
        if before is None:
            return True
        if (
            before.tag in ("det", "own", "num", "adv")
            or (before.tag == "prep" and before.lower != "to")
            or before.tag == "word"
        ):
            return "d" in token.forms and before.tag == "word" and self.tag(at + 1) in ("det", "prep", "name", "num", "adv")
        if before.tag in ("modal", "aux", "rel", "pron") or before.lower == "to":
            return True
        if before.tag == "name":
            return self.tag(at + 1) in ("det", "name", "num", "prep") and ("d" in token.forms or "s" in token.forms)
        return before.tag == "mark" and self.tag(at + 1) in ("det", "name", "prep") and "b" not in token.forms

    def _event_of(self, last: int, taken: bytearray, kept: dict[int, Run]) -> int:
        """An event goes on behind of with the name of its body or kind: 24th meeting of the Council of Heads of State."""
        at = last + 1
        if self.lower(at) != "of":
            return last
        at += 1
        if self.lower(at) == "the":
            at += 1
        run = kept.get(at)
        if run is None or run.source == "adjective" or (self.lower(run.last + 1) == "," and self._capital(run.last + 2)):
            return last
        if self.tag(run.last + 1) == "own" and not taken[run.last + 2]:
            return last
        return run.last

    def _complement(self, last: int, kind: str) -> int:
        """The end of “on green fuels”, “for ocean and climate research” behind the head of what is described."""
        at = last + 1
        if self.lower(at) not in ("on", "for", "of", "establishing", "covering") or (
            kind != "Agreement" and self.lower(at) not in ("for", "of", "at", "in")
        ):
            return last
        if kind != "Agreement" and self.lower(at) == "of":
            return last
        end = last
        at += 1
        while at < len(self.tokens) and at - last < 14:
            token = self.tokens[at]
            if token.tag in ("line", "aux", "modal", "rel", "sub", "adv", "time", "own", "pron") or (
                token.tag == "mark" and token.text not in "-"
            ):
                break
            if token.tag == "prep" and token.lower not in ("of", "in", "for", "to"):
                break
            if token.tag == "num" and token.text[0] in "$€£¥":
                break
            if token.tag == "verb" and self._verbal(at) and "g" not in token.forms:
                break
            if token.tag == "conj" and self.tag(at + 1) in ("det", "verb", "pron"):
                break
            if token.tag in ("name", "word", "verb", "num"):
                end = at
            at += 1
        return end

    # -- out --------------------------------------------------------------------------------------------------------------

    def _spans(self) -> list[Span]:
        found = []
        for run in self.runs:
            start, end = self.tokens[run.first].start, self.tokens[run.last].end
            if run.source == "compound":
                at = start
                for part in self.text[start:end].replace("–", "-").split("-"):
                    known = gazetteer().adjectives.get(part) or gazetteer().strong.get(part)
                    if known:
                        found.append(Span(at, at + len(part), known[0], "compound"))
                    at += len(part) + 1
                continue
            found.append(Span(start, end, run.type, run.source, run.stands_for))
        return found


_ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
                      "seventeenth eighteenth nineteenth twentieth thirtieth annual inaugural".split())  # fmt: skip
