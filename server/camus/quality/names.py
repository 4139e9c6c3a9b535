"""Which names an edit uses that nothing defines, by the syntax tree where no linter says so."""

from __future__ import annotations

import builtins
import re
from functools import cache

from camus.analysis import Finding
from camus.quality.change import Change
from camus.source import Document, Span, definitions, names_bound, names_used

_ECMASCRIPT = """
AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array
BigUint64Array Blob Boolean Buffer DataView Date Error EvalError Event EventTarget File
FinalizationRegistry Float32Array Float64Array FormData Function Headers Infinity Int16Array
Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError
ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer String Symbol SyntaxError
TextDecoder TextEncoder TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array
Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket Worker XMLHttpRequest
__dirname __filename alert arguments atob btoa cancelAnimationFrame caches clearImmediate
clearInterval clearTimeout confirm console crypto customElements decodeURI decodeURIComponent
document encodeURI encodeURIComponent escape eval exports fetch getComputedStyle global globalThis
history indexedDB isFinite isNaN localStorage location matchMedia module navigator parseFloat
parseInt performance process prompt queueMicrotask requestAnimationFrame require screen self
sessionStorage setImmediate setInterval setTimeout structuredClone undefined unescape window
Audio BroadcastChannel CustomEvent DOMParser Element FileReader Image IntersectionObserver
MessageChannel MutationObserver Node NodeList Notification Option ReadableStream ResizeObserver
Storage TransformStream WritableStream afterAll afterEach beforeAll beforeEach describe expect it
jest test vi React JSX
"""
_TYPES = """
Array ArrayLike AsyncGenerator AsyncIterable AsyncIterableIterator AsyncIterator Awaited
Capitalize ConstructorParameters Exclude Extract Generator InstanceType Iterable IterableIterator
IteratorResult Lowercase NodeJS NonNullable Omit OmitThisParameter Parameters Partial Pick
PromiseLike PropertyKey Readonly ReadonlyArray ReadonlyMap ReadonlySet Record Required ReturnType
TemplateStringsArray ThisParameterType ThisType Uncapitalize Uppercase const
"""
_FAMILIES = re.compile(
    r"(?:HTML|SVG|CSS|DOM|IDB|RTC|WebGL|Audio|Media|Service|Performance|Storage|File|Stream)\w+|"
    r"[A-Z]\w*(?:Event|Element|Observer|EventMap|Init)"
)
_DECLARED = re.compile(r"/\*\s*globals?\s+([^*]*)\*/")


def undefined(before: Document, after: Document) -> tuple[str, ...] | None:
    """The names the new text reads, nothing in it binds, and the old text had no need of.

    A name bound anywhere in the file counts as bound, so that few are found wrongly. None: the
    names of this language are not known.
    """
    known = _known(after.language)
    if known is None:
        return None
    bound = set(names_bound(after, after.span)) | _declared(after.text)
    unbound_before = set(names_used(before, before.span)) - set(names_bound(before, before.span))
    return tuple(
        name
        for name in names_used(after, after.span)
        if name not in bound | unbound_before | known and not _is_known_kind(after, name)
    )


def mistyped(before: Document, after: Document) -> tuple[str, ...]:
    """Names new to a file that nothing in it binds and that are nearly one it knows.

    For languages whose names may come from other files unseen.
    """
    bound = set(names_bound(after, after.span))
    own = bound & set(names_bound(before, before.span))
    known = bound | set(names_used(before, before.span))
    fresh = [each for each in names_used(after, after.span) if each not in known]
    return tuple(each for each in fresh if any(_is_slip(each, other) for other in own))


def unused(change: Change) -> tuple[Finding, ...]:
    """Local variables that the edit brings and nothing reads, where no linter says so."""
    document = change.after
    known = {*names_bound(change.before, change.before.span)}
    scopes = definitions(document)
    public = {each.name for each in scopes} | {p.name for each in scopes for p in each.parameters}
    found: list[Finding] = []
    for span in change.changed:
        for name in names_bound(document, span):
            if name in known | public or name.startswith("_") or len(name) < 2:
                continue
            places = list(re.finditer(rf"(?<![\w$@]){re.escape(name)}(?![\w$])", document.text))
            if len(places) == 1 and _is_local(document, places[0].start()):
                place = Span(*places[0].span())
                said = f"`{name}` is bound and never read"
                found.append(Finding("unused-name", said, place, "warning", source="camus"))
    return tuple(dict.fromkeys(found))


def _is_local(document: Document, at: int) -> bool:
    """Whether a place stands in a function's body, on a line that exports nothing."""
    line = document.slice(document.lines.span(document.lines.line_of(at)))
    if re.search(r"\b(?:export|import|use|using|include|require)\b", line):
        return False
    return any(
        each.kind in {"function", "method"} and each.body.contains(Span(at, at))
        for each in definitions(document)
    )


def _is_slip(name: str, other: str) -> bool:
    """Whether one name is the other with one slip of the finger; a plural is another name."""
    if min(len(name), len(other)) < 4 or abs(len(name) - len(other)) > 1:
        return False
    if name.casefold() == other.casefold() or re.sub(r"\d+", "", name) == re.sub(r"\d+", "", other):
        return False
    if {name.rstrip("s"), other.rstrip("s")} == {name.rstrip("s")}:
        return False
    return _apart(name, other) == 1


def _apart(name: str, other: str) -> int:
    """0 for equal names, 1 for a letter wrong, missing, too many or two swapped, else 2.

    The optimal string alignment distance (Damerau 1964), as far as one step.
    """
    short, long = sorted((name, other), key=len)
    head = next(
        (at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]),
        len(short),
    )
    one, two = short[head:], long[head:]
    if not two:
        return 0
    swapped = one[:2] == two[:2][::-1] and one[2:] == two[2:]
    same = one == two[1:] if len(one) < len(two) else one[1:] == two[1:] or swapped
    return 1 if same else 2


def _is_known_kind(document: Document, name: str) -> bool:
    return document.language != "python" and bool(_FAMILIES.fullmatch(name))


def _declared(text: str) -> set[str]:
    """The names a comment declares for the linter: `/* global $, app */`."""
    listed = (match[1] for match in _DECLARED.finditer(text))
    return {name.partition(":")[0].strip() for names in listed for name in names.split(",")}


@cache
def _known(language: str) -> frozenset[str] | None:
    if language == "python":
        return frozenset(dir(builtins)) | {"__file__", "__path__", "__class__", "reveal_type"}
    if language in {"javascript", "javascriptreact"}:
        return frozenset(_ECMASCRIPT.split())
    if language in {"typescript", "typescriptreact"}:
        return frozenset(_ECMASCRIPT.split()) | frozenset(_TYPES.split())
    return None
