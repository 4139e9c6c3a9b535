"""Immutable documents, spans in characters, edits, and their scopes; knows no LSP and no model."""

from camus.source.details import Import, imports, literal_spans, syntax_errors
from camus.source.diff import apply_edits, minimal_edits, unified_diff
from camus.source.document import Document, Lines
from camus.source.handlers import Handler, handlers
from camus.source.languages import LANGUAGE_IDS, Language, language_for, language_of
from camus.source.leaves import Leaf, leaves
from camus.source.matching import matching_blocks
from camus.source.names import names_bound, names_used
from camus.source.outlines import Outline, outline
from camus.source.parts import Part, parts
from camus.source.sameness import same_code
from camus.source.scopes import (
    Scope,
    ScopeKind,
    definition_around,
    definitions,
    enclosing,
    has_definitions,
    scope_around,
)
from camus.source.signatures import Parameter
from camus.source.spans import Edit, Span
from camus.source.structure import structure
from camus.source.texts import indent_unit, newline_of
from camus.source.uris import path_of, uri_of

__all__ = [
    "LANGUAGE_IDS",
    "Document",
    "Edit",
    "Handler",
    "Import",
    "Language",
    "Leaf",
    "Lines",
    "Outline",
    "Parameter",
    "Part",
    "Scope",
    "ScopeKind",
    "Span",
    "apply_edits",
    "definition_around",
    "definitions",
    "enclosing",
    "handlers",
    "has_definitions",
    "imports",
    "indent_unit",
    "language_for",
    "language_of",
    "leaves",
    "literal_spans",
    "matching_blocks",
    "minimal_edits",
    "names_bound",
    "names_used",
    "newline_of",
    "outline",
    "parts",
    "path_of",
    "same_code",
    "scope_around",
    "structure",
    "syntax_errors",
    "unified_diff",
    "uri_of",
]
