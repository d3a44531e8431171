"""What credentials were used for, and what the networks said of their own allowances."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import func, select

from connectors.budget import Usage
from monitor.rules.allowance import MoneySoFar, day_of, money_so_far, month_of
from monitor.store.engine import Transaction
from monitor.store.reading_tables import CredentialUse, NetworkAllowance

LONGEST_NAME = 60


def calls_on(tx: Transaction, credential: str, now: datetime) -> int:
    """Calls made with these credentials on the UTC day of `now`."""
    use = tx.get(CredentialUse, (credential, day_of(now)))
    return use.calls if use else 0


def things_in_month(tx: Transaction, credential: str, now: datetime) -> int:
    """Things paid for with these credentials in the UTC month of `now`."""
    in_month = CredentialUse.day.startswith(month_of(now), autoescape=True)
    used = select(func.sum(CredentialUse.things)).where(CredentialUse.credential == credential, in_month)
    return tx.scalar(used) or 0


def money_of(tx: Transaction, credential: str, price_usd: float, cap_usd: float, now: datetime) -> MoneySoFar:
    """What reading with these credentials costs in the UTC month of `now`."""
    in_month = CredentialUse.day.startswith(month_of(now), autoescape=True)
    first = tx.scalar(select(func.min(CredentialUse.day)).where(CredentialUse.credential == credential, in_month))
    since = datetime.fromisoformat(first).replace(tzinfo=UTC) if first else None
    return money_so_far(things_in_month(tx, credential, now), price_usd, cap_usd, since, now)


def book(tx: Transaction, credential: str, calls: int, things: int, usage: Iterable[Usage], now: datetime) -> None:
    """Write down what was used since the last booking, and what the network last said of its allowances."""
    use = tx.get(CredentialUse, (credential, day_of(now)))
    if use is None:
        use = CredentialUse(credential=credential, day=day_of(now), calls=0, things=0)
        tx.add(use)
    tx.flush()
    use.calls, use.things = CredentialUse.calls + calls, CredentialUse.things + things
    for said in usage:
        name = said.name[:LONGEST_NAME]
        row = tx.get(NetworkAllowance, (credential, name))
        if row is None:
            row = NetworkAllowance(credential=credential, name=name, share=0.0, resets_at=said.resets_at)
            tx.add(row)
        row.share, row.resets_at = said.share, said.resets_at


def said_of(tx: Transaction, credential: str, now: datetime) -> list[Usage]:
    """What the network said of its allowances and still holds at `now`."""
    rows = tx.scalars(
        select(NetworkAllowance)
        .where(NetworkAllowance.credential == credential, NetworkAllowance.resets_at > now)
        .order_by(NetworkAllowance.name)
    )
    return [Usage(row.name, row.share, row.resets_at) for row in rows]
