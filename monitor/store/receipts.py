"""How items reached us: the answers of the networks they stood in, kept without their bodies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from connectors.fetched import Exchange as Answer
from monitor.store.engine import Transaction
from monitor.store.item_tables import Version
from monitor.store.receipt_tables import Exchange, Receipt
from monitor.store.school_tables import Account
from monitor.store.text import storable


def keep_exchange(tx: Transaction, account: Account, answer: Answer) -> Exchange:
    """Keep request, status, headers, and digest and length of the body of one answer."""
    row = Exchange(
        account_id=account.id,
        method=answer.method,
        url=storable(answer.url),
        status=answer.status,
        headers={storable(name): storable(value) for name, value in answer.headers.items()},
        received_at=answer.received_at,
        body_digest="sha256:" + hashlib.sha256(answer.body).hexdigest(),
        body_length=len(answer.body),
    )
    tx.add(row)
    tx.flush()
    return row


def give_receipt(
    tx: Transaction, version: Version, exchange: Exchange, offset: int | None, left_out: Sequence[str]
) -> None:
    """Note in which answer a Version came, and what `Receipt` says of its bytes."""
    tx.add(Receipt(version_id=version.id, exchange_id=exchange.id, offset=offset, left_out=list(left_out)))
