"""What the refusals of the YouTube Data API mean, by the reason they give ("YouTube Data API errors" by Google)."""

from __future__ import annotations

from datetime import datetime

from connectors.errors import AuthFailed, BudgetSpent, ConnectorError, Forbidden, RateLimited, TemporaryFailure
from connectors.fetched import Exchange
from connectors.google_access import error_of, notes_on, quota_begins_anew, quota_of
from connectors.json_api import UNSAID_WAIT
from connectors.transport import retry_at

_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_KEY_DEAD = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID", "authError", "invalidCredentials"})
_KEY_KEPT_OUT = frozenset(
    {"ipRefererBlocked", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_SERVICE_BLOCKED"}
)
_NOT_ALLOWED = frozenset({"forbidden", "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_SWITCHED_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_OWN_FAULT = frozenset({"processingFailure", "backendError", "internalError"})


class CommentsOff(Forbidden):
    """Comments are switched off there. That is the school's own choice and no fault."""


def meaning(exchange: Exchange, where: str, now: datetime) -> ConnectorError | None:
    """What a refusal means, by the reason YouTube gives; None: its status says it all."""
    notes = notes_on(error_of(exchange.body))
    reasons = {reason for note in notes if isinstance(reason := note.get("reason"), str)}
    if reasons & _QUOTA or any("PerDay" in quota_of(note, "quota_limit") for note in notes):
        return BudgetSpent(
            f"{where}: today's units are used up; they begin anew at midnight in California", quota_begins_anew(now)
        )
    if reasons & _TOO_FAST:
        return RateLimited(f"{where}: too many calls", retry_at(exchange.headers, now) or now + UNSAID_WAIT)
    if reasons & _KEY_DEAD or exchange.status == 401:
        return AuthFailed(
            f"{where}: the API key or the sign-in is no longer accepted; make a new one in Google's console"
        )
    if reasons & _OWN_FAULT:
        return TemporaryFailure(f"{where}: YouTube has a fault of its own; it is asked again at the next run")
    return _not_allowed(reasons, where)


def _not_allowed(reasons: set[str], where: str) -> Forbidden | None:
    if "commentsDisabled" in reasons:
        return CommentsOff(f"{where}: comments are switched off there")
    if reasons & _SWITCHED_OFF:
        return Forbidden(
            f"{where}: the YouTube Data API is not switched on for this project; do that in Google's console"
        )
    if reasons & _KEY_KEPT_OUT:
        return Forbidden(
            f"{where}: the API key is kept to other computers or other services; change that in Google's console"
        )
    if "channelNotFound" in reasons:
        return Forbidden(f"{where}: there is no channel with this channel_id; check it")
    if reasons & _NOT_ALLOWED:
        return Forbidden(
            f"{where}: not allowed; held comments need the owner's sign-in with the scope youtube.force-ssl"
        )
    return None
