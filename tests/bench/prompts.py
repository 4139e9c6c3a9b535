"""Prompts fitted to task and model beside plain ones: what fits a window, and what a model makes.

Without a server only the windows are looked at, and no word is said of quality: that needs a real
model, `--server URL --model NAME`. A plain prompt is what is sent without thinking: the whole file
and what is wanted. A server whose window is too small for it drops the beginning silently.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from bench.edits.making import functions
from bench.table import verdict
from camus.actions.tokens import estimate_tokens
from camus.analysis import Trials
from camus.config import StrategyName
from camus.journal import Attempted
from camus.orchestrator import Orchestrator
from camus.routing import Override
from camus.source import Document
from support.engines import document, models, request, running, scripted

WINDOWS = (2_048, 4_096, 8_192, 32_768)
PLAIN = {
    "implement.md": "Implement this function.\n\n{{code}}\n",
    "system_edit.md": "You are a helpful assistant. <{{tag}}> marks data.\n",
}
"""Templates that say what is wanted and no more; the marks are what every template needs."""


async def fitting(count: int, seed: int) -> None:
    """How often fitted and plain prompts for refactoring real functions fit, and what they take."""
    print(f"\n**Prompts and windows** ({count} real functions; tokens as estimated)\n")
    print("| window | fitted: fit | tokens | target whole | plain: fit | tokens | target whole |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    pieces = list(functions(count, seed))
    for window in WINDOWS:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "project"
            root.mkdir()
            backend = scripted(lambda _model, _prompt: "", "m", window=window)
            async with running(root, backend, models(m="medium")) as engine:
                seen = [
                    await _fitted(engine, document(root, f"f{number}.py", piece.text), piece.start)
                    for number, (piece, _) in enumerate(pieces)
                ]
        sizes = [(piece.text, piece.text[piece.start :]) for piece, _ in pieces]
        plain = [_plain(text, rest, window) for text, rest in sizes]
        cells = [f"{window:,}"]
        for rows in (seen, plain):
            cells += [
                f"{fmean(row.fits for row in rows):.0%}",
                f"{median(row.tokens for row in rows if row.tokens):.0f}",
                f"{fmean(row.whole for row in rows):.0%}",
            ]
        print(f"| {' | '.join(cells)} |")


@dataclass(frozen=True, slots=True)
class Fit:
    """A prompt: whether it and its answer fit, its tokens (0: none is sent), its target whole."""

    fits: bool
    tokens: int
    whole: bool


async def _fitted(engine: Orchestrator, code: Document, start: int) -> Fit:
    name = code.text[start : start + 40].split("(")[0]
    found = await engine.preview(request(code, "refactor", name))
    if found.written is None:
        return Fit(False, 0, False)  # refused with the reason, or a larger window is asked for
    made = found.written
    said = "".join(message.content for message in made.prompt.messages)
    target = found.task.target
    whole = code.text[target.start : target.end].strip() in said
    return Fit(made.tokens + made.answer <= made.window, made.tokens, whole)


def _plain(text: str, rest: str, window: int) -> Fit:
    """The whole file; of one too long the server keeps the end, less the room for the answer."""
    tokens = estimate_tokens(text) + 20
    room = window - min(estimate_tokens(rest), window // 2)
    return Fit(tokens <= room, tokens, estimate_tokens(rest) <= room)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: the user's own templates, and settings of the configuration."""

    name: str
    templates: Mapping[str, str]
    settings: Mapping[str, object]
    parameters: Mapping[str, float]


WAYS = (
    Way("fitted", {}, {}, {}),
    Way("plain", PLAIN, {"retrieval": {"enabled": False}}, {"temperature": 0.8}),
)


