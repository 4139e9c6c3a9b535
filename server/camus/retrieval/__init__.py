"""Keeps the workspace index and answers a `Task` with the few `Chunk`s worth showing a model."""

from camus.actions import Chunk
from camus.retrieval.index import Index

__all__ = ["Chunk", "Index"]
