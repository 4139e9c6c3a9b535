"""What is known of hosted services: address, key, and how each spells what the others lack; data.

A row is all that a service needs. Sources are the services' own public references.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Reasoning = Literal["none", "low", "medium", "high"]
Body = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Provider:
    """A service that speaks OpenAI's chat protocol.

    `key` is the environment variable that holds the key. `search` is added to a request's body
    where the service looks things up in the web, or `search_path` replaces the path;
    `reasoning` is added by how much of it is wanted. `renamed` are parameters that have another
    name there, `left_out` those that it refuses.
    """

    name: str
    url: str
    key: str
    search: Body = field(default_factory=dict)
    search_path: str = ""
    search_note: str = ""
    reasoning: Mapping[Reasoning, Body] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    lists: bool = True
    """Whether its list of models names all that may be asked for."""

    @property
    def searches(self) -> bool:
        """Whether it can be told to search the web."""
        return bool(self.search or self.search_path)


def _effort(none: Body | None = None) -> Mapping[Reasoning, Body]:
    levels: tuple[Reasoning, ...] = ("low", "medium", "high")
    spelt: dict[Reasoning, Body] = {level: {"reasoning_effort": level} for level in levels}
    return {**spelt, "none": none or {"reasoning_effort": "none"}}


_QWEN: Mapping[Reasoning, Body] = {
    "none": {"enable_thinking": False},
    "low": {"enable_thinking": True, "thinking_budget": 1024},
    "medium": {"enable_thinking": True, "thinking_budget": 8192},
    "high": {"enable_thinking": True},
}
_THINKING: Mapping[Reasoning, Body] = {
    "none": {"thinking": {"type": "disabled"}},
    "low": {"thinking": {"type": "enabled"}, "reasoning_effort": "low"},
    "medium": {"thinking": {"type": "enabled"}, "reasoning_effort": "medium"},
    "high": {"thinking": {"type": "enabled"}, "reasoning_effort": "high"},
}
_OPENROUTER: Mapping[Reasoning, Body] = {
    "none": {"reasoning": {"enabled": False}},
    "low": {"reasoning": {"effort": "low"}},
    "medium": {"reasoning": {"effort": "medium"}},
    "high": {"reasoning": {"effort": "high"}},
}

ROWS: tuple[Provider, ...] = (
    Provider("openai", "https://api.openai.com/v1", "OPENAI_API_KEY", reasoning=_effort()),
    Provider(
        "dashscope",
        "https://dashscope.aliyuncs.com/compatible-mode/v1",
        "DASHSCOPE_API_KEY",
        search={"enable_search": True},
        reasoning=_QWEN,
    ),
    Provider(
        "dashscope-intl",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "DASHSCOPE_API_KEY",
        search={"enable_search": True},
        reasoning=_QWEN,
    ),
    Provider("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", reasoning=_THINKING),
    Provider(
        "volcengine",
        "https://ark.cn-beijing.volces.com/api/v3",
        "ARK_API_KEY",
        search_path="/bots/chat/completions",
        search_note="`model` is then the id of a bot of yours (`bot-...`) that has web search",
        reasoning=_THINKING,
        lists=False,
    ),
    Provider(
        "openrouter",
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
        search={"plugins": [{"id": "web"}]},
        reasoning=_OPENROUTER,
    ),
    Provider(
        "mistral",
        "https://api.mistral.ai/v1",
        "MISTRAL_API_KEY",
        renamed={"seed": "random_seed"},
        left_out=frozenset({"stream_options"}),
    ),
    Provider("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", reasoning=_effort()),
    Provider("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY", reasoning=_effort()),
    Provider("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", reasoning=_effort()),
    Provider("xai", "https://api.x.ai/v1", "XAI_API_KEY", reasoning=_effort()),
    Provider(
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "GEMINI_API_KEY",
        reasoning=_effort(),
        left_out=frozenset({"seed"}),
    ),
)
PROVIDERS: Mapping[str, Provider] = {row.name: row for row in ROWS}
OTHER_NAMES: Mapping[str, str] = {
    "qwen": "dashscope",
    "aliyun": "dashscope",
    "doubao": "volcengine",
    "ark": "volcengine",
    "volcano": "volcengine",
    "togetherai": "together",
    "grok": "xai",
    "google": "gemini",
}
"""Other names for the same services."""
GENERIC = Provider("", "", "", reasoning=_effort())
"""Any other server of OpenAI's protocol."""


def provider_named(word: str) -> Provider | None:
    """The service of a name, by its own or another; case, `-` and `_` do not matter."""
    plain = word.casefold().replace("_", "-").replace(" ", "-")
    return PROVIDERS.get(OTHER_NAMES.get(plain, plain))
