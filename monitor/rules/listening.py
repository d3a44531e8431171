"""Whether anybody hears us: people whom no mail reaches, mail that does not leave, and when to say so elsewhere.

    unreachable     from the second mail in a row that was refused for good, until a mail is accepted again
    mail fails      for an hour nothing was accepted, and the fault is not with one address
    a nudge         once, in mailing hours; at once where something urgent waits; again every six hours while it
                    lasts; and once when mail leaves again

Pure: what the books say goes in. Moments are aware.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.rules.retry import next_attempt

HOUR = timedelta(hours=1)
IN_A_ROW = 2
"""Refusals for good after which a person counts as unreachable: one may be about the mail, two are about them."""
STRETCH = timedelta(hours=2)
"""Failures further apart than this are two stories: mails that fail are tried at least once an hour."""
NUDGE_EVERY = timedelta(hours=6)
NUDGE_AGAIN = timedelta(minutes=15)
"""After a nudge that no chat took."""

_ENHANCED = re.compile(r"(?<![0-9.])5\.([0-9])\.[0-9]{1,3}(?![0-9.])")
_CLASSES = {
    "1": "the server says that there is no such address",
    "2": "the server says that the mailbox is full or closed",
    "3": "the server there does not work as it should",
    "4": "the mail found no way to the server there",
    "6": "the server cannot take what our mails are made of",
    "7": "the server there does not let our mails in",
}
_UNSAID = "the server refuses it for good"


@dataclass(frozen=True)
class Answer:
    """What became of one mail to one address: accepted, or refused for good with the server's words."""

    at: datetime
    accepted: bool
    words: str = ""


@dataclass(frozen=True)
class Unreachable:
    """Mail to an address is refused. `since`: the second refusal in a row. `why`: the kind of reason, in a clause."""

    since: datetime
    why: str


def unreachable(answers: Iterable[Answer]) -> Unreachable | None:
    """Whether nobody is reached at an address, given what became of every mail to it; None: somebody is.

    Of answers at the same moment, those that come later in `answers` are the later ones.
    """
    refused: list[Answer] = []
    for answer in sorted(answers, key=lambda each: each.at):
        refused = [] if answer.accepted else [*refused, answer]
    if len(refused) < IN_A_ROW:
        return None
    return Unreachable(refused[IN_A_ROW - 1].at, reason_class(refused[-1].words))


def was_refused_for_good(attempts: int, closed_at: datetime) -> bool:
    """Whether a mail that was closed after so many earlier attempts was refused by the server's own word.

    False: it was given up after a day of attempts, which says nothing about the address.
    """
    return next_attempt(attempts + 1, closed_at) is not None


def reason_class(words: str) -> str:
    """What kind of refusal it was, in a clause of ours. A server's own words may quote addresses, or anything."""
    found = _ENHANCED.search(words)
    return _CLASSES.get(found[1], _UNSAID) if found else _UNSAID


@dataclass(frozen=True)
class MailLine:
    """What the books say of mail leaving at all.

    `accepted_at`: when a mail was accepted last. `failing_since`: the first attempt that failed since then.
    `is_the_line`: what fails is not one address alone. `due_since`: since when a mail is due that a finished round of
    mailing did not even try. `told_since`: it is known to fail since then, and nothing was accepted since.
    """

    accepted_at: datetime | None = None
    failing_since: datetime | None = None
    is_the_line: bool = False
    due_since: datetime | None = None
    told_since: datetime | None = None


def mail_fails_since(line: MailLine, now: datetime) -> datetime | None:
    """Since when no mail leaves; None: it leaves, or has not failed for an hour yet."""
    if line.told_since is not None:
        return min(line.told_since, now)
    begins = [line.failing_since] if line.failing_since and line.is_the_line else []
    if line.due_since and (line.accepted_at is None or line.accepted_at < line.due_since):
        begins.append(line.due_since)
    first = min(begins, default=None)
    return first if first is not None and now - first >= HOUR else None


def is_new_stretch(failing_since: datetime | None, failed_at: datetime | None, now: datetime) -> bool:
    """Whether a failure at `now` begins anew: nothing failed before, or so long ago that it is another story."""
    if failing_since is None or failed_at is None or failing_since > now:  # the last: the clock was set back
        return True
    return now - failed_at > STRETCH


def line_is_to_blame(tried_in_vain: int, refused: Collection[str], known_unreachable: Collection[str]) -> bool:
    """Whether failures are about mail as a whole.

    `tried_in_vain`: mails that failed without the server's last word. `refused`: addresses to which mail was refused
    for good meanwhile; those of `known_unreachable` say nothing new.
    """
    others = {each.lower() for each in refused} - {each.lower() for each in known_unreachable}
    return tried_in_vain > 0 or len(others) > 1


class Nudge(StrEnum):
    """What a chat is told."""

    FAILS = "fails"
    LEAVES_AGAIN = "leaves again"


@dataclass(frozen=True)
class Nudged:
    """What a chat was told before: when last (None: nothing), and whether something urgent waited then."""

    at: datetime | None = None
    urgent: bool = False
    failed_at: datetime | None = None
    """When telling it was tried last in vain."""


def nudge_due(
    fails_since: datetime | None, before: Nudged, *, urgent: bool, in_hours: bool, now: datetime
) -> Nudge | None:
    """What a chat has to be told at `now`; None: nothing. `in_hours`: people may be told what is not urgent."""
    if before.failed_at and timedelta(0) <= now - before.failed_at < NUDGE_AGAIN:
        return None
    if fails_since is None:
        woken = before.urgent  # whoever was told at night may be up because of it
        return Nudge.LEAVES_AGAIN if before.at and (in_hours or woken) else None
    is_time = before.at is None or before.at > now or now - before.at >= NUDGE_EVERY
    if urgent and (is_time or not before.urgent):
        return Nudge.FAILS
    return Nudge.FAILS if is_time and in_hours else None
