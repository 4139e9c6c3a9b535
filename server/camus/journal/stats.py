"""What the events add up to, for routing and for reports; pure folds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from camus.journal.events import (
    WITHHELD,
    Attempted,
    Corrected,
    Event,
    Feedback,
    Finished,
    Mended,
    Noted,
    Verdict,
)
from camus.journal.learning import ArmKey, Credit, Learner, Lessons, worth_of

Key = tuple[str, str, str]
"""(model, kind, language)."""

RESET = "thresholds-reset"
"""What a note says after which the scores before it no longer move a threshold."""

REMEMBERED = 1_000
"""The number of latest answers that feedback can still be counted for."""

LEAST_TIMED = 8
"""Tokens of an answer below which its speed says little."""

CORRECTIONS = 200
"""The number of latest corrections that are learnt from."""

LIKED: frozenset[Verdict] = frozenset({"accepted", "edited", "good"})


@dataclass(frozen=True, slots=True)
class Arm:
    """What is known of one model at one kind of task in one language.

    `mean_score` is over the `scored` attempts, `mean_seconds` over those that did not fail.
    `accepted` and `rejected` count answers by the user's latest word on each. `misformed` answers
    could not be read; `mean_first_token` in seconds and `mean_rate` in tokens a second are over the
    `timed` ones, which their server counted.
    """

    attempts: int = 0
    errors: int = 0
    accepted: int = 0
    rejected: int = 0
    mean_score: float | None = None
    mean_seconds: float | None = None
    scored: int = 0
    misformed: int = 0
    mean_first_token: float | None = None
    mean_rate: float | None = None
    timed: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Whose a finished request's answer was, and the user's latest word on it."""

    key: Key
    verdict: Verdict | None = None
    score: float | None = None
    """What it scored; None when it was not scored, or thresholds were reset since."""
    complexity: str = ""
    credit: Credit | None = None
    """What the verdict added to what is learnt of the model."""
    checked: float | None = None
    """What it was worth by its checks, if that was learnt of the model."""

    @property
    def arm(self) -> ArmKey:
        """The arm that it belongs to."""
        model, kind, language = self.key
        return model, kind, self.complexity, language

    @property
    def learns(self) -> bool:
        """Whether one model made it."""
        return self.key[0] not in {"rules", WITHHELD}


@dataclass(frozen=True, slots=True)
class Stats:
    """An immutable fold of events; `arms` is keyed by (model, kind, language).

    `answers` are the latest finished requests by id, oldest first, for feedback to come.
    """

    arms: dict[Key, Arm] = field(default_factory=dict)
    requests: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    corrections: tuple[Corrected, ...] = ()
    """The latest kinds that the user named, oldest first."""
    lessons: Lessons = field(default_factory=Lessons)

    def model(self, name: str) -> Arm:
        """What is known of a model over all kinds and languages."""
        own = [arm for key, arm in self.arms.items() if key[0] == name]
        return total(own)

    def arm(self, model: str, kind: str, language: str) -> Arm:
        """What is known of a model there; an empty arm when nothing is."""
        return self.arms.get((model, kind, language), Arm())


def total(arms: Sequence[Arm]) -> Arm:
    """Several arms as one; the means are weighted by what they are means of."""
    scores = [(arm.mean_score, arm.scored) for arm in arms]
    times = [(arm.mean_seconds, arm.attempts - arm.errors) for arm in arms]
    return Arm(
        attempts=sum(arm.attempts for arm in arms),
        errors=sum(arm.errors for arm in arms),
        accepted=sum(arm.accepted for arm in arms),
        rejected=sum(arm.rejected for arm in arms),
        mean_score=_weighted(scores),
        mean_seconds=_weighted(times),
        scored=sum(arm.scored for arm in arms),
        misformed=sum(arm.misformed for arm in arms),
        mean_first_token=_weighted([(arm.mean_first_token, arm.timed) for arm in arms]),
        mean_rate=_weighted([(arm.mean_rate, arm.timed) for arm in arms]),
        timed=sum(arm.timed for arm in arms),
    )


def _weighted(pairs: Sequence[tuple[float | None, int]]) -> float | None:
    known = [(mean, count) for mean, count in pairs if mean is not None and count > 0]
    if not known:
        return None
    return sum(mean * count for mean, count in known) / sum(count for _, count in known)


