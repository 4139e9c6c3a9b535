"""What a found credential is, and the one call that finds them; the ways are in `detectors`."""

from __future__ import annotations

from dataclasses import dataclass

from camus.source import Span

PLACEHOLDER = "CAMUS_SECRET"
"""How the placeholders begin that stand for secrets in a prompt; never a secret themselves."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential at a place; `kind` names the rule, never the value."""

    kind: str
    span: Span


def scan(text: str) -> tuple[Secret, ...]:
    """The credentials in a text, in order and not overlapping.

    Takes time linear in the text: about 5 ms for 20,000 characters of code.
    """
    # Compiling some hundred patterns is not for the start of the server.
    from camus.privacy.detectors import detect

    return detect(text)
