"""How well and how fast requests are classified, on the part that was never trained on."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence

from bench import table
from camus.actions import ACTIONS, Classified, classify, described
from camus.config import TaskKind
from training.requests import Labelled, labelled

BINS = 10
_HOSTILE = ("", "\x00" * 2000, "\ud800 fix \udfff", "a" * 100_000, "fix the loop; " * 8000)


def measure(rounds: int) -> None:
    """Print the tables and the verdicts."""
    requests = labelled("unseen")
    answers = [_classified(each) for each in requests]
    right = [answer.kind is each.kind for answer, each in zip(answers, requests, strict=True)]
    training, texts = labelled("training"), {each.text for each in requests if each.text}
    shared = sum(each.text in texts for each in training)
    print(f"\n{len(training):,} requests trained on, {len(requests):,} unseen, {shared} shared")
    _groups("kind", (each.kind for each in requests), right)
    _groups("language", (each.language for each in requests), right)
    _confusions(requests, answers)
    _reliability(answers, right)
    table.verdict("Right on the unseen part", 100 * sum(right) / len(right), 95, "%", least=True)
    _by_action()
    _speed(requests, rounds)


def _classified(request: Labelled) -> Classified:
    given = request.given
    told = described(
        given.get("code", ""),
        language=given.get("language", ""),
        path=given.get("path", ""),
        diagnostics=given.get("diagnostics", ()),
    )
    return classify(
        request.text, document=told.document, scope=told.scope, diagnostics=told.diagnostics
    )


def _groups(name: str, keys: Iterable[str], right: Sequence[bool]) -> None:
    groups: dict[str, list[bool]] = {}
    for key, hit in zip(keys, right, strict=True):
        groups.setdefault(key, []).append(hit)
    print(f"\n| {name} | n | right % |\n|---|--:|--:|")
    for key, hits in sorted(groups.items()):
        print(f"| {key} | {len(hits)} | {100 * sum(hits) / len(hits):.1f} |")
    print(f"| all | {len(right)} | {100 * sum(right) / len(right):.1f} |")


def _confusions(requests: Sequence[Labelled], answers: Sequence[Classified]) -> None:
    counts: dict[tuple[TaskKind, TaskKind], int] = {}
    for answer, each in zip(answers, requests, strict=True):
        if answer.kind is not each.kind:
            pair = (each.kind, answer.kind)
            counts[pair] = counts.get(pair, 0) + 1
    print("\n| is | taken for | n |\n|---|---|--:|")
    for (kind, other), count in sorted(counts.items(), key=lambda item: -item[1])[:10]:
        print(f"| {kind} | {other} | {count} |")


def _reliability(answers: Sequence[Classified], right: Sequence[bool]) -> None:
    """Expected calibration error over ten bins of equal width (Naeini et al. 2015)."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for answer, hit in zip(answers, right, strict=True):
        bins[min(BINS - 1, int(answer.confidence * BINS))].append((answer.confidence, hit))
    error = 0.0
    print("\n| confidence | n | said % | right % |\n|---|--:|--:|--:|")
    for at, held in enumerate(bins):
        if held:
            said = sum(chance for chance, _ in held) / len(held)
            was = sum(hit for _, hit in held) / len(held)
            error += abs(said - was) * len(held) / len(answers)
            low = at / BINS
            print(
                f"| {low:.1f}-{low + 0.1:.1f} | {len(held)} | {100 * said:.1f} | {100 * was:.1f} |"
            )
    table.verdict("Expected calibration error", error, 0.05, "")


def _by_action() -> None:
    """With an empty instruction the code action itself says the kind."""
    found = [
        (action.id, classify("", action=action).kind is action.task_kind)
        for action in ACTIONS.values()
        if action.task_kind is not None
    ]
    print(f"\nActions without words: {sum(hit for _, hit in found)} of {len(found)} by their kind")


def _speed(requests: Sequence[Labelled], rounds: int) -> None:
    short = [each.text for each in requests if 0 < len(each.text) <= 200]
    words = [word for each in requests for word in each.text.split()]
    chance = random.Random(1)
    full = [" ".join(chance.choices(words, k=60))[:200] for _ in range(300)]
    long = [" ".join(chance.choices(words, k=600))[:2000] for _ in range(300)]
    classify("warm")
    times = {
        f"{name}, {again}": _times(texts * times)
        for name, texts in (("unseen, up to 200", short), ("200 characters", full),
                            ("2,000 characters", long))
        for again, times in (("once", 1), ("again", max(1, rounds // 10)))
    }  # fmt: skip
    times["hostile, up to 100 kB"] = _times(list(_HOSTILE))
    table.times("Classifying one request, processor time", times)
    middle = table.percentile(times["unseen, up to 200, once"], 0.5) * 1e3
    table.verdict("Median up to 200 characters", middle, 0.3, "ms")
    tail = table.percentile(times["2,000 characters, once"], 0.99) * 1e3
    table.verdict("99th percentile at 2,000 characters", tail, 5, "ms")


def _times(texts: Sequence[str]) -> list[float]:
    found = []
    for text in texts:
        began = time.process_time()  # by the clock a busy machine's other work would count
        classify(text)
        found.append(time.process_time() - began)
    return found
