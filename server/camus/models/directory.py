"""Which servers a configuration names and how each is reached; asks none of them.

There is one record, and so one client, for each way of reaching a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from camus.config import BackendKind, Model
from camus.models import addresses
from camus.models.backend import Backend
from camus.models.contact import Contact
from camus.models.dialects import dialect_of
from camus.models.keys import Key
from camus.models.llama import File, Llama
from camus.models.memory import Memory
from camus.models.ollama import Ollama
from camus.models.openai import OpenAI
from camus.models.plugins import Setup, backend_of
from camus.models.profiles import State
from camus.models.replicas import Server
from camus.models.transport import Http


@dataclass(frozen=True, slots=True)
class Declared:
    """A configured model and its replicas; none when it cannot be asked, for `problem`."""

    model: Model
    servers: tuple[Server, ...] = ()
    problem: str = ""
    state: State = "unknown"

    @property
    def lists(self) -> bool:
        """Whether what its server lists is all that can be asked for."""
        return self.model.type is not BackendKind.PLUGIN and dialect_of(self.model).lists


class Directory:
    """The servers of one configuration; `servers` holds each by the way it is reached."""

    def __init__(
        self,
        env: Mapping[str, str],
        backends: Callable[[BackendKind, str], Backend] | None = None,
        memory: Memory | None = None,
    ) -> None:
        """Keys are looked up in `env`; `backends` makes a test's fake for a kind and a URL."""
        self._memory = memory
        self.servers: dict[tuple[str, ...], Server] = {}
        self._env = env
        self._backends = backends

    def declare(self, model: Model) -> Declared:
        """A configured model with its servers, or why it has none."""
        if model.type is BackendKind.LLAMA_CPP:
            if not model.path:
                return Declared(model, problem="`path` names no GGUF file", state="unsupported")
            return Declared(model, (self._server(model, f"file:{model.name}"),))
        if model.type is BackendKind.PLUGIN:
            if not model.plugin:
                problem = "`plugin` names no backend of an installed package"
                return Declared(model, problem=problem, state="unsupported")
            return Declared(model, (self._plugged(model),))
        try:
            urls = [
                model.url or addresses.default(model.type, self._env, keyed=bool(model.api_key_env))
            ]
            exact = [addresses.exact(model.type, url) for url in (*urls, *model.replicas)]
        except addresses.NotAnAddress as error:
            return Declared(model, problem=str(error), state="unreachable")
        servers = dict.fromkeys(self._server(model, url) for url in exact)
        return Declared(model, tuple(servers))

    def discoverable(self) -> tuple[Server, ...]:
        """The servers at the usual ports of this machine."""
        plain = (Model(name="discovery", type=kind) for kind, _ in addresses.usual(self._env))
        places = zip(plain, addresses.usual(self._env), strict=True)
        return tuple(self._server(model, url) for model, (_, url) in places)

    def _server(self, model: Model, url: str) -> Server:
        """The one record, and so the one client, for this way of reaching a server."""
        kind = model.type
        if kind is BackendKind.LLAMA_CPP:
            return self._worker(model, url)
        name = addresses.key_name(kind, url, model.api_key_env)
        asked = (model.provider, str(model.search), model.reasoning or "")
        way = (kind, url, name, model.proxy, model.ca_bundle, str(model.supports_streaming), *asked)
        if way not in self.servers:
            self.servers[way] = Server(kind, url, lambda: self._make(model, url, name))
        return self.servers[way]

    def _worker(self, model: Model, url: str) -> Server:
        """The one record for a model file; it computes one answer at a time."""
        way = (model.type, url)
        if way not in self.servers:
            made = Server(model.type, url, lambda: self._make(model, url, ""))
            made.load = replace(made.load, limit=1.0, most=1.0)
            self.servers[way] = made
        return self.servers[way]

    def _plugged(self, model: Model) -> Server:
        """The one record for a backend of another package; each model has its own."""
        url = model.url or f"plugin:{model.plugin}"
        way = (model.type, url, model.name)
        key = Key(model.api_key_env, self._env)
        setup = Setup(model.name, model.model or model.name, model.url, key.value, model.options)
        if way not in self.servers:
            made = self._backends or (lambda _kind, _url: backend_of(model.plugin, setup))
            self.servers[way] = Server(model.type, url, lambda: made(model.type, url))
        return self.servers[way]

    def _make(self, model: Model, url: str, key_name: str) -> Backend:
        if self._backends is not None:
            return self._backends(model.type, url)
        if model.type is BackendKind.LLAMA_CPP:
            return Llama(
                File(
                    model.model or model.name,
                    Path(model.path).expanduser(),
                    threads=model.threads or 0,
                    unload_after=model.unload_after,
                ),
                self._memory,
            )
        key = Key(key_name, self._env) if key_name else None
        contact = Contact(model.type, url, key_name)
        http = Http(contact, key=key, proxy=model.proxy, ca_bundle=model.ca_bundle)
        if model.type is BackendKind.OLLAMA:
            return Ollama(http, reasoning=model.reasoning)
        return OpenAI(http, streams=model.supports_streaming, dialect=dialect_of(model))


def each_file(models: Iterable[Model]) -> Iterator[Model]:
    """The models, and for one whose `path` is a folder each GGUF file in it."""
    for model in models:
        folder = Path(model.path).expanduser() if model.path else None
        if model.type is not BackendKind.LLAMA_CPP or folder is None or not folder.is_dir():
            yield model
            continue
        for file in sorted(folder.glob("*.gguf")):
            name = f"{model.name}/{file.stem}"
            yield msgspec.structs.replace(model, name=name, model="", path=str(file))
