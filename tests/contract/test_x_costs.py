"""What reading X costs, in calls and in posts paid for, and what its own headers say; messages and the timeline."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from harness import NOW
from harness_x import KEYS, PARENTS, SCHOOL, TOKEN, message
from reading_x import HOUR, MINUTE, failure_of, items, left_at, read, reading, served, world_of

from connectors.base import MESSAGES, Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, BudgetSpent, Forbidden
from connectors.fetched import ItemKind
from monitor.demo.server import Response, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost
from monitor.demo.x_server import snowflake

DAY = timedelta(days=1)
TALK = f"{PARENTS[0].id}-{SCHOOL.id}"


def dm(at, n, text="When do the gates open?", author=PARENTS[0]):
    return StoryMessage(f"dm:{snowflake(at, n)}", author, text, at, parent_id=f"dm:{TALK}")


def a_day(connector, clock, streams, budget):
    """Read every quarter of an hour for a day, each stream as seldom as it may be."""
    cursors, read_at = {}, {}
    every = connector.capabilities.read_every
    for quarter in range(96):
        clock.at = NOW + quarter * 15 * MINUTE
        for stream in streams:
            if stream in read_at and clock.at - read_at[stream] < every.get(stream, timedelta(0)):
                continue
            cursors[stream] = list(connector.fetch(stream, cursors.get(stream), budget))[-1].next_cursor
            read_at[stream] = clock.at


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=5)])
def test_a_day_costs_less_than_150_calls_whether_something_is_going_on_or_not(age):
    own = StoryPost(snowflake(NOW - age, 1), "Fair on Saturday.", NOW - age)
    talk = [message(own.at + n * MINUTE, n + 2, PARENTS[n], "@OakfieldPrimary ok", post_id=own.id) for n in range(5)]
    with reading(world_of(*talk, posts=[own])) as (connector, stand_in, clock):
        allowed = Budget(1000, NOW + DAY)
        a_day(connector, clock, connector.capabilities.streams, allowed)
        assert len(stand_in.requests) == allowed.calls <= 140


def test_what_was_paid_for_today_is_not_counted_again_and_is_again_tomorrow():
    said = [message(NOW - n * HOUR, n, PARENTS[0], f"@OakfieldPrimary {n}") for n in range(1, 4)]
    with reading(world_of(*said)) as (connector, _, clock):
        paid, cursor = [], None
        for at in (NOW, NOW + 15 * MINUTE, NOW + 10 * HOUR, NOW + 13 * HOUR):
            clock.at = at
            allowed = Budget(50, at + HOUR)
            cursor = list(connector.fetch("timeline", cursor, allowed))[-1].next_cursor
            paid.append(allowed.paid)
        assert paid == [0, 0, 0, 0]
        cursor = None
        for at in (NOW, NOW + 5 * MINUTE):
            clock.at = at
            allowed = Budget(50, at + HOUR)
            cursor = list(connector.fetch("mentions", cursor, allowed))[-1].next_cursor
            paid.append(allowed.paid)
    assert paid[4:] == [4, 0]  # three posts and their one author


def test_the_known_newest_post_is_in_every_answer_and_costs_one_thing_a_day():
    own = StoryPost(snowflake(NOW - 2 * DAY, 1), "Fair on Saturday.", NOW - 2 * DAY)
    with reading(world_of(posts=[own])) as (connector, _, clock):
        cursor, paid = None, []
        for hours in (0, 2, 4, 13, 15):
            clock.at = NOW + hours * HOUR
            allowed = Budget(50, NOW + DAY)
            batches = list(connector.fetch("timeline", cursor, allowed))
            cursor = batches[-1].next_cursor
            paid.append(allowed.paid)
            assert [post.remote_id for batch in batches for post in batch.posts] == [own.id]
    assert paid == [2, 0, 0, 2, 0]  # the post and its author, once on each of two days
    assert "timeline" in connector.capabilities.never_empty


def test_when_the_newest_post_is_deleted_the_one_before_takes_its_place():
    older = StoryPost(snowflake(NOW - 40 * DAY, 1), "Welcome.", NOW - 40 * DAY)
    newest = StoryPost(snowflake(NOW - DAY, 1), "Oops.", NOW - DAY, deleted_at=NOW + HOUR)
    with reading(world_of(posts=[older, newest])) as (connector, stand_in, clock):
        cursor = read(connector, "timeline")[-1].next_cursor
        clock.at = NOW + 2 * HOUR
        (batch,) = read(connector, "timeline", cursor)
        clock.at = NOW + 4 * HOUR
        before = len(stand_in.requests)
        (again,) = read(connector, "timeline", batch.next_cursor)
        assert len(stand_in.requests) == before + 1
    assert [post.remote_id for post in (*batch.posts, *again.posts)] == [older.id] * 2
    assert (batch.complete, again.complete) == (True, True)


def test_a_timeline_that_is_empty_though_it_was_not_says_so():
    with reading(world_of()) as (connector, _, _):
        (batch,) = read(connector, "timeline", left_at(snowflake(NOW - DAY, 1)))
    assert (batch.posts, batch.items, batch.complete) == ((), (), True)


def test_the_network_counts_the_replies_under_the_schools_posts():
    own = StoryPost(snowflake(NOW - DAY, 1), "Fair on Saturday.", NOW - DAY)
    talk = [message(own.at + n * MINUTE, n, PARENTS[n], "@OakfieldPrimary ok", post_id=own.id) for n in range(5)]
    with reading(world_of(*talk, posts=[own])) as (connector, _, _):
        (batch,) = read(connector, "timeline")
    assert [post.comment_count for post in batch.posts] == [5]


def test_what_the_headers_say_of_an_allowance_reaches_the_budget_and_ends_the_run_in_time():
    reset = int((NOW + 7 * MINUTE).timestamp())
    headers = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "60", "x-rate-limit-reset": str(reset)}
    empty = {"meta": {"result_count": 0}}
    with reading(world_of(), served(empty, headers=headers)) as (connector, _, _):
        allowed = Budget(50, NOW + HOUR)
        list(connector.fetch("mentions", None, allowed))
        stopped = failure_of(lambda: list(connector.fetch("timeline", None, allowed)))
    assert {name: round(usage.share, 3) for name, usage in allowed.usage.items()} == {"mentions": 0.8}
    assert isinstance(stopped, BudgetSpent)
    assert stopped.until == NOW + 7 * MINUTE


@pytest.mark.parametrize("odd", [("0", "0", "1"), ("300", "-1", "1"), ("x", "60", "1"), ("300", "60", "9" * 18)])
def test_strange_headers_of_an_allowance_say_nothing(odd):
    names = ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset")
    headers = dict(zip(names, odd, strict=True))
    with reading(world_of(), served({"meta": {"result_count": 0}}, headers=headers)) as (connector, _, _):
        allowed = Budget(50, NOW + HOUR)
        list(connector.fetch("mentions", None, allowed))
    assert allowed.usage == {}


def test_messages_are_a_stream_only_with_the_accounts_own_keys():
    with reading(world_of()) as (connector, stand_in, _):
        assert MESSAGES not in connector.capabilities.streams
        assert isinstance(failure_of(lambda: read(connector, MESSAGES)), Forbidden)
        assert stand_in.requests == []
    with reading(world_of(), own_keys=KEYS) as (connector, _, _):
        assert MESSAGES in connector.capabilities.streams


def test_a_message_knows_its_conversation_and_whom_it_speaks_to():
    asked, told = dm(NOW - 3 * HOUR, 1), dm(NOW - 2 * HOUR, 2, "At nine &amp; not before <3", SCHOOL)
    post = message(NOW - HOUR, 3, PARENTS[1], "@OakfieldPrimary hi")
    with reading(world_of(asked, told, post), own_keys=KEYS) as (connector, stand_in, _):
        found = items(read(connector, MESSAGES))
        assert MESSAGES not in {r.path for r in stand_in.requests if "authorization" not in r.headers}
    assert {m.kind for m in found.values()} == {ItemKind.MESSAGE}
    assert [found[m.id].text for m in (asked, told)] == [asked.text, told.text]
    assert [found[m.id].parent_remote_id for m in (asked, told)] == [f"dm:{TALK}"] * 2
    assert [found[m.id].addressed_to for m in (asked, told)] == [(SCHOOL.id,), (PARENTS[0].id,)]
    assert [found[m.id].author_id for m in (asked, told)] == [PARENTS[0].id, SCHOOL.id]
    assert found.keys() == {asked.id, told.id}


def test_only_a_few_messages_are_asked_for_until_all_of_them_are_new():
    old = [dm(NOW - n * HOUR, n) for n in range(1, 20)]
    with reading(world_of(*old), own_keys=KEYS) as (connector, stand_in, clock):
        cursor = read(connector, MESSAGES)[-1].next_cursor
        stand_in.world.messages += [dm(NOW + n * MINUTE, n) for n in range(1, 30)]
        clock.at = NOW + HOUR
        batches = read(connector, MESSAGES, cursor)
        clock.at = NOW + 2 * HOUR
        read(connector, MESSAGES, batches[-1].next_cursor)
    sizes = [r.query["max_results"] for r in stand_in.requests]
    assert sizes == ["100", "5", "100", "5"]
    assert {m.id for m in stand_in.world.messages} - {m.id for m in old} <= items(batches).keys()
    assert [batch.complete for batch in batches] == [False, True]


def test_messages_of_odd_shapes_are_set_aside_and_joining_a_group_is_none():
    made = snowflake(NOW - HOUR, 1)
    event = {"id": made, "event_type": "MessageCreate", "text": "hello", "sender_id": "5"}
    odd = [
        None,
        {**event, "id": 7},
        {**event, "text": 7},
        {**event, "sender_id": {}},
        {**event, "created_at": "soon"},
    ]
    joined = {"id": "9", "event_type": "ParticipantsJoin", "participant_ids": ["5"]}
    page = {"data": [event, joined, *odd], "meta": {"result_count": 7}}
    with reading(world_of(), served(page), own_keys=KEYS) as (connector, _, _):
        (batch,) = read(connector, MESSAGES)
    assert [(item.remote_id, item.parent_remote_id) for item in batch.items] == [(f"dm:{made}", None)]
    assert len(batch.quarantined) == len(odd)


def test_nobody_is_told_that_a_message_is_gone():
    with reading(world_of(), own_keys=KEYS) as (connector, stand_in, _):
        assert connector.verify([f"dm:{snowflake(NOW, 1)}"], Budget(5, NOW)) == {}
        assert stand_in.requests == []


def test_check_says_whose_the_keys_are_and_what_stands_in_the_way():
    with reading(world_of(), own_keys=KEYS, protected=True) as (connector, _, _):
        state = connector.check()
    assert state.own_ids == {SCHOOL.id}
    assert state.api_version == "2"
    assert "protected" in state.notes[0]
    other = Author("5", "Somebody", "somebody")

    def fault(request, number):
        return json_response({"data": {"id": other.id}}) if request.path == "/2/users/me" else None

    with reading(world_of(), fault, own_keys=KEYS) as (connector, _, _):
        assert isinstance(failure_of(connector.check), AuthFailed)
    suspended = {"errors": [{"title": "Forbidden", "detail": f"User has been suspended: [{SCHOOL.id}]."}]}
    with reading(world_of(), served(suspended)) as (connector, _, _):
        assert "suspended" in str(failure_of(connector.check))


def test_a_refused_key_is_told_from_a_refused_token():
    with reading(world_of(), lambda *_: Response(401, b"{}"), own_keys=KEYS) as (connector, _, _):
        assert "own keys" in str(failure_of(lambda: read(connector, MESSAGES)))
        assert "bearer token" in str(failure_of(lambda: read(connector, "mentions")))


def test_no_key_reaches_a_log_or_an_answer(caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("requests_oauthlib.oauth1_auth", "oauthlib.oauth1.rfc5849", "tweepy.client"):
        caplog.set_level(logging.DEBUG, logger=name)
    with reading(world_of(dm(NOW - HOUR, 1, "secretword")), own_keys=KEYS) as (connector, _, _):
        batches = read(connector, MESSAGES)
    for word in (*KEYS, TOKEN, "secretword"):
        assert word not in caplog.text
    assert not [key for key in KEYS if key in repr(batches)]


def test_verify_pays_for_what_is_there():
    kept = [message(NOW - n * HOUR, n, PARENTS[0], "@OakfieldPrimary a") for n in range(1, 4)]
    gone = message(NOW - 5 * HOUR, 9, PARENTS[0], "@OakfieldPrimary b", deleted_at=NOW - HOUR)
    with reading(world_of(*kept, gone)) as (connector, _, _):
        allowed = Budget(5, NOW + HOUR)
        said = connector.verify([m.id for m in (*kept, gone)], allowed)
    assert said[gone.id] is Verdict.GONE
    assert allowed.paid == 3
