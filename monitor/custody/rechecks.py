"""Second looks at what was captured: an hour and a day later, is it still there, and does it still say the same?

A removal by the network or the author says something about the case; so does its absence. What is found goes into
the evidence log. We never say "gone": only that we could not see it at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.base import Verdict
from monitor.custody.log import note
from monitor.store import snapshots
from monitor.store.engine import Transaction
from monitor.store.evidence_tables import Recheck
from monitor.store.item_tables import Item
from monitor.store.presence import presence
from monitor.store.school_tables import Account

GIVE_UP_AFTER = timedelta(days=2)
"""How long after its time a second look is still tried when the network will not say."""
NOT_SAID = "the network would not say"


def any_due(tx: Transaction, account: Account, started: datetime) -> bool:
    """Whether a second look at anything of this account is due."""
    return bool(snapshots.rechecks_due(tx, account, started))


def wanted(tx: Transaction, account: Account, started: datetime) -> list[str]:
    """Ids to ask the network for: of captured comments whose second look is due and that this run did not meet."""
    due = (recheck.snapshot.comment for recheck in snapshots.rechecks_due(tx, account, started))
    return [item.remote_id for item in due if item.last_seen_at < started]


def settle(
    tx: Transaction, account: Account, started: datetime, verdicts: Mapping[str, Verdict], now: datetime
) -> int:
    """Write down what the run begun at `started` found. Returns how many second looks that settled.

    `verdicts` are the network's answers by remote id. One it would not answer for is asked for again.
    """
    settled = 0
    for recheck in snapshots.rechecks_due(tx, account, started):
        item = recheck.snapshot.comment
        found = _found(item, recheck, started, verdicts.get(item.remote_id))
        if found is None and now - recheck.due_at < GIVE_UP_AFTER:
            continue
        recheck.done_at, recheck.found = now, found or NOT_SAID
        facts = {"evidence": recheck.snapshot.position, "after_hours": recheck.hours, "found": recheck.found}
        note(tx, account.school, "recheck", now, item.id, facts)
        settled += 1
    return settled


def _found(item: Item, recheck: Recheck, started: datetime, verdict: Verdict | None) -> str | None:
    """What a second look saw, in words; None when it saw nothing either way."""
    if verdict is Verdict.GONE or item.gone_at is not None:
        return "not visible to us"
    if item.last_seen_at < started and verdict is not Verdict.PRESENT:
        return None
    latest, captured = item.versions[-1].number, recheck.snapshot.version.number
    words = "unchanged" if latest == captured else f"edited since: now version {latest}"
    return f"{presence(item).value}, {words}"
