"""Model servers for the stories of the workbench: real HTTP on loopback, scripted answers.

PYTHONPATH=server:tests python tests/vscode/models.py

Prints `{"url", "away"}`: a server of local models, and one that forwards to another machine. Then
answers each line on standard input, `chats`, with `{"local", "away", "closed", "texts"}`: how many
answers were asked for, how many connections the client closed, and the prompts.
"""

from __future__ import annotations

import json
import sys

from support.servers import Asked, Fault, Ollama, Reply, Told

SMALL, LARGE, AWAY = "qwen2.5-coder:7b", "qwen2.5-coder:32b", "gpt-oss:120b-cloud"
EXPLANATION = (
    "`find_item` looks an item up by its code.\n\n"
    "- With `strict` (the default) a code that is not there raises `KeyError`.\n"
    "- Without it the answer is `None`.\n\n"
    "Nothing is changed by the call."
)
REFACTORED = """    def labels(self):
        return [f"{code}: {self.name}" for code in self.items]
"""
WORSE = """    def is_low(self, code, limit=5):
        return eval("self.find_item(code)['count'] < limit")
"""
DOUBLED = '''def double(number: int) -> int:
    """Twice the number."""
    return 2 * number
'''
MODIFIED = """    def find_item(self, code: str, *, strict: bool = True) -> dict | None:
        if code in self.items:
            return self.items[code]
        if strict:
            raise KeyError(f"no item {code}")
        return None
"""


DEEP = """def area(width, height, depth=1):
    return width * height * depth
"""
USED = """from shape import area


def double(width):
    return area(width, 2, 1)
"""
CHECK = """from shape import area


def check():
    assert area(1, 2) == 2
"""


def _fenced(code: str) -> str:
    return f"```python\n{code}```\n"


def _several() -> str:
    use = _fenced(USED).replace("```python", "```python use_shape.py", 1)
    check = _fenced(CHECK).replace("```python", "```python check_shape.py", 1)
    return _fenced(DEEP) + use + check


def _local(asked: Asked) -> str | Reply | Fault:
    question = asked.messages[-1]["content"] if asked.messages else asked.text
    if "SLOWLY" in question:
        return Reply("never " * 600, pause=0.2)
    if "HAND OVER" in question and asked.model == SMALL:
        return Reply("I cannot do that.", first=1.0)
    if "HAND OVER" in question:
        return Reply(_fenced(MODIFIED), first=1.5)
    if "DEPTH" in question:
        return _several()
    if "return early" in question:
        return _fenced(MODIFIED)
    if "xplain" in question or "What" in question:
        return Reply(EXPLANATION, pause=0.03)
    if "def double" in question:
        return _fenced(DOUBLED)
    if "evaluate it" in question:
        return _fenced(WORSE)
    return _fenced(REFACTORED)


def main() -> None:
    """Serve until the input ends."""
    local = [Told(SMALL), Told(LARGE, parameters="32.8B", bytes=20_000_000_000)]
    away = [Told(AWAY, remote_host="https://models.example.org", remote_model="gpt-oss:120b")]
    with Ollama(_local, models=local) as here, Ollama(_fenced(REFACTORED), models=away) as there:
        _say({"url": here.url, "away": there.url})
        for _line in sys.stdin:
            texts = [chat.text for chat in (*here.chats, *there.chats)]
            closed = sum(each.closed is not None for each in here.connections)
            counts = {"local": len(here.chats), "away": len(there.chats)}
            _say({**counts, "closed": closed, "texts": texts})


def _say(value: object) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
