"""The kinds of bad edit: how each is made, whether the text alone shows it, and why."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from bench.edits.piece import Piece

Make = Callable[[Piece], "str | None"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of bad edit; `visible` was fixed with its reason before anything was measured."""

    name: str
    visible: bool
    why: str
    make: Make


_KINDS: list[Kind] = []


def _kind(visible: bool, why: str) -> Callable[[Make], Make]:
    def keep(make: Make) -> Make:
        _KINDS.append(Kind(make.__name__.strip("_"), visible, why, make))
        return make

    return keep


# What the text alone shows.


@_kind(True, "a branch that was there is gone")
def _dropped_branch(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.If) if n.col_offset > p.node.col_offset and not _elif(p, n))
    alone = node is not None and any(len(each) == 1 and each[0] is node for each in p.statements())
    return p.without(node) if node is not None and not alone else None


@_kind(True, "a value that was returned is dropped")
def _dropped_return(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Return) if n.value is not None)
    return p.put(node, p.source(node.value)) if node is not None and node.value else None


@_kind(True, "a function that gave a value gives none")
def _returns_nothing(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Return) if n.value is not None)
    return p.put(node, "return") if node is not None else None


@_kind(True, "an await is lost")
def _lost_await(p: Piece) -> str | None:
    node = p.pick(p.all(ast.Await))
    return p.put(node, p.source(node.value)) if node is not None else None


@_kind(True, "a name that nothing defines")
def _undefined_name(p: Piece) -> str | None:
    known = {*p.locals, *p.parameters}
    node = p.pick(n for n in p.all(ast.Name) if n.id in known and isinstance(n.ctx, ast.Load))
    return p.put(node, f"{node.id}_x") if node is not None else None


@_kind(True, "text is evaluated as code")
def _injected_eval(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Return) if n.value is not None)
    return p.put(node, f"return eval(str({p.source(node.value)}))") if node and node.value else None


@_kind(True, "a shell is given a text")
def _injected_shell(p: Piece) -> str | None:
    if not p.parameters:
        return None
    return p.insert(f'__import__("subprocess").call(f"run {{{p.parameters[-1]}}}", shell=True)')


@_kind(True, "foreign bytes are unpickled")
def _injected_pickle(p: Piece) -> str | None:
    if not p.parameters or p.text.startswith("from __future__"):
        return None
    return p.insert("import pickle").replace(
        f"{p.indent}import pickle\n",
        f"{p.indent}import pickle\n{p.indent}pickle.loads({p.parameters[-1]})\n",
        1,
    )


@_kind(True, "a password stands in the code")
def _hard_coded_secret(p: Piece) -> str | None:
    return p.insert('password = "hunter2-Xk29vLq8"')


@_kind(True, "a broken digest is used")
def _weak_digest(p: Piece) -> str | None:
    line = f'__import__("hashlib").md5(repr({p.parameters[-1]}).encode())' if p.parameters else ""
    return (
        p.insert("import hashlib").replace(
            f"{p.indent}import hashlib\n",
            f"{p.indent}import hashlib\n{p.indent}digest = hashlib.md5(b'x').hexdigest()\n"
            f"{p.indent}assert digest\n",
            1,
        )
        if line
        else None
    )


@_kind(True, "certificates are not verified")
def _tls_off(p: Piece) -> str | None:
    return p.insert("import requests").replace(
        f"{p.indent}import requests\n",
        f'{p.indent}import requests\n{p.indent}requests.get("https://x.test", verify=False)\n',
        1,
    )


@_kind(True, "a line is indented by a different amount, which does not parse")
def _broken_indentation(p: Piece) -> str | None:
    node = p.pick(p.body[1:])
    if node is None:
        return None
    at = p.offset(node.lineno, 0)
    return f"{p.text[:at]}   {p.text[at:]}"


@_kind(True, "a bracket is lost, which does not parse")
def _lost_bracket(p: Piece) -> str | None:
    node = p.pick(p.all(ast.Call))
    return p.put(node, p.source(node)[:-1]) if node is not None else None


@_kind(True, "callers name the parameter as it was")
def _renamed_parameter(p: Piece) -> str | None:
    name = p.pick(n for n in p.parameters if n not in {"self", "cls"})
    return _renamed(p, name, f"{name}_new") if name else None


@_kind(True, "callers give a parameter that is gone")
def _removed_parameter(p: Piece) -> str | None:
    arguments = p.node.args.args
    named = {each.id for each in p.all(ast.Name)}
    if p.node.args.defaults or len(arguments) < 2 or arguments[-1].arg not in named:
        return None
    first, last = p.span(arguments[-2])[1], p.span(arguments[-1])[1]
    return p.text[:first] + p.text[last:]


