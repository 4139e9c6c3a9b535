"""Takes functions from real files and makes every edit of them that can be made; seeded."""

from __future__ import annotations

import ast
import random
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from bench.edits.bad import KINDS, Kind
from bench.edits.good import GOODS, Good
from bench.edits.piece import Piece
from camus.quality.purity import impurity
from corpus_checks.material import files, python_folders

Framing = Literal["document", "refactor", "fix"]
_AT_LEAST = 5
"""Functions that each kind is tried on, if need be beyond those that were asked for."""
_LOOKED_THROUGH = 4_000
"""Functions that are looked through for them."""

_UNDO = {
    "injected_eval": "do not eval the result of {name}; return it",
    "injected_shell": "remove the shell call from {name}",
    "injected_pickle": "remove the pickle call from {name}",
    "hard_coded_secret": "remove the password from {name}",
    "weak_digest": "remove the digest from {name}",
    "tls_off": "remove the request from {name}",
    "renamed_parameter": "rename the parameter of {name} back, without _new",
    "removed_parameter": "{name} uses a parameter that it does not take; add it",
    "added_parameter": "remove the parameter context from {name}",
    "renamed_function": "rename the function back to {name}",
    "removed_docstring": "add the docstring of {name}",
    "removed_comment": "add a comment to {name}",
    "unused_import": "remove the unused import from {name}",
    "left_breakpoint": "remove the breakpoint from {name}",
    "placeholder": "implement the rest of {name}",
    "emptied": "implement {name}",
    "truncated": "implement the rest of {name}",
    "doubled": "remove the second copy of {name}",
    "mutable_default": "the default of {name} is shared between calls; use None",
    "assert_for_raise": "raise an error in {name} instead of the assertion",
    "hidden_characters": "remove the hidden characters from {name}",
}
"""What somebody asks who wants a bad edit undone; by default that a bug is fixed."""


@dataclass(frozen=True, slots=True)
class Made:
    """One edit: of which kind, good or bad, asked for as what, from which text to which."""

    kind: str
    good: bool
    visible: bool
    asked: Framing
    before: str
    after: str
    name: str
    start: int
    path: str
    said: str = ""
    """The request in words; empty: the action itself says what is wanted."""


def edits(count: int, seed: int) -> Iterator[Made]:
    """All edits of so many functions, each bad one forwards for each action and backwards once.

    Kinds that few functions have room for, a lost `await` for one, are made of further functions.
    """
    found: Counter[str] = Counter()
    for piece, path in functions(count, seed):
        for made in of_piece(piece, path):
            found[made.kind] += made.asked == "fix"
            yield made
    yield from _scarce(found, seed)


def _scarce(found: Counter[str], seed: int) -> Iterator[Made]:
    """Bad edits, and undone, of the kinds that are still too few."""
    for piece, path in islice(_pieces(random.Random(f"scarce {seed}"), seed), _LOOKED_THROUGH):
        kinds = [kind for kind in KINDS if found[kind.name] < _AT_LEAST]
        if not kinds:
            return
        for made in of_piece(piece, path, kinds=kinds, goods=()):
            found[made.kind] += made.asked == "fix"
            yield made


def of_piece(
    piece: Piece, path: str, *, kinds: Sequence[Kind] = KINDS, goods: Sequence[Good] = GOODS
) -> Iterator[Made]:
    """Every edit that can be made of one function."""
    common = (piece.node.name, piece.start, path)
    for good in goods:
        after = good.make(piece)
        if after is not None and after != piece.text and _parses(after):
            said = f"add a comment to {piece.node.name}" if good.name == "comment_added" else ""
            asked: Framing = "fix" if said else good.asked
            yield Made(good.name, True, True, asked, piece.text, after, *common, said)
    for kind in kinds:
        after = kind.make(piece)
        if after is None or after == piece.text:
            continue
        words = f"fix the bug in {piece.node.name}"
        for asked, said in (("document", ""), ("refactor", ""), ("fix", words)):
            made = (piece.text, after, *common, said)
            yield Made(kind.name, False, kind.visible, asked, *made)
        # Undone, it is a fix that is asked for in words.
        said = _UNDO.get(kind.name, "fix the bug in {name}").format(name=piece.node.name)
        made = (after, piece.text, *common, said)
        yield Made(f"undo {kind.name}", True, kind.visible, "fix", *made)


def functions(count: int, seed: int) -> Iterator[tuple[Piece, str]]:
    """Functions of a middling size from the standard library and the installed packages.

    Half of them depend on their arguments alone, so that their behaviour can be looked at.
    """
    chance = random.Random(seed)
    left = {True: count // 2, False: count - count // 2}
    for path in _both(chance):
        if not any(left.values()):
            return
        text = _read(path)
        if text is None:
            continue
        found = [n for n in _definitions(ast.parse(text)) if _fit(n[0])]
        chance.shuffle(found)
        for node, qualified in found[:4]:
            piece = Piece(text, node, random.Random(f"{seed} {path.name} {node.name}"), qualified)
            callable_alone = not impurity(text, qualified)
            if piece.body and left[callable_alone]:
                left[callable_alone] -= 1
                yield piece, path.name
                break


def _pieces(chance: random.Random, seed: int) -> Iterator[tuple[Piece, str]]:
    """Every function of a fitting size, file by file."""
    for path in _both(chance):
        text = _read(path)
        if text is None:
            continue
        for node, qualified in _definitions(ast.parse(text)):
            piece = Piece(text, node, random.Random(f"{seed} {path.name} {node.name}"), qualified)
            if _fit(node) and piece.body:
                yield piece, path.name


def _both(chance: random.Random) -> Iterator[Path]:
    """Files of the standard library and of packages in turn."""
    streams = [files([folder], (".py",), chance) for folder in python_folders()]
    while streams:
        for stream in tuple(streams):
            path = next(stream, None)
            if path is None:
                streams.remove(stream)
            else:
                yield path


def _read(path: Path) -> str | None:
    if path.stat().st_size > 60_000:
        return None
    try:
        text = path.read_bytes().decode("ascii")
    except UnicodeDecodeError:
        return None
    if "\r" in text or "\t" in text or "\f" in text or not _parses(text):
        return None
    return text


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _definitions(tree: ast.Module) -> list[tuple[Function, str]]:
    found: list[tuple[Function, str]] = []
    for node in tree.body:
        if isinstance(node, Function):
            found.append((node, node.name))
        elif isinstance(node, ast.ClassDef):
            found += [(n, f"{node.name}.{n.name}") for n in node.body if isinstance(n, Function)]
    return found


def _fit(node: Function) -> bool:
    """Between 4 and 60 lines, and no statement shares a line with another."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    return 4 <= lines <= 60 and node.body[0].lineno > node.lineno
