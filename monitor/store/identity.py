"""By which names an item is known: its id, the other ids a network has for it, and, once it is erased, a digest.

The digest has a secret of the school's own in it: an erased comment is known again when it is met, and whoever holds
a list of ids, but not the database, cannot find out which of them were erased.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import exists, select

from connectors.fetched import IMPORTED
from monitor.store.engine import Transaction
from monitor.store.evidence_tables import Erasure
from monitor.store.item_tables import Alias, Item
from monitor.store.school_tables import Account, School
from monitor.store.text import fingerprint

MARK = "erased:"


def digest(salt: str, name: str) -> str:
    """What stands for a name once it is erased: HMAC-SHA256 of it under the school's salt (hex), marked as such."""
    return MARK + hmac.new(bytes.fromhex(salt), name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def salt_of(tx: Transaction, school: School) -> str:
    """The school's salt, made on first use."""
    if school.tombstone_salt is None:
        school.tombstone_salt = secrets.token_hex(32)
        tx.flush()
    return school.tombstone_salt


def names_of(tx: Transaction, account: Account, remote_id: str) -> tuple[str, ...]:
    """What an id may be kept under: itself and, where anything of the school was ever erased, its digest."""
    salt = account.school.tombstone_salt
    return (remote_id, digest(salt, remote_id)) if salt and _any_erased(tx, account.school_id) else (remote_id,)


def by_other_id(tx: Transaction, account: Account, remote_id: str) -> Item | None:
    """The item that has this id among its other ids, erased or not."""
    found = (tx.get(Alias, (account.id, name)) for name in names_of(tx, account, remote_id))
    alias = next(filter(None, found), None)
    return tx.get(Item, alias.item_id) if alias else None


def imported_twin(tx: Transaction, account: Account, created_at: datetime, fingerprint_of_words: str) -> Item | None:
    """The item of that moment with those words that came from an archive, which gave it no id of the network's."""
    of_that_moment = select(Item).where(
        Item.account_id == account.id,
        Item.created_at == created_at,
        Item.remote_id.startswith(IMPORTED, autoescape=True),
        Item.erased_at.is_(None),
    )
    same = (
        item for item in tx.scalars(of_that_moment) if fingerprint(item.versions[-1].text) == fingerprint_of_words
    )
    return next(same, None)


def take_real_id(tx: Transaction, account: Account, item: Item, remote_id: str) -> None:
    """From now on an imported item is known by the id the network has for it, and still by the one we made up."""
    made_up, item.remote_id = item.remote_id, remote_id
    if item.thread_key == made_up:
        item.thread_key = remote_id
    tx.add(Alias(account_id=account.id, remote_id=made_up, item_id=item.id))
    tx.flush()


def main_id(tx: Transaction, account: Account, remote_id: str | None) -> str | None:
    """The id under which we keep what a network calls so; the same where we keep nothing of the kind."""
    if remote_id is None:
        return None
    item = by_other_id(tx, account, remote_id)
    return item.remote_id if item else unless_erased(tx, account, remote_id)


def unless_erased(tx: Transaction, account: Account, remote_id: str | None) -> str | None:
    """An id as it came, or, when it is that of something erased, the digest that stands for it."""
    if remote_id is None or not (erased := names_of(tx, account, remote_id)[1:]):
        return remote_id
    mine = select(Item.remote_id).where(Item.account_id == account.id)
    return tx.scalar(mine.where(Item.remote_id == erased[0])) or remote_id


def _any_erased(tx: Transaction, school_id: int) -> bool:
    """Asked once in a transaction: reading a page must not cost two more questions for each item on it."""
    known: dict[int, bool] = tx.info.setdefault("schools with erased items", {})
    if school_id not in known:
        erased = exists().where(Erasure.school_id == school_id, Erasure.done_at.is_not(None))
        known[school_id] = bool(tx.scalar(select(erased)))
    return known[school_id]
