"""What holds for an answer in any protocol while it comes: its pace, its size, no endless loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from camus.models.backend import Limits, Piece
from camus.models.contact import Complaint, Contact, broken_off, malformed, too_long
from camus.models.errors import Cut, Looped, Malformed, ModelError
from camus.models.repetition import ANOTHER, ROUND, Repetition
from camus.models.tokens import sure_minimum, was_cut
from camus.models.transport import Call, Http, Pace
from camus.privacy import Prompt


class Answer:
    """One answer as it comes; thinking counts for its limits and is not part of its text."""

    def __init__(self, http: Http, call: Call, limits: Limits, pace: Pace) -> None:
        """Watch the answer to a call."""
        self.call = call
        self.pace = pace
        self._http = http
        self._thought = Repetition((call.sent,))
        self._left = limits.characters

    @property
    def contact(self) -> Contact:
        """The server, as messages name it."""
        return self._http.contact

    def take(self, text: str | None) -> str:
        """The text again; raises `Malformed` when there is too much."""
        if not text:
            return ""
        self.pace.progress()
        self._left -= len(text)
        if self._left < 0:
            raise Malformed(
                f"{self.contact.shown} answered more than was allowed",
                advice="ask for less at once",
            )
        return text

    def think(self, text: str | None) -> None:
        """Take what is thought aloud; raises `Looped` too, when it goes round in circles."""
        if self._thought.endless(self.take(text)):
            raise Looped(f"The model at {self.contact.shown} {ROUND}", advice=ANOTHER)

    def complained(self, error: Complaint | str) -> ModelError:
        """The error for a complaint inside the answer."""
        said = Complaint(error) if isinstance(error, str) else error
        return broken_off(self.contact, said, model=self.call.model, sent=self.call.sent)

    def cut_short(self) -> Cut:
        """The error for a stream that ended without saying so."""
        return Cut(
            f"{self.contact.shown} ended its answer without finishing it",
            advice="try again; if it stays so, look into the server's log",
        )

    def strange(self) -> Malformed:
        """The error for a line that the protocol does not know."""
        return malformed(self.contact, "sent a line that is not of its protocol")

    def check_read(
        self, prompt: Prompt, read: int | None, window: int, *, counts_all: bool, exact: bool
    ) -> None:
        """Raise `Overflow` when the server read less of the prompt than was sent."""
        sent = sure_minimum(prompt)
        if was_cut(read, sent, window, counts_all=counts_all, exact=exact):
            raise too_long(self.contact, f": it read {read} tokens of a longer prompt")


class Reader(Protocol):
    """One protocol's side of an answer; waits for nothing, so it can be tried without a server."""

    def read(self, line: bytes) -> str:
        """The text in a line, often empty, not yet taken; raises `ModelError`."""
        ...

    def last(self) -> Piece:
        """The final piece once no line is left; raises `ModelError` when it was cut."""
        ...


async def streamed(
    http: Http, limits: Limits, answer: Answer, reader: Reader
) -> AsyncGenerator[Piece, None]:
    """The pieces of an answer, what came together as one; closing this closes the connection."""
    async with aclosing(http.lines(answer.call, limits, answer.pace)) as arrivals:
        async for lines in arrivals:
            texts: list[str] = []
            try:
                for line in lines:
                    texts.append(reader.read(line))  # noqa: PERF401 - an error keeps what came before it
            except ModelError:
                if text := answer.take("".join(texts)):
                    yield Piece(text)  # it was said before what is wrong
                raise
            if text := answer.take("".join(texts)):
                yield Piece(text, count=len(texts) - texts.count(""))
    yield reader.last()


def text_of(prompt: Prompt) -> str:
    """All that a prompt says."""
    return "\n".join(message.content for message in prompt.messages)


def filled(prompt: Prompt) -> str | None:
    """The raw text of a prompt that is to be filled in; None for a conversation."""
    if prompt.fill is None:
        return None
    above, below = (message.content for message in prompt.messages)
    return prompt.fill.text(above, below)


def messages_of(prompt: Prompt) -> list[dict[str, str]]:
    """The conversation as both protocols spell it."""
    return [{"role": message.role, "content": message.content} for message in prompt.messages]
