"""Urgent alerts, from one step of the chain to the next, until somebody has acknowledged them.

    told            the next is told so many minutes after a mail server took the mail of this step; where none took
                    it, so many minutes after it was owed; where it was refused for good, at once
    acknowledged    by the command of that name, or by any decision on the case of somebody on its route
    closed          its flags were rejected, or the case was erased
    the end         the last resort is told again, `REPEATS` times; then `health` shows it until somebody acknowledges

Who the next step is, is worked out when its time comes: people go on leave, and somebody may be kept out by then.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.people import Person
from monitor.clock import Clock
from monitor.custody.log import Actor, note
from monitor.model import Case
from monitor.rules.routing import Route
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, cases, exclusions, ledger, outbox
from monitor.store.alerts import Telling
from monitor.store.engine import Store, Transaction
from monitor.store.handling_tables import Alert
from monitor.store.item_tables import Comment
from monitor.telling import Concerns, concerns, standing_flags

log = logging.getLogger("monitor.alerting")

REPEATS = 3
"""How often the last resort is told again."""
ACKNOWLEDGED = "acknowledgement"
"""The entry in the evidence log."""


class NotTold(Exception):
    """Somebody acknowledges what they were not told of. One sentence, the same where there is no such case."""


@dataclass(frozen=True)
class Acknowledged:
    """An alert that was acknowledged, by whom and when; `now`: by this very act."""

    version: int
    by: str
    at: datetime
    now: bool


@dataclass(frozen=True)
class Alerting:
    """Moves the alerts of one school on."""

    store: Store
    school: SchoolFacts
    clock: Clock

    def run(self) -> int:
        """Move on whatever is due, each alert in a transaction of its own. Returns how many mails are newly owed."""
        with self.store.reading() as tx:
            numbers = alerts.to_look_at(tx, ledger.enrolled_school(tx, self.school.key), self.clock())
        return sum(self._look_at(number) for number in numbers)

    def _look_at(self, number: int) -> int:
        now = self.clock()
        with self.store.writing() as tx:
            alert = tx.get_one(Alert, number)
            outbox.alone(tx, alert.school_id)
            tx.refresh(alert)
            if alert.acknowledged_at or alert.closed_at:
                return 0
            found = alert_concerns(tx, self.school, alert, now)
            if found is None:
                alert.closed_at, alert.next_step_at = now, None
                return 0
            told = alerts.tellings(tx, alert)
            if self._is_being_dealt_with(tx, alert, found, told):
                return 0
            return self._move_on(tx, alert, found, told, now)

    def _is_being_dealt_with(self, tx: Transaction, alert: Alert, found: Concerns, told: Sequence[Telling]) -> bool:
        """Whether somebody on its route has decided on the case since: that is as good as an acknowledgement."""
        on_route = {each.lower() for each in (*found.route.everybody, *(telling.person for telling in told))}
        for decision in alerts.decisions_since(tx, alert):
            if _address(decision.by, self.school.people) in on_route:
                _settle(alert, decision.by, decision.at)
                return True
        return False

    def _move_on(self, tx: Transaction, alert: Alert, found: Concerns, told: Sequence[Telling], now: datetime) -> int:
        wait = timedelta(minutes=found.handling.acknowledge_minutes)
        people = next_step(found.route, told)
        alert.next_step_at = due = next_at(told, wait, is_repeat=_is_told(people, told)) if people else None
        if not people or (due and due > now):
            return 0
        if told:
            alert.step += 1
        alert.next_step_at = now + wait
        owed = alerts.owe(tx, alert.comment.account.school, alert, people, now)
        log.info("alert %d: step %d, %d mails owed", alert.id, alert.step, owed)
        return owed


def alert_concerns(
    tx: Transaction, school: SchoolFacts, alert: Alert, now: datetime, case: Case | None = None
) -> Concerns | None:
    """Whom an alert concerns today; None: nobody any more, its flags were rejected or its case erased.

    `case`: the one it is about, where it was read already.
    """
    comment = alert.comment
    case = case or cases.case_by_id(tx, comment.account.school, school.policy, comment.id)
    if comment.erased_at is not None or case is None:
        return None
    flags = standing_flags(case)
    if not any(flag.version == alert.version.number and flag.severity == "urgent" for flag in flags):
        return None
    return concerns(tx, school, comment, flags, school.local_day(now))


def next_step(route: Route, told: Sequence[Telling]) -> tuple[str, ...]:
    """Who is told next: of the first step with somebody who was not told yet, those; at the end, its last step again.

    Nobody, once that was told again as often as it is told again.
    """
    known = {telling.person.lower() for telling in told}
    for step in route.steps:
        if people := tuple(person for person in step if person.lower() not in known):
            return people
    end = route.steps[-1] if route.steps else ()
    times = max((sum(each.person.lower() == person.lower() for each in told) for person in end), default=0)
    return end if times <= REPEATS else ()


def next_at(told: Sequence[Telling], wait: timedelta, *, is_repeat: bool) -> datetime | None:
    """When the time of the present step is over; None: nobody was told at all, so now.

    `is_repeat`: who comes next was told before, and is given their time even where their mail was refused.
    """
    newest = max((telling.number for telling in told), default=0)
    present = [telling for telling in told if telling.number == newest]
    if accepted := [telling.accepted_at for telling in present if telling.accepted_at]:
        return min(accepted) + wait
    owed = max((telling.owed_at for telling in present), default=None)
    if owed is None or (all(telling.is_given_up for telling in present) and not is_repeat):
        return owed
    return owed + wait


def acknowledge(
    tx: Transaction, school: SchoolFacts, comment: Comment | None, person: str, actor: Actor, now: datetime
) -> list[Acknowledged]:
    """Somebody says that they have the case in hand. `person`: the e-mail address by which they were told.

    Returns every alert of the case they were told of. Raises NotTold, and ClockSetBack as `custody.log.note` does.
    """
    done: list[Acknowledged] = []
    if comment is not None and comment.erased_at is None and person.lower() not in exclusions.kept_out(tx, comment):
        for alert in alerts.of_comment(tx, comment):
            if person.lower() in {telling.person.lower() for telling in alerts.tellings(tx, alert)}:
                done += _acknowledge_one(tx, alert, actor, now)
    if not done:
        raise NotTold(f"{actor.name} was told of no urgent case with this number; the mail about it says which it is")
    return done


def _acknowledge_one(tx: Transaction, alert: Alert, actor: Actor, now: datetime) -> list[Acknowledged]:
    number = alert.version.number
    if alert.acknowledged_at:
        return [Acknowledged(number, alert.acknowledged_by or "", alert.acknowledged_at, now=False)]
    if not alert.closed_at:
        _settle(alert, actor.name, now)
    note(tx, alert.comment.account.school, ACKNOWLEDGED, now, alert.comment_id, {"version": number}, actor)
    return [Acknowledged(number, actor.name, now, now=True)]


def _settle(alert: Alert, by: str, at: datetime) -> None:
    alert.acknowledged_by, alert.acknowledged_at, alert.next_step_at = by, at, None


def _is_told(people: Sequence[str], told: Sequence[Telling]) -> bool:
    return {person.lower() for person in people} <= {telling.person.lower() for telling in told}


def _address(name: str, people: Sequence[Person]) -> str:
    """The e-mail address of somebody who acted under this name, in small letters; else the name itself."""
    wanted = name.casefold()
    found = (each for each in people if wanted in {each.name.casefold(), each.email.casefold()})
    return next((each.email.lower() for each in found), wanted)
