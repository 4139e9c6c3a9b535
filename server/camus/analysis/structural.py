"""Finds and rewrites code by its structure, from rules kept as data; knows no other tool."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from camus.analysis import rewrites
from camus.analysis.findings import Finding, Fix, Severity
from camus.analysis.rulefiles import (
    FAMILIES,
    LANGUAGES,
    MANUAL,
    VARIABLE,
    WORD,
    Rule,
    Ruleset,
    data,
    language_named,
    rules,
)
from camus.source import Document, Edit, Span, names_bound, names_used, syntax_errors

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_MODULE = re.compile(r"^\s*(?:import|export)\b|\brequire\(", re.MULTILINE)
_DECLARED = re.compile(r"/\*\s*globals?\s([^*]*)\*/")
_LOOSE = frozenset({"python", "c", "cpp"})
"""Languages whose syntax errors are told by another tool, or that macros make look broken."""

_TESTS = re.compile(r"===|!==|==|!=|<=|>=|<|>|instanceof|in")


class Unavailable(Exception):
    """Raised when ast-grep is not installed or refuses a rule of ours."""


def look(document: Document, *rulesets: Ruleset) -> tuple[Finding, ...]:
    """The findings of sets of rules, in the order of the text; takes some milliseconds.

    A rewrite is a finding with a fix. With syntax errors in the text nothing is rewritten.
    Raises Unavailable.
    """
    broken = () if language_named(document.language) in _LOOSE else syntax_errors(document)
    found = [
        Finding("invalid-syntax", "Camus cannot parse this", span, "warning", source="camus")
        for span in broken
    ]
    wanted = [each for each in rulesets if each == "findings" or not found]
    try:
        found += _look(document, wanted) if wanted else ()
    except (ImportError, RuntimeError) as error:
        # ast-grep raises RuntimeError for a rule it cannot read, with a backtrace as its text.
        raise Unavailable(str(error).split("\n", maxsplit=1)[0]) from error
    return tuple(sorted(found, key=lambda finding: (finding.span, finding.rule)))


def _look(document: Document, rulesets: Iterable[Ruleset]) -> Iterable[Finding]:
    language = language_named(document.language)
    if not language:
        return
    root = parse(document)
    scripted = language in LANGUAGES
    bound = frozenset(names_bound(document, document.span) if scripted else ())
    for ruleset in rulesets:
        for rule in rules(ruleset, FAMILIES[language]):
            if language in rule.languages:
                yield from matches(rule, root, document.text, bound)
        if scripted and ruleset == "rewrites":
            yield from rewrites.look(root, document.text)
        elif scripted:
            yield from _undefined(document, root, bound)


def matches(rule: Rule, root: SgNode, text: str, bound: frozenset[str]) -> Iterable[Finding]:
    """What one rule finds in a tree."""
    if not rule.may_match(text) or not bound.isdisjoint(rule.refuse_shadowed):
        return
    seen: set[int] = set()
    for matcher in rule.matchers:
        for node in root.find_all(cast("Any", matcher)):
            if rule.refuse and re.search(rule.refuse, node.text()):
                continue
            if not all(_is_test(node[name]) for name in rule.tests):
                continue
            span = _span(node)
            fix = _fix(rule, node, text, span)
            if fix is None and (rule.replace or rule.replace_token):
                continue
            if not rule.replace and not rule.replace_token:
                # A call of a call's result begins where that one does: it is one problem.
                if span.start in seen:
                    continue
                seen.add(span.start)
            yield Finding(
                rule.id, rule.message, span, rule.severity, rule.aspect, "camus", fix, rule.url
            )


def trimmed(text: str, span: Span, replacement: str) -> Edit:
    """The replacement of a span without the characters that stay at its start and end."""
    old = text[span.start : span.end]
    shortest = min(len(old), len(replacement))
    head = next((i for i in range(shortest) if old[i] != replacement[i]), shortest)
    rest = shortest - head
    tail = next((i for i in range(rest) if old[-1 - i] != replacement[-1 - i]), rest)
    end = len(replacement) - tail
    return Edit(Span(span.start + head, span.end - tail), replacement[head:end])


def parse(document: Document) -> SgNode:
    """The root of ast-grep's tree of a document."""
    from ast_grep_py import SgRoot

    language = language_named(document.language) or document.language
    grammar = "tsx" if document.uri.endswith(".tsx") else language
    return SgRoot(document.text, grammar).root()


def _undefined(document: Document, root: SgNode, bound: frozenset[str]) -> Iterable[Finding]:
    """First uses of names that nothing in the file binds, types aside.

    Scopes are not told apart. In a plain script another script may bind them, so it is a hint.
    """
    text = document.text
    sure = document.language == "typescript" or _MODULE.search(text) is not None
    declared = {word for comment in _DECLARED.findall(text) for word in WORD.findall(comment)}
    known = bound | declared | _global_names()
    for name in names_used(document, document.span):
        node = None if name in known else root.find(cast("Any", _use_of(name)))
        if node is not None:
            severity: Severity = "error" if sure else "info"
            yield Finding(
                "no-undef",
                f"`{name}` is not defined",
                _span(node),
                severity,
                "correctness",
                "camus",
                url=f"{MANUAL}no-undef",
            )


def _use_of(name: str) -> dict[str, Any]:
    kinds = [{"kind": "identifier"}, {"kind": "shorthand_property_identifier"}]
    return {"rule": {"any": kinds, "regex": f"^{re.escape(name)}$"}}


@cache
def _global_names() -> frozenset[str]:
    lines = data("ecmascript_globals.txt").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())


def _is_test(node: SgNode) -> bool:
    """Whether an expression is a comparison or a negation, which yields true or false only."""
    kind = node.kind()
    operator = node.field("operator")
    if operator is None:
        return False
    if kind == "unary_expression":
        return operator.text() == "!"
    return kind == "binary_expression" and _TESTS.fullmatch(operator.text()) is not None


def _fix(rule: Rule, node: SgNode, text: str, span: Span) -> Fix | None:
    if rule.replace_token:
        old, new = rule.replace_token
        token = next(child for child in node.children() if child.text() == old)
        return Fix(rule.message, (Edit(_span(token), new),))
    if not rule.replace:
        return None
    captured = {name: node[name] for name in VARIABLE.findall(rule.replace)}
    kept = sum(_comments(part, rule.comments) for part in captured.values())
    if kept < _comments(node, rule.comments):
        return None
    replacement = VARIABLE.sub(lambda match: captured[match.group(1)].text(), rule.replace)
    return Fix(rule.message, (trimmed(text, span, replacement),))


def _comments(node: SgNode, kinds: tuple[str, ...]) -> int:
    return sum(len(node.find_all(kind=kind)) for kind in kinds)


def _span(node: SgNode) -> Span:
    place = node.range()
    return Span(place.start.index, place.end.index)
