"""Sentences as phrases: noun phrases and verb groups with what joins them, read off the classes of words and their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from kg.extraction.english.lexicon import titles
from kg.extraction.english.tokens import Token
from kg.extraction.lexicon import cues

_BE = frozenset("is are was were be been being am".split())
_HAVE = frozenset("has have had having".split())
_DO = frozenset("do does did".split())
_STRONG = frozenset(";:–—")
# Nouns that look like verbs: behind a name and before a preposition they are nouns.
_NOUNS_TOO = frozenset("talk grant loan plan fund visit call export import deal contract report move stake share support aid offer bid "
                       "project program programme partner link exchange trade meet order return supply purchase stop claim demand study "
                       "visit tour test trial pledge promise address host lead head chair name list use need increase rise fall drop".split())  # fmt: skip

_ING_NOUNS = frozenset("packaging processing financing farming training funding mining fishing marketing recycling planning testing licensing lending trading "
                       "tracking modelling modeling heating lighting wiring drilling refining shipbuilding peacekeeping policing ageing aging computing monitoring "
                       "benchmarking auctioning catering learning teaching nursing gaming logging forecasting mapping broadcasting publishing printing advertising "
                       "accounting spending borrowing smuggling trafficking poaching flooding warming cooling loading listing signing opening closing closing "
                       "timing pricing hearing finding painting writing reading setting crossing landing parking storing tailoring knitting weaving".split())  # fmt: skip


@dataclass(slots=True)
class Item:
    """One piece of a sentence: a mention or a token. `at` is the number of its chunk, `span` of the mention (-1: none)."""

    at: int
    start: int
    end: int
    token: Token
    span: int = -1
    type: str = ""
    source: str = ""
    aside: Item | None = None
    word: str = ""


@dataclass(slots=True, eq=False)
class Phrase:
    """A noun phrase: items `first` to `last`, of which `head` is the head. `owner` stands before 's, `posts` are the prepositional
    phrases behind it, `likes` what it is joined with or set beside. `players` is whom it stands for, `person` who is named."""

    first: int
    last: int
    head: int
    lemma: str = ""
    det: str = ""
    names: list[int] = field(default_factory=list)
    owner: int = -1
    owner_pronoun: str = ""
    title: str = ""
    members: list[Phrase] = field(default_factory=list)
    posts: list[tuple[str, Phrase]] = field(default_factory=list)
    beside: list[Phrase] = field(default_factory=list)
    players: list[int] = field(default_factory=list)
    office: Phrase | None = None
    plural: bool = False
    resolved: bool = False
    quantity: bool = False
    alias: Phrase | None = None


@dataclass(slots=True, eq=False)
class Verb:
    """A verb group. `key` is the verb as in the table of cues (“to set up”), `form`: fin, inf, ger (-ing), part (bare participle)."""

    place: int
    last: int
    key: str
    lemma: str
    form: str
    passive: bool
    unsure: bool = False
    jointly: bool = False


@dataclass(slots=True)
class Element:
    """`kind`: NP, V, P preposition, C and/or, `,`, S subordinator, R relative, `;` strong mark."""

    kind: str
    first: int
    last: int
    phrase: Phrase | None = None
    verb: Verb | None = None
    word: str = ""


@cache
def _verb_cues() -> dict[str, list[tuple[str, ...]]]:
    """First word of a verb cue → the words behind it, longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for word in cues("en"):
        if word.startswith("to "):
            parts = tuple(word.split()[1:])
            found.setdefault(parts[0], []).append(parts[1:])
    return {word: sorted(rest, key=len, reverse=True) for word, rest in found.items()}


def last_is_noun(element: Element | None) -> bool:
    """Whether a noun phrase was read last."""
    return element is not None and element.kind == "NP"


