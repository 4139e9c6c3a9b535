"""What a code action carries from the offer to its resolution, and finding its target again."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from camus.actions import Offer
from camus.analysis import Finding, Severity
from camus.source import Document, Span

_HEAD = 80
_MOST_TRIED = 1000


class Stale(Exception):
    """Raised when a target was changed, removed, or now stands there more than once."""


class BadTicket(Exception):
    """Raised when a code action's data was not made by this version of Camus."""


class Problem(msgspec.Struct, frozen=True):
    """A diagnostic of the editor, as much of it as a fix needs."""

    rule: str
    message: str
    span: Span
    severity: Severity = "warning"
    source: str = ""

    @classmethod
    def of(cls, finding: Finding) -> Problem:
        """What a fix needs of a finding."""
        return cls(finding.rule, finding.message, finding.span, finding.severity, finding.source)

    def finding(self, by: int = 0) -> Finding:
        """The finding again, moved by a number of characters."""
        span = Span(max(0, self.span.start + by), max(0, self.span.end + by))
        return Finding(self.rule, self.message, span, severity=self.severity, source=self.source)


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """Everything needed to do an offered action later; spans are in characters of `version`.

    `hash` is of the target's text, `head` its first characters, by which it is looked for.
    """

    v: Literal[1] = 1
    action: str
    uri: str
    version: int | None
    span: Span
    hash: str
    head: Annotated[str, Meta(max_length=_HEAD)]
    diagnostics: tuple[Problem, ...] = ()


def ticket_for(offer: Offer, document: Document) -> Ticket:
    """The ticket of an offer over this snapshot."""
    return mark(offer.action.id, document, offer.target, offer.diagnostics)


def mark(action: str, document: Document, span: Span, findings: tuple[Finding, ...] = ()) -> Ticket:
    """The ticket of an action over a span of this snapshot."""
    return Ticket(
        action=action,
        uri=document.uri,
        version=document.version,
        span=span,
        hash=document.fingerprint(span),
        head=document.text[span.start : min(span.end, span.start + _HEAD)],
        diagnostics=tuple(Problem.of(finding) for finding in findings),
    )


def pack(ticket: Ticket) -> object:
    """The ticket as plain JSON values."""
    return msgspec.to_builtins(ticket)


def unpack(data: object) -> Ticket:
    """The ticket in a code action's `data`; raises `BadTicket`."""
    try:
        return msgspec.convert(data, Ticket)
    except msgspec.ValidationError as error:
        raise BadTicket(str(error)) from None


def find(ticket: Ticket, document: Document) -> Span:
    """Where the ticket's target stands now; raises `Stale` unless that is beyond doubt."""
    span = ticket.span
    if _is_at(ticket, document, span.start) and ticket.version == document.version:
        return span
    if not len(span):
        raise Stale("the place can no longer be told")
    places = _places(ticket, document)
    if len(places) != 1:
        raise Stale("the code was changed" if not places else "the code stands there twice")
    return Span(places[0], places[0] + len(span))


def _places(ticket: Ticket, document: Document) -> list[int]:
    """At most two places; a head that stands in very many is not looked for to the end."""
    found: list[int] = []
    start = document.text.find(ticket.head)
    for _tried in range(_MOST_TRIED):
        if start < 0 or len(found) == 2:
            return found
        if _is_at(ticket, document, start):
            found.append(start)
        start = document.text.find(ticket.head, start + 1)
    return []


def _is_at(ticket: Ticket, document: Document, start: int) -> bool:
    end = start + len(ticket.span)
    return end <= len(document.text) and document.fingerprint(Span(start, end)) == ticket.hash
