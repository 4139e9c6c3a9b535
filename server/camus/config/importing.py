"""From a file in any known spelling to the text of a YAML file in the tree's own; reads nothing."""

from __future__ import annotations

from collections.abc import Mapping

from camus.config.check import checked
from camus.config.nodes import Node, to_plain
from camus.config.problems import Problem
from camus.config.read import Unreadable, read
from camus.config.rewritten import Imported
from camus.config.shapes import normalised
from camus.config.writing import Plain, yaml

_HEAD = """\
# Imported from {name} by `camus config import`; see docs/configuration.md for every setting.
"""


def imported(data: bytes, file: str) -> Imported:
    """A configuration file (a TOML profile, say) as YAML; `text` is empty when it is unreadable."""
    try:
        root = read(data, file)
    except Unreadable as error:
        return Imported("", (error.problem,))
    problems: list[Problem] = []
    node, wrong = checked(normalised(root, problems.append))
    name = file.replace("\\", "/").rpartition("/")[2]
    return Imported(_HEAD.format(name=_printable(name)) + yaml(_short(node)), (*problems, *wrong))


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)


def _short(root: Node) -> Mapping[str, Plain]:
    """The settings in the shortest spelling that users write."""
    sections = {key: _plain(to_plain(item)) for key, item in root.entries.items()}
    models, composites = sections.get("models"), sections.get("composites")
    if isinstance(models, Mapping):
        sections["models"] = {name: _model(model) for name, model in models.items()}
    if isinstance(composites, Mapping):
        sections["composites"] = {name: _composite(item) for name, item in composites.items()}
    return {key: item for key, item in sections.items() if item not in ({}, None)}


def _model(model: Plain) -> Plain:
    """Its name is its key already; one of which nothing else is said is Ollama's."""
    if not isinstance(model, Mapping):
        return model
    return {key: item for key, item in model.items() if key != "name"} or {"type": "ollama"}


def _composite(composite: Plain) -> Plain:
    if isinstance(composite, Mapping) and composite.keys() == {"bases"}:
        return composite["bases"]
    return composite


def _plain(value: object) -> Plain:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str | bool | int | float):
        return value
    return str(value)
