"""Reads tests/cases/*.md: many small cases as Markdown; the format is in tests/cases/README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from camus.analysis import Finding
from camus.source import Document, Span, language_for

FOLDER = Path(__file__).parents[1] / "cases"
MARK = "‸"
_ATTRIBUTES = frozenset(
    (
        *("action", "instruction", "finish", "reason", "message", "diagnostic", "newline", "bom"),
        *("final newline", "tag", "whole", "note", "only", "automatic", "disabled", "uri", "by"),
        *("style", "no edit on", "nothing"),
        *("as", "old", "new", "score", "brings", "mends", "says"),
    )
)
_BLOCKS = frozenset(("before", "reply", "after", "offers", "text", "findings", "symbols"))


@dataclass(slots=True)
class Case:
    """One case: its place in the file, its attributes and its fenced blocks."""

    file: str
    line: int
    name: str
    language: str = "python"
    attributes: dict[str, list[str]] = field(default_factory=dict)
    blocks: dict[str, str] = field(default_factory=dict)
    inherited: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"

    def first(self, key: str, default: str = "") -> str:
        return self.attributes.get(key, [default])[0]

    def flag(self, key: str) -> bool:
        return self.first(key).lower() in {"yes", "true"}

    def ends(self, text: str) -> str:
        """A block's text with the line breaks and ends that the case asks for."""
        if self.first("final newline") == "no":
            text = text.removesuffix("\n")
        if self.first("newline") == "crlf":
            text = text.replace("\n", "\r\n")
        return f"\ufeff{text}" if self.flag("bom") else text

    def document(self) -> tuple[Document, Span]:
        """The document before, and the place of the cursor or the selection between two marks."""
        text = self.ends(self.blocks["before"])
        parts = text.split(MARK)
        assert len(parts) <= 3, f"{self}: more than two marks"
        plain = "".join(parts)
        start = len(parts[0]) if len(parts) > 1 else 0
        end = start + len(parts[1]) if len(parts) > 2 else start
        row = language_for(self.language)
        ending = row.extensions[0] if row else f".{self.language}"
        uri = self.first("uri") or f"file:///case/sample{ending}"
        return Document(uri, plain, self.language, 1), Span(start, end)

    def diagnostics(self, document: Document) -> tuple[Finding, ...]:
        """`RULE message @ text`: a finding at the first place of the text."""
        found = []
        for each in self.attributes.get("diagnostic", []):
            words, _, text = each.rpartition(" @ ")
            rule, _, message = words.partition(" ")
            at = document.text.index(text)
            aspect = "security" if rule.startswith("S") else "correctness"
            found.append(Finding(rule, message, Span(at, at + len(text)), aspect=aspect))
        return tuple(found)


def cases_in(path: Path) -> list[Case]:
    """The cases of one file, in order."""
    cases: list[Case] = []
    lines = path.read_text(encoding="utf-8").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = re.match(r"^(~{4,})\s*(\w+)\s*(\w*)$", line)
        attribute = re.match(r"^- ([a-z ]+):(?: (.*))?$", line)
        if line.startswith("## "):
            cases.append(Case(path.name, at + 1, line[3:].strip()))
        elif line == "- above":
            _as_above(cases)
        elif fence and cases:
            end = lines.index(fence[1], at + 1)
            assert fence[2] in _BLOCKS, f"{path.name}:{at + 1}: no block is called {fence[2]}"
            cases[-1].blocks[fence[2]] = "".join(f"{each}\n" for each in lines[at + 1 : end])
            cases[-1].language = fence[3] or cases[-1].language
            at = end
        elif attribute and cases:
            assert attribute[1] in _ATTRIBUTES, f"{path.name}:{at + 1}: {attribute[1]} is unknown"
            if attribute[1] in cases[-1].inherited:
                cases[-1].inherited.discard(attribute[1])
                cases[-1].attributes.pop(attribute[1])
            cases[-1].attributes.setdefault(attribute[1], []).append(attribute[2] or "")
        at += 1
    assert cases, f"{path.name} holds no case"
    return cases


def _as_above(cases: list[Case]) -> None:
    """Give the last case the document of the one above it, and its outcome until it has its own."""
    above, case = cases[-2], cases[-1]
    case.language = above.language
    case.blocks = {key: above.blocks[key] for key in ("before", "after") if key in above.blocks}
    for key in ("action", "instruction", "newline", "bom", "final newline", "whole", "uri"):
        if key in above.attributes:
            case.attributes[key] = list(above.attributes[key])
    case.inherited = set(case.attributes)


def all_cases() -> list[Case]:
    """Every case of every file."""
    files = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
    return [case for path in files for case in cases_in(path)]
