"""How every comment that fell due in a stretch of time is counted."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.policy import PolicyPack
from monitor.rules.weekly_count import Counted, counted, counted_by_replies
from monitor.store import weekly_rows
from monitor.store.engine import Transaction
from monitor.store.school_tables import Account, School
from monitor.store.wordless import wordless


@dataclass(frozen=True)
class Books:
    """The books of one school, and the moment at which they are looked into."""

    tx: Transaction
    school: School
    pack: PolicyPack
    accounts: Sequence[Account]
    hidden: Collection[int]
    now: datetime

    @property
    def account_ids(self) -> list[int]:
        """As the store's queries want them."""
        return [account.id for account in self.accounts]

    @property
    def keys(self) -> Mapping[int, str]:
        """The accounts' names in the configuration, by their ids."""
        return {account.id: account.key for account in self.accounts}


def fell_due(books: Books, since: datetime, until: datetime) -> list[Counted]:
    """Every comment whose deadline lies in [since, until) and has passed, without what is hidden."""
    found: list[Counted] = []
    look_into: set[int] = set(weekly_rows.to_look_into(books.tx, books.account_ids, since, until))
    rows = weekly_rows.answered(books.tx, books.account_ids, since, until)
    keys = books.keys
    for number, group in itertools.groupby(rows, key=lambda row: row.id):
        replies = list(group)
        first = replies[0]
        one = counted_by_replies(
            number,
            keys[first.account_id],
            first.created_at,
            first.due_at,
            first.first_seen_at,
            [(each.replied_at, each.reply_gone_at) for each in replies],
        )
        if one is None:
            look_into.add(number)
        else:
            found.append(one)
    found += counted_singly(books, look_into)
    return [one for one in found if one.id not in books.hidden]


def counted_singly(books: Books, ids: Collection[int]) -> list[Counted]:
    """How each of these comments is counted; those whose deadline is ahead, or that have none, are left out."""
    cases = wordless(books.tx, books.school, books.pack, ids)
    return [one for case in cases if case.due_at and (one := counted(case, books.now))]


def answered_in_time(books: Books, since: datetime, until: datetime) -> int:
    """How many of them were answered by their deadline, counted by the database."""
    ids = books.account_ids
    plain = weekly_rows.count_in_time(books.tx, ids, since, until, books.hidden)
    ahead = counted_singly(books, set(weekly_rows.ahead_of_us(books.tx, ids, since, until)) - set(books.hidden))
    return plain + sum(one.figure == "answered_in_time" for one in ahead)
