"""What is asked for in a bundle, what came of it, and how the bundle is called and described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.filters import counted
from monitor.custody.log import Actor
from monitor.rules.wording import moment_in_words
from monitor.school_facts import SchoolFacts


class NotExported(Exception):
    """There is no bundle. One sentence that says why and what to do."""


@dataclass(frozen=True)
class Wanted:
    """What goes into a bundle: the evidence of `case`, or whatever was captured from `since` and before `until`.

    `to`: who receives it. `black_out`: whether third parties are blacked out, and those of `also` as well.
    """

    case: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    to: str | None = None
    black_out: bool = False
    also: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()
    """Cases of which whoever asks must not know: they are left out without a word."""


@dataclass(frozen=True)
class Exported:
    """What is in a bundle. `left_out`: cases that are withheld. `sealed`: entries whose files are in it blacked out.

    `fingerprint`: of the key that signed it. `problems`: records that are not as they were kept, one sentence each.
    """

    cases: Sequence[int]
    records: int
    left_out: Sequence[int]
    sealed: Sequence[int]
    fingerprint: str
    problems: Sequence[str]


@dataclass(frozen=True)
class About:
    """How a bundle is called, and who made it of what. `at`: when it was asked for (aware)."""

    school: SchoolFacts
    wanted: Wanted
    cases: int
    actor: Actor
    at: datetime

    @property
    def top(self) -> str:
        """The one folder in the zip file."""
        if self.wanted.case is not None:
            return f"{self.school.key}-evidence-case-{self.wanted.case}"
        days = (f"{moment.astimezone(UTC):%Y-%m-%d}" for moment in (self.wanted.since, self.wanted.until) if moment)
        return "-".join([self.school.key, "evidence", *days])

    @property
    def title(self) -> str:
        """What it is about, in one line."""
        if self.wanted.case is not None:
            return f"Evidence of case {self.wanted.case}, kept by {self.school.name}"
        since = f" from {self._local(self.wanted.since)}" if self.wanted.since else ""
        until = f" until {self._local(self.wanted.until)}" if self.wanted.until else ""
        return f"Evidence of {counted(self.cases, 'case')}, captured{since}{until}, kept by {self.school.name}"

    @property
    def made(self) -> str:
        """Who made it, when, why and for whom, as a sentence of the statement."""
        to = f" It was made for {self.wanted.to}." if self.wanted.to else ""
        return (
            f"This bundle was made with the program on {self._local(self.at)} ({self.school.timezone}) by "
            f"{self.actor.name}, who gave as the reason: {self.actor.why.rstrip('.')}.{to}"
        )

    @property
    def info(self) -> list[tuple[str, str]]:
        """bag-info.txt."""
        return [
            ("Source-Organization", self.school.name),
            ("Contact-Name", self.actor.name),
            ("External-Description", self.title),
            ("External-Identifier", self.top),
            ("Bagging-Date", f"{self.at.astimezone(ZoneInfo(self.school.timezone)):%Y-%m-%d}"),
            ("Bag-Software-Agent", self.school.program),
        ]

    def _local(self, moment: datetime) -> str:
        return moment_in_words(moment.astimezone(ZoneInfo(self.school.timezone)))
