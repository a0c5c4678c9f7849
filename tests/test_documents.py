"""What the pages show is what the commands print; what they link to is there; both languages say the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("seeds/**/*.md")])


def test_the_outputs_on_the_pages_are_real() -> None:
    done = subprocess.run([sys.executable, "docs/refresh.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_what_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_pages_were_found() -> None:
    assert {"README.md", "README.zh.md", "CHANGELOG.md"} <= {page.name for page in PAGES} and len(PAGES) >= 6


def test_the_readme_says_the_same_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    for what in (r"^#+ ", r"^\$ .*$", r"^>>> .*$", r"^```\w*$", r"^- ", r"\]\((?!README)([^)]*)\)"):
        left, right = (re.findall(what, text, re.MULTILINE) for text in (english, chinese))
        assert left == right and left


def test_version_and_changelog_agree() -> None:
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version and f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
