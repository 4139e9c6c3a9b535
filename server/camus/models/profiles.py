"""From what the user declared and what servers told to a `Profile`; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from camus.config import BackendKind, Capability, Model, TaskKind, family_of
from camus.models.backend import Served
from camus.models.errors import Malformed, Missing, ModelError, TimedOut, Unauthorised, Unreachable
from camus.models.measured import Measured, with_measured
from camus.models.naming import Size, billions, guessed, rung
from camus.models.terms import Left, LicenceTier, Price, licence_tier
from camus.privacy import THIS_MACHINE, Destination, destination_of

State = Literal[
    "unknown", "ready", "unreachable", "missing", "unauthorised", "unsupported", "drained"
]
Told = tuple[Served, ...] | ModelError | None
"""What a server answered when asked for its models; None before it was asked."""

OLLAMA_WINDOW = 16_384
"""Tokens at most unless declared: Ollama reserves memory for the whole window of a model."""
OLLAMA_WINDOW_LARGE = 8_192
"""The same for a model of the large rung, whose weights leave less memory."""
UNKNOWN_WINDOW_OLLAMA = 4_096
UNKNOWN_WINDOW = 8_192
_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a model: declared, told by its server, or guessed from its name.

    `window` in tokens. `size` is its rung on the ladder. `found` when discovery found it rather
    than the configuration. `problem` says why it is not ready and what to do. `price` and `quota`
    are None where the configuration tells none; `loaded` says whether it is in memory now, None
    where nobody knows. `memory_bytes` is 0 when untold.
    """

    name: str
    backend: BackendKind
    model: str
    place: Destination
    window: int
    size: Size
    capabilities: frozenset[Capability] = frozenset()
    strengths: frozenset[TaskKind] = frozenset()
    weaknesses: frozenset[TaskKind] = frozenset()
    state: State = "unknown"
    found: bool = False
    problem: str = ""
    licence: str = ""
    parameters_billions: float = 0.0
    url: str = ""
    licence_tier: LicenceTier = "unknown"
    price: Price | None = None
    quota: Left | None = None
    memory_bytes: int = 0
    cards_bytes: int = 0
    """What of it is on graphics cards now; 0 where nobody tells."""
    loaded: bool | None = None
    measured: Measured | None = None
    """What `camus model probe` showed of this very version; None: it was not probed."""
    digest: str = ""
    """Names this very version of the weights, where its server tells."""


def place_at(model: Model, url: str, told: Told) -> Destination:
    """Where a configured model runs when the server at `url` is asked, which told this."""
    wanted = model.model or model.name
    return _place(model, url, _of(model.type, wanted, [told]), wanted)


def declared_profile(
    model: Model, url: str, told: Sequence[Told], *, lists: bool = True
) -> Profile:
    """The profile of a configured model; `told` by each of its replicas, the first at `url`.

    `lists` False says that an empty list means a server that does not tell.
    """
    wanted = model.model or model.name
    served = _of(model.type, wanted, told)
    state, problem = _state(model.type, wanted, told, lists=lists)
    if served is not None and served.embedding:
        state, problem = "unsupported", f"{wanted!r} makes embeddings; it generates no text"
    parameters = (served.parameters_billions if served else 0.0) or billions(wanted)
    size = model.size or rung(wanted, parameters, model.memory_bytes or 0)
    window = model.max_tokens or default_window(
        model.type, served.window if served else 0, size, wanted
    )
    place = _place(model, url, served, wanted)
    return Profile(
        name=model.name,
        backend=model.type,
        model=served.id if served else wanted,
        place=place,
        window=window,
        size=size,
        capabilities=_capabilities(model, wanted, size, window, place),
        strengths=frozenset(model.strengths),
        weaknesses=frozenset(model.weaknesses),
        state=state,
        problem=problem,
        licence=model.licence or (served.licence if served else ""),
        parameters_billions=parameters,
        url=url,
        licence_tier=licence_tier(
            model.licence or (served.licence if served else ""), hosted=not place.local
        ),
        price=price_of(model),
        memory_bytes=model.memory_bytes or (served.memory_bytes if served else 0),
        cards_bytes=served.cards_bytes if served else 0,
        loaded=served.loaded if served else None,
        digest=served.digest if served else "",
    )


def unusable_profile(model: Model, problem: str, *, state: State) -> Profile:
    """The profile of a configured model that no server can be asked for."""
    wanted = model.model or model.name or model.path
    size = model.size or rung(wanted, 0.0, model.memory_bytes or 0)
    window = model.max_tokens or UNKNOWN_WINDOW_OLLAMA
    return Profile(
        name=model.name,
        backend=model.type,
        model=wanted,
        place=THIS_MACHINE,
        window=window,
        size=size,
        capabilities=_capabilities(model, wanted, size, window, THIS_MACHINE),
        strengths=frozenset(model.strengths),
        weaknesses=frozenset(model.weaknesses),
        state=state,
        problem=problem,
        licence=model.licence,
        parameters_billions=billions(wanted),
        url=model.url,
        licence_tier=licence_tier(model.licence),
        price=price_of(model),
        memory_bytes=model.memory_bytes or 0,
    )


