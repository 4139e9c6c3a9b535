"""The row of Go's grammar (tree-sitter-go)."""

from __future__ import annotations

from camus.source.grammars import UNWRITTEN, Grammar

GO = Grammar(
    package="tree_sitter_go",
    definitions={
        "function_declaration": "function",
        "method_declaration": "function",
        "method_elem": "function",
        "func_literal": "function",
        "type_spec": "class",
        "type_alias": "class",
    },
    anonymous=frozenset({"func_literal"}),
    wrappers={
        "type_declaration": ("bare",),
        "var_declaration": ("bare",),
        "var_spec": ("value",),
        "expression_list": ("*",),
    },
    carriers={"var_spec": "name"},
    owners={"method_declaration": "receiver (parameter_declaration) type"},
    body_lists=frozenset({"statement_list"}),
    return_type="result",
    decorators=frozenset(),
    strings=frozenset({"interpreted_string_literal", "raw_string_literal", "rune_literal"}),
    doc_marks=("//", "/*"),
    doc_never=r"//(?:go:|line |export |nolint|lint:|\s*\+build|-{3,}|={3,})|/[*/]\s*copyright",
    calls={"call_expression": "function"},
    branches=frozenset(
        {"if_statement", "for_statement", "expression_case", "type_case", "communication_case"}
        | {"&&", "||"}
    ),
    nesting=frozenset(
        {"if_statement", "for_statement", "expression_switch_statement", "type_switch_statement"}
        | {"select_statement"}
    ),
    chain_field="alternative",
    assignments={
        "assignment_statement": "left",
        "inc_statement": "first",
        "dec_statement": "first",
    },
    members={"selector_expression": "operand", "index_expression": "operand"},
    receivers=frozenset(),
    effects=(
        ("panic", "panics"),
        ("log.Fatal", "ends the process"),
        ("log.Fatalf", "ends the process"),
        ("log.Panic", "panics"),
        ("os.Exit", "ends the process"),
        ("fmt.Print", "prints"),
        ("fmt.Printf", "prints"),
        ("fmt.Println", "prints"),
        ("log.", "logs"),
        ("os.", "uses the operating system"),
        ("ioutil.", "uses the file system"),
        ("exec.", "starts processes"),
        ("http.", "uses the network"),
        ("net.", "uses the network"),
        ("time.Sleep", "sleeps"),
    ),
    splats={"variadic_parameter_declaration": "args"},
    stubs=(
        r"",
        rf'panic\(\s*["`][^"`]*{UNWRITTEN}[^"`]*["`]\s*\)',
        rf'return (?:[\w"{{}}\[\].*]+, )?(?:errors\.New|fmt\.Errorf)\("{UNWRITTEN}"\)',
    ),
    valueless=frozenset(),
    may_be_empty=frozenset({"_"}),
    identifiers=frozenset({"identifier", "type_identifier", "package_identifier"}),
    binders={
        "parameter_declaration": ("name",),
        "variadic_parameter_declaration": ("name",),
        "short_var_declaration": ("left",),
        "range_clause": ("left",),
        "var_spec": ("name",),
        "const_spec": ("name",),
        "function_declaration": ("name",),
        "type_spec": ("name",),
        "type_alias": ("name",),
        "type_parameter_declaration": ("name",),
        "import_spec": ("name",),
    },
    labels=frozenset({"qualified_type.name", "keyed_element.key"}),
    imports="""
(import_spec !name path: (interpreted_string_literal
  (interpreted_string_literal_content) @module)) @statement
(import_spec name: (_) @alias path: (interpreted_string_literal
  (interpreted_string_literal_content) @module)) @statement
""",
    import_words=(b"import",),
)
