"""Keeping what was fetched: by identity, every version, nothing overwritten with less.

Keeping the same item twice, or two items in the other order, leaves the same rows. First-seen parent, post, time
and author stay, because networks re-parent, drop and withhold later what they showed before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import overload

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from connectors.base import IMPORTED, FetchedItem, FetchedPost, Quarantined, Verdict
from monitor.model import Presence
from monitor.store import identity
from monitor.store.engine import Transaction
from monitor.store.tables import Account, Alias, Comment, Item, Post, Quarantine, Reply, Version
from monitor.store.text import bounded, fingerprint, storable

LONGEST_TEXT = 100_000  # characters kept of one comment; the payload is kept whole beside it
LONGEST_NAME = 300
AT_ONCE = 500
CONFIRM_GONE_AFTER = timedelta(minutes=10)
"""Two reads this far apart must both miss an item before it is said to be gone."""


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


def meet(tx: Transaction, items: Sequence[Item], now: datetime) -> None:
    """Note that these were there at `now`, in a few statements for all of them."""
    for start in range(0, len(items), AT_ONCE):
        ids = [item.id for item in items[start : start + AT_ONCE]]
        met = update(Item).where(Item.id.in_(ids), Item.last_seen_at < now).values(last_seen_at=now)
        tx.execute(met.execution_options(synchronize_session=False))


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


def note_verdict(item: Item, verdict: Verdict, now: datetime) -> bool:
    """Take over what the network said when asked for this item by its id. True when it is now known to be gone."""
    item.asked_at = now
    if verdict is Verdict.PRESENT:
        mark_present(item, now)
    elif verdict is Verdict.UNKNOWN and item.gone_at is None:
        item.missing_since = None  # a suspicion the network will not confirm is none, and must not crowd out others
    return verdict is Verdict.GONE and mark_missing(item, now)


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


def words_of(fetched: FetchedItem | FetchedPost) -> str:
    """What is kept of its text."""
    return bounded(storable(fetched.text), LONGEST_TEXT)


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


def presence(item: Item) -> Presence:
    """What the network shows of an item, by our last look."""
    return Presence.GONE if item.gone_at else Presence(item.shown)
