"""A draft applied to a copy: the text before and after, and where in each it changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from camus.actions import Draft, Task
from camus.config import TaskKind
from camus.source import Document, Edit, Scope, Span, definitions

_LESS = re.compile(
    r"\b(?:remov|delet|drop|renam|extract|inlin|split|merg|mov|replac|combin|join|get rid|strip"
    r"|convert|rewrit|re-?work|simplif|clean|short|less|fewer|without|instead|no longer|not\b|don't"
    r"|turn|into\b|only\b|stop|undo|revert|entfern|l[öo]sch|umbenenn|ersetz|verschieb|vereinfach"
    r"|supprim|retir|enl[eè]v|renomm|remplac|elimin|borr|quit|simplific)",
    re.IGNORECASE,
)
_STUB = re.compile(
    r"\b(?:stub|skelet|empt|blank|clear|implement|abstract|placeholder|no-?op|protocol|interface"
    r"|signature|declar|body|bodies|leer|vid|vac)|\breturn\b",
    re.IGNORECASE,
)
_LEADS = r"(?:in|of|from|for|inside|within|function|method|class|def|dans|en|von|de|on|at)"
"""Words after which a name is a name and no verb."""


@dataclass(frozen=True, slots=True)
class Change:
    """One task's document before and after the edits of a draft.

    `changed` are the spans of the new text that the edits put there, `replaced` those of the old
    text that they took away; `target` is the task's target in the new text.
    """

    task: Task
    after: Document
    edits: tuple[Edit, ...]
    changed: tuple[Span, ...]
    replaced: tuple[Span, ...]
    target: Span

    @property
    def before(self) -> Document:
        """The document as it is."""
        return self.task.document

    @property
    def instructed(self) -> bool:
        """Whether the user asked for something in words, which may rename and remove."""
        return bool(self.task.instruction.strip()) and self.task.action.id != "document"

    @property
    def unexplained(self) -> bool:
        """Whether nobody said what it is for, as of a change that came from elsewhere."""
        return self.task.classified.kind is TaskKind.GENERAL and not self.instructed

    @property
    def only_fixes(self) -> bool:
        """Whether the words ask for a fix and say nothing of things that go."""
        fixes = self.task.classified.kind is TaskKind.BUG_FIXING
        return self.instructed and fixes and not self.asks_for_less

    @property
    def asks_for_less(self) -> bool:
        """Whether the user's words may mean that something goes, moves or is called otherwise."""
        return self.instructed and _LESS.search(self.words) is not None

    @property
    def asks_for_stub(self) -> bool:
        """Whether the user's words ask for a definition without its body."""
        return self.instructed and _STUB.search(self.words) is not None

    @property
    def words(self) -> str:
        """The user's words without names of definitions: `fix the bug in clear` clears nothing."""
        said = re.sub(r"`[^`\n]*`", " ", self.task.instruction)
        for name in _named(self.before):
            if name in said:
                lead = rf"\b{_LEADS}\s+(?:the\s+)?{re.escape(name)}(?![\w$])"
                shaped = not name.isalpha() or not (name.islower() or name.istitle())
                whole = rf"(?<![\w$]){re.escape(name)}(?![\w$])"
                said = re.sub(whole if shaped else rf"{lead}|{whole}(?=\()", " ", said)
        return said


def change_of(task: Task, draft: Draft) -> Change:
    """Apply a draft's edits; ValueError when they overlap or lie outside the text."""
    edits = _trimmed(task.document, draft.edits)
    after = task.document.edited(edits)
    changed: list[Span] = []
    moved = 0
    begin, end = task.target.start, task.target.end
    for edit in edits:
        grown = len(edit.text) - len(edit.span)
        start = edit.span.start + moved
        changed.append(Span(start, start + len(edit.text)))
        moved += grown
        if edit.span.end <= task.target.start and edit.span != task.target:
            begin += grown
        if edit.span.start <= task.target.end:
            end += grown
    target = Span(begin, max(begin, end))
    return Change(task, after, edits, tuple(changed), tuple(e.span for e in edits), target)


def touched(spans: tuple[Span, ...], span: Span) -> bool:
    """Whether a span shares a character or an end with one of several, in order and apart."""
    if not spans or span.end < spans[0].start or spans[-1].end < span.start:
        return False  # so it is with nearly all definitions of a file
    return any(each.start <= span.end and span.start <= each.end for each in spans)


def moved(change: Change, span: Span) -> Span | None:
    """Where a span of the old text stands in the new; None when an edit touched it."""
    if touched(change.replaced, span):
        return None
    return span.shift(
        sum(len(e.text) - len(e.span) for e in change.edits if e.span.end <= span.start)
    )


def line_of(document: Document, offset: int) -> str:
    """A place in words a model can find: its line number and the line itself."""
    lines = document.lines
    number = lines.line_of(min(offset, len(document.text)))
    text = " ".join(document.slice(lines.span(number)).split())
    shown = text if len(text) <= 100 else f"{text[:99]}…"
    return f"line {number + 1} `{shown}`" if shown else f"line {number + 1}"


def later_of(change: Change, scope: Scope) -> Scope | None:
    """What a definition became: of several with its qualified name the one as far down."""
    name = scope.qualified_name
    new = _by_name(change.after).get(name, ())
    if not new:
        return None
    old = _by_name(change.before)[name]
    at = next((at for at, each in enumerate(old) if each.span == scope.span), 0)
    return new[at] if len(old) == len(new) else new[0]


def counted(document: Document) -> Counter[str]:
    """How often each qualified name is defined."""
    return Counter(each.qualified_name for each in definitions(document))


def lost(change: Change) -> tuple[Scope, ...]:
    """The definitions whose qualified names are gone."""
    kept = _by_name(change.after)
    return tuple(each for each in definitions(change.before) if each.qualified_name not in kept)


def is_local(scope: Scope, scopes: tuple[Scope, ...]) -> bool:
    """Whether a definition stands inside a function, where no one else can name it."""
    return any(
        other.kind in {"function", "method"}
        and other.span != scope.span
        and other.body.contains(scope.span)
        for other in scopes
    )


def _by_name(document: Document) -> Mapping[str, tuple[Scope, ...]]:
    """The definitions by qualified name, kept with the snapshot."""
    known = document.memo.get("definitions by name")
    if not isinstance(known, dict):
        found: dict[str, list[Scope]] = {}
        for each in definitions(document):
            found.setdefault(each.qualified_name, []).append(each)
        known = {name: tuple(scopes) for name, scopes in found.items()}
        document.memo["definitions by name"] = known
    return known


def _named(document: Document) -> set[str]:
    """The names of what a document defines."""
    return {each.name for each in definitions(document) if each.name}


def _trimmed(document: Document, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits by place without what they leave as it is, and without those that do nothing."""
    found = []
    for edit in sorted(edits, key=lambda each: (each.span.start, each.span.end)):
        if edit.span.end > len(document.text):
            raise ValueError("an edit lies outside the text")
        old, new = document.slice(edit.span), edit.text
        if old == new:
            continue
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        span = Span(edit.span.start + head, edit.span.end - tail)
        found.append(Edit(span, new[head : len(new) - tail]))
    return tuple(found)


def _common(one: str, other: str) -> int:
    """The length of the common beginning."""
    length = min(len(one), len(other))
    return next((at for at in range(length) if one[at] != other[at]), length)
