"""Gathers what a documentation of a Python definition may say; writes nothing."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from camus.actions.rewrites.facts import Entry, Facts
from camus.actions.rewrites.python_raises import raised
from camus.actions.rewrites.python_results import returned, yielded
from camus.actions.rewrites.python_tree import dotted, node_of, source, statements
from camus.actions.rewrites.typewords import inner, phrase, plural
from camus.actions.rewrites.vocabulary import MAGIC
from camus.actions.rewrites.wording import (
    Symbol,
    SymbolKind,
    flag_phrase,
    noun_phrase,
    summary,
)
from camus.source import Document, Parameter, Scope, definitions, imports

_PROPERTIES = {"property", "cached_property", "abstractproperty", "classproperty"}
_LONGEST_DEFAULT = 40
_ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}
_CONSTRUCTORS = {"__init__", "__new__"}


def python_facts(document: Document, scope: Scope) -> Facts:
    """The facts of a class or function; fewer where this Python cannot parse it."""
    node = node_of(document, scope)
    if scope.kind == "class":
        attributes = _attributes(node, document, scope) if isinstance(node, ast.ClassDef) else ()
        return Facts(summary(Symbol("class", scope.name)), attributes=attributes)
    function = None if isinstance(node, ast.ClassDef) else node
    kind = _kind(scope)
    shown = _shown(scope)
    parameters = tuple(_parameter(each, scope, function) for each in shown)
    returns, yields = _results(document, scope, function, kind)
    line = summary(
        Symbol(
            kind,
            scope.name,
            owner=_owner(scope),
            returns=returns is not None or scope.returns_value,
            takes=bool(shown),
            subject=_subject(scope, kind, shown),
        )
    )
    if kind in {"property", "setter"} or (scope.name in MAGIC and scope.name not in _PLAIN_MAGIC):
        parameters, returns, yields = (), None, None
    told = any(each.tells for each in parameters)
    if not told and line.startswith("Return "):
        returns = None  # the summary says it
    return Facts(line, parameters, (), returns, yields, _raises(scope, function, kind))


_PLAIN_MAGIC = {"__call__", "__new__", "__init_subclass__"}


def _kind(scope: Scope) -> SymbolKind:
    for decorator in scope.decorators:
        last = re.split(r"\(", decorator, maxsplit=1)[0].rpartition(".")[2]
        if last in _PROPERTIES:
            return "property"
        if last in {"setter", "deleter"}:
            return "setter"
    if scope.name == "__init__":
        return "constructor"
    return "method" if scope.kind == "method" else "function"


def _owner(scope: Scope) -> str:
    return scope.qualified_name.split(".")[-2] if "." in scope.qualified_name else ""


def _shown(scope: Scope) -> tuple[Parameter, ...]:
    """The parameters a caller gives and sees."""
    given = scope.parameters
    static = any(each.rpartition(".")[2] == "staticmethod" for each in scope.decorators)
    if scope.kind == "method" and not static and given and given[0].kind == "positional":
        given = given[1:]
    return tuple(each for each in given if not each.name.startswith("_"))


def _subject(scope: Scope, kind: SymbolKind, shown: tuple[Parameter, ...]) -> str:
    required = [each for each in shown if not each.default and each.kind == "positional"]
    if scope.name in MAGIC:
        return shown[0].name if shown else ""
    if kind == "function" and len(required) == 1:
        return f"`{required[0].name}`"
    return ""


def _parameter(
    parameter: Parameter, scope: Scope, function: ast.FunctionDef | ast.AsyncFunctionDef | None
) -> Entry:
    written = _type(parameter.type)
    if parameter.kind in {"args", "kwargs"}:
        return _rest(parameter, written)
    default = _default(parameter.default)
    known = _flag(parameter, written)
    if not known and not written and function is not None:
        known = _use(parameter.name, scope, function)
    if parameter.default and not default:
        known = f"{known} Optional.".strip()
    return Entry(parameter.name, written, default, known, noun_phrase(parameter.name))


def _rest(parameter: Parameter, written: str) -> Entry:
    if parameter.kind == "args":
        plain = not written or written in {"Any", "object"} or "*" in written
        known = "Further positional arguments." if plain else f"Any number of {plural(written)}."
        return Entry(f"*{parameter.name}", written, "", known)
    plain = not written or written in {"Any", "object"} or "*" in written
    known = "Further keyword arguments"
    known += "." if plain else f", each {phrase(written)}."
    return Entry(f"**{parameter.name}", written, "", known)


def _flag(parameter: Parameter, written: str) -> str:
    is_flag = written in {"bool", "bool | None", "Optional[bool]"}
    if is_flag or (not written and parameter.default in {"True", "False"}):
        return flag_phrase(parameter.name)
    return ""


def _use(name: str, scope: Scope, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What the body's use of an unannotated parameter tells about it."""
    for node in statements(function.body):
        if isinstance(node, ast.Call):
            if _is_name(node.func, name):
                return "A callable."
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if method in {"items", "keys"} and _is_name(getattr(node.func, "value", None), name):
                return "A mapping."
        elif isinstance(node, ast.For | ast.comprehension) and _is_name(node.iter, name):
            return "An iterable."
        elif isinstance(node, ast.Assign) and scope.name == "__init__":
            target = node.targets[0]
            if dotted(target) == f"self.{name}" and _is_name(node.value, name):
                return f"Kept as `self.{name}`."
    return ""


