"""The rewrites of JavaScript and TypeScript that a pattern alone cannot vouch for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from camus.analysis.findings import Finding, Fix
from camus.source import Edit, Span

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_MANUAL = "https://eslint.org/docs/latest/rules/"
_FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "arrow_function",
        "method_definition",
        "class_static_block",
    }
)
_HOISTED = frozenset({"function_declaration", "generator_function_declaration"})
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_ITERATORS = frozenset(
    {"map", "filter", "forEach", "some", "every", "find", "findIndex", "findLast", "findLastIndex"}
    | {"reduce", "reduceRight", "sort", "flatMap", "then", "catch", "finally"}
)
"""Methods of arrays and promises that call what they are given, and neither bind nor build it."""

_WRITERS = frozenset(
    {"assignment_expression", "augmented_assignment_expression", "for_in_statement"}
)
_WRAPPERS = frozenset(
    {
        "parenthesized_expression",
        "non_null_expression",
        "as_expression",
        "satisfies_expression",
    }
)
_OWN_CONTEXT = ("this", "super", "meta_property", "yield_expression")
_NAMES = ("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern")


def look(root: SgNode, text: str) -> Iterator[Finding]:
    """The places where one of these rewrites applies, each with its fix."""
    yield from _unused_catch_bindings(root)
    yield from _arrow_callbacks(root, text)
    yield from _block_variables(root)


def _unused_catch_bindings(root: SgNode) -> Iterator[Finding]:
    """`catch (e) {` to `catch {` where nothing reads `e`: the binding has no other effect."""
    for clause in root.find_all(kind="catch_clause"):
        name, body = clause.field("parameter"), clause.field("body")
        if name is None or body is None or name.kind() != "identifier":
            continue
        if _mentions(body, name.text()) or _has(body, "eval") or clause.find(kind="comment"):
            continue
        before = clause.child(0)
        if before is None:
            continue
        gap = Span(before.range().end.index, body.range().start.index)
        yield _finding(
            "no-unused-vars", "the caught error is not used", _span(name), (Edit(gap, " "),)
        )


def _arrow_callbacks(root: SgNode, text: str) -> Iterator[Finding]:
    """An unnamed function given to a well-known method, as an arrow function.

    The two differ in `this`, `super`, `arguments`, `new.target`, `new` and `yield` alone, and
    these methods of arrays and promises use none of it when the function itself does not.
    """
    for function in root.find_all(kind="function_expression"):
        parameters, body = function.field("parameters"), function.field("body")
        if parameters is None or body is None or not _is_callback(function):
            continue
        if function.field("name") or function.field("type_parameters"):
            continue
        if any(function.find(kind=kind) for kind in _OWN_CONTEXT):
            continue
        if _has(function, "arguments") or _has(function, "eval") or _repeats(parameters):
            continue
        keyword = next(child for child in function.children() if child.text() == "function")
        start = keyword.range().start.index
        head = Span(start, parameters.range().start.index)
        if text[head.start : head.end].replace("function", "", 1).strip():
            continue
        signature = _signature_end(function, body)
        arrow = Edit(Span(signature, body.range().start.index), " => ")
        if text[arrow.span.start : arrow.span.end].strip():
            continue
        yield _finding(
            "prefer-arrow-callback",
            "an arrow function says the same",
            _span(function),
            (Edit(head, ""), arrow),
        )


def _block_variables(root: SgNode) -> Iterator[Finding]:
    """`var` as `const` or `let` where the difference cannot be seen.

    Every use lies after the declaration and inside its block, nothing else declares the name in
    that function, and where a loop or a hoisted function could see another binding it stays.
    """
    for declaration in root.find_all(kind="variable_declaration"):
        home = _function_of(declaration)
        block = declaration.parent()
        if home is None or block is None or _has(home, "eval"):
            continue
        names = _declared(declaration)
        if names is None or not all(_is_block_scoped(n, declaration, block, home) for n in names):
            continue
        keyword = declaration.child(0)
        if keyword is None:
            continue
        word = "const" if _is_constant(names, block) else "let"
        yield _finding(
            "no-var",
            f"`{word}` is bound to its block",
            _span(declaration),
            (Edit(_span(keyword), word),),
        )


def _is_callback(function: SgNode) -> bool:
    arguments = function.parent()
    call = arguments.parent() if arguments is not None else None
    if arguments is None or call is None or arguments.kind() != "arguments":
        return False
    callee = call.field("function")
    method = callee.field("property") if callee is not None else None
    return call.kind() == "call_expression" and method is not None and method.text() in _ITERATORS


def _repeats(parameters: SgNode) -> bool:
    names = [node.text() for node in parameters.find_all(kind="identifier")]
    return len(names) != len(set(names))


def _signature_end(function: SgNode, body: SgNode) -> int:
    """Where the parameters, or TypeScript's return type after them, end."""
    before = body.prev()
    return (before or function).range().end.index


