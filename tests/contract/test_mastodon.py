"""Mastodon: how its threads and mentions are read on, and what deletions do, beside the shared contract suite."""

from __future__ import annotations

import json

import pytest
from harness import NOW
from harness_mastodon import HARNESS, IMPERSONATOR, PARENTS, POST, QUIET_POST, SCHOOL, TOKEN, message
from hypothesis import given
from hypothesis import strategies as st
from office import QUARTER, Office
from reading import read
from reading_mastodon import DAY, HOUR, MINUTE, budget, raw_status, reading, served, world_of

from connectors.base import Verdict
from connectors.fetched import ItemKind
from connectors.mastodon_state import read_mentions, read_threads
from monitor.demo.mastodon_scene import status_id
from monitor.demo.mastodon_server import MastodonStandIn, mastodon_error
from monitor.demo.world import StoryPost

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def test_a_direct_message_is_never_read_and_a_person_is_told_that_nobody_watches_them():
    direct = message(1, NOW - HOUR, PARENTS[0], "My child is being bullied.", post_id=None)
    below = message(2, NOW - HOUR, PARENTS[1], "Only for you.")
    with reading(world_of(direct, below), direct=[direct.id, below.id]) as (connector, _, _):
        assert read(connector).items == {}
        assert "Direct messages to this account are not watched" in connector.check().notes


def test_a_boost_is_not_the_schools_own_reply():
    boosted = raw_status(account={"id": SCHOOL.id, "acct": "oakfield"}, reblog=raw_status(), content="")
    with reading(world_of(), served([boosted], on=f"/accounts/{SCHOOL.id}/")) as (connector, _, _):
        result = read(connector)
    assert result.items == {}
    assert [batch.posts for batch in result.batches if batch.posts] == []


def test_where_a_reply_hangs_is_told_alike_by_a_mention_and_by_its_thread():
    asked = message(1, NOW - 5 * HOUR, PARENTS[0], "When?")
    own = message(2, NOW - 4 * HOUR, SCHOOL, "At two.", parent_id=asked.id)
    thanks = message(3, NOW - 3 * HOUR, PARENTS[0], "Thanks!", parent_id=own.id)
    alone = message(4, NOW - 2 * HOUR, PARENTS[1], "Hello @oakfield", post_id=None)
    answer = message(5, NOW - HOUR, SCHOOL, "Hello!", post_id=None, parent_id=alone.id)
    with reading(world_of(asked, own, thanks, alone, answer)) as (connector, _, _):
        by_stream = {
            stream: {
                item.remote_id: (item.kind, item.parent_remote_id)
                for batch in connector.fetch(stream, None, budget())
                for item in batch.items
            }
            for stream in connector.capabilities.streams
        }
    comment, reply, mention = ItemKind.COMMENT, ItemKind.REPLY, ItemKind.MENTION
    told = {asked.id: (comment, None), thanks.id: (reply, own.id), alone.id: (mention, None)}
    own_words = {own.id: (reply, asked.id), answer.id: (reply, alone.id)}
    assert by_stream["mentions"] == told
    del told[alone.id]
    assert by_stream["threads"] == told | own_words


def test_a_reply_that_mentions_nobody_is_found_in_its_thread():
    asked = message(1, NOW - 5 * HOUR, PARENTS[0], "When?")
    aside = message(2, NOW - 4 * HOUR, PARENTS[1], "They never say.", parent_id=asked.id)
    with reading(world_of(asked, aside), silent=[aside.id]) as (connector, _, _):
        assert read(connector).items[aside.id].parent_remote_id == asked.id


def test_what_was_deleted_is_asked_for_as_soon_as_its_thread_is_read_without_it():
    stays = message(1, NOW - 5 * HOUR, PARENTS[0], "stays")
    goes = message(2, NOW - 4 * HOUR, PARENTS[1], "goes", deleted_at=NOW + HOUR)
    with reading(world_of(stays, goes)) as (connector, _, clock):
        first = read(connector)
        clock.at = NOW + 5 * HOUR
        second = read(connector, first.cursors)
        said = connector.verify([stays.id, goes.id], budget())
    assert [batch.whole_threads for batch in second.batches if batch.whole_threads] == [(POST.id,)]
    assert goes.id not in second.items
    assert said == {stays.id: Verdict.PRESENT, goes.id: Verdict.GONE}


def test_what_lost_its_place_with_a_deleted_status_is_still_read_again_by_its_id():
    above = message(1, NOW - 5 * HOUR, PARENTS[0], "above", deleted_at=NOW + HOUR)
    edits = ((NOW + 6 * HOUR, "below, put right"),)
    below = message(2, NOW - 4 * HOUR, PARENTS[1], "below", parent_id=above.id, edits=edits)
    with reading(world_of(above, below)) as (connector, _, clock):
        result = read(connector)
        clock.at = NOW + 5 * HOUR
        result = read(connector, result.cursors)
        assert below.id not in {item for batch in result.batches if batch.whole_threads for item in batch.items}
        clock.at = NOW + 30 * HOUR
        result = read(connector, result.cursors)
    assert result.items[below.id].text == "below, put right"


