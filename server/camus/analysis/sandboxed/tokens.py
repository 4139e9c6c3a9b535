"""The plain values that code holds or compares with, with their neighbours and usual others."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camus.analysis.sandboxed import patterns
else:  # a script finds what stands beside it
    import patterns

_INTS = [0, 1, -1, 2, 3, 7, 10, 100, -5]
_FLOATS = [0.0, 1.0, -1.5, 2.5, 1e-9, 1e6]
_TEXTS = ["", "a", "abc", "Hello World", "a,b;c", " x y ", "1", "-12.5", "A_b-c.d", "line\nnext\n"]
_TEXTS += ["Zo\u00eb \u00df", "\u4e2d\U0001f600", "\udce9x"]
_BYTES = [b"", b"a", b"abc", b"\x00\xff", b"ab\r\ncd"]
_SPECIAL: dict[str, list[Any]] = {
    "path": ["a/b.txt", "", "x.tar.gz", "/x/../y", "dir/", "C:\\a\\b.py", ".hidden", "../up"],
    "url": ["http://a.test/x?y=1#z", "https://u:p@b.test:80/", "a.test", "", "mailto:a@b.test"],
    "word": ["a", "name", "snake_case", "CamelCase", "x1", "", "two words", "_private", "a.b"],
    "version": ["1.2.3", "1.0", "", "2.0rc1", "v1.4.0-beta+x", "10"],
    "sep": [",", " ", "-", "\n", "", "::", "'", '"'],
}
_MOST_TOKENS = 60


class Tokens:
    """The values that the code holds, by type, with neighbours; what it compares is learnt."""

    def __init__(
        self, functions: Sequence[ast.FunctionDef], modules: Sequence[ModuleType], chance: Any
    ) -> None:
        self._own: dict[str, list[Any]] = {"int": [], "float": [], "str": [], "bytes": []}
        docs = {ast.get_docstring(each, clean=False) for each in functions}
        for node in (node for each in functions for node in ast.walk(each)):
            if isinstance(node, ast.Constant) and node.value not in docs:
                self.add(node.value)
        for module in modules:
            for name in sorted({name for each in functions for name in _read(each)}):
                self._add_known(module.__dict__.get(name), chance)

    def of(self, name: str) -> list[Any]:
        """The values of a type, those of the code first."""
        if name in _SPECIAL:
            return [*_SPECIAL[name], *self._own["str"]]
        usual: dict[str, list[Any]] = {"int": _INTS, "float": _FLOATS, "str": _TEXTS}
        if name not in usual and name != "bytes":
            return [*_TEXTS]
        return [*self._own[name], *usual.get(name, _BYTES)]

    def add(self, value: Any) -> None:
        """Take in a value that the code holds or compares with."""
        if isinstance(value, bool) or not isinstance(value, int | float | str | bytes):
            return
        if isinstance(value, str | bytes) and len(value) > 100:
            return
        own = self._own[type(value).__name__ if type(value).__name__ in self._own else "str"]
        more = [value]
        if isinstance(value, int):
            more = [value, value + 1, value - 1] if abs(value) < 1_000_000 else []
        for each in more:
            if each not in own and len(own) < _MOST_TOKENS:
                own.append(each)

    def _add_known(self, value: Any, chance: random.Random) -> None:
        """Take in what a name of the module stands for: texts, their collections, patterns."""
        if isinstance(value, re.Pattern):
            for each in patterns.texts(value, chance):
                self.add(each)
        elif isinstance(value, dict | set | frozenset | list | tuple):
            for each in list(value)[:12]:
                self.add(each)
        else:
            self.add(value)


def _read(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
