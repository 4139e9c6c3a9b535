"""The course of a function in plain words, from the tree of its statements."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from camus.actions.markdown import code, listed
from camus.actions.rewrites.python_tree import dotted, statements
from camus.source import Document, Scope

_DEEPEST = 3
_MOST = 40
_SCRIPT_NOISE = re.compile(
    r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`", re.DOTALL
)
_KEYWORDS = (
    (re.compile(r"\bif\b"), "condition"),
    (re.compile(r"\b(?:for|while)\b"), "loop"),
    (re.compile(r"\bswitch\b"), "switch"),
    (re.compile(r"\bcatch\b"), "error handler"),
    (re.compile(r"\bawait\b"), "awaited step"),
    (re.compile(r"\breturn\b"), "return"),
)


def outline(body: Iterable[ast.stmt]) -> str:
    """Nested bullets, at most 40 and three levels deep; what is left out is counted."""
    lines: list[str] = []
    _block(list(body), 0, lines)
    if len(lines) > _MOST:
        lines = [*lines[:_MOST], f"- and {len(lines) - _MOST} more steps"]
    return "\n".join(lines)


def counted(document: Document, scope: Scope) -> str:
    """Branches and loops of a body in brackets, counted by their words."""
    text = _SCRIPT_NOISE.sub(" ", document.slice(scope.body))
    found = [(len(pattern.findall(text)), word) for pattern, word in _KEYWORDS]
    said = [f"{number} {word}{'s' if number > 1 else ''}" for number, word in found if number]
    return ", ".join(said).replace("switchs", "switches")


def _block(body: list[ast.stmt], depth: int, lines: list[str]) -> None:
    if depth >= _DEEPEST:
        count = sum(isinstance(node, ast.stmt) for node in statements(body))
        lines.append(f"{_margin(depth)}{count} more step{'s' if count > 1 else ''} inside")
        return
    plain: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
            plain.append(statement)
            continue
        _simple(plain, depth, lines)
        plain = []
        _one(statement, depth, lines)
    _simple(plain, depth, lines)


def _simple(body: list[ast.stmt], depth: int, lines: list[str]) -> None:
    """Assignments and calls that follow one another, as one line."""
    sets: dict[str, None] = {}
    calls: dict[str, None] = {}
    for statement in body:
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            sets.update(dict.fromkeys(name for name in map(dotted, parts) if name))
        if isinstance(statement, ast.Expr):
            value = statement.value
            value = value.value if isinstance(value, ast.Await) else value
            name = dotted(value) if isinstance(value, ast.Call) else ""
            calls.update({name: None} if name else {})
            if isinstance(value, ast.Yield | ast.YieldFrom):
                lines.append(f"{_margin(depth)}yields {_code(value.value)}".rstrip())
    said = [f"sets {listed(list(sets))}"] if sets else []
    said += [f"calls {listed(list(calls))}"] if calls else []
    if said:
        lines.append(_margin(depth) + " and ".join(said))


def _one(statement: ast.stmt, depth: int, lines: list[str]) -> None:
    start = _margin(depth)
    if isinstance(statement, ast.If):
        _branches(statement, depth, lines, "if")
    elif isinstance(statement, ast.For | ast.AsyncFor):
        each = f"for each {_code(statement.target)} in {_code(statement.iter)}:"
        lines.append(start + each)
        _block(statement.body, depth + 1, lines)
        _otherwise(statement.orelse, depth, lines, "if the loop was not broken off:")
    elif isinstance(statement, ast.While):
        lines.append(f"{start}as long as {_code(statement.test)}:")
        _block(statement.body, depth + 1, lines)
        _otherwise(statement.orelse, depth, lines, "if the loop was not broken off:")
    elif isinstance(statement, ast.With | ast.AsyncWith):
        items = ", ".join(_code(item) for item in statement.items)
        lines.append(f"{start}with {items}:")
        _block(statement.body, depth + 1, lines)
    elif isinstance(statement, ast.Try):
        _attempt(statement, depth, lines)
    elif isinstance(statement, ast.Match):
        lines.append(f"{start}by the shape of {_code(statement.subject)}:")
        for case in statement.cases[:_MOST]:
            lines.append(f"{_margin(depth + 1)}as {_code(case.pattern)}:")
            _block(case.body, depth + 2, lines)
    else:
        said = _leaf(statement)
        if said:
            lines.append(start + said)


def _leaf(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Return):
        return f"returns {_code(statement.value)}" if statement.value else "returns"
    if isinstance(statement, ast.Raise):
        return f"raises {_code(statement.exc)}" if statement.exc else "raises the same error again"
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return f"defines {code(statement.name)}"
    if isinstance(statement, ast.Assert):
        return f"asserts {_code(statement.test)}"
    if isinstance(statement, ast.Delete):
        return f"deletes {', '.join(_code(target) for target in statement.targets)}"
    words = {ast.Break: "leaves the loop", ast.Continue: "goes on with the next round"}
    return words.get(type(statement), "")


def _branches(statement: ast.If, depth: int, lines: list[str], word: str) -> None:
    lines.append(f"{_margin(depth)}{word} {_code(statement.test)}:")
    _block(statement.body, depth + 1, lines)
    rest = statement.orelse
    if len(rest) == 1 and isinstance(rest[0], ast.If):
        _branches(rest[0], depth, lines, "otherwise, if")
    else:
        _otherwise(rest, depth, lines, "otherwise:")


def _attempt(statement: ast.Try, depth: int, lines: list[str]) -> None:
    lines.append(f"{_margin(depth)}tries:")
    _block(statement.body, depth + 1, lines)
    for handler in statement.handlers:
        kind = _code(handler.type) if handler.type else "any exception"
        _otherwise(handler.body, depth, lines, f"on {kind}:")
    _otherwise(statement.orelse, depth, lines, "if nothing went wrong:")
    _otherwise(statement.finalbody, depth, lines, "in the end, whatever happened:")


def _otherwise(body: list[ast.stmt], depth: int, lines: list[str], title: str) -> None:
    if body:
        lines.append(_margin(depth) + title)
        _block(body, depth + 1, lines)


def _margin(depth: int) -> str:
    return "  " * depth + "- "


def _code(node: ast.AST | None) -> str:
    return code(ast.unparse(node), 80) if node is not None else ""
