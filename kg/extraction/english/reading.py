"""An English article read sentence by sentence: chunks, scenes, who is on stage, and what the frames state.

    tokens + names ─▶ items ─▶ phrases ─▶ clauses ─▶ roles around each cue ─▶ frames (frames.en.csv) ─▶ derivations

Roles, one letter each: S who acts · O what or whom · I to whom, without a preposition · W with · B between · T to · F for ·
M from · N in, into · G of · U under · V at (an event) · A as · P with the support of · H at the invitation of · E the event of the
sentence before or of this one · X a word for a text among the objects · Q money or a share among the objects · C what stands
beside in apposition · Z the topic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise, product

from kg.extraction.boundaries import Span
from kg.extraction.chunks import Anaphor, Chunk, anaphors
from kg.extraction.discourse import Player, Scene
from kg.extraction.english.clauses import DELEGATES, UNDERTAKINGS, Folder, Parser, Predication
from kg.extraction.english.lexicon import capitals, words_of
from kg.extraction.english.names import find_names, read_tokens
from kg.extraction.english.phrases import Element, Item, Phrase, Phraser
from kg.extraction.english.tokens import Token
from kg.extraction.english.tying import known_id, tie_english
from kg.extraction.entities import EntityTable
from kg.extraction.grammar import Derivation, Frame, clause_frames
from kg.extraction.lexicon import cues
from kg.model import Article
from kg.schema import load_schema

_LETTERS = {
    "with": "W", "between": "B", "to": "T", "for": "F", "from": "M", "in": "N", "into": "N", "of": "G", "under": "U",
    "at": "V", "during": "V", "on": "V", "as": "A", "support": "P", "invitation": "H", "through": "R", "via": "R", "such as": "K",
    "by": "Y", "onto": "N", "aboard": "N", "within": "N", "behind": "N", "against": "L", "over": "L", "part": "U",
    "auspices": "Y", "partnering": "W", "besides": "W",
}  # fmt: skip
_BODIES = frozenset(
    ("Company", "ResearchOrganization", "Association", "GovernmentBody", "IntergovernmentalOrganization", "Alliance")
)
_TALKS = frozenset(
    "round talks consultations consultation dialogue meeting summit session commission committee negotiations".split()
)
# What is only talked of is not agreed.
_UNDECIDED = frozenset(
    "negotiate discuss seek propose consider study explore draft demand want prepare mull weigh reject await need expect line eye "
    "plan request oppose criticise review".split()
)
# What is said of a part is said of the whole: the second phase of the project.
_PARTS = frozenset(
    "phase phases stage stages part parts construction development implementation expansion completion costs cost share tranche section operation building rollout".split()
)
_STATES = frozenset(("Country", "Region"))
_MONEY = frozenset("loan loans grant grants money funding aid million billion percent stake stakes share shares capital equity quarter half third doses equipment "
                   "assistance support help relief funds investment financing supplies vaccines training expertise credit subsidy subsidies donation dollars euros yuan "
                   "disbursement disbursements tranche package payment payments allocation bailout "
    "contribution endowment scholarships team teams tents rescuers ambulances vehicles buses computers books medicines masks ventilators boats goods food rice wheat "
                   "kits machines trucks tractors seeds generators laptops beds instruments materials specialists medics planes helicopters tonnes package cash ".split())  # fmt: skip
# By the office, the kinds of those that its holder speaks for when the text does not say.
_OFFICES = (
    (("mayor", "governor", "party secretary", "party chief"), frozenset(("Region",))),
    (("vice-chancellor", "vice chancellor", "rector", "provost", "professor", "dean", "prof.", "pro-vice-chancellor", "associate professor", "curator"), frozenset(("ResearchOrganization",))),
    (("minister", "prime minister", "premier", "king", "queen", "emir", "ambassador", "envoy", "state councillor", "state councilor", "chancellor", "taoiseach", "foreign secretary"), frozenset(("Country",))),
    (("chief executive", "ceo", "chairman", "chairwoman", "chair", "managing director", "general manager", "founder", "co-founder", "chief operating officer", "chief financial officer"), _BODIES),
    (("secretary", "commissioner", "director", "director-general", "secretary-general", "head", "executive director", "chief"), _BODIES),
    (("president", "vice president", "spokesman", "spokeswoman", "spokesperson"), _BODIES | {"Country"}),
)  # fmt: skip


@dataclass
class EnglishReading:
    """An article taken apart: its names and entities, chunks, scenes, and what the frames state."""

    spans: list[Span]
    table: EntityTable
    chunks: list[Chunk]
    scenes: list[Scene]
    derived: list[Derivation]


def read_english(article: Article, spans: list[Span] | None = None) -> EnglishReading:
    """Reads an English article. With `spans`, these names instead of those found."""
    tokens = read_tokens(article)
    found = find_names(article, tokens) if spans is None else spans
    table = tie_english(article, found)
    reader = _Reader(article, tokens, found, table)
    reader.read()
    return EnglishReading(found, table, reader.chunks, reader.scenes, reader.derived)


@dataclass(slots=True)
class _Focus:
    """What has been spoken of: entities in order, who acted together, who acted last, who holds which office."""

    recent: list[int] = field(default_factory=list)
    pairs: list[tuple[int, ...]] = field(default_factory=list)
    topic: int = -1
    person: int = -1
    speaker: int = -1
    subject: list[int] = field(default_factory=list)
    office: dict[int, int] = field(default_factory=dict)
    event: int = -1


class _Reader:
    def __init__(self, article: Article, tokens: Sequence[Token], spans: Sequence[Span], table: EntityTable) -> None:
        self.article, self.tokens, self.spans, self.table = article, tokens, spans, table
        self.kind = [entity.type for entity in table.entities]
        schema = load_schema()
        self.actors = {kind for kind in schema.types if schema.is_a(kind, "Actor")}
        self.frames = clause_frames("en")
        self.words = anaphors("en")
        self.chunks: list[Chunk] = []
        self.scenes: list[Scene] = []
        self.derived: list[Derivation] = []
        self.focus = _Focus()
        self.base = 0
        self.by_id = {
            id_: number
            for number, entity in enumerate(table.entities)
            for form in entity.forms
            if (id_ := known_id(form, entity.type))
        }
        self.stricken = -1
        self.by_name = {form: number for number, entity in enumerate(table.entities) for form in (entity.name, *entity.forms)}
        self.titled: set[tuple[int, int]] = set()
        self.weight: dict[int, int] = {}
        self.shared: set[int] = set()

    def sure(self, entity: int) -> bool:
        """Whether an entity is more than one unknown word in capitals."""
        return self.weight.get(entity, 0) > 1

    def read(self) -> None:
        for number, span in enumerate(self.spans):
            entity = self.table.of[number]
            self.weight[entity] = self.weight.get(entity, 0) + (1 if span.source in ("run", "again") else 2)
        spans = {span.start: (number, span) for number, span in enumerate(self.spans)}
        at, token = 0, 0
        for sentence in self.article.sentences:
            items: list[Item] = []
            first = len(self.chunks)
            while token < len(self.tokens) and self.tokens[token].start < sentence.start:
                token += 1
            while token < len(self.tokens) and self.tokens[token].start < sentence.end:
                word = self.tokens[token]
                if word.start in spans:
                    number, span = spans[word.start]
                    last = self.article.clean[span.start : span.end].split()[-1].lower()
                    items.append(
                        Item(
                            len(self.chunks),
                            span.start,
                            span.end,
                            word,
                            number,
                            self.kind[self.table.of[number]],
                            span.source,
                            word=last,
                        )
                    )
                    self.chunks.append(Chunk(span.start, span.end, "M", self.kind[self.table.of[number]], number))
                    while token < len(self.tokens) and self.tokens[token].start < span.end:
                        token += 1
                    continue
                if word.tag == "name" and not any(item.token.tag != "mark" for item in items):
                    word.tag = "verb" if word.forms else "word"
                items.append(Item(len(self.chunks), word.start, word.end, word))
                self.chunks.append(Chunk(word.start, word.end, "P" if word.tag in ("mark", "line") else "W", word.lower))
                token += 1
            if self.stricken < 0 and any(
                "disaster" in cues("en").get(item.token.lower.removesuffix("s"), ()) for item in items if item.span < 0
            ):
                self.stricken = next(
                    (
                        self.table.of[item.span]
                        for kind in ("Country", "Region")
                        for item in items
                        if item.span >= 0 and item.type == kind and item.source != "adjective"
                    ),
                    -1,
                )
            if len(self.chunks) > first:
                scene = Scene(first, len(self.chunks))
                self.scenes.append(scene)
                self._sentence(scene, items)
                self.base += len(scene.players)
        del at

    def _sentence(self, scene: Scene, items: list[Item]) -> None:
        view = _view(items)
        elements = Phraser(view).read()
        folder = Folder(elements, view)
        elements = folder.fold()
        predications = Parser(elements, view).parse()
        _Sentence(self, scene, view, elements, predications).derive()


class _Sentence:
    """One sentence: its phrases resolved to players in the order of the text, then the frames over them."""

    def __init__(
        self, reader: _Reader, scene: Scene, items: Sequence[Item], elements: list[Element], predications: list[Predication]
    ) -> None:
        self.reader, self.scene, self.items, self.elements, self.predications = reader, scene, items, elements, predications
        self.focus = reader.focus
        self.number = len(reader.scenes) - 1
        self.seen: dict[tuple[int, int, str], int] = {}
        self.local: list[int] = []
        self.at_phrase: dict[int, list[int]] = {}
        self.derived: list[Derivation] = []
        self.subject_now: list[int] = []
        self.speaker = -1

    # -- whom phrases stand for -------------------------------------------------------------------------------------------

    def player(self, at: int, entity: int, how: str) -> int:
        key = (at, entity, how)
        if key not in self.seen:
            self.seen[key] = len(self.scene.players)
            self.scene.players.append(Player(at, entity, self.reader.kind[entity], how))
        return self.seen[key]

    def entity(self, item: Item) -> int:
        return self.reader.table.of[item.span]

    def players(self, phrase: Phrase, role: str = "") -> list[int]:
        """The players whom a phrase stands for; the place of a seat of government counts as who governs where it acts."""
        if phrase.members and not phrase.resolved:
            phrase.resolved = True
            self._shared_offices(phrase)
        if phrase.members:
            return list(dict.fromkeys(i for member in phrase.members for i in self.players(member, role)))
        if phrase.resolved:
            return phrase.players
        phrase.resolved = True
        phrase.players = self._resolve(phrase, role)
        for index in phrase.players:
            self.local.append(self.scene.players[index].entity)
        return phrase.players

    def _resolve(self, phrase: Phrase, role: str) -> list[int]:
        item = self.items[phrase.head]
        if phrase.alias is not None and phrase.alias is not phrase:
            return self.players(phrase.alias)
        if item.span >= 0:
            entity = self.entity(item)
            if item.type == "Person":
                return self._person(phrase, item, entity)
            if item.source == "adjective":
                return []
            if item.type == "Region" and role in ("S", "W", "B", "Y") and phrase.first == phrase.last:
                governed = self._governed(item)
                if governed >= 0:
                    return [self.player(item.at, governed, "M")]
            if phrase.owner >= 0 or phrase.names[:-1]:
                pass
            return [self.player(item.at, entity, "M")]
        word = item.token.lower
        if phrase.title and word not in ("member", "partner", "host", "owner"):
            return self._official(phrase)
        if (
            word in DELEGATES
            and (phrase.names or phrase.office is not None or phrase.owner >= 0)
            and not self._is_anaphor(phrase)
        ):
            return self._delegates(phrase)
        if (word in _PARTS or phrase.quantity) and (
            whole := next((post for prep, post in phrase.posts if prep == "of"), None)
        ) is not None:
            found = [i for i in self.players(whole) if self.scene.players[i].type in UNDERTAKINGS]
            if found:
                return found
        return self._anaphor(phrase, item)

    def _governed(self, item: Item) -> int:
        """The country that a seat of government stands for, where the article names it."""
        form = self.reader.article.clean[item.start : item.end]
        name = capitals().get(form)
        if not name:
            return -1
        if name in self.reader.by_name:
            return self.reader.by_name[name]
        id_ = known_id(name, "Country") or known_id(name, "IntergovernmentalOrganization")
        return self.reader.by_id.get(id_, -1) if id_ else -1

    def _person(self, phrase: Phrase, item: Item, entity: int) -> list[int]:
        focus = self.focus
        told = self._office_of(phrase)
        person = self.player(item.at, entity, "M")
        if told:
            body = self.scene.players[told[0]].entity
            focus.office[entity] = body
            self._represents(item, person, told[0])
        elif (
            entity not in focus.office
            and phrase.title
            and phrase.office is None
            and not phrase.owner_pronoun
            and phrase.title not in ("successor", "predecessor", "counterpart")
        ):
            body = self._guess(phrase.title)
            if body >= 0:
                focus.office[entity] = body
                self._represents(item, person, self.player(item.at, body, "R"), "en.title-topic")
        focus.person = entity
        if entity in focus.office:
            return [person, self.player(item.at, focus.office[entity], "R")]
        return [person]

    def _represents(self, item: Item, person: int, body: int, rule: str = "en.title") -> None:
        pair = (self.scene.players[person].entity, self.scene.players[body].entity)
        type_ = self.scene.players[body].type
        if type_ == "Person" or not load_schema().allows("Person", "represents", type_) or pair in self.reader.titled:
            return
        self.reader.titled.add(pair)
        base = self.reader.base
        self.derived.append(Derivation(self.number, item.at, "represents", base + person, base + body, rule))

    def _shared_offices(self, phrase: Phrase) -> None:
        """Chief executive A and chairman B of one firm; Presidents A and B of the two countries named last."""
        members = phrase.members
        persons = [one for one in members if self.items[one.head].span >= 0 and self.items[one.head].type == "Person"]
        for one, two in pairwise(persons):
            if (
                two.title
                and two.office is None
                and not two.names[:-1]
                and not two.owner_pronoun
                and one.title
                and (one.office is not None or one.names[:-1])
            ):
                two.office = one.office or one
        if (
            len(persons) == 2
            and persons[0].title
            and not persons[1].title
            and persons[0].office is None
            and not persons[0].names[:-1]
            and self.focus.pairs
        ):
            pair = [entity for entity in self.focus.pairs[-1] if self.reader.kind[entity] in _STATES]
            if len(pair) == 2 and all(self.entity(self.items[one.head]) not in self.focus.office for one in persons):
                for one, entity in zip(persons, pair, strict=True):
                    item = self.items[one.head]
                    self.focus.office[self.entity(item)] = entity
                    self._represents(
                        item, self.player(item.at, self.entity(item), "M"), self.player(item.at, entity, "R"), "en.title-pair"
                    )

    def _office_of(self, phrase: Phrase) -> list[int]:
        """Players of the body that a person holds an office in, as the phrase says it."""
        item = self.items[phrase.head]
        before = [self.items[place] for place in phrase.names if place < phrase.head]
        named = [one for one in before if one.type in self.reader.actors and one.type != "Person"]
        if named and (phrase.title or phrase.owner >= 0):
            return [self.player(item.at, self.entity(named[-1]), "R")]
        if item.aside is not None and phrase.office is None:
            return [self.player(item.at, self.entity(item.aside), "R")]
        if phrase.office is not None and not phrase.office.members and self.items[phrase.office.head].type == "Person":
            body = self.focus.office.get(self.entity(self.items[phrase.office.head]), -1)
            return [self.player(item.at, body, "R")] if body >= 0 else []
        if phrase.office is not None:
            found = self._bodies(phrase.office)
            return [self.player(item.at, self.scene.players[i].entity, "R") for i in found[:1]]
        if phrase.owner_pronoun and phrase.title:
            body = self._its(phrase.owner_pronoun)
            return [self.player(item.at, body, "R")] if body >= 0 else []
        return []

    def _bodies(self, office: Phrase) -> list[int]:
        if office.members:
            return [i for member in office.members for i in self._bodies(member)]
        if office.title and self.items[office.head].span < 0:
            return self._official(office)
        return [
            i
            for i in self.players(office)
            if self.scene.players[i].type in self.reader.actors and self.scene.players[i].type != "Person"
        ]

    def _official(self, phrase: Phrase) -> list[int]:
        """An office without a name: China's ambassador, the head of the bureau."""
        item = self.items[phrase.head]
        named = [
            self.items[place]
            for place in phrase.names
            if self.items[place].type in self.reader.actors and self.items[place].type != "Person"
        ]
        if named:
            return [self.player(item.at, self.entity(named[-1]), "R")]
        if phrase.office is not None:
            return [self.player(item.at, self.scene.players[i].entity, "R") for i in self._bodies(phrase.office)]
        if phrase.owner_pronoun:
            body = self._its(phrase.owner_pronoun)
            return [self.player(item.at, body, "R")] if body >= 0 else []
        if phrase.owner >= 0:
            return [self.player(item.at, self.scene.players[i].entity, "R") for i in self._owners(phrase)[:1]]
        return []

    def _guess(self, title: str) -> int:
        """Whom an office without a body belongs to: the topic or the one named last that can have it."""
        words = title.split()
        if (
            words[-1] in ("minister", "secretary")
            and len(words) > 1
            and words[0] not in ("prime", "foreign", "first", "deputy", "vice")
        ):
            field_ = words[0].capitalize()
            body = next(
                (
                    e
                    for e in [*reversed(self.local), *reversed(self.focus.recent)]
                    if self.reader.kind[e] == "GovernmentBody" and field_ in self.reader.table.entities[e].name
                ),
                -1,
            )
            if body >= 0:
                return body
        for offices, kinds in _OFFICES:
            if title in offices or words[-1] in offices or " ".join(words[-2:]) in offices:
                order = [*reversed(self.local), *reversed(self.focus.recent)]
                order = [entity for entity in order if entity < 0 or self.reader.sure(entity)]
                named_here = {
                    word for e in self.local if self.reader.kind[e] == "Region" for word in [self.reader.table.entities[e].name]
                }
                if kinds == frozenset(("ResearchOrganization",)) and named_here:
                    order = [
                        e for e in order if e >= 0 and any(word in self.reader.table.entities[e].name for word in named_here)
                    ] + order
                acting = {self.scene.players[i].entity for i in self.subject_now}
                order = [entity for entity in order if entity not in acting] if acting else [self.focus.topic, *order]
                return next((entity for entity in order if entity >= 0 and self.reader.kind[entity] in kinds), -1)
        return -1

    def _delegates(self, phrase: Phrase) -> list[int]:
        item = self.items[phrase.head]
        named = [
            self.items[place]
            for place in phrase.names
            if self.items[place].type in self.reader.actors and self.items[place].type != "Person"
        ]
        if named:
            return [
                self.player(item.at, self.entity(one), "R") for one in (named[-1:] if named[-1].source != "compound" else named)
            ]
        if phrase.office is not None:
            return [self.player(item.at, self.scene.players[i].entity, "R") for i in self._bodies(phrase.office)]
        return []

    def _its(self, word: str) -> int:
        if word in ("his", "her"):
            return self.focus.office.get(self.focus.person, -1)
        for index in [*self.subject_now, *self.focus.subject]:
            entity = self.scene.players[index].entity if index in self.subject_now else index
            if self.reader.kind[entity] in self.reader.actors and self.reader.kind[entity] != "Person":
                return entity
        return self.focus.topic

    def _key(self, phrase: Phrase) -> str:
        """The phrase as the table of anaphors writes it: the, a number, the noun."""
        item = self.items[phrase.head]
        words = [self.items[place].token.lower for place in range(phrase.first, phrase.head + 1) if self.items[place].span < 0]
        if item.token.tag == "pron":
            return item.token.lower
        if phrase.det in ("both",):
            return "both " + item.token.lower
        if phrase.det not in ("the", "this", "that", "these", "those", "all") or phrase.owner >= 0:
            return ""
        number = next((word for word in words if word in ("two", "three", "four")), "")
        if number and number == item.token.lower:
            return ("all " if phrase.det == "all" else "the ") + number
        return " ".join(part for part in ("the", number, item.token.lower) if part)

    def _is_anaphor(self, phrase: Phrase) -> bool:
        return self._key(phrase) in self.reader.words and not phrase.names

    def _anaphor(self, phrase: Phrase, item: Item) -> list[int]:
        key = self._key(phrase)
        word = self.reader.words.get(key)
        if word is None:
            return []
        modifiers = [
            self.items[place]
            for place in range(phrase.first, phrase.head)
            if self.items[place].token.tag in ("word", "verb") or self.items[place].span >= 0
        ]
        if word.number == 1 and item.token.tag != "pron":
            telling = [
                one
                for one in modifiers
                if one.source != "adjective"
                and one.token.reads != "place"
                and one.token.lower not in words_of("trivial")
                and one.type not in _STATES
            ]
            if telling and word.type not in ("Company", "Bank"):
                return []
        found = self._antecedents(word, item, nationality=[one for one in modifiers if one.source == "adjective"])
        if found and item.token.lower != "who":
            how = "P" if word.number > 1 else "A"
            chunk = self.reader.chunks[item.at]
            self.reader.chunks[item.at] = Chunk(chunk.start, chunk.end, "A", key)
            return [self.player(item.at, entity, how) for entity in found]
        return []

    def _fits(self, entity: int, wanted: str) -> bool:
        kind = self.reader.kind[entity]
        match wanted:
            case "Actor":
                return kind in self.reader.actors and kind != "Person"
            case "Body":
                return kind in _BODIES
            case "Bank":
                return kind in ("IntergovernmentalOrganization", "Company")
            case "Works":
                return kind in ("Project", "Platform")
            case "Fund":
                return kind in ("Platform", "IntergovernmentalOrganization") and any(
                    "Fund" in form or "fund" in form for form in self.reader.table.entities[entity].forms
                )
            case "Thing":
                return kind in _BODIES or kind in ("Country", "Region")
            case _:
                return kind == wanted

    def _antecedents(self, word: Anaphor, item: Item, nationality: Sequence[Item] = ()) -> list[int]:
        focus = self.focus
        order = [*reversed(self.local), *reversed(focus.recent)]
        first_seen = list(dict.fromkeys([*focus.recent, *self.local]))
        noun = item.token.lower
        stem = noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")
        if word.type == "Person":
            entity = next((e for e in (self.speaker, focus.speaker, focus.person) if e >= 0), -1)
            return [focus.office[entity]] if entity in focus.office else []
        if word.number > 1 and stem in (
            "bank",
            "ministry",
            "university",
            "museum",
            "port",
            "agency",
            "province",
            "airline",
            "hospital",
            "institute",
            "academy",
            "association",
            "chamber",
            "department",
        ):
            alike = [
                e
                for e in dict.fromkeys(order)
                if self._fits(e, word.type) and stem in self.reader.table.entities[e].name.lower()
            ]
            if len(alike) == word.number or (len(alike) > word.number and word.type == "Body"):
                return alike[: word.number]
        if word.number > 1:
            pools = [*reversed(self._pairs_here()), *reversed(focus.pairs)]
            for group in pools:
                fitting = [entity for entity in dict.fromkeys(group) if self._fits(entity, word.type)]
                if len(fitting) == word.number or (noun in ("they", "their", "them", "partners") and len(fitting) > 1):
                    return fitting
            if noun in ("they", "their", "them"):
                return []

            def alike_topic(entity: int) -> bool:
                one = self.reader.kind[focus.topic] if focus.topic >= 0 else ""
                return word.type != "Actor" or not one or (one in _STATES) == (self.reader.kind[entity] in _STATES)

            latest = [entity for entity in dict.fromkeys(order) if self._fits(entity, word.type) and alike_topic(entity)][
                : word.number
            ]
            return sorted(latest, key=first_seen.index) if len(latest) == word.number else []
        if noun in ("it", "its", "itself"):
            for index in self.subject_now:
                entity = self.scene.players[index].entity
                if self._fits(entity, "Thing"):
                    return [entity]
            subjects = [entity for entity in focus.subject if self._fits(entity, "Thing")]
            if len(subjects) == 1:
                return subjects
            return [focus.topic] if focus.topic >= 0 and not focus.subject else subjects[:0]
        named = [entity for entity in dict.fromkeys(order) if self._fits(entity, word.type)]
        if word.type in _BODIES | {"Body", "Bank"}:
            telling = [entity for entity in named if noun in self.reader.table.entities[entity].name.lower()]
            if telling:
                return telling[:1]
            if noun in (
                "commission",
                "council",
                "board",
                "agency",
                "department",
                "union",
                "authority",
                "administration",
                "bureau",
                "foundation",
                "federation",
                "chamber",
            ):
                return []
        if word.type == "Agreement" or word.type in ("Event", "Project", "Platform", "Works", "Fund", "Alliance"):
            telling = [entity for entity in named if noun.split()[-1] in self.reader.table.entities[entity].name.lower()]
            return (telling or named)[:1]
        if word.type in ("Company", "Bank") and focus.topic >= 0 and self._fits(focus.topic, word.type) and not nationality:
            return [focus.topic]
        return named[:1]

    def _pairs_here(self) -> list[tuple[int, ...]]:
        found = []
        for members in self.at_phrase.values():
            if len(members) > 1:
                found.append(tuple(members))
        return found

    def _note(self, phrase: Phrase) -> None:
        """A coordination of actors can be meant by a later “both sides”."""
        if not phrase.members:
            return
        group = [
            self.scene.players[i].entity
            for i in self.players(phrase)
            if self.scene.players[i].type in self.reader.actors and self.scene.players[i].type != "Person"
        ]
        group = list(dict.fromkeys(group))
        if len(group) > 1:
            self.at_phrase[phrase.first] = group

    # -- frames -----------------------------------------------------------------------------------------------------------

    def derive(self) -> None:
        roles = self._subjects()
        self._spoken_for()
        self._aliases()
        for element in self.elements:
            if element.phrase is not None:
                self._touch(element.phrase, roles.get(id(element.phrase), ""))
        for predication in self.predications:
            self._verb(predication)
            self._under(predication)
            self._supported(predication)
            self._beside_verb(predication)
        for phrase, governor, role in self._nouns():
            self._noun(phrase, governor, role)
        self._events_of_two()
        self._close()

    def _events_of_two(self) -> None:
        """A dialogue or forum that bears the names of two sides is theirs."""
        for item in self.items:
            if item.span < 0 or item.type != "Event" or self.entity(item) in self.reader.shared:
                continue
            self.reader.shared.add(self.entity(item))
            form = self.reader.article.clean[item.start : item.end]
            for word in form.split():
                parts = word.replace("–", "-").split("-")
                ids = [known_id(part, "Country") or known_id(part, "IntergovernmentalOrganization") for part in parts]
                sides = [self.reader.by_id[id_] for id_ in ids if id_ in self.reader.by_id]
                if len(parts) == 2 == len(sides):
                    event, base = self.player(item.at, self.entity(item), "M"), self.reader.base
                    self.derived += [
                        Derivation(
                            self.number,
                            item.at,
                            "participates_in",
                            base + self.player(item.at, side, "R"),
                            base + event,
                            "en.event-of-two",
                        )
                        for side in sides
                    ]

    def _aliases(self) -> None:
        """A project known as X, a joint venture called Y: the noun stands for the name."""
        for predication in self.predications:
            if (
                predication.verb.lemma in ("know", "call", "name", "dub", "entitle", "title")
                and predication.passive
                and predication.subject is not None
            ):
                named = [
                    phrase
                    for phrase in [*predication.objects, *(p for word, p in predication.preps if word == "as")]
                    if self.items[phrase.head].span >= 0
                ]
                if named and self.items[predication.subject.head].span < 0 and not predication.subject.members:
                    predication.subject.alias = named[0]
            if predication.verb.key == "to be" and predication.subject is not None and len(predication.objects) == 1:
                one, two = predication.subject, predication.objects[0]
                item, other = self.items[one.head], self.items[two.head]
                if (
                    item.span >= 0
                    and item.type in UNDERTAKINGS
                    and not two.members
                    and (other.span < 0 or other.source == "described")
                ):
                    if two.det in ("a", "an", "the") and not two.title and not one.members:
                        two.alias = one

    def _spoken_for(self) -> None:
        """India was represented by X; X, who heads the unit; said X, speaking for the ministry: offices that a verb tells."""
        for predication in self.predications:
            for word, phrase in [*predication.preps, *predication.fronted]:
                if (
                    word == "behalf"
                    and predication.subject is not None
                    and not predication.subject.members
                    and predication.subject.office is None
                ):
                    predication.subject.office = phrase
            if predication.verb.key not in ("to represent", "to head", "to speak for", "to lead", "to chair"):
                continue
            persons = (
                [phrase for word, phrase in predication.preps if word == "by"] if predication.passive else [predication.subject]
            )
            body = predication.subject if predication.passive else next(iter(predication.objects), None)
            if body is None or (
                predication.verb.key == "to lead"
                and self.items[body.head].token.lower not in DELEGATES
                and self.items[body.head].span < 0
            ):
                continue
            for group in persons:
                for phrase in (group.members or [group]) if group is not None else ():
                    item = self.items[phrase.head]
                    if item.span >= 0 and item.type == "Person" and phrase.office is None and not phrase.names[:-1]:
                        phrase.office = body

    def _subjects(self) -> dict[int, str]:
        found: dict[int, str] = {}
        for predication in self.predications:
            for phrase in [predication.subject, *predication.objects]:
                if phrase is not None:
                    found.setdefault(id(phrase), "S" if phrase is predication.subject else "O")
            for word, phrase in [*predication.preps, *predication.fronted]:
                found.setdefault(id(phrase), _LETTERS.get(word, ""))
        return found

    def _touch(self, phrase: Phrase, role: str) -> None:
        """Resolves a phrase and what hangs on it, in the order of the text."""
        for member in phrase.members or [phrase]:
            for beside in member.beside:
                self._touch(beside, "")
            players = self.players(member, role)
            if role == "S" and players and not self.subject_now:
                self.subject_now = [i for i in players if self.scene.players[i].type != "Person"]
                self.speaker = next(
                    (self.scene.players[i].entity for i in players if self.scene.players[i].type == "Person"), self.speaker
                )
            for word, post in member.posts:
                if not post.resolved:
                    self._touch(post, _LETTERS.get(word, ""))
        if role in ("S", "W", "B", "Y", "O", "T", "M"):
            self._note(phrase)

    def _roles_of_preps(self, preps: Sequence[tuple[str, Phrase]], roles: dict[str, list[list[int]]]) -> None:
        for word, phrase in preps:
            letter = _LETTERS.get(word)
            if letter:
                roles.setdefault(letter, []).append(self.players(phrase, letter))

    def _verb(self, predication: Predication) -> None:
        roles = self._verb_roles(predication)
        frames = self.reader.frames.get(predication.verb.key, ())
        if not frames:
            return
        chunk = self.items[predication.verb.place].at
        self._cue(predication.verb.place, predication.verb.last, predication.verb.key)
        self._apply(frames, roles, chunk)

    def _under(self, predication: Predication) -> None:
        """What is done under a text: an agreement by which A will supply B."""
        texts = [
            phrase
            for word, phrase in predication.preps
            if word in ("under", "by", "in")
            and self.items[phrase.head].span >= 0
            and self.items[phrase.head].type == "Agreement"
        ]
        frames = self.reader.frames.get("under which", ())
        texts += [
            phrase
            for word, phrase in predication.fronted
            if word == "under"
            and self.items[phrase.head].span >= 0
            and self.items[phrase.head].type == "Agreement"
            and not phrase.posts
        ]
        fronted = bool(texts) and any(texts[0] is phrase for _, phrase in predication.fronted)
        if not (predication.relative or fronted) or not texts or not frames:
            return
        roles = self._verb_roles(predication)
        roles["U"] = [self.players(texts[0])]
        self._apply(frames, roles, self.items[texts[0].head].at)

    def _beside_verb(self, predication: Predication) -> None:
        """What adverbs and phrases beside any verb say: jointly, in partnership with."""
        roles = None
        chunk = self.items[predication.verb.place].at
        if any(word == "partnering" for word, _ in [*predication.preps, *predication.fronted]):
            roles = self._verb_roles(predication)
            self._apply(self.reader.frames.get("in partnership with", ()), roles, chunk)
        if predication.verb.jointly:
            self._apply(self.reader.frames.get("jointly", ()), roles or self._verb_roles(predication), chunk)
        around = [*predication.preps, *predication.fronted]
        if any(word in ("under", "part") for word, _ in around):
            self._apply(self.reader.frames.get("as part of", ()), roles or self._verb_roles(predication), chunk)
        if any(_LETTERS.get(word) == "V" for word, _ in around):
            self._apply(self.reader.frames.get("at an event", ()), roles or self._verb_roles(predication), chunk)

    def _supported(self, predication: Predication) -> None:
        """What is done with the support of someone is supported by them."""
        frames = self.reader.frames.get("with the support of", ())
        helpers = [phrase for word, phrase in [*predication.preps, *predication.fronted] if word == "support"]
        if helpers and frames:
            self._apply(frames, self._verb_roles(predication), self.items[predication.verb.place].at)

    def _cue(self, first: int, last: int, key: str) -> None:
        at = self.items[first].at
        self.reader.chunks[at] = Chunk(self.items[first].start, self.items[last].end, "C", key)

    def _agents(self, predication: Predication) -> list[list[int]]:
        if predication.passive:
            agents = [self.players(phrase, "Y") for word, phrase in predication.preps if word == "by"]
            return [[i for group in agents for i in group]] if agents else []
        return [self.players(predication.subject, "S")] if predication.subject is not None else []

    def _verb_roles(self, predication: Predication) -> dict[str, list[list[int]]]:
        roles: dict[str, list[list[int]]] = {"S": self._agents(predication), "O": [], "I": []}
        objects = predication.objects
        if predication.passive:
            if predication.subject is not None:
                roles["O"].append(self.players(predication.subject, "O"))
            if objects and "give" in cues("en").get(predication.verb.key, ()):
                roles["I"], roles["O"] = roles["O"], []
            for phrase in objects:
                roles["O" if roles["I"] else "I"].append(self.players(phrase))
        elif len(objects) > 1 and self.players(objects[0]) and not objects[0].quantity:
            roles["I"].append(self.players(objects[0]))
            roles["O"] += [self.players(phrase) for phrase in objects[1:]]
        else:
            things = [i for phrase in objects for i in self.players(phrase) if self.scene.players[i].type in UNDERTAKINGS]
            roles["O"] += [self.players(phrase) for phrase in objects]
            if len(objects) > 1 and things:
                roles["O"].insert(0, things)
        self._roles_of_preps(predication.preps, roles)
        if predication.passive and predication.subject is not None:
            self._roles_of_preps(predication.subject.posts, roles)
        self._roles_of_preps(
            [
                (word, phrase)
                for word, phrase in predication.fronted
                if word in ("at", "during", "with", "partnering", "under", "part", "support", "in", "on", "for")
            ],
            roles,
        )
        everyone = [list(range(len(self.scene.players)))]
        texts = [*objects, *([predication.subject] if predication.passive and predication.subject else [])]
        if any(self._is_text(phrase) for phrase in texts):
            roles["X"] = everyone
        if any(self._is_money(phrase) for phrase in texts):
            roles["Q"] = everyone
        acting = {self.scene.players[i].entity for group in roles["S"] for i in group if self.scene.players[i].type != "Person"}
        if len(acting) > 1 and any(self._is_talk(phrase) for phrase in objects):
            roles["J"] = everyone
        if "Q" in roles and not any(roles.get("G", [])) and not any(roles.get("N", [])):
            targets = [d.object - self.reader.base for d in self.derived if d.rule.startswith("en.hold")]
            if targets:
                roles["N"] = [[targets[-1]]]
        if self.reader.stricken >= 0:
            roles["R"] = [[self.player(-1, self.reader.stricken, "Y")]]
        if self.focus.event >= 0:
            roles["E"] = [[self.player(-1, self.focus.event, "E")]]
        if bodies := self._bodies_with_members():
            roles["K"] = bodies
        if not roles["S"] or not any(roles["S"]):
            if self.focus.topic >= 0 and not predication.passive and predication.subject is None:
                roles["Z"] = [[self.player(-1, self.focus.topic, "Z")]]
        return roles

    def _bodies_with_members(self) -> list[list[int]]:
        """The body named last that one can join."""
        kinds = ("IntergovernmentalOrganization", "Alliance", "Association")
        found = next((e for e in [*reversed(self.local), *reversed(self.focus.recent)] if self.reader.kind[e] in kinds), -1)
        return [[self.player(-1, found, "Y")]] if found >= 0 else []

    def _is_text(self, phrase: Phrase) -> bool:
        for one in phrase.members or [phrase]:
            item = self.items[one.head]
            if item.span >= 0 and item.type == "Agreement":
                return True
            if "text" in cues("en").get(one.lemma, ()) or "text" in cues("en").get(item.token.lower, ()):
                return True
        return False

    def _is_talk(self, phrase: Phrase) -> bool:
        """Whether an event is a meeting of those who hold it."""
        item = self.items[phrase.head]
        words = self.reader.article.clean[item.start : item.end].lower().split()
        return item.span >= 0 and item.type == "Event" and bool(_TALKS & set(words))

    def _is_money(self, phrase: Phrase) -> bool:
        return any(one.quantity or self.items[one.head].token.lower in _MONEY for one in phrase.members or [phrase])

    def _nouns(self) -> Iterator[tuple[Phrase, Predication | None, str]]:
        """Noun phrases that are cues, with the verb that governs them and in which role."""
        governed: dict[int, tuple[Predication | None, str]] = {}
        for predication in self.predications:
            for phrase in predication.objects:
                governed[id(phrase)] = (predication, "O")
            if predication.subject is not None:
                governed.setdefault(id(predication.subject), (predication, "S"))
            for word, phrase in [*predication.preps, *predication.fronted]:
                governed.setdefault(id(phrase), (predication, word))
        for element in self.elements:
            if element.phrase is None:
                continue
            for phrase in element.phrase.members or [element.phrase]:
                governor, role = governed.get(id(phrase), governed.get(id(element.phrase), (None, "")))
                yield phrase, governor, role
                for beside in phrase.beside:
                    yield from self._beside(beside, phrase)
                if self.items[phrase.head].span >= 0 and phrase.head > phrase.first:
                    before = phrase.head - 1
                    word = self.items[before].token.lower
                    if self.items[before].span < 0 and set(cues("en").get(word, ())) & {"partner", "owner"}:
                        own = Phrase(phrase.first, before, before, word, phrase.det, [], phrase.owner, phrase.owner_pronoun)
                        yield from self._beside(own, phrase)
            for beside in element.phrase.beside if element.phrase.members else ():
                yield from self._beside(beside, element.phrase)

    def _beside(self, beside: Phrase, phrase: Phrase) -> Iterator[tuple[Phrase, Predication | None, str]]:
        self._noun(beside, None, "", phrase)
        yield from ()

    def _noun(self, phrase: Phrase, predication: Predication | None, role: str, beside: Phrase | None = None) -> None:
        item = self.items[phrase.head]
        key = phrase.lemma
        if item.span >= 0:
            if item.type not in ("Agreement", "Event", "Platform", "Project"):
                return
            described = beside is not None and item.source == "described" and phrase.lemma in self.reader.frames
            key = (
                phrase.lemma
                if described
                else "text"
                if item.type == "Agreement"
                else "event"
                if item.type == "Event"
                else "works"
            )
        frames = self.reader.frames.get(key, ())
        if not frames:
            return
        talked = predication is not None and role == "O" and predication.verb.lemma in _UNDECIDED
        if talked and (key == "text" or set(cues("en").get(key, ())) & {"text", "named"}):
            return
        roles: dict[str, list[list[int]]] = {"S": [], "O": []}
        if item.span >= 0 and beside is None:
            roles["O"] = [self.players(phrase)]
        owners = self._owners(phrase)
        if owners:
            roles["S"] = [owners]
        self._roles_of_preps(phrase.posts, roles)
        if item.span >= 0 and item.type == "Agreement":
            for other in self.predications:
                if other.subject is phrase and other.verb.form == "ger":
                    self._roles_of_preps(other.preps, roles)
        if beside is not None:
            roles["C"] = [self.players(beside)]
        if predication is not None:
            if predication.passive and predication.subject is not None and role != "S":
                roles["L"] = [self.players(predication.subject, "O")]
            self._roles_of_preps([(word, post) for word, post in predication.preps if word == "invitation"], roles)
            if role == "O" or (role not in ("S", "") and role != "by"):
                agents = self._agents(predication)
                if "stake" in cues("en").get(key, ()) and not set(cues("en").get(predication.verb.key, ())) & {
                    "hold",
                    "acquire",
                }:
                    agents = []
                roles["D"] = agents
                if not owners:
                    roles["S"] = agents
                if role == "O" and not predication.passive:
                    seen = {id(post) for _, post in phrase.posts}
                    self._roles_of_preps([(word, post) for word, post in predication.preps if id(post) not in seen], roles)
            if role == "S" and predication.passive:
                roles["S"] = roles["S"] or self._agents(predication)
                self._roles_of_preps([(word, post) for word, post in predication.preps if word != "by"], roles)
            if role == "S" and not predication.passive:
                roles["K"] = [self.players(one) for one in predication.objects]
            if role == "O" and predication.verb.lemma in ("be", "become", "remain"):
                roles["C"] = [self.players(predication.subject)] if predication.subject is not None else []
            if role == "among":
                roles["C"] = [
                    self.players(one) for one in [*predication.objects, *([predication.subject] if predication.subject else [])]
                ]
            if role == "as":
                roles["C"] = (
                    self._agents(predication)
                    if not predication.passive
                    else [self.players(predication.subject)]
                    if predication.subject
                    else []
                )
        if bodies := self._bodies_with_members():
            roles.setdefault("K", bodies)
        if not any(roles["S"]) and self.focus.topic >= 0:
            roles["Z"] = [[self.player(-1, self.focus.topic, "Z")]]
        everyone = [list(range(len(self.scene.players)))]
        if phrase.det in ("no",):
            return
        if any(self._is_money(one) for one in [phrase]):
            roles["Q"] = everyone
        at = item.at
        if (
            predication is not None
            and role == "O"
            and predication.verb.lemma not in ("be", "have")
            and predication.verb.form != "ger"
        ):
            at = self.items[predication.verb.place].at
            if self.reader.chunks[at].kind != "C":
                self._cue(predication.verb.place, predication.verb.last, predication.verb.key)
        elif item.span < 0:
            self._cue(phrase.head, phrase.head, key)
        self._apply(frames, roles, at)

    def _owners(self, phrase: Phrase) -> list[int]:
        """Whose: the name before 's, a pronoun, or names that stand as modifiers (US-China talks, the GCF grant)."""
        if phrase.owner >= 0:
            one = self.items[phrase.owner]
            if one.span >= 0:
                entity = self.entity(one)
                if self.reader.kind[entity] == "Person":
                    office = self.focus.office.get(entity, -1)
                    return [self.player(one.at, office, "R")] if office >= 0 else []
                governed = self._governed(one) if one.type == "Region" else -1
                return [self.player(one.at, governed if governed >= 0 else entity, "M")]
            sub = Phrase(
                phrase.first, phrase.owner, phrase.owner, self.items[phrase.owner].token.lower, phrase.det, plural=False
            )
            return self._anaphor(sub, one)
        named = [
            self.items[place]
            for place in phrase.names
            if place != phrase.head and self.items[place].type in self.reader.actors and self.items[place].type != "Person"
        ]
        if set(cues("en").get(phrase.lemma, ())) & {"partner", "owner", "venture"}:
            named = [one for one in named if one.source != "adjective"]
        if named:
            return [self.player(one.at, self.entity(one), "M") for one in named]
        if phrase.owner_pronoun in ("its", "their"):
            item = self.items[phrase.first]
            word = self.reader.words.get(phrase.owner_pronoun)
            if word is not None:
                return [
                    self.player(item.at, entity, "P" if phrase.owner_pronoun == "their" else "A")
                    for entity in self._antecedents(word, item)
                ]
        return []

    def _apply(self, frames: Sequence[Frame], roles: dict[str, list[list[int]]], chunk: int) -> None:
        players, base = self.scene.players, self.reader.base
        done: set[str] = set()
        for frame in frames:
            if done.intersection(frame.after):
                continue
            filled = fill(frame, roles, players)
            if filled is None:
                continue
            done.add(frame.rule)
            for predicate, s, o in state(frame, filled, players):
                self.derived.append(Derivation(self.number, chunk, predicate, base + s, base + o, frame.rule))

    def _venture(self) -> None:
        """Who hold shares of one company together are partners in it."""
        holders: dict[int, list[Derivation]] = {}
        for item in self.derived:
            if item.rule.startswith("en.hold") or item.rule in ("en.stake", "en.stake-of"):
                holders.setdefault(self.scene.players[item.object - self.reader.base].entity, []).append(item)
        for items in holders.values():
            subjects = {self.scene.players[item.subject - self.reader.base].entity: item for item in items}
            for one, two in combinations(subjects.values(), 2):
                self.derived.append(
                    Derivation(self.number, two.cue, "partners_with", one.subject, two.subject, "en.venture-holders")
                )

    # -- what stays in focus ------------------------------------------------------------------------------------------------

    def _close(self) -> None:
        focus, kind = self.focus, self.reader.kind
        self._venture()
        self.reader.derived += _weigh(self.derived, self.scene.players, self.reader.base)
        pairs = self._pairs_here()
        for item in self.derived:
            if item.predicate in ("agreement", "meets_with", "partners_with"):
                one, two = (self.scene.players[n - self.reader.base].entity for n in (item.subject, item.object))
                if not any(one in pair and two in pair for pair in pairs):
                    pairs.append((one, two))
        focus.pairs = (focus.pairs + pairs)[-12:]
        acting = [
            self.scene.players[i].entity for i in self.subject_now if kind[self.scene.players[i].entity] in self.reader.actors
        ]
        named = [entity for entity in self.local if kind[entity] in self.reader.actors and kind[entity] != "Person"]
        if acting:
            focus.topic = acting[0]
            focus.subject = list(dict.fromkeys(acting))
        elif named and focus.topic < 0:
            focus.topic = named[0]
            focus.subject = [named[0]]
        focus.speaker = self.speaker
        focus.event = next((entity for entity in reversed(self.local) if kind[entity] == "Event"), focus.event)
        focus.recent = (focus.recent + self.local)[-60:]


