"""Trying a list, or new models, over the stored history before they go live."""
