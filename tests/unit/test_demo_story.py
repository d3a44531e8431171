"""The demo's story holds whatever the day it is told on, and contains everything the demo has to show."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.oakfield import demo_moments, expected, oakfield
from monitor.demo.story import Days

LONDON = ZoneInfo("Europe/London")


def morning(year, month, day):
    return datetime(year, month, day, 8, 5, tzinfo=LONDON)


# A week in winter, one in summer, and the working days right after each change of the clocks.
ANCHORS = [
    *(morning(2026, 11, day) for day in range(16, 21)),
    *(morning(2026, 7, day) for day in range(6, 11)),
    *(morning(2026, 3, 30) + timedelta(days=day) for day in range(5)),
    *(morning(2026, 10, 26) + timedelta(days=day) for day in range(5)),
]
on_every_anchor = pytest.mark.parametrize("anchor", ANCHORS, ids=lambda anchor: f"{anchor:%a-%d-%b}")


def everything(anchor):
    return [(world, message) for world in oakfield(anchor).values() for message in world.messages]


def own(world, message):
    return message.author is not None and message.author.id == world.school.id


def answers_to(world, message):
    return [m for m in world.messages if m.parent_id == message.id and own(world, m)]


def unanswered(anchor):
    return [
        message
        for world, message in everything(anchor)
        if not own(world, message)
        and message.exists(anchor)
        and not any(m.exists(anchor) for m in answers_to(world, message))
    ]


@on_every_anchor
def test_at_least_sixty_comments_by_others_are_met_in_the_fortnight(anchor):
    met = [expected(world, demo_moments(anchor)) for world in oakfield(anchor).values()]
    assert sum(account.by_others for account in met) >= 60
    assert all(account.own_replies >= 4 for account in met)
    assert sum(account.broken for account in met) == 1


@on_every_anchor
def test_everything_happens_within_the_fortnight_before_the_anchor(anchor):
    fortnight = timedelta(days=14, hours=1)  # a clock change may lie within
    for world, message in everything(anchor):
        happenings = [message.at, message.deleted_at, message.hidden_at, *(at for at, _ in message.edits)]
        assert all(anchor - fortnight <= at <= anchor for at in happenings if at), (world.school.name, message.id)


@on_every_anchor
def test_nothing_is_answered_before_it_was_said_or_said_before_its_post(anchor):
    for world, message in everything(anchor):
        post = next((post for post in world.posts if post.id == message.post_id), None)
        parent = world.message(message.parent_id) if message.parent_id else None
        assert post is None or post.at < message.at
        assert parent is None or (parent.at < message.at and parent.post_id == message.post_id)


@on_every_anchor
def test_every_id_is_used_once(anchor):
    for world in oakfield(anchor).values():
        ids = [post.id for post in world.posts] + [message.id for message in world.messages]
        assert len(ids) == len(set(ids))


@on_every_anchor
def test_what_is_edited_or_deleted_was_read_before_it_changed_and_again_after(anchor):
    moments = demo_moments(anchor)
    changes = []
    for _, message in everything(anchor):
        changes += [(message.at, edited_at) for edited_at, _ in message.edits]
        changes += [(message.at, gone_at) for gone_at in (message.deleted_at, message.hidden_at) if gone_at]
    assert len(changes) >= 7
    for said_at, changed_at in changes:
        assert any(said_at <= moment < changed_at for moment in moments)
        assert any(changed_at <= moment for moment in moments)


@on_every_anchor
def test_one_reply_of_the_school_is_removed_again(anchor):
    removed = [message for world, message in everything(anchor) if own(world, message) and message.deleted_at]
    assert len(removed) == 1


@on_every_anchor
def test_some_are_answered_within_a_day_and_some_weekday_ones_after_more_than_a_day(anchor):
    waits = [
        (message, answer.at - message.at)
        for world, message in everything(anchor)
        if not own(world, message)
        for answer in answers_to(world, message)
    ]
    on_weekdays = [wait for message, wait in waits if message.at.astimezone(LONDON).weekday() < 4]
    assert sum(wait < timedelta(hours=24) for _, wait in waits) >= 15
    assert any(wait > timedelta(hours=48) for wait in on_weekdays)


@on_every_anchor
def test_a_weekend_comment_is_answered_on_the_monday_and_another_is_left_unanswered(anchor):
    answered_on = {
        (message.at.astimezone(LONDON).weekday(), answer.at.astimezone(LONDON).weekday())
        for world, message in everything(anchor)
        for answer in answers_to(world, message)
    }
    assert (5, 0) in answered_on
    assert any(message.at.astimezone(LONDON).weekday() == 5 for message in unanswered(anchor))


@on_every_anchor
def test_some_comments_of_the_last_day_are_unanswered_and_so_are_some_older_than_four_days(anchor):
    ages = [anchor - message.at for message in unanswered(anchor)]
    assert sum(age < timedelta(hours=24) for age in ages) >= 5
    assert sum(age > timedelta(days=4) for age in ages) >= 5


@on_every_anchor
def test_somebody_with_the_schools_name_and_another_id_replies_to_a_parent(anchor):
    posing = [
        (world, message)
        for world, message in everything(anchor)
        if message.author and message.author.name == world.school.name and not own(world, message)
    ]
    assert len(posing) == 2
    for world, message in posing:
        assert message.parent_id
        assert not answers_to(world, world.message(message.parent_id))


def test_awkward_texts_are_part_of_the_story():
    messages = [message for _, message in everything(ANCHORS[0])]
    texts = [message.text for message in messages]
    assert any(len(text) >= 3000 for text in texts)
    assert any(message.text == "" and message.raw is None for message in messages)
    assert any(message.author is None for message in messages)
    assert any("\u202e" in text and "\u200b" in text for text in texts)
    assert any(text.startswith("=") for text in texts)
    assert any("<script>" in text for text in texts)


def test_a_person_writes_twice_in_a_thread_before_the_one_reply_that_answers_both():
    world = oakfield(ANCHORS[0])["facebook"]
    asked = [m for m in world.messages if m.author and m.post_id and not own(world, m) and answers_to(world, m)]
    earlier = [
        m
        for m in world.messages
        for later in asked
        if m.author == later.author and m.post_id == later.post_id and m.at < later.at and not answers_to(world, m)
    ]
    assert earlier


def test_threads_reach_replies_on_replies():
    for account, world in oakfield(ANCHORS[0]).items():
        deep = [m for m in world.messages if m.parent_id and world.message(m.parent_id).parent_id]
        assert deep, account


@on_every_anchor
def test_readings_come_in_order_five_a_day_and_end_at_the_anchor(anchor):
    moments = demo_moments(anchor)
    assert moments == sorted(set(moments))
    assert moments[-1] == anchor
    assert len(moments) == 72
    assert moments[0].astimezone(LONDON).date() == (anchor - timedelta(days=14)).date()
    assert {f"{moment.astimezone(LONDON):%H:%M}" for moment in moments} == {
        "07:35",
        "08:05",
        "12:30",
        "16:30",
        "20:30",
    }


@given(
    day=st.dates(datetime(2024, 1, 1).date(), datetime(2030, 12, 31).date()),  # noqa: DTZ001 - only the days are used
    before=st.integers(0, 20),
)
def test_a_clock_time_of_the_story_is_the_local_time_that_day(day, before):
    days = Days(datetime.combine(day, datetime.min.time(), LONDON).replace(hour=8), "Europe/London")
    moment = days.at(before, "15:58")
    assert moment.utcoffset() == timedelta(0)
    assert moment.astimezone(LONDON).replace(tzinfo=None) == datetime.combine(
        day - timedelta(days=before), datetime.min.time()
    ) + timedelta(hours=15, minutes=58)


@given(day=st.dates(datetime(2024, 1, 1).date(), datetime(2030, 12, 31).date()), count=st.integers(1, 10))  # noqa: DTZ001
def test_school_days_are_counted_back_over_weekends(day, count):
    days = Days(datetime(day.year, day.month, day.day, 8, 5, tzinfo=LONDON), "Europe/London")
    found = days.school_day(count, "12:00").astimezone(LONDON).date()
    between = [found + timedelta(days=step) for step in range((day - found).days)]
    assert found.weekday() < 5
    assert sum(d.weekday() < 5 for d in between) == count


@given(day=st.dates(datetime(2024, 1, 1).date(), datetime(2030, 12, 31).date()))  # noqa: DTZ001
def test_the_weekend_is_the_last_one_before_the_anchors_week_and_its_friday_precedes_it(day):
    anchor = datetime(day.year, day.month, day.day, 8, 5, tzinfo=UTC)
    days = Days(anchor, "Europe/London")
    saturday, sunday = (days.weekend(name, "12:00").astimezone(LONDON).date() for name in ("Sat", "Sun"))
    monday = days.monday_after("12:00").astimezone(LONDON).date()
    friday = days.weekday_before("Fri", "12:00").astimezone(LONDON).date()
    assert (saturday.weekday(), sunday.weekday(), friday.weekday()) == (5, 6, 4)
    assert sunday - saturday == monday - sunday == timedelta(days=1)
    assert 0 <= (day - monday).days < 7
    assert 1 <= (day - friday).days <= 7
