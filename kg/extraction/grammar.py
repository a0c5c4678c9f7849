"""The grammar of clauses: who stands in which role to a cue word, and what the frames of the table make of it.

A sentence is cut into clauses; in each clause names are gathered into groups (A、B和C; 某部部长某某 counts as 某部), and each
group is read by the word that leads it:

    S  who acts: the bare group before the cue, or the one behind 由, 被, 获; else the subject of the clause before
    W  with whom: behind 与, 和, 同, 跟, or behind the first 与 of A与B、C
    M  who acts, named in the clause itself
    J  who acts with S as one: the members behind the 与 or 和 of its group
    O  what or whom: behind the cue, the head of a relative clause (A与B共建的C), or before a passive (C由A与B共建)
    T  to or for whom: behind 向, 为, 对, 给
    L  where: behind 在, 于, 从, 到; A where to: behind 到, 赴
    F  who acts next: 在L支持下，F建成…
    X  about what: behind 就, 围绕
    V  at which event: 在E上, E期间, 会上
    Z  the topic of the sentence before, where no subject is written
    N  whose: the group right before a noun (上合组织成员国)
    H  the person named last
    E  the event named last, K the body with members, I the company, project or platform, C the one right before the clause
    B  who acts, where 由, 被 says so
    D, Q, G  stand for no one: 分别 before the cue, a date, a sentence that opens with a number

A frame is a row: cue words, the roles it needs with their types, and what it states of them; `>text` asks for a word of that class
behind the cue in its clause, `<money` for one before it in the sentence. Only the reading of roles is code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise, product

from kg.extraction.chunks import Chunk
from kg.extraction.discourse import Player, Scene
from kg.extraction.entities import EntityTable
from kg.extraction.lexicon import cues, word_class
from kg.resources import data_path, read_table
from kg.schema import load_schema

FRAME_COLUMNS = ("rule", "cues", "after", "roles", "states", "example", "stated", "near_miss")

# The class of the word before a group → the role of the group.
_ROLE_OF = {"with": "W", "by": "B", "from": "G", "to": "T", "at": "L", "object": "O", "about": "X"}
_JOINTS = frozenset("、和与及同跟—") | {"以及"}
_SIDES = frozenset("与和同跟—")
_BREAKS = frozenset("，；：—。！？\n")
_SKIPPED = frozenset("“”「」《》")
_JOINT_ACTS = frozenset(("establishes", "organizes", "participates_in", "supports"))
_DONE_TOGETHER = frozenset(("sign", "issue", "organize", "establish", "invest", "meet"))
_ROLES = "SMWJOTLXAFVZNEKICHDQGB"
_ON_DEMAND = frozenset("NVEKICHDQG")
_EVENTS = frozenset(("Event",))
_PLACES = frozenset(("Country", "Region", "Event"))
_BODIES_OF_MEMBERS = frozenset(("Alliance", "IntergovernmentalOrganization", "Association", "Platform"))
_NAMED_ACTORS = frozenset(("Company", "ResearchOrganization", "Association", "Person"))
_UNDERTAKEN = frozenset(("Company", "Project", "Platform"))
_TEXTS = frozenset(("Agreement",))
_BULLETS = frozenset("—·（●■◆▪◇□○★☆")
_LED_ACTORS = frozenset("WBLT")
_PAID = frozenset(("aid", "money"))
_NOMINAL = frozenset(("cooperate", "text", "represent"))
_UNDERTAKINGS = frozenset(("Agreement", "Event", "Project", "Platform", "Alliance"))
_TITLE_PARTS = frozenset(("、", "兼", "及"))
_MADE_BEFORE = frozenset("该上此本这")


@cache
def _words(name: str) -> frozenset[str]:
    return word_class("zh", name)


@cache
def _leads() -> dict[str, str]:
    """Word before a group → the role that it gives the group."""
    return {word: role for name, role in _ROLE_OF.items() for word in _words(name)}


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a frame states: the scene, the chunk of its cue, subject and object as player numbers, and the frame's id."""

    scene: int
    cue: int
    predicate: str
    subject: int
    object: int
    rule: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A role that a frame asks for, may use (`?`) or forbids (`!`), and the types that fill it; or `<` or `>` and a class of words."""

    role: str
    need: str
    types: frozenset[str]


@dataclass(frozen=True, slots=True)
class Frame:
    """A row of the table. `states` holds predicate, left roles, operator, right roles: `>` each to each, `~` each with each of
    the other side, `*` every pair of all."""

    rule: str
    slots: tuple[Slot, ...]
    states: tuple[tuple[str, str, str, str], ...]
    after: tuple[str, ...]


_ENTITLED = Frame("zh.text-parties", (), (("agreement", "S", "*", ""), ("signatory_of", "S", ">", "O")), ())
_BETWEEN = Frame("zh.text-between", (), (("agreement", "S", "~", "W"), ("signatory_of", "S+W", ">", "O")), ())


@dataclass(slots=True)
class _Group:
    """Names that stand together, from `first` to `last` in the view of the sentence; `sides` are the members behind a 与."""

    first: int
    last: int
    players: list[int]
    sides: list[int]
    kind: str
    lead: str = ""
    pairs: tuple[tuple[list[int], list[int]], ...] = ()
    owner: bool = False
    governed: bool = False
    inside: bool = False

    @property
    def everyone(self) -> list[int]:
        return self.players + self.sides


@dataclass(slots=True)
class _Clause:
    first: int
    last: int
    groups: list[_Group] = field(default_factory=list)
    subject: _Group | None = None
    partner: _Group | None = None


_STATE = re.compile(r"^(\w+) ([A-Z+]+)(?:([>~])([A-Z+]+)|(\*))$")
_SLOT = re.compile(r"^([!?]?)([A-Z])(?::([\w/]+))?$")
_WORD = re.compile(r"^(!?)([<>])(\w+)$")


@cache
def clause_frames(language: str) -> Mapping[str, tuple[Frame, ...]]:
    """Cue word → the frames that it opens, in the order of the table.

    Raises DataError with the row where a cell cannot be read.
    """
    path = data_path("seeds") / "lexicon" / f"frames.{language}.csv"
    found: dict[str, list[Frame]] = {}
    classes: dict[str, list[str]] = {}
    for word, names in cues(language).items():
        for name in names:
            classes.setdefault(name, []).append(word)
    for row in read_table(path, FRAME_COLUMNS, key="rule"):
        slots, states = [], []
        for text in row["roles"].split():
            if condition := _WORD.match(text):
                slots.append(Slot(condition.group(2), condition.group(1), frozenset((condition.group(3),))))
                continue
            match = _SLOT.match(text)
            if match is None:
                raise row.fail(f"the role “{text}” is not of the form S:Actor, ?O:Agreement or !W")
            slots.append(Slot(match.group(2), match.group(1), _types(match.group(3) or "")))
        for text in row.many("states"):
            match = _STATE.match(text)
            if match is None or match.group(1) not in load_schema().predicates:
                raise row.fail(f"“{text}” is not of the form “predicate S>O”, “predicate S~W” or “predicate S+W*”")
            states.append((match.group(1), match.group(2), match.group(3) or match.group(5), match.group(4) or ""))
        frame = Frame(row["rule"], tuple(slots), tuple(states), row.many("after"))
        wanted = row.many("cues")
        words = [word for cue in wanted if cue[0] != "-" for word in (classes.get(cue[1:], ()) if cue[0] == "@" else (cue,))]
        for word in dict.fromkeys(words):
            if "-" + word not in wanted:
                found.setdefault(word, []).append(frame)
    return {word: tuple(frames) for word, frames in found.items()}


def _types(text: str) -> frozenset[str]:
    schema = load_schema()
    named = set(text.split("/")) if text else {"Actor", "Undertaking"}
    return frozenset(kind for kind in schema.types if kind in named or any(schema.is_a(kind, name) for name in named))


def derive(chunks: Sequence[Chunk], scenes: Sequence[Scene], table: EntityTable, language: str = "zh") -> list[Derivation]:
    """What the frames state in an article, sentence by sentence; players are numbered through, scene by scene."""
    frames = clause_frames(language)
    found: list[Derivation] = []
    base = 0
    for number, scene in enumerate(scenes):
        on_stage = any(player.at >= 0 for player in scene.players)
        if on_stage and any(
            piece.kind == "T" or (piece.kind in "CP" and piece.value in frames) or (piece.kind == "M" and piece.value in _TEXTS)
            for piece in chunks[scene.first : scene.last]
        ):
            found += _Sentence(number, scene, base, chunks, frames).derive()
        base += len(scene.players)
    return _weigh(found, [player for scene in scenes for player in scene.players])


def _weigh(found: list[Derivation], players: Sequence[Player]) -> list[Derivation]:
    """Signing a text or building, running, joining something together says better what a cooperation of the same two says."""
    signed: set[tuple[int, int, int]] = set()
    agreed: set[tuple[int, int]] = set()
    joint: dict[tuple[int, str, int], set[int]] = {}
    for item in found:
        one, two = players[item.subject].entity, players[item.object].entity
        if item.predicate == "agreement":
            signed.add((item.scene, min(one, two), max(one, two)))
            agreed.add((min(one, two), max(one, two)))
        elif item.predicate in _JOINT_ACTS:
            joint.setdefault((item.scene, item.predicate, two), set()).add(one)
    for (scene, _, _), actors in joint.items():
        signed.update((scene, one, two) for one, two in combinations(sorted(actors), 2))
    kept = []
    for item in found:
        one, two = sorted((players[item.subject].entity, players[item.object].entity))
        if item.predicate == "partners_with" and players[item.subject].how == "P" and (one, two) in agreed:
            continue  # what 双方 will do is what they signed
        if item.predicate != "partners_with" or item.rule == "zh.joint-venture" or (item.scene, one, two) not in signed:
            kept.append(item)
    return list(dict.fromkeys(kept))


class _Row(dict[int, str]):
    """What stands at each place of a sentence; nothing stands beyond its ends."""

    def __missing__(self, place: int) -> str:
        return ""


class _Sentence:
    """One sentence read: its view without quotes and brackets, its clauses, and the roles around each cue."""

    def __init__(
        self, number: int, scene: Scene, base: int, chunks: Sequence[Chunk], frames: Mapping[str, tuple[Frame, ...]]
    ) -> None:
        self.number, self.scene, self.base, self.chunks, self.frames = number, scene, base, chunks, frames
        self.view = _view(chunks, scene.first, scene.last)
        pieces = [chunks[at] for at in self.view]
        self.kinds = [piece.kind for piece in pieces]
        self.values = [piece.value for piece in pieces]
        # By place: asked for hundreds of times a sentence.
        self.piece: Callable[[int], Chunk] = pieces.__getitem__
        self.kind: Callable[[int], str] = _Row(enumerate(self.kinds)).__getitem__
        self.value: Callable[[int], str] = _Row(enumerate(self.values)).__getitem__
        # By number of the player.
        self.type: Callable[[int], str] = [player.type for player in scene.players].__getitem__
        self.at: dict[int, list[int]] = {}
        for index, player in enumerate(scene.players):
            self.at.setdefault(player.at, []).append(index)
        self.verbs = self._find_verbs()
        self.groups = self._gather()
        self.heads = self._find_heads()
        self.clauses = self._cut()
        for clause in self.clauses:
            self._relate(clause)
        self.topic = [index for index, player in enumerate(scene.players) if player.how == "Z"]

    # -- reading --------------------------------------------------------------------------------------------------------

    def _member(self, place: int) -> tuple[int, list[int], str]:
        """The member of a group that begins here: its last place, its players, and whether it acts or is acted on."""
        piece = self.piece(place)
        here = self.at.get(self.view[place], [])
        if piece.kind == "A":
            many = [i for i in here if self.scene.players[i].how == "P"]
            if not many and self._compound(place, here):
                return place, [], "actor"
            if not many and (behind := self._own_body(place)) is not None:
                return behind
            return place, many or [i for i in here if self.scene.players[i].how == "A"], self._class(many or here)
        if piece.value == "Person":
            acting = [i for i in here if self.scene.players[i].how == "R"]
            return place, acting, "actor"
        own = [i for i in here if self.scene.players[i].how == "M"]
        if piece.value in _UNDERTAKINGS:
            return place, own, piece.value
        if piece.end - piece.start == 1 and self.kind(place + 1) == "M" and self.piece(place + 1).start == piece.end:
            last, players, _ = self._member(place + 1)  # 中日, 中日韩
            if last == place + len(players):
                return last, own + players, "actor"
        # 某省 副省长 某某; 某国 外长; 某国 某部; 某国驻他国大使某某
        end, titled = place, False
        ahead = place + 1 + 2 * (self.value(place + 1) == "驻" and self.kind(place + 2) == "M")
        while ahead < len(self.view) and ahead - place < 8:
            follower = self.piece(ahead)
            if follower.kind == "T":
                end, titled = ahead, True
            elif not ((follower.kind == "W" and follower.value in "njabvzslq") or (titled and follower.value in _TITLE_PARTS)):
                break
            ahead += 1
        if self.kind(end + 1) == "M" and self.value(end + 1) not in _UNDERTAKINGS:
            follower = self.piece(end + 1)
            if follower.value == "Person" or not titled:
                last, players, _ = self._member(end + 1)
                return last, players or own, "actor"
        if (described := self._described(place, end)) >= 0:
            return self._member(described)
        return end, own, "actor"

    def _described(self, place: int, end: int) -> int:
        """Where the name stands that a name before it only describes (挪威能源巨头[B], A旗下的电池企业[B]); -1 where it does not."""
        owned = self.value(end + 1) in _words("owner") and self.value(end + 1) != "的"
        begin = end + 1 + owned + (owned and self.value(end + 2) == "的")
        owned = owned or self.value(begin) in _words("ownership")
        begin += self.value(begin) in _words("ownership")
        if not owned and self.value(place) not in ("Country", "Region"):
            return -1
        at = begin
        while (self.kind(at) == "W" and self.value(at) in "nbj" and at - begin < 4) or self.value(at) in (
            "公司",
            "企业",
            "集团",
        ):
            at += 1
        capital = at == begin + 1 and self.value(place) == "Country" and self.value(at) == "Region"  # 某国首都[某城]
        named = self.kind(at) == "M" and (self.value(at) in _NAMED_ACTORS or capital)
        return at if (owned or at > begin) and named else -1

    def _own_body(self, place: int) -> tuple[int, list[int], str] | None:
        """其全资子公司[X], 该省外事部门[X]: the name behind stands for itself."""
        ahead = place + 1
        while ahead - place < 4 and (
            (self.kind(ahead) == "W" and self.value(ahead) in "nbjav") or self.value(ahead) in _words("ownership")
        ):
            ahead += 1
        if (
            ahead == place + 1
            or self.kind(ahead) != "M"
            or self.value(ahead) in (*_UNDERTAKINGS, "Person", "Country", "Region")
        ):
            return None
        return self._member(ahead)

    def _compound(self, place: int, here: Sequence[int]) -> bool:
        """A bare noun that is the end of a longer one (项目公司, 新公司) names nobody who was named before."""
        bare = self.value(place)[0] not in _MADE_BEFORE and self.kind(place - 1) == "W" and self.value(place - 1) in "nab"
        return bare and any(self.type(i) not in _PLACES for i in here)

    def _class(self, players: Sequence[int]) -> str:
        kind = self.type(players[0]) if players else ""
        return kind if kind in _UNDERTAKINGS else "actor"

    def _gather(self) -> list[_Group]:
        """The groups of the sentence, with the word that leads each."""
        found: list[_Group] = []
        place = 0
        while place < len(self.view):
            if self.kind(place) not in "MA":
                place += 1
                continue
            last, players, kind = self._member(place)
            members, joints = [(place, last, players)], list[str]()
            while self._joined(place, last) and self.kind(last + 1) in "FPW":
                begin = self._next_member(last + 2, kind)
                if self.kind(begin) not in ("M", "A"):
                    break
                after, more, other = self._member(begin)
                if other != kind:
                    break
                joints.append(self.value(last + 1))
                members.append((begin, after, more))
                last = after
            group = _Group(place, last, [], [], kind)
            split = self._split(joints, place)
            if len(joints) > 2 and len(joints) % 2 and all(j in _SIDES for j in joints[::2]) and not set(joints[1::2]) & _SIDES:
                group.pairs = tuple((left[2], right[2]) for left, right in zip(members[::2], members[1::2], strict=True))
            if len(members) > 1 and all(len(own) == 2 and end - first == 1 for first, end, own in members):
                group.pairs = tuple((own[:1], own[1:]) for _, _, own in members)
            for number, (_, _, own) in enumerate(members):
                (group.sides if split and number >= split else group.players).extend(own)
            if self.value(last + 1) in _words("all"):  # A、B与C三方
                group.players, group.sides = group.everyone, []
            # 中国、老挝两国 and A与B双方 are one group
            if self.kind(last + 1) == "A" and any(
                self.scene.players[i].how == "P" for i in self.at.get(self.view[last + 1], [])
            ):
                group.last = last = last + 1
            group.lead = self._lead(place)
            group.owner = self.value(last + 1) in _words("owner")
            some = group.everyone or any(self.kind(p) == "M" for p in range(place, last + 1))
            if some and not self._of_nobody(group):
                found.append(group)
            place = last + 1
        for left, right in pairwise(found):
            gap = range(left.last + 2 + (self.value(left.last + 2) == "的"), right.first)
            if right.kind == "actor" and left.kind != "actor":
                continue
            if left.owner and not right.lead and len(gap) <= 3 and all(self.kind(p) in "WD" for p in gap):
                right.lead, left.inside = left.lead, True
        return found

    def _of_nobody(self, group: _Group) -> bool:
        """Whether places only say where firms of no name are from: 一家韩国企业, 与沙特、哈萨克斯坦的企业."""
        after = group.last + 1 + (self.value(group.last + 1) == "的")
        while after < group.last + 6 and self.kind(after) in ("W", "D") and not self.piece(after).common:
            after += 1
        firms = after < len(self.view) and self.piece(after).firm
        return firms and all(self.type(i) in ("Country", "Region") for i in group.everyone) and self.kind(after + 1) != "M"

    def _next_member(self, place: int, kind: str) -> int:
        """Where the next member of a group stands, behind words that say what it is: A、保荐机构[B], A和韩国咖啡品牌[B]."""
        at = place
        while kind == "actor" and self.kind(at) == "W" and self.value(at) in "nbjv" and at - place < 3:
            at += 1
        named = self.kind(at) == "M" and self.value(at) in _NAMED_ACTORS and self.value(at - 1) in "nbj"
        return at if named else place

    def _joined(self, place: int, last: int) -> bool:
        """Whether the word behind a member joins the next one to it; in 在青岛与挪威会谈 it does not."""
        joint = self.value(last + 1)
        return joint in _JOINTS and not (joint in _SIDES and self._lead(place) == "L")

    def _lead(self, place: int) -> str:
        """The role that the word before a group gives it, also over a modifier: 向遭受洪灾的[A]."""
        before = place - 1
        if self.kind(before) == "W" and self.value(before) == "u" and self.value(before - 1) in ("获得", "接受", "得到"):
            before -= 1
        if self.value(before) == "为" and self.kind(before - 1) == "C" and "parties" in cues("zh")[self.value(before - 1)]:
            return ""  # 主办方为[A]
        if self.value(before) == "的":
            before -= 1
            while before > place - 7 and self.kind(before) in ("W", "D") and self.value(before) != "u":
                before -= 1
            return _leads().get(self.value(before), "") if self.kind(before) == "F" else ""
        return _leads().get(self.value(before), "") if self.kind(before) in ("F", "C", "W") else ""

    def _split(self, joints: Sequence[str], place: int) -> int:
        """How many members stand before the 与 that parts the sides: A与B、C is one and two, A、B和C is all one side."""
        if not joints or (self.value(place - 1) in _leads() and _leads()[self.value(place - 1)] == "W"):
            return 0
        sides = [number for number, joint in enumerate(joints) if joint in _SIDES]
        if len(sides) == 1 and (sides[0] == 0 or joints[sides[0]] in "与同跟—"):
            return sides[0] + 1
        strong = [number for number in sides if joints[number] in "与同跟—"]
        return strong[0] + 1 if len(strong) == 1 else 0

    def _cut(self) -> list[_Clause]:
        clauses, first = [], 0
        for place, kind in enumerate(self.kinds):
            if kind not in "PC":
                continue
            piece = self.piece(place)
            if piece.value == "—" and self.kind(place + 1) in ("M", "A"):
                continue
            ended = self.kind(place - 1) == "C" or (self.kind(place - 1) == "M" and self.value(place - 1) == "Agreement")
            listed = (
                piece.value == "、"
                and ended
                and self.kind(place + 1) in ("M", "A", "F")
                and self.value(place + 1) != "Agreement"
            )
            if (piece.kind == "P" and (piece.value in _BREAKS or listed)) or (
                piece.kind == "C" and piece.value in _words("speech")
            ):
                clauses.append(_Clause(first, place))
                first = place + 1
        clauses.append(_Clause(first, len(self.view)))
        clauses = [clause for clause in clauses if clause.last > clause.first]
        number = 0
        for group in self.groups:
            while number < len(clauses) and clauses[number].last <= group.first:
                number += 1
            if number < len(clauses):
                clauses[number].groups.append(group)
        return clauses

    def _find_verbs(self) -> list[tuple[int, int]]:
        """First and last place of each run of verbs: 签署, 投资建设, 联合出资设立."""
        runs: list[tuple[int, int]] = []
        for place, kind in enumerate(self.kinds):
            if kind != "C" or not self._verb(place):
                continue
            funded = bool(runs) and self.value(runs[-1][1]) in _words("fund") and place - runs[-1][1] < 6
            if funded and all(self.kind(between) in "WD" for between in range(runs[-1][1] + 1, place)):
                runs[-1] = (runs[-1][0], place)  # 出资2亿元设立
            elif runs and place - runs[-1][1] == 1:
                runs[-1] = (runs[-1][0], place)
            else:
                runs.append((place, place))
        return runs

    def _verb(self, place: int) -> bool:
        value = self.values[place]
        if "jointly" in cues("zh")[value]:
            return self.kind(place + 1) == "C"
        return value in self.frames and not _NOMINAL.issuperset(cues("zh")[value])

    def _find_heads(self) -> dict[int, _Group]:
        """Cue followed by 的 → the group that it says something of: 共建的[C], 签署的为期五年的[D]."""
        heads: dict[int, _Group] = {}
        last = {end: first for first, end in self.verbs}
        for place, kind in enumerate(self.kinds[:-2]):
            if kind != "C":
                continue
            own = place + 1
            while self.kind(own) == "W" and self.value(own) == "u" and own < place + 2:
                own += 1
            if self.value(own) != "的":
                continue
            for group in self.groups:
                if group.first > own:
                    if (
                        (group.lead != "L" and self.value(group.first - 1) not in _leads())
                        and group.first - own <= 7
                        and all(self.kind(p) in "WDTAFC—" for p in range(own + 1, group.first))
                    ):
                        if not any(self.kind(p) == "P" and self.value(p) != "—" for p in range(own + 1, group.first)):
                            for verb in range(last.get(place, place), place + 1):
                                heads[verb] = group
                    break
        return heads

    def _relative(self, place: int) -> _Group | None:
        return self.heads.get(place)

    def _relate(self, clause: _Clause) -> None:
        """Marks groups that belong to a verb or a relative clause before the main verb, and finds the clause's own subject."""
        runs = [run for run in self.verbs if clause.first <= run[0] < clause.last]
        for first, last in runs:
            before = [group for group in clause.groups if group.last < first]
            if last in self.heads and before and not any(before[-1].last < other < first for other, _ in runs):
                start = max((n for n, group in enumerate(before) if group.lead == "B"), default=len(before) - 1)
                agent = before[-1]
                if agent.lead in ("T", "O") and agent.last + 1 == first and not self.heads[last].lead:
                    self.heads[last].lead, agent.lead = agent.lead, ""  # 向A设立的[B]提供贷款
                for group in before[start:]:
                    group.inside = True
        for group in clause.groups:
            if self.value(group.last + 1) == "代表" and self.kind(group.last + 2) in ("M", "A") and not group.lead:
                group.inside = True  # who is spoken for acts
            opens = group.first == clause.first and any(o.first == group.last + 1 and o.kind == "Event" for o in clause.groups)
            if opens and group.kind == "actor" and not group.lead:
                group.inside = True  # 中国—东盟|外长会
            if self._does_elsewhere(clause, group):
                group.inside = True
            earlier = [last for _, last in runs if last < group.first and last not in self.heads]
            pivot = bool(earlier) and self.value(earlier[-1]) in _words("pivot") and group.kind == "actor"
            if earlier and not pivot and not group.lead:
                group.governed = not self._heads_relative(clause, group, earlier[-1])
        bare = [
            g for g in clause.groups if not g.lead and not g.governed and not g.inside and g.kind == "actor" and not g.owner
        ]
        passive = (g for g in clause.groups if g.lead == "B" and g.kind == "actor" and not g.inside)
        clause.subject = bare[0] if bare else next(passive, None)
        if clause.subject is None:  # A的2亿美元贷款到位，用于P: the money is A's
            clause.subject = next((group for group in clause.groups if not group.lead and self._grants(clause, group)), None)
        clause.partner = next((g for g in clause.groups if g.lead == "W" and g.kind == "actor" and not g.inside), None)

    def _grants(self, clause: _Clause, group: _Group) -> bool:
        """Whether a clause is about money of a group."""
        after = range(group.last + 2, min(group.last + 7, clause.last))
        return group.owner and group.kind == "actor" and self._word(after, frozenset(("aid",)))

    def _does_elsewhere(self, clause: _Clause, group: _Group) -> bool:
        """Whether a group is the agent of a relative clause whose verb is no cue: 由[A]提交的P获得资助."""
        at = group.last + 1
        while at < clause.last and self.kind(at) in "WD" and self.value(at) != "u" and at - group.last < 5:
            at += 1
        if at == group.last + 1 or self.value(at) != "的" or self.value(at - 1) != "v" or group.lead not in ("", "B"):
            return False
        return any(other.first > at for other in clause.groups)

    def _heads_relative(self, clause: _Clause, group: _Group, verb: int) -> bool:
        """Whether a group is the subject of the relative clause before it: 运营[P]的[A]派团来访."""
        if group.kind != "actor" or self.value(verb - 1) in _leads():
            return False
        owned = [other for other in clause.groups if verb < other.first and other.last < group.first]
        later = any(first > group.last for first, last in self.verbs if last < clause.last)
        return len(owned) == 1 and owned[0].owner and not owned[0].lead and group.first - owned[0].last <= 3 and later

    # -- roles ----------------------------------------------------------------------------------------------------------

    def _roles(self, clause: _Clause, number: int, cue: int, frames: Iterable[Frame]) -> dict[str, list[list[int]]]:
        """Role → the groups that may fill it, the likeliest first; roles that these frames do not ask for may be left out."""
        roles: dict[str, list[list[int]]] = {role: [] for role in _ROLES}
        head = self._relative(cue)
        before = self._before(clause, cue, head is not None, roles)
        actors = [group for group in before if group.kind == "actor"]
        by = [group for group in actors if group.lead in ("B", "G")]
        subjects = by or actors
        if subjects:
            roles["M"] = [group.players for group in subjects]
            if roles["W"]:
                roles["S"] = [group.everyone for group in subjects]
            else:
                roles["S"] = [group.players for group in subjects]
                roles["W"] += [subjects[0].sides] if subjects[0].sides else []
                roles["J"] = roles["W"][:1]
        elif head is None and (met := self._subject_relative(clause, cue)) is not None:
            roles["S"], roles["O"] = [met[1].everyone], [met[0].everyone]
        elif head is None and all(group.kind == "Event" for group in before) and not self._nameless_subject(clause, cue):
            self._carry(number, roles)
        if head is not None:
            roles["O"].append(head.players)
            if roles["W"] and not roles["S"] and self.value(clause.first - 1) == "；":
                partner = list(roles["W"])  # …；与A签的是[B]: with the subject of what it is set beside
                self._carry(number, roles)
                roles["W"] = partner
        elif self.value(cue + 1) != "的":  # 出资的园区在某地启动: what follows is told of the park
            roles["O"] += [group.everyone for group in self._behind(clause, cue, roles)]
        if by or not subjects or (before and before[0].kind != "actor"):
            roles["O"] += [group.everyone for group in before if group.kind != "actor" or (by and group not in by)]
        if self.value(cue + 1) == "的" and head is None:
            roles["O"] += [group.everyone for group in before if group.kind != "actor"]
        listed = self.value(clause.last) == "、"
        if (by or listed) and cue + 1 == clause.last and (led := self._led_to(number)) is not None:
            roles["O"].append(led.players)
        if by and not any(roles["O"] + roles["T"]) and number:
            told = [group for group in self.clauses[number - 1].groups if not group.lead]
            told = [group for group in reversed(told) if group.governed and group.kind != "actor"] + told[:1]
            roles["O"] += [group.everyone for group in told[:1]]
        if by:
            roles["T"] += [group.everyone for group in actors if group not in by]
        if not roles["S"] and self.topic and not self._nameless_subject(clause, cue):
            roles["Z"] = [self.topic]
        for role in _ON_DEMAND.intersection(slot.role for frame in frames for slot in frame.slots):
            roles[role] = self._fillers(role, clause, cue)
        roles["B"] = [group.everyone for group in by if group.lead == "B"]
        after = self.clauses[number + 1].subject if number + 1 < len(self.clauses) else None
        if (
            not roles["S"]
            and after is not None
            and not after.lead
            and self.value(clause.last - 1) == "f"
            and cue == clause.first
        ):
            roles["S"] = [after.players]  # 退出某组织后，A…
        leads = self.value(cue + 1) == "f" or cue + 1 == clause.last
        roles["F"] = [after.players] if after is not None and leads else []
        return roles

    def _fillers(self, role: str, clause: _Clause, cue: int) -> list[list[int]]:
        """The groups that may fill a role that does not depend on the others."""
        match role:
            case "N":
                return [group.everyone for group in clause.groups if group.last < cue and self._possesses(group, cue)]
            case "V":
                return self._venue(cue)
            case "E":
                return self._named_before(cue, _EVENTS, "E")
            case "K":
                return self._named_before(cue, _BODIES_OF_MEMBERS, "Y")
            case "I":
                return self._named_before(clause.first, _UNDERTAKEN, "")[::-1]
            case "C":
                return self._held(clause)
            case "H":
                return [
                    [i for i in self.at.get(self.view[place], ()) if self.scene.players[i].how == "M"]
                    for place in range(cue - 1, clause.first - 1, -1)
                    if self.kinds[place] == "M" and self.values[place] == "Person"
                ]
            case "D":
                there = any(self.value(place) in _words("each") for place in range(clause.first, cue))
            case "Q":
                there = any(self.kind(place) == "D" and (place or self.kind(1) == "D") for place in range(cue))
            case _:  # G
                there = self._listed_line()
        return [list(range(len(self.scene.players)))] if there else []

    def _led_to(self, number: int) -> _Group | None:
        """What the relative clause behind a comma leads to: 由A牵头，B、C参与的[P]."""
        after = self.clauses[number + 1] if number + 1 < len(self.clauses) else None
        run = next((run for run in self.verbs if after is not None and after.first <= run[0] < after.last), None)
        return self.heads.get(run[1]) if run is not None else None

    def _held(self, clause: _Clause) -> list[list[int]]:
        """What somebody named in a clause may hold a share of: the company, else the project or platform that others do something
        to, told of before."""
        acting = [other.subject for other in self.clauses if other.subject is not None]
        others = [group for group in self.groups if group.lead in _LED_ACTORS or group.inside]
        others += [group for group in acting if group.sides]
        named = self._named_before(clause.first, _UNDERTAKEN, "")
        told = [own for own in named if not any(own == group.everyone for group in others)][:3]
        agents = [group.everyone for group in acting]
        return sorted(told, key=lambda own: (own in agents, self.type(own[0]) != "Company"))[:1]

    def _possesses(self, group: _Group, cue: int) -> bool:
        """Whether a group is whose the noun is: 上合组织成员国, 东盟的成员, 东盟第11个成员国."""
        gap = range(group.last + 1, cue)
        listed = (
            len(gap) == 3
            and self.value(group.last + 1) == "的"
            and self.kind(gap[1]) == "W"
            and self.value(gap[2]) in ("和", "及")
        )
        return (
            listed
            or len(gap) < 2
            or (len(gap) < 5 and all(self.kind(p) == "D" or self.value(p) in ("的", "q", "m") for p in gap))
        )

    def _listed_line(self) -> bool:
        """Whether the sentence is an item of a list: 1.…, （二）…, ——…, ●…."""
        start = self.chunks[self.scene.first]
        if start.value in _BULLETS:
            return True
        return self.kind(0) == "D" and self.kind(1) != "D"

    def _word(self, places: Iterable[int], classes: frozenset[str]) -> bool:
        """Whether a word of a class stands there; a text may also be named or meant by a pronoun."""
        for place in places:
            piece = self.piece(place)
            if piece.kind in "CA" and not classes.isdisjoint(cues("zh").get(piece.value, ())):
                return True
            if piece.signing and "signing" in classes:
                return True
            if "all" in classes and piece.value in _words("all"):
                return True
            if "text" in classes and piece.kind in "MA" and piece.value in _TEXTS:
                return True
            if piece.value == "$" and not classes.isdisjoint(_PAID):
                return True
        return False

    def _subject_relative(self, clause: _Clause, cue: int) -> tuple[_Group, _Group] | None:
        """Object and subject of 出席E的A, 参加E的有A、B."""
        behind = [group for group in clause.groups if group.first > cue]
        if len(behind) < 2 or not behind[0].owner or behind[0].lead or behind[1].kind != "actor":
            return None
        free = all(self.kind(place) in "WD" for place in range(behind[0].last + 2, behind[1].first))
        return (behind[0], behind[1]) if free else None

    def _before(self, clause: _Clause, cue: int, relative: bool, roles: dict[str, list[list[int]]]) -> list[_Group]:
        """The groups before a cue that may act, the nearest first; those that are led by a word go to their roles."""
        bare, owners = list[_Group](), list[_Group]()
        nearest = True
        own = next((first for first, last in self.verbs if first <= cue <= last), cue)
        for group in reversed([group for group in clause.groups if group.last < cue]):
            if relative and any(group.last < first < own for first, _ in self.verbs):
                break
            if group.lead == "W":
                roles["W"].append(group.everyone)
            elif group.lead in ("T", "L", "O", "X"):
                roles[group.lead].append(group.everyone)
                if self.value(group.first - 1) in _words("arrival"):
                    roles["A"].append(group.everyone)
            elif group.owner and group.lead == "":
                # A与B的合作, A的代表出席: the owner acts where no other name stands between
                if (nearest and cue - group.last <= 8) or (group.inside and bare and bare[-1].kind != "actor"):
                    owners.append(group)
            elif group.inside if relative and group.governed else relative or not (group.governed or group.inside):
                bare.append(group)
            if group.lead == "L" and group.kind == "Agreement":
                roles["O"].append(group.everyone)
            nearest = nearest and bool(group.lead)
            if relative and group.lead in ("", "B"):
                break
        return bare + owners

    def _nameless_subject(self, clause: _Clause, cue: int) -> bool:
        """Whether who acts is written, but not by name: 来自30个国家的代表参会, 多家企业参展."""
        at = next((first for first, last in self.verbs if first <= cue <= last), cue) - 1
        while at > clause.first and (self.kind(at) == "F" or (self.kind(at) == "W" and self.value(at) in "dtv")):
            at -= 1
        if self.value(at - 1) == "等" and any(group.last == at - 2 for group in clause.groups):
            return False  # 联合A、B等企业
        return at >= clause.first and self.piece(at).common and self.value(at - 1) not in _leads()

    def _carry(self, number: int, roles: dict[str, list[list[int]]]) -> None:
        """The subject of the clause before, and with it its partner where the clause names none of its own."""
        # …；同C签署…: what is set side by side has the subject of the first.
        parallel = self.value(self.clauses[number].first - 1) == "；"
        for earlier in self.clauses[:number] if parallel else reversed(self.clauses[:number]):
            if earlier.subject is None:
                continue
            partner = earlier.partner
            roles["S"].append(earlier.subject.players)
            if not roles["W"]:
                if earlier.subject.sides or partner is not None:
                    roles["W"].append(earlier.subject.sides or (partner.everyone if partner else []))
            return

    def _behind(self, clause: _Clause, cue: int, roles: dict[str, list[list[int]]]) -> Iterator[_Group]:
        """The groups behind a cue that are its objects: up to the next verb, without the relative clauses among them."""
        runs = [run for run in self.verbs if run[1] > cue and run[0] < clause.last]
        for group in clause.groups:
            if group.first < cue:
                continue
            between = [last for first, last in runs if first > cue and last < group.first]
            if any(last not in self.heads for last in between) or self.value(group.first - 1) == "以及":
                return
            inner = next((last for first, last in runs if first > group.last), None)
            if inner is not None and self.heads.get(inner) not in (None, group):
                if not any(other.first > group.last and other.last < inner for other in clause.groups):
                    continue  # the agent of a relative clause: 出席由A主办的E
            if group.lead == "L" and group.kind == "Agreement":
                yield group
            elif group.lead in ("W", "T", "L"):
                roles[group.lead].append(group.everyone)
            elif not group.inside and not self._vague(group):
                yield group

    def _vague(self, group: _Group) -> bool:
        """A bare noun (公司, 协议) that need not be the one named before."""
        piece = self.piece(group.first)
        if piece.kind != "A" or piece.value[0] in _MADE_BEFORE:
            return False
        if any(self.scene.players[i].how == "P" for i in group.players):
            return "家" in piece.value
        return any(self.scene.players[i].how == "A" and self.type(i) not in _PLACES for i in group.players)

    def _venue(self, cue: int) -> list[list[int]]:
        """Events at which something happens: 在E上, E期间, 会上."""
        found: list[list[int]] = []
        for group in self.groups:
            if group.kind != "Event" or group.first > cue:
                continue
            piece, follower = self.piece(group.first), group.last + 1
            if (
                group.lead == "L"
                or (self.kind(follower) == "W" and self.value(follower) == "f")
                or self.value(follower) == "期间"
                or (piece.kind == "A" and piece.value[-1] in "上间中后")
            ):
                found.insert(0, group.everyone)
        return found

    def _named_before(self, cue: int, types: frozenset[str], how: str) -> list[list[int]]:
        """Entities of these types before the cue in the sentence, the nearest first, then those carried over."""
        here = [[i for i in group.everyone if self.type(i) in types] for group in reversed(self.groups) if group.last < cue]
        carried = [[i] for i, player in enumerate(self.scene.players) if player.how == how and player.type in types]
        return [group for group in here if group] + carried

    # -- frames ---------------------------------------------------------------------------------------------------------

    def derive(self) -> list[Derivation]:
        found: list[Derivation] = []
        for number, clause in enumerate(self.clauses):
            told = self.kind(clause.last) == "C"
            opened = clause.first > 0 and self.kind(clause.first - 1) == "P"
            for place in range(clause.first - opened, clause.last + told):
                frames = self.frames.get(self.values[place], ()) if self.kinds[place] in "CP" else ()
                if not frames:
                    continue
                if (self.kind(place - 1) == "C" and self.value(place - 1) in _words("light")) or self._adverb(place):
                    continue
                for roles in self._readings(clause, number, place, frames):
                    done: set[str] = set()
                    for frame in frames:
                        barred = frame.after and not done.isdisjoint(frame.after)
                        filled = None if barred else self._fill(frame, roles, clause, place)
                        if filled is not None:
                            done.add(frame.rule)
                            found += self._state(frame, filled, self.view[place])
        return [*found, *self._listed(), *self._between(), *self._titles()]

    def _between(self) -> Iterator[Derivation]:
        """A与B的[协议], 与B的[协议], 中韩[协议]: a text of two sides, said without a verb."""
        for place, at in enumerate(self.view):
            if self.values[place] != "Agreement" or self.kinds[place] != "M":
                continue
            if parties := [i for i in self.at.get(at, ()) if self.scene.players[i].how == "I"]:
                texts = [i for i in self.at[at] if self.scene.players[i].how == "M"]
                yield from self._state(_ENTITLED, {"S": parties, "O": texts}, at)
        for before, text in pairwise(self.groups):
            if text.kind != "Agreement" or before.kind != "actor" or self.kind(text.first) != "M":
                continue
            gap = range(before.last + 1, text.first)
            if len(gap) > 4 or any(self.kind(place) not in "WDF" for place in gap) or (gap and not before.owner):
                continue
            sides = before.players, before.sides
            if before.owner and before.lead == "W" and not before.sides:
                sides = self._other_side(before), before.everyone
            elif not before.sides and not gap:
                sides = before.players[:1], before.players[1:]
            if sides[0] and sides[1]:
                filled = {"S": list(sides[0]), "W": list(sides[1]), "O": text.everyone}
                yield from self._state(_BETWEEN, filled, self.view[text.first])

    def _other_side(self, partner: _Group) -> list[int]:
        """Who is the other party to 与B的协议: the subject of the clause or of one before it, else the topic."""
        number = next(n for n, clause in enumerate(self.clauses) if clause.last > partner.first)
        near = [group for group in self.clauses[number].groups if group.last < partner.first and not group.lead]
        if near:
            return near[-1].players if near[-1].kind == "actor" else []
        carried = next((clause.subject for clause in reversed(self.clauses[:number]) if clause.subject is not None), None)
        return carried.players if carried is not None else self.topic

    def _listed(self) -> Iterator[Derivation]:
        """签署协议书的有：A与B，C与D; 签约的还有A与B: the verb before the colon holds for every pair behind it."""
        colon = next((place for place, value in enumerate(self.values) if value in ("：", "包括", "还有")), -1)
        run = next((run for run in reversed(self.verbs) if run[1] < colon), None)
        if (
            run is None
            or not self.frames.get(self.value(run[1]))
            or (self.value(colon) != "：" and self.value(run[1] + 1) != "的")
        ):
            return
        number = next(n for n, clause in enumerate(self.clauses) if clause.last > run[1])
        frames = self.frames[self.value(run[1])]
        head = self._roles(self.clauses[number], number, run[1], frames)
        for clause in self.clauses[number:]:
            groups = [group for group in clause.groups if group.first > colon]
            group = groups[0] if groups and all(other.kind != "actor" for other in groups[1:]) else None
            if (
                group is None
                or not group.sides
                or any(max(clause.first, colon) <= first < clause.last for first, _ in self.verbs if first > colon)
            ):
                continue
            roles = {**head, "S": [group.players], "W": [group.sides], "Z": []}
            for frame in frames:
                if (filled := self._fill(frame, roles, clause, run[1])) is not None:
                    yield from self._state(frame, filled, self.view[run[1]])

    def _adverb(self, place: int) -> bool:
        """共同 in 共同创立: it tells how something else is done."""
        if self.value(place) not in _words("jointly"):
            return False
        after = place + 1
        while self.kind(after) == "C" and self.value(after) in _words("jointly"):
            after += 1
        return self.kind(after) == "C" and bool(set(cues("zh").get(self.value(after), ())) & _DONE_TOGETHER)

    def _readings(
        self, clause: _Clause, number: int, cue: int, frames: Iterable[Frame]
    ) -> Iterator[dict[str, list[list[int]]]]:
        """The roles around a cue; where pairs are listed (A与B、C与D结为友好城市), the roles of each pair."""
        roles = self._roles(clause, number, cue, frames)
        pairs = next((group.pairs for group in reversed(clause.groups) if group.last < cue and group.pairs), ())
        if not pairs:
            yield roles
        for left, right in pairs:
            yield {**roles, "S": [left], "W": [right], "Z": []}

    def _titles(self) -> Iterator[Derivation]:
        """A person stands for the body or place that the office in front of the name belongs to."""
        for place, value in enumerate(self.values):
            if value != "Person" or self.kinds[place] != "M":
                continue
            here = self.at.get(self.view[place], [])
            person = [i for i in here if self.scene.players[i].how == "M"]
            for i in here:
                if self.scene.players[i].how == "R" and person and self._represented(i):
                    yield Derivation(
                        self.number, self.view[place], "represents", self.base + person[0], self.base + i, "zh.title"
                    )
        yield from self._on_behalf()

    def _on_behalf(self) -> Iterator[Derivation]:
        """甲、乙分别代表A和B签字: persons before 代表, those they speak for behind it."""
        for place, value in enumerate(self.values):
            if value != "代表" or place == 0 or self.kind(place + 1) not in ("M", "A"):
                continue
            group = next((group for group in self.groups if group.first == place + 1), None)
            persons, at = list[int](), place - 1
            while at >= 0 and self.kind(at) in "MTWF、P" and self.value(at) not in _BREAKS:
                if self.kind(at) == "M" and self.value(at) == "Person":
                    persons[:0] = [i for i in self.at.get(self.view[at], []) if self.scene.players[i].how == "M"]
                at -= 1
            bodies = group.everyone if group is not None and group.kind == "actor" else []
            if group is not None and len(persons) == 1 and group.sides:
                bodies = group.players
            if len(persons) == len(bodies) or len(persons) == 1:
                for person, body in zip(persons * max(1, len(bodies) // max(1, len(persons))), bodies, strict=False):
                    if self._represented(body):
                        yield Derivation(
                            self.number, self.view[place], "represents", self.base + person, self.base + body, "zh.on-behalf"
                        )

    def _represented(self, player: int) -> bool:
        """Whether a person can stand for a player of its type: for a centre that is a platform nobody does."""
        return load_schema().allows("Person", "represents", self.scene.players[player].type)

    def _fill(self, frame: Frame, roles: dict[str, list[list[int]]], clause: _Clause, cue: int) -> dict[str, list[int]] | None:
        filled: dict[str, list[int]] = {}
        owners = roles["N"] if roles["N"] and any(slot.role == "N" for slot in frame.slots) else []
        for slot in frame.slots:
            if slot.role in "<>":
                there = self._word(range(cue) if slot.role == "<" else range(cue + 1, clause.last), slot.types)
                if there == bool(slot.need):
                    return None
                continue
            fitting = list[int]()
            for group in roles.get(slot.role, ()):
                if slot.role == "N" or group not in owners:
                    fitting = [i for i in group if self.type(i) in slot.types]
                    if fitting:
                        break
            if slot.need == "!":
                if fitting:
                    return None
            elif fitting:
                filled[slot.role] = fitting
            elif not slot.need:
                return None
        return filled

    def _state(self, frame: Frame, filled: dict[str, list[int]], cue: int) -> Iterator[Derivation]:
        schema = load_schema()
        for predicate, left, operator, right in frame.states:
            first = [i for role in left.split("+") for i in filled.get(role, ())]
            second = [i for role in right.split("+") if role for i in filled.get(role, ())]
            pairs = combinations(first, 2) if operator == "*" else product(first, second)
            for s, o in pairs:
                one, two = self.scene.players[s], self.scene.players[o]
                person = "Person" in (one.type, two.type) and predicate != "represents"
                if one.entity != two.entity and not person and schema.allows(one.type, predicate, two.type):
                    yield Derivation(self.number, cue, predicate, self.base + s, self.base + o, frame.rule)


def _view(chunks: Sequence[Chunk], first: int, last: int) -> list[int]:
    """The chunks of a sentence without quotation marks and without what stands in brackets."""
    found: list[int] = []
    at = first
    while at < last:
        piece = chunks[at]
        if piece.kind == "P" and piece.value == "（":
            close = next((end for end in range(at + 1, min(last, at + 30)) if chunks[end].value == "）"), -1)
            if close > 0:
                at = close + 1
                continue
        doubled = piece.value == "—" and found and chunks[found[-1]].value == "—"
        if not (piece.kind == "P" and (piece.value in _SKIPPED or doubled)):
            found.append(at)
        at += 1
    return found
