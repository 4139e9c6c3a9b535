"""Prints samples as the rows of a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; `share` in 0..1."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))]


def times(title: str, rows: Mapping[str, Sequence[float]]) -> None:
    """A table of seconds, shown in milliseconds."""
    print(f"\n**{title}**\n\n| | n | min ms | median ms | p95 ms |\n|---|--:|--:|--:|--:|")
    for name, values in rows.items():
        shown = (percentile(values, share) * 1e3 for share in (0, 0.5, 0.95))
        print(f"| {name} | {len(values)} | " + " | ".join(f"{each:.1f}" for each in shown) + " |")


def verdict(what: str, value: float, goal: float, unit: str, *, least: bool = False) -> None:
    """One goal and whether it holds; `least` for one that is to be reached."""
    held = "held" if (value >= goal if least else value <= goal) else "MISSED"
    bound = "at least" if least else "at most"
    print(f"\n{what}: {value:.2f} {unit}, goal {bound} {goal:g} {unit}: {held}")
