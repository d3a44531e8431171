"""Finishing what an interruption left of erasures, and doing them again where a backup brought a comment back.

Both look at the journal and the book and do what is missing: nothing, most of the time. Both can be called as often
as one likes, and by several programs at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path

from monitor.clock import Clock
from monitor.custody.log import Actor
from monitor.erasing import holds
from monitor.erasing.eraser import Eraser, ErasureRefused, Held
from monitor.erasing.steps import Erased, destroy, secret_of, take_out_words
from monitor.evidence import erasure_journal
from monitor.evidence.erasure_journal import Begun, Ended, Line
from monitor.store import erasing, erasure_book, evidence_log, identity, ledger
from monitor.store.engine import Store, Transaction
from monitor.store.item_tables import Alias, Comment
from monitor.store.school_tables import Account, School

BY = "the journal of erasures"
INTERRUPTED = "finished after an interruption"
"""Stands for the computer account: which one began it is not known any more."""


@dataclass(frozen=True)
class Replayed:
    """`done`: erasures done again. `held`: cases a hold keeps from it. `foreign`: lines about another database.

    `cleared`: nothing of what was erased is left on the disk; else it is cleared away at the next start.
    """

    done: int
    held: tuple[int, ...]
    foreign: int
    cleared: bool


@dataclass(frozen=True)
class Finished:
    """`erased`: carried out now. `again`: what the journal had to be asked for. `held`: cases that a hold keeps.

    `cleared`: nothing of what was erased is left on the disk.
    """

    erased: tuple[Erased, ...]
    again: Replayed
    held: tuple[int, ...]
    cleared: bool


def finish_pending(store: Store, school_key: str, evidence: Path, clock: Clock) -> Finished:
    """Carry out and clear away what is left of every erasure of a school. For each start, before anything is served.

    Raises OSError, ClockSetBack, and ValueError for a journal that cannot be read.
    """
    eraser = Eraser(store, school_key, evidence, clock)
    if _nothing_to_do(eraser):
        return Finished((), Replayed(0, (), 0, True), (), True)
    erased, stopped = _carry_out_agreed(eraser)
    again = replay(store, school_key, evidence, erasure_journal.read(evidence), clock())
    _erase_what_came_back(eraser)
    waiting = _take_out_what_was_held(eraser)
    done = Finished(erased, again, stopped, eraser.clear())
    if done.cleared and not (done.held or again.held or waiting):
        with store.reading() as tx:
            erasure_journal.set_checked(evidence, school_key, _state(tx, eraser))
    return done


def replay(store: Store, school_key: str, evidence: Path, lines: Iterable[Line], now: datetime) -> Replayed:
    """Do again every erasure in `lines` that this database does not know as done. Nobody has to agree once more.

    A comment this database never held gets a tombstone, so that it is not taken in when the network shows it. A hold
    that the database knows of wins here too. The journal in this folder tells of all of them afterwards.
    Raises OSError, ClockSetBack, and ValueError for a journal that cannot be read.
    """
    wanted = [line for line in erasure_journal.standing(lines) if line.school == school_key]
    if not wanted:
        return Replayed(0, (), 0, True)
    with store.reading() as tx:
        secret = secret_of(tx, ledger.enrolled_school(tx, school_key))
        ours = [line for line in wanted if line.secret == secret]
        missing = _unknown(tx, school_key, ours)
    results = [_again(store, school_key, evidence, line, case, now) for line, case in missing]
    held = tuple(case for case in results if case is not None)
    _keep_in_journal(evidence, ours)
    cleared = Eraser(store, school_key, evidence, lambda: now).clear()
    return Replayed(len(results) - len(held), held, len(wanted) - len(ours), cleared)


def _nothing_to_do(eraser: Eraser) -> bool:
    """Whether journal and database are as they were when last they agreed, and nothing was asked for since."""
    with eraser.store.reading() as tx:
        school = ledger.enrolled_school(tx, eraser.school_key)
        if erasure_book.agreed(tx, school) or erasing.came_back(tx, school, eraser.clock()):
            return False
        never = not erasure_journal.length(eraser.evidence) and erasure_book.newest_done(tx, school) is None
        return never or _state(tx, eraser) == erasure_journal.checked(eraser.evidence, eraser.school_key)


def _state(tx: Transaction, eraser: Eraser) -> str:
    """A database out of an older backup has another newest erasure, one that never was this one another secret."""
    school = ledger.enrolled_school(tx, eraser.school_key)
    newest, length = erasure_book.newest_done(tx, school), erasure_journal.length(eraser.evidence)
    return f"{secret_of(tx, school)} {newest} {length}"


def _carry_out_agreed(eraser: Eraser) -> tuple[tuple[Erased, ...], tuple[int, ...]]:
    """What was carried out, and the cases a hold kept from it."""
    with eraser.store.reading() as tx:
        agreed = [row.id for row in erasure_book.agreed(tx, ledger.enrolled_school(tx, eraser.school_key))]
    results: list[object] = []
    for number in agreed:
        with suppress(ErasureRefused):  # another program, started at the same moment, was faster
            results.append(eraser.carry_out_one(number, INTERRUPTED))
    stopped = tuple(result.case for result in results if isinstance(result, Held))
    if stopped:
        _not_to_be_repeated(eraser, stopped)
    return tuple(result for result in results if isinstance(result, Erased)), stopped


def _unknown(tx: Transaction, school_key: str, lines: Collection[Begun]) -> list[tuple[Begun, int | None]]:
    """Erasures that this database does not know of, each with the case that is to go, if it is there."""
    known = erasure_book.known_as_erased(tx, school_key, [line.item for line in lines])
    missing = [line for line in lines if (line.account, line.item) not in known]
    school, found = ledger.enrolled_school(tx, school_key), []
    for key in sorted({line.account for line in missing}):
        if account := ledger.account_by_key(tx, school, key):  # else it is not enrolled, and never read again
            there = _living(tx, school, account)
            found += [(line, _case(there, line)) for line in missing if line.account == key]
    return found


def _living(tx: Transaction, school: School, account: Account) -> dict[str, int]:
    digest = partial(identity.digest, identity.salt_of(tx, school))
    return {digest(remote_id): case for case, remote_id in erasure_book.living(tx, account)}


def _case(there: dict[str, int], line: Begun) -> int | None:
    return next((there[name] for name in (line.item, *line.other_ids) if name in there), None)


def _again(store: Store, school_key: str, evidence: Path, line: Begun, case: int | None, now: datetime) -> int | None:
    """Erase once more, or, where a hold is on it, say which case."""
    with store.writing() as tx:
        school = ledger.enrolled_school(tx, school_key)
        evidence_log.next_moment(tx, school, now)
        comment = tx.get(Comment, case) if case is not None else _tombstone(tx, school, line)
        if comment is None or comment.erased_at is not None:
            return None
        if holds.on_hold(tx, school, comment.id):
            return comment.id
        why = f"Erased first on {line.at:%d %b %Y} as case {line.case}; a backup had brought it back."
        row = erasure_book.open_for(tx, comment) or erasure_book.add(
            tx, school, comment, basis=line.basis, asked_by=BY, why=why, needs_second=False, now=now
        )
        destroy(tx, evidence, comment, row, Actor(BY, why, INTERRUPTED), now, earlier=line)
    return None


def _tombstone(tx: Transaction, school: School, line: Begun) -> Comment | None:
    account = ledger.account_by_key(tx, school, line.account)
    if account is None:
        return None
    times = {"created_at": line.received_at, "first_seen_at": line.seen_at}
    comment = erasure_book.add_tombstone(tx, account, name=line.item, kind=line.kind, **times)
    tx.add_all(Alias(account_id=account.id, remote_id=name, item_id=comment.id) for name in line.other_ids)
    tx.flush()
    return comment


def _keep_in_journal(evidence: Path, lines: Sequence[Begun]) -> None:
    """A journal that came with the backup may lack what `lines` tell of, and the next restore has to know it too."""
    own = {(line.school, line.item) for line in erasure_journal.standing(erasure_journal.read(evidence))}
    lacking = [line for line in lines if (line.school, line.item) not in own]
    erasure_journal.append(evidence, lacking)


def _not_to_be_repeated(eraser: Eraser, cases: Sequence[int]) -> None:
    """A hold came before what was begun could be committed: a later restore must not do it behind the hold's back."""
    waiting = erasure_journal.unended(erasure_journal.read(eraser.evidence))
    begun = [line for line in waiting if line.school == eraser.school_key and line.case in cases]
    now = eraser.clock()
    erasure_journal.append(eraser.evidence, [Ended(line.school, line.item, "held", now) for line in begun])


