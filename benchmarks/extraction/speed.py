"""How fast articles are read, and in how much memory: `python -m benchmarks.extraction.speed`.

    --shared DIR      where corpus/train is; without it the synthetic articles of benchmarks.graph are read
    --profile         say where the time goes
    --memory COUNT…   stream so many synthetic articles through `kg extract`, each count in a process of its own, and print the
                      most memory it took (200 and 2000 by default; --full: 1000, 10000 and 100000)

Speed is a ratio: the characters of the same articles that `kg extract` reads in a second on one core, JSON lines in, JSON lines
out, against those that `jieba.posseg` cuts and tags, taking turns in the same process. Exit code 1 where the ratio is below 8, or
memory grows or passes 400 MB.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import json
import os
import pstats
import subprocess
import sys
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.graph.articles import synthesize
from kg.pipeline import read_claims
from kg.views.sheets import write_claims

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 3
LEAST_RATIO = 8
MOST_MEMORY = 400
# What later articles may add to the memory of the first ones: names and words that are met for the first time are kept.
GROWTH = 1.25


def corpus(shared: Path) -> list[dict[str, str]]:
    """Chinese articles to read: the annotated ones, their annotations left out, or synthetic ones."""
    folder = shared / "corpus" / "train"
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("zh-*.json"))]
    kept = ("id", "title", "publisher", "published", "text")
    return [{key: article[key] for key in kept} for article in found] or [dict(a) for a in synthesize(200)]


def write_lines(articles: Iterable[dict[str, str]], path: Path) -> None:
    """Articles as JSON lines."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)


def extract(path: Path) -> int:
    """`kg extract` without its process; how many characters it wrote."""
    out = io.StringIO()
    write_claims(read_claims([path]), out)
    return out.tell()


def measure_speed(shared: Path, profile: bool) -> bool:
    """Prints both speeds and their ratio; whether it is enough."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
        import jieba.posseg

        jieba.setLogLevel("ERROR")
        jieba.initialize()
        list(jieba.posseg.cut("预热"))
    articles = corpus(shared)
    characters = sum(len(article["text"]) for article in articles)
    with TemporaryDirectory() as folder:
        path = Path(folder, "articles.jsonl")
        write_lines(articles, path)
        extract(path)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            started = time.process_time()
            extract(path)
            ours.append(time.process_time() - started)
            started = time.process_time()
            for article in articles:
                for _pair in jieba.posseg.cut(article["text"]):
                    pass
            theirs.append(time.process_time() - started)
        if profile:
            profiler = cProfile.Profile()
            profiler.runcall(extract, path)
            pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    ratio = min(theirs) / min(ours)
    print(f"{len(articles)} articles, {characters} characters, best of {ROUNDS}, seconds of one core")
    print(f"kg extract    {min(ours):7.3f} s  {characters / min(ours):10,.0f} characters a second")
    print(f"jieba.posseg  {min(theirs):7.3f} s  {characters / min(theirs):10,.0f} characters a second")
    print(f"ratio         {ratio:7.1f}      (at least {LEAST_RATIO})")
    return ratio >= LEAST_RATIO


def measure_memory(counts: list[int]) -> bool:
    """Prints the peak of each count; whether it stays flat and below the limit."""
    peaks = []
    for count in counts:
        command = [sys.executable, "-m", "benchmarks.extraction.speed", "--stream", str(count)]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=ROOT)
        peak, seconds = map(float, done.stdout.split())
        peaks.append(peak)
        print(f"{count:7} articles streamed: {peak:6.0f} MB at most, {seconds:.0f} s")
    flat = all(peak <= peaks[0] * GROWTH for peak in peaks)
    print("memory is flat" if flat else "memory grows")
    return flat and max(peaks) < MOST_MEMORY


def stream(count: int) -> None:
    """Reads `count` articles out of a pipe as they are made, and prints the peak of memory in MB, and the seconds it took."""
    started = time.perf_counter()
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            pipe.writelines(json.dumps(article, ensure_ascii=False) + "\n" for article in synthesize(count))
        os._exit(0)
    os.close(writing)
    os.dup2(reading, 0)
    with Path(os.devnull).open("w", encoding="utf-8") as out:
        write_claims(read_claims(["-"]), out)
    os.wait()
    print(peak_memory(), time.perf_counter() - started)


def peak_memory() -> float:
    """The most memory that this process has held, in MB. What getrusage says counts the parent's memory before exec too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def main() -> int:
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--memory", type=int, nargs="*", metavar="COUNT", default=[200, 2000])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--stream", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream:
        stream(options.stream)
        return 0
    fast = measure_speed(options.shared, options.profile)
    small = measure_memory([1_000, 10_000, 100_000] if options.full else options.memory)
    return 0 if fast and small else 1


if __name__ == "__main__":
    sys.exit(main())
