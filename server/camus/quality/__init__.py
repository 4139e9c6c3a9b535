"""Judges a draft: one score in 0..1 with its parts and findings; changes nothing."""

from camus.quality.assess import assess, findings
from camus.quality.changes import MEANT, Meant, compare_texts
from camus.quality.deeper import Deeper, deepen, lowered
from camus.quality.report import Part, Report, score

__all__ = [
    "MEANT",
    "Deeper",
    "Meant",
    "Part",
    "Report",
    "assess",
    "compare_texts",
    "deepen",
    "findings",
    "lowered",
    "score",
]
