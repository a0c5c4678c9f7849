"""The layout shows the way the data goes: a module imports from its own floor down, never up."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = [
    {"errors"},
    {"resources", "model"},
    {"schema", "names", "questions", "topics"},
    {"articles"},
    {"extraction"},
    {"identity", "evaluation"},
    {"graph"},
    {"views", "server"},
    {"scale"},
    {"pipeline"},
    {"cli", "__init__"},
    {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
DOORS = {
    "pyoxigraph": {"graph", "schema", "topics", "views", "server"},
    "rdflib": {"graph", "views"},
    "oxrdflib": {"graph"},
    "networkx": {"views"},
    "pyvis": {"views"},
    "starlette": {"server"},
    "uvicorn": {"server"},
    "pyspark": {"scale"},
}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "kg").parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Every module that a file imports: top level, deferred, relative, aliased and plain."""
    found = []
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found += [f"{module}.{alias.name}" for alias in node.names]
    return found


def test_every_module_stands_on_a_floor_and_imports_only_downwards() -> None:
    files = sorted((ROOT / "kg").rglob("*.py"))
    assert len(files) >= 5
    wrong = []
    for path in files:
        room = room_of(path)
        assert room in LEVEL, f"{path.name} has no floor"
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "kg" and len(parts) > 1 and parts[1] in LEVEL and parts[1] != room:
                if LEVEL[parts[1]] >= LEVEL[room]:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            elif parts[0] in DOORS and room not in DOORS[parts[0]]:
                wrong.append(f"{path.relative_to(ROOT)} opens {parts[0]}")
    assert not wrong
