"""The text of a new configuration file for what was found on a machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from camus.config.writing import quoted

Situation = Literal["none", "ollama", "openai"]

_HEAD = """\
# Camus reads this file while it runs; see docs/configuration.md for every setting.
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

_TAIL = """
defaults:
  quality_threshold: 0.8    # below it a larger model is asked, then you are
"""


def template(
    situation: Situation,
    *,
    models: Sequence[str] = (),
    url: str = "",
    api_key_env: str = "",
) -> str:
    """A file that loads without a problem and changes nothing that was found by itself.

    `models` are the ids that the server at `url` offers, best first; without one the file says
    what to fill in.
    """
    if situation == "none" or not (models or url):
        return _HEAD + _NONE + _TAIL
    lines = [_HEAD, "models:"]
    for served in models or ("default",):
        lines += _model(situation, served, url, api_key_env)
    if not models:
        lines.append('    # model: "..."    # the id of one of the models the server offers')
    return "\n".join(lines) + "\n" + _TAIL


def _model(situation: Situation, served: str, url: str, api_key_env: str) -> list[str]:
    lines = [f"  {quoted(served)}:", f"    type: {situation}"]
    if url:
        lines.append(f"    url: {quoted(url)}")
    if api_key_env:
        lines.append(f"    api_key_env: {quoted(api_key_env)}")
    return lines
