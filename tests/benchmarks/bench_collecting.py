"""What it costs to keep a comment, and to meet it again: milliseconds each, and memory."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime, timedelta

from config.loading import load_settings
from monitor.clock import SetClock
from monitor.demo.networks import stand_ins
from monitor.demo.play import oakfield_school, oakfield_worlds
from monitor.demo.workplace import open_workplace, write_configuration
from monitor.demo.world import Author, StoryMessage, StoryPost
from monitor.round import read_account
from monitor.wiring import build_app

ANCHOR = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
COMMENTS = 2000


def bench_reading_a_page_with_thousands_of_comments(tmp_path):
    place = open_workplace(tmp_path, ANCHOR)
    worlds = oakfield_worlds(place)
    page = worlds["facebook"].school
    worlds["facebook"].posts = [StoryPost(f"{page.id}_77", "Summer fair", ANCHOR - timedelta(days=3))]
    worlds["facebook"].messages = [
        StoryMessage(
            f"77_{number}",
            Author(str(9000 + number), f"Parent {number}"),
            f"We had a lovely time at stall {number}, will there be one next year?",
            ANCHOR - timedelta(hours=20) + timedelta(seconds=number),
            f"{page.id}_77",
        )
        for number in range(COMMENTS)
    ]
    school = oakfield_school(worlds)
    clock = SetClock(ANCHOR)
    with stand_ins(worlds, place, school.subreddit, clock, {}) as networks:
        write_configuration(place, school, {name: network.url for name, network in networks.items()})
        app = build_app(load_settings(place.configuration, {}), clock)
        facebook = app.settings.accounts[0]
        spent = []
        for _ in range(2):
            began = time.perf_counter()
            result = read_account(app, facebook)
            spent.append(time.perf_counter() - began)
            assert result.complete, result.failures
            clock.at += timedelta(minutes=15)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"\nkeeping a new comment {spent[0] / COMMENTS * 1000:.2f} ms, meeting it again "
        f"{spent[1] / COMMENTS * 1000:.2f} ms ({COMMENTS} comments, stand-in network included); "
        f"largest memory of this process {peak} MB"
    )
