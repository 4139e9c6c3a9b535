"""The settings of one model: where it is, what it does well, what it costs and may be asked."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from camus.config.fields import Count, Money, Ratio, Words
from camus.config.fields import says as _says
from camus.config.providers import PROVIDERS, Reasoning
from camus.config.words import BackendKind, Balancing, Capability, TaskKind


class _Node(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """As the nodes of the tree: frozen, keywords only, no unknown keys."""


class Parameters(_Node, frozen=True, kw_only=True):
    """Sampling parameters sent to a model; unset ones are left to the task's defaults."""

    temperature: Annotated[
        Annotated[float, Meta(ge=0, le=2)] | None,
        _says("how freely it chooses its words; 0 always takes the likeliest"),
    ] = None
    top_p: Annotated[Ratio | None, _says("share of the likeliest words to choose from")] = None
    max_tokens: Annotated[
        Annotated[int, Meta(ge=1)] | None, _says("most tokens to generate in one answer")
    ] = None
    seed: Annotated[int | None, _says("makes a server that honours it answer the same again")] = (
        None
    )


class Quota(_Node, frozen=True, kw_only=True):
    """How much of a model may be used; shared by all Camus processes of this machine.

    A request that would go over a minute's limit waits for its turn, one that would go over a
    day's is refused, and the next model is asked. A day is one of UTC.
    """

    requests_per_minute: Annotated[Count | None, _says("requests in any minute")] = None
    tokens_per_minute: Annotated[
        Count | None, _says("tokens in any minute, of prompts and answers together")
    ] = None
    requests_per_day: Annotated[Count | None, _says("requests in a day")] = None
    tokens_per_day: Annotated[
        Count | None, _says("tokens in a day, of prompts and answers together")
    ] = None
    money_per_day: Annotated[
        Money | None, _says("money in a day, in the currency of the model's prices")
    ] = None


class Model(_Node, frozen=True, kw_only=True):
    """One model a user can name."""

    name: Annotated[str, Meta(min_length=1, description="what you call it; the key in `models`")]
    type: Annotated[
        BackendKind, _says("protocol of its server; `openai` is any OpenAI-compatible one")
    ] = BackendKind.OLLAMA
    provider: Annotated[
        str,
        _says(
            "a hosted service known by name, which fills in `type`, `url` and `api_key_env`: "
            + ", ".join(PROVIDERS)
        ),
    ] = ""
    model: Annotated[str, _says("the server's own id; the name when empty")] = ""
    url: Annotated[
        str, _says("base URL of the server; the backend's usual loopback port when empty")
    ] = ""
    replicas: Annotated[Words, _says("URLs of more servers with the same model")] = ()
    balancing: Annotated[
        Balancing,
        _says(
            "how its replicas share the requests: by turns, by requests under way, by the time an "
            "answer will take, by how full they are, or the same prompt's start to the same one"
        ),
    ] = Balancing.RESPONSE_TIME
    path: Annotated[str, _says("a GGUF file, or a folder of them, for `llama_cpp`")] = ""
    threads: Annotated[
        Count | None, _says("processor cores for `llama_cpp`; all but one when unset")
    ] = None
    unload_after: Annotated[
        float, _says("seconds without a request after which a `llama_cpp` model's memory is freed")
    ] = 600.0
    capabilities: Annotated[tuple[Capability, ...], _says("what it is good at, for selection")] = ()
    strengths: Annotated[tuple[TaskKind, ...], _says("task kinds it does well")] = ()
    weaknesses: Annotated[tuple[TaskKind, ...], _says("task kinds it does badly")] = ()
    max_tokens: Annotated[
        Annotated[int, Meta(ge=256, le=16_777_216)] | None,
        _says("context window in tokens; asked of the server when unset"),
    ] = None
    memory_bytes: Annotated[
        Count | None,
        _says("memory it takes when loaded; also `memory_usage: 8GB`; a hint of its size"),
    ] = None
    size: Annotated[
        Literal["fast", "medium", "large"] | None,
        _says("where it stands on the ladder; guessed from its name when unset"),
    ] = None
    api_key_env: Annotated[
        str, _says("name of the environment variable that holds the key; never the key itself")
    ] = ""
    remote: Annotated[
        bool | None,
        _says(
            "`true`: code sent to it leaves this machine and needs consent; `false` vouches that "
            "another host is yours, and counts in your own file only"
        ),
    ] = None
    licence: Annotated[str, _says("SPDX id or a tier, e.g. `apache-2.0`, `permissive`")] = ""
    cost_tier: Annotated[
        Literal["free", "low", "medium", "high"] | None, _says("what a request costs, roughly")
    ] = None
    price_input: Annotated[
        Money | None, _says("money for a million tokens of prompt, in any one currency")
    ] = None
    price_output: Annotated[Money | None, _says("the same for a million tokens of answer")] = None
    quota: Annotated[Quota, _says("how much of it may be used in a minute and a day")] = Quota()
    avg_ttft_ms: Annotated[Count | None, _says("usual milliseconds to the first token")] = None
    avg_tokens_per_sec: Annotated[
        Annotated[float, Meta(ge=0)] | None, _says("usual speed in tokens a second")
    ] = None
    supports_streaming: Annotated[bool, _says("`false` for a server that only answers whole")] = (
        True
    )
    supports_tools: Annotated[bool, _says("whether it can call functions")] = False
    search: Annotated[
        bool, _says("let the service search the web for its answer, where it can be told to")
    ] = False
    reasoning: Annotated[
        Reasoning | None,
        _says("how much a reasoning model is to think; its own way when unset"),
    ] = None
    plugin: Annotated[
        str, _says("for `type: plugin`: the name under which an installed package registered it")
    ] = ""
    options: Annotated[dict[str, str], _says("what that package's backend is told beside")] = {}
    proxy: Annotated[str, _says("URL of an HTTP proxy; from your own file only")] = ""
    ca_bundle: Annotated[str, _says("file of CA certificates; from your own file only")] = ""
    parameters: Annotated[Parameters, _says("its own sampling parameters")] = Parameters()


class Memory(_Node, frozen=True, kw_only=True):
    """How much memory the models that Camus runs itself may take on this machine."""

    budget: Annotated[
        Count | None,
        _says(
            "bytes for all of them together, in all Camus processes; also `8GB`; whatever the "
            "machine has free when unset"
        ),
    ] = None
    cards: Annotated[
        Count | None,
        _says(
            "bytes of graphics memory for all of them together; what nvidia-smi or rocm-smi says "
            "is free when unset"
        ),
    ] = None
