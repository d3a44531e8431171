"""When silence is an alarm. Pure: what the ledger says of each stream goes in, what a person has to hear comes out.

A stream is stale when it was not read to its end for twice its interval and five minutes. What the network refuses
outright does not wait for that: dead credentials, a stream that is not allowed, an answer with nothing in it. Such a
refusal holds until the stream has been read to its end; a time-out in between proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MARGIN = timedelta(minutes=5)
CHECK = "check"
"""The piece of reading that asks the network who we are."""
WARN_AT_DAYS = (14, 7, 1)
"""How long before credentials end somebody is told."""
RENEWED = timedelta(days=1)
"""Credentials that end so much later than they did are new ones."""
OFTEN = 3
"""Alarms about the same thing within a day after which it is told only when it lasts."""
LATELY = timedelta(days=1)
LASTS = timedelta(hours=2)
REST_MAY_WAIT = timedelta(hours=1)
"""How long the news that a stream is read again waits for the other streams that were told of with it."""


class Trouble(StrEnum):
    """What is wrong with reading, gravest first."""

    DEAD = "credentials"
    EMPTY = "empty"
    FORBIDDEN = "forbidden"
    STALE = "stale"
    EXPIRING = "expiring"


NEEDS_A_PERSON = {"AuthFailed": Trouble.DEAD, "EmptyAnswer": Trouble.EMPTY, "Forbidden": Trouble.FORBIDDEN}
"""Failures, as the ledger names them, that nobody but a person can mend."""
GRAVITY = tuple(Trouble)


@dataclass(frozen=True)
class Refusal:
    """A failure that needs a person, after which the stream was not read to its end yet."""

    trouble: Trouble
    at: datetime
    words: str


@dataclass(frozen=True)
class Stream:
    """What the ledger says of one stream. Moments in UTC.

    `read_until`: start of its newest complete read; None: never. `unread_since`: from when on its silence is counted,
    the same where it was ever read. `why`: the newest reason why it was not, in words. `tried`: an attempt to read it
    ended since its last complete read.
    """

    name: str
    allowed: timedelta
    read_until: datetime | None
    unread_since: datetime
    why: str
    tried: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Finding:
    """Something a person has to hear of. `stream` is empty where it is about the whole account.

    `since`: the last complete read, None: never; for credentials that will end, when they do. `is_news`: False where
    it keeps an alarm up but raises none, because another one says it already or a first reading is still to come.
    """

    trouble: Trouble
    stream: str
    since: datetime | None
    why: str
    is_news: bool = True

    @property
    def about(self) -> tuple[str, str]:
        """What it is about: two findings about the same are one alarm."""
        return self.trouble, self.stream


def allowed_silence(poll_minutes: int, stream_minutes: int = 0) -> timedelta:
    """How long after its last complete read a stream counts as not being watched.

    `stream_minutes`: how long the stream may wait where it need not be read at every poll.
    """
    return timedelta(minutes=2 * max(poll_minutes, stream_minutes)) + MARGIN


def findings(
    streams: Sequence[Stream],
    signing_in: Refusal | None,
    expires_at: datetime | None,
    now: datetime,
    *,
    had_its_chance: bool = True,
) -> tuple[Finding, ...]:
    """Everything that is wrong with one account at `now`.

    `signing_in`: the network refused to say who we are, and no stream was read since. `had_its_chance`: this program
    has run long enough to have read the account; before that, only what it has tried is called stale.
    """
    dead = _dead_credentials(streams, signing_in)
    refused = [_refused(stream) for stream in streams if stream.refusal and stream.refusal.trouble != Trouble.DEAD]
    if signing_in and signing_in.trouble != Trouble.DEAD:
        refused.append(Finding(signing_in.trouble, "", _account_read_until(streams), signing_in.words))
    said = {finding.stream for finding in refused if finding}
    stale = [
        Finding(
            Trouble.STALE,
            stream.name,
            stream.read_until,
            stream.why,
            is_news=not dead and not said & {"", stream.name} and (stream.tried or had_its_chance),
        )
        for stream in streams
        if now - stream.unread_since > stream.allowed
    ]
    ending = [] if warning_due(expires_at, now) is None else [Finding(Trouble.EXPIRING, "", expires_at, "")]
    return (*dead, *filter(None, refused), *stale, *ending)


def _dead_credentials(streams: Sequence[Stream], signing_in: Refusal | None) -> list[Finding]:
    refusals = [stream.refusal for stream in streams if stream.refusal] + ([signing_in] if signing_in else [])
    dead = [refusal for refusal in refusals if refusal.trouble == Trouble.DEAD]
    if not dead:
        return []
    newest = max(dead, key=lambda refusal: refusal.at)
    return [Finding(Trouble.DEAD, "", _account_read_until(streams), newest.words)]


def _refused(stream: Stream) -> Finding | None:
    refusal = stream.refusal
    return Finding(refusal.trouble, stream.name, stream.read_until, refusal.words) if refusal else None


def _account_read_until(streams: Sequence[Stream]) -> datetime | None:
    """Up to when the streams that are read at every poll are known; those that may wait would make it look older."""
    shortest = min((stream.allowed for stream in streams), default=MARGIN)
    moments = [stream.read_until for stream in streams if stream.allowed == shortest]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def warning_due(expires_at: datetime | None, now: datetime) -> int | None:
    """Which of the warnings (14, 7, 1 days) is the one to give at `now`; None: it is too early for any.

    Earlier ones that were missed are not made up for.
    """
    if expires_at is None:
        return None
    return next((days for days in reversed(WARN_AT_DAYS) if expires_at - now <= timedelta(days=days)), None)


def expiry_key(account_key: str, ends_at: datetime | None, days: int) -> str:
    """Key of the warning so many days before credentials end: each of these, and each new end, has its own."""
    return f"{account_key} {ends_at.isoformat() if ends_at else 'never'} {days}"


def expiry_of(key: str) -> tuple[str, int]:
    """Account and days of the warning with this key. Raises ValueError for another kind of key."""
    account_key, _, days = key.split(" ")
    return account_key, int(days)


def is_renewed(ended_at: datetime | None, ends_at: datetime | None) -> bool:
    """Whether credentials that were to end at `ended_at` have been replaced by others."""
    return ends_at is None or (ended_at is not None and abs(ends_at - ended_at) > RENEWED)


def told_from(opened_at: datetime, alarms_lately: int) -> datetime:
    """When an alarm goes out: at once, or only if it lasts, where the same was told often within a day."""
    return opened_at + LASTS if alarms_lately >= OFTEN else opened_at


def may_tell_recovery(closed: Iterable[datetime], are_open: int, now: datetime) -> bool:
    """Whether it is time to say that these are read again: all told of together are, or the first was an hour ago."""
    first = min(closed, default=None)
    return first is not None and (not are_open or now - first >= REST_MAY_WAIT)


def gravest(troubles: Iterable[Trouble]) -> Trouble:
    """The one a headline is about. Raises ValueError when there is none."""
    return min(troubles, key=GRAVITY.index)


def minutes_of(stream: str, poll_minutes: int, stream_minutes: Mapping[str, int] | None) -> int:
    """The interval of a stream: how often it is read when all is well."""
    return max(poll_minutes, (stream_minutes or {}).get(stream, 0))
