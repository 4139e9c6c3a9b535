"""What an edit only takes away: branches, returns, errors, calls; reads the words of the code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from camus.analysis import Finding
from camus.config import TaskKind
from camus.quality.change import Change, is_local, later_of, line_of, lost, touched
from camus.quality.gone import Cut, is_whole, unstored
from camus.source import (
    Document,
    Leaf,
    Scope,
    Span,
    definitions,
    leaves,
    matching_blocks,
    same_code,
)

_FILLING = frozenset(
    ("pass", "...", "(", ")", "{", "}", ";", ",", ":", "", "()", "end", "do", "then")
)
"""Words that stand where code was and do nothing."""
_IDLE = _FILLING | {"else", "None", "null", "nil", "undefined"}
"""Words whose loss alone is no loss."""
_KINDS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(("raise", "throw", "panic", "abort")), "an error that was raised"),
    (frozenset(("yield",)), "a value that was yielded"),
    (frozenset(("await", ".await")), "an `await`"),
    (
        frozenset(("except", "catch", "rescue", "finally", "ensure", "defer")),
        "the handling of an error",
    ),
    (
        frozenset(("if", "elif", "elsif", "case", "when", "unless", "switch", "match", "guard")),
        "a branch",
    ),
    (frozenset(("for", "while", "foreach", "loop", "until")), "a loop"),
    (frozenset(("return",)), "a return"),
    (frozenset(("break", "continue", "next", "last", "redo")), "a jump out of a loop"),
    (frozenset(("with", "using", "lock", "synchronized", "try")), "a guarded block"),
    (frozenset(("and", "or", "&&", "||", "not", "!")), "a part of a condition"),
    (frozenset(("assert",)), "an assertion"),
)
_NO_VALUE = frozenset((";", "}", "None", "null", "nil", "undefined"))
_BRANCHING = frozenset(
    (
        "if",
        "elif",
        "elsif",
        "case",
        "when",
        "unless",
        "for",
        "while",
        "foreach",
        "loop",
        "until",
        "match",
        "and",
        "or",
        "&&",
        "||",
    )
)
"""Words that branch by themselves; a conditional expression may take the place of two returns."""
_NEEDLESS = re.compile(
    r"\b(?:un(?:used|necessary|reachable|needed|read)|useless|redundant|never|not (?:accessed|used)"
    r"|redefin|duplicat|superfluous|no effect|needless|debug|breakpoint|print"
    r"|T[12]\d\d|ERA|defer-in-loop|commented|empty|obsolete)",
    re.IGNORECASE,
)
"""Findings that code which goes may mend: it was not needed."""
_PARTLY = frozenset(("B007", "PERF102", "ARG001", "ARG002", "ARG005", "RUF059"))
"""Rules about a name that nothing reads in what is needed else."""
_RUBYS = frozenset(("next", "last", "redo", "unless", "until", "ensure", "rescue"))
"""Words that are names in the other languages, or as good as never used in them."""
_NEGATIONS = frozenset(("not", "!", "(", ")"))
_ASIDE = frozenset(("else", "elif", "elsif", "except", "finally", "catch", "rescue", "ensure"))
"""Words that begin another way than the one before."""
_MOST = 4000
"""Words of a definition up to which it is looked at."""


def cut_away(change: Change, mended: Sequence[Finding] = ()) -> str:
    """What the edit takes away without putting anything in its place, as a sentence.

    Of an edit that only deletes. Words of the user may ask for that, and so may a diagnostic
    that touches what is gone, or a finding there that it mends.
    """
    if change.asks_for_less or change.asks_for_stub:
        return ""
    if change.task.classified.kind is TaskKind.DOCUMENTATION:
        return ""
    near = _innermost(change, definitions(change.before))
    for scope in near:
        after = later_of(change, scope)
        if (
            after is not None
            and not scope.is_stub
            and (said := _gone_from(change, scope, after, mended))
        ):
            return said
    if not near and (said := _gone_from(change, None, None, mended)):
        return said
    return _moved_block(change)


def fewer_returns(change: Change) -> str:
    """A definition that gives back a value at fewer places though it branches as often.

    One whose returns moved to a helper, which the edit brings, keeps them. Of a fix only a value
    counts that is gone where it was given back.
    """
    kept = {TaskKind.BUG_FIXING, TaskKind.CODE_GENERATION}
    fixes = change.only_fixes and not change.task.diagnostics
    if not fixes and (change.instructed or change.task.classified.kind in kept):
        return ""
    old_all, new_all = (
        _words(change.before, change.task.target),
        _words(change.after, change.target),
    )
    for scope in _innermost(change, definitions(change.before)):
        after = later_of(change, scope)
        if after is None or scope.kind == "class" or scope.is_stub:
            continue
        old, new = _own_words(change.before, scope), _own_words(change.after, after)
        was, now = _returns(change.before, scope), _returns(change.after, after)
        if was[0] == now[0] and was[1] > now[1]:
            return f"`{scope.qualified_name}` gives back nothing where it gave back a value."
        if fixes:
            continue
        for word, what in (("return", "returns"), ("raise", "raises"), ("throw", "throws")):
            fewer = old.count(word) > new.count(word) and old_all.count(word) > new_all.count(word)
            if fewer and _branching(new) >= _branching(old):
                return f"`{scope.qualified_name}` {what} at fewer places than it did; keep them."
    return ""


def _words(document: Document, span: Span) -> list[str]:
    """The words of a span, without those of conditions and loops that are part of an expression.

    Python writes these with the words of its statements, which begin their lines.
    """
    return [leaf.text for leaf in leaves(document, span) if not _is_inline(document, leaf)]


def _is_inline(document: Document, leaf: Leaf) -> bool:
    if document.language != "python" or leaf.text not in {"if", "for", "else"}:
        return False
    start = document.lines.starts[document.lines.line_of(leaf.span.start)]
    return bool(document.text[start : leaf.span.start].strip(" \t").removesuffix("async").strip())


def _own_words(document: Document, scope: Scope) -> list[str]:
    """The words of a definition without those of definitions in it."""
    nested = [
        each.span
        for each in definitions(document)
        if each.span != scope.span and scope.span.contains(each.span)
    ]
    return [
        leaf.text
        for leaf in leaves(document, scope.span)
        if not _within(nested, leaf) and not _is_inline(document, leaf)
    ]


def _returns(document: Document, scope: Scope) -> tuple[int, int]:
    """How many returns a definition has, and how many of them give something back."""
    words, row_of = leaves(document, scope.span), document.lines.line_of
    found = [(one, other) for one, other in zip_longest(words, words[1:]) if one.text == "return"]
    valued = sum(
        other is not None
        and other.text not in _NO_VALUE
        and row_of(other.span.start) == row_of(one.span.start)
        for one, other in found
    )
    return len(found), valued


def _branching(words: list[str]) -> int:
    return sum(each in _BRANCHING for each in words)


def _innermost(change: Change, scopes: tuple[Scope, ...]) -> list[Scope]:
    """The definitions that an edit touches and that hold no other such definition."""
    near = [each for each in scopes if touched(change.replaced, each.span) and each.kind != "class"]
    return [
        each
        for each in near
        if not any(o.span != each.span and each.span.contains(o.span) for o in near)
        or any(_own(change, each, o) for o in near)
    ]


def _own(change: Change, scope: Scope, other: Scope) -> bool:
    """Whether an edit touches a definition outside another one that it holds."""
    if other.span == scope.span or not scope.span.contains(other.span):
        return False
    return any(
        scope.span.contains(each) and not other.span.contains(each) for each in change.replaced
    )


def _gone_from(
    change: Change, scope: Scope | None, after: Scope | None, mended: Sequence[Finding]
) -> str:
    """What is gone from a definition, or from the target where there is none."""
    was, now = change.task.target, change.target
    if scope is not None and after is not None:
        was, now = scope.span, after.span
    old, new = leaves(change.before, was), leaves(change.after, now)
    if max(len(old), len(new)) > _MOST or len(new) >= len(old):
        return ""
    gone = _only_gone(old, new)
    if gone is None:
        return ""
    inside = [each.span for each in lost(change)]
    excused, row_of = _excused(change.before, gone, mended), change.before.lines.line_of
    left = [
        [e for e in run if not _within(inside, e) and row_of(e.span.start) not in excused]
        for run in gone
    ]
    runs = [run for run in left if run]
    if change.instructed and change.task.classified.kind is TaskKind.BUG_FIXING:
        # A fix may turn a condition round.
        runs = [run for run in runs if not all(leaf.text in _NEGATIONS for leaf in run)]
    cut = _worst(change.before, runs, old) or unstored(change.before, runs, (old, new))
    if cut is None or _is_about(change, cut.span):
        return ""
    where = line_of(change.before, cut.span.start)
    place = f" out of `{scope.qualified_name}`" if scope is not None else " away"
    return f"It takes {cut.what}{place}, which stood at {where}; keep it."


def _only_gone(old: tuple[Leaf, ...], new: tuple[Leaf, ...]) -> list[list[Leaf]] | None:
    """The runs of words that are gone; None when others came in."""
    blocks = matching_blocks([each.text for each in old], [each.text for each in new])
    runs: list[list[Leaf]] = []
    at = other = 0
    for start, start_new, length in [*blocks, (len(old), len(new), 0)]:
        if any(each.text not in _FILLING for each in new[other:start_new]):
            return None
        if start > at:
            runs.append(list(old[at:start]))
        at, other = start + length, start_new + length
    return runs


def _excused(document: Document, gone: list[list[Leaf]], mended: Sequence[Finding]) -> set[int]:
    """The rows of what is gone of which a finding that went said that they may go.

    With a row goes what is indented below it.
    """
    row_of = document.lines.line_of
    said = {
        row_of(each.span.start)
        for each in mended
        if each.aspect == "security"
        or (each.rule not in _PARTLY and _NEEDLESS.search(f"{each.message} {each.rule}"))
    }
    found, least = set[int](), -1
    for leaf in (leaf for run in gone for leaf in run):
        row = row_of(leaf.span.start)
        if row in found:
            continue
        column = leaf.span.start - document.lines.starts[row]
        if row in said:
            least = column
        elif not 0 <= least < column:
            least = -1
            continue
        found.add(row)
    return found


def _within(spans: list[Span], leaf: Leaf) -> bool:
    """Whether a word was of a definition that is gone as a whole, which is a gate's business."""
    return any(each.contains(leaf.span) for each in spans)


