"""The profiles of what is configured and of what discovery found beside it; asks no server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from camus.models import addresses
from camus.models.backend import Backend, Served
from camus.models.directory import Declared
from camus.models.profiles import (
    Profile,
    declared_profile,
    found_profile,
    generates,
    same_model,
    unusable_profile,
)
from camus.models.replicas import Server


def known_profiles(
    declared: Sequence[Declared], candidates: Sequence[Server], *, lists: bool
) -> Iterator[Profile]:
    """The configured models in order, then those that were found at the `candidates`.

    `lists` says that what a server lists is all that can be asked for.
    """
    for each in declared:
        if each.servers:
            yield profile_at(each, each.servers, lists=lists)
        else:
            yield unusable_profile(each.model, each.problem, state=each.state)
    yield from _found(declared, candidates)


def profile_at(declared: Declared, servers: Sequence[Server], *, lists: bool) -> Profile:
    """The profile of a configured model by what these servers of it told."""
    told = [server.told for server in servers]
    lists = lists and declared.lists
    return declared_profile(declared.model, servers[0].url, told, lists=lists)


def _found(declared: Sequence[Declared], candidates: Sequence[Server]) -> Iterator[Profile]:
    """What discovery found and the configuration does not name already."""
    names = {each.model.name for each in declared}
    seen: list[Backend] = []
    for server in candidates:
        if not isinstance(server.told, tuple) or server.backend in seen:
            continue
        seen.append(server.backend)
        for served in server.told:
            if not generates(served) or _is_declared(server, served, declared):
                continue
            port = server.url.removesuffix("/v1").rpartition(":")[2]
            name = served.id if served.id not in names else f"{served.id}@{port}"
            names.add(name)
            yield found_profile(server.kind, server.url, served, name)


def _is_declared(server: Server, served: Served, declared: Sequence[Declared]) -> bool:
    return any(
        same_model(server.kind, served.id, each.model.model or each.model.name)
        and any(
            addresses.same_place(server.url, other.url) or server.backend is other.backend
            for other in each.servers
        )
        for each in declared
    )
