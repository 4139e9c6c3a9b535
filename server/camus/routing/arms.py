"""Which model the learnt statistics speak for: Thompson sampling with borrowed priors; pure.

Each model has an arm for the task's kind, complexity and language: a Beta distribution over its
discounted rewards (`journal.Lessons`; Raj and Kalyani 2017). Its prior is what the same model
earned at the same kind elsewhere, and that one's prior is what its profile promises, so that a
sparse arm borrows from its kind and a new model begins where its size and specialities put it
(after PILOT, arXiv 2508.21141). What is earned counts without the wrong answers that only pass
the checks, and is lowered by the time it takes.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from camus.models import Profile
from camus.routing.scoring import PRIOR_WEIGHT, Scorer
from camus.routing.worth import slips_of

PATIENCE = {"speed": 0.4, "balanced": 0.15, "quality": 0.03}
"""By preset, the share of an answer's worth that a very long wait takes away."""
BORROWED = 10.0
"""The most answers that what was earned elsewhere counts."""
TRUSTED = 10.0
"""So many answers make a model known; before, it is new."""
_CHANCES = 2.5
"""Standard deviations within which a model may still be the best one."""
_MOST_DRAWN = 48


@dataclass(frozen=True, slots=True)
class Arm:
    """A model's chances: a Beta(a, b) over what it earns, and what is left of that."""

    profile: Profile
    a: float
    b: float
    slips: float
    """The share of wrong answers that the checks let pass, which earn without being worth it."""
    left: float
    """What waiting leaves of its worth."""
    seen: float
    """The discounted number of its answers here and elsewhere at this kind."""
    mean: float
    """What it is expected to be worth, in 0..1."""

    @property
    def deviation(self) -> float:
        """How unsure that is: one standard deviation."""
        n = self.a + self.b
        spread = math.sqrt(self.a * self.b / (n * n * (n + 1)))
        return self.left * spread / (1 - self.slips)


@dataclass(frozen=True, slots=True)
class Pick:
    """The likeliest models in the order of what they are worth, and which one to ask first."""

    first: Profile
    arms: tuple[Arm, ...]
    explores: bool
    reason: str


def arm_of(profile: Profile, scorer: Scorer) -> Arm:
    """A model's arm at the task of a scorer."""
    return Arm(profile, *_chances(profile, scorer, slips_of(scorer)))


_Chances = tuple[float, float, float, float, float, float]
"""`a`, `b`, `slips`, `left`, `seen` and `mean` of an arm; a tuple, for hundreds are only ranked."""


def _chances(profile: Profile, scorer: Scorer, slips: float) -> _Chances:
    whole = scorer.seen(profile)
    own, here = scorer.earned_here(profile)
    # Comparisons and no `min` or `max`: this is done for each of hundreds.
    elsewhere = whole.weight - here if whole.weight > here else 0.0
    earned = whole.total - own if whole.total > own else 0.0
    earned = elsewhere if earned > elsewhere else earned  # noqa: FURB136 - as said
    prior = (earned + PRIOR_WEIGHT * scorer.hoped(profile)) / (elsewhere + PRIOR_WEIGHT)
    weight = PRIOR_WEIGHT + (elsewhere if elsewhere < BORROWED else BORROWED)  # noqa: FURB136
    seconds = scorer.seconds(profile) if whole.seconds is None else whole.seconds
    left = 1 - PATIENCE[scorer.preset] * seconds / (seconds + scorer.target)
    a = own + weight * prior
    b = (here - own if here > own else 0.0) + weight * (1 - prior)
    return a, b, slips, left, whole.weight, _worth_of(a / (a + b), slips, left)


def _worth_of(earned: float, slips: float, left: float) -> float:
    """What earning so much on average is worth."""
    return left * (earned - slips) / (1 - slips) if earned > slips else 0.0


def pick(profiles: Sequence[Profile], scorer: Scorer, seed: int) -> Pick:
    """Which of some models to ask first; the same seed picks the same one. `profiles` is not empty.

    In the share `exploration` of the requests the best of one draw from each arm is asked, in the
    others the best expectation; then a loaded model is kept when another one is hardly better.
    """
    slips = slips_of(scorer)
    ranked = [(_chances(profile, scorer, slips), profile) for profile in profiles]
    ranked.sort(key=_mean, reverse=True)
    arms = [Arm(profile, *chances) for chances, profile in ranked[:_MOST_DRAWN]]
    best = arms[0]
    settings = scorer.view.config.multi_model.intelligent_selection
    draw = random.Random(seed)  # noqa: S311 - no secret hangs on it
    if draw.random() < settings.exploration:
        hopeful = [arm for arm in arms if arm.mean + _CHANCES * arm.deviation >= best.mean]
        drawn = max(hopeful, key=lambda arm: _drawn(arm, draw))
        if drawn is not best:
            return Pick(drawn.profile, tuple(arms), explores=True, reason=_tried(drawn, best))
        return Pick(best.profile, tuple(arms), explores=False, reason=_best(best))
    kept = _loaded(arms, scorer, settings.switch_guard)
    if kept is not None:
        return Pick(kept.profile, tuple(arms), explores=False, reason=_stays(kept, best))
    return Pick(best.profile, tuple(arms), explores=False, reason=_best(best))


def standing(arm: Arm, best: float) -> str:
    """What is thought of a model: `new`, `trusted`, or `dropped` when it cannot be the best one."""
    if arm.seen < TRUSTED:
        return "new"
    return "dropped" if arm.mean + _CHANCES * arm.deviation < best else "trusted"


def worth(arm: Arm, best: float) -> str:
    """An arm in words."""
    return f"{standing(arm, best)}: worth {arm.mean:.2f} ± {arm.deviation:.2f}"


def _mean(row: tuple[tuple[float, ...], Profile]) -> float:
    return row[0][-1]


def _drawn(arm: Arm, draw: random.Random) -> float:
    return _worth_of(draw.betavariate(arm.a, arm.b), arm.slips, arm.left)


def _loaded(arms: Sequence[Arm], scorer: Scorer, guard: float) -> Arm | None:
    """The best of the loaded models, when the best of all has to be loaded for hardly more."""
    best = arms[0]
    if not best.profile.place.local or scorer.warm(best.profile):
        return None
    for arm in arms[1:]:
        if arm.mean < best.mean - guard:
            return None
        if arm.profile.place.local and scorer.warm(arm.profile):
            return arm
    return None


def _best(arm: Arm) -> str:
    return f"the best known for this: worth {arm.mean:.2f} ± {arm.deviation:.2f}"


def _tried(arm: Arm, best: Arm) -> str:
    known = f"{best.profile.name} is worth {best.mean:.2f}"
    return f"tried, for it may be better: {arm.mean:.2f} ± {arm.deviation:.2f}, {known}"


def _stays(arm: Arm, best: Arm) -> str:
    more = best.mean - arm.mean
    return f"loaded, and {best.profile.name} is only {more:.2f} better"
