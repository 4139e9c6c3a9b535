"""One frozen `Config` tree: discover, load, migrate, validate and watch; runs nothing it reads.

Errors
------
ConfigError
    Raised when there is no configuration to go on with at all.
"""

from camus.config.load import Layers, Loaded, load
from camus.config.paths import Folders, folders
from camus.config.problems import ConfigError, Problem
from camus.config.tree import (
    Actions,
    Cache,
    Classification,
    ClassificationRule,
    Composite,
    Config,
    Defaults,
    Intelligence,
    Journal,
    Model,
    MultiModel,
    Parameters,
    Pipeline,
    Privacy,
    Retrieval,
    RoutingRule,
    Server,
    Step,
    Timeouts,
)
from camus.config.words import (
    ALIASES,
    BUILT_IN_COMPOSITES,
    BackendKind,
    Capability,
    Complexity,
    StrategyName,
    TaskKind,
    canonical,
)

__all__ = [
    "ALIASES",
    "BUILT_IN_COMPOSITES",
    "Actions",
    "BackendKind",
    "Cache",
    "Capability",
    "Classification",
    "ClassificationRule",
    "Complexity",
    "Composite",
    "Config",
    "ConfigError",
    "Defaults",
    "Folders",
    "Intelligence",
    "Journal",
    "Layers",
    "Loaded",
    "Model",
    "MultiModel",
    "Parameters",
    "Pipeline",
    "Privacy",
    "Problem",
    "Retrieval",
    "RoutingRule",
    "Server",
    "Step",
    "StrategyName",
    "TaskKind",
    "Timeouts",
    "canonical",
    "folders",
    "load",
]
