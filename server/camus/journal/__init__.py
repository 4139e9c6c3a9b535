"""One append-only log of code-free events; statistics are folds over it."""

from camus.journal.events import Attempted, Event, Feedback, Finished, Noted, Verdict
from camus.journal.log import Journal
from camus.journal.stats import Arm, Stats

__all__ = [
    "Arm",
    "Attempted",
    "Event",
    "Feedback",
    "Finished",
    "Journal",
    "Noted",
    "Stats",
    "Verdict",
]
