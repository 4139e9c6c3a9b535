"""Documents real symbols of every language and asks the language's own tools what they think."""

from __future__ import annotations

import asyncio
import os
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from camus.actions import rewrite
from camus.analysis import Tools
from camus.source import (
    Document,
    Scope,
    apply_edits,
    definitions,
    enclosing,
    language_for,
    syntax_errors,
)
from corpus_checks import checks, judges
from corpus_checks.material import files, opened

_ERRORS_ALLOWED = {"c", "cpp"}
_EACH_FILE = 6
FOLDERS: dict[str, tuple[str, ...]] = {
    "go": ("/usr/lib/go-*/src", "/usr/share/gocode/src"),
    "rust": ("/usr/share/cargo/registry",),
    "java": ("/usr/lib/jvm",),
    "c": ("/usr/include",),
    "cpp": ("/usr/include/c++", "/usr/include/nlohmann", "/usr/include/fmt"),
    "csharp": (),
    "ruby": ("/usr/lib/ruby", "/usr/share/rubygems-integration", "/var/lib/gems"),
    "php": ("/usr/share/php",),
    "bash": ("/usr/bin", "/usr/sbin", "/usr/lib/git-core", "/etc", "/usr/share/bash-completion"),
    "kotlin": (),
    "lua": ("/usr/share/lua", "/usr/share/nvim", "/usr/share"),
    "tsx": (),
}
"""Where Debian's packages put sources; CAMUS_CORPUS adds folders for every language."""


@dataclass(slots=True)
class Row:
    """The counts of one language."""

    language: str
    files: int = 0
    broken_files: int = 0
    symbols: int = 0
    right: int = 0
    documented: int = 0
    completed: int = 0
    accepted: int = 0
    simplified: int = 0
    problems: int = 0


def measure(language: str, count: int, seed: int, tally: checks.Tally) -> Row:
    """Document `count` symbols of one language; what goes wrong is in the tally."""
    row = Row(language)
    chance = random.Random(seed)

    async def run() -> None:
        tools = Tools()
        try:
            for path, document in documents(language, chance):
                if row.symbols >= count:
                    break
                await _file(row, tally, path, document, chance, count, tools)
        finally:
            await tools.close()

    asyncio.run(run())
    row.problems = len(tally.problems)
    return row


def table(rows: list[Row]) -> list[str]:
    """The rows as Markdown."""
    head = ("language", "files", "with errors", "symbols", "right target", "new comments")
    head = (*head, "completed", "simplified", "files accepted", "asked", "broken")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for row in rows:
        cells = (row.language, row.files, row.broken_files, row.symbols, row.right, row.documented)
        cells = (
            *cells,
            row.completed,
            row.simplified,
            row.accepted,
            judges.title(row.language),
            row.problems,
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


async def _file(
    row: Row,
    tally: checks.Tally,
    path: Path,
    document: Document,
    chance: random.Random,
    count: int,
    tools: Tools,
) -> None:
    scopes = list(definitions(document))
    if not scopes:
        return
    row.files += 1
    row.broken_files += bool(syntax_errors(document))
    after = document
    for scope in chance.sample(scopes, min(_EACH_FILE, len(scopes), count - row.symbols)):
        row.symbols += 1
        row.right += _is_found(document, scope)
        if not _is_found(document, scope):
            tally.wrong(document, scope, "the cursor on its name finds something else")
        before = tally.counts.copy()
        await checks.check_document(tally, document, scope, tools, 0)
        row.documented += tally.counts["documented"] - before["documented"]
        await checks.check_refactor(tally, document, scope, tools)
        row.simplified += tally.counts["simplified"] - before["simplified"]
        row.completed += tally.counts["completed"] - before["completed"]
        after = await _written(after, scope, tools)
    told, said = judges.complaints(document, path), judges.complaints(after, path)
    worse = said - told if said is not None and told is not None else {}
    row.accepted += not worse
    for complaint in worse:
        tally.wrong(document, None, f"{judges.title(row.language)}: {complaint}")


async def _written(document: Document, scope: Scope, tools: Tools) -> Document:
    """The document with one more symbol documented."""
    same = [each for each in definitions(document) if each.qualified_name == scope.qualified_name]
    if not same:
        return document
    now = min(same, key=lambda each: abs(each.name_span.start - scope.name_span.start))
    draft = await rewrite(checks.task_of("document", document, now, now.span), tools)
    edits = draft.edits if draft is not None else ()
    return Document(document.uri, apply_edits(document.text, edits), document.language)


def _is_found(document: Document, scope: Scope) -> bool:
    return enclosing(document, scope.name_span).span == scope.span


def documents(language: str, chance: random.Random) -> Iterator[tuple[Path, Document]]:
    """Files of a language in a random order, with their documents."""
    row = language_for(language)
    if row is None:
        return
    endings = (
        (".tsx",) if language == "tsx" else tuple(each for each in row.extensions if each != ".tsx")
    )
    for path in files(_folders(language), endings if language != "bash" else ("",), chance):
        try:
            document = opened(path, broken=language in _ERRORS_ALLOWED)
        except OSError:
            continue
        if document is not None and document.language == row.id:
            yield path, document


def _folders(language: str) -> list[Path]:
    extra = [each for each in os.environ.get("CAMUS_CORPUS", "").split(os.pathsep) if each]
    found = [match for each in FOLDERS[language] for match in Path("/").glob(each.lstrip("/"))]
    if language == "java":
        found = [_unpacked(match) for each in found for match in sorted(each.rglob("src.zip"))[:1]]
    return [each for each in [*found, *map(Path, extra)] if each.is_dir()]


def _unpacked(archive: Path) -> Path:
    """The JDK's sources, unpacked once beside other temporary files."""
    target = Path(os.environ.get("TMPDIR", "/tmp"), "camus-corpus-jdk")
    if not target.is_dir():
        with zipfile.ZipFile(archive) as opened_archive:
            wanted = [
                n
                for n in opened_archive.namelist()
                if n.startswith(("java.base/java/util/", "java.base/java/text/", "java.logging/"))
            ]
            opened_archive.extractall(target, wanted)
    return target
