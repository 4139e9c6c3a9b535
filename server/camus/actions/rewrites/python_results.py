"""What a Python function visibly returns or yields, in words; reads its tree only."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from camus.actions.rewrites.facts import Entry
from camus.actions.rewrites.python_tree import assigned, dotted, names, source, statements
from camus.actions.rewrites.typewords import inner
from camus.actions.rewrites.wording import article, words

_ITERATORS = ("Iterator", "Iterable", "Generator")
_YIELDING = (*_ITERATORS, *(f"Async{name}" for name in _ITERATORS))
_MOST = 3
_BUILTIN = {
    **dict.fromkeys(("str", "repr", "format", "ascii", "chr", "hex", "bin", "oct"), "a string"),
    **dict.fromkeys(("int", "len", "ord", "hash", "id"), "an integer"),
    **dict.fromkeys(("bool", "isinstance", "issubclass", "callable", "hasattr"), "True or False"),
    **dict.fromkeys(("any", "all"), "True or False"),
    **dict.fromkeys(("list", "sorted"), "a list"),
    "float": "a number",
    "dict": "a dictionary",
    "tuple": "a tuple",
    "set": "a set",
    "frozenset": "a frozen set",
    "bytes": "bytes",
    "cls": "an object of this class",
    "super": "what the base class returns",
    "type": "a class",
    "open": "an open file",
    "iter": "an iterator",
    "range": "a range",
    "zip": "an iterator",
    "map": "an iterator",
}
_DISPLAYS: dict[type[ast.expr], str] = {
    ast.JoinedStr: "a string",
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Dict: "a dictionary",
    ast.DictComp: "a dictionary",
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.Tuple: "a tuple",
    ast.GeneratorExp: "a generator",
    ast.Lambda: "a callable",
}


@dataclass(frozen=True, slots=True)
class _Names:
    """Names that do not mean what they mean outside: the body's own, and the module's."""

    local: dict[str, str]
    shadowed: frozenset[str]


def returned(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    annotation: str,
    *,
    declared_only: bool,
    shadowed: frozenset[str] = frozenset(),
) -> Entry | None:
    """What comes back, or None when nothing does.

    `annotation` is the return type in source text; `declared_only` says that the body is a
    placeholder, so that the annotation alone counts; `shadowed` are the names that the module
    gives a meaning of its own.
    """
    if annotation in {"None", "NoReturn", "Never", "typing.NoReturn", "typing.Never"}:
        return None
    if declared_only:
        return Entry(type=annotation) if annotation else None
    values = [
        each.value
        for each in statements(node.body)
        if isinstance(each, ast.Return) and each.value is not None
    ]
    if all(_is_none(value) for value in values):
        return None
    if annotation:
        return Entry(type=annotation)
    known = _alternatives(
        values, _Names(_locals(node), shadowed), falls_through=_falls_through(node)
    )
    return Entry(known=known) if known else None


def yielded(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    annotation: str,
    shadowed: frozenset[str] = frozenset(),
) -> Entry | None:
    """What a generator gives, or None when it is none or gives nothing of interest."""
    found = [each for each in statements(node.body) if isinstance(each, ast.Yield | ast.YieldFrom)]
    element = inner(annotation, _YIELDING)[:1]
    if not found or element == ("None",):
        return None
    if element:
        return Entry(type=element[0])
    values = [each.value for each in found if isinstance(each, ast.Yield) and each.value]
    hidden = _Names(_locals(node), shadowed)
    delegated = [source(each.value, 40) for each in found if isinstance(each, ast.YieldFrom)]
    if delegated and not values:
        code = delegated[0] if len(delegated) == 1 else ""
        return Entry(known=f"The items of `{code}`." if code else "Items, one after another.")
    if not values or all(_is_none(value) for value in values):
        return None
    known = _alternatives(values, hidden, falls_through=False)
    return Entry(known=known if known and not delegated else "Items, one after another.")


def _alternatives(values: Iterable[ast.expr], hidden: _Names, *, falls_through: bool) -> str:
    said: dict[str, None] = {}
    for value in values:
        for part in _parts(value):
            said[_describe(part, hidden)] = None
    if falls_through:
        said["None"] = None
    if "" in said or not said:
        return ""
    if "True or False" in said:
        said = {each: None for each in said if each not in {"`True`", "`False`"}}
    elif {"`True`", "`False`"} <= said.keys():
        rest = [each for each in said if each not in {"`True`", "`False`"}]
        said = dict.fromkeys(["True or False", *rest])
    ordered = [each for each in said if each != "None"]
    if len(ordered) > _MOST:
        return ""
    ordered += ["None"] if "None" in said else []
    text = f"{', '.join(ordered[:-1])} or {ordered[-1]}" if ordered[1:] else ordered[0]
    return f"{text[0].upper()}{text[1:]}."


def _parts(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.IfExp):
        return [*_parts(value.body), *_parts(value.orelse)]
    return [value]


def _describe(value: ast.expr, hidden: _Names) -> str:
    """One result in words without a full stop; empty when nothing short can be said."""
    if isinstance(value, ast.Await):
        return _describe(value.value, hidden)
    if isinstance(value, ast.Constant):
        return "None" if value.value is None else _constant(value)
    if type(value) in _DISPLAYS:
        return _DISPLAYS[type(value)]
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
        return "True or False"
    if isinstance(value, ast.Compare):
        sure = all(isinstance(op, ast.Is | ast.IsNot | ast.In | ast.NotIn) for op in value.ops)
        return "True or False" if sure else _quoted(value, hidden)
    if isinstance(value, ast.Call):
        return _call(value, hidden)
    if isinstance(value, ast.Name):
        return _name(value.id, hidden)
    return _quoted(value, hidden)


def _constant(value: ast.Constant) -> str:
    code = source(value, 24)
    if code:
        return f"`{code}`"
    return {"str": "a string", "bytes": "bytes"}.get(type(value.value).__name__, "")


def _call(value: ast.Call, hidden: _Names) -> str:
    func = value.func
    callee = dotted(func)
    last = callee.rpartition(".")[2]
    if callee in _BUILTIN and callee not in hidden.local and callee not in hidden.shadowed:
        return _BUILTIN[callee]
    if isinstance(func, ast.Attribute):
        if isinstance(func.value, ast.Call) and dotted(func.value.func) == "super":
            return "what the base class returns"
        constant = func.value.value if isinstance(func.value, ast.Constant) else None
        if isinstance(constant, str) and func.attr in {"join", "format"}:
            return "a string"
    if _is_class_name(last):
        return f"{article(last)} `{last}`"
    if not callee or callee.split(".")[0] in hidden.local or len(callee) > 40:
        return ""
    return f"the result of `{callee}`"


def _is_class_name(name: str) -> bool:
    """Whether a name is written like a class: `Header`, yet neither `HEADER` nor `header`."""
    return name.lstrip("_")[:1].isupper() and not name.isupper()


def _name(name: str, hidden: _Names) -> str:
    if name == "self":
        return "this object"
    if name not in hidden.local:
        return f"`{name}`"
    if hidden.local[name]:
        return f"the inner {hidden.local[name]} `{name}`"
    said = words(name)
    return f"the {' '.join(said)}" if said and len(max(said, key=len)) > 2 else ""


def _quoted(value: ast.expr, hidden: _Names) -> str:
    code = source(value, 48)
    return f"`{code}`" if code and not names(value) & hidden.local.keys() else ""


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """The names of the body's own, those of inner functions and classes with that word."""
    parameters = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    bound = dict.fromkeys(assigned(node.body) - parameters, "")
    for each in statements(node.body):
        if isinstance(each, ast.comprehension):
            bound |= dict.fromkeys(names(each.target), "")
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            bound[each.name] = "function"
        elif isinstance(each, ast.ClassDef):
            bound[each.name] = "class"
    return bound


def _falls_through(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the end of the body can be reached, as far as its last statement tells."""
    return not _ends(node.body)


def _ends(body: list[ast.stmt]) -> bool:
    last = body[-1] if body else None
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.With | ast.AsyncWith):
        return _ends(last.body)
    if isinstance(last, ast.While):
        return isinstance(last.test, ast.Constant) and bool(last.test.value)
    if isinstance(last, ast.Try):
        handlers = all(_ends(handler.body) for handler in last.handlers)
        return _ends(last.finalbody) or (_ends(last.orelse or last.body) and handlers)
    if isinstance(last, ast.Match):
        return all(_ends(case.body) for case in last.cases) and _has_default(last)
    return False


def _has_default(statement: ast.Match) -> bool:
    pattern = statement.cases[-1].pattern
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
