"""What is found in the school's own posts and replies, who hears of it, and when. Pure.

It is quiet: once a day at most to one person, in mailing hours, and never to whoever published it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.handling import Duty, OutgoingRule
from config.people import Person
from config.policy import ResponseRule
from config.register import RegisterEntry
from monitor.model import OutgoingKind
from monitor.rules.calendar import NoWorkingDay, is_working, local_to_utc, next_working_day
from monitor.rules.reachable import stands_in
from monitor.rules.routing import is_told_of_comments
from monitor.rules.slots import Slot

GATHER = timedelta(minutes=30)
"""A mail waits so long for what else is found, so that one post with five names is one mail."""


def wanted_kinds(rule: OutgoingRule) -> frozenset[OutgoingKind]:
    """What a pack wants looked for. That somebody reports something is never switched off."""
    switches = {
        OutgoingKind.FULL_NAME: rule.full_names,
        OutgoingKind.TAG: rule.tags,
        OutgoingKind.CONTACT_DETAILS: rule.contact_details,
        OutgoingKind.PROMISE: rule.promises,
        OutgoingKind.OPTED_OUT: rule.opted_out,
        OutgoingKind.NOT_CHECKED: rule.full_names or rule.opted_out,
    }
    return frozenset(kind for kind, is_on in switches.items() if is_on) | {OutgoingKind.REPORTED}


def is_history(written_at: datetime, watched_from: datetime, *, was_edited: bool) -> bool:
    """Whether words were there before the account was watched: listed then, and nobody is told."""
    return written_at < watched_from and not was_edited


def told_of_outgoing(
    rule: OutgoingRule,
    instead_of_the_head: Duty,
    last_resort: str,
    people: Sequence[Person],
    entry: RegisterEntry,
    day: date,
) -> tuple[str, ...]:
    """E-mail addresses of those who hear of what an account published: never one of those who publish on it.

    The first duty of the pack that somebody has; then whoever stands in for the head, then the last resort.
    """
    posters = set(entry.posters)
    for duty in (*rule.tell, instead_of_the_head):
        wanted = _with_duty(duty, people, entry)
        meant = [person for person in wanted if duty == "poster" or person.name not in posters]
        if told := _reached(meant, people, () if duty == "poster" else posters, day):
            return told
    return (last_resort,)


def told_of_a_report(
    instead_of_the_head: Duty, last_resort: str, people: Sequence[Person], entry: RegisterEntry, by: str, day: date
) -> tuple[str, ...]:
    """E-mail addresses of those who hear at once that something wrong was published: the head.

    Also whoever stands in the head's place, where the head publishes on the account; they alone, where the head is
    the one who says so.
    """
    heads = [person for person in people if "head" in person.roles]
    told = _reached([person for person in heads if person.name != by], people, {by}, day)
    if not told or any(person.name in entry.posters for person in heads):
        others = [person for person in _with_duty(instead_of_the_head, people, entry) if person.name != by]
        told = (*told, *(each for each in _reached(others, people, {by}, day) if each not in told))
    return told or (last_resort,)


def _with_duty(duty: Duty, people: Sequence[Person], entry: RegisterEntry) -> list[Person]:
    if duty == "poster":
        return [person for person in people if person.name in entry.posters]
    if duty == "line_manager":
        managers = {person.line_manager for person in people if person.name in entry.posters} - {None}
        if managers:
            return [person for person in people if person.name in managers]
    return [person for person in people if duty in person.roles]


def _reached(meant: Iterable[Person], people: Sequence[Person], never: Collection[str], day: date) -> tuple[str, ...]:
    """Those meant, or whoever covers them while they are away; each once. Nobody of `never`, and no technician."""

    def may(person: Person) -> bool:
        return person.name not in never and is_told_of_comments(person)

    # Where nobody stands in, it waits in their own post, which is better than nowhere.
    found = (stands_in(each, people, day, may) or each for each in meant)
    return tuple(dict.fromkeys(person.email for person in found if may(person)))


def next_outgoing_mail(
    found_at: datetime, timezone: str, rule: ResponseRule, hours: tuple[time, time], sent_on: Collection[str]
) -> Slot:
    """The mail that tells somebody of what was found then. `sent_on`: local days on which they had theirs already.
    `hours`: from when to when the school has people mailed, local, on working days.

    In mailing hours of the same working day, else of the next one; where the policy leaves none in 400 days, on the
    next day.
    """
    zone = ZoneInfo(timezone)
    day = found_at.astimezone(zone).date()
    while True:
        opens, closes = local_to_utc(day, hours[0], zone), local_to_utc(day, hours[1], zone)
        if is_working(day, rule) and found_at < closes and day.isoformat() not in sent_on:
            return Slot(day.isoformat(), max(opens, min(found_at + GATHER, closes)))
        try:
            day = next_working_day(day, rule)
        except NoWorkingDay:
            day += timedelta(days=1)
            return Slot(day.isoformat(), local_to_utc(day, hours[0], zone))
