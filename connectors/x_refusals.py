"""What X says when it does not give what was asked for, and how much of an allowance is left. Pure.

Facts are from docs.x.com/x-api: "Response codes and errors", "Rate limits", "Usage and billing".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.budget import Usage
from connectors.errors import (
    AuthFailed,
    BudgetSpent,
    ConnectorError,
    Forbidden,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
)
from connectors.fetched import Exchange
from connectors.transport import retry_at

RATE_WINDOW = timedelta(minutes=15)
NOT_FOUND = "/problems/resource-not-found"
USAGE_CAP = "/problems/usage-capped"
_LATEST = 1 << 33  # seconds; no allowance begins anew later than in the year 2242


class SinceIdTooOld(Exception):
    """X no longer reads onward from the id we stopped at."""


def refusal(answer: Exchange, where: str, now: datetime, credentials: str = "bearer token") -> ConnectorError | None:
    """What an answer other than 200 means; None when its status is a success. `now` is aware."""
    status = answer.status
    if 200 <= status < 300:
        return None
    if status == 402:
        words = "the X developer account has no credits left; buy some in the X developer console"
        # The reset in X's own header is that of the calls in 15 minutes, which come back whatever is paid for.
        said = {name: value for name, value in answer.headers.items() if name.lower() == "retry-after"}
        # Credits can be bought at any time, and asking for nothing costs nothing: once a day.
        return BudgetSpent(f"{where}: {words}", retry_at(said, now) or now + timedelta(hours=24))
    if status < 500 and of_type(_problem(answer), USAGE_CAP):
        return BudgetSpent(f"{where}: the X developer account has used up its monthly reads", _next_month(now))
    if status == 401:
        return AuthFailed(f"{where}: X refuses the {credentials}; make a new one in the X developer console")
    if status == 403:
        words = f"X does not allow the {credentials} to read this; check the app's access in the X developer console"
        return Forbidden(f"{where}: {words}")
    if status == 429:
        return RateLimited(f"{where}: too many calls", retry_at(answer.headers, now) or now + RATE_WINDOW)
    if status >= 500:
        return TemporaryFailure(f"{where}: X answered with error {status}; it is asked again at the next run")
    return UnexpectedReply(f"{where}: X answered with status {status}; check user_id and api_url")


def refuses_since_id(answer: Exchange) -> bool:
    """Whether the answer says that `since_id` lies too far back."""
    invalid = [problem.get("parameters") for problem in problems(_problem(answer))]
    return answer.status == 400 and any(isinstance(named, dict) and "since_id" in named for named in invalid)


def problems(payload: Any) -> list[dict[str, Any]]:
    """The entries of `errors`, which also stand beside the data of a 200."""
    listed = payload.get("errors") if isinstance(payload, dict) else None
    return [problem for problem in listed if isinstance(problem, dict)] if isinstance(listed, list) else []


def of_type(problem: Any, ending: str) -> bool:
    """Whether a problem is of this type. Its host changed from twitter.com to x.com, the ending did not."""
    return isinstance(problem, dict) and str(problem.get("type", "")).endswith(ending)


def usage_of(answer: Exchange, name: str) -> Usage | None:
    """What the headers say of the calls allowed in this window to the endpoint that we call `name`."""
    lower = {header.lower(): value for header, value in answer.headers.items()}
    limit, left, reset = (_number(lower, f"x-rate-limit-{part}") for part in ("limit", "remaining", "reset"))
    if limit is None or left is None or reset is None or not limit > 0 or not 0 < reset < _LATEST:
        return None
    share = min(max(1 - left / limit, 0.0), 1.0)
    return Usage(name, share, datetime.fromtimestamp(reset, UTC))


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None


def _next_month(now: datetime) -> datetime:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def _problem(answer: Exchange) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
