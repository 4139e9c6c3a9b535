"""Calls the old and the new form of a function with the same inputs; tells where they differ.

Started as a script in a folder that holds `job.json`; writes `result.json` there. Everything is
seeded, so that the same job gives the same answer. A call on which the old function says that its
input makes no sense (TypeError, AttributeError, ...) tells nothing and is left out.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camus.analysis.sandboxed import guess
else:  # a script finds what stands beside it
    import guess

_SENSELESS = (TypeError, AttributeError, RecursionError, MemoryError, NotImplementedError)
_CALL_SECONDS = 0.25
_SHOWN = 120
_ENOUGH_SEEN = 4


class _TooLong(BaseException):
    """Raised when one call takes longer than a call may."""


def main() -> None:
    """Read the job, compare, write the result."""
    job = json.loads(Path("job.json").read_text(encoding="utf-8"))
    signal.signal(signal.SIGALRM, _interrupt)
    try:
        result = compared(job)
    except BaseException as error:  # noqa: BLE001 - code of anybody runs here
        result = {"state": "unable", "reason": f"{type(error).__name__}: {error}"[:300]}
    Path("result.json").write_text(json.dumps(result), encoding="utf-8")


def compared(job: dict[str, Any]) -> dict[str, Any]:
    """`same` or `differs` with the simplest example, and on how many inputs that rests."""
    old_text = Path(job["old"]).read_text(encoding="utf-8")
    old = _function(_loaded(job, "old"), job["function"])
    try:
        new = _function(_loaded(job, "new"), job["function"])
    except Exception as error:  # noqa: BLE001 - whatever the new code raises is the finding
        said = f"{type(error).__name__}: {error}"[:_SHOWN]
        return {"state": "differs", "tried": 1, "useful": 1, "example": f"it cannot load: {said}"}
    deadline = time.monotonic() + float(job["seconds"])
    tried, useful, found = 0, 0, list[tuple[int, str]]()
    reached = set[int]()
    inputs = guess.inputs(old_text, job["function"], random.Random(job["seed"]))  # noqa: S311
    for arguments in inputs:
        if tried >= job["tries"] or time.monotonic() > deadline or len(found) >= _ENOUGH_SEEN:
            break
        tried += 1
        with _lines_of(job["old"], reached):
            verdict = _compare_once(job["function"], (old, new), arguments)
        if verdict is None:
            continue
        useful += 1
        if verdict:
            found.append((len(verdict), verdict))
    if found:
        example = min(found)[1]
        return {"state": "differs", "tried": tried, "useful": useful, "example": example}
    changed = set(job.get("lines", ())) & _code_lines(old)
    if changed and not changed & reached:
        return {"state": "unable", "reason": "no input that was made up reached what changed"}
    return {"state": "same", "tried": tried, "useful": useful}


@contextmanager
def _lines_of(file: str, reached: set[int]) -> Iterator[None]:
    """Collect the lines of a file that run meanwhile."""

    def look(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != file:
            return None
        if event == "line":
            reached.add(frame.f_lineno)
        return look

    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(None)


def _code_lines(function: Callable[..., Any]) -> set[int]:
    """The lines on which a function's own statements begin."""
    code = getattr(function, "__code__", None)
    return {line for _, _, line in code.co_lines() if line} if code is not None else set()


def _compare_once(
    name: str, forms: tuple[Callable[..., Any], Callable[..., Any]], arguments: list[Any]
) -> str | None:
    """None when the input tells nothing, empty when both do the same, otherwise the difference."""
    first = _called(forms[0], arguments)
    if first[0] == "raised" and first[1] in {each.__name__ for each in _SENSELESS}:
        return None
    if first[0] == "long" or not _alike(first, _called(forms[0], arguments)):
        return None  # slow, or another answer each time
    second = _called(forms[1], arguments)
    if _alike(first, second):
        return ""
    shown = ", ".join(map(_shown, arguments))
    if first[:1] == second[:1] == ("gave",) and _same(first[1], second[1]):
        before, after = _shown(list(first[2])), _shown(list(second[2]))
        return f"{name}({shown}) left its arguments as {before}, now as {after}"
    return f"{name}({shown}) {_told(first)}, now {_told(second)}"


def _called(function: Callable[..., Any], arguments: list[Any]) -> tuple[str, Any, tuple[Any, ...]]:
    given = copy.deepcopy(arguments)
    signal.setitimer(signal.ITIMER_REAL, _CALL_SECONDS)
    try:
        value = function(*given)
        if hasattr(value, "__next__"):
            value = [item for item, _ in zip(value, range(200), strict=False)]
        result = ("gave", value, tuple(given))
    except _TooLong:
        result = ("long", None, ())
    except Exception as error:  # noqa: BLE001 - what it raises is what is compared
        result = ("raised", type(error).__name__, ())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return result


def _alike(one: tuple[str, Any, tuple[Any, ...]], other: tuple[str, Any, tuple[Any, ...]]) -> bool:
    return one[0] == other[0] and _same(one[1], other[1]) and _same(one[2], other[2])


def _same(one: Any, other: Any, depth: int = 0) -> bool:
    """Equal in value and type; floats that are no number equal each other."""
    if type(one).__name__ != type(other).__name__ or depth > 20:
        return False
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, (list, tuple)):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_same(a, b, depth + 1) for a, b in pairs)
    if isinstance(one, dict):
        ordered = [*one.items()], [*other.items()]
        return _same(*ordered, depth + 1)
    try:
        if one == other:
            return True
    except Exception:  # noqa: BLE001 - an `==` of somebody's own
        return False
    own, its = getattr(one, "__dict__", None), getattr(other, "__dict__", None)
    plain = "__eq__" not in {name for each in type(one).__mro__[:-1] for name in vars(each)}
    return plain and own is not None and (callable(one) or _same(own, its, depth + 1))


def _told(result: tuple[str, Any, tuple[Any, ...]]) -> str:
    match result[0]:
        case "gave":
            return f"gave {_shown(result[1])}"
        case "raised":
            return f"raises {result[1]}"
        case _:
            return "does not end"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _loaded(job: dict[str, Any], form: str) -> ModuleType:
    """The module in one of its forms, under its own name, as an import would have it."""
    spec = importlib.util.spec_from_file_location(job["module"], job[form])
    if spec is None or spec.loader is None:
        raise ImportError("no module can be made of the file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[job["module"]] = module
    spec.loader.exec_module(module)
    return module


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


if __name__ == "__main__":
    sys.path.pop(0)  # this folder: nothing in it may hide a module of the user's
    main()
