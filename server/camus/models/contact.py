"""Who a backend talks to and how its complaints become `ModelError`s; sends nothing itself."""

from __future__ import annotations

import email.utils
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from camus.config import BackendKind
from camus.models.errors import (
    Failed,
    Malformed,
    Missing,
    ModelError,
    Overflow,
    RateLimited,
    Rejected,
    TimedOut,
    Unauthorised,
    Unreachable,
)

OPTIONAL = (
    *("max_tokens", "temperature", "top_p", "stop", "seed", "stream_options"),
    *("response_format", "grammar"),
)
"""Parameters that some servers refuse and that a request can do without."""
_QUOTED = 200
_TOO_LONG = re.compile(
    r"context.?(length|size|window)|maximum context|input length exceeds|exceed_context"
    r"|prompt is too long|too many tokens",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model.{0,120}(not found|does not exist|not exist|is not available|no such)"
    r"|model_not_found|no such model|unknown model|not a valid model|invalid model",
    re.IGNORECASE | re.DOTALL,
)
_BUSY = re.compile(r"busy|overloaded|too many|pending requests|capacity", re.IGNORECASE)
_MEMORY = re.compile(r"memory", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Contact:
    """A server as messages name it: without credentials, path or query.

    `secret` is cut out of whatever the server says; `key_name` is the variable it comes from.
    """

    kind: BackendKind
    url: str
    key_name: str = ""
    secret: str = field(default="", repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def shown(self) -> str:
        """`Ollama at 127.0.0.1:11434`."""
        parts = urlsplit(self.url)
        host = parts.hostname or "an unnamed host"
        host = f"[{host}]" if ":" in host else host
        place = f"{host}:{parts.port}" if parts.port else host
        return f"{'Ollama' if self.kind is BackendKind.OLLAMA else 'The server'} at {place}"


class Complaint(msgspec.Struct):
    """The object form of `error` in an answer."""

    message: str = ""
    type: str | None = None
    code: str | int | None = None
    param: str | None = None
    detail: str = ""


class _Body(msgspec.Struct):
    error: Complaint | str | None = None
    message: str | None = None
    detail: object = None


def complaint(body: bytes) -> Complaint:
    """What an error body says, in the forms that servers use; empty when it says nothing."""
    try:
        read = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Complaint()
    if isinstance(read.error, Complaint):
        return read.error
    detail = read.detail if isinstance(read.detail, str) else ""
    return Complaint(read.error or read.message or detail, detail=str(read.detail or ""))


def refused(
    contact: Contact,
    status: int,
    said: Complaint,
    *,
    model: str = "",
    retry_after: str | None = None,
    sent: str = "",
) -> ModelError:
    """The error for an answer that is not 200; `sent` is never quoted back."""
    words = f"{said.message} {said.type or ''} {said.code or ''}"
    quoted = quote(contact, said.message, sent)
    wait = seconds_of(retry_after)
    match status:
        case 401 | 403 | 407:
            return unauthorised(contact, quoted)
        case 404 if model and (_NO_MODEL.search(words) or "model" in words.lower()):
            return missing(contact, model)
        case 404 | 405:
            return Rejected(
                f"{contact.shown} does not know this path{quoted}",
                advice="check `url`; for OpenAI's protocol it usually ends with /v1",
            )
        case 408 | 504:
            return TimedOut(f"{contact.shown} gave up waiting for its model{quoted}")
        case 413:
            return too_long(contact, quoted)
        case 429:
            return RateLimited(
                f"{contact.shown} asks to wait{quoted}",
                retry_after=wait,
                advice="wait, or choose another model",
            )
        case 503 if wait is not None or _BUSY.search(words):
            return RateLimited(
                f"{contact.shown} is busy{quoted}", retry_after=wait, advice="try again in a moment"
            )
        case _ if 300 <= status < 400:
            return Rejected(
                f"{contact.shown} answers from another address (status {status})",
                advice="set `url` to the final address",
            )
    if status >= 500:
        return failed(contact, status, said.message, quoted)
    if model and _NO_MODEL.search(words):
        return missing(contact, model)
    if _TOO_LONG.search(words):
        return too_long(contact, quoted)
    return Rejected(
        f"{contact.shown} refused the request (status {status}){quoted}",
        parameter=_parameter(said),
        advice="look into the server's log",
    )


def broken_off(contact: Contact, said: Complaint, *, model: str, sent: str = "") -> ModelError:
    """The error for a complaint under status 200: instead of an answer or in mid-stream."""
    words = f"{said.message} {said.type or ''} {said.code or ''}"
    quoted = quote(contact, said.message, sent)
    if _TOO_LONG.search(words):
        return too_long(contact, quoted)
    if _NO_MODEL.search(words):
        return missing(contact, model)
    return failed(contact, 200, said.message, quoted)


def failed(contact: Contact, status: int, said: str, quoted: str) -> ModelError:
    """The error for a server that broke."""
    if "loading model" in said.lower():
        return Failed(f"{contact.shown} is still loading its model", advice="try again in a moment")
    advice = "choose a smaller model" if _MEMORY.search(said) else "look into the server's log"
    state = "" if status == 200 else f" (status {status})"
    return Failed(f"{contact.shown} failed{state}{quoted}", advice=advice)


def missing(contact: Contact, model: str) -> Missing:
    """The error for a server without that model."""
    if contact.kind is BackendKind.OLLAMA:
        advice = f"run `ollama pull {model}`"
    else:
        advice = "check `model` against the names the server lists"
    return Missing(f"{contact.shown} has no model {model!r}", advice=advice)


def unauthorised(contact: Contact, quoted: str = "") -> Unauthorised:
    """The error for a key that is missing or refused."""
    name = contact.key_name
    if not contact.secret:
        advice = f"set {name}" if name else "name the key's environment variable in `api_key_env`"
        return Unauthorised(f"{contact.shown} wants a key{quoted}", advice=advice)
    return Unauthorised(
        f"{contact.shown} refused the key{quoted}",
        advice=f"check the key in {name or 'the keyring'}",
    )


def too_long(contact: Contact, quoted: str = "") -> Overflow:
    """The error for a prompt longer than the server reads."""
    return Overflow(
        f"The prompt is longer than the window of the model at {contact.shown}{quoted}",
        advice="select less, or choose a model with a larger window",
    )


def unreachable(contact: Contact, why: str, *, lost: bool = False) -> Unreachable:
    """The error for a server that cannot be talked to; `lost`: a connection that there was."""
    if contact.kind is BackendKind.OLLAMA:
        advice = "start it with `ollama serve`, or check `url`"
    else:
        advice = "check that the server runs, and `url`"
    return Unreachable(f"{contact.shown} {why}", lost=lost, advice=advice)


def malformed(contact: Contact, why: str) -> Malformed:
    """The error for an answer that is not of the protocol."""
    kind = "Ollama's" if contact.kind is BackendKind.OLLAMA else "an OpenAI-compatible"
    return Malformed(f"{contact.shown} {why}", advice=f"check that `url` is {kind} server")


def quote(contact: Contact, said: str, sent: str) -> str:
    """`: what the server said`, on one line, without the key and without anything of the prompt."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\s]+", " ", said).strip()
    if contact.secret:
        text = text.replace(contact.secret, "***")
    text = re.sub(r"\b(sk-|Bearer )[\w*.-]{6,}", r"\1***", text)
    if not text or _holds(text, sent):
        return ""
    return f": {text[:_QUOTED]}{'…' if len(text) > _QUOTED else ''}"


def seconds_of(retry_after: str | None) -> float | None:
    """`Retry-After` in seconds, from a number or an HTTP date; None when it is neither."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return None


def _parameter(said: Complaint) -> str:
    """The request's parameter that a server complains of, by field or by word."""
    if said.param:
        return said.param.rpartition(".")[2]
    words = re.findall(r"[a-z_]+", f"{said.message} {said.detail}")
    if "samplers" in words:  # how llama-server says that it cannot keep to a schema or a grammar
        return "response_format"
    return next((name for name in OPTIONAL if name in words), "")


def _holds(text: str, sent: str) -> bool:
    """Whether a run of 24 characters of the prompt stands in the text."""
    if not sent:
        return False
    flat = re.sub(r"\s+", " ", sent)
    starts = range(0, max(1, min(len(text), 4096) - 23), 8)
    return any(len(text) >= 24 and text[at : at + 24] in flat for at in starts)
