"""Asking X through tweepy, with its own waiting off and its logging out of reach.

tweepy lets AttributeError, TypeError and more out when a body is odd, repeats credentials and comments at DEBUG, and
keeps what the headers say of the allowance to itself; all of that is dealt with here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import tweepy

from connectors.budget import Budget
from connectors.errors import UnexpectedReply
from connectors.fetched import Exchange
from connectors.transport import NetworkSession, translate_transport_error
from connectors.x_refusals import SinceIdTooOld, refusal, refuses_since_id, usage_of
from connectors.x_wire import Page, read_page

# At DEBUG these log the bearer token, the keys and every word of every comment; a level could be set back.
_TALKATIVE = ("tweepy.client", "requests_oauthlib.oauth1_auth", "oauthlib.oauth1.rfc5849")


@dataclass(frozen=True)
class Said:
    """One answer, without secrets, and its record."""

    payload: Any
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class Listed:
    """One page of a list. `anew`: X read no more from `since_id`, and the list was begun again without it."""

    page: Page
    exchanges: tuple[Exchange, ...]
    anew: bool = False


class XAccess:
    """Asks as one app, and with `own_keys` as the account itself.

    `session` must rewrite https://api.twitter.com, which tweepy has built in, to wherever the API is. `client` makes
    the calls that `ask` is given.
    """

    def __init__(
        self, *, session: NetworkSession, now: Callable[[], datetime], bearer_token: str, own_keys: Sequence[str] = ()
    ) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).disabled = True
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        keys = dict(zip(names, own_keys, strict=True)) if own_keys else {}
        self.client = tweepy.Client(bearer_token, **keys, wait_on_rate_limit=False, return_type=dict)
        self.client.session = session
        self._session = session
        self._now = now

    def ask(self, what: str, budget: Budget | None, call: Callable[..., Any], *args: Any, **options: Any) -> Said:
        """Ask once for `what`, in words. Raises a ConnectorError, and SinceIdTooOld."""
        if budget is not None:
            budget.spend()
        self._session.take_exchanges()
        reply, failure = None, None
        try:
            reply = self._session.redactor.payload(call(*args, **options))
        except Exception as error:  # see above
            failure = error
        exchanges = self._session.take_exchanges()
        if budget is not None and exchanges and (usage := usage_of(exchanges[-1], what)):
            budget.note(usage)
        if failure is not None:
            raise self._meaning(failure, exchanges, f"X, {what}", options) from None
        return Said(reply, exchanges)

    def pages(
        self,
        what: str,
        budget: Budget,
        call: Callable[..., Any],
        onward: Mapping[str, Any],
        otherwise: Mapping[str, Any],
        following: str,
    ) -> Iterator[Listed]:
        """Every page of a list, newest first. `otherwise`: how to ask where X refuses the `since_id` in `onward`.

        `following`: the name under which X takes the token of the next page.
        """
        token: str | None = None
        tokens: set[str] = set()
        anew = False
        while True:
            try:
                listed = self.page(what, budget, call, **onward, **{following: token})
            except SinceIdTooOld:
                onward, anew, token = otherwise, True, None
                continue
            yield Listed(listed.page, listed.exchanges, anew)
            token = listed.page.next_token
            if token is None:
                return
            if token in tokens:
                raise UnexpectedReply(f"X, {what}: X leads back to a page that was already read")
            tokens.add(token)

    def page(self, what: str, budget: Budget, call: Callable[..., Any], **options: Any) -> Listed:
        """One page. Raises as `ask` does."""
        said = self.ask(what, budget, call, **options)
        return Listed(read_page(said.payload, f"X, {what}"), said.exchanges)

    def _meaning(
        self, failure: Exception, exchanges: Sequence[Exchange], where: str, options: dict[str, Any]
    ) -> Exception:
        if exchanges and "since_id" in options and refuses_since_id(exchanges[-1]):
            return SinceIdTooOld()
        credentials = "account's own keys" if options.get("user_auth") else "bearer token"
        refused = refusal(exchanges[-1], where, self._now(), credentials) if exchanges else None
        return refused or translate_transport_error(failure, where)