def _erase_what_came_back(eraser: Eraser) -> None:
    now = eraser.clock()
    with eraser.store.reading() as tx:
        if not erasing.came_back(tx, ledger.enrolled_school(tx, eraser.school_key), now):
            return
    with eraser.store.writing() as tx:
        school = ledger.enrolled_school(tx, eraser.school_key)
        evidence_log.next_moment(tx, school, now)
        for comment in erasing.came_back(tx, school, now):
            if row := erasure_book.done_for(tx, comment):
                destroy(tx, eraser.evidence, comment, row, Actor(row.asked_by, row.why, INTERRUPTED), now)


def _take_out_what_was_held(eraser: Eraser) -> bool:
    """Take words of erased comments out of evidence whose hold was lifted. True when some are still held."""
    now = eraser.clock()
    with eraser.store.reading() as tx:
        if not erasing.words_held(tx, ledger.enrolled_school(tx, eraser.school_key)):
            return False
    with eraser.store.writing() as tx:
        school = ledger.enrolled_school(tx, eraser.school_key)
        evidence_log.next_moment(tx, school, now)
        held = holds.all_on_hold(tx, school)
        free = [p for p in erasing.words_held(tx, school) if erasing.snapshot_of_part(tx, p).comment_id not in held]
        for item, parts in groupby(free, key=lambda part: part.item_id):
            comment = tx.get(Comment, item)
            row = erasure_book.done_for(tx, comment) if comment else None
            if comment and row:
                take_out_words(tx, eraser.evidence, comment, row, list(parts), now)
        return bool(erasing.words_held(tx, school))
