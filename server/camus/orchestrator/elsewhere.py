"""Other files of a request: those that the user's own words name, and a reply's edits of them.

Only a file named by the user is ever written, never one that a model or a file names. Each edit is
judged like one of the main file; what cannot be is told and left out.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from camus import actions, quality
from camus.actions import BadReply, Chunk, Task
from camus.orchestrator.run import Judged, Run
from camus.orchestrator.values import Beside, Outcome, Request
from camus.retrieval import text_of, walk
from camus.source import Document, language_for, language_of, path_of, uri_of

MOST_SHOWN = 24_000
"""Characters of a named file beyond which no model is shown it."""
PROTECTED = frozenset(
    {"conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "noxfile.py", "build.rs"}
    | {"gulpfile.js", "gruntfile.js", "rakefile", "build.gradle.kts", "settings.gradle.kts"}
)
"""Programs that tools run by themselves; no model's answer is written into one of another file."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where other files may lie: the workspace's folders, without what is ignored.

    `opened` gives the newest snapshot of a document that an editor has open.
    """

    roots: tuple[Path, ...]
    ignored: Callable[[str], bool]
    opened: Callable[[str], Document | None]


def named_in(request: Request) -> tuple[str, ...]:
    """The files that the words of a request name, where its face takes edits of several."""
    if not request.several or request.action != "modify":
        return ()
    return actions.in_words(request.instruction)


async def prepare(run: Run, task: Task, named: Sequence[str], ground: Ground) -> Task:
    """The task with what a model has to know of other files; `run` gets the files themselves."""
    run.beside = await asyncio.to_thread(_found, task.document, named, ground)
    run.asker = replace(run.asker, to_the_end=bool(run.beside))
    if not run.beside:
        return task
    asked = "\n".join(f"- {_name(each, ground.roots)}{_new(each)}" for each in run.beside)
    words = (
        f"{task.instruction}\n\nThe request names other files:\n{asked}\n"
        "Where one of them is to change or to be made, write one more fenced block for it after "
        "the code above, with its path after the language in the fence's first line (as in "
        "```python path/to/file.py), holding the whole new text of that file."
    )
    run.shown = tuple(
        _chunk(each, ground.roots) for each in run.beside if 0 < len(each.text) <= MOST_SHOWN
    )
    return replace(task, instruction=words)


async def served(run: Run, outcome: Outcome, judged: Judged | None, threshold: float) -> Outcome:
    """The outcome with the edits of other files, each judged; what is left out is told."""
    if not run.beside or judged is None or outcome.state != "done" or not judged.reply:
        return outcome
    made = [await _made(run, outcome.task, each, judged, threshold) for each in run.beside]
    beside = tuple(each for each in made if each is not None)
    told = [f"left out {_base(b.document.uri)}: {b.problem}" for b in beside if b.problem]
    paths = [_base(each.document.uri) for each in beside]
    notes = [note for note in outcome.notes if not _tells(note, paths)]
    good = tuple(each for each in beside if not each.problem)
    return replace(
        outcome,
        beside=good,
        notes=tuple(notes),
        warnings=(*outcome.warnings, *told),
        needs_confirmation=outcome.needs_confirmation or bool(told),
    )


async def _made(
    run: Run, task: Task, document: Document, judged: Judged, threshold: float
) -> Beside | None:
    """What the reply has for one file and what that is worth; None when it has nothing."""
    own = replace(
        actions.make_task(task.action, document, document.span, whole_target=True),
        instruction=run.request.instruction,
        project=task.project,
    )
    draft = await asyncio.to_thread(actions.read_named, own, judged.reply)
    if draft is None:
        return None
    created = not document.text
    if isinstance(draft, BadReply):
        return Beside(document, created=created, problem=draft.message)
    report = await quality.assess(own, draft, run.tools, own.project, run.config.quality)
    problem = report.refusals[0] if report.refusals else ""
    if not problem and report.score < threshold:
        problem = f"quality {report.score:.2f}, below {threshold:.2f}: {report.complaint}"
    return Beside(document, draft.edits, report, created, problem)


def _found(main: Document, named: Sequence[str], ground: Ground) -> tuple[Document, ...]:
    """The named files that may be written, without those that a reply could mistake."""
    found = {doc.uri: doc for word in named if (doc := _resolved(main, word, ground)) is not None}
    names = Counter(_base(uri) for uri in (main.uri, *found))
    return tuple(doc for uri, doc in found.items() if names[_base(uri)] == 1)


def _resolved(main: Document, word: str, ground: Ground) -> Document | None:
    here = path_of(main.uri)
    root = next((each for each in ground.roots if here and here.is_relative_to(each)), None)
    parts = PurePosixPath(word.replace("\\", "/")).parts
    if here is None or root is None or not _may_be_written(parts):
        return None
    near = [root.joinpath(*parts), here.parent.joinpath(*parts)]
    there = next((path for path in near if path.is_file()), None) or _only(root, parts, ground)
    path = there or (near[0] if len(parts) > 1 else near[1])
    uri = uri_of(path)
    if not _inside(path, root) or ground.ignored(uri) or path == here:
        return None
    opened = ground.opened(uri)
    if opened is not None:
        return opened if opened.text else None
    if there is None:
        free = path.parent.is_dir() and not os.path.lexists(path)
        return Document(uri, "", language_of(path.name)) if free else None
    text = text_of(path)
    return Document(uri, text, language_of(path.name)) if text else None


def _only(root: Path, parts: Sequence[str], ground: Ground) -> Path | None:
    """The only source file of the workspace whose path ends so."""
    tail = tuple(parts)
    found = [
        each.path
        for each in walk((root,), ground.ignored)
        if each.path.relative_to(root).parts[-len(tail) :] == tail
    ]
    return found[0] if len(found) == 1 else None


def _may_be_written(parts: Sequence[str]) -> bool:
    """Whether a path names source code that nothing runs by itself."""
    row = language_for(language_of(parts[-1])) if parts else None
    hidden = any(part.startswith(".") for part in parts)
    name = parts[-1].lower() if parts else ""
    runs = name in PROTECTED or ".config." in name
    return row is not None and row.grammar is not None and not hidden and not runs


def _inside(path: Path, root: Path) -> bool:
    """Whether a path is below the root through no link, and source code from there too."""
    if not path.is_relative_to(root) or not _may_be_written(path.relative_to(root).parts):
        return False
    return Path(os.path.realpath(path)) == Path(os.path.realpath(root)) / path.relative_to(root)


def _chunk(document: Document, roots: Sequence[Path]) -> Chunk:
    name = _name(document, roots)
    return Chunk(document.text, document.uri, document.span, name, "named in the request")


def _name(document: Document, roots: Sequence[Path]) -> str:
    path = path_of(document.uri)
    root = next((each for each in roots if path and path.is_relative_to(each)), None)
    return path.relative_to(root).as_posix() if path and root else _base(document.uri)


def _new(document: Document) -> str:
    return "" if document.text else " (there is no such file yet)"


def _base(uri: str) -> str:
    return unquote(uri).rpartition("/")[2]


def _tells(note: str, paths: Sequence[str]) -> bool:
    """Whether a note only says that these files were left out."""
    head, _, names = note.partition("left out what the reply has for ")
    told = [name.strip("` ").rpartition("/")[2] for name in names.split(",")]
    return not head and bool(names) and all(name in paths for name in told)
