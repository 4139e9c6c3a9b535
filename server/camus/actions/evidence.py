"""What the words, the place and the user's own rules say of a request; weighs nothing up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from urllib.parse import unquote, urlsplit

from camus.actions.features import Place
from camus.actions.patterns import matches
from camus.actions.phrases import Phrases, words_of
from camus.actions.words import POLITE, STRONG, WORDS
from camus.analysis import Finding
from camus.config import Classification, ClassificationRule, TaskKind
from camus.source import Document, Scope

_FIRST = 1.6
"""How much more the first word that means anything says: it is mostly the verb.

Not so for “write”, “add” and their like, whose object tells the kind.
"""
_OWN = 2.5 * STRONG
"""What a rule of the user's own weighs: more than what was learnt elsewhere."""
_SHORT = 4
"""Words up to which a request may lean on the one before."""
_PROSE = frozenset({"markdown", "plaintext", "restructuredtext", "asciidoc"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a kind, how strongly, and in words; `named` for a user's kind."""

    kind: TaskKind
    weight: float
    why: str
    named: str = ""


def place_of(
    document: Document | None, scope: Scope | None, diagnostics: Sequence[Finding]
) -> Place:
    """What stands around a request, as the learned model sees it."""
    return Place(
        code=scope is not None and scope.kind not in {"module", "lines"},
        stub=scope is not None and scope.is_stub,
        problems=len(diagnostics),
        security=any(each.aspect == "security" for each in diagnostics),
        prose=document is not None and document.language in _PROSE,
    )


def from_words(text: str) -> Iterator[Evidence]:
    """The words of the request; the first meaning word counts more."""
    polite = _polite()
    words = words_of(text[:200])
    lead = next((at for at, word in enumerate(words) if word not in polite), 0)
    for match in _table().find(text):
        leads = match.position <= lead and match.label is not TaskKind.CODE_GENERATION
        weight = match.weight * _FIRST if leads else match.weight
        yield Evidence(match.label, weight, f"it says “{match.phrase.rstrip('*')}”")


def from_place(text: str, place: Place, scope: Scope | None) -> Iterator[Evidence]:
    """What stands around the request; its weight counts only where there are no words at all."""
    if text.rstrip().endswith(("?", "？")):
        kind = TaskKind.CODE_ANALYSIS if place.code else TaskKind.SIMPLE_QUERY
        yield Evidence(kind, 0.0, "it is a question")
    if place.stub and scope is not None:
        yield Evidence(TaskKind.CODE_GENERATION, STRONG / 2, f"`{scope.name}` is a stub")
    if place.prose:
        yield Evidence(TaskKind.DOCUMENTATION, STRONG / 2, "the file is prose")
    if place.problems:
        what = "a problem is" if place.problems == 1 else f"{place.problems} problems are"
        yield Evidence(TaskKind.BUG_FIXING, STRONG, f"{what} reported here")
    if place.security:
        yield Evidence(TaskKind.SECURITY_REVIEW, STRONG / 2, "one of them is about security")


def from_rules(text: str, document: Document | None, rules: Classification) -> Iterator[Evidence]:
    """What the rules of the configuration say."""
    path = unquote(urlsplit(document.uri).path) if document is not None else ""
    for rule in rules.every_rule:
        kind = _kind_of(rule)
        named = "" if rule.kind in TaskKind.__members__ else rule.kind
        for why in _reasons_of(rule, text, path):
            yield Evidence(kind, _OWN * rule.weight, f"your rule `{rule.kind}`: {why}", named)


def from_conversation(text: str, earlier: Sequence[TaskKind]) -> Iterator[Evidence]:
    """A request of a few words goes on with what was asked just before.

    It weighs nothing by itself: `classify` gives that kind what speaks for no kind in particular.
    """
    if earlier and len(words_of(text[:200])) <= _SHORT:
        yield Evidence(earlier[-1], 0.0, "it goes on with the request before")


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


def _kind_of(rule: ClassificationRule) -> TaskKind:
    if rule.kind in TaskKind.__members__:
        return TaskKind[rule.kind]
    return TaskKind(rule.like) if rule.like else TaskKind.GENERAL


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
