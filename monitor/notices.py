"""What digest and weekly report say of the monitor itself: whom no mail reaches, and when it did not run.

Each is a sentence. None is about a case, so everybody may read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.settings import Settings
from monitor import mail_kinds
from monitor.rules.slots import Slot, weekly_reports_between
from monitor.rules.wording import clock_in_words, day_in_words
from monitor.store import had_lately, listening
from monitor.store.engine import Transaction
from monitor.store.listening_tables import Downtime
from monitor.store.school_tables import School

LATELY = timedelta(days=14)
"""How far back a digest looks for a time in which nothing ran."""
REPORTS_MADE_UP = 4
"""Weekly reports that are mailed after a time in which nothing ran; of older ones people are told the command."""
MOST = 6
_NEXT_REPORT = timedelta(days=8)


def not_reached(tx: Transaction, school: School, settings: Settings) -> tuple[str, ...]:
    """Who of the people, and of those told at the end, gets no mail; at most `MOST` sentences."""
    found = listening.unreachable_people(tx, school)
    names = {person.email.lower(): person.name for person in settings.people}
    names.setdefault(settings.last_resort.lower(), "the last resort")
    lines = [
        f"Mail to {name} is refused since {_moment(found[address].since, settings)}: {found[address].why}."
        for address, name in names.items()
        if address in found
    ]
    return tuple(lines[:MOST]) + ((f"And to {len(lines) - MOST} more.",) if len(lines) > MOST else ())


def did_not_run(since: datetime, until: datetime, settings: Settings) -> str:
    """That nothing ran from one moment to another, in a sentence."""
    begin, end = _moment(since, settings), _moment(until, settings)
    return f"The monitor did not run from {begin} to {end}; comments from then were read late."


def for_digest(tx: Transaction, school: School, settings: Settings, recipient: str, now: datetime) -> tuple[str, ...]:
    """What this person's digest says: of each time in which nothing ran, the first digest after it."""
    last = had_lately.newest_sent(tx, school, mail_kinds.DIGEST, recipient) or school.started_at
    found = listening.downtimes(tx, school, max(last, now - LATELY))
    return (*_lines(found, settings), *not_reached(tx, school, settings))


def for_week(
    tx: Transaction, school: School, settings: Settings, week: str, until: datetime, now: datetime
) -> tuple[str, ...]:
    """What the report of a week, which ended at `until`, says: of each such time the first report mailed after it."""
    found = [
        each
        for each in listening.downtimes(tx, school, until - 2 * _NEXT_REPORT)
        if each.until <= now and told_in(each, settings) == week
    ]
    lines = _lines(found, settings)
    left_out = [week for each in found for week in weeks_left_out(each, settings)]
    if left_out:
        names = left_out[0] if len(left_out) == 1 else f"{left_out[0]} to {left_out[-1]}"
        make = f"school-monitor report weekly --week {left_out[0]}"
        lines = (*lines, f"No reports were mailed of the weeks before that ({names}); make them with {make}.")
    return (*lines, *not_reached(tx, school, settings))


def told_in(gap: Downtime, settings: Settings) -> str:
    """The week whose report is the first to be mailed after a time in which nothing ran."""
    missed = _missed(gap, settings)
    return (missed[-REPORTS_MADE_UP:] or _reports(gap.until, gap.until + _NEXT_REPORT, settings))[0].key


def weeks_left_out(gap: Downtime, settings: Settings) -> tuple[str, ...]:
    """Weeks whose report should have been mailed in a time in which nothing ran, and is not mailed any more."""
    return tuple(slot.key for slot in _missed(gap, settings)[:-REPORTS_MADE_UP])


def _missed(gap: Downtime, settings: Settings) -> tuple[Slot, ...]:
    return _reports(gap.since, gap.until, settings)


def _reports(after: datetime, until: datetime, settings: Settings) -> tuple[Slot, ...]:
    return weekly_reports_between(after, until, settings.school.timezone, settings.schedule.weekly_report_at)


def _lines(found: Sequence[Downtime], settings: Settings) -> tuple[str, ...]:
    lines = [did_not_run(each.since, each.until, settings) for each in found]
    more = (f"Nor did it run {len(lines) - MOST} more times.",) if len(lines) > MOST else ()
    return (*more, *lines[-MOST:])


def _moment(moment: datetime, settings: Settings) -> str:
    local = moment.astimezone(ZoneInfo(settings.school.timezone))
    return f"{day_in_words(local.date())} {clock_in_words(local.time().replace(second=0, microsecond=0))}"
