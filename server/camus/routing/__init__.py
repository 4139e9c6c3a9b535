"""From task, ready models, statistics and policy to an ordered `Plan` with reasons; pure."""

from camus.routing.composites import BUILT_IN, resolve
from camus.routing.limits import Rejected
from camus.routing.plan import plan, rules_lead
from camus.routing.spelling import spelled
from camus.routing.teams import TOGETHER, How, Role, role_of
from camus.routing.thresholds import (
    ENOUGH,
    Known,
    Observed,
    Threshold,
    known,
    observed,
    threshold_for,
)
from camus.routing.values import (
    RULES,
    Candidate,
    Choice,
    Override,
    Part,
    Plan,
    Policy,
    Selection,
)

__all__ = [
    "BUILT_IN",
    "ENOUGH",
    "RULES",
    "TOGETHER",
    "Candidate",
    "Choice",
    "How",
    "Known",
    "Observed",
    "Override",
    "Part",
    "Plan",
    "Policy",
    "Rejected",
    "Role",
    "Selection",
    "Threshold",
    "known",
    "observed",
    "plan",
    "resolve",
    "role_of",
    "rules_lead",
    "spelled",
    "threshold_for",
]
