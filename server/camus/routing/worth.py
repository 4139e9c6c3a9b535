"""Whether a smaller model is worth asking first, and its answer worth repairing; pure.

Asking a smaller model first shortens the wait where the chance that its answer passes, times what
the others would take, is more than its own time: the least cost testing sequence (Mitten 1960), as
FrugalGPT (arXiv 2305.05176) uses it under a bound on quality. The same holds for a repair.

The bound: some wrong answers pass the checks. At worst each of them is one that a larger model
would have had right, so that beginning at a rung loses the share `slips * (1 - right / best)` of
the right answers. How much more the larger one can is seen in what it makes of rejected tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from camus.journal import Rate, Turn
from camus.models import Profile
from camus.routing.scoring import USUAL_SECONDS, Scorer
from camus.routing.strategy import critical

SLIPS = 0.11
"""The share of wrong edits that the checks let pass (2 of 18 in `bench reached`)."""
SLIPS_IN_WORDS = 0.3
"""The same of answers in words, of which the checks see little; assumed."""
LOSS = {"speed": 0.07, "balanced": 0.045, "quality": 0.02}
"""By preset, the share of right answers that may be lost for the time that is won."""
MENDS = {"fast": 0.06, "medium": 0.18, "large": 0.34}
"""What share of its failures a model of a size mends when told of them.

From aider's table, first try and second: 1.5B 29 to 32 and 3B 34 to 39, 7B 52 to 58 and 14B 59 to
69, 32B 59 to 73 of 100.
"""
REPAIR_TIME = 0.8
"""What a repair takes of an answer's time: the server has most of the prompt already."""
FIRM = 20.0
"""So many answers an expectation counts: where to begin is not changed by a handful."""
BORROWED = 40.0
"""The most answers that what was seen at other kinds counts."""
MOST_WEIGHED = 4
"""So many models of an order are weighed for repairs; who stands behind them is hardly reached."""


class Odds(NamedTuple):
    """What to expect of a model at a task."""

    passes: float
    """The chance that the checks accept its answer."""
    mends: float
    """The chance that they accept its repair of a rejected one."""
    right: float
    """The chance that its answer is right: without those that only slip through."""
    seconds: float
    price: int
    """The place of its price among the tiers; a cheaper model may take longer."""
    after: tuple[Rate, Rate] = (Rate(), Rate())
    """How often it passed where a smaller one was rejected: at tasks of the kind, and at all."""


class Begin(NamedTuple):
    """Where to begin among some models in the order of their sizes, and what decided it."""

    place: int
    said: str = ""
    """Why one place lower was not taken; empty where there is none."""


def odds(
    profiles: Sequence[Profile], scorer: Scorer, price: Callable[[Profile], int]
) -> tuple[Odds, ...]:
    """What the records and the profiles let expect of models at the task of a scorer.

    Times that are known are not held against times that are assumed: unless all are known, all are
    what is usual for their sizes.
    """
    times = [scorer.known_seconds(profile) for profile in profiles]
    if None in times:
        times = [USUAL_SECONDS[profile.size] for profile in profiles]
    return tuple(
        _odds(profile, scorer, seconds or 0.0, price(profile))
        for profile, seconds in zip(profiles, times, strict=True)
    )


def _odds(profile: Profile, scorer: Scorer, seconds: float, price: int) -> Odds:
    slips = slips_of(scorer)
    lessons, kind, complexity = scorer.view.stats.lessons, scorer.kind, scorer.complexity
    mends = MENDS[profile.size]
    mends += slips * (1 - mends)

    def seen(turn: Turn, expected: float) -> float:
        everywhere = lessons.rate(profile.name, "", complexity, turn)
        here = lessons.rate(profile.name, kind, complexity, turn)
        return _drawn(here, _drawn(everywhere, expected, FIRM), _borrowed(everywhere))

    passes = seen("first", scorer.expected(profile))
    after = (
        lessons.rate(profile.name, kind, complexity, "next"),
        lessons.rate(profile.name, "", complexity, "next"),
    )
    return Odds(passes, seen("repair", mends), _right(passes, slips), seconds, price, after)


