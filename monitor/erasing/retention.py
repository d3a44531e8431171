"""What is due to go by the school's terms: shown first, erased only as it was shown.

A preview has a code, which is a digest of what is on it. `run` takes the code and refuses when the list has changed
since: nobody erases what nobody has looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from config.policy import PolicyPack
from monitor.custody.log import Actor, note
from monitor.erasing.eraser import Eraser, ErasureRefused
from monitor.erasing.steps import KIND, Erased
from monitor.erasing.terms import TermFacts
from monitor.evidence.backups.copy_tree import Progress
from monitor.model import Case
from monitor.rules import retention as rules
from monitor.store import cases, erasure_book, ledger
from monitor.store.sweeping import sweep

Fate = Literal["erase", "review", "held", "waiting"]
"""erase: its term is over. review: a person has to say where it goes. held: a hold keeps it past its term. waiting:
its erasure was asked for and waits for a second person."""


class RetentionRefused(Exception):
    """Nothing was erased. One sentence: why, and what to do."""


@dataclass(frozen=True)
class Due:
    """One comment whose term is over since `since`. Numbers only: `evidence` counts snapshots and exhibits."""

    case: int
    fate: Fate
    kept_as: str
    since: datetime
    reason: str
    evidence: int
    versions: int
    attachments: int


@dataclass(frozen=True)
class Preview:
    """What is due, in the order of cases. `quarantined`: items nobody could read whose term is over, by number."""

    due: tuple[Due, ...]
    quarantined: tuple[int, ...]

    @property
    def to_erase(self) -> tuple[Due, ...]:
        """What a run erases, or puts up for a second person."""
        return tuple(each for each in self.due if each.fate == "erase")

    @property
    def code(self) -> str:
        """Twelve digits that stand for exactly this list of what would be erased."""
        what = [[d.case, d.kept_as, d.evidence, d.versions, d.attachments] for d in self.to_erase]
        listed = json.dumps([what, list(self.quarantined)]).encode("ascii")
        return hashlib.sha256(listed).hexdigest()[:12]


@dataclass(frozen=True)
class Ran:
    """What a run did. `waiting`: numbers of the erasures a second person has to agree to. `refused`: sentences.

    `cleared`: nothing of what was erased is left on the disk; else it is cleared away at the next start.
    """

    erased: int
    waiting: tuple[int, ...]
    refused: tuple[str, ...]
    quarantined: int
    cleared: bool


@dataclass(frozen=True)
class Retention:
    """Applies a school's terms. `eraser` does the erasing."""

    eraser: Eraser
    policy: PolicyPack

    def preview(self, hidden: Collection[int] = ()) -> Preview:
        """What is due now. What is `hidden` from whoever looks is not on it, and is erased by somebody else."""
        now, terms = self.eraser.clock(), self.policy.retention
        with self.eraser.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.eraser.school_key)
            facts = TermFacts.gather(tx, school)
            shortest = min(terms.unsettled_days, *(each.days for each in terms.classes().values()))
            held_since = cases.kept_since_before(tx, school, self.policy, now - timedelta(days=shortest))
            met = erasure_book.quarantined(tx, school)
        listed = (self._due(case, facts, now) for case in sorted(held_since, key=lambda case: case.id))
        over = tuple(row for row, last_met in met if now >= rules.quarantine_ends(last_met, terms))
        return Preview(tuple(each for each in listed if each and each.case not in hidden), over)

    def run(self, code: str, actor: Actor, progress: Progress, hidden: Collection[int] = ()) -> Ran:
        """Erase what the preview with this code listed. The caller has made sure of the person's role.

        What has evidence waits for a second person. Raises RetentionRefused, ClockSetBack, OSError; what was begun
        then is finished at the next start.
        """
        preview = self.preview(hidden)
        if code != preview.code:
            raise RetentionRefused(
                f"what is due is no longer the list with the code {code}; look at it again with "
                "school-monitor retention preview --by and your name, and run the code it gives"
            )
        waiting, refused, erased = [], [], 0
        for number, each in enumerate(preview.to_erase, 1):
            progress("Erasing", number, len(preview.to_erase))
            try:
                asked = self.eraser.ask(each.case, "retention", replace(actor, why=self._why(each, actor)))
                result = None if asked.waits else self.eraser.carry_out_one(asked.number, actor.account)
            except ErasureRefused as stopped:
                refused.append(str(stopped))
                continue
            if isinstance(result, Erased):
                erased += 1
            else:
                waiting.append(asked.number)
        self._forget_quarantined(preview.quarantined, actor)
        progress("Clearing the disk", 0, 1)
        cleared = self.eraser.clear() and (not preview.quarantined or sweep(self.eraser.store))
        return Ran(erased, tuple(waiting), tuple(refused), len(preview.quarantined), cleared)

    def _due(self, case: Case, facts: TermFacts, now: datetime) -> Due | None:
        kept = facts.of(case, now)
        answer = rules.due(replace(kept, on_hold=False), self.policy.retention, now)
        if isinstance(answer, rules.Keep):
            return None
        fate: Fate = "erase" if isinstance(answer, rules.Erase) else "review"
        if kept.on_hold:
            fate = "held"
        elif case.id in facts.asked:
            fate = "waiting"
        return Due(
            case=case.id,
            fate=fate,
            kept_as=answer.kept_as,
            since=answer.since,
            reason=answer.reason,
            evidence=len(case.evidence),
            versions=len(case.earlier) + 1,
            attachments=len(case.attachments),
        )

    def _why(self, each: Due, actor: Actor) -> str:
        return f"{actor.why} (term {each.kept_as} of the policy {self.policy.id} {self.policy.version} is over)"

    def _forget_quarantined(self, rows: tuple[int, ...], actor: Actor) -> None:
        if not rows:
            return
        now = self.eraser.clock()
        with self.eraser.store.writing() as tx:
            school = ledger.enrolled_school(tx, self.eraser.school_key)
            gone = erasure_book.forget_quarantined(tx, school, rows)
            facts = {"state": "done", "basis": "retention", "positions": [], "quarantined": gone}
            note(tx, school, KIND, now, facts=facts, actor=actor)
