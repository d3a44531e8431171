"""Bring comments in: the only code that reads a network. Imports nothing else of ours."""
