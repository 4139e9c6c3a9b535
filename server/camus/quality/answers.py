"""Judges answers that are words: an explanation, an answer, a review; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from camus.actions import Draft, Task
from camus.analysis import Finding
from camus.quality.report import Part
from camus.source import Span, definitions, names_bound, names_used

_DECLINES = re.compile(
    r"\s*(?:I(?:['’]m| am) (?:sorry|unable|not able)|Sorry\b|I (?:cannot|can['’]t|won['’]t|"
    r"must decline)|As an AI|Unable to (?:assist|help|comply))",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^(```+|~~~+).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,2}|[^\W\d_]{2,}")
"""A word, or as much of Chinese or Japanese, which write no spaces, as about makes one."""
_NAME = re.compile(r"[\w$]+")
_VAGUE_BELOW = 3
_ENOUGH_WORDS = 12
_FEW_WORDS = 3
_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|[。！？\n]+")


def refusals(task: Task, draft: Draft) -> tuple[str, ...]:
    """The gates of an answer in words."""
    if draft.edits:
        return ("An answer in words must not change the file; answer in Markdown only.",)
    if task.action.produces == "findings" and draft.findings:
        return ()
    if not draft.text.strip():
        return ("The answer is empty; say something about the code that was shown.",)
    if _DECLINES.match(draft.text) and len(draft.text) < 600:
        return ("The answer declines; say what the code that was shown does.",)
    if _own_words(task, draft.text) == 0:
        return ("It only repeats the code; say in words what it does.",)
    return ()


def parts(task: Task, draft: Draft, known: Sequence[Finding] = ()) -> tuple[Part, ...]:
    """The parts of an answer in words or of a review; `known` are the tools' own findings."""
    if task.action.produces == "findings":
        errors = [each for each in known if _is_error_in(task, each)]
        return (*_review(task, draft), *_complete(draft, errors))
    return _words(task, draft)


def _words(task: Task, draft: Draft) -> tuple[Part, ...]:
    found = [_substance(task, draft.text)]
    if task.action.id == "explain":
        found.append(_relevance(task, draft.text))
    if any("repeated itself" in note for note in draft.notes):
        said = "It goes round in circles; say each thing once."
        found.append(Part("completeness", 0.3, 4.0, said))
    elif any("cut off" in note for note in draft.notes):
        found.append(Part("completeness", 0.3, 1.0, "The answer was cut off; say it shorter."))
    elif len(_MARK.findall(draft.text)) % 2:
        said = "It breaks off inside a code block; close the block and finish."
        found.append(Part("completeness", 0.5, 1.0, said))
    variety = _repeats(_sentences(draft.text))
    return (*found, variety) if variety.score < 1 else tuple(found)


def _sentences(text: str) -> list[str]:
    """The sentences of a text beside its code, those of a few words."""
    prose = _FENCE.sub("\n", text)
    said = (_ITEM.sub("", each) for each in _SENTENCE_END.split(prose))
    return [each for each in said if len(_WORD.findall(each)) >= _FEW_WORDS]


def _substance(task: Task, text: str) -> Part:
    """Whether there are words of its own beside the code that was shown."""
    words = _own_words(task, text)
    if "```" in text and words < 4:
        return Part("substance", 0.0, 3.0, "It is hardly more than code; say what the code does.")
    needed = _ENOUGH_WORDS if task.action.id == "explain" else 3
    if words >= needed:
        return Part("substance", 1.0, 3.0)
    return Part("substance", 0.3 + 0.4 * words / needed, 3.0, "It says too little; explain more.")


def _own_words(task: Task, text: str) -> int:
    """How many words it says beside code blocks and the lines that were shown."""
    shown = {" ".join(line.split()) for line in task.code.splitlines()}
    prose = _FENCE.sub(" ", text).splitlines()
    own = " ".join(line for line in prose if " ".join(line.split()) not in shown)
    return len(_WORD.findall(own))


def _relevance(task: Task, text: str) -> Part:
    """Whether it speaks of the names that are in the target."""
    names = _names(task)
    if not names:
        return Part("relevance", 1.0, 1.0)
    said = set(_NAME.findall(text))
    if names & said:
        return Part("relevance", 1.0, 3.0)
    wanted = ", ".join(f"`{name}`" for name in sorted(names)[:3])
    return Part("relevance", 0.0, 3.0, f"It mentions no name of the code, such as {wanted}.")


def _names(task: Task) -> set[str]:
    document, span = task.document, task.target
    found = {*names_used(document, span), *names_bound(document, span)}
    found |= {each.name for each in definitions(document) if span.overlaps(each.span)}
    if not found:
        found = {word for word in _NAME.findall(task.code) if len(word) > 2}
    return {name for name in found if name}


def _review(task: Task, draft: Draft) -> tuple[Part, ...]:
    if not draft.findings:
        words = _own_words(task, draft.text)
        said = "It finds nothing and does not say so; say what was looked at."
        substance = Part("substance", 1.0, 2.0) if words > 1 else Part("substance", 0.5, 2.0, said)
        variety = _repeats(_sentences(draft.text))
        return (substance, variety) if variety.score < 1 else (substance,)
    end = len(task.document.text)
    inside = [each.span for each in draft.findings if each.span.end <= end]
    near = [span for span in inside if _meets(span, task.target)]
    concrete = [each for each in draft.findings if len(each.message.split()) >= _VAGUE_BELOW]
    count = len(draft.findings)
    return (
        _share("place", len(near), count, "A finding points outside the code that was shown."),
        _share("concreteness", len(concrete), count, "A finding does not say what is wrong."),
        _repeats(each.message for each in draft.findings),
    )


def _is_error_in(task: Task, finding: Finding) -> bool:
    return finding.severity == "error" and task.target.overlaps(finding.span)


def _complete(draft: Draft, errors: Sequence[Finding]) -> tuple[Part, ...]:
    """How many of the tools' errors a review speaks of, by their place, rule or message."""
    if not errors:
        return ()
    missed = [
        each
        for each in errors
        if not any(_meets(found.span, each.span) for found in draft.findings)
        and not (each.rule and each.rule in draft.text)
        and each.message not in draft.text
    ]
    detail = f"It misses {missed[0].rule}: {missed[0].message}" if missed else ""
    return (Part("completeness", 1 - len(missed) / len(errors), 1.0, detail),)


def _share(name: str, good: int, count: int, detail: str) -> Part:
    return Part(name, good / count, 2.0, "" if good == count else detail)


def _repeats(messages: Iterable[str]) -> Part:
    said = [" ".join(each.casefold().split()) for each in messages]
    several = len(said) - len(set(said))
    if several <= len(said) // 2:
        return Part("variety", 1.0, 1.0)
    return Part("variety", 0.3, 2.0, "It says the same thing again and again.")


def _meets(span: Span, target: Span) -> bool:
    return span.start <= target.end and target.start <= span.end
