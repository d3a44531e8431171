"""Asking by id for what a run did not meet: not to be met proves nothing, to be asked for and absent does.

First come items under threads that were just read whole without them, then those whose first absence wants a second
look, then, now and again, every item that no read meets any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from connectors.base import Capabilities, Connector, Verdict
from connectors.budget import Budget
from monitor.custody import rechecks
from monitor.ledger_line import LedgerBook, Line, RunResult
from monitor.store import judged, known, presence
from monitor.store.engine import Transaction
from monitor.store.item_tables import Item
from monitor.store.school_tables import Account

VERIFY_FOR = timedelta(days=30)
"""How long after it was made an item that no read meets any more is asked for by its id."""
OLD = timedelta(days=7)
"""From this age on an item may be asked for more seldom, where asking costs money."""
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
        suspects = judged.unmet_under(tx, account, whole_threads, started, VERIFY_AT_MOST)
        unmet = _unmet(tx, account, connector.capabilities, started)
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


def _unmet(tx: Transaction, account: Account, able: Capabilities, started: datetime) -> list[Item]:
    """What has not been met for too long. If there is any, so is what would be soon: one call asks for many."""
    wanted = judged.Unmet(
        since=started - able.verify_every,
        old_before=started - OLD,
        old_since=started - (able.verify_old_every or able.verify_every),
        oldest=started - VERIFY_FOR,
    )
    unmet = judged.to_verify(tx, account, started, wanted, VERIFY_AT_MOST)
    if not unmet:
        return unmet
    return judged.to_verify(tx, account, started, wanted.sooner(able.verify_every / 4), VERIFY_AT_MOST)


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
            if item := known.find_item(tx, account, remote_id):
                line.gone += presence.note_verdict(item, verdicts.get(remote_id, Verdict.UNKNOWN), now)
        line.items, line.complete = len(verdicts), True
        line.write(tx)
    return verdicts