class Phraser:
    """Reads the items of one sentence from left to right."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.elements: list[Element] = []

    def tag(self, place: int) -> str:
        """The class of the word at a place; M for a mention."""
        if not 0 <= place < len(self.items):
            return ""
        return "M" if self.items[place].span >= 0 else self.items[place].token.tag

    def lower(self, place: int) -> str:
        """The word at a place in lower case; nothing for a mention."""
        return self.items[place].token.lower if 0 <= place < len(self.items) and self.items[place].span < 0 else ""

    def read(self) -> list[Element]:
        """The elements of the sentence."""
        place = 0
        while place < len(self.items):
            place = self._step(place)
        return self.elements

    def _last(self) -> Element | None:
        return self.elements[-1] if self.elements else None

    def _step(self, place: int) -> int:
        tag, word = self.tag(place), self.lower(place)
        if tag in ("aux", "modal", "neg") or (tag == "verb" and self._verbal(place)):
            return self._verb(place, "")
        if word == "to" and (self._base(place + 1)):
            return self._verb(place + 1, "inf")
        if word == "up" and self.lower(place + 1) == "to" and self.tag(place + 2) == "num":
            return place + 2
        if (
            tag == "prep"
            and word in ("about", "around", "over")
            and self.tag(place + 1) == "num"
            and self._last() is not None
            and self.elements[-1].kind in ("V", "P")
        ):
            return place + 1
        if tag == "prep":
            if word == "as" and self._last() is None:
                self.elements.append(Element("S", place, place, word=word))
                return place + 1
            reads = self.items[place].token.reads or word
            self.elements.append(Element("P", place, place, word=reads))
            return place + 1
        if word in ("and", "or", "&", "as well as", "plus"):
            self.elements.append(Element("C", place, place, word=word))
            return place + 1
        if tag == "sub":
            self.elements.append(Element("S", place, place, word=word))
            return place + 1
        if tag == "rel":
            return self._relative(place, word)
        if tag == "mark":
            kind = "," if self.items[place].token.text == "," else ";" if self.items[place].token.text in _STRONG else ""
            if kind:
                self.elements.append(Element(kind, place, place))
            return place + 1
        if tag in ("adv", "line") or (
            word in ("itself", "themselves", "himself", "herself")
            and self._last() is not None
            and self.elements[-1].kind in ("NP", ",")
        ):
            return place + 1
        return self._noun(place)

    def _base(self, place: int) -> bool:
        """Whether an infinitive can begin here."""
        while self.tag(place) == "adv":
            place += 1
        token = self.items[place].token if place < len(self.items) else None
        if token is None or self.items[place].span >= 0:
            return False
        return "b" in token.forms or token.lower in ("be", "have", "do")

    def _relative(self, place: int, word: str) -> int:
        last = self._last()
        if word == "that":
            after = place + 1
            while self.tag(after) == "adv":
                after += 1
            verbal = self.tag(after) in ("aux", "modal") or (
                self.tag(after) == "verb" and not self.items[after].token.forms.startswith("b")
            )
            if last is not None and last.kind == "NP" and (verbal or self.tag(after) in ("M", "pron", "det")):
                self.elements.append(Element("R", place, place, word=word))
                return place + 1
            if last is None or last.kind in ("P", ","):
                return self._noun(place)
            self.elements.append(Element("S", place, place, word=word))
            return place + 1
        if word in ("where", "when") and (last is None or (last.kind != "NP" and last.kind != ",")):
            self.elements.append(Element("S", place, place, word=word))
            return place + 1
        self.elements.append(Element("R" if word != "when" else "S", place, place, word=word))
        return place + 1

    # -- verbs ----------------------------------------------------------------------------------------------------------

    def _verbal(self, place: int) -> bool:
        """Whether a form that is a verb, and may be a noun or an adjective, is a verb here."""
        token = self.items[place].token
        forms, last = token.forms, self._last()
        if f"{token.lower} {self.lower(place + 1)}" in titles():
            return False
        after = self.tag(place + 1)
        object_ = after in ("det", "M", "num", "pron", "name") or self.lower(place + 1) in (
            "to",
            "that",
            "up",
            "out",
            "off",
            "into",
        )
        if last is None or last.kind in (",", ";", "C", "S"):
            if "g" in forms:
                return after not in ("",) and not (last is not None and last.kind == "C" and after in ("mark", ""))
            if "d" in forms or "n" in forms:
                told = token.reads in ("say", "tell") or "n" not in forms
                if after in ("word", "name") and not told:
                    return False
                return object_ or after in ("prep", "adv", "time", "mark", "conj", "word", "verb")
            if "s" in forms:
                noun = token.reads in _NOUNS_TOO
                later = last is not None and last.kind == "," and any(e.kind == "NP" for e in self.elements)
                return (
                    object_
                    or (after == "prep" and not noun and last is not None)
                    or (after in ("word", "verb", "adv") and later and not noun)
                )
            if "b" in forms and last is not None and last.kind == "," and object_ and any(e.kind == "R" for e in self.elements):
                return True
            if "b" in forms and last is not None and last.kind == "C":
                verb = next((e.verb for e in reversed(self.elements) if e.kind == "V"), None)
                return verb is not None and object_ and verb.form in ("inf", "fin")
            return False
        if last.kind == "R":
            return last.word != "whose"
        if last.kind == "V":
            return "g" in forms or "n" in forms or (last.verb is not None and last.verb.lemma in ("help", "let", "make"))
        if last.kind == "P":
            taking = after in ("det", "M", "num", "pron", "name")
            return "g" in forms and (taking or (after in ("prep", "word", "adv") and token.lower not in _ING_NOUNS))
        if last.kind != "NP" or last.phrase is None:
            return False
        phrase = last.phrase
        if (
            self.items[phrase.head].span < 0
            and self.lower(phrase.head) in ("it", "they", "he", "she", "we", "i", "you")
            and phrase.owner < 0
        ):
            return True
        gap = place - phrase.last > 1  # an adverb stands between
        if "d" in forms:
            return True
        if "n" in forms:
            return True
        if "g" in forms:
            return object_ or after in ("prep", "adv") or (after == "word" and self.lower(place + 1).endswith("s"))
        if (
            len(self.elements) > 1
            and self.elements[-2].kind == "R"
            and self.elements[-2].word not in ("whose",)
            and after in ("mark", "adv", "prep", "")
        ):
            return True
        if "s" in forms:
            if phrase.plural and not gap:
                return False
            if token.reads in _NOUNS_TOO and after in ("word", "verb", "adv") and self._only_verb(place):
                return True
            return (
                object_
                or gap
                or after == "adv"
                or (after in ("prep", "rel", "conj", "word", "verb") and token.reads not in _NOUNS_TOO)
            )
        if "b" in forms:
            if (
                len(self.elements) > 1
                and (helper := self.elements[-2].verb) is not None
                and helper.lemma in ("help", "let", "make")
                and self.items[phrase.head].span >= 0
            ):
                return True
            many = self._many(phrase) or self.lower(phrase.head) in ("they", "we", "i", "you", "who", "which")
            return (
                many
                and (object_ or after in ("prep", "adv", "word", "verb"))
                and not (
                    after == "prep"
                    and token.reads in _NOUNS_TOO
                    and not phrase.plural
                    and not (self.lower(place + 1) == "to" and self._base(place + 2))
                )
            )
        return False

    def _verb(self, place: int, form: str) -> int:
        """A verb group from its first auxiliary or its verb on."""
        first, passive, finite, copula, perfect = place, False, False, "", False
        while True:
            word, tag = self.lower(place), self.tag(place)
            if tag == "modal":
                finite = True
            elif word in _BE:
                finite = finite or word in ("is", "are", "was", "were", "am")
                passive, copula = True, "be"
            elif word in _HAVE:
                finite = finite or word != "having"
                copula, perfect = copula or "have", True
                passive = False
            elif word in _DO:
                finite, copula = True, "do"
            elif tag in ("adv", "neg") or (word in ("first", "since", "long") and self.tag(place + 1) == "verb"):
                pass
            elif tag == "num" and copula and self._counted(place):
                place = self._counted(place)
                continue
            elif word == "to" and copula in ("be", "have") and self._base(place + 1):
                passive, copula = False, ""
                place += 1
                continue
            elif word == "to" and self.lower(place - 1) == "ought":
                pass
            else:
                break
            place += 1
        if (
            place == first
            and not form
            and len(self.elements) > 1
            and (helper := self.elements[-2].verb) is not None
            and helper.lemma in ("help", "let", "make")
        ):
            form = "inf"
        token = self.items[place].token if place < len(self.items) else None
        main = token is not None and self.items[place].span < 0 and token.tag == "verb" and bool(token.forms)
        if main and token is not None and copula in ("be", "have") and not ("n" in token.forms or "g" in token.forms):
            main = False
        if main and token is not None and copula == "be" and "n" not in token.forms and "g" in token.forms:
            passive = False
        if main and token is not None and copula == "be" and passive and "n" in token.forms and place > first:
            passive = True
        if main and copula == "have" and perfect and token is not None and "n" not in token.forms:
            main = False
        if not main:
            lemma = copula or "be"
            last = place - 1
            while last > first and self.tag(last) in ("adv",):
                last -= 1
            kind = (
                form
                if form == "inf"
                else "fin"
                if finite
                else "ger"
                if self.lower(first) in ("being", "having")
                else form or "fin"
            )
            verb = Verb(last, last, "to " + lemma, lemma, kind, False)
            self.elements.append(Element("V", first, max(last, first), verb=verb))
            return max(place, first + 1)
        assert token is not None
        lemma = token.reads
        key, last = self._cue(place, lemma)
        kind, unsure = form, False
        if not kind:
            if finite or perfect:
                kind = "fin"
            elif "g" in token.forms and place == first:
                kind = "ger"
            elif "d" in token.forms and place == first:
                kind, unsure = "fin", "n" in token.forms
            elif "n" in token.forms and place == first:
                many = (
                    self._last() is not None and self.elements[-1].phrase is not None and self._many(self.elements[-1].phrase)
                )
                kind = "fin" if "b" in token.forms and many and self.tag(place + 1) in ("det", "M", "num", "word") else "part"
            elif copula == "be":
                kind = "ger"
            else:
                kind = "fin"
        if perfect and not passive and kind != "inf":
            kind = "fin" if finite else "ger"
        if passive and copula == "be" and "g" in token.forms and "n" not in token.forms:
            passive = False
        if copula != "be":
            passive = False
        if kind == "part":
            passive = True
        jointly = any(self.lower(at) in ("jointly", "together") for at in range(max(first - 1, 0), last + 2))
        self.elements.append(Element("V", first, last, verb=Verb(place, last, key, lemma, kind, passive, unsure, jointly)))
        return last + 1

    def _counted(self, place: int) -> int:
        """The place of a participle behind a share: is 40 percent owned by."""
        while self.tag(place) == "num":
            place += 1
        return place if self.tag(place) == "verb" and "n" in self.items[place].token.forms else 0

    def _only_verb(self, place: int) -> bool:
        """Whether the sentence has no verb but this one."""
        if any(element.kind == "V" for element in self.elements):
            return False
        tags = [(self.tag(at), self.items[at].token.forms) for at in range(place + 1, len(self.items))]
        return not any(tag in ("aux", "modal") or (tag == "verb" and ("d" in forms or "s" in forms)) for tag, forms in tags)

    def _many(self, phrase: Phrase) -> bool:
        """Whether what stands before a verb is several: a plural, names joined, or a plural with what hangs on it."""
        at = len(self.elements) - 1
        while at >= 0:
            one = self.elements[at].phrase
            if one is None:
                return False
            if one.plural or (at and self.elements[at - 1].kind == "C"):
                return True
            if at < 2 or self.elements[at - 1].kind != "P":
                return False
            at -= 2
        return phrase.plural

    def _cue(self, place: int, lemma: str) -> tuple[str, int]:
        """The longest cue that the verb and the words behind it make, and its last place."""
        for rest in _verb_cues().get(lemma, ()):
            at, good, words = place, True, list(rest)
            while words:
                at += 1
                while self.tag(at) == "adv" and self.lower(at) != words[0]:
                    at += 1
                parts = self.lower(at).split()
                if (
                    not parts
                    or parts != words[: len(parts)]
                    or (parts == ["up"] and self.lower(at + 1) == "to" and self.tag(at + 2) == "num")
                ):
                    good = False
                    break
                del words[: len(parts)]
            if good:
                return " ".join(("to", lemma, *rest)), at if rest else place
        return "to " + lemma, place

    # -- nouns ----------------------------------------------------------------------------------------------------------

    def _noun(self, place: int) -> int:
        """A noun phrase from its determiner to its head."""
        first, names, owner, det, title = place, list[int](), -1, "", ""
        owner_pronoun = ""
        head = -1
        quantity = False
        while place < len(self.items):
            tag, word = self.tag(place), self.lower(place)
            if tag == "M":
                if head >= 0 and names and names[-1] == place - 1 and self._names_apart(place - 1, place):
                    break
                if head >= 0 and self.items[head].span < 0 and self.items[head].token.tag in ("time", "num"):
                    break
                names.append(place)
                head = place
            elif tag == "own":
                if head < 0:
                    break
                owner, head, title = head, -1, ""
                if self.tag(place + 1) not in ("word", "M", "name", "verb", "num", "det"):
                    head = owner
                    place += 1
                    break
            elif tag == "det" or (word == "that" and head < 0):
                if head >= 0:
                    break
                if word in ("both", "all", "each") and (
                    last_is_noun(self._last())
                    or self.tag(place + 1) in ("aux", "modal")
                    or (self.tag(place + 1) == "verb" and "d" in self.items[place + 1].token.forms)
                ):
                    if last_is_noun(self._last()):
                        return place + 1
                    head = place
                    place += 1
                    break
                det = det or word
                if word in ("its", "their", "his", "her"):
                    owner_pronoun = word
            elif tag == "num":
                if head >= 0 and (
                    word[:1] in "$€£¥"
                    or names
                    or (word[:1].isdigit() and self.lower(place + 1) in ("million", "billion", "percent"))
                ):
                    break
                if (
                    head < 0
                    and self._last() is not None
                    and self.elements[-1].kind == "P"
                    and len(word) == 4
                    and word[:2] in ("19", "20")
                    and self.tag(place + 1) == "M"
                ):
                    head = place
                if (
                    head < 0
                    and word.isdigit()
                    and len(word) == 4
                    and word[:2] in ("19", "20")
                    and self.tag(place + 1) == "verb"
                ):
                    head = place
                quantity = quantity or word[:1] in "$€£¥" or word.endswith("%")
                if head < 0 and self.tag(place + 1) not in ("word", "M", "num", "verb", "name", "time"):
                    head = place
            elif tag in ("word", "name"):
                if head >= 0 and word in ("last", "next", "past", "late", "early") and self.tag(place + 1) in ("time", "num"):
                    break
                head = place
            elif tag == "adv" and place > first and head < 0:
                pass
            elif tag == "verb":
                if not self._inside(place, head, det, owner):
                    break
                head = place
            elif tag == "time":
                if head >= 0 and names and head == names[-1]:
                    break
                if head < 0 or self.tag(place - 1) in ("num", "det", "word"):
                    head = place
                else:
                    break
            elif tag == "pron" and word == "one" and self.tag(place + 1) in ("word", "M", "verb"):
                pass
            elif tag == "pron":
                if head < 0:
                    head = place
                    place += 1
                break
            elif tag == "conj" and head >= 0 and self._modifiers_joined(place, head):
                head = -1
            elif word == "/" and head >= 0:
                pass
            else:
                break
            place += 1
        if head < 0:
            head = owner if owner >= 0 else place - 1
        if place == first:
            return place + 1
        last = place - 1
        token = self.items[head].token
        lemma = self._lemma(first, head)
        is_name = self.items[head].span >= 0
        if self.items[head].source == "described":
            lemma = self.items[head].word
        if not is_name:
            title = self._title(first, head)
        elif self.items[head].type == "Person":
            title = self._title(first, head - 1) if head - 1 >= first and head - 1 != owner else ""
        plural = (
            not is_name
            and (
                token.lower in ("they", "we", "both", "these", "those")
                or (token.lower.endswith("s") and not token.lower.endswith(("ss", "us", "is")))
            )
        ) or (det in ("both",))
        if not is_name and token.tag == "time":
            lemma = "#time"
        elif not is_name and (
            token.tag == "num"
            or quantity
            or lemma in ("percent", "tonnes", "dollars", "euros", "yuan", "kroner", "pounds", "yen")
        ):
            quantity = True
        phrase = Phrase(first, last, head, lemma, det, names, owner, owner_pronoun, title, plural=plural, quantity=quantity)
        self.elements.append(Element("NP", first, last, phrase))
        return place

    def _names_apart(self, left: int, right: int) -> bool:
        """Two names side by side: an adjective, a title or a place goes before what it qualifies, anything else is apart."""
        one, two = self.items[left], self.items[right]
        if one.source == "adjective" or two.type == "Person" or one.source == "compound":
            return False
        return not (
            one.type in ("Country", "Region", "Company", "IntergovernmentalOrganization")
            and two.type in ("Agreement", "Event", "Project", "Platform", "Person")
        )

    def _modifiers_joined(self, place: int, head: int) -> bool:
        """“and” between two modifiers of one head: technical and financial support, climate and energy talks."""
        if (self.items[head].span >= 0 and self.items[head].source != "adjective") or self.tag(head) == "name":
            return False
        if self.tag(place + 1) != "word" or self.tag(place + 2) != "word":
            both = self.items[head].source == "adjective" and place + 1 < len(self.items)
            return both and self.items[place + 1].source == "adjective"
        return not self.lower(head).endswith("s") and not self.lower(place + 1).endswith("s")

    def _inside(self, place: int, head: int, det: str, owner: int) -> bool:
        """Whether a form of a verb stands inside a noun phrase, as its head or before it."""
        token = self.items[place].token
        forms = token.forms
        after = self.tag(place + 1)
        if head < 0:
            return True
        if "d" in forms or "n" in forms:
            before = self.tag(place - 1)
            return (
                bool(det or owner >= 0)
                and after in ("word", "M")
                and before in ("word", "num")
                and self.items[head].span < 0
                and not self._finite_here(place)
            )
        ahead = self._last()
        if (
            ahead is not None
            and ahead.verb is not None
            and ahead.verb.lemma in ("help", "let", "make")
            and "b" in forms
            and self.items[head].span >= 0
        ):
            return False
        if ahead is not None and ahead.kind in ("P", "V") and "g" not in forms and not self._finite_here(place):
            return True
        saved = len(self.elements)
        names = self.items[head].span >= 0
        plural = not names and self.lower(head).endswith("s") and not self.lower(head).endswith("ss")
        self.elements.append(Element("NP", head, head, Phrase(head, place - 1, head, plural=plural)))
        verbal = self._verbal(place)
        del self.elements[saved:]
        return not verbal

    def _finite_here(self, place: int) -> bool:
        """Whether no verb has been read yet in the clause, so that this one must be it."""
        for element in reversed(self.elements):
            if element.kind == "V":
                return False
            if element.kind in ("S", ";", "R"):
                break
        return True

    def _lemma(self, first: int, head: int) -> str:
        """The head noun with the word before it where the two are a cue."""
        word = self.lower(head)
        table = cues("en")
        for size in (3, 2):
            if head - size + 1 >= first:
                words = " ".join(self.lower(i) for i in range(head - size + 1, head + 1))
                for form in (
                    words,
                    words[:-1] if words.endswith("s") else words,
                    words[:-2] if words.endswith("es") else words,
                ):
                    if form in table:
                        return form
        for form in (
            word,
            word[:-1] if word.endswith("s") else word,
            word[:-3] + "y" if word.endswith("ies") else word,
            word[:-2] if word.endswith("es") else word,
        ):
            if form in table:
                return form
        return word

    def _title(self, first: int, last: int) -> str:
        """The office that ends here, if one does."""
        for size in (4, 3, 2, 1):
            if last - size + 1 < first:
                continue
            words = " ".join(self.lower(i) for i in range(last - size + 1, last + 1))
            if words in titles():
                return words
            if words.endswith("s") and words[:-1] in titles():
                return words[:-1]
        return ""
