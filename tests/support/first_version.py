"""Makes configuration files of the first version as people write them: oddly, but rightly.

`written(seed)` is one file's name and text. Everything the first plan allows is drawn at random:
block and flow style, lists flush with their key or not, quotes, comments, anchors, aliases and
merges, empty lines, document marks, line endings, JSON with tabs or spaces.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

NAMES = (
    *("llama3-local", "deepseek-coder:6.7b", "coder", "big one", "qwen2.5-coder:7b", "模型"),
    *("a.b", "x_y", "fast", "007b", "hf.co/x/y-GGUF:Q4_K_M", "it's", "a#b", "Ünïcode", "no-1"),
)
TYPES = ("ollama", "openai", "vllm", "Ollama", "llama-server")
URLS = ("http://localhost:11434", "http://127.0.0.1:8080", "http://10.0.0.5:8000/v1")
IDS = ("llama3:8b", "deepseek-coder:6.7b", "Qwen/Qwen2.5-Coder-32B-Instruct", "m")
WORDS = ("my best one", "TODO: try", "# twice", "for 'work': only", "see http://x.y/#z", "größer")


@dataclass
class _Backend:
    name: str
    pairs: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _Writer:
    """Writes one file; every choice is one draw."""

    draw: random.Random

    def maybe(self, share: float) -> bool:
        return self.draw.random() < share

    def comment(self) -> str:
        """A comment of its own line, or nothing."""
        return f"# {self.draw.choice(WORDS)} {self.draw.randrange(999)}"

    def tail(self) -> str:
        return f"{' ' * self.draw.randint(1, 6)}{self.comment()}" if self.maybe(0.2) else ""

    def between(self, indent: str) -> list[str]:
        lines = []
        if self.maybe(0.15):
            lines.append("")
        if self.maybe(0.2):
            lines.append(f"{indent if self.maybe(0.8) else ''}{self.comment()}")
        return lines

    def word(self, text: str, *, flow: bool = False) -> str:
        """A text, plain or in either kind of quotes."""
        plain = text and not any(mark in text for mark in "#'\"{}[],&*!|>%@`") and ": " not in text
        if flow and ":" in text:
            plain = False
        way = self.draw.choice(("plain", "plain", "single", "double"))
        if way == "plain" and plain and text not in {"no", "yes"}:
            return text
        if way == "single":
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=self.maybe(0.3))

    def flow_map(self, pairs: list[tuple[str, str]]) -> str:
        gap = self.draw.choice(("", " "))
        inner = ", ".join(f"{key}: {self.word(value, flow=True)}" for key, value in pairs)
        return f"{{{gap}{inner}{gap}}}"

    def flow_list(self, names: list[str]) -> str:
        return f"[{', '.join(self.word(name, flow=True) for name in names)}]"

    def backends(self, found: list[_Backend]) -> list[str]:
        if self.maybe(0.15):
            entries = ",\n  ".join(self.flow_map(each.pairs) for each in found)
            return [f"backends: [{entries}]{self.tail()}"]
        lines = [f"backends:{self.tail()}"]
        indent = " " * self.draw.choice((0, 0, 2, 2, 4))
        shared = ""
        for number, each in enumerate(found):
            lines += self.between(indent)
            if self.maybe(0.2):
                lines.append(f"{indent}- {self.flow_map(each.pairs)}{self.tail()}")
                continue
            anchor = f"&b{number} " if self.maybe(0.15) else ""
            lines += self.block(each, indent, anchor.strip(), shared)
            shared = f"b{number}" if anchor else shared
        return lines

    def block(self, each: _Backend, indent: str, anchor: str, shared: str) -> list[str]:
        step = self.draw.choice((2, 2, 2, 3, 4))
        inner = indent + " " * step
        pairs = list(each.pairs)
        if self.maybe(0.25):
            self.draw.shuffle(pairs)
        rows = [f"{key}:{' ' * self.draw.choice((1, 1, 1, 3))}{self.word(v)}" for key, v in pairs]
        if shared and self.maybe(0.4):
            rows = [row for row in rows if row.startswith("name")] + [f"<<: *{shared}"]
            self.draw.shuffle(rows)
        lines = []
        if anchor or self.maybe(0.1):
            lines.append(f"{indent}-{' ' if anchor else ''}{anchor}{self.tail()}")
        else:
            lines.append(f"{indent}-{' ' * (step - 1)}{rows.pop(0)}{self.tail()}")
        for row in rows:
            lines += self.between(inner)
            lines.append(f"{inner}{row}{self.tail()}")
        return lines

    def pipelines(self, found: dict[str, list[str]]) -> list[str]:
        if self.maybe(0.2):
            inner = ", ".join(f"{name}: {self.flow_list(steps)}" for name, steps in found.items())
            return [f"pipelines: {{{inner}}}{self.tail()}"]
        lines = [f"pipelines:{self.tail()}"]
        indent = " " * self.draw.choice((2, 2, 4))
        for name, steps in found.items():
            lines += self.between(indent)
            if self.maybe(0.3):
                lines.append(f"{indent}{name}: {self.flow_list(steps)}{self.tail()}")
                continue
            lines.append(f"{indent}{name}:{self.tail()}")
            dash = indent + " " * self.draw.choice((0, 2))
            lines += [f"{dash}- {self.word(step)}{self.tail()}" for step in steps]
        return lines

    def defaults(self, pipeline: str) -> list[str]:
        way = self.draw.choice(("block", "flow", "null", "none"))
        if way == "none" or not pipeline:
            return self.draw.choice(
                ([], ["defaults:"], ["defaults: {}"], ["defaults: {pipeline: }"])
            )
        if way == "flow":
            return [f"defaults: {{pipeline: {pipeline}}}{self.tail()}"]
        if way == "null":
            return [f"defaults:{self.tail()}", "  pipeline:"]
        return [f"defaults:{self.tail()}", f"    pipeline: {pipeline}{self.tail()}"]


def written(seed: int) -> tuple[str, str]:
    """The file name and text of one configuration."""
    draw = random.Random(seed)
    writer = _Writer(draw)
    found = _backends(draw)
    steps = [each.name for each in found]
    names = draw.sample(("default", "refine-pro", "quick", "p.q"), draw.randint(0, 3))
    pipelines = {name: draw.choices(steps, k=draw.randint(1, 3)) for name in names if steps}
    default = draw.choice(list(pipelines)) if pipelines else ""
    if draw.random() < 0.12:
        return _as_json(draw, found, pipelines, default)
    sections = [writer.defaults(default)]
    if found:
        sections.insert(0, writer.backends(found))
    if pipelines:
        sections.insert(len(sections) - 1, writer.pipelines(pipelines))
    if draw.random() < 0.15:
        sections.insert(0, [draw.choice(("version: 1", 'version: "1.0"', "version: 1.0  # old"))])
    if draw.random() < 0.2:
        draw.shuffle(sections)
    lines = _head(draw, writer)
    for section in sections:
        lines += [*section, *writer.between("")]
    newline = "\r\n" if draw.random() < 0.1 else "\n"
    return "config.yml", newline.join(lines) + (newline if draw.random() < 0.9 else "")


def _backends(draw: random.Random) -> list[_Backend]:
    found = []
    for name in draw.sample(NAMES, draw.randint(1, 5)):
        pairs = [("name", name)]
        if draw.random() < 0.9:
            pairs.append(("type", draw.choice(TYPES)))
        if draw.random() < 0.8:
            pairs.append(("url", draw.choice(URLS)))
        if draw.random() < 0.8:
            pairs.append(("model", draw.choice(IDS)))
        found.append(_Backend(name, pairs))
    return found


def _head(draw: random.Random, writer: _Writer) -> list[str]:
    lines = []
    if draw.random() < 0.1:
        lines += ["%YAML 1.2", "---"]
    elif draw.random() < 0.1:
        lines.append("---" + writer.tail())
    if draw.random() < 0.5:
        lines.append("# Camus Configuration v1.0")
    if draw.random() < 0.5:
        lines.append("")
    return lines


def _as_json(
    draw: random.Random, found: list[_Backend], pipelines: dict[str, list[str]], default: str
) -> tuple[str, str]:
    tree: dict[str, object] = {"backends": [dict(each.pairs) for each in found]}
    if pipelines:
        tree["pipelines"] = pipelines
    if draw.random() < 0.5:
        tree["defaults"] = {"pipeline": default} if draw.random() < 0.5 else {}
    indent = draw.choice((None, 2, "\t"))
    return "config.json", json.dumps(tree, indent=indent, ensure_ascii=draw.random() < 0.5)
