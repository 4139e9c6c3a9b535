"""The rows of the grammars, a module for each family of languages; data only."""
