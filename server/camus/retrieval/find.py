"""Which definitions of the project a target uses, the nearest first; reads through `Files`."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from camus.actions import Chunk, Task
from camus.retrieval.chunks import chunk_of
from camus.retrieval.files import File, Files
from camus.retrieval.modules import resolve
from camus.source import (
    Document,
    Import,
    Language,
    Scope,
    Span,
    definitions,
    imports,
    language_for,
    names_bound,
    names_used,
    path_of,
)

# Possessive, and only from a word's start: else each word without a dot is tried letter by letter.
_ATTRIBUTE = re.compile(r"(?<![\w$])([\w$]++)\s*+\??\.\s*+([\w$]++)")
_SELF = frozenset({"self", "cls", "this"})
_SAME_NAMED = 2
"""Most definitions shown for a name whose file is not known."""
_COMMON = 8
"""A name that more files define says nothing about which is meant."""
_REEXPORTS = 4


class NotAtOnce(Exception):
    """Raised by a search that may not wait when a file would have to be read or parsed."""


class Search:
    """One search; holds what it looks through for as long as it lasts."""

    def __init__(
        self, files: Files, task: Task, opened: Mapping[str, Document], *, waits: bool = True
    ) -> None:
        """Gather what the target uses and where it may come from.

        Without `waits` nothing is read or parsed: it raises NotAtOnce, here and later.
        """
        self._task = task
        self._waits = waits
        self._document = task.document
        own = task.document.uri
        self._reader = files
        self._opened = opened
        # The target's own file is searched by its tree; its words need not be gathered.
        others = {uri: each for uri, each in opened.items() if uri != own}
        if not waits and not files.at_hand(others):
            raise NotAtOnce
        self._files = files.all(others)
        self._path = path_of(task.document.uri)
        self._row = language_for(task.document.language)
        bound = set(names_bound(task.document, task.target))
        used = names_used(task.document, task.target)
        self._used = dict.fromkeys(name for name in used if name not in bound)
        self._attributes: dict[str, list[str]] = {}
        for head, name in _ATTRIBUTE.findall(task.code):
            self._attributes.setdefault(head, []).append(name)

    def chunks(self, limit: int) -> tuple[Chunk, ...]:
        """The first `limit` distinct definitions."""
        found: dict[tuple[str, Span], Chunk] = {}
        for document, scope, reason in self._candidates():
            if len(found) >= limit:
                break
            place = (document.uri, scope.span)
            if place not in found:
                found[place] = chunk_of(document, scope, reason)
        return tuple(found.values())

    def _candidates(self) -> Iterator[tuple[Document, Scope, str]]:
        settled: set[str] = set()
        yield from self._own_file(settled)
        if self._row is None:
            return
        bindings = {each.alias: each for each in imports(self._document)}
        wanted = [name for name in self._used if name in bindings]
        wanted += [alias for alias in bindings if alias.partition(".")[0] in self._used]
        for alias in dict.fromkeys(wanted):
            for document, scope in self._imported(bindings[alias], self._row):
                settled.add(alias)
                yield document, scope, f"imported from {bindings[alias].module}"
        for name in self._used:
            if name not in settled and not hasattr(builtins, name):
                known = bindings.get(name)
                yield from self._same_named(known.name or name if known else name)

    def _own_file(self, settled: set[str]) -> Iterator[tuple[Document, Scope, str]]:
        """Definitions of this file outside the target, the nearest first."""
        target = self._task.target
        named = set(self._used).union(*self._attributes.values())
        others = [
            scope
            for scope in definitions(self._document)
            if scope.name in named and not scope.span.overlaps(target) and self._is_meant(scope)
        ]
        for scope in sorted(others, key=lambda scope: _distance(scope.span, target)):
            settled.add(scope.name)
            yield self._document, scope, "defined in this file"

    def _is_meant(self, scope: Scope) -> bool:
        """Whether the target uses a definition of its own file: by name, or through `self`."""
        owner = scope.qualified_name.rpartition(".")[0]
        if not owner:
            return scope.name in self._used
        inside = self._task.scope.qualified_name.startswith(f"{owner}.")
        through_self = any(scope.name in self._attributes.get(each, ()) for each in _SELF)
        through_name = scope.name in self._attributes.get(owner, ())
        return (inside and (through_self or scope.name in self._used)) or through_name

    def _imported(self, binding: Import, row: Language) -> Iterator[tuple[Document, Scope]]:
        """What an imported name stands for: a definition, or those used of a module."""
        if self._path is None:
            return
        path = Path(self._path)
        if binding.name not in {"", "*"}:
            yield from self._exported(binding, path, row, _REEXPORTS)
            binding = Import(_joined(binding, row), "", binding.alias, binding.span)
        target = resolve(binding.module, path, row, self._reader.roots, self._files)
        if target is None:
            return
        used = self._attributes.get(binding.alias.rpartition(".")[2], ())
        yield from self._defined(self._files[target], frozenset(used))

    def _exported(
        self, binding: Import, importer: Path, row: Language, steps: int
    ) -> Iterator[tuple[Document, Scope]]:
        """A module's definition of a name, followed through modules that pass it on."""
        target = resolve(binding.module, importer, row, self._reader.roots, self._files)
        if target is None:
            return
        file = self._files[target]
        named = binding.alias if binding.name == "default" else binding.name
        found = list(self._defined(file, frozenset({binding.name, named})))
        yield from found
        document = self._read(file)
        if found or not steps or document is None:
            return
        for passed in imports(document):
            if passed.alias == binding.name and passed.name:
                yield from self._exported(passed, target, row, steps - 1)

    def _read(self, file: File) -> Document | None:
        if not self._waits and not self._reader.is_parsed(file, self._opened):
            raise NotAtOnce
        return self._reader.document(file, self._opened)

    def _defined(self, file: File, names: frozenset[str]) -> Iterator[tuple[Document, Scope]]:
        """The top-level definitions of a file that bear one of the names."""
        document = self._read(file) if names else None
        if document is None:
            return
        for scope in definitions(document):
            if scope.qualified_name in names:
                yield document, scope

    def _same_named(self, name: str) -> Iterator[tuple[Document, Scope, str]]:
        """Definitions of this name in other files of the language family, the nearest first."""
        holders = [
            file
            for path, file in self._files.items()
            if name in file.names and path != self._path and self._is_related(file)
        ]
        if len(holders) > _COMMON:
            return
        shown = 0
        for file in sorted(holders, key=self._nearness):
            for document, scope in self._defined(file, frozenset({name})):
                yield document, scope, "has the name that is used here"
                shown += 1
                if shown >= _SAME_NAMED:
                    return

    def _is_related(self, file: File) -> bool:
        row = language_for(file.language)
        return row is not None and self._row is not None and row.family == self._row.family

    def _nearness(self, file: File) -> tuple[int, str]:
        """How many folders lie between, and the path so that the order is settled."""
        if self._path is None:
            return 0, str(file.path)
        here, there = self._path.parent.parts, file.path.parent.parts
        common = 0
        while common < min(len(here), len(there)) and here[common] == there[common]:
            common += 1
        return len(here) + len(there) - 2 * common, str(file.path)


def _joined(binding: Import, row: Language) -> str:
    """The module that a name is when it is a submodule of the one it is imported from."""
    if binding.module.endswith(row.module_separator):
        return binding.module + binding.name
    return f"{binding.module}{row.module_separator}{binding.name}"


def _distance(span: Span, target: Span) -> int:
    return max(span.start - target.end, target.start - span.end, 0)
