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
from monitor.logs import start_logging
from monitor.round import read_accounts, tell
from monitor.store import judged, ledger
from monitor.wiring import App, build_app

SUBREDDIT = "recorded"
CALLS = 10_000
"""Recorded threads are served one post at a time; a school's daily limits have no meaning here."""


@dataclass(frozen=True)
class NetworkFigures:
    """What became of one network's recordings. `reasons`: why items were not kept, and how many for each reason."""

    network: str
    served: int
    read: int
    kept: int
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
    figures = []
    with app.store.reading() as tx:
        register = ledger.school_by_key(tx, school.key)
        for name, recorded in recordings.items():
            account = ledger.account_by_key(tx, register, name) if register else None
            counts = judged.counts(tx, account) if account else Counter()
            result = results[name]
            figures.append(
                NetworkFigures(
                    network=name,
                    served=len(recorded.world.messages),
                    read=result.items + result.quarantined,
                    kept=counts["comments"] + counts["replies"],
                    own_replies=counts["replies"],
                    flagged=counts["flagged"],
                    due=counts["due"],
                    quarantined=counts["quarantined"],
                    reasons=Counter(result.reasons),
                    failures=tuple(result.failures),
                )
            )
    return app, figures


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
