"""The learned model: its weights, that it agrees with itself, corrections, described requests."""

from __future__ import annotations

import json
import math

import pytest

from camus.actions import classify, correction, described, request_features, taught
from camus.actions.courtesy import bare
from camus.actions.features import BUCKETS, Place, features, parted, token_buckets
from camus.actions.learned import (
    FILE,
    KINDS,
    buckets,
    chances,
    from_bytes,
    logits,
    probabilities,
    shipped,
)
from camus.config import TaskKind
from camus.journal import Corrected
from training.fitting import Example, Model, softmax, temperature_for
from training.requests import labelled


def test_the_weights_are_small_and_for_these_kinds() -> None:
    assert FILE.stat().st_size < 1_500_000
    assert TaskKind.EMBEDDING not in KINDS
    assert len(shipped().lanes) == BUCKETS * len(KINDS)
    assert from_bytes(shipped().to_bytes()) == shipped()


def test_weights_of_another_version_are_refused() -> None:
    data = FILE.read_bytes().replace(b"requests 3", b"requests 0", 1)
    with pytest.raises(ValueError, match="another version"):
        from_bytes(data)


@pytest.mark.parametrize(
    "text", ["fix the crash", "写一首诗", "x" * 500, "why?\n```py\nx = 1\n```", "\ud800", ""]
)
def test_the_fast_way_says_what_the_plain_sum_says(text: str) -> None:
    found = request_features(text)
    fast = chances(found)
    plain = probabilities(logits(buckets(found), shipped()), shipped().temperature)
    assert fast == pytest.approx(plain)
    assert math.fsum(fast) == pytest.approx(1)


def test_pasted_code_does_not_count_as_words() -> None:
    said, code = parted("make it shorter\n```py\nfor banana in basket:\n    pass\n```\nplease")
    assert "banana" not in said
    assert "banana" in code
    assert parted("def f():\n    return 1")[0] == "def f():\n    return 1"
    found = features("tidy\n```\nbanana\n```", Place(), ())
    assert "banana" not in found.tokens
    assert "s:code pasted" in found.marks


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Would you mind turning the radio down?", "turning the radio down?"),
        ("hi there, could you also please add tests? thanks!", "add tests?"),
        ("It crashes. Can you fix it please?", "It crashes. fix it"),
        ("I was wondering if you could rename it", "rename it"),
        ("Kannst du mir bitte den Test schreiben?", "den Test schreiben?"),
        ("tu pourrais relire ça ?", "relire ça ?"),
        ("请帮我写一首诗", "写一首诗"),
        ("Hello world in C", "Hello world in C"),
        ("Can I use await here?", "Can I use await here?"),
        ("thanks!", "thanks!"),
        ("please", "please"),
        ("", ""),
    ],
)
def test_courtesies_are_taken_off(text: str, left: str) -> None:
    assert bare(text) == left


def test_a_polite_request_looks_like_a_bare_one() -> None:
    polite = features("Would you please rename the class", Place(), ())
    assert polite.tokens == features("rename the class", Place(), ()).tokens
    assert "s:courteous" in polite.marks


def test_words_and_their_parts_are_hashed_alike_everywhere() -> None:
    # Fixed numbers: another hash would make the shipped weights noise.
    assert token_buckets("fix")[0] == 85365
    assert all(0 <= each < BUCKETS for each in token_buckets("函数")[1])


def test_a_correction_holds_no_text_and_turns_what_it_is_about() -> None:
    text = "zorble the frobnitz"
    assert classify(text).kind is not TaskKind.MATHEMATICAL
    event = correction(request_features(text), TaskKind.MATHEMATICAL, id="a", at=1.0)
    assert "zorble" not in repr(event)
    learned = taught((event,) * 3)
    before = dict(classify(text).ranked)[TaskKind.MATHEMATICAL]
    after = dict(classify(text, learned=learned).ranked)[TaskKind.MATHEMATICAL]
    assert after > before
    assert classify(text, learned=learned).kind is TaskKind.MATHEMATICAL
    assert classify("fix the crash in parse()", learned=learned).kind is TaskKind.BUG_FIXING


def test_corrections_stay_within_bounds_and_repeat() -> None:
    events = tuple(
        correction(request_features(f"do the thing {n}"), TaskKind.CREATIVE, id=str(n), at=1.0)
        for n in range(60)
    )
    learned = taught(events)
    assert learned == taught(tuple(events))
    assert max(abs(w) for row in learned.values() for w in row) <= 2.5 * shipped().temperature
    assert classify("the tests fail with a KeyError", learned=learned).kind is TaskKind.BUG_FIXING
    nonsense = (Corrected(id="x", at=1.0, kind="NOTHING", buckets=(1,)),)
    assert taught(nonsense) == {}


