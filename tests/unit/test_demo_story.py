"""The demo's story holds whatever the day it is told on, and contains everything the demo has to show."""

from collections import Counter
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from config.policy import ResponseRule
from monitor.demo.oakfield import demo_moments, expected, oakfield
from monitor.demo.play import OUTAGE_DAY
from monitor.model import Facts, ReplyBy, ReplyFact, ReplyKind
from monitor.rules.response import due_at
from monitor.rules.state import response_state

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


@cache
def worlds_at(anchor):
    return oakfield(anchor)


def everything(anchor):
    return [(world, message) for world in worlds_at(anchor).values() for message in world.messages]


def own(world, message):
    return message.author is not None and message.author.id == world.school.id


def answers_to(world, message):
    return [m for m in world.messages if m.parent_id == message.id and own(world, m)]


def topmost(world, message):
    while message.parent_id:
        message = world.message(message.parent_id)
    return message


def answers_counting_for(world, message):
    """The school's answers to it, and to something later by the same person in the same thread."""
    later = [
        m
        for m in world.messages
        if m.author == message.author and m.at > message.at and topmost(world, m) == topmost(world, message)
    ]
    return [answer for asked in (message, *later) for answer in answers_to(world, asked)]


def state(world, message, anchor):
    """Where it stands at the anchor, by the rules of the main job."""

    def first_missed(gone_at):
        return next(moment for moment in demo_moments(anchor) if moment >= gone_at) if gone_at else None

    facts = Facts(
        last_read_at=anchor,
        last_seen_at=max((m for m in demo_moments(anchor) if message.exists(m)), default=None),
        gone_at=first_missed(message.deleted_at),
        replies=tuple(
            ReplyFact(answer.at, ReplyBy.SCHOOL, ReplyKind.REPLY, first_missed(answer.deleted_at))
            for answer in answers_counting_for(world, message)
        ),
    )
    due = due_at(message.at, LONDON.key, ResponseRule(), facts).due_at
    return response_state(message.at, due, facts, ResponseRule(), anchor).state


def states(anchor):
    """(account, comment, state) of every readable comment by others."""
    return [
        (account, message, state(world, message, anchor))
        for account, world in worlds_at(anchor).items()
        for message in world.messages
        if not own(world, message) and message.raw is None
    ]


@on_every_anchor
def test_at_least_sixty_comments_by_others_are_met_in_the_fortnight(anchor):
    met = [expected(world, demo_moments(anchor)) for world in worlds_at(anchor).values()]
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
    for world in worlds_at(anchor).values():
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
def test_nothing_on_x_comes_goes_or_changes_unseen_while_x_is_down(anchor):
    down = (anchor - timedelta(days=OUTAGE_DAY)).astimezone(LONDON).date()
    reads = [moment for moment in demo_moments(anchor) if moment.astimezone(LONDON).date() != down]
    x = worlds_at(anchor)["x"]
    assert expected(x, reads) == expected(x, demo_moments(anchor))
    for message in x.messages:
        for changed_at in [*(at for at, _ in message.edits), *filter(None, [message.deleted_at])]:
            assert any(message.at <= moment < changed_at for moment in reads), message.text
            assert next(moment for moment in demo_moments(anchor) if moment >= changed_at) in reads, message.text


@on_every_anchor
def test_the_school_answers_most_in_time_a_few_late_and_owes_a_few(anchor):
    found = Counter(state for _, _, state in states(anchor))
    assert found["answered_in_time"] >= 0.7 * found.total()
    assert found["answered_late"] == 3
    assert 6 <= found["open"] <= 10
    assert 5 <= found["overdue"] <= 8
    assert found["withdrawn"] == 3
    assert len(found) == 5


@on_every_anchor
def test_every_account_has_something_in_each_state(anchor):
    met = {(account, state) for account, _, state in states(anchor)}
    assert len(met) == 3 * 5


@on_every_anchor
def test_the_school_replies_in_office_hours_and_on_a_saturday_only_to_what_was_said_on_friday(anchor):
    for world, message in everything(anchor):
        if own(world, message):
            at, asked = message.at.astimezone(LONDON), world.message(message.parent_id)
            assert time(7, 30) <= at.time() <= time(17, 45), message.text
            assert at.weekday() < 5 or (at.weekday() == 5 and asked.at.astimezone(LONDON).weekday() == 4), (
                message.text
            )


@on_every_anchor
def test_no_two_replies_of_the_school_are_worded_alike(anchor):
    words = [message.text for world, message in everything(anchor) if own(world, message)]
    assert len(words) == len(set(words))


@on_every_anchor
def test_one_reply_of_the_school_is_removed_again_and_what_it_answered_is_overdue(anchor):
    removed = [(world, m) for world, m in everything(anchor) if own(world, m) and m.deleted_at]
    assert len(removed) == 1
    [(world, reply)] = removed
    assert state(world, world.message(reply.parent_id), anchor) == "overdue"


@on_every_anchor
def test_a_comment_hidden_by_the_school_was_answered_before(anchor):
    hidden = [(world, m) for world, m in everything(anchor) if m.hidden_at]
    assert len(hidden) == 1
    [(world, message)] = hidden
    assert answers_to(world, message)[0].at < message.hidden_at


@on_every_anchor
def test_every_network_has_a_weekend_comment_answered_on_the_monday_and_one_saturday_comment_is_forgotten(anchor):
    answered_on = {
        (account, answer.at.astimezone(LONDON).weekday())
        for account, world in worlds_at(anchor).items()
        for message in world.messages
        if message.at.astimezone(LONDON).weekday() >= 5
        for answer in answers_to(world, message)
    }
    assert answered_on == {(account, 0) for account in worlds_at(anchor)}
    overdue_since = [m.at.astimezone(LONDON).weekday() for _, m, state in states(anchor) if state == "overdue"]
    assert overdue_since.count(5) == 1


@on_every_anchor
def test_what_is_overdue_is_days_old_and_what_is_open_came_in_the_last_day(anchor):
    for _, message, state in states(anchor):
        if state == "overdue":
            assert anchor - message.at > timedelta(days=4)
        if state == "open":
            assert anchor - message.at < timedelta(hours=24)


@on_every_anchor
def test_somebody_with_the_schools_name_and_another_id_replies_and_that_answers_nobody(anchor):
    posing = [
        (world, message)
        for world, message in everything(anchor)
        if message.author and message.author.name == world.school.name and not own(world, message)
    ]
    victims = [(world, world.message(message.parent_id)) for world, message in posing]
    assert [state(world, victim, anchor) for world, victim in victims] == ["overdue", "answered_in_time"]
    answer = answers_to(*victims[1])[0]
    assert answer.at > posing[1][1].at


def test_awkward_texts_are_part_of_the_story():
    messages = [message for _, message in everything(ANCHORS[0])]
    texts = [message.text for message in messages]
    assert any(len(text) >= 3000 for text in texts)
    assert any(message.text == "" and message.raw is None for message in messages)
    assert any(message.author is None for message in messages)
    assert any("\u202e" in text and "\u200b" in text for text in texts)
    assert any(text.startswith("=") for text in texts)
    assert any("<script>" in text for text in texts)


@on_every_anchor
def test_a_person_writes_twice_in_a_thread_before_the_one_reply_that_answers_both(anchor):
    world = worlds_at(anchor)["facebook"]
    twice = [
        m
        for m in world.messages
        if not own(world, m) and not answers_to(world, m) and len(answers_counting_for(world, m)) == 1
    ]
    assert len(twice) == 1
    assert state(world, twice[0], anchor) == "answered_in_time"


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
