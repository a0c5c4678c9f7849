"""The notebooks run from top to bottom, and stand in the repository without their outputs."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_the_notebooks_are_found() -> None:
    assert [path.name for path in NOTEBOOKS] == ["0-five-lines.ipynb", "1-questions.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]


def run(path: Path, folder: Path) -> list[str]:
    """What every code cell shows, in a copy of the place where the notebook stands."""
    (folder / "notebooks").mkdir()
    (folder / "seeds").symlink_to(ROOT / "seeds")
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder / "notebooks")}}).execute()
    return [
        "".join(text for output in cell.outputs for text in output.get("data", {}).values())
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    shown = run(path, tmp_path)
    assert all(shown[1:])
    if path.name.startswith("0-"):
        _, graph, partners, sentences, page, network = shown
        assert "Graph" in graph and "挪威" in partners and "<mark" in sentences
        assert "<iframe sandbox" in page and "MultiDiGraph" in network
