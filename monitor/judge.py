"""What we conclude about a comment the moment we see it: its deadline, its flags, its evidence, the mails owed.

Snapshot first, judgement second: the capture is made from the payload as it came and is safe on disk before a flag
is written. The flags, the deadline and the owed mails go into the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

from config.policy import PolicyPack, ResponseRule
from connectors.base import Attachment, Exchange, FetchedItem
from monitor.evidence.snapshot import Capture, ThreadLine, Who, write_snapshot
from monitor.language.flags import judge as flags_in
from monitor.language.tags import tags_of
from monitor.model import Category, Deadline, Facts, Flag
from monitor.rules.response import due_at
from monitor.rules.slots import next_digest
from monitor.store import judged, ledger, outbox
from monitor.store.engine import Transaction
from monitor.store.keep import Kept, Outcome
from monitor.store.tables import Comment

THREAD_CONTEXT = 6
"""Other messages of the thread that go into a snapshot."""


@dataclass(frozen=True)
class SchoolFacts:
    """What judging needs to know of the school. Times of day are local to it."""

    key: str
    name: str
    timezone: str
    policy: PolicyPack
    rule: ResponseRule
    moderators: tuple[str, ...]
    digest_at: time
    evidence: Path
    program: str
    """Name and version of this program."""
    configuration: str
    """Digest of the settings in force, secrets left out."""


@dataclass(frozen=True)
class Judge:
    """Judges kept items for one school."""

    school: SchoolFacts

    def judge(
        self, tx: Transaction, kept: Kept, fetched: FetchedItem, exchanges: Sequence[Exchange], now: datetime
    ) -> bool:
        """Conclude on a comment that is new or has new words. True when it was flagged. Replies are not judged."""
        comment = kept.item
        if not isinstance(comment, Comment):
            return False
        text = kept.version.text
        flags = list(flags_in(text, self.school.policy))
        if problem := self._set_deadline(tx, comment, text, kept.outcome, now):
            flags.append(problem)
        flags = [replace(flag, version=kept.version.number) for flag in flags]
        if flags:
            self._keep_evidence(tx, comment, kept, flags, fetched, exchanges, now)
            judged.raise_flags(tx, kept.version, flags, now)
        if flags or kept.outcome is Outcome.NEW:
            slot = next_digest(now, self.school.timezone, self.school.rule, self.school.digest_at)
            school = comment.account.school
            outbox.owe(tx, school, outbox.DIGEST, slot.key, self.school.moderators, slot.opens_at)
        return bool(flags)

    def _set_deadline(
        self, tx: Transaction, comment: Comment, text: str, outcome: Outcome, now: datetime
    ) -> Flag | None:
        """Compute the deadline once; again only if none was owed so far, or the policy lets an edit restart it."""
        if outcome is Outcome.EDITED and comment.due_at is not None and not self.school.rule.edit_restarts:
            return None
        tags = tags_of(text)
        facts = Facts(first_seen_at=comment.first_seen_at, edited_at=comment.edited_at, tags=tags)
        policy = ledger.policy_in_force(
            tx,
            comment.account.school,
            self.school.policy.id,
            self.school.policy.version,
            self.school.policy.response_clause,
            self.school.rule.model_dump_json(),
            now,
        )
        try:
            deadline = due_at(comment.created_at, self.school.timezone, self.school.rule, facts)
        except ValueError as problem:
            # A time no calendar holds, for example. The comment is kept, and a person is told to look.
            judged.set_deadline(comment, Deadline(None, (str(problem),)), sorted(tags), policy)
            return _no_deadline(problem)
        judged.set_deadline(comment, deadline, sorted(tags), policy)
        return None

    def _keep_evidence(
        self,
        tx: Transaction,
        comment: Comment,
        kept: Kept,
        flags: Sequence[Flag],
        fetched: FetchedItem,
        exchanges: Sequence[Exchange],
        now: datetime,
    ) -> None:
        capture = self._capture(tx, comment, kept, exchanges, now)
        written = write_snapshot(self.school.evidence, capture, flags, fetched.raw)
        path = written.directory.relative_to(self.school.evidence).as_posix()
        judged.record_snapshot(tx, kept.version, written.snapshot_id, path, written.sha256, now)

    def _capture(
        self, tx: Transaction, comment: Comment, kept: Kept, exchanges: Sequence[Exchange], now: datetime
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
            text=kept.version.text,
            created_at=comment.created_at,
            captured_at=now,
            first_seen_at=comment.first_seen_at,
            version=kept.version.number,
            trigger="read by the schedule or by hand; kept because it was flagged",
            program_version=self.school.program,
            config_hash=self.school.configuration,
            shown=comment.shown,
            edited_at=comment.edited_at,
            post_id=comment.post_remote_id,
            post_text=post.text if post else "",
            parent_id=comment.parent_remote_id,
            thread=tuple(
                ThreadLine(_who(line, comment), line.at, line.text)
                for line in judged.thread_of(tx, comment, THREAD_CONTEXT)
            ),
            attachments=tuple(Attachment(each["kind"], each["url"]) for each in comment.attachments),
            exchanges=tuple(exchanges),
        )


def _who(line: judged.ThreadMessage, comment: Comment) -> Who:
    if line.is_own:
        return "the school"
    return "the author" if line.author_id is not None and line.author_id == comment.author_id else "someone else"


def _no_deadline(problem: ValueError) -> Flag:
    return Flag(
        category=Category.COULD_NOT_BE_CHECKED,
        severity="concern",
        score=1.0,
        detector="deadline/1",
        start=0,
        end=0,
        reason=f"No deadline could be worked out: {problem}. Please look at this comment yourself.",
    )
