"""A large graph: throughput, memory, whether the last articles cost more than the first, what one more costs, room on the disk.

python -m benchmarks.graph.scale                100,000 synthetic articles, as a table; exit code 1 where a bar is missed
python -m benchmarks.graph.scale 2000           as many as one likes
python -m benchmarks.graph.scale 100000 DIR     in a folder that stays
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.graph.articles import write_articles

# The first and the last so many articles are compared; of a small graph a quarter.
PART = 1000
ADDED = 5


def build(source: str, folder: str, part: str) -> None:
    """The measured process: build, and print when which article was begun, as JSON."""
    from kg.pipeline import extend

    begun = time.monotonic()
    marks: dict[str, list[tuple[int, float]]] = {}

    def note(stage: str, done: int, total: int) -> None:
        marks.setdefault(stage, []).append((done, time.monotonic() - begun))

    extend([source], folder, progress=note)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    # As many marks as are needed: the begin and the end of every part.
    kept = {stage: [mark for mark in found if mark[0] % int(part) == 0 or mark is found[-1]] for stage, found in marks.items()}
    print(json.dumps({"seconds": time.monotonic() - begun, "peak": peak, "marks": kept}))


def measure(count: int, work: Path) -> tuple[list[tuple[str, str, str]], bool]:
    """Rows of what was measured, the value and the bar, and whether every bar is met."""
    part = min(PART, count // 4)
    source, folder = work / f"{count}.jsonl", work / f"{count}.kg"
    write_articles(source, count)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.graph.scale", "build", source, folder, str(part)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    seal = json.loads((folder / "store" / (folder / "store" / "CURRENT").read_text().strip() / "SEAL").read_bytes()[65:])
    counts = seal["counts"]
    stages = {stage: found["marks"][stage] for stage in ("articles", "store")}
    first = {stage: _seconds(marks, 0, part) for stage, marks in stages.items()}
    last = {stage: _seconds(marks, count - part, part) for stage, marks in stages.items()}
    ratio = sum(last.values()) / sum(first.values())
    ledger, store = _size(folder / "ledger"), _size(folder / "store")
    one_more = _one_more(count, work, folder)
    rows = [
        ("articles", f"{counts['articles']:,}", ""),
        ("statements", f"{counts['statements']:,}", ""),
        ("quads", f"{counts['quads']:,}", ""),
        ("throughput, articles a second", f"{count / found['seconds']:.1f}", ""),
        ("reading, articles a second", f"{count / stages['articles'][-1][1]:.1f}", ""),
        ("the whole build, seconds", f"{found['seconds']:.0f}", ""),
        (f"first {part:,}: read + indexed, seconds", f"{first['articles']:.1f} + {first['store']:.1f}", ""),
        (f"last {part:,}: read + indexed, seconds", f"{last['articles']:.1f} + {last['store']:.1f}", ""),
        ("last against first", f"{ratio:.2f} ×", "≤ 1.3 ×"),
        ("peak memory, MB", f"{found['peak'] / 1e6:.0f}", "< 1000"),
        ("one article more, seconds over reading it", f"{one_more:.2f}", "< 1"),
        ("ledger, bytes an article", f"{ledger / counts['articles']:.0f}", ""),
        ("store, bytes a statement", f"{store / counts['statements']:.0f}", ""),
        ("store, bytes a quad", f"{store / counts['quads']:.0f}", ""),
    ]
    return rows, ratio <= 1.3 and found["peak"] < 1e9 and one_more < 1


def _seconds(marks: Sequence[Sequence[float]], start: int, part: int) -> float:
    """How long a stage took for the part that begins behind so many articles; its last mark may be one short of the end."""
    ends = {int(done): moment for done, moment in marks}
    begun = ends.get(start, marks[0][1])
    return next(moment for done, moment in marks if done >= start + part - 1) - begun


def _one_more(count: int, work: Path, folder: Path) -> float:
    """Median seconds by which adding one article takes longer than reading it does, both as commands of their own."""
    over = []
    for number in range(count, count + ADDED):
        source = write_articles(work / "one.jsonl", 1, first=number)
        over.append(-_time("extract", source) + _time("build", source, "-o", folder))
    return statistics.median(over)


def _time(*arguments: object) -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-m", "kg", *map(str, arguments)], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - begun


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main(arguments: Sequence[str]) -> int:
    """Measure and print the table."""
    if arguments[:1] == ["build"]:
        build(*arguments[1:])
        return 0
    count = int(arguments[0]) if arguments else 100_000
    with tempfile.TemporaryDirectory(prefix="kg-scale-") as name:
        rows, met = measure(count, Path(arguments[1]) if len(arguments) > 1 else Path(name))
    width = max(len(what) for what, _, _ in rows)
    for what, value, bar in rows:
        print(f"{what:<{width}}  {value:>16}  {bar}".rstrip())
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