def _worst(document: Document, gone: list[list[Leaf]], old: tuple[Leaf, ...]) -> Cut | None:
    """The gravest of what is gone; None when nothing of weight is."""
    for words, what in _KINDS:
        for run in gone:
            if what == "a return" and _is_idle_return(run, old):
                continue
            for leaf in run:
                if leaf.text in words and not _is_plain(document, leaf):
                    return Cut(what, leaf.span)
    for run in gone:
        calls = any(leaf.text in {"(", "()"} for leaf in run)
        if calls and is_whole(document, run):
            return Cut("a statement", run[0].span)
    return None


def _is_idle_return(run: list[Leaf], old: tuple[Leaf, ...]) -> bool:
    """Whether a return is gone that gave nothing back and after which nothing came."""
    if any(leaf.text not in _IDLE | {"return"} for leaf in run):
        return False
    rest = [leaf for leaf in old if leaf.span.start >= run[-1].span.end]
    after = next((leaf.text for leaf in rest if leaf.text not in _FILLING), "")
    return not after or after in _ASIDE


def _is_plain(document: Document, leaf: Leaf) -> bool:
    """Whether a word is here a name, or changes nothing."""
    if document.text[leaf.span.start - 1 : leaf.span.start] == ".":
        return True
    if leaf.text in _RUBYS and document.language != "ruby":
        return True
    return leaf.text == "await" and _is_returned(document, leaf)


