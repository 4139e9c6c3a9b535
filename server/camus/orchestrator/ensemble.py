"""Several models answer at the same time, and their drafts are compared as they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from camus.actions import Task
from camus.config import TaskKind
from camus.orchestrator.board import Message, Proposal, Voice
from camus.orchestrator.crew import Crew
from camus.orchestrator.run import Judged, Run, Tried
from camus.orchestrator.texts import on_text
from camus.orchestrator.values import Agreement, Stage
from camus.orchestrator.votes import Tally, Vote, doubt, tally
from camus.routing import RULES, Choice, Plan, Role
from camus.source import names_bound, names_used, structure

APPROACHES = (
    "the simplest change that does it",
    "the clearest code for the next reader",
    "the fastest code to run",
    "what handles every edge case",
)
"""What alternative solutions are asked to put first, in turn."""

Works = Sequence[Callable[[], Coroutine[Any, Any, Tried]]]


async def ensemble(run: Run, task: Task, plan: Plan) -> Judged | None:
    """The winner among the members' drafts, by the plan's method; it ends when that is decided."""
    members = authors(plan)
    await prepared(run, task, members)
    works = [partial(run.tried, task, choice, plan.threshold) for choice in members]
    votes, found = await gathered(run, task, plan, members, works=works)
    return settled(run, plan, votes, found)


async def alternatives(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Different solutions side by side, each with another goal first; the best score wins.

    The others stay in the outcome's steps, for whoever wants to compare.
    """
    members = authors(plan)
    await prepared(run, task, members)
    works = [
        partial(run.tried, _towards(task, number), choice, plan.threshold)
        for number, choice in enumerate(members)
    ]
    votes, found = await gathered(run, task, plan, members, works=works, all_of_them=True)
    return settled(run, plan, votes, found)


async def gathered(
    run: Run,
    task: Task,
    plan: Plan,
    members: Sequence[Choice],
    *,
    works: Works,
    all_of_them: bool = False,
) -> tuple[list[Vote], Tally]:
    """The votes as they arrived and how they stand; those who could change nothing were stopped."""
    votes: list[Vote] = []
    found = Tally(None, of=len(members))
    before = await asyncio.to_thread(_known_names, task)
    async with Crew(works, at_once=plan.how.at_once) as crew:
        while (arrived := await crew.next(remaining(run))) is not None:
            number, tried = arrived
            if tried.judged is not None:
                key = await asyncio.to_thread(_key, task, tried.judged, before)
                votes.append(Vote(number, members[number], tried.judged, key))
                said(run, members, number, tried.judged)
            waiting = [members[each] for each in crew.left]
            found = tally(votes, waiting, plan.how.method, members, threshold=plan.threshold)
            done = len(members) - len(waiting)
            run.stage(Stage("comparing", members[number].model, "", done, len(members)))
            if found.decided and not all_of_them:
                break
        left = crew.unfinished
    for number in left:
        missed(run, task, members[number], decided=found.decided)
    return votes, found


def settled(run: Run, plan: Plan, votes: Sequence[Vote], found: Tally) -> Judged | None:
    """The winner with what agreed on it; what was made without whom is told."""
    how = plan.how
    if found.winner is None:
        refused = max(votes, key=lambda vote: vote.judged.report.score, default=None)
        return refused.judged if refused is not None else None
    why = doubt(found, how.method, how.agreement, plan.threshold)
    if why:
        run.doubts.append(why)
    agreement = Agreement(how.method, found.share, found.agreeing, found.of)
    return replace(found.winner.judged, agreement=agreement)


async def prepared(run: Run, task: Task, members: Sequence[Choice]) -> None:
    """Search the project once, before several ask for the same."""
    if any(choice.retrieval for choice in members):
        await run.retrieved(task)


def authors(plan: Plan) -> tuple[Choice, ...]:
    """The models of a plan that write."""
    return tuple(c for c in plan.choices if c.model != RULES and c.role is Role.AUTHOR)


def voice(members: Sequence[Choice], number: int) -> Voice:
    """The name under which a member speaks; a model that answers again is counted."""
    choice = members[number]
    again = sum(each.model == choice.model for each in members[: number + 1])
    return Voice(choice.model, choice.role, again)


def said(run: Run, members: Sequence[Choice], number: int, judged: Judged) -> None:
    """Put a member's draft on the board."""
    if run.board is not None:
        body = Proposal(judged.draft, judged.report)
        run.board = run.board.post(Message(voice(members, number), body))


def remaining(run: Run) -> float | None:
    """Seconds that the strategy has left; None without a limit."""
    return run.board.remaining(run.clock()) if run.board is not None else None


def missed(run: Run, task: Task, choice: Choice, *, decided: bool) -> None:
    """Note who was not waited for: too late, or of no more influence."""
    if decided:
        run.spared(choice)
        return
    run.late(task, choice)
    run.left_out.append(f"{choice.model} had not answered when the time was up")


def _towards(task: Task, number: int) -> Task:
    goal = APPROACHES[number % len(APPROACHES)]
    words = task.instruction.strip() or f"{task.action.title}."
    return replace(task, instruction=f"{words}\nOf several ways prefer {goal}.")


def _known_names(task: Task) -> frozenset[str]:
    """The names that the target has already; a draft's own are numbered when it is compared."""
    document, target = task.document, task.target
    return frozenset((*names_bound(document, target), *names_used(document, target)))


def _key(task: Task, judged: Judged, known: frozenset[str]) -> str:
    """What a draft is apart from layout and new names; where only words change, the words."""
    if task.action.produces != "edit":
        return " ".join(judged.draft.text.casefold().split())
    after = on_text(task, judged.draft)
    words = task.classified.kind is TaskKind.DOCUMENTATION
    found = structure(after.document, after.target, known=known, words=words)
    if words or found != structure(task.document, task.target, known=known):
        return found
    return structure(after.document, after.target, known=known, words=True)
