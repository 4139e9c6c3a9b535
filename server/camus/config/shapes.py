"""The plans' other shapes of a file, turned into the one tree; values are not checked here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from camus.config.nodes import Node, Report, to_plain
from camus.config.problems import Problem, nearest
from camus.config.profiles import with_profile
from camus.config.providers import OTHER_NAMES, PROVIDERS, provider_named
from camus.config.words import USUAL_URLS, folded

V1_MODEL = frozenset({"name", "type", "url", "model", "path"})
"""What the first version says of a backend."""
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)(i?)b?\s*", re.IGNORECASE)
_URLS = {folded(word): url for word, url in USUAL_URLS.items()}


def is_v1(root: Node) -> bool:
    """Whether a file uses nothing newer than the first plan: backends, lists as pipelines."""
    top = root.entries
    if not top.keys() <= {"backends", "pipelines", "defaults", "version"}:
        return False
    if not top.keys() & {"backends", "pipelines"}:
        return False
    backends = top["backends"].value if "backends" in top else ()
    return (
        isinstance(backends, tuple)
        and all(item.entries.keys() <= V1_MODEL for item in backends)
        and (top["defaults"].entries.keys() if "defaults" in top else set()) <= {"pipeline"}
        and all(
            isinstance(pipeline.value, tuple) and not any(step.entries for step in pipeline.value)
            for pipeline in (top["pipelines"].entries.values() if "pipelines" in top else ())
        )
    )


def normalised(root: Node, report: Report) -> Node:
    """The same settings in the spelling of the tree; what has no meaning is reported."""
    top = dict(root.entries)
    models = _models(top, report)
    if models is not None:
        top["models"] = models
    top = with_profile(top, report)
    for key, change in (
        ("pipelines", _each(_pipeline)),
        ("composites", _each(_composite)),
        ("multi_model", _multi_model),
        ("memory", _memory),
    ):
        if key in top:
            top[key] = change(top[key], report)
    return root.with_value(top)


def memory_size(text: str) -> int | None:
    """Bytes of `2GB`, `512 MiB` or a bare number; decimal prefixes count in thousands."""
    match = _SIZE.fullmatch(text)
    if not match:
        return None
    step = 1024 if match[3] else 1000
    return int(float(match[1]) * step ** " kmgt".index(match[2].lower() or " "))


def _each(change: Callable[[Node, Report], Node]) -> Callable[[Node, Report], Node]:
    def apply(node: Node, report: Report) -> Node:
        if not isinstance(node.value, dict):
            return node
        return node.with_value({key: change(item, report) for key, item in node.entries.items()})

    return apply


def _models(top: dict[str, Node], report: Report) -> Node | None:
    found: dict[str, Node] = {}
    places: list[Node] = []
    for key in ("backends", "models"):
        section = top.pop(key, None)
        if section is None or section.value is None:
            continue
        places.append(section)
        for name, model in _named(section, report):
            if name in found:
                report(model.problem(f"`{name}` is already defined; this one is left out"))
            elif (given := _unknown_provider(model)) is not None:
                report(given)
            else:
                found[name] = _model(name, model, report)
    return places[0].with_value(found) if places else None


def _named(section: Node, report: Report) -> list[tuple[str, Node]]:
    if isinstance(section.value, dict):
        return list(section.value.items())
    if not isinstance(section.value, tuple):
        report(section.problem("expected a list of models, or models by name"))
        return []
    result = []
    for item in section.value:
        name = item.entries.get("name") or item.entries.get("id")
        if name is None or not isinstance(name.value, str) or not name.value:
            report(item.problem("a model needs a `name` in words; this one is left out"))
        else:
            result.append((name.value, item))
    return result


def _model(name: str, node: Node, report: Report) -> Node:
    if isinstance(node.value, str):  # `fast: qwen2.5-coder:1.5b` is short for its id
        node = node.with_value({"model": node})
    if not isinstance(node.value, dict):
        return node
    entries = dict(node.value)
    if "name" not in entries and "id" in entries:
        entries["name"] = entries.pop("id")
    given = entries.get("name")
    if given is not None and given.value != name:
        report(given.problem(f"the model is called `{name}` here; this name is not used"))
    entries["name"] = (given or node).with_value(name)
    for key in ("memory_usage", "memory_bytes"):
        if key in entries and isinstance(entries[key].value, str):
            bytes_ = memory_size(str(entries[key].value))
            if bytes_ is not None:
                entries[key] = entries[key].with_value(bytes_)
    kind = entries.get("type") or entries.get("backend")
    usual = _URLS.get(folded(str(kind.value))) if kind is not None else None
    if kind is not None and usual and "url" not in entries:
        entries["url"] = kind.with_value(usual)
    if "plugin" in entries and kind is None:
        entries["type"] = entries["plugin"].with_value("plugin")
    return node.with_value(_with_provider(entries))


def _unknown_provider(model: Node) -> Problem | None:
    """What is wrong with the service that a model names, if anything."""
    named = model.entries.get("provider")
    if named is None or not isinstance(named.value, str) or not named.value:
        return None
    if provider_named(named.value) is not None:
        return None
    close = nearest(named.value, [*PROVIDERS, *OTHER_NAMES])
    asks = f"did you mean `{close}`?" if close else f"known are {', '.join(PROVIDERS)}"
    message = f"no service `{named.value}` is known; {asks}; this model is left out"
    return named.problem(message, close)


def _with_provider(entries: dict[str, Node]) -> dict[str, Node]:
    """The settings with what a named service fills in; `type: deepseek` names one too."""
    kind = entries.get("type") or entries.get("backend")
    named = entries.get("provider") or kind
    if named is None or not isinstance(named.value, str):
        return entries
    provider = provider_named(named.value)
    if provider is None:
        return entries
    if "provider" not in entries and provider.name == "openai":
        return entries  # `type: openai` is the protocol, of any server
    if "provider" not in entries and any(key in entries for key in ("url", "endpoint", "base_url")):
        return entries  # its protocol at another place
    filled = {"provider": provider.name, "url": provider.url, "api_key_env": provider.key}
    if kind is None:
        filled["type"] = "openai"
    given = entries.keys() | ({"url"} if entries.keys() & {"endpoint", "base_url"} else set())
    more = {key: named.with_value(value) for key, value in filled.items() if key not in given}
    return {**entries, **more, "provider": named.with_value(provider.name)}


def _pipeline(node: Node, report: Report) -> Node:
    if isinstance(node.value, str):
        node = node.with_value((node,))
    if isinstance(node.value, tuple):
        plain = not any(step.entries for step in node.value)
        steps = node.with_value(tuple(_step(step) for step in node.value))
        return node.with_value({"steps": steps, "v1": node.with_value(plain)})
    if not isinstance(node.value, dict):
        return node
    entries = dict(node.value)
    for key in ("backends", "models"):
        if key in entries and "steps" in entries:
            report(entries.pop(key).problem("`steps` is given as well; this is not used"))
        elif key in entries:
            entries["steps"] = entries.pop(key)
    if "steps" in entries:
        steps = entries["steps"]
        listed = steps.items or ((steps,) if isinstance(steps.value, str) else ())
        entries["steps"] = steps.with_value(tuple(_step(step) for step in listed))
    return node.with_value(entries)


def _step(node: Node) -> Node:
    """A step as a mapping; a schema written as one becomes JSON."""
    if isinstance(node.value, str):
        return node.with_value({"backend": node})
    schema = node.at("schema")
    if not schema.entries:
        return node
    text = json.dumps(to_plain(schema), ensure_ascii=False)
    return node.with_value({**node.entries, "schema": schema.with_value(text)})


def _composite(node: Node, _report: Report) -> Node:
    if isinstance(node.value, str | tuple):
        return node.with_value({"bases": node})
    return node


def _memory(node: Node, _report: Report) -> Node:
    """`memory: 8GB` is short for its budget."""
    if not isinstance(node.value, dict):
        node = node.with_value({"budget": node})
    sizes = {
        key: each.with_value(size)
        for key, each in node.entries.items()
        if isinstance(each.value, str) and (size := memory_size(each.value)) is not None
    }
    return node.with_value({**node.entries, **sizes}) if sizes else node


def _multi_model(node: Node, report: Report) -> Node:
    if not isinstance(node.value, dict):
        return node
    entries = dict(node.value)
    for section, meanings in (("strategies", _STRATEGIES), ("quality", _QUALITY)):
        if section in entries:
            entries = _unfolded(entries.pop(section), meanings, report) | entries
    selection = entries.get("intelligent_selection")
    if selection is not None and isinstance(selection.value, bool):
        entries["intelligent_selection"] = selection.with_value({"enabled": selection})
    return node.with_value(entries)


_STRATEGIES = {"intelligent_selection": "intelligent_selection"}
_QUALITY = {
    "validation_enabled": "quality_validation",
    "minimum_confidence": "minimum_confidence",
    "cross_validation": "cross_validation",
}


def _unfolded(section: Node, meanings: Mapping[str, str], report: Report) -> dict[str, Node]:
    """The settings that the second version's example keeps one level further down."""
    if section.value is not None and not isinstance(section.value, dict):
        report(section.problem("expected `key: value` pairs"))
    for key, item in section.entries.items():
        if key not in meanings:
            report(item.unknown(key, meanings))
    return {meanings[key]: item for key, item in section.entries.items() if key in meanings}
