"""Gathers what a JSDoc comment may say of a JavaScript or TypeScript definition."""

from __future__ import annotations

import re
from dataclasses import replace

from camus.actions.rewrites.facts import Entry, Facts
from camus.actions.rewrites.typewords import inner, sentence, split
from camus.actions.rewrites.wording import Symbol, SymbolKind, flag_phrase, noun_phrase, summary
from camus.source import Document, Parameter, Scope

_LONGEST_DEFAULT = 40
_NOTHING = {"void", "undefined", "never", "null"}
_LITERALS = (
    (re.compile(r"-?(?:[\d_]+\.?\d*(?:e[+-]?\d+)?|0x[\da-f]+|Infinity)", re.IGNORECASE), "number"),
    (re.compile(r"true|false"), "boolean"),
    (re.compile(r"""'[^'\\]*'|"[^"\\]*"|`[^`$\\]*`"""), "string"),
    (re.compile(r"\[.*\]"), "Array"),
    (re.compile(r"\{.*\}"), "object"),
)
_VALUES = (
    (
        re.compile(r"(?:true|false)$|![^=]|[\w$.]+\s*(?:[=!]==?|instanceof)\s*[\w$.'\"]+$"),
        "boolean",
    ),
    (re.compile(r"`[^`]*`$"), "string"),
    (re.compile(r"\[[^\]]*\]?$"), "Array"),
    (re.compile(r"\{[^}]*\}?$"), "object"),
)
_ACCESSOR = re.compile(r"(?:^|\s)(?:static\s+)?(get|set)\s+[\w$#\[\"']")


def script_facts(document: Document, scope: Scope, *, typed: bool) -> Facts:
    """The facts of a class or function; `typed`: annotations tell the types (TypeScript)."""
    if scope.kind == "class":
        return Facts(summary(Symbol("class", scope.name)))
    kind = _kind(document, scope)
    returns, yields = _results(document, scope, typed=typed)
    takes = bool(scope.parameters)
    asked = _subject(scope, kind)
    line = summary(Symbol(kind, scope.name, _owner(scope), returns is not None, takes, asked))
    if scope.name == "default":
        line = "Default export."
    raises = tuple(Entry(name=name) for name in scope.raises)
    if kind in {"property", "setter"}:
        return Facts(line, raises=raises)
    if kind == "constructor":
        returns = None
    if returns is not None and line.startswith("Return ") and returns.type == "*":
        returns = None
    return Facts(line, _parameters(scope, typed=typed), (), returns, yields, raises)


def _kind(document: Document, scope: Scope) -> SymbolKind:
    if scope.name == "constructor" and scope.kind == "method":
        return "constructor"
    before = document.text[scope.header.start : scope.name_span.end + 1]
    match = _ACCESSOR.search(before) if scope.kind == "method" else None
    if match:
        return "property" if match[1] == "get" else "setter"
    return "method" if scope.kind == "method" else "function"


def _owner(scope: Scope) -> str:
    return scope.qualified_name.split(".")[-2] if "." in scope.qualified_name else ""


def _subject(scope: Scope, kind: SymbolKind) -> str:
    required = [each for each in scope.parameters if not each.default and not each.optional]
    plain = len(required) == 1 and required[0].name.isidentifier() and kind == "function"
    return f"`{required[0].name}`" if plain else ""


def _parameters(scope: Scope, *, typed: bool) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for index, each in enumerate(scope.parameters):
        if each.name == "this" or (each.name.startswith("_") and each.kind == "positional"):
            continue
        if each.name.startswith("{"):
            found += _destructured(each, index, typed=typed)
        elif each.name.startswith("["):
            found.append(_entry(replace(each, name=f"param{index}"), typed=typed))
        else:
            found.append(_entry(each, typed=typed))
    return tuple(found)


def _entry(parameter: Parameter, *, typed: bool) -> Entry:
    written = " ".join(parameter.type.split())
    default = " ".join(parameter.default.split())
    if not typed:
        written = "...*" if parameter.kind == "args" else _type_of(default)
    fits = len(default) <= _LONGEST_DEFAULT and not re.search(r"[`*\[\]@]|=>", default)
    short = default if fits else ""
    is_flag = written == "boolean"
    known = flag_phrase(parameter.name) if is_flag else ""
    if typed:
        known = known or sentence(written)
        if default or parameter.optional:
            known = f"{known} {f'Defaults to `{short}`.' if short else 'Optional.'}".strip()
    return Entry(parameter.name, written, short, known, noun_phrase(parameter.name))


def _destructured(parameter: Parameter, index: int, *, typed: bool) -> list[Entry]:
    """An object pattern as JSDoc has it: the object by its place, its properties below it."""
    name = f"param{index}"
    whole = _entry(replace(parameter, name=name), typed=typed)
    if not typed:
        whole = replace(whole, type="object")
    entries = [whole]
    for part in split(parameter.name[1:-1], ","):
        key = re.match(r"[\w$]+", part)
        if key is None:
            continue
        _, _, default = part.partition("=")
        own = Parameter(key[0], default=default.strip())
        entry = _entry(own, typed=typed)
        entries.append(replace(entry, name=f"{name}.{key[0]}"))
    return entries


def _results(document: Document, scope: Scope, *, typed: bool) -> tuple[Entry | None, Entry | None]:
    written = " ".join(scope.return_type.split())
    promised = inner(written, ("Promise", "PromiseLike"))
    if written in _NOTHING or (promised and promised[0] in _NOTHING):
        return None, None
    if written.startswith("asserts "):
        return None, None
    if scope.yields:
        element = inner(written, ("Generator", "AsyncGenerator", "IterableIterator", "Iterable"))
        known = sentence(element[0]) if element else ""
        return None, Entry(known=known) if known else None
    predicate = re.fullmatch(r"([\w$]+) is (.+)", written)
    if predicate:
        return Entry(known=f"Whether `{predicate[1]}` is `{predicate[2]}`."), None
    declared = not scope.body.end > scope.body.start
    if not scope.returns_value and not (declared and written):
        return None, None
    kind = _returned(document.slice(scope.body))
    if typed:
        known = sentence(written or ("" if kind == "*" or scope.is_async else kind))
        return Entry(type=written, known=known) if known else None, None
    return Entry(type=f"Promise<{kind}>" if scope.is_async else kind), None


def _returned(body: str) -> str:
    """The type that every `return` of a body plainly gives; `*` when they differ or do not say."""
    if re.search(r"\bfunction\b|=>", body):
        return "*"  # a return in there need not be this function's
    values = re.findall(r"\breturn\s+([^;\n]+)", body) or [body]
    kinds = {_type_of_value(value.strip()) for value in values}
    return kinds.pop() if len(kinds) == 1 else "*"


def _type_of_value(code: str) -> str:
    for pattern, name in _VALUES:
        if pattern.match(code):
            return name
    return _type_of(code) or "*"


def _type_of(default: str) -> str:
    for pattern, name in _LITERALS:
        if pattern.fullmatch(default):
            return name
    return ""
