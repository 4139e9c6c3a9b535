"""Checks of the rules on real files that nobody here wrote; see run.py."""
