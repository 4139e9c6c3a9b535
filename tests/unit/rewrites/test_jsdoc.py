"""JSDoc for JavaScript and TypeScript, new and completed."""

from __future__ import annotations

import pytest

from camus.source import Document, same_code
from support.rewriting import Case, draft_of, written

NEW_JAVASCRIPT = {
    "parameters, defaults, a promise and errors": (
        (
            "export async function fetchUser(id, retries = 3, ...rest) {\n"
            "  if (!id) throw new TypeError('no id')\n  return get(id)\n}\n"
        ),
        (
            "/**\n * Fetch user.\n *\n * @param id\n * @param {number} [retries=3]\n"
            " * @param {...*} rest\n * @returns {Promise<*>}\n * @throws {TypeError}\n */\n"
        ),
    ),
    "an object taken apart": (
        "const open = (path, { mode = 'r', encoding } = {}) => { go() }\n",
        (
            "/**\n * Open.\n *\n * @param path\n * @param {object} [param1={}]\n"
            " * @param {string} [param1.mode='r']\n * @param param1.encoding\n */\n"
        ),
    ),
    "an array taken apart": (
        "function swap([a, b]) { return [b, a] }\n",
        "/**\n * Swap.\n *\n * @param param0\n * @returns {Array}\n */\n",
    ),
    "nothing to list": ("function close() { go() }\n", "/** Close. */\n"),
    "a question": (
        "const isOpen = (door) => door.state === 'open'\n",
        "/**\n * Return whether `door` is open.\n *\n * @param door\n * @returns {boolean}\n */\n",
    ),
    "a default that is no plain value": (
        "function run(then = () => {}) { go() }\n",
        "/**\n * Run.\n *\n * @param then\n */\n",
    ),
    "a default export": ("export default function () { go() }\n", "/** Default export. */\n"),
    "a flag": (
        "function run(useLinks = true) { go() }\n",
        "/**\n * Run.\n *\n * @param {boolean} [useLinks=true] - Whether to use links.\n */\n",
    ),
}


@pytest.mark.parametrize(("text", "comment"), NEW_JAVASCRIPT.values(), ids=NEW_JAVASCRIPT)
def test_javascript_is_documented(text: str, comment: str) -> None:
    assert written(text, "javascript") == comment + text


NEW_TYPESCRIPT = {
    "types in words, none in braces": (
        (
            "export function parse(line: string, options?: Options, size: number = 3): string[] {\n"
            "  throw new RangeError('x')\n}\n"
        ),
        (
            "/**\n * Parse.\n *\n * @param line - A string.\n"
            " * @param options - An `Options`. Optional.\n"
            " * @param size - A number. Defaults to `3`.\n * @throws {RangeError}\n */\n"
        ),
    ),
    "a declaration": (
        "declare function find(this: Window, name: string): Item | null;\n",
        "/**\n * Find.\n *\n * @param name - A string.\n * @returns An `Item` or null.\n */\n",
    ),
    "a type predicate": (
        "const isItem = (x: unknown): x is Item => true\n",
        (
            "/**\n * Return whether `x` is item.\n *\n * @param x - Any value.\n"
            " * @returns Whether `x` is `Item`.\n */\n"
        ),
    ),
    "nothing comes back": (
        "async function run(): Promise<void> { await go() }\n",
        "/** Run. */\n",
    ),
    "an assertion": (
        "function check(x: unknown): asserts x is Item { go() }\n",
        "/**\n * Check.\n *\n * @param x - Any value.\n */\n",
    ),
    "a generator": (
        "function* walk(): Generator<number> { yield 1 }\n",
        "/**\n * Walk.\n *\n * @yields A number.\n */\n",
    ),
    "an interface": ("interface HeaderOptions { a: string }\n", "/** Header options. */\n"),
}


@pytest.mark.parametrize(("text", "comment"), NEW_TYPESCRIPT.values(), ids=NEW_TYPESCRIPT)
def test_typescript_is_documented(text: str, comment: str) -> None:
    assert written(text, "typescript") == comment + text


