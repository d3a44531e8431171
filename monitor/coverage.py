"""The coverage ledger of one account, read for people: what was read when, what was not, and who counts how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.messages import Blind
from alerts.weekly_report import Coverage
from config.accounts import AccountBase
from monitor.allowances import Used, used
from monitor.reconnecting import network_words, what_is_wrong
from monitor.rules import weekly
from monitor.rules.watching import MARGIN, Trouble, allowed_silence
from monitor.store import cases, incidents, ledger
from monitor.store.coverage import PostCount, post_counts
from monitor.store.engine import Transaction
from monitor.store.ledger import ReadMark
from monitor.store.reading_tables import Read
from monitor.store.school_tables import Account
from monitor.store.standing import NEVER_READ, NOT_READ, interval, standing
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
    """Incidents in words: what was wrong with which streams (none named: with the account), when it was found, when
    it was over (None: it is not), and why."""

    what: str
    streams: tuple[str, ...]
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
        incidents=_in_words(incidents.between(tx, account, since, until), account),
        posts=tuple(post_counts(tx, account, since)),
        used=used(tx, account, configured, now),
    )


def week_of(
    tx: Transaction,
    account: Account,
    poll_minutes: int,
    since: datetime,
    until: datetime,
    posts: Sequence[PostCount] | None = None,
) -> Coverage:
    """How well an account could be watched in [since, until), for the report.

    `posts`: what `post_counts` said, where it was asked before.
    """
    posts = post_counts(tx, account, since) if posts is None else posts
    added_within = since < account.added_at < until
    since = max(since, account.added_at)
    reads = ledger.read_marks(tx, account, since, until) if since < until else []
    by_stream = holes_by_stream(tx, account, poll_minutes, reads, since, until)
    unread = weekly.merged(hole for holes in by_stream.values() for hole in holes)
    hours = max(timedelta(0), until - since) / timedelta(hours=1)
    blind_for = sum((hole.until - hole.since) / timedelta(hours=1) for hole in unread)
    return Coverage(
        account=account.label,
        key=account.key,
        reads=len({read.started_at for read in reads if read.stream in account.streams}),
        complete_reads=len(_all_complete(reads, account)),
        holes=tuple((hole.since, hole.until) for hole in unread),
        hours_covered=hours - blind_for,
        hours_in_week=hours,
        hours_blind=blind_for,
        stored=cases.seen_first_between(tx, account, since, until),
        missing=sum(post.missing for post in posts),
        counted=sum(post.counted for post in posts) if posts else None,
        held=sum(post.held for post in posts) if posts else None,
        watched_since=account.added_at if added_within else None,
    )


def blind(tx: Transaction, account: Account, poll_minutes: int, now: datetime) -> Blind | None:
    """That moderators should look at an account by hand, and why; None: it is read."""
    read_at = ledger.last_complete_read(tx, account)
    if read_at is not None and read_at - now > MARGIN:
        why = "the newest read lies in the future: the computer's clock was wrong"
        return Blind(account=account.label, since=None, why=why)
    wrong = [each for each in standing(tx, account, poll_minutes, now) if each.trouble != Trouble.EXPIRING]
    if not wrong:
        return Blind(account=account.label, since=None, why=NOT_READ) if read_at is None else None
    streams = {finding.stream for finding in wrong}
    is_part = "" not in streams and streams < set(account.streams)
    label = f"{account.label} ({', '.join(sorted(streams))})" if is_part else account.label
    return Blind(account=label, since=wrong[0].since, why=wrong[0].why)


def runs_of(
    tx: Transaction, account: Account, since: datetime, until: datetime
) -> tuple[frozenset[datetime], frozenset[datetime]]:
    """When the account was read in [since, until), and when it was read to its end: what `week_of` counts."""
    reads = ledger.read_marks(tx, account, since, until) if since < until else []
    every = frozenset(read.started_at for read in reads if read.stream in account.streams)
    return every, frozenset(_all_complete(reads, account))


def holes_by_stream(
    tx: Transaction,
    account: Account,
    poll_minutes: int,
    reads: Sequence[Read | ReadMark],
    since: datetime,
    until: datetime,
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


def _all_complete(reads: Sequence[Read | ReadMark], account: Account) -> set[datetime]:
    """Starts of runs in which every stream that is read each time was read to its end."""
    every_time = set(account.streams) - set(account.stream_minutes or {}) or set(account.streams)
    runs: dict[datetime, set[str]] = {}
    for read in reads:
        if read.complete:
            runs.setdefault(read.started_at, set()).add(read.stream)
    return {started for started, done in runs.items() if done >= every_time}


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


def _in_words(found: Sequence[Incident], account: Account) -> tuple[TroubleFound, ...]:
    """What was found and ended at the same time is told once."""
    alike: dict[tuple[object, ...], list[Incident]] = {}
    for each in found:
        alike.setdefault((each.trouble, each.opened_at, each.closed_at), []).append(each)
    return tuple(_together_in_words(same, account) for same in alike.values())


def _together_in_words(same: list[Incident], account: Account) -> TroubleFound:
    streams = tuple(each.stream for each in same if each.stream)
    is_part = bool(streams) and set(streams) < set(account.streams)
    return TroubleFound(
        what=what_is_wrong(Trouble(same[0].trouble), account.network, account.label, is_part=is_part),
        streams=streams if is_part else (),
        found_at=same[0].opened_at,
        over_at=same[0].closed_at,
        why=same[0].why,
    )
