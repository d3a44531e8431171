"""Which days a termly page is about. Pure; days are the school's own.

    spring    1 January to 31 March
    summer    1 April to 31 August
    autumn    1 September to 31 December

Holidays are part of a term: comments do not stop for them. Easter, which moves, is no boundary: every day of every
year belongs to one term, and two pages made in the same way can be laid side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.rules.calendar import local_to_utc
from monitor.rules.wording import day_in_words

_BEGINS = {"spring": (1, 1), "summer": (4, 1), "autumn": (9, 1)}
"""Month and day, in the order of the year."""
_WRITTEN = re.compile(r"([0-9]{4})-(spring|summer|autumn)")


@dataclass(frozen=True)
class Term:
    """A stretch of whole days. `since` and `until` bound it in UTC, `until` not included.

    `name`: "2026-autumn", or the two days. `words`: "autumn term 2026", or the two days in words.
    """

    name: str
    words: str
    first_day: date
    last_day: date
    since: datetime
    until: datetime


def term_named(name: str, timezone: str) -> Term:
    """The term that goes by this name. Raises ValueError."""
    found = _WRITTEN.fullmatch(name)
    if not found:
        raise ValueError(
            f'a term is written like 2026-autumn, and is one of {", ".join(_BEGINS)} (found "{name[:40]}")'
        )
    year, season = int(found[1]), found[2]
    if not 1 < year < date.max.year:
        raise ValueError(f"the calendar has no whole year {year}")
    begins = date(year, *_BEGINS[season])
    return _term(name, f"{season} term {year}", begins, _next(begins) - timedelta(days=1), timezone)


def term_between(first_day: date, last_day: date, timezone: str) -> Term:
    """A stretch of days of one's own, both included. Raises ValueError."""
    if last_day < first_day:
        raise ValueError(f"the last day, {last_day}, is before the first, {first_day}")
    words = " to ".join(day_in_words(day, weekday=False, year=True) for day in (first_day, last_day))
    return _term(f"{first_day}..{last_day}", words, first_day, last_day, timezone)


def latest_term(now: datetime, timezone: str, *, running: bool) -> Term:
    """The term that runs at `now`, or the last one that is over."""
    day = now.astimezone(ZoneInfo(timezone)).date()
    name = _name(day)
    if not running:
        name = _name(term_named(name, timezone).first_day - timedelta(days=1))
    return term_named(name, timezone)


def _name(day: date) -> str:
    season = [each for each, begins in _BEGINS.items() if (day.month, day.day) >= begins][-1]
    return f"{day.year:04d}-{season}"


def _next(begins: date) -> date:
    """The first day of the term after the one that begins on this day."""
    later = [date(begins.year, *each) for each in _BEGINS.values()]
    return next((day for day in later if day > begins), date(begins.year + 1, 1, 1))


def _term(name: str, words: str, first_day: date, last_day: date, timezone: str) -> Term:
    zone = ZoneInfo(timezone)
    try:
        since = local_to_utc(first_day, time(0), zone)
        until = local_to_utc(last_day + timedelta(days=1), time(0), zone)
    except OverflowError as beyond:
        raise ValueError(f"the calendar ends before {words}") from beyond
    return Term(name, words, first_day, last_day, since, until)
