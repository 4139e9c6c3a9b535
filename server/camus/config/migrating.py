"""From a first-version file to a second-version one and back: the same meaning, edited in place.

Only what has to change is touched, so comments, order and quoting stay. A result that would not
mean the same, or would lose a comment, is not given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from camus.config import respelling
from camus.config.check import checked
from camus.config.nodes import Node, to_plain
from camus.config.problems import Problem
from camus.config.read import Unreadable, read, readable
from camus.config.rewritten import Migration, meaning
from camus.config.shapes import V1_MODEL, is_v1, normalised
from camus.config.spans import Place, comments, places
from camus.config.tree import Config


def migrate(data: bytes, file: str) -> Migration:
    """A first-version file in the second version's spelling.

    Which models run is not changed: a pipeline written as a list runs as listed, and nothing
    newer is switched on.
    """
    try:
        root = read(data, file)
    except Unreadable as error:
        return Migration(data, problems=(error.problem,))
    if not _is_old(root):
        return Migration(data)
    if file.endswith(".toml"):
        return _refused(data, root, "a TOML file is not migrated in place: `camus config import`")
    bom, text = readable(data, file)
    asked: tuple[respelling.Change, ...] = (
        respelling.version_2(default_pipeline=implied_default(root)),
        respelling.models_by_name,
    )
    reasons: list[Problem] = []
    for changes in (asked, asked[:1]):
        made = _applied(text, changes, root)
        if isinstance(made, Problem):
            reasons.append(made)
            continue
        after, said = made
        wrong = _difference(data, (bom + after).encode(), file)
        if wrong is None:
            kept = [f"`backends` stays a list: {problem.message}" for problem in reasons]
            return Migration((bom + after).encode(), (*said, *kept))
        reasons.append(root.problem(wrong))
    return Migration(data, problems=tuple(reasons[-1:]))


def downgrade(data: bytes, file: str) -> Migration:
    """A second-version file in the first version's spelling, when that can say all of it."""
    try:
        root = read(data, file)
    except Unreadable as error:
        return Migration(data, problems=(error.problem,))
    if is_v1(root) and _version(root) != 2:
        return Migration(data)
    lost = tuple(_newer(root))
    if lost:
        return Migration(data, problems=lost)
    if file.endswith(".toml"):
        return _refused(data, root, "a TOML file is not written in the first version's spelling")
    bom, text = readable(data, file)
    made = _applied(text, (respelling.version_1, respelling.models_listed), root)
    if isinstance(made, Problem):
        return Migration(data, problems=(made,))
    after, said = made
    wrong = _difference(data, (bom + after).encode(), file)
    if wrong is not None:
        return _refused(data, root, wrong)
    return Migration((bom + after).encode(), said)


def implied_default(root: Node) -> bool:
    """Whether the pipeline `default` runs by itself only because the version is the first."""
    if (_version(root) or (1 if is_v1(root) else 2)) != 1:
        return False
    return "default" in root.at("pipelines").entries and not root.at("defaults", "pipeline").value


def _is_old(root: Node) -> bool:
    version = _version(root)
    if version == 2:
        return False
    return version == 1 or is_v1(root) or "backends" in root.entries


def _version(root: Node) -> int | None:
    node, _ = checked(root.with_value({k: v for k, v in root.entries.items() if k == "version"}))
    value = node.at("version").value
    return int(value) if isinstance(value, int) else None


def _applied(
    text: str, changes: tuple[respelling.Change, ...], root: Node
) -> tuple[str, tuple[str, ...]] | Problem:
    said: list[str] = []
    for change in changes:
        try:
            text, words = change(text, _tree(text, root.file))
        except respelling.Stays as reason:
            return replace(root, line=text.count("\n", 0, reason.at) + 1).problem(str(reason))
        said += words
    return text, tuple(said)


def _tree(text: str, file: str) -> Place:
    """JSON may have tabs between its tokens, which YAML has not."""
    return places(text.replace("\t", " ") if file.endswith(".json") else text)


def _difference(before: bytes, after: bytes, file: str) -> str | None:
    """How a result would differ from what was there; None when it means the same."""
    try:
        one, two = _whole(before, file), _whole(after, file)
    except Unreadable as error:
        return f"it would not be readable any more ({error.problem.message}); nothing was changed"
    if one != two:
        names = [
            name
            for name in Config.__struct_fields__
            if getattr(one[0], name) != getattr(two[0], name)
        ]
        what = ", ".join(f"`{name}`" for name in names) or "what is wrong in it"
        return f"it would not mean the same any more ({what}); nothing was changed"
    if file.endswith(".json"):
        return None
    texts = [readable(data, file)[1] for data in (before, after)]
    lost = Counter(comments(texts[0])) - Counter(comments(texts[1]))
    return f"the comment `{min(lost)}` would be lost; nothing was changed" if lost else None


def _whole(data: bytes, file: str) -> tuple[Config, list[str]]:
    """What a file alone means, and what is said of it."""
    problems: list[Problem] = []
    root = read(data, file)
    node, wrong = checked(normalised(root, problems.append))
    config: Config = msgspec.convert(to_plain(node), Config)
    if "version" not in node.entries and is_v1(root):
        config = msgspec.structs.replace(config, version=1)
    return meaning(config), sorted(problem.message for problem in (*problems, *wrong))


def _newer(root: Node) -> Iterator[Problem]:
    """What the first version has no words for."""
    sections = {"version", "models", "backends", "pipelines", "defaults"}
    for key, section in root.entries.items():
        if key not in sections:
            yield section.problem("the first version has no such section")
    for key in ("models", "backends"):
        section = root.at(key)
        for model in (*section.entries.values(), *section.items):
            for name, item in model.entries.items():
                if name not in V1_MODEL and item.value is not None:
                    yield item.problem(f"the first version knows no `{name}` of a backend")
    for name, pipeline in root.at("pipelines").entries.items():
        plain = isinstance(pipeline.value, tuple) and not any(
            step.entries for step in pipeline.items
        )
        if not plain:
            yield pipeline.problem(f"the first version only knows lists; `{name}` is none")
    for name, item in root.at("defaults").entries.items():
        if name != "pipeline":
            yield item.problem(f"the first version knows no `defaults.{name}`")
    unnamed = not root.at("defaults", "pipeline").value
    if unnamed and "default" in root.at("pipelines").entries and _version(root) != 1:
        place = root.at("pipelines", "default")
        yield place.problem("in the first version this pipeline would run by itself; rename it")


def _refused(data: bytes, root: Node, message: str) -> Migration:
    return Migration(data, problems=(root.problem(message),))
