"""From labelled requests to the file of weights: variants, folds for the temperature, bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from camus.actions.classify import request_features
from camus.actions.described import described
from camus.actions.features import BUCKETS, Features
from camus.actions.learned import KINDS, Weights, buckets
from camus.config import TaskKind
from training.fitting import Example, Model, temperature_for
from training.requests import Labelled, labelled

SEED = 20261121
ROUNDS = 8
FOLDS = 6
BAYES = 0.07
"""The share of naive Bayes; tried on held-out batches."""
SOFT = 0.4
"""The share of softmax regression, as the mean of `TWICE` trainings; tried the same way."""
TWICE = 2
SOFT_ROUNDS = 4
HARDER = 4
"""The first batch of whole sentences; what came before is mostly titles and commands."""
COUNTS = 2.0
"""How much a request of a harder batch counts against one of the others; tried the same way."""
_CODE = frozenset(
    {
        TaskKind.CODE_GENERATION,
        TaskKind.CODE_ANALYSIS,
        TaskKind.REFACTORING,
        TaskKind.BUG_FIXING,
        TaskKind.DOCUMENTATION,
        TaskKind.SECURITY_REVIEW,
    }
)


def train(say: Callable[[str], object] = lambda _: None) -> bytes:
    """The file of weights for the training part as it is; always the same bytes."""
    requests = labelled("training")
    plain = [_example(each) for each in requests]
    more = [list(_variants(each, random.Random(f"{SEED}{at}"))) for at, each in enumerate(requests)]
    say(f"{len(plain):,} requests, {sum(map(len, more)):,} variants")
    temperature = _temperature(requests, plain, more, say)
    model = _fitted([*plain, *(each for one in more for each in one)])
    return _quantised(model, temperature).to_bytes()


def _fitted(examples: Sequence[Example]) -> Model:
    model = Model(len(KINDS), BUCKETS)
    model.fit(examples, rounds=ROUNDS, seed=SEED)
    model.lean(examples, share=BAYES)
    for at in range(TWICE):
        model.soften(examples, share=SOFT / TWICE, rounds=SOFT_ROUNDS, seed=SEED + at)
    return model


def features_of(request: Labelled) -> Features:
    """The features of a labelled request."""
    given = request.given
    told = described(
        given.get("code", ""),
        language=given.get("language", ""),
        path=given.get("path", ""),
        diagnostics=given.get("diagnostics", ()),
    )
    return request_features(request.text, told.document, told.scope, told.diagnostics)


def _example(request: Labelled) -> Example:
    return _counted(features_of(request), request)


def _counted(found: Features, request: Labelled) -> Example:
    weight = COUNTS if request.batch >= HARDER else 1.0
    return Example(buckets(found), KINDS.index(request.kind), weight)


def _variants(request: Labelled, chance: random.Random) -> Iterator[Example]:
    """The same request mistyped, and asked at code, a stub, a problem or in a file of prose."""
    if chance.random() < 0.2 and request.text.isascii() and len(request.text) > 12:
        given = {**request.given, "instruction": _mistyped(request.text, chance)}
        yield _counted(features_of(replace(request, given=given)), request)
    if "code" in request.given or "diagnostics" in request.given:
        return
    code = request.kind in _CODE
    marks = []
    if chance.random() < (0.3 if code else 0.08):
        marks.append("x:code")
    if chance.random() < (0.25 if request.kind is TaskKind.BUG_FIXING else 0.06 * code):
        marks.append("x:problems")
    if chance.random() < (0.1 if request.kind is TaskKind.CODE_GENERATION else 0.0):
        marks.append("x:stub")
    if chance.random() < (0.1 if request.kind is TaskKind.DOCUMENTATION else 0.03 * (not code)):
        marks.append("x:prose")
    if marks:
        found = features_of(request)
        yield _counted(replace(found, marks=(*found.marks, *marks)), request)


def _mistyped(text: str, chance: random.Random) -> str:
    """Two letters swapped, one left out or one doubled."""
    at = chance.randrange(2, len(text) - 2)
    match chance.randrange(3):
        case 0:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case 1:
            return text[:at] + text[at + 1 :]
        case _:
            return text[:at] + text[at] + text[at:]


def _temperature(
    requests: Sequence[Labelled],
    plain: Sequence[Example],
    more: Sequence[Sequence[Example]],
    say: Callable[[str], object],
) -> float:
    """The temperature that fits what a model says of requests it was not trained on.

    Whole batches are held out, every sixth at a time: what people really write differs in style
    from what was trained on, as one batch does from the others.
    """
    told: dict[int, list[tuple[list[float], int]]] = {}
    for fold in range(FOLDS):
        rest = [at for at, each in enumerate(requests) if each.batch % FOLDS != fold]
        model = _fitted([*(plain[at] for at in rest), *(each for at in rest for each in more[at])])
        for at, each in enumerate(requests):
            if each.batch % FOLDS == fold:
                scores = model.scores(plain[at].found), plain[at].label
                told.setdefault(each.batch, []).append(scores)
    for batch, scored in sorted(told.items()):
        hits = sum(max(range(len(KINDS)), key=s.__getitem__) == label for s, label in scored)
        say(f"batch {batch} held out: {hits / len(scored):.1%} of {len(scored):,} right")
    found = temperature_for([each for scored in told.values() for each in scored])
    say(f"temperature {found}")
    return found


def _quantised(model: Model, temperature: float) -> Weights:
    """A signed byte for each weight; what is small is left out, so that the file packs well."""
    table, bias = model.weights[:-1], model.weights[-1]
    step = round(float(np.abs(table).max()) / 127, 8)
    lanes = np.clip(np.rint(table / step), -127, 127).astype(np.int8)
    return Weights(lanes.tobytes(), step, tuple(round(float(b), 6) for b in bias), temperature)
