"""Puts what the commands of the documentation really print into it.

    python docs/refresh.py            rewrite the outputs in README*.md and docs/, and docs/cli.md from the commands' own help
    python docs/refresh.py --check    say which page is out of date, and exit with 1

In a block ```console every line after `$ ` is run by bash, in a ```pycon block every `>>> ` by Python; the blocks of a page run
one after the other in one folder that holds the sample articles as seeds/articles.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "README.zh.md", "docs/how-it-works.md")
_BLOCK = re.compile(r"(?<=^```)(console|pycon)\n(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)


def refresh(page: str, folder: Path) -> str:
    """The page with the output of its blocks as they run in the folder."""
    names: dict[str, object] = {}

    def run(block: re.Match[str]) -> str:
        made = run_console(block[2], folder) if block[1] == "console" else run_python(block[2], folder, names)
        return f"{block[1]}\n{made}"

    return _BLOCK.sub(run, page)


def run_console(block: str, folder: Path) -> str:
    """Every command of a console block with what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "110", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    parts = []
    for command in _COMMAND.findall(block):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        parts.append(
            "\n".join([f"$ {command}", *(line.rstrip() for line in done.stdout.strip("\n").split("\n") if done.stdout)])
        )
    return "\n\n".join(parts) + "\n"


def run_python(block: str, folder: Path, names: dict[str, object]) -> str:
    """Every example of a Python block with what it prints."""
    lines = []
    with contextlib.chdir(folder):
        for example in doctest.DocTestParser().get_examples(block):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(example.source, "<page>", "single"), names)
            source = example.source.rstrip("\n").split("\n")
            lines += [f"{'...' if i else '>>>'} {line}".rstrip() for i, line in enumerate(source)]
            lines += [line.rstrip() for line in printed.getvalue().rstrip("\n").split("\n") if printed.getvalue()]
    return "\n".join(lines) + "\n"


def describe_commands() -> str:
    """The page of the command line: the help of `kg` and of each of its verbs."""
    with TemporaryDirectory() as folder:
        top = run_console("$ kg --help\n", Path(folder))
        verbs = re.findall(r"^  (\w+)  ", top.partition("Commands:")[2], re.MULTILINE)
        parts = [run_console(f"$ kg {verb} --help\n", Path(folder)) for verb in verbs]
    blocks = [f"## kg {verb}\n\n```text\n{part.partition(chr(10))[2]}```\n" for verb, part in zip(verbs, parts, strict=True)]
    head = "# The command line\n\nMade by `python docs/refresh.py` from the commands' own help. Results go to stdout, everything else to\n"
    head += "stderr. Exit codes: 0 done; 1 the answer is no (not found, does not conform, differs); 2 could not run.\n"
    return "\n".join([head, f"```text\n{top.partition(chr(10))[2]}```\n", *blocks])


def main(arguments: list[str]) -> int:
    """Rewrite the pages, or with --check only compare them."""
    made = {"docs/cli.md": describe_commands()}
    for name in PAGES:
        with TemporaryDirectory() as folder:
            (Path(folder) / "seeds").mkdir()
            (Path(folder) / "seeds" / "articles").symlink_to(ROOT / "seeds" / "articles")
            made[name] = refresh((ROOT / name).read_text(encoding="utf-8"), Path(folder))
    stale = [name for name, text in made.items() if not (ROOT / name).exists() or (ROOT / name).read_text("utf-8") != text]
    for name in stale:
        print(f"{name}: out of date; run: python docs/refresh.py" if arguments == ["--check"] else f"{name}: rewritten")
        if arguments != ["--check"]:
            (ROOT / name).write_text(made[name], encoding="utf-8")
    return 1 if stale and arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