def found_profile(kind: BackendKind, url: str, served: Served, name: str) -> Profile:
    """The profile of a model that discovery found; a forwarded one has a remote place."""
    parameters = served.parameters_billions or billions(served.id)
    size = rung(served.id, parameters)
    window = default_window(kind, served.window, size, served.id)
    place = destination_of(url, served_as=served.id, remote_host=served.remote_host)
    return Profile(
        name=name,
        backend=kind,
        model=served.id,
        place=place,
        window=window,
        size=size,
        capabilities=guessed(served.id, size, window=window, local=place.local),
        state="ready",
        found=True,
        licence=served.licence,
        parameters_billions=parameters,
        url=url,
        licence_tier=licence_tier(served.licence, hosted=not place.local),
        memory_bytes=served.memory_bytes,
        cards_bytes=served.cards_bytes,
        loaded=served.loaded,
        digest=served.digest,
    )


def measured_profile(
    profile: Profile, measured: Measured | None, declared: Model | None
) -> Profile:
    """The profile with what a probe showed; what the user declared still stands as declared."""
    if measured is None:
        return profile
    if declared is not None and declared.capabilities:
        return replace(profile, measured=measured)
    found = with_measured(profile.capabilities, measured)
    return replace(profile, measured=measured, capabilities=found)


def drained_profile(profile: Profile) -> Profile:
    """The profile of a model that the user took out of use."""
    problem = f"It gets no new work; `camus model load {profile.name}` takes it back"
    return replace(profile, state="drained", problem=problem)


def price_of(model: Model) -> Price | None:
    """The declared price; what is left out of it is free."""
    if model.price_input is None and model.price_output is None:
        return None
    return Price(model.price_input or 0.0, model.price_output or 0.0)


def generates(served: Served) -> bool:
    """Whether a model a server lists writes text, by what it tells or else by its name."""
    makes = guessed(served.id, "medium", window=0, local=True)
    return not served.embedding and Capability.EMBEDDING not in makes


def same_model(kind: BackendKind, one: str, other: str) -> bool:
    """Whether two ids mean the same model; Ollama's tag is `latest` when it is left out."""
    if kind is not BackendKind.OLLAMA:
        return one == other
    return _tagged(one) == _tagged(other)


def default_window(kind: BackendKind, told: int, size: Size, name: str = "") -> int:
    """The window to use, in tokens, for a model that declares none.

    What the server tells; for Ollama and for model files at most 16,384 (8,192 for a large model),
    because they take memory for all of it and the told one is only the model's limit. Without any,
    4,096 for these and 8,192 elsewhere, but never more than the family of that name was trained
    for.
    """
    longest = family_of(name).window or UNKNOWN_WINDOW
    if kind is BackendKind.OPENAI:
        return told or min(UNKNOWN_WINDOW, longest)
    most = OLLAMA_WINDOW_LARGE if size == "large" else OLLAMA_WINDOW
    return min(told, most) if told else min(UNKNOWN_WINDOW_OLLAMA, longest)


def sentence(error: ModelError) -> str:
    """An error and what to do about it."""
    return f"{error}; {error.advice}" if error.advice else str(error)


def state_of(error: ModelError) -> State:
    """What an error on asking a server says of its models."""
    match error:
        case Unauthorised():
            return "unauthorised"
        case Missing():
            return "missing"
        case Unreachable() | TimedOut() | Malformed():
            return "unreachable"
    return "ready"  # it is there, it only does not list


def _place(model: Model, url: str, served: Served | None, wanted: str) -> Destination:
    """Where a prompt for it ends up; another package's backend is elsewhere unless vouched for."""
    if model.type is BackendKind.LLAMA_CPP:
        return THIS_MACHINE
    if model.type is BackendKind.PLUGIN:
        if model.remote is False:
            return THIS_MACHINE
        host = destination_of(model.url, remote=True).name if model.url else ""
        return Destination(host or f"plugin-{model.plugin}", local=False)
    return destination_of(
        url,
        served_as=served.id if served else wanted,
        remote_host=served.remote_host if served else "",
        proxy=model.proxy,
        remote=model.remote,
    )


def _of(kind: BackendKind, id: str, told: Sequence[Told]) -> Served | None:
    for answer in told:
        if isinstance(answer, tuple):
            for served in answer:
                if same_model(kind, served.id, id):
                    return served
    return None


def _state(kind: BackendKind, id: str, told: Sequence[Told], *, lists: bool) -> tuple[State, str]:
    """Ready when any replica is; else what is wrong with the first."""
    states = [_state_at(kind, id, answer, lists=lists) for answer in told]
    return next((state for state in states if state[0] == "ready"), states[0])


def _state_at(kind: BackendKind, id: str, told: Told, *, lists: bool) -> tuple[State, str]:
    if told is None:
        return "unknown", ""
    if isinstance(told, ModelError):
        state = state_of(told)
        return state, "" if state == "ready" else sentence(told)
    if (not told and not lists) or _of(kind, id, [told]):
        return "ready", ""
    return "missing", _missing(kind, id, told)


def _missing(kind: BackendKind, id: str, served: tuple[Served, ...]) -> str:
    names = [model.id for model in served if generates(model)]
    more = f", … ({len(names)})" if len(names) > _NAMES_SHOWN else ""
    has = f"it has {', '.join(names[:_NAMES_SHOWN])}{more}" if names else "it has none"
    if kind is BackendKind.OLLAMA:
        return f"Ollama has no model {id!r} ({has}); run `ollama pull {id}`"
    return f"The server lists no model {id!r} ({has}); set `model` to one of its names"


def _capabilities(
    model: Model, id: str, size: Size, window: int, place: Destination
) -> frozenset[Capability]:
    if model.capabilities:
        return frozenset(model.capabilities)
    found = guessed(id, size, window=window, local=place.local)
    return found | {Capability.TOOL_USE} if model.supports_tools else found


def _tagged(id: str) -> str:
    last = id.rpartition("/")[2]
    return (id if ":" in last else f"{id}:latest").lower()
