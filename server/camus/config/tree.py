"""The tree of settings; each field's description is the manual page of that field.

Files are normalised into this tree: v1 `backends` and the plans' other spellings become
`models`, a pipeline written as a list becomes a `Pipeline` with `v1` set. Nothing here does I/O.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from camus.config.entries import Memory, Model, Parameters
from camus.config.fields import Count, Ratio, Seconds, Weight, Words
from camus.config.fields import says as _says
from camus.config.judging import Checks, PostProcessing
from camus.config.selecting import Intelligence, Limits
from camus.config.teamwork import Strategies, Voting
from camus.config.words import Complexity, StrategyName, TaskKind


class _Node(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What every node of the tree has in common: frozen, keywords only, no unknown keys."""


class Step(_Node, frozen=True, kw_only=True):
    """One step of a pipeline."""

    backend: Annotated[str, Meta(min_length=1, description="a model, a composite or a role")]
    task: Annotated[str, _says("what this step does, in words; empty: the request itself")] = ""
    schema: Annotated[
        str,
        _says(
            "a JSON schema that the step's answer must fit, as a mapping or as JSON; servers that "
            "cannot be bound to one are asked in words"
        ),
    ] = ""
    grammar: Annotated[
        str,
        _says("a GBNF grammar that the answer must follow, where llama.cpp runs the model"),
    ] = ""


class Pipeline(_Node, frozen=True, kw_only=True):
    """A named, configured strategy."""

    strategy: Annotated[StrategyName, _says("how the steps work together")] = (
        StrategyName.SEQUENTIAL
    )
    steps: Annotated[
        tuple[Step, ...], _says("the steps in order; `backends: [a, b]` is short for them")
    ] = ()
    voting: Annotated[Voting, _says("how an ensemble agrees on one answer")] = "best_of_n"
    weights: Annotated[
        tuple[float, ...], _says("weight of each step's vote, for `weighted`, in order")
    ] = ()
    rounds: Annotated[
        Count | None, _says("most rounds of criticism in a consensus; `strategies.rounds` if unset")
    ] = None
    deadline: Annotated[
        Seconds | None,
        _says("seconds after which it goes on with what it has; `strategies.deadline` if unset"),
    ] = None
    v1: Annotated[
        bool, _says("run exactly as listed; set for a pipeline written as a plain list")
    ] = False


class Composite(_Node, frozen=True, kw_only=True):
    """A virtual model: the first of its bases that is ready answers, with these settings.

    `fast`, `medium`, `large`, `code`, `analysis`, `safety`, `maths`, `creative` and `general`
    ship; one of the same name here replaces it.
    """

    bases: Annotated[Words, _says("models, composites or roles, best first")] = ()
    parameters: Annotated[Parameters, _says("sampling parameters that win over the base's own")] = (
        Parameters()
    )
    retrieval: Annotated[bool, _says("show it pieces of the project beside the target")] = True
    post_processing: Annotated[
        bool, _says("finish its drafts by the steps of `post_processing.steps`")
    ] = True
    post_processing_steps: Annotated[
        Words, _says("its own steps instead of those; empty: the same")
    ] = ()


class Defaults(_Node, frozen=True, kw_only=True):
    """What holds when a request says nothing else."""

    pipeline: Annotated[str, _says("the pipeline of a request that names none; empty: none")] = ""
    strategy: Annotated[StrategyName, _says("how models work together without a pipeline")] = (
        StrategyName.CASCADE
    )
    quality_threshold: Annotated[
        Ratio, _says("below this score Camus escalates, then asks before applying")
    ] = 0.8
    quality_floor: Annotated[Ratio, _says("below this score nothing is offered")] = 0.3


class MultiModel(_Node, frozen=True, kw_only=True):
    """Everything newer than v1 in `camus modify`; opted into by `enabled: true`."""

    enabled: Annotated[bool, _says("`false`: `modify` runs exactly the listed backends")] = False
    intelligent_selection: Annotated[
        Intelligence, _says("how the model is chosen; `true` or `false` also switches it")
    ] = Intelligence()
    quality_validation: Annotated[bool, _says("judge each draft before it is offered")] = True
    minimum_confidence: Annotated[
        Ratio, _says("below this confidence in the task's kind a larger model is asked")
    ] = 0.8
    cross_validation: Annotated[bool, _says("let a second model check the draft")] = False


