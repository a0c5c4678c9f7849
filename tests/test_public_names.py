"""The public names of the library, and what it costs to import it."""

import subprocess
import sys

import kg

NAMES = ["Graph", "KgError", "assemble", "build", "export", "extract", "network", "open", "read", "resolve", "view"]


def test_the_public_names_are_these_and_all_are_there() -> None:
    assert kg.__all__ == NAMES
    for name in NAMES:
        assert getattr(kg, name).__doc__, name
    assert set(NAMES) <= set(dir(kg))


def test_another_name_is_none() -> None:
    assert not hasattr(kg, "nosuch")


def test_importing_the_library_imports_nothing_heavy() -> None:
    code = "import sys, kg; print(' '.join(sorted(name.partition('.')[0] for name in sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"pyoxigraph", "rdflib", "pyshacl", "networkx", "pyvis", "pandas", "numpy", "typer", "rich", "opencc", "starlette"}
    assert "kg" in loaded
    assert not heavy & set(loaded)
