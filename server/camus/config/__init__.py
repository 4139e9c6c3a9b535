"""One frozen `Config` tree: discover, load, migrate, validate and watch; runs nothing it reads.

Errors
------
ConfigError
    Raised when there is no configuration to go on with at all.
"""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from camus.config.families import FAMILY_NAMES, NO_FAMILY, Family, family_of
from camus.config.importing import Imported, imported
from camus.config.load import Layers, Loaded, load
from camus.config.migrating import Migration, downgrade, meaning, migrate
from camus.config.overrides import PromptFile
from camus.config.paths import Folders, folders
from camus.config.patterns import compiled_pattern
from camus.config.problems import ConfigError, Problem
