"""How the choices of a plan work on one task: one after another until good, or in steps."""

from __future__ import annotations

from dataclasses import replace

from camus import quality
from camus.actions import ACTIONS, Draft, Task
from camus.orchestrator.run import Judged, Run, failed
from camus.orchestrator.texts import on_text
from camus.orchestrator.values import Stage, StepDraft
from camus.routing import RULES, Choice, Plan
from camus.source import minimal_edits

UNCHANGED = "BadReply:unchanged"
"""A step may find nothing to change; that is no failure of the pipeline."""
UNFIT = frozenset(
    f"BadReply:{reason}"
    for reason in ("unchanged", "wrong_target", "truncated", "placeholder", "ambiguous")
)
"""An answer with code that nothing can be made of: the step is rolled back like a refused one."""
THINKING = ("analy", "plan", "review", "critique")
"""How the tasks of a step begin whose output is words for the next step, not code."""


async def single(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Try the choices in order until one is good enough; otherwise the best of them.

    Rules that see nothing to do end the search, except for a refactoring, where a model may see
    more than the rules do.
    """
    best: Judged | None = None
    for choice in plan.choices:
        if choice.model in {a.model for a in run.attempts if a.state != "opinion"}:
            continue  # the rules were tried before the servers were asked
        if best is not None:
            run.stage(Stage("escalating", choice.model, best.report.complaint))
        judged = await run.try_choice(task, choice, plan.threshold)
        if judged is not None:
            if not judged.report.refusals and judged.report.score >= plan.threshold:
                return judged
            if best is None or judged.report.score > best.report.score:
                best = judged
        elif choice.model == RULES and run.nothing_to_do and task.action.id != "refactor":
            return None
    return best


async def sequential(run: Run, task: Task, plan: Plan) -> Judged | None:
    """Each choice works on the output of the one before; the result is judged against the start.

    For an answer in words every step but the last hands on what it said.
    A step that fails ends the run: what the user listed did not happen. A step whose code is
    unfit or refused by a gate is rolled back, except in a v1 pipeline, which is judged only at
    its end.
    """
    if task.action.produces != "edit":
        return await _in_words(run, task, plan)
    current, models = task, []
    steps = len(plan.choices)
    for number, choice in enumerate(plan.choices, 1):
        if _is_thinking(choice):
            current = await _thought(run, current, choice, number, steps)
            continue
        if plan.exact:
            following = await _exact_step(run, current, choice, number, steps)
        else:
            following = await _judged_step(run, current, choice, plan, number, steps)
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
    if plan.exact:
        report = await quality.assess(task, draft, run.tools, task.project, run.config.quality)
    else:
        report = await run.assess(task, draft, plan.choices[-1], plan.threshold)
    return Judged(" → ".join(dict.fromkeys(models)), draft, report)


async def _in_words(run: Run, task: Task, plan: Plan) -> Judged | None:
    current, steps = task, len(plan.choices)
    for number, choice in enumerate(plan.choices[:-1], 1):
        current = await _thought(run, current, choice, number, steps)
    last = plan.choices[-1]
    return await run.try_choice(current, last, plan.threshold, step=steps, steps=steps)


async def _exact_step(
    run: Run, current: Task, choice: Choice, number: int, steps: int
) -> Task | None:
    """As v1 has it: ask, take the code, go on; no cache, repair or judgement between."""
    run.stage(Stage("asking", choice.model, choice.reason, number, steps))
    started = run.clock()
    asker = replace(run.asker, fresh=True)
    answer = await asker.ask(current, choice, run.profiles[choice.model], ())
    unchanged = answer.error == UNCHANGED
    if answer.draft is None and not unchanged:
        run.note(current, choice, failed(answer), answer.detail, started=started, answer=answer)
        return None
    run.note(current, choice, "accepted", f"step {number}", started=started, answer=answer)
    following = on_text(current, answer.draft or Draft())
    run.drafts.append(StepDraft(choice.model, following.document.text))
    return following


async def _judged_step(
    run: Run, current: Task, choice: Choice, plan: Plan, number: int, steps: int
) -> Task | None:
    judged = await run.try_choice(current, choice, plan.threshold, step=number, steps=steps)
    if judged is None:
        return current if run.last_error in UNFIT else None
    if judged.report.refusals:
        return current
    return on_text(current, judged.draft)


async def _thought(run: Run, current: Task, choice: Choice, number: int, steps: int) -> Task:
    """A step that thinks: its words become part of the next step's instruction."""
    asked = replace(current, action=ACTIONS["ask"], instruction=current.instruction)
    run.stage(Stage("asking", choice.model, choice.step, number, steps))
    started = run.clock()
    answer = await run.asker.ask(
        asked, choice, run.profiles[choice.model], await run.retrieved(current)
    )
    if answer.draft is None:
        run.note(asked, choice, "error", answer.detail, started=started, answer=answer)
        return current
    run.note(asked, choice, "accepted", choice.step, started=started, answer=answer)
    run.drafts.append(StepDraft(choice.model, answer.draft.text))
    words = f"{current.instruction}\n\nNotes of an earlier step:\n{answer.draft.text}"
    return replace(current, instruction=words.strip())


def _is_thinking(choice: Choice) -> bool:
    return choice.step.casefold().startswith(THINKING)
