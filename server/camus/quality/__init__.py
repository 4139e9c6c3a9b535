"""Judges a draft: one score in 0..1 with its parts and findings; changes nothing."""

from camus.quality.assess import assess, findings
from camus.quality.report import Part, Report, score

__all__ = ["Part", "Report", "assess", "findings", "score"]
