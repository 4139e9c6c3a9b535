"""Names and types in words."""

from __future__ import annotations

import pytest

from camus.actions.rewrites.typewords import sentence
from camus.actions.rewrites.wording import Symbol, article, flag_phrase, noun_phrase, summary, words

SUMMARIES = [
    ("function parse_header", "Parse header."),
    ("function parseHTTPHeader", "Parse HTTP header."),
    ("function load_json", "Load JSON."),
    ("function get_user_id ->", "Return the user ID."),
    ("function get_by_name ->", "Return by name."),
    ("function getall ->", "Return all."),
    ("function getregentry ->", "Return the regentry."),
    ("function set_size", "Set the size."),
    ("function settle", "Settle."),
    ("function is_valid ->", "Return whether it is valid."),
    ("function has_items ->", "Return whether it has items."),
    ("method is_valid ->", "Return whether this is valid."),
    ("method should_retry ->", "Return whether to retry."),
    ("method is ->", "Return whether it holds."),
    ("method readable ->", "Return whether this is readable."),
    ("function path_is_local ->", "Return whether the path is local."),
    ("function to_dict ->", "Convert to dict."),
    ("function celsius_to_kelvin ->", "Convert celsius to kelvin."),
    ("function as_tuple ->", "Return this as tuple."),
    ("method from_file ->", "Create from file."),
    ("function on_click", "Handle click."),
    ("function try_lock", "Try to lock."),
    ("function headers ->", "Return the headers."),
    ("function count ->", "Return the count."),
    ("function record_id ->", "Return the record ID."),
    ("function index_files ->", "Index files."),
    ("function test_it_works", "Test it works."),
    ("function main", "Run the program."),
    ("function _main", "Run the program."),
    ("function f ->", "Compute `f`."),
    ("function f", "Run `f`."),
    ("function _", "Run `_`."),
    ("function öffne_tür", "Öffne tür."),
    ("property size", "The size."),
    ("property is_open", "Whether this is open."),
    ("setter size", "Set the size."),
    ("constructor __init__", "Initialize the HTTP server."),
    ("method __repr__", "Return repr(self)."),
    ("method __eq__", "Return self == other."),
    ("class HeaderParser", "Header parser."),
    ("class TestHeaderParser", "Tests of header parser."),
    ("class X", "Class `X`."),
]


@pytest.mark.parametrize(("symbol", "expected"), SUMMARIES)
def test_a_name_becomes_a_summary(symbol: str, expected: str) -> None:
    kind, name, *gives = symbol.split()
    said = summary(Symbol(kind, name, owner="HTTPServer", returns=bool(gives)))  # type: ignore[arg-type]
    assert said == expected


def test_a_verb_that_is_also_a_noun_is_a_verb_when_it_takes_something() -> None:
    assert summary(Symbol("function", "count", returns=True, takes=True)) == "Count."


def test_a_question_names_what_it_asks_about() -> None:
    symbol = Symbol("function", "is_valid", returns=True, subject="`token`")
    assert summary(symbol) == "Return whether `token` is valid."


def test_the_data_model_names_its_operand() -> None:
    assert summary(Symbol("method", "__add__", subject="more")) == "Return self + more."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("follow_links", "Whether to follow links."),
        ("sort_keys", "Whether to sort keys."),
        ("is_open", "Whether it is open."),
        ("has_header", "Whether it has header."),
        ("should_wait", "Whether to wait."),
        ("no_wait", "Whether not to wait."),
        ("strict", ""),
        ("open", ""),
        ("index", ""),
    ],
)
def test_a_flag_is_told_when_its_name_is_a_clause(name: str, expected: str) -> None:
    assert flag_phrase(name) == expected


def test_names_in_words() -> None:
    assert words("parseURL_listOf2Items") == ["parse", "URL", "list", "of2", "items"]
    assert noun_phrase("file_name") == "The file name."
    assert noun_phrase("x") == "A value."


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Item", "an"),
        ("Unit", "a"),
        ("HTTPError", "an"),
        ("URL", "a"),
        ("Book", "a"),
        ("Umbra", "an"),
    ],
)
def test_the_article_follows_the_sound(word: str, expected: str) -> None:
    assert article(word) == expected


TYPES = [
    ("str", "A string."),
    ("int | None", "An integer or None."),
    ("None | int", "An integer or None."),
    ("Optional[str]", "A string or None."),
    ("Union[int, str, None]", "An integer, a string or None."),
    ("list[str]", "A list of strings."),
    ("Sequence[int | str]", "A sequence of integers or strings."),
    ("dict[str, list[int]]", "A dictionary from strings to lists of integers."),
    ("collections.abc.Iterable[Path]", "An iterable of paths."),
    ("tuple[int, ...]", "A tuple of integers."),
    ("tuple[int, str]", "A tuple of an integer and a string."),
    ("tuple[int, int, int, int]", "A `tuple[int, int, int, int]`."),
    ("Literal['a', 'b']", "`'a'` or `'b'`."),
    ("Callable[[int], str]", "A callable."),
    ("type[Item]", "A class."),
    ("Annotated[int, Gt(0)]", "An integer."),
    ("Awaitable[str]", "An awaitable of a string."),
    ("Item", "An `Item`."),
    ("np.ndarray", "A `np.ndarray`."),
    ("Box[Item]", "A `Box[Item]`."),
    ("list[list[list[int]]]", "A list of lists of `list[int]` objects."),
    ("a | b | c | d", "`a | b | c | d`."),
    ("string[]", "An array of strings."),
    ("Promise<string[]>", "A promise of an array of strings."),
    ("Map<string, Item>", "A map from strings to `Item` objects."),
    ("'a' | 'b' | undefined", "`'a'`, `'b'` or undefined."),
    ("(x: string) => void", "A function."),
    ("(string | number)[]", "An array of strings or numbers."),
    ("readonly string[]", "An array of strings."),
    ("{ a: string }", "`{ a: string }`."),
    ("typeof thing", "`typeof thing`."),
    ("void", "Void."),
    ("", ""),
]


@pytest.mark.parametrize(("type_", "expected"), TYPES)
def test_a_type_becomes_a_sentence(type_: str, expected: str) -> None:
    assert sentence(type_) == expected
