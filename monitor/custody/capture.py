"""Taking a snapshot of one version of a comment: facts from the store, files on disk, an entry in the evidence log.

The files are complete on disk before the row and the entry are written, in the caller's transaction. Whoever
captures a version that is captured already gets the snapshot there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.fetched import Attachment
from monitor.custody.log import note
from monitor.custody.media_gate import all_withheld
from monitor.evidence.snapshot import Capture, Received, ThreadLine, Who, thread_file, write_snapshot
from monitor.model import Flag
from monitor.school_facts import SchoolFacts
from monitor.store import exclusions, judged, snapshots
from monitor.store.engine import Transaction
from monitor.store.evidence_log import next_moment
from monitor.store.evidence_tables import Snapshot
from monitor.store.item_tables import Comment, Version

BEFORE_AND_AFTER = 3
"""Other messages of the thread that go into a snapshot, on either side of the comment, besides the one it answers."""
LOOK_AGAIN_AFTER = (timedelta(hours=1), timedelta(hours=24))
"""When the network is asked again whether a captured comment is still there, and unchanged."""
SCHEDULE = "the schedule of this program"


@dataclass(frozen=True)
class Occasion:
    """Why a snapshot is taken (a sentence), and who or what has it taken."""

    why: str
    by: str = SCHEDULE


FLAGGED = Occasion("It was flagged when it was read.")
SAMPLED = Occasion("It belongs to the sample of all comments that the school keeps.")
CHANGED = Occasion("It was edited after an earlier version had been kept as evidence.")


@dataclass(frozen=True)
class Capturer:
    """Takes snapshots for one school."""

    school: SchoolFacts

    def capture(
        self,
        tx: Transaction,
        comment: Comment,
        version: Version,
        flags: Sequence[Flag],
        occasion: Occasion,
        now: datetime,
    ) -> Snapshot:
        """Take a snapshot of `version`, or return the one there is. `flags` are those raised on that version.

        Raises OSError when the files cannot be written, and ClockSetBack: then nothing of the transaction may stay.
        """
        if known := snapshots.snapshot_of(tx, version):
            return known
        school = comment.account.school
        next_moment(tx, school, now)  # a clock that was set back is found out before anything is on the disk
        left_out = all_withheld(tx, school).keys() | exclusions.beside_others(tx, school, comment.id)
        around = judged.thread_around(tx, comment, BEFORE_AND_AFTER, left_out)
        capture = self._facts(tx, comment, version, around, occasion, now)
        written = write_snapshot(self.school.evidence, capture, flags)
        position = note(
            tx,
            school,
            "snapshot",
            now,
            comment.id,
            {"snapshot": written.identity, "manifest": written.sha256, "version": version.number,
             "trigger": occasion.why, "triggered_by": occasion.by},
        )  # fmt: skip
        row = snapshots.add(
            tx,
            version,
            kind="snapshot",
            snapshot_id=written.identity,
            path=written.directory.relative_to(self.school.evidence).as_posix(),
            digest=written.sha256,
            position=position,
            captured_at=now,
            card="owed",
        )
        for number, message in enumerate(around):
            snapshots.add_part(tx, row, thread_file(number), message.item_id)
        for wait in LOOK_AGAIN_AFTER:
            snapshots.owe_recheck(tx, row, wait // timedelta(hours=1), now + wait)
        return row

    def in_sample(self, comment: Comment) -> bool:
        """Whether a comment belongs to the sample that is kept of all: the same answer whenever it is asked."""
        what = f"{self.school.key}/{comment.account.key}/{comment.remote_id}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.sha256(what).digest()[:8]) % 100 < self.school.sample_percent

    def _facts(
        self,
        tx: Transaction,
        comment: Comment,
        version: Version,
        around: Sequence[judged.ThreadMessage],
        occasion: Occasion,
        now: datetime,
    ) -> Capture:
        post = judged.post_of(tx, comment)
        return Capture(
            school_key=self.school.key,
            school_name=self.school.name,
            timezone=self.school.timezone,
            account_key=comment.account.key,
            account_label=comment.account.label,
            network=comment.account.network,
            remote_id=comment.remote_id,
            permalink=comment.permalink,
            kind=comment.kind,
            author_name=comment.author_name,
            author_id=comment.author_id,
            text=version.text,
            created_at=comment.created_at,
            captured_at=now,
            first_seen_at=comment.first_seen_at,
            version=version.number,
            trigger=occasion.why,
            triggered_by=occasion.by,
            program_version=self.school.program,
            environment=self.school.environment,
            config_hash=self.school.configuration,
            raw=version.raw,
            live_page=self.school.live_page,
            received=_received(version),
            shown=comment.shown,
            edited_at=comment.edited_at,
            post_id=comment.post_remote_id,
            post_text=post.text if post else "",
            parent_id=comment.parent_remote_id,
            thread=tuple(ThreadLine(_who(message, comment), message.at, message.text) for message in around),
            attachments=tuple(Attachment(each["kind"], each["url"]) for each in comment.attachments),
        )


def _received(version: Version) -> Received | None:
    if version.receipt is None:
        return None
    answer = version.receipt.exchange
    return Received(
        method=answer.method,
        url=answer.url,
        status=answer.status,
        headers=answer.headers,
        received_at=answer.received_at,
        body_digest=answer.body_digest,
        body_length=answer.body_length,
        offset=version.receipt.offset,
        left_out=tuple(version.receipt.left_out),
    )


def _who(message: judged.ThreadMessage, comment: Comment) -> Who:
    if message.is_own:
        return "the school"
    by_author = message.author_id is not None and message.author_id == comment.author_id
    return "the author" if by_author else "someone else"
