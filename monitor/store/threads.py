"""Threads, and which comments a reply of the school answers.

A thread is a comment directly under a post of the school (or a mention, or a post by a visitor) with everything
said below it. A reply answers the
nearest comment above it that is not the school's own, and every earlier comment in the same thread by a person
it speaks to. Parents may arrive after their children; then the thread is put together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from monitor.store.engine import Transaction
from monitor.store.item_tables import Answer, Comment, Item, Reply
from monitor.store.known import find_item
from monitor.store.school_tables import Account

DEEPEST = 1000
"""Parents followed upward. No network nests deeper."""


def place_in_thread(tx: Transaction, account: Account, item: Item) -> str:
    """Set the item's thread key, take waiting children along, and return the key."""
    key = _topmost(tx, account, item)
    item.thread_key = key
    tx.flush()
    # Children that came first could walk no higher than this item; their threads become part of its own.
    mine = Item.account_id == account.id
    below = select(Item.thread_key).where(mine, Item.parent_remote_id == item.remote_id, Item.thread_key != key)
    if waiting := tx.scalars(below.distinct()).all():
        tx.execute(update(Item).where(mine, Item.thread_key.in_(waiting)).values(thread_key=key))
    return key


def link_answers(tx: Transaction, account: Account, thread_keys: Iterable[str]) -> None:
    """Work out afresh which comments the school's replies answer in these threads.

    What an erased comment was answered by is not to be worked out any more, and stays as it was.
    """
    for key in sorted(set(thread_keys)):
        thread = tx.scalars(select(Item).where(Item.account_id == account.id, Item.thread_key == key)).all()
        wanted = {(reply.id, comment.id) for reply, comment in _answers(thread)}
        replies = [item.id for item in thread if isinstance(item, Reply)]
        if not replies:
            continue
        rows = tx.execute(select(Answer.reply_id, Answer.comment_id).where(Answer.reply_id.in_(replies)))
        present = {(reply_id, comment_id) for reply_id, comment_id in rows}
        for reply_id, comment_id in present - wanted - _about_erased(thread, present):
            tx.execute(delete(Answer).where(Answer.reply_id == reply_id, Answer.comment_id == comment_id))
        if missing := sorted(wanted - present):
            tx.execute(insert(Answer), [{"reply_id": r, "comment_id": c} for r, c in missing])


def _topmost(tx: Transaction, account: Account, item: Item) -> str:
    key, parent_id = item.remote_id, item.parent_remote_id
    met = [key]
    for _ in range(DEEPEST):
        if parent_id is None:
            return key
        if parent_id in met:  # a ring of parents has no top; whoever walks it names it alike
            return min(met[met.index(parent_id) :])
        met.append(parent_id)
        parent = find_item(tx, account, parent_id)
        if parent is None:
            return key if parent_id == item.post_remote_id else parent_id
        key, parent_id = parent.remote_id, parent.parent_remote_id
    return key


def _answers(thread: Sequence[Item]) -> Iterable[tuple[Reply, Comment]]:
    by_id = {item.remote_id: item for item in thread}
    comments = [item for item in thread if isinstance(item, Comment)]
    for reply in thread:
        if not isinstance(reply, Reply):
            continue
        above = _nearest_comment_above(reply, by_id)
        spoken_to = set(reply.addressed_to or ()) | ({above.author_id} if above and above.author_id else set())
        if above:
            yield reply, above
        for comment in comments:
            if comment is not above and comment.author_id in spoken_to and _not_after(comment, reply.created_at):
                yield reply, comment


def _about_erased(thread: Sequence[Item], answers: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those answers that rest on what an erased comment said of its author or was said to."""
    by_id = {item.remote_id: item for item in thread}
    erased = {item.id for item in thread if item.erased_at is not None}
    above = {item.id: _nearest_comment_above(item, by_id) for item in thread if isinstance(item, Reply)}
    return {
        (reply_id, comment_id)
        for reply_id, comment_id in answers
        if comment_id in erased or ((parent := above.get(reply_id)) and parent.id in erased)
    }


def _not_after(comment: Comment, moment: datetime) -> bool:
    return comment.created_at <= moment


def _nearest_comment_above(reply: Reply, by_id: dict[str, Item]) -> Comment | None:
    above: Item | None = reply
    for _ in range(DEEPEST):
        above = by_id.get(above.parent_remote_id or "") if above else None
        if above is None or isinstance(above, Comment):
            return above
    return None
