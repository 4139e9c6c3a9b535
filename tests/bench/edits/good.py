"""The kinds of good edit: how each is made, and as what it is asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.edits.bad import _between, _renamed
from bench.edits.piece import Piece

Asked = Literal["document", "refactor"]
Make = Callable[[Piece], "str | None"]


@dataclass(frozen=True, slots=True)
class Good:
    """One kind of good edit and the action that it answers."""

    name: str
    asked: Asked
    make: Make


_KINDS: list[Good] = []


def _kind(asked: Asked) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        _KINDS.append(Good(make.__name__.strip("_"), asked, make))
        return make

    return keep


@_kind("document")
def _docstring_added(p: Piece) -> str | None:
    if p.doc is not None:
        return None
    about = re.sub(r"_+", " ", p.node.name).strip().capitalize()
    return p.insert(
        f'"""{about}, given {" and ".join(p.parameters) or "nothing"}."""', p.node.body[0]
    )


@_kind("document")
def _docstring_improved(p: Piece) -> str | None:
    if p.doc is None or p.doc.lineno != p.doc.end_lineno:
        return None
    old = p.source(p.doc)
    if not old.startswith('"""'):
        return None
    pad = "\n\n" + p.indent
    return p.put(
        p.doc, f"{old[:-3]}{pad}The result depends on the arguments alone.\n{p.indent}" + '"""'
    )


@_kind("document")
def _comment_added(p: Piece) -> str | None:
    place = p.pick(p.body)
    return p.insert("# What follows depends on what came before.", place)


@_kind("refactor")
def _renamed_local(p: Piece) -> str | None:
    nested = p.all(ast.FunctionDef, ast.Lambda, ast.ClassDef)
    name = p.pick(n for n in p.locals if len(n) < 20 and not nested)
    handled = {h.name for t in p.all(ast.Try) for h in t.handlers}
    return _renamed(p, name, f"{name}_value") if name and name not in handled else None


@_kind("refactor")
def _extracted_constant(p: Piece) -> str | None:
    found = [n for n in p.all(ast.Constant) if type(n.value) is int and n.value > 2]
    node = p.pick(found)
    if node is None or "limit" in p.text:
        return None
    after = p.put(node, "limit")
    at = p.offset(p.body[0].lineno, 0)
    return f"{after[:at]}{p.indent}limit = {node.value}\n{after[at:]}"


@_kind("refactor")
def _extracted_variable(p: Piece) -> str | None:
    found = [n for n in p.all(ast.Return) if n.value and len(p.source(n.value)) > 20]
    node = p.pick(
        n
        for n in found
        if n.lineno == n.end_lineno and p.line(n.lineno).lstrip().startswith("return")
    )
    if node is None or node.value is None or re.search(r"\boutcome\b", p.code):
        return None
    pad = " " * node.col_offset
    return p.put(node, f"outcome = {p.source(node.value)}\n{pad}return outcome")


@_kind("refactor")
def _reformatted(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Call) if len(n.args) > 1 and n.lineno == n.end_lineno)
    if node is None or node.keywords or len(p.line(node.lineno)) < 50:
        return None
    pad = " " * (len(p.line(node.lineno)) - len(p.line(node.lineno).lstrip()))
    inner = "".join(f"\n{pad}    {p.source(each)}," for each in node.args)
    if any(isinstance(each, ast.GeneratorExp | ast.Starred) for each in node.args):
        return None
    return p.put(node, f"{p.source(node.func)}({inner}\n{pad})")


@_kind("refactor")
def _inverted_branch(p: Piece) -> str | None:
    for node in p.all(ast.IfExp):
        if node.lineno == node.end_lineno:
            body, other = p.source(node.body), p.source(node.orelse)
            test = p.source(node.test)
            turned = test[4:] if test.startswith("not ") else f"not ({test})"
            if isinstance(node.test, ast.Name):
                turned = f"not {test}"
            return p.put(node, f"{other} if {turned} else {body}")
    return None


