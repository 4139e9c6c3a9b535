"""What the end-to-end tests share: a file, its better form, and a configuration with a model."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from support.editor import Editor
from support.servers import Ollama

CLIENTS = ("vscode", "neovim-0.11", "neovim-0.12", "minimal")
MODEL = "qwen2.5-coder:7b"
TEXT = '''import os


def area(width, height):
    """The area."""
    result = width * height
    return result


def other():
    return 1
'''
PLACE = "3:4"
AREA = TEXT[TEXT.index("def area") : TEXT.index("\n\n\ndef other")]
EXPLANATION = "`other` takes nothing and always gives the number one back to whoever calls it."
BETTER = AREA.replace("    result = width * height\n    return result", "    return width * height")


def fenced(code: str) -> str:
    return f"```python\n{code}\n```\n"


def configure(home: Path, models: dict[str, Any], **more: Any) -> None:
    """The user's own configuration: these models and nothing discovered."""
    folder = home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    tree = {"version": 2, "models": models, "server": {"discover": False}, **more}
    (folder / "config.yml").write_text(json.dumps(tree), encoding="utf-8")


def ollama_at(server: Ollama) -> dict[str, Any]:
    return {MODEL: {"name": MODEL, "type": "ollama", "url": server.url, "size": "fast"}}


async def action_of(editor: Editor, uri: str, place: str, kind: str) -> dict[str, Any]:
    actions = await editor.code_actions(uri, place)
    return next(action for action in actions if action.get("kind") == kind)


REFACTOR = "refactor.rewrite.camus"


def untouched(folder: Path) -> bool:
    """Whether nothing was written into a folder."""
    return not list(folder.iterdir())


async def closed_after(server: Ollama, moment: float) -> float:
    """When (`time.monotonic()`) the server first saw a connection go after a moment."""
    async with asyncio.timeout(2):
        while True:
            for connection in server.connections:
                if connection.closed is not None and connection.closed >= moment:
                    return connection.closed
            await asyncio.sleep(0.002)
