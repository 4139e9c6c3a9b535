"""The actions there are, and the form of an offer; knows nothing of where each applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from camus.analysis import Finding
from camus.config import TaskKind
from camus.source import Span

Produces = Literal["edit", "text", "findings"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be asked for. `kind` is the editor's code action kind, empty for none."""

    id: str
    title: str
    kind: str
    produces: Produces
    task_kind: TaskKind | None
    """The kind of work it always is; None: the instruction decides."""


ACTIONS: dict[str, Action] = {
    action.id: action
    for action in (
        Action("fix", "Fix with Camus", "quickfix", "edit", TaskKind.BUG_FIXING),
        Action("fix_all", "Fix all with Camus", "quickfix", "edit", TaskKind.BUG_FIXING),
        Action("refactor", "Refactor", "refactor.rewrite.camus", "edit", TaskKind.REFACTORING),
        Action(
            "document",
            "Document",
            "refactor.rewrite.camus.document",
            "edit",
            TaskKind.DOCUMENTATION,
        ),
        Action(
            "implement",
            "Implement",
            "refactor.rewrite.camus.implement",
            "edit",
            TaskKind.CODE_GENERATION,
        ),
        Action("explain", "Explain", "source.camus.explain", "text", TaskKind.CODE_ANALYSIS),
        Action("review", "Review", "source.camus.review", "findings", TaskKind.CODE_ANALYSIS),
        Action("modify", "Modify with instruction", "", "edit", None),
        Action("ask", "Ask", "", "text", None),
    )
}


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that applies here: what it would work on, and how it is shown.

    `target` is the span of the symbol or selection, `diagnostics` what a fix is about. A stable
    id, never the title, tells offers apart.
    """

    action: Action
    title: str
    target: Span
    diagnostics: tuple[Finding, ...] = ()
    preferred: bool = False


def action_for(id: str) -> Action | None:
    """The action of an id."""
    return ACTIONS.get(id)
