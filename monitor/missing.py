"""Asking by id for what a run did not meet: not to be met proves nothing, to be asked for and absent does.

First come items under threads that were just read whole without them, then those whose first absence wants a second
look, then, now and again, every item that no read meets any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from connectors.base import Budget, Connector, Verdict
from monitor.custody import rechecks
from monitor.ledger_line import LedgerBook, Line, RunResult
from monitor.store import judged, keep

VERIFY_FOR = timedelta(days=30)
"""How long after it was made an item that no read meets any more is asked for by its id."""
VERIFY_AT_MOST = 200
"""Items asked for by id in one run."""


def look_for_the_missing(
    book: LedgerBook,
    connector: Connector,
    started: datetime,
    budget: Budget,
    whole_threads: Collection[str],
    result: RunResult,
) -> None:
    """Ask for what the run begun at `started` should have met and did not. `whole_threads`: read without a gap."""
    with book.store.reading() as tx:
        account = book.account(tx)
        unmet_since = started - connector.capabilities.verify_every
        suspects = judged.unmet_under(tx, account, whole_threads, started, VERIFY_AT_MOST)
        unmet = judged.to_verify(tx, account, started, unmet_since, started - VERIFY_FOR, VERIFY_AT_MOST)
        second_looks = rechecks.any_due(tx, account, started)
        again = rechecks.wanted(tx, account, started) if second_looks else []
        ids = [*again, *(item.remote_id for item in (*suspects, *unmet))]
        wanted = list(dict.fromkeys(ids))[:VERIFY_AT_MOST]
    verdicts: Mapping[str, Verdict] = {}
    if wanted:
        with book.line("verify", started, result) as line:
            verdicts = _ask_for(wanted, book, connector, budget, line)
    if not second_looks:
        return
    with book.store.writing() as tx:
        rechecks.settle(tx, book.account(tx), started, verdicts, book.clock())


def _ask_for(
    wanted: list[str], book: LedgerBook, connector: Connector, budget: Budget, line: Line
) -> Mapping[str, Verdict]:
    try:
        verdicts = connector.verify(wanted, budget)
    finally:
        line.calls = budget.calls
    now = book.clock()
    with book.store.writing() as tx:
        account = book.account(tx)
        for remote_id in wanted:
            if item := keep.find_item(tx, account, remote_id):
                line.gone += keep.note_verdict(item, verdicts.get(remote_id, Verdict.UNKNOWN), now)
        line.items, line.complete = len(verdicts), True
        line.write(tx)
    return verdicts
