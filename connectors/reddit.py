"""Reddit: the school's own subreddit, what reaches its user elsewhere, and the threads it takes part in.

`reddit_access.py` asks, `reddit_wire.py` and `reddit_tree.py` say what the answers mean, `reddit_lists.py` and
`reddit_threads.py` decide what is read how far; this file says who asks for what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, Forbidden, UnexpectedReply
from connectors.public_words import about_of, inside
from connectors.reddit_access import RedditAccess, Source
from connectors.reddit_lists import PAGE, Lists
from connectors.reddit_submissions import Submissions
from connectors.reddit_wire import Reader, is_gone, listing_children
from connectors.transport import NetworkSession

COMMENTS, INBOX, SUBMISSIONS = "comments", "inbox", "submissions"
NEEDED_SCOPES = ("identity", "read", "privatemessages", "history")
SELDOM = timedelta(minutes=90)
INBOX_BESIDE_COMMENTS = timedelta(hours=4)
"""How often the inbox is read by a school whose subreddit is read at every run. Reddit counts every call."""

_ME = Source("/api/v1/me", "who we are")
_INFO = Source("/api/info", "items seen earlier")
_VERIFIABLE = re.compile(r"t[13]_[0-9a-z]{1,16}")


class Reddit:
    """One school's presence on Reddit. `subreddit` None: the school has a user but no subreddit of its own.

    `session` must rewrite https://oauth.reddit.com and https://www.reddit.com, which praw has built in, to wherever
    they are. `now` gives the present moment (aware). `submissions`: ids of threads elsewhere that are read as well.
    `lookback_days`: how far back a first read goes. What moderators removed, and what a filter holds back for them,
    shows only when the user moderates the subreddit. Direct messages are never read.
    """

    network: ClassVar[str] = "reddit"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        username: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        subreddit: str | None = None,
        submissions: tuple[str, ...] = (),
        lookback_days: int = 30,
    ) -> None:
        self._now = now
        self._username = username
        self._subreddit = subreddit
        self._named = tuple(dict.fromkeys(f"t3_{each.strip().lower().removeprefix('t3_')}" for each in submissions))
        self._lookback = timedelta(days=lookback_days)
        seldom = {SUBMISSIONS: SELDOM} | ({INBOX: INBOX_BESIDE_COMMENTS} if subreddit else {})
        self._capabilities = Capabilities(
            streams=(COMMENTS, INBOX, SUBMISSIONS) if subreddit else (INBOX, SUBMISSIONS),
            shows_hidden=True,
            # The comments of the last weeks are all met once a day; what is not met then is asked for.
            verify_every=timedelta(hours=26),
            read_every=seldom,
            never_empty=frozenset({SUBMISSIONS}),
        )
        self._access = RedditAccess(
            session=session,
            now=now,
            username=username,
            client_id=client_id,
            client_secret=client_secret,
            refresh_token=refresh_token,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What can be read here. Without a subreddit there is one stream less."""
        return self._capabilities

    def check(self) -> AccountState:
        """Ask Reddit whose token it is. AuthFailed also when it is not the configured user's."""
        me, _ = self._access.get(_ME)
        name, number = (me.get("name"), me.get("id")) if isinstance(me, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(number, str) or not name or not number:
            raise UnexpectedReply("Reddit, who we are: the answer names no user")
        if name.casefold() != self._username.casefold():
            raise AuthFailed("Reddit: the token is not that of `username`; sign in as the school's user")
        notes = ["Reddit has suspended this user"] if me.get("is_suspended") else []
        scopes = self._access.scopes()
        if "*" not in scopes and (missing := [scope for scope in NEEDED_SCOPES if scope not in scopes]):
            notes.append(f"the token lacks the permission {', '.join(missing)}; sign in again and grant it")
        notes += self._notes_on_submissions()
        own_ids = frozenset({f"t2_{number.removeprefix('t2_')}", f"name:{name}"})
        profile = me.get("subreddit")  # that of the user's own page
        about = about_of(inside(profile, "public_description")) if isinstance(profile, dict) else None
        return AccountState(own_ids, name, tuple(notes), scopes=tuple(sorted(scopes)), about=about)

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor` (None: from the look-back). Raises a ConnectorError.

        Reddit's own "everything `before` this comment" is not used: once that comment is deleted it answers with
        nothing, for ever.
        """
        if stream not in self.capabilities.streams:
            raise Forbidden(f"Reddit: this account has no stream called {stream}; check `subreddit`")
        started = self._now().astimezone(UTC)
        reader = Reader(self._username, self._subreddit, started, frozenset(self._named))
        lists = Lists(self._access, reader, self._username, self._subreddit, self._lookback)
        if stream == SUBMISSIONS:
            yield from Submissions(self._access, lists, self._named).read(cursor, budget)
        else:
            yield from (lists.comments if stream == COMMENTS else lists.inbox)(cursor, budget)

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Ask for up to 100 items a call. What a moderator removed is still PRESENT. Raises a ConnectorError."""
        verdicts: dict[str, Verdict] = {}
        asked = [remote_id for remote_id in dict.fromkeys(remote_ids) if _VERIFIABLE.fullmatch(remote_id)]
        for start in range(0, len(asked), PAGE):
            chunk = asked[start : start + PAGE]
            answer, _ = self._access.get(_INFO, {"id": ",".join(chunk)}, budget)
            children, _ = listing_children(answer, _INFO.what)
            things = [child.get("data") if isinstance(child, dict) else None for child in children]
            found = {str(thing.get("name")): thing for thing in things if isinstance(thing, dict)}
            # Absence proves something only in an answer that could be read to its last line.
            absent = Verdict.GONE if found.keys() <= set(chunk) and len(found) == len(children) else Verdict.UNKNOWN
            for remote_id in chunk:
                thing = found.get(remote_id)
                present = Verdict.GONE if thing is not None and is_gone(thing) else Verdict.PRESENT
                verdicts[remote_id] = absent if thing is None else present
        return verdicts

    def _notes_on_submissions(self) -> list[str]:
        """Those named in the settings that Reddit does not know."""
        if not self._named:
            return []
        answer, _ = self._access.get(_INFO, {"id": ",".join(self._named)})
        things = [c.get("data") for c in listing_children(answer, _INFO.what)[0] if isinstance(c, dict)]
        there = {thing.get("name") for thing in things if isinstance(thing, dict)}
        missing = [each.removeprefix("t3_") for each in self._named if each not in there]
        return [f"Reddit shows no submission {', '.join(missing)}; check `submissions`"] if missing else []
