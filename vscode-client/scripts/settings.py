"""Mirrors the server's settings in the manifest; knows their schema, and nothing of their meaning.

python vscode-client/scripts/settings.py          writes package.json and package.nls.json
python vscode-client/scripts/settings.py --check  says what would change, and exits with 1
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).parents[1]
sys.path.insert(0, str(CLIENT.parent / "server"))

Tree = dict[str, Any]

OLDER = frozenset(
    {
        "version",
        "backends",
        "fallbacks",
        "routing",
        "defaults.quick",
        "defaults.standard",
        "defaults.deep",
        "defaults.math",
        "defaults.security",
        "multi_model.strategies",
        "multi_model.quality",
        "privacy.secret_scan_before_external",
    }
)
"""Older spellings and what a file alone says: read in files, not shown among the settings."""

OBJECTS = frozenset({"multi_model.intelligent_selection"})
"""Settings that are shown whole, although they have parts of their own."""

HARMLESS = frozenset({"server.code_lens", "server.inline_completion", "server.log_level"})
"""What a workspace that is not trusted may set: it changes what is shown, and nothing else."""

TITLES = {
    "models": "Models",
    "defaults": "Models",
    "pipelines": "Models",
    "composites": "Models",
    "multi_model": "Choosing Models",
    "classification": "Choosing Models",
    "quality": "Quality",
    "checks": "Quality",
    "actions": "Quality",
    "post_processing": "Quality",
    "privacy": "Privacy",
    "journal": "Privacy",
}
REST = "Server"
_SPELLING = re.compile(r"^(another spelling of|an older|the same as) ", re.IGNORECASE)


def flattened(schema: Tree) -> Iterator[tuple[str, Tree]]:
    """Each setting by its dotted name with its schema, references resolved, in the tree's order."""
    definitions = schema["$defs"]

    def walk(node: Tree, before: str) -> Iterator[tuple[str, Tree]]:
        for name, value in node["properties"].items():
            key = f"{before}{name}"
            if key in OLDER:
                continue
            section = _section(value, definitions)
            if section is not None and key not in OBJECTS:
                yield from walk(section, f"{key}.")
            else:
                yield key, resolved(value, definitions)

    yield from walk(definitions["Config"], "")


def _section(value: Tree, definitions: Tree) -> Tree | None:
    """The definition that a value consists of, when it is one with parts of its own."""
    choices = [each for each in value.get("anyOf", [value]) if each.get("type") != "null"]
    found = choices[0] if len(choices) == 1 else value
    while "allOf" in found:
        found = found["allOf"][0]
    if "$ref" not in found:
        return None
    definition: Tree = definitions[found["$ref"].rsplit("/", 1)[-1]]
    return definition if definition.get("properties") else None


def resolved(value: Any, definitions: Tree) -> Any:
    """The schema with its references put in, since a setting cannot refer to another."""
    if isinstance(value, list):
        return [resolved(each, definitions) for each in value]
    if not isinstance(value, dict):
        return value
    whole = {name: resolved(each, definitions) for name, each in value.items() if name != "$ref"}
    if "properties" in whole:
        whole["properties"] = {
            name: each
            for name, each in whole["properties"].items()
            if not _SPELLING.match(str(each.get("description", "")))
        }
    if "$ref" in value:
        definition = resolved(definitions[value["$ref"].rsplit("/", 1)[-1]], definitions)
        whole = {**definition, **whole}
    whole.pop("title", None)
    return whole


def setting(key: str, schema: Tree) -> Tree:
    """A setting as the manifest has it: its words are in package.nls.json."""
    words = {"markdownDescription": f"%settings.{key}%"}
    shape = {name: each for name, each in schema.items() if name not in {"description", "default"}}
    if "anyOf" in shape and not any("properties" in each for each in _all(shape["anyOf"])):
        shape = _joined(shape)
    return {**shape, **_default(schema), **words, "scope": "window"}


def _all(choices: list[Tree]) -> Iterator[Tree]:
    for each in choices:
        yield each
        yield from _all(each.get("anyOf", []))
        for name in ("items", "additionalProperties"):
            if isinstance(each.get(name), dict):
                yield from _all([each[name]])


def _joined(shape: Tree) -> Tree:
    """`anyOf` simple types as a list of types, for which the settings editor has a field."""
    kinds = [each.get("type") for each in shape["anyOf"]]
    if any(kind is None for kind in kinds):
        return shape
    rest: Tree = {}
    for each in shape["anyOf"]:
        rest.update(each)
    return {**rest, "type": kinds}


def _default(schema: Tree) -> Tree:
    return {"default": schema["default"]} if "default" in schema else {}


def words(key: str, schema: Tree) -> str:
    """A setting's description as a sentence."""
    said = str(schema.get("description", key)).split("\n", 1)[0].strip()
    said = said if said.startswith("`") else f"{said[:1].upper()}{said[1:]}"
    return said if said.endswith((".", "?")) else f"{said}."


def mirrored(manifest: Tree, nls: dict[str, str]) -> tuple[Tree, dict[str, str]]:
    """The manifest and its words with the server's settings as they are now."""
    from camus.config import json_schema

    settings = list(flattened(json.loads(json_schema())))
    own, *_generated = manifest["contributes"]["configuration"]
    groups: dict[str, Tree] = {}
    for key, schema in settings:
        title = TITLES.get(key.split(".", 1)[0], REST)
        groups.setdefault(title, {})[f"camus.{key}"] = setting(key, schema)
    configuration = [
        own,
        *({"title": title, "properties": groups[title]} for title in dict.fromkeys(groups)),
    ]
    restricted = [
        *(key for key in own["properties"] if key in OWN_RESTRICTED),
        *(f"camus.{key}" for key, _schema in settings if key not in HARMLESS),
    ]
    kept = {key: text for key, text in nls.items() if not key.startswith("settings.")}
    said = {f"settings.{key}": words(key, schema) for key, schema in settings}
    capabilities = manifest["capabilities"]
    untrusted = {**capabilities["untrustedWorkspaces"], "restrictedConfigurations": restricted}
    return (
        {
            **manifest,
            "capabilities": {**capabilities, "untrustedWorkspaces": untrusted},
            "contributes": {**manifest["contributes"], "configuration": configuration},
        },
        {**kept, **said},
    )


OWN_RESTRICTED = ("camus.client.path", "camus.client.python", "camus.client.environment")
"""The extension's own settings that say what is run."""


def _as_text(tree: Any) -> str:
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write or check; the exit code."""
    files = [CLIENT / "package.json", CLIENT / "package.nls.json"]
    before = [file.read_text(encoding="utf-8") for file in files]
    after = mirrored(*(json.loads(text) for text in before))
    changed = [
        file for file, old, new in zip(files, before, after, strict=True) if json.loads(old) != new
    ]
    if "--check" in sys.argv[1:]:
        for file in changed:
            sys.stdout.write(f"{file.name} differs from the server's settings: run settings.py\n")
        return 1 if changed else 0
    for file, new in zip(files, after, strict=True):
        file.write_text(_as_text(new), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
