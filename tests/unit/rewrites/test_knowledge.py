"""What the body of a Python definition tells: exceptions, results, uses, attributes."""

from __future__ import annotations

import pytest

from camus.actions.rewrites.facts import Facts
from camus.actions.rewrites.python_facts import python_facts
from support.rewriting import Case


def facts_of(text: str) -> Facts:
    """The facts of the first definition, or the marked one."""
    case = Case(text if "│" in text else f"│{text}")
    return python_facts(case.document, case.scope)


def body(*lines: str) -> str:
    return "def run(a, b=None):\n" + "".join(f"    {line}\n" for line in lines)


RAISES = [
    (["raise ValueError"], "ValueError Always."),
    (["if not a:", "    raise ValueError"], "ValueError If `not a`."),
    (["if a:", "    go()", "else:", "    raise ValueError"], "ValueError If `not a`."),
    (["if a is b:", "    go()", "else:", "    raise KeyError"], "KeyError If `a is not b`."),
    (["if not a:", "    go()", "else:", "    raise KeyError"], "KeyError If `a`."),
    (["if a:", "    if b:", "        raise KeyError"], "KeyError If `a` and `b`."),
    (["if a:", "    go()", "elif b:", "    raise KeyError"], "KeyError If `b`."),
    (["if a:", "    go()", "elif b:", "    go()", "else:", "    raise KeyError"], "KeyError "),
    (["if a:", "    return 1", "raise KeyError(a)"], "KeyError If nothing is returned before."),
    (["for x in a:", "    if x:", "        raise KeyError('no such x')"], "KeyError No such x."),
    (["for x in a:", "    if x:", "        raise KeyError"], "KeyError "),
    (["try:", "    go()", "except OSError:", "    raise KeyError"], "KeyError On `OSError`."),
    (["try:", "    raise KeyError", "except LookupError:", "    go()"], ""),
    (["try:", "    raise KeyError", "except (ValueError, KeyError):", "    go()"], ""),
    (["try:", "    raise KeyError", "except:", "    go()"], ""),
    (["try:", "    raise KeyError", "except OSError:", "    go()"], "KeyError Always."),
    (["try:", "    go()", "finally:", "    raise KeyError"], "KeyError Always."),
    (["with suppress(KeyError):", "    raise KeyError"], ""),
    (["with a:", "    raise KeyError"], "KeyError Always."),
    (["def inner():", "    raise KeyError", "inner()"], ""),
    (["raise"], ""),
    (["raise a"], ""),
    (["raise errors.Broken(a) from b"], "errors.Broken Always."),
    (["match a:", "    case 1:", "        raise KeyError('one is bad')"], "KeyError One is bad."),
    (["while True:", "    raise KeyError(f'bad {a} here')"], "KeyError Bad {a} here."),
    (["while True:", "    raise KeyError('bad %s here' % a)"], "KeyError Bad … here."),
    (["while True:", "    raise KeyError('bad {} here'.format(a))"], "KeyError Bad … here."),
    (
        ["while True:", "    raise KeyError('open() is not allowed')"],
        "KeyError open() is not allowed.",
    ),
    (["if a:", "    raise KeyError", "if b:", "    raise KeyError"], "KeyError If `a` or if `b`."),
    (["raise NotImplementedError"], ""),
]


@pytest.mark.parametrize(("lines", "expected"), RAISES)
def test_exceptions_come_with_their_conditions(lines: list[str], expected: str) -> None:
    found = facts_of(body(*lines)).raises
    assert [f"{each.name} {each.known}" for each in found] == ([expected] if expected else [])


RETURNS = [
    (["return 1"], "`1`."),
    (["return"], None),
    (["return None"], None),
    (["go()"], None),
    (["return a"], "`a`."),
    (["return a + b"], "`a + b`."),
    (["found = go()", "return found"], "The found."),
    (["def inner(): ...", "return inner"], "The inner function `inner`."),
    (["class Inner: ...", "return Inner"], "The inner class `Inner`."),
    (["x = go()", "return x"], None),
    (["return len(a)"], "An integer."),
    (["return str(a) if b else None"], "A string or None."),
    (["if a:", "    return []"], "A list or None."),
    (["if a:", "    return []", "else:", "    return {}"], "A list or a dictionary."),
    (["return a is None"], "True or False."),
    (["return a < b"], "`a < b`."),
    (["return not a"], "True or False."),
    (["if a:", "    return True", "return False"], "True or False."),
    (["if a:", "    return True", "return None"], "`True` or None."),
    (["return Header(a)"], "A `Header`."),
    (["return go(a)"], "The result of `go`."),
    (["return a.b.go()"], "The result of `a.b.go`."),
    (["return ', '.join(a)"], "A string."),
    (["return super().run(a)"], "What the base class returns."),
    (["return 'a longer text than one would quote in full'"], "A string."),
    (["return [x for x in a][0]"], None),
    (["return (x for x in a)"], "A generator."),
    (["return lambda: 1"], "A callable."),
    (["return {a: 1}[b](2)(3)"], None),
    (["while True:", "    if a:", "        return []"], "A list."),
    (["try:", "    return []", "except OSError:", "    return {}"], "A list or a dictionary."),
    (["with a:", "    return []"], "A list."),
    (
        ["match a:", "    case 1:", "        return []", "    case _:", "        return []"],
        "A list.",
    ),
    (
        ["if a:", "    return 1", "if b:", "    return 2", "if go():", "    return 3", "return 4"],
        None,
    ),
]


