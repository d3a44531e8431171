"""Mastodon, in plain HTTP: what mentions the school, and the threads under what it has published.

Nearly every reply mentions the school, because programs carry the mentions of a thread along; so mentions are asked
for at every run, one call. The list of the school's own statuses tells how many replies each has, and which the
school wrote itself; it is asked for once an hour, and a thread is read when its count moved, or once a day while it
is fresh: that is how an edit, a deletion and a reply that mentions nobody are found.

Here is what the account may do; `mastodon_threads` and `mastodon_mentions` read, `mastodon_server` asks,
`mastodon_wire` says what the answers mean, and `mastodon_state` what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from connectors.base import AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import Forbidden
from connectors.mastodon_mentions import fetch_mentions
from connectors.mastodon_server import IDS_AT_ONCE, MastodonServer
from connectors.mastodon_state import read_mentions, read_threads
from connectors.mastodon_threads import fetch_threads
from connectors.mastodon_wire import STATUS_ID, WHERE, public_words
from connectors.transport import NetworkSession

MENTIONS, THREADS = "mentions", "threads"
LISTED_EVERY = timedelta(hours=1)
NEEDED = ("read:accounts", "read:notifications", "read:statuses")


class Mastodon:
    """One account on a Mastodon server. `server`: its address, without a slash at the end.

    `session` must carry `access_token` among its secrets. Direct messages are statuses here; they are passed over.
    """

    network: ClassVar[str] = "mastodon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        streams=(MENTIONS, THREADS),
        shows_hidden=False,
        verify_every=timedelta(hours=24),
        read_every={THREADS: LISTED_EVERY},
        never_empty=frozenset({THREADS}),
    )

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        username: str,
        server: str,
        access_token: str,
        lookback_days: int = 30,
    ) -> None:
        self._server = MastodonServer(session, now, server, access_token, username)
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Ask the server who we are, what the token allows and which version it is. Raises a ConnectorError."""
        account = self._server.account()
        scopes = self._server.scopes()
        notes = ["Direct messages to this account are not watched"]
        lacking = [need for need in NEEDED if need not in scopes]
        if scopes and "read" not in scopes and lacking:
            notes.append(f"The access token lacks {', '.join(lacking)}; make one with the scope read")
        if any(scope.partition(":")[0] != "read" and scope != "profile" for scope in scopes):
            notes.append("The access token may do more than read; one with the scope read alone is safer")
        name = account.get("display_name") or account.get("acct")
        about, links = public_words(account)
        return AccountState(
            own_ids=frozenset({str(account["id"])}),
            display_name=name if isinstance(name, str) else "",
            notes=tuple(notes),
            scopes=scopes,
            api_version=self._server.version(),
            about=about,
            links=links,
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor` (None: from the look-back). Raises a ConnectorError."""
        if stream == THREADS:
            return fetch_threads(self._server, read_threads(cursor), self._lookback, budget)
        if stream == MENTIONS:
            return fetch_mentions(self._server, read_mentions(cursor), self._lookback, budget)
        raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which of these statuses still exist, 20 a call. Raises a ConnectorError.

        The server leaves out of its answer what was deleted, and also what its author hides from us; it does not
        say which. Nothing is called gone before the same token has been seen to read something.
        """
        verdicts = dict.fromkeys(remote_ids, Verdict.UNKNOWN)
        askable = [each for each in verdicts if STATUS_ID.fullmatch(each)]
        trusted = False
        for start in range(0, len(askable), IDS_AT_ONCE):
            ids = askable[start : start + IDS_AT_ONCE]
            found, _ = self._server.by_ids(ids, budget)
            if not found and not trusted:
                budget.spend()
                self._server.account()
            trusted = True
            verdicts |= {each: Verdict.PRESENT if each in found else Verdict.GONE for each in ids}
        return verdicts
