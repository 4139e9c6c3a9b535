"""The structural rules as their files say them: one file a family of languages and a purpose."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal, TypeAlias, get_args

from camus.analysis.findings import Aspect, Severity

Ruleset = Literal["findings", "rewrites"]

LANGUAGES = ("javascript", "typescript")
"""The languages of the family that has rewrites."""

FAMILIES: Mapping[str, str] = {
    "python": "python",
    "javascript": "ecmascript",
    "typescript": "ecmascript",
    "go": "go",
    "rust": "rust",
    "java": "java",
    "kotlin": "kotlin",
    "c": "c",
    "cpp": "c",
    "csharp": "csharp",
    "ruby": "ruby",
    "php": "php",
    "bash": "bash",
    "lua": "lua",
}
"""The languages with rules and the family whose file holds them; the keys are ast-grep's names."""

ALIASES: Mapping[str, str] = {
    "shellscript": "bash",
    "sh": "bash",
    "javascriptreact": "javascript",
    "typescriptreact": "typescript",
}
"""Other ids of a language."""

MANUAL = "https://eslint.org/docs/latest/rules/"
VARIABLE = re.compile(r"\$([A-Z])")
WORD = re.compile(r"[\w$]+")
_BOUNDARY = re.compile(r"\\b")
_PLAIN = re.compile(r"(?:[\w\s,:=!@<>\"'/-]|\\[^\w\s])+")

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

_Kinds: TypeAlias = "Mapping[str, Sequence[str]]"
"""Both for another grammar, and its comments, as the table `kinds` of a file of rewrites says."""


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
    comments: tuple[str, ...] = ("comment",)
    """The kinds of comments in the grammar, none of which a fix may drop."""
    cases: tuple[Any, ...] = field(default=(), repr=False)
    unchanged: tuple[str, ...] = field(default=(), repr=False)
    literals: tuple[str, ...] = ()
    """Where `needs` asks for plain words only, those words: looking for them is much quicker."""

    def may_match(self, text: str) -> bool:
        """Whether a text holds what every match of this rule holds."""
        if self.literals:
            return any(each in text for each in self.literals)
        return re.search(self.needs, text) is not None


@cache
def rules(ruleset: Ruleset, family: str = "ecmascript") -> tuple[Rule, ...]:
    """The rules of a file of this package; none where a family has no such file."""
    name = f"{family}_{ruleset}.toml"
    if not resources.files(__package__).joinpath("rules", name).is_file():
        return ()
    spoken = tuple(each for each, its in FAMILIES.items() if its == family)
    read = tomllib.loads(data(name))
    kinds = {"simple": _SIMPLE, "places": _VALUE_PLACES, **read.get("kinds", {})}
    return tuple(_rule(entry, spoken, family, kinds) for entry in read["rule"])


def language_named(name: str) -> str:
    """The name under which rules know a language; empty when there are none for it."""
    known = ALIASES.get(name, name)
    return known if known in FAMILIES else ""


def data(name: str) -> str:
    """The text of a file beside the rules."""
    return resources.files(__package__).joinpath("rules", name).read_text("utf-8")


def _rule(entry: dict[str, Any], languages: tuple[str, ...], family: str, kinds: _Kinds) -> Rule:
    known = {name: value for name, value in entry.items() if name in Rule.__slots__}
    known = {name: tuple(v) if isinstance(v, list) else v for name, v in known.items()}
    known.setdefault("url", f"{MANUAL}{entry['id']}" if family == "ecmascript" else "")
    known.setdefault("languages", languages)
    known.setdefault("comments", tuple(kinds.get("comments", ("comment",))))
    if known.get("severity", "info") not in get_args(Severity):
        raise ValueError(f"{entry['id']}: no severity {known['severity']!r}")
    if known.get("aspect", "style") not in get_args(Aspect):
        raise ValueError(f"{entry['id']}: no aspect {known['aspect']!r}")
    known.setdefault("needs", "|".join(_longest_words(entry)))
    return Rule(
        matchers=tuple(_matchers(entry, kinds)), literals=tuple(_literals(known["needs"])), **known
    )


def _literals(needs: str) -> Iterable[str]:
    """The plain words of a pattern's alternatives; none when one of them is no plain word."""
    words = [re.sub(r"\\([^\w\s])", r"\1", _BOUNDARY.sub("", each)) for each in needs.split("|")]
    plain = all(_PLAIN.fullmatch(_BOUNDARY.sub("", each)) for each in needs.split("|"))
    return words if plain else ()


def _longest_words(entry: dict[str, Any]) -> Iterable[str]:
    """One word of each pattern that a matching text must hold; an empty one holds always."""
    rule = entry.get("rule", {})
    patterns = entry.get("patterns") or [
        each.get("pattern", "") for each in rule.get("any", [rule])
    ]
    for pattern in patterns:
        text = VARIABLE.sub(" ", pattern) if isinstance(pattern, str) else ""
        yield re.escape(max(WORD.findall(text), key=len, default=""))


def _matchers(entry: dict[str, Any], kinds: _Kinds) -> Iterable[dict[str, Any]]:
    """ast-grep's configurations for an entry: its own rule, or one for each pattern."""
    constraints = dict(entry.get("constraints", {}))
    for name in entry.get("simple", ()):
        constraints.setdefault(name, {"any": [{"kind": kind} for kind in kinds["simple"]]})
    place = {"inside": {"any": [{"kind": kind} for kind in kinds["places"]]}}
    bases = [entry["rule"]] if "rule" in entry else [{"pattern": p} for p in entry["patterns"]]
    for base in map(_in_order, bases):
        rule = {"all": [base, place]} if entry.get("value") else base
        yield {"rule": rule, "constraints": constraints} if constraints else {"rule": rule}


def _in_order(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule with its alternatives before what stands around the node.

    ast-grep looks at relations first; a variable that an alternative's pattern binds must be bound
    by then, or a relation binds it to something else.
    """
    if "any" not in rule or not rule.keys() & {"inside", "has", "follows", "precedes", "all"}:
        return rule
    own = {key: rule[key] for key in ("kind", "regex", "pattern") if key in rule}
    rest = [{key: value} for key, value in rule.items() if key not in {*own, "any", "all"}]
    return {"all": [*([own] if own else []), {"any": rule["any"]}, *rest, *rule.get("all", [])]}
