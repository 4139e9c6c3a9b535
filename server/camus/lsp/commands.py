"""The fixed table of commands that ask for an answer; selecting and trusting is in `choices`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from camus.actions import ACTIONS
from camus.analysis import Finding
from camus.journal import Verdict
from camus.lsp import views
from camus.lsp.acceptance import Acceptance
from camus.lsp.arguments import (
    Judged,
    Known,
    Modify,
    Place,
    Preview,
    Question,
    Range,
    Review,
    strategy_of,
    taken,
    ticket_or,
)
from camus.lsp.choices import Choices
from camus.lsp.code_actions import (
    APPLY,
    edit_for,
    findings_in,
    new_id,
    perform,
    request_for,
)
from camus.lsp.edits import label
from camus.lsp.harmless import harmless
from camus.lsp.pages import Pages, show
from camus.lsp.partial import Partial
from camus.lsp.positions import span_of
from camus.lsp.reviews import Reviews
from camus.lsp.session import Session
from camus.lsp.sweeps import Sweeps
from camus.lsp.tickets import Ticket
from camus.orchestrator import OnText, Outcome, Request, attributed
from camus.routing import Override
from camus.source import Document, Span

Token = lsp.ProgressToken | None
Run = Callable[[object, Token], Awaitable[object]]


class Commands:
    """Every command a client may run; the names are `COMMANDS` of the server."""

    def __init__(
        self,
        session: Session,
        *,
        choices: Choices,
        reviews: Reviews,
        acceptance: Acceptance,
        pages: Pages,
    ) -> None:
        """Work for one session."""
        self._session = session
        self._choices = choices
        self._reviews = reviews
        self._acceptance = acceptance
        self._pages = pages
        self._table: Mapping[str, Run] = {
            APPLY: self._apply,
            "camus.ask": self._ask,
            "camus.clearModelLock": choices.clear_model_lock,
            "camus.explain": self._explain,
            "camus.feedback": self._feedback,
            "camus.models": choices.models,
            "camus.pipelines": choices.pipelines,
            "camus.preview": self._preview,
            "camus.prompt": self._prompt,
            "camus.review": self._review,
            "camus.reviewWorkspace": Sweeps(session, reviews).run,
            "camus.runPipeline": self._run_pipeline,
            "camus.selectModel": choices.select_model,
            "camus.selectPipeline": choices.select_pipeline,
            "camus.selectStrategy": choices.select_strategy,
            "camus.showDecision": self._show_decision,
            "camus.trust": choices.trust,
        }

    async def execute(self, params: lsp.ExecuteCommandParams) -> object:
        """Run a command; raises InvalidParams for an unknown one or bad arguments."""
        run = self._table.get(params.command)
        if run is None:
            raise JsonRpcInvalidParams("unknown command")
        return await run(params.arguments, params.work_done_token)

    async def _apply(self, arguments: object, token: Token) -> object:
        """What a code action does for a client that cannot resolve one."""
        ticket = taken(arguments, Ticket)
        request = request_for(self._session, ticket)
        return await self._edit(request, ACTIONS[ticket.action].title, token)

    async def _run_pipeline(self, arguments: object, token: Token) -> object:
        """An instruction through a pipeline; the result is applied."""
        given = taken(arguments, Modify)
        document = self._document(given.uri)
        span = self._span(document, given.range)
        strategy = strategy_of(given.strategy)
        pipeline = given.pipeline or ("" if strategy else await self._choices.pipeline())
        if not (pipeline or strategy):
            return None
        request = Request(
            new_id(),
            "modify",
            document,
            span,
            instruction=given.instruction,
            override=Override(pipeline=pipeline, strategy=strategy),
            whole_target=given.range is None,
            several=True,
        )
        title = f"Pipeline {pipeline}" if pipeline else f"Strategy {strategy}"
        return await self._edit(request, title, token)

    async def _edit(self, request: Request, title: str, token: Token) -> object:
        """Answer and apply, checking before and after that the code is still the same."""
        session = self._session
        outcome = await perform(session, request, title, token)
        view = views.answer_view(outcome)
        if outcome.state != "done" or not outcome.edits:
            self._choices.declined(title, outcome)
            return {**view, "applied": False}
        applied = await session.client.apply(
            await edit_for(session, self._acceptance, outcome), f"{title} · {label(outcome)}"
        )
        async with session.engine() as engine:
            verdict: Verdict = "accepted" if applied else "rejected"
            if self._acceptance.news(outcome.id, verdict):
                engine.feedback(outcome.id, verdict)
        if not applied:
            session.client.show("warning", f"{title}: the editor did not apply the change.")
        return {**view, "applied": applied}

    async def _explain(self, arguments: object, token: Token) -> object:
        """Explain a symbol; its hover shows the explanation from then on."""
        given = ticket_or(arguments, Place)
        request = self._request("explain", given)
        on_text = None if isinstance(given, Ticket) else self._streaming(given.partial)
        outcome = await perform(self._session, request, "Explain", token, on_text=on_text)
        return await self._tell("Explain", outcome)

    async def _ask(self, arguments: object, token: Token) -> object:
        """Any question."""
        given = taken(arguments, Question)
        document = self._document(given.uri) if given.uri else Document("untitled:ask", "", "text")
        span = self._span(document, given.range)
        request = Request(
            new_id(),
            "ask",
            document,
            span,
            instruction=given.question,
            override=self._session.override,
        )
        on_text = self._streaming(given.partial)
        outcome = await perform(self._session, request, "Ask", token, on_text=on_text)
        return await self._tell("Ask", outcome)

    def _streaming(self, token: Token) -> OnText | None:
        return None if token is None else Partial(self._session.client, token).heard

    async def _tell(self, title: str, outcome: Outcome) -> object:
        view = views.answer_view(outcome)
        text = harmless(outcome.text)
        if outcome.state != "done" or not text:
            self._choices.declined(title, outcome)
            return {**view, "text": ""}
        footer = "\n\n".join((f"*{label(outcome)}*", *outcome.warnings))
        page = f"{text.rstrip()}\n\n---\n\n{footer}\n"
        await show(self._session.client, self._pages, f"{outcome.action}-{outcome.id}", page)
        return {**view, "text": text}

    async def _review(self, arguments: object, token: Token) -> object:
        """Review a symbol: findings as diagnostics, and a summary."""
        given = ticket_or(arguments, Review)
        aspects = () if isinstance(given, Ticket) else given.aspects
        on_text = None if isinstance(given, Ticket) else self._streaming(given.partial)
        request = self._request("review", given)
        outcome = await perform(self._session, request, "Review", token, on_text=on_text)
        if outcome.state not in {"done", "nothing"}:
            self._choices.declined("Review", outcome)
            return views.answer_view(outcome)
        findings = tuple(f for f in attributed(outcome) if not aspects or f.aspect in aspects)
        shown = self._reviews.publish(outcome, findings)
        return {**views.answer_view(outcome), "text": harmless(outcome.text), "findings": shown}

    async def _preview(self, arguments: object, token: Token) -> object:
        """An answer with its edit, judgement and decision, applied by nobody."""
        given = taken(arguments, Preview)
        request = self._wanted(given)
        outcome = await perform(self._session, request, ACTIONS[given.action].title, token)
        self._choices.offer_consent_for(outcome)
        edit = None
        if outcome.edits:
            edit = await edit_for(self._session, self._acceptance, outcome)
        return {
            **views.answer_view(outcome),
            "edit": edit,
            "files": views.files_view(outcome),
            "text": harmless(outcome.text),
            "report": views.report_view(outcome.report),
            "decision": views.decision_view(outcome.decision),
            "needsConfirmation": outcome.needs_confirmation,
        }

    async def _prompt(self, arguments: object, _token: Token) -> object:
        """The text that a preview would send, as if its place had consent; it is not sent."""
        request = self._wanted(taken(arguments, Preview))
        async with self._session.engine() as engine:
            self._session.show_documents_to(engine)
            return views.prompt_view(await engine.preview(request, agreed=True))

    def _wanted(self, given: Preview) -> Request:
        if given.action not in ACTIONS:
            raise JsonRpcInvalidParams(f"no such action; there are {', '.join(ACTIONS)}")
        document = self._document(given.uri)
        selected = self._session.override
        return Request(
            new_id(),
            given.action,
            document,
            self._span(document, given.range),
            instruction=given.instruction,
            diagnostics=self._findings(given, document),
            override=replace(
                selected,
                model=given.model or selected.model,
                pipeline=given.pipeline or selected.pipeline,
                strategy=strategy_of(given.strategy) or selected.strategy,
            ),
            fresh=given.fresh,
            several=True,
        )

    async def _show_decision(self, arguments: object, _token: Token) -> object:
        """Why the last answer, or one by its id, came from where it came."""
        given = taken(arguments, Known)
        async with self._session.engine() as engine:
            outcome = engine.outcome(given.id)
        if outcome is None:
            self._session.client.show("info", "Camus has not answered anything yet.")
            return None
        page = harmless(views.decision_page(outcome))
        await show(self._session.client, self._pages, f"decision-{outcome.id}", page)
        return {
            **views.answer_view(outcome),
            "report": views.report_view(outcome.report),
            "decision": views.decision_view(outcome.decision),
        }

    async def _feedback(self, arguments: object, _token: Token) -> object:
        """What the user did with an answer, of what kind it was, and how it should have been."""
        given = taken(arguments, Judged)
        async with self._session.engine() as engine:
            known = True
            if self._acceptance.news(given.id, given.verdict):
                known = engine.feedback(given.id, given.verdict)
            if given.kind is not None:
                known = engine.correct_answered(given.id, given.kind) and known
            if given.correction is None:
                return known
            found = await engine.mend(given.id, given.correction, given.fault)
            return False if found is None else views.mend_view(found)

    def _request(self, action: str, given: Ticket | Place | Review) -> Request:
        if isinstance(given, Ticket):
            return request_for(self._session, given)
        document = self._document(given.uri)
        span = self._span(document, given.range)
        override = self._session.override
        return Request(new_id(), action, document, span, override=override, fresh=given.fresh)

    def _document(self, uri: str) -> Document:
        document = self._session.documents.get(uri)
        if document is None:
            raise JsonRpcContentModified("the document is not open")
        return document

    def _span(self, document: Document, place: Range | None) -> Span:
        if place is None:
            return document.span
        return span_of(document, place.plain(), self._session.client.can.encoding)

    def _findings(self, given: Preview, document: Document) -> tuple[Finding, ...]:
        diagnostics = [diagnostic.plain() for diagnostic in given.diagnostics]
        return findings_in(diagnostics, document, self._session.client.can)
