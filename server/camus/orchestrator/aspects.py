"""Several reviewers look at the same code, each for its own aspect or each for all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from camus import actions
from camus.actions import Draft, Task
from camus.analysis import Finding
from camus.orchestrator.crew import Crew
from camus.orchestrator.ensemble import missed, prepared, remaining, said
from camus.orchestrator.merging import Reviewed, merged
from camus.orchestrator.run import Judged, Run
from camus.orchestrator.values import Agreement, Stage
from camus.routing import RULES, Choice, Plan, Role

_ASPECTS = {"correctness", "security", "performance", "style"}


async def reviewed(run: Run, task: Task, plan: Plan) -> Judged | None:
    """What the reviewers found, merged, with the findings of the tools; None when nobody answered.

    It waits for all of them, or until the time is up: each may find what no other sees.
    """
    members = [choice for choice in plan.choices if choice.model != RULES]
    await prepared(run, task, members)
    found: dict[int, Judged] = {}
    run.with_tools = False
    works = [partial(run.tried, task, choice, 0.0) for choice in members]
    async with Crew(works, at_once=plan.how.at_once) as crew:
        while (arrived := await crew.next(remaining(run))) is not None:
            number, tried = arrived
            if tried.judged is not None and not tried.judged.report.refusals:
                found[number] = tried.judged
                said(run, members, number, tried.judged)
            done = len(members) - len(crew.left)
            run.stage(Stage("comparing", members[number].model, "", done, len(members)))
        left = crew.left
    for number in left:
        missed(run, task, members[number], decided=False)
    for number, choice in enumerate(members):
        if number not in found and number not in left and choice.step:
            run.left_out.append(f"nobody looked at {choice.step}: {choice.model} gave no answer")
    if not found:
        return None
    return await _joined(run, task, plan, members, found=found)


async def _joined(
    run: Run, task: Task, plan: Plan, members: Sequence[Choice], *, found: dict[int, Judged]
) -> Judged:
    """One judged review of all that was found."""
    reviews = [
        Reviewed(
            members[number].model,
            _of_aspect(judged.draft.findings, members[number]),
            members[number].step if members[number].role is Role.REVIEWER else "",
            members[number].weight,
        )
        for number, judged in sorted(found.items())
    ]
    own = await actions.rewrite(replace(task, instruction=""), run.tools)
    if own is not None and own.findings:
        reviews.append(Reviewed(RULES, own.findings))
    list_ = await asyncio.to_thread(merged, task.document, reviews)
    notes = tuple(dict.fromkeys(n for _, j in sorted(found.items()) for n in j.draft.notes))
    text = next((j.draft.text for _, j in sorted(found.items()) if j.draft.text), "")
    draft = Draft(
        text=text if not list_ else "", findings=tuple(e.finding for e in list_), notes=notes
    )
    models = " + ".join(dict.fromkeys(judged.model for _, judged in sorted(found.items())))
    first = members[min(found)]
    report = await run.assess(task, draft, first, plan.threshold)
    agreement = Agreement(
        "merged",
        round(len(found) / len(members), 2),
        tuple(members[number].model for number in sorted(found)),
        len(members),
    )
    support = tuple(each.support for each in list_)
    return Judged(models, draft, report, agreement=agreement, support=support)


def _of_aspect(findings: Sequence[Finding], choice: Choice) -> tuple[Finding, ...]:
    """The findings under the aspect that their reviewer was asked to look at."""
    if choice.role is not Role.REVIEWER or choice.step not in _ASPECTS:
        return tuple(findings)
    return tuple(replace(each, aspect=choice.step) for each in findings)  # type: ignore[arg-type]
