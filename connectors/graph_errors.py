"""What the Graph API's errors mean. Its HTTP status says little; the code in the body decides.

Codes and headers: Meta's public documentation, "Handle Errors" and "Rate Limits", Graph API version 26.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

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
from connectors.transport import LONGEST_WAIT, retry_at, translate_transport_error

USUAL_WAIT = timedelta(hours=1)  # the window of the platform's own rate limit

_TOKEN_DEAD = frozenset({102, 190})
_THROTTLED = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
_TRANSIENT = frozenset({1, 2})
_NOT_ALLOWED = frozenset({3, 10, *range(200, 300)})
_BLOCKED = 368
_NO_SUCH_OBJECT = frozenset({21, 803})
_BAD_REQUEST = 100
_MISSING_SUBCODE = 33

_WHY_DEAD = {
    458: "the app was removed from the account",
    459: "Facebook wants the account's owner to log in and confirm who they are",
    460: "the password of the account behind it was changed",
    463: "it has expired",
    464: "Facebook wants the account's owner to log in and confirm who they are",
    467: "it was withdrawn",
    492: "the person behind it lost their role on the page",
}


class ObjectMissing(UnexpectedReply):
    """There is no such object, or none that this token may see. The Graph API does not say which."""


class TooMuchAsked(TemporaryFailure):
    """The answer would be too large for Facebook to put together; ask for fewer rows."""


def explain(error: Exception | None, answer: Exchange | None, now: datetime, where: str) -> ConnectorError:
    """What went wrong, from the SDK's `error` and the last `answer` received (None: none came).

    `where` names the network.
    """
    details = _details(error, answer)
    if details is not None and (meaning := _by_code(details, answer, now, where)):
        return meaning
    if answer is not None and answer.status != 200:
        return _by_status(answer, now, details, where)
    if details is not None:
        return UnexpectedReply(f"{where}: Facebook refused the request (error {_number(details.get('code'))})")
    return translate_transport_error(error or ValueError(), where)


def _details(error: Exception | None, answer: Exchange | None) -> Mapping[str, Any] | None:
    """The `error` object of a Graph reply: from facebook-sdk's GraphAPIError, or else from the body of a refusal,
    which facebook-sdk throws away unless it calls itself JSON (Facebook has also sent it as text/javascript).
    """
    result = getattr(error, "result", None)
    if not isinstance(result, dict) and answer is not None and answer.status != 200:
        try:
            result = json.loads(answer.body)
        except (ValueError, RecursionError):
            return None
    details = result.get("error") if isinstance(result, dict) else None
    return details if isinstance(details, dict) else None


def _by_code(details: Mapping[str, Any], answer: Exchange | None, now: datetime, where: str) -> ConnectorError | None:
    code, subcode = _number(details.get("code")), _number(details.get("error_subcode"))
    if code in _TOKEN_DEAD:
        why = _WHY_DEAD.get(subcode or 0, "Facebook does not say why")
        return AuthFailed(f"{where}: the access token no longer works: {why}. A person must issue a new one")
    if code in _THROTTLED:
        return RateLimited(f"{where}: too many calls; Facebook asks us to wait", _back_at(answer, now))
    if code in _NOT_ALLOWED:
        return Forbidden(f"{where}: the token may not read this (error {code}); check its permissions and role")
    if code == _BLOCKED:
        return Forbidden(f"{where}: Facebook has blocked this app or account for now; see the page's support inbox")
    if code in _TRANSIENT:
        if "reduce the amount" in str(details.get("message")).lower():
            return TooMuchAsked(f"{where}: Facebook could not put so much into one answer, nor a small one")
        return TemporaryFailure(f"{where}: Facebook has a fault of its own; it is asked again at the next run")
    gone = subcode == _MISSING_SUBCODE or details.get("type") == "GraphMethodException"
    if code in _NO_SUCH_OBJECT or (code == _BAD_REQUEST and gone):
        return ObjectMissing(
            f"{where}: not found, or not for this token; check the account's number and whose token it is"
        )
    return None


def _by_status(answer: Exchange, now: datetime, details: Mapping[str, Any] | None, where: str) -> ConnectorError:
    status = answer.status
    if status == 401:
        return AuthFailed(f"{where}: the credentials were refused. A person must issue a new access token")
    if status == 402:
        return BudgetSpent(
            f"{where}: what is paid for is used up; see the app's or the proxy's account", _back_at(answer, now)
        )
    if status == 403:
        return Forbidden(f"{where}: reading was refused; check the token's permissions and any web filter")
    if status == 429:
        return RateLimited(f"{where}: too many calls; Facebook asks us to wait", _back_at(answer, now))
    if status >= 500:
        return TemporaryFailure(f"{where}: Facebook answered {status}; it is asked again at the next run")
    code = "" if details is None else f", error {_number(details.get('code'))}"
    return UnexpectedReply(f"{where}: Facebook answered {status}{code}, which it does not document for this")


def _back_at(answer: Exchange | None, now: datetime) -> datetime:
    headers = {} if answer is None else {name.lower(): value for name, value in answer.headers.items()}
    minutes = max(_minutes(headers.get("x-business-use-case-usage", "")), default=0)
    if minutes > 0:
        return now.astimezone(UTC) + timedelta(minutes=min(minutes, LONGEST_WAIT / timedelta(minutes=1)))
    return retry_at(headers, now) or now.astimezone(UTC) + USUAL_WAIT


def _minutes(header: str) -> Iterator[float]:
    """Every `estimated_time_to_regain_access` in X-Business-Use-Case-Usage, in minutes."""
    try:
        usage = json.loads(header)
    except (ValueError, RecursionError):
        return
    for cases in usage.values() if isinstance(usage, dict) else ():
        for case in cases if isinstance(cases, list) else ():
            minutes = case.get("estimated_time_to_regain_access") if isinstance(case, dict) else None
            if isinstance(minutes, (int, float)) and minutes > 0:
                yield minutes


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
