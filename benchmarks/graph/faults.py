"""What may happen to a graph folder, and what must hold: kills, damage, a full disk, several writers, readers meanwhile.

python -m benchmarks.graph.faults            all of it in full, as a table
python -m benchmarks.graph.faults kills 300  one of it
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.graph.articles import write_articles
from benchmarks.graph.processes import Job, Kitchen

JUDGEMENTS = "judgements.csv"


class Broken(AssertionError):
    """Something that must hold did not."""


def digest(kitchen: Kitchen, folder: Path) -> str:
    """The SHA-256 of the canonical export."""
    outcome = kitchen.run("export", "-g", folder, "--format", "nquads")
    if outcome.code:
        raise Broken(f"the export failed: {outcome.err}")
    return hashlib.sha256(outcome.out.encode()).hexdigest()


def must(condition: bool, what: str) -> None:
    """Raise Broken where a condition does not hold."""
    if not condition:
        raise Broken(what)


class Stage:
    """A graph folder before a command, the command, and the digest it must end in."""

    def __init__(self, kitchen: Kitchen, name: str, before: Path | None, arguments: list[str], folder: Path) -> None:
        self.name, self.before, self.arguments = name, before, arguments
        self.fresh(folder)
        outcome = kitchen.run(*self.on(folder))
        must(outcome.code == 0, f"{name} failed: {outcome.err}")
        self.seconds, self.changes = outcome.seconds, outcome.changes
        self.wanted = digest(kitchen, folder)

    def fresh(self, folder: Path) -> None:
        """Put the folder into the state before the command."""
        shutil.rmtree(folder, ignore_errors=True)
        if self.before is not None:
            shutil.copytree(self.before, folder)

    def on(self, folder: Path) -> list[str]:
        """The command on a folder."""
        return [argument.replace("GRAPH", str(folder)) for argument in self.arguments]


def stages(kitchen: Kitchen, work: Path, articles: int) -> list[Stage]:
    """A first build, one that adds, one that changes, a removal, a rebuild, and judgements that come."""
    half = write_articles(work / "half.jsonl", articles // 2)
    whole = write_articles(work / "whole.jsonl", articles)
    other = write_articles(work / "other.jsonl", articles // 2, first=articles)
    lines = zip(half.read_text().splitlines(), other.read_text().splitlines(), strict=True)
    changed = [before.split('"title"')[0] + '"title"' + after.split('"title"', 1)[1] for before, after in lines]
    (work / "changed.jsonl").write_text("\n".join(changed) + "\n")
    made = [Stage(kitchen, "first build", None, ["build", str(half), "-o", "GRAPH"], work / "one")]
    made.append(Stage(kitchen, "adding", work / "one", ["build", str(whole), "-o", "GRAPH"], work / "two"))
    made.append(Stage(kitchen, "changing", work / "two", ["build", str(work / "changed.jsonl"), "-o", "GRAPH"], work / "x"))
    gone = [f"s{number:07}" for number in range(0, articles, 3)]
    made.append(Stage(kitchen, "removal", work / "two", ["remove", *gone, "-g", "GRAPH"], work / "x"))
    made.append(Stage(kitchen, "rebuild", work / "two", ["rebuild", "-g", "GRAPH"], work / "x"))
    return made


def kills(runs: int = 300, *, articles: int = 60, seed: int = 1) -> str:
    """SIGKILL at random moments: the same command again ends in the same bytes, and nothing acknowledged is lost."""
    rng = random.Random(seed)
    with Kitchen() as kitchen, workplace() as work:
        made = stages(kitchen, work, articles)
        died = 0
        for number in range(runs):
            stage = made[number % len(made)]
            stage.fresh(work / "g")
            outcome = kitchen.run(*stage.on(work / "g"), kill_after=rng.uniform(0, stage.seconds * 1.05))
            died += outcome.code < 0
            _recover(kitchen, stage, work / "g", f"{stage.name}, run {number}")
    return f"{runs} kills, {died} before the end: every restart ended in the same bytes, nothing acknowledged was lost"


def crashes(every: int = 1, *, articles: int = 12) -> str:
    """Death before every single change on the disk."""
    with Kitchen() as kitchen, workplace() as work:
        done = 0
        for stage in stages(kitchen, work, articles):
            for place in range(0, stage.changes, every):
                stage.fresh(work / "g")
                outcome = kitchen.run(*stage.on(work / "g"), crash_at=place)
                must(outcome.code < 0, f"{stage.name}: did not die at change {place}: {outcome.err}")
                _recover(kitchen, stage, work / "g", f"{stage.name}, change {place}")
                done += 1
    return f"{done} deaths, one before each change on the disk: every restart ended in the same bytes"


def _recover(kitchen: Kitchen, stage: Stage, folder: Path, where: str) -> None:
    """After a death: what was acknowledged is there, readers have an answer or a clear word, the command again ends well."""
    acknowledged = _acknowledged(folder)
    if stage.before is not None:
        answer = kitchen.run("query", "most-connected", "-g", folder)
        must(answer.code == 0, f"{where}: no answer after the death: {answer.err}")
    again = kitchen.run(*stage.on(folder))
    # A removal that was recorded before the death is done: its articles are not there to be removed again.
    must(again.code == 0 or (stage.name == "removal" and again.code == 1), f"{where}: the restart failed: {again.err}")
    must(_acknowledged(folder)[: len(acknowledged)] == acknowledged, f"{where}: acknowledged records were lost")
    must(digest(kitchen, folder) == stage.wanted, f"{where}: other bytes than an uninterrupted run")
    verified = kitchen.run("verify", "-g", folder)
    must(verified.code == 0, f"{where}: kg verify objects: {verified.err}")


def _acknowledged(folder: Path) -> bytes:
    """The acknowledged bytes of the ledger."""
    try:
        sizes = json.loads((folder / "ledger" / "HEAD").read_bytes().partition(b" ")[2])["sizes"]
    except FileNotFoundError:
        return b""
    parts = [(folder / "ledger" / f"{number:06}.jsonl").read_bytes()[:size] for number, size in enumerate(sizes, 1)]
    return b"".join(parts)


def damages(runs: int = 200, *, articles: int = 24, seed: int = 2) -> str:
    """Flip, truncate, delete, zero every kind of file: always detected, and a rebuild restores the bytes while the ledger is whole."""
    rng = random.Random(seed)
    counts: Counter[str] = Counter()
    with Kitchen() as kitchen, workplace() as work:
        source = write_articles(work / "news.jsonl", articles)
        good, folder = work / "good", work / "g"
        good.mkdir()
        (good / JUDGEMENTS).write_text("verdict,left,right,change,by,when,why\nright,abc,,,Li,2024-05-01,sure\n")
        must(kitchen.run("build", source, "-o", good).code == 0, "the build failed")
        wanted = digest(kitchen, good)
        # The lock is an empty file that every writer makes anew: it holds nothing that could be lost.
        files = sorted(path.relative_to(good) for path in good.rglob("*") if path.is_file() and path.name != "lock")
        harms = [(file, harm) for file in files for harm in HARMS if harm == "delete" or (good / file).stat().st_size]
        for number in range(runs):
            file, harm = harms[number % len(harms)]
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(good, folder)
            HARMS[harm](folder / file, rng)
            where = f"{harm} {file} (run {number})"
            asked = kitchen.run("query", "most-connected", "-g", folder)
            verified = kitchen.run("verify", "-g", folder)
            must("Traceback" not in asked.err + verified.err, f"{where}: a traceback")
            must(verified.code == 2 and verified.err.startswith("kg: "), f"{where}: kg verify saw nothing: {verified}")
            must(asked.code in (0, 2), f"{where}: query ended with {asked}")
            counts["by the next command"] += asked.code == 2
            counts["by kg verify"] += asked.code == 0
            rebuilt = kitchen.run("rebuild", "-g", folder)
            if file.parts[0] == "ledger" and file.name != "HEAD":
                must(rebuilt.code == 2, f"{where}: a rebuild from a damaged ledger")
            elif file.name != JUDGEMENTS:
                must(rebuilt.code == 0, f"{where}: the rebuild failed: {rebuilt.err}")
                must(digest(kitchen, folder) == wanted, f"{where}: the rebuild made other bytes")
                must(kitchen.run("verify", "-g", folder).code == 0, f"{where}: kg verify objects after the rebuild")
                counts["rebuilt to the same bytes"] += 1
    kinds = len({file.name.split(".")[-1] if file.parts[-2:-1] == ("rdf",) else str(file) for file, _ in harms})
    found = ", ".join(f"{count} {what}" for what, count in counts.items())
    return f"{runs} damages to {kinds} kinds of file, all detected: {found}"


def _flip(path: Path, rng: random.Random) -> None:
    whole = bytearray(path.read_bytes())
    whole[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
    path.write_bytes(whole)


def _truncate(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: rng.randrange(path.stat().st_size)])


def _delete(path: Path, rng: random.Random) -> None:
    path.unlink()


def _zero(path: Path, rng: random.Random) -> None:
    whole = bytearray(path.read_bytes())
    # From a byte that is not zero, or nothing would be changed.
    start = rng.choice([place for place, byte in enumerate(whole[:4096]) if byte])
    whole[start : start + 64] = bytes(len(whole[start : start + 64]))
    path.write_bytes(whole)


HARMS: dict[str, Callable[[Path, random.Random], None]] = {
    "flip": _flip, "truncate": _truncate, "delete": _delete, "zero": _zero,
}  # fmt: skip


def full_disk(steps: int = 50, *, articles: int = 60) -> str:
    """A small tmpfs with ever more room: a clear message, the last generation answers, and it goes on when there is room."""
    size = 24 << 20
    with Kitchen() as kitchen, workplace() as work:
        half = write_articles(work / "half.jsonl", articles // 2)
        whole = write_articles(work / "whole.jsonl", articles)
        must(kitchen.run("build", half, "-o", work / "one").code == 0, "the build failed")
        must(kitchen.run("build", whole, "-o", work / "two").code == 0, "the build failed")
        wanted = {"build": digest(kitchen, work / "two"), "rebuild": digest(kitchen, work / "one")}
        refused = 0
        with small_disk(work / "disk", size) as disk:
            for number in range(steps):
                verb = "rebuild" if number % 5 == 4 else "build"
                arguments = ["rebuild", "-g"] if verb == "rebuild" else ["build", str(whole), "-o"]
                shutil.rmtree(disk / "g", ignore_errors=True)
                shutil.copytree(work / "one", disk / "g")
                _fill(disk / "ballast", free=number * (3 << 20) // steps)
                outcome = kitchen.run(*arguments, disk / "g")
                where = f"{verb} with {number * 3072 // steps} KiB free"
                refused += outcome.code != 0
                said = outcome.code == 0 or (outcome.code == 2 and "the disk is full" in outcome.err)
                must(said and outcome.err.count("\n") <= 2, f"{where}: {outcome}")
                answer = kitchen.run("query", "most-connected", "-g", disk / "g")
                must(answer.code == 0, f"{where}: no answer on the full disk: {answer.err}")
                (disk / "ballast").unlink()
                again = kitchen.run(*arguments, disk / "g")
                must(again.code == 0, f"{where}: does not go on when there is room: {again.err}")
                must(digest(kitchen, disk / "g") == wanted[verb], f"{where}: other bytes")
    return f"{steps} runs with 0 to 3 MiB free, {refused} stopped by the full disk: a clear word, answers meanwhile, same bytes after"


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[Path]:
    """A tmpfs of so many bytes; needs the right to mount."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def _fill(ballast: Path, free: int) -> None:
    """Leave so many bytes of the disk."""
    with ballast.open("wb") as stream:
        room = os.statvfs(ballast.parent)
        os.posix_fallocate(stream.fileno(), 0, max(1, room.f_bavail * room.f_frsize - free))


