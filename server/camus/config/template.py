"""The text of a new configuration file for a situation; every one loads, and says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from camus.config.writing import quoted

Situation = Literal["none", "ollama", "gguf", "server", "team"]

SITUATIONS: Mapping[Situation, str] = {
    "none": "no model: the rules answer by themselves",
    "ollama": "models that Ollama serves on this machine",
    "gguf": "a model in a GGUF file",
    "server": "a server that speaks OpenAI's protocol: llama-server, vLLM, LM Studio, a hosted one",
    "team": "a file that a team shares in its repository: a server, roles, a pipeline, preferences",
}
"""The situations a file can be written for, each in a few words."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a file is written with; what is empty is filled in with an example to change.

    `models` are the ids that the server at `url` offers, best first; `path` is a GGUF file.
    """

    models: Sequence[str] = ()
    url: str = ""
    api_key_env: str = ""
    path: str = ""


_HEAD = """\
# Camus reads this file while it runs; see docs/configuration.md for every setting.
# `camus config validate` checks it, `camus doctor` says what answers here.
"""

_NONE = """
# No model was found: the rules answer by themselves, and more when a model is there.
# 1. Install Ollama (https://ollama.com) and run:  ollama pull qwen2.5-coder:7b
#    Camus then finds it without any setting. To name it yourself:
#
# models:
#   coder:
#     type: ollama
#     model: qwen2.5-coder:7b
#
# 2. Or name a server that speaks OpenAI's protocol (llama-server, vLLM, LM Studio):
#
# models:
#   coder:
#     type: openai
#     url: http://127.0.0.1:8080
"""

_OLLAMA = """
# Models of Ollama on this machine (http://127.0.0.1:11434); `url:` names another one.
# Camus asks the smallest that suits a task first: its size is told by its name, or by `size:`.
models:
"""

_OLLAMA_EXAMPLE = """\
  small:                          # ollama pull qwen2.5-coder:1.5b
    type: ollama
    model: qwen2.5-coder:1.5b
    size: fast
  coder:                          # ollama pull qwen2.5-coder:7b
    type: ollama
    model: qwen2.5-coder:7b
    size: medium
    # max_tokens: 16384           # its window; a larger one takes more memory
"""

_GGUF = """
# A model in a file, run by Camus itself in a process of its own. That needs an extra:
#   pip install 'camus[llama]'    builds llama.cpp, so a C++ compiler and some minutes are needed
# Without the extra the next model or the rules answer, and `camus doctor` says so.
# A file is only opened from a workspace that you trust (camus trust), or from your own file.
models:
  local:
    type: llama_cpp
    path: {path}
    # max_tokens: 8192            # its window; a larger one takes more memory
    # threads: 4                  # processor cores; all but one when left out
    # unload_after: 600           # seconds without a request until its memory is given back
"""

_SERVER = """
# A server that speaks OpenAI's protocol. On this machine nothing leaves it.
# Code goes to another one only after: camus trust, and camus consent grant HOST
models:
"""

_TEAM = """
# Shared by a team: commit it. Everybody reads it once and then runs, in this folder:
#   camus trust                   asked for again whenever the file changes
#   camus consent grant HOST      only if the server is another machine
# Keys never stand here: `api_key_env` names the variable that holds each one's own.
# Own models and preferences belong into one's own file, which `camus doctor` names.
models:
{models}
# What is asked first for a kind of work; the next one when it does not answer.
composites:
  code: [team]

pipelines:
  careful:                        # camus modify "..." --file F --pipeline careful
    strategy: sequential
    steps:
      - backend: team
        task: analyze and plan
      - backend: team
        task: implement changes

actions:
  docstring_style: auto
"""

_TAIL = """
defaults:
  quality_threshold: 0.8          # below it a larger model is asked, then you are
"""


def template(situation: Situation, known: Known | None = None) -> str:
    """A file for a situation; without a model to name it holds an example to change."""
    known = known or Known()
    match situation:
        case "none":
            body = _NONE
        case "ollama":
            body = _OLLAMA + (_listed("ollama", known) or _OLLAMA_EXAMPLE)
        case "gguf":
            path = quoted(known.path or "/path/to/models/my-model.gguf")
            body = _GGUF.format(path=path)
        case "server":
            body = _SERVER + _served(known)
        case "team":
            body = _team(known)
    return _HEAD + body + _TAIL


def _listed(kind: str, known: Known) -> str:
    return "".join(_model(quoted(served), kind, "", known) for served in known.models)


def _served(known: Known) -> str:
    url = known.url or "http://127.0.0.1:8080"
    filled = Known(known.models, url, known.api_key_env)
    if known.models:
        return _listed("openai", filled)
    hint = '    # model: "..."              # the id of one of the models the server offers\n'
    return _model("default", "openai", "", filled) + hint


def _team(known: Known) -> str:
    url = known.url or "https://models.example.com/v1"
    variable = known.api_key_env or ("" if known.url else "TEAM_MODELS_KEY")
    served = known.models[0] if known.models else "qwen2.5-coder-32b"
    filled = Known((), url, variable)
    models = _model("team", "openai", served, filled) + "    size: large\n"
    models += "    # replicas: [...]             # more servers with the same model\n"
    return _TEAM.format(models=models)


def _model(name: str, kind: str, served: str, known: Known) -> str:
    lines = [f"  {name}:", f"    type: {kind}"]
    lines += [f"    url: {quoted(known.url)}"] if known.url else []
    lines += [f"    model: {quoted(served)}"] if served else []
    lines += [f"    api_key_env: {quoted(known.api_key_env)}"] if known.api_key_env else []
    return "\n".join(lines) + "\n"
