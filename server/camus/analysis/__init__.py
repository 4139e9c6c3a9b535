"""The tools behind one door: findings, safe fixes, rewrites and formatting of a text in memory.

An absent tool is a fact, not an error. Nothing here raises for what a tool does: a tool that is
missing, fails or takes too long is named in `Findings.absent`.
"""

from camus.analysis.filters import Filtered, Filters
from camus.analysis.findings import Aspect, Finding, Findings, Fix, Severity
from camus.analysis.git import Committed
from camus.analysis.graphics import Card, cards, on_cards
from camus.analysis.tools import Tool, Tools
from camus.analysis.trials import Comparison, TestRun, Trials
from camus.analysis.typecheckers import TypeCheckers, new_errors

__all__ = [
    "Aspect",
    "Card",
    "Committed",
    "Comparison",
    "Filtered",
    "Filters",
    "Finding",
    "Findings",
    "Fix",
    "Severity",
    "TestRun",
    "Tool",
    "Tools",
    "Trials",
    "TypeCheckers",
    "cards",
    "new_errors",
    "on_cards",
]
