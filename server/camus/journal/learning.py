"""What answers teach of models: discounted rewards, confidence, health, money; pure folds.

The rewards feed a discounted Thompson sampler (Raj and Kalyani 2017, arXiv 1707.09727): each new
observation of a kind of task makes all older ones of that kind count `DISCOUNT` of what they did,
for every model, so that one that slowly got better or worse is found out. A sudden change is
noticed (`changes`), and what was known of that model then counts `KEPT`. Here are only the sums;
`routing` draws from them.

The confidence is an exponentially weighted moving average of the same rewards by model and kind.
One answer moves it by `STEP` at the most, and while few answers are known it is drawn to 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from camus.journal.changes import Watch
from camus.journal.events import WITHHELD, Attempted, Mended, Turn, Verdict

DISCOUNT = 0.99
"""What an observation of a kind leaves of the older ones: about the last 100 count."""
KEPT = 0.1
"""What is left of what was known of a model at a kind when its answers have changed."""
SMOOTHING = 0.15
"""What one answer counts in the moving average, one with the user's word twice as much."""
STEP = 0.1
"""The most that one answer moves the average."""
ASSUMED = 8
"""So many answers of a model that is neither good nor bad are assumed beside those seen."""
UNTOLD = 0.5
"""The confidence in a model of which nothing is known."""
TRUTH = 2.0
"""What a correction counts, against 1 for the checks and for being kept or undone."""
FADING = 0.99
"""What an answer of any model leaves of the older ones in the rates of a kind and complexity: about
the last 100 count, and a model that is not asked for long is unknown again."""
_DAY = 86_400.0
_DAYS_KEPT = 40
_HEALTH = 0.25
_POOR, _GOOD = 0.3, 0.9
"""Scores that are worth nothing and everything."""

REWARDS: dict[Verdict, float] = {
    "accepted": 1.0,
    "good": 1.0,
    "edited": 0.5,
    "rejected": 0.0,
    "undone": 0.0,
    "bad": 0.0,
}

_NOT_ITS_FAULT = frozenset(
    ("Unreachable", "Unauthorised", "Missing", "RateLimited", "SpentQuota", "NoMemory", "TooLarge")
)
"""Errors that tell nothing of how well a model answers; nor does finding nothing to change."""
_NOT_ILL = frozenset(("RateLimited", "SpentQuota", "Overflow", "TooLarge", "refused", "Late"))
"""Errors of a model that works."""

ArmKey = tuple[str, str, str, str]
"""(model, kind, complexity, language)."""
KindKey = tuple[str, str]
"""(model, kind)."""
RateKey = tuple[str, str, str, Turn]
"""(model, kind, complexity, turn); an empty kind is all of them."""


@dataclass(frozen=True, slots=True)
class Reward:
    """Discounted sums as they were after observation `at` of their kind.

    `total` of the rewards (0..1 each), `weight` of the observations, `seconds` of the `timed`
    answers. `seen` counts the observations without discount.
    """

    total: float = 0.0
    weight: float = 0.0
    seconds: float = 0.0
    timed: float = 0.0
    at: int = 0
    seen: int = 0

    def now(self, at: int) -> Reward:
        """The same sums after observation `at`."""
        return self.scaled(DISCOUNT ** (at - self.at), at)

    def scaled(self, left: float, at: int) -> Reward:
        """So much of the sums, as of observation `at`."""
        return Reward(
            self.total * left,
            self.weight * left,
            self.seconds * left,
            self.timed * left,
            at,
            self.seen,
        )


class Earned(NamedTuple):
    """Rewards as they count now: their sum, the number of answers, and their mean seconds.

    A tuple, for one is made for each of hundreds of models in each decision.
    """

    total: float
    weight: float
    seconds: float | None
    seen: int
    """The number of answers without discount."""


NOTHING = Earned(0.0, 0.0, None, 0)


class Rate(NamedTuple):
    """How many answers of a model passed the checks, of how many; older ones count less."""

    total: float = 0.0
    weight: float = 0.0
    at: int = 0
    """After which observation of the kind and complexity the sums were so."""

    def now(self, at: int) -> Rate:
        """The same sums after observation `at`."""
        left = FADING ** (at - self.at)
        return Rate(self.total * left, self.weight * left, at)


