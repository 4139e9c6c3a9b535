"""What kind of value a parameter wants: by its hint, its name, its default and its use."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

TYPES: dict[str, type] = {
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
    **dict.fromkeys(("str", "AnyStr", "Text", "LiteralString", "StrPath"), "str"),
    **dict.fromkeys(("bytes", "bytearray", "ReadableBuffer", "Buffer"), "bytes"),
    **dict.fromkeys(("int", "Integer", "SupportsInt", "Integral"), "int"),
    "bool": "bool",
    **dict.fromkeys(("float", "complex", "Real", "Number", "Decimal"), "float"),
    "None": "none",
    **dict.fromkeys(("Any", "object", "Hashable"), "any"),
    **dict.fromkeys(("tuple", "Tuple"), "tuple"),
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection"), "list"),
    **dict.fromkeys(("Iterator", "Generator", "MutableSequence", "Container"), "list"),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping", "defaultdict"), "dict"),
    **dict.fromkeys(("set", "Set", "frozenset", "FrozenSet", "AbstractSet"), "set"),
    **dict.fromkeys(("Callable", "Callback"), "call"),
}
_NAMED = (
    ("path", "path file filename filepath dir directory folder pathname root src dst"),
    ("url", "url uri href link address host hostname netloc"),
    ("word", "name key attr attribute word token identifier ident label tag prefix suffix"),
    ("str", "text s string line msg message title content body value_str doc source code html"),
    ("int", "n count size length index idx i j k num number width height depth level limit start"),
    ("int", "stop end offset pos position port year month day seconds maxsplit indent a b x y"),
    ("list:str", "lines words names parts args argv tokens keys strings segments chunks"),
    ("list:int", "items values seq sequence numbers elements data_list iterable xs nums sizes"),
    ("dict:str:any", "d dct mapping kwargs options config params headers attrs env dictionary"),
    ("bool", "flag verbose strict ignore force recursive quiet reverse debug enabled"),
    ("bytes", "data buf buffer payload raw blob"),
    ("version", "version ver"),
    ("sep", "sep separator delimiter delim char ch c quote"),
    ("call", "func function fn callback predicate keyfunc factory f"),
    ("pattern", "pattern regex regexp"),
)
NAMES = {word: kind for kind, words in _NAMED for word in words.split()}
_TAKES = {
    **dict.fromkeys(("len", "sorted", "enumerate", "zip", "set", "list", "iter", "tuple"), "list"),
    **dict.fromkeys(("sum", "max", "min", "fsum"), "numbers"),
    **dict.fromkeys(("int", "ord", "match", "search", "sub", "split", "findall"), "str"),
    **dict.fromkeys(("quote", "escape", "compile", "fullmatch", "dedent", "loads"), "str"),
    **dict.fromkeys(("basename", "dirname", "splitext", "normpath", "isabs", "join"), "path"),
    **dict.fromkeys(("abs", "range", "chr", "divmod", "isqrt", "bin", "hex", "factorial"), "int"),
    **dict.fromkeys(("sqrt", "float", "round", "floor", "log", "ceil", "isnan"), "float"),
    **dict.fromkeys(("b64decode", "b64encode", "unhexlify", "hexlify", "crc32"), "bytes"),
    **dict.fromkeys(("urlparse", "urlsplit", "unquote"), "url"),
}
_DEPTH = 3


@dataclass(slots=True)
class Use:
    """What is done with one value: its methods, members, keys, and the kinds that speak of it."""

    kinds: list[str] = field(default_factory=list)
    methods: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    keys: list[Any] = field(default_factory=list)
    width: int = 0
    iterated: bool = False
    called: bool = False


class Uses:
    """The uses of every parameter, of their members and of their elements, by spelling.

    `items[]` is an element of `items`, `node.name` a member of `node`, `row['a']` what stands
    under a key.
    """

    def __init__(self, trees: Sequence[ast.Module], functions: Sequence[ast.FunctionDef]) -> None:
        """Read all forms of a function; their module's other functions are looked up."""
        self.found: dict[str, Use] = {}
        self._known = {
            node.name: node
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        for each in functions:
            self._read(each, {}, _DEPTH)

    def of(self, spelling: str) -> Use:
        """The use of a value; an empty one when nothing is done with it."""
        return self.found.get(spelling) or Use()

    def _use(self, spelling: str) -> Use:
        return self.found.setdefault(spelling, Use())

    def _read(self, function: ast.FunctionDef, aliases: dict[str, str], depth: int) -> None:
        nodes = list(ast.walk(function))
        for _ in range(2):
            for node in nodes:
                self._bind(node, aliases)
        for node in nodes:
            self._note(node, aliases)
            if isinstance(node, ast.Call):
                self._passed(node, aliases, depth)
            elif isinstance(node, ast.Attribute) and depth:
                self._property(node, aliases)

    def _bind(self, node: ast.AST, aliases: dict[str, str]) -> None:
        """Names that stand for a parameter, a part or an element of one."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                spelled = spelling(value, aliases)
                if spelled and spelled != name:
                    aliases.setdefault(name, spelled)
            case (
                ast.For(target=target, iter=iterated)
                | ast.comprehension(target=target, iter=iterated)
            ):
                self._elements(target, iterated, aliases)

    def _elements(self, target: ast.expr, iterated: ast.expr, aliases: dict[str, str]) -> None:
        target, inner = _unwrapped(target, iterated)
        method = inner.func if isinstance(inner, ast.Call) else None
        if isinstance(method, ast.Attribute) and method.attr in {"items", "values", "keys"}:
            self._of_mapping(target, method, aliases)
            return
        base = spelling(inner, aliases)
        if not base:
            return
        use = self._use(base)
        use.iterated = True
        if isinstance(target, ast.Name):
            aliases.setdefault(target.id, f"{base}[]")
        elif isinstance(target, ast.Tuple):
            self._use(f"{base}[]").width = len(target.elts)
            for at, part in enumerate(target.elts):
                if isinstance(part, ast.Name):
                    aliases.setdefault(part.id, f"{base}[][{at}]")

    def _of_mapping(self, target: ast.expr, method: ast.Attribute, aliases: dict[str, str]) -> None:
        base = spelling(method.value, aliases)
        if base and method.attr == "items" and isinstance(target, ast.Tuple):
            for part, mark in zip(target.elts, ("[key]", "[value]"), strict=False):
                if isinstance(part, ast.Name):
                    aliases.setdefault(part.id, base + mark)
        elif base and isinstance(target, ast.Name):
            mark = "[value]" if method.attr == "values" else "[key]"
            aliases.setdefault(target.id, base + mark)

    def _note(self, node: ast.AST, aliases: dict[str, str]) -> None:
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                if spelled := spelling(value, aliases):
                    self._use(spelled).methods.add(name)
            case ast.Call(func=func):
                if spelled := spelling(func, aliases):
                    self._use(spelled).called = True
            case ast.Attribute(value=value, attr=name):
                if spelled := spelling(value, aliases):
                    self._use(spelled).members.add(name)
            case ast.BinOp(left=left, right=right, op=op):
                self._arithmetic(left, right, op, aliases)
                self._arithmetic(right, left, op, aliases)
            case ast.Compare(left=left, ops=ops, comparators=[right, *_]):
                self._compared(left, right, ops[0], aliases)
                self._compared(right, left, ops[0], aliases, turned=True)
            case ast.Subscript(value=value, slice=key):
                self._subscripted(value, key, aliases)
            case ast.UnaryOp(op=ast.USub(), operand=value):
                if spelled := spelling(value, aliases):
                    self._use(spelled).kinds += ["int", "float"]

    def _arithmetic(
        self, one: ast.expr, other: ast.expr, op: ast.operator, aliases: dict[str, str]
    ) -> None:
        spelled = spelling(one, aliases)
        if not spelled:
            return
        use = self._use(spelled)
        kind = _kind_of(other)
        if isinstance(op, ast.Mod) and kind in {"str", "bytes"}:
            return  # anything can be put into a text
        if kind in {"str", "bytes", "list", "tuple"} and isinstance(op, ast.Add):
            use.kinds.append(kind)
        elif isinstance(op, ast.Add):
            use.kinds += ["int", "str", "list"] if not kind else [kind]
        elif isinstance(op, ast.BitAnd | ast.BitOr | ast.BitXor):
            use.kinds += ["int", "set"]
        else:
            use.kinds += ["int", "float"]

    def _compared(
        self,
        one: ast.expr,
        other: ast.expr,
        op: ast.cmpop,
        aliases: dict[str, str],
        *,
        turned: bool = False,
    ) -> None:
        spelled = spelling(one, aliases)
        if not spelled:
            return
        use = self._use(spelled)
        kind = _kind_of(other)
        if isinstance(op, ast.In | ast.NotIn):
            if turned:
                use.kinds += ["str", "list:str"] if kind == "str" else ["list:int", "dict:str:int"]
            elif isinstance(other, ast.Tuple | ast.List | ast.Set):
                use.kinds += [k for k in map(_kind_of, other.elts) if k]
            elif kind == "str":
                use.kinds.append("str")
        elif kind == "none":
            use.kinds.append("none")
        elif kind:
            use.kinds.append(kind)

    def _subscripted(self, value: ast.expr, key: ast.expr, aliases: dict[str, str]) -> None:
        spelled = spelling(value, aliases)
        if not spelled:
            return
        use = self._use(spelled)
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            use.keys.append(key.value)
        elif isinstance(key, ast.Slice) or (
            isinstance(key, ast.Constant) and isinstance(key.value, int)
        ):
            use.kinds += ["str", "list:str", "list:int"]
        else:
            use.kinds += ["list:int", "str", "dict:str:int", "list:str"]

    def _passed(self, call: ast.Call, aliases: dict[str, str], depth: int) -> None:
        """What is known of a value by what it is handed to."""
        func = call.func
        name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
        if name == "isinstance" and len(call.args) == 2:
            if spelled := spelling(call.args[0], aliases):
                self._use(spelled).kinds += [k for k in _types_in(call.args[1]) if k]
            return
        owner = spelling(func.value, aliases) if isinstance(func, ast.Attribute) else ""
        helper = self._known.get(name) if isinstance(func, ast.Name) or owner else None
        first = _is_method(helper) if helper is not None else False
        if helper is None or first != bool(owner):
            helper = None
        handed = {helper.args.args[0].arg: owner} if helper is not None and first else {}
        for at, each in enumerate(call.args):
            spelled = spelling(each, aliases)
            if not spelled:
                continue
            taken = _TAKES.get(name)
            if taken == "list":
                self._use(spelled).kinds += ["list:int", "str", "list:str"]
            elif taken == "numbers":
                self._use(spelled).kinds += ["list:int", "list:float"]
            elif taken:
                self._use(spelled).kinds.append(taken)
            if helper is not None and at + first < len(helper.args.args):
                handed[helper.args.args[at + first].arg] = spelled
        if helper is not None and handed and depth:
            local = {each.arg: f"{helper.name}()" for each in helper.args.args}
            self._read(helper, {**local, **handed}, depth - 1)

    def _property(self, node: ast.Attribute, aliases: dict[str, str]) -> None:
        """What a property of the same class reads is wanted too."""
        found = self._known.get(node.attr)
        if found is None or not _is_method(found) or not isinstance(node.value, ast.Name):
            return
        names = {ast.unparse(each) for each in found.decorator_list}
        owner = spelling(node.value, aliases)
        if owner and names & {"property", "cached_property", "functools.cached_property"}:
            self._read(found, {found.args.args[0].arg: owner}, 0)


def _is_method(function: ast.FunctionDef) -> bool:
    arguments = function.args.args
    return bool(arguments) and arguments[0].arg in {"self", "cls"}


def _unwrapped(target: ast.expr, iterated: ast.expr) -> tuple[ast.expr, ast.expr]:
    """What is bound and iterated, without `enumerate`, `sorted` and the like around it."""
    if not isinstance(iterated, ast.Call) or not iterated.args:
        return target, iterated
    name = iterated.func.id if isinstance(iterated.func, ast.Name) else ""
    if name == "enumerate" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
        return target.elts[1], iterated.args[0]
    if name in {"sorted", "reversed", "list", "set", "iter", "tuple"}:
        return target, iterated.args[0]
    return target, iterated


def spelling(node: ast.expr, aliases: dict[str, str]) -> str:
    """How a value is spelled in terms of parameters; empty when it is none of theirs."""
    match node:
        case ast.Name(id=name):
            return aliases.get(name, name)
        case ast.Attribute(value=value, attr=name):
            base = spelling(value, aliases)
            return f"{base}.{name}" if base else ""
        case ast.Subscript(value=value, slice=ast.Constant(value=str() as key)):
            base = spelling(value, aliases)
            return f"{base}[{key!r}]" if base else ""
        case ast.Subscript(value=value, slice=ast.Slice()):
            return spelling(value, aliases)
        case ast.Subscript(value=value):
            base = spelling(value, aliases)
            return f"{base}[]" if base else ""
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return spelling(first, aliases)
        case _:
            return ""


def hinted(node: ast.expr | None) -> list[str]:
    """The kinds a type hint names; empty when it names none that can be made."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return []
    if isinstance(node, ast.Constant) and node.value is None:
        return ["none"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*hinted(node.left), *hinted(node.right)]
    if isinstance(node, ast.Subscript):
        return _of_generic(node)
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    kind = _WORDS.get(name)
    return [kind] if kind else []


def _of_generic(node: ast.Subscript) -> list[str]:
    name = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name in {"Optional", "Union", "Annotated", "Final"}:
        more = ["none"] if name == "Optional" else []
        inside = inside[:1] if name == "Annotated" else inside
        return [kind for each in inside for kind in hinted(each)] + more
    if name == "Literal":
        return [f"={each.value!r}" for each in inside if isinstance(each, ast.Constant)]
    kind = _WORDS.get(name)
    if kind in {"call", "any"} or not kind:
        return [kind] if kind else []
    parts = [(hinted(each) or ["any"])[0] for each in inside[:4] if not _is_dots(each)]
    if kind == "tuple" and len(inside) > 1 and not _is_dots(inside[-1]):
        return [":".join(["row", *(part.replace(":", ",") for part in parts)])]
    return [":".join([kind, *(part.partition(":")[0] for part in parts[:2])])]


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _types_in(node: ast.expr) -> Iterator[str]:
    for each in node.elts if isinstance(node, ast.Tuple) else [node]:
        yield from hinted(each)


def _kind_of(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=None):
            return "none"
        case ast.Constant(value=value):
            return type(value).__name__
        case ast.JoinedStr():
            return "str"
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Tuple():
            return "tuple"
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
            return _kind_of(left)
        case ast.Call(func=ast.Name(id=("str" | "repr" | "chr"))):
            return "str"
        case ast.Call(func=ast.Name(id=("len" | "int" | "ord"))):
            return "int"
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
            return type(value).__name__
        case _:
            return ""
