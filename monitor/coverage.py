"""The coverage ledger of one account, read for people: what was read when, what was not, and who counts how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.accounts import AccountBase
from monitor.allowances import Used, used
from monitor.reconnecting import network_words, what_is_wrong
from monitor.rules import weekly
from monitor.rules.watching import Trouble, allowed_silence
from monitor.store import incidents, ledger
from monitor.store.coverage import PostCount, post_counts
from monitor.store.engine import Transaction
from monitor.store.standing import NEVER_READ, interval
from monitor.store.tables import Account, Read
from monitor.store.watch_tables import Incident


@dataclass(frozen=True)
class StreamCoverage:
    """One stream over a stretch of time: how often it should be read (minutes), and what its reads came to."""

    stream: str
    minutes: int
    reads: int
    complete: int
    calls: int
    items: int


@dataclass(frozen=True)
class Unread:
    """A stretch in which these streams were not read; `streams` empty: the whole account was not."""

    streams: tuple[str, ...]
    since: datetime
    until: datetime


@dataclass(frozen=True)
class TroubleFound:
    """An incident in words: what was wrong, when it was found, and when it was over (None: it is not)."""

    what: str
    streams: str
    found_at: datetime
    over_at: datetime | None
    why: str


@dataclass(frozen=True)
class AccountCoverage:
    """Everything the ledger says of one account over a stretch of time.

    `posts`: what the network counts beside what we hold, for every post it showed us since the stretch began and
    counts under. `network`: its name as it stands within a sentence.
    """

    label: str
    network: str
    streams: tuple[StreamCoverage, ...]
    unread: tuple[Unread, ...]
    incidents: tuple[TroubleFound, ...]
    posts: tuple[PostCount, ...]
    used: Used | None


def account_coverage(
    tx: Transaction, account: Account, configured: AccountBase, since: datetime, until: datetime, now: datetime
) -> AccountCoverage:
    """The ledger of [since, until)."""
    reads = ledger.reads_between(tx, account, since, until) if since < until else []
    names: list[str] = account.streams or [NEVER_READ]
    extra = sorted({read.stream for read in reads} - set(names))
    return AccountCoverage(
        label=account.label,
        network=network_words(account.network, account.label),
        streams=tuple(_stream(account, name, configured.poll_minutes, reads) for name in (*account.streams, *extra)),
        unread=_together(holes_by_stream(tx, account, configured.poll_minutes, reads, since, until)),
        incidents=tuple(_in_words(each, account) for each in incidents.between(tx, account, since, until)),
        posts=tuple(post_counts(tx, account, since)),
        used=used(tx, account, configured, now),
    )


def holes_by_stream(
    tx: Transaction, account: Account, poll_minutes: int, reads: Sequence[Read], since: datetime, until: datetime
) -> dict[str, tuple[weekly.Hole, ...]]:
    """When each stream was not read for longer than it may be silent, within [since, until)."""
    since = max(since, account.added_at)
    if since >= until:
        return {}
    found = {}
    for stream in account.streams or [NEVER_READ]:
        allowed = allowed_silence(poll_minutes, interval(account, stream, poll_minutes))
        earlier = ledger.last_complete_before(tx, account, stream, since)
        complete = [read.started_at for read in reads if read.stream == stream and read.complete]
        found[stream] = weekly.holes([*filter(None, [earlier]), *complete], since, until, allowed)
    return found


def _stream(account: Account, name: str, poll_minutes: int, reads: Sequence[Read]) -> StreamCoverage:
    mine = [read for read in reads if read.stream == name]
    return StreamCoverage(
        stream=name,
        minutes=interval(account, name, poll_minutes) if name in account.streams else 0,
        reads=len(mine),
        complete=sum(read.complete for read in mine),
        calls=sum(read.calls for read in mine),
        items=sum(read.items for read in mine),
    )


def _together(by_stream: dict[str, tuple[weekly.Hole, ...]]) -> tuple[Unread, ...]:
    """The same stretches, each told once with the streams it is about; none named where it is about all of them."""
    streams: dict[weekly.Hole, list[str]] = {}
    for stream, holes in by_stream.items():
        for hole in holes:
            streams.setdefault(hole, []).append(stream)
    return tuple(
        Unread(() if len(names) == len(by_stream) else tuple(names), hole.since, hole.until)
        for hole, names in sorted(streams.items(), key=lambda each: (each[0].since, each[0].until))
    )


def _in_words(incident: Incident, account: Account) -> TroubleFound:
    return TroubleFound(
        what=what_is_wrong(Trouble(incident.trouble), account.network, account.label),
        streams=incident.stream,
        found_at=incident.opened_at,
        over_at=incident.closed_at,
        why=incident.why,
    )
