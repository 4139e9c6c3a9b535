"""The tree of settings; each field's description is the manual page of that field.

Files are normalised into this tree: v1 `backends` and the plans' other spellings become
`models`, a pipeline written as a list becomes a `Pipeline` with `v1` set. Nothing here does I/O.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from camus.config.words import BackendKind, Capability, Complexity, StrategyName, TaskKind

Ratio = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Seconds = Annotated[float, Meta(gt=0)]


class _Node(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What every node of the tree has in common: frozen, keywords only, no unknown keys."""


class Parameters(_Node, frozen=True, kw_only=True):
    """Sampling parameters sent to a model; unset ones are left to the task's defaults."""

    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Ratio | None = None
    max_tokens: Annotated[int, Meta(ge=1, description="most tokens to generate")] | None = None
    seed: int | None = None


class Model(_Node, frozen=True, kw_only=True):
    """One model a user can name."""

    name: Annotated[str, Meta(min_length=1, description="what you call it")]
    type: Annotated[BackendKind, Meta(description="protocol of its server")] = BackendKind.OLLAMA
    model: Annotated[str, Meta(description="the server's own id; the name when empty")] = ""
    url: Annotated[str, Meta(description="the server; the backend's usual port when empty")] = ""
    replicas: Annotated[tuple[str, ...], Meta(description="more servers with the same model")] = ()
    path: Annotated[str, Meta(description="a GGUF file, for llama_cpp")] = ""
    capabilities: tuple[Capability, ...] = ()
    strengths: Annotated[tuple[TaskKind, ...], Meta(description="task kinds it does well")] = ()
    weaknesses: Annotated[tuple[TaskKind, ...], Meta(description="task kinds it does badly")] = ()
    max_tokens: Annotated[int, Meta(ge=256, description="context window in tokens")] | None = None
    memory_bytes: Annotated[int, Meta(ge=0)] | None = None
    size: Annotated[
        Literal["fast", "medium", "large"] | None,
        Meta(description="where it stands on the ladder; guessed from its name when unset"),
    ] = None
    api_key_env: Annotated[str, Meta(description="environment variable that holds the key")] = ""
    remote: Annotated[
        bool | None, Meta(description="true: code sent to it leaves this machine")
    ] = None
    licence: Annotated[str, Meta(description="SPDX id or a tier, e.g. apache-2.0")] = ""
    cost_tier: Literal["free", "low", "medium", "high"] | None = None
    avg_ttft_ms: Count | None = None
    avg_tokens_per_sec: Annotated[float, Meta(ge=0)] | None = None
    supports_streaming: bool = True
    supports_tools: bool = False
    proxy: Annotated[str, Meta(description="HTTP proxy; from the user's own file only")] = ""
    ca_bundle: Annotated[str, Meta(description="CA file; from the user's own file only")] = ""
    parameters: Parameters = Parameters()


class Step(_Node, frozen=True, kw_only=True):
    """One step of a pipeline."""

    backend: Annotated[str, Meta(description="a model, composite or role")]
    task: Annotated[str, Meta(description="what this step does; empty: the request itself")] = ""


class Pipeline(_Node, frozen=True, kw_only=True):
    """A named, configured strategy."""

    strategy: StrategyName = StrategyName.SEQUENTIAL
    steps: tuple[Step, ...] = ()
    voting: Literal["majority", "weighted", "best_of_n", "consensus"] = "best_of_n"
    weights: tuple[float, ...] = ()
    v1: Annotated[bool, Meta(description="written as a plain list: run exactly as listed")] = False


class Composite(_Node, frozen=True, kw_only=True):
    """A virtual model: the first of its bases that is ready answers, with these settings."""

    bases: tuple[str, ...] = ()
    parameters: Parameters = Parameters()
    retrieval: bool = True
    post_processing: bool = True