class Tally:
    """A fold under way; `stats` is a picture of it that later events do not change."""

    def __init__(self, stats: Stats) -> None:
        """Go on from statistics, which stay as they are."""
        self._arms = dict(stats.arms)
        self._answers = dict(stats.answers)
        self._requests = stats.requests
        self._corrections = stats.corrections
        self._learner = Learner(stats.lessons)

    def add(self, event: Event) -> None:
        """Count one event."""
        match event:
            case Attempted():
                self._attempted(event)
            case Finished():
                self._finished(event)
            case Feedback():
                self._feedback(event)
            case Mended():
                self._mended(event)
            case Corrected():
                self._corrections = (*self._corrections, event)[-CORRECTIONS:]
            case Noted(what=what) if what == RESET:
                self._answers = {
                    each: replace(answer, score=None) for each, answer in self._answers.items()
                }
            case _:
                pass  # other notes are for reports, which read the log itself

    def stats(self) -> Stats:
        """What the events so far add up to."""
        return Stats(
            dict(self._arms),
            self._requests,
            dict(self._answers),
            self._corrections,
            self._learner.lessons(),
        )

    def _attempted(self, event: Attempted) -> None:
        self._learner.attempted(event)
        key = (event.model, event.kind, event.language)
        arm = self._arms.get(key, Arm())
        answered = arm.attempts - arm.errors
        arm = _timed(arm, event)
        if event.error:
            misformed = arm.misformed + _is_misformed(event.error)
            errors = arm.errors + 1
            self._arms[key] = replace(
                arm, attempts=arm.attempts + 1, errors=errors, misformed=misformed
            )
            return
        arm = replace(
            arm,
            attempts=arm.attempts + 1,
            mean_seconds=_mean(arm.mean_seconds, answered, event.seconds),
        )
        if event.score is not None:
            score = _mean(arm.mean_score, arm.scored, event.score)
            arm = replace(arm, mean_score=score, scored=arm.scored + 1)
        self._arms[key] = arm

    def _finished(self, event: Finished) -> None:
        self._requests += 1
        if not event.model:
            return
        self._answers[event.id] = Answer(
            (event.model, event.kind, event.language),
            score=event.score,
            complexity=event.complexity,
            checked=None if event.cached or event.score is None else worth_of(event.score),
        )
        if len(self._answers) > REMEMBERED:
            del self._answers[next(iter(self._answers))]

    def _feedback(self, event: Feedback) -> None:
        answer = self._answers.get(event.id)
        if answer is None:
            return
        if answer.verdict is not None:
            self._judge(answer.key, answer.verdict, -1)
        self._judge(answer.key, event.verdict, 1)
        credit = answer.credit
        if answer.learns:
            credit = self._learner.judged(answer.arm, event.verdict, credit, answer.checked)
        self._answers[event.id] = replace(answer, verdict=event.verdict, credit=credit)

    def _mended(self, event: Mended) -> None:
        answer = self._answers.get(event.id)
        if answer is not None and answer.learns:
            credit = self._learner.mended(answer.arm, event, answer.credit)
            self._answers[event.id] = replace(answer, credit=credit)

    def _judge(self, key: Key, verdict: Verdict, by: int) -> None:
        arm = self._arms.get(key, Arm())
        if verdict in LIKED:
            self._arms[key] = replace(arm, accepted=arm.accepted + by)
        else:
            self._arms[key] = replace(arm, rejected=arm.rejected + by)


def fold(events: Iterable[Event], stats: Stats = Stats()) -> Stats:
    """Add events to statistics; doing so in one go or in two comes to exactly the same."""
    tally = Tally(stats)
    for event in events:
        tally.add(event)
    return tally.stats()


def _is_misformed(error: str) -> bool:
    """Whether an answer came and was none; one that changes nothing has its form all the same."""
    return error.startswith("BadReply") and error != "BadReply:unchanged"


def _timed(arm: Arm, event: Attempted) -> Arm:
    """The arm with the speed of an answer, where its server counted what it wrote."""
    first = event.first_token_seconds
    if first is None or event.cached or event.completion_tokens < LEAST_TIMED:
        return arm
    writing = event.seconds - first
    if writing <= 0:
        return arm
    return replace(
        arm,
        mean_first_token=_mean(arm.mean_first_token, arm.timed, first),
        mean_rate=_mean(arm.mean_rate, arm.timed, event.completion_tokens / writing),
        timed=arm.timed + 1,
    )


def _mean(mean: float | None, count: int, value: float) -> float:
    """The mean of one value more (Welford's update, which does not lose precision)."""
    return value if mean is None or not count else mean + (value - mean) / (count + 1)
