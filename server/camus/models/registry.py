"""Which models there are, and the one call that asks one of them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from camus.config import BackendKind, Balancing, Config
from camus.journal import Shared
from camus.models.asking import LIST_SECONDS, Asking, Enough, ask_for_models, gives_a_token
from camus.models.backend import Backend, Completion, Limits, Sampling
from camus.models.booking import Bookings
from camus.models.contact import Contact, missing
from camus.models.directory import Directory, each_file
from camus.models.embedding import Embedded, embedded
from camus.models.errors import (
    Missing,
    ModelError,
    Overflow,
    Rejected,
    Unauthorised,
    Unreachable,
)
from camus.models.known import known_profiles
from camus.models.line import AT_ONCE, Turn
from camus.models.loads import predicted_work
from camus.models.managing import Manager
from camus.models.measured import Measured, Observed
from camus.models.measurements import Measurements
from camus.models.memory import Memory
from camus.models.orders import Deed
from camus.models.pool import Pool
from camus.models.profiles import (
    Profile,
    State,
    drained_profile,
    generates,
    measured_profile,
    place_at,
    sentence,
)
from camus.models.replicas import Replica, Server, replica_of
from camus.models.tokens import sure_minimum
from camus.models.wanted import Race, Wanted
from camus.privacy import THIS_MACHINE, Cleared, Destination

__all__ = ["Models", "Profile", "State"]

_DISCOVERY_SECONDS = 1.0
PROBE_SECONDS = 0.5
_AFTER: Mapping[type[ModelError], State] = {
    Unreachable: "unreachable",
    Unauthorised: "unauthorised",
    Missing: "missing",
}


class Models:
    """All models of one configuration; belongs to one event loop."""

    def __init__(
        self,
        config: Config,
        *,
        backends: Callable[[BackendKind, str], Backend] | None = None,
        env: dict[str, str] | None = None,
        shared: Shared | None = None,
        attends: bool = False,
        observed: Callable[[str], Observed] = lambda _name: Observed(),
    ) -> None:
        """Prepare the models of a configuration; connects to nothing yet.

        `backends` makes the backend for a kind and a URL; tests pass their fake here. `env`
        replaces the process environment for keys. `shared` is where quotas are booked; without it
        they hold for this process. `attends` for a process that stays: it carries out what
        `camus model load` and the like order in another. `observed` tells what the journal saw.
        """
        self._lists = backends is None
        shared = shared or Shared(None)
        self.memory = Memory(shared, config.memory.budget, on_cards=config.memory.cards)
        self._directory = Directory(os.environ if env is None else env, backends, self.memory)
        self._pool = Pool(self._is_well)
        self._declared = tuple(map(self._directory.declare, each_file(config.models.values())))
        self._candidates = self._directory.discoverable() if config.server.discover else ()
        own = (declared.model for declared in self._declared)
        self._bookings = Bookings(shared, own)
        self._manager = Manager(shared)
        self._measurements = Measurements(shared, observed)
        self._attends = attends
        self._first: dict[str, asyncio.Lock] = {}
        self._asked_at = time.monotonic()
        self._profiles = self._profiled()

    async def refresh(self) -> tuple[Profile, ...]:
        """Ask every server what it has (and discover, when configured); the profiles after it."""
        configured = {server for declared in self._declared for server in declared.servers}
        looked_for = [server for server in self._candidates if server not in configured]
        async with asyncio.TaskGroup() as group:
            for server in configured:
                group.create_task(self._ask_for_models(server))
            for server in looked_for:
                group.create_task(self._ask_for_models(server, seconds=_DISCOVERY_SECONDS))
            group.create_task(self._bookings.refresh())
            group.create_task(self._manager.refresh())
            group.create_task(self._measurements.refresh())
        if self._attends:
            self._manager.attend(self._with_server)
        self._profiles = self._profiled()
        return self._profiles

    async def manage(self, name: str, do: Deed) -> tuple[str, ...]:
        """Load, unload, reload or drain a model; what came of it in sentences.

        Raises `ModelError`. A model file is loaded by the processes that stay, not by this one.
        """
        profile = self._known(name)
        servers = self._serving(profile)
        if not servers:
            raise Missing(f"{name} cannot be managed: {profile.problem}")
        said = [await self._manager.order(profile, server, do) for server in servers]
        self._profiles = self._profiled()
        return tuple(each for sentences in said for each in sentences)

    def profiles(self) -> tuple[Profile, ...]:
        """Every model known now, ready or not; configured ones first, in order."""
        return self._profiles

    def replicas(self, name: str) -> tuple[Replica, ...]:
        """The servers of a model as the pool holds them now."""
        now = self._pool.now()
        return tuple(replica_of(server, now) for server in self._serving(self._known(name)))

    @property
    def quiet_for(self) -> float:
        """Seconds since somebody asked for anything but work in the background."""
        return time.monotonic() - self._asked_at

    def idle_servers(self) -> tuple[str, ...]:
        """The URLs of the servers that answered and have no model that generates."""
        return tuple(
            server.url
            for server in self._servers.values()
            if isinstance(server.told, tuple) and not any(map(generates, server.told))
        )

    async def generate(
        self,
        name: str,
        prompt: Cleared,
        sampling: Sampling,
        limits: Limits,
        on_text: Callable[[str], None] | None = None,
        *,
        turn: Turn = AT_ONCE,
        enough: Enough | None = None,
    ) -> Completion:
        """Ask one model; raises `ModelError`. `on_text` gets each piece as it comes.

        `enough` ends the answer when nothing more of it is needed. `turn` says for whom, when more
        is asked than the servers take at once. Refuses with `ValueError` a prompt cleared for
        another place than the model's.
        """
        if turn.urgency != "background":
            self._asked_at = time.monotonic()
        profile = self._known(name)
        if prompt.destination != profile.place:
            raise ValueError(f"a prompt for {prompt.destination.name} was sent to {name}")
        if profile.state == "unknown":
            profile = await self._asked(profile, prompt)
        if profile.state in {"unsupported", "drained"}:
            raise Missing(f"{name} cannot answer: {profile.problem}")
        if (least := sure_minimum(prompt.prompt)) > profile.window:
            raise Overflow(
                f"The prompt has more than {least} tokens; {name} reads {profile.window}",
                advice="select less, or choose a model with a larger window",
            )
        asking = Asking(profile, prompt, sampling, limits, on_text, enough)
        wanted = self._wanted(profile, prompt, sampling, limits, turn)
        if on_text is not None:
            wanted = replace(wanted, restartable=False)
        try:
            async with self._bookings.booked(
                profile, prompt.prompt, sampling, wanted.deadline
            ) as receipt:
                completion = await self._from_replicas(profile, asking, wanted)
                self._bookings.finished(receipt, profile, completion)
        except (Unreachable, Unauthorised, Missing) as error:
            self._mark(profile, _AFTER[type(error)], sentence(error))
            raise
        self._mark(profile, "ready", "")
        return completion

    async def measured(self, name: str, measured: Measured) -> Profile:
        """Keep what a probe showed of a model; its profile with that."""
        await self._measurements.keep(self._known(name), measured)
        self._profiles = self._profiled()
        return self._known(name)

    async def embed(self, name: str, texts: Cleared, limits: Limits) -> Embedded:
        """A vector for the content of each message, in batches; raises `ModelError`.

        Refuses with `ValueError` texts cleared for another place than the model's.
        """
        profile = self._known(name)
        if texts.destination != profile.place:
            raise ValueError(f"texts for {texts.destination.name} were sent to {name}")
        if profile.state == "unknown":
            profile = await self._asked(profile, texts)
        sampling, turn = Sampling(max_tokens=1), Turn("background")
        wanted = self._wanted(profile, texts, sampling, limits, turn)
        if not wanted.servers:
            raise Missing(f"{name} cannot answer: {profile.problem}")
        async with self._bookings.booked(profile, texts.prompt, sampling, wanted.deadline):
            return await embedded(profile, texts, limits, wanted=wanted, pool=self._pool)

    async def close(self) -> None:
        """Close every backend; answers still coming end with an error."""
        await self._manager.close()
        await self._pool.close()
        for server in self._servers.values():
            await server.close()

    def _with_server(self, name: str) -> tuple[Profile, Server] | None:
        """A model with its first server, for whoever manages it."""
        for profile in self._profiles:
            if profile.name == name and (servers := self._serving(profile)):
                return profile, servers[0]
        return None

    def _known(self, name: str) -> Profile:
        for profile in self._profiles:
            if profile.name == name:
                return profile
        names = ", ".join(profile.name for profile in self._profiles) or "none"
        raise Missing(f"There is no model {name!r}", advice=f"choose one of: {names}")

    async def _asked(self, profile: Profile, prompt: Cleared) -> Profile:
        """The profile after its servers were asked; where a model really runs they alone tell."""
        async with self._first.setdefault(profile.name, asyncio.Lock()):
            if self._known(profile.name).state == "unknown":  # else another request just asked
                async with asyncio.TaskGroup() as group:
                    for server in self._serving(profile):
                        group.create_task(self._ask_for_models(server))
                self._profiles = self._profiled()
        now = self._known(profile.name)
        if now.place != prompt.destination:
            raise _moved(profile.name, now.place, prompt.destination)
        return now

    def _wanted(
        self, profile: Profile, prompt: Cleared, sampling: Sampling, limits: Limits, turn: Turn
    ) -> Wanted:
        """The request as the pool sees it."""
        own = next((each.model for each in self._declared if each.model.name == profile.name), None)
        return Wanted(
            servers=self._serving(profile),
            work=predicted_work(sure_minimum(prompt.prompt), sampling.max_tokens),
            deadline=asyncio.get_running_loop().time() + limits.total,
            turn=turn,
            balancing=own.balancing if own else Balancing.RESPONSE_TIME,
            prefix=prompt.prompt.messages[0].content if prompt.prompt.messages else "",
        )

    async def _from_replicas(self, profile: Profile, asking: Asking, wanted: Wanted) -> Completion:
        if not wanted.servers:
            raise Missing(f"{profile.name} cannot answer: {profile.problem}")

        async def ask(server: Server, race: Race) -> Completion:
            server.asked = profile
            await self._verify(profile, server)
            return await asking.of(server, race)

        return await self._pool.answer(wanted, ask)

    async def _ask_for_models(self, server: Server, *, seconds: float = LIST_SECONDS) -> None:
        """Ask a server what it has, and let the pool know whether it could be reached."""
        await ask_for_models(server, seconds=seconds)
        if isinstance(server.told, tuple):
            slots = max((served.slots for served in server.told), default=0)
            self._pool.advertised(server, slots)
        if isinstance(server.told, Unreachable):
            self._pool.lost(server, server.told)
        else:
            self._pool.reached(server)

    async def _is_well(self, server: Server) -> bool:
        """Whether a server that is out of use would answer again.

        One that could not be reached is asked for its models. One that broke or hung while
        answering is asked for a single token, when it is on this machine; elsewhere that may cost
        money, so only time tells.
        """
        profile = server.asked
        if isinstance(server.health.why, Unreachable) or profile is None:
            await ask_for_models(server, seconds=PROBE_SECONDS)
            well = not isinstance(server.told, ModelError)
        else:
            well = profile.place == THIS_MACHINE and await gives_a_token(server, profile)
        if well:
            self._profiles = self._profiled()
        return well

    async def _verify(self, profile: Profile, server: Server) -> None:
        """Make sure that an Ollama said where it runs this model; any name may be forwarded."""
        if server.kind is not BackendKind.OLLAMA or not self._lists:
            return
        if server.entry(profile.model) is None:
            await self._ask_for_models(server)
            if isinstance(server.told, ModelError):
                raise server.told
            if server.entry(profile.model) is None:
                raise missing(Contact(server.kind, server.url), profile.model)
            if server not in self._serving(profile):
                raise _moved(profile.name, None, profile.place)

    def _serving(self, profile: Profile) -> tuple[Server, ...]:
        """The replicas of a model that are at its place."""
        for declared in self._declared:
            if declared.model.name == profile.name:
                return tuple(
                    server
                    for server in declared.servers
                    if place_at(declared.model, server.url, server.told) == profile.place
                )
        found = [s for s in self._candidates if (s.kind, s.url) == (profile.backend, profile.url)]
        return tuple(found)

    def _mark(self, profile: Profile, state: State, problem: str) -> None:
        """Keep what an answer, or the lack of one, told of a model."""
        if profile.name in self._manager.drained:
            return
        self._profiles = tuple(
            replace(known, state=state, problem=problem, quota=self._bookings.left.get(known.name))
            if known.name == profile.name
            else known
            for known in self._profiles
        )

    @property
    def _servers(self) -> Mapping[tuple[str, ...], Server]:
        return self._directory.servers

    def _profiled(self) -> tuple[Profile, ...]:
        left, drained = self._bookings.left, self._manager.drained
        configured = {declared.model.name: declared.model for declared in self._declared}
        every = (
            measured_profile(each, self._measurements.of(each), configured.get(each.name))
            for each in known_profiles(self._declared, self._candidates, lists=self._lists)
        )
        if left:
            every = (replace(each, quota=left.get(each.name)) for each in every)
        return tuple(drained_profile(e) if e.name in drained else e for e in every)


def _moved(name: str, place: Destination | None, cleared: Destination) -> Rejected:
    if place is None:
        return Rejected(
            f"{name} no longer runs on {cleared.name}", advice="ask again: its place is known now"
        )
    return Rejected(
        f"{name} runs at {place.name}, not on {cleared.name}",
        advice=f"allow it with `camus consent grant {place.name}`",
    )
