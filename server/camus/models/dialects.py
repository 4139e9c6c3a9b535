"""How a service's requests differ from OpenAI's own, for one model; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from camus.config import GENERIC, Model, provider_named

CHAT = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is added to a request, called otherwise or left out, and where it is sent.

    `lists` False: the service's list of models does not name all that may be asked for.
    """

    path: str = CHAT
    extra: Mapping[str, object] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    lists: bool = True


PLAIN = Dialect()


def dialect_of(model: Model) -> Dialect:
    """The dialect of a model's service, with the web search and the reasoning it asks for."""
    provider = provider_named(model.provider) or GENERIC
    extra: dict[str, object] = {}
    if model.search:
        extra |= provider.search
    if model.reasoning is not None:
        extra |= provider.reasoning.get(model.reasoning, {})
    path = provider.search_path if model.search and provider.search_path else CHAT
    if provider is GENERIC and not extra:
        return PLAIN
    return Dialect(path, extra, provider.renamed, provider.left_out, provider.lists)
