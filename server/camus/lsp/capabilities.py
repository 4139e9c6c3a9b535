"""What a client can do, boiled down to a few booleans; the only reader of its own list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lsprotocol import types as lsp

Encoding = Literal["utf-8", "utf-16", "utf-32"]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One client, as far as Camus treats clients differently."""

    encoding: Encoding = "utf-16"
    literals: bool = False
    """Takes `CodeAction`s; otherwise only `Command`s."""
    resolves_edits: bool = False
    """Asks `codeAction/resolve` for the edit and keeps `data`."""
    tags: bool = False
    """Knows `CodeActionTag.LlmGenerated`."""
    versioned_edits: bool = False
    """Takes `documentChanges`; otherwise plain `changes`."""
    creates_files: bool = False
    """Makes a file that an edit asks for."""
    annotations: bool = False
    """Shows change annotations and asks where they say so."""
    applies_edits: bool = False
    """Answers `workspace/applyEdit`."""
    progress: bool = False
    """Shows progress that the server starts."""
    documents: bool = False
    """Answers `window/showDocument`."""
    configuration: bool = False
    """Answers `workspace/configuration`."""
    watches: bool = False
    """Watches files the server names."""
    watches_anywhere: bool = False
    """Watches files outside the workspace too, by relative patterns."""
    pushes_configuration: bool = False
    """Wants to be asked before it tells of changed settings."""
    markdown: bool = False
    """Renders Markdown in hovers."""
    status: bool = False
    """Wants `camus/status`; only a client that was made for Camus says so."""
    questions: bool = False
    """Answers `camus/question`, asking in its own words; otherwise `window/showMessageRequest`."""
    restricted: bool = False
    """Its user does not trust the workspace: no model is asked."""
    results: bool = False
    """Says in its own words what a command's result says; otherwise a message does."""
    disabled: bool = False
    """Shows a code action that cannot be chosen, with its reason."""
    pulls: bool = False
    """Asks for diagnostics itself, and again when it is told to; otherwise they are pushed."""
    code_links: bool = False
    """Shows a diagnostic's code as a link."""
    related: bool = False
    """Shows places that belong to a diagnostic."""
    lenses: bool = False
    """Shows code lenses."""
    registers_lenses: bool = False
    """Takes them up when they are switched on; otherwise it asks from the start."""
    completes_inline: bool = False
    """Shows inline completions."""
    registers_inline: bool = False
    """Takes them up when they are switched on; otherwise it asks from the start."""
    hints: bool = False
    """Shows inlay hints."""
    registers_hints: bool = False
    """Takes them up when they are switched on; otherwise it asks from the start."""
    refreshes_hints: bool = False
    """Asks for them again when it is told to."""
    diagnostic_data: bool = False
    """Keeps what a diagnostic carries beside what is shown."""
    diagnostic_tags: frozenset[int] = frozenset()
    """The tags of diagnostics that it knows."""
    command_links: frozenset[str] = frozenset()
    """Commands that it runs from a link in our own Markdown; only a client made for Camus."""


OWN_OPTIONS = ("status", "token", "commandLinks", "questions", "restricted", "results")
"""What `initializationOptions.camus` may hold beside settings: the client's own declarations."""


def capabilities_of(
    client: lsp.ClientCapabilities, encoding: str | None, options: object = None
) -> Capabilities:
    """The booleans of a client whose positions were agreed to be in `encoding`.

    That is a word, a member of pygls's enumeration, or nothing for the protocol's own utf-16.
    `options` are its initialization options.
    """
    own = declared(options)
    experimental = client.experimental
    tried: Mapping[str, object] = experimental if isinstance(experimental, Mapping) else {}
    action = _at(client, "text_document.code_action")
    edit = _at(client, "workspace.workspace_edit")
    published = _at(client, "text_document.publish_diagnostics")
    watched = _at(client, "workspace.did_change_watched_files")
    properties = _at(action, "resolve_support.properties") or ()
    versioned = bool(_at(edit, "document_changes"))
    watches = bool(_at(watched, "dynamic_registration"))
    return Capabilities(
        encoding=lsp.PositionEncodingKind(encoding or "utf-16").value,
        literals=_at(action, "code_action_literal_support") is not None,
        resolves_edits=bool(_at(action, "data_support")) and "edit" in properties,
        tags=lsp.CodeActionTag.LlmGenerated in (_at(action, "tag_support.value_set") or ()),
        versioned_edits=versioned,
        creates_files=versioned
        and lsp.ResourceOperationKind.Create in (_at(edit, "resource_operations") or ()),
        annotations=versioned and _at(edit, "change_annotation_support") is not None,
        applies_edits=bool(_at(client, "workspace.apply_edit")),
        progress=bool(_at(client, "window.work_done_progress")),
        documents=bool(_at(client, "window.show_document.support")),
        configuration=bool(_at(client, "workspace.configuration")),
        watches=watches,
        watches_anywhere=watches and bool(_at(watched, "relative_pattern_support")),
        pushes_configuration=bool(
            _at(client, "workspace.did_change_configuration.dynamic_registration")
        ),
        markdown=lsp.MarkupKind.Markdown
        in (_at(client, "text_document.hover.content_format") or ()),
        status=own.get("status") is True or tried.get("camusStatus") is True,
        questions=own.get("questions") is True,
        restricted=own.get("restricted") is True,
        results=own.get("results") is True,
        lenses=_at(client, "text_document.code_lens") is not None,
        registers_lenses=bool(_at(client, "text_document.code_lens.dynamic_registration")),
        completes_inline=_at(client, "text_document.inline_completion") is not None,
        registers_inline=bool(_at(client, "text_document.inline_completion.dynamic_registration")),
        hints=_at(client, "text_document.inlay_hint") is not None,
        registers_hints=bool(_at(client, "text_document.inlay_hint.dynamic_registration")),
        refreshes_hints=bool(_at(client, "workspace.inlay_hint.refresh_support")),
        disabled=bool(_at(action, "disabled_support")),
        pulls=_at(client, "text_document.diagnostic") is not None
        and bool(_at(client, "workspace.diagnostics.refresh_support")),
        code_links=bool(_at(published, "code_description_support")),
        related=bool(_at(published, "related_information")),
        command_links=_names(own.get("commandLinks") or tried.get("camusCommandLinks")),
        diagnostic_data=bool(_at(published, "data_support")),
        diagnostic_tags=frozenset(int(t) for t in _at(published, "tag_support.value_set") or ()),
    )


def declared(options: object) -> Mapping[str, object]:
    """What a client declares of itself in its initialization options."""
    camus = options.get("camus") if isinstance(options, Mapping) else None
    if not isinstance(camus, Mapping):
        return {}
    return {name: camus[name] for name in OWN_OPTIONS if name in camus}


def _names(given: object) -> frozenset[str]:
    return (
        frozenset(n for n in given if isinstance(n, str))
        if isinstance(given, list)
        else frozenset()
    )


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = getattr(value, name, None)
    return value
