"""Trust and consent as the user gave them, kept in the user's own folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Consent:
    """A destination the user agreed to, and when (ISO 8601, UTC)."""

    destination: str
    granted: str


class Ledger:
    """The one file that holds trust and consent; written atomically, mode 0600.

    An unreadable or damaged file counts as no trust and no consent and is said in `problem`.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder/permissions.json`; nothing is created before something is granted."""
        raise NotImplementedError

    problem: str
    """What is wrong with the file, or empty."""

    def trusted(self, workspace: Path, digest: str) -> bool:
        """Whether this workspace is trusted with exactly this configuration."""
        raise NotImplementedError

    def trust(self, workspace: Path, digest: str, *, now: str) -> None:
        """Trust the workspace while its configuration has this digest."""
        raise NotImplementedError

    def untrust(self, workspace: Path) -> bool:
        """Take trust back; False when there was none."""
        raise NotImplementedError

    def consents(self) -> tuple[Consent, ...]:
        """All destinations agreed to."""
        raise NotImplementedError

    def grant(self, destination: str, *, now: str) -> None:
        """Agree that code is sent to a destination."""
        raise NotImplementedError

    def revoke(self, destination: str) -> bool:
        """Take consent back; False when there was none."""
        raise NotImplementedError
