"""The school's own names, and whether a flag stands on one: a surname or a street should bring nobody running."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from config.settings import Settings
from monitor.model import ALARMS, Category, Flag

if TYPE_CHECKING:
    from monitor.language.judging import Judge

AROUND = 100  # characters beside a flagged place in which a name may begin or end
SHORTEST_PART = 3  # letters of a surname that is looked for by itself


class OwnNames:
    """The names of a school: its own, those of its people, and the words it allows."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: tuple[str, ...] = tuple(dict.fromkeys(name for name in names if name.strip()))

    @classmethod
    def of(cls, settings: Settings, allow: Iterable[str] = ()) -> OwnNames:
        """The names of a configuration, and what a list to try out allows."""
        people = [person.name for person in settings.people]
        surnames = [name.split()[-1] for name in people if len(name.split()[-1]) >= SHORTEST_PART]
        return cls([settings.school.name, *people, *surnames, *settings.judging.allow, *allow])

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.names, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)

    def hit_by(self, flags: Sequence[Flag], text: str) -> set[str]:
        """Which names a flagged place touches. A flag on the whole text touches none: it is not about one word."""
        hit: set[str] = set()
        places = {(flag.start, flag.end) for flag in flags if 0 < flag.end - flag.start < len(text)}
        for start, end in places if self.names else ():
            for found in self._pattern.finditer(text, max(0, start - AROUND), end + AROUND):
                if found.start() < end and start < found.end():
                    hit.add(self._as_written(found[0]))
        return hit

    def flagged_alone(self, judge: Judge) -> list[tuple[str, list[Category]]]:
        """Names that are flagged where nothing else is said, with the categories."""
        judged = zip(self.names, judge.assess_all(list(self.names)), strict=True)
        found = ((name, {one.finding.category for one in judgement.found} & ALARMS) for name, judgement in judged)
        return [(name, sorted(categories)) for name, categories in found if categories]

    def _as_written(self, found: str) -> str:
        return next((name for name in self.names if name.casefold() == found.casefold()), found)
