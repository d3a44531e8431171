"""Writing the record of conduct: what was kept, who looked, who passed it on, who decided, what was erased.

`note` adds one entry to a school's evidence log, in the caller's transaction: what happened and the entry about it
stand or fall together. `seal` signs the head of the log. What an entry says goes by numbers, never by names or
words of a comment, so that nothing is left to erase in it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.evidence.log.checkpoint import Checkpoint, time_text
from monitor.evidence.log.commitment import commit, new_salt, read_record, record_bytes
from monitor.evidence.log.merkle import Frontier, leaf_hash
from monitor.evidence.log.signing import PublicKey, SigningKey
from monitor.store import evidence_log
from monitor.store.engine import Transaction
from monitor.store.evidence_tables import LogCheckpoint
from monitor.store.school_tables import School

RECORD_VERSION = 1


class KeyReplaced(Exception):
    """The signing key at hand is not the one this log is signed with. One sentence, and what to do."""


@dataclass(frozen=True)
class Actor:
    """A person who acts on evidence. `account`: the computer account it was done from, "anna on office-pc"."""

    name: str
    why: str
    account: str

    def facts(self) -> dict[str, object]:
        """As it stands in a record."""
        return {"by": self.name, "why": self.why, "account": self.account}


def note(
    tx: Transaction,
    school: School,
    kind: str,
    now: datetime,
    case: int | None = None,
    facts: Mapping[str, object] | None = None,
    actor: Actor | None = None,
) -> int:
    """Add an entry to the evidence log and return its position.

    Raises `evidence_log.ClockSetBack` when the clock is before the newest entry, ValueError for facts that a record
    cannot hold.
    """
    at = evidence_log.next_moment(tx, school, now)
    about: dict[str, object] = {} if case is None else {"case": case}
    acted = actor.facts() if actor else {}
    record = record_bytes({"v": RECORD_VERSION, "kind": kind, "at": time_text(at), **about, **acted, **(facts or {})})
    salt = new_salt()
    return evidence_log.add_entry(
        tx,
        school,
        kind=kind,
        case=case,
        commitment=commit(salt, record).hex(),
        salt=salt.hex(),
        record=record.decode("ascii"),
        at=at,
    )


def origin(school_key: str) -> str:
    """The name of a school's log, as the first line of its checkpoints."""
    return f"school-social-monitor/{school_key}"


def seal(tx: Transaction, school: School, key: SigningKey, now: datetime) -> LogCheckpoint | None:
    """Sign the head of the log, when it has grown since it was last signed. Returns the newest checkpoint.

    None: the log is empty. Raises KeyReplaced, ClockSetBack.
    """
    if evidence_log.size(tx, school) == 0:
        return None
    _know_key(tx, school, key.public, now)
    newest = evidence_log.newest_checkpoint(tx, school)
    if newest is not None and newest.size == evidence_log.size(tx, school):
        return newest
    at = evidence_log.next_moment(tx, school, now)
    frontier = Frontier()
    for commitment in evidence_log.commitments(tx, school):
        frontier.add(leaf_hash(bytes.fromhex(commitment)))
    head = Checkpoint(origin(school.key), frontier.size, frontier.root(), at)
    return evidence_log.add_checkpoint(
        tx,
        school,
        size=head.size,
        root=head.root.hex(),
        at=at,
        key=key.public.fingerprint,
        signature=base64.b64encode(key.sign(head.text())).decode("ascii"),
    )


def checkpoint_of(school: School, row: LogCheckpoint) -> Checkpoint:
    """A stored checkpoint as the text that was signed."""
    return Checkpoint(origin(school.key), row.size, bytes.fromhex(row.root), row.at)


def begin_new_key(tx: Transaction, school: School, key: PublicKey, now: datetime, actor: Actor) -> int:
    """Write down that the log is signed with another key from here on, who decided it and why."""
    return note(tx, school, "key", now, facts=_key_facts(key), actor=actor)


def known_keys(tx: Transaction, school: School) -> list[PublicKey]:
    """The public keys the log names, oldest first. The last one is in force."""
    records = (read_record(entry.record or "") for entry in evidence_log.of_kinds(tx, school, {"key"}))
    return [PublicKey.from_pem(str(record["public_key"])) for record in records]


def _know_key(tx: Transaction, school: School, key: PublicKey, now: datetime) -> None:
    known = known_keys(tx, school)
    if not known:
        note(tx, school, "key", now, facts=_key_facts(key))
    elif known[-1].fingerprint != key.fingerprint:
        raise KeyReplaced(
            f"the signing key ({key.fingerprint[:23]}…) is not the one this evidence log is signed with "
            f"({known[-1].fingerprint[:23]}…); put the old key file back from a backup, or, if it is lost, begin a "
            "new one with `school-monitor evidence new-key`, which is written into the log"
        )


def _key_facts(key: PublicKey) -> dict[str, object]:
    return {"fingerprint": key.fingerprint, "public_key": key.pem}
