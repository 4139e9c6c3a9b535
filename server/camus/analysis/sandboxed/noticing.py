"""Rewrites functions so that running them tells what was met and compared; changes no result."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

HOOK = "__camus__"
_MOST = 400
_ASKED = frozenset(
    (
        *("startswith", "endswith", "find", "rfind", "index", "rindex", "count", "split"),
        *("rsplit", "partition", "rpartition", "replace", "strip", "lstrip", "rstrip"),
        *("removeprefix", "removesuffix", "get", "pop", "match", "search", "fullmatch"),
        *("findall", "finditer", "sub", "isdigit", "isalpha", "isalnum", "isspace", "isupper"),
        *("islower", "isidentifier", "isdecimal", "isnumeric", "istitle"),
    )
)
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Is": operator.is_,
    "IsNot": operator.is_not,
    "In": lambda one, other: one in other,
    "NotIn": lambda one, other: one not in other,
}


class Witness:
    """What running a rewritten module met: numbers of statements, numbers and ways of conditions.

    `seen` are operands: what was done, with what, and what it was held against.
    """

    def __init__(self) -> None:
        self.places: dict[int, tuple[int, int]] = {}
        self.conditions: set[int] = set()
        self.met: set[Any] = set()
        self.seen: list[tuple[str, Any, Any]] = []

    def start(self) -> None:
        """Forget what was met."""
        self.met, self.seen = set(), []

    def place(self, first: int, last: int, *, condition: bool = False) -> int:
        """A number for what stands on some lines."""
        number = len(self.places)
        self.places[number] = (first, last)
        if condition:
            self.conditions.add(number)
        return number

    def at(self, number: int) -> None:
        """A statement is run."""
        self.met.add(number)

    def test(self, number: int, value: Any) -> Any:
        """A condition came out."""
        try:
            self.met.add((number, bool(value)))
        except Exception:  # noqa: BLE001 - a `__bool__` of somebody's own; the code will ask itself
            return value
        return value

    def see(self, number: int, name: str, one: Any, other: Any) -> Any:
        """Two values are compared."""
        self._note(name, one, other)
        return self.test(number, _OPERATORS[name](one, other))

    def ask(self, subject: Any, name: str, *arguments: Any) -> Any:
        """A method is called."""
        if name in {"match", "search", "fullmatch", "findall", "finditer", "sub"}:
            self._note("pattern", subject, arguments)
        else:
            self._note(name, subject, arguments[0] if arguments else None)
        return getattr(subject, name)(*arguments)

    def kind(self, value: Any, kinds: Any) -> bool:
        """A value's type is asked for."""
        self._note("isinstance", value, kinds)
        return isinstance(value, kinds)

    def item(self, subject: Any, key: Any) -> Any:
        """A part of a value is read."""
        self._note("item", subject, key)
        return subject[key]

    def _note(self, what: str, one: Any, other: Any) -> None:
        if len(self.seen) < _MOST:
            self.seen.append((what, one, other))


def rewritten(text: str, witness: Witness) -> ast.Module:
    """The tree of a module whose functions tell a witness, found under `HOOK` in the module."""
    tree = ast.parse(text)
    _Rewriter(witness).visit(tree)
    return ast.fix_missing_locations(tree)


class _Rewriter(ast.NodeTransformer):
    """Rewrites what stands in functions; what a module or class runs itself stays."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Rewrite the body alone."""
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Rewrite the body alone."""
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Rewrite methods."""
        before, self.inside = self.inside, False
        node.body = [self.visit(each) for each in node.body]
        self.inside = before
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Leave the type alone."""
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """One comparison is told; a chain is left as it is."""
        self.generic_visit(node)
        name = type(node.ops[0]).__name__
        if not self.inside or len(node.ops) != 1:
            return node
        number = self._place(node, condition=True)
        return self._told(node, "see", number, ast.Constant(name), node.left, node.comparators[0])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Methods of text and mappings, and `isinstance`."""
        self.generic_visit(node)
        plain = not node.keywords and not any(isinstance(a, ast.Starred) for a in node.args)
        if not self.inside or not plain:
            return node
        match node.func:
            case ast.Attribute(value=value, attr=name) if name in _ASKED:
                return self._told(node, "ask", value, ast.Constant(name), *node.args)
            case ast.Name(id="isinstance") if len(node.args) == 2:
                return self._told(node, "kind", *node.args)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """What is read by a key; slices are left as they are."""
        self.generic_visit(node)
        read = isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Slice)
        if not self.inside or not read or isinstance(node.slice, ast.Tuple):
            return node
        return self._told(node, "item", node.value, node.slice)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Each part of a condition."""
        self.generic_visit(node)
        if self.inside:
            node.values = [self._tested(each) for each in node.values]
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """The condition of an expression."""
        self.generic_visit(node)
        if self.inside:
            node.test = self._tested(node.test)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """The conditions of a comprehension."""
        self.generic_visit(node)
        if self.inside:
            node.ifs = [self._tested(each) for each in node.ifs]
        return node

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        before, self.inside = self.inside, True
        node.body = self._block(node.body)
        self.inside = before
        return node

    def _block(self, body: list[Any]) -> list[Any]:
        done: list[Any] = []
        for each in body:
            silent = isinstance(each, ast.Global | ast.Nonlocal) or _is_text(each)
            if not silent:
                number = self._place(each, last=_head_end(each))
                done.append(ast.copy_location(ast.Expr(self._told(each, "at", number)), each))
            done.append(self._statement(each))
        return done

    def _statement(self, node: Any) -> Any:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return self.visit(node)
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(node, name, None)
            if isinstance(inner, list) and inner:
                setattr(node, name, self._block(inner))
        for each in getattr(node, "handlers", ()):
            each.body = self._block(each.body)
        for each in getattr(node, "cases", ()):
            each.body = self._block(each.body)
        if isinstance(node, ast.AnnAssign):
            return self.visit_AnnAssign(node)
        self._expressions(node)
        if isinstance(node, ast.If | ast.While | ast.Assert):
            node.test = self._tested(node.test)
        return node

    def _expressions(self, node: Any) -> None:
        """Rewrite what a statement computes itself, not what its blocks do."""
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, name, self.visit(value))
            elif isinstance(value, list) and name not in {"body", "orelse", "finalbody"}:
                value[:] = [self.visit(e) if isinstance(e, ast.expr) else e for e in value]
                for each in value:
                    if isinstance(each, ast.withitem):
                        each.context_expr = self.visit(each.context_expr)

    def _tested(self, node: ast.expr) -> Any:
        return self._told(node, "test", self._place(node, condition=True), node)

    def _place(self, node: Any, *, last: int = 0, condition: bool = False) -> ast.Constant:
        end = last or node.end_lineno or node.lineno
        return ast.Constant(self.witness.place(node.lineno, end, condition=condition))

    def _told(self, node: Any, method: str, *arguments: ast.expr) -> ast.expr:
        hook = ast.Attribute(ast.Name(HOOK, ast.Load()), method, ast.Load())
        return ast.copy_location(ast.Call(hook, list(arguments), []), node)


def _head_end(node: Any) -> Any:
    """The last line of a statement, or of the part before its block."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and hasattr(body[0], "lineno"):
        return max(node.lineno, body[0].lineno - 1)
    cases = getattr(node, "cases", None)
    return node.lineno if cases else node.end_lineno or node.lineno


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
