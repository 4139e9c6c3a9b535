"""What commands answer and show: outcomes and decisions as plain values and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from camus.analysis import Finding
from camus.orchestrator import Agreement, Decision, Mend, Outcome, Preview, Said
from camus.quality import Report
from camus.routing import Candidate, spelled


def answer_view(outcome: Outcome) -> dict[str, Any]:
    """What every command that asks for an answer returns."""
    return {
        "id": outcome.id,
        "action": outcome.action,
        "state": outcome.state,
        "model": outcome.model,
        "score": outcome.report.score if outcome.report else None,
        "message": outcome.message,
        "warnings": list(outcome.warnings),
        "notes": list(outcome.notes),
        "postProcessing": [
            {"step": f.step, "lines": f.lines, "said": f.said} for f in outcome.finishes
        ],
        "observed": {"kept": outcome.observed.rate, "samples": outcome.observed.samples}
        if outcome.observed
        else None,
    }


def prompt_view(made: Preview) -> dict[str, Any]:
    """The text of a request as it would leave, and where to."""
    return {
        "action": made.task.action.id,
        "model": made.profile.name,
        "destination": made.profile.place.name,
        "local": made.profile.place.local,
        "blocked": made.blocked,
        "messages": [{"role": m.role, "content": m.content} for m in made.sent.messages]
        if made.sent
        else [],
        "placeholders": made.hidden,
        "notes": list(made.notes),
    }


def files_view(outcome: Outcome) -> list[dict[str, Any]]:
    """The other files that an answer has edits of."""
    return [
        {
            "uri": each.document.uri,
            "created": each.created,
            "score": each.report.score if each.report else None,
        }
        for each in outcome.beside
    ]


def report_view(report: Report | None) -> dict[str, Any] | None:
    """The judgement, without places."""
    if report is None:
        return None
    return {
        "score": report.score,
        "confidence": report.confidence,
        "suggestions": list(report.suggestions),
        "refusals": list(report.refusals),
        "parts": [
            {"name": p.name, "score": p.score, "weight": p.weight, "detail": p.detail}
            for p in report.parts
        ],
        "introduced": [_finding_view(finding) for finding in report.introduced],
        "removed": [_finding_view(finding) for finding in report.removed],
        "checked": list(report.checked),
        "unchecked": list(report.unchecked),
    }


def decision_view(decision: Decision) -> dict[str, Any]:
    """Why the answer came from where it came."""
    return {
        **spelled(decision.plan),
        "attempts": [
            {
                "model": a.model,
                "state": a.state,
                "detail": a.detail,
                "score": a.score,
                "seconds": round(a.seconds, 3),
                "repaired": a.repaired,
            }
            for a in decision.attempts
        ],
        "cached": decision.cached,
        "agreement": _agreement_view(decision.agreement),
        "said": [
            {"speaker": s.speaker, "to": s.to, "kind": s.kind, "text": s.text, "score": s.score}
            for s in decision.said
        ],
    }


def _agreement_view(found: Agreement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    agreeing = list(found.agreeing)
    return {"method": found.method, "share": found.share, "agreeing": agreeing, "of": found.of}


def mend_view(found: Mend) -> dict[str, Any]:
    """What a correction came to."""
    return {
        "fault": found.fault,
        "kept": found.kept,
        "score": found.report.score,
        "refusals": list(found.report.refusals),
    }


def decision_page(outcome: Outcome) -> str:
    """The decision as a page for people."""
    decision, plan = outcome.decision, outcome.decision.plan
    score = f", quality {outcome.report.score:.2f}" if outcome.report else ""
    by = f" by {outcome.model}" if outcome.model else ""
    lines = [f"# {outcome.action}: {outcome.state}{by}{score}", ""]
    lines += [f"{outcome.message}\n"] if outcome.message else []
    lines += [f"Strategy: {plan.strategy}{_of(plan.pipeline)}.", ""]
    lines += ["The answer came from the cache.\n"] if decision.cached else []
    lines += _list("The plan", [f"{c.model}: {c.reason}" for c in plan.choices])
    lines += _list("What was considered", [_considered(each) for each in plan.candidates])
    lines += _list("What was tried", [_attempt(a) for a in decision.attempts])
    if decision.agreement is not None:
        found = decision.agreement
        agreeing = ", ".join(found.agreeing)
        lines += [f"{found.words} ({agreeing}).", ""]
    lines += _list("What they said", [_said(each) for each in decision.said])
    lines += _list("Left out", [f"{r.model}: {r.reason}" for r in plan.rejected])
    lines += _list("Why", plan.reasons)
    if outcome.report:
        lines += _list(
            "The judgement",
            [
                f"{p.name} {p.score:.2f} (weight {p.weight:g}) {p.detail}"
                for p in outcome.report.parts
            ],
        )
        lines += _list("Checked", outcome.report.checked)
        lines += _list("Not checked", outcome.report.unchecked)
    steps = [f"{f.step}: {f.lines} lines changed {f.said}".rstrip() for f in outcome.finishes]
    lines += _list("Post-processing", steps)
    if outcome.observed:
        seen = outcome.observed
        lines += [f"{seen.rate:.0%} of {seen.samples} answers that scored so were kept.", ""]
    return "\n".join([*lines, f"id `{outcome.id}`, {outcome.seconds:.2f} s", ""])


def _considered(candidate: Candidate) -> str:
    learnt = f", confidence {candidate.confidence:.2f} of {candidate.samples} answers"
    parts = ", ".join(f"{part.name} {part.value:.2f}" for part in candidate.parts)
    known = learnt if candidate.samples else ""
    return f"{candidate.model}: score {candidate.score:.2f}{known} ({parts})"


def _attempt(attempt: Any) -> str:
    score = f" {attempt.score:.2f}" if attempt.score is not None else ""
    repaired = ", repaired once" if attempt.repaired else ""
    detail = f": {attempt.detail}" if attempt.detail else ""
    state = attempt.state.replace("_", " ")
    return f"{attempt.model} {state}{score}{repaired} in {attempt.seconds:.2f} s{detail}"


def _said(said: Said) -> str:
    score = f" scored {said.score:.2f}" if said.score is not None else ""
    words = " ".join(said.text.split())
    return f"{said.speaker}: {said.kind}{score} {words[:200]}".rstrip()


def _finding_view(finding: Finding) -> dict[str, Any]:
    return {"rule": finding.rule, "message": finding.message, "severity": finding.severity}


def _list(title: str, items: Sequence[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {item.strip()}" for item in items), ""] if items else []


def _of(pipeline: str) -> str:
    return f" of pipeline {pipeline}" if pipeline else ""
