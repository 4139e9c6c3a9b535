"""From an outcome's edits to a workspace edit that fits the document as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lsprotocol import types as lsp

from camus.lsp.capabilities import Capabilities
from camus.lsp.positions import range_of
from camus.lsp.several import Other, creation, name_of
from camus.lsp.tickets import Stale, find, mark
from camus.orchestrator import Beside, Outcome
from camus.source import Document, Edit

_ANNOTATION = "camus"


def workspace_edit(
    outcome: Outcome,
    edits: Sequence[Edit],
    now: Document,
    client: Capabilities,
    others: Sequence[Other] = (),
) -> lsp.WorkspaceEdit:
    """Edits of this snapshot, and of other files, as the client takes them.

    Each file has an annotation of its own.
    """
    pieces = [(now, tuple(edits)), *((o.beside.document, o.beside.edits) for o in others)]
    if not client.versioned_edits:
        plain = {doc.uri: [_text_edit(e, doc, client) for e in own] for doc, own in pieces}
        return lsp.WorkspaceEdit(changes=plain)
    changes: list[lsp.TextDocumentEdit | lsp.CreateFile] = [
        _change(now, now.version, edits, client, _ANNOTATION)
    ]
    annotations = {_ANNOTATION: annotation(outcome)}
    for number, other in enumerate(others, 1):
        beside, named = other.beside, f"{_ANNOTATION}-{number}"
        if beside.created:
            changes.append(creation(beside, named if client.annotations else None))
        changes.append(_change(beside.document, other.version, beside.edits, client, named))
        annotations[named] = _annotation_of(beside, outcome)
    return lsp.WorkspaceEdit(
        document_changes=list(changes),
        change_annotations=annotations if client.annotations else None,
    )


def _change(
    document: Document, version: int | None, edits: Sequence[Edit], client: Capabilities, id: str
) -> lsp.TextDocumentEdit:
    identifier = lsp.OptionalVersionedTextDocumentIdentifier(document.uri, version)
    return lsp.TextDocumentEdit(identifier, [_annotated(e, document, client, id) for e in edits])


def moved(outcome: Outcome, now: Document) -> tuple[Edit, ...]:
    """The edits shifted to where their unchanged target stands now; raises `Stale`."""
    then = outcome.task.document
    if now.text == then.text:
        return outcome.edits
    target = outcome.task.target
    by = find(mark(outcome.action, then, target), now).start - target.start
    if not all(target.contains(edit.span) for edit in outcome.edits):
        raise Stale("the code around was changed")
    return tuple(replace(edit, span=edit.span.shift(by)) for edit in outcome.edits)


def annotation(outcome: Outcome) -> lsp.ChangeAnnotation:
    """How the change is shown where changes are confirmed: score and model; why and what was
    checked.
    """
    return lsp.ChangeAnnotation(
        label=label(outcome),
        needs_confirmation=outcome.needs_confirmation,
        description=description(outcome),
    )


def _annotation_of(beside: Beside, outcome: Outcome) -> lsp.ChangeAnnotation:
    score = f"quality {beside.report.score:.2f} · " if beside.report is not None else ""
    made = "made anew; " if beside.created else ""
    checked = ", ".join(beside.report.checked) if beside.report is not None else ""
    return lsp.ChangeAnnotation(
        label=f"{name_of(beside)} · {score}{outcome.model}",
        needs_confirmation=outcome.needs_confirmation,
        description=f"{made}named in the request; checked: {checked}",
    )


def label(outcome: Outcome) -> str:
    """`quality 0.92 · qwen2.5-coder:7b`."""
    score = f"quality {outcome.report.score:.2f} · " if outcome.report is not None else ""
    return f"{score}{outcome.model}"


def description(outcome: Outcome) -> str:
    """Why this model answered and what was checked, in a line."""
    why = next((c.reason for c in outcome.decision.plan.choices if c.model == outcome.model), "")
    checked = ", ".join(outcome.report.checked) if outcome.report is not None else ""
    unmet = outcome.report.complaint if outcome.report and outcome.needs_confirmation else ""
    parts = (why, f"checked: {checked}" if checked else "", unmet, *outcome.warnings)
    return "; ".join(part for part in parts if part)


def _text_edit(edit: Edit, document: Document, client: Capabilities) -> lsp.TextEdit:
    return lsp.TextEdit(range_of(document, edit.span, client.encoding), edit.text)


def _annotated(
    edit: Edit, document: Document, client: Capabilities, id: str
) -> lsp.TextEdit | lsp.AnnotatedTextEdit:
    place = range_of(document, edit.span, client.encoding)
    if not client.annotations:
        return lsp.TextEdit(place, edit.text)
    return lsp.AnnotatedTextEdit(id, place, edit.text)
