"""A plan in plain values, as commands and editors are told of it; knows no format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from camus.routing.limits import Rejected
from camus.routing.values import Candidate, Choice, Plan

Plain: TypeAlias = "str | int | float | bool | Sequence[Plain] | Mapping[str, Plain]"


def spelled(plan: Plan) -> Mapping[str, Plain]:
    """Everything a plan says, in values that can be written as JSON."""
    return {
        "strategy": str(plan.strategy),
        "pipeline": plan.pipeline,
        "selection": plan.selection,
        "explores": plan.explores,
        "choices": [_choice(each) for each in plan.choices],
        "candidates": [_candidate(each) for each in plan.candidates],
        "rejected": [_rejected(each) for each in plan.rejected],
        "reasons": list(plan.reasons),
        "warnings": list(plan.warnings),
        "threshold": plan.threshold,
        "floor": plan.floor,
    }


def _choice(choice: Choice) -> Plain:
    return {
        "model": choice.model,
        "reason": choice.reason,
        "step": choice.step,
        "role": str(choice.role),
        "repairs": choice.repairs,
        "fallback": choice.fallback,
    }


def _candidate(candidate: Candidate) -> Plain:
    return {
        "model": candidate.model,
        "score": candidate.score,
        "reason": candidate.reason,
        "confidence": candidate.confidence,
        "samples": candidate.samples,
        "parts": [
            {"name": part.name, "value": part.value, "weight": part.weight, "said": part.said}
            for part in candidate.parts
        ],
    }


def _rejected(out: Rejected) -> Plain:
    return {"model": out.model, "rule": out.rule, "reason": out.reason}
