"""What one snapshot and one evidence card cost. Run with `make bench`."""

import time
from datetime import UTC, datetime

from connectors.base import Exchange
from monitor.evidence import render
from monitor.evidence.snapshot import Capture, write_snapshot
from monitor.model import Category, Flag

POSTED = datetime(2026, 11, 14, 19, 42, 11, tzinfo=UTC)
FLAG = Flag(Category.THREAT, "urgent", 1.0, "words/1", 0, 21, "Reads like a threat.", "Cyber bullying")
TEXTS = {
    "short": "I know where you live. Lovely day though.",
    "one word of 63,000 letters": "x" * 63_000,
    "10,000 line ends": "\n" * 10_000,
    "1,000 joined emoji": "👨‍👩‍👧‍👦" * 1000,
}


def a_snapshot(folder, name, text):
    capture = Capture(
        school_key="oakfield", school_name="Oakfield Primary School", timezone="Europe/London",
        account_key="facebook", account_label="Facebook page", network="facebook_page", remote_id=name, permalink="https://example.org/1",
        kind="comment", author_name="Gary Pretend", author_id="5000", text=text, created_at=POSTED,
        captured_at=POSTED, first_seen_at=POSTED, version=1, trigger="Flagged.", program_version="0", config_hash="",
        exchanges=(Exchange("GET", "https://example.org", 200, {}, b"x" * 100_000, POSTED),),
    )  # fmt: skip
    return write_snapshot(folder, capture, [FLAG], {"id": name}).directory


def bench_writing_snapshots(tmp_path):
    started = time.perf_counter()
    for number in range(50):
        a_snapshot(tmp_path, str(number), TEXTS["short"])
    each = (time.perf_counter() - started) / 50
    print(f"\nsnapshot on disk, with 100 kB of replies: {each * 1000:.1f} ms")  # noqa: T201  figures are its purpose
    assert each < 2


def bench_drawing_cards(tmp_path):
    for name, text in TEXTS.items():
        directory = a_snapshot(tmp_path, name, text)
        started = time.perf_counter()
        render.draw(directory)
        drawn = time.perf_counter() - started
        started = time.perf_counter()
        render.render_card(directory)
        whole = time.perf_counter() - started
        print(f"card, {name}: {drawn:.2f} s drawing, {whole:.2f} s with its process")  # noqa: T201  figures are its purpose
        assert drawn < 2
