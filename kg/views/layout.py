"""Where the nodes of a network stand: computed here, once, so that the page draws at once and the same graph looks the same.

    components ──▶ stress (the `CORE` best connected; the rest beside their partners) ──▶ apart (no label on another) ──▶ packed

Stress majorization (Gansner, Koren, North 2004) keeps distances on the picture like distances in the graph. It is written
out here because networkx's own (`kamada_kawai_layout`) needs scipy, and its force layouts heap up the leaves of a hub.

Positions are whole pixels, x to the right and y downwards.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kg.views.network import core, partners

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Row = NDArray[np.float64]
    Numbers = NDArray[np.int64]

Position = tuple[int, int]
Box = tuple[float, float]
Neighbours = Mapping[str, Sequence[str]]

# Stress is quadratic in each round: 500 nodes take about 1 s, 1,500 about 10 s.
CORE = 500
ROUNDS = 80
# Rounds of pushing overlapping boxes apart; pictures of some hundred nodes need 5 to 60, in larger ones it seldom ends.
SHOVES = 80
# How many times the area of all boxes a picture takes at least.
CROWDING = 2.0
# Width and height of a node whose box nobody gave, and the length of an edge between two nodes with one partner each.
BOX: Box = (80.0, 44.0)
STRIDE = 110.0
GAP = 40.0
ASPECT = 1.6
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


def arrange(network: nx.MultiDiGraph, boxes: Mapping[str, Box] | None = None, stride: float = STRIDE) -> dict[str, Position]:
    """A position for every node that has a stated edge, in node order.

    `boxes` is the width and height that each node's drawing needs, label included; `stride` how long an edge is between two
    nodes that have no other. Both in pixels.
    """
    near = {node: partners(network, node) for node in network}
    placed = []
    for part in _components(near):
        sizes = [(boxes or {}).get(node, BOX) for node in part]
        points = _separate(_place(part, near, network, stride), sizes)
        placed.append((part, points, _extent(points, sizes)))
    corners = _pack([(right - left, bottom - top) for _, _, (left, top, right, bottom) in placed])
    found = {}
    for (part, points, (left, top, _, _)), (x0, y0) in zip(placed, corners, strict=True):
        for node, (x, y) in zip(part, points.tolist(), strict=True):
            found[node] = (round(x - left + x0), round(y - top + y0))
    return {node: found[node] for node in network if node in found}


def _components(near: Neighbours) -> list[list[str]]:
    """The nodes that hang together, largest component first, each in order; nodes without partners left out."""
    seen: set[str] = set()
    found = []
    for start in near:
        if start in seen or not near[start]:
            continue
        seen.add(start)
        part, queue = [], deque([start])
        while queue:
            node = queue.popleft()
            part.append(node)
            fresh = [other for other in near[node] if other not in seen]
            seen.update(fresh)
            queue.extend(fresh)
        found.append(sorted(part))
    return sorted(found, key=lambda part: (-len(part), part[0]))


def _place(part: Sequence[str], near: Neighbours, network: nx.MultiDiGraph, stride: float) -> Points:
    import numpy as np

    if len(part) <= CORE:
        return _stress(part, near, stride)
    middle = core(network.subgraph(part), CORE)
    inner = set(middle)
    known = {
        node: point
        for within in _components({node: [other for other in near[node] if other in inner] for node in middle})
        for node, point in zip(within, _stress(within, near, stride).tolist(), strict=True)
    }
    # The others go round the partner they are reached by, nearest first, each farther out on a sunflower spiral.
    count: dict[str, int] = {}
    queue = deque(sorted(known))
    while queue:
        hub = queue.popleft()
        for node in near[hub]:
            if node not in known:
                turn = count[hub] = count.get(hub, 0) + 1
                radius, angle = stride * 0.7 * math.sqrt(turn + 1), turn * _GOLDEN_ANGLE
                known[node] = [known[hub][0] + radius * math.cos(angle), known[hub][1] + radius * math.sin(angle)]
                queue.append(node)
    return np.array([known[node] for node in part])


def _stress(part: Sequence[str], near: Neighbours, stride: float) -> Points:
    """Positions whose distances follow the lengths of the shortest paths, weighted by their inverse squares."""
    import numpy as np

    if len(part) <= 2:
        return np.array([[stride * 1.2 * i, 0.0] for i in range(len(part))])
    wanted = stride * _distances(part, near)
    weights = wanted + np.eye(len(part))
    weights = 1.0 / weights**2 - np.eye(len(part))
    laplacian = np.diag(weights.sum(1)) - weights
    inverse = np.linalg.inv(laplacian + 1.0 / len(part)) - 1.0 / len(part)
    points = _scale(wanted)
    for _ in range(ROUNDS):
        actual = _lengths(points)
        pull = -weights * wanted / np.maximum(actual, 1e-3)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(1))
        points = inverse @ (pull @ points)
    return points


def _distances(part: Sequence[str], near: Neighbours) -> Points:
    """Shortest paths between all, in strides; an edge is the longer the more partners its ends have, for room around hubs."""
    import networkx as nx
    import numpy as np

    plain: Any = nx.Graph()
    plain.add_nodes_from(part)
    for node in part:
        for other in near[node]:
            if node < other and other in plain:
                room = math.log2(1 + len(near[node])) * math.log2(1 + len(near[other]))
                plain.add_edge(node, other, length=1 + 0.16 * room)
    return np.asarray(nx.floyd_warshall_numpy(plain, nodelist=list(part), weight="length"))


def _scale(wanted: Points) -> Points:
    """Where stress begins: classical scaling, and a little off it on a spiral so that twins do not start on one spot."""
    import numpy as np

    size = len(wanted)
    centre = np.eye(size) - 1.0 / size
    values, vectors = np.linalg.eigh(-0.5 * centre @ (wanted**2) @ centre)
    # An eigenvector's sign is the solver's whim: the entry of largest size is made positive.
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(0), range(size)])
    turns = np.arange(size)
    spiral = np.column_stack([np.cos(turns * _GOLDEN_ANGLE), np.sin(turns * _GOLDEN_ANGLE)]) * wanted.max() * 0.01
    axes = vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 0.0))
    return np.asarray(axes + spiral)


def _lengths(points: Points) -> Points:
    import numpy as np

    x, y = points[:, 0], points[:, 1]
    return np.asarray(np.hypot(x[:, None] - x, y[:, None] - y))


def _separate(points: Points, sizes: Sequence[Box]) -> Points:
    """The same picture with no box on another: made roomy enough, pushed apart, and what still overlaps put in free places."""
    import numpy as np

    widths, heights = (np.array(side) for side in zip(*sizes, strict=True))
    left, top, right, bottom = _extent(points, sizes)
    crowding = CROWDING * (1 + len(sizes) / 1500) * float((widths * heights).sum()) / ((right - left) * (bottom - top))
    points = points * max(1.0, math.sqrt(crowding))
    for _ in range(min(SHOVES, 20_000 // len(sizes))):
        first, second, over_x, over_y = _overlaps(points, widths, heights)
        if not len(first):
            return points
        dx, dy = (points[first] - points[second]).T
        sideways = over_x < over_y
        push = np.zeros_like(points)
        for axis, gap, over, chosen in ((0, dx, over_x, sideways), (1, dy, over_y, ~sideways)):
            step = np.where(gap < 0, -1.0, 1.0) * (over / 2 + 0.5) * chosen
            np.add.at(push[:, axis], first, step)
            np.add.at(push[:, axis], second, -step)
        points = points + push * 0.7
    return _settle(points, widths, heights)


def _overlaps(points: Points, widths: Row, heights: Row) -> tuple[Numbers, Numbers, Row, Row]:
    """The pairs of boxes that overlap, and how far on either axis."""
    import numpy as np

    first, second = _close(points[:, 1], heights)
    dx, dy = np.abs(points[first] - points[second]).T
    over_x = (widths[first] + widths[second]) / 2 - dx
    over_y = (heights[first] + heights[second]) / 2 - dy
    hit = (over_x > 0) & (over_y > 0)
    return first[hit], second[hit], over_x[hit], over_y[hit]


def _settle(points: Points, widths: Row, heights: Row) -> Points:
    """From the middle outwards, each box where it is or at the nearest free place of a sunflower spiral around there."""
    import numpy as np

    cell_x, cell_y = float(np.quantile(widths, 0.9)), float(np.quantile(heights, 0.9))
    taken: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}
    settled = points.copy()
    for i in np.hypot(*(points - points.mean(0)).T).argsort(kind="stable").tolist():
        x0, y0, w, h = (float(value) for value in (*points[i], widths[i] / 2, heights[i] / 2))
        turn = 0
        while True:
            radius, angle = h * math.sqrt(turn), turn * _GOLDEN_ANGLE
            x, y = x0 + radius * math.cos(angle), y0 + radius * math.sin(angle)
            columns = range(math.floor((x - w) / cell_x), math.floor((x + w) / cell_x) + 1)
            rows = range(math.floor((y - h) / cell_y), math.floor((y + h) / cell_y) + 1)
            cells = [(column, row) for column in columns for row in rows]
            if all(abs(x - ox) >= w + ow or abs(y - oy) >= h + oh for cell in cells for ox, oy, ow, oh in taken.get(cell, ())):
                break
            turn += 1
        for cell in cells:
            taken.setdefault(cell, []).append((x, y, w, h))
        settled[i] = x, y
    return settled


def _close(y: Row, heights: Row) -> tuple[Numbers, Numbers]:
    """Every pair that is near enough in y to overlap: a sweep over the nodes from top to bottom."""
    import numpy as np

    order = np.argsort(y, kind="stable")
    until = np.searchsorted(y[order], y[order] + heights.max(), side="right")
    counts = until - np.arange(len(y)) - 1
    first = np.repeat(np.arange(len(y)), counts)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[first], order[second]


def _extent(points: Points, sizes: Sequence[Box]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the boxes."""
    import numpy as np

    half = np.array(sizes) / 2
    (left, top), (right, bottom) = (points - half).min(0), (points + half).max(0)
    return float(left), float(top), float(right), float(bottom)


