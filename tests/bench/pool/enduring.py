"""Very many requests with cancels, faults and reloads: what is left open, and who was served."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.pool.compare import env_of_clients
from bench.pool.serving import served
from bench.table import percentile, verdict
from camus.config import BackendKind, Config, Model, Server
from camus.models import Limits, ModelError, Models, Sampling, Scripted, Served
from support.gguf_files import babbling
from support.prompts import cleared, configured, model_at
from support.servers import Fault, OpenAI, Told

HASTY = Limits(connect=1.0, first_token=0.6, idle=0.4, total=3.0)
RELOAD_EVERY = 250
AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds: resident bytes, descriptors, child processes, tasks."""

    resident: int
    descriptors: int
    children: int
    tasks: int


@dataclass(slots=True)
class Soaked:
    """What a soak came to; `slots` still taken, `waiting` in line at the end."""

    before: Held
    after: Held
    outcomes: Counter[str]
    slots: int
    seconds: float

    @property
    def grown(self) -> float:
        """By what share of itself the process grew."""
        return self.after.resident / self.before.resident - 1


@dataclass(slots=True)
class _Soak:
    """The models of now, and those of before that still answer."""

    config: Config
    chance: random.Random
    models: Models
    busy: Counter[int] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    async def one(self, name: str) -> None:
        """One request; it keeps the models that it began with."""
        models = self.models
        self.busy[id(models)] += 1
        try:
            sampling = Sampling(max_tokens=4 if name == "file" else 64)
            limits = HASTY if name != "file" else Limits(first_token=60, total=90)
            await models.generate(name, cleared(), sampling, limits)
            self.outcomes["answered"] += 1
        except ModelError as error:
            self.outcomes[type(error).__name__] += 1
        except asyncio.CancelledError:
            self.outcomes["cancelled"] += 1
            raise
        finally:
            self.busy[id(models)] -= 1
            if models is not self.models and not self.busy[id(models)]:
                await asyncio.shield(models.close())

    async def reload(self) -> None:
        """New models; the old ones close when their last answer is done."""
        old, self.models = self.models, Models(self.config, env={})
        await self.models.refresh()
        if not self.busy[id(old)]:
            await old.close()


