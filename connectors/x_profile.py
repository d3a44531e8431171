"""What an account on X says of itself. X shortens every address in it, and gives them written out beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.public_words import about_of, inside, links_of, values_of

PUBLIC = ("description", "entities", "url")
"""Fields of a user that hold it (docs.x.com/x-api, data dictionary, "User")."""


def public_words(user: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Its description, and the addresses there and beside it. X leaves empty fields out."""
    urls = [inside(user.get("entities"), part, "urls") for part in ("url", "description")]
    return about_of(user.get("description")), links_of(*(a for rows in urls for a in values_of(rows, "expanded_url")))
