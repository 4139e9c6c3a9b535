"""Holds nodes against the tree's types: keeps what fits, in our spelling, and names the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec.inspect as shape

from camus.config.forms import grammar_problem, schema_problem
from camus.config.nodes import Node
from camus.config.patterns import compiled_pattern
from camus.config.problems import Problem, nearest
from camus.config.tree import Config
from camus.config.words import ALIASES, IMPLIED, LITERALS, TaskKind, canonical, folded

KEY_ALIASES: dict[str, dict[str, str]] = {
    "Model": {
        "memory_usage": "memory_bytes",
        "max_context": "max_tokens",
        "context_window": "max_tokens",
        "backend": "type",
        "endpoint": "url",
        "base_url": "url",
        "license": "licence",
    },
    "Step": {"model": "backend"},
    "RoutingRule": {"preferred_models": "preferred_backends", "kind": "task"},
    "ClassificationRule": {"name": "kind"},
}
"""Other spellings of keys, by node of the tree."""

HINTS: dict[str, str] = {
    "api_key": "a key is never written in a file; name its variable with `api_key_env`",
}
"""What to say of keys that are refused on purpose."""

ENTRIES = {
    "Model": "model",
    "Pipeline": "pipeline",
    "Composite": "composite",
    "RoutingRule": "rule",
    "ClassificationRule": "rule",
    "Command": "step",
}
"""The nodes that stand by themselves: an error in one leaves it out as a whole, and only it."""

_FORMS = {"Step.schema": schema_problem, "Step.grammar": grammar_problem}
"""What judges a text that an answer is bound to."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


@cache
def config_type() -> shape.StructType:
    """The tree's own description."""
    described = shape.type_info(Config)
    if not isinstance(described, shape.StructType):
        raise TypeError("the tree is a Struct")
    return described


def checked(root: Node) -> tuple[Node, tuple[Problem, ...]]:
    """The settings that are right, in the tree's own spelling, and what was wrong."""
    check = _Check()
    node = check.struct(root, config_type())
    return node or root.with_value({}), tuple(check.problems)


def bare(kind: shape.Type) -> shape.Type:
    """A type without its description and without `or None`."""
    while True:
        if isinstance(kind, shape.Metadata):
            kind = kind.type
        elif isinstance(kind, shape.UnionType):
            kind = next(one for one in kind.types if not isinstance(one, shape.NoneType))
        else:
            return kind


