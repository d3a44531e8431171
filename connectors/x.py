"""X, through tweepy: what is said to the school and below its posts, what it says itself, and its direct messages.

`x_access.py` asks, `x_wire.py` and `x_messages.py` say what the answers mean, `x_streams.py` reads the lists and
`x_talks.py` says what is searched. X charges for each post and user it shows, once in a UTC day; an empty answer is
free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors.base import MESSAGES, AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, Forbidden, UnexpectedReply
from connectors.transport import NetworkSession
from connectors.x_access import XAccess
from connectors.x_profile import PUBLIC, public_words
from connectors.x_refusals import problems
from connectors.x_streams import MENTIONS, REPLIES, TIMELINE, XStreams
from connectors.x_talks import Talks, is_handle
from connectors.x_wire import is_id, read_verdicts

IDS_AT_ONCE = 100
NAME_HOLDS = timedelta(days=7)


class X:
    """One account on X. `user_id` is its number; `bearer_token` that of an app allowed to read it.

    `session` must rewrite https://api.twitter.com to wherever the API is. `own_keys`: consumer key and secret, access
    token and secret of the account itself, which only direct messages need. `lookback_days`: how far back a first
    read goes; a search reaches seven days, messages thirty.

    One search finds what is said to the school, of it, by it and in its conversations. So while anything is going on
    it stands in for the lists, which are then read now and again for what it left out.
    """

    network: ClassVar[str] = "x"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        user_id: str,
        bearer_token: str,
        own_keys: tuple[str, ...] = (),
        lookback_days: int = 30,
        read_messages: bool = False,
    ) -> None:
        self._access = XAccess(session=session, now=now, bearer_token=bearer_token, own_keys=own_keys)
        self._streams = XStreams(self._access, now, user_id, timedelta(days=lookback_days))
        self._user_id = user_id
        self._reads_messages = read_messages and bool(own_keys)
        seldom = {TIMELINE: timedelta(hours=2)}
        self._capabilities = Capabilities(
            # Replies before mentions: where a run has searched, the list of mentions may be left for later.
            streams=(REPLIES, MENTIONS, TIMELINE, *([MESSAGES] if self._reads_messages else [])),
            shows_hidden=False,
            verify_every=timedelta(hours=24),  # X charges for a post once in a UTC day, whenever it is read again
            read_every=seldom | ({MESSAGES: timedelta(hours=1)} if self._reads_messages else {}),
            never_empty=frozenset({TIMELINE}),
        )

    @property
    def capabilities(self) -> Capabilities:
        """What can be read here: direct messages only with `read_messages` and the account's own keys."""
        return self._capabilities

    def check(self) -> AccountState:
        """Ask X who the account is, and whose the keys are. Raises a ConnectorError."""
        user = self._user(None)
        notes = []
        if user.get("protected") is True:
            notes.append("the account is protected: X shows its posts only to those it has accepted")
        if self._reads_messages:
            asked = self._access.ask("the account's own keys", None, self._access.client.get_me, user_auth=True)
            mine = asked.payload.get("data") if isinstance(asked.payload, dict) else None
            if not isinstance(mine, dict) or mine.get("id") != self._user_id:
                raise AuthFailed("X, the account's own keys: they are another account's; make new ones as the school")
        name = str(user.get("name") or user.get("username") or "")
        about, links = public_words(user)
        return AccountState(frozenset({self._user_id}), name, tuple(notes), api_version="2", about=about, links=links)

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor` (None: from the look-back). Raises a ConnectorError."""
        if stream not in self.capabilities.streams:
            raise Forbidden(f"X: this account has no stream called {stream}; messages need the account's own keys")
        if stream == REPLIES:
            yield from self._streams.replies(cursor, budget, self._learn_name)
        else:
            streams = {
                MENTIONS: self._streams.mentions,
                TIMELINE: self._streams.timeline,
                MESSAGES: self._streams.messages,
            }
            yield from streams[stream](cursor, budget)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which of these posts still exist, 100 a call; of messages X does not say. Raises a ConnectorError."""
        asked = [remote_id for remote_id in dict.fromkeys(remote_ids) if is_id(remote_id)]
        said: dict[str, Verdict] = {}
        for start in range(0, len(asked), IDS_AT_ONCE):
            some = asked[start : start + IDS_AT_ONCE]
            reply = self._access.ask("posts by id", budget, self._access.client.get_tweets, ids=some).payload
            verdicts = read_verdicts(reply, "X, posts by id")
            budget.pay(sum(verdicts.get(each) is Verdict.PRESENT for each in some))
            said |= verdicts
        return {remote_id: said[remote_id] for remote_id in asked if remote_id in said}

    def _learn_name(self, talks: Talks, started: datetime, budget: Budget) -> None:
        """Mentions are searched for by the account's name, which can change. Without one they are only listed."""
        if talks.handle and talks.handle_at and started - talks.handle_at < NAME_HOLDS:
            return
        name = self._user(budget).get("username")
        talks.handle, talks.handle_at = name if is_handle(name) else "", started

    def _user(self, budget: Budget | None) -> Mapping[str, Any]:
        where = "X, account"
        call, fields = self._access.client.get_user, ["name", "protected", "username", *PUBLIC]
        reply = self._access.ask("account", budget, call, id=self._user_id, user_fields=fields).payload
        if budget is not None:
            budget.pay(1)
        user = reply.get("data") if isinstance(reply, dict) else None
        if user is None and (said := problems(reply)):
            if any("suspended" in str(problem.get("detail")) for problem in said):
                raise Forbidden(f"{where}: X has suspended it; sign in to X as the school and see what it says")
            raise Forbidden(f"{where}: X shows no account with this user_id; check the number")
        if not isinstance(user, dict) or user.get("id") != self._user_id:
            raise UnexpectedReply(f"{where}: the answer is not the account that was asked for")
        return user
