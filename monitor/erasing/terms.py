"""How long one comment is kept by the school's terms: the facts that decide it, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from config.policy import Retention
from monitor.custody import media_gate
from monitor.erasing import holds
from monitor.erasing.steps import OUTSIDE
from monitor.model import Case
from monitor.rules import retention as rules
from monitor.rules.state import response_state
from monitor.rules.wording import day_in_words
from monitor.store import cases, erasure_book, evidence_log
from monitor.store.engine import Transaction
from monitor.store.school_tables import School


@dataclass(frozen=True)
class TermFacts:
    """What decides a term besides the comment itself, for all cases of a school."""

    undecided: frozenset[int]
    passed_on: Mapping[int, datetime]
    withheld: frozenset[int]
    held: frozenset[int]
    asked: frozenset[int]
    """Those whose erasure waits for a second person."""

    @classmethod
    def gather(cls, tx: Transaction, school: School) -> TermFacts:
        """Read them."""
        passed_on = evidence_log.of_kinds(tx, school, OUTSIDE)
        return cls(
            undecided=frozenset(cases.undecided_flags(tx, school)),
            passed_on={entry.case: entry.at for entry in passed_on if entry.case is not None},
            withheld=frozenset(media_gate.all_withheld(tx, school)),
            held=frozenset(holds.all_on_hold(tx, school)),
            asked=frozenset(row.comment_id for row in erasure_book.waiting(tx, school)),
        )

    def of(self, case: Case, now: datetime) -> rules.Kept:
        """The facts that decide how long one comment is kept."""
        answer = response_state(case.created_at, case.due_at, case.facts, case.rule, now)
        decided = [decision.fact for decision in case.decisions]
        return rules.Kept(
            received_at=case.facts.first_seen_at or case.created_at,
            settled_at=rules.settled_at(case, answer, case.id in self.undecided),
            decided_at=max((each.at for each in decided), default=None),
            passed_on_at=self.passed_on.get(case.id),
            categories=frozenset(flag.category for flag in case.flags),
            acted_on=any(each.action in rules.ACTED_ON for each in decided),
            withheld=case.id in self.withheld,
            on_hold=case.id in self.held,
        )


def kept_until(kept: rules.Kept, terms: Retention, now: datetime, timezone: str) -> str:
    """What stands behind "kept until", as things are now. `timezone`: an IANA name."""
    match answer := rules.due(kept, terms, now):
        case rules.Keep(until=None):
            return "the legal hold on it ends"
        case rules.Keep(until=datetime() as until):
            return f"{_day(until, timezone)}. {answer.reason}"
        case rules.Erase():
            return f"now: its term was over on {_day(answer.since, timezone)}"
        case _:
            return f"a person has decided where it goes. {answer.reason}"


def _day(moment: datetime, timezone: str) -> str:
    with suppress(OverflowError):  # the last day of the calendar has no morning everywhere
        moment = moment.astimezone(ZoneInfo(timezone))
    return day_in_words(moment.date(), year=True)
