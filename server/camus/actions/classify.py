"""Which kind of work a request is, by rules with evidence; pure.

Every source of evidence yields `Evidence`; the kind with the most weight wins. A learned
classifier is one more such source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from camus.actions.catalogue import Action
from camus.actions.patterns import matches
from camus.actions.phrases import Phrases, words_of
from camus.actions.tasks import Classified
from camus.actions.words import CLEAR, DEMANDING, POLITE, SLIGHT, STRONG, WEAK, WORDS
from camus.analysis import Finding
from camus.config import Classification, ClassificationRule, Complexity, TaskKind
from camus.source import Document, Scope

_READ = 1000
"""Characters read from each end of an instruction."""
_FIRST = 1.6
"""How much more the first word that means anything says: it is mostly the verb.

Not so for “write”, “add” and their like, whose object tells the kind.
"""
_CERTAIN = 0.97
"""Confidence where the action itself says what kind of work it is."""
_DOUBT = 1.5
"""Weight against every decision, so that a single weak word is never sure."""

_PROSE = frozenset({"markdown", "plaintext", "text", "restructuredtext", "asciidoc"})
_DEMAND = {
    TaskKind.SECURITY_REVIEW: 1,
    TaskKind.MATHEMATICAL: 1,
    TaskKind.DOCUMENTATION: -1,
    TaskKind.SIMPLE_QUERY: -1,
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a kind, how strongly, and in words; `named` for a user's kind."""

    kind: TaskKind
    weight: float
    why: str
    named: str = ""


def classify(
    instruction: str,
    *,
    action: Action | None = None,
    document: Document | None = None,
    scope: Scope | None = None,
    diagnostics: Sequence[Finding] = (),
    rules: Classification = Classification(),
) -> Classified:
    """The kind and complexity of a request; reads at most the first and last 1,000 characters."""
    text = _ends(instruction)
    found = [
        *_from_words(text),
        *_from_place(text, document, scope),
        *_from_diagnostics(diagnostics),
        *_from_rules(text, document, rules),
    ]
    kind, confidence, why = _decide(found, action)
    chosen = [each for each in found if each.kind is kind]
    named = max((each for each in chosen if each.named), key=lambda each: each.weight, default=None)
    complexity, reasons = _complexity(text, kind, scope, diagnostics)
    if named is not None:
        complexity = _ruled(named.named, rules) or complexity
    evidence = (*why, *(each.why for each in chosen), *reasons)
    return Classified(
        kind, complexity, round(confidence, 3), evidence, named.named if named else ""
    )


def _ends(instruction: str) -> str:
    if len(instruction) <= 2 * _READ:
        return instruction
    return f"{instruction[:_READ]}\n{instruction[-_READ:]}"


def _decide(
    found: Sequence[Evidence], action: Action | None
) -> tuple[TaskKind, float, tuple[str, ...]]:
    """The winning kind, the confidence, and what is to be said before its evidence."""
    sums: dict[TaskKind, float] = {}
    for each in found:
        sums[each.kind] = sums.get(each.kind, 0.0) + each.weight
    if action is not None and action.task_kind is not None:
        kind = action.task_kind
        if action.id == "review" and sums.get(TaskKind.SECURITY_REVIEW, 0.0) >= CLEAR:
            kind = TaskKind.SECURITY_REVIEW
        return kind, _CERTAIN, (f"the action is {action.title}",)
    ranked = sorted(sums.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] <= 0:
        return TaskKind.GENERAL, 0.3, ("nothing in the request names a kind of work",)
    best, weight = ranked[0]
    other = max(ranked[1][1], 0.0) if len(ranked) > 1 else 0.0
    return best, weight / (weight + other + _DOUBT), ()


@cache
def _table() -> Phrases[TaskKind]:
    table: Phrases[TaskKind] = Phrases()
    for kind, levels in WORDS.items():
        for weight, words in levels.items():
            table.add(words.split(","), kind, weight)
    return table


