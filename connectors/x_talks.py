"""Which conversations on X are searched, when, and in which words. Pure.

A reply deep in a conversation often mentions the school no more; only a search by conversation finds it. One search
takes 512 characters and so about ten conversations, and reaches back seven days. The cursor remembers, for each
conversation under a post of the school, up to where it was searched and when something last happened in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from connectors.x_wire import id_at, id_time, is_id

LONGEST_QUERY = 512
REACH = timedelta(days=7)
INDEX_MARGIN = timedelta(minutes=10)
"""How much less than `REACH` is asked for, so that the edge does not pass while the question travels."""
HOT = timedelta(hours=24)
"""How long after something happened everything is searched at every run."""
CALM = timedelta(hours=2)
"""How often it is searched otherwise."""
SETTLING = timedelta(minutes=30)
"""How long posts are read again: X indexes some late, and they can be edited for that long."""
EARLY = timedelta(minutes=1)
MOST_TALKS = 200
TOGETHER = timedelta(hours=3)
"""How much further back than the rest a conversation may have to be read and still share its search."""
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,50}")
_AGAIN_AFTER = ((HOT, timedelta(0)), (timedelta(days=3), timedelta(hours=3)), (REACH, timedelta(hours=12)))


@dataclass(frozen=True)
class Talk:
    """One conversation. `since`: id up to which it was searched; `active_at`: of its newest post; `read_at`: UTC."""

    since: str
    active_at: datetime
    read_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be searched again."""
        quiet_for = now - self.active_at
        wait = next((wait for up_to, wait in _AGAIN_AFTER if quiet_for < up_to), None)
        return wait is not None and (self.read_at is None or now - self.read_at >= wait - EARLY)


@dataclass(frozen=True)
class Search:
    """One question. `since`: the id to read onward from, None: as far back as X goes. `general`: not only talks."""

    query: str
    talks: tuple[str, ...]
    general: bool
    since: str | None


@dataclass
class Talks:
    """All that is known for the searches of one account. `handle`: its name on X, which can change."""

    handle: str = ""
    handle_at: datetime | None = None
    since: str | None = None
    read_at: datetime | None = None
    active_at: datetime | None = None
    talks: dict[str, Talk] = field(default_factory=dict)

    def is_due(self, now: datetime) -> bool:
        """Whether anything is to be searched now. A new conversation is searched whenever anything is."""
        if self.read_at is None or now - self.read_at >= CALM - EARLY:
            return True
        return self.active_at is not None and now - self.active_at < HOT

    def learn(self, posts: Sequence[Any], own_id: str, now: datetime) -> None:
        """Take note of posts as X sent them: conversations that the school began, and when something happened."""
        for raw in posts:
            if not isinstance(raw, dict) or not is_id(raw.get("id")):
                continue
            post_id, talk_id = raw["id"], raw.get("conversation_id")
            at = min(id_time(post_id), now)
            self.active_at = max(at, self.active_at or at)
            if not is_id(talk_id):
                continue
            known = self.talks.get(talk_id)
            if known is not None:
                self.talks[talk_id] = replace(known, active_at=max(known.active_at, at))
            elif _begins_talk(raw, own_id):
                self.talks[talk_id] = Talk(talk_id, at)
            elif _answers_start(raw, own_id):
                self.talks[talk_id] = Talk(post_id, at)

    def searches(self, own_id: str, now: datetime, searched: frozenset[str], *, general: bool) -> list[Search]:
        """What to ask now, besides what this run has `searched`. `general`: what speaks to or of the school too."""
        due = [name for name, talk in self.talks.items() if name not in searched and talk.is_due(now)]
        due.sort(key=lambda name: int(self.talks[name].since), reverse=True)
        questions: list[Search] = []
        if general:
            words = [f"to:{own_id}", f"from:{own_id}", *([f"@{self.handle}"] if self.handle else [])]
            near = [name for name in due if self.since is None or _is_near(self.talks[name].since, self.since)]
            taken = _as_many_as_fit(words, near if self.since else [])
            questions.append(self._search(words, taken, general=True))
            due = [name for name in due if name not in taken]
        while due:
            taken = _as_many_as_fit([], due)
            questions.append(self._search([], taken, general=False))
            due = due[len(taken) :]
        return questions

    def note_read(self, search: Search, now: datetime) -> None:
        """Remember that a search was read to its end."""
        settled = id_at(now - SETTLING)
        for name in search.talks:
            if talk := self.talks.get(name):
                self.talks[name] = replace(talk, since=_later(talk.since, settled), read_at=now)
        if search.general:
            self.since, self.read_at = _later(self.since, settled), now

    def forget_cold(self, now: datetime) -> None:
        """Leave out conversations in which nothing happened for as long as a search reaches back."""
        warm = [(name, talk) for name, talk in self.talks.items() if now - talk.active_at < REACH]
        self.talks = dict(sorted(warm, key=lambda each: each[1].active_at)[-MOST_TALKS:])

    def to_json(self) -> dict[str, Any]:
        """The cursor."""
        return {
            "v": 1,
            "handle": self.handle,
            "handle_at": _seconds(self.handle_at),
            "since_id": self.since,
            "read_at": _seconds(self.read_at),
            "active_at": _seconds(self.active_at),
            "talks": {
                name: [talk.since, _seconds(talk.active_at), _seconds(talk.read_at)]
                for name, talk in self.talks.items()
            },
        }

    def _search(self, words: list[str], talks: list[str], *, general: bool) -> Search:
        since = [self.talks[name].since for name in talks]
        if general and self.since is not None:
            since.append(self.since)
        oldest = None if general and self.since is None else min(since, key=int)
        return Search(_query([*words, *map(_term, talks)]), tuple(talks), general, oldest)


