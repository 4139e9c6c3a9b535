"""What is added at the end of a prompt: what others said, and the form of the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from camus.actions.prompts import Manner
from camus.actions.templating import PLACEHOLDER, version_of
from camus.actions.tokens import estimate_tokens
from camus.privacy import Message, Prompt

MOST_CHARACTERS = 6_000
"""Of one note; what is longer is cut, for it crowds out the code."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a colleague said: who in a few words (`planner llama3`), and the words."""

    speaker: str
    text: str


def with_notes(made: Prompt, notes: Sequence[Note], manner: Manner) -> Prompt:
    """The prompt with the notes after everything else, so that what stands before stays the same.

    A server that keeps the beginning of a prompt need not read it again. The notes are data
    between tags of their own: a model's words are no instructions either.
    """
    if not notes:
        return made
    used = manner.templates.find("notes", "", manner.family.name)
    shown = "\n".join(f"{note.speaker}:\n{note.text[:MOST_CHARACTERS].strip()}" for note in notes)
    tag = f"said-{hashlib.sha256(shown.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    section = PLACEHOLDER.sub(lambda _found: f"<{tag}>\n{shown}\n</{tag}>", used.text)
    return _ended(made, section, version_of((used,)), (tag,))


def with_schema(made: Prompt, schema: str, manner: Manner) -> Prompt:
    """The prompt with the JSON schema that the answer must fit, in words, at its end.

    Also for a server that is bound to it: a model that knows the form writes better within it.
    """
    if not schema:
        return made
    used = manner.templates.find("schema", "", manner.family.name)
    return _ended(made, PLACEHOLDER.sub(lambda _found: schema, used.text), version_of((used,)))


def _ended(made: Prompt, section: str, version: str, tags: tuple[str, ...] = ()) -> Prompt:
    """The prompt with a section after everything else."""
    last = made.messages[-1]
    messages = (*made.messages[:-1], Message(last.role, f"{last.content}\n{section}"))
    both = hashlib.sha256(f"{made.version}\0{version}".encode()).hexdigest()[:12]
    return replace(made, messages=messages, version=both, tags=(*made.tags, *tags))


def schema_tokens(schema: str) -> int:
    """An estimate of what a schema takes of a window."""
    return estimate_tokens(schema) + 32 if schema else 0


def notes_tokens(notes: Sequence[Note]) -> int:
    """An estimate of what the notes take of a window."""
    return sum(estimate_tokens(note.text[:MOST_CHARACTERS]) + 16 for note in notes)
