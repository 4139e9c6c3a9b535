"""Says in one line each what the syntax tree shows of a document's symbols, for cases."""

from __future__ import annotations

from camus.source import Document, Parameter, Scope, definitions, imports


def described(document: Document) -> list[str]:
    """A line for each import and each definition, in order."""
    found = [
        f"import {each.module} {each.name} {each.alias}".rstrip() for each in imports(document)
    ]
    return found + [_symbol(scope) for scope in definitions(document)]


def _symbol(scope: Scope) -> str:
    words = [scope.kind, scope.qualified_name]
    if scope.kind != "class":
        words[1] += f"({', '.join(_parameter(each) for each in scope.parameters)})"
    flags = {
        "->": scope.return_type,
        "doc": repr(" ".join(scope.doc_text.split()))[1:-1],
        "marked": ", ".join(scope.decorators),
        "raises": ", ".join(scope.raises),
        "calls": ", ".join(scope.calls),
        "does": ", ".join(scope.effects),
        "paths": str(scope.complexity) if scope.complexity > 1 else "",
        "nesting": str(scope.nesting) if scope.nesting else "",
    }
    words += [f"[{key} {value}]" for key, value in flags.items() if value]
    marks = ("returns_value", "yields", "is_async", "is_stub")
    words += [f"[{mark.removeprefix('is_')}]" for mark in marks if getattr(scope, mark)]
    return " ".join(words)


def _parameter(parameter: Parameter) -> str:
    star = {"args": "*", "kwargs": "**"}.get(parameter.kind, "")
    kind = f": {parameter.type}" if parameter.type else ""
    default = f" = {parameter.default}" if parameter.default else ""
    return f"{star}{parameter.name}{kind}{default}"
