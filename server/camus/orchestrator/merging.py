"""Findings of several reviewers as one list, and edits of several answers as one; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from camus.analysis import Finding
from camus.orchestrator.values import Outcome, Support
from camus.source import Document, Edit

_GRAVITY = {"error": 2, "warning": 1, "info": 0}
_WORD = re.compile(r"[^\W\d_]{3,}")
_ALIKE, _THE_SAME = 0.3, 0.7
"""Share of common words from which on two messages at one place are about the same: of one aspect,
and of two."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one reviewer found, what it looked at (empty: everything), and what its vote counts."""

    model: str
    findings: tuple[Finding, ...]
    aspect: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Merged:
    """A finding on which one or more reviewers agree, with the support it has."""

    finding: Finding
    support: Support


@dataclass(frozen=True, slots=True)
class Combined:
    """Edits that do not touch each other, and whose answers were left out, with the reason."""

    edits: tuple[Edit, ...]
    left_out: tuple[tuple[Outcome, str], ...] = ()


def merged(document: Document, reviews: Sequence[Reviewed]) -> tuple[Merged, ...]:
    """Each problem once, by place and rule, in order of place.

    A model's own words have one rule for all, so that there messages with words in common are the
    same. The gravest severity holds, and who saw it otherwise is told. Nothing is dropped: a
    problem that one of five found is shown as that.
    """
    groups: list[list[tuple[Reviewed, Finding]]] = []
    for review in reviews:
        for finding in review.findings:
            home = next((g for g in groups if _same(document, g[0][1], finding)), None)
            if home is None:
                groups.append([(review, finding)])
            else:
                home.append((review, finding))
    found = [_merged(group, reviews) for group in groups]
    return tuple(sorted(found, key=lambda each: each.finding.span))


def support_words(support: Support) -> str:
    """`2 of 3: a, b; not seen by c`."""
    found = f"{len(support.found_by)} of {support.of}: {', '.join(support.found_by)}"
    return f"{found}; {support.disagreement}" if support.disagreement else found


def attributed(outcome: Outcome) -> tuple[Finding, ...]:
    """The findings with who found each, in the message; unchanged where one looked alone."""
    if not outcome.support:
        return outcome.findings
    return tuple(
        replace(finding, message=f"{finding.message} ({support_words(support)})")
        if support.of > 1
        else finding
        for finding, support in zip(outcome.findings, outcome.support, strict=True)
    )


def combined(document: Document, outcomes: Sequence[Outcome]) -> Combined:
    """The edits of several answers to the same text, none interleaved with another's.

    Where the edits of two answers touch, those of the better one are taken and the other answer is
    left out whole. `document` is the text that all of them were made for.
    """
    taken: list[tuple[Outcome, Edit]] = []
    left_out: list[tuple[Outcome, str]] = []
    for outcome in sorted(outcomes, key=_score, reverse=True):
        if outcome.task.document.text != document.text:
            left_out.append((outcome, "it was made for another text"))
            continue
        clash = next((o for o, e in taken if any(_touch(e, own) for own in outcome.edits)), None)
        if clash is not None:
            left_out.append(
                (outcome, f"an answer of {clash.model} changes the same and scored better")
            )
            continue
        taken.extend((outcome, edit) for edit in outcome.edits if (outcome, edit) not in taken)
    edits = dict.fromkeys(edit for _, edit in taken)
    return Combined(tuple(sorted(edits, key=lambda edit: edit.span)), tuple(left_out))


def _merged(group: list[tuple[Reviewed, Finding]], reviews: Sequence[Reviewed]) -> Merged:
    models = tuple(dict.fromkeys(review.model for review, _ in group))
    gravest = max(
        (finding for _, finding in group), key=lambda f: (_GRAVITY[f.severity], len(f.message))
    )
    looked = [r for r in reviews if r.aspect in {"", gravest.aspect} or r.model in models]
    weights: dict[str, float] = {}
    for review in looked:
        weights[review.model] = max(weights.get(review.model, 0.0), review.weight)
    total = sum(weights.values())
    share = sum(weights[model] for model in models if model in weights) / total if total else 1.0
    seen = {r.model: f.severity for r, f in group}
    otherwise = [f"{model}: {s}" for model, s in seen.items() if s != gravest.severity]
    silent = [model for model in weights if model not in models]
    parts = [", ".join(otherwise)] if otherwise else []
    parts += [f"not seen by {', '.join(silent)}"] if silent else []
    support = Support(models, len(weights), round(share, 2), "; ".join(parts))
    return Merged(replace(gravest, source=", ".join(models)), support)


def _same(document: Document, one: Finding, other: Finding) -> bool:
    lines = document.lines
    if lines.line_of(one.span.start) != lines.line_of(other.span.start):
        return False
    if one.rule != other.rule:
        return False
    if one.message == other.message:
        return True
    if one.aspect != other.aspect:
        return one.rule == "review" and _alike(one, other) >= _THE_SAME
    return one.rule != "review" or _alike(one, other) >= _ALIKE


def _alike(one: Finding, other: Finding) -> float:
    """The share of the shorter message's words that the other has too."""
    first, second = _words(one.message), _words(other.message)
    fewest = min(len(first), len(second))
    return len(first & second) / fewest if fewest else 0.0


def _words(message: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(message)}


def _touch(one: Edit, other: Edit) -> bool:
    """Whether two edits share a place; the very same edit twice does no harm."""
    if one == other:
        return False
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def _score(outcome: Outcome) -> float:
    return outcome.report.score if outcome.report is not None else 0.0
