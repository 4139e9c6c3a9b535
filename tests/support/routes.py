"""Reads the tables of tests/cases/routing: from task, models, state and policy to a plan.

The words of the columns are explained in tests/cases/routing/README.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from camus.config import Capability, Complexity, Config, StrategyName, TaskKind
from camus.journal import Attempted, Event, Feedback, Finished, fold
from camus.models import Left, Price, Profile, licence_tier
from camus.privacy import Destination
from camus.routing import Override, Plan, Policy, plan
from support.tasks import profile, task

FOLDER = Path(__file__).parents[1] / "cases" / "routing"
NOW = 1_000_000.0
_CAPABILITIES = {
    "code": Capability.CODE_SPECIALIZED,
    "math": Capability.MATH_REASONING,
    "security": Capability.SECURITY_FOCUSED,
    "creative": Capability.CREATIVE_WRITING,
    "reasoning": Capability.DEEP_REASONING,
    "quality": Capability.HIGH_QUALITY,
    "quick": Capability.FAST_INFERENCE,
    "long": Capability.LARGE_CONTEXT,
    "tools": Capability.TOOL_USE,
    "vision": Capability.VISION_INPUT,
    "embed": Capability.EMBEDDING,
}
_DECLARED = {
    "tier": "cost_tier",
    "ttft": "avg_ttft_ms",
    "tps": "avg_tokens_per_sec",
}


@dataclass(slots=True)
class Route:
    """One row."""

    file: str
    line: int
    name: str
    task: str
    request: str
    needs: str
    models: str
    state: str
    policy: str
    plan: str
    says: str
    declared: dict[str, dict[str, object]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"

    @property
    def kind(self) -> TaskKind:
        return TaskKind(self.task.split()[1])

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """What the request demands, as a person named it."""
        return tuple(_CAPABILITIES[word] for word in self.needs.split())

    def made(self) -> Plan:
        """The plan that routing makes of it."""
        action, kind, complexity, *rest = self.task.split()
        language = next((word for word in rest if not word.startswith(("chars", "sure"))), "python")
        given = dict(word.split("=") for word in rest if "=" in word)
        code = "x = 1\n" * (int(given.get("chars", 60)) // 6)
        asked = task(
            action,
            code=code,
            kind=TaskKind(kind),
            complexity=Complexity(complexity),
            language=language,
        )
        sure = float(given.get("sure", 1.0))
        asked = replace(
            asked,
            classified=replace(asked.classified, confidence=sure, capabilities=self.capabilities),
        )
        profiles = [self._profile(words) for words in self.models.split()]
        stats = fold(self._events())
        return plan(asked, profiles, stats, self._policy())

    def _profile(self, words: str) -> Profile:
        name, size, *options = words.split(":")
        made = profile(name, size=size)
        capabilities: set[Capability] = set()
        for option in options:
            key, _, value = option.partition("=")
            if key in _CAPABILITIES:
                capabilities.add(_CAPABILITIES[key])
            elif key == "strong":
                made = replace(made, strengths=frozenset({TaskKind(value)}))
                self._declare(name, "strengths", [value])
            elif key == "weak":
                made = replace(made, weaknesses=frozenset({TaskKind(value)}))
            elif key == "declared":
                self._declare(name, "capabilities", [str(_CAPABILITIES[value])])
                capabilities.add(_CAPABILITIES[value])
            elif key in _DECLARED:
                self._declare(name, _DECLARED[key], _value(value))
            else:
                made = _with(made, key, value)
        return replace(made, capabilities=frozenset(capabilities))

    def _declare(self, name: str, key: str, value: object) -> None:
        self.declared.setdefault(name, {"name": name})[key] = value

    def _events(self) -> Iterator[Event]:
        _, kind, complexity, *_ = self.task.split()
        common: dict[str, Any] = {"action": "x", "kind": kind, "complexity": complexity}
        common["language"] = "python"
        for number, words in enumerate(self.state.split()):
            model, what, count, seconds = _state(words)
            for again in range(count):
                name = f"{number}-{again}"
                if what in {"good", "undone", "edited"}:
                    yield Finished(id=name, at=NOW, state="done", model=model, **common)
                    yield Feedback(id=name, at=NOW, verdict=what)  # type: ignore[arg-type]
                    continue
                cost = float(what[4:]) if what.startswith("cost") else 0.0
                score = float(what) if what[0].isdigit() else None
                error = "" if score is not None or cost else what
                yield Attempted(
                    id=name, at=NOW, model=model, score=score, error=error, seconds=seconds,
                    cost=cost, passed=None if score is None else score >= 0.8, **common,
                )  # fmt: skip

    def _policy(self) -> Policy:
        override, consents, seed, settings = Override(), [], 0, []
        for word in self.policy.split():
            key, _, value = word.partition("=")
            match key:
                case "consent":
                    consents.append(value)
                case "model":
                    override = replace(override, model=value)
                case "pipeline":
                    override = replace(override, pipeline=value)
                case "strategy":
                    override = replace(override, strategy=StrategyName(value))
                case "seed":
                    seed = int(value)
                case _:
                    settings.append((key, value))
        return Policy(self._config(settings), frozenset(consents), override, seed, NOW)

    def _config(self, settings: list[tuple[str, str]]) -> Config:
        tree: dict[str, Any] = {"models": self.declared} if self.declared else {}
        for key, value in settings:
            node = tree
            *path, last = _PATHS.get(key, key).split(".")
            for each in path:
                node = node.setdefault(each, {})
            if key == "prefer":
                kind, _, names = value.partition(":")
                rule = {"task": kind, "preferred_backends": names.split(",")}
                node.setdefault(last, []).append(rule)
                tree.setdefault("multi_model", {})["enabled"] = True
            elif key == "role":
                name, _, bases = value.partition(":")
                node.setdefault(last, {})[name] = {"bases": bases.split(",")}
            elif key == "steps":
                name, _, steps = value.partition(":")
                listed = [{"backend": step} for step in steps.split(",")]
                node.setdefault(last, {})[name] = {"steps": listed}
            else:
                node[last] = _value(value)
        return msgspec.convert(tree, Config)


_SELECTION = "multi_model.intelligent_selection"
_PATHS = {
    "type": f"{_SELECTION}.type",
    "preset": f"{_SELECTION}.preset",
    "exploration": f"{_SELECTION}.exploration",
    "switch_guard": f"{_SELECTION}.switch_guard",
    "quality_loss": f"{_SELECTION}.quality_loss",
    "selection": f"{_SELECTION}.enabled",
    "prefer": f"{_SELECTION}.rules",
    "weight": f"{_SELECTION}.weights",
    "enabled": "multi_model.enabled",
    "role": "composites",
    "steps": "pipelines",
    "local_only": "privacy.local_only",
    "location": "privacy.default_location",
    "quick_ms": "timeouts.quick_ms",
    "standard_ms": "timeouts.standard_ms",
    "deep_ms": "timeouts.deep_ms",
    **{
        name: f"limits.{name}"
        for name in ("cost_a_request", "cost_a_day", "minimum_quality", "licence")
    },
    **{
        f"w.{name}": f"{_SELECTION}.weights.{name}"
        for name in ("quality", "speed", "cost", "memory", "health", "licence", "strengths")
    },
}


def _value(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    return (
        float(text)
        if re.fullmatch(r"[0-9.]+", text) and "." in text
        else (int(text) if text.isdigit() else text)
    )


def _with(made: Profile, key: str, value: str) -> Profile:
    match key:
        case "far":
            place = Destination(value or "api.example.com", local=False)
            return replace(made, place=place, licence_tier=licence_tier("", hosted=True))
        case "win":
            return replace(made, window=int(value))
        case "lic":
            return replace(made, licence=value, licence_tier=licence_tier(value))
        case "price":
            read, written = value.split("/")
            return replace(made, price=Price(float(read), float(written)))
        case "gb":
            return replace(made, memory_bytes=int(float(value) * 1e9))
        case "b":
            return replace(made, parameters_billions=float(value))
        case "loaded":
            return replace(made, loaded=True)
        case "unloaded":
            return replace(made, loaded=False)
        case "left":
            return replace(made, quota=Left(requests=int(value)))
        case "state":
            problem = f"{value}: start it"
            return replace(made, state=value, problem=problem)  # type: ignore[arg-type]  # a word
    raise AssertionError(f"no option of a model is called {key}")


def _state(words: str) -> tuple[str, str, int, float]:
    """`m:0.95*9@2.5`: nine answers of m that scored 0.95 in 2.5 s each."""
    model, _, rest = words.partition(":")
    rest, _, seconds = rest.partition("@")
    what, _, count = rest.partition("*")
    return model, what, int(count or 1), float(seconds or 2.0)


def routes() -> list[Route]:
    """Every row of every table."""
    found: list[Route] = []
    for path in sorted(FOLDER.glob("*.md")):
        if path.name == "README.md":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not line.startswith("|") or cells[0] == "case" or set(cells[0]) <= {"-", ":"}:
                continue
            assert len(cells) == 9, f"{path.name}:{number}: {len(cells)} columns"
            found.append(Route(path.name, number, *cells))
    return found