class ClassificationRule(_Node, frozen=True, kw_only=True):
    """An extra rule for the classifier; a new `kind` is a value that names a built-in by `like`."""

    kind: Annotated[str, Meta(min_length=1, description="a task kind, or a name of your own")]
    like: Annotated[TaskKind | None, _says("the built-in kind that your own behaves like")] = None
    keywords: Annotated[Words, _says("words of the instruction that speak for the kind")] = ()
    patterns: Annotated[Words, _says("regular expressions over the instruction")] = ()
    paths: Annotated[Words, _says("globs of files that speak for the kind")] = ()
    weight: Annotated[
        Annotated[float, Meta(ge=0, le=100)], _says("how strongly, against 1 for a built-in rule")
    ] = 1.0
    complexity: Annotated[Complexity | None, _says("the complexity it implies")] = None


class Weights(_Node, frozen=True, kw_only=True):
    """How much each part of a score counts beside the others; a grave fault counts for more."""

    correctness: Annotated[Weight, _says("names, lost behaviour, new errors")] = 6.0
    security: Annotated[Weight, _says("new holes")] = 4.0
    fix: Annotated[Weight, _says("whether the problem to fix is gone")] = 4.0
    implementation: Annotated[Weight, _says("whether a stub got its body")] = 4.0
    documentation: Annotated[Weight, _says("whether what was to be documented is")] = 4.0
    behaviour: Annotated[Weight, _says("what running the code showed, where it was run")] = 6.0
    performance: Annotated[Weight, _says("loops, copies, waiting")] = 1.0
    style: Annotated[Weight, _says("linter and formatter")] = 2.0
    minimality: Annotated[Weight, _says("what was changed without need")] = 1.5
    consistency: Annotated[Weight, _says("names and layout like the file's")] = 1.5


class Quality(_Node, frozen=True, kw_only=True):
    """How drafts, and changes given to `camus check`, are judged."""

    weights: Annotated[Weights, _says("what the parts of a score count")] = Weights()
    ignore: Annotated[Words, _says("rules whose findings are left out, by their names")] = ()


class Classification(_Node, frozen=True, kw_only=True):
    """What extends the built-in rules of classification."""

    rules: Annotated[tuple[ClassificationRule, ...], _says("your own rules")] = ()
    keywords: Annotated[
        dict[TaskKind, Words],
        _says("words of the instruction that speak for a kind, by kind: short for a rule"),
    ] = {}

    learn: Annotated[
        bool,
        _says(
            "learn from your corrections (`camus classify ... --as KIND`); kept on this machine "
            "as hashed features and the kind, never as text"
        ),
    ] = True

    @property
    def every_rule(self) -> tuple[ClassificationRule, ...]:
        """The rules, and the keywords as rules."""
        made = (ClassificationRule(kind=kind, keywords=k) for kind, k in self.keywords.items())
        return (*self.rules, *made)


class Privacy(_Node, frozen=True, kw_only=True):
    """What may leave this machine; from your own file only, a workspace can only tighten it.

    Consent itself is no setting: see `camus consent`.
    """

    default_location: Annotated[
        Literal["local", "any"],
        _says("`any`: models elsewhere are chosen like local ones; `local`: only by their name"),
    ] = "local"
    local_only: Annotated[
        bool, _says("no model elsewhere is ever asked, whatever was agreed to and named")
    ] = False
    allow_external: Annotated[
        bool, _says("the plans' opt-in; consent itself is given for each place")
    ] = False
    secrets: Annotated[
        Literal["block", "placeholder"],
        _says("a secret in a prompt stops a remote send, or is replaced reversibly"),
    ] = "block"


class ClassTimeouts(_Node, frozen=True, kw_only=True):
    """Limits of one class of tasks, in seconds; what is left out is as for all."""

    connect: Annotated[Seconds | None, _says("to reach the server")] = None
    first_token: Annotated[Seconds | None, _says("to the first token")] = None
    idle: Annotated[Seconds | None, _says("longest gap between two tokens")] = None
    total: Annotated[Seconds | None, _says("for the whole answer")] = None


class Timeouts(_Node, frozen=True, kw_only=True):
    """Hard limits of one generation, in seconds; and when its first token is wanted.

    The three targets order the models and never cut one off: of those that suit a task, the ones
    known to be later than its target are asked after the others.
    """

    connect: Annotated[Seconds, _says("to reach the server")] = 2.0
    first_token: Annotated[Seconds, _says("to the first token; loading a model counts")] = 120.0
    idle: Annotated[Seconds, _says("longest gap between two tokens")] = 30.0
    total: Annotated[Seconds, _says("for the whole answer")] = 300.0
    by_complexity: Annotated[
        dict[Complexity, ClassTimeouts],
        _says("other limits for `simple`, `medium` or `complex` tasks"),
    ] = {}
    quick_ms: Annotated[
        Count | None, _says("milliseconds in which a simple task wants its first token; a target")
    ] = None
    standard_ms: Annotated[Count | None, _says("the same for a medium task")] = None
    deep_ms: Annotated[Count | None, _says("the same for a complex task")] = None


