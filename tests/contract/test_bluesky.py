"""Bluesky: how its threads and notifications are read on, and what deletions do, beside the shared contract suite.

The same connector reads a real network in tests/servers.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from harness import NOW
from harness_bluesky import HARNESS, IMPERSONATOR, PARENTS, POST, QUIET_POST, SCHOOL, message
from hypothesis import given
from hypothesis import strategies as st
from office import Office
from reading import read
from reading_bluesky import DAY, HOUR, MINUTE, asked_for, budget, on, reading, world_of

from connectors.base import Verdict
from connectors.bluesky_state import read_notifications, read_threads
from connectors.fetched import ItemKind, Shown
from monitor.demo.bluesky_scene import post_uri
from monitor.demo.bluesky_server import xrpc_error
from monitor.demo.server import json_response

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def test_where_a_reply_hangs_is_told_alike_by_a_notification_and_by_its_thread():
    asked = message(1, NOW - 5 * HOUR, PARENTS[0], "When?")
    own = message(2, NOW - 4 * HOUR, SCHOOL, "At two.", parent_id=asked.id)
    thanks = message(3, NOW - 3 * HOUR, PARENTS[0], "Thanks!", parent_id=own.id)
    alone = message(4, NOW - 2 * HOUR, PARENTS[1], "Hello @oakfield.test", post_id=None)
    answer = message(5, NOW - HOUR, SCHOOL, "Hello!", post_id=None, parent_id=alone.id)
    with reading(world_of(asked, own, thanks, alone, answer)) as (connector, _, _):
        by_stream = {
            stream: {
                item.remote_id: (item.kind, item.post_remote_id, item.parent_remote_id)
                for batch in connector.fetch(stream, None, budget())
                for item in batch.items
            }
            for stream in connector.capabilities.streams
        }
    told = {
        asked.id: (ItemKind.COMMENT, POST.id, None),
        thanks.id: (ItemKind.REPLY, POST.id, own.id),
        alone.id: (ItemKind.MENTION, None, None),
    }
    own_words = {own.id: (ItemKind.REPLY, POST.id, asked.id), answer.id: (ItemKind.REPLY, None, alone.id)}
    assert by_stream["notifications"] == told
    del told[alone.id]
    assert by_stream["threads"] == told | own_words


def test_a_hidden_reply_is_met_as_hidden_and_shown_again_as_visible():
    rude = message(1, NOW - 3 * HOUR, PARENTS[0], "rude", hidden_at=NOW + HOUR, shown_again_at=NOW + 4 * HOUR)
    with reading(world_of(rude)) as (connector, _, clock):
        result = read(connector)
        seen = [result.items[rude.id].shown]
        for _ in range(2):
            clock.at += 3 * HOUR
            result = read(connector, result.cursors)
            seen.append(result.items[rude.id].shown)
    assert seen == [Shown.VISIBLE, Shown.HIDDEN, Shown.VISIBLE]


def test_a_thread_deeper_than_one_answer_is_read_to_its_bottom():
    chain = [message(0, NOW - DAY, PARENTS[0], "level 0")]
    for n in range(1, 230):
        at = NOW - DAY + n * MINUTE
        chain.append(message(n, at, PARENTS[n % 7], f"level {n}", parent_id=chain[-1].id))
    for deepest in (1000, 60):
        with reading(world_of(*chain), deepest=deepest) as (connector, stand_in, _):
            batches = list(connector.fetch("threads", None, budget()))
        assert {item.remote_id for batch in batches for item in batch.items} == {each.id for each in chain}
        assert [batch.whole_threads for batch in batches if batch.whole_threads] == [(POST.id,)]
        assert asked_for(stand_in).count("getPostThread") <= 230 / min(deepest, 100) + 1


def test_what_dropped_out_with_a_deleted_reply_is_still_there_when_asked_for():
    above = message(1, NOW - 5 * HOUR, PARENTS[0], "above", deleted_at=NOW + HOUR)
    own = message(2, NOW - 4 * HOUR, SCHOOL, "own", parent_id=above.id)
    below = message(3, NOW - 3 * HOUR, PARENTS[1], "below", parent_id=own.id)
    with reading(world_of(above, own, below)) as (connector, _, clock):
        first = read(connector)
        clock.at = NOW + 5 * HOUR
        second = read(connector, first.cursors)
        said = connector.verify([above.id, own.id, below.id], budget())
    assert first.items.keys() == {above.id, own.id, below.id}
    assert second.items.keys() == {own.id}, "the list of own posts still has it"
    assert (POST.id,) in [batch.whole_threads for batch in second.batches]
    assert said == {above.id: Verdict.GONE, own.id: Verdict.PRESENT, below.id: Verdict.PRESENT}


def test_posts_of_somebody_who_blocks_the_school_are_not_called_gone():
    blocked, gone, there = (message(n, NOW - HOUR, PARENTS[n], "hello") for n in range(3))
    gone = replace(gone, deleted_at=NOW - MINUTE)
    with reading(world_of(blocked, gone, there), blocking=[PARENTS[0].id]) as (connector, _, _):
        said = connector.verify([blocked.id, gone.id, there.id], budget())
    assert said == {blocked.id: Verdict.UNKNOWN, gone.id: Verdict.GONE, there.id: Verdict.PRESENT}


def test_an_answer_without_any_post_proves_nothing_unless_one_of_ours_is_in_it():
    gone = [message(n, NOW - HOUR, PARENTS[n], "hello", deleted_at=NOW - MINUTE) for n in range(3)]
    ids = [each.id for each in gone]
    with reading(world_of(*gone)) as (connector, stand_in, _):
        assert set(connector.verify(ids, budget()).values()) == {Verdict.GONE}
        assert asked_for(stand_in) == ["createSession", "getPosts", "getAuthorFeed", "getPosts", "getProfiles"]
    with reading(world_of(*gone), on("getPosts", json_response({"posts": []}))) as (connector, _, _):
        assert set(connector.verify(ids, budget()).values()) == {Verdict.UNKNOWN}
    with reading(world_of(*gone, posts=[])) as (connector, _, _):
        assert set(connector.verify(ids, budget()).values()) == {Verdict.UNKNOWN}


def test_verify_asks_for_few_enough_at_once_and_leaves_out_what_is_no_address():
    with reading(world_of()) as (connector, stand_in, _):
        ids = [post_uri(PARENTS[0].id, NOW, n) for n in range(60)]
        said = connector.verify([*ids, "nonsense", "at://x/y/z", ""], budget())
        refused = [request for request in stand_in.requests if request.query.get("uris") == "nonsense"]
    assert refused == []
    assert {said[each] for each in ids} == {Verdict.GONE}
    assert said["nonsense"] is said["at://x/y/z"] is said[""] is Verdict.UNKNOWN


def test_a_quiet_day_costs_less_than_its_allowance(tmp_path):
    with HARNESS.stand_in(HARNESS.world(), lambda: office.clock()) as stand_in:
        office = Office(tmp_path, "bluesky", lambda: HARNESS.connector(stand_in, office.clock), NOW)
        office.poll()
        asked = len(stand_in.requests)
        for _ in range(95):
            office.poll()
        methods = asked_for(stand_in)[asked:]
        office.close()
    assert methods.count("listNotifications") == 95
    assert methods.count("createSession") <= 14
    assert methods.count("getPostThread") <= 3
    assert len(methods) <= 145


def test_a_post_that_is_deleted_between_list_and_thread_costs_nothing_but_its_thread():
    comment = message(1, NOW - HOUR, PARENTS[0], "hello")
    gone = xrpc_error(400, "NotFound", "Post not found")
    with reading(world_of(comment), on("getPostThread", gone)) as (connector, _, _):
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
    assert (item.author_name, item.author_id in own_ids) == (SCHOOL.name, False)


def test_what_others_say_under_a_mention_is_found_though_nobody_tells_the_school():
    mention = message(1, NOW - HOUR, PARENTS[0], "Hello @oakfield.test", post_id=None)
    aside = message(2, NOW + HOUR, PARENTS[1], "They never answer.", post_id=None, parent_id=mention.id)
    with reading(world_of(mention, aside)) as (connector, stand_in, clock):
        first = read(connector)
        clock.at = NOW + 13 * HOUR
        second = read(connector, first.cursors)
    assert stand_in.world.messages[1].id == aside.id
    assert (second.items[aside.id].parent_remote_id, second.items[aside.id].post_remote_id) == (mention.id, None)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["v", "me", "since", "followed", "book", "gates", "listed_at", "x"]), inner, max_size=5)
)))  # fmt: skip
def test_a_cursor_of_any_shape_is_read_and_what_is_written_is_read_back(value):
    cursor = value if isinstance(value, dict) else {"v": 1, "followed": value, "gates": value, "book": value}
    for read_cursor in (read_notifications, read_threads):
        state = read_cursor(cursor)
        written = json.loads(json.dumps(state.to_json()))
        assert read_cursor(written).to_json() == written
