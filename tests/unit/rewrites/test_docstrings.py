"""Docstrings for Python: what they say, where they go, and that nothing else changes."""

from __future__ import annotations

import ast

import pytest

from support.rewriting import Case, draft_of, without_docstrings, written

GOOGLE = '''\
def parse_header(line: str, strict: bool = True, *, max_items: int | None = None) -> Header | None:
    """Parse header.

    Args:
        line: A string.
        strict: A Boolean. Defaults to True.
        max_items: An integer or None. Defaults to None.

    Returns:
        A `Header` or None.

    Raises:
        ValueError: If `not line`.
    """
    if not line:
        raise ValueError("empty header")
    return Header(line)
'''
NUMPY = '''\
def parse_header(line: str, strict: bool = True, *, max_items: int | None = None) -> Header | None:
    """Parse header.

    Parameters
    ----------
    line : str
    strict : bool, default: True
    max_items : int | None, default: None

    Returns
    -------
    Header | None

    Raises
    ------
    ValueError
        If `not line`.
    """
    if not line:
        raise ValueError("empty header")
    return Header(line)
'''
SPHINX = '''\
def parse_header(line: str, strict: bool = True, *, max_items: int | None = None) -> Header | None:
    """Parse header.

    :param line: A string.
    :param strict: A Boolean. Defaults to True.
    :param max_items: An integer or None. Defaults to None.
    :returns: A `Header` or None.
    :raises ValueError: If `not line`.
    """
    if not line:
        raise ValueError("empty header")
    return Header(line)
'''


def _bare(text: str) -> str:
    start, end = text.index('    """'), text.rindex('"""\n') + 4
    return text[:start] + text[end:]


@pytest.mark.parametrize(
    ("style", "expected"), [("google", GOOGLE), ("numpy", NUMPY), ("sphinx", SPHINX)]
)
def test_a_function_is_documented_in_each_style(style: str, expected: str) -> None:
    assert written(_bare(expected), style=style) == expected


@pytest.mark.parametrize("expected", [GOOGLE, NUMPY, SPHINX])
def test_the_style_is_that_of_the_other_docstrings_of_the_file(expected: str) -> None:
    other = expected.replace("parse_header", "other")
    assert written(f"{other}\n\n{_bare(expected)}") == f"{other}\n\n{expected}"


@pytest.mark.parametrize("style", ["google", "numpy", "sphinx"])
@pytest.mark.parametrize("code", [GOOGLE, NUMPY, SPHINX])
def test_a_complete_docstring_of_any_style_stays(code: str, style: str) -> None:
    assert written("│" + code, style=style) == code


PLACES = [
    ("one line", "def close(): return 1\n", '    """Close.\n\n    Returns:\n        `1`.\n'),
    ("a stub", "class A:\n\tdef run(self): ...\n", '\t\t"""Run."""\n\t\t...\n'),
    ("an empty class", "class Parser: pass\n", 'Parser:\n    """Parser."""\n\n    pass\n'),
    ("a comment first", "def run():\n    # why\n    go()\n", '):\n    """Run."""\n    # why\n'),
    ("a remark", "def run():  # noqa\n    go()\n", '# noqa\n    """Run."""\n    go()\n'),
    ("two spaces", "class A:\n  def run(self):\n    go()\n", '\n    """Run."""\n    go()\n'),
    ("CRLF", "def run():\r\n    go()\r\n", '():\r\n    """Run."""\r\n    go()\r\n'),
    ("CR", "def run():\r    go()\r", '():\r    """Run."""\r    go()\r'),
    ("no final newline", "def run(): go()", '():\n    """Run."""\n    go()'),
    ("a decorator", "@a(b, key=':')\ndef run():\n    go()\n", '():\n    """Run."""\n    go()\n'),
    ("many lines", "def run(\n    x=1,  # :\n):\n    go()\n", '):\n    """Run.\n\n    Args:\n'),
    ("a lambda", "def run(x=lambda: 1):\n    go()\n", '1):\n    """Run.\n'),
    ("blank first", "def run():\n\n \n    go()\n", '():\n    """Run."""\n    go()\n'),
    ("blank CRLF", "def run():\r\n\r\n    go()\r\n", '():\r\n    """Run."""\r\n    go()\r\n'),
    ("blank and a def", "def run():\n\n    def go(): ...\n", '"""Run."""\n\n    def go(): ...\n'),
    ("blank in a class", "class A:\n\n    x = 1\n", ':\n    """Class `A`."""\n\n    x = 1\n'),
    ("type parameters", "class Box[T: int]:\n    def run(self): ...\n", ']:\n    """Box."""\n\n'),
    ("a nested def", "def run():\n    def inner(): ...\n", '    """Run."""\n    def inner()'),
    ("other letters", "def größe_lesen():\n    go()\n", '"""Größe lesen."""'),
    ("a form feed", "\f\ndef run():\n    go()\n", '():\n    """Run."""\n    go()\n'),
]


