"""Puts what the commands of the documentation really print into it.

    python docs/refresh.py            rewrite the outputs in README*.md and docs/, docs/cli.md from the commands' own help, and
                                      docs/ontology.html from ontology/
    python docs/refresh.py --check    say which page is out of date, and exit with 1

In a block ```console every line after `$ ` is run by bash, in a ```pycon block every `>>> ` by Python; the blocks of a page run
in order in one folder that holds the sample articles as seeds/articles.
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

import ontology_page

from kg import cli

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "README.zh.md", "docs/how-it-works.md")
_BLOCK = re.compile(r"(?<=^```)(console|pycon)\n(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)


class Session:
    """A folder with the sample articles in which commands and examples run; what was run before is not run again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._printed: dict[str, str] = {}
        (folder / "seeds").mkdir()
        (folder / "seeds" / "articles").symlink_to(ROOT / "seeds" / "articles")

    def refresh(self, page: str) -> str:
        """The page with the output of its blocks."""
        names: dict[str, object] = {}

        def run(block: re.Match[str]) -> str:
            made = self.run_console(block[2]) if block[1] == "console" else self.run_python(block[2], names)
            return f"{block[1]}\n{made}"

        return _BLOCK.sub(run, page)

    def run_console(self, block: str) -> str:
        """Every command of a console block with what it prints."""
        return "\n\n".join("\n".join([f"$ {command}", *self._run(command)]) for command in _COMMAND.findall(block)) + "\n"

    def run_python(self, block: str, names: dict[str, object]) -> str:
        """Every example of a Python block with what it prints."""
        lines = []
        with contextlib.chdir(self._folder):
            for example in doctest.DocTestParser().get_examples(block):
                printed = io.StringIO()
                with contextlib.redirect_stdout(printed):
                    exec(compile(example.source, "<page>", "single"), names)
                source = example.source.rstrip("\n").split("\n")
                lines += [f"{'...' if i else '>>>'} {line}".rstrip() for i, line in enumerate(source)]
                lines += _lines(printed.getvalue())
        return "\n".join(lines) + "\n"

    def _run(self, command: str) -> list[str]:
        if command not in self._printed:
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=self._folder,
                env={**os.environ, "PATH": path, "COLUMNS": "110", "NO_COLOR": "1", "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if done.returncode:
                raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stdout[-2000:]}")
            self._printed[command] = done.stdout
        return _lines(self._printed[command])


def _lines(printed: str) -> list[str]:
    return [line.rstrip() for line in printed.strip("\n").split("\n")] if printed.strip() else []


def describe_commands() -> str:
    """The page of the command line: the help of `kg` and of each of its verbs."""

    def show(*arguments: str) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            cli.run([*arguments, "--help"])
        return "```text\n" + "\n".join(_lines(printed.getvalue())) + "\n```\n"

    top = show()
    verbs = re.findall(r"^  (\w+)  ", top.partition("Commands:")[2], re.MULTILINE)
    head = "# The command line\n\nMade by `python docs/refresh.py` from the commands' own help. Results go to stdout, everything else to\n"
    head += "stderr. Exit codes: 0 done; 1 the answer is no (not found, does not conform, differs); 2 could not run.\n"
    return "\n".join([head, top, *(f"## kg {verb}\n\n{show(verb)}" for verb in verbs)])


def main(arguments: list[str]) -> int:
    """Rewrite the pages, or with --check only compare them."""
    with TemporaryDirectory() as folder:
        session = Session(Path(folder))
        made = {name: session.refresh((ROOT / name).read_text(encoding="utf-8")) for name in PAGES}
    made["docs/cli.md"] = describe_commands()
    made["docs/ontology.html"] = ontology_page.page()
    stale = [name for name, text in made.items() if not (ROOT / name).exists() or (ROOT / name).read_text("utf-8") != text]
    for name in stale:
        print(f"{name}: out of date; run: python docs/refresh.py" if arguments == ["--check"] else f"{name}: rewritten")
        if arguments != ["--check"]:
            (ROOT / name).write_text(made[name], encoding="utf-8")
    return 1 if stale and arguments == ["--check"] else 0


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    sys.exit(main(sys.argv[1:]))