class Defaults(_Node, frozen=True, kw_only=True):
    """What holds when a request says nothing else."""

    pipeline: str = ""
    strategy: StrategyName = StrategyName.ADAPTIVE
    quality_threshold: Annotated[
        Ratio, Meta(description="below it Camus escalates, then asks before applying")
    ] = 0.8
    quality_floor: Annotated[Ratio, Meta(description="below it nothing is offered")] = 0.3


class RoutingRule(_Node, frozen=True, kw_only=True):
    """For a task kind: which models, pipeline or strategy to prefer."""

    task: Annotated[str, Meta(description="a task kind, or a kind of your own")]
    preferred_backends: tuple[str, ...] = ()
    pipeline: str = ""
    strategy: StrategyName | None = None


class Intelligence(_Node, frozen=True, kw_only=True):
    """How the model is chosen."""

    enabled: bool = True
    type: Literal["rule", "score", "learning"] = "rule"
    rules: tuple[RoutingRule, ...] = ()


class MultiModel(_Node, frozen=True, kw_only=True):
    """Everything newer than v1; opted into by `enabled: true`."""

    enabled: bool = False
    intelligent_selection: Intelligence = Intelligence()
    quality_validation: bool = True
    minimum_confidence: Ratio = 0.8
    cross_validation: bool = False


class ClassificationRule(_Node, frozen=True, kw_only=True):
    """An extra rule for the classifier; a new `kind` is a value that names a built-in by `like`."""

    kind: str
    like: TaskKind | None = None
    keywords: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    weight: float = 1.0
    complexity: Complexity | None = None


class Classification(_Node, frozen=True, kw_only=True):
    """What extends the built-in rules of classification."""

    rules: tuple[ClassificationRule, ...] = ()


class Privacy(_Node, frozen=True, kw_only=True):
    """What may leave this machine; consent itself is never written in a workspace."""

    default_location: Literal["local", "any"] = "local"
    allow_external: bool = False
    secrets: Annotated[
        Literal["block", "placeholder"],
        Meta(description="a secret in a prompt stops a remote send, or is replaced reversibly"),
    ] = "block"


class Timeouts(_Node, frozen=True, kw_only=True):
    """Hard limits of one generation, in seconds."""

    connect: Seconds = 2.0
    first_token: Annotated[Seconds, Meta(description="loading a model counts")] = 120.0
    idle: Annotated[Seconds, Meta(description="longest gap between two tokens")] = 30.0
    total: Seconds = 300.0


class Actions(_Node, frozen=True, kw_only=True):
    """How actions behave."""

    docstring_style: Literal["auto", "google", "numpy", "sphinx"] = "auto"
    disabled: tuple[str, ...] = ()


class Retrieval(_Node, frozen=True, kw_only=True):
    """What of the project is shown to a model beside the target."""

    enabled: bool = True
    max_chunks: Count = 6
    max_files: Annotated[int, Meta(ge=0, description="most files to index")] = 2000


class Cache(_Node, frozen=True, kw_only=True):
    """The store of answers for exactly the same recipe."""

    enabled: bool = True
    size_mb: Count = 64


class Journal(_Node, frozen=True, kw_only=True):
    """The log of code-free events."""

    enabled: bool = True
    keep_days: Count = 180


class Server(_Node, frozen=True, kw_only=True):
    """The language server."""

    discover: Annotated[
        bool, Meta(description="ask the usual loopback ports for Ollama, llama-server, LM Studio")
    ] = True
    log_level: Literal["error", "warning", "info", "debug"] = "info"


class Config(_Node, frozen=True, kw_only=True):
    """Everything Camus can be told."""

    version: Literal[1, 2] = 2
    models: dict[str, Model] = {}
    pipelines: dict[str, Pipeline] = {}
    composites: dict[str, Composite] = {}
    defaults: Defaults = Defaults()
    multi_model: MultiModel = MultiModel()
    classification: Classification = Classification()
    privacy: Privacy = Privacy()
    timeouts: Timeouts = Timeouts()
    actions: Actions = Actions()
    retrieval: Retrieval = Retrieval()
    cache: Cache = Cache()
    journal: Journal = Journal()
    server: Server = Server()
