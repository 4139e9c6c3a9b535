"""The one story of a request; the only place where rooms meet."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from camus import actions, privacy, routing
from camus.actions import ACTIONS, Offer, Task, Templates
from camus.analysis import Finding, Tools
from camus.config import Config, Loaded, TaskKind
from camus.journal import Correction, Feedback, Journal, Mended, Noted, Verdict
from camus.models import Completion, Models, Profile
from camus.orchestrator import elsewhere, strategies
from camus.orchestrator.aside import aside
from camus.orchestrator.asking import OnText
from camus.orchestrator.auditing import asks_models, decided, moved
from camus.orchestrator.corrections import Mend, mend
from camus.orchestrator.elsewhere import Ground
from camus.orchestrator.explanations import Explanations
from camus.orchestrator.flights import Flights
from camus.orchestrator.locks import Locks
from camus.orchestrator.outcomes import Trace, earlier_kinds, finished, outcome_of
from camus.orchestrator.preview import Preview, preview
from camus.orchestrator.rooms import Rooms, Watch, project_of, reviewers_of, run_of
from camus.orchestrator.run import Judged, Run
from camus.orchestrator.snapshot import Snapshot
from camus.orchestrator.values import Outcome, Request, Stage
from camus.privacy import Ledger
from camus.routing import RULES, Plan, Policy
from camus.source import Document, Span

KEPT_OUTCOMES = 64
_log = logging.getLogger("camus.request")


class Orchestrator:
    """One engine for one set of workspace folders; a face owns it and closes it."""

    def __init__(self, rooms: Rooms) -> None:
        """Read the configuration; asks no server yet."""
        self._rooms = rooms
        self._snapshot = rooms.snapshot(None, None)
        self._flights: Flights[Completion] = Flights()
        self._outcomes: OrderedDict[str, Outcome] = OrderedDict()
        self._explanations = Explanations(rooms.store)

    @property
    def loaded(self) -> Loaded:
        """The configuration in force with its problems."""
        return self._snapshot.loaded

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self._snapshot.config

    @property
    def models(self) -> Models:
        """The models of the configuration in force."""
        return self._snapshot.models

    @property
    def tools(self) -> Tools:
        """The analysis tools."""
        return self._rooms.tools

    @property
    def journal(self) -> Journal:
        """The log."""
        return self._rooms.journal

    @property
    def ledger(self) -> Ledger:
        """Trust and consent."""
        return self._rooms.ledger

    @property
    def locks(self) -> Locks:
        """The models that are locked for documents and workspaces."""
        return self._rooms.locks

    @property
    def roots(self) -> tuple[Path, ...]:
        """The workspace folders."""
        return self._rooms.roots

    @property
    def problems(self) -> tuple[str, ...]:
        """What is degraded beside the configuration: journal, cache, permissions."""
        rooms = self._rooms
        kept = (rooms.journal, rooms.shared, rooms.ledger, rooms.store)
        return tuple(each.problem for each in kept if each.problem)

    def offer(
        self,
        document: Document,
        span: Span,
        diagnostics: Sequence[Finding] = (),
        *,
        only: Sequence[str] = (),
        automatic: bool = False,
    ) -> tuple[Offer, ...]:
        """What can be asked here; asks no model."""
        return actions.applicable(
            document,
            span,
            diagnostics,
            only=only,
            automatic=automatic,
            disabled=self.config.actions.disabled,
        )

    async def perform(
        self,
        request: Request,
        watch: Watch = lambda _stage: None,
        on_text: OnText | None = None,
    ) -> Outcome:
        """Answer a request. Cancelling closes the model's stream; only cancellation escapes.

        `on_text` hears an answer in words while it is written, before anybody has judged it: it
        gets the model's name and a function that makes the text so far.
        """
        started, task = self._rooms.clock(), None
        try:
            task = await aside(request.document, len(request.span), self.task_of, request)
            return await self._performed(request, task, watch, on_text, started=started)
        except asyncio.CancelledError:
            self._finish(request, task, "cancelled", started)
            raise

    async def _performed(
        self, request: Request, task: Task, watch: Watch, on_text: OnText | None, *, started: float
    ) -> Outcome:
        async with self._snapshot.held() as snapshot:
            run = self._run(request, snapshot, watch)
            run.asker = replace(run.asker, on_text=on_text)
            task = await self._with_other_files(run, task, snapshot)
            plan, judged = await self._answer(run, task, snapshot)
            trace = Trace(
                id=request.id,
                task=task,
                plan=plan,
                attempts=tuple(run.attempts),
                steps=tuple(run.drafts),
                nothing_to_do=run.nothing_to_do,
                seconds=self._rooms.clock() - started,
                problems=plan.warnings,
                doubts=tuple(dict.fromkeys(run.doubts)),
                left_out=tuple(dict.fromkeys(run.left_out)),
                board=run.board,
                sources=tuple(dict.fromkeys(chunk.source for chunk in run.chunks or ())),
            )
            outcome = outcome_of(trace, judged, snapshot.models.profiles(), self.journal.stats())
            outcome = await elsewhere.served(run, outcome, judged, plan.threshold)
        self._finish(request, task, outcome.state, started, outcome)
        self._keep(outcome)
        return outcome

    async def _with_other_files(self, run: Run, task: Task, snapshot: Snapshot) -> Task:
        """The task with the files that the user's words name; the steps of a pipeline take none."""
        named = elsewhere.named_in(run.request)
        if not named or self._plan(run.request, task, snapshot).pipeline:
            return task
        ground = Ground(self.roots, self._rooms.ignored, snapshot.index.opened)
        return await elsewhere.prepare(run, task, named, ground)

    def task_of(self, request: Request) -> Task:
        """The request, understood."""
        settings = self.config.classification
        corrections = self.journal.stats().corrections if settings.learn else ()
        task = actions.make_task(
            ACTIONS[request.action],
            request.document,
            request.span,
            instruction=request.instruction,
            diagnostics=request.diagnostics,
            rules=settings,
            whole_target=request.whole_target,
            docstring_style=self.config.actions.docstring_style,
            learned=actions.taught(corrections),
            earlier=earlier_kinds(tuple(self._outcomes.values()), request.document),
        )
        project = project_of(self.roots, request.document)
        return replace(task, project=project, cursor=request.cursor)

    def correct(self, request: Request, kind: TaskKind) -> bool:
        """Learn that a request was of this kind; False where learning is switched off."""
        return self._learn(self.task_of(request), kind, request.id)

    def correct_answered(self, id: str, kind: TaskKind) -> bool:
        """The same for a recent answer by its id; False also where it is not known."""
        outcome = self._outcomes.get(id)
        return outcome is not None and self._learn(outcome.task, kind, id)

    def _learn(self, task: Task, kind: TaskKind, id: str) -> bool:
        if not self.config.classification.learn:
            return False
        found = actions.request_features(
            task.instruction, task.document, task.scope, task.diagnostics
        )
        self.journal.append(actions.correction(found, kind, id=id, at=self._rooms.wall()))
        return True

    def plan_for(self, request: Request, task: Task) -> Plan:
        """The plan a request would have with what is known of the models now."""
        return self._plan(request, task, self._snapshot)

    async def route(self, request: Request) -> tuple[Task, Plan]:
        """The request understood, and its plan once every server told of its models."""
        task = await asyncio.to_thread(self.task_of, request)
        async with self._snapshot.held() as snapshot:
            return task, self._plan(request, task, snapshot, await snapshot.ready())

    async def preview(self, request: Request, *, agreed: bool = False) -> Preview:
        """The prompt that the request's first model would get; asks no model.

        `agreed` shows it as if its place had the user's consent, for who is about to give it.
        """
        task = await asyncio.to_thread(self.task_of, request)
        async with self._snapshot.held() as snapshot:
            run = self._run(request, snapshot, lambda _stage: None)
            profiles = await snapshot.ready()
            run.profiles = {profile.name: profile for profile in profiles}
            plan = self._plan(request, task, snapshot)
            if all(choice.model == RULES for choice in plan.choices):
                awake = tuple(replace(profile, state="ready") for profile in profiles)
                plan = replace(self._plan(request, task, snapshot, awake), rejected=plan.rejected)
            task = await self._with_other_files(run, task, snapshot)
            return await preview(run, task, plan, agreed=agreed)

    @property
    def templates(self) -> Templates:
        """The prompt templates in force."""
        return self._snapshot.templates

    async def hover(self, document: Document, span: Span) -> str:
        """The structural summary of a symbol, below it a kept explanation of exactly this code."""
        return await self._explanations.hover(document, span)

    async def ready(self) -> tuple[Profile, ...]:
        """The models as they are now; asks the servers when that was not done for a while."""
        async with self._snapshot.held() as snapshot:
            return await snapshot.ready()

    def outcome(self, id: str = "") -> Outcome | None:
        """A recent answer by its id, the last one without; for `showDecision`."""
        if id:
            return self._outcomes.get(id)
        return next(reversed(self._outcomes.values()), None)

    def feedback(self, id: str, verdict: Verdict) -> bool:
        """Take what the user did with an answer; False when the id is not known."""
        known = id in self._outcomes or any(self.journal.events(id=id))
        if known:
            self._taught(Feedback(id=id, at=self._rooms.wall(), verdict=verdict))
        return known

    def _taught(self, event: Feedback | Mended) -> None:
        """Add what the user said of an answer, and log where it changed much."""
        before = self.journal.stats()
        self.journal.append(event)
        for words in moved(before, self.journal.stats()):
            _log.info("%s %s", event.id, words)

    async def mend(self, id: str, corrected: str, fault: Correction | None = None) -> Mend | None:
        """Learn how a recent answer should have been, from the whole file as the user has it.

        None when the answer is not known; nothing is learnt of a correction that is refused.
        """
        outcome = self._outcomes.get(id)
        if outcome is None:
            return None
        task = outcome.task
        found = await mend(
            task.document,
            task.document.edited(outcome.edits).text,
            corrected,
            tools=self.tools,
            project=task.project,
            settings=self.config.quality,
            fault=fault,
        )
        if not found.report.refusals:
            self._taught(found.event(id, self._rooms.wall()))
        return found

    async def reload(self, editor: Mapping[str, object] | None = None) -> Loaded:
        """Read the configuration again, with new editor settings when given.

        Requests in flight keep the configuration that they began with.
        """
        old = self._snapshot
        self._snapshot = self._rooms.snapshot(old.loaded, editor)
        self.journal.append(Noted(id="config", at=self._rooms.wall(), what="reload"))
        await old.retire()
        return self._snapshot.loaded

    def observe(self, document: Document) -> None:
        """Let retrieval see an open document instead of its file."""
        self._snapshot.index.update(document)

    def forget(self, uri: str) -> None:
        """The document was closed: retrieval reads the file again."""
        self._snapshot.index.forget(uri)

    async def close(self) -> None:
        """End tools, models and the journal."""
        await self._snapshot.retire()
        for each in (self.tools, self._rooms.types, self._rooms.trials, self._rooms.filters):
            await each.close()
        for kept in (self._rooms.store, self._rooms.shared, self.journal):
            kept.close()

    async def _answer(self, run: Run, task: Task, snapshot: Snapshot) -> tuple[Plan, Judged | None]:
        """Plan and follow the plan; rules that come first do not wait for any server."""
        request = run.request
        run.stage(Stage("planning"))
        plan = self._plan(request, task, snapshot)
        if routing.rules_lead(task, plan) and not snapshot.fresh:
            judged = await run.try_choice(task, plan.choices[0], plan.threshold)
            done = judged is not None and judged.report.score >= plan.threshold
            if done or (run.nothing_to_do and task.action.id != "refactor"):
                return plan, judged
            rules = judged
        else:
            rules = None
        asked = not snapshot.fresh
        run.profiles = {profile.name: profile for profile in await snapshot.ready()}
        if asked:
            plan = self._plan(request, task, snapshot)
        if asks_models(plan):
            self.journal.append(decided(request.id, task, plan, self._rooms.wall()))
        run.reviewers = reviewers_of(plan, snapshot.config, request.override, run.profiles)
        judged = await strategies.follow(run, task, plan) if plan.choices else None
        if judged is None or (rules and rules.report.score > judged.report.score):
            judged = rules or judged
        return plan, judged

    def _plan(
        self,
        request: Request,
        task: Task,
        snapshot: Snapshot,
        profiles: Sequence[Profile] | None = None,
    ) -> Plan:
        seed, now = crc32(request.id.encode()), self._rooms.wall()
        wish = self.locks.applied(request.override, request.document.uri, self.roots)
        policy = Policy(snapshot.config, self._consents(), wish, seed, now)
        known = snapshot.models.profiles() if profiles is None else profiles
        return routing.plan(task, known, self.journal.stats(), policy)

    def _consents(self) -> frozenset[str]:
        return frozenset(consent.destination for consent in self.ledger.consents())

    def rules(self, config: Config) -> privacy.Rules:
        """What the gate lets through now under a configuration."""
        return privacy.Rules(self._consents(), config.privacy.secrets, self._rooms.ignored)

    def _run(self, request: Request, snapshot: Snapshot, watch: Watch) -> Run:
        rules = self.rules(snapshot.config)
        return run_of(request, snapshot, watch, rooms=self._rooms, rules=rules, way=self._flights)

    def _keep(self, outcome: Outcome) -> None:
        document = outcome.task.document
        for older in self._outcomes.values():
            text = older.task.document
            if text.memo and text is not document and text.uri == document.uri:
                text.forget()  # trees of earlier texts would add up
        self._outcomes[outcome.id] = outcome
        while len(self._outcomes) > KEPT_OUTCOMES:
            self._outcomes.popitem(last=False)
        if outcome.action == "explain" and outcome.state == "done" and outcome.model != RULES:
            self._explanations.put(outcome)

    def _finish(
        self,
        request: Request,
        task: Task | None,
        state: str,
        started: float,
        outcome: Outcome | None = None,
    ) -> None:
        """Tell the journal; without a `task` the request ended before it was understood."""
        seconds = self._rooms.clock() - started
        _log.debug("%s finished %s %.3f s", request.id, state, seconds)
        at = self._rooms.wall()
        self.journal.append(finished(request, task, state, outcome, at=at, seconds=seconds))