@cache
def _polite() -> frozenset[str]:
    return frozenset(word.strip() for word in POLITE.split(","))


def _from_words(text: str) -> Iterator[Evidence]:
    """The words of the request; the first meaning word counts more."""
    polite = _polite()
    words = words_of(text[:200])
    lead = next((at for at, word in enumerate(words) if word not in polite), 0)
    for match in _table().find(text):
        leads = match.position <= lead and match.label is not TaskKind.CODE_GENERATION
        weight = match.weight * _FIRST if leads else match.weight
        yield Evidence(match.label, weight, f"it says “{match.phrase.rstrip('*')}”")


def _from_place(text: str, document: Document | None, scope: Scope | None) -> Iterator[Evidence]:
    question = text.rstrip().endswith(("?", "？"))
    about_code = scope is not None and scope.kind != "module"
    if question:
        kind = TaskKind.CODE_ANALYSIS if about_code else TaskKind.SIMPLE_QUERY
        yield Evidence(kind, WEAK, "it is a question")
    if scope is not None and scope.is_stub:
        yield Evidence(TaskKind.CODE_GENERATION, WEAK, f"`{scope.name}` is a stub")
    if document is not None and document.language in _PROSE:
        yield Evidence(TaskKind.DOCUMENTATION, WEAK / 2, "the file is prose")


def _from_diagnostics(diagnostics: Sequence[Finding]) -> Iterator[Evidence]:
    if not diagnostics:
        return
    count = len(diagnostics)
    what = "a problem is" if count == 1 else f"{count} problems are"
    yield Evidence(TaskKind.BUG_FIXING, WEAK * 1.5, f"{what} reported here")
    if any(each.aspect == "security" for each in diagnostics):
        yield Evidence(TaskKind.SECURITY_REVIEW, WEAK, "one of them is about security")


def _from_rules(text: str, document: Document | None, rules: Classification) -> Iterator[Evidence]:
    path = unquote(urlsplit(document.uri).path) if document is not None else ""
    for rule in rules.every_rule:
        kind = _kind_of(rule)
        named = "" if rule.kind in TaskKind.__members__ else rule.kind
        for why in _reasons_of(rule, text, path):
            yield Evidence(kind, STRONG * rule.weight, f"your rule `{rule.kind}`: {why}", named)


def _kind_of(rule: ClassificationRule) -> TaskKind:
    if rule.kind in TaskKind.__members__:
        return TaskKind[rule.kind]
    return rule.like or TaskKind.GENERAL


def _reasons_of(rule: ClassificationRule, text: str, path: str) -> Iterator[str]:
    for match in _own_words(rule.keywords).find(text):
        yield f"it says “{match.phrase.rstrip('*')}”"
    for pattern in rule.patterns:
        if matches(pattern, text):
            yield f"it matches `{pattern}`"
    for glob in rule.paths:
        if path and any(fnmatchcase(path, each) for each in (glob, f"*/{glob}")):
            yield f"the file matches `{glob}`"


@lru_cache(maxsize=64)
def _own_words(keywords: tuple[str, ...]) -> Phrases[str]:
    table: Phrases[str] = Phrases()
    table.add(keywords, "", 1.0)
    return table


def _ruled(named: str, rules: Classification) -> Complexity | None:
    return next((rule.complexity for rule in rules.every_rule if rule.kind == named), None)


@cache
def _measure() -> Phrases[int]:
    table: Phrases[int] = Phrases()
    table.add(DEMANDING.split(","), 1, 1.0)
    table.add(SLIGHT.split(","), -1, 1.0)
    return table


def _complexity(
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
    if hard:
        yield min(2, len(hard)), f"it says “{hard[0]}”"
    if easy:
        yield -1, f"it says “{easy[0]}”"
    if sum(line.lstrip()[:2] in {"- ", "* ", "1.", "2.", "3."} for line in text.splitlines()) >= 3:
        yield 1, "it lists several things"
