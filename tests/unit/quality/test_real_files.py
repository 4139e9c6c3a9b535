"""What the rules answer about real files is judged good: a low score there is the judge's fault."""

from __future__ import annotations

import random
from dataclasses import replace

from camus.actions import ACTIONS, Task, make_task, rewrite
from camus.analysis import Tools
from camus.quality import assess
from camus.source import Document, Scope
from corpus_checks.material import files, python_folders, script_folders, symbols

SYMBOLS = 12


def sample() -> list[tuple[Document, Scope]]:
    """Symbols of the standard library, and of whatever JavaScript is on this machine."""
    chance = random.Random(11)
    found = list(symbols(files(python_folders()[:1], (".py",), chance), SYMBOLS, chance))
    return found + list(symbols(files(script_folders(), (".js",), chance), SYMBOLS, chance))


async def tasks_for(document: Document, scope: Scope, tools: Tools) -> list[Task]:
    """All that the rules can be asked about a symbol and its file."""
    asked = [
        make_task(ACTIONS[action], document, scope.name_span)
        for action in ("document", "refactor", "explain", "review")
    ]
    asked += [make_task(ACTIONS["fix_all"], document, document.span, whole_target=True)]
    for each in (await tools.findings(document)).findings[:3]:
        as_sent = replace(each, fix=None, source="an editor")
        asked.append(make_task(ACTIONS["fix"], document, each.span, diagnostics=[as_sent]))
    return asked


async def test_the_rules_answers_about_real_files_pass_the_usual_threshold(tools: Tools) -> None:
    judged, low = 0, list[str]()
    for document, scope in sample():
        for task in await tasks_for(document, scope, tools):
            draft = await rewrite(task, tools)
            if draft is None or not (draft.edits or draft.text or draft.findings):
                continue
            report = await assess(task, draft, tools)
            judged += 1
            if report.score < 0.8:
                low.append(f"{task.action.id} {scope.qualified_name}: {report.complaint}")
    assert judged >= SYMBOLS
    assert low == []
