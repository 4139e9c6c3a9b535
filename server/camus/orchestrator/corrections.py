"""How an answer should have been, by the user's own text: judged and compared, never kept."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from camus import quality
from camus.analysis import Tools
from camus.config import Quality
from camus.journal import Correction, Mended
from camus.quality import Report
from camus.source import Document

_SAME = 0.95


@dataclass(frozen=True, slots=True)
class Mend:
    """What a correction comes to: what was the matter, how much of the answer stands, its score."""

    fault: Correction
    kept: float
    report: Report

    def event(self, id: str, at: float) -> Mended:
        """The journal's line; without any text."""
        return Mended(id=id, at=at, fault=self.fault, score=self.report.score, kept=self.kept)


async def mend(
    before: Document,
    answer: str,
    corrected: str,
    *,
    tools: Tools,
    project: str = "",
    settings: Quality | None = None,
    fault: Correction | None = None,
) -> Mend:
    """Judge a correction and hold the answer against it; both are the text of the whole file.

    A correction that the gates refuse teaches nothing: see `report.refusals`.
    """
    after = Document(before.uri, corrected, before.language)
    report = await quality.compare_texts(
        before, after, tools, project, settings=settings or Quality()
    )
    kept = kept_of(before.text, answer, corrected)
    return Mend(fault or fault_of(before.text, answer, corrected, kept), kept, report)


def kept_of(before: str, answer: str, corrected: str) -> float:
    """The share of what the answer changed that the correction changed in the same way, 0..1.

    Counted in lines without their indentation; an answer that changed nothing stands or falls as
    a whole.
    """
    given, wanted = _changes(before, answer), _changes(before, corrected)
    if not given:
        return float(not wanted)
    left = list(wanted)
    same = 0
    for change in given:
        if change in left:
            left.remove(change)
            same += 1
    return round(same / max(len(given), len(wanted)), 3)


def fault_of(before: str, answer: str, corrected: str, kept: float) -> Correction:
    """What was the matter with an answer, as far as the texts tell."""
    if _bare(corrected) == _bare(before):
        return "unwanted"
    if _bare(corrected) == _bare(answer):
        return "style"
    given, wanted = _changes(before, answer), _changes(before, corrected)
    if len(wanted) > len(given) and all(change in wanted for change in given):
        return "incomplete"
    return "style" if kept >= _SAME else "wrong"


def _changes(before: str, after: str) -> list[str]:
    """The lines that went (`-`) and came (`+`), without blank ones and indentation."""
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    told = list(diff)[2:]  # without the names of the two files
    lines = ((line[0], line[1:].strip()) for line in told if line[0] in "+-")
    return [sign + text for sign, text in lines if text]


def _bare(text: str) -> str:
    return "".join(text.split())