@pytest.mark.parametrize(("lines", "expected"), RETURNS)
def test_results_are_told_as_far_as_they_show(lines: list[str], expected: str | None) -> None:
    found = facts_of(body(*lines)).returns
    assert (found.known if found else None) == expected


YIELDS = [
    (["yield 1"], "`1`."),
    (["yield"], None),
    (["yield from a"], "The items of `a`."),
    (["yield from a", "yield from b"], "Items, one after another."),
    (["yield from a", "yield 1"], "Items, one after another."),
    (["for x in a:", "    yield [x]"], "A list."),
]


@pytest.mark.parametrize(("lines", "expected"), YIELDS)
def test_what_a_generator_gives(lines: list[str], expected: str | None) -> None:
    facts = facts_of(body(*lines))
    assert facts.returns is None
    assert (facts.yields.known if facts.yields else None) == expected


ANNOTATED = [
    ("def f() -> int: return 1", "int", ""),
    ("def f() -> None: return None", "", ""),
    ("def f() -> NoReturn: raise KeyError", "", ""),
    ("def f() -> int: raise KeyError", "", ""),
    ("def f() -> int: ...", "int", ""),
    ("def f() -> 'Item | None': return g()", "Item | None", ""),
    ("def f() -> Iterator[int]: yield 1", "", "int"),
    ("def f() -> Generator[int, None, str]: yield 1", "", "int"),
    ("async def f() -> AsyncIterator[int]: yield 1", "", "int"),
    ("def f() -> Iterator[None]: yield", "", ""),
    ("def f() -> Iterator[int]: return g()", "Iterator[int]", ""),
]


@pytest.mark.parametrize(("text", "returns", "yields"), ANNOTATED)
def test_annotations_tell_the_types(text: str, returns: str, yields: str) -> None:
    facts = facts_of(text)
    assert (facts.returns.type if facts.returns else "") == returns
    assert (facts.yields.type if facts.yields else "") == yields


def test_a_name_the_module_defines_is_not_the_builtin() -> None:
    facts = facts_of("def open(): ...\n\n\ndef │run(a): return open(a)\n")
    assert facts.returns is not None
    assert facts.returns.known == "The result of `open`."


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("a()", "A callable."),
        ("for x in a: go()", "An iterable."),
        ("go(x for x in a)", "An iterable."),
        ("go(a.items())", "A mapping."),
        ("self.a = a", "Kept as `self.a`."),
        ("go(a)", ""),
    ],
)
def test_the_use_of_a_parameter_tells_what_it_is(line: str, known: str) -> None:
    facts = facts_of(f"class Door:\n    def │__init__(self, a):\n        {line}\n")
    assert facts.parameters[0].known == known


def test_parameters_are_those_a_caller_sees() -> None:
    facts = facts_of(
        "class A:\n    @classmethod\n    def │of(cls, /, a, _b, *args: int, c=1, **kw: 'str'): go()"
    )
    assert [each.name for each in facts.parameters] == ["a", "*args", "c", "**kw"]
    assert facts.parameters[1].known == "Any number of integers."
    assert facts.parameters[3].known == "Further keyword arguments, each a string."


def test_a_static_method_has_no_self() -> None:
    facts = facts_of("class A:\n    @staticmethod\n    def │make(a: int): go()\n")
    assert [each.name for each in facts.parameters] == ["a"]


def test_a_default_that_is_long_is_only_optional() -> None:
    facts = facts_of(f"def run(a={'x' * 50}): go()")
    assert facts.parameters[0].known == "Optional."


CLASS = """\
@dataclass
class │Door(Base):
    width: float
    names: list[str] = field(default_factory=list)
    limit: ClassVar[int] = 3
    colour: str = field(default="red")
    made: InitVar[int] = 0
    note: str = ""
    '''Has words of its own.'''
    #: so has this
    other: int
    _hidden: int = 1
    later: "Item" = make()

    def __init__(self, size: int, free):
        self.size = size
        self.free = free
        self.place: Place = Place()
        self._own: int = 1
"""


def test_attributes_are_those_annotated_public_and_without_words_of_their_own() -> None:
    found = {each.name: (each.type, each.default) for each in facts_of(CLASS).attributes}
    assert found == {
        "width": ("float", ""),
        "names": ("list[str]", "list()"),
        "limit": ("int", "3"),
        "colour": ("str", "'red'"),
        "later": ("Item", "make()"),
        "size": ("int", ""),
        "place": ("Place", ""),
    }


def test_the_members_of_an_enumeration_are_left_to_the_eye() -> None:
    assert facts_of("class │Colour(enum.Enum):\n    red: int = 1\n").attributes == ()


@pytest.mark.parametrize(
    "text",
    ["def run[T](a: T, b: int = 1) -> T:\n    if a:\n        raise KeyError\n    return a\n"],
)
def test_newer_syntax_is_read_as_far_as_the_syntax_tree_goes(text: str) -> None:
    facts = facts_of(text)
    assert [each.type for each in facts.parameters] == ["T", "int"]
    assert [each.name for each in facts.raises] == ["KeyError"]
    assert facts.returns is not None


def test_special_methods_need_no_sections() -> None:
    facts = facts_of("class A:\n    def │__getitem__(self, key):\n        raise KeyError(key)\n")
    assert facts.summary == "Return self[key]."
    assert facts.parameters == ()
    assert [each.name for each in facts.raises] == ["KeyError"]


def test_a_property_is_a_thing() -> None:
    facts = facts_of(
        "class A:\n    @functools.cached_property\n    def │size(self) -> int: return 1\n"
    )
    assert facts == Facts("The size.")
