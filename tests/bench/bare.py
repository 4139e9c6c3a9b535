"""A bare pygls server: its code action handler returns the list in the file `BARE_ANSWER`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")
answer: list[lsp.CodeAction] = []
if file := os.environ.get("BARE_ANSWER"):
    answer = [
        lsp.CodeAction(
            title=action["title"],
            kind=action["kind"],
            data=action.get("data"),
            tags=action.get("tags"),
            command=lsp.Command(
                action["command"]["title"],
                action["command"]["command"],
                arguments=action["command"]["arguments"],
            )
            if "command" in action
            else None,
        )
        for action in json.loads(Path(file).read_text(encoding="utf-8"))
    ]


@server.feature(
    lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=["quickfix"])
)
def code_action(_params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """The same list every time."""
    return answer


if __name__ == "__main__":
    server.start_io()
