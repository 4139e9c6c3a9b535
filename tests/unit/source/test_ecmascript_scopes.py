from __future__ import annotations

import pytest

from camus.source import Document, Scope, Span, definitions, enclosing, imports, syntax_errors

SCRIPT = """\
#!/usr/bin/env node
/** @file What it does. */
import React, { useState as state, useEffect } from 'react';
import * as path from "path";
import './style.css';
const fs = require('fs'); const { a, b: c } = require("pair");

/**
 * Adds.
 * @param {number} x - one
 */
// eslint-disable-next-line
export const add = async (x, { y, z }, ...rest) => {
  if (x || y) throw new TypeError("x");
  else if (z) { console.log(x); }
  return x + y;
};

export default function (size = 3) { return size }

const api = {
  get(url) { return fetch(url) },
  'post': function () {},
  nested: { arrow: () => 5 },
};

class Point extends Base {
  #hidden = 1;
  handle = (event) => { this.x = event; };
  constructor() { super() }
  /** Gets. */
  static async *gen() { yield 1 }
  get value() { return 1 }
}

module.exports = function createApp() { throw new Error('Not implemented') }
Point.prototype.move = function () { // TODO
}
const Memo = React.memo((props) => <div>{props.a}</div>);
app.get('/', (req, res) => { res.send(1); return 2 });
"""

TYPED = """\
export interface Shape { area: string; draw(x: number): void }
type Size = { a: number } | string;
function over(a: string): string;
function over(a: any): any { return a; }
declare function outer(x?: number, ...y: string[]): void;
export abstract class Service<T> implements Shape {
  constructor(private readonly x: number) {}
  abstract stop(): void;
  /** Listens. */
  @HostListener('x', [1])
  public async onX(e: Event): Promise<void> { await this.svc.go(); }
  handler = (e: Event): void => {};
}
enum Kind { A, B }
namespace Inner { export function deep(this: Foo, a = 5): a is Foo { return a } }
export const View: React.FC<P> = ({ a }: P) => { return <div onClick={() => a}>{a}</div> };
/** Marked. */
@Component({ x: 1 })
export class Marked { }
const cast = ((n: number) => n) as unknown as Fn;
"""


def _script(text: str) -> Document:
    return Document("file:///src/sample.jsx", text, "javascriptreact")


def _typed(text: str) -> Document:
    return Document("file:///src/sample.tsx", text, "typescriptreact")


def _named(document: Document) -> dict[str, Scope]:
    return {scope.qualified_name: scope for scope in definitions(document)}


def test_every_way_to_name_a_function() -> None:
    document = _script(SCRIPT)
    assert not syntax_errors(document)
    assert [(scope.kind, scope.qualified_name) for scope in definitions(document)] == [
        ("function", "add"),
        ("function", "default"),
        ("method", "api.get"),
        ("method", "api.post"),
        ("method", "api.nested.arrow"),
        ("class", "Point"),
        ("method", "Point.handle"),
        ("method", "Point.constructor"),
        ("method", "Point.gen"),
        ("method", "Point.value"),
        ("function", "createApp"),
        ("function", "Point.prototype.move"),
        ("function", "Memo"),
    ]


def test_an_arrow_function_with_everything() -> None:
    document = _script(SCRIPT)
    scope = _named(document)["add"]
    assert document.slice(scope.span).startswith("/**\n * Adds.")
    assert document.slice(scope.span).endswith("return x + y;\n};")
    expected = "export const add = async (x, { y, z }, ...rest) =>"
    assert document.slice(scope.header) == expected
    assert document.slice(scope.body).startswith("if (x || y)")
    assert document.slice(scope.body).endswith("return x + y;")
    assert scope.doc_text == "Adds.\n@param {number} x - one"
    assert [(each.name, each.kind) for each in scope.parameters] == [
        ("x", "positional"),
        ("{ y, z }", "positional"),
        ("rest", "args"),
    ]
    assert (scope.raises, scope.calls, scope.effects) == (
        ("TypeError",),
        ("console.log",),
        ("prints",),
    )
    assert (scope.is_async, scope.returns_value, scope.complexity, scope.nesting) == (
        True,
        True,
        4,
        1,
    )