async def soak(requests: int, urls: list[str], forget: Callable[[], None], folder: Path) -> Soaked:
    """So many requests after a tenth as many to fill what fills."""
    file: tuple[Model, ...] = ()
    if importlib.util.find_spec("llama_cpp") is not None:
        made = babbling(folder / "babble.gguf")
        file = (Model(name="file", type=BackendKind.LLAMA_CPP, path=str(made), threads=1),)
    config = configured(model_at(urls[0], "m", model="m", replicas=tuple(urls[1:])), *file)
    own = _Soak(config, random.Random(1), Models(config, env={}))
    await own.models.refresh()
    await _run(own, max(RELOAD_EVERY, requests // 10), forget)
    before = await _settled()
    own.outcomes.clear()
    start = time.monotonic()
    await _run(own, requests, forget)
    seconds = time.monotonic() - start
    after = await _settled()
    await asyncio.sleep(1.5)  # a cancelled request's place counts while its server reads
    slots = sum(server.load.in_flight for server in own.models._servers.values())
    slots += own.models._pool.waiting
    await own.models.close()
    return Soaked(before, after, own.outcomes, slots, seconds)


async def _run(own: _Soak, requests: int, forget: Callable[[], None]) -> None:
    running: set[asyncio.Task[None]] = set()
    chance = own.chance
    for number in range(requests):
        if number % RELOAD_EVERY == RELOAD_EVERY - 1:
            await own.reload()
            forget()
        name = "file" if "file" in own.config.models and chance.random() < 0.01 else "m"
        running.add(asyncio.create_task(own.one(name)))
        if chance.random() < 0.1:
            chance.choice(list(running)).cancel()
        if len(running) >= AT_ONCE:
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    if running:
        await asyncio.wait(running)
    await own.reload()  # a loaded file's process is no leak


async def _settled() -> Held:
    """What is held once nothing is under way; idle connections are closed after two seconds."""
    await asyncio.sleep(2.5)
    me = Path("/proc/self")
    status = (me / "status").read_text(encoding="ascii")
    children = [
        child
        for task in (me / "task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return Held(
        int(status.partition("VmRSS:")[2].split()[0]) * 1024,
        len(list((me / "fd").iterdir())),
        len(children),
        len(asyncio.all_tasks()),
    )


def enduring(requests: int) -> None:
    """Print the soak and the run with faults."""
    with _folder() as folder, served(env_of_clients(), 0.06, 0.06, 0.06) as (urls, forget):
        done = asyncio.run(soak(requests, urls, forget, folder))
    print(f"\n**{requests:,} requests with cancels, faults and reloads, {done.seconds:.0f} s**\n")
    print("| | before | after |\n|---|--:|--:|")
    print(f"| resident MB | {done.before.resident / 1e6:.1f} | {done.after.resident / 1e6:.1f} |")
    for name in ("descriptors", "children", "tasks"):
        print(f"| {name} | {getattr(done.before, name)} | {getattr(done.after, name)} |")
    print(f"\n{', '.join(f'{name} {count}' for name, count in done.outcomes.most_common())}")
    verdict("slots still taken", done.slots, 0, "")
    verdict("growth of memory", done.grown * 100, 5, "%")
    for name in ("descriptors", "children", "tasks"):
        more = getattr(done.after, name) - getattr(done.before, name)
        verdict(f"{name} more than before", more, 0, "")


async def faulty(requests: int, urls: list[str], forget: Callable[[], None]) -> Counter[str]:
    """Each request asks one model with three replicas, and a second one when that fails."""
    first = model_at(urls[0], "first", model="m", replicas=tuple(urls[1:3]))
    second = model_at(urls[3], "second", model="m")
    models = Models(configured(first, second), env={})
    await models.refresh()
    outcomes: Counter[str] = Counter()
    left = [requests]

    async def user() -> None:
        while left[0] > 0:
            left[0] -= 1
            outcomes[await _served(models)] += 1
            if left[0] % 1000 == 0:
                forget()

    await asyncio.gather(*(user() for _ in range(AT_ONCE)))
    await models.close()
    return outcomes


async def _served(models: Models) -> str:
    """Who answered, or why nobody did."""
    failed = ""
    for name in ("first", "second"):
        try:
            await models.generate(name, cleared(), Sampling(max_tokens=64), HASTY)
        except ModelError as error:
            failed = f"not served: {type(error).__name__}"
        else:
            return "served" if name == "first" else "degraded"
    return failed


def faults(requests: int) -> None:
    """Print who was served when a tenth of all answers goes wrong."""
    with served(env_of_clients(), 0.1, 0.1, 0.1, 0.03) as (urls, forget):
        outcomes = asyncio.run(faulty(requests, urls, forget))
    print(f"\n**{requests:,} requests, a tenth of the answers broken in one of 14 ways**\n")
    print("| outcome | requests |\n|---|--:|")
    for name, count in outcomes.most_common():
        print(f"| {name} | {count} |")
    good = outcomes["served"] + outcomes["degraded"]
    verdict("served, degraded answers included", good / requests * 100, 99.9, "%", least=True)


def cancels(rounds: int) -> None:
    """Print how soon the server's socket sees a cancellation, in the middle of a stream."""
    with OpenAI(Fault("stall"), models=[Told("m")]) as server:
        model = model_at(server.url, "m", type=BackendKind.OPENAI, model="m")
        took = asyncio.run(_cancelled(server, configured(model), rounds))
    print("\n**From a cancellation to the server's socket**\n\n| n | median ms | p95 ms |")
    shown = [percentile(took, share) * 1e3 for share in (0.5, 0.95)]
    print(f"|--:|--:|--:|\n| {rounds} | {shown[0]:.1f} | {shown[1]:.1f} |")
    verdict("cancellation, 95th percentile", shown[1], 200, "ms")


async def _cancelled(server: OpenAI, config: Config, rounds: int) -> list[float]:
    models = Models(config, env={})
    await models.refresh()
    took = []
    for _ in range(rounds):
        heard = asyncio.Event()
        asking = models.generate(
            "m", cleared(), Sampling(), Limits(), lambda _text, heard=heard: heard.set()
        )
        task = asyncio.create_task(asking)
        await heard.wait()
        number = server.chats[-1].connection
        start = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        took.append(await asyncio.to_thread(server.wait_closed, number=number) - start)
    await models.close()
    return took


def many_models(counts: tuple[int, ...] = (1, 200)) -> None:
    """Print what one request costs beside its server, with few and with many models."""
    spent = {count: asyncio.run(_beside(count)) for count in counts}
    print("\n**A request's processor time with a backend that answers at once (simulated)**\n")
    print("| models | µs |\n|--:|--:|")
    for count, each in spent.items():
        print(f"| {count} | {each * 1e6:.0f} |")
    verdict("200 models over one", (spent[counts[-1]] - spent[counts[0]]) * 1e3, 1, "ms")


async def _beside(count: int) -> float:
    names = [f"model-{number}" for number in range(count)]
    backend = Scripted(lambda _model, _prompt: "yes", models=[Served(name) for name in names])
    models = Models(
        Config(
            models={n: model_at("http://127.0.0.1:9", n, model=n) for n in names},
            server=Server(discover=False),
        ),
        backends=lambda _kind, _url: backend,
    )
    await models.refresh()
    prompt = cleared()
    return await _least(lambda: models.generate(names[-1], prompt, Sampling(), Limits()), 200)


async def _least(work: Callable[[], Awaitable[object]], rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        start = time.thread_time()
        await work()
        spent.append(time.thread_time() - start)
    return min(spent)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("CAMUS_HOME", f"{folder}/home")
        yield Path(folder)
