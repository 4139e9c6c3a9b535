"""One function of a real file, its syntax tree and its text, and how it is rewritten by places."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Piece:
    """A function in an ASCII file; `start` and `end` are its place in the text of the file."""

    text: str
    node: ast.FunctionDef | ast.AsyncFunctionDef
    chance: random.Random = field(compare=False)
    qualified: str = ""

    @property
    def start(self) -> int:
        """Where the function begins, its decorators with it."""
        first = self.node.decorator_list[0] if self.node.decorator_list else self.node
        line = first.lineno
        return self.offset(line, 0) + len(self.line(line)) - len(self.line(line).lstrip())

    @property
    def end(self) -> int:
        return self.span(self.node)[1]

    @property
    def code(self) -> str:
        return self.text[self.start : self.end]

    @property
    def indent(self) -> str:
        """How the statements of the body are indented."""
        return " " * self.node.body[0].col_offset

    @property
    def body(self) -> list[ast.stmt]:
        """The statements without the docstring."""
        return self.node.body[1:] if self.doc is not None else self.node.body

    @property
    def doc(self) -> ast.Expr | None:
        first = self.node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            return first if isinstance(first.value.value, str) else None
        return None

    @property
    def parameters(self) -> list[str]:
        arguments = self.node.args
        return [
            each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        ]

    @property
    def locals(self) -> list[str]:
        """Names that are assigned in the body, without parameters and those of other scopes."""
        outer = {
            name
            for each in ast.walk(self.node)
            if isinstance(each, ast.Global | ast.Nonlocal)
            for name in each.names
        }
        found = {each.id for each in self.all(ast.Name) if isinstance(each.ctx, ast.Store)}
        return sorted(found - set(self.parameters) - outer)

    def line(self, number: int) -> str:
        return self.text.split("\n")[number - 1]

    def offset(self, line: int, column: int) -> int:
        lines = self.text.split("\n")[: line - 1]
        return sum(len(each) + 1 for each in lines) + column

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The place of a node in the text."""
        first = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        last = self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        return first, last

    def source(self, node: ast.AST) -> str:
        first, last = self.span(node)
        return self.text[first:last]

    def all(self, *kinds: type[N]) -> list[N]:
        """The nodes of some kinds in the body."""
        return [n for s in self.body for n in ast.walk(s) if isinstance(n, kinds)]

    def pick(self, found: Iterable[T]) -> T | None:
        """One of several by chance; None of none."""
        listed = list(found)
        return self.chance.choice(listed) if listed else None

    def put(self, node: ast.AST, new: str) -> str:
        """The whole text with a node written otherwise."""
        first, last = self.span(node)
        return self.text[:first] + new + self.text[last:]

    def put_all(self, changes: Iterable[tuple[int, int, str]]) -> str:
        """The whole text with several places written otherwise."""
        text = self.text
        for first, last, new in sorted(changes, reverse=True):
            text = text[:first] + new + text[last:]
        return text

    def without(self, node: ast.stmt) -> str:
        """The text without the lines of a statement."""
        assert node.end_lineno is not None
        first, last = self.offset(node.lineno, 0), self.offset(node.end_lineno, 0)
        return self.text[:first] + self.text[last + len(self.line(node.end_lineno)) + 1 :]

    def insert(self, line: str, before: ast.stmt | None = None) -> str:
        """The text with one more statement at the beginning of the body, or before another."""
        place = before or self.body[0]
        at = self.offset(place.lineno, 0)
        return f"{self.text[:at]}{' ' * place.col_offset}{line}\n{self.text[at:]}"

    def statements(self) -> list[list[ast.stmt]]:
        """Every list of statements in the body."""
        found = [self.body]
        for node in self.all(ast.AST):
            for name in ("body", "orelse", "finalbody"):
                inner = getattr(node, name, None)
                if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                    found.append(inner)
        return found
