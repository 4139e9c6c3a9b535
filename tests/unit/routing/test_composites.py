"""Which real models a virtual name stands for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from camus.config import Capability, Composite
from camus.privacy import Destination
from camus.routing import BUILT_IN, resolve
from support.tasks import profile

SMALL = profile("s", size="fast")
CODER = profile("c", capabilities=[Capability.CODE_SPECIALIZED])
LARGE = profile("l", size="large", capabilities=[Capability.DEEP_REASONING])
MATHS = profile("x", capabilities=[Capability.MATH_REASONING])
REMOTE = profile("r", size="large", place=Destination("api.example.com", local=False))
ALL = (SMALL, CODER, LARGE, MATHS, REMOTE)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("fast", "s"),
        ("medium", "c"),
        ("large", "l"),
        ("code", "c"),
        ("analysis", "l"),
        ("maths", "x"),
        ("general", "l"),
        ("l", "l"),
        ("r", "r"),
    ],
)
def test_a_name_stands_for_its_best_model(name: str, first: str) -> None:
    assert resolve(name, ALL, {})[0].name == first


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_name_is_filled_by_any_model_but_never_a_remote_one(name: str) -> None:
    assert [p.name for p in resolve(name, (SMALL, REMOTE), {})] == ["s"]


def test_a_composite_lists_its_bases_in_order_and_once() -> None:
    composites = {"mine": Composite(bases=("l", "code", "l"))}
    assert _names(resolve("mine", ALL, composites))[:2] == ["l", "c"]
    assert len(_names(resolve("mine", ALL, composites))) == len(ALL) - 1


def test_a_composite_that_names_itself_ends() -> None:
    composites = {"a": Composite(bases=("b",)), "b": Composite(bases=("a", "s"))}
    assert _names(resolve("a", ALL, composites)) == ["s"]


def test_a_composite_may_widen_a_built_in_name_by_itself() -> None:
    composites = {"code": Composite(bases=("s", "code"))}
    assert _names(resolve("code", ALL, composites))[:2] == ["s", "c"]


def test_a_server_id_names_its_model_too() -> None:
    assert resolve("s", (profile("s"),), {})[0].model == "s"


def test_an_unknown_name_stands_for_nothing() -> None:
    assert resolve("nope", ALL, {}) == ()


def _names(found: Sequence[object]) -> list[str]:
    return [p.name for p in found]  # type: ignore[attr-defined]
