"""The rooms' arrows and the places where each third party may be imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "server" / "camus"
ROOMS = (
    *("source", "config", "analysis", "privacy", "journal", "models", "actions"),
    *("retrieval", "quality", "routing", "orchestrator", "lsp", "cli"),
)
OWNERS = {
    "pygls": "lsp",
    "lsprotocol": "lsp",
    "httpcore": "models",
    "httptools": "models",
    "llama_cpp": "models",
    "tree_sitter": "source",
    "sqlite3": "journal",
    "diskcache": "orchestrator",
    "ast_grep_py": "analysis",
    "subprocess": "analysis",
    "watchfiles": "config",
    "ruamel": "config",
    "click": "cli",
}
EXCEPTIONS = {
    ("subprocess", "cli"): "the demo starts the real server and shells complete through it",
}


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "camus":
                yield from (f"camus.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_below_it(path: Path) -> None:
    room = _room(path)
    if room not in ROOMS:
        assert room in {"__init__", "__main__"}, f"{room} is not one of the thirteen rooms"
        return
    for name in _imported(path):
        parts = name.split(".")
        if parts[0] == "camus" and len(parts) > 1 and parts[1] in ROOMS:
            assert ROOMS.index(parts[1]) <= ROOMS.index(room), f"{room} imports {name}"


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_third_party_is_imported_by_its_owner_only(path: Path) -> None:
    room = _room(path)
    for name in _imported(path):
        package = name.split(".")[0]
        owner = "source" if package.startswith("tree_sitter") else OWNERS.get(package)
        if owner and owner != room:
            assert (name.split(".")[0], room) in EXCEPTIONS, f"{room} imports {name}, {owner}'s"


def test_another_room_is_reached_through_its_door() -> None:
    offenders = []
    for path in _modules():
        for name in _imported(path):
            parts = name.split(".")
            if parts[0] == "camus" and len(parts) > 2 and parts[1] != _room(path):
                offenders.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert not [o for o in offenders if not o.startswith("__main__")], offenders


def test_files_stay_small_enough_to_read() -> None:
    long = {
        str(path.relative_to(PACKAGE)): count
        for path in _modules()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_functions_stay_small_enough_to_read() -> None:
    long = []
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                if size > 60:
                    long.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name} {size}")
    assert not long