def _weigh(found: list[Derivation], players: Sequence[Player], base: int) -> list[Derivation]:
    """Signing a text or building something together says better what a cooperation of the same two says."""
    better: set[tuple[int, int]] = set()
    joint: dict[tuple[str, int], set[int]] = {}
    for item in found:
        one, two = players[item.subject - base].entity, players[item.object - base].entity
        if item.predicate == "agreement":
            better.add((min(one, two), max(one, two)))
        elif item.predicate in ("establishes", "organizes"):
            joint.setdefault((item.predicate, two), set()).add(one)
    for actors in joint.values():
        better.update((one, two) for one in actors for two in actors if one < two)
    kept = []
    for item in found:
        one, two = sorted((players[item.subject - base].entity, players[item.object - base].entity))
        if (
            item.predicate != "partners_with"
            or item.rule.startswith(("en.venture", "en.join-forces"))
            or (one, two) not in better
        ):
            kept.append(item)
    return list(dict.fromkeys(kept))


def _view(items: list[Item]) -> list[Item]:
    """The items of a sentence without brackets, quotation marks, long quotations and the dateline."""
    found: list[Item] = []
    at = _after_dateline(items)
    while at < len(items):
        item = items[at]
        if item.span < 0 and item.token.text == "(":
            close = next(
                (
                    end
                    for end in range(at + 1, min(len(items), at + 40))
                    if items[end].span < 0 and items[end].token.text == ")"
                ),
                -1,
            )
            if close > 0:
                inner = next(
                    (
                        one
                        for one in items[at + 1 : close]
                        if one.span >= 0 and one.type not in UNDERTAKINGS and one.type != "Person"
                    ),
                    None,
                )
                if found and found[-1].type == "Person" and inner is not None:
                    found[-1].aside = inner
                at = close + 1
                continue
        if item.span < 0 and item.token.text in '“”"' and item.token.tag == "mark":
            close = next(
                (end for end in range(at + 1, len(items)) if items[end].span < 0 and items[end].token.text in '”"'), -1
            )
            if item.token.text != "”" and close > at + 4:
                at = close + 1
                continue
            at += 1
            continue
        found.append(item)
        at += 1
    return found


