"""Making the cards that are owed. A card that fails is noted and never holds a snapshot up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.clock import Clock
from monitor.evidence.render import CardFailed, render_card
from monitor.store import judged
from monitor.store.engine import Store

log = logging.getLogger("monitor.evidence")

TRY_AGAIN = timedelta(hours=1)
"""After a card failed; the disk may have been full or the machine busy."""
AT_ONCE = 50
"""Cards made in one round, so that a pile-on does not keep the mail waiting."""


@dataclass(frozen=True)
class CardMaker:
    """Makes cards for the snapshots of one school."""

    store: Store
    school_key: str
    folder: Path
    clock: Clock

    def run(self) -> int:
        """Make what is owed, at most `AT_ONCE`. Returns how many were made."""
        made = 0
        now = self.clock()
        with self.store.reading() as tx:
            owed = judged.cards_owed(tx, self.school_key, now - TRY_AGAIN, AT_ONCE)
        for row, path in owed:
            try:
                render_card(self.folder / path)
                state = "made"
                made += 1
            except CardFailed as failure:
                log.warning("evidence card %d: %s", row, failure)
                state = "failed"
            with self.store.writing() as tx:
                judged.settle_card(tx, row, state, now)
        return made