@_kind("refactor")
def _modern_membership(p: Piece) -> str | None:
    for node in p.all(ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.In):
            right = node.comparators[0]
            if isinstance(right, ast.Tuple) and len(right.elts) > 1:
                if all(isinstance(each, ast.Constant) for each in right.elts):
                    inner = ", ".join(p.source(each) for each in right.elts)
                    return p.put(right, f"{{{inner}}}")
    return None


@_kind("refactor")
def _modern_literal(p: Piece) -> str | None:
    empty = {"dict": "{}", "list": "[]", "tuple": "()"}
    for node in p.all(ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in empty:
            if not node.args and not node.keywords:
                return p.put(node, empty[node.func.id])
    return None


@_kind("refactor")
def _modern_format(p: Piece) -> str | None:
    for node in p.all(ast.BinOp):
        if not isinstance(node.op, ast.Mod) or not isinstance(node.left, ast.Constant):
            continue
        text = p.source(node.left)
        if isinstance(node.right, ast.Name) and text.count("%") == 1 and "%s" in text:
            if "{" not in text and text[0] in "\"'" and text[:3] not in {'"""', "'''"}:
                return p.put(node, "f" + text.replace("%s", f"{{{node.right.id}}}"))
    return None


@_kind("refactor")
def _hint_added(p: Piece) -> str | None:
    arguments = p.node.args.args
    for each, default in zip(arguments[::-1], p.node.args.defaults[::-1], strict=False):
        if each.annotation is None and isinstance(default, ast.Constant):
            kind = type(default.value).__name__
            if kind in {"int", "str", "bool", "float"}:
                first, last = p.span(each)[1], p.span(default)[0]
                return f"{p.text[:first]}: {kind} = {p.text[last:]}"
    return None


@_kind("refactor")
def _result_hint_added(p: Piece) -> str | None:
    if p.node.returns or p.all(ast.Return) or p.all(ast.Yield, ast.YieldFrom):
        return None
    at = p.text.rfind(":", p.start, p.span(p.node.body[0])[0])
    head = p.text[p.start : at]
    return f"{p.text[:at]} -> None{p.text[at:]}" if head.rstrip().endswith(")") else None


@_kind("refactor")
def _without_else(p: Piece) -> str | None:
    for node in p.all(ast.If):
        last = node.body[-1]
        tail = node.orelse
        if isinstance(last, ast.Return | ast.Raise) and tail and not isinstance(tail[0], ast.If):
            first, end = p.span(tail[0])[0], p.span(tail[-1])[1]
            inner = p.text[p.offset(tail[0].lineno, 0) : end]
            if tail[0].lineno == last.end_lineno or "'''" in inner or '"""' in inner:
                continue
            pad = tail[0].col_offset - node.col_offset
            lines = [line[pad:] if line[:pad].isspace() else line for line in inner.split("\n")]
            start = p.span(last)[1]
            if p.text[start:first].strip() != "else:":
                continue
            return p.text[:start] + "\n" + "\n".join(lines) + p.text[end:]
    return None


@_kind("refactor")
def _augmented_assignment(p: Piece) -> str | None:
    for node in p.all(ast.Assign):
        value, target = node.value, node.targets[0]
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            if isinstance(target, ast.Name) and isinstance(value.left, ast.Name):
                if target.id == value.left.id and isinstance(value.right, ast.Constant):
                    return p.put(node, f"{target.id} += {p.source(value.right)}")
    return None


@_kind("refactor")
def _turned_comparison(p: Piece) -> str | None:
    for node in p.all(ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Gt):
            left, right = p.source(node.left), p.source(node.comparators[0])
            if isinstance(node.left, ast.Name) and isinstance(node.comparators[0], ast.Name):
                return p.put(node, f"{right} < {left}")
    return None


GOODS = tuple(_KINDS)
"""Every kind of good edit."""

__all__ = ["GOODS", "Good", "_between"]
