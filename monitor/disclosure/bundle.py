"""`evidence export`: a bundle about one case or several, which a stranger can verify with nothing of ours.

That it is made is an entry of the evidence log, written and signed before the bundle is, so that the bundle proves
its own making. A comment marked as a suspected indecent image of a child is never in one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.clock import Clock
from monitor.custody import media_gate
from monitor.custody.log import Actor, note
from monitor.custody.sealing import Sealer
from monitor.disclosure.bundle_pieces import Missing, Pieces
from monitor.disclosure.bundle_proofs import LogPart, log_part
from monitor.disclosure.bundle_request import About, Exported, NotExported, Wanted
from monitor.disclosure.third_parties import Named, ThirdParties
from monitor.evidence.handing_out.bag import write_bag
from monitor.evidence.handing_out.blackout import Blackout
from monitor.evidence.handing_out.how_to_verify import TEXTS, how_to_verify
from monitor.evidence.handing_out.statement import Statement, draft_statement
from monitor.school_facts import SchoolFacts
from monitor.seeing import restricted_marks
from monitor.store import evidence_rows, judged, ledger
from monitor.store.engine import Store, Transaction
from monitor.store.evidence_log import Opened
from monitor.store.evidence_rows import Kept
from monitor.store.evidence_tables import LogCheckpoint
from monitor.store.school_tables import School

VERIFY, README, STATEMENT = "verify.py", "README-HOW-TO-VERIFY.txt", "statement-draft.txt"


@dataclass(frozen=True)
class _Chosen:
    """What goes into a bundle, once it is entered in the log and the log is signed."""

    kept: Sequence[Kept]
    left_out: Sequence[int]
    checkpoint: LogCheckpoint
    at: datetime

    @property
    def cases(self) -> list[int]:
        return sorted({each.case for each in self.kept})


@dataclass(frozen=True)
class Bundler:
    """Makes bundles for one school. `leads`: who is responsible for safeguarding. `staff`: who may be named.

    `roots`: files with the root certificates of the time-stamp authorities, by address. `in_words`: an entry of the
    log as people read it.
    """

    store: Store
    school: SchoolFacts
    sealer: Sealer
    clock: Clock
    leads: tuple[str, ...]
    staff: tuple[str, ...]
    roots: Mapping[str, Path]
    in_words: Callable[[Opened], str]

    def export(self, wanted: Wanted, output: Path, actor: Actor) -> Exported:
        """Enter it in the log, sign the log, write the bundle. The caller has made sure of the person's role.

        Raises NotExported, Withheld, FileExistsError, OSError, ClockSetBack, KeyReplaced, KeyUnusable.
        """
        chosen = self._enter(wanted, actor)
        self.sealer.tokens.run()
        with self.store.reading() as tx:
            return self._write(tx, wanted, chosen, output, actor)

    def _enter(self, wanted: Wanted, actor: Actor) -> _Chosen:
        now, checkpoint = self.clock(), None
        with self.store.writing() as tx:
            school = ledger.enrolled_school(tx, self.school.key)
            withheld = media_gate.all_withheld(tx, school)
            of_them = evidence_rows.kept(tx, school, case=wanted.case, since=wanted.since, until=wanted.until)
            found = [each for each in of_them if each.case not in wanted.hidden]
            kept = [each for each in found if each.case not in withheld]
            if wanted.case is not None and wanted.case in withheld.keys() - wanted.hidden:
                note(tx, school, "refused", now, wanted.case, {"what": "export"}, actor)
            else:
                _refuse_what_is_not_ready(kept)
                _note(tx, school, wanted, kept, actor, now)
                checkpoint = self.sealer.seal(tx, school, stamped=True)
        if checkpoint is None:
            raise media_gate.Withheld(f"case {wanted.case}: MEDIA WITHHELD. {media_gate.route(self.leads)}")
        left_out = sorted({each.case for each in found if each.case in withheld})
        return _Chosen(kept, left_out, checkpoint, now)

    def _write(self, tx: Transaction, wanted: Wanted, chosen: _Chosen, output: Path, actor: Actor) -> Exported:
        school = ledger.enrolled_school(tx, self.school.key)
        withheld = media_gate.all_withheld(tx, school)
        if not withheld.keys().isdisjoint(chosen.cases):
            raise NotExported("a case was withheld while the bundle was made; nothing was written, export again")
        blackouts = self._blackouts(tx, school, wanted, chosen.cases)
        missing = Missing.of(tx, school, chosen.kept, withheld | restricted_marks(tx, school))
        pieces = Pieces(self.school.evidence, chosen.kept, missing, blackouts)
        part = log_part(tx, school, chosen.checkpoint, chosen.cases, self.roots)
        about = About(self.school, wanted, len(chosen.cases), actor, chosen.at)

        def tags() -> Mapping[str, bytes]:
            return {
                **part.files,
                **part.proofs({each.position for each in pieces.records}, pieces.sealed, blackouts),
                VERIFY: (TEXTS / VERIFY).read_bytes(),
                README: how_to_verify(about.title, part.checkpoint, part.fingerprint, part.stamps, wanted.black_out),
                STATEMENT: self._statement(about, part, pieces, blackouts),
            }

        write_bag(output, about.top, pieces.payload(), tags, about.info)
        return Exported(
            cases=chosen.cases,
            records=len(pieces.records),
            left_out=chosen.left_out,
            sealed=sorted(pieces.sealed),
            fingerprint=part.fingerprint,
            problems=pieces.problems,
        )

    def _blackouts(
        self, tx: Transaction, school: School, wanted: Wanted, cases: Sequence[int]
    ) -> dict[int, Blackout]:
        if not wanted.black_out:
            return {}
        third_parties = ThirdParties(tx, school, Named(self.staff, wanted.also))
        comments = (judged.comment_of(tx, school, case) for case in cases)
        return {comment.id: third_parties.around(comment) for comment in comments if comment}

    def _statement(self, about: About, part: LogPart, pieces: Pieces, blackouts: Mapping[int, Blackout]) -> bytes:
        custody = []
        for entry in part.custody:
            line, blackout = self.in_words(entry), blackouts.get(entry.case or 0)
            custody.append(blackout.text(line) if blackout else line)
        statement = Statement(
            school=self.school.name,
            timezone=self.school.timezone,
            reference=about.title,
            program=self.school.program,
            size=part.checkpoint.size,
            fingerprint=part.fingerprint,
            made=about.made,
            records=pieces.records,
            custody=custody,
            blacked_out=bool(blackouts),
        )
        return draft_statement(statement)


def _refuse_what_is_not_ready(kept: Sequence[Kept]) -> None:
    if not kept:
        raise NotExported("no evidence is kept of that; school-monitor evidence list names what there is")
    if any(each.position is None for each in kept):
        raise NotExported(
            "some of it was kept before there was an evidence log; school-monitor tick enters it, then try again"
        )


def _note(tx: Transaction, school: School, wanted: Wanted, kept: Sequence[Kept], actor: Actor, now: datetime) -> None:
    """An entry for each case, and for each record that is passed on."""
    for case in sorted({each.case for each in kept}):
        positions = [each.position for each in kept if each.case == case]
        note(tx, school, "export", now, case, {"evidence": positions, "blacked_out": wanted.black_out}, actor)
        for position in positions if wanted.to else ():
            note(tx, school, "share", now, case, {"evidence": position, "with": wanted.to}, actor)
