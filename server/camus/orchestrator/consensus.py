"""Drafts, criticism and refinement, in rounds, until nobody objects or the budget is spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from camus import quality
from camus.actions import Opinion, Task
from camus.orchestrator.asking import Answer
from camus.orchestrator.board import Critique, Message, Proposal, Voice
from camus.orchestrator.crew import Crew
from camus.orchestrator.ensemble import (
    authors,
    gathered,
    missed,
    prepared,
    remaining,
    settled,
    voice,
)
from camus.orchestrator.run import Judged, Run, Tried
from camus.orchestrator.values import Agreement
from camus.orchestrator.votes import Vote
from camus.routing import RULES, Choice, Plan, Role

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class _Proposed:
    """The draft that is discussed: whose, and the answer it stands in, to be mended there."""

    voice: Voice
    choice: Choice
    judged: Judged
    answer: Answer


async def consensus(run: Run, task: Task, plan: Plan) -> Judged | None:
    """The best draft, criticised by the others and refined, for so many rounds at the most.

    When more than half of several authors made the same draft and it passes the checks, they have
    agreed without a word. A refinement that scores less is dropped. Objections that stay lower the
    score, and the answer is marked for review by hand.
    """
    members = authors(plan)
    await prepared(run, task, members)
    answers: dict[int, Answer] = {}
    works = [
        partial(_kept, run, task, choice, plan.threshold, answers=answers, number=number)
        for number, choice in enumerate(members)
    ]
    votes, found = await gathered(run, task, plan, members, works=works)
    winner = found.winner
    if winner is None and not votes:
        return await _instead(run, task, plan)
    if winner is None:
        return settled(run, plan, votes, found)
    of_one_mind = len(members) > 1 and len(found.agreeing) / found.of > _HALF
    if of_one_mind and winner.judged.report.score >= plan.threshold:
        return _agreed(plan, winner.judged, found.agreeing, found.of)
    critics = _critics(plan, members, winner, [vote.choice.model for vote in votes])
    if not critics:
        if len(members) > 1:
            run.doubts.append("review this by hand: nobody else could look at it")
        return settled(run, plan, votes, found)
    first = _Proposed(
        voice(members, winner.number), winner.choice, winner.judged, answers[winner.number]
    )
    return await _discussed(run, task, plan, first, critics=critics)


async def _kept(
    run: Run,
    task: Task,
    choice: Choice,
    threshold: float,
    *,
    answers: dict[int, Answer],
    number: int,
) -> Tried:
    """A member's draft, its answer kept for a refinement in the same conversation."""
    tried = await run.tried(task, choice, threshold)
    if tried.answer is not None:
        answers[number] = tried.answer
    return tried


