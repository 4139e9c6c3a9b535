"""The gate: what goes out, what does not, and what a user is told."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camus.privacy import (
    THIS_MACHINE,
    Cleared,
    Denied,
    Destination,
    Message,
    Prompt,
    Rules,
    clear,
    scan,
)

REMOTE = Destination("api.openai.com", local=False)
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def token(seed: int = 0) -> str:
    return "gh" + "p_" + "".join(random.Random(seed).choices(ALNUM, k=36))


def prompt(*texts: str, sources: tuple[str, ...] = ("file:///w/a%20b.py",)) -> Prompt:
    return Prompt(tuple(Message("user", text) for text in texts), sources, version="1", tags=("x",))


def allowed(secrets: str = "block") -> Rules:
    mode = "placeholder" if secrets == "placeholder" else "block"
    return Rules(consents=frozenset({REMOTE.name}), secrets=mode)


def test_only_the_gate_makes_a_cleared() -> None:
    with pytest.raises(TypeError, match=r"only privacy\.clear"):
        Cleared(prompt("x"), REMOTE)


def test_this_machine_gets_everything_even_secrets_without_consent() -> None:
    given_prompt = prompt(f"key = '{token()}'")
    cleared = clear(given_prompt, THIS_MACHINE, Rules())
    assert isinstance(cleared, Cleared)
    assert cleared.prompt == given_prompt
    assert cleared.restore("CAMUS_SECRET_1_") == "CAMUS_SECRET_1_"


def test_another_place_needs_consent_and_the_message_says_how() -> None:
    denied = clear(prompt("x = 1"), REMOTE, Rules())
    assert isinstance(denied, Denied)
    assert denied.reason == "consent"
    assert "camus consent grant api.openai.com" in denied.message


@pytest.mark.parametrize("name", ["openai.com", "API.OPENAI.COM", "api.openai.com:80", ""])
def test_consent_is_for_exactly_one_name(name: str) -> None:
    denied = clear(prompt("x = 1"), REMOTE, Rules(consents=frozenset({name})))
    assert isinstance(denied, Denied)


def test_with_consent_clean_code_goes_out_unchanged() -> None:
    cleared = clear(prompt("x = 1"), REMOTE, allowed())
    assert isinstance(cleared, Cleared)
    assert (cleared.prompt, cleared.destination) == (prompt("x = 1"), REMOTE)


@pytest.mark.parametrize("place", [THIS_MACHINE, REMOTE])
def test_an_ignored_file_goes_nowhere(place: Destination) -> None:
    rules = Rules(consents=frozenset({REMOTE.name}), ignored=lambda uri: uri.endswith(".env"))
    denied = clear(prompt("x", sources=("file:///w/a.py", "file:///w/.env")), place, rules)
    assert isinstance(denied, Denied)
    assert denied.reason == "ignored"
    assert ".env" in denied.message
    assert "a.py" not in denied.message
    assert ".camusignore" in denied.message


def test_a_secret_blocks_and_is_named_by_kind_and_place_but_never_shown() -> None:
    denied = clear(prompt("x = 1", f"a\nb\nkey = '{token()}'"), REMOTE, allowed())
    assert isinstance(denied, Denied)
    assert denied.reason == "secret"
    assert "GitHub token in line 3 of the user message" in denied.message
    assert "a b.py" in denied.message
    assert "camus privacy scan FILE" in denied.message
    assert token()[4:] not in repr(denied)


def test_many_secrets_make_a_short_message() -> None:
    denied = clear(prompt("\n".join(token(n) for n in range(9))), REMOTE, allowed())
    assert isinstance(denied, Denied)
    assert "and 6 more" in denied.message


def test_consent_is_asked_before_the_scan_so_that_a_denial_tells_nothing() -> None:
    denied = clear(prompt(token()), REMOTE, Rules(secrets="placeholder"))
    assert isinstance(denied, Denied)
    assert denied.reason == "consent"


def test_placeholders_stand_for_values_and_are_turned_back() -> None:
    first, second = token(1), token(2)
    text = f"a = '{first}'\nb = '{second}'\nc = '{first}'"
    cleared = clear(prompt(text), REMOTE, allowed("placeholder"))
    assert isinstance(cleared, Cleared)
    (message,) = cleared.prompt.messages
    assert message.content == "a = 'CAMUS_SECRET_1_'\nb = 'CAMUS_SECRET_2_'\nc = 'CAMUS_SECRET_1_'"
    assert cleared.restore(message.content) == text
    assert cleared.restore("x CAMUS_SECRET_2_ camus_secret_1_ CAMUS_SECRET_") == (
        f"x {second} camus_secret_1_ CAMUS_SECRET_"
    )
    assert (cleared.prompt.sources, cleared.prompt.tags) == (prompt("").sources, ("x",))


def test_a_value_is_replaced_also_where_nothing_says_that_it_is_secret() -> None:
    cleared = clear(
        prompt("password = 'Tr0ub4dor&3'", "it is Tr0ub4dor&3"), REMOTE, allowed("placeholder")
    )
    assert isinstance(cleared, Cleared)
    assert "Tr0ub4dor" not in repr(cleared.prompt)


def test_placeholders_never_collide_with_the_text() -> None:
    text = f"CAMUS_SECRET_1_ CAMUS_SECRET_1_1_ {token()}"
    cleared = clear(prompt(text), REMOTE, allowed("placeholder"))
    assert isinstance(cleared, Cleared)
    (message,) = cleared.prompt.messages
    assert message.content == "CAMUS_SECRET_1_ CAMUS_SECRET_1_1_ CAMUS_SECRET_2_1_"
    assert cleared.restore(message.content) == text


def test_the_placeholder_of_a_longer_number_is_not_taken_for_a_shorter_one() -> None:
    text = "\n".join(token(n) for n in range(12))
    cleared = clear(prompt(text), REMOTE, allowed("placeholder"))
    assert isinstance(cleared, Cleared)
    assert cleared.restore(cleared.prompt.messages[0].content) == text
    assert cleared.restore("CAMUS_SECRET_11_") == token(10)


def test_a_secret_that_only_appears_after_replacing_still_blocks() -> None:
    # Behind the letter of another word no token begins; behind a placeholder one does.
    text = f"password = 'Tr0ub4dor3'\nx = Tr0ub4dor3{token()}"
    assert len(scan(text)) == 1
    outcome = clear(prompt(text), REMOTE, allowed("placeholder"))
    assert isinstance(outcome, Denied)
    assert outcome.reason == "secret"


PIECES = st.one_of(
    st.text(alphabet="CAMUS_SECRET12 \n'=x", max_size=30),
    st.integers(0, 4).map(token),
    st.integers(0, 4).map(lambda n: f"password = 'Pa5s!{n}wrd'\n"),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=1, max_size=3))
def test_what_goes_out_is_clean_and_comes_back_exactly(texts: list[str]) -> None:
    outcome = clear(prompt(*texts), REMOTE, allowed("placeholder"))
    if isinstance(outcome, Denied):
        assert any(map(scan, texts))
        return
    sent = [message.content for message in outcome.prompt.messages]
    assert not any(map(scan, sent))
    assert [outcome.restore(text) for text in sent] == texts
