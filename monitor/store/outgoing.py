"""What was found in the school's own posts and replies: written down, told once, settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from monitor.mail_kinds import OUTGOING
from monitor.model import OutgoingFinding, OutgoingKind
from monitor.store.delivery_tables import Delivery
from monitor.store.engine import Transaction
from monitor.store.item_tables import Item, Post
from monitor.store.outgoing_tables import OutgoingFound
from monitor.store.school_tables import Account, School
from monitor.store.text import fingerprint

MONITOR = "monitor"
"""Who settles what the changed words settle."""
WORDS_CHANGED = "The words were changed, and it stands in them no longer."
MOST_TALKING = 500  # of the newest messages around a reply, whose authors are no strangers to it


def texts_of_posts(tx: Transaction, account: Account, remote_ids: Iterable[str]) -> Mapping[str, str]:
    """What these posts said when they were last read, by their ids on the network."""
    wanted = select(Post.remote_id, Post.text).where(
        Post.account_id == account.id, Post.remote_id.in_(list(remote_ids))
    )
    return {row.remote_id: row.text for row in tx.execute(wanted)}


def is_held(tx: Transaction, account: Account, remote_id: str) -> bool:
    """Whether an item with this id is in the book."""
    mine = (Item.account_id == account.id, Item.remote_id == remote_id)
    return tx.scalar(select(Item.id).where(*mine)) is not None


def people_around(tx: Transaction, reply: Item) -> Sequence[tuple[str | None, str]]:
    """Ids and names of those who write under the same post as a reply, or in its thread."""
    beside = [Item.thread_key == reply.thread_key]
    if reply.post_remote_id is not None:
        beside.append(Item.post_remote_id == reply.post_remote_id)
    rows = tx.execute(
        select(Item.author_id, Item.author_name)
        .where(Item.account_id == reply.account_id, or_(*beside), Item.id != reply.id, Item.erased_at.is_(None))
        .order_by(Item.id.desc())
        .limit(MOST_TALKING)
    )
    return [(row.author_id, row.author_name) for row in rows]


def write_down(
    tx: Transaction,
    about: Post | Item,
    text: str,
    findings: Collection[OutgoingFinding],
    now: datetime,
    *,
    is_history: bool,
) -> None:
    """Have the book say what stands in the present words of a post or reply.

    What stood in its earlier words too keeps its row, so that nobody is told twice of it; what does not any more is
    settled. What a person has settled stays settled for these very words.
    """
    tx.flush()
    digest = fingerprint(text)
    known = _known_of(tx, about)
    still = [row for row in known if row.settled_at is None]
    for finding in findings:
        if any(_is_same(row, finding) and row.digest == digest and _by_a_person(row) for row in known):
            continue
        row = next((each for each in still if (each.kind, each.reason) == (finding.kind, finding.reason)), None)
        if row is None:
            row = OutgoingFound(account_id=about.account_id, found_at=now, is_history=is_history, link="")
            row.post_id, row.item_id = (about.id, None) if isinstance(about, Post) else (None, about.id)
            row.kind, row.reason = finding.kind.value, finding.reason
            tx.add(row)
        else:
            still.remove(row)
        row.start, row.end, row.clause, row.digest = finding.start, finding.end, finding.clause, digest
    for row in still:
        settle(row, MONITOR, WORDS_CHANGED, now)
    tx.flush()


def report(
    tx: Transaction, account: Account, link: str, by: str, why: str, clause: str, now: datetime
) -> OutgoingFound:
    """Write down that somebody says something wrong was published."""
    row = OutgoingFound(
        account_id=account.id,
        kind=OutgoingKind.REPORTED.value,
        start=0,
        end=0,
        reason=why,
        clause=clause,
        digest="",
        link=link,
        found_at=now,
        is_history=False,
        reported_by=by,
    )
    tx.add(row)
    tx.flush()
    return row


def settle(row: OutgoingFound, by: str, why: str, now: datetime) -> None:
    """Nothing is left to do about it."""
    row.settled_at, row.settled_by, row.settled_why = now, by, why


def by_number(tx: Transaction, school: School, number: int) -> OutgoingFound | None:
    """What was found under this number, where it is the school's."""
    row = tx.get(OutgoingFound, number)
    return row if row is not None and row.account.school_id == school.id else None