def _is_returned(document: Document, leaf: Leaf) -> bool:
    """`return await` and `return` mean the same in ECMAScript but in a `try`."""
    if document.language == "python":
        return False
    return document.text[: leaf.span.start].rstrip().endswith("return")


def _is_about(change: Change, span: Span) -> bool:
    """Whether a diagnostic touches the lines of what is gone, or asks for less itself."""
    lines = change.before.lines
    row = lines.line_of(span.start)
    return any(
        lines.line_of(each.span.start) - 1 <= row <= lines.line_of(each.span.end) + 1
        for each in change.task.diagnostics
    )


def _moved_block(change: Change) -> str:
    """Code of a language without braces that is the same words in other blocks."""
    if change.before.language != "python" or change.instructed:
        return ""
    if any(each.aspect == "correctness" for each in change.task.diagnostics):
        return ""
    for scope in _innermost(change, definitions(change.before)):
        after = later_of(change, scope)
        if after is None or is_local(scope, definitions(change.before)):
            continue
        old = [each.text for each in leaves(change.before, scope.span)]
        if old == [each.text for each in leaves(change.after, after.span)] and not same_code(
            change.before, change.after
        ):
            name = scope.qualified_name
            return f"It moves code of `{name}` into or out of a block; keep its indentation."
    return ""