def too_large(steps: int = 6, *, articles: int = 24) -> str:
    """The same with a limit on the size of files, which needs no rights: ever larger, until the build goes through."""
    with Kitchen() as kitchen, workplace() as work:
        half = write_articles(work / "half.jsonl", articles // 2)
        whole = write_articles(work / "whole.jsonl", articles)
        must(kitchen.run("build", half, "-o", work / "one").code == 0, "the build failed")
        must(kitchen.run("build", whole, "-o", work / "two").code == 0, "the build failed")
        wanted, refused = digest(kitchen, work / "two"), 0
        for number in range(steps):
            folder = work / "g"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(work / "one", folder)
            outcome = kitchen.run("build", whole, "-o", folder, largest_file=number * (600 << 10) // steps)
            refused += outcome.code != 0
            said = outcome.code == 0 or (outcome.code == 2 and "the disk is full" in outcome.err)
            must(said and outcome.err.count("\n") <= 2, f"step {number}: {outcome}")
            must(kitchen.run("query", "most-connected", "-g", folder).code == 0, f"step {number}: no answer")
            must(kitchen.run("build", whole, "-o", folder).code == 0, f"step {number}: does not go on")
            must(digest(kitchen, folder) == wanted, f"step {number}: other bytes")
    return f"{steps} runs with a limit on the size of files, {refused} stopped by it: same bytes after"


def writers(rounds: int = 100, *, count: int = 8, articles: int = 8) -> str:
    """Several writers at once: one wins, the others say whose turn it is; nothing gets mixed up."""
    with Kitchen() as kitchen, workplace() as work:
        sources = [write_articles(work / f"{n}.jsonl", articles, first=n * articles) for n in range(count)]
        won: Counter[int] = Counter()
        for number in range(rounds):
            folder = work / f"g{number}"
            outcomes = kitchen.run_all([Job(["build", str(source), "-o", str(folder)]) for source in sources])
            winners = [place for place, outcome in enumerate(outcomes) if outcome.code == 0]
            losers = [outcome for outcome in outcomes if outcome.code != 0]
            must(bool(winners), f"round {number}: nobody won: {outcomes}")
            for loser in losers:
                held = loser.code == 2 and "is writing to it" in loser.err and loser.err.count("\n") == 1
                must(held and loser.err.split("process ")[1].split()[0].isdecimal(), f"round {number}: {loser}")
            won[len(winners)] += 1
            must(kitchen.run("verify", "-g", folder).code == 0, f"round {number}: damaged")
            for place in range(count):
                must(kitchen.run("build", sources[place], "-o", folder).code == 0, f"round {number}: locked for good")
            shutil.rmtree(folder)
    waited = sum(count - winners for winners in won.elements())
    return f"{rounds} rounds of {count} writers at once: {waited} were told which process is writing, nothing was mixed up"


def readers(rebuilds: int = 50, *, articles: int = 40) -> str:
    """Readers while the store is made anew: no error, every answer of one generation, new ones seen within a second."""
    with Kitchen() as kitchen, workplace() as work:
        small = write_articles(work / "small.jsonl", articles // 2)
        whole = write_articles(work / "whole.jsonl", articles)
        folder = work / "g"
        must(kitchen.run("build", whole, "-o", folder).code == 0, "the build failed")
        gone = [f"s{number:07}" for number in range(articles // 2, articles)]
        must(kitchen.run("build", small, "-o", work / "half").code == 0, "the build failed")
        command = [sys.executable, "-m", "benchmarks.graph.faults", "read", str(folder), str(articles // 2), str(articles)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as reader:
            assert reader.stdin is not None and reader.stdout is not None
            must(reader.stdout.readline() == "reading\n", "the reader did not start")
            for number in range(rebuilds):
                arguments = [["rebuild", "-g"], ["remove", *gone, "-g"], ["build", str(whole), "-o"]][number % 3]
                must(kitchen.run(*arguments, folder).code == 0, f"{arguments[0]} failed")
                reader.stdin.write(f"{time.time()} {articles // 2 if number % 3 == 1 else articles}\n")
                reader.stdin.flush()
            reader.stdin.close()
            report = json.loads(reader.stdout.readline())
        must(report["errors"] == [], f"readers saw {report['errors'][:3]}")
        must(report["slowest"] <= 1.0, f"a new generation was seen after {report['slowest']:.2f} s")
    return (
        f"{report['answers']} answers during {rebuilds} rebuilds, removals and builds: no error, each of one generation, "
        f"new ones seen within {report['slowest']:.2f} s"
    )


def read(folder: str, *allowed: str) -> None:
    """The reader of `readers`: ask without a pause, each answer in two parts that must belong together."""
    import threading

    from kg.graph.store import open_graph

    graph, lines = open_graph(folder), list[tuple[float, int]]()
    errors: list[str] = []
    seen: list[tuple[float, int]] = []
    sparql = """SELECT ?articles ?digests WHERE {
      { SELECT (COUNT(*) AS ?articles) { ?a a coop:Article } } { SELECT (COUNT(DISTINCT ?d) AS ?digests) { ?b coop:digest ?d } } }"""
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                [row] = graph.query(sparql)
                if row["articles"] != row["digests"] or str(row["articles"]) not in allowed:
                    errors.append(str(row))
                seen.append((time.time(), int(str(row["articles"]))))
            except Exception as error:  # whatever it is, the experiment reports it
                errors.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    print("reading", flush=True)
    for line in sys.stdin:
        when, count = line.split()
        lines.append((float(when), int(count)))
    time.sleep(1.0)
    over.set()
    for thread in threads:
        thread.join()
    # How long after a command ended somebody still had the answer of before.
    ends = [when for when, _ in lines[1:]] + [time.time()]
    late = [
        max((moment - when for moment, found in seen if when < moment < min(end, when + 1.5) and found != count), default=0.0)
        for (when, count), end in zip(lines, ends, strict=True)
    ]
    print(json.dumps({"answers": len(seen), "errors": errors, "slowest": max(late)}), flush=True)


def orders(articles: int = 2000, *, seed: int = 3) -> str:
    """At once, one by one, shuffled, in two halves, after kills: one digest of the canonical export."""
    rng = random.Random(seed)
    with Kitchen() as kitchen, workplace() as work:
        whole = write_articles(work / "whole.jsonl", articles)
        lines = whole.read_text().splitlines(keepends=True)
        found: dict[str, str] = {}

        def build(name: str, parts: list[list[str]], kills: int = 0) -> None:
            folder = work / name
            for part in parts:
                (work / "part.jsonl").write_text("".join(part))
                for _ in range(kills):
                    kitchen.run("build", work / "part.jsonl", "-o", folder, kill_after=rng.uniform(0.1, 3.0))
                must(kitchen.run("build", work / "part.jsonl", "-o", folder).code == 0, f"{name}: the build failed")
            found[name] = digest(kitchen, folder)
            shutil.rmtree(folder)

        build("at once", [lines])
        build("shuffled", [rng.sample(lines, len(lines))])
        build("in two halves", [lines[articles // 2 :], lines[: articles // 2]])
        build("after kills", [rng.sample(lines, len(lines))], kills=10)
        build("one by one", [[line] for line in rng.sample(lines, len(lines))])
    must(len(set(found.values())) == 1, f"the digests differ: {found}")
    return f"{articles} articles {', '.join(found)}: one SHA-256, {next(iter(found.values()))[:16]}…"


EXPERIMENTS: dict[str, Callable[..., str]] = {
    "kills": kills,
    "crashes": crashes,
    "damages": damages,
    "full_disk": full_disk,
    "too_large": too_large,
    "writers": writers,
    "readers": readers,
    "orders": orders,
}


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one experiment."""
    with tempfile.TemporaryDirectory(prefix="kg-faults-") as name:
        yield Path(name)


def main(arguments: list[str]) -> None:
    """Run what is named, or all."""
    if arguments[:1] == ["read"]:
        read(*arguments[1:])
        return
    for name in [name for name in EXPERIMENTS if not arguments or name == arguments[0]]:
        begun = time.monotonic()
        report = EXPERIMENTS[name](*map(int, arguments[1:]))
        print(f"{name:10} {time.monotonic() - begun:7.0f} s  {report}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