def slips_of(scorer: Scorer) -> float:
    """The share of wrong answers to a task that the checks let pass."""
    return SLIPS if scorer.view.task.action.produces == "edit" else SLIPS_IN_WORDS


def bound_of(scorer: Scorer) -> float:
    """The share of right answers that may be lost: the user's own, else the preset's.

    Where a mistake would harm it is that of the preset `quality`.
    """
    config = scorer.view.config
    own = config.multi_model.intelligent_selection.quality_loss
    if own is not None:
        return own
    return LOSS["quality" if critical(scorer.view.task, config) else scorer.preset]


def begin(models: Sequence[Odds], slips: float, bound: float) -> Begin:
    """The smallest of some models to begin at; `models` are smallest first, at least one.

    From the largest down, each smaller one is begun at while the time it saves is more than the
    time it takes, or it is cheaper, and no more than `bound` of the right answers is lost.
    """
    place = len(models) - 1
    rest, lost = wait(models[place:]), 0.0
    while place:
        lower = models[place - 1]
        lost += _lost(lower, max(models[place:], key=_by_right), slips)
        if lost > bound:
            said = f"{lost:.1%} of the right answers would be lost by beginning there"
            return Begin(place, said)
        dearer = min(each.price for each in models[place:]) > lower.price
        if lower.passes * rest < lower.seconds and not dearer:
            said = f"it passes too seldom ({lower.passes:.0%}) for the {lower.seconds:.0f} s"
            return Begin(place, said)
        place -= 1
        rest = wait(models[place:])
    return Begin(place)


def wait(models: Sequence[Odds]) -> float:
    """The seconds until an answer passes or all have failed, as far as can be expected."""
    rest = 0.0
    for last, each in zip((True, *[False] * len(models)), reversed(models), strict=False):
        again = REPAIR_TIME * each.seconds
        after = again + (1 - each.mends) * rest if last or _pays(each, rest) else rest
        rest = each.seconds + (1 - each.passes) * after
    return rest


def repaired(models: Sequence[Odds]) -> tuple[bool, ...]:
    """For each of some models in the order of asking, whether a rejected answer is repaired.

    The last one's always is, and that of a model before a dearer one.
    """
    told, rest = [], 0.0
    for number, each in reversed(list(enumerate(models))):
        following = models[number + 1 : number + 2]
        dearer = any(other.price > each.price for other in following)
        told.append(not following or dearer or _pays(each, rest))
        rest = wait(models[number:])
    return tuple(reversed(told))


def _lost(lower: Odds, best: Odds, slips: float) -> float:
    """The share of right answers that are lost when a smaller model is asked before the best."""
    more = max(0.0, (best.right - lower.right) / (1 - lower.right)) if lower.right < 1 else 0.0
    here, everywhere = best.after
    passes = _drawn(everywhere, more + slips * (1 - more), FIRM)
    more = _right(_drawn(here, passes, _borrowed(everywhere)), slips)
    missed = (1 - lower.right) * more
    return slips * missed / (lower.right + missed) if missed else 0.0


def _right(passes: float, slips: float) -> float:
    """The chance to be right of an answer that passes with a chance."""
    return max(0.0, (passes - slips) / (1 - slips))


def _by_right(each: Odds) -> float:
    return each.right


def _pays(each: Odds, rest: float) -> bool:
    """Whether a repair saves more time than it takes."""
    return each.mends * rest >= REPAIR_TIME * each.seconds


def _drawn(seen: Rate, expected: float, weight: float) -> float:
    """What was seen, drawn to what is expected while there is little of it."""
    return (seen.total + weight * expected) / (seen.weight + weight)


def _borrowed(everywhere: Rate) -> float:
    return FIRM + min(BORROWED, everywhere.weight)
