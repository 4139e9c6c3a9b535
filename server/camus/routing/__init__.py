"""From task, ready models, statistics and policy to an ordered `Plan` with reasons; pure."""

from camus.routing.composites import BUILT_IN, resolve
from camus.routing.limits import Rejected
from camus.routing.plan import RULES, Choice, Override, Plan, Policy, plan, rules_lead
from camus.routing.thresholds import (
    ENOUGH,
    Known,
    Observed,
    Threshold,
    known,
    observed,
    threshold_for,
)

__all__ = [
    "BUILT_IN",
    "ENOUGH",
    "RULES",
    "Choice",
    "Known",
    "Observed",
    "Override",
    "Plan",
    "Policy",
    "Rejected",
    "Threshold",
    "known",
    "observed",
    "plan",
    "resolve",
    "rules_lead",
    "threshold_for",
]
