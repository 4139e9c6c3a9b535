"""What each layer may set: a repository's file cannot redirect code or spend; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from camus.config.nodes import Node
from camus.config.problems import Problem

Origin = Literal["user", "workspace", "untrusted", "editor", "environment", "flags"]

USUAL_PORTS = frozenset({11434, 8080, 1234, 8000})
"""Where Ollama, llama-server, LM Studio and vLLM listen on loopback."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OPEN_SECTIONS = frozenset(
    {
        *("version", "models", "pipelines", "composites", "defaults"),
        *("multi_model", "classification", "actions", "privacy", "checks", "post_processing"),
    }
)
_PRIVACY = {
    "default_location": "local",
    "allow_external": False,
    "secrets": "block",
    "local_only": True,
}
_OPEN_KEYS = {"timeouts": frozenset({"quick_ms", "standard_ms", "deep_ms"})}
"""Per section the keys that anyone may set: the targets only order one's own models."""
_SWITCHED_OFF = {"server": "discover", "cache": "enabled", "retrieval": "enabled"}
"""Per section the switch that anyone may turn off: doing less harms nobody."""
_OWN_FILE = {
    "checks": ("behaviour",),
    "post_processing": ("commands",),
    "limits": ("cost_a_request", "cost_a_day"),
}
"""Per section the settings that run programs or spend money: from the user's own file alone."""
_USER_ONLY = ("proxy", "ca_bundle")
_TRUSTED_ONLY = ("path", "api_key_env", "options", "search")
MAX_UNTRUSTED_WINDOW = 131_072


@dataclass
class Gate:
    """Takes out of a layer what its origin may not set, and says so.

    `lower` is what the layers below came to; `user_file` is where the user may write instead.
    """

    origin: Origin
    lower: Node
    user_file: Path
    problems: list[Problem] = field(default_factory=list)

    def passed(self, root: Node) -> Node:
        """What of a layer counts."""
        if self.origin in {"user", "flags", "environment"}:
            return root
        root = self._own_hand(root)
        return root if self.origin == "workspace" else self._harmless(root)

    def _drop(self, node: Node, message: str) -> None:
        self.problems.append(node.problem(message, severity="warning"))

    @property
    def _remedy(self) -> str:
        if self.origin == "editor":
            return f"editor settings may not set this; write it in {self.user_file}"
        return "ignored until you trust this workspace: run `camus trust`"

    def _own_hand(self, root: Node) -> Node:
        """Consent and the way out of the machine come from the user's own file alone."""
        only = f"taken from your own file only ({self.user_file}); ignored here"
        top = dict(root.entries)
        if "privacy" in top:
            kept = {}
            for key, item in top["privacy"].entries.items():
                if item.value == _PRIVACY.get(key):
                    kept[key] = item
                else:
                    self._drop(item, only)
            top["privacy"] = top["privacy"].with_value(kept)
        self._own_settings(top, only)
        if "models" in top:
            models = {}
            for name, model in top["models"].entries.items():
                entries = dict(model.entries)
                for key in _USER_ONLY:
                    if key in entries:
                        self._drop(entries.pop(key), only)
                if "remote" in entries and entries["remote"].value is False:
                    self._drop(entries.pop("remote"), only)
                models[name] = model.with_value(entries)
            top["models"] = top["models"].with_value(models)
        return root.with_value(top)

    def _own_settings(self, top: dict[str, Node], only: str) -> None:
        """Take out of the sections what runs programs or spends money."""
        for section in _OWN_FILE.keys() & top.keys():
            entries = dict(top[section].entries)
            for key in entries.keys() & set(_OWN_FILE[section]):
                if entries.pop(key).value:
                    self._drop(top[section].entries[key], only)
            if entries:
                top[section] = top[section].with_value(entries)
            else:
                del top[section]

    def _harmless(self, root: Node) -> Node:
        top: dict[str, Node] = {}
        for key, section in root.entries.items():
            if key in _OPEN_SECTIONS or self.origin == "editor":
                top[key] = section
            elif section.entries.keys() & _OPEN_KEYS.get(key, frozenset()):
                top[key] = self._only(section, _OPEN_KEYS[key])
            elif section.at(_SWITCHED_OFF.get(key, "")).value is False:
                top[key] = self._only(section, frozenset({_SWITCHED_OFF[key]}))
            else:
                self._drop(section, self._remedy)
        if "models" in top:
            kept = {n: m for n, m in self._models(top["models"].entries) if m.entries}
            top["models"] = top["models"].with_value(kept)
        if "classification" in top:
            top["classification"] = self._without_patterns(top["classification"])
        reach = _Reach(self.lower)
        for key in ("composites", "pipelines"):
            if key in top:
                kept = self._near(top[key].entries, reach)
                top[key] = top[key].with_value(kept)
        for key in ("defaults", "multi_model"):
            if key in top:
                top[key] = self._selection(top[key], reach)
        return root.with_value(top)

    def _only(self, section: Node, keys: frozenset[str]) -> Node:
        """The section with nothing but these keys."""
        for key, item in section.entries.items():
            if key not in keys:
                self._drop(item, self._remedy)
        return section.with_value({k: v for k, v in section.entries.items() if k in keys})

    def _models(self, models: Mapping[str, Node]) -> Iterator[tuple[str, Node]]:
        known = self.lower.at("models").entries
        for name, model in models.items():
            entries = dict(model.entries)
            urls = _urls(model)
            away = next((url for url in urls if not is_usual_loopback(str(url.value))), None)
            window = entries.get("max_tokens")
            if name in known and entries.keys() <= {"name"}:
                continue  # only named by a profile: yours is meant
            if name in known:
                self._drop(model, f"`{name}` is a model of your own; {self._remedy}")
            elif away is not None:
                reason = "not a usual port on this machine (11434, 8080, 1234, 8000)"
                self._drop(away, f"{reason}; the model is {self._remedy}")
            elif model.at("type").value == "llama_cpp":
                self._drop(entries.get("path", model), f"a model file; {self._remedy}")
            elif model.at("type").value == "plugin" or "plugin" in entries:
                self._drop(entries.get("plugin", model), f"another package's code; {self._remedy}")
            else:
                for key in _TRUSTED_ONLY:
                    if key in entries:
                        self._drop(entries.pop(key), self._remedy)
                if window is not None and _number(window) > MAX_UNTRUSTED_WINDOW:
                    self._drop(entries.pop("max_tokens"), self._remedy)
                yield name, model.with_value(entries)

    def _without_patterns(self, section: Node) -> Node:
        # A hostile regular expression can run for hours.
        rules = section.at("rules")
        if not rules.items:
            return section
        kept = []
        for rule in rules.items:
            entries = dict(rule.entries)
            if "patterns" in entries:
                self._drop(entries.pop("patterns"), self._remedy)
            kept.append(rule.with_value(entries))
        return section.with_value({**section.entries, "rules": rules.with_value(tuple(kept))})

    def _near(self, entries: Mapping[str, Node], reach: _Reach) -> dict[str, Node]:
        kept = {}
        for name, item in entries.items():
            far = next((one for one in _names_in(item) if reach.leaves(str(one.value))), None)
            if far is None:
                kept[name] = item
            else:
                self._drop(far, f"`{far.value}` leaves this machine; {self._remedy}")
        return kept

    def _selection(self, section: Node, reach: _Reach) -> Node:
        entries = dict(section.entries)
        pipeline = entries.get("pipeline")
        if pipeline is not None and reach.leaves(str(pipeline.value)):
            message = f"`{pipeline.value}` leaves this machine; {self._remedy}"
            self._drop(entries.pop("pipeline"), message)
        selection = section.at("intelligent_selection")
        rules = selection.at("rules")
        if rules.items:
            numbered = {str(at): rule for at, rule in enumerate(rules.items)}
            kept = tuple(self._near(numbered, reach).values())
            inner = {**selection.entries, "rules": rules.with_value(kept)}
            entries["intelligent_selection"] = selection.with_value(inner)
        return section.with_value(entries)


