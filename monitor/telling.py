"""Whom a case concerns, by the policy pack, and the mails that are owed to them the moment it is flagged.

    urgent          an alert, mailed at once, day and night (`monitor/alerting.py` takes it further)
    serious         a mail in mailing hours, together with what else is serious by then
    concern, note   the next digest
    none            a mail that it is new to answer, some minutes later, or the next digest where that comes first

Everything here goes into the caller's transaction: a comment is never kept without the mails that are owed for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor import mail_kinds
from monitor.custody import media_gate
from monitor.model import Case, Flag
from monitor.rules.handling import Answering, Handling, handling
from monitor.rules.marks import standing
from monitor.rules.queue import worst
from monitor.rules.reminders import Hours
from monitor.rules.restraint import LEAVES_FREE, Restraint
from monitor.rules.routing import Route, digest_readers, moderators_of, route
from monitor.rules.slots import Slot, next_digest
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, cases, exclusions, outbox, pile_ons
from monitor.store.engine import Transaction
from monitor.store.item_tables import Comment, Version
from monitor.store.listening import unreachable_people


@dataclass(frozen=True)
class Concerns:
    """How a case is handled, and who is told of it on one day."""

    handling: Handling
    route: Route
    readers: tuple[str, ...]
    """Who reads of it in the digest."""


def standing_flags(case: Case) -> tuple[Flag, ...]:
    """The flags of a case, of any version, that no moderator has rejected."""
    return standing(case.flags, case.decisions)


def concerns(
    tx: Transaction, school: SchoolFacts, comment: Comment, flags: Collection[Flag], on: date
) -> Concerns | None:
    """Who is told of a case with these flags on a local day; None: without flags, nobody in particular.

    A case that is withheld concerns those responsible for safeguarding alone.
    """
    handled = handling(flags, school.policy)
    if handled is None:
        return None
    if media_gate.is_withheld(tx, comment.account.school, comment.id):
        handled = replace(handled, first=("safeguarding",), then=(), only_those_told=True)
    entry, kept_out = school.entry(comment.account.key), exclusions.kept_out(tx, comment)
    refused = unreachable_people(tx, comment.account.school)
    found = route(handled, school.people, entry, kept_out, on, school.policy, school.last_resort, refused)
    moderators = moderators_of(school.people, entry, on, kept_out, refused)
    return Concerns(handled, found, digest_readers(handled, found, moderators))


def owe_mails(
    tx: Transaction, school: SchoolFacts, comment: Comment, version: Version, flags: Sequence[Flag], now: datetime
) -> None:
    """Owe what has to be said of a version with these new flags; none: a comment that is new."""
    slot = next_digest(now, school.timezone, school.rule, school.schedule.digest_at)
    day = date.fromisoformat(slot.key)
    refused = unreachable_people(tx, comment.account.school)
    owed_to = moderators_of(school.people, school.entry(comment.account.key), day, refused=refused)
    outbox.owe(tx, comment.account.school, mail_kinds.DIGEST, slot.key, owed_to, slot.opens_at)
    told = _owe_for_flags(tx, school, comment, version, worst(flags), slot, now) if flags else ()
    if version.number == 1:
        _owe_as_new(tx, school, comment, version, flags, told, now)


def _owe_for_flags(
    tx: Transaction, school: SchoolFacts, comment: Comment, version: Version, how: str, slot: Slot, now: datetime
) -> tuple[str, ...]:
    """Returns who is told of it by a mail of its own."""
    row = comment.account.school
    case = cases.case_by_id(tx, row, school.policy, comment.id)
    # All that stands says who is told: an edit does not make an allegation a matter for more people.
    flags = standing_flags(case) if case else ()
    if how == "urgent":
        found = concerns(tx, school, comment, flags, school.local_day(now))
        if found:
            after = timedelta(minutes=found.handling.acknowledge_minutes)
            alert = alerts.open_one(tx, row, version, now + after if found.route.steps else None, now)
            if alert:
                alerts.owe(tx, row, alert, found.route.first, now)
            return found.route.first
    elif how == "serious":
        at = mailing_hours(school, now)
        if found := concerns(tx, school, comment, flags, school.local_day(at)):
            outbox.owe(tx, row, mail_kinds.SERIOUS, alerts.case_key(version, now), found.route.first, at)
            return found.route.first
    elif found := concerns(tx, school, comment, flags, date.fromisoformat(slot.key)):
        outbox.owe(tx, row, mail_kinds.DIGEST, slot.key, found.readers, slot.opens_at)
    return ()


def _owe_as_new(
    tx: Transaction,
    school: SchoolFacts,
    comment: Comment,
    version: Version,
    flags: Sequence[Flag],
    told: Collection[str],
    now: datetime,
) -> None:
    """Owe the mail that a comment is to be answered. `told`: those who have a mail about it already."""
    at = hours_of(school).new_at(now, comment.due_at) if comment.due_at else None
    if at is None:
        return
    day = school.local_day(at)
    kept_out = exclusions.kept_out(tx, comment) if flags else ()
    refused = unreachable_people(tx, comment.account.school)
    people = list(moderators_of(school.people, school.entry(comment.account.key), day, kept_out, refused))
    if flags and (found := concerns(tx, school, comment, flags, day)):
        if found.handling.answering is Answering.HOLD:
            return
        if found.handling.only_those_told:
            people = [each for each in people if each in found.route.first]
    owed_to = [each for each in people if each not in told and not pile_ons.is_told(tx, comment, each)]
    outbox.owe(tx, comment.account.school, mail_kinds.NEW, alerts.case_key(version, now), owed_to, at)


def hours_of(school: SchoolFacts) -> Hours:
    """When the school mails people about what is not urgent."""
    return Hours(school.timezone, school.rule, school.schedule)


def held_back(school: SchoolFacts, at: datetime) -> Restraint:
    """What keeps mails back at this moment: the time of day, however often they were tried in vain before, a mail of
    the same kind to the same person shortly before, and how many they have had that day."""
    hours, schedule = hours_of(school), school.schedule
    return Restraint(
        kinds=frozenset() if hours.are_on(at) else _IN_MAILING_HOURS,
        pause=timedelta(minutes=schedule.between_mails_minutes),
        a_day=schedule.mails_a_day,
        day_began_at=hours.day_began(at),
        kept=hours.kept(at),
        is_last_call=hours.is_last_call(at),
    )


_IN_MAILING_HOURS = frozenset({*LEAVES_FREE, mail_kinds.OUTGOING})
"""Kinds of mail that do not leave at night, at weekends and on holidays."""


def mailing_hours(school: SchoolFacts, after: datetime) -> datetime:
    """The first moment at or after `after` at which people may be mailed about what is not urgent, in UTC."""
    return hours_of(school).opening(after)
