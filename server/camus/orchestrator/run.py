"""One request under way: tries one choice at a time and remembers what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from camus import actions, quality
from camus.actions import Chunk, Draft, Note, Task
from camus.analysis import Tools
from camus.config import Config
from camus.journal import Attempted, Journal, Turn
from camus.models import Profile, Usage
from camus.orchestrator.asking import Answer, Asker
from camus.orchestrator.board import Board
from camus.orchestrator.finishing import Workshop, finish
from camus.orchestrator.texts import on_text, text_after
from camus.orchestrator.values import (
    Agreement,
    Attempt,
    AttemptState,
    Finish,
    Request,
    Stage,
    StepDraft,
    Support,
)
from camus.quality import Deeper, Report
from camus.retrieval import Index
from camus.routing import RULES, Choice
from camus.source import Document

_log = logging.getLogger("camus.request")


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft with its report and where it came from."""

    model: str
    draft: Draft
    report: Report
    cached: bool = False
    repaired: bool = False
    finishes: tuple[Finish, ...] = ()
    agreement: Agreement | None = None
    support: tuple[Support, ...] = ()
    """For each finding of the draft who found it; empty where one looked alone."""
    reply: str = ""
    """What the model sent, where the draft is of one reply alone."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a choice came to: its judged draft, or None, and the answer as it came."""

    judged: Judged | None
    answer: Answer | None = None


