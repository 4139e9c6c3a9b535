"""From what a run came to, to the one answer that a face shows; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from camus.actions import Task
from camus.config import Complexity, TaskKind
from camus.journal import Finished, Stats
from camus.models import Profile
from camus.orchestrator.board import Board, Critique, Proposal, Words
from camus.orchestrator.run import Judged
from camus.orchestrator.values import Attempt, Decision, Outcome, Request, Said, State, StepDraft
from camus.routing import RULES, Observed, Plan, observed
from camus.source import Document

LABELS = {
    TaskKind.MATHEMATICAL: "verify important calculations",
    TaskKind.SECURITY_REVIEW: "a review finds some problems, never all",
}
CODE_LABEL = "review before using: may contain bugs"


def earlier_kinds(outcomes: Iterable[Outcome], document: Document) -> tuple[TaskKind, ...]:
    """The kinds of what was asked in words about a document, the latest last."""
    return tuple(
        each.task.classified.kind
        for each in outcomes
        if each.task.instruction and each.task.document.uri == document.uri
    )


@dataclass(frozen=True, slots=True)
class Trace:
    """What a run leaves behind, frozen for the outcome."""

    id: str
    task: Task
    plan: Plan
    attempts: tuple[Attempt, ...]
    steps: tuple[StepDraft, ...]
    nothing_to_do: str
    seconds: float
    sources: tuple[str, ...]
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    board: Board | None = None


def outcome_of(
    trace: Trace, judged: Judged | None, profiles: Sequence[Profile], stats: Stats
) -> Outcome:
    """The answer: done, nothing to do, refused by the gate, or nobody could."""
    state, message = _state(trace, judged)
    shown = judged if judged is not None and state == "done" else None
    report = judged.report if judged is not None else None
    draft = shown.draft if shown is not None else None
    return Outcome(
        id=trace.id,
        action=trace.task.action.id,
        state=state,
        task=trace.task,
        decision=_decision(trace, judged),
        model=shown.model if shown else "",
        edits=draft.edits if draft else (),
        text=draft.text if draft else "",
        findings=draft.findings if draft else (),
        support=shown.support if shown else (),
        report=report,
        needs_confirmation=shown is not None and _confirm(trace, shown),
        message=message,
        warnings=_warnings(trace, shown, profiles),
        notes=draft.notes if draft else (),
        steps=trace.steps,
        seconds=trace.seconds,
        finishes=shown.finishes if shown else (),
        observed=_observed(trace, shown, stats),
        sources=trace.sources,
    )


def _decision(trace: Trace, judged: Judged | None) -> Decision:
    return Decision(
        trace.plan,
        trace.attempts,
        judged is not None and judged.cached,
        judged.agreement if judged is not None else None,
        _said(trace.board),
    )


def _said(board: Board | None) -> tuple[Said, ...]:
    """What was said on the board, where there was more to say than one model's draft."""
    messages = board.messages if board is not None else ()
    if len(messages) < 2:
        return ()
    said = []
    for each in messages:
        to, by = str(each.to or ""), str(each.sender)
        match each.body:
            case Words(text):
                said.append(Said(by, to, "words", text, round=each.round))
            case Proposal(_, report):
                said.append(Said(by, to, "draft", score=report.score, round=each.round))
            case Critique(of, verdict, reason):
                about = f"{verdict} of {of}: {reason}".rstrip(": ")
                said.append(Said(by, to, "critique", about, round=each.round))
            case _:
                assert_never(each.body)
    return tuple(said)


def _observed(trace: Trace, judged: Judged | None, stats: Stats) -> Observed | None:
    if judged is None:
        return None
    task = trace.task
    return observed(stats, judged.report.score, task.classified.kind, task.document.language)


def _state(trace: Trace, judged: Judged | None) -> tuple[State, str]:
    plan = trace.plan
    if plan.unknown == "model":
        return "unknown_model", plan.reasons[0]
    if plan.unknown == "pipeline":
        return "unknown_pipeline", plan.reasons[0]
    if judged is None:
        return ("nothing", trace.nothing_to_do) if trace.nothing_to_do else _nobody(trace)
    if judged.report.refusals and not plan.exact:
        return "refused", f"the answer of {judged.model} was refused: {judged.report.refusals[0]}"
    if judged.report.score < plan.floor and not plan.exact:
        low = f"scored {judged.report.score:.2f}, below the floor of {plan.floor:.2f}"
        return "refused", f"the answer of {judged.model} {low}: {judged.report.complaint}"
    return "done", ""


