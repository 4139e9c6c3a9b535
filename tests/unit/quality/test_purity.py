"""Which functions may be called with made-up inputs."""

from __future__ import annotations

import pytest

from camus.quality.purity import impurity

MODULE = """import math
import os
import re
import random
from datetime import datetime
from functools import lru_cache

PATTERN = re.compile("a")
SEEN = []


class Bad(Exception):
    pass


class Box:
    @staticmethod
    def half(x):
        return x // 2

    def own(self):
        return 1


def helper(x):
    return math.sqrt(x)


def dirty(x):
    return os.stat(x)


@lru_cache
def kept(x):
    return x


@register
def marked(x):
    return x
"""


@pytest.mark.parametrize(
    "body",
    [
        "return a + b",
        "return helper(a)",
        "return PATTERN.sub('', a).strip()",
        "return [each for each in sorted(a) if each]",
        "out = {}\n    for x in a:\n        out.setdefault(x, []).append(b)\n    return out",
        "a[0] = b\n    return a",
        "if not a:\n        raise Bad('no')\n    return re.match(b, a).group(1)",
        "def inner(c):\n        return c + a\n    return inner(b)",
        "return kept(a)",
        "yield from a",
        "try:\n        return int(a)\n    except ValueError as error:\n        return str(error)",
        "import textwrap\n    return textwrap.dedent(a)",
    ],
)
def test_what_depends_on_its_arguments_alone_may_be_called(body: str) -> None:
    assert impurity(f"{MODULE}\n\ndef f(a, b=1):\n    {body}\n", "f") == ""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return list(open(a))", "`open`"),
        ("print(a)", "`print`"),
        ("return dirty(a)", "it calls `dirty`"),
        ("return os.path.join(a, b)", "`os`"),
        ("return random.random()", "`random`"),
        ("return datetime.now()", "`now`"),
        ("global SEEN\n    SEEN = a", "outside itself"),
        ("SEEN[0] = a", "`SEEN`"),
        ("a.flag = b", "`flag`"),
        ("return a.send_mail()", "`.send_mail`"),
        ("with a:\n        return b", "as a context"),
        ("return Box()", "class `Box`"),
        ("return unknown(a)", "not known"),
        ("import shutil\n    return a", "`shutil`"),
        ("return marked(a)", "decorated"),
        ("run = eval\n    return run(a)", "`eval`"),
        ("return getattr(a, '__globals__')['x'](b) or a.__subclasses__()", "__subclasses__"),
    ],
)
def test_what_reaches_further_may_not(body: str, reason: str) -> None:
    assert reason in impurity(f"{MODULE}\n\ndef f(a, b=1):\n    {body}\n", "f")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Box.half", ""),
        ("Box.own", "a method"),
        ("missing", "no plain function"),
        ("helper", ""),
        ("dirty", "`os`"),
    ],
)
def test_functions_of_a_module_and_static_methods(name: str, reason: str) -> None:
    found = impurity(MODULE, name)
    assert (reason in found) if reason else (found == "")


@pytest.mark.parametrize("text", ["def f(:", "async def f(a):\n    await a\n", "x" * 9, "\0"])
def test_anything_else_is_a_reason_and_never_an_error(text: str) -> None:
    assert impurity(text, "f")


METHODS = """class Base:
    def full(self):
        return self.name


class Box(Base):
    @property
    def size(self):
        return len(self.kids)

    @classmethod
    def make(cls):
        return cls()

    def label(self, limit=3, *, sep):
        if self.size > limit:
            self.seen = True
        return sep.join([self.full(), *(kid.title for kid in self.kids)])

    def save(self):
        self.file.write(self.name)

    def show(self):
        print(self.name)

    def again(self):
        return super().again()
"""


@pytest.mark.parametrize(
    ("name", "fine"),
    [("label", True), ("save", False), ("show", False), ("again", False), ("make", False)],
)
def test_a_method_may_be_called_on_a_made_up_object_when_it_only_uses_that(
    name: str, fine: bool
) -> None:
    assert impurity(METHODS, f"Box.{name}")
    assert (impurity(METHODS, f"Box.{name}", objects=True) == "") is fine
