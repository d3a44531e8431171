"""The stream of submissions: lists of threads with their counts, moderators' lists, and the threads that are due.

The lists of threads are cheap; a thread costs a call or more, and is read when its count or its age asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from connectors.base import Batch, Cursor
from connectors.budget import Budget
from connectors.errors import Forbidden
from connectors.reddit_access import RedditAccess, Source
from connectors.reddit_lists import OVERLAP, PAGE, Lists
from connectors.reddit_threads import (
    Thread,
    ThreadReader,
    ThreadsCursor,
    in_batch,
    is_due,
    read_threads_cursor,
    threads_in,
)
from connectors.reddit_wire import listing_children

LISTED, SUBMITTED, MODERATED, REFUSED = "listed", "submitted", "moderated", "refused"
SELDOM = timedelta(hours=12)
"""How often what the user submitted elsewhere, and what was removed or is held back, is listed by a school with a
subreddit of its own: nearly all of it is met there anyway."""
AFTER_REFUSAL = timedelta(days=2)
"""How long a user who is no moderator is not asked for moderators' lists again."""

_INFO = Source("/api/info", "submissions that are read as well")


class Submissions:
    """Reads the threads of one school. `named`: fullnames of those elsewhere that its settings name."""

    def __init__(self, access: RedditAccess, lists: Lists, named: tuple[str, ...]) -> None:
        self._access = access
        self._lists = lists
        self._named = named
        self._now = lists.reader.now
        self._listed: list[str] = []

    def read(self, cursor: Cursor | None, budget: Budget) -> Iterator[Batch]:
        """Everything that is due. The cursor moves with every thread that was read to its end."""
        state = read_threads_cursor(cursor)
        known: dict[str, Thread] = {}
        yield from self._list_threads(state, known, cursor, budget)
        yield from self._list_moderated(state, budget)
        wanted = [t for t in known.values() if self._is_wanted(t)]
        state.book.keep_only({thread.fullname for thread in wanted})
        reader = ThreadReader(self._access, self._lists.reader, self._lists.wanted_from)
        for thread in wanted:
            if is_due(thread, state.book, self._now):
                yield from reader.read(thread, state.to_json(), budget)
                state.book.note(thread.fullname, thread.count, self._now, thread.created_at)
            elif thread.count == 0 and thread.fullname not in state.book.threads:
                state.book.note(thread.fullname, 0, self._now, thread.created_at)
        # Not before: a run that ended early lists everything again, and goes on with the threads it did not get to.
        state.stamps |= dict.fromkeys(self._listed, self._now)
        yield Batch((), state.to_json(), complete=True)

    def _is_wanted(self, thread: Thread) -> bool:
        """What the settings name is read however old it is."""
        recent = thread.created_at is None or thread.created_at >= self._lists.wanted_from
        return recent or thread.fullname in self._named

    def _list_threads(
        self, state: ThreadsCursor, known: dict[str, Thread], cursor: Cursor | None, budget: Budget
    ) -> Iterator[Batch]:
        now, home = self._now, self._lists.subreddit
        if home:
            new = Source(f"/r/{home}/new", "posts in the subreddit", "subreddit")
            yield from self._threads_of(new, LISTED, state, known, cursor, budget)
        if not home or state.is_due(SUBMITTED, SELDOM, now):
            submitted = Source(f"/user/{self._lists.user}/submitted", "the school's posts", "username")
            yield from self._threads_of(submitted, SUBMITTED, state, known, cursor, budget)
            for thread in known.values():
                if not thread.at_home and thread.fullname not in self._named:
                    state.remember(thread)
        state.elsewhere = {name: at for name, at in state.elsewhere.items() if at >= self._lists.wanted_from}
        asked = [name for name in (*self._named, *state.elsewhere) if name not in known][:PAGE]
        if asked:
            answer, exchanges = self._access.get(_INFO, {"id": ",".join(asked)}, budget)
            children, _ = listing_children(answer, _INFO.what)
            parsed = (self._lists.reader.parse(child) for child in children)
            known |= {thread.fullname: thread for thread in threads_in(children, self._lists.reader)}
            items, posts, quarantined = in_batch(parsed, self._lists.wanted_from)
            yield Batch(items, state.to_json(), False, posts=posts, quarantined=quarantined, exchanges=exchanges)

    def _threads_of(
        self,
        source: Source,
        stamp: str,
        state: ThreadsCursor,
        known: dict[str, Thread],
        cursor: Cursor | None,
        budget: Budget,
    ) -> Iterator[Batch]:
        """One listing, back to a little before the last time. Its first page has the counts of a hundred threads."""
        last = state.stamps.get(stamp)
        self._listed.append(stamp)
        floor = self._lists.wanted_from if last is None else last - OVERLAP
        for page in self._lists.pages(source, floor, budget):
            known |= {thread.fullname: thread for thread in threads_in(page.children, self._lists.reader)}
            items, posts, quarantined = in_batch(page.parsed, min(floor, self._lists.wanted_from))
            yield Batch(items, cursor, False, posts=posts, quarantined=quarantined, exchanges=page.exchanges)

    def _list_moderated(self, state: ThreadsCursor, budget: Budget) -> Iterator[Batch]:
        """What was removed or is held back. Only moderators may see it, and not every school's user is one."""
        if not self._lists.subreddit or not state.is_due(MODERATED, SELDOM, self._now):
            return
        if not state.is_due(REFUSED, AFTER_REFUSAL, self._now):
            return
        for name, what in (("modqueue", "what waits for moderators"), ("spam", "what was removed")):
            source = Source(f"/r/{self._lists.subreddit}/about/{name}", what, "subreddit")
            try:
                for page in self._lists.pages(source, self._lists.wanted_from, budget):
                    items, posts, quarantined = in_batch(page.parsed, self._lists.wanted_from)
                    left_at, exchanges = state.to_json(), page.exchanges
                    yield Batch(items, left_at, False, posts=posts, quarantined=quarantined, exchanges=exchanges)
            except Forbidden:
                state.stamps[REFUSED] = self._now
                return
        state.stamps[MODERATED] = self._now
