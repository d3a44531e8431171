"""Keeping what was fetched: by identity, every version, nothing overwritten with less.

Keeping the same item twice, or two items in the other order, leaves the same rows. First-seen parent, post, time
and author stay, because networks re-parent, drop and withhold later what they showed before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import overload

from sqlalchemy import select, update

from connectors.fetched import IMPORTED, FetchedItem, FetchedPost, Quarantined
from monitor.store import identity
from monitor.store.engine import Transaction
from monitor.store.item_tables import Alias, Comment, Item, Post, Reply, Version
from monitor.store.known import find_item
from monitor.store.presence import mark_present
from monitor.store.reading_tables import Quarantine
from monitor.store.school_tables import Account
from monitor.store.text import bounded, fingerprint, storable, words_of

LONGEST_NAME = 300


class Outcome(StrEnum):
    """What keeping an item changed."""

    NEW = "new"
    EDITED = "edited"
    BACK = "back"
    SEEN = "seen"
    GONE = "gone"
    ERASED = "erased"
    """Met again after it was erased here: nothing of it is kept."""


@dataclass(frozen=True)
class Kept:
    """An item after keeping. `version` is its latest.

    `moved`: where it hangs, or who speaks to whom, is not what it was: its thread has to be put together again.
    """

    outcome: Outcome
    item: Item
    version: Version
    moved: bool


def keep_post(tx: Transaction, account: Account, fetched: FetchedPost, now: datetime) -> Post:
    """Keep a post of the school's account by its identity."""
    post = tx.scalar(select(Post).where(Post.account_id == account.id, Post.remote_id == fetched.remote_id))
    if post is None:
        post = Post(account_id=account.id, remote_id=fetched.remote_id, first_seen_at=now, permalink="", text="")
        tx.add(post)
    post.text = words_of(fetched) or post.text
    post.permalink = storable(fetched.permalink) or post.permalink
    post.created_at = fetched.created_at or post.created_at
    post.comment_count = fetched.comment_count if fetched.comment_count is not None else post.comment_count
    post.last_seen_at = now
    return post


def keep_item(
    tx: Transaction,
    account: Account,
    fetched: FetchedItem,
    now: datetime,
    known: Mapping[str, Item] | None = None,
    written: Callable[[FetchedItem], str] | None = None,
) -> Kept:
    """Keep one item by its identity; say what that changed. A new text becomes a new Version.

    `known` comes from `known_items` for the page at hand; without it, and for what is not in it, we look. `written`
    gives the payload as the new Version is to hold it; without it the decoded payload is written down.
    """
    written = written or _payload
    item = (known or {}).get(fetched.remote_id) or find_item(tx, account, fetched.remote_id)
    item = item or _erased_under_another_id(tx, account, fetched) or _known_from_an_archive(tx, account, fetched)
    if item is None:
        return Kept(Outcome.NEW, *_add(tx, account, fetched, now, written), moved=True)
    if item.erased_at is not None:
        _meet_again(item, fetched, now)
        return Kept(Outcome.ERASED, item, item.versions[-1], moved=False)
    back = item.gone_at is not None
    moved = _refresh(tx, account, item, fetched, now)
    version = item.versions[-1]
    if fetched.erased:
        outcome = Outcome.SEEN if back else Outcome.GONE
    elif fingerprint(words_of(fetched)) != fingerprint(version.text):
        version = _add_version(tx, item, fetched, now, written)
        edited_at = fetched.edited_at or now
        item.edited_at = max(edited_at, item.edited_at or edited_at)
        outcome = Outcome.EDITED
    else:
        outcome = Outcome.BACK if back else Outcome.SEEN
    return Kept(outcome, item, version, moved)


def _erased_under_another_id(tx: Transaction, account: Account, fetched: FetchedItem) -> Item | None:
    found = (find_item(tx, account, remote_id) for remote_id in fetched.alt_ids)
    return next((item for item in found if item is not None and item.erased_at is not None), None)


def _known_from_an_archive(tx: Transaction, account: Account, fetched: FetchedItem) -> Item | None:
    """What was imported without an id, now that the network gives it one."""
    if fetched.erased or fetched.remote_id.startswith(IMPORTED):
        return None
    item = identity.imported_twin(tx, account, fetched.created_at, fingerprint(words_of(fetched)))
    if item is not None:
        identity.take_real_id(tx, account, item, fetched.remote_id)
    return item


