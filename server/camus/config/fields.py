"""The types of fields that several nodes of the settings' tree have."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta


def says(description: str) -> Meta:
    """What the manual says of a field."""
    return Meta(description=description)


Ratio = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Money = Annotated[float, Meta(ge=0)]
Seconds = Annotated[float, Meta(gt=0)]
Words = tuple[str, ...]
Weight = Annotated[float, Meta(ge=0, le=100)]
