"""What of a page is known already, and whether it says anything new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from connectors.fetched import IMPORTED, FetchedItem
from monitor.store import identity
from monitor.store.engine import Transaction
from monitor.store.item_tables import Item
from monitor.store.school_tables import Account
from monitor.store.text import fingerprint, words_of


def is_held(tx: Transaction, account: Account, fetched: FetchedItem) -> bool:
    """Whether an item out of an archive is held already: by its id or, without one, by its moment and words."""
    if find_item(tx, account, fetched.remote_id) is not None:
        return True
    if not fetched.remote_id.startswith(IMPORTED):
        return False
    same_moment = select(Item).where(Item.account_id == account.id, Item.created_at == fetched.created_at)
    words = fingerprint(words_of(fetched))
    return any(fingerprint(item.versions[-1].text) == words for item in tx.scalars(same_moment))


def known_items(tx: Transaction, account: Account, remote_ids: Iterable[str]) -> dict[str, Item]:
    """Those of these items that are kept already, with their versions, in two queries instead of two for each."""
    asked = {name: remote_id for remote_id in remote_ids for name in identity.names_of(tx, account, remote_id)}
    wanted = (
        select(Item)
        .where(Item.account_id == account.id, Item.remote_id.in_(list(asked)))
        .options(selectinload(Item.versions))
    )
    return {asked[item.remote_id]: item for item in tx.scalars(wanted)}


def says_nothing_new(item: Item, fetched: FetchedItem) -> bool:
    """Whether all there is to note about an item is that it is still there, as for most of what is read."""
    return (
        not fetched.erased
        and not fetched.alt_ids
        and item.erased_at is None
        and item.gone_at is None
        and item.missing_since is None
        and item.shown == fetched.shown.value
        and item.versions[-1].text == words_of(fetched)
        and all(
            held or not shown
            for held, shown in (
                (item.post_remote_id, fetched.post_remote_id),
                (item.parent_remote_id, fetched.parent_remote_id),
                (item.author_id, fetched.author_id),
                (item.author_name, fetched.author_name),
                (item.addressed_to, fetched.addressed_to),
                (item.permalink, fetched.permalink),
            )
        )
    )


def brings_news(fetched: FetchedItem, known: Mapping[str, Item]) -> bool:
    """Whether an item is not among the `known_items` of its page, or says something else than it did."""
    item = known.get(fetched.remote_id)
    if item is None:
        return True
    return (
        not fetched.erased
        and item.erased_at is None
        and fingerprint(words_of(fetched)) != fingerprint(item.versions[-1].text)
    )


def find_item(tx: Transaction, account: Account, remote_id: str) -> Item | None:
    """The item with this id, or with this id among its other ids; what was erased is found by what is left of it."""
    mine = select(Item).where(Item.account_id == account.id)
    item = tx.scalar(mine.where(Item.remote_id.in_(identity.names_of(tx, account, remote_id))))
    return item or identity.by_other_id(tx, account, remote_id)