def test_members_of_a_class_are_documented_at_their_indentation() -> None:
    text = (
        "class Door {\n\tconstructor(width = 1) { go() }\n\n\tget size() { return 1 }\n\n"
        "\tset size(value) { go() }\n\n\t#lock() { go() }\n\n\tclose() { go() }\n}\n"
    )
    after = written("│" + text, "javascript")
    assert after == (
        "/** Door. */\nclass Door {\n\t/**\n\t * Initialize the door.\n\t *\n"
        "\t * @param {number} [width=1]\n\t */\n\tconstructor(width = 1) { go() }\n\n"
        "\t/** The size. */\n\tget size() { return 1 }\n\n"
        "\t/** Set the size. */\n\tset size(value) { go() }\n\n\t#lock() { go() }\n\n"
        "\t/** Close. */\n\tclose() { go() }\n}\n"
    )


COMPLETED = {
    "a missing parameter": (
        "/**\n * Adds.\n *\n * @param {number} a the first\n * @returns {number} both\n */\n",
        (
            "/**\n * Adds.\n *\n * @param {number} a the first\n * @param {number} [b=1]\n"
            " * @returns {number} both\n */\n"
        ),
    ),
    "a missing parameter before the others": (
        "/**\n * Adds, returns.\n *\n * @param {number} b\n */\n",
        "/**\n * Adds, returns.\n *\n * @param a\n * @param {number} b\n */\n",
    ),
    "one line becomes several": (
        "/** Adds and returns it. */\n",
        "/**\n * Adds and returns it.\n *\n * @param a\n * @param {number} [b=1]\n */\n",
    ),
    "before what comes late": (
        "/**\n * Returns.\n *\n * @example add(1)\n */\n",
        "/**\n * Returns.\n *\n * @param a\n * @param {number} [b=1]\n * @example add(1)\n */\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), COMPLETED.values(), ids=COMPLETED)
def test_a_comment_is_completed_and_then_left_alone(before: str, after: str) -> None:
    code = "function add(a, b = 1) { return a + b }\n"
    assert written(f"│{before}{code}", "javascript") == after + code
    assert written(f"│{after}{code}", "javascript") == after + code


LEFT_ALONE = [
    "/** {@inheritDoc} */\nfunction add(a, b = 1) { return a }\n",
    "/** @type {Adder} */\nconst add = (a, b = 1) => a\n",
    (
        "/**\n * Returns it.\n * @param {number} first\n * @param {number} second\n */\n"
        "function add(a, b = 1) { return a }\n"
    ),
    (
        "/**\n * Returns it.\n * @param {object} options\n * @param {number} options.a\n */\n"
        "function add({ a = 1 }) { return a }\n"
    ),
    "/** Returns it. */\nfunction add(a, b) { return a }\n",
    "/** Returns it or throws. */\nfunction add() { throw new Error() }\n",
    "go(); function add(a = 1) { return a }\n",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_comments_that_say_it_already_stay(text: str) -> None:
    at = text.index("add")
    assert written(f"{text[:at]}│{text[at:]}", "javascript") == text


def test_a_place_without_room_is_said_to_have_none() -> None:
    draft = draft_of(Case("go(); function │add(a = 1) { go() }\n", "javascript"))
    assert draft is not None
    assert draft.notes == ("there is no place for a documentation of its own",)


def test_carriage_returns_are_kept() -> None:
    after = written("function run(a = 1) {\r\n  go()\r\n}\r\n", "javascript")
    assert after.count("\n") == after.count("\r\n")


def test_a_comment_end_in_a_default_does_not_end_the_comment() -> None:
    text = "function run(a = 'x */ y') { go() }\n"
    after = written(text, "javascript")
    before = Document("file:///a.js", text, "javascript")
    assert same_code(before, Document("file:///a.js", after, "javascript"))


def test_other_languages_go_to_a_model() -> None:
    assert draft_of(Case("let x = 1", "cobol")) is None
