"""Days, times and the rule in words, the same on every machine: the system's language settings play no part."""

from __future__ import annotations

from datetime import date, datetime, time

from config.policy import PolicyPack, ResponseRule

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def weekday_in_words(day: date) -> str:
    """ "Saturday"."""
    return _WEEKDAYS[day.weekday()]


def day_in_words(day: date, *, weekday: bool = True, year: bool = False) -> str:
    """ "Mon 16 Nov", without its weekday "16 Nov", with its year "Mon 16 Nov 2026"."""
    words = f"{day.day} {_MONTHS[day.month - 1]}"
    if weekday:
        words = f"{_WEEKDAYS[day.weekday()][:3]} {words}"
    return f"{words} {day.year}" if year else words


def clock_in_words(at: time) -> str:
    """ "16:00", with its seconds when it has any: "23:59:59"."""
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def moment_in_words(local: datetime) -> str:
    """ "Sat 14 Nov 2026 12:00", in whatever zone `local` is in."""
    return f"{day_in_words(local, year=True)} {clock_in_words(local.time())}"


def utc_in_words(moment: datetime) -> str:
    """ "2026-06-15T22:59:59Z". `moment` is in UTC and has whole seconds."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def hours_in_words(hours: float) -> str:
    """ "24 hours", "1 hour", "0.5 hours"."""
    return f"{hours:g} hour{'' if hours == 1 else 's'}"


def rule_in_words(rule: ResponseRule, pack: PolicyPack) -> str:
    """The pack's sentence on its response window, and what the school itself has changed of it."""
    own = [name for name in type(rule).model_fields if getattr(rule, name) != getattr(pack.response, name)]
    words = pack.response_in_words
    return f"{words} Changed by the school: {', '.join(_option(rule, name) for name in own)}." if own else words


def _option(rule: ResponseRule, name: str) -> str:
    value = getattr(rule, name)
    if isinstance(value, tuple) and value and not isinstance(value[0], int | str):
        return f"{name} ({len(value)})"  # calendars are long, and the derivation of each deadline names their days
    values = value if isinstance(value, tuple) else (value,)
    shown = ", ".join(f"{each:g}" if isinstance(each, float) else str(each) for each in values if each is not None)
    return f"{name} = {shown or 'none'}"
