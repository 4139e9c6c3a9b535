"""Which exceptions a Python function visibly lets out, and when; reads its tree only."""

from __future__ import annotations

import ast
import builtins
import re
from dataclasses import dataclass, field, replace
from typing import Literal

from camus.actions.rewrites.facts import Entry
from camus.actions.rewrites.python_tree import assigned, dotted, names, source

_LONGEST = 76
_FLIPPED: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Lt: ast.GtE(),
    ast.GtE: ast.Lt(),
    ast.Gt: ast.LtE(),
    ast.LtE: ast.Gt(),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """What must have happened for a statement to run, and which exceptions do not get out."""

    conditions: tuple[ast.expr, ...] = ()
    handled: str = ""
    caught: frozenset[str] = frozenset()
    vague: Literal["", "left", "more"] = ""
    """Whether something else decides too: an earlier return alone, or more than that."""

    def when(self, test: ast.expr) -> _Place:
        return replace(self, conditions=(*self.conditions, test))

    def unsure(self) -> _Place:
        return replace(self, vague="more")

    def after_return(self) -> _Place:
        return replace(self, vague=self.vague or "left")


@dataclass(slots=True)
class _Seen:
    hidden: set[str]
    reasons: dict[str, list[str]] = field(default_factory=dict)


def raised(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Entry, ...]:
    """The exceptions raised in the body and not caught there, each with its conditions."""
    parameters = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    seen = _Seen(assigned(node.body) - parameters)
    _block(node.body, _Place(), seen)
    return tuple(
        Entry(name=name, known=_joined(reasons), words="In some cases.")
        for name, reasons in seen.reasons.items()
    )


def _block(body: list[ast.stmt], place: _Place, seen: _Seen) -> None:
    for statement in body:
        _statement(statement, place, seen)
        if _may_leave(statement):
            place = place.after_return()


def _statement(statement: ast.stmt, place: _Place, seen: _Seen) -> None:
    if isinstance(statement, ast.Raise):
        _raise(statement, place, seen)
    elif isinstance(statement, ast.If):
        _branches(statement, place, seen)
    elif isinstance(statement, ast.For | ast.AsyncFor | ast.While):
        _block(statement.body, place.unsure(), seen)
        _block(statement.orelse, place.unsure(), seen)
    elif isinstance(statement, ast.With | ast.AsyncWith):
        _block(statement.body, _within(statement, place), seen)
    elif isinstance(statement, ast.Try) or type(statement).__name__ == "TryStar":
        _try(statement, place, seen)  # type: ignore[arg-type]  # TryStar has Try's fields
    elif isinstance(statement, ast.Match):
        for case in statement.cases:
            _block(case.body, place.unsure(), seen)


def _branches(statement: ast.If, place: _Place, seen: _Seen) -> None:
    _block(statement.body, place.when(statement.test), seen)
    if len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        _chain(statement.orelse[0], place, seen)
    else:
        _block(statement.orelse, place.when(_negated(statement.test)), seen)


def _chain(statement: ast.If, place: _Place, seen: _Seen) -> None:
    """The `elif`s of an `if`, whose last `else` no single condition describes."""
    _block(statement.body, place.when(statement.test), seen)
    if len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
        _chain(statement.orelse[0], place, seen)
    else:
        _block(statement.orelse, place.unsure(), seen)


def _try(statement: ast.Try, place: _Place, seen: _Seen) -> None:
    caught = frozenset(
        name for handler in statement.handlers for name in _types(handler) or ("BaseException",)
    )
    _block(statement.body, replace(place, caught=place.caught | caught), seen)
    for handler in statement.handlers:
        handled = " or ".join(f"`{name}`" for name in _types(handler)[:3])
        _block(handler.body, replace(place, handled=handled, conditions=()), seen)
    _block(statement.orelse, place, seen)
    _block(statement.finalbody, place, seen)


