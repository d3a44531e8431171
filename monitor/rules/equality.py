"""Whether comments that name some groups of people are flagged more often than others. Pure.

Lists and models alike can take the name of a group for an insult. A school that must not discriminate has to be
able to see that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.model import NO_BREACH, Case
from monitor.rules.marks import is_false_alarm

ENOUGH_TO_STAND_OUT = 5
"""Fewer flags than so many can be chance."""
ENOUGH = 10
"""Fewer than so many comments say nothing about how often words are flagged."""
MUCH_MORE = 2
"""So many times as often asks for somebody to look."""


@dataclass(frozen=True)
class Said:
    """One comment as the equality check sees it: which groups of people its words name, and what was made of it."""

    groups: frozenset[str]
    flagged: bool
    false_alarm: bool


@dataclass
class Hits:
    """How many comments, how many of them flagged, how many of those found a false alarm."""

    comments: int = 0
    flagged: int = 0
    false_alarms: int = 0

    def add(self, said: Said) -> None:
        """Count one comment."""
        self.comments += 1
        self.flagged += said.flagged
        self.false_alarms += said.flagged and said.false_alarm


@dataclass(frozen=True)
class Equality:
    """By group of people: comments whose words name it. `others`: comments that name none."""

    groups: Mapping[str, Hits]
    others: Hits


def said(case: Case, groups: frozenset[str], *, is_hidden: bool) -> Said:
    """A comment for the equality check. `is_hidden`: what was made of it is nothing for whoever reads this."""
    flags = [flag for flag in case.flags if flag.category not in NO_BREACH]
    flagged = bool(flags) and not is_hidden
    return Said(groups, flagged, flagged and all(is_false_alarm(flag, case) for flag in flags))


def equality(comments: Iterable[Said], groups: Iterable[str]) -> Equality:
    """Counts for each of `groups`, and for the comments that name none of them."""
    counted, others = {group: Hits() for group in groups}, Hits()
    for each in comments:
        for hits in [counted[group] for group in each.groups] or [others]:
            hits.add(each)
    return Equality(counted, others)


def stands_out(group: Hits, others: Hits) -> bool:
    """Whether comments that name a group are flagged, or wrongly flagged, much more often than other comments.

    A reason to look, and no proof: where people of a group are attacked, their comments are flagged rightly.
    """
    if min(group.comments, others.comments) < ENOUGH:
        return False
    pairs = ((group.flagged, others.flagged), (group.false_alarms, others.false_alarms))
    return any(
        mine >= ENOUGH_TO_STAND_OUT and mine * others.comments > MUCH_MORE * theirs * group.comments
        for mine, theirs in pairs
    )
