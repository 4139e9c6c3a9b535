"""The row of Python's grammar (tree-sitter-python)."""

from __future__ import annotations

from camus.source.grammars import Grammar

PYTHON = Grammar(
    package="tree_sitter_python",
    definitions={"function_definition": "function", "class_definition": "class"},
    definition_words=(b"def", b"class"),
    anonymous=frozenset({"lambda"}),
    wrappers={"decorated_definition": ("definition",)},
    braces=False,
    most_comment_lines=3000,
    doc="inside",
    doc_marks=(),
    strings=frozenset({"string", "concatenated_string"}),
    calls={"call": "function"},
    raises=frozenset({"raise_statement"}),
    yields=frozenset({"yield"}),
    branches=frozenset(
        {"if_statement", "elif_clause", "for_statement", "while_statement", "except_clause"}
        | {"conditional_expression", "for_in_clause", "if_clause"}
        | {"case_clause", "and", "or"}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "while_statement", "try_statement", "with_statement"}
        | {"match_statement"}
    ),
    flat=frozenset(),
    assignments={"assignment": "left", "augmented_assignment": "left", "delete_statement": "*"},
    members={"attribute": "object", "subscript": "value"},
    declared_outer={"global_statement": "global", "nonlocal_statement": "nonlocal"},
    receivers=frozenset({"self", "cls"}),
    effects=(
        ("print", "prints"),
        ("input", "reads standard input"),
        ("open", "opens files"),
        ("sys.exit", "ends the process"),
        ("sys.stdout.", "prints"),
        ("sys.stderr.", "prints"),
        ("subprocess.", "starts processes"),
        ("os.system", "starts processes"),
        ("os.remove", "deletes files"),
        ("os.unlink", "deletes files"),
        ("shutil.rmtree", "deletes files"),
        ("time.sleep", "sleeps"),
        ("requests.", "sends requests"),
        ("httpx.", "sends requests"),
        ("urllib.request.", "sends requests"),
        ("setattr", "sets attributes by name"),
        ("exec", "runs code"),
        ("eval", "runs code"),
    ),
    splats={"list_splat_pattern": "args", "dictionary_splat_pattern": "kwargs"},
    keyword_marks=frozenset({"keyword_separator"}),
    position_marks=frozenset({"positional_separator"}),
    stubs=(
        r"",
        r"pass",
        r"\.\.\.",
        r"raise (?:\w+\.)*(?:Not[_]?Implemented|Todo)\w*(?:\s*\(.*\))?",
    ),
    declaration_files=(".pyi",),
    bases=("superclasses",),
    abstract=("abstractmethod", "overload", "Protocol"),
    binders={
        "assignment": ("left",),
        "augmented_assignment": ("left",),
        "named_expression": ("name",),
        "for_statement": ("left",),
        "for_in_clause": ("left",),
        "function_definition": ("name",),
        "class_definition": ("name",),
        "parameters": ("*",),
        "lambda_parameters": ("*",),
        "as_pattern_target": ("*",),
        "case_pattern": ("*",),
        "import_statement": ("*",),
        "import_from_statement": ("name",),
        "aliased_import": ("alias",),
        "type_alias_statement": ("left",),
        "type_parameter": ("*",),
    },
    unbinding=frozenset(
        {"attribute", "subscript", "call", "type", "default_parameter.value"}
        | {"typed_default_parameter.value", "class_pattern", "aliased_import"}
    ),
    labels=frozenset(
        {"attribute.attribute", "keyword_argument.name", "aliased_import.name"}
        | {"import_from_statement.module_name", "future_import_statement.name"}
        | {"global_statement.None", "nonlocal_statement.None"}
    ),
    heads=frozenset({"dotted_name"}),
    imports="""
(import_statement name: (dotted_name) @module) @statement
(import_statement
  name: (aliased_import name: (dotted_name) @module alias: (identifier) @alias)) @statement
(import_from_statement module_name: (_) @module name: (dotted_name) @name) @statement
(import_from_statement module_name: (_) @module
  name: (aliased_import name: (dotted_name) @name alias: (identifier) @alias)) @statement
(import_from_statement module_name: (_) @module (wildcard_import) @name) @statement
(future_import_statement "__future__" @module name: (dotted_name) @name) @statement
""",
)
