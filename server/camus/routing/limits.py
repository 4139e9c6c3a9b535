"""The hard constraints: which models are out for a task, each with the rule and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camus.actions import Task
from camus.config import Capability, Config
from camus.journal import Stats
from camus.models import LICENCE_TIERS, Profile

CHARACTERS_A_TOKEN = 3.0
"""A low estimate for code, so that the tokens are rather over- than underestimated."""
OVERHEAD_TOKENS = 300
"""The instructions around the code."""
SHOWN_TOKENS = 1_200
"""What retrieved pieces of the project add to a prompt, roughly; for its price alone."""
JUDGED = 5
"""Judged answers after which a model's own record counts."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A model that is out, and the hard reason."""

    model: str
    reason: str
    rule: str = ""
    """The constraint's name: `consent`, `local_only`, `place`, `state`, `embedding`, `window`,
    `licence`, `quota`, `quality`, `day` or `cost`; empty for a name that nothing here has."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a model has to keep to: the limits of the configuration, consents, what was seen."""

    config: Config
    stats: Stats
    consents: frozenset[str] = frozenset()
    now: float = 0.0
    """Unix seconds, for what was spent today."""


def divide(
    task: Task, profiles: Sequence[Profile], bounds: Bounds, *, named: bool
) -> tuple[tuple[Profile, ...], tuple[Rejected, ...]]:
    """The models that may be asked, and the others with their reasons.

    `named` when the user or the configuration says which model: only then a remote one with
    consent may be asked, unless `privacy.default_location` is `any`; a tier, a role and discovery
    never reach it.
    """
    usable: list[Profile] = []
    rejected: list[Rejected] = []
    rules = _Rules(task, bounds, named=named)
    for profile in profiles:
        out = rules.broken(profile)
        if out is None:
            usable.append(profile)
        else:
            rejected.append(out)
    return tuple(usable), tuple(rejected)


def spared(
    task: Task, profiles: Sequence[Profile], rejected: Sequence[Rejected], bounds: Bounds
) -> tuple[Profile, str] | None:
    """The cheapest model that only its price put out, when all cheaper ones are not good enough.

    Quality wins over the cost of a request, where a least quality is asked for; the sentence says
    so. None when the ceiling did not cost any quality, or the day's ceiling is what binds.
    """
    limits = bounds.config.limits
    dear = {out.model for out in rejected if out.rule == "cost"}
    poor = [out.model for out in rejected if out.rule == "quality"]
    priced = [p for p in profiles if p.name in dear and p.price is not None]
    if not (priced and poor and limits.minimum_quality):
        return None
    chosen = min(priced, key=lambda profile: cost_of(task, profile))
    said = (
        f"{chosen.name} costs about {cost_of(task, chosen):.4f}, more than the "
        f"{limits.cost_a_request:g} you set; cheaper ones ({', '.join(poor)}) do not reach the "
        f"quality of {limits.minimum_quality:.2f} you asked for"
    )
    return chosen, said


