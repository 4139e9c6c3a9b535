"""Whether a Python function depends on its arguments alone, told from the syntax tree.

Conservative: what is not known to be pure is not. It decides what may be called with made-up
inputs and compared; nothing is run here.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_FORBIDDEN = frozenset(
    (
        *("open", "input", "print", "exec", "eval", "compile", "__import__", "globals", "locals"),
        *("vars", "setattr", "delattr", "breakpoint", "exit", "quit", "id", "help", "object"),
        *("super", "memoryview", "copyright", "credits", "license"),
    )
)
_BUILTINS = frozenset(name for name in dir(builtins) if name not in _FORBIDDEN)
_MODULES = frozenset(
    (
        *("math", "cmath", "re", "itertools", "functools", "operator", "string", "textwrap"),
        *("collections", "collections.abc", "typing", "statistics", "fractions", "decimal"),
        *("json", "unicodedata", "zlib", "heapq", "copy", "dataclasses", "enum", "quopri"),
        *("numbers", "struct", "binascii", "bisect", "types", "abc", "token", "stat"),
        *("base64", "hashlib", "html", "keyword", "difflib", "fnmatch", "posixpath", "ntpath"),
        *("urllib.parse", "datetime", "calendar", "colorsys", "contextlib", "__future__"),
        *("typing_extensions", "ipaddress"),
    )
)
_CHANCE = frozenset(("now", "today", "utcnow", "fromtimestamp", "localtime", "load", "dump"))
_METHODS = frozenset(
    name
    for kind in (str, bytes, bytearray, list, dict, set, frozenset, tuple, int, float, re.Pattern)
    for name in dir(kind)
) | frozenset(("group", "groups", "groupdict", "start", "end", "span", "send", "close"))
_DECORATORS = frozenset(("staticmethod", "cache", "lru_cache", "functools.cache", "wraps"))
_DEPTH = 6


def impurity(source: str, function: str, *, objects: bool = False) -> str:
    """Why a function may not be called with made-up inputs, in words; empty when it may.

    `function` is a qualified name; only functions of a module and static methods can be called
    without making anything first. With `objects` objects are made too: then a method may read and
    set what its object holds and call the class's own pure methods.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "its text does not parse as this Python"
    module = _Module(tree, objects=objects)
    found = module.definition(function)
    if found is None:
        return "it is no plain function"
    if "." in function and "staticmethod" not in map(ast.unparse, found.decorator_list):
        if not objects or not found.args.args:
            return "it is a method, which needs an object"
        module.enter(function.rpartition(".")[0], found.args.args[0].arg)
    reasons = (_in_function(found, module, _DEPTH), "" if objects else _signature(found))
    return next((each for each in reasons if each), "")


