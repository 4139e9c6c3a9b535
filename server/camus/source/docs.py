"""Doc comments and docstrings: where they stand and what they say; judges nothing."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

from camus.source.sites import Site, end_of
from camus.source.spans import Span
from camus.source.trees import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node

_QUOTES = re.compile(r"""^[rRuUbBfF]{0,2}('{3}|"{3}|'|")(.*)\1$""", re.DOTALL)
_LINE_MARK = re.compile(r"^[ \t]*(?:\*(?!/)|//[/!]?|#+|--+|;+)[ \t]?", re.MULTILINE)


def docstring_of(syntax: Syntax, body: Node | None) -> Node | None:
    """The string that opens a body, for languages whose documentation stands inside."""
    grammar = syntax.grammar
    if grammar.doc != "inside" or body is None:
        return None
    for child in body.named_children:
        if child.type in grammar.comments:
            continue
        if child.type in grammar.statements and child.named_child_count == 1:
            inner = child.named_child(0)
            if inner.type in grammar.strings and _is_plain(syntax, inner):
                return inner
        return None
    return None


def doc_of(syntax: Syntax, site: Site, body: Node | None) -> tuple[Span | None, str]:
    """The documentation of a definition: its span with its marks, and its text without."""
    if syntax.grammar.doc == "inside":
        node = docstring_of(syntax, body)
        return (syntax.span(node), cleaned(syntax.text(node))) if node else (None, "")
    comments = [node for node in site.leading if node.type in syntax.grammar.comments]
    if not comments:
        return None, ""
    end = syntax.offsets.character(end_of(syntax, comments[-1]))
    span = Span(syntax.span(comments[0]).start, end)
    return span, cleaned(syntax.offsets.text[span.start : span.end])


def module_doc(syntax: Syntax) -> tuple[Span | None, str]:
    """The documentation of the whole file: its docstring, or a first comment that says so."""
    root = syntax.tree.root_node
    if syntax.grammar.doc == "inside":
        node = docstring_of(syntax, root)
        return (syntax.span(node), cleaned(syntax.text(node))) if node else (None, "")
    first = next((child for child in root.children if child.type != "hash_bang_line"), None)
    if first is None or first.type not in syntax.grammar.comments:
        return None, ""
    text = syntax.text(first)
    says_so = re.search(r"@(?:file|fileoverview|module|overview|packageDocumentation)\b", text)
    if not text.startswith(syntax.grammar.doc_marks) or not says_so:
        return None, ""
    return syntax.span(first), cleaned(text)


def cleaned(raw: str) -> str:
    """The words of a docstring or doc comment without quotes, marks and indentation."""
    quoted = _QUOTES.match(raw.strip())
    if quoted:
        return inspect.cleandoc(quoted[2]).strip()
    text = raw.strip()
    if text.startswith("/*"):
        text = text[2:].removesuffix("*/").lstrip("*!")
    elif text.startswith("--["):
        text = text[2:].strip("[]-=")
    return inspect.cleandoc(_LINE_MARK.sub("", text)).strip()


def _is_plain(syntax: Syntax, string: Node) -> bool:
    """Whether a string can be a docstring: bytes and f-strings cannot."""
    prefix = re.match(r"\w*", syntax.text(string))
    return not (set(prefix[0].lower()) & set("bft")) if prefix else True
