"""What a definition did before an edit and no longer does, where no words asked for that."""

from __future__ import annotations

import re

from camus.config import TaskKind
from camus.quality.change import Change, is_local, later_of, lost, touched
from camus.quality.signatures import broken_interface
from camus.source import Scope, definitions, language_for, syntax_errors

_AWAIT = re.compile(r"\bawait\b")
_AWAIT_KEPT = re.compile(r"(?<!return )\bawait\b")
"""In ECMAScript `return await` and `return` mean the same but in a `try`."""
_TOGETHER = re.compile(r"\b(?:gather|TaskGroup|create_task|all|allSettled|any|race|for await)\b")
_LONG = 300
"""Characters of code from which on a great loss of it is suspicious."""
_LONG_FOR_FIX = 8
"""Lines of a body from which on the same holds for a fix."""
_SHRUNK = 0.35
_OF_INTERFACES = re.compile(
    r"\b(?:param|arg|accept|take|pass|option|signature|interface|api|call|keyword|default|name|renam"
    r"|requir|allow|support|async|await|add)",
    re.IGNORECASE,
)


def losses(change: Change) -> tuple[str, ...]:
    """The visible effects that are gone, each as a sentence, the gravest first."""
    if change.asks_for_less or change.asks_for_stub:
        return ()
    if syntax_errors(change.before) and not syntax_errors(change.after):
        return ()  # what a text that did not parse returned or raised is a guess
    found = _of_callers(change)
    for scope in definitions(change.before):
        if not touched(change.replaced, scope.span):
            continue
        after = later_of(change, scope)
        if scope.is_stub:
            found += _silenced(change, scope, after)
        elif after is None:
            found += _missing(change, scope)
        else:
            found += _results(scope, after)
            found += [] if change.instructed else _effects(change, scope, after)
    return tuple(found)


def _silenced(change: Change, scope: Scope, after: Scope | None) -> list[str]:
    """A stub that raised and now does nothing, where it was not to be filled in."""
    silent = after is not None and after.is_stub and not after.raises
    if not (silent and scope.raises) or change.task.classified.kind is TaskKind.CODE_GENERATION:
        return []
    return [f"`{scope.qualified_name}` no longer raises {scope.raises[0]}; keep its errors."]


def _of_callers(change: Change) -> list[str]:
    """What callers rely on and a fix in words took from them, where the words say nothing of it."""
    fixes = change.instructed and change.task.classified.kind is TaskKind.BUG_FIXING
    if not fixes or _OF_INTERFACES.search(change.words):
        return []
    scopes = definitions(change.before)
    gone = [each for each in lost(change) if not is_local(each, scopes)]
    found = [f"`{each.qualified_name}` is gone, which the fix was not to do." for each in gone]
    broken = broken_interface(change)
    found += [broken] if broken else []
    for scope in scopes:
        after = later_of(change, scope) if touched(change.replaced, scope.span) else None
        found += _undecorated(scope, after) if after is not None else []
    return found


def _undecorated(scope: Scope, after: Scope) -> list[str]:
    dropped = [each for each in scope.decorators if each not in after.decorators]
    if not dropped or len(after.decorators) >= len(scope.decorators):
        return []
    return [f"`{scope.qualified_name}` loses its decorator `{dropped[0][:60]}`; keep it."]


def cut_down(change: Change) -> str:
    """What is far shorter than it was, as a sentence; a refactoring may shorten what is short."""
    if change.instructed:
        return ""
    if change.task.classified.kind is TaskKind.BUG_FIXING:
        return _cut_by_fix(change)
    old = len("".join(change.task.code.split()))
    new = len("".join(change.after.slice(change.target).split()))
    if old >= _LONG and new < _SHRUNK * old:
        return "It is much shorter than the code was; leave nothing out that it did."
    return ""


def dropped_comments(change: Change) -> tuple[str, ...]:
    """The comment lines of the target that stand nowhere any more, or not as often."""
    row = language_for(change.before.language)
    if row is None or (change.instructed and not change.only_fixes):
        return ()
    mark = row.line_comment
    lines = (line.strip() for line in change.task.code.splitlines())
    kept, old = change.after.text, change.before.text
    return tuple(
        line
        for line in lines
        if line.startswith(mark)
        and (line not in kept or (len(line) > len(mark) + 1 and kept.count(line) < old.count(line)))
    )


def orphaned_comment(change: Change) -> str:
    """A comment that is gone though the line of code after it is still there; empty for none."""
    gone = set(dropped_comments(change))
    if not gone:
        return ""
    lines = [line.strip() for line in change.task.code.splitlines()]
    kept = {line.strip() for line in change.after.slice(change.target).splitlines()}
    for at, line in enumerate(lines):
        after = next((each for each in lines[at + 1 :] if each and each not in gone), "")
        if line in gone and after and after in kept:
            return line
    return ""


