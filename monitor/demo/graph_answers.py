"""How the Graph API words its answers: times, errors, allowances, places in a listing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from monitor.demo.graph_fields import Field
from monitor.demo.server import Response, json_response

Row = tuple[str, Callable[[], dict[str, Any]]]
"""The id a place in a listing is known by (the object itself may be broken and lack one), and how it is shown; only
what is on the page asked for is."""
API_VERSION = "v26.0"


def with_usage(response: Response, account_id: str, kind: str) -> Response:
    """The answer with the headers that tell how much of the allowances is used, and as which version it was given."""
    usage = {"call_count": 3, "total_cputime": 2, "total_time": 2}
    business = [{"type": kind, **usage, "estimated_time_to_regain_access": 0}]
    headers = {
        "X-App-Usage": json.dumps(usage),
        "X-Business-Use-Case-Usage": json.dumps({account_id: business}),
        "facebook-api-version": API_VERSION,
    }
    return Response(response.status, response.body, {**headers, **response.headers}, response.cut_to)


def graph_time(moment: datetime) -> str:
    """As the Graph API writes times: 2026-11-14T12:00:00+0000."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")


def graph_error(
    code: int,
    message: str,
    *,
    subcode: int | None = None,
    status: int = 400,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error as the Graph API words it: the HTTP status is 400 almost always, the meaning is in the code."""
    kind = "GraphMethodException" if code == 100 else "OAuthException"
    error: dict[str, Any] = {"message": message, "type": kind, "code": code, "fbtrace_id": "AbCdEfGhIjKlMnOpQrSt"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return json_response({"error": error}, status, headers)


def missing(object_id: str) -> Response:
    """The error for an object that is not there, or not for us."""
    words = f"Unsupported get request. Object with ID '{object_id}' does not exist or cannot be loaded"
    return graph_error(100, words, subcode=33)


def cursor_of(row_id: str) -> str:
    """What points at a place in a listing."""
    return base64.urlsafe_b64encode(row_id.encode()).decode().rstrip("=")


def only(whole: Mapping[str, Any], fields: Mapping[str, Field], unasked: Collection[str]) -> dict[str, Any]:
    """Only what was asked for, and always the id; with nothing asked, what the Graph API gives unasked."""
    asked = {*fields, "id"} if fields else {*unasked, "id"}
    return {name: value for name, value in whole.items() if name in asked}
