"""What happened since the backup was taken, as far as the database that is replaced can still be read.

Three things of that time must not be lost with it: which mails were sent, which comments are withheld, and which are
under a legal hold. Everything else that was done since is gone from the restored database, and the entry about the
restore says which entries of the evidence log those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.custody import media_gate
from monitor.custody.log import note
from monitor.erasing import holds
from monitor.evidence.log.commitment import read_record
from monitor.evidence.log.merkle import Tree, leaf_hash
from monitor.store import evidence_log, ledger, restored
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_log import Opened
from monitor.store.restored import Identity, Mail
from monitor.store.school_tables import School

STANDING = frozenset({media_gate.KIND, holds.PLACED, holds.LIFTED})
"""Kinds of entries that say what may be done with a comment from then on."""
_OF_THE_ENTRY = frozenset({"v", "kind", "at", "case"})


@dataclass(frozen=True)
class Since:
    """What the replaced database says of one school.

    `log`: its evidence log. `mails`: what became of each. `standing`: entries that say what may be done with a
    comment, with the comment they are about; None where it is not there any more.
    """

    log: Tree
    mails: Sequence[Mail]
    standing: Sequence[tuple[Opened, Identity | None]]

    def continues(self, size: int, root: bytes) -> bool:
        """Whether this log begins with the one of that size and root."""
        return self.log.size >= size and self.log.root(size) == root


def log_of(tx: Transaction, school: School) -> Tree:
    """The evidence log of a school as it stands."""
    return Tree(leaf_hash(bytes.fromhex(each)) for each in evidence_log.commitments(tx, school))


def look_into(store: Store, school_key: str) -> Since | None:
    """Read it. None: the database knows no such school. Raises ValueError for a log that was tampered with."""
    with store.reading() as tx:
        school = ledger.school_by_key(tx, school_key)
        if school is None:
            return None
        standing = evidence_log.of_kinds(tx, school, STANDING)
        comments = restored.identities(tx, {entry.case for entry in standing if entry.case is not None})
        return Since(
            log=log_of(tx, school),
            mails=restored.all_mails(tx, school),
            standing=[(entry, comments.get(entry.case or 0)) for entry in standing],
        )


def bring_over(tx: Transaction, school: School, since: Since, now: datetime) -> tuple[int, list[Opened]]:
    """Enter in the restored log what stands about comments since the backup.

    Each entry is made anew with the words, the person and the computer account of the old one, and says which entry
    of the replaced log that was. Returns how many, and the entries about comments that the backup does not hold.
    """
    known = {entry.record for entry in evidence_log.of_kinds(tx, school, STANDING)}
    done, without_comment = 0, []
    for entry, identity in since.standing:
        if entry.record is None or entry.record in known:
            continue
        case = restored.case_of(tx, school, identity) if identity else None
        if case is None:
            without_comment.append(entry)
            continue
        record = read_record(entry.record)
        facts = {name: value for name, value in record.items() if name not in _OF_THE_ENTRY}
        note(tx, school, str(entry.kind), now, case, facts | {"again": entry.position, "first_at": record["at"]})
        done += 1
    return done, without_comment
