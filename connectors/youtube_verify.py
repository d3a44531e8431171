"""Which comments still exist on YouTube. An answer by ids leaves out what is gone, and what it will not show us."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import Forbidden
from connectors.fetched import Shown
from connectors.youtube_api import YouTubeApi
from connectors.youtube_wire import Thread, read_thread

_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")  # others are not YouTube's, such as those of an import


@dataclass(frozen=True)
class Verification:
    """`list_of`: how a list of threads is asked for, by stream. `channel`: asks for the channel, in one call."""

    api: YouTubeApi
    list_of: Callable[[str], Mapping[str, Any]]
    channel: Callable[[], object]
    budget: Budget

    def of(self, remote_ids: Sequence[str]) -> Mapping[str, Verdict]:
        """Of each id that could be one of YouTube's. Raises a ConnectorError.

        What is absent is gone when something else we asked for came, or a comment that the list shows now. Where the
        owner is signed in the lists of what is kept back are looked through first, in case answers by ids are
        without it.
        """
        askable = [remote_id for remote_id in dict.fromkeys(remote_ids) if _ID.fullmatch(remote_id)]
        there: set[str] = set()
        absent: set[str] = set()
        for some, found in self._by_ids(askable):
            there |= found
            absent |= set(some) - found
        if absent and self.api.access:
            there |= absent & self._kept_back()
        absent -= there
        if absent and not there and not self._answers_by_ids_work():
            absent = set()
        return dict.fromkeys(there, Verdict.PRESENT) | dict.fromkeys(absent, Verdict.GONE)

    def _by_ids(self, ids: Sequence[str]) -> Iterator[tuple[Sequence[str], set[str]]]:
        for some, page in self.api.by_ids("/comments", ids, {"part": "id"}, "comments by id", self.budget):
            yield some, {row["id"] for row in page.rows if isinstance(row, dict) and row.get("id") in some}

    def _kept_back(self) -> set[str]:
        found: set[str] = set()
        try:
            for thread in (*self._listed("held"), *self._listed("spam")):
                found.update(item.remote_id for item in thread.items if item.shown is not Shown.VISIBLE)
        except Forbidden:  # not the owner, who was shown nothing kept back before either
            return set()
        return found

    def _answers_by_ids_work(self) -> bool:
        """Whether a comment that stands in the list comes by its id; where the list is empty, the channel must be
        there for us."""
        listed = next((thread.thread_id for thread in self._listed("comments")), None)
        if listed is None:
            self.budget.spend()
            self.channel()
            return True
        return any(found for _, found in self._by_ids([listed]))

    def _listed(self, stream: str) -> Iterator[Thread]:
        for page in self.api.pages("/commentThreads", self.list_of(stream), f"{stream} comments", self.budget):
            for row in page.rows:
                thread = read_thread(row, Shown.VISIBLE if stream == "comments" else Shown.HELD)
                if isinstance(thread, Thread):
                    yield thread