class _Rules:
    """The constraints over one task; what holds for every model is looked up once."""

    def __init__(self, task: Task, bounds: Bounds, *, named: bool) -> None:
        config = bounds.config
        self._task = task
        self._needed = tokens_needed(task)
        self._limits = config.limits
        self._bounds = bounds
        self._local_only = config.privacy.local_only
        self._anywhere = named or config.privacy.default_location == "any"
        self._kind, self._language = task.classified.kind, task.document.language
        ceilings = (self._limits.cost_a_request, self._limits.cost_a_day)
        self._prices = any(each is not None for each in ceilings)

    def broken(self, profile: Profile) -> Rejected | None:
        """The first constraint that a model breaks; None when it may be asked."""
        if not profile.place.local:
            rule, reason = self._place(profile)
            if rule:
                return Rejected(profile.name, reason, rule)
        if profile.state != "ready":
            told = profile.problem or profile.state
            unasked = "its server has not been asked yet"
            reason = unasked if profile.state == "unknown" else told
            return Rejected(profile.name, reason, "state")
        if profile.capabilities == _EMBEDS:
            return Rejected(profile.name, "it makes embeddings, not text", "embedding")
        if self._needed > profile.window:
            reason = f"needs about {self._needed} tokens, its window is {profile.window}"
            return Rejected(profile.name, reason, "window")
        return self._chosen(profile)

    def _place(self, profile: Profile) -> tuple[str, str]:
        name = profile.place.name
        if self._local_only:
            return "local_only", f"it runs at {name}, and `privacy.local_only` is set"
        if name not in self._bounds.consents:
            return (
                "consent",
                f"your code would be sent to {name}; allow it: camus consent grant {name}",
            )
        if not self._anywhere:
            return "place", f"it runs at {name}: only used where it is named"
        return "", ""

    def _chosen(self, profile: Profile) -> Rejected | None:
        """What the user set beside what is possible at all."""
        limits = self._limits
        if limits.licence is not None and not _as_free(profile.licence_tier, limits.licence):
            said = f"its licence is {profile.licence_tier}, `limits.licence` is {limits.licence}"
            return Rejected(profile.name, said, "licence")
        if profile.quota is not None and profile.quota.spent:
            return Rejected(profile.name, "its quota of today is used up", "quota")
        if limits.minimum_quality:
            arm = self._bounds.stats.arm(profile.name, self._kind, self._language)
            mean, enough = arm.mean_score, arm.scored >= JUDGED
            if mean is not None and enough and mean < limits.minimum_quality:
                said = f"scored {mean:.2f} here, `limits.minimum_quality` is"
                return Rejected(profile.name, f"{said} {limits.minimum_quality:.2f}", "quality")
        return self._dear(profile) if self._prices or profile.quota is not None else None

    def _dear(self, profile: Profile) -> Rejected | None:
        limits, quota = self._limits, profile.quota
        if profile.price is None:
            if profile.place.local or not self._prices:
                return None
            said = "its price is unknown and a ceiling is set: give `price_input`, `price_output`"
            return Rejected(profile.name, said, "cost")
        cost = cost_of(self._task, profile)
        if quota is not None and quota.money is not None and cost > quota.money:
            said = f"costs about {cost:.4f}, {quota.money:g} of its quota is left"
            return Rejected(profile.name, said, "quota")
        if limits.cost_a_day is not None:
            left = limits.cost_a_day - self._bounds.stats.lessons.spent_on(self._bounds.now)
            if cost > left:
                said = f"costs about {cost:.4f}, {max(left, 0):.4f} is left of today's"
                return Rejected(profile.name, f"{said} {limits.cost_a_day:g}", "day")
        if limits.cost_a_request is not None and cost > limits.cost_a_request:
            said = f"costs about {cost:.4f}, `limits.cost_a_request` is {limits.cost_a_request:g}"
            return Rejected(profile.name, said, "cost")
        return None


_EMBEDS = frozenset({Capability.EMBEDDING})


def tokens_needed(task: Task) -> int:
    """A low estimate of the window a task needs: the target, and for an edit its rewritten form."""
    return sum(_tokens(task)) + OVERHEAD_TOKENS


def cost_of(task: Task, profile: Profile) -> float:
    """What a request costs, roughly, in the currency of the model's prices; 0 without prices."""
    if profile.price is None:
        return 0.0
    read, written = _tokens(task)
    return profile.price.of(read + OVERHEAD_TOKENS + SHOWN_TOKENS, written)


def _tokens(task: Task) -> tuple[int, int]:
    code = (task.target.end - task.target.start) / CHARACTERS_A_TOKEN
    return int(code), int(code if task.action.produces == "edit" else 256)


def _as_free(tier: str, wanted: str) -> bool:
    """Whether a licence is at least as free as wanted; an unknown one never is."""
    return LICENCE_TIERS.index(tier) <= LICENCE_TIERS.index(wanted)
