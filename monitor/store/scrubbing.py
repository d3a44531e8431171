"""Taking the ids of an erased comment out of what other rows of its thread say of it.

Those rows are other people's, and stay. Their columns name the tombstone instead; so do their payloads, which are
exact no more after that and lose their receipt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, exists, or_, select, update

from monitor.store.engine import Transaction
from monitor.store.item_tables import Item
from monitor.store.pile_on_tables import PileOn
from monitor.store.receipt_tables import Exchange, Receipt
from monitor.store.school_tables import Account


def near(tx: Transaction, item: Item) -> Sequence[int]:
    """Items that may name this one: of its thread, and below it where it is what they hang under."""
    named = (item.remote_id, item.thread_key)
    below = or_(Item.parent_remote_id == item.remote_id, Item.post_remote_id == item.remote_id)
    mine = (Item.account_id == item.account_id, Item.id != item.id)
    return tx.scalars(select(Item.id).where(*mine, or_(Item.thread_key.in_(named), below))).all()


def rename(tx: Transaction, account: Account, remote_id: str, instead: str) -> None:
    """Have whatever hangs below an item, or under its thread's name, hang below `instead`."""
    for column in (Item.parent_remote_id, Item.post_remote_id, Item.thread_key):
        names_it = (Item.account_id == account.id, column == remote_id)
        tx.execute(update(Item).where(*names_it).values({column: instead}).execution_options(**UNSEEN))
    under_it = (PileOn.account_id == account.id, PileOn.post_remote_id == remote_id)
    tx.execute(update(PileOn).where(*under_it).values(post_remote_id=instead).execution_options(**UNSEEN))


def left_alone(tx: Transaction, author_id: str | None, items: Sequence[int]) -> set[str]:
    """The author's id, unless something else among these items is theirs: then it says nothing new about anybody."""
    if author_id is None:
        return set()
    theirs = exists().where(Item.author_id == author_id, Item.id.in_(items))
    return set() if tx.scalar(select(theirs)) else {author_id}


def requests_naming(tx: Transaction, account: Account, gone: Collection[str]) -> list[Exchange]:
    """Our requests that name one of these ids: to ask for its answers, or for what is newer than it."""
    holds_one = or_(*(Exchange.url.contains(name, autoescape=True) for name in gone))
    found = tx.scalars(select(Exchange).where(Exchange.account_id == account.id, holds_one).order_by(Exchange.id))
    names = _whole_names(gone)
    return [exchange for exchange in found if names.search(exchange.url)]


def scrub(tx: Transaction, account: Account, items: Sequence[int], gone: Collection[str], instead: str) -> None:
    """Put `instead` where the payloads of these items, or requests of ours, hold one of the ids `gone`."""
    names = _whole_names({*gone, *(json.dumps(name)[1:-1] for name in gone)})
    for item in tx.scalars(select(Item).where(Item.id.in_(items))):
        item.addressed_to = [each for each in item.addressed_to if each not in gone]
        for version in item.versions:
            if names.search(version.raw):
                version.raw = _without(version.raw, names, instead)
                forget_receipts(tx, [version.id])
    for exchange in requests_naming(tx, account, gone):
        exchange.url = names.sub(instead, exchange.url)
    tx.flush()


def forget_receipts(tx: Transaction, versions: Sequence[int]) -> None:
    """Remove the receipts of these Versions, and the answers that nothing else came in."""
    mine = Receipt.version_id.in_(versions)
    answers = tx.scalars(select(Receipt.exchange_id).where(mine)).all()
    tx.execute(delete(Receipt).where(mine).execution_options(**UNSEEN))
    used = exists().where(Receipt.exchange_id == Exchange.id)
    tx.execute(delete(Exchange).where(Exchange.id.in_(answers), ~used).execution_options(**UNSEEN))


UNSEEN: dict[str, Any] = {"synchronize_session": False}
"""Rows are changed in the database only; what was loaded of them has to be read again."""


def _whole_names(gone: Collection[str]) -> re.Pattern[str]:
    """Finds these ids where they stand by themselves, in an address after an escaped comma as well."""
    begins, ends = r"(?:(?<![0-9A-Za-z_])|(?<=%[0-9A-F]{2}))", r"(?![0-9A-Za-z_])"
    return re.compile("|".join(f"{begins}{re.escape(each)}{ends}" for each in sorted(gone)))


def _without(raw: str, names: re.Pattern[str], instead: str) -> str:
    try:
        return json.dumps(_replaced(json.loads(raw), names, instead))
    except (ValueError, RecursionError):
        return names.sub(instead, raw)


def _replaced(value: Any, names: re.Pattern[str], instead: str) -> Any:
    if isinstance(value, dict):
        return {names.sub(instead, name): _replaced(part, names, instead) for name, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, names, instead) for part in value]
    if isinstance(value, str):
        return names.sub(instead, value)
    return instead if isinstance(value, int) and names.fullmatch(str(value)) else value
