"""How the choices of a plan work on one task: one after another until good, or together."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, assert_never

from camus.actions import Task
from camus.config import StrategyName
from camus.orchestrator.asking import Answer
from camus.orchestrator.aspects import reviewed
from camus.orchestrator.board import Board
from camus.orchestrator.consensus import consensus
from camus.orchestrator.ensemble import alternatives, ensemble
from camus.orchestrator.run import Judged, Run, Tried
from camus.orchestrator.sequence import sequential
from camus.orchestrator.values import Stage
from camus.routing import RULES, Choice, Plan, Role


async def follow(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Answer the task as the plan's strategy says; None when nobody had an answer.

    Where models work together and none of them answers, the rules do, if they are in the plan.
    """
    until = run.clock() + plan.how.deadline if plan.how.deadline else 0.0
    run.board = Board(task, plan, until)
    match plan.strategy:
        case StrategyName.CASCADE | StrategyName.ADAPTIVE:
            return await cascade(run, task, plan)
        case StrategyName.SINGLE | StrategyName.SINGLE_FAST:
            return await single(run, task, plan)
        case StrategyName.SEQUENTIAL:
            return await sequential(run, task, plan)
        case (
            StrategyName.ENSEMBLE
            | StrategyName.PARALLEL
            | StrategyName.DUAL_VALIDATION
            | StrategyName.TRIPLE_CONSENSUS
        ):
            judged = await _together(run, task, plan)
        case _:
            assert_never(plan.strategy)
    rules = next((choice for choice in plan.choices if choice.model == RULES), None)
    if judged is None and rules is not None and not _was_tried(run, rules.model):
        return await run.try_choice(task, rules, plan.threshold)
    return judged


async def _together(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Several models at work on the same task."""
    if task.action.produces == "findings":
        return await reviewed(run, task, plan)
    if task.action.produces == "text":
        return await ensemble(run, task, _all_writing(plan))
    if plan.how.method == "consensus":
        return await consensus(run, task, plan)
    if plan.strategy is StrategyName.PARALLEL:
        return await alternatives(run, task, plan)
    return await ensemble(run, task, plan)


def _all_writing(plan: Plan) -> Plan:
    """The plan for an answer in words: who would criticise answers too, and the best one wins.

    No two say the same in the same words, so that nothing else can be compared.
    """
    choices = tuple(replace(choice, role=Role.AUTHOR) for choice in plan.choices)
    return replace(plan, choices=choices, how=replace(plan.how, method="best_of_n"))


async def cascade(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Try the choices in order until one is good enough; otherwise the best of them.

    A fallback is left out while there is something to offer. An answer that was not repaired, for
    the next model was the better way on, is repaired in the end when nobody after it answered.
    Rules that see nothing to do end the search, except for a refactoring, where a model may see
    more than the rules do.
    """
    best: Judged | None = None
    left: _Left | None = None
    for choice in plan.choices:
        if _was_tried(run, choice.model):
            continue  # the rules were tried before the servers were asked
        if choice.fallback and _can_be_offered(best, plan):
            continue
        if best is not None:
            run.stage(Stage("escalating", choice.model, best.report.complaint))
        tried = await run.tried(task, choice, plan.threshold, repairs=choice.repairs)
        judged = tried.judged
        if judged is not None:
            if _good(judged, plan):
                return judged
            best = judged if best is None else _better(best, judged)
            left = left if choice.model == RULES else _left(choice, tried)
        elif choice.model == RULES and run.nothing_to_do and task.action.id != "refactor":
            return None
    if best is None or left is None:
        return best
    complaint = left.judged.report.complaint
    again = await run.refined(task, left.choice, left.answer, complaint, plan.threshold)
    return best if again.judged is None else _better(best, again.judged)


class _Left(NamedTuple):
    """A rejected answer that was not repaired."""

    choice: Choice
    answer: Answer
    judged: Judged


def _left(choice: Choice, tried: Tried) -> _Left | None:
    judged, answer = tried.judged, tried.answer
    if choice.repairs or judged is None or answer is None:
        return None
    done = judged.repaired or not judged.report.complaint
    return None if done else _Left(choice, answer, judged)


def _good(judged: Judged, plan: Plan) -> bool:
    return not judged.report.refusals and judged.report.score >= plan.threshold


def _can_be_offered(best: Judged | None, plan: Plan) -> bool:
    """Whether there is an answer for the user to look at, though the checks rejected it."""
    return best is not None and not best.report.refusals and best.report.score >= plan.floor


def _better(first: Judged, second: Judged) -> Judged:
    return second if second.report.score > first.report.score else first


async def single(run: Run, task: Task, plan: Plan) -> Judged | None:
    """One model's answer, whatever it scored; the next is asked when it gave none that is usable.

    Rules that lead are as in a cascade: their answer counts when it is good.
    """
    refused: Judged | None = None
    for choice in plan.choices:
        if _was_tried(run, choice.model):
            continue
        judged = await run.try_choice(task, choice, plan.threshold)
        if judged is None:
            if choice.model == RULES and run.nothing_to_do and task.action.id != "refactor":
                return None
            continue
        poor = choice.model == RULES and judged.report.score < plan.threshold
        if not (judged.report.refusals or poor):
            return judged
        refused = refused or judged
    return refused


def _was_tried(run: Run, model: str) -> bool:
    return any(each.model == model and each.state != "opinion" for each in run.attempts)
