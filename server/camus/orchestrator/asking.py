"""One model asked once: prompt, gate, cache, generation, reply; every refusal is a value."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from camus import actions, privacy
from camus.actions import (
    SHIPPED,
    BadReply,
    Chunk,
    Draft,
    Manner,
    Note,
    Sufficing,
    Task,
    Templates,
    TooLarge,
    Written,
)
from camus.config import (
    BackendKind,
    ClassTimeouts,
    Complexity,
    Config,
    family_of,
    fill_of,
)
from camus.models import (
    Completion,
    Enough,
    Limits,
    Looped,
    ModelError,
    Models,
    Profile,
    Sampling,
    Turn,
    Usage,
)
from camus.orchestrator.aside import aside
from camus.orchestrator.flights import Flights
from camus.orchestrator.recipes import recipe
from camus.orchestrator.store import Store
from camus.privacy import Cleared, Denied, Prompt
from camus.routing import Choice

OnText = Callable[[str, Callable[[], str]], None]
"""Gets a model's name and what makes the text so far, at each piece; making it costs something."""
CHARACTERS_A_TOKEN = 3.0
_COMPLETES = frozenset({BackendKind.OLLAMA, BackendKind.OPENAI})
"""The protocols that take a text as it is, without a conversation around it."""
LEAST_ANSWER, TEXT_ANSWER, OPINION_ANSWER = 512, 1024, 512
TEMPERATURE, TOP_P = 0.2, 0.95
"""Where neither the family nor the configuration says otherwise."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one model made of a prompt; `draft` is None with the reason in `state` and `detail`."""

    state: Literal["ok", "bad_reply", "error", "denied"]
    draft: Draft | None = None
    detail: str = ""
    error: str = ""
    """The name for the journal: an error's class, `BadReply:reason`, `Denied:reason`."""
    prompt: Prompt | None = None
    reply: str = ""
    completion: Completion | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """What asking needs beside the task: the models, the gate's rules, the cache."""

    config: Config
    models: Models
    rules: privacy.Rules
    store: Store
    flights: Flights[Completion]
    fresh: bool = False
    templates: Templates = SHIPPED
    on_text: OnText | None = None
    """Hears an answer in words while it is written; see `Orchestrator.perform`."""
    to_the_end: bool = False
    """Whether a reply is heard to its end though its code is there: other files may follow."""

    async def ask(
        self,
        task: Task,
        choice: Choice,
        profile: Profile,
        chunks: Sequence[Chunk],
        heard: Sequence[Note] = (),
    ) -> Answer:
        """Ask the model of a choice for a draft of the task; it hears what others said."""
        sampling = sampling_for(task, choice, self.config, profile)
        if task.cursor is not None and (filled := await self._filled(task, profile, sampling)):
            return filled
        made = await self.write(task, choice, profile, chunks, heard)
        if isinstance(made, TooLarge):
            return Answer("error", detail=made.message, error="TooLarge")
        return await self.send(task, made.prompt, profile, sampling)

    async def _filled(self, task: Task, profile: Profile, sampling: Sampling) -> Answer | None:
        """What the model fills in by itself; None where it has to be asked in words."""
        fill = fill_of(profile.model)
        if fill is None or profile.backend not in _COMPLETES or not profile.place.local:
            return None
        prompt = actions.fill_prompt(task, fill, window=profile.window)
        if prompt is None:
            return None
        tokens = min(sampling.max_tokens, actions.FILL_ANSWER)
        sampling = replace(sampling, max_tokens=tokens, stop=fill.stops, schema="", grammar="")
        said = await self._completed(task, prompt, profile, sampling)
        if said.completion is None:
            return said if said.state == "denied" else None
        draft = actions.read_fill(task, said.reply, finish=said.completion.finish)
        if isinstance(draft, BadReply):
            return replace(said, state="bad_reply", detail=draft.message, prompt=None)
        return replace(said, draft=draft, prompt=None)

    async def write(
        self,
        task: Task,
        choice: Choice,
        profile: Profile,
        chunks: Sequence[Chunk],
        heard: Sequence[Note] = (),
    ) -> Written | TooLarge:
        """The prompt that the model of a choice is asked with, not yet cleared."""
        manner = self._manner(profile)
        kept = sampling_for(task, choice, self.config, profile).max_tokens
        made = await aside(
            task.document,
            len(task.code) + sum(len(chunk.text) for chunk in chunks),
            actions.written,
            task,
            chunks,
            window=profile.window,
            answer=kept
            + (actions.notes_tokens(heard) if heard else 0)
            + actions.schema_tokens(choice.schema),
            step=choice.step,
            manner=manner,
        )
        if heard and isinstance(made, Written):
            made = replace(made, prompt=actions.with_notes(made.prompt, heard, manner))
        if choice.schema and isinstance(made, Written):
            made = replace(made, prompt=actions.with_schema(made.prompt, choice.schema, manner))
        return made

    def _manner(self, profile: Profile) -> Manner:
        return Manner(self.templates, family_of(profile.model))

    async def repair(
        self, task: Task, choice: Choice, profile: Profile, first: Answer, complaint: str
    ) -> Answer:
        """Ask once more with the concrete finding."""
        if first.prompt is None:
            return first
        sampling = sampling_for(task, choice, self.config, profile)
        manner = self._manner(profile)
        prompt = actions.repair_prompt(task, first.prompt, first.reply, complaint, manner)
        prompt = actions.with_schema(prompt, choice.schema, manner)
        return await self.send(task, prompt, profile, sampling)

    async def opinion(self, before: Task, after: Task, choice: Choice, profile: Profile) -> Answer:
        """Ask a second model what it thinks of a draft; the answer holds a reply and no draft."""
        sampling = replace(
            sampling_for(before, choice, self.config, profile),
            max_tokens=min(OPINION_ANSWER, profile.window // 2),
            schema="",  # a verdict has a form of its own
            grammar="",
        )
        prompt = await asyncio.to_thread(
            actions.opinion_prompt,
            before,
            after,
            window=profile.window,
            answer=sampling.max_tokens,
            manner=self._manner(profile),
        )
        if isinstance(prompt, TooLarge):
            return Answer("error", detail=prompt.message, error="TooLarge")
        return await self._completed(before, prompt, profile, sampling)

    async def send(
        self, task: Task, prompt: Prompt, profile: Profile, sampling: Sampling
    ) -> Answer:
        """Clear a prompt, have it answered and read the reply."""
        enough = self._enough(task, sampling)
        said = await self._completed(task, prompt, profile, sampling, enough)
        if said.completion is None:
            return said
        size = len(task.code) + len(said.reply)
        given = task, prompt, said.reply, said.completion, said.cached
        return await aside(task.document, size, read, *given)

    async def _completed(
        self,
        task: Task,
        prompt: Prompt,
        profile: Profile,
        sampling: Sampling,
        enough: Enough | None = None,
    ) -> Answer:
        """Clear a prompt and have it answered, from the cache where it was before."""
        cleared = privacy.clear(prompt, profile.place, self.rules)
        if isinstance(cleared, Denied):
            return Answer(
                "denied", detail=cleared.message, error=f"Denied:{cleared.reason}", prompt=prompt
            )
        key = recipe(cleared.prompt, profile, sampling)
        kept = None if self.fresh else self.store.get(key)
        if kept is not None:
            completion = Completion(kept, "stop", profile.name, Usage(), 0.0, 0.0)
        else:
            limits = limits_for(self.config, task.classified.complexity)
            turn, heard = turn_of(task), self._heard(task, profile, cleared)
            ask = partial(self.models.generate, profile.name, cleared, sampling, limits, heard)
            try:
                completion = await self.flights.join(key, partial(ask, turn=turn, enough=enough))
            except ModelError as error:
                looped = error.completion if isinstance(error, Looped) else None
                if looped is None or not _worth_reading(task, looped.text):
                    return Answer(
                        "error", detail=told(error), error=type(error).__name__, prompt=prompt
                    )
                completion = looped
            if completion.finish in {"stop", "enough"}:
                self.store.put(key, completion.text)
        reply = cleared.restore(completion.text)
        return Answer(
            "ok", prompt=prompt, reply=reply, completion=completion, cached=kept is not None
        )

    def _enough(self, task: Task, sampling: Sampling) -> Enough | None:
        """What ends a reply once its code is there; None where more than that is wanted."""
        code = task.action.produces == "edit" and task.cursor is None
        bound = sampling.schema or sampling.grammar
        return partial(Sufficing, task) if code and not (bound or self.to_the_end) else None

    def _heard(
        self, task: Task, profile: Profile, cleared: Cleared
    ) -> Callable[[str], None] | None:
        """What takes each piece of an answer in words, a review too, and tells the whole so far."""
        tell = self.on_text
        if tell is None or task.action.produces == "edit":
            return None
        pieces: list[str] = []

        def hear(piece: str) -> None:
            pieces.append(piece)
            tell(profile.name, lambda: _so_far(cleared, pieces))

        return hear


def _so_far(cleared: Cleared, pieces: list[str]) -> str:
    """An answer under way, without its thinking and with its placeholders restored."""
    return actions.final_answer(cleared.restore("".join(pieces))).text


def _worth_reading(task: Task, text: str) -> bool:
    """Whether an answer that went round in circles is of use: the beginning of words is, and code
    that was whole before; half a review would say that the rest is well.
    """
    if task.action.produces == "edit":
        return actions.talks_on(task, text, least=1)
    return task.action.produces == "text"


def turn_of(task: Task) -> Turn:
    """For whom a request is made, when more is asked than the servers take at once."""
    return Turn("edit" if task.action.produces == "edit" else "explain", task.project)


def read(task: Task, prompt: Prompt, reply: str, completion: Completion, cached: bool) -> Answer:
    """The answer in a reply."""
    draft = actions.read(task, reply, finish=completion.finish, prompt=prompt)
    if isinstance(draft, BadReply):
        return Answer(
            "bad_reply",
            detail=draft.message,
            error=f"BadReply:{draft.reason}",
            prompt=prompt,
            reply=reply,
            completion=completion,
            cached=cached,
        )
    return Answer(
        "ok", draft=draft, prompt=prompt, reply=reply, completion=completion, cached=cached
    )


def told(error: ModelError) -> str:
    """An error as a sentence with what would help."""
    return f"{error}; {error.advice}" if error.advice else str(error)


def sampling_for(task: Task, choice: Choice, config: Config, profile: Profile) -> Sampling:
    """The sampling of a task: room for the answer, the family's, the model's, the composite's."""
    edit = task.action.produces == "edit"
    tokens = int(len(task.code) / CHARACTERS_A_TOKEN * 1.5) + LEAST_ANSWER if edit else TEXT_ANSWER
    family = family_of(profile.model)
    values: dict[str, float] = {
        "temperature": TEMPERATURE if family.temperature is None else family.temperature,
        "top_p": TOP_P if family.top_p is None else family.top_p,
        "max_tokens": min(tokens, profile.window // 2),
    }
    model = config.models.get(profile.name)
    if model is not None:
        own = model.parameters
        given = (own.temperature, own.top_p, own.max_tokens, own.seed)
        names = ("temperature", "top_p", "max_tokens", "seed")
        values |= {k: v for k, v in zip(names, given, strict=True) if v is not None}
    values |= dict(choice.parameters)
    return Sampling(
        temperature=values["temperature"],
        top_p=values["top_p"],
        max_tokens=int(values["max_tokens"]),
        seed=int(values["seed"]) if "seed" in values else None,
        schema=choice.schema,
        grammar=choice.grammar,
    )


def limits_for(config: Config, complexity: Complexity) -> Limits:
    """The hard limits of one generation for a task of this complexity."""
    timeouts = config.timeouts
    own = timeouts.by_complexity.get(complexity, _AS_FOR_ALL)
    return Limits(
        connect=own.connect or timeouts.connect,
        first_token=own.first_token or timeouts.first_token,
        idle=own.idle or timeouts.idle,
        total=own.total or timeouts.total,
    )


_AS_FOR_ALL = ClassTimeouts()
