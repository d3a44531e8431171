"""When people are reminded of what is owed an answer. Pure; days and times of day are the school's own.

    new         so long after the first comment nobody has answered; what comes when nobody is mailed, or shortly
                before a digest, the digest says
    due soon    so long before the deadline, where people are mailed then; else at the time of the sheet on the last
                working day before; what a sheet lists is not reminded of again at the same time
    sheet       on a working day before days nobody works: all that falls due before people can be reminded again
    overdue     once the deadline has passed while people are mailed; what passed at other times the digest says
    head        so long after the others were told

When a deadline passes and when people are mailed are different clocks: the first is the policy's and runs day and
night, the second stands still at night, at weekends and on holidays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.people import Person
from config.policy import ResponseRule
from config.schedule import Schedule
from monitor.rules.calendar import LOOK_AHEAD_DAYS, is_working, local_to_utc
from monitor.rules.reachable import stands_in
from monitor.rules.routing import is_told_of_comments
from monitor.rules.slots import Slot, mailing_time, next_digest

LAST_CALL = timedelta(minutes=30)
"""Before people are mailed no more, on a day before days nobody works: what is owed then may use the last mails."""


@dataclass(frozen=True)
class Hours:
    """When one school mails people about what is not urgent. All moments are aware; those it gives are in UTC."""

    timezone: str
    rule: ResponseRule
    schedule: Schedule

    def are_on(self, moment: datetime) -> bool:
        """Whether people are mailed at this moment."""
        return self.opening(moment) == moment

    def opening(self, after: datetime) -> datetime:
        """The first moment at or after `after` at which people are mailed."""
        schedule = self.schedule
        return mailing_time(after, self.timezone, self.rule, schedule.mails_from, schedule.mails_until)

    def digest_after(self, moment: datetime) -> datetime:
        """When the first digest later than a moment opens."""
        return next_digest(moment, self.timezone, self.rule, self.schedule.digest_at).opens_at

    def is_nearly_said(self, moment: datetime, since: datetime) -> bool:
        """Whether a digest comes after `since`, and no later than a pause after `moment`: then it says it."""
        return self.digest_after(since) <= moment + timedelta(minutes=self.schedule.between_mails_minutes)

    def day_began(self, moment: datetime) -> datetime:
        """Midnight before a moment: limits are counted by local days."""
        return local_to_utc(self._day(moment), time(0), self._zone)

    def is_last_call(self, moment: datetime) -> bool:
        """Whether all mails of the day may be used: what comes now may fall due before people are mailed again."""
        day = self._day(moment)
        return self._has_sheet(day) and moment >= local_to_utc(day, self.schedule.mails_until, self._zone) - LAST_CALL

    def kept(self, moment: datetime) -> int:
        """How many of the day's mails are kept for later: before days nobody works one for the sheet, and for the
        last call one about what is new and one about what is grave."""
        day = self._day(moment)
        if not self._has_sheet(day) or self.is_last_call(moment):
            return 0
        return 3 if moment < self._sheet_time(day) else 2

    def new_at(self, now: datetime, due: datetime) -> datetime | None:
        """When the mail about a comment met at `now` may leave; None: the digest says it, or the deadline is over.

        A window that would be cut off by the evening, or by the deadline, does not open: the mail goes at once.
        """
        at = now + timedelta(minutes=self.schedule.new_after_minutes)
        if self.are_on(now) and not (self.are_on(at) and at < due):
            at = now
        at = self.opening(at)
        return None if due <= at or self.is_nearly_said(at, now) else at

    def due_soon_at(self, due: datetime, seen: datetime) -> datetime | None:
        """When somebody is reminded that a deadline comes. None: a sheet lists it, or it was met (`seen`) only later
        than that, and the mail that it is new, or the digest, has said the deadline."""
        moment = due - timedelta(hours=self.schedule.due_soon_hours)
        at = moment if self.are_on(moment) else self._last_sheet_time(moment)
        return None if at is None or at <= seen or self._is_on_a_sheet(at, due) else at

    def due_soon_until(self, now: datetime) -> datetime:
        """The last deadline of which anybody may be reminded at `now` or a pause later."""
        schedule = self.schedule
        ahead = now + timedelta(minutes=schedule.between_mails_minutes)
        next_day = local_to_utc(self._day(ahead) + timedelta(days=1), time(0), self._zone)
        return self.opening(next_day) + timedelta(hours=schedule.due_soon_hours)

    def sheet_of(self, now: datetime) -> Slot | None:
        """Today's sheet once its time has come; None: before, and on days that are followed by a working day."""
        day = self._day(now)
        at = self._sheet_time(day)
        return Slot(day.isoformat(), at) if self._has_sheet(day) and at <= now else None

    def sheet_until(self, day: date) -> datetime:
        """What the sheet of a day lists falls due before this moment: for what is due later there is time to remind
        people when they are mailed again."""
        again = self.opening(local_to_utc(day + timedelta(days=1), time(0), self._zone))
        return max(again + timedelta(hours=self.schedule.due_soon_hours), self.digest_after(self._sheet_time(day)))

    def is_overdue_news(self, due: datetime, seen: datetime, now: datetime) -> bool:
        """Whether a mail of its own says at `now` that a deadline has passed: no digest has said it, or will soon."""
        since = max(due, seen)
        return since <= now and self.are_on(now) and not self.is_nearly_said(now, since)

    def head_at(self, told: datetime) -> datetime:
        """When the head hears of what others were told at this moment; what would come at night, after the digest."""
        wait = timedelta(minutes=self.schedule.head_after_minutes)
        at = told + wait
        return at if self.are_on(at) else self.opening(self.digest_after(told) + wait)

    def overdue_since(self, now: datetime) -> datetime:
        """The earliest deadline that is still news: the beginning of the last working day before today."""
        day = self._last_working_day(self._day(now) - timedelta(days=1)) or self._day(now)
        return local_to_utc(day, time(0), self._zone)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _sheet_time(self, day: date) -> datetime:
        schedule = self.schedule
        is_mailed_then = schedule.mails_from <= schedule.sheet_at < schedule.mails_until
        return local_to_utc(day, schedule.sheet_at if is_mailed_then else schedule.mails_from, self._zone)

    def _has_sheet(self, day: date) -> bool:
        return is_working(day, self.rule) and not is_working(day + timedelta(days=1), self.rule)

    def _last_sheet_time(self, moment: datetime) -> datetime | None:
        today = self._day(moment)
        day = self._last_working_day(today if self._sheet_time(today) <= moment else today - timedelta(days=1))
        return self._sheet_time(day) if day else None

    def _last_working_day(self, day: date) -> date | None:
        """This day or the last working day before it; None: none in 400 days."""
        days = (day - timedelta(days=back) for back in range(LOOK_AHEAD_DAYS + 1))
        return next((each for each in days if is_working(each, self.rule)), None)

    def _is_on_a_sheet(self, at: datetime, due: datetime) -> bool:
        day = self._day(at)
        later = self._day(due) > day or at == self._sheet_time(day)
        return later and self._has_sheet(day) and due < self.sheet_until(day)


def in_charge(by: str, people: Sequence[Person], today: date) -> Person | None:
    """Who looks after what somebody took under this name or address: they, or whoever covers them today. None: nobody
    said so, or nobody of theirs is there."""
    wanted = by.casefold()
    named = (each for each in people if wanted in {each.name.casefold(), each.email.casefold()})
    taker = next(named, None)
    return stands_in(taker, people, today, is_told_of_comments) if taker else None
