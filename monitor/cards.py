"""Making the cards that are owed. A card that fails is noted and never holds a snapshot up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from monitor.evidence.render import CardFailed, render_card
from monitor.store import judged
from monitor.store.engine import Store

log = logging.getLogger("monitor.evidence")

AT_ONCE = 50
"""Cards made in one round, so that a pile-on does not keep the mail waiting."""


@dataclass(frozen=True)
class CardMaker:
    """Makes cards for snapshots under one evidence folder."""

    store: Store
    folder: Path

    def run(self) -> int:
        """Make what is owed, at most `AT_ONCE`. Returns how many were made."""
        made = 0
        with self.store.reading() as tx:
            owed = judged.cards_owed(tx, AT_ONCE)
        for row, path in owed:
            try:
                render_card(self.folder / path)
                state = "made"
                made += 1
            except CardFailed as failure:
                log.warning("evidence card %d: %s", row, failure)
                state = "failed"
            with self.store.writing() as tx:
                judged.settle_card(tx, row, state)
        return made
