"""Tiny real GGUF files for llama.cpp, made on the spot: one that babbles, one that replays a text.

The second is a real transformer with a known answer: one-hot embeddings, layers that add nothing,
and an output matrix in which each piece of the text is followed by the next one and then the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_CONTROL = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"]
END = _CONTROL.index("<|im_end|>")
_LAYERS = 1
_WINDOW = 4096


def babbling(path: Path, *, seed: int = 1, template: str = CHATML, embeds: bool = False) -> Path:
    """A model of random weights, which never says anything sensible."""
    random = np.random.default_rng(seed)

    def weights(*shape: int) -> Any:
        return random.normal(0, 0.5, shape).astype(np.float32)

    words = [chr(code) for code in range(32, 127)]
    return _written(path, words, weights, weights, template, width=64, embeds=embeds)


def replaying(path: Path, text: str, *, template: str = CHATML) -> Path:
    """A model that answers anything with exactly this text."""
    words = [piece.replace(" ", "\u2581") for piece in _pieces(text)]
    start = len(_CONTROL) + 256
    size = start + len(words)
    width = -(-size // 32) * 32

    def embedding(rows: int, _columns: int) -> Any:
        table = np.zeros((rows, width), dtype=np.float32)
        table[np.arange(size), np.arange(size)] = 1
        return table

    def output(rows: int, _columns: int) -> Any:
        table = np.zeros((rows, width), dtype=np.float32)
        for at in range(size):
            following = at + 1 if start <= at < size - 1 else start
            table[END if at == size - 1 else following, at] = 40
        return table

    return _written(path, words, embedding, output, template, width=width, silent=True)


def _written(
    path: Path,
    words: list[str],
    embedding: Any,
    output: Any,
    template: str,
    *,
    width: int,
    silent: bool = False,
    embeds: bool = False,
) -> Path:
    tokens = [*_CONTROL, *(f"<0x{byte:02X}>" for byte in range(256)), *words]
    kinds = [2, 3, 3, 3, 3, *[6] * 256, *[1] * len(words)]
    heads, inner = 4, 64
    writer = gguf.GGUFWriter(str(path), "llama")
    if embeds:
        writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_name(path.stem)
    writer.add_size_label("1M")
    writer.add_license("mit")
    writer.add_context_length(_WINDOW)
    writer.add_embedding_length(width)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(at) for at in range(len(tokens))])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_chat_template(template)
    random = np.random.default_rng(0)
    writer.add_tensor("token_embd.weight", embedding(len(tokens), width))
    writer.add_tensor("output.weight", output(len(tokens), width))
    writer.add_tensor("output_norm.weight", np.ones(width, dtype=np.float32))
    for layer in range(_LAYERS):
        for name, shape in _SHAPES(width, inner).items():
            made = np.ones(shape) if name.endswith("norm") else random.normal(0, 0.1, shape)
            writer.add_tensor(
                f"blk.{layer}.{name}.weight",
                (np.zeros(shape) if silent and name in _ADDING else made).astype(np.float32),
            )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


_ADDING = ("attn_output", "ffn_down")
"""What a layer adds to the stream goes through these; with zeros it adds nothing."""


def _SHAPES(width: int, inner: int) -> dict[str, tuple[int, ...]]:  # noqa: N802 - a table
    return {
        "attn_norm": (width,),
        "ffn_norm": (width,),
        "attn_q": (width, width),
        "attn_k": (width, width),
        "attn_v": (width, width),
        "attn_output": (width, width),
        "ffn_gate": (inner, width),
        "ffn_up": (inner, width),
        "ffn_down": (width, inner),
    }


def _pieces(text: str) -> list[str]:
    """The text in pieces of two characters and more, all different: one piece tells the next."""
    found: dict[str, None] = {}
    rest = text
    while rest:
        size = next((n for n in range(2, len(rest)) if rest[:n] not in found), len(rest))
        if found and (size < 2 or rest[:size] in found):  # one character may end a prompt too
            rest = found.popitem()[0] + rest
            found[rest] = None
            break
        found[rest[:size]] = None
        rest = rest[size:]
    return list(found)
