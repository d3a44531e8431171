"""What X alone promises, beyond the contract every connector keeps."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from harness import NOW
from harness_x import PARENTS, POST, SCHOOL, TOKEN, message
from hypothesis import given
from hypothesis import strategies as st
from reading_x import (
    HOUR,
    MINUTE,
    budget,
    failure_of,
    items,
    left_at,
    raw_message,
    read,
    read_until_failure,
    reading,
    served,
    world_of,
)

from connectors.base import Verdict
from connectors.errors import Forbidden, TemporaryFailure
from connectors.fetched import Attachment, ItemKind
from connectors.x_wire import id_time
from monitor.demo.server import Response, json_response
from monitor.demo.world import StoryPost
from monitor.demo.x_server import snowflake


@given(st.integers(1_300_000_000, 3_400_000_000), st.integers(0, 999), st.integers(0, 0x3FFFFF))
def test_the_time_of_a_post_can_be_read_from_its_id(seconds, milliseconds, n):
    at = datetime.fromtimestamp(seconds, tz=UTC) + timedelta(milliseconds=milliseconds)
    assert id_time(snowflake(at, n)) == at.replace(microsecond=0)


def test_an_edit_arrives_under_a_new_id_and_keeps_the_identity_and_time_of_the_first_version():
    at, edited_at = NOW - 10 * MINUTE, NOW + 5 * MINUTE
    first = message(
        at, 7, PARENTS[0], "@OakfieldPrimary you are late", edits=((edited_at, "@OakfieldPrimary late!"),)
    )
    with reading(world_of(first)) as (connector, _, clock):
        before = read(connector)
        clock.at = NOW + 15 * MINUTE
        after = read(connector, cursor=before[-1].next_cursor)
    old, new = items(before)[first.id], items(after)[first.id]
    assert (old.text, new.text) == ("@OakfieldPrimary you are late", "@OakfieldPrimary late!")
    assert (old.alt_ids, new.alt_ids) == ((), (snowflake(edited_at, 7),))
    assert old.created_at == new.created_at == at
    assert (old.edited_at, new.edited_at) == (None, edited_at)


def test_an_edited_post_of_the_school_keeps_its_identity_too():
    at = NOW - 3 * HOUR
    own = message(at, 7, SCHOOL, "Fair on Sunday", edits=((at + MINUTE, "Fair on Saturday"),))
    with reading(world_of(own)) as (connector, _, _):
        batches = read(connector, "timeline")
    (post,) = [post for batch in batches for post in batch.posts]
    assert (post.remote_id, post.text, post.created_at) == (own.id, "Fair on Saturday", at)


def test_every_message_knows_its_thread_and_what_it_answers():
    at = NOW - 5 * HOUR
    direct = message(at, 1, PARENTS[0], "@OakfieldPrimary why?", post_id=POST)
    deeper = message(at + MINUTE, 2, PARENTS[1], "@OakfieldPrimary same here", post_id=POST, parent_id=direct.id)
    alone = message(at + 2 * MINUTE, 3, PARENTS[2], "The office of @OakfieldPrimary is shut")
    joined = message(at + 3 * MINUTE, 4, PARENTS[3], "@OakfieldPrimary indeed", parent_id=alone.id)
    post = StoryPost(POST, "No school tomorrow.", NOW - timedelta(days=12))
    with reading(world_of(direct, deeper, alone, joined, posts=[post])) as (connector, _, _):
        found = items(read(connector))
    place = {i: (found[i].kind, found[i].post_remote_id, found[i].parent_remote_id) for i in found}
    assert place == {
        direct.id: (ItemKind.REPLY, POST, None),
        deeper.id: (ItemKind.REPLY, POST, direct.id),
        alone.id: (ItemKind.MENTION, alone.id, None),
        joined.id: (ItemKind.REPLY, alone.id, alone.id),
    }
    assert found[alone.id].permalink == f"https://x.com/i/web/status/{alone.id}"
    assert (found[alone.id].author_id, found[alone.id].author_name) == (PARENTS[2].id, PARENTS[2].name)


def test_the_timeline_holds_the_posts_and_the_replies_of_the_school():
    asked = message(NOW - 5 * HOUR, 1, PARENTS[0], "@OakfieldPrimary open today?")
    answer = message(NOW - 4 * HOUR, 2, SCHOOL, "Yes, until four.", parent_id=asked.id)
    post = StoryPost(POST, "No school tomorrow.", NOW - timedelta(days=12))
    with reading(world_of(asked, answer, posts=[post])) as (connector, _, _):
        batches = read(connector, "timeline")
    (reply,) = items(batches).values()
    assert (reply.remote_id, reply.kind, reply.author_id) == (answer.id, ItemKind.REPLY, SCHOOL.id)
    assert (reply.post_remote_id, reply.parent_remote_id) == (asked.id, asked.id)
    assert [p.remote_id for batch in batches for p in batch.posts] == [POST]


def test_what_is_only_passed_on_is_no_post_of_the_school_and_no_mention_of_its_own():
    passed_on = [{"type": "retweeted", "id": POST}]
    by_school = raw_message(n=1, author=SCHOOL, author_id=SCHOOL.id, referenced_tweets=passed_on)
    by_parent = raw_message(n=2, author_id=PARENTS[0].id, referenced_tweets=passed_on)
    with reading(world_of(by_school, by_parent)) as (connector, _, _):
        own, others = read(connector, "timeline"), read(connector)
    assert [(batch.items, batch.posts, batch.quarantined) for batch in own] == [((), (), ())]
    assert [item.kind for item in items(others).values()] == [ItemKind.OTHER]


def test_a_post_of_more_than_280_characters_is_read_to_its_end():
    long = "@OakfieldPrimary " + "word " * 80 + "and the last word"
    with reading(world_of(message(NOW - HOUR, 1, PARENTS[0], long))) as (connector, _, _):
        (item,) = items(read(connector)).values()
    assert item.text == long


def test_attachments_are_listed_and_never_fetched():
    post = raw_message(author_id=PARENTS[0].id, attachments={"media_keys": ["3_1", "7_2"]}).raw
    media = [
        {"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/a.jpg"},
        {"media_key": "7_2", "type": "video", "preview_image_url": "https://pbs.twimg.com/b.jpg"},
    ]
    page = {"data": [post], "includes": {"media": media}, "meta": {"result_count": 1}}
    with reading(world_of(), served(page)) as (connector, stand_in, _):
        (item,) = items(read(connector)).values()
    assert item.attachments == (
        Attachment("photo", "https://pbs.twimg.com/media/a.jpg"),
        Attachment("video", "https://pbs.twimg.com/b.jpg"),
    )
    assert len(stand_in.requests) == 1


def test_the_cursor_stays_where_it_was_when_a_later_page_fails():
    messages = [message(NOW - n * HOUR, 1, PARENTS[0], f"@OakfieldPrimary {n}") for n in range(1, 25)]
    before = {"v": 1, "since_id": messages[-1].id}
    down = {2}

    def fault(request, number):
        return Response(503, b"over capacity") if number in down else None

    with reading(world_of(*messages), fault, page_size=10) as (connector, _, _):
        kept, failure = read_until_failure(connector, before)
        again = read(connector, cursor=kept[-1].next_cursor)
    assert isinstance(failure, TemporaryFailure)
    assert [(batch.next_cursor, batch.complete) for batch in kept] == [(before, False)] * 2
    assert set(items(again)) == {m.id for m in messages[:-1]}
    assert (again[-1].complete, again[-1].next_cursor) == (True, left_at(messages[0].id))


def test_posts_of_the_last_half_hour_are_read_again_because_x_may_show_some_late():
    old = message(NOW - HOUR, 1, PARENTS[0], "@OakfieldPrimary hello")
    fresh = message(NOW - 10 * MINUTE, 2, PARENTS[1], "@OakfieldPrimary hi")
    with reading(world_of(old, fresh)) as (connector, stand_in, clock):
        first = read(connector)
        second = read(connector, cursor=first[-1].next_cursor)
        clock.at = NOW + HOUR
        third = read(connector, cursor=second[-1].next_cursor)
        fourth = read(connector, cursor=third[-1].next_cursor)
    assert [set(items(batches)) for batches in (first, second, third, fourth)] == [
        {old.id, fresh.id},
        {fresh.id},
        {fresh.id},
        set(),
    ]
    asked = [("start_time" in r.query, r.query.get("since_id")) for r in stand_in.requests]
    assert asked == [(True, None), (False, old.id), (False, old.id), (False, fresh.id)]


def test_the_first_read_goes_back_as_far_as_the_look_back():
    inside = message(NOW - timedelta(days=29), 1, PARENTS[0], "@OakfieldPrimary a")
    outside = message(NOW - timedelta(days=31), 2, PARENTS[0], "@OakfieldPrimary b")
    with reading(world_of(inside, outside)) as (connector, _, _):
        assert set(items(read(connector))) == {inside.id}


def test_a_since_id_that_x_calls_too_old_is_replaced_by_the_look_back():
    asked = message(NOW - HOUR, 1, PARENTS[0], "@OakfieldPrimary hello")
    too_old = {
        "errors": [{"parameters": {"since_id": ["5"]}, "message": "'since_id' must be a tweet id created after"}],
        "title": "Invalid Request",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    }

    def fault(request, number):
        return json_response(too_old, 400) if "since_id" in request.query else None

    with reading(world_of(asked), fault) as (connector, stand_in, _):
        batches = read(connector, cursor={"v": 1, "since_id": "5"})
    assert set(items(batches)) == {asked.id}
    assert batches[-1].next_cursor == left_at(asked.id)
    assert [r.query.get("start_time") for r in stand_in.requests] == [None, "2026-10-15T12:00:00Z"]


def test_a_read_that_ends_where_x_lists_no_more_does_not_call_itself_complete():
    messages = [message(NOW - timedelta(minutes=40 + n), 1, PARENTS[0], f"@OakfieldPrimary {n}") for n in range(805)]
    with reading(world_of(*messages)) as (connector, _, _):
        first = read(connector)
        second = read(connector, cursor=first[-1].next_cursor)
    assert len(items(first)) == 800
    assert not first[-1].complete
    assert second[-1].complete


def test_verify_tells_deleted_posts_from_those_x_will_not_show():
    kept = message(NOW - HOUR, 1, PARENTS[0], "@OakfieldPrimary a", edits=((NOW - HOUR + MINUTE, "b"),))
    deleted = message(NOW - HOUR, 2, PARENTS[0], "@OakfieldPrimary b", deleted_at=NOW - MINUTE)
    with reading(world_of(kept, deleted)) as (connector, _, _):
        said = connector.verify([kept.id, deleted.id, "not-an-id"], budget())
    assert said == {kept.id: Verdict.PRESENT, deleted.id: Verdict.GONE}
    protected = {"resource_id": "5", "type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}
    with reading(world_of(), served({"errors": [protected]})) as (connector, _, _):
        assert connector.verify(["5"], budget()) == {"5": Verdict.UNKNOWN}


def test_verify_asks_for_a_hundred_posts_a_call():
    with reading(world_of()) as (connector, stand_in, _):
        allowed = budget(3)
        said = connector.verify([str(n) for n in range(1, 251)], allowed)
    assert [len(r.query["ids"].split(",")) for r in stand_in.requests] == [100, 100, 50]
    assert (len(said), allowed.calls_left) == (250, 0)


def test_check_knows_the_school_by_its_id_alone():
    with reading(world_of()) as (connector, _, _):
        state = connector.check()
    assert (state.own_ids, state.display_name) == ({SCHOOL.id}, SCHOOL.name)


def test_check_says_when_x_has_no_such_account():
    nobody = {"errors": [{"type": "https://api.twitter.com/2/problems/resource-not-found", "value": SCHOOL.id}]}
    with reading(world_of(), served(nobody)) as (connector, _, _):
        assert isinstance(failure_of(connector.check), Forbidden)


def test_tweepy_writes_nothing_to_any_log(caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="tweepy.client")
    with reading(world_of(message(NOW - HOUR, 1, PARENTS[0], "@OakfieldPrimary secretword"))) as (connector, _, _):
        read(connector)
    assert TOKEN not in caplog.text
    assert "secretword" not in caplog.text