class _Check:
    """One walk over one layer; each method returns the node to keep, or None to leave it out."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def _refuse(self, node: Node, message: str, close: str = "") -> None:
        self.problems.append(node.problem(message, close))

    def struct(self, node: Node, kind: shape.StructType) -> Node | None:
        """A node of the tree; entries are all or nothing, other nodes keep what is right."""
        what = ENTRIES.get(kind.cls.__name__)
        before = len(self.problems)
        kept = self._struct(node, kind)
        if what and self._refused_since(before):
            self.problems[before:] = [
                _extended(problem, f"; this {what} is left out")
                for problem in self.problems[before:]
            ]
            return None
        return kept

    def _struct(self, node: Node, kind: shape.StructType) -> Node | None:
        if not isinstance(node.value, dict):
            self._refuse(node, f"expected `key: value` pairs, not {_said(node)}")
            return None
        fields = {field.encode_name: field for field in kind.fields}
        aliases = KEY_ALIASES.get(kind.cls.__name__, {})
        entries: dict[str, Node] = {}
        before = len(self.problems)
        for key, item in node.value.items():
            name = key if key in fields else aliases.get(key, "")
            if not name:
                self._unknown(item, key, (*fields, *aliases))
            elif name in entries:
                self._refuse(item, f"`{key}` and `{name}` mean the same; give one")
            elif item.value is not None:
                kept = self.value(item, fields[name].type, f"{kind.cls.__name__}.{name}")
                if kept is not None:
                    entries[name] = kept
        missing = [name for name, field in fields.items() if field.required and name not in entries]
        if missing and not self._refused_since(before):  # else what is missing was just refused
            self._refuse(node, f"needs `{missing[0]}`")
        return node.with_value(entries)

    def _refused_since(self, before: int) -> bool:
        return any(problem.severity == "error" for problem in self.problems[before:])

    def _unknown(self, node: Node, key: str, known: Iterable[str]) -> None:
        hint = HINTS.get(key)
        if hint:
            self._refuse(node, hint, "api_key_env")
            return
        self.problems.append(node.unknown(key, known))

    def value(self, node: Node, kind: shape.Type, field: str) -> Node | None:
        """A value for a field of the tree, `field` being `Node.field`."""
        kind = bare(kind)
        match kind:
            case shape.StructType():
                return self.struct(node, kind)
            case shape.DictType():
                return self._mapping(node, kind, field)
            case shape.VarTupleType():
                return self._tuple(node, kind, field)
            case shape.EnumType():
                return self._enum(node, kind.cls)
            case shape.LiteralType():
                return self._literal(node, kind, field)
            case shape.BoolType():
                return self._bool(node)
            case shape.IntType() | shape.FloatType():
                return self._number(node, kind)
            case _:
                return self._text(node, kind, field)

    def _mapping(self, node: Node, kind: shape.DictType, field: str) -> Node | None:
        if not isinstance(node.value, dict):
            self._refuse(node, f"expected names with settings, not {_said(node)}")
            return None
        kept: dict[str, Node] = {}
        for written, item in node.value.items():
            key = self._name(written, item, kind.key_type)
            if key in kept:
                self._refuse(item, f"`{written}` and `{key}` mean the same; give one")
            elif key is not None and item.value is not None:
                made = self.value(item, kind.value_type, field)
                if made is not None and made.value != ():  # an empty list says nothing of a key
                    kept[key] = made
        return node.with_value(kept)

    def _name(self, written: str, node: Node, kind: shape.Type) -> str | None:
        """The key of a mapping as the tree spells it; None for a word that is not in its set."""
        if not isinstance(kind, shape.EnumType):
            return written
        kept = self._enum(node.with_value(written), kind.cls)
        return str(kept.value) if kept is not None else None

    def _tuple(self, node: Node, kind: shape.VarTupleType, field: str) -> Node | None:
        if isinstance(node.value, dict):
            self._refuse(node, "expected a list")
            return None
        items = node.value if isinstance(node.value, tuple) else (node,)
        inner = bare(kind.item_type)
        if isinstance(inner, shape.EnumType):
            kept = [self._word(item, inner.cls) for item in items]
        else:
            kept = [self.value(item, kind.item_type, field) for item in items]
        return node.with_value(tuple(item for item in kept if item is not None))

    def _word(self, node: Node, kind: type[Any]) -> Node | None:
        # A word too many in a list does no harm: it is named and passed over.
        for word, reason in IMPLIED.get(kind, {}).items():
            if isinstance(node.value, str) and folded(node.value) == folded(word):
                if reason:
                    self.problems.append(node.problem(f"{reason}; passed over", "", "warning"))
                return None
        before = len(self.problems)
        kept = self._enum(node, kind)
        self.problems[before:] = [
            _extended(problem, "; passed over", warning=True) for problem in self.problems[before:]
        ]
        return kept

    def _enum(self, node: Node, kind: type[Any]) -> Node | None:
        member = canonical(kind, node.value) if isinstance(node.value, str) else None
        if member is not None:
            return node.with_value(str(member))
        self._not_one_of(node, [str(one) for one in kind], ALIASES.get(kind, {}))
        return None

    def _literal(self, node: Node, kind: shape.LiteralType, field: str) -> Node | None:
        other = LITERALS.get(field, {})
        by_word = {folded(str(one)): one for one in kind.values}
        by_word |= {folded(word): meant for word, meant in other.items()}
        word = str(node.value).removesuffix(".0") if not isinstance(node.value, bool) else ""
        meant = by_word.get(folded(word))
        if meant is not None:
            return node.with_value(meant)
        self._not_one_of(node, sorted(str(one) for one in kind.values), other)
        return None

    def _not_one_of(self, node: Node, allowed: list[str], other: Iterable[str]) -> None:
        close = nearest(str(node.value), (*allowed, *other))
        hint = f"; did you mean `{close}`?" if close else ""
        self._refuse(node, f"{_said(node)} is not one of {', '.join(allowed)}{hint}", close)

    def _bool(self, node: Node) -> Node | None:
        if isinstance(node.value, bool):
            return node
        word = str(node.value).lower()
        if word in _TRUE | _FALSE:
            return node.with_value(word in _TRUE)
        self._refuse(node, f"expected true or false, not {_said(node)}")
        return None

    def _number(self, node: Node, kind: shape.IntType | shape.FloatType) -> Node | None:
        whole = isinstance(kind, shape.IntType)
        value = node.value
        allowed = _range(kind)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not isinstance(value, int | float) or not number or not math.isfinite(value):
            noun = "a whole number" if whole else "a number"
            self._refuse(node, f"expected {noun}{allowed}, not {_said(node)}")
            return None
        if whole and value != int(value):
            self._refuse(node, f"expected a whole number{allowed}, not {_said(node)}")
            return None
        if not _within(value, kind):
            self._refuse(node, f"{_said(node)} is out of range; expected a number{allowed}")
            return None
        return node.with_value(int(value) if whole else float(value))

    def _text(self, node: Node, kind: shape.Type, field: str) -> Node | None:
        if not isinstance(node.value, str):
            quotes = " in quotes" if isinstance(node.value, int | float) else ""
            self._refuse(node, f"expected text{quotes}, not {_said(node)}")
            return None
        if isinstance(kind, shape.StrType) and len(node.value) < (kind.min_length or 0):
            self._refuse(node, "must not be empty")
            return None
        if field == "ClassificationRule.patterns" and (wrong := _bad_pattern(node.value)):
            self._refuse(node, wrong)
            return None
        judge = _FORMS.get(field)
        if judge is not None and node.value and (wrong := judge(node.value)):
            self._refuse(node, wrong)
            return None
        if field == "Model.api_key_env" and node.value and not _VARIABLE.fullmatch(node.value):
            # The value is not repeated: it may be the key itself.
            self._refuse(node, "expected the name of an environment variable, not a key")
            return None
        if field in {"RoutingRule.task", "ClassificationRule.kind"}:
            built_in = canonical(TaskKind, node.value)
            return node.with_value(str(built_in)) if built_in else node
        return node


def _extended(problem: Problem, more: str, *, warning: bool = False) -> Problem:
    if problem.severity != "error" or problem.message.endswith("left out"):
        return problem
    said = replace(problem, message=problem.message + more)
    return replace(said, severity="warning") if warning else said


def _said(node: Node) -> str:
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, tuple):
        return "a list"
    text = str(node.value)
    return f"`{text[:40]}…`" if len(text) > 40 else f"`{text}`"


def _bad_pattern(pattern: str) -> str:
    """Why the classifier would not run a pattern; empty when it would."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"not a regular expression: {error}"
    problem = compiled_pattern(pattern)[1]
    return f"this pattern could run for long: {problem}; write it more simply" if problem else ""


def _range(kind: shape.IntType | shape.FloatType) -> str:
    low = kind.ge if kind.ge is not None else kind.gt
    above = "above " if kind.gt is not None else ""
    if low is not None and kind.le is not None:
        return f" from {low} to {kind.le}"
    if low is not None:
        return f" {above}{low}" if above else f" of at least {low}"
    return ""


def _within(value: float, kind: shape.IntType | shape.FloatType) -> bool:
    return (
        (kind.ge is None or value >= kind.ge)
        and (kind.gt is None or value > kind.gt)
        and (kind.le is None or value <= kind.le)
        and (kind.lt is None or value < kind.lt)
    )
