"""The models in the order to ask them, by rules, by score or by what was learnt; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from camus.actions import Task
from camus.config import Config
from camus.journal import Stats
from camus.models import Profile
from camus.routing import arms, ladder, pipelines, worth
from camus.routing.composites import TIERS, resolve
from camus.routing.ladder import MOST_CHOICES, Rung, Told
from camus.routing.limits import Bounds, Rejected, divide, spared
from camus.routing.scoring import Scorer, View
from camus.routing.values import Candidate, Policy, Selection

MOST_SHOWN = 12
"""So many candidates are shown with the parts of their scores."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The models to ask in order, and everything that was considered, the best first."""

    rungs: tuple[Rung, ...]
    candidates: tuple[Candidate, ...]
    selection: Selection
    explores: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """The models to ask for a task, those left out, and what the user is told of it."""

    ordered: Ordered
    usable: tuple[Profile, ...]
    rejected: tuple[Rejected, ...]
    warnings: tuple[str, ...] = ()


def selected(task: Task, profiles: Sequence[Profile], stats: Stats, policy: Policy) -> Selected:
    """The models that may be asked for a task, in order: preferred ones and roles come first."""
    config, bounds = policy.config, policy.bounds(stats)
    usable, rejected = divide(task, profiles, bounds, named=False)
    warnings: tuple[str, ...] = ()
    spare = None if usable else spared(task, profiles, rejected, bounds)
    if spare is not None:
        usable, warnings = (spare[0],), (spare[1],)
        rejected = tuple(out for out in rejected if out.model != spare[0].name)
    ordered = order(
        View(task, config, stats, policy.now),
        usable,
        _preferred(task, profiles, bounds),
        seed=policy.seed,
    )
    warnings = (*warnings, *_missed(task, profiles, usable, config))
    return Selected(ordered, usable, rejected, warnings)


def _missed(
    task: Task, profiles: Sequence[Profile], usable: Sequence[Profile], config: Config
) -> tuple[str, ...]:
    """What to say when only general models are left of those with a specialist for the kind."""
    told = Told(config)
    down = (p for p in profiles if p.state not in {"ready", "unknown"})
    gone = [profile for profile in down if told.holds(task, profile)]
    if not (gone and usable) or any(told.holds(task, profile) for profile in usable):
        return ()
    kind = task.classified.kind
    return tuple(
        f"{p.name}, your model for {kind}, cannot be asked ({p.problem or p.state}): a general "
        "one is asked instead"
        for p in gone
    )


def _preferred(
    task: Task, profiles: Sequence[Profile], bounds: Bounds
) -> list[tuple[Rung, Profile]]:
    """What the rules of the configuration prefer, and what fills the kind's role there."""
    config = bounds.config
    wanted = pipelines.preferred(task, config)
    role = ladder.role_of(task, config.composites)
    if not wanted and not role:
        return []
    named, _ = divide(task, profiles, bounds, named=True)
    chosen = resolve_all(wanted, named, config)
    rungs = [(Rung(p.name, "preferred for this kind by the configuration"), p) for p in chosen]
    filling = resolve(role, named, config.composites) if role else ()
    why = f"fills '{role}' in the configuration"
    return rungs + [(Rung(p.name, why, role), p) for p in filling]


def resolve_all(
    names: Sequence[str], profiles: Sequence[Profile], config: Config
) -> tuple[Profile, ...]:
    """The best real model for each name, in order, without repetition."""
    found = (resolve(name, profiles, config.composites)[:1] for name in names)
    return tuple(dict.fromkeys(profile for pick in found for profile in pick))


def order(
    view: View,
    usable: Sequence[Profile],
    preferred: Sequence[tuple[Rung, Profile]] = (),
    *,
    seed: int = 0,
) -> Ordered:
    """The order that the configuration asks for; `preferred` come first whatever it is.

    By score and by what was learnt the best one is followed by those at least as large, for a
    smaller one seldom mends what it could not do, and then by the smaller ones.
    """
    settings = view.config.multi_model.intelligent_selection
    first = list({rung.model: rung for rung, _ in reversed(preferred)}.values())[::-1]
    everybody = [*(profile for _, profile in preferred), *usable]
    scorer = Scorer(view)
    if not settings.enabled:
        rungs = [Rung(p.name, "in the order of the configuration") for p in usable[:MOST_CHOICES]]
        return _shown(rungs, usable, scorer, "listed")
    if settings.type == "rule":
        told = Told(view.config)
        rungs = list(ladder.climb(scorer, usable, preferred=first, told=told))
        return _shown(_weighed(rungs, len(first), everybody, scorer), everybody, scorer, "rule")
    named = {rung.model for rung in first}
    rest = [profile for profile in usable if profile.name not in named]
    if not rest:
        return _shown(first, everybody, scorer, settings.type)
    if settings.type == "score":
        rungs = _by_score(rest, scorer)
        rungs = _weighed([*first, *rungs], len(first), everybody, scorer)
        return _shown(rungs, everybody, scorer, "score")
    explores, rungs = _by_lessons(rest, scorer, seed)
    rungs = _weighed([*first, *rungs], len(first), everybody, scorer)
    return replace(_shown(rungs, everybody, scorer, "learning"), explores=explores)


