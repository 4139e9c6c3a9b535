"""How many planted common issues the checks flag, by aspect and language; and false alarms.

The issues are `planted.md`: code with one place as it should be and as it should not. An issue is
flagged when the edit to the bad form brings a finding of its aspect, lowers that part of the score
or fails a gate for it. The same edits backwards are good ones. False alarms are counted on
functions of the standard library as they stand: security and performance findings, but hints.
"""

from __future__ import annotations

import asyncio
import re
import sysconfig
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from camus.analysis import Tools
from camus.quality import Meant, Report, compare_texts, findings
from camus.source import Document, Span, definitions, language_for, uri_of

FILE = Path(__file__).with_name("planted.md")
GOAL = 0.95
_PLACE = re.compile(r"⟦(.*?)¦(.*?)⟧", re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
_STANDARD = 120
"""Files of the standard library, the first by name, that are looked at for false alarms."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One issue: its language and aspect, what it is, and the two texts."""

    language: str
    aspect: str
    name: str
    good: str
    bad: str


def planted() -> tuple[Planted, ...]:
    """Every issue of the file."""
    parts = FILE.read_text(encoding="utf-8").split("\n## ")[1:]
    return tuple(_issue(part) for part in parts)


def _issue(part: str) -> Planted:
    head, _, code = part.partition("\n")
    language, aspect, name = head.split(" · ")
    code = code.rstrip("\n") + "\n"
    good, bad = (_PLACE.sub(rf"\{side}", code) for side in (1, 2))
    bad = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), bad) if "hidden" in name else bad
    return Planted(language, aspect, name, good, bad)


def measure() -> None:
    """Print the tables and the verdict."""
    asyncio.run(_measure())


async def _measure() -> None:
    tools = Tools()
    try:
        outcomes = [(each, flagged(each.aspect, await judge(each, tools))) for each in planted()]
        back = [await judge(_backwards(each), tools) for each, _ in outcomes]
        alarms = [line async for line in _false_alarms(tools)]
    finally:
        await tools.close()
    for title, key in (("aspect", "aspect"), ("language", "language")):
        print(f"\n| {title} | planted | flagged | share |\n|---|--:|--:|--:|")
        total = Counter(getattr(each, key) for each, _ in outcomes)
        good = Counter(getattr(each, key) for each, found in outcomes if found)
        for name, number in sorted(total.items()):
            print(f"| {name} | {number} | {good[name]} | {good[name] / number:.1%} |")
    missed = [each for each, found in outcomes if not found]
    for each in missed:
        print(f"missed: {each.language}, {each.aspect}: {each.name}")
    share = 1 - len(missed) / len(outcomes)
    held = "held" if share >= GOAL else "MISSED"
    print(f"\nFlagged {len(outcomes) - len(missed)} of {len(outcomes)}, {share:.1%}: goal {held}")
    fine = sum(each.score >= 0.8 for each in back)
    clean = sum(not any(f.severity != "info" for f in each.introduced) for each in back)
    for each, report in zip((each for each, _ in outcomes), back, strict=True):
        if report.score < 0.8:
            print(f"backwards below: {each.language}, {each.name}: {report.complaint[:100]}")
    print(f"Backwards: {fine} of {len(back)} score 0.8 or more, {clean} bring no finding")
    print("\n| functions of the standard library | with a finding | share |\n|--:|--:|--:|")
    print(alarms[-1])
    for line in alarms[:-1]:
        print(line)


def _backwards(issue: Planted) -> Planted:
    return replace(issue, good=issue.bad, bad=issue.good)


async def judge(issue: Planted, tools: Tools) -> Report:
    """The report of the edit that plants an issue."""
    row = language_for(issue.language)
    uri = f"file:///planted/sample{row.extensions[0] if row else ''}"
    before, after = (Document(uri, text, issue.language) for text in (issue.good, issue.bad))
    return await compare_texts(before, after, tools, meant=Meant("refactor"))


def flagged(aspect: str, report: Report) -> bool:
    """Whether a report speaks of the aspect: a gate, a finding of it, or a part below 1."""
    if report.refusals:
        # A gate that fails for another reason is no credit to the aspect.
        return aspect == "correctness" or any("invisible" in each for each in report.refusals)
    part = report.part(aspect)
    return any(each.aspect == aspect for each in report.introduced) or bool(part and part.score < 1)


async def _false_alarms(tools: Tools) -> AsyncIterator[str]:
    """The rules that find something in the standard library's functions; the counts come last."""
    functions, hit, rules = 0, 0, Counter[str]()
    for document in _standard():
        found = [
            each
            for each in (await findings(document, tools)).findings
            if each.severity != "info" and each.aspect in {"security", "performance"}
        ]
        for scope in _functions(document):
            functions += 1
            inside = {each.rule for each in found if scope.contains(each.span)}
            hit += bool(inside)
            rules.update(inside)
    for rule, number in rules.most_common(12):
        yield f"- {rule}: {number}"
    yield f"| {functions} | {hit} | {hit / functions:.1%} |"


def _standard() -> Iterator[Document]:
    folder = Path(sysconfig.get_path("stdlib"))
    for path in sorted(folder.glob("*.py"))[:_STANDARD]:
        text = path.read_text(encoding="utf-8", errors="replace")
        yield Document(uri_of(path), text, "python")


def _functions(document: Document) -> Iterator[Span]:
    return (each.span for each in definitions(document) if each.kind != "class")
