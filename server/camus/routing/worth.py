"""Whether a smaller model is worth asking first, and its answer worth repairing; pure.

Asking a smaller model first shortens the wait where the chance that its answer passes, times what
the others would take, is more than its own time: the least cost testing sequence (Mitten 1960), as
FrugalGPT (arXiv 2305.05176) uses it under a bound on quality. The same holds for a repair.

What it costs: some wrong answers pass the checks, and some of those a larger model would have had
right. Each such answer is weighed against the time that is won, and there is a bound to their share
of the right ones. How much more the larger model can is seen in what it makes of rejected tasks.
What the smaller one gets right and the larger one does not is not counted, and neither is what the
larger one would repair; the two are about equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from camus.journal import Rate, Turn
from camus.models import Profile
from camus.routing.scoring import USUAL_SECONDS, Scorer
from camus.routing.strategy import critical

SLIPS = 0.19
"""The share of wrong edits that the checks let pass (11 of 58 in `bench reached`)."""
SLIPS_IN_WORDS = 0.3
"""The same of answers in words, of which the checks see little; assumed."""
LOSS = {"speed": 0.1, "balanced": 0.06, "quality": 0.02}
"""By preset, the share of right answers that may be lost, however much time is won."""
HARM = {"speed": 30.0, "balanced": 120.0, "quality": 600.0}
"""By preset, the seconds that a wrong answer takes its user who could have had a right one.

