"""What holds for the response rule whatever the school sets and whenever a comment comes."""

import os
import time as machine
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import ResponseRule
from monitor.model import Deadline, Facts
from monitor.rules.calendar import is_working
from monitor.rules.response import due_at
from monitor.rules.wording import utc_in_words

ZONES = [
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Havana",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
]
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2008, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2025, 1, 1), date(2029, 1, 1))
closures = st.tuples(days, st.integers(0, 60)).map(lambda c: (c[0], c[0] + timedelta(days=c[1])))
rules = st.builds(
    ResponseRule,
    hours=st.floats(0.01, 8760),
    clock=st.sampled_from(["elapsed", "wall"]),
    weekend=st.sets(st.integers(1, 7)).map(tuple),
    region=st.sampled_from(["ENG", "WLS", "SCT", "NIR", None]),
    extra_holidays=st.lists(days, max_size=5).map(tuple),
    removed_holidays=st.lists(days, max_size=5).map(tuple),
    closures=st.lists(closures, max_size=3).map(tuple),
    closures_working=st.booleans(),
    inset=st.lists(days, max_size=5).map(tuple),
    inset_working=st.booleans(),
    nonworking_receipt=st.sampled_from(["weekend_only", "any_nonworking"]),
    due_on_nonworking=st.sampled_from(["keep", "roll_end", "roll_same_time"]),
    next_day_due=st.times().map(lambda t: t.replace(microsecond=0)),
    clock_start=st.sampled_from(["created", "first_seen"]),
    edit_restarts=st.booleans(),
    outage_grace_hours=st.sampled_from([0, 4, 100]),
    no_reply_needed=st.sampled_from([(), ("thanks",)]),
)
facts = st.builds(
    Facts,
    first_seen_at=st.none() | moments,
    edited_at=st.none() | moments,
    tags=st.sets(st.sampled_from(["thanks", "question"])).map(frozenset),
)


# A slow machine is not a wrong answer.
unhurried = settings(deadline=None)


def whole(moment):
    return moment.replace(microsecond=0)


@unhurried
@given(moments, zones, rules)
def test_a_deadline_comes_after_receipt(received, zone, rule):
    rule = rule.model_copy(update={"clock_start": "created"})
    try:
        due = due_at(received, zone, rule).due_at
    except ValueError:
        assert not set(range(1, 8)) - set(rule.weekend)
        return
    assert due > whole(received)


@unhurried
@given(moments, zones, rules, facts)
def test_the_last_step_states_the_answer(received, zone, rule, known):
    try:
        found = due_at(received, zone, rule, known)
    except ValueError:
        return
    if found.due_at is None:
        assert found.steps[-1] == "no reply is owed"
    else:
        assert found.steps[-1].startswith("due ")
        assert found.steps[-1].endswith(f"({utc_in_words(found.due_at)})")
        assert f" {zone} " in found.steps[-1]


@unhurried
@given(moments, moments, zones, st.floats(0.01, 8760))
def test_later_receipt_never_means_an_earlier_deadline_within_one_branch(one, other, zone, hours):
    rule = ResponseRule(hours=hours)
    early, late = sorted((one, other))
    at_weekend = {m.astimezone(ZoneInfo(zone)).isoweekday() in rule.weekend for m in (early, late)}
    if len(at_weekend) == 1:
        assert due_at(early, zone, rule).due_at <= due_at(late, zone, rule).due_at


@unhurried
@given(moments, zones, st.integers(1, 8760))
def test_elapsed_hours_are_exact_in_every_zone(received, zone, hours):
    rule = ResponseRule(hours=hours, weekend=(), region=None)
    assert due_at(received, zone, rule).due_at - whole(received) == timedelta(hours=hours)


@unhurried
@given(moments, zones, rules)
def test_a_rolled_deadline_falls_on_a_working_day(received, zone, rule):
    rolled = {"due_on_nonworking": "roll_end", "clock_start": "created", "next_day_due": time(12)}
    rule = rule.model_copy(update=rolled)
    try:
        due = due_at(received, zone, rule).due_at
    except ValueError:
        return
    # Samoa had no 30 December 2011: a deadline on that working day ends on the next day instead.
    if not (zone == "Pacific/Apia" and due.year == 2011 and due.month == 12):
        assert is_working(due.astimezone(ZoneInfo(zone)).date(), rule)


@unhurried
@given(
    st.datetimes(timezones=st.timezones() | st.none()),
    st.sampled_from([*ZONES, "Nowhere", ""]) | st.text(max_size=20),
    rules,
    facts,
)
def test_nothing_but_a_deadline_or_a_clear_refusal_ever_comes_back(received, zone, rule, known):
    try:
        found = due_at(received, zone, rule, known)
    except ValueError as refusal:
        found = refusal
    if isinstance(found, Deadline):
        assert found.due_at is None or (found.due_at.tzinfo is UTC and found.due_at.microsecond == 0)
    else:
        assert 10 < len(str(found)) < 250


@pytest.fixture
def machine_zone():
    """Lets a test move the whole process to another time zone, and moves it back."""
    before = os.environ.get("TZ")

    def move(zone):
        os.environ["TZ"] = zone
        machine.tzset()

    yield move
    if before is None:
        os.environ.pop("TZ")
    else:
        os.environ["TZ"] = before
    machine.tzset()


def test_the_time_zone_of_the_machine_plays_no_part(machine_zone):
    start = datetime(2026, 3, 27, tzinfo=UTC)
    received = [start + timedelta(hours=7 * n) for n in range(60)]
    rule = ResponseRule(clock="wall", due_on_nonworking="roll_same_time", hours=36)
    answers = []
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Europe/London"):
        machine_zone(zone)
        offset = start.astimezone(ZoneInfo(zone)).utcoffset()
        assert machine.localtime(start.timestamp()).tm_gmtoff == offset.total_seconds()
        answers.append([due_at(moment, "Europe/London", rule) for moment in received])
    assert answers[0] == answers[1] == answers[2] == answers[3]
