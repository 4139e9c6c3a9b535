"""Offers as code actions and code actions as finished edits; keeps nothing between the two."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from camus.actions import ACTIONS, Offer
from camus.analysis import Finding, Severity
from camus.lsp.acceptance import Acceptance
from camus.lsp.capabilities import Capabilities
from camus.lsp.edits import label, moved, workspace_edit
from camus.lsp.positions import span_of
from camus.lsp.progress import Progress
from camus.lsp.session import Session
from camus.lsp.several import others_of
from camus.lsp.tickets import BadTicket, Stale, Ticket, find, pack, ticket_for, unpack
from camus.models import Profile
from camus.orchestrator import OnText, Orchestrator, Outcome, Request, Stage
from camus.routing import RULES
from camus.source import Document

APPLY = "camus.apply"
NEED_A_MODEL = frozenset({"implement"})
"""Actions that no rule answers."""
EAGER_SECONDS = 1.0
"""Two resolves of one document within this time come from a client that resolves everything."""

_SEVERITIES: dict[lsp.DiagnosticSeverity | None, Severity] = {
    lsp.DiagnosticSeverity.Error: "error",
    lsp.DiagnosticSeverity.Warning: "warning",
    lsp.DiagnosticSeverity.Information: "info",
    lsp.DiagnosticSeverity.Hint: "info",
}


@dataclass(slots=True)
class Turns:
    """Who works on which document: one generation at a time for each (F18)."""

    since: dict[str, float] = field(default_factory=dict)
    eager: bool = False
    """Whether the client was seen to resolve actions that nobody chose."""

    def take(self, uri: str, now: float) -> bool:
        """Take the document's turn, or learn how long the other has had it."""
        began = self.since.get(uri)
        if began is None:
            self.since[uri] = now
            return True
        self.eager = self.eager or now - began < EAGER_SECONDS
        return False

    def end(self, uri: str) -> None:
        """Give the turn back."""
        self.since.pop(uri, None)


async def offered(
    session: Session, params: lsp.CodeActionParams
) -> list[lsp.CodeAction | lsp.Command]:
    """What applies to a range, as the client can take it; asks no model."""
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return []
    can = session.client.can
    context = params.context
    known = {_finding(d, document, can): d for d in context.diagnostics}
    async with session.engine() as engine:
        offers = await asyncio.to_thread(  # the first look at a text parses it
            engine.offer,
            document,
            span_of(document, params.range, can.encoding),
            tuple(known),
            only=tuple(str(getattr(kind, "value", kind)) for kind in context.only or ()),
            automatic=context.trigger_kind == lsp.CodeActionTriggerKind.Automatic,
        )
        tags = _tags(engine, can)
        missing = _missing_model(engine) if can.disabled else ""
    if missing:
        session.client.spawn(_look_again(session))
    actions = (_code_action(offer, document, can) for offer in offers)
    shown: list[lsp.CodeAction | lsp.Command] = []
    for offer, action in zip(offers, actions, strict=True):
        if action is None:
            continue
        action.diagnostics = [known[f] for f in offer.diagnostics if f in known] or None
        action.tags = tags
        if missing and offer.action.id in NEED_A_MODEL:
            action.disabled = lsp.CodeActionDisabled(missing)
        shown.append(action if can.literals or action.command is None else action.command)
    return shown


def _code_action(offer: Offer, document: Document, can: Capabilities) -> lsp.CodeAction | None:
    data = pack(ticket_for(offer, document))
    action = lsp.CodeAction(
        offer.title, kind=offer.action.kind, is_preferred=True if offer.preferred else None
    )
    if offer.action.produces != "edit":
        action.command = lsp.Command(offer.title, f"camus.{offer.action.id}", arguments=[data])
    elif can.resolves_edits and can.literals:
        action.data = data
    elif can.applies_edits:
        action.command = lsp.Command(offer.title, APPLY, arguments=[data])
    else:
        return None
    return action


def _tags(engine: Orchestrator, can: Capabilities) -> list[lsp.CodeActionTag] | None:
    """The mark of what a model may have written, while there is a model."""
    able = can.tags and any(p.state in {"ready", "unknown"} for p in engine.models.profiles())
    return [lsp.CodeActionTag.LlmGenerated] if able else None


def _missing_model(engine: Orchestrator) -> str:
    """Why no model can be asked, when that is known; empty while one may be."""
    known = engine.models.profiles()
    if not known or any(p.state in {"ready", "unknown"} for p in known):
        return ""
    return f"this needs a model, and none is ready ({known[0].name}: {known[0].problem})"


async def _look_again(session: Session) -> None:
    """Ask the servers again, so that what was disabled for lack of a model does not stay so."""
    async with session.engine() as engine:
        await engine.ready()


