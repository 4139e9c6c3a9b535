"""What an edit introduces, part by part: errors, holes, slowness, bad style, odd layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from camus.analysis import Aspect, Finding
from camus.config import TaskKind
from camus.quality.change import Change, line_of
from camus.quality.customs import odd_error, odd_output, odd_quotes, odd_variable
from camus.quality.cutting import cut_away, fewer_returns
from camus.quality.handling import asserts, swallows
from camus.quality.layout import indented_otherwise, line_breaks, noise, odd_name, ragged_line
from camus.quality.losses import (
    cut_down,
    dropped_comments,
    losses,
    orphaned_comment,
    undocumented,
)
from camus.quality.signatures import broken_interface, changed_default
from camus.quality.verdicts import Verdict, told
from camus.source import Document

_SMALL = 12
"""A target of fewer lines may be rewritten by any fix."""
_NOISE = 0.3
"""The share of changed lines from which on those that differ in white space alone count."""
_SWALLOWING = frozenset(
    {"swallowed-exception", "empty-catch", "empty-rescue", "ignored-error", "no-empty"}
    | {"E722", "BLE001", "S110", "S112", "SIM105"}
    | {"T100", "no-debugger", "debugger-left"}
)
"""Rules about errors that are caught and dropped, and about what stops who runs the code."""


def correctness(
    change: Change,
    introduced: Sequence[Finding],
    names: Sequence[str],
    removed: Sequence[Finding] = (),
) -> Verdict:
    """Undefined names, new errors and lost behaviour are grave; a warning takes a little."""
    found = [e for e in introduced if e.aspect == "correctness" or _is_leftover(change, e)]
    errors = [each for each in found if each.severity == "error"]
    faults = [f"{told(change.after, each)}." for each in errors]
    said = " ".join(faults)
    faults += [_undefined(change.after, name) for name in names if f"`{name}`" not in said]
    faults += [f"{told(change.after, each)}." for each in found if _is_starry(change, each)]
    if faults:
        more = f" There are {len(faults) - 1} more like it." if len(faults) > 1 else ""
        return Verdict("correctness", 0.15 / len(faults), faults[0] + more, grave=True)
    cut = cut_down(change)
    if cut:
        return Verdict("correctness", 0.1, cut, grave=True)
    broken = broken_interface(change) if change.unexplained else ""
    if broken:
        return Verdict("correctness", 0.2, broken, grave=True)
    asserting = asserts(change)
    if asserting:
        return Verdict("correctness", 0.3, asserting, grave=True)
    lost = losses(change)
    if lost:
        return Verdict("correctness", 0.4 / len(lost), lost[0], grave=True)
    less = (
        swallows(change)
        or cut_away(change, removed)
        or fewer_returns(change)
        or changed_default(change)
    )
    if less:
        return Verdict("correctness", 0.3, less, grave=True)
    swallowed = [each for each in found if each.rule in _SWALLOWING and each.severity != "info"]
    if swallowed:
        detail = f"It introduces {told(change.after, swallowed[0])}."
        return Verdict("correctness", 0.4, detail, grave=True)
    counted = [each for each in found if each.severity != "info"]
    hints = len(found) - len(counted)
    detail = f"It introduces {told(change.after, found[0])}." if found else ""
    return Verdict("correctness", 0.6 ** len(counted) * 0.9**hints, detail)


def _is_leftover(change: Change, finding: Finding) -> bool:
    """Whether an import is new and unused, as a new variable would be; a package may hand it on."""
    return finding.rule == "F401" and not change.before.uri.endswith("__init__.py")


def _is_starry(change: Change, finding: Finding) -> bool:
    """Whether a name that the old text does not hold may only come from a star import.

    Classes and constants often do; other names are rather slips.
    """
    quoted = re.match(r"`([a-z_]\w*)`", finding.message) if finding.rule == "F405" else None
    return quoted is not None and not re.search(rf"\b{quoted[1]}\b", change.before.text)


def security(
    change: Change, introduced: Sequence[Finding], removed: Sequence[Finding] = ()
) -> Verdict:
    """A new hole is grave, a suspicion less so; holes that go speak for the edit.

    One that takes the place of another as grave makes nothing worse, and nothing good.
    """
    found = [each for each in introduced if each.aspect == "security"]
    closed = [each for each in removed if each.aspect == "security"]
    if not found:
        return Verdict("security", 1.0, factor=1.5 if closed else 1.0)
    detail = f"It introduces a security problem: {told(change.after, found[0])}."
    errors = sum(each.severity == "error" for each in found)
    old_errors = sum(each.severity == "error" for each in closed)
    if errors <= old_errors and len(found) < len(closed):
        return Verdict("security", 0.7, detail)
    value = 0.0 if errors > old_errors else 0.4
    return Verdict("security", value, detail, grave=True, factor=1.25)


def performance(change: Change, introduced: Sequence[Finding]) -> Verdict:
    """New slow idioms: what grows with the square of its input or stops others is grave."""
    found = [each for each in introduced if each.aspect == "performance"]
    slow = [each for each in found if each.severity != "info"]
    if slow:
        detail = f"It introduces {told(change.after, slow[0])}."
        return Verdict("performance", 0.3, detail, grave=True)
    return _mild(change, introduced, ("performance",), 0.3)


def style(change: Change, introduced: Sequence[Finding], *, unformatted: bool = False) -> Verdict:
    """New findings of style, and code that was laid out by the formatter and no longer is."""
    own = [each for each in introduced if not _is_leftover(change, each)]
    verdict = _mild(change, own, ("style", "consistency"), 0.2)
    if not unformatted:
        return verdict
    said = verdict.detail or "The new code is not laid out as the project's formatter does it."
    return replace(verdict, score=verdict.score * 0.4, detail=said)


def consistency(change: Change) -> Verdict:
    """Whether the new lines are indented and broken as the file's are, and their names spelled."""
    line = indented_otherwise(change)
    if line:
        detail = f"Its indentation mixes tabs and spaces, unlike the file's: `{line[:60]}`."
        return Verdict("consistency", 0.2, detail)
    old, new = line_breaks(change.before.text), line_breaks(change.after.text)
    if old and not new <= old:
        return Verdict("consistency", 0.5, "It mixes another kind of line break into the file.")
    ragged = ragged_line(change)
    if ragged:
        detail = f"It leaves white space at the end of the line `{ragged[:60]}`; take it away."
        return Verdict("consistency", 0.5, detail)
    name = odd_name(change)
    if name:
        detail = f"`{name}` is not named as the other functions here; name it as they are."
        return Verdict("consistency", 0.4, detail)
    return _as_the_file_does(change)


