"""Camus: a language server that turns several language models into one careful colleague."""

__version__ = "0.1.0"
