"""Python's own syntax tree of one definition; None where this Python cannot read it."""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Iterable, Iterator

from camus.source import Document, Scope

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_PARSING = threading.Lock()
"""`catch_warnings` swaps global state; two threads of ours must not do so at once."""


def node_of(document: Document, scope: Scope) -> Definition | None:
    """The tree of a definition, parsed alone, so that errors elsewhere in the file do not matter.

    None when it does not parse, or uses a syntax that is newer than the Python running here.
    """
    text = document.slice(scope.span)
    if scope.indent:
        text = f"if 1:\n{scope.indent}{text}"
    body = _parsed(text)
    if scope.indent and body and isinstance(body[0], ast.If):
        body = body[0].body
    found = body[0] if body else None
    return found if isinstance(found, Definition) else None


def source(node: ast.AST, limit: int = 60) -> str:
    """The code of a node on one line; empty when it is longer than the limit or hard to quote."""
    text = ast.unparse(node)
    usable = len(text) <= limit and not any(char in text for char in "`\\\n")
    return text if usable else ""


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Every node of a body; nested functions, classes and lambdas are given but not entered."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending[:0] = ast.iter_child_nodes(node)


def names(node: ast.AST) -> set[str]:
    """The plain names that an expression uses."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def assigned(body: Iterable[ast.stmt]) -> set[str]:
    """The names a body binds, its own functions and imports included."""
    found: set[str] = set()
    for node in statements(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, Definition | ast.ExceptHandler):
            found.add(node.name or "")
    return found


def dotted(node: ast.AST | None) -> str:
    """The dotted name that an expression is, or is a call or subscript of; otherwise empty."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value) if isinstance(node.value, ast.Name | ast.Attribute) else ""
        return f"{before}.{node.attr}" if before else ""
    return ""


def _parsed(text: str) -> list[ast.stmt]:
    try:
        with _PARSING, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
