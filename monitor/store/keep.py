"""Keeping what was fetched: by identity, every version, nothing overwritten with less.

Keeping the same item twice, or two items in the other order, leaves the same rows. First-seen parent, post, time
and author stay, because networks re-parent, drop and withhold later what they showed before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update

from connectors.base import FetchedItem, FetchedPost, Quarantined
from monitor.model import Presence
from monitor.store.engine import Transaction
from monitor.store.tables import Account, Alias, Comment, Item, Post, Quarantine, Reply, Version
from monitor.store.text import bounded, fingerprint, storable

LONGEST_TEXT = 100_000  # characters kept of one comment; the payload is kept whole beside it
LONGEST_NAME = 300
CONFIRM_GONE_AFTER = timedelta(minutes=10)
"""Two reads this far apart must both miss an item before it is said to be gone."""


class Outcome(StrEnum):
    """What keeping an item changed."""

    NEW = "new"
    EDITED = "edited"
    BACK = "back"
    SEEN = "seen"
    GONE = "gone"


@dataclass(frozen=True)
class Kept:
    """An item after keeping. `version` is its latest."""

    outcome: Outcome
    item: Item
    version: Version


def keep_post(tx: Transaction, account: Account, fetched: FetchedPost, now: datetime) -> Post:
    """Keep a post of the school's account by its identity."""
    post = tx.scalar(select(Post).where(Post.account_id == account.id, Post.remote_id == fetched.remote_id))
    if post is None:
        post = Post(account_id=account.id, remote_id=fetched.remote_id, first_seen_at=now, permalink="", text="")
        tx.add(post)
    post.text = bounded(storable(fetched.text), LONGEST_TEXT) or post.text
    post.permalink = storable(fetched.permalink) or post.permalink
    post.created_at = fetched.created_at or post.created_at
    post.comment_count = fetched.comment_count if fetched.comment_count is not None else post.comment_count
    post.last_seen_at = now
    return post


def keep_item(tx: Transaction, account: Account, fetched: FetchedItem, now: datetime) -> Kept:
    """Keep one item by its identity; say what that changed. A new text becomes a new Version."""
    item = find_item(tx, account, fetched.remote_id)
    if item is None:
        return Kept(Outcome.NEW, *_add(tx, account, fetched, now))
    back = item.gone_at is not None
    _refresh(tx, account, item, fetched, now)
    version = item.versions[-1]
    if fetched.erased:
        outcome = Outcome.SEEN if back else Outcome.GONE
    elif fingerprint(_text(fetched)) != fingerprint(version.text):
        version = _add_version(tx, item, fetched, now)
        item.edited_at = max(filter(None, (fetched.edited_at, item.edited_at)), default=now)
        outcome = Outcome.EDITED
    else:
        outcome = Outcome.BACK if back else Outcome.SEEN
    return Kept(outcome, item, version)


def find_item(tx: Transaction, account: Account, remote_id: str) -> Item | None:
    """The item with this id, or with this id among its other ids."""
    item = tx.scalar(select(Item).where(Item.account_id == account.id, Item.remote_id == remote_id))
    if item is None and (alias := tx.get(Alias, (account.id, remote_id))):
        item = tx.get(Item, alias.item_id)
    return item


def mark_missing(item: Item, now: datetime) -> bool:
    """The network no longer has this item. True when that is now confirmed by a second read."""
    if item.missing_since is None:
        item.missing_since = now
    if item.gone_at is None and now - item.missing_since >= CONFIRM_GONE_AFTER:
        item.gone_at = item.missing_since
        return True
    return False


def mark_present(item: Item, now: datetime) -> None:
    """The network still has this item."""
    item.last_seen_at = max(item.last_seen_at, now)
    item.missing_since = item.gone_at = None