async def _instead(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Where no author answered, who was to criticise writes; nobody is left to look at it."""
    critics = (c for c in plan.choices if c.role is Role.CRITIC and c.model != RULES)
    for critic in critics:
        if remaining(run) == 0:
            break
        judged = await run.try_choice(task, replace(critic, role=Role.AUTHOR), plan.threshold)
        if judged is not None:
            run.doubts.append("review this by hand: nobody else could look at it")
            return judged
    return None


def _critics(
    plan: Plan, members: Sequence[Choice], winner: Vote, answered: Sequence[str]
) -> tuple[Choice, ...]:
    """Who judges the draft: the plan's critics, else the other authors; each model once.

    An author that gave no answer is not asked again.
    """
    named = [c for c in plan.choices if c.role is Role.CRITIC and c.model != RULES]
    others = [replace(c, role=Role.CRITIC) for c in members if c.model in answered]
    found = {c.model: c for c in reversed(named or others)}
    if not named:
        found.pop(winner.judged.model, None)
    return tuple(reversed(found.values()))


async def _discussed(
    run: Run, task: Task, plan: Plan, best: _Proposed, *, critics: Sequence[Choice]
) -> Judged | None:
    """Rounds of criticism; the best draft with what is left of the objections."""
    objections: list[tuple[str, Opinion]] = []
    heard: list[str] = []
    for round_ in range(1, plan.how.rounds + 2):
        said = await _criticised(run, task, plan, best, critics=critics, round_=round_)
        heard = [critic for critic, _ in said]
        objections = [(critic, each) for critic, each in said if each.verdict == "reject"]
        wishes = [each for _, each in said if each.verdict != "accept"]
        if not said or not wishes or round_ > plan.how.rounds:
            break
        if not objections and best.judged.report.score >= plan.threshold:
            break
        better = await _refined(run, task, plan, best, wishes=wishes)
        if better is None:
            break
        best = better
    return _told(run, task, plan, best, heard=heard, objections=objections, asked=len(critics))


async def _criticised(
    run: Run,
    task: Task,
    plan: Plan,
    best: _Proposed,
    *,
    critics: Sequence[Choice],
    round_: int,
) -> list[tuple[str, Opinion]]:
    """What each critic says of the draft, all asked at the same time; put on the board."""
    said: list[tuple[str, Opinion]] = []
    if remaining(run) == 0:
        return said
    works = [partial(run.opinion, task, best.judged.draft, c, best.choice.model) for c in critics]
    async with Crew(works, at_once=plan.how.at_once) as crew:
        while (arrived := await crew.next(remaining(run))) is not None:
            number, opinion = arrived
            model = critics[number].model
            if not isinstance(opinion, Opinion):
                run.left_out.append(f"{model} had no usable opinion ({opinion})")
                continue
            said.append((model, opinion))
            if run.board is not None:
                body = Critique(best.voice, opinion.verdict, opinion.reason)
                speaker = Voice(model, Role.CRITIC)
                run.board = run.board.post(Message(speaker, body, Role.AUTHOR, round_))
        left = crew.left
    for number in left:
        missed(run, task, critics[number], decided=False)
    return said


async def _refined(
    run: Run, task: Task, plan: Plan, best: _Proposed, *, wishes: Sequence[Opinion]
) -> _Proposed | None:
    """The draft mended by its author; None when that came to nothing better, or too late."""
    seconds = remaining(run)
    complaint = " ".join(f"{each.reason.rstrip('.')}." for each in wishes)
    work = partial(run.refined, task, best.choice, best.answer, complaint, plan.threshold)
    async with Crew([work], at_once=1) as crew:
        arrived = await crew.next(seconds)
    if arrived is None:
        missed(run, task, best.choice, decided=False)
        return None
    tried = arrived[1]
    judged = tried.judged
    if judged is None or tried.answer is None or judged.report.refusals:
        return None
    if judged.report.score < best.judged.report.score:
        return None
    if run.board is not None:
        run.board = run.board.post(Message(best.voice, Proposal(judged.draft, judged.report)))
    return replace(best, judged=judged, answer=tried.answer)


def _told(
    run: Run,
    task: Task,
    plan: Plan,
    best: _Proposed,
    *,
    heard: Sequence[str],
    objections: Sequence[tuple[str, Opinion]],
    asked: int,
) -> Judged:
    """The result with who agreed; objections lower it and are told."""
    judged = best.judged
    for critic, opinion in objections:
        report = quality.lowered(task, judged.draft, judged.report, opinion, critic)
        judged = replace(judged, report=report)
        run.doubts.append(f"review this by hand: {critic} still objects: {opinion.reason}")
    if not heard:
        run.doubts.append("review this by hand: nobody else could look at it")
    against = {critic for critic, _ in objections}
    agreeing = (best.choice.model, *(critic for critic in heard if critic not in against))
    return _agreed(plan, judged, agreeing, asked + 1)


def _agreed(plan: Plan, judged: Judged, agreeing: Sequence[str], of: int) -> Judged:
    share = len(agreeing) / of if of else 0.0
    return replace(judged, agreement=Agreement(plan.how.method, share, tuple(agreeing), of))