def _within(statement: ast.With | ast.AsyncWith, place: _Place) -> _Place:
    """The place inside a `with`, where `suppress` catches."""
    caught: set[str] = set()
    for item in statement.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and dotted(call.func).endswith("suppress"):
            caught |= {dotted(argument) for argument in call.args}
    return replace(place, caught=place.caught | caught)


def _raise(statement: ast.Raise, place: _Place, seen: _Seen) -> None:
    name = dotted(statement.exc)
    last = name.rpartition(".")[2]
    if not last[:1].isupper() or _is_caught(last, place.caught):
        return
    seen.reasons.setdefault(name, []).append(_reason(statement.exc, place, seen.hidden))


def _reason(exc: ast.expr | None, place: _Place, hidden: set[str]) -> str:
    """When this exception is raised, in the clearest words there are; empty when unclear."""
    code = _conditions(place)
    open_ = not any(names(test) & hidden for test in place.conditions)
    if code and open_ and not place.vague:
        return f"if {code}"
    message = _message(exc)
    if message:
        return message
    if code and open_:
        return f"if {code}"
    if place.handled:
        return f"on {place.handled}"
    if place.conditions:
        return ""
    return {"": "always", "left": "if nothing is returned before"}.get(place.vague, "")


def _conditions(place: _Place) -> str:
    codes = [source(test) for test in place.conditions]
    said = " and ".join(f"`{code}`" for code in codes)
    clear = 0 < len(codes) <= 2 and all(codes) and len(said) <= _LONGEST
    return said if clear else ""


def _message(exc: ast.expr | None) -> str:
    """The exception's own message as a sentence, when it is plain text."""
    if not isinstance(exc, ast.Call) or not exc.args:
        return ""
    text = _text(exc.args[0]).strip()
    plain = 3 < len(text) <= 90 and not any(char in text for char in '\n\\`"') and " " in text
    if not plain:
        return ""
    if text.split()[0].isalpha():
        text = f"{text[0].upper()}{text[1:]}"
    return text if text[-1] in ".!?" else f"{text}."


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return re.sub(r"%[-#0-9.]*[a-z]", "…", _text(node.left))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        held = _text(node.func.value) if node.func.attr == "format" else ""
        return re.sub(r"\{[^{}]*\}", "…", held)
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts = []
    for value in node.values:
        if isinstance(value, ast.FormattedValue):
            code = ast.unparse(value.value)
            parts.append(f"{{{code}}}" if len(code) <= 24 else "…")
        else:
            parts.append(_text(value))
    return "".join(parts)


def _joined(reasons: list[str]) -> str:
    """The reasons of one exception as one or more sentences; empty when one of them is unclear."""
    unique = list(dict.fromkeys(reasons))
    if not all(unique):
        return ""
    clauses = [reason for reason in unique if reason[-1] not in ".!?"]
    sentences = [reason for reason in unique if reason[-1] in ".!?"]
    if clauses:
        said = f"{', '.join(clauses[:-1])} or {clauses[-1]}" if clauses[1:] else clauses[0]
        sentences.insert(0, f"{said[0].upper()}{said[1:]}.")
    text = " ".join(sentences)
    return text if len(text) <= 3 * _LONGEST else ""


def _types(handler: ast.ExceptHandler) -> tuple[str, ...]:
    listed = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return tuple(name for name in map(dotted, listed) if name)


def _is_caught(name: str, caught: frozenset[str]) -> bool:
    lasts = {each.rpartition(".")[2] for each in caught}
    if name in lasts or lasts & {"Exception", "BaseException"}:
        return True
    kind = getattr(builtins, name, None)
    bases = kind.__mro__ if isinstance(kind, type) else ()
    return any(base.__name__ in lasts for base in bases)


def _negated(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return ast.Compare(test.left, [_FLIPPED[type(test.ops[0])]], test.comparators)
    return ast.UnaryOp(ast.Not(), test)


def _may_leave(statement: ast.stmt) -> bool:
    """Whether a statement may return before what follows it runs."""
    return any(isinstance(node, ast.Return) for node in ast.walk(statement))
