"""What it costs to check 10,000 snapshots, their cards and what the log says of them. Run with `make bench`."""

import base64
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from config.loading import load_settings
from monitor.clock import SetClock
from monitor.custody.log import origin
from monitor.evidence.card.render import render_card
from monitor.evidence.files import sha256_of
from monitor.evidence.folder_check import CARD_LIST
from monitor.evidence.log.checkpoint import Checkpoint, time_text
from monitor.evidence.log.commitment import commit, new_salt, record_bytes
from monitor.evidence.log.merkle import Frontier, leaf_hash
from monitor.evidence.log.signing import SigningKey
from monitor.evidence.snapshot import Capture, Received, ThreadLine, write_snapshot
from monitor.model import Category, Flag
from monitor.store import ledger
from monitor.store.evidence_tables import LogCheckpoint, LogEntry, LogOpening, Snapshot
from monitor.store.item_tables import Comment, Version
from monitor.wiring import build_app

SNAPSHOTS = 10_000
AT = datetime(2026, 11, 14, 19, 42, 11, tzinfo=UTC)
FLAG = Flag(Category.THREAT, "urgent", 1.0, "words/1", 0, 21, "Reads like a threat.", "Cyber bullying")
SIGNED_EVERY = 100  # entries
CARD = ("card.pdf", "card.png", "card.txt", CARD_LIST)
PROGRAM = """
import sys
from pathlib import Path
from monitor.__main__ import main
status = main(sys.argv[1:])
memory = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
print(memory["VmHWM"].split()[0], file=sys.stderr)
sys.exit(status)
"""
CONFIGURATION = """
[school]
name = "Oakfield Primary School"
key = "oakfield"
last_resort = "chair@governors.example"
[mail]
transport = "folder"
sender = "monitor@oakfield.example"
[[people]]
name = "Ms Okafor"
email = "head@oakfield.example"
roles = ["head", "moderator"]
[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_file = "token"
"""


class Log:
    """The rows of an evidence log as `monitor.custody.log` would write them one by one."""

    def __init__(self, school, key):
        self.school, self.key, self.frontier = school, key, Frontier()
        self.entries, self.openings, self.checkpoints = [], [], []

    def note(self, kind, case, **facts):
        position, salt = self.frontier.size, new_salt()
        about = {} if case is None else {"case": case}
        record = record_bytes({"v": 1, "kind": kind, "at": time_text(AT), **about, **facts})
        commitment = commit(salt, record)
        self.frontier.add(leaf_hash(commitment))
        place = {"school_id": self.school.id, "position": position}
        self.entries.append({**place, "commitment": commitment.hex(), "at": AT})
        opening = {"kind": kind, "case": case, "salt": salt.hex(), "record": record.decode()}
        self.openings.append({**place, **opening})
        if self.frontier.size % SIGNED_EVERY == 0:
            self.sign()
        return position

    def sign(self):
        head = Checkpoint(origin("oakfield"), self.frontier.size, self.frontier.root(), AT)
        signature = base64.b64encode(self.key.sign(head.text())).decode()
        facts = {"root": head.root.hex(), "at": AT, "key": self.key.public.fingerprint, "signature": signature}
        self.checkpoints.append({"school_id": self.school.id, "size": head.size, **facts})


def a_snapshot(folder, number):
    capture = Capture(
        school_key="oakfield", school_name="Oakfield Primary School", timezone="Europe/London", remote_id=str(number),
        account_key="facebook", account_label="Facebook page", network="facebook_page", permalink="https://example.org/1",
        kind="comment", author_name="Gary Pretend", author_id="5000", text=f"I know where you live, {number}.",
        created_at=AT, captured_at=AT, first_seen_at=AT, version=1, trigger="Flagged.", triggered_by="the schedule",
        program_version="0", environment="Python", config_hash="", raw=f'{{"id": "{number}"}}',
        received=Received("GET", "https://example.org", 200, {"Date": "today"}, AT, "sha256:0", 100_000, 5),
        thread=(ThreadLine("someone else", AT, "It was shut."), ThreadLine("the school", AT, "We are sorry.")),
    )  # fmt: skip
    return write_snapshot(folder, capture, [FLAG])


def keep_thousands(app, monkeypatch):
    """Snapshots on the disk, their rows and entries; each has the same card, so that the disk need not be large."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)  # what is measured is reading
    key, folder, rows = SigningKey.load_or_create(app.settings.signing_key), app.settings.evidence_folder, []
    with app.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        account = ledger.accounts_of(tx, school)[0]
        log = Log(school, key)
        log.note("key", None, fingerprint=key.public.fingerprint, public_key=key.public.pem)
        common = {"kind": "comment", "thread_key": "1", "author_name": "", "addressed_to": [], "shown": "visible"}
        seen = {"created_at": AT, "first_seen_at": AT, "last_seen_at": AT, "permalink": "", "attachments": []}
        drawn = None
        for number in range(1, SNAPSHOTS + 1):
            written = a_snapshot(folder, number)
            if drawn is None:
                render_card(written.directory)
                drawn = written.directory
            else:
                for name in CARD:
                    os.link(drawn / name, written.directory / name)
            facts = {"snapshot": written.identity, "manifest": written.sha256, "version": 1}
            position = log.note("snapshot", number, **facts)
            log.note("card", number, evidence=position, files=f"sha256:{sha256_of(drawn / CARD_LIST)}", pictures=True)
            for hours in (1, 24):
                log.note("recheck", number, evidence=position, after_hours=hours, found="visible, unchanged")
            path = written.directory.relative_to(folder).as_posix()
            rows.append((number, written, path, position))
        log.sign()
        items = [
            {"id": n, "type": "comment", "account_id": account.id, "remote_id": str(n), **common, **seen}
            for n, *_ in rows
        ]
        tx.execute(insert(Comment.__table__), items)
        versions = [{"id": n, "item_id": n, "number": 1, "text": "", "raw": "", "seen_at": AT} for n, *_ in rows]
        tx.execute(insert(Version), versions)
        kept = [
            {"snapshot_id": w.snapshot_id, "kind": "snapshot", "comment_id": n, "version_id": n, "path": path,
             "digest": w.sha256, "position": position, "captured_at": AT, "card": "made"}
            for n, w, path, position in rows
        ]  # fmt: skip
        tx.execute(insert(Snapshot), kept)
        tx.execute(insert(LogEntry), log.entries)
        tx.execute(insert(LogOpening), log.openings)
        tx.execute(insert(LogCheckpoint), log.checkpoints)


def on_one_core(words):
    """Run the program on one core: exit status, seconds, megabytes at most, what it said."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=False)
        return done.returncode, time.perf_counter() - began, int(done.stderr) / 1024, done.stdout
    finally:
        os.sched_setaffinity(0, cores)


def bench_verifying_10_000_snapshots(tmp_path, monkeypatch):
    (tmp_path / "token").write_text("invented")
    (tmp_path / "token").chmod(0o600)
    file = tmp_path / "school-monitor.toml"
    file.write_text(CONFIGURATION)
    app = build_app(load_settings(file, {}), SetClock(AT + timedelta(days=1)))
    keep_thousands(app, monkeypatch)
    app.store.close()
    status, took, memory, said = on_one_core(["evidence", "verify", "--config", str(file)])
    print(f"\n{said.splitlines()[0]}\n{took:.1f} s on one core, {memory:.0f} MB of memory at most")
    assert status == 0
    assert took < 60
