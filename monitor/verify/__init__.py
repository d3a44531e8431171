"""Checking that everything kept is what the evidence log says it is."""
