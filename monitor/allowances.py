"""How much of what may be asked of a network is used, and when a network that has to be waited for is read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config.accounts import AccountBase, XAccount
from connectors.budget import NEARLY_USED
from monitor.rules.allowance import MoneySoFar, left_for, next_day, next_month, things_for
from monitor.store import allowance
from monitor.store.engine import Transaction
from monitor.store.school_tables import Account
from monitor.store.standing import newest_failure

PARKED = frozenset({"RateLimited", "BudgetSpent"})
LOW = "AllowanceLow"


@dataclass(frozen=True)
class Used:
    """What was used of an account's allowances: calls of this UTC day, and money where the network takes some."""

    calls: int
    calls_per_day: int
    money: MoneySoFar | None


def used(tx: Transaction, account: Account, configured: AccountBase, now: datetime) -> Used | None:
    """What was used with the account's credentials; None before they were ever used."""
    if account.credential is None:
        return None
    return Used(
        calls=allowance.calls_on(tx, account.credential, now),
        calls_per_day=configured.calls_per_day,
        money=_money(tx, account.credential, configured, now),
    )


def waits_until(
    tx: Transaction, account: Account, stream: str, configured: AccountBase, now: datetime
) -> datetime | None:
    """When a stream that has to wait is read again by itself; None: waiting is not what keeps it from being read."""
    failure = newest_failure(tx, account, stream, now)
    if failure in PARKED:
        return account.parked_until if account.parked_until and account.parked_until > now else None
    if failure != LOW or account.credential is None:
        return None
    if _is_out_of_money(tx, account.credential, configured, now):
        return next_month(now)
    said = [each.resets_at for each in allowance.said_of(tx, account.credential, now) if each.share >= NEARLY_USED]
    return max(said, default=next_day(now))


def _money(tx: Transaction, credential: str, configured: AccountBase, now: datetime) -> MoneySoFar | None:
    if not isinstance(configured, XAccount) or configured.post_price_usd == 0:
        return None
    return allowance.money_of(tx, credential, configured.post_price_usd, configured.monthly_cap_usd, now)


def _is_out_of_money(tx: Transaction, credential: str, configured: AccountBase, now: datetime) -> bool:
    """Whether of the month's money only what ordinary reading leaves alone is left."""
    if not isinstance(configured, XAccount):
        return False
    affordable = things_for(configured.monthly_cap_usd, configured.post_price_usd)
    if affordable is None:
        return False
    return left_for(affordable, allowance.things_in_month(tx, credential, now), reading=True) <= 0