@_kind(True, "callers do not give a parameter that is new")
def _added_parameter(p: Piece) -> str | None:
    arguments = p.node.args
    if arguments.defaults or not arguments.args or arguments.vararg or arguments.kwonlyargs:
        return None
    at = p.span(arguments.args[-1])[1]
    return f"{p.text[:at]}, context{p.text[at:]}"


@_kind(True, "callers do not know the new name")
def _renamed_function(p: Piece) -> str | None:
    at = p.text.index(f"def {p.node.name}", p.offset(p.node.lineno, p.node.col_offset)) + 4
    return f"{p.text[:at]}{p.node.name}_new{p.text[at + len(p.node.name) :]}"


@_kind(True, "the documentation is gone")
def _removed_docstring(p: Piece) -> str | None:
    return p.without(p.doc) if p.doc is not None else None


@_kind(True, "a comment is gone")
def _removed_comment(p: Piece) -> str | None:
    lines = p.code.split("\n")
    found = [at for at, each in enumerate(lines) if re.match(r"\s*#\s*\w{3}", each)]
    at = p.pick(found)
    if at is None:
        return None
    return p.text[: p.start] + "\n".join(lines[:at] + lines[at + 1 :]) + p.text[p.end :]


@_kind(True, "appending copies the whole list each time")
def _quadratic_append(p: Piece) -> str | None:
    for loop in p.all(ast.For):
        for node in ast.walk(loop):
            if _is_append(node):
                assert isinstance(node, ast.Expr)
                assert isinstance(node.value, ast.Call)
                assert isinstance(node.value.func, ast.Attribute)
                name = p.source(node.value.func.value)
                return p.put(node, f"{name} = {name} + [{p.source(node.value.args[0])}]")
    return None


@_kind(True, "an error that was raised is not")
def _dropped_raise(p: Piece) -> str | None:
    node = p.pick(p.all(ast.Raise))
    return p.put(node, "pass") if node is not None else None


@_kind(True, "a decorator is gone")
def _dropped_decorator(p: Piece) -> str | None:
    node = p.pick(p.node.decorator_list)
    if node is None or node.lineno != node.end_lineno:
        return None
    at = p.offset(node.lineno, 0)
    return p.text[:at] + p.text[at + len(p.line(node.lineno)) + 1 :]


@_kind(True, "every error is caught where one kind was")
def _bare_except(p: Piece) -> str | None:
    node = p.pick(h for t in p.all(ast.Try) for h in t.handlers if h.type and not h.name)
    if node is None or node.type is None:
        return None
    return p.put(node.type, "").replace("except :", "except:", 1)


@_kind(True, "an error is swallowed that was dealt with")
def _swallowed_error(p: Piece) -> str | None:
    node = p.pick(
        h
        for t in p.all(ast.Try)
        for h in t.handlers
        if not h.name and not isinstance(h.body[0], ast.Pass)
    )
    if node is None:
        return None
    first, last = p.span(node.body[0])[0], p.span(node.body[-1])[1]
    return f"{p.text[:first]}pass{p.text[last:]}"


@_kind(True, "code is left out with a remark")
def _placeholder(p: Piece) -> str | None:
    if len(p.body) < 3:
        return None
    at = p.offset(p.body[1].lineno, 0)
    return f"{p.text[:at]}{p.indent}# ... rest of the code unchanged ...{p.text[p.end :]}"


@_kind(True, "nothing is left of the body")
def _emptied(p: Piece) -> str | None:
    first = p.span(p.body[0])[0]
    return f"{p.text[:first]}pass{p.text[p.end :]}"


@_kind(True, "the second half is missing")
def _truncated(p: Piece) -> str | None:
    if len(p.body) < 4:
        return None
    half = p.body[len(p.body) // 2]
    return p.text[: p.offset(half.lineno, 0)].rstrip("\n") + p.text[p.end :]


@_kind(True, "the function is there twice")
def _doubled(p: Piece) -> str | None:
    pad = " " * p.node.col_offset
    return f"{p.text[: p.end]}\n\n{pad}{p.code}{p.text[p.end :]}"


@_kind(True, "calls share one list")
def _mutable_default(p: Piece) -> str | None:
    found = [d for d in p.node.args.defaults if isinstance(d, ast.Constant) and d.value is None]
    node = p.pick(found)
    return p.put(node, "[]") if node is not None else None


@_kind(True, "an import that nothing uses")
def _unused_import(p: Piece) -> str | None:
    return None if re.search(r"\bcolorsys\b", p.text) else p.insert("import colorsys")


@_kind(True, "a comparison with None that is not by identity")
def _equals_none(p: Piece) -> str | None:
    for node in p.all(ast.Compare):
        last = node.comparators[-1]
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Is | ast.IsNot):
            if isinstance(last, ast.Constant) and last.value is None:
                sign = "==" if isinstance(node.ops[0], ast.Is) else "!="
                return p.put(node, f"{p.source(node.left)} {sign} None")
    return None