@dataclass(slots=True)
class Run:
    """The mutable state of one request; owned by the call that performs it."""

    request: Request
    config: Config
    tools: Tools
    index: Index
    asker: Asker
    journal: Journal
    watch: Callable[[Stage], None]
    clock: Callable[[], float]
    wall: Callable[[], float]
    workshop: Workshop
    deeper: Deeper
    reviewers: tuple[Choice, ...] = ()
    """Who may be asked for a second opinion on a draft of somebody else; mostly nobody."""
    profiles: dict[str, Profile] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    drafts: list[StepDraft] = field(default_factory=list)
    chunks: tuple[Chunk, ...] | None = None
    beside: tuple[Document, ...] = ()
    """Other files that the user named, of which a reply may hold edits too."""
    shown: tuple[Chunk, ...] = ()
    """What a model is shown of them."""
    nothing_to_do: str = ""
    with_tools: bool = True
    """Whether what the tools find joins each review; not where several are merged."""
    board: Board | None = None
    """What the models of a strategy said to each other."""
    doubts: list[str] = field(default_factory=list)
    """Why the answer should be looked at by hand though it passed, a sentence each."""
    left_out: list[str] = field(default_factory=list)
    """What the answer was made without, a sentence each."""

    def stage(self, stage: Stage) -> None:
        """Tell who watches where the request stands; the log without the detail.

        A detail may quote code (what a check complains of), and no log holds code.
        """
        _log.debug("%s %s %s", self.request.id, stage.name, stage.model)
        self.watch(stage)

    async def try_choice(self, task: Task, choice: Choice, threshold: float) -> Judged | None:
        """Have one choice answer and judge it; None when there is nothing to judge."""
        return (await self.tried(task, choice, threshold)).judged

    async def tried(
        self,
        task: Task,
        choice: Choice,
        threshold: float,
        *,
        step: int = 0,
        steps: int = 0,
        heard: Sequence[Note] = (),
        repairs: bool = True,
    ) -> Tried:
        """The same with the answer; `step` of `steps` is shown, `heard` is what others said.

        Without `repairs` only an answer that cannot be read is asked for again.
        """
        started = self.clock()
        if choice.model == RULES:
            return Tried(await self._try_rules(task, choice, threshold, started))
        profile = self.profiles[choice.model]
        chunks = (*self.shown, *(await self.retrieved(task) if choice.retrieval else ()))
        self.stage(Stage("asking", choice.model, choice.reason, step, steps))
        turn: Turn | None = None if steps else "next" if self._rejected() else "first"
        answer = await self.asker.ask(task, choice, profile, chunks, heard)
        judged = await self._judge(task, choice, answer, threshold)
        again_asked = _wants_repair(answer, judged, threshold, repairs=repairs)
        if again_asked:
            self._remember(task, choice, answer, judged, threshold, started, turn=turn)
            started = self.clock()
            complaint = judged.report.complaint if judged else answer.detail
            self.stage(Stage("repairing", choice.model, complaint, step, steps))
            answer = await self.asker.repair(task, choice, profile, answer, complaint)
            again = await self._judge(task, choice, answer, threshold, repaired=True)
            judged = _better(judged, again)
        self._remember(
            task, choice, answer, judged, threshold, started, turn="repair" if again_asked else turn
        )
        return Tried(judged, answer)

    async def refined(
        self, task: Task, choice: Choice, first: Answer, complaint: str, threshold: float
    ) -> Tried:
        """Have the maker of an answer mend what others say of it, in the same conversation."""
        started = self.clock()
        self.stage(Stage("repairing", choice.model, complaint))
        profile = self.profiles[choice.model]
        answer = await self.asker.repair(task, choice, profile, first, complaint)
        judged = await self._judge(task, choice, answer, threshold, repaired=True)
        self._remember(task, choice, answer, judged, threshold, started, turn="repair")
        return Tried(judged, answer)

    async def retrieved(self, task: Task) -> tuple[Chunk, ...]:
        """The chunks for this request, searched once and only when a model is asked."""
        if self.chunks is None:
            settings = self.config.retrieval
            wanted = settings.enabled and settings.max_chunks
            if wanted:
                self.stage(Stage("reading"))
            self.chunks = await self.index.search(task, settings.max_chunks) if wanted else ()
        return self.chunks

    def note(
        self,
        task: Task,
        choice: Choice,
        state: AttemptState,
        detail: str,
        *,
        started: float,
        answer: Answer | None = None,
        judged: Judged | None = None,
        turn: Turn | None = None,
    ) -> None:
        """Keep what an attempt came to, and tell the journal.

        Without a `turn` it tells nothing of how often the checks accept the model's answers.
        """
        seconds = self.clock() - started
        score = judged.report.score if judged else None
        repaired = judged is not None and judged.repaired
        self.attempts.append(
            Attempt(choice.model, choice.reason, state, detail, score, seconds, repaired)
        )
        completion = answer.completion if answer else None
        usage = completion.usage if completion else None
        self.journal.append(
            Attempted(
                id=self.request.id,
                at=self.wall(),
                model=choice.model,
                action=task.action.id,
                kind=task.classified.kind,
                complexity=task.classified.complexity,
                language=task.document.language,
                error=_error_of(answer) or ("refused" if state == "refused" else ""),
                score=score,
                seconds=seconds,
                first_token_seconds=completion.first_token_seconds if completion else None,
                prompt_tokens=(usage.prompt_tokens or 0) if usage else 0,
                completion_tokens=(usage.completion_tokens or 0) if usage else 0,
                cost=self._cost(choice.model, usage),
                cached=answer.cached if answer else False,
                passed=_PASSED.get(state) if turn else None,
                turn=turn or "first",
            )
        )

    def spared(self, choice: Choice) -> None:
        """Keep that a choice was stopped when it could change nothing; that tells nothing of it."""
        self.attempts.append(Attempt(choice.model, choice.reason, "spared"))

    def rolled_back(self, choice: Choice, why: str) -> None:
        """Keep that a step made the whole worse; the step itself is judged and in the journal."""
        self.attempts.append(Attempt(choice.model, choice.reason, "rolled_back", why))

    def late(self, task: Task, choice: Choice) -> None:
        """Keep that a choice had not answered when the strategy's time was up."""
        answer = Answer("error", error="Late")
        self.note(task, choice, "late", "not in time", started=self.clock(), answer=answer)

    def _rejected(self) -> bool:
        """Whether the checks rejected what a model wrote for this request."""
        return any(a.model != RULES and a.state in _REJECTED for a in self.attempts)

    def _cost(self, model: str, usage: Usage | None) -> float:
        """What an answer cost by the model's declared prices."""
        profile = self.profiles.get(model)
        if usage is None or profile is None or profile.price is None:
            return 0.0
        return profile.price.of(usage.prompt_tokens or 0, usage.completion_tokens or 0)

    async def _try_rules(
        self, task: Task, choice: Choice, threshold: float, started: float
    ) -> Judged | None:
        self.stage(Stage("rules", RULES))
        draft = await actions.rewrite(task, self.tools)
        if draft is None:
            self.note(task, choice, "declined", "the rules have no answer", started=started)
            return None
        if not (draft.edits or draft.text or draft.findings):
            self.nothing_to_do = "; ".join(draft.notes) or "there is nothing to do here"
            self.note(task, choice, "declined", self.nothing_to_do, started=started)
            return None
        judged = await self._judge(task, choice, Answer("ok", draft), threshold)
        self._remember(task, choice, Answer("ok", draft), judged, threshold, started)
        return judged

    async def _with_rules(self, task: Task, draft: Draft) -> Draft:
        """A model's review with what the tools find on lines that it says nothing of."""
        rules = await actions.rewrite(replace(task, instruction=""), self.tools)
        if rules is None:
            return draft
        lines = task.document.lines
        told = {lines.line_of(finding.span.start) for finding in draft.findings}
        more = [f for f in rules.findings if lines.line_of(f.span.start) not in told]
        found = sorted((*draft.findings, *more), key=lambda finding: finding.span.start)
        return replace(draft, findings=tuple(found))

    async def _judge(
        self,
        task: Task,
        choice: Choice,
        answer: Answer,
        threshold: float,
        *,
        repaired: bool = False,
    ) -> Judged | None:
        draft = answer.draft
        if draft is None:
            return None
        self.stage(Stage("checking", choice.model))
        finishes: tuple[Finish, ...] = ()
        if choice.model != RULES:
            steps = choice.finishing
            usual = self.config.post_processing.steps
            draft, finishes = await finish(
                task, draft, usual if steps is None else steps, self.workshop
            )
        report = await self.assess(task, draft, choice, threshold)
        if task.action.produces == "findings" and choice.model != RULES and self.with_tools:
            draft = await self._with_rules(task, draft)
        after = text_after(task, draft)
        self.drafts.append(StepDraft(choice.model, after, report.score))
        how = (answer.cached, repaired, finishes)
        return Judged(choice.model, draft, report, *how, reply=answer.reply)

    async def assess(self, task: Task, draft: Draft, choice: Choice, threshold: float) -> Report:
        """The judgement of a draft: the fast checks, and for a model's that passes the others.

        With `quality_validation` off only the fast ones are asked, for their gates.
        """
        settings = self.config.quality
        report = await quality.assess(task, draft, self.tools, task.project, settings)
        if choice.model == RULES or not self.config.multi_model.quality_validation:
            return report
        if report.refusals or report.score < threshold:
            return report
        report = await quality.deepen(task, draft, report, self.deeper)
        if report.score < threshold or task.action.produces != "edit":
            return report
        return await self._second(task, draft, report, choice)

    async def _second(self, task: Task, draft: Draft, report: Report, choice: Choice) -> Report:
        """The report with the opinion of another model, where one is to be asked."""
        other = next((each for each in self.reviewers if each.model != choice.model), None)
        if other is None:
            return report
        said = await self.opinion(task, draft, other, choice.model)
        return quality.lowered(task, draft, report, said, other.model)

    async def opinion(
        self, task: Task, draft: Draft, critic: Choice, of: str
    ) -> actions.Opinion | str:
        """What one model thinks of the draft of another; in words why it said nothing usable."""
        started = self.clock()
        self.stage(Stage("checking", critic.model, f"a second opinion on {of}"))
        after = await asyncio.to_thread(on_text, task, draft)
        profile = self.profiles[critic.model]
        answer = await self.asker.opinion(task, after, replace(critic, step=""), profile)
        said = actions.read_opinion(answer.reply) if answer.state == "ok" else answer.detail
        why = replace(critic, reason=f"a second opinion on the draft of {of}")
        told = said.verdict if isinstance(said, actions.Opinion) else said or "not understood"
        state: AttemptState = "denied" if answer.state == "denied" else "opinion"
        self.note(task, why, state, told, started=started, answer=answer)
        return said or "not understood"

    def _remember(
        self,
        task: Task,
        choice: Choice,
        answer: Answer,
        judged: Judged | None,
        threshold: float,
        started: float,
        *,
        turn: Turn | None = None,
    ) -> None:
        if answer.state != "ok" or judged is None:
            state, detail = failed(answer), answer.detail
            self.note(task, choice, state, detail, answer=answer, started=started, turn=turn)
            return
        report = judged.report
        state = "refused" if report.refusals else "accepted"
        if state == "accepted" and report.score < threshold:
            state = "below_threshold"
        detail = "" if state == "accepted" else report.complaint
        given = (task, choice, state, detail)
        self.note(*given, answer=answer, judged=judged, started=started, turn=turn)


def failed(answer: Answer) -> AttemptState:
    """The state of an attempt whose answer has no draft."""
    return "error" if answer.state == "ok" else answer.state


_PASSED: dict[AttemptState, bool] = {
    "accepted": True,
    "below_threshold": False,
    "refused": False,
    "bad_reply": False,
}
"""States that tell whether the checks accepted what a model wrote."""
_REJECTED = {state for state, passed in _PASSED.items() if not passed}


def _wants_repair(
    answer: Answer, judged: Judged | None, threshold: float, *, repairs: bool
) -> bool:
    """Once, when there is something concrete to say: a bad reply, or a draft that is not enough."""
    if answer.state == "bad_reply":
        return True
    if judged is None or not repairs:
        return False
    return judged.report.score < threshold and bool(judged.report.complaint)


def _better(first: Judged | None, second: Judged | None) -> Judged | None:
    if first is None or second is None:
        return second or first
    return second if second.report.score >= first.report.score else first


def _error_of(answer: Answer | None) -> str:
    """The error for the journal; words that were kept from a circle came of a model that looped."""
    if answer is None:
        return ""
    circles = answer.completion is not None and answer.completion.finish == "circles"
    return answer.error or ("Looped" if circles else "")
