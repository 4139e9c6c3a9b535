"""One append-only log of code-free events; statistics are folds over it.

Errors
------
JournalError
    Raised when a log named by the user cannot be exported or shortened.
"""

from camus.journal.events import (
    Attempted,
    Corrected,
    Event,
    Feedback,
    Finished,
    Noted,
    Verdict,
    cleaned,
)
from camus.journal.log import Journal
from camus.journal.shared import Shared
from camus.journal.stats import LIKED, RESET, Arm, Stats, fold
from camus.journal.store import JournalError, export, forget

__all__ = [
    "LIKED",
    "RESET",
    "Arm",
    "Attempted",
    "Corrected",
    "Event",
    "Feedback",
    "Finished",
    "Journal",
    "JournalError",
    "Noted",
    "Shared",
    "Stats",
    "Verdict",
    "cleaned",
    "export",
    "fold",
    "forget",
]