def _weighed(
    rungs: Sequence[Rung], wished: int, profiles: Sequence[Profile], scorer: Scorer
) -> list[Rung]:
    """The order with what happens when the checks reject: a repair, or the next one at once.

    A model that is smaller than one before it seldom mends what that one could not do: it is a
    fallback for when nothing can be offered. The first `wished` are the user's own wish; their
    answers are repaired.
    """
    names = {rung.model for rung in rungs}
    by_name = {profile.name: profile for profile in profiles if profile.name in names}
    told, made, highest = Told(scorer.view.config), [], 0
    for rung in rungs:
        size = TIERS.index(by_name[rung.model].size)
        made.append(replace(rung, fallback=True) if size < highest else rung)
        highest = max(highest, size)
    climbed = [by_name[rung.model] for rung in made if not rung.fallback][: worth.MOST_WEIGHED]
    repaired = worth.repaired(worth.odds(climbed, scorer, told.cost), worth.terms_of(scorer))
    whys = {p.name: why for p, why in zip(climbed, repaired, strict=True) if why}
    for rung in rungs[:wished]:
        whys.pop(rung.model, None)
    return [_unrepaired(rung, whys.get(rung.model, "")) for rung in made]


def _unrepaired(rung: Rung, why: str) -> Rung:
    if not why:
        return rung
    reason = f"{rung.reason}; if rejected, the next is asked at once: {why}"
    return replace(rung, reason=reason, repairs=False)


def _by_score(rest: Sequence[Profile], scorer: Scorer) -> list[Rung]:
    scores = {profile.name: scorer.score(scorer.values(profile)) for profile in rest}
    ranked = sorted(rest, key=lambda profile: -scores[profile.name])
    told = Told(scorer.view.config)
    first = (_timely(ranked, scorer, told) or ranked)[0]
    return [
        Rung(p.name, _scored(p, scores[p.name], scorer, told))
        for p in _then_larger(first, ranked)[:MOST_CHOICES]
    ]


def _scored(profile: Profile, score: float, scorer: Scorer, told: Told) -> str:
    late = told.lateness(scorer.view.task, profile)
    said = [f"score {score:.2f}", scorer.why(profile), late]
    return "; ".join(each for each in said if each)


def _by_lessons(rest: Sequence[Profile], scorer: Scorer, seed: int) -> tuple[bool, list[Rung]]:
    """Whether the first one is there to learn of it, and all of them in order."""
    told = Told(scorer.view.config)
    timely = _timely(rest, scorer, told)
    made = arms.pick(timely or rest, scorer, seed)
    best = made.arms[0].mean
    reasons = {arm.profile.name: arms.worth(arm, best) for arm in made.arms[:MOST_SHOWN]}
    reasons[made.first.name] = made.reason
    known = {profile.name for profile in timely or rest}
    ranked = [*(arm.profile for arm in made.arms), *(p for p in rest if p.name not in known)]
    rungs = [
        Rung(p.name, reasons.get(p.name) or told.lateness(scorer.view.task, p) or "less likely")
        for p in _then_larger(made.first, ranked)[:MOST_CHOICES]
    ]
    return made.explores, rungs


def _timely(profiles: Sequence[Profile], scorer: Scorer, told: Told) -> Sequence[Profile]:
    """Those that are not known to miss the target of the first token."""
    task = scorer.view.task
    if told.target(task) is None:
        return profiles
    return [profile for profile in profiles if not told.lateness(task, profile)]


def _then_larger(first: Profile, ranked: Sequence[Profile]) -> list[Profile]:
    """The first one, then those at least as large, then the others, each as ranked."""
    least = TIERS.index(first.size)
    others = [profile for profile in ranked if profile is not first]
    others.sort(key=lambda profile: TIERS.index(profile.size) < least)
    return [first, *others]


def considered(
    view: View, known: Sequence[Profile], reasons: Mapping[str, str]
) -> tuple[Candidate, ...]:
    """The models that may be asked, those with a `reason` first, with what their scores are."""
    return _considered(Scorer(view), known, reasons)


def _considered(
    scorer: Scorer, known: Sequence[Profile], reasons: Mapping[str, str]
) -> tuple[Candidate, ...]:
    asked = {profile.name: profile for profile in known if profile.name in reasons}
    shown = [asked[name] for name in reasons if name in asked][:MOST_SHOWN]
    others = (profile for profile in known if profile.name not in reasons)
    shown += islice(others, MOST_SHOWN - len(shown))
    return tuple(scorer.candidate(p, reasons.get(p.name, "not needed")) for p in shown)


def _shown(
    rungs: Sequence[Rung], known: Sequence[Profile], scorer: Scorer, selection: Selection
) -> Ordered:
    """The order with its candidates: those that will be asked, and others up to a number."""
    reasons = {rung.model: rung.reason for rung in rungs}
    return Ordered(tuple(rungs), _considered(scorer, known, reasons), selection)