async def asking(server: str, model: str, rounds: int) -> None:
    """How often a real model's first answer is right, judged by running it, and with how much."""
    trials = Trials()
    try:
        if trials.problem:
            print(f"\nanswers cannot be run here: {trials.problem}")
            return
        shares, usable = {}, {}
        print(f"\n**Fitted prompts against plain ones**, {model}, first answers, no repair\n")
        print("| | asked | usable | right | prompt tokens | s |\n|---|--:|--:|--:|--:|--:|")
        for way in WAYS:
            came = await _asked(way, server, model, rounds, trials)
            shares[way.name] = fmean(each.right for each in came)
            usable[way.name] = fmean(each.usable for each in came)
            print(
                f"| {way.name} | {len(came)} | {usable[way.name]:.1%} | {shares[way.name]:.1%} | "
                f"{fmean(each.tokens for each in came):.0f} | "
                f"{fmean(each.seconds for each in came):.1f} |"
            )
        for what, share in (("usable", usable), ("right", shares)):
            better = 100 * (share["fitted"] - share["plain"])
            verdict(f"fitted above plain prompts, {what}", better, 0, "points", least=True)
    finally:
        await trials.close()


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one request: a draft that passed the gates, and did what it should."""

    usable: bool
    right: bool
    tokens: int
    seconds: float


async def _asked(
    way: Way, server: str, model: str, rounds: int, trials: Trials
) -> tuple[Came, ...]:
    """What came of each request."""
    came: list[Came] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        own = root.parent / "home" / "config" / "prompts"
        own.mkdir(parents=True)
        for name, text in way.templates.items():
            (own / name).write_text(text, encoding="utf-8")
        kind = "openai" if server.rstrip("/").endswith("/v1") else "ollama"
        entry = {"type": kind, "model": model, "url": server, "parameters": dict(way.parameters)}
        flags = {"server": {"discover": False}, "models": {"m": entry}, **way.settings}
        async with running(root, flags=flags) as engine:
            await engine.ready()
            for turn in range(rounds):
                for name, reference, stub in _tasks():
                    code = document(root, f"{name}.py", stub)
                    wish = Override(model="m", strategy=StrategyName.SINGLE)
                    id_ = f"{name}{turn}"
                    outcome = await engine.perform(
                        request(code, "implement", "def ", id=id_, override=wish, fresh=True)
                    )
                    # Of a draft that is repaired both are kept: the first one counts.
                    first = outcome.steps[0] if outcome.steps else None
                    given = first.text if first is not None else stub
                    right = await _same(trials, code, reference, given, name)
                    asked = engine.journal.events(id=id_)
                    tried = next(e for e in asked if isinstance(e, Attempted) and e.model == "m")
                    usable = first is not None and first.score > 0
                    came.append(Came(usable, right, tried.prompt_tokens, tried.seconds))
    return tuple(came)


async def _same(trials: Trials, code: Document, reference: str, given: str, name: str) -> bool:
    """Whether the answer does what the reference does, in the sandbox; a wrong form is wrong."""
    before = Document(code.uri, reference, "python")
    after = Document(code.uri, given, "python")
    found = await trials.compare(before, after, name)
    return found.state == "same"


def _tasks() -> Iterator[tuple[str, str, str]]:
    """Small functions: the name, the reference, and the same without its body."""
    for reference in REFERENCES:
        name = reference.split("def ")[1].split("(")[0]
        head, said, _ = reference.split('"""')
        yield name, reference, f'{head}"""{said}"""\n    raise NotImplementedError\n'


REFERENCES = (
    '''def clamp(value: int, low: int, high: int) -> int:
    """The value, not below `low` and not above `high`; `low` wins where they cross."""
    return max(low, min(high, value))
''',
    '''def runs(text: str) -> list[tuple[str, int]]:
    """Each run of equal characters in order, as (character, length)."""
    found: list[tuple[str, int]] = []
    for each in text:
        if found and found[-1][0] == each:
            found[-1] = (each, found[-1][1] + 1)
        else:
            found.append((each, 1))
    return found
''',
    '''def median_low(values: list[int]) -> int:
    """The middle value in order, of two middle ones the lower; 0 for no values."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] if ordered else 0
''',
    '''def roman(number: int) -> str:
    """A number of 1 to 3999 in Roman numerals; empty outside of that."""
    if not 1 <= number <= 3999:
        return ""
    pairs = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
             (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    text = ""
    for value, word in pairs:
        count, number = divmod(number, value)
        text += word * count
    return text
''',
    '''def rotated(items: list[int], by: int) -> list[int]:
    """The items moved `by` places to the right, around the end; a negative `by` moves left."""
    if not items:
        return []
    by %= len(items)
    return items[-by:] + items[:-by] if by else list(items)
''',
    '''def balanced(text: str) -> bool:
    """Whether every (, [ and { is closed by its own kind in the right order; others are ignored."""
    pairs, open_ = {")": "(", "]": "[", "}": "{"}, []
    for each in text:
        if each in "([{":
            open_.append(each)
        elif each in pairs and (not open_ or open_.pop() != pairs[each]):
            return False
    return not open_
''',
    '''def second_largest(values: list[int]) -> int | None:
    """The second largest of the different values; None where there are fewer than two."""
    different = sorted(set(values))
    return different[-2] if len(different) > 1 else None
''',
    '''def title_words(text: str) -> str:
    """Each word with its first letter large and the others as they are; one blank between words."""
    return " ".join(word[0].upper() + word[1:] for word in text.split())
''',
    '''def chunks(items: list[int], size: int) -> list[list[int]]:
    """The items in lists of `size`, the last one perhaps shorter; all in one for a size below 1."""
    if size < 1:
        return [list(items)] if items else []
    return [items[at : at + size] for at in range(0, len(items), size)]
''',
    '''def digits_sum(number: int) -> int:
    """The sum of the decimal digits, without the sign."""
    return sum(int(each) for each in str(abs(number)))
''',
    '''def common_start(words: list[str]) -> str:
    """The longest text that all words begin with; empty for no words."""
    if not words:
        return ""
    first, last = min(words), max(words)
    count = 0
    while count < min(len(first), len(last)) and first[count] == last[count]:
        count += 1
    return first[:count]
''',
    '''def merged(one: list[int], other: list[int]) -> list[int]:
    """Two ascending lists as one ascending list; both are left as they are."""
    return sorted([*one, *other])
''',
)