def _function_of(node: SgNode) -> SgNode | None:
    """The innermost function around a node; None outside, where `var` makes global properties."""
    return next((above for above in node.ancestors() if above.kind() in _FUNCTIONS), None)


def _declared(declaration: SgNode) -> list[SgNode] | None:
    """The names of a declaration; None when it takes a value apart or sits where no block is."""
    names: list[SgNode] = []
    for declarator in declaration.find_all(kind="variable_declarator"):
        above = declarator.parent()
        if above is None or above.range() != declaration.range():
            continue
        name = declarator.field("name")
        if name is None or name.kind() != "identifier":
            return None
        names.append(name)
    texts = [name.text() for name in names]
    return names if names and len(set(texts)) == len(texts) and "let" not in texts else None


def _is_block_scoped(name: SgNode, declaration: SgNode, block: SgNode, home: SgNode) -> bool:
    kind = block.kind()
    if kind not in {"statement_block", "for_statement"}:
        return False
    uses = [use for use in _uses(home, name.text()) if use.range() != name.range()]
    start, area = declaration.range().start.index, block.range()
    end = area.end.index
    declarator = name.parent()
    first = declarator.range().end.index if declarator is not None else start
    looped = kind == "for_statement" or _in_loop(block, home)
    if looped and kind != "for_statement" and (declarator is None or not declarator.field("value")):
        return False  # a `var` keeps the value of the round before, a `let` starts anew
    for use in uses:
        # A use inside its own initialiser would be a use before the binding is there.
        if not first <= use.range().start.index < end or _declares(use):
            return False
        between = _functions_between(use, home)
        if any(function.kind() in _HOISTED for function in between):
            return False
        if looped and between:
            return False
    return True


def _is_constant(names: list[SgNode], block: SgNode) -> bool:
    if block.kind() == "for_statement":
        return False
    for name in names:
        declarator = name.parent()
        if declarator is None or declarator.field("value") is None:
            return False
        if any(_is_written(use) for use in _uses(block, name.text())):
            return False
    return True


def _is_written(use: SgNode) -> bool:
    """Whether a use is assigned to; patterns count as declarations before this is asked."""
    node, parent = use, use.parent()
    while parent is not None and parent.kind() in _WRAPPERS:
        node, parent = parent, parent.parent()
    if parent is None:
        return False
    if parent.kind() == "update_expression":
        return True
    target = parent.field("left") if parent.kind() in _WRITERS else None
    return target is not None and target.range() == node.range()


def _declares(use: SgNode) -> bool:
    """Whether this place declares the name again: then two bindings would be mixed up."""
    parent = use.parent()
    if parent is None or use.kind() == "shorthand_property_identifier_pattern":
        return True
    kind = parent.kind()
    if kind == "variable_declarator":
        name = parent.field("name")
        return name is not None and name.range() == use.range()
    if kind in {"formal_parameters", "required_parameter", "optional_parameter", "catch_clause"}:
        return True
    if kind in _FUNCTIONS or kind in {"class_declaration", "class", "enum_declaration"}:
        body = parent.field("body")
        return body is None or body.range() != use.range()
    return kind in {"array_pattern", "pair_pattern", "rest_pattern", "assignment_pattern"}


def _functions_between(use: SgNode, home: SgNode) -> list[SgNode]:
    between: list[SgNode] = []
    for above in use.ancestors():
        if above.range() == home.range():
            return between
        if above.kind() in _FUNCTIONS:
            between.append(above)
    return between


def _in_loop(block: SgNode, home: SgNode) -> bool:
    for above in (block, *block.ancestors()):
        if above.range() == home.range():
            return False
        if above.kind() in _LOOPS:
            return True
    return False


def _uses(node: SgNode, name: str) -> Iterable[SgNode]:
    kinds = [{"kind": kind} for kind in _NAMES]
    rule = {"rule": {"any": kinds, "regex": f"^{re.escape(name)}$"}}
    return node.find_all(cast("Any", rule))


def _mentions(node: SgNode, name: str) -> bool:
    return any(True for _ in _uses(node, name))


def _has(node: SgNode, name: str) -> bool:
    """Whether an identifier of this name stands anywhere inside."""
    return node.find(kind="identifier", regex=f"^{name}$") is not None


def _finding(rule: str, message: str, span: Span, edits: tuple[Edit, ...]) -> Finding:
    return Finding(
        rule, message, span, "info", "style", "camus", Fix(message, edits), f"{_MANUAL}{rule}"
    )


def _span(node: SgNode) -> Span:
    place = node.range()
    return Span(place.start.index, place.end.index)
