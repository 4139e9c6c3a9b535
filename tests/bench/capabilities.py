"""In what share of the routing cases the classifier names what a model must be able to do."""

from __future__ import annotations

from camus.actions import classify
from camus.config import Capability
from camus.source import Document, enclosing
from support.routes import Route, routes
from support.tasks import SAMPLE

TIMELY = Capability.FAST_INFERENCE
"""How soon an answer is wanted is no ability; it follows from code that a case does not show."""


def named(route: Route) -> frozenset[Capability]:
    """The abilities that the classifier names for a row's request over its code."""
    action, *_, size = route.task.split()
    code = "x = 1\n" * (int(size[6:]) // 6) if size.startswith("chars=") else SAMPLE
    document = None if action == "ask" else Document("file:///a.py", code, "python")
    scope = enclosing(document, document.span) if document is not None else None
    found = classify(route.request, document=document, scope=scope)
    return frozenset(found.capabilities) - {TIMELY}


def share() -> tuple[int, int, list[str]]:
    """Rows whose abilities are named exactly, all rows, and what was wrong in the others."""
    wrong = []
    every = routes()
    for route in every:
        wanted, found = frozenset(route.capabilities) - {TIMELY}, named(route)
        if wanted != found:
            missing = ", ".join(sorted(wanted - found)) or "nothing"
            extra = ", ".join(sorted(found - wanted)) or "nothing"
            wrong.append(f"{route.request}: missing {missing}, too much {extra}")
    return len(every) - len(wrong), len(every), wrong


def measure() -> None:
    """Print the share and each miss."""
    from bench.table import verdict

    right, every, wrong = share()
    verdict("capabilities named right", 100 * right / every, 95, "% of cases", least=True)
    for line in wrong:
        print(f"- {line}")