def _as_the_file_does(change: Change) -> Verdict:
    """Whether the new code keeps to what the file does without exception."""
    name = odd_variable(change)
    if name:
        detail = f"`{name}` is not named as the other variables here; name it as they are."
        return Verdict("consistency", 0.5, detail)
    error = odd_error(change)
    if error:
        detail = f"`{error[:80]}` raises an error that says less than the file's others do."
        return Verdict("consistency", 0.5, detail)
    line = odd_output(change)
    if line:
        detail = f"`{line[:80]}` prints where the file logs; log it."
        return Verdict("consistency", 0.5, detail)
    text = odd_quotes(change)
    if text:
        detail = f"{text[:40]} is in other quotation marks than the file's; use those."
        return Verdict("consistency", 0.7, detail)
    return Verdict("consistency", 1.0)


def minimality(change: Change) -> Verdict:
    """Whether comments or documentation were dropped, or a fix rewrites what is not wrong."""
    kept = not change.instructed or change.only_fixes
    bare = undocumented(change) if kept else ""
    if bare:
        detail = f"`{bare}` loses its documentation; keep it."
        return Verdict("minimality", 0.3, detail, grave=True)
    orphan = orphaned_comment(change)
    if orphan:
        detail = f"It drops the comment `{orphan[:80]}` and keeps what it is about; keep both."
        return Verdict("minimality", 0.5, detail, grave=True)
    dropped = dropped_comments(change)
    if dropped:
        detail = f"It drops the comment `{dropped[0][:80]}`; keep comments that still hold."
        return Verdict("minimality", max(0.0, 0.7 - 0.1 * len(dropped)), detail)
    share = noise(change)
    if share > _NOISE:
        detail = "It changes white space for nothing; leave lines as they are that stay the same."
        return Verdict("minimality", 1 - share, detail)
    total = len(change.task.code.splitlines())
    rewritten = sum(change.before.slice(each.span).count("\n") + 1 for each in change.edits)
    mends = change.task.classified.kind is TaskKind.BUG_FIXING
    if mends and total >= _SMALL and rewritten > 0.6 * total:
        return Verdict("minimality", 0.4, "It rewrites far more than the problem needs.")
    return Verdict("minimality", 1.0)


def _undefined(document: Document, name: str) -> str:
    match = re.search(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", document.text)
    where = f" at {line_of(document, match.start())}" if match else ""
    return f"Undefined name `{name}`{where}: nothing in the file defines or imports it."


def _mild(
    change: Change, introduced: Sequence[Finding], aspects: tuple[Aspect, ...], cost: float
) -> Verdict:
    found = [each for each in introduced if each.aspect in aspects]
    if not found:
        return Verdict(aspects[0], 1.0)
    taken = sum(cost / 2 if each.severity == "info" else cost for each in found)
    detail = f"It introduces {told(change.after, found[0])}."
    return Verdict(aspects[0], max(0.0, 1 - taken), detail)
