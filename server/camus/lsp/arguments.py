"""What each command takes, checked before anything runs; knows shapes, not meanings."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import msgspec
from lsprotocol import types as lsp
from msgspec import Meta
from pygls.exceptions import JsonRpcInvalidParams

from camus.analysis import Aspect
from camus.config import StrategyName, TaskKind, canonical
from camus.lsp.tickets import Ticket

Unit = Annotated[int, Meta(ge=0)]


class Position(msgspec.Struct, frozen=True):
    """A position of the protocol."""

    line: Unit
    character: Unit


class Range(msgspec.Struct, frozen=True):
    """A range of the protocol."""

    start: Position
    end: Position

    def plain(self) -> lsp.Range:
        """The protocol's own value."""
        return lsp.Range(
            lsp.Position(self.start.line, self.start.character),
            lsp.Position(self.end.line, self.end.character),
        )


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """As much of an editor's diagnostic as a fix needs; other keys are ignored."""

    range: Range
    message: str
    code: str | int | None = None
    severity: Annotated[int, Meta(ge=1, le=4)] | None = None
    source: str | None = None

    def plain(self) -> lsp.Diagnostic:
        """The protocol's own value."""
        severity = None if self.severity is None else lsp.DiagnosticSeverity(self.severity)
        return lsp.Diagnostic(
            self.range.plain(),
            self.message,
            severity=severity,
            code=self.code,
            source=self.source,
        )


class _Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """One object, as a command's only argument."""


class _Streamed(_Arguments, frozen=True, kw_only=True):
    """An answer in words, which may be wanted while it is written, under a token."""

    partial: str | int | None = msgspec.field(default=None, name="partialResultToken")


class Place(_Streamed, frozen=True, kw_only=True):
    """Where to work: a range of an open document."""

    uri: str
    range: Range
    fresh: bool = False


class Review(_Streamed, frozen=True, kw_only=True):
    """What to review: a range or (without one) the whole document; all aspects or these."""

    uri: str
    range: Range | None = None
    aspects: tuple[Aspect, ...] = ()
    fresh: bool = False


class ReviewWorkspace(_Arguments, frozen=True, kw_only=True):
    """Which aspects to look for, all without any; and in how many files at the most."""

    aspects: tuple[Aspect, ...] = ()
    files: Annotated[int, Meta(ge=1, le=20_000)] = 2_000


class Preview(Place, frozen=True, kw_only=True):
    """Which action to answer without applying it; `diagnostics` are the editor's, for a fix."""

    action: str
    instruction: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    model: str = ""
    pipeline: str = ""
    strategy: str = ""


class Question(_Streamed, frozen=True, kw_only=True):
    """A question, about a place or about nothing in particular."""

    question: Annotated[str, Meta(min_length=1)]
    uri: str = ""
    range: Range | None = None


class Modify(_Arguments, frozen=True, kw_only=True):
    """An instruction for a range or (without one) the whole document, through a pipeline.

    With a strategy and no pipeline the models of the configuration work as that says.
    """

    uri: str
    range: Range | None = None
    instruction: str = ""
    pipeline: str = ""
    strategy: str = ""


class Named(_Arguments, frozen=True, kw_only=True):
    """A name to select; empty: let the user choose. A model may be locked for a `scope`.

    A `conversation` is this session; a `document` needs its `uri`.
    """

    name: str | None = None
    scope: Literal["conversation", "document", "workspace"] = "conversation"
    uri: str = ""


class Known(_Arguments, frozen=True, kw_only=True):
    """An answer by its id; the last one without."""

    id: str = ""


class Judged(_Arguments, frozen=True, kw_only=True):
    """What the user did with an answer, and perhaps how it should have been.

    `correction` is the text of the whole file as the user has it; `kind` what the request really
    was.
    """

    id: str
    verdict: Literal["accepted", "rejected", "undone", "edited", "good", "bad"]
    correction: str | None = None
    fault: Literal["wrong", "incomplete", "unsafe", "style", "unwanted"] | None = None
    kind: TaskKind | None = None


class Trusted(_Arguments, frozen=True, kw_only=True):
    """Whether to trust the workspace from now on; unset: let the user choose."""

    trust: bool | None = None


T = TypeVar("T")


def taken(arguments: object, kind: type[T]) -> T:
    """The only argument as its type; raises InvalidParams that names the field, not its value."""
    given = list(arguments) if isinstance(arguments, list | tuple) else []
    if len(given) > 1:
        raise JsonRpcInvalidParams("a command takes one object")
    try:
        return msgspec.convert(given[0] if given else {}, kind)
    except msgspec.ValidationError as error:
        raise JsonRpcInvalidParams(str(error)) from None


def strategy_of(word: str) -> StrategyName | None:
    """The strategy that a word means; None for an empty one. Raises InvalidParams."""
    found = canonical(StrategyName, word) if word else None
    if word and found is None:
        raise JsonRpcInvalidParams(f"no such strategy; there are {', '.join(StrategyName)}")
    return found


def named(arguments: object) -> Named:
    """A name to select, as an object or as the plain word that a command line sends."""
    if (
        isinstance(arguments, list | tuple)
        and len(arguments) == 1
        and isinstance(arguments[0], str)
    ):
        return Named(name=arguments[0])
    return taken(arguments, Named)


def ticket_or(arguments: object, kind: type[T]) -> Ticket | T:
    """What a code action carried, or what a client's own menu sends: a place, for instance."""
    given = arguments[0] if isinstance(arguments, list | tuple) and arguments else {}
    if isinstance(given, dict) and "hash" in given:
        return taken(arguments, Ticket)
    return taken(arguments, kind)
