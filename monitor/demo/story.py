"""The building blocks of a told story: times relative to the day it is told, and a writer of worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.demo.world import Author, StoryMessage, StoryPost, World

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Days:
    """Days of the story, counted back from `anchor` (aware), and clock times ("15:58") local to `zone`.

    Every answer is aware and in UTC, and holds whatever the day of the week of the anchor and across clock changes.
    """

    def __init__(self, anchor: datetime, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._today = anchor.astimezone(self._zone).date()

    def at(self, days_before: int, clock: str) -> datetime:
        """So many calendar days before the anchor's day; 0 is that day itself."""
        return self._on(self._today - timedelta(days=days_before), clock)

    def school_day(self, days_before: int, clock: str) -> datetime:
        """So many days from Monday to Friday before the anchor's day, 1 being the last of them."""
        day = self._today
        for _ in range(days_before):
            day -= timedelta(days=3 if day.weekday() == 0 else 2 if day.weekday() == 6 else 1)
        return self._on(day, clock)

    def weekend(self, day: str, clock: str, weeks: int = 0) -> datetime:
        """ "Sat" or "Sun" of the weekend that ended before the anchor's week began, or of one `weeks` earlier."""
        monday = self._today - timedelta(days=self._today.weekday() + 7 * (weeks + 1))
        return self._on(monday + timedelta(days=_WEEKDAYS.index(day)), clock)

    def monday_after(self, clock: str, weeks: int = 0) -> datetime:
        """The Monday that follows `weekend` with the same `weeks`: with 0, the anchor's own week."""
        return self._on(self._today - timedelta(days=self._today.weekday() + 7 * weeks), clock)

    def weekday_before(self, day: str, clock: str, weeks: int = 0) -> datetime:
        """The last such weekday ("Fri") before the anchor's day, or the one `weeks` earlier."""
        back = (self._today.weekday() - _WEEKDAYS.index(day) - 1) % 7 + 1
        return self._on(self._today - timedelta(days=back + 7 * weeks), clock)

    def _on(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), self._zone).astimezone(UTC)


def later(moment: datetime, *, hours: float = 0, minutes: float = 0) -> datetime:
    """`moment` and so much elapsed time."""
    return moment + timedelta(hours=hours, minutes=minutes)


@dataclass
class Chronicle:
    """Writes a world message by message, numbering as its network numbers.

    `post_id(number, at)` and `message_id(number, at, post_id)` make ids; numbers count up from 1.
    """

    world: World
    post_id: Callable[[int, datetime], str]
    message_id: Callable[[int, datetime, str | None], str]

    def post(self, text: str, at: datetime) -> StoryPost:
        """The school publishes something."""
        post = StoryPost(self.post_id(len(self.world.posts) + 1, at), text, at)
        self.world.posts.append(post)
        return post

    def says(
        self,
        author: Author | None,
        text: str,
        at: datetime,
        under: StoryPost | StoryMessage | None = None,
        *,
        edits: tuple[tuple[datetime, str], ...] = (),
        deleted_at: datetime | None = None,
        hidden_at: datetime | None = None,
        shown_again_at: datetime | None = None,
        held_until: datetime | None = None,
    ) -> StoryMessage:
        """Someone writes under a post or in reply to a message; with neither, a thread of its own begins."""
        return self._add(
            author,
            text,
            at,
            under,
            edits=edits,
            deleted_at=deleted_at,
            hidden_at=hidden_at,
            shown_again_at=shown_again_at,
            held_until=held_until,
        )

    def answers(self, to: StoryMessage, text: str, at: datetime, deleted_at: datetime | None = None) -> StoryMessage:
        """The school replies to a message."""
        return self._add(self.world.school, text, at, to, deleted_at=deleted_at)

    def garbles(
        self, author: Author, at: datetime, under: StoryPost, raw: Callable[[str], Mapping[str, Any]]
    ) -> StoryMessage:
        """The network sends something broken: `raw` is given the id and returns what goes over the wire."""
        return self._add(author, "", at, under, raw=raw)

    def _add(
        self,
        author: Author | None,
        text: str,
        at: datetime,
        under: StoryPost | StoryMessage | None,
        raw: Callable[[str], Mapping[str, Any]] | None = None,
        **life: Any,
    ) -> StoryMessage:
        parent_id = under.id if isinstance(under, StoryMessage) else None
        post_id = under.post_id if isinstance(under, StoryMessage) else under.id if under else None
        own_id = self.message_id(len(self.world.messages) + 1, at, post_id)
        wire = raw(own_id) if raw else None
        message = StoryMessage(own_id, author, text, at, post_id, parent_id, raw=wire, **life)
        self.world.messages.append(message)
        return message
