"""Cleared prompts and configured models for tests that ask one."""

from __future__ import annotations

from typing import Any

from camus.config import BackendKind, Config, Model, Server
from camus.models import Limits
from camus.privacy import THIS_MACHINE, Cleared, Destination, Message, Prompt, Rules, clear

QUICK = Limits(connect=0.5, first_token=0.5, idle=0.3, total=1.5)
"""Limits short enough for a test to wait for."""


def cleared(text: str = "say it", *, to: Destination = THIS_MACHINE, system: str = "") -> Cleared:
    """A prompt of one user message, through the real gate with consent for the place."""
    turns = (Message("system", system),) if system else ()
    prompt = Prompt((*turns, Message("user", text)))
    passed = clear(prompt, to, Rules(consents=frozenset({to.name})))
    assert isinstance(passed, Cleared), passed
    return passed


def configured(*models: Model, discover: bool = False) -> Config:
    """A configuration with these models and nothing else."""
    by_name = {model.name: model for model in models}
    return Config(models=by_name, server=Server(discover=discover))


def model_at(url: str, name: str = "coder", **more: Any) -> Model:
    """A model `qwen2.5-coder:7b` on a server; Ollama's unless `type` says otherwise."""
    settings: dict[str, Any] = {"type": BackendKind.OLLAMA, "model": "qwen2.5-coder:7b"}
    return Model(name=name, url=url, **(settings | more))
