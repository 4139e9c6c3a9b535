"""What would be sent for a request, made by the same steps as the request itself; sends nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from camus import privacy
from camus.actions import ACTIONS, Task, Written
from camus.config import BackendKind, StrategyName, family_of
from camus.models import Profile, Sampling
from camus.orchestrator.asking import sampling_for
from camus.orchestrator.run import Run
from camus.privacy import THIS_MACHINE, Denied, Prompt
from camus.routing import RULES, TOGETHER, Choice, Plan, Role

NO_MODEL = "no model"
_WINDOW = 8_192


@dataclass(frozen=True, slots=True)
class Preview:
    """The prompt for a request's first model, and what is to be known of it.

    `sent` is the prompt as it would leave, placeholders in it; None when it would not, with the
    reason in `blocked`. `written` tells its templates and what was left out; None when the target
    does not fit at all.
    """

    task: Task
    profile: Profile
    reason: str
    sampling: Sampling
    written: Written | None = None
    sent: Prompt | None = None
    blocked: str = ""
    hidden: int = 0
    """How many secrets are replaced by placeholders."""
    notes: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The model's family; empty when its name tells none."""
        return family_of(self.profile.model).name


async def preview(run: Run, task: Task, plan: Plan, *, agreed: bool = False) -> Preview:
    """Plan, write and clear as a request does, and stop there."""
    choice, profile, notes = _first_model(run, plan)
    asked = _as_step(task, choice, plan)
    near = await run.retrieved(task) if choice.retrieval and not plan.exact else ()
    chunks = (*run.shown, *near)
    sampling = sampling_for(asked, choice, run.config, profile)
    made = await run.asker.write(asked, choice, profile, chunks)
    found = Preview(asked, profile, choice.reason, sampling, notes=notes)
    if not isinstance(made, Written):
        return replace(found, blocked=made.message)
    rules = run.asker.rules
    if agreed:
        rules = replace(rules, consents=rules.consents | {profile.place.name})
    cleared = privacy.clear(made.prompt, profile.place, rules)
    if isinstance(cleared, Denied):
        return replace(found, written=made, blocked=cleared.message)
    hidden = len(cleared.placeholders)
    return replace(found, written=made, sent=cleared.prompt, hidden=hidden)


def _first_model(run: Run, plan: Plan) -> tuple[Choice, Profile, tuple[str, ...]]:
    """The first model of the plan; without one, the model that was meant, or an imagined one.

    The plan is one for models that are not ready when none is: its choices are then rejected too.
    """
    notes = []
    if plan.choices and plan.choices[0].model == RULES:
        notes.append("the rules are asked first; a model only when they have no good answer")
    if plan.pipeline and plan.strategy is StrategyName.SEQUENTIAL:
        notes.append(f"this is step 1 of {len(plan.choices)} of the pipeline '{plan.pipeline}'")
    elif plan.strategy in TOGETHER:
        several = sum(each.model != RULES for each in plan.choices)
        notes.append(f"this is one of {several} that are asked (strategy {plan.strategy})")
    why = {each.model: each.reason for each in plan.rejected}
    choice = next((each for each in plan.choices if each.model != RULES), None)
    if choice is not None:
        if choice.model in why:
            notes.append(f"{choice.model} would not be asked now: {why[choice.model]}")
        return choice, run.profiles[choice.model], tuple(notes)
    wanted = run.request.override.model
    meant = [each for each in run.profiles.values() if wanted in {"", each.name, each.model}]
    if meant:
        reason = why.get(meant[0].name, "it cannot be asked for this")
        notes.append(f"{meant[0].name} would not be asked now: {reason}")
        return Choice(meant[0].name, "the model that is configured"), meant[0], tuple(notes)
    if wanted:
        known = ", ".join(run.profiles) or "none"
        notes.append(f"there is no model '{wanted}'; known: {known}")
    notes.append(f"no model is known here; written for a window of {_WINDOW} tokens")
    imagined = Profile(NO_MODEL, BackendKind.OLLAMA, "", THIS_MACHINE, _WINDOW, "medium")
    return Choice(NO_MODEL, "none is configured or found"), imagined, tuple(notes)


def _as_step(task: Task, choice: Choice, plan: Plan) -> Task:
    """A step that thinks is asked in words, as `sequence` does it."""
    thinks = plan.pipeline and choice.role is Role.PLANNER
    return replace(task, action=ACTIONS["ask"]) if thinks else task
