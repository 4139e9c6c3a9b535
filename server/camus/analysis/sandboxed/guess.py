"""Inputs for a function, from its type hints, its defaults, how it uses them and its literals."""

from __future__ import annotations

import ast
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_INTS = [0, 1, -1, 2, 3, 7, 10, 100, -5]
_FLOATS = [0.0, 1.0, -1.5, 2.5, 1e-9, 1e6]
_TEXTS = ["", "a", "abc", "Hello World", "a,b;c", " x y ", "1", "-12.5", "A_b-c.d", "line\nnext\n"]
_BYTES = [b"", b"a", b"abc", b"\x00\xff"]
_TYPES: dict[str, type] = {
    "str": str,
    "bytes": bytes,
    "list": list,
    "dict": dict,
    "set": set,
    "tuple": tuple,
    "int": int,
    "float": float,
}
_WORDS = {
    "str": "str",
    "AnyStr": "str",
    "Text": "str",
    "bytes": "bytes",
    "int": "int",
    "bool": "bool",
    "float": "float",
    "complex": "float",
    "None": "none",
    "Any": "any",
    "object": "any",
    "tuple": "tuple",
    "Tuple": "tuple",
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection", "Iterator"), "list"),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping"), "dict"),
    **dict.fromkeys(("set", "Set", "frozenset", "FrozenSet"), "set"),
}
_EACH = 60


def inputs(source: str, function: str, chance: random.Random) -> Iterator[list[Any]]:
    """Argument lists without end, simple ones first; nothing when there is no such function."""
    found = _definition(ast.parse(source), function)
    if found is None:
        return
    literals = _literals(found)
    arguments = [*found.args.posonlyargs, *found.args.args]
    needless = len(found.args.defaults)
    required = len(arguments) - needless
    defaults = [None] * required + list(found.args.defaults)
    pools = [
        _pool(found, each, default, literals, chance)
        for each, default in zip(arguments, defaults, strict=True)
    ]
    if not pools:
        yield []
        return
    yield from _simple(pools, required)
    while True:
        count = chance.randint(required, len(pools)) if needless else len(pools)
        yield [chance.choice(pool) for pool in pools[:count]]


def _simple(pools: Sequence[Sequence[Any]], required: int) -> Iterator[list[Any]]:
    """The first few of every pool with each other."""
    wanted = pools[: max(required, 1)]
    few = max(2, int(240 ** (1 / len(wanted))))
    for each in itertools.islice(itertools.product(*(p[:few] for p in wanted)), 240):
        yield list(each)


def _definition(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    body: Sequence[ast.stmt] = tree.body
    *classes, last = name.split(".")
    for each in classes:
        inner = [n for n in body if isinstance(n, ast.ClassDef) and n.name == each]
        body = inner[0].body if inner else ()
    found = [n for n in body if isinstance(n, ast.FunctionDef) and n.name == last]
    return found[-1] if found else None


def _literals(function: ast.FunctionDef) -> dict[str, list[Any]]:
    """The constants in the code by type, with the neighbours of whole numbers."""
    found: dict[str, list[Any]] = {"int": [], "float": [], "str": [], "bytes": []}
    doc = ast.get_docstring(function, clean=False)
    for node in ast.walk(function):
        if not isinstance(node, ast.Constant) or node.value == doc:
            continue
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool):
            found["int"] += [value, value + 1, value - 1] if abs(value) < 10_000 else []
        elif isinstance(value, float | str | bytes) and len(str(value)) < 60:
            found[type(value).__name__].append(value)
    return {kind: list(dict.fromkeys(values))[:24] for kind, values in found.items()}


def _pool(
    function: ast.FunctionDef,
    argument: ast.arg,
    default: ast.expr | None,
    literals: dict[str, list[Any]],
    chance: random.Random,
) -> list[Any]:
    """The values one parameter takes."""
    values: list[Any] = []
    kinds: list[str] = []
    if default is not None:
        try:
            values.append(ast.literal_eval(default))
            kinds.append(type(values[0]).__name__)
        except ValueError:
            pass
    kinds = _hinted(argument.annotation) or [*kinds, *_used(function, argument.arg)]
    if not kinds or "any" in kinds or kinds == ["NoneType"]:
        kinds = ["str", "int", "list:str", "list:int", "dict:str:int", "float", "none", "bytes"]
    makers = [maker for maker in (_maker(kind, literals) for kind in dict.fromkeys(kinds)) if maker]
    for number in range(_EACH):
        values += [maker(chance, number) for maker in makers]
    return values