@pytest.mark.parametrize(
    ("name", "header", "body"),
    [
        ("default", "export default function (size = 3)", "return size"),
        ("api.get", "get(url)", "return fetch(url)"),
        ("api.post", "'post': function ()", ""),
        ("api.nested.arrow", "arrow: () =>", "5"),
        ("Point.handle", "handle = (event) =>", "this.x = event;"),
        ("Point.gen", "static async *gen()", "yield 1"),
        ("Point.value", "get value()", "return 1"),
        ("Memo", "const Memo = React.memo((props) =>", "<div>{props.a}</div>"),
    ],
)
def test_header_and_body(name: str, header: str, body: str) -> None:
    document = _script(SCRIPT)
    scope = _named(document)[name]
    assert (document.slice(scope.header), document.slice(scope.body)) == (header, body)


def test_flags_of_scripts() -> None:
    scopes = _named(_script(SCRIPT))
    assert scopes["Point.gen"].yields
    assert scopes["Point.gen"].is_async
    assert scopes["Point.handle"].effects == ("writes this.x",)
    assert scopes["api.nested.arrow"].returns_value
    stubs = {name for name, scope in scopes.items() if scope.is_stub}
    assert stubs == {"api.post", "createApp", "Point.prototype.move"}


@pytest.mark.parametrize(
    ("needle", "name"),
    [
        ("Adds.", "add"),
        ("// eslint", "add"),
        ("export const", "add"),
        ("throw new Type", "add"),
        ("Gets", "Point.gen"),
        ("  static", "Point.gen"),
        ("#hidden", "Point"),
        ("get value", "Point.value"),
        ("props.a", "Memo"),
        ("const Memo", "Memo"),
        ("res.send", ""),
        ("@file", ""),
        ("import './", ""),
    ],
)
def test_a_place_belongs_to_the_innermost_definition(needle: str, name: str) -> None:
    place = SCRIPT.index(needle)
    assert enclosing(_script(SCRIPT), Span(place, place)).qualified_name == name


def test_a_file_comment_is_the_modules_documentation() -> None:
    scope = enclosing(_script(SCRIPT), Span(0, 0))
    assert (scope.kind, scope.doc_text) == ("module", "@file What it does.")
    assert enclosing(_script("// words\nrun()\n"), Span(10, 10)).doc is None
    assert enclosing(_script("/** words */\nrun()\n"), Span(15, 15)).doc is None


def test_imports_of_both_kinds() -> None:
    document = _script(SCRIPT)
    assert [(each.module, each.name, each.alias) for each in imports(document)] == [
        ("react", "default", "React"),
        ("react", "useState", "state"),
        ("react", "useEffect", "useEffect"),
        ("path", "*", "path"),
        ("./style.css", "", "./style.css"),
        ("fs", "default", "fs"),
        ("pair", "a", "a"),
        ("pair", "b", "c"),
    ]


def test_definitions_of_typescript() -> None:
    document = _typed(TYPED)
    assert not syntax_errors(document)
    assert [(scope.kind, scope.qualified_name) for scope in definitions(document)] == [
        ("class", "Shape"),
        ("method", "Shape.draw"),
        ("class", "Size"),
        ("function", "over"),
        ("function", "over"),
        ("function", "outer"),
        ("class", "Service"),
        ("method", "Service.constructor"),
        ("method", "Service.stop"),
        ("method", "Service.onX"),
        ("method", "Service.handler"),
        ("class", "Kind"),
        ("class", "Inner"),
        ("method", "Inner.deep"),
        ("function", "View"),
        ("class", "Marked"),
        ("function", "cast"),
    ]


