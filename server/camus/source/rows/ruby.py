"""The row of Ruby's grammar (tree-sitter-ruby)."""

from __future__ import annotations

from camus.source.grammars import UNWRITTEN, Grammar

RUBY = Grammar(
    package="tree_sitter_ruby",
    definitions={
        "method": "function",
        "singleton_method": "function",
        "class": "class",
        "module": "class",
        "singleton_class": "members",
        "lambda": "function",
        "block": "function",
        "do_block": "function",
    },
    anonymous=frozenset({"lambda", "block", "do_block"}),
    names={"singleton_class": "(none)"},
    hoists=frozenset({"body_statement", "block_body", "then", "do", "else"}),
    wrappers={"argument_list": ("*",)},
    omits_empty=True,
    braces=False,
    parameter_name="name",
    decorators=frozenset(),
    strings=frozenset({"string", "heredoc_body", "regex", "string_array", "chained_string"}),
    statements=frozenset(),
    doc_marks=("#",),
    doc_never=(
        r"#!|#\s*(?:(?:frozen_string_literal|(?:en)?coding)\s*:|-\*-|rubocop:|:nodoc:"
        r"|:startdoc:|:stopdoc:"
        r"|typed:|warn_indent)|#[#=-]{4,}|#.{0,200}?(?:copyright|license)"
    ),
    calls={"call": "receiver + method"},
    raising={"raise": "RuntimeError", "fail": "RuntimeError"},
    exception=r"(?:[A-Z]\w*::)*[A-Z]\w*",
    guards={
        "begin": frozenset({"rescue"}),
        "body_statement": frozenset({"rescue"}),
    },
    returns=frozenset({"return"}),
    yields=frozenset({"yield"}),
    branches=frozenset(
        {"if", "unless", "elsif", "while", "until", "for", "when", "in_clause", "rescue"}
        | {"if_modifier", "unless_modifier", "while_modifier", "until_modifier"}
        | {"rescue_modifier", "conditional", "&&", "||", "and", "or"}
    ),
    nesting=frozenset({"if", "unless", "while", "until", "for", "case", "case_match", "begin"}),
    flat=frozenset({"else"}),
    assignments={"assignment": "left", "operator_assignment": "left"},
    members={"call": "receiver", "element_reference": "object"},
    receivers=frozenset({"self"}),
    effects=(
        ("puts", "prints"),
        ("print", "prints"),
        ("p", "prints"),
        ("warn", "prints"),
        ("exit", "ends the process"),
        ("abort", "ends the process"),
        ("File.", "uses the file system"),
        ("FileUtils.", "uses the file system"),
        ("Dir.", "uses the file system"),
        ("system", "starts processes"),
        ("spawn", "starts processes"),
        ("sleep", "sleeps"),
        ("eval", "runs code"),
        ("instance_eval", "runs code"),
        ("define_method", "defines methods"),
    ),
    splats={"splat_parameter": "args", "hash_splat_parameter": "kwargs"},
    stubs=(
        r"",
        r"raise (?:::)?NotImplementedError(?:\.new)?(?:[\s,(].*)?",
        rf"raise\s*\(?['\"][^'\"]*{UNWRITTEN}[^'\"]*['\"]\)?",
    ),
    valueless=frozenset({"nil"}),
    may_be_empty=frozenset({"initialize"}),
    identifiers=frozenset({"identifier", "constant"}),
    binders={
        "assignment": ("left",),
        "method": ("name",),
        "class": ("name",),
        "module": ("name",),
        "method_parameters": ("*",),
        "block_parameters": ("*",),
        "lambda_parameters": ("*",),
        "exception_variable": ("*",),
        "for": ("pattern",),
    },
    unbinding=frozenset({"call", "element_reference", "optional_parameter.value"}),
    labels=frozenset({"scope_resolution.name"}),
    imports="""
(call !receiver method: (identifier) @_how
  arguments: (argument_list (string (string_content) @module))
  (#match? @_how "^(require|require_relative|load)$")) @statement
""",
    import_words=(b"require", b"load"),
)