@_kind(True, "characters that hide what the code does")
def _hidden_characters(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Constant) if isinstance(n.value, str) and len(n.value) > 1)
    if node is None or node.lineno != node.end_lineno or p.source(node)[0] not in "\"'":
        return None
    text = p.source(node)
    return p.put(node, f"{text[0]}\u202e{text[1:]}")


@_kind(True, "a loop that was there is gone")
def _dropped_loop(p: Piece) -> str | None:
    node = p.pick(p.all(ast.For, ast.While))
    alone = node is not None and any(len(each) == 1 and each[0] is node for each in p.statements())
    return p.without(node) if node is not None and not alone else None


@_kind(True, "a file is no longer closed, a lock no longer held")
def _dropped_with(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.With) if n.items[0].optional_vars is None)
    if node is None:
        return None
    first = p.offset(node.lineno, node.col_offset)
    inner = [p.text[slice(*p.span(s))] for s in node.body if s.lineno == s.end_lineno]
    if len(inner) != len(node.body):
        return None
    pad = "\n" + " " * node.col_offset
    return p.text[:first] + pad.join(inner) + p.text[p.span(node)[1] :]


@_kind(True, "prints that somebody left")
def _left_breakpoint(p: Piece) -> str | None:
    return p.insert("breakpoint()")


@_kind(True, "it leaves by an assert that -O takes away, in place of a check")
def _assert_for_raise(p: Piece) -> str | None:
    for node in p.all(ast.If):
        if len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and not node.orelse:
            return p.put(node, f"assert not ({p.source(node.test)})")
    return None


# What only running it shows.


@_kind(False, "another arithmetic operator is as good code")
def _operator(p: Piece) -> str | None:
    signs = {
        ast.Add: ("+", "-"),
        ast.Sub: ("-", "+"),
        ast.Mult: ("*", "+"),
        ast.FloorDiv: ("//", "*"),
    }
    node = p.pick(n for n in p.all(ast.BinOp) if type(n.op) in signs)
    if node is None:
        return None
    return _between(p, node.left, node.right, *signs[type(node.op)])


@_kind(False, "another bound is as good code")
def _comparison(p: Piece) -> str | None:
    signs = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")}
    found = [n for n in p.all(ast.Compare) if len(n.ops) == 1 and type(n.ops[0]) in signs]
    node = p.pick(found)
    if node is None:
        return None
    return _between(p, node.left, node.comparators[0], *signs[type(node.ops[0])])


@_kind(False, "the opposite comparison is as good code")
def _opposite(p: Piece) -> str | None:
    signs = {ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not")}
    found = [n for n in p.all(ast.Compare) if len(n.ops) == 1 and type(n.ops[0]) in signs]
    node = p.pick(found)
    if node is None:
        return None
    return _between(p, node.left, node.comparators[0], *signs[type(node.ops[0])])


@_kind(False, "another number is as good code")
def _constant(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Constant) if type(n.value) is int)
    return p.put(node, str(node.value + 1)) if node and isinstance(node.value, int) else None


@_kind(False, "another text is as good code")
def _text(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Constant) if isinstance(n.value, str) and _plain(p, n))
    if node is None:
        return None
    text = p.source(node)
    return p.put(node, f"{text[:-1]}x{text[-1]}")


@_kind(False, "arguments in another order are as good code")
def _swapped_arguments(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Call) if len(n.args) == 2 and not n.keywords)
    if node is None or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    one, two = node.args
    if p.source(one) == p.source(two):
        return None
    changes = [(*p.span(one), p.source(two)), (*p.span(two), p.source(one))]
    return p.put_all(changes)


@_kind(False, "the opposite condition is as good code")
def _negated(p: Piece) -> str | None:
    node = p.pick(p.all(ast.If, ast.While))
    return p.put(node.test, f"not ({p.source(node.test)})") if node is not None else None


@_kind(False, "`and` for `or` is as good code")
def _and_or(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.BoolOp) if len(n.values) == 2)
    if node is None:
        return None
    signs = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    return _between(p, node.values[0], node.values[1], *signs)


