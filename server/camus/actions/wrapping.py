"""Takes off what models put around a whole answer: control tokens, quote marks, tags."""

from __future__ import annotations

import re
from itertools import islice

_MOST_TAGS = 20
_ENDS = re.compile(
    r"<\|(?:im_end|endoftext|eot_id|eom_id|end|end_of_text|end_of_turn|END_OF_TURN_TOKEN|"
    r"fim_pad|file_sep|repo_name|im_start|start_header_id|user|system|return|EOT)\|>"
    r"|<(?:end_of_turn|start_of_turn|eos|EOT|file_sep|fim_prefix|jupyter_output)>"
    r"|<｜(?:end▁of▁sentence|User|begin▁of▁sentence)｜>|\[INST\]|</s>(?=\s*\Z)"
)
_STARTS = re.compile(
    r"\s*(?:<s>|<bos>|<\|begin_of_text\|>|<｜begin▁of▁sentence｜>|<｜Assistant｜>|\[/INST\]|"
    r"<\|im_start\|>assistant|<\|assistant\|>|<start_of_turn>model|<fim_middle>|<\|fim_middle\|>|"
    r"<\|start_header_id\|>assistant<\|end_header_id\|>|<\|START_OF_TURN_TOKEN\|>"
    r"<\|CHATBOT_TOKEN\|>)[ \t]*\n*"
)
_HINTS = (
    "<|",
    "<｜",
    "</s>",
    "<s>",
    "_of_turn>",
    "INST]",
    "<EOT>",
    "<eos>",
    "<bos>",
    "_sep>",
    "<fim_",
)
_TAG = re.compile(
    r"^[ \t]*(?:<(?P<tag>code|answer|output|result|response|solution|python|javascript|typescript|"
    r"final|final_answer|file|source|function|artifact|(?:new|updated|fixed|refactored|improved|"
    r"modified|corrected|documented)_?(?:code|function)?)(?: [^<>\n]*)?>"
    r"|\[(?P<word>PYTHON|CODE|JAVASCRIPT|TYPESCRIPT|ANSWER|JAVA|CPP|C|GO|RUST)\])[ \t]*\n?",
    re.MULTILINE | re.IGNORECASE,
)
_PRE = re.compile(r"<pre(?: [^<>\n]*)?>\s*(?:<code(?: [^<>\n]*)?>)?\n?", re.IGNORECASE)


def bared(text: str, source: str) -> str:
    """A reply without control tokens at its ends and quote marks before its lines.

    After a token that ends a turn a model talks to itself: nothing of that counts. A token that
    the source holds is code.
    """
    if any(hint in text for hint in _HINTS):
        text = _without_tokens(text, source)
    lines = text.split("\n")
    if text.lstrip().startswith(">") and all(
        line.startswith((">", " >")) for line in lines if line.strip()
    ):
        text = "\n".join(re.sub(r"^ ?> ?", "", line) for line in lines)
    return text


def tagged(text: str, source: str) -> str:
    """What stands between tags that a model put around its code; empty when there are none."""
    pre = _PRE.search(text)
    if pre and "<pre" not in source:
        end = re.compile(r"(?:</code>\s*)?</pre>", re.IGNORECASE).search(text, pre.end())
        return text[pre.end() : end.start()] if end else ""
    for found in islice(_TAG.finditer(text), _MOST_TAGS):
        word = found["tag"] or found["word"]
        opening, closing = ("<", f"</{word}>") if found["tag"] else ("[", f"[/{word}]")
        if f"{opening}{word}".lower() in source.lower():
            continue
        end_at = text.find(closing, found.end())
        if end_at >= 0:
            return text[found.end() : end_at].rstrip(" \t")
    return ""


def _without_tokens(text: str, source: str) -> str:
    for _ in range(_MOST_TAGS):
        start = _STARTS.match(text)
        if start is None or start.group().strip() in source:
            break
        text = text[start.end() :]
    for found in _ENDS.finditer(text):
        if found.group() not in source and text[: found.start()].strip():
            return text[: found.start()]
    return text
