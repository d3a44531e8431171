"""What one snapshot and one evidence card cost: milliseconds each, and memory. Run with `make bench`."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from connectors.fetched import Attachment
from monitor.evidence.card import render
from monitor.evidence.card.card_files import remove_card
from monitor.evidence.snapshot import Capture, Received, ThreadLine, write_snapshot
from monitor.model import Category, Flag

POSTED = datetime(2026, 11, 14, 19, 42, 11, tzinfo=UTC)
FLAG = Flag(Category.THREAT, "urgent", 1.0, "words/1", 0, 21, "Reads like a threat.", "Cyber bullying")
ORDINARY = "I know where you live. Lovely day though. ❤️"
TEXTS = {
    "one word of 63,000 letters": "x" * 63_000,
    "10,000 line ends": "\n" * 10_000,
    "9,000 writing directions": "\u202e\u2066\u202b" * 3000,
    "300 letters with 90 marks each": ("a" + "\u0301\u0334\u0489" * 30) * 300,
    "1,000 joined emoji": "👨‍👩‍👧‍👦" * 1000,
}
RUNS = 40
HOSTILE_RUNS = 10
MOST_MEMORY = 150  # MB
# A process of its own, because the peak that Linux keeps of a child starts at that of its parent.
WATCHER = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def a_snapshot(folder, name, text):
    said = tuple(ThreadLine("someone else", POSTED + timedelta(minutes=n), "It was shut, @anna.") for n in range(6))
    capture = Capture(
        school_key="oakfield", school_name="Oakfield Primary School", timezone="Europe/London",
        account_key="facebook", account_label="Facebook page", network="facebook_page", remote_id=name,
        permalink="https://example.org/1", kind="comment", author_name="Gary Pretend", author_id="5000", text=text,
        created_at=POSTED, captured_at=POSTED, first_seen_at=POSTED, version=1, trigger="Flagged.",
        triggered_by="the program", program_version="0", environment="", config_hash="", raw='{"id": 1}',
        received=Received("GET", "https://example.org", 200, {}, POSTED, "0" * 64, 100_000, 0),
        post_text="The gate opens at 8:40.", thread=said, attachments=(Attachment("photo", "https://example.org/2"),),
    )  # fmt: skip
    return write_snapshot(folder, capture, [FLAG]).directory


def milliseconds_of_cards(directory, runs):
    """Sorted times from nothing to a finished card on the disk."""
    times = []
    for _ in range(runs):
        remove_card(directory)
        started = time.perf_counter()
        assert render.render_card(directory).pictures
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def peak_memory(directory, scratch):
    """MB that the drawing process had at most."""
    scratch.mkdir()
    command = render.prepare_drawing(render.pages_of(directory), scratch)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", WATCHER, *command],
        env=render.ENVIRONMENT, cwd=scratch, check=True, capture_output=True,
    )  # fmt: skip
    return int(done.stdout) / 1024


def bench_writing_snapshots(tmp_path):
    started = time.perf_counter()
    for number in range(50):
        a_snapshot(tmp_path, str(number), ORDINARY)
    each = (time.perf_counter() - started) / 50
    print(f"\nsnapshots on disk, with 6 messages around: {1 / each:.0f} a second")
    assert each < 2


def bench_making_cards(tmp_path):
    print()
    for name, text in {"ordinary": ORDINARY, **TEXTS}.items():
        directory = a_snapshot(tmp_path, name, text)
        times = milliseconds_of_cards(directory, RUNS if name == "ordinary" else HOSTILE_RUNS)
        memory = peak_memory(directory, tmp_path / f"{name} scratch")
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        figures = f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, at most {memory:.0f} MB"
        print(f"card, {name}, {len(times)} runs: {figures}")
        assert p50 < 2000  # a busy machine may hold one of them up
        assert memory <= MOST_MEMORY
