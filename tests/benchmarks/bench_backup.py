"""What a backup costs: 200 MB of database with a busy writer, 10,000 snapshots, the next one, and the way back."""

import os
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from config.loading import load_settings
from monitor.backup.backup import BackupTaker
from monitor.backup.restore import Restorer, Wanted
from monitor.clock import SetClock
from monitor.custody.log import Actor
from monitor.wiring import build_app

NOW = datetime(2026, 11, 26, 22, 10, tzinfo=UTC)
MEGABYTES, SNAPSHOTS = 200, 10_000
CONFIGURATION = """
[school]
name = "Oakfield Primary School"
key = "oakfield"
last_resort = "chair@governors.example"

[mail]
transport = "folder"
sender = "monitor@oakfield.example"

[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator", "head"]

[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_env = "TOKEN"
"""
FILES = {
    "raw/item.body": 900,
    "raw/exchange.json": 1_500,
    "item.json": 1_100,
    "capture.json": 3_000,
    "why.json": 600,
    "thread/000.json": 500,
    "manifest-sha256.txt": 500,
    "card.pdf": 20_000,
    "card.txt": 1_500,
    "card-sha256.txt": 200,
}
"""Files of an ordinary snapshot with its card, and their sizes in bytes."""


def a_school(folder, clock):
    """A school of which nothing is known but a large database."""
    (folder / "school-monitor.toml").write_text(CONFIGURATION)
    settings = load_settings(folder / "school-monitor.toml", {"TOKEN": "not a token of anybody"})
    build_app(settings, clock).store.close()
    with closing(sqlite3.connect(folder / "school-monitor.db")) as database, database:
        database.execute("CREATE TABLE ballast (content BLOB)")
        rows = ([os.urandom(3000)] for _ in range(MEGABYTES * 1_000_000 // 4096))
        database.executemany("INSERT INTO ballast VALUES (?)", rows)
    return settings


def keep_evidence(folder):
    for number in range(SNAPSHOTS):
        directory = folder / "2026" / f"{1 + number % 12:02}" / f"{number:032x}"
        for name in ("raw", "thread"):
            (directory / name).mkdir(parents=True)
        for name, size in FILES.items():
            (directory / name).write_bytes(os.urandom(size // 2) + bytes(size - size // 2))


class Writer(threading.Thread):
    """Writes as the daemon does, one durable transaction after another, and notes how long each took."""

    def __init__(self, path):
        super().__init__()
        self.path, self.stop, self.waits = path, threading.Event(), []

    def run(self):
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous=FULL")
            while not self.stop.wait(0.002):
                began = time.perf_counter()
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO ballast VALUES (?)", [os.urandom(500)])
                database.execute("COMMIT")
                self.waits.append(time.perf_counter() - began)


def taken(settings, clock, folder):
    """Take a backup beside a writer; seconds, and the writer's longest wait without and with a backup."""
    database = settings.path.parent / "school-monitor.db"
    quiet, busy = Writer(database), Writer(database)
    quiet.start()
    time.sleep(2)
    quiet.stop.set()
    quiet.join()
    busy.start()
    began = time.perf_counter()
    held = BackupTaker(settings, "bench", clock).run(folder, None, False, lambda *_: None)
    seconds = time.perf_counter() - began
    busy.stop.set()
    busy.join()
    clock.at += timedelta(hours=1)
    return held, seconds, max(quiet.waits), max(busy.waits)


def say(what, held, seconds, quiet, busy):
    print(
        f"  {what}: {seconds:.2f} s for {held.bytes / 1e6:.0f} MB ({held.linked_bytes / 1e6:.0f} MB shared); "
        f"longest wait of a writer {busy * 1000:.0f} ms, {quiet * 1000:.0f} ms without a backup"
    )


def bench_a_backup_of_200_megabytes_beside_a_writer(tmp_path):
    clock = SetClock(NOW)
    settings = a_school(tmp_path, clock)
    print()
    held, seconds, quiet, busy = taken(settings, clock, tmp_path / "backups")
    say("database alone", held, seconds, quiet, busy)
    assert held.missing == ()


def bench_a_backup_with_10_000_snapshots_and_its_restore(tmp_path):
    clock = SetClock(NOW)
    settings = a_school(tmp_path, clock)
    keep_evidence(settings.evidence_folder)
    print()
    say("first backup", *taken(settings, clock, tmp_path / "backups"))
    held, *figures = taken(settings, clock, tmp_path / "backups")
    say("the next one", held, *figures)
    began = time.perf_counter()
    actor = Actor("Mrs Ali", "a drill", "bench")
    done = Restorer(settings, clock).run(Wanted(held.path, True), actor, lambda *_: None)
    print(f"  restored in {time.perf_counter() - began:.1f} s")
    assert done.made.missing == ()
