"""How words, times and figures are put on a page. Whatever a mail or a report prints passes through here."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

LONGEST_TEXT = 500
"""Characters of any one text on a page; a rule in words has at most 400."""
LONGEST_LABEL = 80
"""Characters of a school's, an account's or a person's name on a page."""
LONGEST_LIST = 12
"""Words named in one enumeration, such as the categories of one comment."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Co"})
# Letters and symbols that print nothing, though Unicode does not class them as format characters.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_FORMULA_START = frozenset("=+-@\t\r\n＝＋－＠")


def plain(text: str, most: int = LONGEST_TEXT) -> str:
    """One line of visible text, at most `most` characters long.

    Line breaks and runs of white space become one space. Control characters, broken surrogates, private-use
    characters and everything invisible (bidirectional overrides, zero-width and tag characters) are left out.
    """
    # A first cut bounds the work on hostile input; what is left out can only make the rest shorter.
    head = text[: most * 20]
    spaced = " ".join(head.split())
    seen = "".join(c for c in spaced if unicodedata.category(c) not in _UNPRINTED and c not in _BLANK)
    seen = " ".join(seen.split())
    return seen if len(seen) <= most else seen[: most - 1].rstrip() + "…"


def label(text: str) -> str:
    """A name of a school, account or person: like `plain`, and short enough for a table cell."""
    return plain(text, LONGEST_LABEL)


def words(name: str) -> str:
    """A category's name as people read it: "self_harm" becomes "self harm"."""
    return label(name.replace("_", " "))


def listed(names: tuple[str, ...]) -> str:
    """Several short words in one sentence: "threat, insult"; a long list is cut and counted."""
    shown = ", ".join(words(name) for name in names[:LONGEST_LIST])
    return shown if len(names) <= LONGEST_LIST else f"{shown} and {len(names) - LONGEST_LIST} more"


def named(names: tuple[str, ...]) -> str:
    """Several names of accounts or people in one sentence; a long list is cut and counted."""
    shown = ", ".join(label(name) for name in names[:LONGEST_LIST])
    return shown if len(names) <= LONGEST_LIST else f"{shown} and {len(names) - LONGEST_LIST} more"


def command(text: str) -> Markup:
    """A command to type, as HTML: no line ends within an option such as --by, where a hyphen would invite it."""
    option, word = Markup('<span class="whole">{}</span>'), Markup("{}")
    return Markup(" ").join(
        (option if each.startswith("-") else word).format(each) for each in plain(text).split(" ")
    )


def uncapital(text: str) -> str:
    """The same text to go on within a sentence."""
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """The same text beginning with a capital letter; the rest is left as it is."""
    return text[:1].upper() + text[1:]


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number and its noun: "1 comment", "2 comments"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def neutralised(text: str) -> str:
    """The same text, prefixed with ' where a spreadsheet would run it as a formula.

    Full-width signs count too: some spreadsheets turn them into the plain ones.
    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{text}" if text[:1] in _FORMULA_START else text


def hours(number: float) -> str:
    """Hours to one decimal, cut and never rounded up: 167.99 of 168 hours must not read as all of them."""
    cut = math.floor(number * 10 + 1e-6) / 10
    return f"{cut:.0f}" if cut == int(cut) else f"{cut:.1f}"


def duration(number: float) -> str:
    """A length of time given in hours: "24 min", "3 h 25 min", "9 h". Fractions of a minute are cut."""
    minutes = int(number * 60 + 1e-6)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def in_days(days: float) -> str:
    """When something is, so many days from now, to the nearest: "in 12 days", "within a day", "now"."""
    if days <= 0:
        return "now"
    return f"in {counted(round(days), 'day')}" if days >= 1 else "within a day"


def share(part: int, whole: int) -> str:
    """ "46 of 48 (95%)", "3 of 4", "none due".

    Below ten there is no percentage: it would say more than the figures can. It is cut, so that 100% is only said
    when nothing is missing.
    """
    if whole == 0:
        return "none due"
    return f"{part} of {whole}" + (f" ({part * 100 // whole}%)" if whole >= 10 else "")


def period(first: date, last: date) -> str:
    """First and last day: "9-15 Nov", "30 Nov-6 Dec". Written in ASCII, because subjects use it too."""
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {_MONTHS[first.month - 1]}"
    return f"{begin}-{last.day} {_MONTHS[last.month - 1]}"


def on_day(day: date) -> str:
    """ "1 Sep 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def web_address(link: str) -> str:
    """An address as it can be printed and followed: https or http, at most 500 characters. Empty: it is none."""
    shown = plain(link, LONGEST_TEXT)
    return shown if shown == link and shown.startswith(("https://", "http://")) and " " not in shown else ""


@dataclass(frozen=True)
class SchoolTime:
    """Writes moments in the school's own time zone.

    `now` decides which day is today and in which year a date needs no year. `today` False: "today" is never
    said, because the page will be read on other days as well.
    """

    zone: ZoneInfo
    now: datetime
    today: bool = True

    def moment(self, at: datetime) -> str:
        """ "today 15:58", "Fri 13 Nov 15:58", "Fri 14 Nov 2025 15:58". Raises ValueError for a naive time."""
        local = self._local(at)
        return f"{self._day(local)} {local:%H:%M}"

    def deadline(self, at: datetime) -> str:
        """Like `moment`, but the last second of a day is "Mon 16 Nov, end of day"."""
        local = self._local(at)
        return f"{self._day(local)}, end of day" if _ends_day(local) else self.moment(at)

    def brief(self, at: datetime) -> str:
        """A moment for a subject line: "15:58", "Sat 15:58", "21 Nov 15:58", "end of Mon"."""
        local = self._local(at)
        away = abs((local.date() - self._local(self.now).date()).days)
        if away == 0:
            return "end of today" if _ends_day(local) else f"{local:%H:%M}"
        # The name of a weekday is only clear while it can mean one day.
        day = _DAYS[local.weekday()] if away < 6 else f"{local.day} {_MONTHS[local.month - 1]}"
        return f"end of {day}" if _ends_day(local) else f"{day} {local:%H:%M}"

    def stretch(self, begin: datetime, end: datetime) -> str:
        """ "Tue 10 Nov 06:40 to 15:40 (9 h)": from, to and the time that really passed between them."""
        same_day = self._local(begin).date() == self._local(end).date()
        until = f"{self._local(end):%H:%M}" if same_day else self.moment(end)
        return f"{self.moment(begin)} to {until} ({duration((end - begin) / timedelta(hours=1))})"

    def tag(self, text: str, at: datetime) -> Markup:
        """The text inside an HTML time element that carries the exact moment with its offset."""
        return Markup('<time datetime="{}">{}</time>').format(self.iso(at), escape(text))

    def iso(self, at: datetime) -> str:
        """ISO 8601 in the school's zone, to the second: "2026-11-13T15:58:00+00:00"."""
        return self._local(at).isoformat(timespec="seconds")

    def _local(self, at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError("a time without a time zone cannot be printed; pass an aware datetime")
        return at.astimezone(self.zone)

    def _day(self, local: datetime) -> str:
        here = self._local(self.now)
        if self.today and local.date() == here.date():
            return "today"
        year = "" if local.year == here.year else f" {local.year}"
        return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}{year}"


def _ends_day(local: datetime) -> bool:
    return (local.hour, local.minute, local.second) == (23, 59, 59)
