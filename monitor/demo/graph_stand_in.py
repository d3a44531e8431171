"""What the stand-ins for the Graph API have in common: who may ask, objects by id, and listings in pages.

Shapes, error codes and headers follow Meta's public documentation of the Graph API, version 26.0 (July 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from monitor.demo.graph_answers import Row, cursor_of, graph_error, missing, with_usage
from monitor.demo.graph_fields import BadFields, Field, parse_fields
from monitor.demo.server import Fault, Request, Response, StandIn, json_response
from monitor.demo.world import World

USUAL_LIMIT = 25
LARGEST_LIMIT = 100
MOST_IDS = 50

_PATH = re.compile(r"/v\d+\.\d+/([^/]*)(?:/([a-z_]+))?")


class AnyGraphStandIn(StandIn):
    """One account on loopback. `page_size`: the most rows in one page of a listing, however many are asked for."""

    kind: ClassVar[str]
    """What the headers about allowances call the account."""
    scopes: ClassVar[tuple[str, ...]]
    """What the token allows."""

    def __init__(
        self, world: World, now: Callable[[], datetime], token: str, fault: Fault | None, page_size: int
    ) -> None:
        super().__init__(now, fault)
        self.world = world
        self.token = token
        self.page_size = page_size

    def answer(self, request: Request) -> Response:
        """Answer one Graph request, with the usage headers that every real answer carries."""
        return with_usage(self._answer(request), self.world.school.id, self.kind)

    def an_object(self, object_id: str, fields: Mapping[str, Field]) -> dict[str, Any] | None:
        """One object; None: there is none with this id."""
        raise NotImplementedError

    def rows(
        self, object_id: str, edge: str, fields: Mapping[str, Field], how: Mapping[str, str]
    ) -> list[Row] | None:
        """What an object lists; None: it lists nothing of the kind, or does not exist."""
        raise NotImplementedError

    def page(self, rows: Sequence[Row], how: Mapping[str, str], path: str) -> dict[str, Any]:
        """One page of a listing. Raises LookupError when the row that the cursor points at is gone."""
        limit = min(int(how.get("limit") or USUAL_LIMIT), self.largest_page(path), self.page_size)
        cursors = [cursor_of(row_id) for row_id, _ in rows]
        start = 0
        if after := how.get("after"):
            if after not in cursors:
                raise LookupError(after)
            start = cursors.index(after) + 1
        page: dict[str, Any] = {"data": [show() for _, show in rows[start : start + limit]]}
        if page["data"]:
            last = start + len(page["data"]) - 1
            page["paging"] = {"cursors": {"before": cursors[start], "after": cursors[last]}}
            if last + 1 < len(rows):
                following = {**how, "access_token": self.token, "limit": limit, "after": cursors[last]}
                page["paging"]["next"] = f"https://graph.facebook.com{path}?{urlencode(following)}"
        return page

    def largest_page(self, path: str) -> int:
        """The most rows in one page of this listing."""
        return LARGEST_LIMIT

    def _answer(self, request: Request) -> Response:
        if request.query.get("access_token") != self.token:
            return graph_error(190, "Invalid OAuth access token - Cannot parse access token")
        path = _PATH.fullmatch(request.path)
        if path is None:
            return graph_error(2500, "Unknown path components")
        try:
            fields = parse_fields(request.query.get("fields", ""))
        except BadFields as wrong:
            return graph_error(2500, f"Syntax error in fields: {wrong}")
        if path[1] == "debug_token":
            return json_response({"data": {"is_valid": True, "expires_at": 0, "scopes": list(self.scopes)}})
        if path[2]:
            return self._listing(path[1], path[2], fields, request)
        if "ids" in request.query:
            return self._several(request.query["ids"].split(","), fields)
        found = self.an_object(path[1], fields)
        return missing(path[1]) if found is None else json_response(found)

    def _listing(self, object_id: str, edge: str, fields: Mapping[str, Field], request: Request) -> Response:
        rows = self.rows(object_id, edge, fields, request.query)
        if rows is None:
            return missing(object_id)
        try:
            return json_response(self.page(rows, request.query, request.path))
        except LookupError:
            return graph_error(100, "The cursor no longer points at anything")

    def _several(self, ids: Sequence[str], fields: Mapping[str, Field]) -> Response:
        if len(ids) > MOST_IDS:
            return graph_error(100, f"Too many IDs. Maximum: {MOST_IDS}. Provided: {len(ids)}.")
        found = {object_id: self.an_object(object_id, fields) for object_id in ids}
        gone = [object_id for object_id, shown in found.items() if shown is None]
        return missing(gone[0]) if gone else json_response(found)
