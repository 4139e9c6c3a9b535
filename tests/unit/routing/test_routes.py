"""Every row of tests/cases/routing: task, models, state and policy to a plan and its reasons."""

from __future__ import annotations

import pytest

from bench.capabilities import share
from camus.routing import Plan
from support.routes import Route, routes

ROUTES = routes()


def said(made: Plan) -> str:
    """Everything that a plan says."""
    return "\n".join(
        (
            *made.reasons,
            *made.warnings,
            *(choice.reason for choice in made.choices),
            *(out.reason for out in made.rejected),
            *(candidate.reason for candidate in made.candidates),
            *(part.said for candidate in made.candidates for part in candidate.parts),
        )
    )


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_route(route: Route) -> None:
    made = route.made()
    wanted, _, out = route.plan.partition("out")
    assert [choice.model for choice in made.choices] == wanted.split(), said(made)
    rules = {each.model: each.rule for each in made.rejected}
    for word in out.split():
        model, _, rule = word.partition(":")
        assert rules.get(model) == rule, made.rejected
    assert all(choice.reason for choice in made.choices)
    assert all(each.reason and each.rule for each in made.rejected), made.rejected
    for piece in route.says.split(" / "):
        assert piece in said(made)


def test_the_table_has_at_least_eighty_cases_with_names_of_their_own() -> None:
    assert len(ROUTES) >= 80
    assert len({str(route) for route in ROUTES}) == len(ROUTES)


def test_what_a_request_demands_is_mostly_named_right() -> None:
    """`python -m bench capabilities` prints the share and the misses; 95 % is its goal."""
    right, every, wrong = share()
    assert right / every > 0.85, wrong
