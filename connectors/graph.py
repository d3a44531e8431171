"""Asking Meta's Graph API, for Facebook pages and Instagram accounts, through facebook-sdk and our session.

facebook-sdk 3.1.0 knows no version after 3.1, never looks at the HTTP status, and meets a broken reply with whatever
Python raises; so the version is set past its check, and every answer is judged here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import facebook

from connectors.base import AccountState, Verdict
from connectors.budget import Budget, Usage
from connectors.errors import ConnectorError, Forbidden, UnexpectedReply
from connectors.fetched import Exchange
from connectors.graph_errors import ObjectMissing, TooMuchAsked, explain
from connectors.graph_pages import Page, read_page
from connectors.graph_values import GRAPH_ID, with_public_words
from connectors.transport import NetworkSession

API_VERSION = "v26.0"
IDS_AT_ONCE = 50
FEWEST_AT_ONCE = 5
USUAL_WINDOW = timedelta(hours=1)

MOST_PERCENT = 10_000
_PERCENTAGES = ("call_count", "total_cputime", "total_time")


@dataclass
class Answer:
    """One answer without secrets, and its record."""

    payload: Any
    exchanges: tuple[Exchange, ...]


class Graph:
    """One token's way into the Graph API. `where` names the network in messages.

    `session` must carry `access_token` and `app_secret` among its secrets.
    """

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        access_token: str,
        app_secret: str | None,
        where: str,
        api_version: str = API_VERSION,
    ) -> None:
        self.where = where
        self._session = session
        self._now = now
        self._sdk = facebook.GraphAPI(access_token, session=session)
        self._sdk.version = api_version
        self._proof: dict[str, str] = {}
        if app_secret:
            digest = hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256)
            self._proof = {"appsecret_proof": digest.hexdigest()}

    def ask(self, path: str, how: Mapping[str, str], budget: Budget | None = None) -> Answer:
        """One call. Raises a ConnectorError. `budget`, already charged for it, is told what the headers say."""
        self._session.take_exchanges()
        payload, failure = None, None
        try:
            payload = self._sdk.request(f"{self._sdk.version}/{path}", {**how, **self._proof})
            payload = self._session.redactor.payload(payload)
        except Exception as error:  # facebook-sdk lets KeyError, ValueError and whatever else through
            failure = error
        exchanges = self._session.take_exchanges()
        last = exchanges[-1] if exchanges else None
        if last is not None and budget is not None:
            for usage in usage_of(last, self._now().astimezone(UTC)):
                budget.note(usage)
        if failure is not None or last is None or last.status != 200:
            # Raised out here, so that the SDK's error, which holds the token, is not carried along as its context.
            raise explain(failure, last, self._now(), self.where)
        return Answer(payload, exchanges)

    def pages(
        self,
        path: str,
        how: Callable[[int], Mapping[str, str]],
        limit: int,
        budget: Budget,
        following: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[Page, tuple[Exchange, ...]]]:
        """Every page of a listing, from `following` on. Asks for fewer rows at once when that was too much."""
        seen: list[Mapping[str, str]] = []
        while True:
            budget.spend()
            try:
                answer = self.ask(path, {**how(limit), **(following or {}), "limit": str(limit)}, budget)
            except TooMuchAsked:
                if limit <= FEWEST_AT_ONCE:
                    raise
                limit = max(limit // 2, FEWEST_AT_ONCE)
                continue
            page = read_page(answer.payload, self.where)
            yield page, answer.exchanges
            if page.following is None:
                return
            if page.following in seen:
                raise UnexpectedReply(f"{self.where}: a listing sends us round in circles; the rest was not read")
            following = page.following
            seen.append(following)

    def verify(self, remote_ids: Sequence[str], budget: Budget, check: Callable[[], object]) -> dict[str, Verdict]:
        """Say which objects still exist. Raises a ConnectorError.

        The answer for a dead id is the same as for one hidden from a dead token, so nothing is called gone before
        the same token has been seen to read something else, or `check` has passed.
        """
        verdicts = dict.fromkeys(remote_ids, Verdict.UNKNOWN)
        askable = [remote_id for remote_id in verdicts if GRAPH_ID.fullmatch(remote_id)]
        for start in range(0, len(askable), IDS_AT_ONCE):
            verdicts |= self._verify_some(askable[start : start + IDS_AT_ONCE], budget)
        if Verdict.GONE in verdicts.values() and Verdict.PRESENT not in verdicts.values():
            budget.spend()
            check()
        return verdicts

    def state(self, object_id: str, name_field: str, setting: str, public: Sequence[str] = ()) -> AccountState:
        """Who the token says we are, what it allows and until when, as far as it says.

        `public`: the fields in which the account speaks of itself.
        """
        answer, is_told = self.ask_gently(object_id, ("id", name_field), public)
        shown = answer.payload
        if not isinstance(shown, dict) or shown.get("id") != object_id:
            raise UnexpectedReply(f"{self.where}: asked for the account, it answered with another; check {setting}")
        state = self.described(answer, frozenset({object_id}), shown.get(name_field))
        return with_public_words(state, shown, public) if is_told else state

    def ask_gently(self, object_id: str, needed: Sequence[str], wished: Sequence[str]) -> tuple[Answer, bool]:
        """One object with its needed fields and, unless that is refused, the wished ones: whether it was not.

        Facebook refuses a whole question for one field that a token may not see.
        """
        if wished:
            with suppress(UnexpectedReply, Forbidden):
                return self.ask(object_id, {"fields": ",".join((*needed, *wished))}), True
        return self.ask(object_id, {"fields": ",".join(needed)}), False

    def described(self, answer: Answer, own_ids: frozenset[str], name: Any) -> AccountState:
        """What is known of an account, and of the token, once `answer` has said who we are."""
        headers = {name.lower(): value for name, value in answer.exchanges[-1].headers.items()}
        served = headers.get("facebook-api-version", self._sdk.version)
        notes = []
        if served != self._sdk.version:
            notes.append(
                f"Facebook answers as version {served[:20]}, not {self._sdk.version}: ours is no longer served"
            )
        facts = self._token_facts()
        if facts is None:
            notes.append(
                "What this access token may do, and until when, is told to nobody who asks with it alone; "
                "look it up in Meta's access token debugger"
            )
        scopes, expires_at = facts or ((), None)
        return AccountState(
            own_ids=own_ids,
            display_name=name if isinstance(name, str) else "",
            notes=tuple(notes),
            expires_at=expires_at,
            scopes=scopes,
            api_version=served[:20],
        )

    def _token_facts(self) -> tuple[tuple[str, ...], datetime | None] | None:
        """Scopes and end of the token, by `debug_token` on itself; None where it is not told."""
        try:
            payload = self.ask("debug_token", {"input_token": self._sdk.access_token}).payload
        except ConnectorError:
            return None
        data = payload.get("data") if isinstance(payload, dict) else None
        if not isinstance(data, dict):
            return None
        scopes = data.get("scopes")
        ends = [data.get(name) for name in ("expires_at", "data_access_expires_at")]
        moments = [moment for end in ends if (moment := _moment(end))]
        return tuple(s for s in (scopes if isinstance(scopes, list) else []) if isinstance(s, str)), min(
            moments, default=None
        )

    def _verify_some(self, ids: Sequence[str], budget: Budget) -> dict[str, Verdict]:
        """One dead id fails the whole call, so the failing half is halved until the dead ones are found."""
        budget.spend()
        try:
            answer = self.ask("", {"ids": ",".join(ids), "fields": "id"}, budget).payload
        except (ObjectMissing, Forbidden) as refused:
            if len(ids) == 1:
                return {ids[0]: Verdict.GONE if isinstance(refused, ObjectMissing) else Verdict.UNKNOWN}
        else:
            if not isinstance(answer, dict):
                raise UnexpectedReply(f"{self.where}: asked for several items, it answered with something else")
            return {each: Verdict.PRESENT for each in ids if isinstance(answer.get(each), dict)}
        middle = len(ids) // 2
        return self._verify_some(ids[:middle], budget) | self._verify_some(ids[middle:], budget)


def usage_of(answer: Exchange, now: datetime) -> Iterator[Usage]:
    """What the headers say of our allowances: percentages of calls, processor time and time, the largest counts.

    X-App-Usage is for the app, X-Business-Use-Case-Usage for each page (Graph API documentation, "Rate Limits").
    """
    headers = {name.lower(): value for name, value in answer.headers.items()}
    app = _json(headers.get("x-app-usage"))
    if (share := _share(app)) is not None:
        yield Usage("app", share, now + USUAL_WINDOW)
    business = _json(headers.get("x-business-use-case-usage"))
    cases = [
        case
        for listed in (business.values() if isinstance(business, dict) else ())
        if isinstance(listed, list)
        for case in listed
        if isinstance(case, dict)
    ]
    shares = [share for case in cases if (share := _share(case)) is not None]
    if shares:
        minutes = [case.get("estimated_time_to_regain_access") for case in cases]
        wait = max((m for m in minutes if isinstance(m, int | float) and 0 < m < 1440), default=0)
        yield Usage("page", max(shares), now + (timedelta(minutes=wait) if wait else USUAL_WINDOW))


def _share(usage: Any) -> float | None:
    if not isinstance(usage, dict):
        return None
    percents = [usage.get(name) for name in _PERCENTAGES]
    # A whole number too long to be divided comes down to MOST_PERCENT before it is.
    numbers = [
        min(p, MOST_PERCENT) / 100
        for p in percents
        if isinstance(p, int | float) and not isinstance(p, bool) and p >= 0
    ]
    return max(numbers, default=None)


def _json(header: str | None) -> Any:
    try:
        return json.loads(header or "null")
    except (ValueError, RecursionError):
        return None


def _moment(value: Any) -> datetime | None:
    """A Unix time; 0 stands for never."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
