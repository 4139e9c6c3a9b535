"""The configuration in force, as text to read or to write to a file again."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct, structs

from camus.config.tree import Config
from camus.config.writing import Plain, yaml

_URLS = frozenset({"url", "proxy", "replicas"})


def show(config: Config) -> str:
    """The whole configuration as YAML; unset values are left out and credentials are masked."""
    return yaml(_shown(structs.asdict(config)))


def without_credentials(url: str) -> str:
    """A URL with user, password and query replaced by `***`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "***"
    place = parts.netloc.rpartition("@")
    netloc = f"***@{place[2]}" if place[1] else parts.netloc
    return urlunsplit((parts.scheme, netloc, parts.path, "***" if parts.query else "", ""))


def _shown(values: Mapping[str, object]) -> dict[str, Plain]:
    shown = {key: _plain(item, key) for key, item in values.items()}
    return {key: item for key, item in shown.items() if item not in ("", [], {})}


def _plain(value: object, field: str) -> Plain:
    if isinstance(value, Struct):
        return _shown(structs.asdict(value))
    if isinstance(value, dict):
        return _shown(value)
    if isinstance(value, tuple):
        return [_plain(item, field) for item in value]
    if isinstance(value, bool | int | float):
        return value
    text = "" if value is None else str(value)
    return without_credentials(text) if field in _URLS else text
