"""How many planted errors reach the user with the gate and the repair, and without them.

Simulated: the model is a script. For each function it gives, at a fixed rate, one of the bad edits
of `bench.edits` in place of a good one, and when it is asked to repair, a good one at another rate.
Everything else is real: reading the reply, the checks, the repair, the threshold, the outcome. An
error reaches the user when an edit that holds it is offered without asking for confirmation; the
stricter count takes every edit that is offered at all.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.edits.making import Made, functions, of_piece
from camus.config import BackendKind
from camus.models import Backend, Scripted, Served
from camus.orchestrator import Outcome, Request, Settings, assemble
from camus.privacy import Ledger, Prompt
from camus.source import Document, Span, definitions, minimal_edits

PLANTED, REPAIRS = 0.5, 0.6
_INSECURE = frozenset(
    (
        *("injected_eval", "injected_shell", "injected_pickle"),
        *("hard_coded_secret", "weak_digest", "tls_off"),
    )
)


@dataclass(frozen=True, slots=True)
class Case:
    """One request: the text, a bad answer and a good one for the same function."""

    bad: Made
    good: Made


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one draft: whether it was planted, and whether the error came through."""

    kind: str
    offered: bool
    unasked: bool


def cases(count: int, seed: int) -> Iterator[Case]:
    """So many cases, one a function, with the kinds in turn."""
    chance = random.Random(seed)
    left = count
    for piece, path in functions(4 * count, seed):
        made = [each for each in of_piece(piece, path) if each.asked == "refactor"]
        good = [each for each in made if each.good]
        bad = [each for each in made if not each.good]
        if good and bad and left:
            left -= 1
            yield Case(chance.choice(bad), chance.choice(good))


async def judged(found: list[Case], seed: int, *, checked: bool, behaviour: bool) -> list[Row]:
    """Send every case through the engine; without `checked` each draft is taken as it is."""
    rows = []
    for number, case in enumerate(found):
        chance = random.Random(f"{seed} {number}")
        planted, mends = chance.random() < PLANTED, chance.random() < REPAIRS
        if not planted:
            continue
        if not checked:
            rows.append(Row(case.bad.kind, True, True))
            continue
        answers = [case.bad, case.good if mends else case.bad]
        outcome = await _asked(case, answers, behaviour=behaviour)
        text = outcome.task.document.edited(outcome.edits).text
        # The steps that finish a draft may lay it out otherwise; the good answer is known.
        through = outcome.state == "done" and holds_error(text, case)
        rows.append(Row(case.bad.kind, through, through and not outcome.needs_confirmation))
    return rows


def holds_error(text: str, case: Case) -> bool:
    """Whether a text holds the error: it is nearer to the bad answer's than to what was before.

    The good answer and the unchanged text do not, but for white space. What the rules answer when
    the model's drafts are rejected, or a step that finishes drafts changes, is neither of them.
    """
    if text.split() in (case.good.after.split(), case.bad.before.split()):
        return False
    return _apart(text, case.bad.after) < min(
        _apart(text, case.bad.before), _apart(text, case.good.after)
    )


def _apart(one: str, other: str) -> int:
    """How many characters the smallest edits from one text to another take away and bring."""
    return sum(len(each.span) + len(each.text) for each in minimal_edits(one, other))


async def _asked(case: Case, answers: list[Made], *, behaviour: bool) -> Outcome:
    left = list(answers)

    def reply(_model: str, _prompt: Prompt) -> str:
        made = left.pop(0) if len(left) > 1 else left[0]
        return f"```python\n{_function(made)}\n```\n"

    backend = Scripted(reply, models=[Served("simulated", window=32768)])

    def make(_kind: BackendKind, _url: str) -> Backend:
        return backend

    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "workspace"
        root.mkdir()
        home = Path(name) / "home"
        if behaviour:
            Ledger(home / "config").trust(root, "", now="2026-01-01T00:00:00+00:00")
        flags = {
            "server": {"discover": False},
            "models": {"simulated": {"type": "ollama", "url": "http://127.0.0.1:11434"}},
            "retrieval": {"enabled": False},
            "checks": {"behaviour": behaviour},
        }
        env = {"CAMUS_HOME": str(home)}
        engine = assemble(Settings(roots=(root,), flags=flags, env=env, backends=make))
        path = root / case.bad.path
        path.write_text(case.bad.before, encoding="utf-8")
        document = Document(path.as_uri(), case.bad.before, "python")
        try:
            place = Span(case.bad.start, case.bad.start)
            return await engine.perform(Request("r", "refactor", document, place))
        finally:
            await engine.close()


def _function(made: Made) -> str:
    """The function of an edit as the model sends it, with what the edit put beside it."""
    grown = len(made.after) - len(made.before)
    before = Document("file:///a.py", made.before, "python")
    scope = next(s for s in definitions(before) if s.span.start == made.start)
    return made.after[scope.span.start : scope.span.end + grown]


def measure(count: int, seed: int, *, behaviour: bool) -> None:
    """Print how many planted errors came through, and the verdict."""
    found = list(cases(count, seed))
    with_gate = asyncio.run(judged(found, seed, checked=True, behaviour=behaviour))
    without = asyncio.run(judged(found, seed, checked=False, behaviour=behaviour))
    print(
        f"\n**Planted errors that reach the user, simulated: {len(without)} in {len(found)} "
        f"drafts, repaired when told in {REPAIRS:.0%} of cases**"
    )
    print("\n| planted | unchecked | offered | offered unasked | fall |\n|---|--:|--:|--:|--:|")
    groups = (
        ("all", lambda _row: True),
        ("vulnerabilities", lambda row: row.kind in _INSECURE),
        ("other errors", lambda row: row.kind not in _INSECURE),
    )
    for name, fits in groups:
        mine = [row for row in with_gate if fits(row)]
        if mine:
            offered, unasked = sum(r.offered for r in mine), sum(r.unasked for r in mine)
            fall = 1 - unasked / len(mine)
            print(f"| {name} | {len(mine)} | {offered} | {unasked} | {fall:.0%} |")
    fall = 1 - sum(row.unasked for row in with_gate) / max(1, len(with_gate))
    held = "held" if fall >= 0.4 else "MISSED"
    print(f"\nfall of planted errors that reach the user unasked: {fall:.0%}, goal 40 %: {held}")
    strict = 1 - sum(row.offered for row in with_gate) / max(1, len(with_gate))
    print(f"\ncounting also those that the user is asked about: {strict:.0%}")
