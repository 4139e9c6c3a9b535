"""Finds and rewrites JavaScript and TypeScript by their structure, from rules kept as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from camus.analysis import rewrites
from camus.analysis.findings import Aspect, Finding, Fix, Severity
from camus.source import Document, Edit, Span, names_bound, names_used, syntax_errors

if TYPE_CHECKING:
    from ast_grep_py import SgNode

Ruleset = Literal["findings", "rewrites"]

LANGUAGES = ("javascript", "typescript")

_MANUAL = "https://eslint.org/docs/latest/rules/"
_VARIABLE = re.compile(r"\$([A-Z])")
_MODULE = re.compile(r"^\s*(?:import|export)\b|\brequire\(", re.MULTILINE)
_WORD = re.compile(r"[\w$]+")
_DECLARED = re.compile(r"/\*\s*globals?\s([^*]*)\*/")

_SIMPLE = (
    *("identifier", "member_expression", "subscript_expression", "call_expression", "string"),
    *("number", "template_string", "this", "true", "false", "null", "undefined", "regex"),
    *("parenthesized_expression", "array", "object"),
)
"""Operands that bind tighter than every operator."""

_VALUE_PLACES = (
    *("variable_declarator", "assignment_expression", "return_statement", "arguments", "pair"),
    *("parenthesized_expression", "array", "template_substitution"),
)
"""Parents under which an expression of any precedence stands as it is, and never first."""

_TESTS = re.compile(r"===|!==|==|!=|<=|>=|<|>|instanceof|in")


class Unavailable(Exception):
    """Raised when ast-grep is not installed or refuses a rule of ours."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as its file says it; see the head of the files."""

    id: str
    message: str
    matchers: tuple[Mapping[str, Any], ...]
    severity: Severity = "info"
    aspect: Aspect = "style"
    url: str = ""
    languages: tuple[str, ...] = LANGUAGES
    needs: str = ""
    replace: str = ""
    replace_token: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    value: bool = False
    refuse: str = ""
    refuse_shadowed: tuple[str, ...] = ()
    cases: tuple[Any, ...] = field(default=(), repr=False)
    unchanged: tuple[str, ...] = field(default=(), repr=False)


@cache
def rules(ruleset: Ruleset) -> tuple[Rule, ...]:
    """The rules of a file of this package."""
    entries = tomllib.loads(_data(f"ecmascript_{ruleset}.toml"))["rule"]
    return tuple(_rule(entry) for entry in entries)


def look(document: Document, *rulesets: Ruleset) -> tuple[Finding, ...]:
    """The findings of sets of rules, in the order of the text; takes some milliseconds.

    A rewrite is a finding with a fix. With syntax errors in the text nothing is rewritten.
    Raises Unavailable.
    """
    found = [
        Finding("invalid-syntax", "Camus cannot parse this", span, "warning", source="camus")
        for span in syntax_errors(document)
    ]
    wanted = [each for each in rulesets if each == "findings" or not found]
    try:
        found += _look(document, wanted) if wanted else ()
    except (ImportError, RuntimeError) as error:
        # ast-grep raises RuntimeError for a rule it cannot read, with a backtrace as its text.
        raise Unavailable(str(error).split("\n", maxsplit=1)[0]) from error
    return tuple(sorted(found, key=lambda finding: (finding.span, finding.rule)))


def _look(document: Document, rulesets: Iterable[Ruleset]) -> Iterable[Finding]:
    root = parse(document)
    bound = frozenset(names_bound(document, document.span))
    for ruleset in rulesets:
        for rule in rules(ruleset):
            if document.language in rule.languages:
                yield from matches(rule, root, document.text, bound)
        if ruleset == "rewrites":
            yield from rewrites.look(root, document.text)
        else:
            yield from _undefined(document, root, bound)


def matches(rule: Rule, root: SgNode, text: str, bound: frozenset[str]) -> Iterable[Finding]:
    """What one rule finds in a tree."""
    if not re.search(rule.needs, text) or not bound.isdisjoint(rule.refuse_shadowed):
        return
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

    grammar = "tsx" if document.uri.endswith(".tsx") else document.language
    return SgRoot(document.text, grammar).root()


def _undefined(document: Document, root: SgNode, bound: frozenset[str]) -> Iterable[Finding]:
    """First uses of names that nothing in the file binds, types aside.

    Scopes are not told apart. In a plain script another script may bind them, so it is a hint.
    """
    text = document.text
    sure = document.language == "typescript" or _MODULE.search(text) is not None
    declared = {word for comment in _DECLARED.findall(text) for word in _WORD.findall(comment)}
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
                url=f"{_MANUAL}no-undef",
            )


def _use_of(name: str) -> dict[str, Any]:
    kinds = [{"kind": "identifier"}, {"kind": "shorthand_property_identifier"}]
    return {"rule": {"any": kinds, "regex": f"^{re.escape(name)}$"}}


@cache
def _global_names() -> frozenset[str]:
    lines = _data("ecmascript_globals.txt").splitlines()
    return frozenset(" ".join(line for line in lines if not line.startswith("#")).split())


def _data(name: str) -> str:
    return resources.files(__package__).joinpath("rules", name).read_text("utf-8")


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
    captured = {name: node[name] for name in _VARIABLE.findall(rule.replace)}
    kept = sum(_comments(part) for part in captured.values())
    if kept < _comments(node):
        return None
    replacement = _VARIABLE.sub(lambda match: captured[match.group(1)].text(), rule.replace)
    return Fix(rule.message, (trimmed(text, span, replacement),))


def _comments(node: SgNode) -> int:
    return len(node.find_all(kind="comment"))


def _span(node: SgNode) -> Span:
    place = node.range()
    return Span(place.start.index, place.end.index)


def _rule(entry: dict[str, Any]) -> Rule:
    known = {name: value for name, value in entry.items() if name in Rule.__slots__}
    known = {name: tuple(v) if isinstance(v, list) else v for name, v in known.items()}
    known.setdefault("url", f"{_MANUAL}{entry['id']}")
    if known.get("severity", "info") not in get_args(Severity):
        raise ValueError(f"{entry['id']}: no severity {known['severity']!r}")
    known.setdefault("needs", "|".join(_longest_words(entry)))
    return Rule(matchers=tuple(_matchers(entry)), **known)


def _longest_words(entry: dict[str, Any]) -> Iterable[str]:
    """One word of each pattern that a matching text must hold; an empty one holds always."""
    rule = entry.get("rule", {})
    patterns = entry.get("patterns") or [
        each.get("pattern", "") for each in rule.get("any", [rule])
    ]
    for pattern in patterns:
        text = _VARIABLE.sub(" ", pattern) if isinstance(pattern, str) else ""
        yield re.escape(max(_WORD.findall(text), key=len, default=""))


def _matchers(entry: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """ast-grep's configurations for an entry: its own rule, or one for each pattern."""
    constraints = dict(entry.get("constraints", {}))
    for name in entry.get("simple", ()):
        constraints.setdefault(name, {"any": [{"kind": kind} for kind in _SIMPLE]})
    place = {"inside": {"any": [{"kind": kind} for kind in _VALUE_PLACES]}}
    bases = [entry["rule"]] if "rule" in entry else [{"pattern": p} for p in entry["patterns"]]
    for base in bases:
        rule = {"all": [base, place]} if entry.get("value") else base
        yield {"rule": rule, "constraints": constraints} if constraints else {"rule": rule}
