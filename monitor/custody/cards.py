"""Making the cards that are owed. A card that fails is noted and never holds a snapshot up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.clock import Clock
from monitor.custody import media_gate
from monitor.custody.log import note
from monitor.evidence.card.card import Withheld
from monitor.evidence.card.render import Card, CardFailed, render_card
from monitor.evidence.files import sha256_of
from monitor.evidence.folder_check import CARD_LIST
from monitor.store import exclusions, ledger, snapshots
from monitor.store.engine import Store
from monitor.store.evidence_tables import Snapshot

log = logging.getLogger("monitor.evidence")

TRY_AGAIN = timedelta(hours=1)
"""After a card failed, or came out in words only; the disk may have been full or the machine busy."""
AT_ONCE = 50
"""Cards made in one round, so that a pile-on does not keep the mail waiting."""


@dataclass(frozen=True)
class CardMaker:
    """Makes cards for the snapshots of one school. `leads`: names of the people responsible for safeguarding."""

    store: Store
    school_key: str
    folder: Path
    leads: tuple[str, ...]
    clock: Clock

    def run(self) -> int:
        """Make what is owed, at most `AT_ONCE`. Returns how many were made."""
        return sum(self._make(*each) for each in self._owed())

    def _owed(self) -> list[tuple[Snapshot, Withheld | None, frozenset[str]]]:
        with self.store.reading() as tx:
            school = ledger.school_by_key(tx, self.school_key)
            if school is None:
                return []
            marks = media_gate.all_withheld(tx, school)
            hidden = marks.keys() | exclusions.restricted(tx, school).keys()
            owed = snapshots.cards_owed(tx, school, self.clock() - TRY_AGAIN, AT_ONCE)
            return [
                (
                    snapshot,
                    self._withheld(snapshot, marks.get(snapshot.comment_id)),
                    snapshots.files_with_words_of(tx, snapshot, hidden),
                )
                for snapshot in owed
            ]

    def _withheld(self, snapshot: Snapshot, mark: media_gate.Mark | None) -> Withheld | None:
        if mark is None:
            return None
        return Withheld(media_gate.route(self.leads), mark.at, snapshot.comment_id)

    def _make(self, snapshot: Snapshot, withheld: Withheld | None, hidden: frozenset[str]) -> bool:
        """Make one card, without the words of what is `hidden`, and note it. True: with pictures or without."""
        directory = self.folder / snapshot.path
        try:
            card = render_card(directory, withheld, hidden)
            digest = f"sha256:{sha256_of(directory / CARD_LIST)}"
        except (CardFailed, OSError) as failure:
            words = failure.strerror if isinstance(failure, OSError) else str(failure)
            log.warning("evidence card %d: %s", snapshot.id, words)
            self._settle(snapshot, "failed", None)
            return False
        if card.problem:
            log.warning("evidence card %d: %s", snapshot.id, card.problem)
        self._settle(snapshot, "made" if card.pictures else "text", (card, digest))
        return True

    def _settle(self, snapshot: Snapshot, state: str, made: tuple[Card, str] | None) -> None:
        now = self.clock()
        with self.store.writing() as tx:
            snapshots.settle_card(tx, snapshot.id, state, now)
            school = ledger.school_by_key(tx, self.school_key)
            if made is None or school is None:
                return
            card, digest = made
            facts = {"evidence": snapshot.position, "files": digest, "pictures": card.pictures}
            note(tx, school, "card", now, snapshot.comment_id, facts)
