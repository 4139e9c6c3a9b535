"""What the user selects, trusts and agrees to, asked with questions that every client can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from lsprotocol import types as lsp

from camus.config import Loaded, StrategyName, pipelines_of
from camus.lsp import listing
from camus.lsp.arguments import Named, Trusted, named, strategy_of, taken
from camus.lsp.client import About, Level
from camus.lsp.session import Session
from camus.orchestrator import Orchestrator, Outcome, Scope

AUTOMATIC = "Let Camus choose"
ALLOW = "Allow"
TRUST = "Trust"
NOT_NOW = "Not now"
TRUST_COMMAND = "camus trust"
"""What a problem's message names where a setting waits for trust."""

Token = lsp.ProgressToken | None
_SCOPES: dict[str, Scope] = {"document": "document", "workspace": "workspace"}


class Choices:
    """The questions of one session; what was refused once is not asked again in it."""

    def __init__(self, session: Session) -> None:
        """Ask the user of this session."""
        self._session = session
        self._refused: set[str] = set()

    async def select_model(self, arguments: object, _token: Token) -> object:
        """Lock one model for this session, a document or the workspace.

        The empty name gives the choice back.
        """
        given = named(arguments)
        async with self._session.engine() as engine:
            profiles = await engine.ready()
            names = [profile.name for profile in profiles if profile.state == "ready"]
            if not names and given.name is None:
                self._say("info", "No model is ready. `camus doctor` says what to do.")
                return None
            name = await self._named(given.name, "Which model should answer?", names)
            if name is None:
                return None
            place = next((p.place for p in profiles if p.name == name), None)
            if place and not place.local and not await self._consent(engine, place.name):
                return None
            if given.scope != "conversation":
                return self._locked(engine, name, given)
        self._session.override = replace(self._session.override, model=name)
        return name

    def _locked(self, engine: Orchestrator, name: str, given: Named) -> object:
        """Lock a model for a document or the workspace, or take the lock back."""
        places = [given.uri] if given.scope == "document" else [*map(str, engine.roots)]
        if not any(places):
            self._say("warning", f"There is no {given.scope} to lock a model for.")
            return None
        try:
            if not name:
                engine.locks.unlock(places)
            for place in places if name else ():
                engine.locks.lock(name, _SCOPES[given.scope], place)
        except OSError as error:
            self._say("error", f"The lock cannot be kept: {error.strerror}.")
            return None
        self._session.on_selected()
        return name

    async def clear_model_lock(self, _arguments: object, _token: Token) -> object:
        """Let Camus choose the models again: here, in the workspace and in its documents."""
        locked = bool(self._session.override.model)
        self._session.override = replace(self._session.override, model="")
        async with self._session.engine() as engine:
            within = engine.locks.within(engine.roots)
            taken = engine.locks.unlock(lock.place for lock in within)
        self._session.on_selected()
        return locked or bool(taken)

    async def models(self, _arguments: object, _token: Token) -> object:
        """The models as a list, for a picker of the client's own."""
        async with self._session.engine() as engine:
            return listing.models(await engine.ready(), self._session.override)

    async def pipelines(self, _arguments: object, _token: Token) -> object:
        """The pipelines as a list, for a picker of the client's own."""
        async with self._session.engine() as engine:
            profiles = await engine.ready()
            return listing.pipelines(engine, profiles, self._session.override)

    async def select_pipeline(self, arguments: object, _token: Token) -> object:
        """Use one pipeline for everything in this session; the empty name takes it back."""
        given = named(arguments)
        async with self._session.engine() as engine:
            names = list(pipelines_of(engine.config))
        name = await self._named(given.name, "Which pipeline should answer?", names)
        if name is not None:
            self._session.override = replace(self._session.override, pipeline=name)
        return name

    async def select_strategy(self, arguments: object, _token: Token) -> object:
        """Let models work together so in this session; the empty name takes it back."""
        given = named(arguments)
        name = await self._named(given.name, "How shall the models work?", list(StrategyName))
        if name is not None:
            override = replace(self._session.override, strategy=strategy_of(name))
            self._session.override = override
        return name

    async def pipeline(self) -> str:
        """The selected pipeline, the only one, or the one the user chooses now; else empty."""
        selected = self._session.override.pipeline
        async with self._session.engine() as engine:
            names = list(engine.config.pipelines)
            default = engine.config.defaults.pipeline
            ships = list(pipelines_of(engine.config))
        if selected or default or len(names) == 1:
            return selected or default or names[0]
        names = names or ships
        return await self._session.client.choose("Which pipeline should run?", names)

    async def trust(self, arguments: object, _token: Token) -> object:
        """Trust the workspace's configuration as it is now, or take trust back."""
        given = taken(arguments, Trusted)
        async with self._session.engine() as engine:
            loaded = engine.loaded
            if not loaded.digest or loaded.workspace is None:
                self._say("info", "This workspace has no Camus configuration; nothing to trust.")
                return False
            wanted = given.trust
            if wanted is None:
                wanted = await self._asked_to_trust(loaded.workspace)
            if wanted:
                engine.ledger.trust(loaded.workspace, loaded.digest, now=_now())
            else:
                engine.ledger.untrust(loaded.workspace)
        await self._session.reload()
        return wanted

    async def offer_trust(self, loaded: Loaded) -> None:
        """Ask once whether to trust a configuration of which something was left out for lack of
        trust.
        """
        left_out = any(TRUST_COMMAND in problem.message for problem in loaded.problems)
        if loaded.trusted or not left_out or loaded.digest in self._refused:
            return
        self._refused.add(loaded.digest)
        if loaded.workspace is None or not await self._asked_to_trust(loaded.workspace):
            return
        async with self._session.engine() as engine:
            engine.ledger.trust(loaded.workspace, loaded.digest, now=_now())
        await self._session.reload()

    async def _asked_to_trust(self, folder: Path) -> bool:
        question = (
            f"Trust the Camus configuration of {folder.name}? It may then name servers that your "
            "code is sent to, keys and paths. A later change of it asks again."
        )
        about = About("trust", folder.name)
        return await self._session.client.choose(question, [TRUST, NOT_NOW], about) == TRUST

    def declined(self, title: str, outcome: Outcome) -> None:
        """Tell the user why there is no answer; where only consent is missing, ask for it."""
        level: Level = "info" if outcome.state in {"done", "nothing"} else "warning"
        self._say(level, f"{title}: {outcome.message or 'there is nothing to change.'}")
        self.offer_consent_for(outcome)

    def offer_consent_for(self, outcome: Outcome) -> None:
        """Ask for consent where nothing else is missing; the question waits for nobody."""
        if outcome.state == "no_model":
            self._session.client.spawn(self._offer_consent())

    async def _offer_consent(self) -> None:
        async with self._session.engine() as engine:
            known = {consent.destination for consent in engine.ledger.consents()}
            places = (p.place for p in engine.models.profiles() if p.state == "ready")
            remote = sorted({place.name for place in places if not place.local} - known)
            if remote and await self._consent(engine, remote[0]):
                self._say("info", "Noted. It answers where you select a model there, or name it.")

    async def _consent(self, engine: Orchestrator, destination: str) -> bool:
        """Whether code may go there, asking once a session."""
        if destination in {consent.destination for consent in engine.ledger.consents()}:
            return True
        if destination in self._refused:
            return False
        question = f"Send code of this workspace to {destination}? `camus consent` takes it back."
        there = (p for p in engine.models.profiles() if p.place.name == destination)
        model = next((profile.name for profile in there if profile.state == "ready"), "")
        about = About("consent", destination, model)
        if await self._session.client.choose(question, [ALLOW, NOT_NOW], about) != ALLOW:
            self._refused.add(destination)
            return False
        engine.ledger.grant(destination, now=_now())
        return True

    async def _named(self, given: str | None, question: str, names: list[str]) -> str | None:
        """The name to select, empty for none in particular; None when nothing was chosen."""
        if given is None:
            chosen = await self._session.client.choose(question, [*names, AUTOMATIC])
            return None if not chosen else "" if chosen == AUTOMATIC else chosen
        if given and given not in names:
            self._say("warning", f"There is no {given}. There are: {', '.join(names) or 'none'}.")
            return None
        return given

    def _say(self, level: Level, message: str) -> None:
        self._session.client.show(level, message)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
