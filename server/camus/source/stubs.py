"""Whether a function is yet to be written; reads its body and where it stands."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from camus.source.docs import docstring_of
from camus.source.grammars import Grammar
from camus.source.sites import Site
from camus.source.trees import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node

_LONGEST = 400
"""No placeholder is longer, whatever its message says."""
_TODO = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|implement|your code here)\b", re.IGNORECASE)


def is_stub(syntax: Syntax, site: Site, body: Node | None, decorators: tuple[str, ...]) -> bool:
    """Whether the body holds nothing but a placeholder where code should be.

    Declarations without a body, abstract methods, overloads, protocols and type stub files are
    complete as they are.
    """
    grammar = syntax.grammar
    if site.kind == "class" or _is_abstract(syntax, site, decorators):
        return False
    if body is None:
        return grammar.omits_empty and _empty_is_stub(syntax, site, site.node)
    docstring = docstring_of(syntax, body)
    statements = [
        child
        for child in _statements(syntax, body)
        if child.type not in grammar.comments
        and (docstring is None or child.start_byte != docstring.start_byte)
    ]
    bare = not _braced(syntax, body) if grammar.braces else not body.named_child_count
    if len(statements) > 1 or (bare and not syntax.text(body).strip()):
        return False
    if statements or bare:
        text = syntax.text(body if bare else statements[0]).strip()
        return len(text) <= _LONGEST and _placeholder(grammar).fullmatch(text) is not None
    return _empty_is_stub(syntax, site, body)


def _empty_is_stub(syntax: Syntax, site: Site, body: Node) -> bool:
    """Whether a body without a statement waits for one: constructors often do not."""
    if _TODO.search(syntax.text(body)):
        return True
    owner = site.qualified_name.split(".")[-2:-1]
    builds = site.name.startswith("~") or site.name in owner
    return not builds and site.name not in syntax.grammar.may_be_empty


def _statements(syntax: Syntax, body: Node) -> list[Node]:
    """The statements of a body, which some grammars put into a list of their own."""
    inside = body.named_children
    while len(inside) == 1 and inside[0].type in syntax.grammar.body_lists:
        inside = inside[0].named_children
    return inside


def _braced(syntax: Syntax, body: Node) -> bool:
    return syntax.offsets.data[body.start_byte : body.start_byte + 1] == b"{"


def _is_abstract(syntax: Syntax, site: Site, decorators: tuple[str, ...]) -> bool:
    grammar = syntax.grammar
    if any(re.split(r"[.(]", text)[-1] in grammar.abstract for text in decorators):
        return True
    owner = site.owner
    for base in grammar.bases if owner is not None and owner.kind == "class" else ():
        node = owner.node.child_by_field_name(base) if owner is not None else None
        words = re.findall(r"\w+", syntax.text(node)) if node is not None else []
        if any(word in grammar.abstract for word in words):
            return True
    return False


@cache
def _placeholder(grammar: Grammar) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in grammar.stubs), re.DOTALL)
