"""Whether a model's answers have become better or worse, by their rewards; a pure fold.

Page's cumulative sum test (Biometrika 1954) on each side of the mean, as CUSUM-UCB (Liu, Lee and
Shroff, arXiv 1711.03539) uses it to restart a bandit's arm: so that old answers may count for long
while nothing changes, and for little once something did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ENOUGH = 10
"""So many answers tell what is usual."""
SLACK = 0.1
"""How far from the usual an answer's reward may lie, in the long run, without it being a change."""
ALARM = 4.0
"""The sum of what went beyond that from which on it is a change: a dozen answers that are a third
worse than usual, and by chance one in some 400 of a model that is right three times in four."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is usual for a model at a kind of task, and how much has lately spoken against it."""

    mean: float = 0.0
    """Of the rewards since the latest change, in 0..1."""
    seen: int = 0
    """The number of these rewards."""
    below: float = 0.0
    above: float = 0.0
    """The sums of what was worse and what was better than usual."""
    changes: int = 0

    def after(self, reward: float) -> Watch:
        """The watch after one more answer; with a change it begins anew."""
        below = above = 0.0
        if self.seen >= ENOUGH:
            below = max(0.0, self.below + self.mean - reward - SLACK)
            above = max(0.0, self.above + reward - self.mean - SLACK)
        if max(below, above) > ALARM:
            return Watch(changes=self.changes + 1)
        seen = self.seen + 1
        mean = self.mean + (reward - self.mean) / seen
        return replace(self, mean=mean, seen=seen, below=below, above=above)
