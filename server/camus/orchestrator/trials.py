"""What a model does when it is asked directly: whether it answers, how far it reads, how fast."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from camus.models import Completion, Limits, ModelError, Overflow, Profile, Sampling, Turn
from camus.orchestrator.engine import Orchestrator
from camus.privacy import Denied, Message, Prompt, clear

Ask = Callable[
    [str, Prompt, Sampling, Limits, Callable[[str], None] | None], Awaitable[Completion | Denied]
]
"""A model's name, the prompt, how to generate, the limits, and who gets the pieces."""

LIMITS = Limits(first_token=120.0, idle=30.0, total=180.0)
WORD = "wind "
"""One token in most vocabularies; how many it is in this one is measured with the first prompt."""
FIRST_WORDS = 64
READ_UP_TO = (512, 2_048, 8_192, 32_768)
"""Prompt sizes in tokens at which it is looked how far a model reads; larger ones cost minutes."""
LENGTHS = (64, 512, 2_048)
"""Prompt sizes of a benchmark."""
ANSWER = 64
"""Tokens asked for in a benchmark."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a model; sizes in tokens, times in seconds.

    `reads` is the longest prompt that was read whole, `window` what the model is believed to
    read. `problem` says what went wrong, `advice` what would help.
    """

    name: str
    answers: bool = False
    streams: bool = False
    reads: int = 0
    window: int = 0
    first_token: float = 0.0
    problem: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Speed:
    """The speed at one prompt length, medians over the rounds; 0 tokens a second: not counted."""

    name: str
    prompt_tokens: int
    rounds: int
    first_token: float
    tokens_a_second: float


def asker(engine: Orchestrator) -> Ask:
    """How to ask one model by name, past all routing; the gate stands as ever."""

    async def ask(
        name: str,
        prompt: Prompt,
        sampling: Sampling,
        limits: Limits,
        on_text: Callable[[str], None] | None,
    ) -> Completion | Denied:
        models = engine.models
        place = next(each.place for each in models.profiles() if each.name == name)
        cleared = clear(prompt, place, engine.rules(engine.config))
        if isinstance(cleared, Denied):
            return cleared
        turn = Turn("background")
        return await models.generate(name, cleared, sampling, limits, on_text, turn=turn)

    return ask


async def tried(profile: Profile, ask: Ask, *, far: bool = True) -> Trial:
    """Ask for one word, then for ever longer prompts up to the window while they are read whole."""
    prompt = _prompt("Answer with the one word: ready")
    try:
        got = await ask(profile.name, prompt, Sampling(max_tokens=32), LIMITS, _silent)
        if isinstance(got, Denied):
            return Trial(profile.name, window=profile.window, problem=got.message)
        reads, problem = await _read(profile, ask) if far else (0, "")
    except ModelError as error:
        return Trial(profile.name, window=profile.window, problem=str(error), advice=error.advice)
    return Trial(
        profile.name,
        answers=bool(got.text.strip()),
        streams=got.pieces > 1,
        reads=reads,
        window=profile.window,
        first_token=got.first_token_seconds,
        problem=problem or ("" if got.text.strip() else "it gave an empty answer"),
    )


async def _read(profile: Profile, ask: Ask) -> tuple[int, str]:
    """The longest prompt that was read whole, and what happened at the next one."""
    read = 0
    share = await _tokens_a_word(profile, ask)
    for size in _sizes(profile.window):
        prompt = _long(int(size / share))
        try:
            got = await ask(profile.name, prompt, Sampling(max_tokens=8), LIMITS, None)
        except Overflow as error:
            return read, f"at {size} tokens: {error}"
        if isinstance(got, Denied):
            return read, got.message
        read = got.usage.prompt_tokens or size
    return read, ""


async def timed(
    profile: Profile, ask: Ask, *, rounds: int, told: Callable[[int, int], None]
) -> tuple[Speed, ...]:
    """Speeds at several prompt lengths; `told` gets the calls done and those to do.

    Raises `ModelError`. Every prompt differs in its first word, so that nothing read before
    helps.
    """
    lengths = [length for length in LENGTHS if length + ANSWER <= profile.window]
    speeds = []
    share = await _tokens_a_word(profile, ask)
    for place, length in enumerate(lengths):
        firsts, rates, seen = [], [], 0
        for number in range(rounds):
            told(place * rounds + number, len(lengths) * rounds)
            prompt = _long(int(length / share), start=f"{place * rounds + number} ")
            got = await ask(profile.name, prompt, Sampling(max_tokens=ANSWER), LIMITS, _silent)
            if isinstance(got, Denied):
                return ()
            firsts.append(got.first_token_seconds)
            seen = got.usage.prompt_tokens or length
            if rate := _rate(got):
                rates.append(rate)
        pace = statistics.median(rates) if rates else 0.0
        speeds.append(Speed(profile.name, seen, rounds, statistics.median(firsts), pace))
    told(len(lengths) * rounds, len(lengths) * rounds)
    return tuple(speeds)


async def _tokens_a_word(profile: Profile, ask: Ask) -> float:
    """How many tokens a word of filler is here; 1 where the server does not count."""
    got = await ask(profile.name, _long(FIRST_WORDS), Sampling(max_tokens=1), LIMITS, None)
    if isinstance(got, Denied) or not got.usage.prompt_tokens:
        return 1.0
    return max(1.0, got.usage.prompt_tokens / FIRST_WORDS)


def _rate(got: Completion) -> float:
    """Tokens a second after the first one; 0 when the server did not count or gave but one."""
    made, seconds = got.usage.completion_tokens or 0, got.seconds - got.first_token_seconds
    return (made - 1) / seconds if made > 1 and seconds > 0 else 0.0


def _silent(_text: str) -> None:
    """Ask for a stream without looking at it."""


def _sizes(window: int) -> Iterator[int]:
    """The sizes below a window and, when it is not too large, nearly all of it."""
    yield from (size for size in READ_UP_TO if size < window * 0.8)
    if window <= READ_UP_TO[-1]:
        yield int(window * 0.8)


def _long(words: int, *, start: str = "") -> Prompt:
    return _prompt(f"{start}{WORD * words}\nAnswer with the one word: ready")


def _prompt(text: str) -> Prompt:
    return Prompt((Message("user", text),))