@dataclass(frozen=True, slots=True)
class Confidence:
    """A moving average of rewards in 0..1, and of how many."""

    average: float = UNTOLD
    samples: int = 0

    @property
    def value(self) -> float:
        """The average, drawn to 0.5 while there are few samples."""
        return UNTOLD + (self.average - UNTOLD) * self.samples / (self.samples + ASSUMED)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What was learnt so far; nothing of a model that was never asked."""

    arms: dict[ArmKey, Reward] = field(default_factory=dict)
    kinds: dict[KindKey, Reward] = field(default_factory=dict)
    clocks: dict[str, int] = field(default_factory=dict)
    """For each kind the number of its observations."""
    confidences: dict[KindKey, Confidence] = field(default_factory=dict)
    failing: dict[str, float] = field(default_factory=dict)
    """For each model the share of its latest requests that failed, an average that fades."""
    answered: dict[str, float] = field(default_factory=dict)
    """For each model the Unix time at which it last answered."""
    spent: dict[int, float] = field(default_factory=dict)
    """Money by day since 1970 (UTC)."""
    rates: dict[RateKey, Rate] = field(default_factory=dict)
    """How often the checks accepted what a model wrote; what users made of it is not in here."""
    watches: dict[KindKey, Watch] = field(default_factory=dict)
    """What is usual for each model at each kind."""
    ticks: dict[tuple[str, str], int] = field(default_factory=dict)
    """For each kind and complexity, as in `rates`, the number of observations."""

    def earned(self, key: ArmKey) -> tuple[float, float]:
        """What an arm earned and in how many answers, as both count now."""
        known = self.arms.get(key)
        if known is None:
            return 0.0, 0.0
        left = DISCOUNT ** (self.clocks[key[1]] - known.at)
        return known.total * left, known.weight * left

    def kind(self, model: str, kind: str) -> Earned:
        """What a model earned at a kind of task over all complexities and languages."""
        known = self.kinds.get((model, kind))
        if known is None:
            return NOTHING
        left = DISCOUNT ** (self.clocks[kind] - known.at)
        mean = known.seconds / known.timed if known.timed else None
        return Earned(known.total * left, known.weight * left, mean, known.seen)

    def confidence(self, model: str, kind: str) -> Confidence:
        """What is thought of a model at a kind of task."""
        return self.confidences.get((model, kind), _UNKNOWN)

    def rate(self, model: str, kind: str, complexity: str, turn: Turn) -> Rate:
        """How often a model's answers passed, as that counts now; without a kind those of all."""
        known = self.rates.get((model, kind, complexity, turn))
        return _UNSEEN if known is None else known.now(self.ticks[kind, complexity])

    def spent_on(self, at: float) -> float:
        """Money spent on the day of a Unix time."""
        return self.spent.get(int(at // _DAY), 0.0)


_K = TypeVar("_K", ArmKey, KindKey)
_NOTHING = Reward()
_UNKNOWN = Confidence()
_UNSEEN = Rate()
_UNWATCHED = Watch()


@dataclass(frozen=True, slots=True)
class Credit:
    """What a verdict added to an arm, so that a later one can replace it."""

    reward: float
    """For each of `weight`; beyond 0..1 where it takes back what the checks said."""
    weight: float
    at: int = 0


class Learner:
    """A fold under way over the lessons."""

    def __init__(self, lessons: Lessons) -> None:
        """Go on from lessons, which stay as they are."""
        self._arms = dict(lessons.arms)
        self._kinds = dict(lessons.kinds)
        self._clocks = dict(lessons.clocks)
        self._confidences = dict(lessons.confidences)
        self._failing = dict(lessons.failing)
        self._answered = dict(lessons.answered)
        self._spent = dict(lessons.spent)
        self._rates = dict(lessons.rates)
        self._watches = dict(lessons.watches)
        self._ticks = dict(lessons.ticks)

    def lessons(self) -> Lessons:
        """What was learnt so far."""
        return Lessons(
            dict(self._arms),
            dict(self._kinds),
            dict(self._clocks),
            dict(self._confidences),
            dict(self._failing),
            dict(self._answered),
            dict(self._spent),
            dict(self._rates),
            dict(self._watches),
            dict(self._ticks),
        )

    def attempted(self, event: Attempted) -> None:
        """Learn from one request to a model."""
        nobody = event.model in {"rules", WITHHELD, ""}
        if nobody or event.cached or event.error.startswith("Denied"):
            return
        self._health(event)
        if event.cost:
            day = int(event.at // _DAY)
            self._spent[day] = self._spent.get(day, 0.0) + event.cost
            for old in [each for each in self._spent if each < day - _DAYS_KEPT]:
                del self._spent[old]
        if event.passed is not None:
            self._rate(event, event.kind, passed=event.passed)
            self._rate(event, "", passed=event.passed)
        reward = reward_of(event)
        if reward is not None:
            key = (event.model, event.kind, event.complexity, event.language)
            seconds = event.seconds if not event.error else None
            self._observe(key, reward, 1.0, seconds=seconds)
            self._believe(key, reward, SMOOTHING)
            self._watch(event.model, event.kind, reward)

    def _watch(self, model: str, kind: str, reward: float) -> None:
        """Notice a change, and forget most of what was known before it."""
        known = self._watches.get((model, kind), _UNWATCHED)
        watch = self._watches[model, kind] = known.after(reward)
        if watch.changes == known.changes:
            return
        self._kinds[model, kind] = self._kinds[model, kind].scaled(KEPT, self._clocks[kind])
        for key, sums in self._arms.items():
            if key[:2] == (model, kind):
                self._arms[key] = sums.scaled(KEPT, sums.at)

    def _rate(self, event: Attempted, kind: str, *, passed: bool) -> None:
        clock = kind, event.complexity
        at = self._ticks[clock] = self._ticks.get(clock, 0) + 1
        place = (event.model, kind, event.complexity, event.turn)
        known = self._rates.get(place, _UNSEEN).now(at)
        self._rates[place] = Rate(known.total + passed, known.weight + 1, at)

    def judged(
        self, key: ArmKey, verdict: Verdict, before: Credit | None, checked: float | None
    ) -> Credit:
        """Learn what the user did with an answer, instead of what they did `before`.

        `checked` is what the answer was worth by its checks, if that was learnt: the user knows
        better, so that the two together are worth what the user says.
        """
        reward = said = REWARDS[verdict]
        if checked is not None:
            reward += said - checked
        return self._credit(key, said, Credit(reward, 1.0), before)

    def mended(self, key: ArmKey, event: Mended, before: Credit | None) -> Credit:
        """Learn how much of an answer stands in what the user made of it."""
        return self._credit(key, event.kept, Credit(event.kept, TRUTH), before)

    def _credit(self, key: ArmKey, said: float, credit: Credit, before: Credit | None) -> Credit:
        if before is not None:
            self._take_back(key, before)
        self._observe(key, credit.reward, credit.weight)
        self._believe(key, said, 2 * SMOOTHING)
        return replace(credit, at=self._clocks[key[1]])

    def _observe(
        self, key: ArmKey, reward: float, weight: float, *, seconds: float | None = None
    ) -> None:
        kind = key[1]
        at = self._clocks[kind] = self._clocks.get(kind, 0) + 1
        self._arms[key] = _more(self._arms.get(key, _NOTHING).now(at), reward, weight, seconds)
        whole = (key[0], kind)
        known = self._kinds.get(whole, _NOTHING).now(at)
        self._kinds[whole] = _more(known, reward, weight, seconds)

    def _take_back(self, key: ArmKey, credit: Credit) -> None:
        kind = key[1]
        weight = credit.weight * DISCOUNT ** (self._clocks[kind] - credit.at)
        total, at = credit.reward * weight, self._clocks[kind]
        _less(self._arms, key, total, weight=weight, at=at)
        _less(self._kinds, (key[0], kind), total, weight=weight, at=at)

    def _believe(self, key: ArmKey, reward: float, share: float) -> None:
        place = (key[0], key[1])
        known = self._confidences.get(place, _UNKNOWN)
        step = max(-STEP, min(STEP, share * (reward - known.average)))
        self._confidences[place] = Confidence(known.average + step, known.samples + 1)

    def _health(self, event: Attempted) -> None:
        """A bad reply is no failure of the server; a refused connection is."""
        failed = bool(event.error) and not event.error.startswith("BadReply")
        failed = failed and event.error not in _NOT_ILL
        known = self._failing.get(event.model, 0.0)
        self._failing[event.model] = known + _HEALTH * (failed - known)
        if not event.error:
            self._answered[event.model] = event.at


def reward_of(event: Attempted) -> float | None:
    """What an attempt is worth in 0..1; None where it tells nothing of the model."""
    if event.error in _NOT_ITS_FAULT or event.error == "BadReply:unchanged":
        return None
    if event.error:
        return 0.0
    return None if event.score is None else worth_of(event.score)


def worth_of(score: float) -> float:
    """What an answer is worth in 0..1 by the score that the checks gave it."""
    return max(0.0, min(1.0, (score - _POOR) / (_GOOD - _POOR)))


def _more(sums: Reward, reward: float, weight: float, seconds: float | None) -> Reward:
    return Reward(
        max(0.0, sums.total + reward * weight),
        sums.weight + weight,
        sums.seconds + (seconds or 0.0),
        sums.timed + (seconds is not None),
        sums.at,
        sums.seen + 1,
    )


def _less(sums: dict[_K, Reward], place: _K, total: float, *, weight: float, at: int) -> None:
    known = sums.get(place)
    if known is not None:
        now = known.now(at)
        sums[place] = replace(
            now,
            total=max(0.0, now.total - total),
            weight=max(0.0, now.weight - weight),
            seen=now.seen - 1,
        )
