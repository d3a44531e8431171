"""What a bundle costs: of one case and of a hundred, from a log of 100,000 entries; and what checking it costs."""

from __future__ import annotations

import os
import resource
import secrets
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from config.loading import load_settings
from monitor.clock import SetClock
from monitor.commands.custody_lines import custody_line
from monitor.commands.evidence_export import bundler
from monitor.custody.log import Actor
from monitor.demo.networks import stand_ins
from monitor.demo.play import oakfield_school, oakfield_worlds
from monitor.demo.workplace import open_workplace, write_configuration
from monitor.demo.world import Author, StoryMessage, StoryPost
from monitor.disclosure.bundle_request import Wanted
from monitor.disclosure.subject_access import Asked, SubjectAccess
from monitor.round import read_account
from monitor.store import evidence_log, evidence_rows, ledger
from monitor.store.evidence_tables import LogEntry
from monitor.wiring import build_app

ANCHOR = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
CASES = 100
ENTRIES = 100_000
BY = Actor("Ms Okafor", "a figure", "okafor on office-pc")
CHECKSUMS = "sha256sum --quiet -c tagmanifest-sha256.txt && sha256sum --quiet -c manifest-sha256.txt"
SIGNATURE = "openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in checkpoint.txt -sigfile checkpoint.sig"
VERIFY = f"{sys.executable} -I -S verify.py"


@contextmanager
def timed(what):
    begun = time.perf_counter()
    yield
    print(f"  {what}: {(time.perf_counter() - begun) * 1000:,.0f} ms")


def an_app(folder):
    """A school with a hundred flagged comments, fifty cards, and a long log."""
    place = open_workplace(folder, ANCHOR)
    worlds = oakfield_worlds(place)
    page = worlds["facebook"].school
    worlds["facebook"].posts = [StoryPost(f"{page.id}_77", "Summer fair", ANCHOR - timedelta(days=3))]
    worlds["facebook"].messages = [
        StoryMessage(
            f"77_{number}",
            Author(str(9000 + number), f"Parent {number}"),
            f"You are a stupid idiot, Parent {number + 1}, and so is @Parent_{number + 2}",
            ANCHOR - timedelta(hours=number + 1),
            f"{page.id}_77",
        )
        for number in range(CASES)
    ]
    school, clock = oakfield_school(worlds), SetClock(ANCHOR)
    with stand_ins(worlds, place, school.subreddit, clock, {}) as networks:
        write_configuration(place, school, {name: network.url for name, network in networks.items()})
        app = build_app(load_settings(place.configuration, {}), clock)
        read_account(app, app.settings.accounts[0])
    app.cards.run()
    with app.store.writing() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        size = evidence_log.size(tx, school)
        row = {"school_id": school.id, "at": ANCHOR}
        rows = [{**row, "position": at, "commitment": secrets.token_hex(32)} for at in range(size, ENTRIES)]
        tx.execute(insert(LogEntry), rows)
    return app


def bench_a_bundle_made_and_verified(tmp_path):
    app = an_app(tmp_path / "school")
    with app.store.reading() as tx:
        school = ledger.enrolled_school(tx, app.settings.school.key)
        kept = [each for each in evidence_rows.kept(tx, school) if each.card == "made"]
    made = bundler(app)
    print()
    for what, wanted in (
        ("of one case", Wanted(case=kept[0].case)),
        ("of one case, blacked out", Wanted(case=kept[0].case, black_out=True)),
        (f"of {CASES} cases", Wanted(since=ANCHOR - timedelta(days=1))),
    ):
        output = tmp_path / f"{abs(hash(what))}.zip"
        with timed(f"bundle {what}, log of {ENTRIES:,} entries"):
            exported = made.export(wanted, output, BY)
        assert not exported.problems
        with zipfile.ZipFile(output) as archive:
            archive.extractall(output.with_suffix(""))
        (top,) = output.with_suffix("").iterdir()
        print(f"    {output.stat().st_size / 1e6:.2f} MB, {exported.records} records")
        for name, command in (("checksums", CHECKSUMS), ("signature", SIGNATURE), ("verify.py", VERIFY)):
            with timed(f"  {name}"):
                subprocess.run(
                    ["/bin/sh", "-c", command], cwd=top, env={"PATH": os.defpath}, check=True, capture_output=True
                )


def bench_what_is_held_on_one_person(tmp_path):
    app = an_app(tmp_path / "school")
    access = SubjectAccess(
        app.store, app.capturer.school, app.clock, (), lambda entry: custody_line(entry, "Europe/London")
    )
    print()
    with timed(f"answer to one person among {CASES}, with a card drawn anew"):
        answered = access.answer(Asked(words=("9001",)), tmp_path / "answer.zip", BY)
    assert answered.comments == 1
    print(f"  memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
