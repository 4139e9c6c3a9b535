"""Whether callers of a changed definition still call it rightly; knows parameters, no calls."""

from __future__ import annotations

import re

from camus.config import TaskKind
from camus.quality.change import Change, counted, is_local, later_of, touched
from camus.source import Parameter, Scope, definitions

_KEPT = {TaskKind.REFACTORING, TaskKind.CODE_GENERATION, TaskKind.BUG_FIXING}
_OF_PARAMETERS = re.compile(r"\b(?:argument|parameter)s?\b", re.IGNORECASE)
_SHARED = re.compile(r"\[[^\[\]]*\]|\{[^{}]*\}|(?:list|dict|set)\(\)")
_LITERAL = re.compile(
    r"-?\d+(?:\.\d+)?|'[^'\\]*'|None|True|False|null|undefined|true|false|\(\)|\[\]|\{\}"
)
_OF_WAITING = re.compile(r"async|await", re.IGNORECASE)


def broken_call(change: Change) -> str:
    """What callers can no longer rely on, as what to do about it; empty when nothing.

    The user's words may change a signature, and so may a fix of a problem that is about it. A
    parameter that may be left out can be added after those that were there.
    """
    if change.instructed or change.task.classified.kind not in _KEPT:
        return ""
    return broken_interface(change)


def broken_interface(change: Change) -> str:
    """The same of any change, whatever it is for."""
    scopes = definitions(change.before)
    before = counted(change.before)
    for scope in scopes:
        after = later_of(change, scope)
        if after is None or scope.kind == "class" or before[scope.qualified_name] > 1:
            continue
        if not touched(change.replaced, scope.span):
            continue
        said = _parameters(change, scope, after) or _waiting(change, scope, after)
        if said and not is_local(scope, scopes):
            return said
    return ""


def changed_default(change: Change) -> str:
    """A default that became another value, or one object for all calls; empty for none.

    A fix may give another default; one object that all calls share is a fault in every change.
    """
    fixes = change.instructed or change.task.classified.kind is TaskKind.BUG_FIXING
    for scope in definitions(change.before):
        if not touched(change.replaced, scope.span):
            continue
        after = later_of(change, scope)
        was = {each.name: each.default for each in scope.parameters}
        for each in after.parameters if after is not None else ():
            old, name = was.get(each.name, ""), f"`{each.name}` of `{scope.qualified_name}`"
            if old == each.default or not old or not each.default:
                continue
            shared = change.before.language == "python" and _SHARED.fullmatch(each.default)
            if shared and not _SHARED.fullmatch(old):
                return f"The default of {name} is now one object that all calls share."
            if not fixes and not _SHARED.fullmatch(old) and _values_differ(old, each.default):
                return f"The default of {name} is `{each.default[:40]}`, no longer `{old[:40]}`."
    return ""


def _values_differ(old: str, new: str) -> bool:
    """Whether two defaults are literals, and of different values."""
    one, other = (each.replace('"', "'") for each in (old, new))
    return bool(_LITERAL.fullmatch(one) and _LITERAL.fullmatch(other)) and one != other


def _parameters(change: Change, scope: Scope, after: Scope) -> str:
    wrong = _difference(scope.parameters, after.parameters)
    if not wrong or _is_asked(change, scope):
        return ""
    name = scope.qualified_name
    return f"It changes the signature of `{name}`: {wrong}; keep its parameters."


def _waiting(change: Change, scope: Scope, after: Scope) -> str:
    if after.is_async == scope.is_async:
        return ""
    if any(_OF_WAITING.search(each.message) for each in change.task.diagnostics):
        return ""
    now = "asynchronous" if after.is_async else "no longer asynchronous"
    return f"It makes `{scope.qualified_name}` {now}, which breaks its callers; keep it."


def _is_asked(change: Change, scope: Scope) -> bool:
    """Whether a diagnostic is about the parameters: it says so, or stands in the header."""
    return any(
        _OF_PARAMETERS.search(each.message)
        or (scope.header.contains(each.span) and not scope.name_span.contains(each.span))
        for each in change.task.diagnostics
    )


def _difference(old: tuple[Parameter, ...], new: tuple[Parameter, ...]) -> str:
    """The first difference that breaks a caller, in words; empty for none."""
    was, now = {each.name: each for each in old}, {each.name: each for each in new}
    lost = [each for each in was if each not in now]
    if lost:
        return f"`{lost[0]}` is gone"
    kept = [each for each in new if each.name in was]
    if [each.name for each in kept if each.kind != "keyword"] != [
        each.name for each in old if now[each.name].kind != "keyword"
    ]:
        return "the order is another"
    for each in kept:
        before = was[each.name]
        if (each.kind, each.positional_only) != (before.kind, before.positional_only):
            return f"`{each.name}` is passed in another way"
        if _may_be_left_out(before) and not _may_be_left_out(each):
            return f"`{each.name}` can no longer be left out"
    return _addition(was, new)


def _addition(was: dict[str, Parameter], new: tuple[Parameter, ...]) -> str:
    """A new parameter that callers must pass, or that takes the place of an old one."""
    for at, each in enumerate(new):
        if each.name in was:
            continue
        if not _may_be_left_out(each):
            return f"`{each.name}` is wanted besides"
        later = [other for other in new[at + 1 :] if other.name in was]
        if each.kind == "positional" and any(o.kind in {"positional", "args"} for o in later):
            return f"`{each.name}` stands before others"
    return ""


def _may_be_left_out(parameter: Parameter) -> bool:
    return bool(parameter.default) or parameter.optional or parameter.kind in {"args", "kwargs"}
