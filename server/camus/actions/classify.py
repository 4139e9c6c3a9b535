"""Which kind of work a request is: the learned model beside rules, with evidence; pure.

The built-in rules are features of the learned model, so that it weighs them; the user's own rules
are added to what it says, in the same unit (the logarithm of odds).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from camus.actions.catalogue import Action
from camus.actions.demands import (
    CODE_KINDS,
    capabilities_of,
    complexity_of,
    domain_of,
    latency_of,
    stakes_of,
    tokens_of,
)
from camus.actions.evidence import (
    Evidence,
    from_conversation,
    from_place,
    from_rules,
    from_words,
    place_of,
)
from camus.actions.features import Features, features
from camus.actions.learned import KINDS, Overlay, chances, telling
from camus.actions.tasks import Classified
from camus.actions.words import CLEAR
from camus.analysis import Finding
from camus.config import Classification, Complexity, TaskKind
from camus.source import Document, Scope

_READ = 1000
"""Characters read from each end of an instruction."""
_CERTAIN = 0.97
"""Confidence where the action itself says what kind of work it is."""
_NOTHING_SAID = 0.3
_GOES_ON = 1.0
"""How much likelier the kind of the request before is than no kind in particular."""
_CLEARLY = log(0.9)
"""From when on a few words after a poem are about the form of code."""
_LEAST = 0.001
"""Least that the learned model counts for a kind, so that a rule of the user's can win."""
_SHOWN = 4
"""Most words of the learned model's that are named as evidence."""


def classify(
    instruction: str,
    *,
    action: Action | None = None,
    document: Document | None = None,
    scope: Scope | None = None,
    diagnostics: Sequence[Finding] = (),
    rules: Classification = Classification(),
    learned: Overlay | None = None,
    earlier: Sequence[TaskKind] = (),
) -> Classified:
    """The kind of a request and what it demands.

    Reads at most the first and last 1,000 characters. `learned` is what corrections have added to
    the weights that ship, see `camus.actions.corrections`. `earlier` are the kinds of the requests
    before it in the same conversation, the latest last: a short one goes on with the latest.
    """
    text = _ends(instruction)
    place = place_of(document, scope, diagnostics)
    words, own = list(from_words(text)), list(from_rules(text, document, rules))
    before = tuple(from_conversation(text, earlier))
    seen = features(text, place, [(each.kind, each.weight) for each in words])
    around = list(from_place(text, place, scope))
    beside = (*own, *(() if seen.tokens else around))
    ranked = _ranked(seen, beside, learned, [each.kind for each in before])
    kind, confidence, why = _decide(ranked, words, action, own)
    told = [each for each in (*own, *before, *words, *around) if each.kind is kind]
    complexity, reasons = complexity_of(text, kind, scope, diagnostics)
    mine = (each for each in own if each.named and each.kind is kind)
    named = max(mine, key=_weight, default=None)
    if named is not None:
        complexity = _ruled(named.named, rules) or complexity
    stakes, latency = stakes_of(text), latency_of(kind, complexity)
    tokens = tokens_of(text, kind, scope)
    return Classified(
        kind,
        complexity,
        round(confidence, 3),
        (*why, *(each.why for each in told), *_learnt(seen, kind, told), *reasons),
        named.named if named else "",
        ranked=tuple((each, round(chance, 3)) for each, chance in ranked),
        domain=domain_of(kind, stakes, place),
        stakes=stakes,
        latency=latency,
        capabilities=capabilities_of(text, kind, complexity, latency, tokens),
        tokens=tokens,
    )


def request_features(
    instruction: str,
    document: Document | None = None,
    scope: Scope | None = None,
    diagnostics: Sequence[Finding] = (),
) -> Features:
    """The features of a request, as `classify` sees them; for training and for corrections."""
    text = _ends(instruction)
    words = [(each.kind, each.weight) for each in from_words(text)]
    return features(text, place_of(document, scope, diagnostics), words)


def _ends(instruction: str) -> str:
    if len(instruction) <= 2 * _READ:
        return instruction
    return f"{instruction[:_READ]}\n{instruction[-_READ:]}"


def _weight(evidence: Evidence) -> float:
    return evidence.weight


def _ranked(
    seen: Features,
    beside: Sequence[Evidence],
    learned: Overlay | None,
    goes_on: Sequence[TaskKind],
) -> tuple[tuple[TaskKind, float], ...]:
    """Every kind with its probability, the likeliest first; `beside` adds to what was learnt.

    A request that `goes_on` means with “again, shorter” what went before: not small talk, and
    after a poem not the code around, unless it clearly says so.
    """
    if seen.tokens:
        odds = [log(max(chance, _LEAST)) for chance in chances(seen, learned)]
    else:
        odds = [0.5 if kind is TaskKind.GENERAL else 0.0 for kind in KINDS]
    for each in beside:
        odds[KINDS.index(each.kind)] += each.weight
    for kind in goes_on:
        at, meant = KINDS.index(kind), odds[KINDS.index(TaskKind.GENERAL)]
        reformed = odds[KINDS.index(TaskKind.REFACTORING)]
        if kind not in CODE_KINDS and reformed < _CLEARLY:
            meant = max(meant, reformed)
        odds[at] = max(odds[at], meant + _GOES_ON)
    top = max(odds)
    powers = [exp(each - top) for each in odds]
    total = sum(powers)
    pairs = zip(KINDS, (power / total for power in powers), strict=True)
    return tuple(sorted(pairs, key=lambda pair: -pair[1]))


def _decide(
    ranked: Sequence[tuple[TaskKind, float]],
    words: Sequence[Evidence],
    action: Action | None,
    own: Sequence[Evidence],
) -> tuple[TaskKind, float, tuple[str, ...]]:
    """The winning kind, the confidence, and what is to be said before its evidence."""
    if action is not None and action.task_kind is not None:
        kind = action.task_kind
        asked = (each.weight for each in (*words, *own) if each.kind is TaskKind.SECURITY_REVIEW)
        if action.id == "review" and sum(asked) >= CLEAR:
            kind = TaskKind.SECURITY_REVIEW
        return kind, _CERTAIN, (f"the action is {action.title}",)
    kind, chance = ranked[0]
    if not own and chance < 1.8 / len(ranked):
        return TaskKind.GENERAL, _NOTHING_SAID, ("nothing in the request names a kind of work",)
    return kind, chance, ()


def _learnt(seen: Features, kind: TaskKind, told: Sequence[Evidence]) -> tuple[str, ...]:
    """The words that made the learned model choose, where no rule has named them already."""
    said = " ".join(each.why for each in told)
    found = [word for word in telling(seen, kind) if f"“{word}" not in said][:_SHOWN]
    if found:
        return (f"typical of it: {', '.join(f'“{word}”' for word in found)}",)
    return () if told else ("the learned model says so",)


def _ruled(named: str, rules: Classification) -> Complexity | None:
    return next((rule.complexity for rule in rules.every_rule if rule.kind == named), None)
