"""Times that cannot be, on every network that has a harness: they spoil nothing, and lead no cursor astray."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from harness import NOW
from odd_answers import TIMES, holds_rows, read_changed, set_aside
from reading import read_world

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def at(moment):
    """A moment as text, and in the seconds in which Reddit counts."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00"), moment.timestamp()


FUTURE = {
    "in ten minutes": at(NOW + timedelta(minutes=10)),
    "tomorrow": at(NOW + timedelta(hours=23)),
    "next year": at(NOW + timedelta(days=365)),
    "in 2099": at(NOW.replace(year=2099)),
    "in the year 9999": ("9999-12-31T23:59:59+00:00", 253402300799),
}
ABSURD = {
    "before there were years": ("-0044-03-15T12:00:00+00:00", -65e9),
    "a number far too large": (1e18, 1e18),
    "no number": (float("nan"), float("inf")),
    "a word": ("yesterday", "yesterday"),
    "without zone": ("2026-11-13T09:00:00", "1e9"),
    "without day": ("T09:00", True),
    "missing": (None, None),
}
LONG_AGO = at(NOW.replace(year=2011))


@cache
def clean_run(network):
    """What an undisturbed reading brings."""
    return read_world(network)[0]


class Times:
    """Puts `time`, as a text or a number, into every time of some rows of each list, or of `all_rows`.

    `below_too`: also where other rows stand below.
    """

    def __init__(self, network, time, all_rows=False, below_too=True):
        self.network, self.time, self.all_rows, self.below_too = network, time, all_rows, below_too
        self.changed = ""

    def __call__(self, each):
        if not each.is_of_people(self.network):
            return
        last = len(each.rows) - 1
        for row in each.rows if self.all_rows else (each.rows[n] for n in {0, last // 2, last}):
            holds = holds_rows(row, self.network, each.name)
            if self.below_too or not holds:
                self.changed += str(row.get("id")) if holds else json.dumps(row)
                self._put(row)

    def _put(self, value):
        for key, inner in value.items() if isinstance(value, dict) else ():
            if key in TIMES and not isinstance(inner, dict | list):
                value[key] = self.time[isinstance(inner, int | float)]
            self._put(inner)


def untouched(network, times):
    """The items no time of which was changed."""
    items = clean_run(network).items
    return {n for n, i in items.items() if n not in times.changed and str(i.parent_remote_id) not in times.changed}


@pytest.mark.parametrize("time", [*FUTURE, *ABSURD])
def test_an_item_with_a_time_that_cannot_be_is_kept_or_set_aside_and_the_rest_is_read(network, time):
    times = Times(network, (FUTURE | ABSURD)[time])
    reading = read_changed(network, times)
    assert reading.error is None
    assert times.changed
    assert reading.items.keys() >= untouched(network, times)
    raw = set_aside(reading)  # in which Google's replies have no id of their own
    lost = clean_run(network).items.keys() - reading.items.keys()
    assert {each for each in lost if each.removesuffix("/reply") not in raw} == set()
    assert all(item.created_at.utcoffset() == timedelta(0) for item in reading.items.values())
    assert all(2000 <= item.created_at.year < 2100 for item in reading.items.values())
    assert all(each.reason for each in reading.quarantined.values())


def test_something_from_long_ago_in_its_midst_does_not_end_a_list(network):
    times = Times(network, LONG_AGO, below_too=False)
    reading = read_changed(network, times)
    assert reading.error is None
    assert reading.items.keys() >= untouched(network, times)


@pytest.mark.parametrize("time", [*FUTURE, "a number far too large", "missing"])
@pytest.mark.parametrize("all_rows", [False, True], ids=["some rows", "all rows"])
def test_after_times_that_cannot_be_the_next_run_finds_what_came_since(network, time, all_rows):
    world = network.world()
    parents = {m.parent_id for m in world.messages}
    plain = [
        m
        for m in world.messages
        if m.raw is None and m.author and m.author.id != world.school.id and m.exists(NOW) and m.id not in parents
        if not (m.edits or m.hidden_at or m.held_until) and (m.post_id or not world.posts)
    ]
    newest = max(plain, key=lambda m: m.at)
    before = replace(world, messages=[m for m in world.messages if m is not newest])
    first = read_changed(network, Times(network, (FUTURE | ABSURD)[time], all_rows), before)
    assert first.error is None
    later = replace(newest, at=NOW - timedelta(minutes=1))
    second, _ = read_world(network, world=replace(before, messages=[*before.messages, later]), cursors=first.cursors)
    assert later.id not in first.items
    assert second.items[later.id].text == later.text
    assert second.error is None
