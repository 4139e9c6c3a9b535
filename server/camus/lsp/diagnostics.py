"""Findings as the client's diagnostics: code and its page, tags, and where a fix would reach."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lsprotocol import types as lsp

from camus.analysis import Finding, Severity
from camus.lsp.capabilities import Capabilities
from camus.lsp.positions import range_of
from camus.source import Document, Span

Page = Callable[[Finding], str]
"""The address of a finding's documentation page, empty for none."""

_SEVERITIES: dict[Severity, lsp.DiagnosticSeverity] = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
_UNNECESSARY = re.compile(
    r"^(F401|F811|F841|F842|ERA\d+|RUF100|ARG\d+)$|unused|unreachable|dead-code"
)
_DEPRECATED = re.compile(r"^(UP\d+|D\d*PRECATED)$|deprecated|obsolete")
_MOST_RELATED = 4


def diagnostics(
    findings: Sequence[Finding], document: Document, client: Capabilities, page: Page
) -> list[lsp.Diagnostic]:
    """Findings as diagnostics of source `camus`, with what the client can show of each."""
    return [_diagnostic(finding, document, client, page) for finding in findings]


def _diagnostic(
    finding: Finding, document: Document, client: Capabilities, page: Page
) -> lsp.Diagnostic:
    href = page(finding) if client.code_links and finding.rule else ""
    return lsp.Diagnostic(
        range_of(document, finding.span, client.encoding),
        finding.message,
        severity=_SEVERITIES[finding.severity],
        code=finding.rule or None,
        code_description=lsp.CodeDescription(href) if href else None,
        source="camus",
        data={"aspect": finding.aspect} if client.diagnostic_data else None,
        tags=[tag for tag in _tags(finding.rule) if tag.value in client.diagnostic_tags] or None,
        related_information=_related(finding, document, client) if client.related else None,
    )


def _tags(rule: str) -> list[lsp.DiagnosticTag]:
    if _UNNECESSARY.search(rule):
        return [lsp.DiagnosticTag.Unnecessary]
    return [lsp.DiagnosticTag.Deprecated] if _DEPRECATED.search(rule) else []


def _related(
    finding: Finding, document: Document, client: Capabilities
) -> list[lsp.DiagnosticRelatedInformation] | None:
    """Where else its fix would change the code: an import above, a use below."""
    if finding.fix is None:
        return None
    lines = document.lines
    own = lines.line_of(finding.span.start)
    spans = [edit.span for edit in finding.fix.edits if lines.line_of(edit.span.start) != own]
    return [
        lsp.DiagnosticRelatedInformation(
            lsp.Location(document.uri, range_of(document, span, client.encoding)),
            f"{finding.fix.message} (changes this too)",
        )
        for span in sorted(spans, key=_start)[:_MOST_RELATED]
    ] or None


def _start(span: Span) -> int:
    return span.start
