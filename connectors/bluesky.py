"""Bluesky, in plain HTTP: what it notifies the school of, and the threads under what it has posted.

Notifications are asked for at every run, one call. The list of the school's own posts tells how many replies each
has, what the school answered, and the rules by which it hides replies; it is asked for every 90 minutes, and a thread
is read when its count or its rules moved, or once a day while it is fresh. Nothing can be edited here. When a reply
is deleted everything below it drops out of its thread, though it still exists: what no thread shows is asked for by
its address.

Here is what the account may do; `bluesky_threads` and `bluesky_notifications` read, `bluesky_server` asks,
`bluesky_wire` says what the answers mean, and `bluesky_state` what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from connectors.base import AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.bluesky_notifications import URIS_AT_ONCE, fetch_notifications
from connectors.bluesky_server import BlueskyServer, SignIns, in_pieces
from connectors.bluesky_state import read_notifications, read_threads
from connectors.bluesky_threads import fetch_threads
from connectors.bluesky_wire import POST_URI, WHERE, glance, rows_of
from connectors.budget import Budget
from connectors.errors import AuthFailed, ConnectorError, Forbidden
from connectors.public_words import about_of, inside
from connectors.transport import NetworkSession

NOTIFICATIONS, THREADS = "notifications", "threads"
LISTED_EVERY = timedelta(minutes=90)
MAIN_PASSWORD = "com.atproto.access"  # noqa: S105  a scope, not a password
_BY_ADDRESS = "posts by address"
PROFILE_CALLS = 3
"""Asking for a profile, and once more where the sign-in has to be made anew."""


class Bluesky:
    """One account. `api_url`: the server it signs in at. `sign_ins`: shared by all that this process builds.

    `session` must carry `app_password` among its secrets. Direct messages are another service, and are not read.
    """

    network: ClassVar[str] = "bluesky"
    capabilities: ClassVar[Capabilities] = Capabilities(
        streams=(NOTIFICATIONS, THREADS),
        shows_hidden=True,
        verify_every=timedelta(hours=24),
        read_every={THREADS: LISTED_EVERY},
        never_empty=frozenset({THREADS}),
    )

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        handle: str,
        app_password: str,
        api_url: str = "https://bsky.social",
        lookback_days: int = 30,
        sign_ins: SignIns | None = None,
    ) -> None:
        self._server = BlueskyServer(session, now, api_url, handle, app_password, sign_ins)
        self._handle = handle.lstrip("@")
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Sign in anew and say as whom. Raises a ConnectorError."""
        signed_in = self._server.sign_in(None)
        if not signed_in.active:
            state = signed_in.status or "not active"
            raise AuthFailed(f"{WHERE}, account: the account is {state}; sign in on Bluesky to see what it takes")
        notes = ["Direct messages to this account are not watched"]
        if signed_in.handle.casefold() != self._handle.casefold():
            notes.append(
                f"The account is now called @{signed_in.handle[:100]}, not @{self._handle}; correct handle in the "
                "settings, since the old one may be given to somebody else"
            )
        if MAIN_PASSWORD in signed_in.scopes:
            notes.append("This is the account's main password; an app password may do less and is safer")
        return AccountState(
            frozenset({signed_in.did}),
            signed_in.handle,
            tuple(notes),
            scopes=signed_in.scopes,
            about=self._about(signed_in.did),
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor` (None: from the look-back). Raises a ConnectorError."""
        if stream == NOTIFICATIONS:
            return fetch_notifications(self._server, read_notifications(cursor), self._lookback, budget)
        if stream == THREADS:
            return fetch_threads(self._server, read_threads(cursor), self._lookback, budget)
        raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which of these posts still exist, 25 a call. Raises a ConnectorError.

        The network leaves out what was deleted, and also what stands between two accounts one of which blocks the
        other. Nothing is called gone unless something else was there in the same answer, and nobody blocks anybody.
        """
        verdicts = dict.fromkeys(remote_ids, Verdict.UNKNOWN)
        absent: list[str] = []
        for uris in in_pieces([uri for uri in verdicts if POST_URI.fullmatch(uri)], URIS_AT_ONCE - 1):
            there = self._there(uris, budget)
            if not there and (own := self._an_own_post(budget)):
                there = self._there([*uris, own], budget)
            verdicts |= {uri: Verdict.PRESENT for uri in uris if uri in there}
            absent += [uri for uri in uris if uri not in there] if there else []
        blocking = self._blocking({_author(uri) for uri in absent}, budget) if absent else frozenset()
        return verdicts | {uri: Verdict.GONE for uri in absent if _author(uri) not in blocking}

    def _about(self, did: str) -> str | None:
        """What the account says of itself: one call more a day. Without it everything is read all the same."""
        try:
            method, budget = "app.bsky.actor.getProfiles", Budget(PROFILE_CALLS, self._server.now())
            profiles = rows_of(self._server.get(method, {"actors": [did]}, "profile", budget).payload, "profiles", "")
        except ConnectorError:
            return None
        mine = next((profile for profile in profiles if inside(profile, "did") == did), None)
        return None if mine is None else about_of(inside(mine, "description"))

    def _there(self, uris: Sequence[str], budget: Budget) -> set[str]:
        answer = self._server.get("app.bsky.feed.getPosts", {"uris": list(uris)}, _BY_ADDRESS, budget)
        return {seen.uri for seen in map(glance, rows_of(answer.payload, "posts", _BY_ADDRESS)) if seen}

    def _an_own_post(self, budget: Budget) -> str | None:
        """The address of something that must be there."""
        query = {"actor": self._server.me(budget).did, "limit": "1", "filter": "posts_with_replies"}
        answer = self._server.get("app.bsky.feed.getAuthorFeed", query, "own posts", budget)
        rows = rows_of(answer.payload, "feed", "own posts")
        seen = [glance(row.get("post")) for row in rows if isinstance(row, dict)]
        return next((each.uri for each in seen if each), None)

    def _blocking(self, authors: set[str], budget: Budget) -> frozenset[str]:
        """Those of these accounts that block the school's, or that it blocks."""
        found: set[str] = set()
        for dids in in_pieces(sorted(authors), URIS_AT_ONCE):
            answer = self._server.get("app.bsky.actor.getProfiles", {"actors": list(dids)}, "profiles", budget)
            for profile in rows_of(answer.payload, "profiles", "profiles"):
                if isinstance(profile, dict) and _blocks(profile.get("viewer")):
                    found.add(str(profile.get("did")))
        return frozenset(found)


def _blocks(viewer: Any) -> bool:
    if not isinstance(viewer, dict):
        return False
    return viewer.get("blockedBy") is True or any(viewer.get(name) for name in ("blocking", "blockingByList"))


def _author(uri: str) -> str:
    found = POST_URI.fullmatch(uri)
    return found[1] if found else ""
