"""Whether an edit does what was asked: the problem gone, the stub filled, the words there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from camus.analysis import Finding, Findings
from camus.quality.change import Change, later_of, moved, touched
from camus.quality.verdicts import Verdict, told
from camus.source import Scope, syntax_errors

_EMPTY_WORDS = re.compile(
    r"\b(?:TODO|FIXME|TBD)\b|_(?:summary|description|type)_|\[(?:description|summary|type)\]|"
    r"\b(?:your|add|insert) (?:description|docstring|documentation) here\b",
    re.IGNORECASE,
)
_OF_COMMENTS = re.compile(r"\bcomment", re.IGNORECASE)
_NAMED = re.compile(
    r"(?::param(?:eter)?\s+(?:[\w.\[\], ]+\s)?|@param\s+(?:\{[^}\n]*\}\s*)?\[?)(\w+)"
)


def fixed(
    change: Change, before: Findings, after: Findings, introduced: Sequence[Finding]
) -> Verdict | None:
    """Whether the diagnostics are gone; None when nothing here can tell of any of them.

    One that came in place of another of its rule counts as if it were there still.
    """
    known, left = 0, list[str]()
    mended = _fewer(before, after)
    for each in change.task.diagnostics:
        gone, said = _fate(change, each, (before, after), mended)
        known += gone is not None
        if gone is False and said not in left:
            left.append(said)
    if not known:
        return None
    rules = {each.rule for each in change.task.diagnostics}
    swapped = [
        told(change.after, each)
        for each in introduced
        if each.rule in rules and touched(change.changed, each.span)
    ]
    if not left and swapped:
        detail = f"It trades the problem for another of its kind: {swapped[0]}."
        return Verdict("fix", max(0.0, 0.5 - 0.1 * len(swapped)), detail, grave=True)
    if not left:
        return Verdict("fix", 1.0)
    share = max(0.0, 1 - len(left) / known)
    detail = f"The problem to fix is still there: {left[0]}."
    return Verdict("fix", 0.8 * share, detail, grave=True, factor=1.5)


def implemented(change: Change) -> Verdict | None:
    """Whether a stub got a body; None when the target was none."""
    scope = change.task.scope
    after = later_of(change, scope)
    if not scope.is_stub or after is None:
        return None
    if not after.is_stub:
        return Verdict("implementation", 1.0)
    detail = f"`{scope.qualified_name}` is still not implemented; write its body."
    return Verdict("implementation", 0.0, detail, grave=True, factor=1.5)


def documented(change: Change) -> Verdict | None:
    """Whether the target now has documentation that says something true of its parameters."""
    scope = change.task.scope
    after = later_of(change, scope)
    if after is None or change.task.target != scope.span or scope.kind in {"module", "lines"}:
        return None
    if change.task.action.id != "document" and _OF_COMMENTS.search(change.task.instruction):
        return None  # a comment was asked for, not documentation
    name = f"`{scope.qualified_name}`"
    if not after.doc_text.strip():
        detail = f"{name} still has no documentation; add it where the language expects it."
        return Verdict("documentation", 0.0, detail, grave=True)
    if _EMPTY_WORDS.search(after.doc_text) and not _EMPTY_WORDS.search(scope.doc_text):
        detail = f"The documentation of {name} holds a placeholder; say what the code does."
        return Verdict("documentation", 0.2, detail, grave=True)
    strange = _strangers(after)
    if strange:
        detail = f"The documentation of {name} describes `{strange[0]}`, which is no parameter."
        return Verdict("documentation", 0.4, detail, grave=True)
    return Verdict("documentation", 1.0)


def _fewer(before: Findings, after: Findings) -> Counter[tuple[str, str]]:
    """How many findings of each rule and message are gone."""
    return Counter(map(_kind, before.findings)) - Counter(map(_kind, after.findings))


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.message


def _fate(
    change: Change,
    asked: Finding,
    seen: tuple[Findings, Findings],
    mended: Counter[tuple[str, str]],
) -> tuple[bool | None, str]:
    """Whether one diagnostic is gone, and how it stands now; None when no tool knows it.

    Where an edit touched it, one that is gone answers one that was asked for and is taken out of
    `mended`. One of the same words elsewhere, as the next `elif` of a chain, is another.
    """
    found = _counterpart(asked, seen[0].findings)
    if found is None:
        old = syntax_errors(change.before)
        if not any(touched((each,), asked.span) for each in old):
            return None, ""
        return len(syntax_errors(change.after)) < len(old), "the code does not parse"
    kind = _kind(found)
    place = moved(change, found.span)
    if place is None and mended[kind] > 0:
        mended[kind] -= 1
        return True, ""
    here = change.changed if place is None else (place,)
    left = [each for each in seen[1].findings if _kind(each) == kind and touched(here, each.span)]
    return (False, told(change.after, left[0])) if left else (True, "")


def _counterpart(asked: Finding, findings: Sequence[Finding]) -> Finding | None:
    """The tool's own finding for an editor's diagnostic: of its rule there, else at its place."""
    near = [each for each in findings if touched((asked.span,), each.span)]
    same = [each for each in near if each.rule == asked.rule]
    same = same or [each for each in near if each.span == asked.span]
    return same[0] if same else None


def _strangers(scope: Scope) -> list[str]:
    """The names a field list describes that are no parameters; a class describes its own.

    A destructured parameter has no name, so that any one will do for it.
    """
    if scope.kind == "class":
        return []
    text = " ".join(each.name for each in scope.parameters)
    known = set(re.findall(r"\w+", text))
    nameless = sum(each.name[:1] in {"{", "["} for each in scope.parameters)
    described = dict.fromkeys(_NAMED.findall(scope.doc_text))
    return [name for name in described if name not in known][nameless:]
