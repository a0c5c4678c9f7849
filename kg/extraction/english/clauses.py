"""Phrases put together: offices and appositions folded, names joined, and for each verb who stands where.

The result is what frames work on: predications (a verb with subject, objects and prepositional phrases) and noun phrases with
what stands behind and beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.extraction.chunks import anaphors
from kg.extraction.english.phrases import Element, Item, Phrase, Verb
from kg.extraction.lexicon import cues

UNDERTAKINGS = frozenset(("Agreement", "Event", "Project", "Platform", "Alliance"))
# Nouns that stand for whom they come from: the Norwegian delegation, a team of the university.
DELEGATES = frozenset("delegation delegations side government governments team teams official officials party mission authorities leadership representative representatives "
                      "state expert experts envoys leaders ministers counterpart counterparts troops rescuers scientists researchers crew volunteers firefighters "
                      "operations operation activities efforts medics engineers doctors group spokesman spokesperson parliament embassy army board management shareholders".split())  # fmt: skip
_SPOKEN = frozenset("say tell add note argue warn announce declare explain recall reply insist admit joke write ask".split())
_PORTFOLIOS = frozenset(
    "commissioner minister secretary envoy representative rapporteur spokesman spokeswoman spokesperson ambassador adviser advisor".split()
)
_CONTROL = frozenset(
    "lend give loan pay award help ask allow invite enable urge encourage permit assist commission authorise authorize hire select choose get require oblige task".split()
)
_SAYING = frozenset(
    "say tell announce report note add confirm state declare claim argue believe expect hope agree know deny reveal show mean".split()
)
_LOCAL_SUBS = frozenset(("after", "before", "since", "until", "as", "than"))


@dataclass(slots=True, eq=False)
class Predication:
    """A verb with what stands around it. `subject` is the phrase before an active verb, or what a passive is about."""

    verb: Verb
    element: int
    subject: Phrase | None = None
    objects: list[Phrase] = field(default_factory=list)
    preps: list[tuple[str, Phrase]] = field(default_factory=list)
    fronted: list[tuple[str, Phrase]] = field(default_factory=list)
    passive: bool = False
    governor: Predication | None = None
    joined: bool = False
    relative: bool = False


def is_actor(phrase: Phrase, items: Sequence[Item]) -> bool:
    """Whether a phrase can act: a name of one who acts, a pronoun, an office, a delegation."""
    if phrase.members:
        return is_actor(phrase.members[0], items)
    item = items[phrase.head]
    if item.span >= 0:
        return item.type not in UNDERTAKINGS
    word = item.token.lower
    if (
        phrase.det in ("the", "this", "that", "both")
        and (meant := anaphors("en").get(("both " if phrase.det == "both" else "the ") + word)) is not None
    ):
        return meant.type not in UNDERTAKINGS and meant.type not in ("Works", "Fund")
    return item.token.tag == "pron" or bool(phrase.title) or word in DELEGATES


def kind_of(phrase: Phrase, items: Sequence[Item]) -> str:
    """actor, thing (a named undertaking), time, number or noun: what may be joined with what."""
    if phrase.members:
        return kind_of(phrase.members[0], items)
    if is_actor(phrase, items):
        return "actor"
    if items[phrase.head].span >= 0:
        return items[phrase.head].type
    if phrase.lemma == "#time":
        return "time"
    return "number" if phrase.quantity else "noun"


class Folder:
    """Folds offices, appositions and coordinations of a sentence into single phrases."""

    def __init__(self, elements: list[Element], items: Sequence[Item]) -> None:
        self.elements, self.items = elements, items
        self.dropped: list[Phrase] = []

    def fold(self) -> list[Element]:
        """The elements with every office, apposition and list of names as one phrase."""
        self._offices()
        self._appositions()
        self._coordinations()
        self._appositions()
        return self.elements

    def at(self, place: int) -> Element | None:
        """The element at a place, or None outside the sentence."""
        return self.elements[place] if 0 <= place < len(self.elements) else None

    def kind(self, place: int) -> str:
        """The kind of the element at a place."""
        return self.elements[place].kind if 0 <= place < len(self.elements) else ""

    def phrase(self, place: int) -> Phrase | None:
        """The noun phrase at a place, if there is one."""
        element = self.at(place)
        return element.phrase if element is not None else None

    def person(self, phrase: Phrase) -> bool:
        """Whether a phrase names one person."""
        item = self.items[phrase.head]
        return not phrase.members and item.span >= 0 and item.type == "Person"

    def named(self, phrase: Phrase) -> bool:
        """Whether a phrase names one thing that is no person."""
        item = self.items[phrase.head]
        return not phrase.members and item.span >= 0 and item.type != "Person" and item.source != "adjective"

    def official(self, phrase: Phrase) -> bool:
        """Whether a phrase is an office without a name."""
        return not phrase.members and bool(phrase.title) and not self.person(phrase)

    def _offices(self) -> None:
        """“Commissioner for Climate Action”, “director of the museum”, “a delegation from the university”, “Yara of Norway”."""
        place = 0
        while place < len(self.elements):
            phrase = self.phrase(place)
            if phrase is None:
                place += 1
                continue
            while self.kind(place + 1) == "P" and (behind := self.phrase(place + 2)) is not None:
                word = self.elements[place + 1].word
                if (
                    self.official(phrase)
                    and self.person(behind)
                    and not behind.title
                    and word in ("of", "for", "to", "at", "in", "and")
                ):
                    if word == "of" and behind.names[:-1] and phrase.office is None and not phrase.names:
                        behind.title = phrase.title
                    else:
                        behind.names = behind.names[-1:]
                        self._name(phrase, behind)
                    del self.elements[place : place + 2]
                    phrase = behind
                    continue
                delegate = self.items[phrase.head].token.lower in DELEGATES and self.items[phrase.head].span < 0
                if (
                    self.person(phrase)
                    and phrase.office is None
                    and word in ("of", "for", "from", "at")
                    and self.named(behind)
                    and self.items[behind.head].type not in UNDERTAKINGS
                ):
                    phrase.office = behind
                elif self.official(phrase) and word in ("of", "at", "for", "to", "from", "on", "in", "with"):
                    if word == "for" and phrase.title.split()[-1] in _PORTFOLIOS:
                        pass
                    elif behind.lemma != "#time" and word in ("of", "at", "for", "from", "with"):
                        if (
                            phrase.office is None
                            and (self.items[behind.head].span >= 0 or behind.det in ("the", "its", "their") or behind.names)
                        ) or (phrase.office is not None and word == "of" and not (self.items[phrase.office.head].span >= 0)):
                            phrase.office = behind
                    elif word in ("in", "with", "on") and not (self.items[behind.head].span >= 0 and word == "in"):
                        break
                elif delegate and word in ("of", "from") and phrase.office is None:
                    phrase.office = behind
                elif (
                    word == "of"
                    and self.named(phrase)
                    and self.named(behind)
                    and self.items[behind.head].type in ("Country", "Region")
                    and self.items[phrase.head].type not in UNDERTAKINGS
                ):
                    pass
                else:
                    break
                if (
                    self.kind(place + 3) == "C"
                    and (more := self.phrase(place + 4)) is not None
                    and phrase.office is behind
                    and self.named(behind)
                    and self.named(more)
                    and phrase.plural
                ):
                    behind.members = [self._copy(behind), more]
                    del self.elements[place + 3 : place + 5]
                phrase.posts.append((word, behind))
                while (
                    self.official(phrase)
                    and self.kind(place + 3) in ("C", ",")
                    and (more := self.phrase(place + 4)) is not None
                    and self.items[more.head].span < 0
                    and not more.title
                    and not more.det
                    and self.items[behind.head].span < 0
                    and self.kind(place + 3 + 2) in ("C", ",", "V", "P", "")
                ):
                    if self.kind(place + 3) == "," and self.kind(place + 5) not in ("C", ","):
                        break
                    del self.elements[place + 3 : place + 5]
                del self.elements[place + 1 : place + 3]
            place += 1

    def _copy(self, phrase: Phrase) -> Phrase:
        return Phrase(
            phrase.first,
            phrase.last,
            phrase.head,
            phrase.lemma,
            phrase.det,
            list(phrase.names),
            phrase.owner,
            phrase.owner_pronoun,
            phrase.title,
            office=phrase.office,
            plural=phrase.plural,
        )

    def _appositions(self) -> None:
        place = 0
        while place < len(self.elements):
            one = self.phrase(place)
            two = self.phrase(place + 2) if self.kind(place + 1) == "," else None
            if one is None:
                place += 1
                continue
            if two is None:
                two = self.phrase(place + 1)
                if two is not None and self.official(one) and self.person(two) and one.det != "a" and not one.plural:
                    self._name(one, two)
                    del self.elements[place]
                    continue
                place += 1
                continue
            after = self.kind(place + 3)
            if (
                self._place_of(one)
                and self._place_of(two)
                and not self._goes_on(place + 2)
                and after != "C"
                and self.items[two.head].type == "Country"
                and self.items[one.head].type == "Region"
                and not two.beside
            ):
                self._close(place + 1, place + 3)
                continue
            if two.quantity and not one.quantity and after == "," and not two.names:
                del self.elements[place + 1 : place + 4]
                continue
            if (
                self.official(two)
                and not self.person(one)
                and after == ","
                and (three := self.phrase(place + 4)) is not None
                and self.person(three)
            ):
                place += 2
                continue
            if self.person(one) and self.official(two) and not two.members:
                self._name(two, one)
                self._close(place + 1, place + 3)
                continue
            if self.official(one) and self.person(two) and not one.members and not one.plural:
                self._name(one, two)
                if self.kind(place + 3) == ",":
                    del self.elements[place + 3]
                del self.elements[place : place + 2]
                continue
            led = self._fronted(place)
            list_ = after == "C" or (after == "," and self.phrase(place + 4) is not None and self._goes_on(place + 2))
            if (
                self._noun(one)
                and self.named(two)
                and after in (",", "", ";", "V", "R")
                and not list_
                and not (led and after != ",")
                and self._fits(one, two)
            ):
                two.beside.append(one)
                self.dropped.append(one)
                if after == ",":
                    del self.elements[place + 3]
                del self.elements[place : place + 2]
                continue
            if (
                (self.named(one) or (one.members and self.named(one.members[0])))
                and self._noun(two)
                and two.det in ("a", "an", "the", "its", "their", "one", "another", "")
                and (two.det or two.owner >= 0 or two.names)
                and not (led and self.kind(place + 3) != ",")
            ):
                end = self._tail(place + 3, two)
                participle = self.elements[end].verb if self.kind(end) == "V" else None
                if participle is not None and (
                    participle.form == "part"
                    or (participle.unsure and self.kind(end + 1) == "P" and self.elements[end + 1].word == "by")
                ):
                    one.beside.append(two)
                    self.dropped.append(two)
                    del self.elements[place + 1 : end]
                    continue
                contact = self.kind(end) == "NP" and self.kind(end + 1) == "V" and end == place + 3
                if self.kind(end) == "R" or (self.kind(end) == "P" and self.kind(end + 1) == "R") or contact:
                    one.beside.append(two)
                    self.dropped.append(two)
                    del self.elements[place + 1 : end]
                    continue
                if self.kind(end) in (",", "", ";"):
                    one.beside.append(two)
                    self.dropped.append(two)
                    self._close(place + 1, end)
                    continue
            place += 1

    def _place_of(self, phrase: Phrase) -> bool:
        return self.named(phrase) and self.items[phrase.head].type in ("Region", "Country")

    def _fronted(self, place: int) -> bool:
        """Whether a place lies in a prepositional phrase that opens the sentence."""
        return (
            bool(self.elements)
            and self.elements[0].kind == "P"
            and not any(e.kind in ("V", "S", ";", "R") for e in self.elements[:place])
        )

    def _noun(self, phrase: Phrase) -> bool:
        item = self.items[phrase.head]
        if item.source == "described" and phrase.det in ("a", "an", "the") and not phrase.members:
            return True
        return (
            not phrase.members
            and item.span < 0
            and item.token.tag != "pron"
            and not phrase.quantity
            and phrase.lemma != "#time"
        )

    def _fits(self, noun: Phrase, name: Phrase) -> bool:
        return not noun.plural and (noun.det != "" or noun.owner >= 0 or bool(noun.names))

    def _goes_on(self, place: int) -> bool:
        """Whether a list of names goes on here up to its “and”."""
        while self.kind(place + 1) == "," and self.phrase(place + 2) is not None:
            place += 2
        return self.kind(place + 1) == "C" or (self.kind(place + 1) == "," and self.kind(place + 2) == "C")

    def _tail(self, place: int, phrase: Phrase) -> int:
        """The end of the prepositional phrases behind a noun, which are noted with it."""
        while self.kind(place) == "P" and (behind := self.phrase(place + 1)) is not None:
            word = self.elements[place].word
            place += 2
            if self._list_end(place - 1) > place - 1:
                end = self._list_end(place - 1)
                behind.members = [self._copy(behind), *(p for i in range(place, end + 1) if (p := self.phrase(i)) is not None)]
                place = end + 1
            phrase.posts.append((word, behind))
        return place

    def _list_end(self, place: int) -> int:
        """The last place of a list of names that begins here (A, B and C), or the place itself."""
        first = self.phrase(place)
        if first is None or not self.named(first):
            return place
        at = place
        while self.kind(at + 1) == "," and (p := self.phrase(at + 2)) is not None and self.named(p):
            at += 2
        if (
            self.kind(at + 1) == "C"
            and (p := self.phrase(at + 2)) is not None
            and self.named(p)
            and self.elements[at + 1].word in ("and", "&")
        ):
            return at + 2
        return place

    def _close(self, first: int, end: int) -> None:
        """Takes an apposition out, with the comma behind it."""
        if self.kind(end) == ",":
            end += 1
        del self.elements[first:end]

    def _name(self, office: Phrase, person: Phrase) -> None:
        """A person and the office said beside the name."""
        person.title = person.title or office.title
        own = any(self.items[place].type not in UNDERTAKINGS and self.items[place].type != "Person" for place in office.names)
        person.office = person.office or (office if own else office.office)
        if person.office is None and (office.names or office.owner_pronoun or office.det in ("the", "its")):
            person.office = office
        person.beside.append(office)

    def _coordinations(self) -> None:
        place = 0
        while place < len(self.elements):
            if self.kind(place) != "C" or (False):
                place += 1
                continue
            right = self.phrase(place + 1)
            left_at = place - 1 - (self.kind(place - 1) == ",")
            left = self.phrase(left_at)
            rest = (
                right is not None
                and left is not None
                and right.plural
                and kind_of(right, self.items) in ("noun", "number")
                and kind_of(left, self.items) == "actor"
                and self.kind(left_at - 1) in (",", "P")
            )
            if right is None or left is None or (kind_of(left, self.items) != kind_of(right, self.items) and not rest):
                place += 1
                continue
            if (
                self.official(left)
                and self.person(right)
                and right.title
                and right.office is None
                and not right.names[:-1]
                and not left.det
                and (left.names or left.office)
            ):
                right.office = left.office if not left.names else left
                del self.elements[left_at : place + 1]
                place = max(left_at, 0)
                continue
            behind = self.phrase(place + 2)
            if behind is not None and behind.quantity and kind_of(right, self.items) == "actor":
                place += 1  # A holds 30 percent of X and B 20 percent
                continue
            if kind_of(left, self.items) in ("time", "number") or self._two_clauses(left_at, place):
                place += 1
                continue
            first = left_at
            while (
                self.kind(first - 1) == ","
                and (earlier := self.phrase(first - 2)) is not None
                and kind_of(earlier, self.items) == kind_of(left, self.items)
            ):
                if (
                    self.kind(first - 3) == "P"
                    and first - 3 == 0
                    and kind_of(left, self.items) == "actor"
                    and self.elements[0].word not in ("between", "with", "by")
                ):
                    break
                first -= 2
            members: list[Phrase] = []
            for index in range(first, place + 2):
                phrase = self.phrase(index)
                if phrase is not None:
                    members += phrase.members or [phrase]
            head = members[0]
            group = Phrase(head.first, right.last, head.head, "", head.det, [], -1, "", "", members, plural=True)
            group.posts = list(members[-1].posts)
            self.elements[first : place + 2] = [Element("NP", self.elements[first].first, right.last, group)]
            place = first + 1

    def _two_clauses(self, left: int, place: int) -> bool:
        """Whether “and” joins clauses here: a verb before the left name and another right behind the right one."""
        verb = self.elements[place + 2].verb if self.kind(place + 2) == "V" else None
        if verb is None or verb.form != "fin" or (verb.unsure and self.kind(place + 3) == "P"):
            return False
        before = self.at(left - 1)
        if (
            self.kind(left - 1) == ","
            and (p := self.phrase(left - 2)) is not None
            and (q := self.phrase(left)) is not None
            and kind_of(p, self.items) == kind_of(q, self.items)
        ):
            return False
        if before is None or before.kind not in ("V", "P"):
            return False
        if before.kind == "P" and before.word == "between":
            return False
        if before.kind == "V" and before.verb is not None and before.verb.lemma in _SAYING:
            return False
        finite = sum(e.kind == "V" and e.verb is not None and e.verb.form == "fin" for e in self.elements[:left])
        return finite > sum(e.kind == "R" for e in self.elements[:left])


def _together(left: Phrase, right: Phrase) -> Phrase:
    """Two phrases as one group."""
    members = [*(left.members or [left]), *(right.members or [right])]
    return Phrase(left.first, right.last, members[0].head, members=members, plural=True)


@dataclass(slots=True, eq=False)
class _Frame:
    kind: str
    subject: Phrase | None = None
    finite: Predication | None = None
    last: Predication | None = None
    gap: str = ""
    ante: Phrase | None = None
    fronted: list[tuple[str, Phrase]] = field(default_factory=list)
    waiting: list[Predication] = field(default_factory=list)


class Parser:
    """Walks over the folded elements and gives every verb its subject, objects and prepositional phrases."""

    def __init__(self, elements: Sequence[Element], items: Sequence[Item]) -> None:
        self.elements, self.items = elements, items
        self.found: list[Predication] = []
        self.stack: list[_Frame] = [_Frame("main")]
        self.chain: list[Phrase] = []
        self.prep = ""
        self.prep_at = -1

    @property
    def frame(self) -> _Frame:
        """The innermost open clause."""
        return self.stack[-1]

    def parse(self) -> list[Predication]:
        """The predications of the sentence in the order of their verbs."""
        for place, element in enumerate(self.elements):
            match element.kind:
                case "NP":
                    assert element.phrase is not None
                    self._phrase(place, element.phrase)
                case "P":
                    self.prep, self.prep_at = element.word, place
                case "V":
                    assert element.verb is not None
                    self._verb(place, element.verb)
                    self.chain = []
                case "R":
                    self._relative(place, element.word)
                case "S" | ";":
                    self.stack = [_Frame("main")]
                    self.chain, self.prep = [], ""
                case ",":
                    self.chain = []
        for frame in self.stack:
            self._settle(frame, frame.subject)
        return [part for predication in self.found for part in self._gapped(predication)]

    def _gapped(self, predication: Predication) -> list[Predication]:
        """A verb that is said once for several: A has taken 35 percent and B the remaining quarter."""
        found = [predication]
        objects = predication.objects
        while (
            len(objects) > 2
            and not is_actor(objects[0], self.items)
            and is_actor(objects[1], self.items)
            and not is_actor(objects[2], self.items)
        ):
            head, objects = objects[:1], objects[1:]
            found[-1].objects = head
            found.append(
                Predication(
                    predication.verb,
                    predication.element,
                    objects[0],
                    objects[1:],
                    list(predication.preps),
                    list(predication.fronted),
                    predication.passive,
                    predication.governor,
                    True,
                )
            )
            objects = objects[1:]
        return found

    def _phrase(self, place: int, phrase: Phrase) -> None:
        frame = self.frame
        if self.prep and self.prep_at == place - 1:
            word, self.prep = self.prep, ""
            if frame.last is not None:
                frame.last.preps.append((word, phrase))
            else:
                frame.fronted.append((word, phrase))
            for earlier in self.chain:
                earlier.posts.append((word, phrase))
            self.chain.append(phrase)
            return
        self.prep = ""
        if phrase.lemma == "#time":
            return
        if frame.last is None or (
            frame.finite is None and self._kind(place - 1) == "," and (frame.waiting or frame.last.verb.form in ("part", "ger"))
        ):
            frame.subject = phrase
        elif frame.last is not None:
            frame.last.objects.append(phrase)
        self.chain = [phrase]

    def _kind(self, place: int) -> str:
        return self.elements[place].kind if 0 <= place < len(self.elements) else ""

    def _prior(self, place: int) -> Phrase | None:
        """The phrase right before a place."""
        return self.elements[place - 1].phrase if place > 0 and self.elements[place - 1].kind == "NP" else None

    def _verb(self, place: int, verb: Verb) -> None:
        form = verb.form
        prior = self._prior(place)
        if form == "fin" and verb.unsure:
            form = verb.form = self._settle_form(place, verb, prior)
        predication = Predication(verb, place, passive=verb.passive or form == "part")
        self.found.append(predication)
        if form == "inf":
            self._infinitive(place, predication)
        elif form in ("ger", "part"):
            self._participle(place, predication, prior)
        else:
            self._finite(place, predication, prior)

    def _settle_form(self, place: int, verb: Verb, prior: Phrase | None) -> str:
        """Signed: past tense or participle?"""
        frame = self.frame
        after = self._kind(place + 1)
        by = after == "P" and self.elements[place + 1].word == "by"
        if by:
            return "part"
        before = self._kind(place - 1)
        if prior is not None and prior.lemma == "#time":
            prior, before = None, "time"
        if before == "R" or verb.lemma in _SPOKEN:
            return "fin"
        if (
            frame.finite is not None
            and before in (",", "NP")
            and any(f.finite is None and f.subject is not None for f in self.stack[:-1])
        ):
            if before == "," or self._kind(place - 2) in ("C", ","):
                return "fin"
        if (
            prior is not None
            and frame.last is not None
            and frame.last.preps
            and frame.last.preps[-1][1] is prior
            and frame.last.preps[-1][0] in _LOCAL_SUBS
        ):
            return "fin"
        if prior is None:
            if before == "," and frame.finite is None and frame.subject is not None:
                return "part" if self._later_finite(place) else "fin"
            if before in ("", "S", ";") or (before == "," and after == "P"):
                return "part"
            if before == "," and frame.finite is not None and frame.kind != "rel":
                return "part" if after == "P" else "fin"
            return "fin"
        if self.items[prior.head].span < 0 and self.items[prior.head].token.tag == "pron" and not prior.members:
            return "fin"
        if (
            frame.finite is not None
            and self._fresh_subject(place) is not None
            and after in ("NP", "", "S", ",", "V", "P")
            and (after != "P" or verb.lemma in _SAYING or not is_actor(prior, self.items) or self._kind(place - 2) == "C")
        ):
            return "fin"
        bare = prior in ([frame.subject] if frame.subject is not None else [])
        if bare and frame.finite is None:
            if after in ("NP", "S", "", ",", ";", "R", "C"):
                return "fin"
            later = self._later_finite(place)
            return "part" if later and kind_of(prior, self.items) != "actor" else "fin"
        if frame.finite is None and frame.subject is not None and frame.last is None:
            # the prior phrase is inside a prepositional phrase of the subject: “the minister of X signed”, “the deal with X signed in May was”
            return "part" if self._later_finite(place) else "fin"
        if frame.finite is None and frame.subject is not None:
            return "fin"
        if frame.finite is not None and after == "NP" and is_actor(prior, self.items) and frame.finite.verb.lemma in _SAYING:
            return "fin"
        if frame.finite is not None and after == "NP" and is_actor(prior, self.items) and self._kind(place - 2) in (",", "C"):
            return "fin"
        return "part"

    def _fresh_subject(self, place: int) -> Phrase | None:
        """The phrase that opens a new clause before a verb: it stands behind a comma or “and”, and only what hangs on it lies between."""
        at = place - 1
        if self._kind(at) in ("C", ",", "S", "R"):
            return None
        while at > 0:
            if self._kind(at) == "V":
                verb = self.elements[at].verb
                if verb is None or verb.form not in ("ger", "part"):
                    return None
                at -= 1
                continue
            if self._kind(at) == "P":
                at -= 1
                continue
            if self._kind(at) != "NP":
                return None
            if self._kind(at - 1) == "P":
                at -= 2
                continue
            if self._kind(at - 1) == "V":
                at -= 1
                continue
            phrase = self.elements[at].phrase
            opens = self._kind(at - 1) in ("C", ",")
            return (
                phrase
                if opens and phrase is not None and phrase.lemma != "#time" and any(e.kind == "V" for e in self.elements[:at])
                else None
            )
        return None

    def _later_finite(self, place: int) -> bool:
        """Whether another finite verb follows in the clause, without a subject of its own."""
        for index in range(place + 1, len(self.elements)):
            element = self.elements[index]
            if element.kind in ("S", ";", "R", "C"):
                return False
            if element.kind == "V" and element.verb is not None and element.verb.form == "fin":
                return not element.verb.unsure
        return False

    def _finite(self, place: int, predication: Predication, prior: Phrase | None) -> None:
        frame = self.frame
        before = self._kind(place - 1)
        if frame.kind == "rel" and frame.finite is not None and before in (",", "NP", "C"):
            own = prior is not None and frame.last is not None and prior in frame.last.objects and len(frame.last.objects) > 1
            if before == "," or (prior is not None and not own):
                outer = next((f for f in reversed(self.stack[:-1]) if f.finite is None and f.subject is not None), None)
                if outer is not None and before in (",", "NP"):
                    while self.frame is not outer:
                        self.stack.pop()
                    frame = self.frame
                    if (
                        prior is not None
                        and self._kind(place - 2) == "C"
                        and outer.subject is not None
                        and kind_of(prior, self.items) == kind_of(outer.subject, self.items)
                    ):
                        outer.subject = _together(outer.subject, prior)
                elif before == ",":
                    while len(self.stack) > 1:
                        self.stack.pop()
                    frame = self.frame
        if frame.finite is None:
            subject = frame.subject or (frame.ante if frame.kind == "rel" and not frame.gap else None)
            if prior is not None and frame.subject is None and frame.fronted and frame.fronted[-1][1] is prior:
                word, phrase = frame.fronted.pop()
                subject = phrase if word in _LOCAL_SUBS else subject or phrase
                frame.subject = subject
            predication.subject = subject
            predication.fronted = list(frame.fronted)
            if frame.kind == "rel" and frame.gap and frame.ante is not None:
                if frame.gap == "obj":
                    predication.objects.append(frame.ante)
                else:
                    predication.preps.append((frame.gap, frame.ante))
                    predication.relative = True
            frame.finite = predication
            self._settle(frame, subject)
        else:
            governing = frame.last
            if prior is not None and governing is not None and prior in governing.objects and before == "NP":
                governing.objects.remove(prior)
                new = _Frame("main", prior, predication, fronted=[])
                predication.subject = prior
                whom = self.elements[place - 2].phrase if self._kind(place - 2) == "NP" else None
                if whom is not None and whom.lemma != "#time" and governing.verb.lemma not in _SAYING:
                    predication.objects.append(whom)
                    new.kind = "rel"
                    self.stack.append(new)
                elif frame.kind == "rel":
                    self.stack.append(new)
                else:
                    self.stack[-1] = new
            elif (
                prior is not None
                and governing is not None
                and governing.preps
                and governing.preps[-1][1] is prior
                and governing.preps[-1][0] in _LOCAL_SUBS
            ):
                governing.preps.pop()
                predication.subject = prior
                self.stack[-1] = _Frame("main", prior, predication)
            elif (
                (fresh := self._fresh_subject(place)) is not None
                and fresh is not frame.subject
                and all(p is not fresh for f in self.stack for p in [f.subject])
            ):
                for other in self.found:
                    if fresh in other.objects:
                        other.objects.remove(fresh)
                predication.subject = fresh
                self.stack[:] = [_Frame("main", fresh, predication)]
            else:
                if before in (",", "C") and frame.kind == "rel" and before == ",":
                    while len(self.stack) > 1:
                        self.stack.pop()
                    frame = self.frame
                predication.subject = frame.subject or (frame.ante if frame.kind == "rel" and not frame.gap else None)
                if frame.finite is not None and frame.finite.subject is not None and predication.subject is None:
                    predication.subject = frame.finite.subject
                predication.joined = True
                if frame.finite is not None:
                    predication.fronted = list(frame.finite.fronted)
                frame.finite = predication
        self.frame.last = predication

    def _settle(self, frame: _Frame, subject: Phrase | None) -> None:
        """Participles that open a sentence are about its subject."""
        for predication in frame.waiting:
            if predication.subject is None:
                predication.subject = subject
        frame.waiting = []

    def _infinitive(self, place: int, predication: Predication) -> None:
        frame = self.frame
        governing = frame.last
        predication.governor = governing
        if governing is not None:
            last = governing.objects[-1] if governing.objects else None
            if len(governing.objects) > 1 and is_actor(governing.objects[0], self.items):
                last = governing.objects[0]
            if governing.passive:
                predication.subject = governing.subject
            elif last is not None and governing.verb.lemma in _CONTROL and is_actor(last, self.items):
                predication.subject = last
            else:
                predication.subject = governing.subject
        else:
            predication.subject = frame.subject
            if predication.subject is None:
                frame.waiting.append(predication)
        if predication.passive and self._kind(place - 1) == ",":
            predication.subject = self._described(place, predication) or predication.subject
        if frame.kind == "rel" and frame.gap and frame.ante is not None and governing is not None and governing is frame.finite:
            if frame.gap == "obj":
                predication.objects.append(frame.ante)
            else:
                predication.preps.append((frame.gap, frame.ante))
        if self._kind(place - 1) == "C" and self.found[:-1] and governing is not None and governing.verb.form == "inf":
            predication.subject = governing.subject
            predication.governor = governing.governor
        frame.last = predication

    def _participle(self, place: int, predication: Predication, prior: Phrase | None) -> None:
        frame = self.frame
        before = self._kind(place - 1)
        if before == "V" or (
            before == "NP"
            and prior is not None
            and predication.verb.form == "ger"
            and frame.last is not None
            and frame.last.verb.lemma in ("keep", "see", "start", "begin", "stop", "continue", "consider", "finish")
        ):
            predication.governor = frame.last
            predication.subject = frame.last.subject if frame.last is not None else None
        elif before == "P":
            self.prep = ""
            predication.subject = frame.subject or (frame.finite.subject if frame.finite else None)
            if predication.subject is None:
                frame.waiting.append(predication)
        elif before == "NP":
            predication.subject = prior
        elif before == "C" and frame.last is not None:
            predication.subject = frame.last.subject
            predication.governor = frame.last.governor
            if not predication.passive and frame.last.passive:
                predication.subject = frame.subject
        elif (
            before == ","
            and frame.subject is None
            and frame.last is not None
            and (behind := self._prior(place - 1)) is not None
        ):
            predication.subject = behind
        elif (before == "," and frame.subject is not None) or frame.finite is not None:
            subject = frame.subject or (frame.finite.subject if frame.finite is not None else None)
            if predication.passive and before == ",":
                subject = self._described(place, predication) or subject
            predication.subject = subject
        else:
            frame.waiting.append(predication)
        frame.last = predication

    def _described(self, place: int, predication: Predication) -> Phrase | None:
        """What a participle behind a comma is about: the nearest undertaking of its clause, a text where it is signed; else the nearest
        name, else the nearest noun."""
        near: list[Phrase] = []
        for index in range(place - 2, -1, -1):
            element = self.elements[index]
            if element.kind in ("V", "S", ";", "R"):
                break
            if element.phrase is not None and element.phrase.lemma != "#time":
                near.append(element.phrase)
        signs = "sign" in cues("en").get(predication.verb.key, ())
        for wanted in (frozenset(("Agreement",)) if signs else UNDERTAKINGS, UNDERTAKINGS):
            if (found := next((p for p in near if kind_of(p, self.items) in wanted), None)) is not None:
                return found
        return next((p for p in near if self.items[p.head].span >= 0), near[0] if near else None)

    def _singular(self, place: int) -> bool:
        """Whether the verb group at a place is one of a single subject: is, has, heads."""
        first = self.items[self.elements[place].first].token
        return first.lower in ("is", "was", "has", "does") or first.forms == "s"

    def _relative(self, place: int, word: str) -> None:
        before = place - 1
        gap = ""
        if self._kind(before) == "P" and self.prep:
            gap, self.prep = self.prep, ""
            before -= 1
        if self._kind(before) == ",":
            before -= 1
        ante = next(
            (p for index in range(before, -1, -1) if (p := self.elements[index].phrase) is not None and p.lemma != "#time"),
            None,
        )
        earlier = next((f for f in reversed(self.stack) if f.kind == "rel" and f.ante is not None), None)
        if earlier is not None and self._kind(place - 1 - bool(gap)) == "C":
            ante = earlier.ante
        ahead = self.elements[place + 1].verb if self._kind(place + 1) == "V" else None
        if ante is not None and ante.members and word in ("who", "which") and ahead is not None and self._singular(place + 1):
            ante = ante.members[-1]
        if word == "where":
            gap = "in"
        if word == "whose":
            follower = self.elements[place + 1].phrase if place + 1 < len(self.elements) else None
            if follower is not None and ante is not None:
                follower.posts.append(("of", ante))
                follower.office = follower.office or ante
            self.stack.append(_Frame("rel", None, gap="whose-none", ante=None))
            self.stack[-1].gap = ""
            self.chain = []
            return
        if not gap and self._kind(place + 1) == "NP":
            gap = "obj"
        self.stack.append(_Frame("rel", None, gap=gap, ante=ante))
        self.chain = []