def _nobody(trace: Trace) -> tuple[State, str]:
    """Why there is no answer, with the most useful reason first."""
    answered = [a for a in trace.attempts if a.state == "bad_reply"]
    if answered:
        last = answered[-1]
        return "refused", f"nothing usable in the answer of {last.model}: {last.detail}"
    failed = [f"{a.model}: {a.detail}" for a in trace.attempts if a.state in {"error", "denied"}]
    out = [f"{r.model}: {r.reason}" for r in trace.plan.rejected]
    reasons = "; ".join(dict.fromkeys((*failed, *out)))
    if reasons:
        return "no_model", f"no model could answer ({reasons})"
    return "no_model", (
        "this needs a model and none is running or configured; start Ollama or LM Studio, "
        "or name a server with: camus config init"
    )


def _confirm(trace: Trace, judged: Judged) -> bool:
    """Below the threshold the user is asked; a v1 pipeline asks only when the gate objects."""
    if trace.plan.exact:
        return bool(judged.report.refusals)
    return bool(trace.doubts) or judged.report.score < trace.plan.threshold


def _warnings(trace: Trace, judged: Judged | None, profiles: Sequence[Profile]) -> tuple[str, ...]:
    """What the user must know beside the answer; where code went is told with and without one."""
    warnings = [*trace.problems, *_sent(trace, profiles)]
    if judged is None or judged.model != RULES:
        warnings += trace.plan.warnings
    if judged is None:
        return tuple(warnings)
    failed = [a for a in trace.attempts if a.state in {"error", "denied"}]
    warnings += [f"{a.model} did not answer ({a.detail}); {judged.model} did" for a in failed]
    warnings += [*trace.doubts, *(f"left out: {each}" for each in trace.left_out)]
    if trace.plan.exact and judged.report.refusals:
        warnings.append(f"the gate objects: {judged.report.refusals[0]}")
    if judged.model == RULES:
        return tuple(warnings)
    if trace.task.action.produces != "edit" and trace.task.classified.warning:
        warnings.append(trace.task.classified.warning)
    kind = trace.task.classified.kind
    if trace.task.action.produces == "edit":
        warnings.append(CODE_LABEL)
    elif kind in LABELS:
        warnings.append(LABELS[kind])
    return tuple(warnings)


def _sent(trace: Trace, profiles: Sequence[Profile]) -> list[str]:
    """Each place beside this machine that was asked, whatever came of it."""
    remote = {p.name: p.place.name for p in profiles if not p.place.local}
    asked = [a for a in trace.attempts if a.state != "denied" and a.model in remote]
    answered = {remote[a.model] for a in asked if a.state != "error"}
    return [
        f"your code {'was' if place in answered else 'may have been'} sent to {place}"
        for place in dict.fromkeys(remote[a.model] for a in asked)
    ]


def finished(
    request: Request,
    task: Task | None,
    state: str,
    outcome: Outcome | None,
    *,
    at: float,
    seconds: float,
) -> Finished:
    """The journal's line for the end of a request; without a `task` it was not understood yet."""
    report = outcome.report if outcome else None
    edits = outcome.edits if outcome else ()
    return Finished(
        id=request.id,
        at=at,
        action=request.action,
        kind=task.classified.kind if task else TaskKind.GENERAL,
        complexity=task.classified.complexity if task else Complexity.SIMPLE,
        language=request.document.language,
        state=state,
        model=_mainly(outcome.model) if outcome else "",
        strategy=outcome.decision.plan.strategy if outcome else "",
        score=report.score if report else None,
        seconds=seconds,
        attempts=len(outcome.decision.attempts) if outcome else 0,
        cached=outcome.decision.cached if outcome else False,
        changed_lines=sum(edit.text.count("\n") + 1 for edit in edits),
    )


def _mainly(model: str) -> str:
    """Of several models the last one to write: what the user thinks of the answer is about that."""
    return model.rpartition(" → ")[2].rpartition(" + ")[2]
