"""The configuration in force, as text to read or to write to a file again."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct, structs

from camus.config.tree import Config

_URLS = frozenset({"url", "proxy", "replicas"})


def show(config: Config) -> str:
    """The whole configuration as YAML; unset values are left out and credentials are masked."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # untyped upstream
    out = io.StringIO()
    yaml.dump(_plain(config, ""), out)
    return out.getvalue()


def without_credentials(url: str) -> str:
    """A URL with user, password and query replaced by `***`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "***"
    place = parts.netloc.rpartition("@")
    netloc = f"***@{place[2]}" if place[1] else parts.netloc
    return urlunsplit((parts.scheme, netloc, parts.path, "***" if parts.query else "", ""))


def _plain(value: Any, field: str) -> Any:
    if isinstance(value, Struct):
        value = structs.asdict(value)
    if isinstance(value, dict):
        shown = {key: _plain(item, key) for key, item in value.items()}
        return {key: item for key, item in shown.items() if item not in (None, "", [], {})}
    if isinstance(value, tuple):
        return [_plain(item, field) for item in value]
    if isinstance(value, str):
        return without_credentials(value) if field in _URLS else str(value)
    return value