def _finding(diagnostic: lsp.Diagnostic, document: Document, can: Capabilities) -> Finding:
    return Finding(
        rule="" if diagnostic.code is None else str(diagnostic.code),
        message=diagnostic.message,
        span=span_of(document, diagnostic.range, can.encoding),
        severity=_SEVERITIES.get(diagnostic.severity, "warning"),
        source=diagnostic.source or "",
    )


async def resolved(
    session: Session,
    turns: Turns,
    acceptance: Acceptance,
    action: lsp.CodeAction,
    *,
    declined: Callable[[str, Outcome], None],
) -> lsp.CodeAction:
    """The action with its edit, or unchanged after `declined` told the user why.

    Raises ContentModified when its target was changed, removed or stands there twice now.
    """
    if action.edit is not None or action.command is not None or action.data is None:
        return action
    ticket = ticket_in(action.data)
    if not turns.take(ticket.uri, time.monotonic()):
        if not turns.eager:
            busy = f"{action.title}: Camus is still busy with this file; stop that first."
            session.client.show("info", busy)
        return action
    try:
        outcome = await perform(session, request_for(session, ticket), action.title)
    finally:
        turns.end(ticket.uri)
    if outcome.state != "done" or not outcome.edits:
        if not turns.eager:
            declined(action.title, outcome)
        return action
    action.edit = await edit_for(session, acceptance, outcome)
    _label(session, action, outcome)
    return action


def _label(session: Session, action: lsp.CodeAction, outcome: Outcome) -> None:
    can = session.client.can
    action.title = f"{action.title} · {label(outcome)}"
    if outcome.model == RULES:
        action.tags = None
    if outcome.needs_confirmation and not can.annotations:
        score = "" if outcome.report is None else f" ({outcome.report.complaint})"
        session.client.show("warning", f"{action.title}: look at it before you keep it{score}.")


def ticket_in(data: object) -> Ticket:
    """The ticket in a client's data; raises InvalidParams."""
    try:
        return unpack(data)
    except BadTicket as error:
        raise JsonRpcInvalidParams(f"bad data: {error}") from None


async def edit_for(session: Session, acceptance: Acceptance, outcome: Outcome) -> lsp.WorkspaceEdit:
    """The outcome's edit for the documents as they are now; raises ContentModified."""
    can = session.client.can
    try:
        others = await others_of(outcome, session.documents, can)
    except Stale as error:
        raise JsonRpcContentModified(str(error)) from None
    for sentence in others.left_out:
        session.client.show("warning", sentence)
    now = session.documents.get(outcome.task.document.uri)
    if now is None:
        raise JsonRpcContentModified("the document was closed")
    try:
        edits = moved(outcome, now)
    except Stale as error:
        raise JsonRpcContentModified(str(error)) from None
    acceptance.gave(outcome, now, edits)
    return workspace_edit(outcome, edits, now, can, others.files)


def request_for(session: Session, ticket: Ticket) -> Request:
    """The request that a ticket stands for, over the newest snapshot; raises ContentModified."""
    if ticket.action not in ACTIONS:
        raise JsonRpcInvalidParams("bad data: no such action")
    document = session.documents.get(ticket.uri)
    if document is None:
        raise JsonRpcContentModified("the document is not open")
    try:
        span = find(ticket, document)
    except Stale as error:
        raise JsonRpcContentModified(str(error)) from None
    by = span.start - ticket.span.start
    return Request(
        id=new_id(),
        action=ticket.action,
        document=document,
        span=span,
        diagnostics=tuple(problem.finding(by) for problem in ticket.diagnostics),
        override=session.override,
    )


async def perform(
    session: Session,
    request: Request,
    title: str,
    token: lsp.ProgressToken | None = None,
    *,
    on_text: OnText | None = None,
) -> Outcome:
    """Have a request answered, with progress; cancelling it closes the model's connection."""
    status = session.status
    with status.working():
        async with session.engine() as engine, Progress(session.client, title, token) as progress:
            session.show_documents_to(engine)

            asked: list[str] = []

            def watch(stage: Stage) -> None:
                profile = _profile(engine, stage.model)
                progress.report(stage, profile)
                if stage.name in {"rules", "asking"}:
                    others = [name for name in asked if name != stage.model]
                    status.asking(stage.model, profile, others[-1] if others else "")
                    asked.append(stage.model)

            outcome = await engine.perform(request, watch, on_text)
            if outcome.model:
                status.asking(outcome.model, _profile(engine, outcome.model))
            if status.outdated(engine.locks.within(engine.roots)):
                session.on_selected()
            return outcome


def _profile(engine: Orchestrator, name: str) -> Profile | None:
    return next((p for p in engine.models.profiles() if p.name == name), None)


def new_id() -> str:
    """A request's name in log, journal and answer."""
    return uuid.uuid4().hex[:12]


def findings_in(
    diagnostics: Sequence[lsp.Diagnostic], document: Document, can: Capabilities
) -> tuple[Finding, ...]:
    """The editor's diagnostics as findings."""
    return tuple(_finding(diagnostic, document, can) for diagnostic in diagnostics)
