"""A process with the engine alone: for each number it reads, a keystroke and a request.

It answers with a line of JSON: the seconds and the processor time that the request took. No
language server is around it, so that what it takes is the orchestrator's and that of the rooms
below.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from pathlib import Path

from bench.resolve import DIGITS, REST, text_of
from camus.lsp.connection import COLLECTED
from camus.orchestrator import Request, Settings, assemble
from camus.source import Document, Edit, Span, definition_around


async def main(folder: Path, lines: int) -> None:
    """Read numbers until there are none."""
    gc.set_threshold(*COLLECTED)
    engine = assemble(Settings(roots=(folder,)))
    document = Document((folder / "a.py").as_uri(), text_of(lines), "python")
    while number := (await asyncio.to_thread(sys.stdin.readline)).strip():
        document = document.edited([Edit(DIGITS, f"{int(number):06}")])
        engine.observe(document)
        engine.offer(document, Span(6, 6))
        scope = definition_around(document, Span(6, 6))
        assert scope is not None
        await asyncio.sleep(REST)
        began, cpu = time.perf_counter(), time.process_time()
        outcome = await engine.perform(Request(number, "refactor", document, scope.span))
        taken = time.perf_counter() - began, time.process_time() - cpu
        assert outcome.edits, outcome.message
        assert outcome.model == "m", outcome.model
        print(json.dumps(taken), flush=True)
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
