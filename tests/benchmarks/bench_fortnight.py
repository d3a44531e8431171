"""What a school's fortnight costs on each network, and how soon a comment is met, beside a poller that reads it all.

Targets: at most 300 Graph calls, 400 YouTube units and 150 other calls a day; 95 of 100 comments on posts less than a
day old met within 15 minutes. Calls are what the stand-in was asked; time is simulated, so delays are exact.
"""

import math
import statistics
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from busy_fortnight import FORTNIGHT, NETWORKS, Fortnight, truth
from office import QUARTER, Office

CONTRACT = Path(__file__).parents[1] / "contract"
DAY = timedelta(days=1)
MOST_CALLS = {"facebook": 300, "instagram": 300, "youtube": 400}
OTHER_CALLS = 150
LONGEST_DELAY = 15.0  # minutes


def _harnesses():
    sys.path.insert(0, str(CONTRACT))
    from harness import installed

    return [network for network in installed() if network.network in NETWORKS]


def _p95(values):
    ordered = sorted(values)
    return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else float("nan")


@pytest.mark.parametrize("network", _harnesses(), ids=lambda each: each.network)
@pytest.mark.parametrize("messages", [200, 560], ids=["school", "busy"])
def bench_fortnight(network, messages, tmp_path):
    from harness import NOW

    begin = NOW.replace(hour=6)
    story = Fortnight(network, begin, messages=messages)
    with network.stand_in(story.world, lambda: office.clock()) as stand_in:
        office = Office(tmp_path, network.network, lambda: network.connector(stand_in, office.clock), begin)
        naive = []
        while office.clock() < begin + FORTNIGHT:
            if (office.clock() - begin) % DAY == timedelta(hours=12):
                naive.append(_calls_of_a_naive_poll(network, stand_in, office.clock()))
            office.poll()
        calls = sum(read.calls for read in office.reads()) / (FORTNIGHT / DAY)
        delays = _delays(story, office.first_seen())
        exported = office.export()
        office.close()
    shown = truth(story.world, begin + FORTNIGHT - QUARTER, network.network)
    as_shown = sum(exported.get(key) == line for key, line in shown.items())
    all_of_them, on_fresh_posts = delays
    most = MOST_CALLS.get(network.network, OTHER_CALLS)
    print(
        f"\n{network.network:>15}, {messages} messages: {calls:5.0f} calls a day (at most {most}), "
        f"naive {statistics.mean(naive) * 96:6.0f}; delay on fresh posts p95 {_p95(on_fresh_posts):4.0f} min, "
        f"all: median {statistics.median(all_of_them):4.0f}, p95 {_p95(all_of_them):5.0f} min; "
        f"{as_shown} of {len(shown)} stored as the network showed them, {len(exported.keys() - shown.keys())} besides"
    )


def _calls_of_a_naive_poll(network, stand_in, now):
    """What one reading of everything costs."""
    from reading import read

    before = len(stand_in.requests)
    read(network.connector(stand_in, lambda: now))
    return len(stand_in.requests) - before


def _delays(story, first_seen):
    """Minutes between writing and meeting: of all, and of those under posts less than a day old at the time."""
    posts = {post.id: post for post in story.world.posts}
    everything, fresh = [], []
    for message in story.world.messages:
        if message.id not in first_seen or message.author == story.school or message.at > story.end - QUARTER:
            continue
        minutes = (first_seen[message.id] - message.at) / timedelta(minutes=1)
        everything.append(minutes)
        post = posts.get(message.post_id)
        if post is None or message.at - post.at < DAY:
            fresh.append(minutes)
    return everything, fresh
