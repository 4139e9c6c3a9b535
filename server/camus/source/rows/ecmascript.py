"""The rows of JavaScript's and TypeScript's grammars, which share most of their nodes."""

from __future__ import annotations

from dataclasses import replace

from camus.source.grammars import Grammar

_IMPORTS = """
(import_statement (import_clause (identifier) @alias)
  source: (string (string_fragment) @module)) @statement
(import_statement (import_clause (named_imports (import_specifier name: (_) @name !alias)))
  source: (string (string_fragment) @module)) @statement
(import_statement (import_clause (named_imports
    (import_specifier name: (_) @name alias: (identifier) @alias)))
  source: (string (string_fragment) @module)) @statement
(import_statement (import_clause (namespace_import "*" @name (identifier) @alias))
  source: (string (string_fragment) @module)) @statement
(import_statement . "import" . source: (string (string_fragment) @module)) @statement
(variable_declarator name: (identifier) @alias
  value: (call_expression function: (identifier) @_require
    arguments: (arguments . (string (string_fragment) @module) .))
  (#eq? @_require "require")) @statement
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @name)
  value: (call_expression function: (identifier) @_require
    arguments: (arguments . (string (string_fragment) @module) .))
  (#eq? @_require "require")) @statement
(variable_declarator name: (object_pattern (pair_pattern key: (_) @name value: (identifier) @alias))
  value: (call_expression function: (identifier) @_require
    arguments: (arguments . (string (string_fragment) @module) .))
  (#eq? @_require "require")) @statement
"""

