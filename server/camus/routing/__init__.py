"""From task, ready models, statistics and policy to an ordered `Plan` with reasons; pure."""

from camus.routing.composites import BUILT_IN, resolve
from camus.routing.limits import Rejected
from camus.routing.plan import RULES, Choice, Override, Plan, Policy, plan, rules_lead

__all__ = [
    "BUILT_IN",
    "RULES",
    "Choice",
    "Override",
    "Plan",
    "Policy",
    "Rejected",
    "plan",
    "resolve",
    "rules_lead",
]
