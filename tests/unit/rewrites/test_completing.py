"""An existing docstring keeps every word and gains what it lacks."""

from __future__ import annotations

import ast

import pytest

from support.rewriting import written

CODE = "def send(data: bytes, *, retries: int = 3) -> int:\n{doc}    return count(data)\n"
CASES = {
    "prose alone gains the sections": (
        ('    """Send it."""\n'),
        (
            '    """Send it.\n'
            "\n"
            "    Args:\n"
            "        data: Bytes.\n"
            "        retries: An integer. Defaults to 3.\n"
            "\n"
            "    Returns:\n"
            "        An integer.\n"
            '    """\n'
        ),
    ),
    "a missing parameter joins the others at its place": (
        (
            '    """Send it.\n'
            "\n"
            "    Args:\n"
            "        retries: How often.\n"
            "\n"
            "    Returns:\n"
            "        The count.\n"
            '    """\n'
        ),
        (
            '    """Send it.\n'
            "\n"
            "    Args:\n"
            "        data: Bytes.\n"
            "        retries: How often.\n"
            "\n"
            "    Returns:\n"
            "        The count.\n"
            '    """\n'
        ),
    ),
    "a section with types keeps types": (
        (
            '    """Send it.\n'
            "\n"
            "    Args:\n"
            "        data (bytes): What.\n"
            "\n"
            "    Returns:\n"
            "        int: The count.\n"
            '    """\n'
        ),
        (
            '    """Send it.\n'
            "\n"
            "    Args:\n"
            "        data (bytes): What.\n"
            "        retries (int): Defaults to 3.\n"
            "\n"
            "    Returns:\n"
            "        int: The count.\n"
            '    """\n'
        ),
    ),
    "a new section goes before the examples": (
        ('    """Send it and return the count.\n\n    Example:\n        send(b"")\n    """\n'),
        (
            '    """Send it and return the count.\n'
            "\n"
            "    Args:\n"
            "        data: Bytes.\n"
            "        retries: An integer. Defaults to 3.\n"
            "\n"
            "    Example:\n"
            '        send(b"")\n'
            '    """\n'
        ),
    ),
    "NumPy's style is kept": (
        (
            '    """Send it.\n'
            "\n"
            "    Parameters\n"
            "    ----------\n"
            "    data : bytes\n"
            "        What.\n"
            "\n"
            "    Returns\n"
            "    -------\n"
            "    int\n"
            '    """\n'
        ),
        (
            '    """Send it.\n'
            "\n"
            "    Parameters\n"
            "    ----------\n"
            "    data : bytes\n"
            "        What.\n"
            "    retries : int, default: 3\n"
            "\n"
            "    Returns\n"
            "    -------\n"
            "    int\n"
            '    """\n'
        ),
    ),
    "Sphinx's style is kept": (
        ('    """Send it.\n\n    :param retries: How often.\n    :returns: The count.\n    """\n'),
        (
            '    """Send it.\n'
            "\n"
            "    :param data: Bytes.\n"
            "    :param retries: How often.\n"
            "    :returns: The count.\n"
            '    """\n'
        ),
    ),
    "Sphinx's types are kept": (
        (
            '    """Send it.\n'
            "\n"
            "    :param data: What.\n"
            "    :type data: bytes\n"
            "    :rtype: int\n"
            '    """\n'
        ),
        (
            '    """Send it.\n'
            "\n"
            "    :param data: What.\n"
            "    :type data: bytes\n"
            "    :param retries: Defaults to 3.\n"
            "    :type retries: int\n"
            "    :rtype: int\n"
            '    """\n'
        ),
    ),
    "single quotes become three where lines are added": (
        ("    'Send it and return it.'\n"),
        (
            '    """Send it and return it.\n'
            "\n"
            "    Args:\n"
            "        data: Bytes.\n"
            "        retries: An integer. Defaults to 3.\n"
            '    """\n'
        ),
    ),
    "three single quotes stay": (
        ("    '''Send it and return it.'''\n"),
        (
            "    '''Send it and return it.\n"
            "\n"
            "    Args:\n"
            "        data: Bytes.\n"
            "        retries: An integer. Defaults to 3.\n"
            "    '''\n"
        ),
    ),
    "a flush left docstring stays flush left": (
        ('    """Send it and return it.\n\nMore words.\n"""\n'),
        (
            '    """Send it and return it.\n'
            "\n"
            "More words.\n"
            "\n"
            "Args:\n"
            "    data: Bytes.\n"
            "    retries: An integer. Defaults to 3.\n"
            '"""\n'
        ),
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_what_was_missing_is_added(before: str, after: str) -> None:
    completed = CODE.format(doc=after)
    assert written("│" + CODE.format(doc=before)) == completed
    assert written("│" + completed) == completed


COMPLETE = {
    "parameters told in prose": '"""Send *data*, trying `retries` times; returns a number."""',
    "a style of the author's own": '"""Send it, return it.\n\n    data -- what\n    """',
    "a list": '"""Send it, return it.\n\n    - data: what\n    - retries: how often\n    """',
    "epytext": '"""Send it.\n\n    @param data: what\n    """',
    "names together": '"""Return.\n\n    Args:\n        data, retries: Both.\n    """',
    "escaped stars": '"""Return.\n\n    Args:\n        data: A.\n        retries: B.\n    """',
}


@pytest.mark.parametrize("doc", COMPLETE.values(), ids=COMPLETE)
def test_what_the_author_tells_in_another_way_is_not_repeated(doc: str) -> None:
    text = CODE.format(doc=f"    {doc}\n")
    assert written("│" + text) == text


def test_stars_may_be_escaped() -> None:
    text = (
        'def run(*args, **kwargs):\n    r"""Run.\n\n    Args:\n        \\*args: A.\n'
        '        \\**kwargs: B.\n    """\n    go()\n'
    )
    assert written("│" + text) == text


def test_parameters_of_which_nothing_is_known_are_not_listed_below_prose() -> None:
    text = 'def run(a, b):\n    """Run them."""\n    go(a)\n'
    assert written("│" + text) == text


def test_an_exception_that_prose_mentions_is_not_repeated() -> None:
    text = "def run(a):\n    '''Run or give ValueError.'''\n    if a:\n        raise ValueError\n"
    assert written("│" + text) == text


def test_a_missing_exception_joins_the_others() -> None:
    text = (
        'def run(a):\n    """Run.\n\n    Raises:\n        KeyError: Never.\n    """\n'
        "    if a:\n        raise ValueError\n"
    )
    assert "        KeyError: Never.\n        ValueError: If `a`.\n" in written("│" + text)


def test_backslashes_are_escaped_in_an_ordinary_docstring_and_not_in_a_raw_one() -> None:
    code = 'def cut(text, at="\\n"):\n    {prefix}"""Cut it."""\n    go(text, at)\n'
    assert 'Defaults to `"\\\\n"`.' in written("│" + code.format(prefix=""))
    assert 'Defaults to `"\\n"`.' in written("│" + code.format(prefix="r"))


def test_carriage_returns_are_kept() -> None:
    text = CODE.format(doc='    """Send it."""\n').replace("\n", "\r\n")
    after = written("│" + text)
    assert after.count("\n") == after.count("\r\n")
    assert written("│" + after) == after


def test_an_attribute_that_is_missing_is_added() -> None:
    text = (
        '@dataclass\nclass │Door:\n    """A door.\n\n    Attributes:\n        width: In metres.\n'
        '    """\n\n    width: float\n    open: bool = False\n'
    )
    assert "        width: In metres.\n        open: A Boolean. Defaults to False.\n" in written(
        text
    )


def test_a_default_with_the_docstrings_own_quotes_is_not_written_into_it() -> None:
    text = "def run(a=1, b='''\"\"\"'''):\n    '''Run it.'''\n    go(a, b)\n"
    completed = written("│" + text)
    compile(completed, "sample", "exec")
    docstring = ast.get_docstring(ast.parse(completed).body[0]) or ""  # type: ignore[arg-type]
    assert docstring.startswith("Run it.")
    assert '"""' not in docstring