def read_talks(cursor: Any) -> Talks:
    """The book out of a cursor. What is not as `to_json` writes it is left out, and so searched anew."""
    if not isinstance(cursor, dict) or cursor.get("v") != 1:
        return Talks()
    book = Talks(
        handle=handle if is_handle(handle := cursor.get("handle")) else "",
        handle_at=read_moment(cursor.get("handle_at")),
        since=since if is_id(since := cursor.get("since_id")) else None,
        read_at=read_moment(cursor.get("read_at")),
        active_at=read_moment(cursor.get("active_at")),
    )
    talks = cursor.get("talks")
    for name, entry in talks.items() if isinstance(talks, dict) else ():
        if is_id(name) and isinstance(entry, list) and len(entry) == 3 and is_id(entry[0]):
            active_at = read_moment(entry[1])
            if active_at is not None:
                book.talks[name] = Talk(entry[0], active_at, read_moment(entry[2]))
    return book


def is_handle(value: object) -> TypeGuard[str]:
    """Whether `value` can be a name on X, and so stand in a search."""
    return isinstance(value, str) and _HANDLE.fullmatch(value) is not None


def read_moment(seconds: Any) -> datetime | None:
    """A moment as cursors hold it, in whole seconds; None when it is none."""
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 1 << 33:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _begins_talk(raw: dict[str, Any], own_id: str) -> bool:
    history = raw.get("edit_history_tweet_ids")
    ids = [raw["id"], *(history if isinstance(history, list) else [])]
    return raw.get("author_id") == own_id and raw.get("conversation_id") in ids


def _answers_start(raw: dict[str, Any], own_id: str) -> bool:
    """Whether it stands directly under a post of the school, and so tells of a conversation long forgotten."""
    if raw.get("in_reply_to_user_id") != own_id:
        return False
    listed = raw.get("referenced_tweets")
    first = {"type": "replied_to", "id": raw.get("conversation_id")}
    return isinstance(listed, list) and any(isinstance(e, dict) and e.items() >= first.items() for e in listed)


def _as_many_as_fit(words: list[str], talks: list[str]) -> list[str]:
    taken: list[str] = []
    for name in talks:
        if len(_query([*words, *map(_term, [*taken, name])])) > LONGEST_QUERY:
            break
        taken.append(name)
    return taken


def _term(talk_id: str) -> str:
    return f"conversation_id:{talk_id}"


def _query(terms: list[str]) -> str:
    return f"({' OR '.join(terms)}) -is:retweet"


def _is_near(since: str, other: str) -> bool:
    return id_time(since) >= id_time(other) - TOGETHER


def _later(one: str | None, other: str) -> str:
    return other if one is None else max(one, other, key=int)
