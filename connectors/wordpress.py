"""Reads the comments on a WordPress site: through its REST interface, and where that is switched off by its feed.

One call lists the hundred newest comments and says how many there are in all. A number that does not fit what came
since the last read gives away a deletion, or a comment released from being held, which keeps its old time; then, and
every few hours for the sake of edits, all comments of the look-back are listed. With an application password held
comments are seen too; what the spam filter put away is a stream of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.base import AccountState, Batch, Capabilities, Cursor, Verdict
from connectors.budget import Budget
from connectors.errors import EmptyAnswer, Forbidden
from connectors.feed import Feed
from connectors.feed_wire import wordpress_id
from connectors.fetched import FetchedItem
from connectors.transport import NetworkSession
from connectors.wordpress_api import AT_ONCE, Page, WordPressApi
from connectors.wordpress_state import SWEEP_EVERY, Place, is_due, read_place
from connectors.wordpress_wire import WHERE, MayNotModerate, RestOff, moment_of

COMMENTS, SPAM = "comments", "spam"
MOST_ASKED_SINGLY = 20


class WordPress:
    """The comments of one site. `site`: its address. `lookback_days`: how old a comment may be.

    `own_user_ids`: numbers of users who answer for the school besides the one who signs in. `session` must carry
    `application_password` among its secrets.
    """

    network: ClassVar[str] = "wordpress"

    def __init__(
        self,
        *,
        session: NetworkSession,
        now: Callable[[], datetime],
        site: str,
        username: str | None = None,
        application_password: str | None = None,
        own_user_ids: Sequence[str] = (),
        lookback_days: int = 30,
    ) -> None:
        self._api = WordPressApi(
            session=session, now=now, site=site, username=username, application_password=application_password
        )
        self.capabilities = Capabilities(
            streams=(COMMENTS, SPAM) if self._api.signed_in else (COMMENTS,),
            shows_hidden=self._api.signed_in,
            verify_every=SWEEP_EVERY + timedelta(hours=2),  # what is still there is met before
            read_every={SPAM: timedelta(hours=2)} if self._api.signed_in else {},
        )
        self._feed = Feed(session=session, now=now, feed_url=f"{site}/comments/feed/", lookback_days=lookback_days)
        self._now = now
        self._own_user_ids = frozenset(own_user_ids)
        self._lookback = timedelta(days=lookback_days)

    def check(self) -> AccountState:
        """Ask the site who we are. Raises a ConnectorError."""
        try:
            display_name = self._api.name()
        except RestOff:
            state = self._feed.check()
            return AccountState(
                own_ids=self._own_user_ids or frozenset({"nobody"}),
                display_name=state.display_name,
                notes=(
                    "The site's REST interface is switched off, so its feed is read: the ten newest comments, none "
                    "that are held, no parents, no edits, no deletions, and no replies of the school.",
                ),
            )
        if not self._api.signed_in:
            return AccountState(
                own_ids=self._own_user_ids or frozenset({"nobody"}),
                display_name=display_name,
                notes=("Without an application password only published comments are seen.",),
                api_version="wp/v2",
            )
        number, may_moderate = self._api.me()
        notes = (
            ()
            if may_moderate
            else ("This user may not moderate comments, so held ones are not seen; make it an Editor.",)
        )
        return AccountState(
            own_ids=self._own_user_ids | {str(number)},
            display_name=display_name,
            notes=notes,
            scopes=("moderate_comments",) if may_moderate else (),
            api_version="wp/v2",
        )

    def fetch(self, stream: str, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Read one stream onward from `cursor`. Raises a ConnectorError."""
        if stream not in self.capabilities.streams:
            raise Forbidden(f"{WHERE}: there is no such stream; it has {', '.join(self.capabilities.streams)}")
        started = self._now().astimezone(UTC)
        by_feed = cursor is not None and "feed" in cursor
        if by_feed and cursor is not None and not is_due(moment_of(cursor.get("tried")), started):
            yield from self._fetch_feed(cursor, budget, cursor["tried"])
            return
        read = self._fetch_spam if stream == SPAM else self._fetch_comments
        try:
            yield from read(cursor, budget, started)
        except RestOff:
            if cursor and cursor.get("v") == 1 and not by_feed:
                raise  # it answered before: this is a fault, and not how the site is set up
            if stream == SPAM:
                yield Batch((), None, complete=True)  # without the interface nobody is shown any
            else:
                yield from self._fetch_feed(cursor or {}, budget, started.isoformat())

    def _fetch_feed(self, cursor: Cursor, budget: Budget, tried: str) -> Iterator[Batch]:
        """`tried`: when the interface was last asked for, which is done as often as everything is listed."""
        for batch in self._feed.fetch("comments", cursor.get("feed"), budget):
            yield replace(
                batch,
                items=tuple(map(_as_on_the_site, batch.items)),
                next_cursor={"v": 1, "feed": batch.next_cursor, "tried": tried},
            )

    def verify(self, remote_ids: Sequence[str], budget: Budget) -> Mapping[str, Verdict]:
        """Say which comments still exist, 100 a call. Raises a ConnectorError.

        What was put into the bin is gone. Who may not moderate cannot tell a comment that is held again from one in
        the bin, and then nothing is said of it.
        """
        askable = [
            each for each in dict.fromkeys(remote_ids) if each.isascii() and each.isdecimal() and len(each) < 19
        ]
        verdicts: dict[str, Verdict] = {}
        for start in range(0, len(askable), AT_ONCE):
            some = askable[start : start + AT_ONCE]
            try:
                there = self._api.there(some, {}, budget)
            except MayNotModerate:
                self._api.edits = False
                there = self._api.there(some, {}, budget)
            except RestOff:
                return {}  # a feed says nothing of what it does not show
            missing = [each for each in some if each not in there]
            if missing and self._api.edits:
                there |= self._api.there(missing, {"status": "spam"}, budget)
                verdicts |= dict.fromkeys(missing, Verdict.GONE)
            elif missing:
                verdicts |= {each: self._api.one(each, budget) for each in missing[:MOST_ASKED_SINGLY]}
            verdicts |= dict.fromkeys(there, Verdict.PRESENT)
        return verdicts

    def _fetch_comments(self, cursor: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        place = read_place(cursor)
        oldest = started - self._lookback
        sweep = place.newest is None or is_due(place.swept, started)
        self._api.edits = self._api.signed_in and (sweep or not place.as_public)
        try:
            first = self._first_page(budget)
        except MayNotModerate:
            # Asked again with each sweep, in case the user was given the right since.
            self._api.edits = False
            first = self._first_page(budget)
        if first.total == 0 and place.newest and self._api.one(str(place.newest), budget) is Verdict.PRESENT:
            raise EmptyAnswer(
                f"{WHERE}, {COMMENTS}: the list is empty although comments that stood in it are still there; look at "
                "the site in a browser and, if this goes on, ask who keeps it"
            )
        yield _batch_of(first, oldest, cursor)
        met = list(first.items)
        # A total that does not fit what came since: something went, or came with an old number.
        sweep = sweep or not place.fits([int(item.remote_id) for item in first.items], first.total, first.is_all)
        posts, exchanges = self._api.posts(budget) if sweep else ((), ())
        if sweep and not first.is_all:
            # By date and not by number: comments brought in from elsewhere have high numbers and old dates. WordPress
            # compares with the site's own time, so a day more is asked for.
            window = {"after": (oldest - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")}
            for page in self._api.comments(window, COMMENTS, budget):
                met += page.items
                yield _batch_of(page, oldest, cursor)
        done = Place(
            newest=max([place.newest or 0, *(int(item.remote_id) for item in met)]),
            total=first.total,
            swept=started if sweep else place.swept,
            as_public=self._api.signed_in and not self._api.edits,
        )
        whole = (
            {item.post_remote_id for item in _since(met, oldest) if item.post_remote_id}
            if sweep or first.is_all
            else ()
        )
        yield Batch(
            (), done.cursor(), complete=True, posts=posts, exchanges=exchanges, whole_threads=tuple(sorted(whole))
        )

    def _first_page(self, budget: Budget) -> Page:
        """The hundred newest, and how many there are in all."""
        return next(self._api.comments({}, COMMENTS, budget))

    def _fetch_spam(self, _: Cursor | None, budget: Budget, started: datetime) -> Iterator[Batch]:
        oldest = started - self._lookback
        for page in self._api.pages({"context": "edit", "status": "spam"}, SPAM, budget):
            batch = _batch_of(page, oldest, {"v": 1})
            yield batch
            if page.items and not batch.items:
                break
        yield Batch((), {"v": 1}, complete=True)


def _as_on_the_site(item: FetchedItem) -> FetchedItem:
    """An entry of the feed under the number the comment has on the site, so that both ways lead to the same item."""
    parent = item.parent_remote_id
    return replace(
        item,
        remote_id=wordpress_id(item.remote_id) or item.remote_id,
        parent_remote_id=wordpress_id(parent) or parent if parent else None,
    )


def _since(items: Sequence[FetchedItem], oldest: datetime) -> tuple[FetchedItem, ...]:
    return tuple(item for item in items if item.created_at >= oldest)


def _batch_of(page: Page, oldest: datetime, cursor: Cursor | None) -> Batch:
    return Batch(_since(page.items, oldest), cursor, False, quarantined=page.quarantined, exchanges=(page.exchange,))
