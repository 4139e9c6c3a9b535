"""The settings of how several models work together where no pipeline says it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from camus.config.fields import Count, Ratio, Seconds, Words, says

Voting = Literal["majority", "weighted", "best_of_n", "consensus"]


class Strategies(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """How ensembles, parallel work and `adaptive` behave without a pipeline of their own."""

    members: Annotated[
        Annotated[int, Meta(ge=1, le=16)],
        says("how many answers an ensemble compares; with fewer models some answer twice"),
    ] = 3
    voting: Annotated[
        Voting,
        says(
            "`majority` and `weighted` count answers with the same syntax tree, `best_of_n` takes "
            "the best score, `consensus` lets the others criticise until they agree"
        ),
    ] = "best_of_n"
    rounds: Annotated[
        Annotated[int, Meta(ge=0, le=8)], says("most rounds of criticism in a consensus")
    ] = 2
    deadline: Annotated[
        Seconds | None,
        says(
            "seconds after which it goes on with what it has; when unset `timeouts.total` for each "
            "answer that may follow another"
        ),
    ] = None
    agreement: Annotated[
        Ratio, says("share of the votes below which the answer is marked for review by hand")
    ] = 0.5
    aspects: Annotated[Words, says("what a parallel review looks at, each with its own prompt")] = (
        *("security", "performance", "style", "correctness"),
    )
    at_once: Annotated[Count, says("most requests that one strategy has under way at a time")] = 8
    critical_paths: Annotated[
        Words, says("globs of files where `adaptive` asks for a second look, whatever the task")
    ] = ("**/auth/**", "**/security/**", "**/crypto/**", "**/payment*/**", "**/migrations/**")
