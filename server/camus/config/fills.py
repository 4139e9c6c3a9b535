"""How families of models are asked to fill in the middle of a text: their tokens, as data; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Fill:
    """The tokens of one family: before what stands above the cursor, below it, and the answer.

    `suffix_first` puts what stands below the cursor first. `stops` end the answer.
    """

    prefix: str
    suffix: str
    middle: str
    stops: tuple[str, ...] = ()
    suffix_first: bool = False

    def text(self, above: str, below: str) -> str:
        """The raw prompt for the text around a cursor."""
        if self.suffix_first:
            return f"{self.suffix}{below}{self.prefix}{above}{self.middle}"
        return f"{self.prefix}{above}{self.suffix}{below}{self.middle}"

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every word that the model takes for one of its own, so that no code may hold it."""
        own = (token.strip() for token in (self.prefix, self.suffix, self.middle, *self.stops))
        return tuple(token for token in own if token)


_QWEN = Fill(
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    ("<|endoftext|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>", "<|im_end|>"),
)
_GEMMA = Fill(
    "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", ("<|file_separator|>", "<end_of_turn>")
)
_STARCODER = Fill(
    "<fim_prefix>", "<fim_suffix>", "<fim_middle>", ("<|endoftext|>", "<file_sep>", "<repo_name>")
)
_DEEPSEEK = Fill(
    "<｜fim▁begin｜>",
    "<｜fim▁hole｜>",
    "<｜fim▁end｜>",
    ("<｜end▁of▁sentence｜>",),
)
_LLAMA = Fill("<PRE> ", " <SUF>", " <MID>", ("<EOT>",))
_MISTRAL = Fill("[PREFIX]", "[SUFFIX]", "", ("</s>",), suffix_first=True)

FILLS: tuple[tuple[str, Fill], ...] = (
    (r"qwen-?(2\.5|3)-?coder", _QWEN),
    (r"codegemma", _GEMMA),
    (r"starcoder|codeqwen|stable-?code|granite-?(\d\S*)?code", _STARCODER),
    (r"deepseek-?coder", _DEEPSEEK),
    (r"code-?llama(?!.*(34b|70b|python))", _LLAMA),
    (r"codestral", _MISTRAL),
)
"""By a model's name, as the makers' model cards say; the first that is found counts.

Code Llama's larger models and the Python ones were not trained to fill in.
"""


@lru_cache(maxsize=256)
def fill_of(model: str) -> Fill | None:
    """How the family that a model's id speaks of is asked to fill in; None when it cannot."""
    name = model.casefold()
    return next((fill for pattern, fill in FILLS if re.search(pattern, name)), None)