def _hinted(node: ast.expr | None) -> list[str]:
    """The kinds a type hint names; empty when it names none that can be made."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return []
    if isinstance(node, ast.Constant) and node.value is None:
        return ["none"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_hinted(node.left), *_hinted(node.right)]
    if isinstance(node, ast.Subscript):
        return _of_generic(node)
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    kind = _WORDS.get(name)
    return [kind] if kind else []


def _of_generic(node: ast.Subscript) -> list[str]:
    name = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in {"Optional", "Union"}:
        more = ["none"] if name == "Optional" else []
        return [kind for each in inside for kind in _hinted(each)] + more
    if name == "Literal":
        return [f"={each.value!r}" for each in inside if isinstance(each, ast.Constant)]
    kind = _WORDS.get(name)
    parts = [(_hinted(each) or ["any"])[0] for each in inside[:2]]
    return [":".join([kind, *parts])] if kind else []


def _used(function: ast.FunctionDef, name: str) -> list[str]:
    """The kinds that a parameter without a hint can be, by what is done with it."""
    methods, kinds = set[str](), list[str]()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and _is(node.value, name):
            methods.add(node.attr)
        elif isinstance(node, ast.BinOp) and (_is(node.left, name) or _is(node.right, name)):
            kinds += ["int", "float"] if not isinstance(node.op, ast.Mod) else ["int", "str"]
        elif isinstance(node, ast.Compare) and _is(node.left, name):
            kinds += _compared(node.comparators[0])
        elif isinstance(node, ast.For | ast.comprehension) and _is(node.iter, name):
            kinds += ["list:int", "list:str", "str"]
        elif isinstance(node, ast.Subscript) and _is(node.value, name):
            kinds += ["list:int", "str", "dict:str:int", "list:str"]
        elif isinstance(node, ast.Call) and any(_is(each, name) for each in node.args):
            kinds += _passed(node)
    if methods:
        fitting = [k for k, type_ in _TYPES.items() if all(hasattr(type_, m) for m in methods)]
        return [f"{kind}:str:int" if kind == "dict" else kind for kind in fitting]
    return list(dict.fromkeys(kinds))


def _compared(other: ast.expr) -> list[str]:
    if isinstance(other, ast.Constant):
        return [type(other.value).__name__.replace("NoneType", "none"), "int"]
    return ["int", "str"]


def _passed(call: ast.Call) -> list[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name in {"len", "sorted", "sum", "max", "min", "enumerate", "zip", "set", "list", "iter"}:
        return ["list:int", "str", "list:str", "list:float"]
    if name in {"int", "ord", "match", "search", "sub", "split", "findall", "str", "len"}:
        return ["str"]
    if name in {"abs", "range", "chr", "divmod", "sqrt", "float", "round", "floor", "log", "isqrt"}:
        return ["int", "float"]
    return []


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _maker(kind: str, literals: dict[str, list[Any]]) -> Callable[[random.Random, int], Any] | None:
    """From chance and a running number to a value: the simple ones come first."""
    if kind.startswith("="):
        only = ast.literal_eval(kind[1:])
        return lambda _chance, _number: only
    name, *inner = kind.split(":")
    if name in {"list", "tuple", "set", "dict"}:
        return _container(name, inner, literals)
    pools: dict[str, list[Any]] = {
        "int": [*literals["int"], *_INTS],
        "float": [*literals["float"], *_FLOATS],
        "str": [*literals["str"], *_TEXTS],
        "bytes": [*literals["bytes"], *_BYTES],
        "bool": [False, True],
        "none": [None],
        "NoneType": [None],
        "any": [0, "a", None, 1.5, ""],
    }
    pool = pools.get(name)
    if pool is None:
        return None
    return lambda chance, number: _one(name, pool, chance, number)


def _one(name: str, pool: list[Any], chance: random.Random, number: int) -> Any:
    if number < len(pool):
        return pool[number]
    if name == "int":
        return chance.randint(-1000, 1000)
    if name == "float":
        return round(chance.uniform(-100, 100), 3)
    if name in {"str", "bytes"}:
        joined = [chance.choice(pool) for _ in range(chance.randint(1, 3))]
        return (b"" if name == "bytes" else "").join(joined)
    return chance.choice(pool)


def _container(
    name: str, inner: list[str], literals: dict[str, list[Any]]
) -> Callable[[random.Random, int], Any] | None:
    makers = [_maker(each, literals) for each in inner or ["int"]]
    if any(maker is None for maker in makers):
        return None
    first = makers[0]
    second = makers[-1]

    def make(chance: random.Random, number: int) -> Any:
        size = (0, 1, 2, 3)[number] if number < 4 else chance.randint(0, 6)
        items = [first(chance, chance.randint(0, 12)) for _ in range(size)] if first else []
        if name == "dict":
            return {item: second(chance, chance.randint(0, 12)) if second else 0 for item in items}
        kind: Callable[[list[Any]], Any] = {"list": list, "tuple": tuple, "set": set}[name]
        return kind(items)

    return make
