"""Photographing the public page of what was captured, where the school wants it and a browser is installed.

The record is what the network's interface answered; this is a view from outside. Where there is no photograph, the
reason stands in the evidence log in its place.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from monitor.clock import Clock
from monitor.custody import media_gate
from monitor.custody.exhibits import Exhibits, NoSuchCase
from monitor.custody.log import note
from monitor.evidence.files import make_folder
from monitor.evidence.log.commitment import read_record
from monitor.evidence.outside.browser import find_browser
from monitor.evidence.outside.egress import PUBLIC, Egress
from monitor.evidence.outside.live_page import LivePage, LivePageFailed, capture_live_page
from monitor.evidence.outside.warc import SUFFIX
from monitor.store import evidence_log, ledger, snapshots
from monitor.store.engine import Store

log = logging.getLogger("monitor.evidence")

KIND = "live_page"
ONLY_WITHIN = timedelta(hours=24)
"""After its capture; a later photograph would show another day."""
AT_ONCE = 3
"""Pages in one round: each takes seconds, and cards must not wait."""
SCRATCH = ".live"
NO_BROWSER = "no browser is installed that could photograph it"


@dataclass(frozen=True)
class LivePages:
    """Photographs pages for one school. `browser`: the one the school named; None: where it usually is."""

    store: Store
    school_key: str
    exhibits: Exhibits
    browser: Path | None
    clock: Clock
    egress: Egress = PUBLIC

    def run(self) -> int:
        """Photograph what is owed, at most `AT_ONCE`. Returns how many photographs were kept."""
        return sum(self._photograph(*each) for each in self._owed())

    def _owed(self) -> list[tuple[int, int, str]]:
        """(case, entry of its snapshot, address), the newest first: they may not be there for long."""
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, self.school_key)
            withheld = media_gate.all_withheld(tx, school)
            done = {
                read_record(entry.record or "").get("evidence") for entry in evidence_log.of_kinds(tx, school, {KIND})
            }
            recent = snapshots.captured_since(tx, school, self.clock() - ONLY_WITHIN)
            return [
                (snapshot.comment_id, snapshot.position, snapshot.comment.permalink)
                for snapshot in recent
                if snapshot.position is not None
                and snapshot.position not in done
                and snapshot.comment_id not in withheld
            ][:AT_ONCE]

    def _photograph(self, case: int, position: int, address: str) -> bool:
        try:
            self._keep(case, self._page_at(address), address)
        except (LivePageFailed, media_gate.Withheld, NoSuchCase) as failed:
            log.info("case %d has no photograph of its page: %s", case, failed)
            self._give_up(case, position, str(failed))
            return False
        return True

    def _page_at(self, address: str) -> LivePage:
        school = self.exhibits.capturer.school
        browser, scratch = find_browser(self.browser), school.evidence / SCRATCH
        if browser is None:
            raise LivePageFailed(NO_BROWSER)
        make_folder(scratch)
        return capture_live_page(
            address, browser, scratch, now=self.clock(), software=school.program, egress=self.egress
        )

    def _keep(self, case: int, page: LivePage, address: str) -> None:
        files = {"page.png": page.png} | ({f"page{SUFFIX}": page.warc} if page.warc else {})
        facts = {
            "address": address,
            "picture": {"kind": "png", "width": page.width, "height": page.height, "cut": page.cut},
            "images_shown": page.images,
            "not_given_to_the_page": page.refused,
            "html_sha256": page.html_sha256,
            "answered_from": page.ip,
            "browser": page.browser,
            "no_archive": page.no_warc,
        }
        with self.store.writing() as tx:
            school = ledger.enrolled_school(tx, self.school_key)
            self.exhibits.keep_live_page(tx, school, case, facts, files, self.clock())

    def _give_up(self, case: int, position: int, reason: str) -> None:
        with self.store.writing() as tx:
            school = ledger.enrolled_school(tx, self.school_key)
            note(tx, school, KIND, self.clock(), case, {"evidence": position, "not_made": reason})