def test_a_described_request_is_about_its_only_definition() -> None:
    stub = described("def area(w):\n    pass\n", language="python")
    assert stub.scope is not None
    assert stub.scope.is_stub
    assert classify("", document=stub.document, scope=stub.scope).kind is TaskKind.CODE_GENERATION
    two = described("def a():\n    pass\n\n\ndef b():\n    pass\n", path="x.py")
    assert two.scope is not None
    assert two.scope.kind == "module"
    assert described().document is None
    told = described(diagnostics=["S608 possible SQL injection", "unused variable"])
    assert [each.aspect for each in told.diagnostics] == ["security", "correctness"]


def test_what_a_request_demands_is_told() -> None:
    result = classify("I have chest pain, should I take aspirin?")
    assert result.stakes == "medical"
    assert "doctor" in result.warning
    assert classify("fix the crash").warning == ""
    assert classify("what is the capital of France?").latency == "instant"
    assert "MATH_REASONING" in classify("solve x^2 = 4").capabilities
    assert classify("solve x^2 = 4").domain == "maths"
    assert classify("write a poem about rain").domain == "writing"
    assert classify("refactor this function").domain == "code"
    ranked = classify("fix the crash").ranked
    assert len(ranked) == len(KINDS)
    assert [chance for _, chance in ranked] == sorted((c for _, c in ranked), reverse=True)


def test_a_few_words_go_on_with_the_request_before() -> None:
    before = (TaskKind.CREATIVE,)
    alone = dict(classify("one more, shorter").ranked)[TaskKind.CREATIVE]
    result = classify("one more, shorter", earlier=before)
    assert dict(result.ranked)[TaskKind.CREATIVE] > 10 * alone
    assert classify("fix the crash", earlier=before).kind is TaskKind.BUG_FIXING
    assert classify("now fix the crash in the parser", earlier=before).kind is TaskKind.BUG_FIXING


def test_doubt_is_visible() -> None:
    assert classify("").unsure
    assert not classify("add a docstring to this function").unsure


def test_the_two_parts_share_no_request() -> None:
    unseen = {each.text.casefold() for each in labelled("unseen") if each.text}
    training = {each.text.casefold() for each in labelled("training") if each.text}
    assert not unseen & training
    counts = dict.fromkeys(KINDS, 0)
    for each in labelled("unseen"):
        counts[each.kind] += 1
    assert min(counts.values()) >= 100
    assert json.dumps([each.given for each in labelled("training")])


def test_fitting_repeats_and_learns() -> None:
    examples = [Example(((n % 7, 1.0), (7 + n % 2, 1.0)), n % 2) for n in range(200)]
    one, two = Model(2, 9), Model(2, 9)
    one.fit(examples, rounds=3, seed=5)
    two.fit(examples, rounds=3, seed=5)
    assert (one.weights == two.weights).all()
    assert all(max(range(2), key=one.scores(x.found).__getitem__) == x.label for x in examples)
    assert sum(softmax([1.0, 2.0])) == pytest.approx(1)
    assert temperature_for([([4.0, 0.0], 0), ([4.0, 0.0], 1)]) == pytest.approx(8.0, abs=0.1)


def test_what_counts_more_wins_where_examples_disagree() -> None:
    one, other = Example(((0, 1.0),), 0), Example(((0, 1.0),), 1, weight=3.0)
    model = Model(2, 1)
    model.fit([one, other], rounds=20, seed=1)
    assert model.scores(one.found)[1] > model.scores(one.found)[0]


def test_softening_repeats_and_learns_the_same_sides() -> None:
    examples = [Example(((at % 4, 1.0), (4 + at % 2, 1.0)), at % 2) for at in range(20)]
    one, two = Model(2, 9), Model(2, 9)
    for model in (one, two):
        model.soften(examples, share=0.4, rounds=5, seed=3)
    assert (one.weights == two.weights).all()
    assert not one.weights[6:9].any()  # what no example has
    assert all(max(range(2), key=one.scores(x.found).__getitem__) == x.label for x in examples)


def test_an_outline_is_the_same_whatever_is_spoken_of() -> None:
    one = features("The parcels vanish after the second scan.", Place(), ()).outline
    other = features("The tickets flicker after the second reload.", Place(), ()).outline
    assert one == other != ()
    asked = features("The tickets flicker after the second reload?", Place(), ()).outline
    assert asked != other
    assert "o:^ the -s" in one


def test_other_languages_have_an_outline_of_their_own() -> None:
    found = features("Die Karten flackern nach dem Laden.", Place(), ()).outline
    assert "o:^ die -en" in found
    assert "o:nach dem -en" in found


@pytest.mark.parametrize("text", ["画面が点滅する", ""])
def test_words_without_blanks_have_no_outline(text: str) -> None:
    assert features(text, Place(), ()).outline == ()
