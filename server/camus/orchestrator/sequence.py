"""One model after another, each on what the one before made; what makes it worse is rolled back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

from camus import quality
from camus.actions import ACTIONS, Draft, Opinion, Task
from camus.orchestrator.asking import Answer
from camus.orchestrator.board import Critique, Message, Proposal, Voice, Words
from camus.orchestrator.run import Judged, Run, failed
from camus.orchestrator.texts import on_text
from camus.orchestrator.values import Stage, StepDraft
from camus.quality import Report
from camus.routing import Choice, Plan, Role
from camus.source import minimal_edits

UNCHANGED = "BadReply:unchanged"
"""A step may find nothing to change; that is no failure of the pipeline."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class State:
    """Where the work stands: the text so far, its judgement against the start, and who made it.

    `report` is None while nothing is changed. `author` wrote last and mends what a critic names.
    """

    current: Task
    report: Report | None = None
    models: tuple[str, ...] = ()
    author: Choice | None = None


async def sequential(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Each choice works on the output of the one before; the result is judged against the start.

    Planners' words and critics' objections are heard by the authors that follow. A step whose
    result scores less than the best so far is rolled back to that; one that fails is left out and
    told, except in a v1 pipeline, where it ends the run: what the user listed did not happen.
    Each model's reply is cached, so that a retry goes on where the last run ended.
    """
    if task.action.produces != "edit":
        return await _in_words(run, task, plan)
    if plan.exact:
        return await _exact(run, task, plan)
    state = State(task)
    for number, choice in enumerate(plan.choices, 1):
        seconds = _remaining(run)
        if seconds == 0:
            run.doubts.append(f"look at it: the time was up before step {number}")
            break
        work = _step(run, task, plan, state, choice=choice, number=number)
        after = await _in_time(work, seconds)
        if after is None:
            run.late(task, choice)
            run.doubts.append(f"look at it: the time was up in step {number} ({choice.model})")
            break
        state = after
    if state.report is None:
        if state.author is not None and not (run.left_out or run.doubts):
            run.nothing_to_do = "the pipeline changed nothing"
        return None
    draft = Draft(minimal_edits(task.document.text, state.current.document.text))
    run.stage(Stage("checking", state.models[-1] if state.models else ""))
    last = state.author or plan.choices[-1]
    report = await run.assess(task, draft, last, plan.threshold)
    return Judged(_named(state.models), draft, report)


async def _step(
    run: Run, task: Task, plan: Plan, state: State, *, choice: Choice, number: int
) -> State:
    """The state after one step, by the role it has."""
    steps = len(plan.choices)
    match choice.role:
        case Role.PLANNER:
            await _thought(run, state.current, choice, number=number, steps=steps)
            return state
        case Role.CRITIC:
            return await _criticised(run, task, plan, state, critic=choice, number=number)
        case _:
            return await _written(run, task, plan, state, choice=choice, number=number)


async def _written(
    run: Run, task: Task, plan: Plan, state: State, *, choice: Choice, number: int
) -> State:
    """A step that writes, on the text so far; kept when the whole is no worse for it."""
    heard = run.board.heard(Role.AUTHOR) if run.board else ()
    tried = await run.tried(
        state.current,
        choice,
        plan.threshold,
        step=number,
        steps=len(plan.choices),
        heard=heard,
    )
    judged = tried.judged
    if judged is None:
        if tried.answer is None or tried.answer.error != UNCHANGED:
            run.doubts.append(f"look at it: step {number} ({choice.model}) did not do its part")
            if tried.answer is not None and tried.answer.state == "bad_reply":
                run.left_out.append(f"{choice.model} ({tried.answer.detail})")
        return replace(state, author=choice)
    if judged.report.refusals:
        run.left_out.append(f"{choice.model} ({judged.report.refusals[0]})")
        return state
    return await _advanced(run, task, state, choice, judged=judged)


async def _advanced(run: Run, task: Task, state: State, choice: Choice, *, judged: Judged) -> State:
    """The state with a step's draft on it, or as it was when that makes the whole worse."""
    following = on_text(state.current, judged.draft)
    if following.document.text == state.current.document.text:
        return replace(state, author=choice)
    if state.report is None:
        report = judged.report
    else:
        edits = minimal_edits(task.document.text, following.document.text)
        report = await quality.assess(
            task, Draft(edits), run.tools, task.project, run.config.quality
        )
        if report.refusals or report.score < state.report.score:
            why = f"{report.score:.2f} after {state.report.score:.2f}"
            run.rolled_back(choice, why)
            run.left_out.append(f"{choice.model}'s step made it worse ({why}) and was rolled back")
            return state
    if run.board is not None:
        body = Proposal(judged.draft, report)
        run.board = run.board.post(Message(Voice(choice.model, choice.role), body))
    return State(following, report, (*state.models, choice.model), choice)


async def _criticised(
    run: Run, task: Task, plan: Plan, state: State, *, critic: Choice, number: int
) -> State:
    """A verdict on the work so far; its author mends it at once when no other author follows."""
    edits = minimal_edits(task.document.text, state.current.document.text)
    if not edits or state.author is None:
        return state
    run.stage(Stage("asking", critic.model, critic.step, number, len(plan.choices)))
    said = await run.opinion(task, Draft(edits), critic, state.author.model)
    if not isinstance(said, Opinion):
        run.left_out.append(f"{critic.model} had no usable opinion ({said})")
        return state
    if run.board is not None:
        body = Critique(Voice(state.author.model, Role.AUTHOR), said.verdict, said.reason)
        speaker = Voice(critic.model, Role.CRITIC)
        run.board = run.board.post(Message(speaker, body, Role.AUTHOR))
    follows = any(choice.role is Role.AUTHOR for choice in plan.choices[number:])
    if said.verdict == "accept" or follows:
        return state
    return await _mended(run, task, plan, state, critic=critic, said=said)


async def _mended(
    run: Run, task: Task, plan: Plan, state: State, *, critic: Choice, said: Opinion
) -> State:
    """What the last author makes of an objection; when it stays, the user is told."""
    author = state.author
    if author is None:
        return state
    step = replace(author, step=f"mend what a reviewer objects to: {said.reason}")
    tried = await run.tried(
        state.current,
        step,
        plan.threshold,
        heard=run.board.heard(Role.AUTHOR) if run.board else (),
    )
    judged = tried.judged
    after = state
    if judged is not None and not judged.report.refusals:
        after = await _advanced(run, task, state, author, judged=judged)
    if after is state and said.verdict == "reject":
        run.doubts.append(f"review this by hand: {critic.model} objects: {said.reason}")
    return after


async def _in_words(run: Run, task: Task, plan: Plan) -> Judged | None:
    """For an answer in words every step but the last hands on what it said."""
    steps = len(plan.choices)
    for number, choice in enumerate(plan.choices[:-1], 1):
        await _thought(run, task, choice, number=number, steps=steps)
    heard = run.board.heard(Role.AUTHOR) if run.board else ()
    last = plan.choices[-1]
    tried = await run.tried(task, last, plan.threshold, step=steps, steps=steps, heard=heard)
    return tried.judged


async def _thought(run: Run, current: Task, choice: Choice, *, number: int, steps: int) -> None:
    """A step that thinks: its words are put on the board for the authors, if they are any good."""
    asked = replace(current, action=ACTIONS["ask"], instruction=current.instruction)
    run.stage(Stage("asking", choice.model, choice.step, number, steps))
    started = run.clock()
    heard = run.board.heard(Role.PLANNER) if run.board else ()
    profile, chunks = run.profiles[choice.model], await run.retrieved(current)
    answer = await run.asker.ask(asked, choice, profile, chunks, heard)
    why = await _useless(run, asked, answer)
    if why or answer.draft is None:
        run.note(asked, choice, "error", why, started=started, answer=answer)
        if answer.state not in {"error", "denied"}:
            run.left_out.append(f"{choice.model} ({why})")
        return
    run.note(asked, choice, "accepted", choice.step, started=started, answer=answer)
    run.drafts.append(StepDraft(choice.model, answer.draft.text))
    if run.board is not None:
        body = Words(answer.draft.text)
        run.board = run.board.post(Message(Voice(choice.model, Role.PLANNER), body))


async def _useless(run: Run, asked: Task, answer: Answer) -> str:
    """Why a planner's words are not handed on; empty when they are."""
    if answer.draft is None:
        return answer.detail or "no answer"
    report = await quality.assess(asked, answer.draft, run.tools, asked.project, run.config.quality)
    return report.refusals[0] if report.refusals else ""


async def _exact(run: Run, task: Task, plan: Plan) -> Judged | None:
    """As v1 has it: ask, take the code, go on; no cache, repair or judgement between."""
    current, models, steps = task, [], len(plan.choices)
    for number, choice in enumerate(plan.choices, 1):
        if choice.role is Role.PLANNER:
            await _thought(run, current, choice, number=number, steps=steps)
            continue
        following = await _exact_step(run, current, choice, number=number, steps=steps)
        if following is None:
            return None
        if following.document.text != current.document.text:
            models.append(choice.model)  # only who contributed is named
        current = following
    edits = minimal_edits(task.document.text, current.document.text)
    if not edits:
        run.nothing_to_do = "the pipeline changed nothing"
        return None
    draft = Draft(edits)
    run.stage(Stage("checking", models[-1] if models else ""))
    report = await quality.assess(task, draft, run.tools, task.project, run.config.quality)
    return Judged(_named(models), draft, report)


async def _exact_step(
    run: Run, current: Task, choice: Choice, *, number: int, steps: int
) -> Task | None:
    run.stage(Stage("asking", choice.model, choice.reason, number, steps))
    started = run.clock()
    asker = replace(run.asker, fresh=True)
    heard = run.board.heard(Role.AUTHOR) if run.board else ()
    answer = await asker.ask(current, choice, run.profiles[choice.model], (), heard)
    unchanged = answer.error == UNCHANGED
    if answer.draft is None and not unchanged:
        run.note(current, choice, failed(answer), answer.detail, started=started, answer=answer)
        return None
    run.note(current, choice, "accepted", f"step {number}", started=started, answer=answer)
    following = on_text(current, answer.draft or Draft())
    run.drafts.append(StepDraft(choice.model, following.document.text))
    return following


def _named(models: list[str] | tuple[str, ...]) -> str:
    return " → ".join(dict.fromkeys(models))


def _remaining(run: Run) -> float | None:
    return run.board.remaining(run.clock()) if run.board is not None else None


async def _in_time(work: Awaitable[_T], seconds: float | None) -> _T | None:
    """The work's result, or None when it took too long and was ended."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        return None