def test_types_of_parameters_and_results() -> None:
    scopes = _named(_typed(TYPED))
    outer = scopes["outer"].parameters
    assert [(each.name, each.type, each.kind, each.optional) for each in outer] == [
        ("x", "number", "positional", True),
        ("y", "string[]", "args", False),
    ]
    deep = scopes["Inner.deep"]
    assert [(each.name, each.type, each.default) for each in deep.parameters] == [
        ("this", "Foo", ""),
        ("a", "", "5"),
    ]
    assert scopes["Service.onX"].return_type == "Promise<void>"
    assert scopes["Service.constructor"].parameters[0].name == "x"
    assert scopes["View"].parameters[0].type == "P"


def test_decorators_and_documentation_of_typescript() -> None:
    document = _typed(TYPED)
    scopes = _named(document)
    assert scopes["Service.onX"].decorators == ("HostListener('x', [1])",)
    assert scopes["Service.onX"].doc_text == "Listens."
    assert document.slice(scopes["Service.onX"].span).startswith("/** Listens. */")
    assert document.slice(scopes["Service.onX"].header).startswith("public async onX")
    assert scopes["Marked"].decorators == ("Component({ x: 1 })",)
    assert document.slice(scopes["Marked"].header) == "export class Marked"
    assert scopes["Marked"].doc_text == "Marked."
    assert scopes["Service"].calls == ()


def test_declarations_are_no_stubs() -> None:
    stubs = {name for name, scope in _named(_typed(TYPED)).items() if scope.is_stub}
    assert stubs == {"Service.handler"}


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ("{}", True),
        ("{ /* TODO */ }", True),
        ("{ throw new Error('not implemented'); }", True),
        ('{ throw new Error("TODO: later") }', True),
        ("{ throw new Error(`Method not implemented.`); }", True),
        ("{ throw new NotImplementedError() }", True),
        ("{ throw new Error(); }", True),
        ("{ throw new Error('wrong input'); }", False),
        ("{ return 1 }", False),
        ("{ return; }", False),
    ],
)
def test_a_body_without_code_is_a_stub(body: str, stub: bool) -> None:
    assert definitions(_script(f"function f(a) {body}\n"))[0].is_stub is stub


def test_a_constructor_may_be_empty_unless_it_says_otherwise() -> None:
    empty, marked = "class A { constructor() {} }", "class A { constructor() { /* TODO */ } }"
    assert not definitions(_script(empty))[1].is_stub
    assert definitions(_script(marked))[1].is_stub


def test_a_doc_comment_must_stand_next_to_its_definition() -> None:
    apart = definitions(_script("/** Of the file. */\n\nfunction f() {}\n"))[0]
    assert apart.doc is None
    inside = "function f() {\n  /** Last. */\n}\nfunction g() {}\n"
    assert [scope.doc for scope in definitions(_script(inside))] == [None, None]


def test_two_doc_comments_leave_the_nearer_one() -> None:
    document = _script("/** First. */\n/** Second. */\nfunction f() {}\n")
    scope = definitions(document)[0]
    assert scope.doc_text == "Second."
    assert document.slice(scope.span).startswith("/** Second. */")


def test_several_declarators_are_named_each() -> None:
    document = _script("const one = () => 1, two = () => 2, three = 3;\n")
    assert [scope.name for scope in definitions(document)] == ["one", "two"]
    assert document.slice(definitions(document)[0].span) == "one = () => 1"


def test_destructuring_names_no_function() -> None:
    assert definitions(_script("const { a } = () => 1;\n[b] = [() => 2];\n")) == ()


def test_plain_typescript_keeps_its_casts() -> None:
    document = Document("file:///a.ts", "const n = <number>value;\nfunction f<T>(x: T) {}\n", "ts")
    assert not syntax_errors(document)
    assert definitions(document)[0].parameters[0].type == "T"


def test_a_line_separator_and_wide_characters_do_no_harm() -> None:
    document = _script("const s = '漢🙂\u2028';\r\nfunction grüße() {\r\n  return 1;\r\n}\r\n")
    scope = definitions(document)[0]
    assert document.slice(scope.name_span) == "grüße"
    assert document.lines.line_of(scope.span.start) == 1
    assert document.slice(scope.body) == "return 1;"
