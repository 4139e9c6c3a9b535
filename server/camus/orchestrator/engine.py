"""The one story of a request; the only place where rooms meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from camus.actions import Offer
from camus.analysis import Finding, Tools
from camus.config import Config, Loaded
from camus.journal import Journal, Verdict
from camus.models import Models, Profile
from camus.orchestrator.values import Outcome, Request, Stage
from camus.privacy import Ledger
from camus.source import Document, Span

Watch = Callable[[Stage], None]


class Orchestrator:
    """One engine for one set of workspace folders; a face owns it and closes it."""

    config: Config
    loaded: Loaded
    tools: Tools
    journal: Journal
    ledger: Ledger
    models: Models
    roots: tuple[Path, ...]

    def offer(
        self,
        document: Document,
        span: Span,
        diagnostics: Sequence[Finding] = (),
        *,
        only: Sequence[str] = (),
        automatic: bool = False,
    ) -> tuple[Offer, ...]:
        """What can be asked here; asks no model."""
        raise NotImplementedError

    async def perform(self, request: Request, watch: Watch = lambda _stage: None) -> Outcome:
        """Answer a request. Cancelling closes the model's stream; only cancellation escapes."""
        raise NotImplementedError

    def hover(self, document: Document, span: Span) -> str:
        """The structural summary of a symbol, with the model's explanation of exactly this code
        when there is one in the cache.
        """
        raise NotImplementedError

    async def ready(self) -> tuple[Profile, ...]:
        """The models as they are now; asks the servers when that was not done for a while."""
        raise NotImplementedError

    def outcome(self, id: str = "") -> Outcome | None:
        """A recent answer by its id, the last one without; for `showDecision`."""
        raise NotImplementedError

    def feedback(self, id: str, verdict: Verdict) -> bool:
        """Take what the user did with an answer; False when the id is not known."""
        raise NotImplementedError

    async def reload(self, editor: Mapping[str, object] | None = None) -> Loaded:
        """Read the configuration again, with new editor settings when given.

        Requests in flight keep the configuration that they began with.
        """
        raise NotImplementedError

    def observe(self, document: Document) -> None:
        """Let retrieval see an open document instead of its file."""
        raise NotImplementedError

    def forget(self, uri: str) -> None:
        """The document was closed: retrieval reads the file again."""
        raise NotImplementedError

    async def close(self) -> None:
        """End tools, models and the journal."""
        raise NotImplementedError