@pytest.mark.parametrize(
    ("text", "part"), [case[1:] for case in PLACES], ids=[c[0] for c in PLACES]
)
def test_the_docstring_goes_to_its_place(text: str, part: str) -> None:
    after = written(text)
    assert part in after
    assert written(after) == after


LEFT_ALONE = [
    "@overload\ndef run(x: int) -> int: ...\n",
    "@typing.overload\ndef run(x: int) -> int: ...\n",
    "run = lambda x: x\n",
    'def run():\n    "One" "two."\n',
    'def run():\n    """Do it."""; go()\n',
    "def run(): \\\n    go()\n",
    "x = 1\n",
    "",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_cannot_be_documented_stays(text: str) -> None:
    assert written(text) == text


def test_a_stub_file_gets_no_docstrings() -> None:
    text = "def run(x: int) -> int: ...\n"
    assert written(text, uri="file:///project/sample.pyi") == text


def test_backslashes_make_the_docstring_raw() -> None:
    after = written('def join(sep: str = "\\n"):\n    go()\n')
    assert '    r"""Join.\n' in after
    assert 'Defaults to `"\\n"`.' in after
    ast.parse(after)


@pytest.mark.parametrize("wish", ["in French", "mention the cache"])
def test_a_wish_in_words_goes_to_a_model(wish: str) -> None:
    assert draft_of(Case("│def run(): ..."), instruction=wish) is None


def test_a_class_brings_its_undocumented_public_members_along() -> None:
    text = (
        "│class Door:\n    def open(self): go()\n\n    def _lock(self): go()\n\n"
        "    def __repr__(self): return ''\n\n    def close(self):\n        'Shut.'\n\n"
        "    def __init__(self, width): self.width = width\n"
    )
    after = written(text)
    assert '"""Open."""' in after
    assert '"""Initialize the door.' in after
    assert "_lock(self): go()" in after
    assert "__repr__(self): return ''" in after
    assert "'Shut.'" in after


def test_a_file_gets_all_its_undocumented_symbols_but_not_local_ones() -> None:
    text = "def _outer():\n    def inner():\n        go()\n\n\nclass A:\n    x = 1\n"
    after = written(text)
    assert after.count('"""') == 4
    assert "def inner():\n        go()" in after


def test_a_local_function_is_documented_when_it_is_asked_for() -> None:
    after = written("def outer():\n    def │inner():\n        go()\n")
    assert 'def inner():\n        """Inner."""\n' in after


def test_setters_and_overrides_are_left_alone_among_others() -> None:
    text = (
        "class A:\n    '''A thing.'''\n\n    @property\n    def size(self): return 1\n\n"
        "    @size.setter\n    def size(self, value): go()\n\n"
        "    @override\n    def run(self): go()\n"
    )
    after = written(text)
    assert '"""The size."""' in after
    assert after.count('"""') == 2


@pytest.mark.parametrize("text", [GOOGLE, *(case[1] for case in PLACES if "[T" not in case[1])])
def test_the_code_stays_the_same(text: str) -> None:
    assert without_docstrings(written(text)) == without_docstrings(text)
