"""Whether a model's answers have become better or worse, by their rewards; a pure fold.

Page's cumulative sum test (Biometrika 1954) on each side of the mean, as CUSUM-UCB (Liu, Lee and
Shroff, arXiv 1711.03539) uses it to restart a bandit's arm: so that old answers may count for long
while nothing changes, and for little once something did.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

ENOUGH = 10
"""So many answers tell what is usual."""
SLACK = 0.25
"""How far from the usual an answer's reward may lie, in the long run, without it being a change, in
standard deviations: half of the least change that is to be noticed, as is best for this test.

Of a model that is right in 55 instead of 80 of 100 the rewards fall by half a standard deviation.
"""
ALARM = 11.0
"""The sum of what went beyond that from which on it is a change.

Simulated, with 19 % of the wrong ones unseen: of models that fell from 80 to 55 seven in ten are
noticed within 70 answers, half within 40, and half of those that fell to 30 within 14; by chance
alone one answer in some 1,400 looks like it.
"""
LEAST = 0.3
"""The standard deviation of rewards whose mean is near 0 or 1: two or three are no change."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is usual for a model at a kind of task, and how much has lately spoken against it."""

    mean: float = 0.0
    """Of the rewards since the latest change, in 0..1."""
    seen: int = 0
    """The number of these rewards."""
    below: float = 0.0
    above: float = 0.0
    """The sums of what was worse and what was better than usual, in standard deviations."""
    changes: int = 0

    def after(self, reward: float) -> Watch:
        """The watch after one more answer; with a change it begins anew."""
        below = above = 0.0
        if self.seen >= ENOUGH:
            # No rewards in 0..1 with this mean vary more than those that are either 0 or 1.
            deviation = max(LEAST, math.sqrt(self.mean * (1 - self.mean)))
            worse = (self.mean - reward) / deviation
            below = max(0.0, self.below + worse - SLACK)
            above = max(0.0, self.above - worse - SLACK)
        if max(below, above) > ALARM:
            return Watch(changes=self.changes + 1)
        seen = self.seen + 1
        mean = self.mean + (reward - self.mean) / seen
        return replace(self, mean=mean, seen=seen, below=below, above=above)
