"""What a piece of code that is gone was: whole lines, assignments; knows no change."""

from __future__ import annotations

from dataclasses import dataclass

from camus.source import Document, Leaf, Span

_STORES = frozenset(("=", "+=", "-=", "*=", "/=", "//=", "%=", "|=", "&=", "^=", "<<=", ">>="))


@dataclass(frozen=True, slots=True)
class Cut:
    """Something gone: what it is in words, and where it stood."""

    what: str
    span: Span


def unstored(
    document: Document, gone: list[list[Leaf]], words: tuple[tuple[Leaf, ...], tuple[Leaf, ...]]
) -> Cut | None:
    """An assignment that others see and that is gone: to a member, or to a name still read."""
    old, new = words
    read = {leaf.text for leaf in new}
    row_of, starts = document.lines.line_of, document.lines.starts
    rows: dict[int, list[Leaf]] = {}
    for leaf in (leaf for run in gone for leaf in run):
        rows.setdefault(row_of(leaf.span.start), []).append(leaf)
    columns = [leaf.span.start - starts[row_of(leaf.span.start)] for leaf in old[1:]]
    least = min((each for each in columns if each), default=0)
    for row, run in rows.items():
        left = _assigned(run)
        if not left or not is_whole(document, run):
            continue
        name = document.text[left[0].span.start : left[-1].span.end]
        mark = run[len(left)].text if len(left) < len(run) else "="
        nested = run[0].span.start - starts[row] > least
        member = any(leaf.text in {".", "[", "->"} for leaf in left)
        if member or (len(left) == 1 and name in read and (mark != "=" or nested)):
            return Cut(f"the assignment to `{name[:60]}`", run[0].span)
    return None


def is_whole(document: Document, run: list[Leaf]) -> bool:
    """Whether words begin a line and end one."""
    text = document.text
    first, last = run[0].span.start, run[-1].span.end
    before = text.rfind("\n", 0, first) + 1
    end = text.find("\n", last)
    rest = text[last : end if end >= 0 else len(text)].strip()
    return not text[before:first].strip() and rest in {"", ";", "}", "end"} | {
        word for word in (rest,) if word.startswith(("#", "//", "--"))
    }


def _assigned(run: list[Leaf]) -> list[Leaf]:
    """What stands before the first assignment of a line, without its type; empty for none."""
    depth = 0
    for at, leaf in enumerate(run):
        depth += (leaf.text in {"(", "[", "{"}) - (leaf.text in {")", "]", "}"})
        if depth == 0 and leaf.text in _STORES:
            left = run[:at]
            colon = next((n for n, each in enumerate(left) if each.text == ":"), at)
            return left[:colon] if left and left[0].text.isidentifier() else []
    return []