def _is_name(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _results(
    document: Document,
    scope: Scope,
    function: ast.FunctionDef | ast.AsyncFunctionDef | None,
    kind: SymbolKind,
) -> tuple[Entry | None, Entry | None]:
    written = _type(scope.return_type)
    if kind == "constructor":
        return None, None
    if function is None:
        some = scope.returns_value and written not in {"", "None"}
        return (Entry(type=written) if some and not scope.yields else None), None
    if scope.yields:
        return None, yielded(function, written, _module_names(document))
    placeholder = not scope.returns_value and _is_placeholder(function)
    shadowed = _module_names(document)
    return returned(function, written, declared_only=placeholder, shadowed=shadowed), None


def _module_names(document: Document) -> frozenset[str]:
    """The names that the module defines or imports at its top."""
    own = {each.name for each in definitions(document) if each.name == each.qualified_name}
    return frozenset(own | {each.alias for each in imports(document)})


def _is_placeholder(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for statement in function.body:
        if isinstance(statement, ast.Pass):
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if isinstance(statement, ast.Raise) and "NotImplemented" in dotted(statement.exc):
            continue
        return False
    return True


def _raises(
    scope: Scope, function: ast.FunctionDef | ast.AsyncFunctionDef | None, kind: SymbolKind
) -> tuple[Entry, ...]:
    if function is None:
        return tuple(Entry(name=name, words="In some cases.") for name in scope.raises)
    found = raised(function)
    if _is_placeholder(function):
        found = tuple(each for each in found if "NotImplemented" not in each.name)
    if kind == "method" and scope.name == "__next__":
        found = tuple(each for each in found if each.name != "StopIteration")
    return found


def _attributes(node: ast.ClassDef, document: Document, scope: Scope) -> tuple[Entry, ...]:
    """The annotated public attributes that have no documentation of their own."""
    if {dotted(base).rpartition(".")[2] for base in node.bases} & _ENUMS:
        return ()
    lines = document.slice(scope.span).splitlines()
    shift = 2 if scope.indent else 1
    found: dict[str, Entry] = {}
    for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            first, last = statement.lineno - shift, (statement.end_lineno or 0) - shift
            remark = any("#:" in line for line in lines[max(0, first - 1) : last + 1])
            if not remark and not _is_text(after):
                _add(found, statement.target.id, statement.annotation, statement.value)
        elif isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            _from_constructor(statement, found)
    return tuple(found.values())


def _from_constructor(function: ast.FunctionDef, found: dict[str, Entry]) -> None:
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    typed = {each.arg: each.annotation for each in parameters if each.annotation}
    for node in statements(function.body):
        if isinstance(node, ast.AnnAssign) and dotted(node.target).startswith("self."):
            name = dotted(node.target).removeprefix("self.")
            _add(found, name, node.annotation, None)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            name, annotation = dotted(node.targets[0]), typed.get(node.value.id)
            if name.startswith("self.") and annotation is not None:
                _add(found, name.removeprefix("self."), annotation, None)


def _add(found: dict[str, Entry], name: str, annotation: ast.expr, value: ast.expr | None) -> None:
    written = _type(ast.unparse(annotation))
    hidden = name.startswith("_") or not name.isidentifier() or name in found
    if hidden or inner(written, ("InitVar",)) or written.endswith("InitVar"):
        return
    wrapped = inner(written, ("ClassVar", "Final", "Annotated", "Required", "NotRequired"))
    plain = wrapped[0] if wrapped else written.replace("Final", "").replace("ClassVar", "")
    known = flag_phrase(name) if plain == "bool" else ""
    entry = Entry(name, plain, _default(_field_default(value)), known, noun_phrase(name))
    found[name] = entry if plain else replace(entry, type="")


def _field_default(value: ast.expr | None) -> str:
    """The default that a class attribute shows, looking into `field(...)`."""
    if value is None:
        return ""
    if not isinstance(value, ast.Call):
        return source(value, _LONGEST_DEFAULT)
    if dotted(value.func).rpartition(".")[2] not in {"field", "Field", "attrib", "ib"}:
        return source(value, _LONGEST_DEFAULT)
    for keyword in value.keywords:
        if keyword.arg == "default":
            return source(keyword.value, _LONGEST_DEFAULT)
        if keyword.arg in {"default_factory", "factory"}:
            name = dotted(keyword.value) if not isinstance(keyword.value, ast.Call) else ""
            return f"{name}()" if name else ""
    return ""


def _is_text(node: ast.stmt | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _type(written: str) -> str:
    """An annotation without the quotes of a forward reference."""
    flat = " ".join(written.split())
    return flat if "Literal" in flat else re.sub(r"['\"]", "", flat)


def _default(written: str) -> str:
    """A default that is short and plain enough to be quoted; otherwise empty."""
    flat = " ".join(written.split())
    unfit = len(flat) > _LONGEST_DEFAULT or "`" in flat or '"""' in flat or "'''" in flat
    return "" if unfit or flat in {"...", "object()"} else flat
