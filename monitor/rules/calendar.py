"""Which days count as working days, and which instant a local time is.

Days are local to the school. Bank holidays come from the `holidays` library, which follows the Banking and
Financial Dealings Act 1971 and the proclamations since; a day proclaimed tomorrow goes into the policy's
`extra_holidays` without waiting for a new release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from config.policy import ResponseRule
from monitor.rules.wording import day_in_words, weekday_in_words

LOOK_AHEAD_DAYS = 400
"""A year and the longest run of holidays: where no working day comes in that time, the policy is at fault."""


class NaiveTime(ValueError):
    """A time without a zone or offset: nobody can say which instant it means."""


class UnknownZone(ValueError):
    """Not the name of a time zone in the IANA database."""


class TimeOutOfRange(ValueError):
    """A time too early or too late for the calendar to be worked out."""


class NoWorkingDay(ValueError):
    """The policy leaves no working day in the next 400 days."""


def is_working(day: date, rule: ResponseRule) -> bool:
    """Whether `day` is a working day of the school. Raises TimeOutOfRange past the known bank holidays."""
    return why_not_working(day, rule) is None


def why_not_working(day: date, rule: ResponseRule) -> str | None:
    """The reason why `day` is not a working day, in words ("Saturday", "bank holiday: Easter Monday",
    "closure 25 May to 29 May"), or None when it is one.

    School holidays and training days are working days unless the policy says otherwise. A training day (INSET)
    inside a closure follows the rule for training days. Raises TimeOutOfRange past the known bank holidays.
    """
    if day.isoweekday() in rule.weekend:
        return weekday_in_words(day)
    if day in rule.extra_holidays:
        return "holiday added by the school"
    if name := bank_holiday(day, rule):
        return f"bank holiday: {name}"
    if day in rule.inset:
        return None if rule.inset_working else "INSET day"
    closure = closure_of(day, rule)
    return closure_in_words(closure) if closure else None


def bank_holiday(day: date, rule: ResponseRule) -> str | None:
    """Name of the bank holiday that `day` is in the policy's region, or None. Raises TimeOutOfRange."""
    if rule.region is None or day in rule.removed_holidays:
        return None
    return _bank_holidays(rule.region, day.year).get(day)


def closure_of(day: date, rule: ResponseRule) -> tuple[date, date] | None:
    """First and last day of the closure that `day` lies in, or None. None too where closures are working days."""
    if rule.closures_working:
        return None
    return next((pair for pair in rule.closures if pair[0] <= day <= pair[1]), None)


def closure_in_words(closure: tuple[date, date]) -> str:
    """ "closure 25 May to 29 May"."""
    first, last = closure
    return f"closure {day_in_words(first, weekday=False)} to {day_in_words(last, weekday=False)}"


def next_working_day(day: date, rule: ResponseRule) -> date:
    """The first working day after `day`.

    Raises NoWorkingDay when the 400 days after `day` hold none, TimeOutOfRange past the end of the calendar.
    """
    try:
        for ahead in range(1, LOOK_AHEAD_DAYS + 1):
            candidate = day + timedelta(days=ahead)
            if is_working(candidate, rule):
                return candidate
    except OverflowError as beyond:
        raise TimeOutOfRange(f"no calendar reaches {LOOK_AHEAD_DAYS} days beyond {day}") from beyond
    raise NoWorkingDay(
        f"the policy leaves no working day in the {LOOK_AHEAD_DAYS} days after {day}: "
        "look at its weekend, extra_holidays, closures and inset"
    )


def local_to_utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the clocks of `zone` show `at` on `day`.

    A time that does not exist because the clocks go forward moves forward by the gap; one that comes twice
    because they go back means the later instant, so nobody is late by a doubt of ours. Of the two readings that
    Python offers (PEP 495), the later one is right in both cases. Raises TimeOutOfRange.
    """
    naive = datetime.combine(day, at)
    try:
        return max(naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError as beyond:
        raise TimeOutOfRange(f"{naive} is outside the calendar") from beyond


def time_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises UnknownZone.

    `localtime`, `posixrules`, `posix/` and `right/` exist on many machines but are no IANA names: the first two
    mean whatever this machine is set to, the last counts leap seconds.
    """
    shown = ascii(name if len(name) <= 40 else name[:40] + "...")
    refusal = UnknownZone(f"timezone is {shown}; accepted: an IANA name such as Europe/London")
    if name in {"localtime", "posixrules"} or name.startswith(("posix/", "right/")):
        raise refusal
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise refusal from unknown


def whole_seconds(moment: datetime, what: str) -> datetime:
    """`moment` in UTC with the fraction of its second cut off, not rounded: a deadline of 23:59:59 lasts until
    that second is over. `what` names it in the error. Raises NaiveTime, TimeOutOfRange."""
    if moment.utcoffset() is None:
        raise NaiveTime(f"{what} has no time zone: give it an offset, such as Z or +01:00")
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as beyond:
        raise TimeOutOfRange(f"{what} is outside the calendar") from beyond


@lru_cache(maxsize=256)
def _bank_holidays(region: str, year: int) -> Mapping[date, str]:
    known = holidays.country_holidays("GB", subdiv=region, years=year, expand=False, language="en_GB")
    if year > known.end_year:
        raise TimeOutOfRange(f"the bank holidays of {year} are not known: the list ends with {known.end_year}")
    return {day: name.replace("(observed)", "(substitute day)") for day, name in known.items()}
