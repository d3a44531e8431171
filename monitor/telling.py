"""Whom a case concerns, by the policy pack, and the mails that are owed to them the moment it is flagged.

    urgent          an alert, mailed at once, day and night (`monitor/alerting.py` takes it further)
    serious         a mail in mailing hours, together with what else is serious by then
    concern, note   the next digest

Everything here goes into the caller's transaction: a comment is never kept without the mails that are owed for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.custody import media_gate
from monitor.model import Case, Flag
from monitor.rules.handling import Handling, handling
from monitor.rules.marks import standing
from monitor.rules.queue import worst
from monitor.rules.routing import Route, digest_readers, moderators_of, route
from monitor.rules.slots import Slot, mailing_time, next_digest
from monitor.school_facts import SchoolFacts
from monitor.store import alerts, cases, exclusions, outbox
from monitor.store.engine import Transaction
from monitor.store.listening import unreachable_people
from monitor.store.tables import Comment, Version


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
    outbox.owe(tx, comment.account.school, outbox.DIGEST, slot.key, owed_to, slot.opens_at)
    if flags:
        _owe_for_flags(tx, school, comment, version, worst(flags), slot, now)


def _owe_for_flags(
    tx: Transaction, school: SchoolFacts, comment: Comment, version: Version, how: str, slot: Slot, now: datetime
) -> None:
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
    elif how == "serious":
        at = mailing_hours(school, now)
        if found := concerns(tx, school, comment, flags, school.local_day(at)):
            outbox.owe(tx, row, outbox.SERIOUS, alerts.case_key(version, now), found.route.first, at)
    elif found := concerns(tx, school, comment, flags, date.fromisoformat(slot.key)):
        outbox.owe(tx, row, outbox.DIGEST, slot.key, found.readers, slot.opens_at)


def held_back(school: SchoolFacts, at: datetime) -> frozenset[str]:
    """Kinds of mail that do not leave at this time of day, however often they were tried in vain before."""
    opens_at = mailing_hours(school, at)
    return frozenset({outbox.SERIOUS, outbox.OUTGOING}) if opens_at > at else frozenset()


def mailing_hours(school: SchoolFacts, after: datetime) -> datetime:
    """The first moment at or after `after` at which people may be mailed about what is not urgent, in UTC."""
    schedule = school.schedule
    return mailing_time(after, school.timezone, school.rule, schedule.mails_from, schedule.mails_until)
