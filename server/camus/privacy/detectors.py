"""Finds credentials in text by anchored patterns, keywords and entropy, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from camus.privacy.patterns import (
    ASSIGNMENT,
    KEY_HEADER,
    LITERAL,
    PROVIDERS,
    PUTTY_KEY,
    URL_PASSWORD,
    Provider,
)
from camus.privacy.secrets import Secret
from camus.privacy.values import (
    DESCRIBES,
    HARMLESS,
    is_example,
    is_password,
    is_random,
    is_stand_in,
    is_very_random,
)
from camus.source import Span

_KEY_WINDOW = 16_384
"""The most characters of one private key."""


def detect(text: str) -> tuple[Secret, ...]:
    """The credentials in a text, in order and not overlapping."""
    ways = (_providers, _keys, _urls, _assignments, _literals)
    found = [(rank, secret) for rank, way in enumerate(ways) for secret in way(text)]
    return tuple(_merged(found))


def _merged(found: list[tuple[int, Secret]]) -> Iterator[Secret]:
    """Overlapping ones become one that covers all, of the kind that was recognised most surely."""
    groups: list[list[tuple[int, Secret]]] = []
    end = 0
    for rank, secret in sorted(found, key=lambda item: item[1].span):
        if groups and secret.span.start < end:
            groups[-1].append((rank, secret))
        else:
            groups.append([(rank, secret)])
        end = max(end, secret.span.end)
    for group in groups:
        _, surest = min(group, key=lambda item: item[0])
        last = max(secret.span.end for _, secret in group)
        yield Secret(surest.kind, Span(group[0][1].span.start, last))


def _providers(text: str) -> Iterator[Secret]:
    for provider in PROVIDERS:
        for match in _matches(provider, text):
            group = 1 if match.re.groups else 0
            if not is_stand_in(match[group]):
                yield Secret(provider.kind, Span(*match.span(group)))


def _matches(provider: Provider, text: str) -> Iterator[re.Match[str]]:
    position = text.find(provider.hint)
    if not provider.leads:
        if position >= 0:
            yield from provider.pattern.finditer(text)
        return
    while position >= 0:
        match = provider.pattern.match(text, position)
        if match:
            yield match
        position = text.find(provider.hint, match.end() if match else position + 1)


def _keys(text: str) -> Iterator[Secret]:
    """Private keys from the header to the end mark; a header alone, as in code, is none."""
    position = 0
    while header := KEY_HEADER.search(text, position):
        limit = min(len(text), header.end() + _KEY_WINDOW)
        end = text.find("-----END", header.end(), limit)
        following = text.find("-----BEGIN", header.end(), limit)
        stop = min(place for place in (end, following, limit) if place >= 0)
        if len(re.sub(r"\\[nr]|[^A-Za-z0-9+/]", "", text[header.end() : stop])) >= 64:
            if stop == end:
                close = text.find("-----", end + 8, end + 60)
                stop = close + 5 if close >= 0 else end + 8
            yield Secret(
                f"{header[1].strip().lower()} private key".strip(), Span(header.start(), stop)
            )
        position = max(stop, header.end())
    for match in PUTTY_KEY.finditer(text):
        yield Secret("private key", Span(*match.span(1)))


def _urls(text: str) -> Iterator[Secret]:
    for match in URL_PASSWORD.finditer(text):
        if not is_example(match[1]):
            yield Secret("password in a URL", Span(*match.span(1)))


def _assignments(text: str) -> Iterator[Secret]:
    for match in ASSIGNMENT.finditer(text):
        if DESCRIBES.search(match["rest"]):
            continue
        password = match["keyword"].lower().startswith(("pass", "pwd"))
        group = "bare" if match["quoted"] is None else "quoted"
        value = match[group]
        plain = password and match["sign"] != "," and not match["rest"].strip("_-.0123456789")
        if group == "bare":
            if not _ends_its_line(text, match):
                continue
            # `password = name2` is code; a settings file has a colon or no blank.
            plain = plain and (match["sign"] == ":" or text[match.start("bare") - 1] == "=")
        if not is_example(value) and (is_random(value) or (plain and is_password(value))):
            kind = "password" if password else "secret assigned to a name"
            yield Secret(kind, Span(*match.span(group)))


def _ends_its_line(text: str, match: re.Match[str]) -> bool:
    """Whether a bare value stands as in a settings file, an option or a query, not as in code."""
    if match["sign"] not in {"=", ":"}:
        return False
    line = text.rfind("\n", max(0, match.start() - 120), match.start())
    before = text[max(line + 1, match.start() - 120) : match.start()]
    if re.search(r"(?:[?&]|--)[\w\-]*$", before):
        return True
    after = text[match.end() : match.end() + 4]
    return bool(
        (line >= 0 or match.start() < 120)
        and re.fullmatch(r"\s*(?:export\s+|ENV\s+|ARG\s+|set\s+|-\s+)?[\w.\-\"']*", before)
        and re.match(r"[ \t\r]*(?:\n|#|$|\\n)", after)
    )


def _literals(text: str) -> Iterator[Secret]:
    for match in LITERAL.finditer(text):
        if HARMLESS.search(match["name"]) or is_example(match["value"]):
            continue
        if is_very_random(match["value"]):
            yield Secret("random-looking literal", Span(*match.span("value")))