@dataclass(slots=True)
class _Module:
    """What a module's names stand for, and which functions were looked at."""

    tree: ast.Module
    objects: bool = False
    me: str = ""
    """What a method calls its own object."""
    own: dict[str, ast.FunctionDef] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    imported: dict[str, str] = field(default_factory=dict)
    defined: dict[str, ast.stmt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.learn(_flat(self.tree.body))
        for node in _flat(self.tree.body):
            match node:
                case ast.Import() | ast.ImportFrom():
                    pass
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    self.defined[node.name] = node
                case _:
                    for inner in ast.walk(node):
                        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                            self.defined[inner.id] = node

    def enter(self, name: str, me: str) -> None:
        """Look from within a class, with its methods and those of its bases here."""
        self.me = me
        wanted, known = [name.rpartition(".")[2]], set[str]()
        classes = {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.ClassDef)}
        while wanted:
            one = wanted.pop(0)
            node = classes.get(one) if one not in known else None
            known.add(one)
            for each in node.body if node is not None else ():
                if isinstance(each, ast.FunctionDef):
                    self.own.setdefault(each.name, each)
            wanted += [ast.unparse(base) for base in node.bases] if node is not None else []

    def learn(self, statements: Iterable[ast.stmt]) -> None:
        """Take in what imports among the statements bind."""
        for node in statements:
            if isinstance(node, ast.Import):
                for each in node.names:
                    name = each.asname or each.name.partition(".")[0]
                    self.imported[name] = each.name if each.asname else name
            elif isinstance(node, ast.ImportFrom):
                origin = node.module if not node.level else None
                for each in node.names:
                    self.imported[each.asname or each.name] = origin or "."

    def definition(self, name: str) -> ast.FunctionDef | None:
        """A function or static method by its qualified name."""
        *classes, last = name.split(".")
        body: Sequence[ast.stmt] = self.tree.body
        for each in classes:
            inner = [n for n in body if isinstance(n, ast.ClassDef) and n.name == each]
            body = inner[-1].body if inner else ()
        found = [n for n in body if isinstance(n, ast.FunctionDef) and n.name == last]
        return found[-1] if found else None


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under `if` and `try` with them."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            for part in ("body", "orelse", "finalbody"):
                yield from _flat(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _flat(handler.body)
        else:
            yield node


def _signature(function: ast.FunctionDef) -> str:
    arguments = function.args
    if any(default is None for default in arguments.kw_defaults):
        return "it has arguments that must be named"
    return ""


def _in_function(function: ast.FunctionDef, module: _Module, depth: int) -> str:
    if depth == 0:
        return "it calls too deeply to be followed"
    for each in function.decorator_list:
        bare = each.func if isinstance(each, ast.Call) else each
        if ast.unparse(bare).rpartition(".")[2] not in _DECORATORS:
            return f"it is decorated with `{ast.unparse(bare)}`"
    local = _locals(function)
    module.called |= {id(n.func) for n in ast.walk(function) if isinstance(n, ast.Call)}
    module.learn(each for each in ast.walk(function) if isinstance(each, ast.stmt))
    for statement in function.body:
        for node in ast.walk(statement):
            reason = _of_node(node, local, module, depth)
            if reason:
                return reason
    return ""


def _locals(function: ast.FunctionDef) -> frozenset[str]:
    found = {each.arg for node in ast.walk(function) for each in _arguments(node)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node is not function:
            found.add(node.name)
        elif isinstance(node, ast.ExceptHandler):
            found.add(node.name or "")
    return frozenset(found)


def _arguments(node: ast.AST) -> Iterator[ast.arg]:
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        arguments = node.args
        yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        yield from (each for each in (arguments.vararg, arguments.kwarg) if each is not None)


def _of_node(node: ast.AST, local: frozenset[str], module: _Module, depth: int) -> str:
    match node:
        case ast.Global() | ast.Nonlocal():
            return "it changes names outside itself"
        case ast.Await() | ast.AsyncFor() | ast.AsyncWith() | ast.AsyncFunctionDef():
            return "it is asynchronous"
        case ast.With():
            used = [ast.unparse(each.context_expr) for each in node.items]
            fine = all(each.startswith(("suppress(", "contextlib.suppress(")) for each in used)
            return "" if fine else f"it uses `{used[0]}` as a context"
        case ast.Import() | ast.ImportFrom():
            names = [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            names += [e.name for e in node.names] if isinstance(node, ast.Import) else []
            bad = [name for name in names if name not in _MODULES]
            return f"it imports `{bad[0]}`" if bad else ""
        case ast.Attribute() if not isinstance(node.ctx, ast.Load):
            own = module.objects and _base(node) in local
            return "" if own else f"it changes the attribute `{node.attr}`"
        case ast.Subscript() if not isinstance(node.ctx, ast.Load):
            base = _base(node)
            return "" if base in local else f"it changes `{base}`, which is not its own"
        case ast.Attribute():
            return _of_attribute(node, local, module, depth)
        case ast.Name() if isinstance(node.ctx, ast.Load):
            return _of_name(node.id, local, module, depth)
        case _:
            return ""


def _of_attribute(node: ast.Attribute, local: frozenset[str], module: _Module, depth: int) -> str:
    base = _base(node)
    origin = module.imported.get(base) if base not in local else None
    if origin is not None:
        if origin in _MODULES or f"{origin}.{node.attr}" in _MODULES or _within(node, module):
            return f"it asks for `{node.attr}`" if node.attr in _CHANCE else ""
        return f"it uses `{origin}`"
    mine = isinstance(node.value, ast.Name) and node.value.id == module.me and module.me
    if mine and node.attr in module.own:
        return _of_own(module.own[node.attr], module, depth)
    if node.attr in _METHODS:
        return ""
    if module.objects and base in local and id(node) not in module.called:
        return f"it uses `.{node.attr}`" if node.attr.startswith("__") else ""
    return f"it uses `.{node.attr}`, which is not known"


def _of_own(method: ast.FunctionDef, module: _Module, depth: int) -> str:
    """Why another method or property of the same class may not be called."""
    key = f"{module.me}.{method.name}"
    if key in module.seen:
        return ""
    module.seen.add(key)
    names = {ast.unparse(each) for each in method.decorator_list}
    if not names <= {"property", "cached_property", "functools.cached_property", "staticmethod"}:
        return f"it calls `{method.name}`, which is decorated"
    bare = ast.FunctionDef(**{**vars(method), "decorator_list": []})
    reason = _in_function(bare, module, depth - 1)
    return f"it calls `{method.name}`: {reason}" if reason else ""


def _within(node: ast.Attribute, module: _Module) -> bool:
    """Whether a dotted name lies in a pure module that was imported under its first part."""
    parts = ast.unparse(node).split(".")
    dotted = [".".join(parts[:count]) for count in range(1, len(parts))]
    return any(each in _MODULES for each in dotted) and parts[0] in module.imported


def _of_name(name: str, local: frozenset[str], module: _Module, depth: int) -> str:
    if name in local or (name in _BUILTINS and name not in module.defined | module.imported):
        return ""
    if name in module.imported:
        origin = module.imported[name]
        pure = origin in _MODULES or name in {"urllib", "collections"}
        if name in _CHANCE:
            return f"it asks for `{name}`"
        return "" if pure else f"it uses `{name}` of `{origin}`"
    known = module.defined.get(name)
    match known:
        case None:
            return f"it uses `{name}`, which is not known"
        case ast.FunctionDef():
            if name in module.seen:
                return ""
            module.seen.add(name)
            reason = _in_function(known, module, depth - 1)
            return f"it calls `{name}`: {reason}" if reason else ""
        case ast.ClassDef():
            bases = [ast.unparse(base) for base in known.bases]
            raised = any(base.endswith(("Error", "Exception", "Warning")) for base in bases)
            tuples = any(base.endswith(("NamedTuple", "Enum", "IntEnum")) for base in bases)
            return "" if raised or tuples else f"it uses the class `{name}`"
        case ast.Assign() | ast.AnnAssign():
            return ""
        case _:
            return f"it uses `{name}`, which is set in more than one way"


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
