"""Loads a form of the code, calls a function with fresh copies, and compares what came of it."""

from __future__ import annotations

import ast
import importlib.util
import math
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from camus.analysis.sandboxed import noticing
    from camus.analysis.sandboxed.values import ABSENT, fresh, shown
else:  # a script finds what stands beside it
    import noticing
    from values import ABSENT, fresh, shown

SENSELESS = frozenset(
    ("TypeError", "AttributeError", "RecursionError", "MemoryError", "NotImplementedError")
)
_CALL_SECONDS = 0.25
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


class _TooLong(BaseException):
    """Raised when one call takes longer than a call may."""


class Came(NamedTuple):
    """What came of one call: `gave`, `raised` (the error's name) or `long`.

    `left` is what the arguments were afterwards; `words` are the error's own, where the code
    raised it itself.
    """

    how: str
    value: Any = None
    left: tuple[Any, ...] = ()
    words: str = ""


class Form:
    """One form of the code: rewritten to tell what it meets, and as it is.

    The rewritten one is left out when it cannot be loaded; then nothing is met.
    """

    def __init__(self, job: dict[str, Any], name: str) -> None:
        """Load it; whatever its code raises comes through."""
        self.job, self.name = job, name
        self.path = Path(job[name])
        self.text = self.path.read_text(encoding="utf-8")
        self.witness = noticing.Witness()
        tree = ast.parse(self.text)
        self.raising = {
            line
            for node in ast.walk(tree)
            if isinstance(node, ast.Raise)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }
        self.plain: tuple[ModuleType, Callable[..., Any]] | None = None
        try:
            self.module = self._loaded(noticing.rewritten(self.text, self.witness))
        except Exception:  # noqa: BLE001 - then as it is, and that may raise
            self.witness = noticing.Witness()
            self.module = self.as_it_is()[0]
        self.function = _function(self.module, job["function"])

    def as_it_is(self) -> tuple[ModuleType, Callable[..., Any]]:
        """The module and the function, not rewritten."""
        if self.plain is None:
            module = self._loaded(ast.parse(self.text))
            self.plain = (module, _function(module, self.job["function"]))
        return self.plain

    def call(self, names: Sequence[str], arguments: Sequence[Any], *, plain: bool = False) -> Came:
        """Call the function with fresh copies; `names` say how each is passed."""
        module, function = self.as_it_is() if plain else (self.module, self.function)
        try:
            given = [fresh(each, module) for each in arguments]
        except Exception:  # noqa: BLE001 - a class of somebody's own makes no such object
            return Came("raised", "TypeError")
        return self._came(function, names, given)

    def _came(self, function: Callable[..., Any], names: Sequence[str], given: list[Any]) -> Came:
        placed, named = _passed(names, given)
        signal.setitimer(signal.ITIMER_REAL, _CALL_SECONDS)
        try:
            value = function(*placed, **named)
            if hasattr(value, "__next__"):
                value = [item for item, _ in zip(value, range(200), strict=False)]
            return Came("gave", value, tuple(given))
        except _TooLong:
            return Came("long")
        except Exception as error:  # noqa: BLE001 - what it raises is what is compared
            return Came("raised", type(error).__name__, (), self._words(error))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _words(self, error: Exception) -> str:
        """What an error says that the code raises itself; what Python says is its own matter."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or trace.tb_frame.f_code.co_filename != str(self.path):
            return ""
        if trace.tb_lineno not in self.raising:
            return ""
        try:
            return _ADDRESS.sub("", str(error)[:400])
        except Exception:  # noqa: BLE001 - a `__str__` of somebody's own
            return ""

    def _loaded(self, tree: ast.Module) -> ModuleType:
        """The module under its own name, as an import would have it."""
        name = self.job["module"]
        spec = importlib.util.spec_from_file_location(name, self.path)
        if spec is None:
            raise ImportError("no module can be made of the file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        module.__dict__[noticing.HOOK] = self.witness
        code = compile(tree, str(self.path), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - the user's own code, in the sandbox
        return module


def listen() -> None:
    """Let calls that take too long be ended."""
    signal.signal(signal.SIGALRM, _interrupt)


def alike(one: Came, other: Came) -> bool:
    """Whether two calls came to the same but for the words of an error."""
    if one.how != other.how or not same(one.value, other.value):
        return False
    return same(one.left, other.left)


def same(one: Any, other: Any, depth: int = 0) -> bool:
    """Equal in value and type; floats that are no number equal each other."""
    if type(one).__name__ != type(other).__name__ or depth > 20:
        return False
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, (list, tuple)):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(a, b, depth + 1) for a, b in pairs)
    if isinstance(one, dict):
        ordered = [*one.items()], [*other.items()]
        return same(*ordered, depth + 1)
    try:
        if one == other:
            return True
    except Exception:  # noqa: BLE001 - an `==` of somebody's own
        return False
    own, its = getattr(one, "__dict__", None), getattr(other, "__dict__", None)
    plain = "__eq__" not in {name for each in type(one).__mro__[:-1] for name in vars(each)}
    return plain and own is not None and (callable(one) or same(own, its, depth + 1))


def difference(call: str, first: Came, second: Came) -> str:
    """`f(3) gave 4, now raises ValueError`."""
    if first.how == second.how == "gave" and same(first.value, second.value):
        before, after = shown(list(first.left)), shown(list(second.left))
        return f"{call} left its arguments as {before}, now as {after}"
    return f"{call} {_told(first)}, now {_told(second)}"


def _told(came: Came) -> str:
    match came.how:
        case "gave":
            return f"gave {shown(came.value)}"
        case "raised":
            return f"raises {came.value}"
        case _:
            return "does not end"


def _passed(names: Sequence[str], given: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
    """Values by place up to the first that is left out, the others by name."""
    placed: list[Any] = []
    named: dict[str, Any] = {}
    gap = False
    for name, value in zip(names, given, strict=True):
        if value is ABSENT:
            gap = True
        elif name.startswith("*"):
            placed += [] if gap else list(value)
        elif name.startswith("="):
            named[name[1:]] = value
        elif gap:
            named[name] = value
        else:
            placed.append(value)
    return placed, named


def _function(module: ModuleType, name: str) -> Callable[..., Any]:
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name} cannot be called")
    result: Callable[..., Any] = found
    return result


def _interrupt(_signal: int, _frame: FrameType | None) -> Iterator[None]:
    raise _TooLong
