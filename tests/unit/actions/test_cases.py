"""Runs the Markdown cases of tests/cases; see the README there."""

from __future__ import annotations

from pathlib import Path

import pytest

from camus.actions import (
    ACTIONS,
    BadReply,
    Draft,
    Task,
    applicable,
    make_task,
    read,
    rewrite,
)
from camus.analysis import Tools
from camus.privacy import Message, Prompt
from camus.source import apply_edits
from support.cases import Case, all_cases, cases_in

CASES = all_cases()


def _of(*, by: str) -> list[Case]:
    return [case for case in CASES if _kind(case) == by]


def _kind(case: Case) -> str:
    if "offers" in case.blocks or "only" in case.attributes:
        return "offers"
    return "rules" if case.first("by") == "rules" else "reply"


def _task(case: Case) -> Task:
    document, span = case.document()
    return make_task(
        ACTIONS[case.first("action", "refactor")],
        document,
        span,
        instruction=case.first("instruction"),
        diagnostics=case.diagnostics(document),
        whole_target=case.flag("whole"),
        docstring_style=case.first("style", "auto"),
    )


@pytest.mark.parametrize("case", _of(by="reply"), ids=str)
def test_a_reply_becomes_exact_edits_or_a_named_reason(case: Case) -> None:
    task = _task(case)
    tags = tuple(case.attributes.get("tag", []))
    asked = Prompt((Message("user", ""),), tags=tags)
    result = read(task, case.blocks["reply"], finish=case.first("finish", "stop"), prompt=asked)
    if reason := case.first("reason"):
        assert isinstance(result, BadReply), result
        assert result.reason == reason, result
        assert case.first("message") in result.message
        return
    assert isinstance(result, Draft), result
    _check_words(case, task, result)
    if "after" in case.blocks:
        _check_edits(case, task, result)


def _check_words(case: Case, task: Task, draft: Draft) -> None:
    if "text" in case.blocks:
        assert draft.text == case.blocks["text"].strip("\n")
    if "findings" in case.blocks:
        lines = task.document.lines
        shown = [
            f"{lines.line_of(each.span.start) + 1}: {each.severity}: {each.aspect}: {each.message}"
            for each in draft.findings
        ]
        assert shown == case.blocks["findings"].splitlines()
    for note in case.attributes.get("note", []):
        assert any(note in each for each in draft.notes), draft.notes


def _check_edits(case: Case, task: Task, draft: Draft) -> None:
    document = task.document
    assert apply_edits(document.text, draft.edits) == case.ends(case.blocks["after"])
    for edit in draft.edits:
        outside = not task.target.contains(edit.span)
        assert not outside or any("imports" in note for note in draft.notes), edit
    for kept in case.attributes.get("no edit on", []):
        at = document.text.index(kept)
        touched = [edit for edit in draft.edits if edit.span.start < at + 1 <= edit.span.end]
        assert not touched, f"{kept!r} is inside {touched}"


@pytest.mark.parametrize("case", _of(by="rules"), ids=str)
async def test_the_rules_answer_by_themselves(case: Case) -> None:
    task = _task(case)
    tools = Tools()
    try:
        draft = await rewrite(task, tools)
    finally:
        await tools.close()
    if case.flag("nothing"):
        assert draft is not None
        assert not draft.edits
        return
    assert draft is not None, "the rules have no answer"
    _check_words(case, task, draft)
    assert apply_edits(task.document.text, draft.edits) == case.ends(case.blocks["after"])


@pytest.mark.parametrize("case", _of(by="offers"), ids=str)
def test_the_offers_are_few_and_precise(case: Case) -> None:
    document, span = case.document()
    offers = applicable(
        document,
        span,
        case.diagnostics(document),
        only=[kind.strip('"') for kind in case.attributes.get("only", [])],
        automatic=case.flag("automatic"),
        disabled=case.attributes.get("disabled", []),
    )
    lines = document.lines
    shown = []
    for offer in offers:
        first = lines.line_of(offer.target.start) + 1
        last = lines.line_of(max(offer.target.start, offer.target.end - 1)) + 1
        shown.append(f"{offer.title} [{first}-{last}]")
    assert shown == case.blocks.get("offers", "").splitlines()
    for offer in offers:  # what is offered is what is done
        again = make_task(offer.action, document, offer.target, diagnostics=offer.diagnostics)
        assert again.target == offer.target


def test_no_two_cases_of_a_file_have_one_name() -> None:
    names = [str(case) for case in CASES]
    assert len(names) == len(set(names))


def test_a_case_with_a_word_the_format_does_not_know_is_refused(tmp_path: Path) -> None:

    path = tmp_path / "bad.md"
    path.write_text("## a\n- reasn: empty\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="reasn is unknown"):
        cases_in(path)
