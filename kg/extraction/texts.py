"""Texts that share one description: 甲分别与乙、丙签署合作协议 are two agreements, told apart by their parties: 合作协议（甲—乙）."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Parties = frozenset[int]


def groups_of_parties(pairs: Iterable[tuple[int, int]]) -> list[Parties]:
    """The largest sets in which every two signed with each other (maximal cliques, Bron & Kerbosch 1973), in a fixed order."""
    near: dict[int, set[int]] = {}
    for one, two in pairs:
        if one != two:
            near.setdefault(one, set()).add(two)
            near.setdefault(two, set()).add(one)
    found: list[Parties] = []

    def grow(inside: set[int], open_: set[int], done: set[int]) -> None:
        if not open_ and not done:
            found.append(frozenset(inside))
            return
        pivot = max(sorted(open_ | done), key=lambda node: len(near[node] & open_))
        for node in sorted(open_ - near[pivot]):
            grow(inside | {node}, open_ & near[node], done & near[node])
            open_ = open_ - {node}
            done = done | {node}

    if near:
        grow(set(), set(near), set())
    return sorted(found, key=sorted)


def name_apart(text: str, parties: Parties, names: Mapping[int, str]) -> str:
    """The name of a text among others of the same description; the parties in the order of their numbers."""
    return f"{text}（{'—'.join(names[party] for party in sorted(parties))}）"
