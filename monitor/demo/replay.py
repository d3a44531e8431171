"""`demo --replay`: the whole job over payloads recorded from the live networks, and an account of every item."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.loading import load_settings
from config.secrets import all_secrets
from monitor.clock import SetClock
from monitor.demo.networks import stand_ins
from monitor.demo.recorded import Recorded
from monitor.demo.workplace import DemoSchool, open_workplace, write_configuration
from monitor.ledger_line import RunResult
from monitor.logs import start_logging
from monitor.round import read_accounts, tell
from monitor.store import archive, judged, ledger
from monitor.store.engine import Transaction
from monitor.store.school_tables import Account
from monitor.wiring import App, build_app

SUBREDDIT = "recorded"
CALLS = 10_000
"""Recorded threads are served one post at a time; a school's daily limits have no meaning here."""


@dataclass(frozen=True)
class NetworkFigures:
    """What became of one network's recordings: served = kept + own_posts + quarantined.

    `read` counts an item again for every list it stands in. `own_posts` are the account's own posts, kept as posts.
    `texts` counts the further texts that an item was recorded with. `reasons`: why items are in quarantine, and how
    many for each reason.
    """

    network: str
    served: int
    read: int
    kept: int
    own_posts: int
    texts: int
    own_replies: int
    flagged: int
    due: int
    quarantined: int
    reasons: Mapping[str, int]
    failures: Sequence[str]


def replay(recordings: Mapping[str, Recorded], folder: Path) -> tuple[App, list[NetworkFigures]]:
    """Serve the recordings, do the whole job once, and count."""
    anchor = max(recorded.anchor for recorded in recordings.values())
    place = open_workplace(folder, anchor)
    school = _school(recordings, place.anchor)
    clock = SetClock(place.anchor)
    worlds = {name: recorded.world for name, recorded in recordings.items()}
    with stand_ins(worlds, place, SUBREDDIT, clock, {}) as networks:
        write_configuration(place, school, {name: network.url for name, network in networks.items()})
        settings = load_settings(place.configuration, os.environ)
        start_logging(all_secrets(settings), logging.ERROR)
        app = build_app(settings, clock)
        results = {result.account: result for result in read_accounts(app, list(settings.accounts))}
        tell(app)
    with app.store.reading() as tx:
        return app, [
            _figures(tx, ledger.enrolled_account(tx, school.key, name), recorded, results[name])
            for name, recorded in recordings.items()
        ]


def _figures(tx: Transaction, account: Account, recorded: Recorded, result: RunResult) -> NetworkFigures:
    counts = judged.counts(tx, account)
    served = {message.id for message in recorded.world.messages}
    return NetworkFigures(
        network=account.key,
        served=len(served),
        read=result.items + counts["quarantined"],
        kept=counts["comments"] + counts["replies"],
        own_posts=len(served & archive.post_ids(tx, account)),
        texts=len(recorded.world.messages) - len(served),
        own_replies=counts["replies"],
        flagged=counts["flagged"],
        due=counts["due"],
        quarantined=counts["quarantined"],
        reasons=Counter(archive.quarantine_reasons(tx, account)),
        failures=tuple(result.failures),
    )


def _school(recordings: Mapping[str, Recorded], now: datetime) -> DemoSchool:
    return DemoSchool(
        name="Replay of recorded payloads",
        key="replay",
        page_id=recordings["facebook"].school.id,
        x_user_id=recordings["x"].school.id,
        reddit_user=recordings["reddit"].school.handle or recordings["reddit"].school.name,
        subreddit=SUBREDDIT,
        lookback_days={
            name: recorded.lookback_days + (now - recorded.anchor).days + 1 for name, recorded in recordings.items()
        },
        calls_per_run=CALLS,
    )