def _after_dateline(items: Sequence[Item]) -> int:
    """Where the news begins behind BRUSSELS, 18 June 2024 –, ISLAMABAD: or a number of a list."""
    if not items:
        return 0
    first = items[0].token
    if (
        items[0].span < 0
        and (first.tag == "num" or first.text in "•-–*→")
        and len(items) > 1
        and (items[1].token.text in ".)" or first.text in "•-–*→")
    ):
        return 2 if items[1].token.text in ".)" and first.tag == "num" else 1
    for at in range(min(len(items), 10)):
        if items[at].span < 0 and items[at].token.text in "–—:-" and at:
            text = [item.token.text for item in items[:at] if item.token.tag in ("name", "word")]
            if text and (text[0].isupper() and len(text[0]) > 3):
                return at + 1
            return 0
    return 0


def fill(frame: Frame, roles: Mapping[str, Sequence[Sequence[int]]], players: Sequence[Player]) -> dict[str, list[int]] | None:
    """The players that take the roles a frame asks for, or None where one is missing or forbidden."""
    filled: dict[str, list[int]] = {}
    for slot in frame.slots:
        fitting = next(
            (own for group in roles.get(slot.role, ()) if (own := [i for i in group if players[i].type in slot.types])), []
        )
        if slot.need == "!":
            if fitting:
                return None
        elif fitting:
            filled[slot.role] = fitting
        elif not slot.need:
            return None
    return filled


def state(frame: Frame, filled: Mapping[str, Sequence[int]], players: Sequence[Player]) -> Iterator[tuple[str, int, int]]:
    """What a frame says of those who take its roles: predicate, subject and object; only what the ontology allows."""
    schema = load_schema()
    for predicate, left, operator, right in frame.states:
        first = [i for role in left.split("+") for i in filled.get(role, ())]
        second = [i for role in right.split("+") if role for i in filled.get(role, ())]
        if operator == ">":
            # Nobody founds, funds or joins one of the group that does so.
            doers = {players[i].entity for i in first}
            second = [i for i in second if players[i].entity not in doers]
        for s, o in combinations(first, 2) if operator == "*" else product(first, second):
            one, two = players[s], players[o]
            person = "Person" in (one.type, two.type) and predicate != "represents"
            if one.entity != two.entity and not person and schema.allows(one.type, predicate, two.type):
                yield predicate, s, o


@cache
def frame_rules() -> tuple[str, ...]:
    """The rules of the English table in order."""
    return tuple(dict.fromkeys(frame.rule for frames in clause_frames("en").values() for frame in frames))


__all__ = ["UNDERTAKINGS", "EnglishReading", "frame_rules", "read_english"]