def undocumented(change: Change) -> str:
    """The name of a definition that had documentation and has none now; empty for none."""
    if syntax_errors(change.before):
        return ""  # where a text does not parse, what documents what is a guess
    for scope in definitions(change.before):
        if scope.doc is None or not touched(change.replaced, scope.span):
            continue
        after = later_of(change, scope)
        if after is not None and after.doc is None:
            return scope.qualified_name
    return ""


def _missing(change: Change, scope: Scope) -> list[str]:
    """A definition that is gone though the user's words do not name it."""
    told = change.instructed or change.unexplained
    if not told or is_local(scope, definitions(change.before)):
        return []
    if _is_named(change, scope.name) or any(
        _is_named(change, each.name) for each in definitions(change.after) if _is_new(change, each)
    ):
        return []
    return [f"`{scope.qualified_name}` is gone; keep what you were not asked to remove."]


def _is_named(change: Change, name: str) -> bool:
    """Whether the user's words name a definition."""
    pattern = rf"(?<![\w$]){re.escape(name)}(?![\w$])"
    return bool(name) and re.search(pattern, change.task.instruction) is not None


def _is_new(change: Change, scope: Scope) -> bool:
    return all(each.name != scope.name for each in definitions(change.before))


def _results(scope: Scope, after: Scope) -> list[str]:
    name = f"`{scope.qualified_name}`"
    if scope.returns_value and not after.returns_value and not after.yields:
        return [f"{name} no longer returns a value; keep what it returns."]
    if scope.yields and not after.yields:
        return [f"{name} no longer yields; keep it a generator."]
    return []


def _effects(change: Change, scope: Scope, after: Scope) -> list[str]:
    """Errors and waiting that are gone, unless they moved to another definition."""
    name = f"`{scope.qualified_name}`"
    said = [
        f"{name} no longer raises {each}; keep its errors."
        for each in scope.raises
        if each not in after.raises and not _moved(change, each) and not _mended(change, each)
    ][:1]
    said += _undecorated(scope, after)
    if scope.is_async and after.is_async and _waits_less(change, scope, after):
        said.append(f"{name} awaits less than it did; keep its `await`.")
    return said


def _moved(change: Change, error: str) -> bool:
    """Whether the file raises an error as often as before, be it in a callback or a helper."""
    raising = re.compile(rf"\b(?:raise|throw(?:\s+new)?)\s+{re.escape(error)}\b")
    return len(raising.findall(change.after.text)) >= len(raising.findall(change.before.text)) > 0


def _mended(change: Change, error: str) -> bool:
    """Whether a diagnostic is about what is raised."""
    words = re.compile(rf"\b{re.escape(error)}\b|\bexceptions?\b", re.IGNORECASE)
    return any(words.search(each.message) for each in change.task.diagnostics)


def _waits_less(change: Change, scope: Scope, after: Scope) -> bool:
    """Whether awaits are gone from the file and not for things awaited together."""
    awaits = _AWAIT if change.before.language == "python" else _AWAIT_KEPT
    old, new = change.before.slice(scope.body), change.after.slice(after.body)
    fewer = len(awaits.findall(new)) < len(awaits.findall(old))
    if not fewer or len(awaits.findall(change.after.text)) >= len(
        awaits.findall(change.before.text)
    ):
        return False
    if any("await" in each.message for each in change.task.diagnostics):
        return False
    return len(_TOGETHER.findall(new)) <= len(_TOGETHER.findall(old))


def _cut_by_fix(change: Change) -> str:
    """The definitions of which a fix leaves hardly anything; what it is about may go."""
    for scope in definitions(change.before):
        if scope.kind == "class" or not touched(change.replaced, scope.span):
            continue
        after = later_of(change, scope)
        old = _code_lines(change, scope)
        if after is None or old < _LONG_FOR_FIX:
            continue
        left = sum(bool(line.strip()) for line in change.after.slice(after.body).splitlines())
        if left < _SHRUNK * old:
            name = f"`{scope.qualified_name}`"
            return f"Of the {old} lines of {name} only {left} are left; mend only what is wrong."
    return ""


def _code_lines(change: Change, scope: Scope) -> int:
    """How many lines of code a body has beside those that a diagnostic covers whole."""
    lines = change.before.lines
    first, last = lines.line_of(scope.body.start), lines.line_of(max(scope.body.end - 1, 0))
    spans = [lines.span(number) for number in range(first, last + 1)]
    about = [each.span for each in change.task.diagnostics]
    return sum(
        bool(text.strip()) and not any(each.contains(span) for each in about)
        for span in spans
        for text in (change.before.slice(span),)
    )