class Actions(_Node, frozen=True, kw_only=True):
    """How actions behave."""

    docstring_style: Annotated[
        Literal["auto", "google", "numpy", "sphinx"],
        _says("style of new Python docstrings; `auto` follows the file and the project"),
    ] = "auto"
    disabled: Annotated[Words, _says("ids of actions that are not offered")] = ()


class Retrieval(_Node, frozen=True, kw_only=True):
    """What of the project is shown to a model beside the target."""

    enabled: Annotated[bool, _says("show anything at all")] = True
    max_chunks: Annotated[Count, _says("most pieces in one prompt")] = 6
    max_files: Annotated[Count, _says("most files to index")] = 2000


class Cache(_Node, frozen=True, kw_only=True):
    """The store of answers for exactly the same recipe."""

    enabled: Annotated[bool, _says("keep answers")] = True
    size_mb: Annotated[Count, _says("most megabytes on disk")] = 64


class Journal(_Node, frozen=True, kw_only=True):
    """The log of code-free events."""

    enabled: Annotated[bool, _says("`false`: kept in memory only")] = True
    keep_days: Annotated[Count, _says("days an event is kept")] = 180
    size_mb: Annotated[Count, _says("most megabytes on disk; the oldest events go first")] = 64


class Server(_Node, frozen=True, kw_only=True):
    """The language server."""

    discover: Annotated[
        bool, _says("look for Ollama, llama-server and LM Studio on their usual loopback ports")
    ] = True
    log_level: Annotated[Literal["error", "warning", "info", "debug"], _says("what is logged")] = (
        "info"
    )
    probe_models: Annotated[
        bool,
        _says(
            "find out in the background what this machine's models can do, when nobody asked for "
            "a minute"
        ),
    ] = False
    inline_completion: Annotated[
        bool,
        _says(
            "let the `fast` model continue the code at the cursor while you rest, in editors with "
            "inline completion"
        ),
    ] = False
    code_lens: Annotated[
        bool, _says("show *Explain* and *Review* above each definition, in editors with lenses")
    ] = False
    inlay_hints: Annotated[
        bool,
        _says(
            "show a high complexity, and what Camus wrote in this session, behind a definition's "
            "first line, in editors with inlay hints"
        ),
    ] = False
    hint_complexity: Annotated[
        int, Meta(ge=1, le=1000), _says("only a complexity above this is shown")
    ] = 10


class Config(_Node, frozen=True, kw_only=True):
    """Everything Camus can be told."""

    version: Annotated[
        Literal[1, 2],
        _says("1 when the files use nothing newer than lists of backends; told by itself"),
    ] = 2
    models: Annotated[dict[str, Model], _says("your models, by name")] = {}
    pipelines: Annotated[dict[str, Pipeline], _says("named strategies")] = {}
    composites: Annotated[dict[str, Composite], _says("virtual models")] = {}
    defaults: Annotated[Defaults, _says("what holds when a request says nothing else")] = Defaults()
    multi_model: Annotated[MultiModel, _says("everything newer than v1 in `camus modify`")] = (
        MultiModel()
    )
    quality: Annotated[Quality, _says("how drafts and changes are judged")] = Quality()
    classification: Annotated[Classification, _says("how requests are understood")] = (
        Classification()
    )
    privacy: Annotated[Privacy, _says("what may leave this machine")] = Privacy()
    memory: Annotated[Memory, _says("memory of the models that Camus runs itself")] = Memory()
    timeouts: Annotated[Timeouts, _says("hard limits of one generation")] = Timeouts()
    limits: Annotated[Limits, _says("what puts a model out")] = Limits()
    actions: Annotated[Actions, _says("how actions behave")] = Actions()
    strategies: Annotated[Strategies, _says("how several models work together")] = Strategies()
    checks: Annotated[Checks, _says("slower checks, and thresholds that learn")] = Checks()
    post_processing: Annotated[
        PostProcessing, _says("what is done to a draft before it is judged")
    ] = PostProcessing()
    retrieval: Annotated[Retrieval, _says("what a model sees of the project")] = Retrieval()
    cache: Annotated[Cache, _says("the store of answers")] = Cache()
    journal: Annotated[Journal, _says("the log of events")] = Journal()
    server: Annotated[Server, _says("the language server")] = Server()
