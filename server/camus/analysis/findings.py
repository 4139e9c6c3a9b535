"""What is wrong at a place and how to mend it; knows no tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from camus.source import Edit, Span

Severity = Literal["error", "warning", "info"]
Aspect = Literal["correctness", "security", "performance", "style", "consistency"]


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend a finding; `safe` when the tool vouches that the meaning stays."""

    message: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one place, from a tool, a check or the editor's own diagnostics."""

    rule: str
    message: str
    span: Span
    severity: Severity = "warning"
    aspect: Aspect = "correctness"
    source: str = ""
    fix: Fix | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the tools said: the findings in order of place, who looked, and who could not (why)."""

    findings: tuple[Finding, ...] = ()
    ran: tuple[str, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
