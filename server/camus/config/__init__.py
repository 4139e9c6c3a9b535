"""One frozen `Config` tree: discover, load, migrate, validate and watch; runs nothing it reads.

Errors
------
ConfigError
    Raised when there is no configuration to go on with at all.
Unsettable
    Raised when a file cannot be changed in place.
"""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from camus.config.entries import Memory, Model, Parameters, Quota
from camus.config.families import FAMILY_NAMES, NO_FAMILY, Family, family_of
from camus.config.fills import FILLS, Fill, fill_of
from camus.config.judging import Checks, Command, PostProcessing
from camus.config.load import Layers, Loaded, load
from camus.config.overrides import PromptFile
from camus.config.paths import Folders, folders
from camus.config.patterns import compiled_pattern
from camus.config.problems import ConfigError, Problem, nearest
from camus.config.providers import GENERIC, PROVIDERS, Provider, Reasoning, provider_named
from camus.config.rewritten import Imported, Migration, meaning
from camus.config.selecting import (
    Intelligence,
    Limits,
    RoutingRule,
    SelectionWeights,
)
from camus.config.setting import Unsettable, with_value
from camus.config.shipped import SHIPPED_PIPELINES, pipelines_of
from camus.config.show import show
from camus.config.teamwork import Strategies, Voting
from camus.config.template import SITUATIONS, Known, Situation, template
from camus.config.tree import (
    Actions,
    Cache,
    Classification,
    ClassificationRule,
    ClassTimeouts,
    Composite,
    Config,
    Defaults,
    Journal,
    MultiModel,
    Pipeline,
    Privacy,
    Quality,
    Retrieval,
    Server,
    Step,
    Timeouts,
    Weights,
)
from camus.config.words import (
    ALIASES,
    BUILT_IN_COMPOSITES,
    BackendKind,
    Balancing,
    Capability,
    Complexity,
    StrategyName,
    TaskKind,
    canonical,
)

__all__ = [
    "ALIASES",
    "BUILT_IN_COMPOSITES",
    "FAMILY_NAMES",
    "FILLS",
    "GENERIC",
    "NO_FAMILY",
    "PROVIDERS",
    "SHIPPED_PIPELINES",
    "SITUATIONS",
    "Actions",
    "BackendKind",
    "Balancing",
    "Cache",
    "Capability",
    "Checks",
    "ClassTimeouts",
    "Classification",
    "ClassificationRule",
    "Command",
    "Complexity",
    "Composite",
    "Config",
    "ConfigError",
    "Defaults",
    "Family",
    "Fill",
    "Folders",
    "Imported",
    "Intelligence",
    "Journal",
    "Known",
    "Layers",
    "Limits",
    "Loaded",
    "Memory",
    "Migration",
    "Model",
    "MultiModel",
    "Parameters",
    "Pipeline",
    "PostProcessing",
    "Privacy",
    "Problem",
    "PromptFile",
    "Provider",
    "Quality",
    "Quota",
    "Reasoning",
    "Retrieval",
    "RoutingRule",
    "SelectionWeights",
    "Server",
    "Situation",
    "Step",
    "Strategies",
    "StrategyName",
    "TaskKind",
    "Timeouts",
    "Unsettable",
    "Voting",
    "Weights",
    "canonical",
    "changes",
    "compiled_pattern",
    "downgrade",
    "family_of",
    "fill_of",
    "folders",
    "imported",
    "json_schema",
    "load",
    "meaning",
    "migrate",
    "nearest",
    "pipelines_of",
    "provider_named",
    "reference",
    "show",
    "template",
    "with_value",
]


def changes(folders: Iterable[Path]) -> AsyncIterator[frozenset[Path]]:
    """Yield the configuration files that appeared, changed or went, until cancelled.

    A folder is a workspace, with `.camus` in it or in an ancestor, or a user's own folder. None
    needs to exist yet. Several writes within 0.3 s are one change; one that the system does not
    report (a network disk) is seen within 5 s.
    """
    from camus.config.watch import changes as told

    return told(folders)


def reference() -> str:
    """The text of docs/configuration.md, generated from the tree."""
    from camus.config.page import reference as rendered

    return rendered()


def json_schema() -> str:
    """The JSON schema of a configuration file as users write it, as JSON text."""
    from camus.config.schema import json_schema as rendered

    return rendered()


def migrate(data: bytes, file: str) -> Migration:
    """A first-version file in the second version's spelling; the same models run as before."""
    from camus.config.migrating import migrate as made

    return made(data, file)


def downgrade(data: bytes, file: str) -> Migration:
    """A second-version file in the first version's spelling, when that can say all of it."""
    from camus.config.migrating import downgrade as made

    return made(data, file)


def imported(data: bytes, file: str) -> Imported:
    """A configuration file (a TOML profile, say) as YAML; `text` is empty when it is unreadable."""
    from camus.config.importing import imported as made

    return made(data, file)
