"""Replaying the stored history: what would be flagged with other words or models than it was judged with.

Nothing is changed, and no second opinion is asked. The history passes through in portions, so that memory does not
grow with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config.policy import PolicyPack
from monitor.custody import media_gate
from monitor.language.flagging import flags_of
from monitor.model import ALARMS, Action, Category, Flag
from monitor.rules.queue import SEVERITIES, worst
from monitor.store import ledger, rehearsed
from monitor.store.engine import Store
from monitor.store.rehearsed import EVERYTHING, JudgedThen, Mark, Wanted

if TYPE_CHECKING:
    from monitor.language.judging import Judge, Judgement

BATCH = 64  # texts judged together

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Side:
    """What one text is flagged as, and how gravely at worst (empty: not at all)."""

    categories: frozenset[Category]
    severity: str

    @property
    def flagged(self) -> bool:
        """Whether a person would be asked to look."""
        return bool(self.categories)


@dataclass(frozen=True)
class Replayed:
    """One text of a comment, as it was flagged when it was read, as it would be today, and with what is tried out.

    Where nothing but what is installed now is tried out, `today` is `then` and `tried` is today.
    """

    case: int
    version: int
    text: str
    mark: Mark | None
    then: Side
    today: Side
    tried: Side
    flags: tuple[Flag, ...]
    """Those of `tried`."""

    @property
    def sides(self) -> tuple[Side, Side, Side]:
        """Then, today, tried."""
        return self.then, self.today, self.tried

    @property
    def is_false_alarm(self) -> bool:
        """Whether a moderator marked its flags as wrong."""
        return self.mark is not None and self.mark.action is Action.FALSE_ALARM

    @property
    def is_confirmed(self) -> bool:
        """Whether a moderator said that its flags were right."""
        return self.mark is not None and self.mark.action is not Action.FALSE_ALARM


@dataclass(frozen=True)
class Rehearsal:
    """A replay for one school.

    `today`: the judge in force; None where that itself is tried, and is compared with what was flagged then.
    """

    store: Store
    school_key: str
    policy: PolicyPack
    tried: Judge
    today: Judge | None = None
    wanted: Wanted = EVERYTHING

    def size(self) -> tuple[int, int]:
        """How many texts there are to replay, and how many cases are left out because they are withheld."""
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.school_key)
            withheld = media_gate.all_withheld(tx, school)
            shown = withheld.keys() - set(self.wanted.without)
            return rehearsed.how_many(tx, school, self._without(withheld)), len(shown)

    def run(self, progress: Progress = lambda what, done, of: None) -> Iterator[Replayed]:
        """Every text in the order it was stored. `progress` is told what is done, how much, and of how much."""
        of, _ = self.size()
        done, after = 0, 0 if of else None
        while after is not None:
            texts, after = self._portion(after)
            for start in range(0, len(texts), BATCH):
                batch = texts[start : start + BATCH]
                yield from self._replay(batch)
                done += len(batch)
                progress("judging", done, max(of, done))

    def _portion(self, after: int) -> tuple[list[JudgedThen], int | None]:
        # A transaction of its own for each: a long one would keep the database from tidying up behind its writers.
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.school_key)
            wanted = self._without(media_gate.all_withheld(tx, school))
            return rehearsed.portion(tx, school, wanted, after)

    def _without(self, withheld: dict[int, media_gate.Mark]) -> Wanted:
        return self.wanted._replace(without=frozenset(withheld).union(self.wanted.without))

    def _replay(self, batch: Sequence[JudgedThen]) -> Iterator[Replayed]:
        texts = [each.text for each in batch]
        tried = self.tried.assess_all(texts)
        today = self.today.assess_all(texts) if self.today else [None] * len(texts)
        for each, new, old in zip(batch, tried, today, strict=True):
            flags = self._flags(new)
            then = Side(_alarms(category for category, _ in each.flags), _gravest(each.flags))
            yield Replayed(
                each.case,
                each.version,
                each.text,
                each.mark,
                then,
                then if old is None else _side(self._flags(old)),
                _side(flags),
                flags,
            )

    def _flags(self, judgement: Judgement) -> tuple[Flag, ...]:
        return tuple(flag for flag in flags_of(judgement, self.policy) if flag.category in ALARMS)


def _side(flags: Sequence[Flag]) -> Side:
    return Side(_alarms(flag.category for flag in flags), worst(flags))


def _alarms(categories: Iterator[Category]) -> frozenset[Category]:
    return ALARMS.intersection(categories)


def _gravest(flags: Sequence[tuple[Category, str]]) -> str:
    return max((severity for _, severity in flags), key=SEVERITIES.index, default="")
