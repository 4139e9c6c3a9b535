"""From a `Cleared` prompt and a model's name to a `Completion`; never sees a second model.

Errors
------
ModelError
 x Unreachable        no connection, or the server went away before the first token
 x TimedOut           first token, gap or total time exceeded
 x Unauthorised       the key is missing or refused
 x Missing            the server has no such model
 x RateLimited        asked to wait
 x SpentQuota         the user's own limit for a day is reached
 x Overflow           the prompt does not fit, or the server read less than was sent
 x NoMemory           the machine has too little memory left for it
 x Rejected           the server refused the request (4xx)
 x Failed             the server broke (5xx, an error inside the stream)
 x Cut                the stream ended without saying so
   x Looped           the model repeated itself without end
 x Malformed          the answer is not of the protocol
"""

from camus.models.asking import Enough
from camus.models.backend import Backend, Completion, Limits, Piece, Sampling, Served, Usage
from camus.models.embedding import Embedded
from camus.models.errors import (
    Cut,
    Failed,
    Looped,
    Malformed,
    Missing,
    ModelError,
    NoMemory,
    Overflow,
    RateLimited,
    Rejected,
    SpentQuota,
    TimedOut,
    Unauthorised,
    Unreachable,
)
from camus.models.line import Turn, Urgency
from camus.models.measured import (
    Measured,
    Observed,
    Skill,
    Tally,
    Verdict,
    capabilities_shown,
    interval,
    verdict,
)
from camus.models.orders import Deed
from camus.models.plugins import Setup
from camus.models.registry import Models, Profile, State
from camus.models.replicas import Replica
from camus.models.scripted import Scripted
from camus.models.terms import LICENCE_TIERS, Left, LicenceTier, Price, in_words, licence_tier

__all__ = [
    "LICENCE_TIERS",
    "Backend",
    "Completion",
    "Cut",
    "Deed",
    "Embedded",
    "Enough",
    "Failed",
    "Left",
    "LicenceTier",
    "Limits",
    "Looped",
    "Malformed",
    "Measured",
    "Missing",
    "ModelError",
    "Models",
    "NoMemory",
    "Observed",
    "Overflow",
    "Piece",
    "Price",
    "Profile",
    "RateLimited",
    "Rejected",
    "Replica",
    "Sampling",
    "Scripted",
    "Served",
    "Setup",
    "Skill",
    "SpentQuota",
    "State",
    "Tally",
    "TimedOut",
    "Turn",
    "Unauthorised",
    "Unreachable",
    "Urgency",
    "Usage",
    "Verdict",
    "capabilities_shown",
    "in_words",
    "interval",
    "licence_tier",
    "verdict",
]