def test_an_edited_mention_is_read_again_by_its_id_once_a_day():
    edits = ((NOW + HOUR, "Hello @oakfield, put right"),)
    mention = message(1, NOW - HOUR, PARENTS[0], "Hello @oakfield", post_id=None, edits=edits)
    with reading(world_of(mention)) as (connector, stand_in, clock):
        first = read(connector)
        clock.at = NOW + 23 * HOUR
        second = read(connector, first.cursors)
    assert second.items[mention.id].text == "Hello @oakfield, put right"
    assert second.items[mention.id].edited_at == NOW + HOUR
    assert "/api/v1/statuses" in {request.path for request in stand_in.requests}


def test_a_quiet_day_costs_less_than_its_allowance_and_an_unchanged_thread_is_left_alone(tmp_path):
    world = HARNESS.world()
    with MastodonStandIn(world, lambda: office.clock(), TOKEN) as stand_in:
        office = Office(tmp_path, "mastodon", lambda: HARNESS.connector(stand_in, office.clock), NOW)
        office.poll()
        asked = len(stand_in.requests)
        for _ in range(95):
            office.poll()
        paths = [request.path for request in stand_in.requests[asked:]]
        office.close()
    assert paths.count("/api/v1/notifications") == 95
    assert sum(path.endswith("/context") for path in paths) <= 3
    assert len(paths) <= 145


def test_only_new_mentions_are_read_and_those_of_the_last_minutes_once_more():
    old = message(1, NOW - HOUR, PARENTS[0], "one")
    fresh = message(2, NOW - 5 * MINUTE, PARENTS[1], "two")
    with reading(world_of(old, fresh)) as (connector, _, clock):

        def mentions(cursor):
            batches = list(connector.fetch("mentions", cursor, budget()))
            cursor = json.loads(json.dumps(batches[-1].next_cursor))
            return {item.remote_id for batch in batches for item in batch.items}, cursor

        first, cursor = mentions(None)
        second, cursor = mentions(cursor)
        clock.at = NOW + QUARTER
        third, cursor = mentions(cursor)
        fourth, cursor = mentions(cursor)
    assert [first, second, third, fourth] == [{old.id, fresh.id}, {fresh.id}, {fresh.id}, set()]


def test_a_post_that_is_deleted_between_list_and_thread_costs_nothing_but_its_thread():
    comment = message(1, NOW - HOUR, PARENTS[0], "hello")

    def fault(request, _):
        return mastodon_error(404, "Record not found") if request.path.endswith("/context") else None

    with reading(world_of(comment), fault) as (connector, _, _):
        result = read(connector)
    assert result.error is None
    assert (POST.id,) in [batch.whole_threads for batch in result.batches]


def test_what_the_network_counts_in_a_whole_thread_stands_beside_what_was_met():
    with reading(HARNESS.world()) as (connector, _, _):
        result = read(connector)
    posts = {post.remote_id: post.comment_count for batch in result.batches for post in batch.posts}
    assert posts == {
        post_id: sum(item.post_remote_id == post_id for item in result.items.values()) + unreadable
        for post_id, unreadable in ((POST.id, 1), (QUIET_POST.id, 0))
    }


def test_an_impersonator_is_somebody_else():
    fake = message(1, NOW - HOUR, IMPERSONATOR, "The school is shut.")
    with reading(world_of(fake)) as (connector, _, _):
        own_ids = connector.check().own_ids
        item = read(connector).items[fake.id]
    assert item.author_name == SCHOOL.name
    assert item.author_id not in own_ids


def test_a_list_longer_than_a_page_is_read_to_its_end_and_only_as_far_as_needed():
    posts = [StoryPost(status_id(NOW - n * 8 * HOUR, n), f"Post {n}", NOW - n * 8 * HOUR) for n in range(1, 85)]
    with reading(world_of(posts=[*posts, QUIET_POST])) as (connector, stand_in, clock):
        first = read(connector)
        clock.at = NOW + HOUR
        read(connector, first.cursors)
    listed = {post.remote_id for batch in first.batches for post in batch.posts}
    assert listed == {post.id for post in [*posts, QUIET_POST]}
    assert sum(request.path.endswith(f"{SCHOOL.id}/statuses") for request in stand_in.requests) == 3 + 1


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["v", "me", "min_id", "roots", "followed", "book", "met", "strays", "listed_at", "x"]), inner, max_size=5)
)))  # fmt: skip
def test_a_cursor_of_any_shape_is_read_and_what_is_written_is_read_back(value):
    cursor = value if isinstance(value, dict) else {"v": 1, "followed": value, "met": value, "book": value}
    for read_cursor in (read_mentions, read_threads):
        state = read_cursor(cursor)
        written = json.loads(json.dumps(state.to_json()))
        assert read_cursor(written).to_json() == written


def test_a_cursor_of_another_account_is_not_read_on_from():
    comment = message(1, NOW - DAY, PARENTS[0], "hello")
    with reading(world_of(comment)) as (connector, _, _):
        cursors = read(connector).cursors
    strange = {stream: cursor | {"me": "42"} for stream, cursor in cursors.items()}
    with reading(world_of(comment)) as (connector, _, _):
        connector.check()
        assert comment.id in read(connector, strange).items