def keep_quarantined(tx: Transaction, account: Account, stream: str, bad: Quarantined, now: datetime) -> bool:
    """Keep an unreadable item as it came, once. True when it was not there before."""
    raw = json.dumps(bad.raw, sort_keys=True, default=repr)
    digest = fingerprint(raw)
    known = tx.scalar(select(Quarantine).where(Quarantine.account_id == account.id, Quarantine.digest == digest))
    if known:
        known.last_seen_at = now
        return False
    tx.add(
        Quarantine(
            account_id=account.id,
            stream=stream,
            digest=digest,
            raw=raw,
            reason=bad.reason,
            first_seen_at=now,
            last_seen_at=now,
        )
    )
    return True


def _text(fetched: FetchedItem) -> str:
    return bounded(storable(fetched.text), LONGEST_TEXT)


def _add(tx: Transaction, account: Account, fetched: FetchedItem, now: datetime) -> tuple[Item, Version]:
    kind = Reply if fetched.author_id is not None and fetched.author_id in account.own_ids else Comment
    item = kind(
        account_id=account.id,
        remote_id=fetched.remote_id,
        kind=fetched.kind.value,
        post_remote_id=fetched.post_remote_id,
        parent_remote_id=_main_id(tx, account, fetched.parent_remote_id),
        thread_key=fetched.remote_id,
        author_id=fetched.author_id,
        author_name=bounded(storable(fetched.author_name), LONGEST_NAME),
        addressed_to=list(fetched.addressed_to),
        created_at=fetched.created_at,
        first_seen_at=now,
        last_seen_at=now,
        edited_at=fetched.edited_at,
        missing_since=now if fetched.erased else None,
        gone_at=now if fetched.erased else None,
        shown=fetched.shown.value,
        permalink=storable(fetched.permalink),
        attachments=[{"kind": a.kind, "url": storable(a.url)} for a in fetched.attachments],
    )
    tx.add(item)
    version = _add_version(tx, item, fetched, now)
    _add_aliases(tx, account, item, fetched)
    return item, version


def _refresh(tx: Transaction, account: Account, item: Item, fetched: FetchedItem, now: datetime) -> None:
    item.post_remote_id = item.post_remote_id or fetched.post_remote_id
    item.parent_remote_id = item.parent_remote_id or _main_id(tx, account, fetched.parent_remote_id)
    item.author_id = item.author_id or fetched.author_id
    item.author_name = item.author_name or bounded(storable(fetched.author_name), LONGEST_NAME)
    item.addressed_to = item.addressed_to or list(fetched.addressed_to)
    item.permalink = item.permalink or storable(fetched.permalink)
    item.shown = fetched.shown.value
    if fetched.erased:
        item.missing_since = item.missing_since or now
        item.gone_at = item.gone_at or now
    else:
        mark_present(item, now)
    _add_aliases(tx, account, item, fetched)


def _add_version(tx: Transaction, item: Item, fetched: FetchedItem, now: datetime) -> Version:
    version = Version(
        item=item,
        number=len(item.versions) + 1,
        text=_text(fetched),
        seen_at=now,
        raw=json.dumps(fetched.raw, default=repr),
    )
    tx.add(version)
    tx.flush()
    return version


def _add_aliases(tx: Transaction, account: Account, item: Item, fetched: FetchedItem) -> None:
    for remote_id in fetched.alt_ids:
        if tx.get(Alias, (account.id, remote_id)) is not None:
            continue
        tx.add(Alias(account_id=account.id, remote_id=remote_id, item_id=item.id))
        # Replies kept before this id was known to be another name of the item now find their parent.
        mine = Item.account_id == account.id
        tx.execute(
            update(Item).where(mine, Item.parent_remote_id == remote_id).values(parent_remote_id=item.remote_id)
        )
        tx.execute(update(Item).where(mine, Item.thread_key == remote_id).values(thread_key=item.remote_id))


def _main_id(tx: Transaction, account: Account, remote_id: str | None) -> str | None:
    alias = tx.get(Alias, (account.id, remote_id)) if remote_id else None
    item = tx.get(Item, alias.item_id) if alias else None
    return item.remote_id if item else remote_id


def presence(item: Item) -> Presence:
    """What the network shows of an item, by our last look."""
    return Presence.GONE if item.gone_at else Presence(item.shown)
