"""Asking a Mastodon server: every call the connector makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.budget import Budget
from connectors.errors import Forbidden, UnexpectedReply
from connectors.fetched import Exchange
from connectors.json_api import Answer, JsonApi, NotThere
from connectors.mastodon_wire import WHERE, glance, read_account, rows_of, usage_of
from connectors.transport import NetworkSession

IDS_AT_ONCE = 20
_WHO = "/api/v1/accounts/verify_credentials"


class MastodonServer:
    """One server, asked with one token. `me`: the account's id, once known."""

    def __init__(
        self, session: NetworkSession, now: Callable[[], datetime], server: str, access_token: str, username: str
    ) -> None:
        headers = {"Authorization": f"Bearer {access_token}"}
        self._api = JsonApi(session=session, now=now, network=WHERE, base=server, headers=headers)
        self._now = now
        self._username = username.lstrip("@").partition("@")[0]
        self.me = ""

    def now(self) -> datetime:
        """The present, in UTC."""
        return self._now().astimezone(UTC)

    def get(self, path: str, query: Mapping[str, Any], what: str, budget: Budget) -> Answer:
        """One call, paid for. Raises a ConnectorError; NotThere where there is no such thing."""
        budget.spend()
        answer = self._api.get(path, query, what=what)
        if usage := usage_of(answer.headers, self.now()):
            budget.note(usage)
        return answer

    def account(self) -> Mapping[str, Any]:
        """Whose token it is. Raises Forbidden when it is not the configured account's."""
        account = read_account(self._api.get(_WHO, what="account").payload, "account")
        username = account.get("username")
        if isinstance(username, str) and username.casefold() != self._username.casefold():
            raise Forbidden(
                f"{WHERE}, account: the access token belongs to @{username[:60]}, not to @{self._username}; "
                "make one while signed in as the school, or correct username"
            )
        self.me = str(account["id"])
        return account

    def know_me(self, known: str, budget: Budget) -> bool:
        """Make sure `me` is known; `known` is what a cursor says. True when it was right."""
        if not self.me:
            if known:
                self.me = known
            else:
                budget.spend()
                self.account()
        return self.me == known

    def scopes(self) -> tuple[str, ...]:
        """What the token allows; empty where the server does not say."""
        try:
            app = self._api.get("/api/v1/apps/verify_credentials", what="access token").payload
        except (NotThere, Forbidden, UnexpectedReply):
            return ()
        listed = app.get("scopes") if isinstance(app, dict) else None
        return tuple(each for each in listed if isinstance(each, str)) if isinstance(listed, list) else ()

    def version(self) -> str:
        """Which version the server runs; empty where it does not say."""
        for path in ("/api/v2/instance", "/api/v1/instance"):
            try:
                instance = self._api.get(path, what="server").payload
            except (NotThere, Forbidden, UnexpectedReply):
                continue
            if isinstance(instance, dict) and isinstance(instance.get("version"), str):
                return str(instance["version"])[:60]
        return ""

    def by_ids(self, ids: Sequence[str], budget: Budget) -> tuple[dict[str, Any], tuple[Exchange, ...]]:
        """Those of at most 20 statuses that are there, and the answers they came in.

        Servers before Mastodon 4.3, and some that speak its API, know no way to ask for several at once.
        """
        what = "statuses by id"
        try:
            answer = self.get("/api/v1/statuses", {"id[]": list(ids)}, what, budget)
        except NotThere:
            return self._one_by_one(ids, budget)
        found = {}
        for row in rows_of(answer.payload, what):
            status = glance(row)
            if status and status.id in ids:
                found[status.id] = row
        return found, (answer.exchange,)

    def _one_by_one(self, ids: Sequence[str], budget: Budget) -> tuple[dict[str, Any], tuple[Exchange, ...]]:
        found, exchanges = {}, []
        for each in ids:
            try:
                answer = self.get(f"/api/v1/statuses/{each}", {}, "status", budget)
            except NotThere:
                continue
            status = glance(answer.payload)
            if status is None or status.id != each:
                raise UnexpectedReply(f"{WHERE}, status: the answer is not the status that was asked for")
            found[each] = answer.payload
            exchanges.append(answer.exchange)
        return found, tuple(exchanges)
