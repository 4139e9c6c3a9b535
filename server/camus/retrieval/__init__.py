"""Keeps the workspace index and answers a `Task` with the few `Chunk`s worth showing a model."""

from camus.actions import Chunk
from camus.retrieval.index import Index
from camus.retrieval.walking import Found, Stamp, stamp_of, text_of, walk

__all__ = ["Chunk", "Found", "Index", "Stamp", "stamp_of", "text_of", "walk"]