def found(tx: Transaction, school: School, *, settled: bool = False) -> Sequence[OutgoingFound]:
    """All that was found and not settled, or all there ever was, in the order it was found."""
    wanted = _of(school)
    if not settled:
        wanted = wanted.where(OutgoingFound.settled_at.is_(None))
    return tx.scalars(wanted).unique().all()


def to_be_owed(tx: Transaction, school: School) -> Sequence[OutgoingFound]:
    """What nobody is owed a mail about yet, though somebody should be."""
    waiting = (
        OutgoingFound.settled_at.is_(None),
        OutgoingFound.is_history.is_(False),
        OutgoingFound.told_as.is_(None),
    )
    return tx.scalars(_of(school).where(*waiting)).unique().all()


def owed(tx: Transaction, school: School) -> Sequence[OutgoingFound]:
    """What somebody is owed a mail about, told or not, while it is not settled."""
    waiting = (OutgoingFound.settled_at.is_(None), OutgoingFound.told_as.is_not(None))
    return tx.scalars(_of(school).where(*waiting)).unique().all()


def told_as(tx: Transaction, school: School, key: str, recipient: str) -> Sequence[OutgoingFound]:
    """What the mail with this key tells this person, without what is settled by now or gone from the network."""
    rows = tx.scalars(_of(school).where(OutgoingFound.told_as == key, OutgoingFound.settled_at.is_(None))).unique()
    return [row for row in rows if recipient in (row.told_to or ()) and not is_gone(row)]


def is_gone(row: OutgoingFound) -> bool:
    """Whether the reply it stands in is not visible to us any more."""
    return row.item is not None and row.item.gone_at is not None


def told_at(tx: Transaction, school: School, rows: Collection[OutgoingFound]) -> Mapping[int, datetime]:
    """When the first of those who should hear of each was sent the mail; what nobody was sent yet is not in it."""
    keys = {row.told_as for row in rows if row.told_as}
    sent = tx.execute(
        select(Delivery.key, Delivery.recipient, Delivery.sent_at).where(
            Delivery.school_id == school.id, Delivery.key.in_(keys), Delivery.sent_at.is_not(None)
        )
    ).all()
    by_mail = {(row.key, row.recipient): row.sent_at for row in sent}
    times = {row.id: [by_mail.get((row.told_as, person)) for person in row.told_to or ()] for row in rows}
    return {number: min(filter(None, each)) for number, each in times.items() if any(each)}


def days_told(tx: Transaction, school: School, people: Collection[str], since: str) -> set[str]:
    """Local days, from `since` on, whose mail one of these people had, or is being sent this moment."""
    gone = or_(Delivery.sent_at.is_not(None), Delivery.closed_at.is_not(None), Delivery.claimed_until.is_not(None))
    mine = (Delivery.school_id == school.id, Delivery.kind == OUTGOING, Delivery.recipient.in_(list(people)))
    return set(tx.scalars(select(Delivery.key).where(*mine, Delivery.key >= since, gone)))


def _of(school: School) -> Select[OutgoingFound]:
    return (
        select(OutgoingFound)
        .join(Account, Account.id == OutgoingFound.account_id)
        .where(Account.school_id == school.id)
        .order_by(OutgoingFound.found_at, OutgoingFound.id)
        .options(joinedload(OutgoingFound.account), joinedload(OutgoingFound.post), joinedload(OutgoingFound.item))
    )


def _known_of(tx: Transaction, about: Post | Item) -> list[OutgoingFound]:
    column = OutgoingFound.post_id if isinstance(about, Post) else OutgoingFound.item_id
    return list(tx.scalars(select(OutgoingFound).where(column == about.id).order_by(OutgoingFound.id)))


def _is_same(row: OutgoingFound, finding: OutgoingFinding) -> bool:
    return (row.kind, row.start, row.end, row.reason) == (finding.kind, finding.start, finding.end, finding.reason)


def _by_a_person(row: OutgoingFound) -> bool:
    return row.settled_at is not None and row.settled_by != MONITOR
