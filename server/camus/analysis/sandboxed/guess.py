"""Inputs for a function: simple ones of each kind it may want, those of its examples, and more."""

from __future__ import annotations

import ast
import doctest
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camus.analysis.sandboxed import shapes
    from camus.analysis.sandboxed.tokens import Tokens
    from camus.analysis.sandboxed.values import ABSENT, CALLBACKS, Callback, Thing
else:  # a script finds what stands beside it
    import shapes
    from tokens import Tokens
    from values import ABSENT, CALLBACKS, Callback, Thing

_EXAMPLES = 40


@dataclass(slots=True)
class Parameter:
    """How a value is passed (`name`, `=name` by name alone, `*name` the rest), and its kinds."""

    name: str
    kinds: list[str]
    needed: bool
    told: dict[str, list[int]] = field(default_factory=dict)


class Guesses:
    """Values for the parameters of a function, drawn by chance; what makes sense is drawn more."""

    def __init__(
        self,
        texts: Sequence[str],
        function: str,
        modules: Sequence[ModuleType],
        chance: random.Random,
    ) -> None:
        """Read the forms of a function; the first one's parameters are those that are passed."""
        trees = [ast.parse(each) for each in texts]
        found = [each for tree in trees for each in [definition(tree, function)] if each]
        if not found:
            raise ValueError(f"there is no function {function}")
        self.chance, self.function, self.texts = chance, function, texts
        self.uses = shapes.Uses(trees, found)
        self.tokens = Tokens(found, modules, chance)
        self.parameters = [*self._parameters(found[0], function)]
        self._drawn: list[str] = []

    @property
    def names(self) -> list[str]:
        """How each value is passed."""
        return [each.name for each in self.parameters]

    def simple(self) -> Iterator[list[Any]]:
        """The first values of every kind, the parameters that may be left out left out first."""
        wanted = [each for each in self.parameters if each.needed]
        if not wanted:
            yield [ABSENT for _ in self.parameters]
        rounds = max(12, 240 // max(1, len(wanted)))
        for number in range(rounds if self.parameters else 0):
            yield [
                self.make(each.kinds[number % len(each.kinds)], number // len(each.kinds))
                if each.needed
                else ABSENT
                for each in self.parameters
            ]

    def draw(self) -> list[Any]:
        """One value of each parameter; those that may be left out are, half the time."""
        self._drawn = []
        made = []
        for each in self.parameters:
            left = not each.needed and self.chance.random() < 0.5
            kind = "" if left else self._kind(each)
            self._drawn.append(kind)
            made.append(ABSENT if left else self.make(kind))
        return made

    def value(self, at: int) -> Any:
        """Another value of one parameter."""
        each = self.parameters[at]
        return self.make(self._kind(each), self.chance.randint(0, 99))

    def learn(self, *, sensible: bool) -> None:
        """Whether what was drawn last made sense to the code."""
        for each, kind in zip(self.parameters, self._drawn, strict=False):
            if kind:
                counts = each.told.setdefault(kind, [1, 1])
                counts[0] += sensible
                counts[1] += 1
        self._drawn = []

    def examples(self, calls: Sequence[str] = ()) -> Iterator[list[Any]]:
        """The arguments of calls in docstrings, in the module itself and in `calls`."""
        last = self.function.rpartition(".")[2]
        count = 0
        for text in [*calls, *_in_docstrings(self.texts[0]), self.texts[0]]:
            for node in _calls(text, last):
                arguments = self._of_call(node)
                if arguments is not None and count < _EXAMPLES:
                    count += 1
                    yield arguments

    def _of_call(self, node: ast.Call) -> list[Any] | None:
        given: list[Any] = [ABSENT] * len(self.parameters)
        own = [at for at, each in enumerate(self.parameters) if each.name[0] not in "*="]
        if self.parameters and self.parameters[0].name == "self":
            return None
        named = {each.name.lstrip("="): at for at, each in enumerate(self.parameters)}
        try:
            for at, argument in zip(own, node.args, strict=False):
                given[at] = ast.literal_eval(argument)
            for keyword in node.keywords:
                given[named[keyword.arg or ""]] = ast.literal_eval(keyword.value)
        except (ValueError, KeyError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
        missing = [p for p, v in zip(self.parameters, given, strict=True) if p.needed]
        complete = all(
            v is not ABSENT for p, v in zip(self.parameters, given, strict=True) if p.needed
        )
        return given if complete or not missing else None

    def _parameters(self, function: ast.FunctionDef, qualified: str) -> Iterator[Parameter]:
        arguments = function.args
        placed = [*arguments.posonlyargs, *arguments.args]
        required = len(placed) - len(arguments.defaults)
        defaults = [None] * required + list(arguments.defaults)
        decorated = {ast.unparse(each) for each in function.decorator_list}
        method = "." in qualified and "staticmethod" not in decorated
        for at, (each, default) in enumerate(zip(placed, defaults, strict=True)):
            if method and at == 0:
                kind = qualified.rpartition(".")[0]
                yield Parameter(each.arg, [f"thing:{each.arg}:{kind}"], True)
            else:
                yield Parameter(each.arg, self._kinds(each, default), default is None)
        if arguments.vararg is not None:
            inner = self._kinds(arguments.vararg, None)[0].partition(":")[0]
            yield Parameter(f"*{arguments.vararg.arg}", [f"list:{inner}"], False)
        for each, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            yield Parameter(f"={each.arg}", self._kinds(each, given), given is None)

    def _kinds(self, argument: ast.arg, default: ast.expr | None) -> list[str]:
        kinds = shapes.hinted(argument.annotation)
        used = self._of_use(argument.arg)
        if not kinds or "any" in kinds:
            kinds = [*kinds, *used]
        elif any(each in {"dict", "list", "tuple", "set"} for each in kinds):
            kinds += [each for each in used if each.partition(":")[0] in kinds]
        elif any(each.startswith("dict") for each in kinds):
            kinds += [each for each in used if each.startswith("keyed")]
        if default is not None:
            try:
                kinds.append(f"={ast.literal_eval(default)!r}")
                kinds += [] if len(kinds) > 1 else [_kind_of_value(ast.literal_eval(default))]
            except (ValueError, TypeError):
                pass
        kinds = [each for each in dict.fromkeys(kinds) if each != "any"]
        if not [each for each in kinds if each != "none" and not each.startswith("=")]:
            name = shapes.NAMES.get(argument.arg.strip("_").rpartition("_")[2], "")
            more = ["str", "int", "list:str", "list:int", "dict:str:int", "float", "none", "bytes"]
            kinds = [*kinds, *([name] if name else []), *more]
        elif not argument.annotation and len(kinds) < 3:
            name = shapes.NAMES.get(argument.arg.strip("_").rpartition("_")[2], "")
            kinds += [name] if name and name not in kinds else []
        return list(dict.fromkeys(kinds))

    def _of_use(self, spelled: str, depth: int = 0) -> list[str]:
        """The kinds a value can be by what is done with it."""
        use = self.uses.of(spelled)
        if depth > 4:
            return []
        if use.called and not use.methods:
            return ["call"]
        kinds = list(dict.fromkeys(use.kinds))
        if use.methods:
            fitting = [
                k for k, t in shapes.TYPES.items() if all(hasattr(t, m) for m in use.methods)
            ]
            if fitting:
                if "dict" in fitting and (use.keys or use.methods & {"items", "get", "keys"}):
                    return [f"keyed:{spelled}", "dict:str:int"]
                ordered = [k for k in fitting if k in kinds or not kinds] or fitting
                return [self._filled(each, spelled, depth) for each in ordered]
        if use.keys:
            return [f"keyed:{spelled}"]
        if use.members - use.methods or use.methods:
            return [f"thing:{spelled}"]
        if use.iterated and not use.keys:
            inner = self._of_use(f"{spelled}[]", depth + 1)
            element = self.uses.of(f"{spelled}[]")
            if element.width:
                kinds.append(f"rows:{spelled}")
            kinds += [f"list:{each}" for each in inner if ":" not in each][:3]
            kinds += [f"listed:{spelled}"] if any(":" in each for each in inner) else []
            kinds += [] if inner else ["list:int", "list:str", "str"]
        return [self._filled(each, spelled, depth) for each in kinds]

    def _filled(self, kind: str, spelled: str, depth: int) -> str:
        """A kind of container with its elements' kind."""
        if kind not in {"list", "tuple", "set", "dict"}:
            return kind
        inner = self._of_use(f"{spelled}[]", depth + 1) or ["str"]
        element = inner[0].partition(":")[0]
        return f"dict:str:{element}" if kind == "dict" else f"{kind}:{element}"

    def _kind(self, parameter: Parameter) -> str:
        weights = [
            counts[0] / counts[1] + 0.05
            for counts in (parameter.told.get(kind, [1, 1]) for kind in parameter.kinds)
        ]
        return self.chance.choices(parameter.kinds, weights)[0]

    def make(self, kind: str, number: int = 99, depth: int = 0) -> Any:
        """A value of a kind; small numbers give the simple ones."""
        name, _, rest = kind.partition(":")
        if kind.startswith("="):
            return ast.literal_eval(kind[1:])
        if depth > 3:
            return self.chance.choice([0, "a", None])
        match name:
            case "list" | "tuple" | "set" | "dict":
                return self._container(name, rest.split(":") if rest else [], number, depth)
            case "row":
                return tuple(self.make(e.partition(",")[0], 99, depth + 1) for e in rest.split(":"))
            case "rows" | "listed":
                return self._listed(rest, number, depth, rows=name == "rows")
            case "keyed":
                return self._keyed(rest, number, depth)
            case "thing":
                return self._thing(rest, depth)
            case "call":
                return Callback(self.chance.choice([*CALLBACKS]))
            case "pattern":
                return self.chance.choice(["a", "[a-z]+", r"\d+", "a|b", "^x"])
            case "any":
                return self.make(
                    self.chance.choice(["int", "str", "none", "list:int", "dict:str:int"])
                )
            case _:
                return self._plain(name, number)

    def _plain(self, name: str, number: int) -> Any:
        if name in {"none", "NoneType"}:
            return None
        if name == "bool":
            return (False, True)[number % 2] if number < 99 else self.chance.random() < 0.5
        pool = self.tokens.of(name)
        if number < len(pool):
            return pool[number]
        chance = self.chance
        if name == "int" and chance.random() < 0.4:
            return chance.randint(-1000, 1000)
        if name == "float" and chance.random() < 0.5:
            return round(chance.uniform(-100, 100), 3)
        if name in {"int", "float"} or chance.random() < 0.4:
            return chance.choice(pool)
        joined = [chance.choice(pool) for _ in range(chance.randint(1, 4))]
        made = (b"" if name == "bytes" else "").join(joined)
        if chance.random() < 0.1:
            made *= chance.choice([2, 10, 40])
        return made[:2000]

    def _container(self, name: str, inner: list[str], number: int, depth: int) -> Any:
        first = inner[0] if inner and inner[0] else "int"
        second = inner[-1] if len(inner) > 1 and inner[-1] else "int"
        size = (1, 0, 2, 3)[number] if number < 4 else self.chance.randint(0, 6)
        items = [self.make(first, self.chance.randint(0, 12), depth + 1) for _ in range(size)]
        if name == "dict":
            keys = [each for each in items if _hashable(each)]
            return {key: self.make(second, self.chance.randint(0, 12), depth + 1) for key in keys}
        if name == "set":
            return {each for each in items if _hashable(each)}
        return tuple(items) if name == "tuple" else items

    def _listed(self, spelled: str, number: int, depth: int, *, rows: bool) -> Any:
        size = (1, 0, 2, 3)[number] if number < 4 else self.chance.randint(0, 5)
        if not rows:
            kinds = self._of_use(f"{spelled}[]", depth + 1) or ["str"]
            return [self.make(self.chance.choice(kinds), 99, depth + 1) for _ in range(size)]
        width = self.uses.of(f"{spelled}[]").width
        kinds_at = [
            self._of_use(f"{spelled}[][{at}]", depth + 1) or ["str", "int"] for at in range(width)
        ]
        return [
            tuple(self.make(self.chance.choice(kinds), 99, depth + 1) for kinds in kinds_at)
            for _ in range(size)
        ]

    def _keyed(self, spelled: str, number: int, depth: int) -> Any:
        """A mapping with the keys that are asked for."""
        use = self.uses.of(spelled)
        made: dict[Any, Any] = {}
        for key in dict.fromkeys([*use.keys, *self.tokens.of("str")[:4]]):
            asked = key in use.keys
            if self.chance.random() < (0.9 if asked else 0.15) or (number == 0 and asked):
                kinds = self._of_use(f"{spelled}[{key!r}]", depth + 1) or (
                    self._of_use(f"{spelled}[value]", depth + 1) or ["str", "int", "none"]
                )
                made[key] = self.make(self.chance.choice(kinds), 99, depth + 1)
        return made

    def _thing(self, rest: str, depth: int) -> Any:
        """An object with the members that are read."""
        spelled, _, kind = rest.partition(":")
        use = self.uses.of(spelled)
        made: dict[str, Any] = {}
        for name in sorted(use.members):
            if kind and name in use.methods:
                continue
            kinds = self._of_use(f"{spelled}.{name}", depth + 1)
            if not kinds:
                guessed = shapes.NAMES.get(name.strip("_").rpartition("_")[2], "")
                kinds = [guessed] if guessed else ["str", "int", "none", "list:str", "bool"]
            made[name] = self.make(self.chance.choice(kinds), 99, depth + 1)
        return Thing(made, kind)


def definition(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    """A function by its qualified name; the last of several."""
    body: Sequence[ast.stmt] = tree.body
    *classes, last = name.split(".")
    for each in classes:
        inner = [n for n in body if isinstance(n, ast.ClassDef) and n.name == each]
        body = inner[0].body if inner else ()
    found = [n for n in body if isinstance(n, ast.FunctionDef) and n.name == last]
    return found[-1] if found else None


def _in_docstrings(text: str) -> Iterator[str]:
    parser = doctest.DocTestParser()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            doc = ast.get_docstring(node) or ""
            if ">>>" in doc:
                try:
                    yield from (each.source for each in parser.get_examples(doc))
                except ValueError:
                    continue


def _calls(text: str, name: str) -> Iterator[ast.Call]:
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = (
                node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            )
            if called == name:
                yield node


def _kind_of_value(value: Any) -> str:
    match value:
        case None:
            return "none"
        case list() | tuple() | set():
            return f"{type(value).__name__}:str"
        case dict():
            return "dict:str:any"
        case _:
            return type(value).__name__


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
