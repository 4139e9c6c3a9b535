"""Judges a draft: one score in 0..1 with its parts and findings; changes nothing."""

from camus.quality.assess import assess, findings
from camus.quality.changes import MEANT, Meant, compare_texts
from camus.quality.report import Part, Report, score

__all__ = ["MEANT", "Meant", "Part", "Report", "assess", "compare_texts", "findings", "score"]
