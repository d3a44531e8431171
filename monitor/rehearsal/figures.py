"""What a replay shows: counts, and by number the cases worth a look. No more is kept of the history than that."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.language.checks import LANGUAGE
from monitor.language.identity import names_an_identity
from monitor.language.models.minilm import LONGEST_READ
from monitor.language.own_words import DenyTerm
from monitor.model import Category, Flag
from monitor.rehearsal.own_names import OwnNames
from monitor.rehearsal.replay import Replayed
from monitor.rehearsal.terms import TermHits
from monitor.store.text import fingerprint


@dataclass
class Counts:
    """How many texts: flagged then, today, with what is tried; and what that changes against today."""

    then: int = 0
    today: int = 0
    tried: int = 0
    newly: int = 0
    no_longer: int = 0

    def add(self, then: bool, today: bool, tried: bool) -> None:
        """Count one text."""
        self.then += then
        self.today += today
        self.tried += tried
        self.newly += tried and not today
        self.no_longer += today and not tried


@dataclass
class Sample:
    """At most `most` of those that were added, the same ones however often it is asked, and the number of all."""

    most: int
    of: int = 0
    _kept: list[tuple[str, int, Replayed]] = field(default_factory=list)

    def add(self, replayed: Replayed) -> None:
        """Keep it or not, by a digest of its number: a fair choice that needs no memory of the others."""
        self.of += 1
        rank = fingerprint(f"{replayed.case}/{replayed.version}")
        self._kept.append((rank, self.of, replayed))
        if len(self._kept) > 4 * self.most + 16:
            self._kept = heapq.nsmallest(self.most, self._kept, key=_rank)

    def chosen(self) -> list[Replayed]:
        """Those kept, by case and version."""
        chosen = (each for _, __, each in heapq.nsmallest(self.most, self._kept, key=_rank))
        return sorted(chosen, key=lambda each: (each.case, each.version))


def _rank(kept: tuple[str, int, Replayed]) -> tuple[str, int]:
    return kept[:2]


def _says_what_failed(flag: Flag) -> bool:
    """Whether a check or a model failed. That nobody reads the language of a text is no failure."""
    return flag.category is Category.COULD_NOT_BE_CHECKED and not flag.detector.startswith(f"{LANGUAGE}/")


@dataclass
class Figures:
    """Counts over a replay. `deny`: the terms whose hits are counted one by one."""

    names: OwnNames
    deny: Sequence[DenyTerm]
    most: int = 10
    texts: int = 0
    flagged: Counts = field(default_factory=Counts)
    by_category: dict[Category, Counts] = field(default_factory=lambda: defaultdict(Counts))
    by_severity: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    identity_texts: int = 0
    identity: Counts = field(default_factory=Counts)
    on_names: Counter[str] = field(default_factory=Counter)
    marked: int = 0
    marked_tried: int = 0
    confirmed: int = 0
    unchecked: int = 0
    """Texts on which a check or a model failed: not those that are too long or in another language."""

    def __post_init__(self) -> None:
        self.newly, self.no_longer = Sample(self.most), Sample(self.most)
        self.lost, self.near_names = Sample(self.most), Sample(self.most)
        self.terms = TermHits(self.deny)

    def add(self, each: Replayed) -> None:
        """Count one text."""
        self.texts += 1
        self.flagged.add(*(side.flagged for side in each.sides))
        for category in frozenset().union(*(side.categories for side in each.sides)):
            self.by_category[category].add(*(category in side.categories for side in each.sides))
        for severity in {side.severity for side in each.sides} - {""}:
            self.by_severity[severity].add(*(side.severity == severity for side in each.sides))
        if each.tried.flagged and not each.today.flagged:
            self.newly.add(each)
        if each.today.flagged and not each.tried.flagged:
            self.no_longer.add(each)
        if names_an_identity(each.text):
            self.identity_texts += 1
            self.identity.add(*(side.flagged for side in each.sides))
        self.unchecked += any(map(_says_what_failed, each.flags)) and len(each.text) <= LONGEST_READ
        self._count_marks(each)
        self.terms.add(each)
        if hit := self.names.hit_by(each.flags, each.text):
            self.on_names.update(hit)
            self.near_names.add(each)

    def _count_marks(self, each: Replayed) -> None:
        self.marked += each.is_false_alarm
        self.marked_tried += each.is_false_alarm and each.tried.flagged
        self.confirmed += each.is_confirmed
        if each.is_confirmed and not each.tried.flagged:
            self.lost.add(each)
