"""Between file URIs and paths; every other scheme has no path."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname


@lru_cache(maxsize=512)
def path_of(uri: str) -> Path | None:
    """The absolute path of a `file:` URI on this machine, `..` resolved without following links.

    None for another scheme, another machine's URI, or one that names no path at all.
    """
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in {"", "localhost"}:
        return None
    if "\0" in unquote(parts.path):
        return None
    path = url2pathname(parts.path)
    return Path(os.path.normpath(path)) if Path(path).is_absolute() else None


def uri_of(path: Path) -> str:
    """The `file:` URI of a path, made absolute."""
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 - resolve() would follow links