def is_usual_loopback(url: str) -> bool:
    """Whether a URL is plain HTTP to this machine at a port where model servers usually listen."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or "\\" in url:
        return False
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and port in USUAL_PORTS


class _Reach:
    """Which names of the layers below lead off this machine."""

    def __init__(self, root: Node) -> None:
        self._models = root.at("models").entries
        self._others = {**root.at("composites").entries, **root.at("pipelines").entries}

    def leaves(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a model, composite or pipeline of that name may send code away."""
        if name in self._models:
            return _is_remote(self._models[name])
        if name in seen or name not in self._others:
            return False
        return any(
            self.leaves(str(one.value), seen | {name}) for one in _names_in(self._others[name])
        )


def _is_remote(model: Node) -> bool:
    entries = model.entries
    if "remote" in entries:
        return entries["remote"].value is True
    if "plugin" in entries:
        return True
    if "proxy" in entries or "api_key_env" in entries:
        return True
    served = str(model.at("model").value or model.at("name").value)
    return served.endswith("-cloud") or any(
        _host(str(url.value)) not in _LOOPBACK for url in _urls(model)
    )


def _urls(model: Node) -> list[Node]:
    url = [model.entries["url"]] if "url" in model.entries else []
    return [*url, *model.at("replicas").items]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _names_in(node: Node) -> list[Node]:
    """The models, composites and pipelines that a pipeline, composite or rule names."""
    found = [*node.at("bases").items, *node.at("preferred_backends").items]
    steps = node.at("steps").items
    found += [step.entries["backend"] for step in steps if "backend" in step.entries]
    if "pipeline" in node.entries:
        found.append(node.entries["pipeline"])
    return found


def _number(node: Node) -> float:
    return node.value if isinstance(node.value, int | float) else 0
