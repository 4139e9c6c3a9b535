"""One append-only log of code-free events; statistics are folds over it.

Errors
------
JournalError
    Raised when a log named by the user cannot be exported or shortened.
"""

from camus.journal.events import (
    Attempted,
    Considered,
    Corrected,
    Correction,
    Decided,
    Event,
    Feedback,
    Finished,
    Mended,
    Noted,
    Turn,
    Verdict,
    Weighed,
    cleaned,
)
from camus.journal.learning import Confidence, Earned, Lessons, Rate
from camus.journal.log import Journal
from camus.journal.shared import Shared
from camus.journal.stats import LIKED, RESET, Arm, Stats, fold
from camus.journal.store import JournalError, export, forget, read_file

__all__ = [
    "LIKED",
    "RESET",
    "Arm",
    "Attempted",
    "Confidence",
    "Considered",
    "Corrected",
    "Correction",
    "Decided",
    "Earned",
    "Event",
    "Feedback",
    "Finished",
    "Journal",
    "JournalError",
    "Lessons",
    "Mended",
    "Noted",
    "Rate",
    "Shared",
    "Stats",
    "Turn",
    "Verdict",
    "Weighed",
    "cleaned",
    "export",
    "fold",
    "forget",
    "read_file",
]
