"""What a definition visibly is, ready to be written as documentation; knows no style."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter, attribute, result or exception.

    `name` is shown as written (`*args`), `type` and `default` are source text. `known` is a
    sentence of what is known beside them; `words` one that adds nothing to the name, for styles
    in which an entry must say something.
    """

    name: str = ""
    type: str = ""
    default: str = ""
    known: str = ""
    words: str = ""

    @property
    def bare(self) -> str:
        """The name without stars."""
        return self.name.lstrip("*")

    @property
    def tells(self) -> bool:
        """Whether it says more than its name."""
        return bool(self.type or self.default or self.known)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a documentation of one definition may say."""

    summary: str
    parameters: tuple[Entry, ...] = ()
    attributes: tuple[Entry, ...] = ()
    returns: Entry | None = None
    yields: Entry | None = None
    raises: tuple[Entry, ...] = ()
    panics: Entry | None = None

    @property
    def only_summary(self) -> bool:
        """Whether one line says it all."""
        lists = (self.parameters, self.attributes, self.raises)
        return not any(lists) and self.returns is None and self.yields is None