def _pack(extents: Sequence[Box]) -> list[Box]:
    """The top left corner of each rectangle, largest first, on the sheet that shows them largest on a screen: of a few widths
    the one that needs the smallest scale."""
    if not extents:
        return []
    widest = max(width for width, _ in extents) + GAP
    ideal = math.sqrt(sum((width + GAP) * (height + GAP) for width, height in extents) * ASPECT)
    sheets = (_shelve(extents, max(widest, ideal * stretch)) for stretch in (0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0))
    return min(sheets, key=lambda sheet: sheet[0])[1]


def _shelve(extents: Sequence[Box], width: float) -> tuple[float, list[Box]]:
    """The height of screen that a sheet of this width needs, and the corners: each rectangle as high as it fits, then as far
    left."""
    corners: list[Box] = []
    # The skyline: for each stretch of the x axis, how far down it is taken.
    skyline: list[tuple[float, float, float]] = [(0.0, width, 0.0)]
    for across, down in extents:
        x, y = _lowest(skyline, across + GAP, width)
        corners.append((x, y))
        skyline = _cover(skyline, x, x + across + GAP, y + down + GAP)
    right = max(x + across for (x, _), (across, _) in zip(corners, extents, strict=True))
    return max(right / ASPECT, *(y for _, _, y in skyline)), corners


def _lowest(skyline: Sequence[tuple[float, float, float]], need: float, width: float) -> Box:
    """The highest place on the sheet, leftmost among equals, where `need` pixels fit; the sheet is at least that wide."""
    places = [
        (max(y for left, right, y in skyline if left < start + need - 0.001 and right > start), start)
        for start, _, _ in skyline
        if start + need <= width + 0.001
    ]
    level, start = min(places)
    return start, level


def _cover(
    skyline: Sequence[tuple[float, float, float]], left: float, right: float, level: float
) -> list[tuple[float, float, float]]:
    cut = [(a, min(b, left), y) for a, b, y in skyline if a < left] + [(left, right, level)]
    cut += [(max(a, right), b, y) for a, b, y in skyline if b > right]
    merged: list[tuple[float, float, float]] = []
    for a, b, y in cut:
        if merged and abs(merged[-1][2] - y) < 1e-6:
            merged[-1] = (merged[-1][0], b, y)
        else:
            merged.append((a, b, y))
    return merged