def _meet_again(item: Item, fetched: FetchedItem, now: datetime) -> None:
    """Of what was erased here, only whether it is still there is noted."""
    if fetched.erased:
        item.gone_at = item.gone_at or now
    else:
        mark_present(item, now)


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


@overload
def _name(text: str) -> str: ...
@overload
def _name(text: str | None) -> str | None: ...
def _name(text: str | None) -> str | None:
    return None if text is None else bounded(storable(text), LONGEST_NAME)


def _payload(fetched: FetchedItem) -> str:
    return json.dumps(fetched.raw, default=repr)


def _add(
    tx: Transaction, account: Account, fetched: FetchedItem, now: datetime, written: Callable[[FetchedItem], str]
) -> tuple[Item, Version]:
    kind = Reply if fetched.author_id is not None and fetched.author_id in account.own_ids else Comment
    item = kind(
        account_id=account.id,
        remote_id=fetched.remote_id,
        kind=fetched.kind.value,
        post_remote_id=identity.unless_erased(tx, account, fetched.post_remote_id),
        parent_remote_id=identity.main_id(tx, account, fetched.parent_remote_id),
        thread_key=fetched.remote_id,
        author_id=_name(fetched.author_id),
        author_name=_name(fetched.author_name),
        addressed_to=list(fetched.addressed_to),
        created_at=fetched.created_at,
        first_seen_at=now,
        # Of what we only ever met as a stub, all we know is that it was there when it was made.
        last_seen_at=min(fetched.created_at, now) if fetched.erased else now,
        edited_at=fetched.edited_at,
        missing_since=now if fetched.erased else None,
        gone_at=now if fetched.erased else None,
        shown=fetched.shown.value,
        permalink=storable(fetched.permalink),
        attachments=[{"kind": a.kind, "url": storable(a.url)} for a in fetched.attachments],
    )
    tx.add(item)
    version = _add_version(tx, item, fetched, now, written)
    _add_aliases(tx, account, item, fetched)
    return item, version


def _refresh(tx: Transaction, account: Account, item: Item, fetched: FetchedItem, now: datetime) -> bool:
    """Take over what was not known before. True when some of it decides where the item hangs or whom it answers."""
    before = _place(item)
    item.post_remote_id = item.post_remote_id or identity.unless_erased(tx, account, fetched.post_remote_id)
    item.parent_remote_id = item.parent_remote_id or identity.main_id(tx, account, fetched.parent_remote_id)
    item.author_id = item.author_id or _name(fetched.author_id)
    item.author_name = item.author_name or _name(fetched.author_name)
    item.addressed_to = item.addressed_to or list(fetched.addressed_to)
    item.permalink = item.permalink or storable(fetched.permalink)
    item.shown = fetched.shown.value
    if fetched.erased:
        item.missing_since = item.missing_since or now
        item.gone_at = item.gone_at or now
    else:
        mark_present(item, now)
    renamed = _add_aliases(tx, account, item, fetched)
    return renamed or _place(item) != before


def _place(item: Item) -> tuple[str | None, str | None, list[str]]:
    return item.parent_remote_id, item.author_id, item.addressed_to


def _add_version(
    tx: Transaction, item: Item, fetched: FetchedItem, now: datetime, written: Callable[[FetchedItem], str]
) -> Version:
    version = Version(
        item=item,
        number=len(item.versions) + 1,
        text=words_of(fetched),
        seen_at=now,
        raw=written(fetched),
    )
    tx.add(version)
    tx.flush()
    return version


def _add_aliases(tx: Transaction, account: Account, item: Item, fetched: FetchedItem) -> bool:
    """Remember the item's other ids. True when one of them is new."""
    new = [remote_id for remote_id in fetched.alt_ids if tx.get(Alias, (account.id, remote_id)) is None]
    for remote_id in new:
        tx.add(Alias(account_id=account.id, remote_id=remote_id, item_id=item.id))
        # Replies kept before this id was known to be another name of the item now find their parent.
        mine = Item.account_id == account.id
        tx.execute(
            update(Item).where(mine, Item.parent_remote_id == remote_id).values(parent_remote_id=item.remote_id)
        )
        tx.execute(update(Item).where(mine, Item.thread_key == remote_id).values(thread_key=item.remote_id))
    return bool(new)
