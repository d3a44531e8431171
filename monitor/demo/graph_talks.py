"""Conversations as the stand-ins for Messenger and Instagram show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from monitor.demo.graph_answers import API_VERSION, Row, graph_time, only
from monitor.demo.graph_fields import Field
from monitor.demo.world import Author, StoryMessage

PageOf = Callable[[Sequence[Row], Mapping[str, str], str], dict[str, Any]]


@dataclass
class Talks:
    """Direct messages; each has its conversation as `parent_id`.

    `name`: the member in which people's names are. `knows`: of how many in a conversation, the newest, more is told
    than that there is one; None: of all.
    """

    school: Author
    name: str
    knows: int | None = None
    said: list[StoryMessage] = field(default_factory=list)

    def rows(self, fields: Mapping[str, Field], now: datetime, page: PageOf) -> list[Row]:
        """Every conversation, the one last written in first."""
        talks: dict[str, list[StoryMessage]] = {}
        for message in _newest_first(m for m in self.said if m.exists(now)):
            talks.setdefault(message.parent_id or "", []).append(message)
        return [(talk, partial(self._talk, talk, messages, fields, now, page)) for talk, messages in talks.items()]

    def messages(self, talk_id: str, fields: Mapping[str, Field], now: datetime) -> list[Row] | None:
        """Every message of one conversation, newest first; None when there is no such conversation."""
        there = _newest_first(m for m in self.said if m.parent_id == talk_id and m.exists(now))
        return self._message_rows(there, fields, now) if there else None

    def _message_rows(
        self, messages: Sequence[StoryMessage], fields: Mapping[str, Field], now: datetime
    ) -> list[Row]:
        known = len(messages) if self.knows is None else self.knows
        return [(m.id, partial(self._message, m, fields, now, n < known)) for n, m in enumerate(messages)]

    def _talk(
        self,
        talk_id: str,
        messages: Sequence[StoryMessage],
        fields: Mapping[str, Field],
        now: datetime,
        page: PageOf,
    ) -> dict[str, Any]:
        whole: dict[str, Any] = {"id": talk_id, "updated_time": graph_time(messages[0].at)}
        if asked := fields.get("messages"):
            rows = self._message_rows(messages, asked.inside, now)
            whole["messages"] = page(rows, asked.modifiers, f"/{API_VERSION}/{talk_id}/messages")
        return only(whole, fields, ("created_time", "updated_time"))

    def _message(
        self, message: StoryMessage, fields: Mapping[str, Field], now: datetime, known: bool
    ) -> dict[str, Any]:
        if message.raw is not None:
            return dict(message.raw)
        whole: dict[str, Any] = {"id": message.id, "created_time": graph_time(message.at)}
        if known:
            whole["message"] = message.text_at(now)
            if message.author:
                whole["from"] = self._person(message.author)
            if to := self._spoken_to(message):
                whole["to"] = {"data": [self._person(to)]}
        return only(whole, fields, ("created_time", "updated_time"))

    def _spoken_to(self, message: StoryMessage) -> Author | None:
        if message.author != self.school:
            return self.school
        talk = (m.author for m in self.said if m.parent_id == message.parent_id)
        return next((author for author in talk if author not in {None, self.school}), None)

    def _person(self, person: Author) -> dict[str, str]:
        return {self.name: person.handle or person.name, "id": person.id}


def _newest_first(messages: Iterable[StoryMessage]) -> list[StoryMessage]:
    return sorted(messages, key=lambda m: (m.at, m.id), reverse=True)
