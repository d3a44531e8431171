"""Pages of a Graph listing: their rows and the way to the next one. No network here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.errors import UnexpectedReply

# Older listings go on by `until` and a paging token instead of `after`.
_WAYS_ON = ("after", "until", "__paging_token")


@dataclass(frozen=True)
class Page:
    """One page of a listing: its rows as they came, and what to ask for the next (None: this is the last)."""

    rows: Sequence[Any]
    following: Mapping[str, str] | None


def read_page(answer: Any, where: str) -> Page:
    """A page of a listing. Only the position is taken from its link to the next page, never the address.

    Raises UnexpectedReply when it has no list of rows, or says that it goes on but not where.
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise UnexpectedReply(f"{where}: a page of a listing came without its rows")
    paging = answer.get("paging")
    link = paging.get("next") if isinstance(paging, dict) else None
    if not link:
        return Page(answer["data"], None)
    try:
        query = parse_qs(urlsplit(link).query)
    except (ValueError, TypeError, AttributeError):
        query = {}
    following = {name: query[name][-1] for name in _WAYS_ON if name in query}
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    if not following and isinstance(cursors, dict) and isinstance(cursors.get("after"), str):
        following = {"after": cursors["after"]}
    if not following:
        raise UnexpectedReply(f"{where}: a listing goes on, but does not say where")
    return Page(answer["data"], following)
