"""One reading of a channel's published comments.

The list of threads is read, newest first, to where the last run began, and a few times a day on to the look-back. A
new reply does not bring its thread back to the top: threads further down are asked for by their ids, the fresher the
more often. Each thread brings its number of replies and up to five of them; the others are read when that number
moved, and else seldom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Batch
from connectors.budget import Budget
from connectors.errors import EmptyAnswer
from connectors.fetched import Quarantined, Shown, sorted_out
from connectors.json_api import NotThere
from connectors.listing_end import LAST_FEW
from connectors.thread_book import PATIENCE, ThreadRead, read_again_after
from connectors.youtube_api import IDS_AT_ONCE, PLAIN, Rows, YouTubeApi
from connectors.youtube_state import ChannelState
from connectors.youtube_videos import Videos
from connectors.youtube_wire import WHERE, Thread, bare_post, read_replies, read_thread

OVERLAP = timedelta(hours=1)
SWEEP_EVERY = timedelta(hours=2)
WHOLE_SWEEP_EVERY = timedelta(days=1)
MOST_PAGES_OF_A_SWEEP = 10
"""A larger channel is swept to its end once a day only."""
MOST_KNOWN_IN_A_RUN = 10 * IDS_AT_ONCE
MANY_REPLIES_EVERY = timedelta(hours=3)
"""How soon replies beyond the first five are read again although their number stayed the same."""
SUSPECT_FOR = timedelta(hours=1)
"""How long after something went missing videos met whole are named: the first time may come to nothing."""
THREADS = {"part": "snippet,replies", **PLAIN}


@dataclass
class Published:
    """`oldest`: the look-back. All moments are UTC. `met`: the threads met by their ids, and the video each is under
    (None: the channel itself); `met_whole`: those of them of which every reply was met."""

    api: YouTubeApi
    channel_id: str
    budget: Budget
    started: datetime
    oldest: datetime
    state: ChannelState
    met: dict[str, str | None] = field(default_factory=dict)
    met_whole: set[str] = field(default_factory=set)

    def read(self) -> Iterator[Batch]:
        """Every page. Raises a ConnectorError."""
        state = self.state
        state.begins = min(state.begins or self.oldest, self.oldest)
        whole = self._is_due(state.whole, WHOLE_SWEEP_EVERY)
        sweep = whole or self._is_due(state.swept, SWEEP_EVERY)
        reached: datetime | None = None
        is_end = False
        for number, page in enumerate(self._listed(), start=1):
            threads, quarantined = _read_threads(page.rows)
            if number == 1 and not threads:
                self._refuse_silence()
            yield from self._take(threads, quarantined, page)
            reached = max([at for thread in threads if (at := thread.at)][-LAST_FEW:], default=None)
            is_end = page.is_last
            if reached and reached < self._back_to(whole or (sweep and number < MOST_PAGES_OF_A_SWEEP)):
                break
        else:
            is_end = True  # comments are switched off
        is_whole = is_end or (reached is not None and reached < self.oldest)
        yield from self._ask_for_known_ones(is_end)
        videos = Videos(self.api, self.channel_id, self.budget, self.started, self.oldest)
        yield from videos.read(state, self._met_videos(), nothing_met=not self.met)
        is_suspicious = state.suspect_until is not None and self.started < state.suspect_until
        named = self._whole_videos(is_end) if is_whole and (sweep or is_suspicious) else ()
        self._forget(is_end)
        state.since = self.started
        state.swept = self.started if sweep or is_whole else state.swept
        state.whole = self.started if is_whole else state.whole
        yield Batch((), state.to_json(), complete=True, whole_threads=named)

    def _listed(self) -> Iterator[Rows]:
        asked = {**THREADS, "allThreadsRelatedToChannelId": self.channel_id, "order": "time"}
        return self.api.pages("/commentThreads", asked, "comments", self.budget)

    def _is_due(self, last: datetime | None, every: timedelta) -> bool:
        return last is None or self.started - last >= every - PATIENCE

    def _back_to(self, is_sweep: bool) -> datetime:
        """The list is read to the first page that ends before this moment."""
        if is_sweep or self.state.since is None:
            return self.oldest
        return max(self.state.since - OVERLAP, self.oldest)

    def _take(self, threads: Sequence[Thread], quarantined: Sequence[Quarantined], page: Rows) -> Iterator[Batch]:
        """What a page brings, then the further replies of its threads where their time has come."""
        state, wanted = self.state, []
        to_read: dict[str, Thread] = {}
        for thread in threads:
            last = state.book.threads.get(thread.thread_id)
            self.met[thread.thread_id] = thread.video_id
            if last and last.count is not None and thread.reply_count < last.count:
                self._suspect()
            moved = last is not None and thread.reply_count != last.count
            if not moved and not thread.is_newer_than(state.begins or self.oldest):
                state.book.note(thread.thread_id, thread.reply_count, self.started, thread.at)
                continue
            wanted.append(thread)
            if thread.whole:
                self._met_whole(thread)
            elif moved or last is None or self._are_replies_due(last):
                to_read[thread.thread_id] = thread
        items = tuple(item for thread in wanted for item in thread.items)
        bad = (*quarantined, *(each for thread in wanted for each in thread.quarantined))
        # That old threads are there is shown by their videos, so that a quiet page is not taken for an empty one.
        seen = () if items else sorted({thread.video_id for thread in threads if thread.video_id})
        posts = tuple(bare_post(video_id) for video_id in seen)
        yield Batch(items, state.to_json(), False, posts=posts, quarantined=bad, exchanges=page.exchanges)
        for thread in to_read.values():
            yield from self._replies(thread)

    def _are_replies_due(self, last: ThreadRead) -> bool:
        every = max(read_again_after(self.started - last.changed_at), MANY_REPLIES_EVERY)
        return self._is_due(last.read_at, every)

    def _replies(self, thread: Thread) -> Iterator[Batch]:
        """Every reply to one thread."""
        asked = {"part": "snippet", "parentId": thread.thread_id, **PLAIN}
        try:
            for page in self.api.pages("/comments", asked, "replies", self.budget):
                items, bad = read_replies(page.rows, thread)
                yield Batch(items, self.state.to_json(), False, quarantined=bad, exchanges=page.exchanges)
        except NotThere:  # it went between the list and this
            self._suspect()
        else:
            self._met_whole(thread)

    def _met_whole(self, thread: Thread) -> None:
        self.met_whole.add(thread.thread_id)
        self.state.book.note(thread.thread_id, thread.reply_count, self.started, thread.at)

    def _ask_for_known_ones(self, is_end: bool) -> Iterator[Batch]:
        """Threads further down than the list was read, by their ids. What such an answer lacks is missing."""
        book = self.state.book
        unmet = {i: last for i, last in book.threads.items() if i not in self.met and last.changed_at >= self.oldest}
        if is_end:
            if unmet:
                self._suspect()
            return
        due = [i for i, last in unmet.items() if book.is_due(i, None, last.count, self.started)]
        due.sort(key=lambda i: unmet[i].changed_at, reverse=True)
        for asked, page in self._threads_by_ids(due[:MOST_KNOWN_IN_A_RUN]):
            threads, quarantined = _read_threads(page.rows)
            for thread_id in set(asked) - {thread.thread_id for thread in threads}:
                self._suspect()
                del book.threads[thread_id]
            yield from self._take(threads, quarantined, page)

    def _threads_by_ids(self, ids: Sequence[str]) -> Iterator[tuple[Sequence[str], Rows]]:
        return self.api.by_ids("/commentThreads", ids, THREADS, "comments by id", self.budget)

    def _refuse_silence(self) -> None:
        """Raises EmptyAnswer when the list is empty and yet threads that stood in it are there by their ids."""
        known = sorted(self.state.book.threads.items(), key=lambda each: each[1].changed_at, reverse=True)
        for _, page in self._threads_by_ids([thread_id for thread_id, _ in known[:IDS_AT_ONCE]]):
            if page.rows:
                raise EmptyAnswer(
                    f"{WHERE}, comments: the list is empty although comments that stood in it are still there; look "
                    "at the channel in a browser and, if this goes on, make new credentials"
                )

    def _suspect(self) -> None:
        self.state.suspect_until = self.started + SUSPECT_FOR

    def _met_videos(self) -> list[str]:
        return sorted({video_id for video_id in self.met.values() if video_id})

    def _whole_videos(self, is_end: bool) -> tuple[str, ...]:
        """The videos under which everything was met; of older ones only where the list was read to its very end."""
        partly = {video_id for thread_id, video_id in self.met.items() if thread_id not in self.met_whole}
        known = self.state.videos
        there = {*self._met_videos(), *known} - partly
        return tuple(sorted(i for i in there if is_end or ((at := known.get(i)) and at >= self.oldest)))

    def _forget(self, is_end: bool) -> None:
        book = self.state.book
        book.keep_only({i for i, last in book.threads.items() if i in self.met or last.changed_at >= self.oldest})
        if is_end:
            book.keep_only(self.met)


def _read_threads(rows: Sequence[object]) -> tuple[tuple[Thread, ...], tuple[Quarantined, ...]]:
    return sorted_out(read_thread(row, Shown.VISIBLE) for row in rows)
