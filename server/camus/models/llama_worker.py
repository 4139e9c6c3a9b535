"""The process that runs one GGUF file with llama.cpp; imports nothing of Camus.

Started as a script. It reads one JSON object a line from its standard input and writes one a line
to its standard output, both moved away before llama.cpp is imported, which prints to them.

In:  load {path, window, threads, layers, embedding}  embed {id, texts}  cancel {id}  facts {}
     ask {id, messages, max_tokens, temperature, top_p, stop, seed, grammar, schema}
Out: loaded {window, seconds, chat}  piece {id, text}  done {id, finish, prompt, completion, reused}
     vectors {id, vectors, prompt}  error {id, kind, message}  facts {offloads}
"""

from __future__ import annotations

import codecs
import ctypes
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

TEMPLATE_SECONDS = 2.0
"""A chat template comes with the file; one that loops is stopped."""
STEP = 256
"""llama.cpp's windows are multiples of this."""
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the number of a message in a rendered template, in place of its text."""
_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}<|im_start|>assistant\n"
)


class Refused(Exception):
    """Raised when a request cannot be carried out; `kind` is one of the protocol's words."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep the kind for the other side."""
        super().__init__(message)
        self.kind = kind


class Engine:
    """One loaded model; belongs to the main thread, but for `stop`."""

    def __init__(self, path: str, window: int, threads: int, *, layers: int, embedding: bool):
        """Load a file, so many layers on graphics cards; raises `Refused` with kind `load`."""
        import llama_cpp

        self._api = llama_cpp
        self.stopped = threading.Event()
        try:
            self._model = llama_cpp.Llama(
                model_path=path,
                n_ctx=max(STEP, -(-window // STEP) * STEP),
                n_threads=threads,
                n_threads_batch=threads,
                n_gpu_layers=layers,
                embedding=embedding,
                verbose=False,
            )
        except (ValueError, RuntimeError, OSError) as error:
            raise Refused("load", f"llama.cpp cannot load it: {error}") from error
        self._let_it_stop()
        self.window: int = self._model.n_ctx()
        metadata = self._model.metadata
        self.template = str(metadata.get("tokenizer.chat_template", ""))
        self._reused = 0

    def ask(self, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The pieces of an answer and its end; raises `Refused`."""
        tokens = self._prompt(asked["messages"])
        room = self.window - len(tokens)
        most = int(asked["max_tokens"])
        if room < 1:
            raise Refused("overflow", f"the prompt has {len(tokens)} tokens of {self.window}")
        finish, made = "length", 0
        text = _Text(asked.get("stop") or [])
        for token in self._generated(tokens, asked):
            if self.stopped.is_set():
                finish = "cancelled"
                break
            if self._api.llama_vocab_is_eog(self._vocab(), token):
                finish = "stop"
                break
            made += 1
            if piece := text.add(self._bytes(token)):
                yield {"event": "piece", "text": piece}
            if text.stopped:
                finish = "stop"
                break
            if made >= min(most, room):
                break
        if rest := text.rest():
            yield {"event": "piece", "text": rest}
        yield {
            "event": "done",
            "finish": finish,
            "prompt": len(tokens),
            "completion": made,
            "reused": self._reused,
        }

    def embed(self, texts: list[str]) -> dict[str, Any]:
        """A vector of length one for each text; a text over the window is refused."""
        tokens = [self._tokens(text, special=False) for text in texts]
        if (most := max(map(len, tokens), default=0)) > self.window:
            raise Refused("overflow", f"a text has {most} tokens of {self.window}")
        made = [self._model.embed(text, normalize=True) for text in texts]
        # Without a pooling of its own the model gives a vector a token: the last one saw them all.
        last = [each[-1] if each and isinstance(each[0], list) else each for each in made]
        return {"vectors": last, "prompt": sum(map(len, tokens))}

    def _generated(self, tokens: list[int], asked: dict[str, Any]) -> Iterator[int]:
        model = self._model
        known = list(model.input_ids[: model.n_tokens])
        self._reused = next(
            (at for at, (a, b) in enumerate(zip(known, tokens, strict=False)) if a != b),
            min(len(known), len(tokens)),
        )
        model.set_seed(_seed(asked.get("seed")))
        try:
            yield from model.generate(
                tokens,
                temp=float(asked["temperature"]),
                top_p=float(asked["top_p"]),
                top_k=40,
                repeat_penalty=1.0,
                grammar=self._grammar(asked),
            )
        except RuntimeError as error:
            model.reset()
            if not self.stopped.is_set():
                raise Refused("failed", f"llama.cpp failed: {error}") from error
            yield int(self._api.llama_vocab_eos(self._vocab()))

    def _vocab(self) -> Any:
        return self._api.llama_model_get_vocab(self._model.model)

    def _bytes(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        size = self._api.llama_token_to_piece(self._vocab(), token, buffer, 256, 0, False)
        return buffer.raw[: max(size, 0)]

    def _prompt(self, messages: list[dict[str, str]]) -> list[int]:
        """The tokens of a conversation: control words of the template, never of a message.

        Messages stand as numbers in the rendered template, so that `</s>` or `<|im_end|>` in a
        user's file stays text.
        """
        numbered = [
            {"role": each["role"], "content": f"{_OPEN}{at}{_CLOSE}"}
            for at, each in enumerate(messages)
        ]
        rendered = _rendered(self.template or _CHATML, numbered, self._words())
        tokens: list[int] = []
        for part in rendered.split(_OPEN):
            number, closed, after = part.partition(_CLOSE)
            if closed and number.isdecimal() and int(number) < len(messages):
                tokens += self._tokens(messages[int(number)]["content"], special=False)
                tokens += self._tokens(after, special=True)
            else:
                tokens += self._tokens(part, special=True)
        first = int(self._api.llama_vocab_bos(self._vocab()))
        if self._api.llama_vocab_get_add_bos(self._vocab()) and tokens[:1] != [first]:
            tokens.insert(0, first)
        return tokens

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        if not text:
            return []
        data = text.encode("utf-8", "replace")
        return list(self._model.tokenize(data, add_bos=False, special=special))

    def _words(self) -> dict[str, str]:
        vocab = self._vocab()
        ends = {"bos_token": self._api.llama_vocab_bos, "eos_token": self._api.llama_vocab_eos}
        return {name: self._word(int(get(vocab))) for name, get in ends.items()}

    def _word(self, token: int) -> str:
        if token < 0:
            return ""
        return (self._api.llama_vocab_get_text(self._vocab(), token) or b"").decode(
            "utf-8", "replace"
        )

    def _grammar(self, asked: dict[str, Any]) -> Any:
        """The grammar that the answer must follow, checked first: a bad one ends the process."""
        text = asked.get("grammar") or ""
        try:
            if schema := asked.get("schema"):
                text = self._api.llama_grammar.json_schema_to_gbnf(json.dumps(schema))
            if not text:
                return None
            made = self._api.llama_sampler_init_grammar(self._vocab(), text.encode(), b"root")
            if not made:
                raise Refused("grammar", "llama.cpp does not understand the grammar")
            self._api.llama_sampler_free(made)
            return self._api.LlamaGrammar.from_string(text, verbose=False)
        except (ValueError, TypeError, KeyError) as error:
            raise Refused("grammar", f"no grammar can be made of it: {error}") from error

    def _let_it_stop(self) -> None:
        """Let a cancellation end even the reading of a long prompt."""
        kind = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)
        self._callback = kind(lambda _: self.stopped.is_set())
        self._api.llama_set_abort_callback(self._model.ctx, self._callback, None)


class _Text:
    """Bytes of tokens as text, held back where they may be the beginning of a stop word."""

    def __init__(self, stops: list[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = [stop for stop in stops if stop]
        self._held, self.stopped = "", False

    def add(self, data: bytes) -> str:
        """The text that is certain now."""
        self._held += self._decoder.decode(data)
        for stop in self._stops:
            before, found, _ = self._held.partition(stop)
            if found:
                self.stopped, self._held = True, ""
                return before
        keep = max((self._overlap(stop) for stop in self._stops), default=0)
        certain = self._held[: len(self._held) - keep]
        self._held = self._held[len(certain) :]
        return certain

    def rest(self) -> str:
        """What was held back when nothing more comes."""
        rest, self._held = self._held, ""
        return "" if self.stopped else rest + self._decoder.decode(b"", final=True)

    def _overlap(self, stop: str) -> int:
        most = min(len(stop) - 1, len(self._held))
        return next((n for n in range(most, 0, -1) if self._held.endswith(stop[:n])), 0)


def _seed(given: object) -> int:
    return int(given) & 0xFFFFFFFF if isinstance(given, int) else int.from_bytes(os.urandom(4))


def _rendered(template: str, messages: list[dict[str, str]], words: dict[str, str]) -> str:
    """The conversation as the file's own template writes it, sandboxed and within a time."""
    from jinja2.exceptions import TemplateError
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def complain(message: str) -> None:
        raise Refused("template", f"the file's chat template refuses: {message}")

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
    )
    environment.globals |= {"raise_exception": complain, "strftime_now": time.strftime}
    try:
        with _Deadline(TEMPLATE_SECONDS):
            made = environment.from_string(template)
            return str(made.render(messages=messages, add_generation_prompt=True, **words))
    except Refused:
        if messages[:1] and messages[0]["role"] == "system":
            # Some templates know no system message: its text goes before the first question.
            return _rendered(template, _without_system(messages), words)
        raise
    except (TemplateError, TimeoutError, TypeError, ValueError, RecursionError) as error:
        raise Refused("template", f"the file's chat template does not work: {error}") from error


def _without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    first, *others = messages
    if not others:
        return [{"role": "user", "content": first["content"]}]
    question = {**others[0], "content": f"{first['content']}\n\n{others[0]['content']}"}
    return [question, *others[1:]]


class _Deadline:
    """Ends Python code that runs too long; where there is no alarm, the other side ends us."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._late)
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_error: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _late(self, *_signal: object) -> None:
        raise TimeoutError(f"it took longer than {self._seconds:g} s")


class Worker:
    """The protocol: requests are carried out one after another, cancellations at once."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        """Read from one pipe in a thread of its own, write to the other."""
        self._source, self._target = source, target
        self._asked: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._cancelled: set[int] = set()
        self._now = -1
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def run(self) -> None:
        """Serve until the pipe ends."""
        threading.Thread(target=self._read, daemon=True).start()
        while (asked := self._asked.get()) is not None:
            try:
                self._serve(asked)
            except Refused as error:
                self.say(event="error", id=asked.get("id"), kind=error.kind, message=str(error))

    def _read(self) -> None:
        for line in self._source:
            asked = json.loads(line)
            if asked["do"] == "cancel":
                self._cancel(asked["id"])
            else:
                self._asked.put(asked)
        os._exit(0)  # nobody is there any more, whatever is being computed

    def _cancel(self, number: int) -> None:
        with self._lock:
            self._cancelled.add(number)
            if self._engine is not None and self._now == number:
                self._engine.stopped.set()

    def _serve(self, asked: dict[str, Any]) -> None:
        match asked["do"]:
            case "load":
                started = time.monotonic()
                settings = {key: asked[key] for key in ("threads", "layers", "embedding")}
                self._engine = Engine(asked["path"], asked["window"], **settings)
                self.say(
                    event="loaded",
                    window=self._engine.window,
                    seconds=time.monotonic() - started,
                    chat=bool(self._engine.template),
                )
            case "facts":
                import llama_cpp

                self.say(event="facts", offloads=bool(llama_cpp.llama_supports_gpu_offload()))
            case "ask" if self._engine is not None:
                self._answer(self._engine, asked)
            case "embed" if self._engine is not None:
                self.say(event="vectors", id=asked["id"], **self._engine.embed(asked["texts"]))
            case other:
                raise Refused("protocol", f"nothing is known of {other!r} before a load")

    def _answer(self, engine: Engine, asked: dict[str, Any]) -> None:
        number = asked["id"]
        with self._lock:
            engine.stopped.clear()
            if number in self._cancelled:
                engine.stopped.set()
            self._now = number
        if engine.stopped.is_set():
            self.say(event="done", id=number, finish="cancelled", prompt=0, completion=0, reused=0)
            return
        for said in engine.ask(asked):
            self.say(id=number, **said)
        with self._lock:
            self._now = -1
            self._cancelled.discard(number)

    def say(self, **said: Any) -> None:
        """Write one line."""
        self._target.write(json.dumps(said).encode() + b"\n")
        self._target.flush()


def main() -> None:
    """Move the pipes out of llama.cpp's reach and serve."""
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    try:
        import llama_cpp  # noqa: F401
    except ImportError as error:
        Worker(source, target).say(event="error", id=None, kind="missing", message=str(error))
        sys.exit(3)
    Worker(source, target).run()


if __name__ == "__main__":
    main()
