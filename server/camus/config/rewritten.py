"""What a file in another spelling comes to; and what a configuration means in either version."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from camus.config.problems import Problem
from camus.config.tree import Config


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a YAML file that means the same, and what of the source had no meaning."""

    text: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """The bytes a file should have, what was changed in words, and what stands in the way.

    With `problems` the bytes are those that were given. Neither changes nor problems: there is
    nothing to do.
    """

    data: bytes
    changes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def meaning(config: Config) -> Config:
    """What a configuration comes to whatever version it is written in."""
    implied = config.version == 1 and "default" in config.pipelines and not config.defaults.pipeline
    pipeline = "default" if implied else config.defaults.pipeline
    defaults = msgspec.structs.replace(config.defaults, pipeline=pipeline)
    return msgspec.structs.replace(config, version=2, defaults=defaults)
