"""Kills a process that sends owed mails, again and again, at moments drawn by lot, and counts what became of them."""

import os
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller

from alerts.render import make_message_id
from config.loading import load_settings
from monitor import mail_kinds
from monitor.clock import SetClock
from monitor.store import ledger, outbox
from monitor.store.delivery_tables import Delivery
from monitor.wiring import build_app

BEGIN = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
BETWEEN_LIVES = outbox.LEASE + timedelta(minutes=1)
"""So that a mail whose sender was killed is free again for the next one."""
MEASURED = 20
"""Mails sent undisturbed at first, to know how long one takes on this computer."""
PATIENCE = 240  # seconds; no promise, only the end of waiting for a process that hangs
DOMAIN = "oakfield.example"
HEAD = f"head@{DOMAIN}"

_CONFIGURATION = f"""
[school]
name = "Oakfield Primary School"
key = "oakfield"
last_resort = "chair@governors.example"
[mail]
transport = "smtp"
sender = "monitor@{DOMAIN}"
host = "127.0.0.1"
port = PORT
security = "none"
[[people]]
name = "Ms Okafor"
email = "{HEAD}"
roles = ["head", "moderator"]
[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_env = "TOKEN"
api_url = "http://127.0.0.1:9"
[judging]
models = "none"
"""


class Postbox(Controller):
    """A mail server on loopback. `accepted`: the Message-ID of each mail it has taken, in order, with repeats."""

    def __init__(self):
        self.accepted, self._lock = [], threading.Lock()
        super().__init__(self, hostname="127.0.0.1", port=0, ready_timeout=5)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_DATA(self, _server, _session, envelope):
        with self._lock:
            self.accepted.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 OK"


@dataclass
class Outcome:
    """What became of the mails. `owed`: their Message-IDs; `unsent`: those the books do not call sent."""

    seed: int
    kills: int = 0
    lives: int = 0
    owed: set = field(default_factory=set)
    unsent: set = field(default_factory=set)
    accepted: Counter = field(default_factory=Counter)

    @property
    def lost(self):
        """Owed, and never accepted by the server."""
        return self.owed - set(self.accepted)

    @property
    def strangers(self):
        """Accepted under an id that no owed mail has: a second copy that nobody could recognise."""
        return set(self.accepted) - self.owed

    @property
    def duplicates(self):
        """How many mails too many arrived."""
        return sum(self.accepted.values()) - len(self.accepted)

    def __str__(self):
        share = 100 * self.duplicates / max(1, len(self.owed))
        return (
            f"seed {self.seed}: {self.kills} kills in {self.lives} lives, {len(self.owed)} mails owed, "
            f"{len(self.lost)} lost, {self.duplicates} twice ({share:.2f} %)"
        )


class Worker:
    """The process of `mail_worker.py`."""

    def __init__(self, configuration):
        command = [sys.executable, "-B", Path(__file__).with_name("mail_worker.py"), configuration, BEGIN.isoformat()]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._line() == "ready"

    def live(self, now, seconds):
        """One life at `now`, killed after so many seconds unless it has ended by then. True: it was killed."""
        self._process.stdin.write(now.isoformat() + "\n")
        self._process.stdin.flush()
        child = int(self._line())
        ended_by_itself = bool(select.select([self._process.stdout], [], [], seconds)[0])
        if not ended_by_itself:
            os.kill(child, signal.SIGKILL)
        status = self._line()
        # It may have ended in the moment between looking and killing.
        assert status in {"ended 0", f"ended {-signal.SIGKILL}"}, status
        return status != "ended 0"

    def _line(self):
        assert select.select([self._process.stdout], [], [], PATIENCE)[0], "the worker hangs"
        return self._process.stdout.readline().strip()

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(PATIENCE)


@contextmanager
def _working(folder, port):
    configuration = folder / "school-monitor.toml"
    configuration.write_text(_CONFIGURATION.replace("PORT", str(port)))
    app = build_app(load_settings(configuration, {"TOKEN": "x"}), SetClock(BEGIN))
    worker = Worker(configuration)
    try:
        yield app, worker
    finally:
        worker.close()
        app.store.close()


def kill_again_and_again(folder, kills, mails_in_a_life, seed):
    """Let a worker send, and kill it `kills` times, each time somewhere between its beginning and the moment it has
    sent twice `mails_in_a_life`; then let one send the rest."""
    lots, outcome, now = random.Random(seed), Outcome(seed), BEGIN
    postbox = Postbox()
    postbox.start()
    try:
        with _working(folder, postbox.port) as (app, worker):
            longest = _time_of(worker, app, now, 2 * mails_in_a_life)
            while outcome.kills < kills:
                now += BETWEEN_LIVES
                _owe_more(app, now, 4 * mails_in_a_life)
                outcome.kills += worker.live(now, lots.uniform(0, longest))
                outcome.lives += 1
            worker.live(now + BETWEEN_LIVES, PATIENCE)
            with app.store.reading() as tx:
                for row in tx.query(Delivery):
                    ours = make_message_id("oakfield", row.kind, row.key, row.recipient, DOMAIN)
                    outcome.owed.add(ours)
                    outcome.unsent |= {ours} if row.sent_at is None else set()
    finally:
        postbox.stop()
    outcome.accepted = Counter(postbox.accepted)
    return outcome


def _time_of(worker, app, now, mails):
    """How long a life needs, in seconds, that sends so many mails."""
    took = []
    for number in (0, MEASURED):
        _owe_more(app, now, number)
        began = time.monotonic()
        worker.live(now, PATIENCE)
        took.append(time.monotonic() - began)
    nothing, some = took
    return nothing + mails * max(some - nothing, 0.01) / MEASURED


def _owe_more(app, now, enough):
    """Owe so many that `enough` wait: more than a life sends."""
    with app.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        rows = tx.query(Delivery)
        waiting, all_of_them = rows.filter(Delivery.sent_at.is_(None)).count(), rows.count()
        for number in range(all_of_them, all_of_them + enough - waiting):
            outbox.owe(tx, school, mail_kinds.WEEKLY, f"number {number}", (HEAD,), now)
