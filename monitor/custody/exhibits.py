"""What is kept beside a snapshot: a moderator's own screen print, fetched attachments, the live page.

Each is a write-once folder with an entry of its own in the evidence log, beside a snapshot of the comment's words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.fetched import Attachment
from monitor.custody import media_gate
from monitor.custody.capture import Capturer, Occasion
from monitor.custody.log import Actor, note
from monitor.evidence.card.card_files import remove_card
from monitor.evidence.exhibit import write_exhibit
from monitor.evidence.outside.egress import PUBLIC, Egress
from monitor.evidence.outside.media import MEDIA_HOSTS, MediaFile, NotFetched, fetch_attachments
from monitor.evidence.screen_print import ScreenPrint
from monitor.store import cases, judged, ledger, snapshots
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_log import next_moment
from monitor.store.evidence_tables import Snapshot
from monitor.store.item_tables import Comment
from monitor.store.school_tables import School


class NoSuchCase(LookupError):
    """There is no such case, or it was erased. One sentence."""


@dataclass(frozen=True)
class Exhibits:
    """Keeps exhibits for one school. `leads`: names of the people responsible for safeguarding."""

    capturer: Capturer
    leads: tuple[str, ...]
    egress: Egress = PUBLIC
    """The way out, for attachments."""

    def add_screen_print(
        self, tx: Transaction, school: School, case: int, screen_print: ScreenPrint, actor: Actor, now: datetime
    ) -> Snapshot:
        """Keep a screen print that somebody made. Raises NoSuchCase, Withheld, OSError, ClockSetBack."""
        comment = self._comment(tx, school, case)
        media_gate.refuse_if_withheld(tx, school, case, self.leads)
        facts = {
            "picture": {"kind": screen_print.kind, "width": screen_print.width, "height": screen_print.height},
            "sha256": screen_print.sha256,
            **actor.facts(),
        }
        files = {f"screen-print{screen_print.suffix}": screen_print.content}
        occasion = Occasion("Somebody added a screen print to it.", actor.name)
        return self._keep(tx, comment, "screen_print", facts, files, occasion, actor, now)

    def keep_live_page(
        self,
        tx: Transaction,
        school: School,
        case: int,
        facts: Mapping[str, object],
        files: Mapping[str, bytes],
        now: datetime,
    ) -> Snapshot:
        """Keep a photograph of the public page. Raises NoSuchCase, Withheld, OSError, ClockSetBack."""
        comment = self._comment(tx, school, case)
        media_gate.refuse_if_withheld(tx, school, case, self.leads)
        return self._keep(tx, comment, "live_page", facts, files, Occasion("Its page was photographed."), None, now)

    def fetch_media(
        self, store: Store, school_key: str, case: int, actor: Actor, now: datetime
    ) -> list[MediaFile | NotFetched]:
        """Open the gate for one comment and fetch what is attached to it. The caller has made sure of the role.

        Returns each attachment, or why it is not there. Raises NoSuchCase, Withheld, OSError, ClockSetBack.
        """
        with store.writing() as tx:
            school = ledger.enrolled_school(tx, school_key)
            comment = self._comment(tx, school, case)
            media_gate.open_gate(tx, school, case, actor, self.leads, now)
            wanted = [Attachment(each["kind"], each["url"]) for each in comment.attachments]
            hosts = MEDIA_HOSTS.get(comment.account.network, ())
        fetched = fetch_attachments(wanted, hosts, egress=self.egress)
        with store.writing() as tx:
            school = ledger.enrolled_school(tx, school_key)
            # Somebody may have closed the gate for good meanwhile: then nothing that came is kept.
            media_gate.refuse_if_withheld(tx, school, case, self.leads)
            files = {found.name: found.content for found in fetched if isinstance(found, MediaFile)}
            if files:
                occasion = Occasion("Somebody had its attachments fetched.", actor.name)
                comment = self._comment(tx, school, case)
                self._keep(tx, comment, "media", {"attachments": _told(fetched)}, files, occasion, actor, now)
        return fetched

    def withhold(self, tx: Transaction, school: School, case: int, actor: Actor, now: datetime) -> None:
        """Close the gate for good, and have cards drawn anew, its own and others, without a word or picture of it.

        Its words are kept first, as the police may need them. Raises NoSuchCase, OSError, ClockSetBack.
        """
        comment = self._comment(tx, school, case)
        version = comment.versions[-1]
        occasion = Occasion("Somebody suspects that it shows a child indecently.", actor.name)
        self.capturer.capture(tx, comment, version, cases.flags_of(tx, version), occasion, now)
        media_gate.withhold(tx, school, case, actor, now)
        snapshots.owe_card(tx, case)
        for other in snapshots.with_words_of(tx, case):
            remove_card(self.capturer.school.evidence / other.path)
            other.card, other.card_tried_at = "owed", None

    def _comment(self, tx: Transaction, school: School, case: int) -> Comment:
        comment = judged.comment_of(tx, school, case)
        if comment is None or comment.erased_at is not None:
            raise NoSuchCase(f"there is no case {case}; school-monitor queue lists what waits")
        return comment

    def _keep(
        self,
        tx: Transaction,
        comment: Comment,
        kind: str,
        facts: Mapping[str, object],
        files: Mapping[str, bytes],
        occasion: Occasion,
        actor: Actor | None,
        now: datetime,
    ) -> Snapshot:
        version, school = comment.versions[-1], comment.account.school
        of = self.capturer.capture(tx, comment, version, cases.flags_of(tx, version), occasion, now)
        identity = _identity(school.key, comment.id, kind, files)
        if known := snapshots.by_snapshot_id(tx, identity):
            return known
        next_moment(tx, school, now)  # a clock that was set back is found out before anything is on the disk
        about = {"kind": kind, "case": comment.id, "snapshot": of.snapshot_id, "version": version.number}
        folder = self.capturer.school.evidence
        written = write_exhibit(folder, identity, comment.created_at, {**about, "added_at": now, **facts}, files)
        entry = {"evidence": of.position, "snapshot": identity, "manifest": written.sha256}
        position = note(tx, school, kind, now, comment.id, entry, actor)
        return snapshots.add(
            tx,
            version,
            kind=kind,
            snapshot_id=identity,
            path=written.directory.relative_to(folder).as_posix(),
            digest=written.sha256,
            position=position,
            captured_at=now,
            card="none",
        )


def _identity(school_key: str, case: int, kind: str, files: Mapping[str, bytes]) -> str:
    """The same for the same files on the same case, so that adding them twice keeps them once."""
    digest = hashlib.sha256(f"{school_key}/{case}/{kind}".encode())
    for name in sorted(files):
        digest.update(f"/{name}/".encode() + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()[:32]


def _told(fetched: Sequence[MediaFile | NotFetched]) -> list[dict[str, object]]:
    return [
        {"address": each.address, "file": each.name, "declared_type": each.declared_type, "from": each.final_host}
        if isinstance(each, MediaFile)
        else {"address": each.address, "not_fetched": each.reason}
        for each in fetched
    ]
