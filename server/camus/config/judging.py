"""The settings of how drafts are finished and looked at closely."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from camus.config.fields import Seconds, Words, says


class _Node(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """As the nodes of the tree: frozen, keywords only, no unknown keys."""


class Command(_Node, frozen=True, kw_only=True):
    """A program of your own as a step: the file on its standard input, the better file back."""

    command: Annotated[tuple[str, ...], Meta(min_length=1, description="program and arguments")]
    languages: Annotated[Words, says("language ids it is for; empty: all")] = ()
    seconds: Annotated[Seconds, says("longest it may take")] = 5.0


class PostProcessing(_Node, frozen=True, kw_only=True):
    """What is done to a model's draft before it is judged; what each step changed is told."""

    steps: Annotated[
        Words,
        says(
            "in order: `formatter`, `quality_validator`, `security_scanner`, "
            "`consistency_checker`, and names of `commands`; an empty list does nothing"
        ),
    ] = ("formatter", "quality_validator", "security_scanner", "consistency_checker")
    commands: Annotated[
        dict[str, Command], says("steps of your own, by name; from your own file only")
    ] = {}


class Checks(_Node, frozen=True, kw_only=True):
    """The slower checks of a model's draft, and how judgement follows what you keep."""

    types: Annotated[
        bool, says("run the project's own type checker on drafts, where one is configured")
    ] = True
    behaviour: Annotated[
        bool,
        says(
            "run affected tests, and old against new functions on made-up inputs, in a sandbox; "
            "from your own file only, and only in a workspace you trust (`camus trust`)"
        ),
    ] = False
    seconds: Annotated[Seconds, says("longest that one of these may take")] = 20.0
    adaptive_thresholds: Annotated[
        bool, says("move the threshold by what you keep and undo, by 0.1 at the most")
    ] = True
