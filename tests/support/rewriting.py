"""How a rewrite is asked for in these tests."""

from __future__ import annotations

import ast
import asyncio

from camus.actions import ACTIONS, Classified, Draft, Task, rewrite
from camus.analysis import Finding, Tools
from camus.config import Complexity, TaskKind
from camus.source import Document, Span, apply_edits, enclosing
from camus.source.languages import LANGUAGES

_ENDINGS = {row.id: row.extensions[0] for row in LANGUAGES.values()}


class Case:
    """A text with a place in it, marked by `|`, or the whole file without a mark."""

    def __init__(self, text: str, language: str = "python", uri: str = "") -> None:
        at = text.find("│")
        self.text = text.replace("│", "")
        uri = uri or f"file:///project/sample{_ENDINGS.get(language, '.txt')}"
        self.document = Document(uri, self.text, language)
        whole = self.document.span
        self.scope = enclosing(self.document, Span(at, at) if at >= 0 else whole)
        self.target = self.scope.span if at >= 0 else whole

    def task(
        self,
        action: str = "document",
        *,
        style: str = "auto",
        instruction: str = "",
        diagnostics: tuple[Finding, ...] = (),
    ) -> Task:
        """The request for an action at the marked place."""
        return Task(
            ACTIONS[action],
            self.document,
            self.scope,
            self.target,
            Classified(TaskKind.GENERAL, Complexity.SIMPLE, 1.0),
            instruction=instruction,
            diagnostics=diagnostics,
            docstring_style=style,
        )


def draft_of(case: Case, action: str = "document", **options: object) -> Draft | None:
    """The rules' answer, with real tools."""

    async def ask() -> Draft | None:
        tools = Tools()
        try:
            return await rewrite(case.task(action, **options), tools)  # type: ignore[arg-type]
        finally:
            await tools.close()

    return asyncio.run(ask())


def written(text: str, language: str = "python", **options: object) -> str:
    """The text after it was documented."""
    uri = str(options.pop("uri", ""))
    case = Case(text, language, uri)
    draft = draft_of(case, **options)
    assert draft is not None
    return apply_edits(case.text, draft.edits)


def without_docstrings(text: str) -> str:
    """A dump of Python code in which no docstring is left."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        documentable = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if documentable and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)
