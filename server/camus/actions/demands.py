"""What a classified request demands: complexity, latency, capabilities, a warning; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from camus.actions.features import Place
from camus.actions.phrases import Phrases, words_of
from camus.actions.tasks import Domain, Latency
from camus.actions.tokens import estimate_tokens
from camus.actions.words import DEMANDING, SLIGHT, STAKES, WIDE
from camus.analysis import Finding
from camus.config import Capability, Complexity, TaskKind
from camus.source import Scope

_DEMAND = {
    TaskKind.SECURITY_REVIEW: 1,
    TaskKind.MATHEMATICAL: 1,
    TaskKind.DOCUMENTATION: -1,
    TaskKind.SIMPLE_QUERY: -1,
}
CODE_KINDS = frozenset(
    {
        TaskKind.CODE_GENERATION,
        TaskKind.CODE_ANALYSIS,
        TaskKind.REFACTORING,
        TaskKind.BUG_FIXING,
        TaskKind.DOCUMENTATION,
        TaskKind.SECURITY_REVIEW,
    }
)
_NEEDS: dict[TaskKind, Capability] = {
    TaskKind.SECURITY_REVIEW: Capability.SECURITY_FOCUSED,
    TaskKind.MATHEMATICAL: Capability.MATH_REASONING,
    TaskKind.CREATIVE: Capability.CREATIVE_WRITING,
    TaskKind.TOOL_USE: Capability.TOOL_USE,
}
_LARGE = 6000
"""Tokens of a prompt from which a large window is needed."""
_ANSWER = {
    TaskKind.CODE_GENERATION: 400,
    TaskKind.CODE_ANALYSIS: 300,
    TaskKind.DOCUMENTATION: 200,
    TaskKind.SECURITY_REVIEW: 400,
    TaskKind.SIMPLE_QUERY: 120,
    TaskKind.MATHEMATICAL: 300,
    TaskKind.CREATIVE: 500,
    TaskKind.TOOL_USE: 100,
    TaskKind.GENERAL: 300,
}
"""Tokens an answer of a kind usually has besides the code it gives back."""
_MOST_HARD = 3
"""Points that the words of a request which asks much count at the most."""
_IMAGES = ("screenshot", "image attached", "in this picture", "this photo", "this diagram")


def complexity_of(
    text: str, kind: TaskKind, scope: Scope | None, diagnostics: Sequence[Finding]
) -> tuple[Complexity, tuple[str, ...]]:
    """How much is asked: points for what makes it harder, from the code and from the words."""
    points = [
        (_DEMAND.get(kind, 0), ""),
        *_of_scope(scope),
        *_of_words(text),
        (int(len(diagnostics) >= 3), f"{len(diagnostics)} problems"),
    ]
    total = sum(each for each, _ in points)
    reasons = tuple(why for each, why in points if each and why)
    if total <= 0:
        return Complexity.SIMPLE, reasons
    return (Complexity.MEDIUM if total <= 2 else Complexity.COMPLEX), reasons


def stakes_of(text: str) -> Domain | None:
    """The field in which a wrong answer does harm, when the request is about one."""
    sums: dict[Domain, float] = {}
    for match in _stakes().find(text):
        sums[match.label] = sums.get(match.label, 0.0) + match.weight
    best = max(sums, key=lambda each: sums[each], default=None)
    return best if best is not None and sums[best] >= 2 else None


def domain_of(kind: TaskKind, stakes: Domain | None, place: Place) -> Domain:
    """The field a request is about; a high-stakes one wins over any but code."""
    if kind in CODE_KINDS:
        return Domain.CODE
    if stakes is not None:
        return stakes
    if kind is TaskKind.MATHEMATICAL:
        return Domain.MATHS
    if kind is TaskKind.CREATIVE:
        return Domain.WRITING
    return Domain.CODE if place.code or place.problems else Domain.GENERAL


def latency_of(kind: TaskKind, complexity: Complexity) -> Latency:
    """How soon the first word is expected."""
    if kind is TaskKind.SIMPLE_QUERY and complexity is Complexity.SIMPLE:
        return Latency.INSTANT
    if complexity is Complexity.SIMPLE:
        return Latency.FAST
    return Latency.STANDARD if complexity is Complexity.MEDIUM else Latency.DELIBERATE


def tokens_of(text: str, kind: TaskKind, scope: Scope | None) -> int:
    """An estimate of a request's tokens, question, code and answer together.

    An edit gives the code back, so that counts twice.
    """
    code = (scope.span.end - scope.span.start + 2) // 3 if scope is not None else 0
    gives_back = kind in {TaskKind.REFACTORING, TaskKind.BUG_FIXING, TaskKind.DOCUMENTATION}
    return estimate_tokens(text) + code * (2 if gives_back else 1) + _ANSWER.get(kind, 200)


def capabilities_of(
    text: str, kind: TaskKind, complexity: Complexity, latency: Latency, tokens: int
) -> tuple[Capability, ...]:
    """What a model must be able to do, and what it had better be good at."""
    found: list[Capability] = []
    if kind in CODE_KINDS:
        found.append(Capability.CODE_SPECIALIZED)
    if kind in _NEEDS:
        found.append(_NEEDS[kind])
    if latency in {Latency.INSTANT, Latency.FAST}:
        found.append(Capability.FAST_INFERENCE)
    if complexity is Complexity.COMPLEX:
        found += [Capability.DEEP_REASONING, Capability.HIGH_QUALITY]
    if tokens > _LARGE:
        found.append(Capability.LARGE_CONTEXT)
    if any(word in text.casefold() for word in _IMAGES) and kind is not TaskKind.TOOL_USE:
        found.append(Capability.VISION_INPUT)
    return tuple(found)


@cache
def _stakes() -> Phrases[Domain]:
    table: Phrases[Domain] = Phrases()
    for name, levels in STAKES.items():
        for weight, words in levels.items():
            table.add(words.split(","), Domain(name), weight)
    return table


@cache
def _measure() -> Phrases[int]:
    table: Phrases[int] = Phrases()
    table.add(DEMANDING.split(","), 1, 1.0)
    table.add(SLIGHT.split(","), -1, 1.0)
    table.add(WIDE.split(","), 0, 1.0)
    return table


def _of_scope(scope: Scope | None) -> Iterable[tuple[int, str]]:
    if scope is None or scope.kind == "lines":
        return ()
    branches, depth = scope.complexity, scope.nesting
    return (
        ((branches > 5) + (branches > 12) + (branches > 25), f"{branches} branches"),
        (int(depth > 4), f"{depth} levels deep"),
        (len(scope.span) // 4000 and 1, "it is long"),
    )


def _of_words(text: str) -> Iterable[tuple[int, str]]:
    length = len(words_of(text))
    yield (length > 40) + (length > 150), f"a request of {length} words"
    found = list(_measure().find(text))
    hard = [match.phrase.rstrip("*") for match in found if match.label > 0]
    easy = [match.phrase for match in found if match.label < 0]
    wide = [match.phrase.rstrip("*") for match in found if match.label == 0]
    if hard:
        yield min(_MOST_HARD, len(hard)), f"it says “{hard[0]}”"
    if hard and wide:
        yield 1, f"it says “{wide[0]}”"
    if easy:
        yield -1, f"it says “{easy[0]}”"
    if sum(line.lstrip()[:2] in {"- ", "* ", "1.", "2.", "3."} for line in text.splitlines()) >= 3:
        yield 1, "it lists several things"
