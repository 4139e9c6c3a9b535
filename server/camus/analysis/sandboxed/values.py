"""Made-up values before they are made: plain data, objects with attributes, functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

_SHOWN = 120

Place = tuple[Any, ...]


class Absent:
    """A parameter that is left to its default."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


class Thing:
    """An object to be made: its attributes, and a class of the module by its name, or none."""

    def __init__(self, attributes: dict[str, Any], kind: str = "") -> None:
        self.attributes, self.kind = attributes, kind

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.attributes.items())
        return f"{self.kind or 'object'}({inside})"


class Callback:
    """A function to be handed over, one of a few."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


class Made:
    """An object that has the attributes that it was given."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"object({inside})"


def _first(*given: Any) -> Any:
    return given[0] if given else None


def _length(*given: Any) -> int:
    return len(given[0]) if given and hasattr(given[0], "__len__") else 0


CALLBACKS: dict[str, Callable[..., Any]] = {
    "str": lambda *given: str(given[0]) if given else "",
    "first": _first,
    "length": _length,
    "true": lambda *_: True,
    "false": lambda *_: False,
}


def fresh(value: Any, module: ModuleType) -> Any:
    """A copy of a value for one call, with its objects made of a module's classes."""
    match value:
        case list() | tuple() | set() | frozenset():
            return type(value)(fresh(each, module) for each in value)
        case dict():
            return {fresh(key, module): fresh(each, module) for key, each in value.items()}
        case Thing():
            return _object(value, module)
        case Callback():
            return CALLBACKS[value.name]
        case bytearray():
            return bytearray(value)
        case _:
            return value


def _object(thing: Thing, module: ModuleType) -> Any:
    attributes = {name: fresh(value, module) for name, value in thing.attributes.items()}
    kind: Any = module if thing.kind else None
    for part in thing.kind.split(".") if thing.kind else ():
        kind = getattr(kind, part)
    if kind is None:
        return Made(**attributes)
    made = kind.__new__(kind)
    for name, value in attributes.items():
        try:
            object.__setattr__(made, name, value)
        except (AttributeError, TypeError):
            continue  # a property, or a slot that is none
    return made


def shown(value: Any) -> str:
    """A value in few words."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a `__repr__` of somebody's own
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def called(name: str, names: Iterable[str], arguments: Iterable[Any]) -> str:
    """`f(3, key='x')`."""
    parts: list[str] = []
    gap = False
    for parameter, value in zip(names, arguments, strict=True):
        if value is ABSENT:
            gap = True
        elif parameter.startswith("*"):
            parts += [] if gap else map(shown, value)
        elif parameter.startswith("=") or gap:
            parts.append(f"{parameter.lstrip('=')}={shown(value)}")
        else:
            parts.append(shown(value))
    return f"{name}({', '.join(parts)})"


def leaves(value: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value within values, the values themselves with them, and where each is."""
    inner: Iterator[tuple[Any, Any]] = iter(())
    match value:
        case list() | tuple():
            inner = iter(enumerate(value))
        case dict():
            inner = iter(value.items())
        case Thing():
            inner = iter(value.attributes.items())
    if path:
        yield path, value
    if len(path) < 5:
        for key, each in list(inner)[:40]:
            yield from leaves(each, (*path, key))


def put(value: Any, path: Place, new: Any) -> Any:
    """A value with another one at a place within it."""
    if not path:
        return new
    key, rest = path[0], path[1:]
    match value:
        case list():
            return [*value[:key], put(value[key], rest, new), *value[key + 1 :]]
        case tuple():
            return (*value[:key], put(value[key], rest, new), *value[key + 1 :])
        case dict():
            return {**value, key: put(value[key], rest, new)}
        case Thing():
            inner = {**value.attributes, key: put(value.attributes[key], rest, new)}
            return Thing(inner, value.kind)
        case _:
            return value