JAVASCRIPT = Grammar(
    package="tree_sitter_javascript",
    definitions={
        "function_declaration": "function",
        "generator_function_declaration": "function",
        "function_expression": "function",
        "generator_function": "function",
        "arrow_function": "function",
        "method_definition": "function",
        "class_declaration": "class",
        "class": "class",
    },
    anonymous=frozenset({"arrow_function", "function_expression", "generator_function", "class"}),
    wrappers={
        "export_statement": ("declaration", "value"),
        "lexical_declaration": ("*",),
        "variable_declaration": ("*",),
        "variable_declarator": ("value",),
        "expression_statement": ("*",),
        "assignment_expression": ("right",),
        "pair": ("value",),
        "field_definition": ("value",),
        "parenthesized_expression": ("*",),
    },
    carriers={
        "variable_declarator": "name",
        "assignment_expression": "left",
        "pair": "key",
        "field_definition": "property",
    },
    containers=frozenset({"object"}),
    naming_calls=frozenset(
        {"memo", "forwardRef", "useCallback", "observer", "throttle"}
        | {"debounce", "asyncHandler", "catchAsync", "createAsyncThunk"}
    ),
    default_export="default",
    lone_parameter="parameter",
    comments=frozenset({"comment", "html_comment"}),
    strings=frozenset({"string", "template_string", "regex"}),
    calls={"call_expression": "function", "new_expression": "constructor"},
    raises=frozenset({"throw_statement"}),
    yields=frozenset({"yield_expression"}),
    branches=frozenset(
        {"if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement"}
        | {"switch_case", "catch_clause", "ternary_expression", "&&", "||", "??"}
        | {"&&=", "||=", "??="}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement"}
        | {"switch_statement", "try_statement", "with_statement"}
    ),
    assignments={
        "assignment_expression": "left",
        "augmented_assignment_expression": "left",
        "update_expression": "argument",
    },
    members={"member_expression": "object", "subscript_expression": "object"},
    receivers=frozenset({"this"}),
    effects=(
        ("console.", "prints"),
        ("process.stdout.write", "prints"),
        ("process.stderr.write", "prints"),
        ("process.exit", "ends the process"),
        ("fetch", "sends requests"),
        ("axios", "sends requests"),
        ("axios.", "sends requests"),
        ("fs.", "uses the file system"),
        ("localStorage.", "uses the browser's storage"),
        ("sessionStorage.", "uses the browser's storage"),
        ("document.", "uses the page"),
        ("setTimeout", "sets timers"),
        ("setInterval", "sets timers"),
        ("alert", "opens a dialogue"),
        ("eval", "runs code"),
    ),
    splats={"rest_pattern": "args"},
    may_be_empty=frozenset({"constructor", "noop"}),
    stubs=(
        r"",
        r"throw (?:new )?(?:\w+\.)*(?:Not[_]?Implemented|Unimplemented|Todo)\w*\s*(?:\(.*\))?;?",
        (
            r"throw (?:new )?\w*Error\s*\(\s*['\"`][^'\"`]*"
            r"(?i:not[ -]?(?:yet[ -])?implemented|unimplemented|not supported yet|todo|fixme)"
            r"[^'\"`]*['\"`]\s*\);?"
        ),
        r"throw (?:new )?\w*Error\s*\(\s*\)\s*;?",
    ),
    identifiers=frozenset(
        {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
    ),
    binders={
        "variable_declarator": ("name",),
        "function_declaration": ("name",),
        "generator_function_declaration": ("name",),
        "function_expression": ("name",),
        "generator_function": ("name",),
        "class_declaration": ("name",),
        "class": ("name",),
        "formal_parameters": ("*",),
        "arrow_function": ("parameter",),
        "catch_clause": ("parameter",),
        "for_in_statement": ("left",),
        "import_clause": ("*",),
        "namespace_import": ("*",),
        "import_specifier": ("alias", "name"),
    },
    unbinding=frozenset(
        {"assignment_pattern.right", "object_assignment_pattern.right", "computed_property_name"}
        | {"member_expression", "subscript_expression", "decorator"}
    ),
    labels=frozenset(
        {"member_expression.property", "export_specifier.alias"}
        | {"jsx_opening_element.jsx_namespace_name", "nested_type_identifier.name"}
        | {"tuple_parameter.name", "optional_tuple_parameter.name"}
    ),
    elements=frozenset(
        {"jsx_opening_element.name", "jsx_closing_element.name", "jsx_self_closing_element.name"}
    ),
    foreign={"export_statement": "source"},
    imports=_IMPORTS,
)

_SIGNATURES = {
    "function_signature": "function",
    "method_signature": "function",
    "abstract_method_signature": "function",
    "abstract_class_declaration": "class",
    "interface_declaration": "class",
    "type_alias_declaration": "class",
    "enum_declaration": "class",
    "internal_module": "class",
    "module": "class",
}

TYPESCRIPT = replace(
    JAVASCRIPT,
    package="tree_sitter_typescript",
    entry="language_typescript",
    definitions={**JAVASCRIPT.definitions, **_SIGNATURES},  # type: ignore[dict-item]
    wrappers={
        **JAVASCRIPT.wrappers,
        "public_field_definition": ("value",),
        "ambient_declaration": ("*",),
        "as_expression": ("first",),
        "satisfies_expression": ("first",),
    },
    carriers={**JAVASCRIPT.carriers, "public_field_definition": "name"},
    optional_parameters=frozenset({"optional_parameter"}),
    identifiers=JAVASCRIPT.identifiers | {"type_identifier"},
    binders={
        **JAVASCRIPT.binders,
        "function_signature": ("name",),
        "abstract_class_declaration": ("name",),
        "interface_declaration": ("name",),
        "type_alias_declaration": ("name",),
        "enum_declaration": ("name",),
        "internal_module": ("name",),
        "type_parameter": ("name",),
        "import_alias": ("*",),
        "infer_type": ("*",),
        "mapped_type_clause": ("name",),
        "index_signature": ("name",),
        "import_require_clause": ("*",),
    },
    unbinding=JAVASCRIPT.unbinding
    | {"type_annotation", "required_parameter.value", "optional_parameter.value"}
    | {"import_require_clause.source"},
)

TSX = replace(TYPESCRIPT, entry="language_tsx")