To see it, take it back and ask again takes a minute or two, when it is seen at once.
"""
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


class Terms(NamedTuple):
    """What is given for time, and what is not."""

    slips: float
    """The share of wrong answers that the checks let pass."""
    bound: float
    """The share of right answers that may be lost at the most."""
    harm: float = 0.0
    """The seconds that each lost one counts; 0: only the bound holds."""


class Begin(NamedTuple):
    """Where to begin among some models in the order of their sizes, and what decided it."""

    place: int
    said: str = ""
    """Why one place lower was not taken; empty where there is none."""


def odds(
    profiles: Sequence[Profile], scorer: Scorer, price: Callable[[Profile], int]
) -> tuple[Odds, ...]:
    """What the records and the profiles let expect of models at the task of a scorer.

    A time that is not known is what is usual beside that of the model nearest in size in the same
    place. Where there is none, all are what is usual for their sizes, for times that are known are
    not held against times that are assumed.
    """
    times = _times(profiles, scorer)
    return tuple(
        _odds(profile, scorer, seconds, price(profile))
        for profile, seconds in zip(profiles, times, strict=True)
    )


def _times(profiles: Sequence[Profile], scorer: Scorer) -> list[float]:
    usual = [USUAL_SECONDS[profile.size] for profile in profiles]
    known = [scorer.known_seconds(profile) for profile in profiles]
    times = []
    for number, profile in enumerate(profiles):
        beside = sorted(
            (abs(other - number), other)
            for other, seconds in enumerate(known)
            if seconds is not None and (other == number or profiles[other].place == profile.place)
        )
        if not beside:
            return usual
        near = beside[0][1]
        times.append((known[near] or 0.0) * usual[number] / usual[near])
    return times


def _odds(profile: Profile, scorer: Scorer, seconds: float, price: int) -> Odds:
    slips = slips_of(scorer)
    lessons, kind, complexity = scorer.view.stats.lessons, scorer.kind, scorer.complexity
    mends = MENDS[profile.size]
    mends += slips * (1 - mends)

    def seen(turn: Turn, expected: float) -> float:
        everywhere = lessons.rate(profile.name, "", complexity, turn)
        here = lessons.rate(profile.name, kind, complexity, turn)
        return _expected(here, everywhere, expected)

    passes = seen("first", scorer.expected(profile))
    after = (
        lessons.rate(profile.name, kind, complexity, "next"),
        lessons.rate(profile.name, "", complexity, "next"),
    )
    return Odds(passes, seen("repair", mends), _right(passes, slips), seconds, price, after)


def slips_of(scorer: Scorer) -> float:
    """The share of wrong answers to a task that the checks let pass."""
    return SLIPS if scorer.view.task.action.produces == "edit" else SLIPS_IN_WORDS


def terms_of(scorer: Scorer) -> Terms:
    """On which terms time is won: the user's own bound alone, else those of the preset.

    Where a mistake would harm they are those of the preset `quality`.
    """
    config = scorer.view.config
    own, slips = config.multi_model.intelligent_selection.quality_loss, slips_of(scorer)
    if own is not None:
        return Terms(slips, own, 0.0)
    preset = "quality" if critical(scorer.view.task, config) else scorer.preset
    return Terms(slips, LOSS[preset], HARM[preset])


def begin(models: Sequence[Odds], terms: Terms) -> Begin:
    """The smallest of some models to begin at; `models` are smallest first, at least one.

    From the largest down, each smaller one is begun at while what it saves is more than what it
    takes, its wrong answers weighed; where it is cheaper it may take longer. All of them together
    lose no more than the bound.
    """
    place = len(models) - 1
    rest, share = wait(models[place:], terms), 0.0
    while place:
        lower, best = models[place - 1], max(models[place:], key=_by_right)
        lost = _lost(lower, best, terms.slips)
        share += lost
        if share > terms.bound:
            return Begin(place, f"{share:.1%} more wrong answers are too many")
        dearer = min(each.price for each in models[place:]) > lower.price
        won = lower.passes * rest - lower.seconds
        if won < 0 and not dearer:
            said = f"it passes too seldom ({lower.passes:.0%}) for the {lower.seconds:.0f} s"
            return Begin(place, said)
        if won < lost * terms.harm and not dearer:
            said = f"{won:.0f} s won are not worth {lost:.1%} more wrong answers"
            return Begin(place, said)
        place -= 1
        rest = wait(models[place:], terms)
    return Begin(place)


def wait(models: Sequence[Odds], terms: Terms) -> float:
    """The seconds until an answer passes or all have failed, as far as can be expected."""
    rest = 0.0
    for number in reversed(range(len(models))):
        each, following = models[number], models[number + 1 :]
        again = REPAIR_TIME * each.seconds
        repairs = not following or not _unpaid(each, following, rest, terms)
        after = again + (1 - each.mends) * rest if repairs else rest
        rest = each.seconds + (1 - each.passes) * after
    return rest


def repaired(models: Sequence[Odds], terms: Terms) -> tuple[str, ...]:
    """For each of some models in the order of asking, why a rejected answer is not repaired.

    Empty where it is: the last one's always, and that of a model before a dearer one.
    """
    told, rest = [], 0.0
    for number, each in reversed(list(enumerate(models))):
        following = models[number + 1 :]
        dearer = any(other.price > each.price for other in following[:1])
        kept = not following or dearer
        told.append("" if kept else _unpaid(each, following, rest, terms))
        rest = wait(models[number:], terms)
    return tuple(reversed(told))


def _lost(lower: Odds, best: Odds, slips: float) -> float:
    """The share of all answers that are wrong, pass, and the best one would have had right."""
    return slips * (1 - lower.right) * _more(lower, best, slips)


def _more(lower: Odds, best: Odds, slips: float) -> float:
    """The chance that the best one is right where the smaller one is wrong."""
    more = max(0.0, (best.right - lower.right) / (1 - lower.right)) if lower.right < 1 else 0.0
    here, everywhere = best.after
    return _right(_expected(here, everywhere, more + slips * (1 - more)), slips)


def _right(passes: float, slips: float) -> float:
    """The chance to be right of an answer that passes with a chance."""
    return max(0.0, (passes - slips) / (1 - slips))


def _by_right(each: Odds) -> float:
    return each.right


def _unpaid(each: Odds, following: Sequence[Odds], rest: float, terms: Terms) -> str:
    """Why a repair does not pay; empty where it saves more than it takes, wrong ones weighed."""
    won = each.mends * rest - REPAIR_TIME * each.seconds
    if won < 0:
        return "a repair would take longer"
    if not terms.harm:
        return ""
    best = max(following, key=_by_right)
    more = _more(each, best, terms.slips)
    more += (1 - more) * _right(best.mends, terms.slips)
    wrong = terms.slips * (1 - _right(each.mends, terms.slips))
    return "" if won >= wrong * more * terms.harm else "its repairs too often pass though wrong"


def _expected(here: Rate, everywhere: Rate, expected: float) -> float:
    """What was seen at a kind, drawn to what was seen at others, and that to what is expected."""
    weight = max(0.0, everywhere.weight - here.weight)
    other = Rate(min(weight, max(0.0, everywhere.total - here.total)), weight)
    return _drawn(here, _drawn(other, expected, FIRM), FIRM + min(BORROWED, weight))


def _drawn(seen: Rate, expected: float, weight: float) -> float:
    """What was seen, drawn to what is expected while there is little of it."""
    return (seen.total + weight * expected) / (seen.weight + weight)
