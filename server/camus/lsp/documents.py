"""The open documents as the client has them; hands out snapshots that never change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from lsprotocol import types as lsp

from camus.lsp.capabilities import Encoding
from camus.lsp.positions import span_of
from camus.source import Document, Edit, language_for, language_of

_SURROGATE = re.compile("[\ud800-\udfff]")


class Documents:
    """All open documents, by URI; `%3A` and `:` name the same one."""

    def __init__(self, encoding: Encoding) -> None:
        """Understand changes whose positions are in `encoding`."""
        self._encoding = encoding
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        """The newest snapshots."""
        return iter(tuple(self._open.values()))

    def get(self, uri: str) -> Document | None:
        """The newest snapshot of an open document."""
        return self._open.get(unquote(uri))

    def open(self, item: lsp.TextDocumentItem) -> Document:
        """Take a document over from its file."""
        text = _well_formed(item.text)
        document = Document(item.uri, text, _language(item, text), item.version)
        self._open[unquote(item.uri)] = document
        return document

    def change(self, params: lsp.DidChangeTextDocumentParams) -> Document | None:
        """Apply the changes in order; None for a document that is not open."""
        document = self.get(params.text_document.uri)
        if document is None:
            return None
        version = params.text_document.version
        for change in params.content_changes:
            text = _well_formed(change.text)
            if isinstance(change, lsp.TextDocumentContentChangePartial):
                span = span_of(document, change.range, self._encoding)
                document = document.edited((Edit(span, text),), version)
            else:
                document = Document(document.uri, text, document.language, version)
        self._open[unquote(document.uri)] = document
        return document

    def close(self, uri: str) -> None:
        """Give a document back to its file."""
        self._open.pop(unquote(uri), None)


def _language(item: lsp.TextDocumentItem, text: str) -> str:
    known = language_for(item.language_id)
    if known is not None:
        return known.id
    by_name = language_of(unquote(item.uri), text[:200].partition("\n")[0])
    return by_name if by_name != "text" else item.language_id or "text"


def _well_formed(text: str) -> str:
    """The text with half surrogate pairs replaced; each stays one unit long in every encoding."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