@_kind(False, "branches the other way round are as good code")
def _swapped_branches(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.IfExp))
    if node is None:
        return None
    changes = [
        (*p.span(node.body), p.source(node.orelse)),
        (*p.span(node.orelse), p.source(node.body)),
    ]
    return p.put_all(changes) if p.source(node.body) != p.source(node.orelse) else None


@_kind(False, "subtracting in place is as good code as adding")
def _augmented(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.AugAssign) if isinstance(n.op, ast.Add))
    return _between(p, node.target, node.value, "+=", "-=") if node is not None else None


@_kind(False, "another variable that is there is as good code")
def _wrong_variable(p: Piece) -> str | None:
    names = p.parameters
    node = p.pick(n for n in p.all(ast.Name) if n.id in names and isinstance(n.ctx, ast.Load))
    others = [n for n in names if node is not None and n not in {node.id, "self", "cls"}]
    other = p.pick(others)
    rest = sum(n.id == node.id for n in p.all(ast.Name)) if node is not None else 0
    return p.put(node, other) if node is not None and other and rest > 1 else None


@_kind(False, "`continue` for `break` is as good code")
def _break_continue(p: Piece) -> str | None:
    node = p.pick(p.all(ast.Break, ast.Continue))
    if node is None:
        return None
    return p.put(node, "continue" if isinstance(node, ast.Break) else "break")


@_kind(False, "the largest for the smallest is as good code")
def _min_max(p: Piece) -> str | None:
    pairs = {"min": "max", "max": "min", "any": "all", "all": "any"}
    node = p.pick(n for n in p.all(ast.Name) if n.id in pairs and isinstance(n.ctx, ast.Load))
    return p.put(node, pairs[node.id]) if node is not None else None


@_kind(False, "a slice that is one longer is as good code")
def _slice(p: Piece) -> str | None:
    node = p.pick(n for n in p.all(ast.Slice) if n.lower is not None)
    return p.put(node.lower, f"{p.source(node.lower)} + 1") if node and node.lower else None


@_kind(False, "statements in another order are as good code")
def _reordered(p: Piece) -> str | None:
    pairs = [
        (one, two)
        for each in p.statements()
        for one, two in pairwise(each)
        if isinstance(one, ast.AugAssign | ast.Expr) and isinstance(two, ast.AugAssign | ast.Expr)
        if p.source(one) != p.source(two)
    ]
    pair = p.pick(pairs)
    if pair is None:
        return None
    one, two = pair
    return p.put_all([(*p.span(one), p.source(two)), (*p.span(two), p.source(one))])


@_kind(False, "another method of the same kind is as good code")
def _sibling_method(p: Piece) -> str | None:
    pairs = {"lower": "upper", "upper": "lower", "lstrip": "rstrip", "rstrip": "lstrip"}
    pairs |= {"startswith": "endswith", "endswith": "startswith", "find": "rfind"}
    pairs |= {"append": "extend", "strip": "lstrip", "split": "rsplit", "partition": "rpartition"}
    node = p.pick(n for n in p.all(ast.Attribute) if n.attr in pairs)
    return p.put(node, f"{p.source(node.value)}.{pairs[node.attr]}") if node is not None else None


KINDS = tuple(_KINDS)
"""Every kind of bad edit."""


def _elif(p: Piece, node: ast.If) -> bool:
    return p.source(node).startswith("elif")


def _is_append(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "append"
        and isinstance(node.value.func.value, ast.Name)
    )


def _plain(p: Piece, node: ast.Constant) -> bool:
    text = p.source(node)
    return text[:1] in "\"'" and text[:3] not in {'"""', "'''"} and node.lineno == node.end_lineno


def _between(p: Piece, left: ast.expr, right: ast.expr, old: str, new: str) -> str | None:
    first, last = p.span(left)[1], p.span(right)[0]
    gap = p.text[first:last]
    if gap.count(old) != 1:
        return None
    return p.text[:first] + gap.replace(old, new) + p.text[last:]


def _renamed(p: Piece, old: str, new: str) -> str | None:
    """The function with a name of its own called otherwise everywhere in it."""
    if any(k.arg == old for c in p.all(ast.Call) for k in c.keywords):
        pass  # a keyword of another function keeps its name
    if re.search(rf"\b{re.escape(new)}\b", p.text):
        return None
    changes = [
        (*p.span(n), new) for n in ast.walk(p.node) if isinstance(n, ast.Name) and n.id == old
    ]
    for each in ast.walk(p.node):
        if isinstance(each, ast.arg) and each.arg == old:
            first = p.span(each)[0]
            changes.append((first, first + len(old), new))
    return p.put_all(changes) if changes else None
