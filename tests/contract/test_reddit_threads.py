"""Whole threads on Reddit, moderators' lists, and what a quiet day costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness import NOW
from harness_reddit import PARENTS, POST, SCHOOL, SUBREDDIT
from hypothesis import given
from hypothesis import strategies as st
from reading_reddit import (
    DAY,
    HOUR,
    answering,
    asked,
    budget,
    comment,
    failure_of,
    items,
    quarantined,
    read,
    reading,
    world_of,
)

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import RunLimitReached, UnexpectedReply
from connectors.fetched import Shown
from connectors.reddit_threads import ThreadsCursor, read_threads_cursor
from connectors.reddit_tree import Tree
from monitor.demo.world import StoryMessage, StoryPost

MINUTE = timedelta(minutes=1)
AWAY = StoryMessage("t3_away", PARENTS[5], "What is that school like?", NOW - 3 * DAY)
NAMED = {"elsewhere": frozenset({AWAY.id})}
TREE = f"/comments/{POST.id[3:]}"


def answer(number, above, minutes, **more):
    """An answer to another comment."""
    at = above.at + minutes * MINUTE
    return StoryMessage(f"t1_a{number}", PARENTS[number % 7], f"answer {number}", at, parent_id=above.id, **more)


def chain(first, length):
    """Everybody answers the one before."""
    links = [first]
    for n in range(1, length):
        links.append(answer(n, links[-1], 2))
    return links


def whole(batches):
    return {post_id for batch in batches for post_id in batch.whole_threads}


def test_a_thread_is_read_to_its_last_comment_however_wide_and_deep_it_is():
    wide = [comment(n, NOW - 2 * DAY + n * MINUTE) for n in range(150)]
    deep = chain(comment(900, NOW - DAY), 35)
    world = world_of(*wide, *deep)
    with reading(world, network={"tree_size": 20}) as (connector, stand_in, _):
        batches = read(connector, "submissions")
        assert asked(stand_in, "/api/morechildren")
        assert any(r.path.startswith(f"{TREE}/_/") for r in stand_in.requests)
    found = items(batches)
    assert found.keys() == {m.id for m in world.messages}
    assert found["t1_a30"].parent_remote_id == "t1_a29"
    assert whole(batches) == {POST.id}
    assert [batch.complete for batch in batches] == [False] * (len(batches) - 1) + [True]


def test_nothing_that_others_wrote_below_a_comment_is_kept_with_it():
    first = comment(1, NOW - DAY, "first words")
    with reading(world_of(first, answer(2, first, 5))) as (connector, _, _):
        found = items(read(connector, "submissions"))
    assert "answer 2" not in repr(found[first.id].raw)
    assert found[first.id].raw["data"]["body"] == "first words"


def test_a_deleted_comment_above_answers_is_a_stub_and_its_answers_stay():
    first = comment(1, NOW - DAY, deleted_at=NOW - HOUR)
    below = answer(2, first, 5)
    with reading(world_of(first, below)) as (connector, _, _):
        found = items(read(connector, "submissions"))
    assert (found[first.id].erased, found[first.id].text) == (True, "")
    assert found[below.id].parent_remote_id == first.id


def test_a_deletion_shows_in_the_daily_sweep_as_a_thread_met_whole_without_it_and_by_its_id():
    kept, gone = comment(1, NOW - 9 * DAY), comment(2, NOW - 9 * DAY, deleted_at=NOW + HOUR)
    with reading(world_of(kept, gone)) as (connector, _, clock):
        first = read(connector)
        clock.at = NOW + 12 * HOUR
        between = read(connector, cursor=first[-1].next_cursor)
        clock.at = NOW + 25 * HOUR
        swept = read(connector, cursor=between[-1].next_cursor)
        said = connector.verify([kept.id, gone.id], budget())
    assert (whole(first), whole(between), whole(swept)) == ({POST.id}, set(), {POST.id})
    assert items(swept).keys() == {kept.id}
    assert said == {kept.id: Verdict.PRESENT, gone.id: Verdict.GONE}


def test_an_edit_and_a_removal_weeks_later_show_in_the_daily_sweep():
    old = comment(1, NOW - 20 * DAY, "fine", edits=((NOW + HOUR, "not fine"),))
    removed = comment(2, NOW - 20 * DAY, hidden_at=NOW + HOUR)
    with reading(world_of(old, removed)) as (connector, _, clock):
        cursor = read(connector)[-1].next_cursor
        clock.at = NOW + 24 * HOUR
        found = items(read(connector, cursor=cursor))
    assert (found[old.id].text, found[old.id].edited_at) == ("not fine", NOW + HOUR)
    assert found[removed.id].shown is Shown.HIDDEN


def test_a_named_submission_elsewhere_is_a_thread_and_its_comments_are_comments():
    said = StoryMessage("t1_said", PARENTS[0], "It is fine.", NOW - 2 * DAY, parent_id=AWAY.id)
    own = StoryMessage("t1_own", SCHOOL, "Thank you!", NOW - DAY, parent_id=said.id)
    with reading(world_of(AWAY, said, own, posts=()), network=NAMED, submissions=("away",)) as (connector, _, _):
        batches = read(connector, "submissions")
    assert items(batches).keys() == {said.id, own.id}
    assert [post.remote_id for batch in batches for post in batch.posts] == [AWAY.id]
    assert (items(batches)[said.id].post_remote_id, items(batches)[said.id].parent_remote_id) == (AWAY.id, None)
    assert whole(batches) == {AWAY.id}


def test_a_thread_elsewhere_is_read_again_when_its_count_moves_and_seldom_otherwise():
    said = StoryMessage("t1_said", PARENTS[0], "It is fine.", NOW - 2 * DAY, parent_id=AWAY.id)
    more = StoryMessage("t1_more", PARENTS[1], "Is it?", NOW + 2 * HOUR, parent_id=said.id)
    with reading(world_of(AWAY, said, more, posts=()), network=NAMED, submissions=("away",)) as (
        connector,
        stand_in,
        clock,
    ):
        cursor, times = None, []
        for hours in (0, 1.5, 3, 4.5, 9):
            clock.at = NOW + hours * HOUR
            batches = read(connector, "submissions", cursor)
            cursor = batches[-1].next_cursor
            times.append(len(asked(stand_in, "/comments/away")))
    assert times == [1, 1, 2, 2, 3]


def test_a_submission_of_the_school_elsewhere_is_watched_too():
    post = StoryPost("t3_ours", "Ask us anything", NOW - 2 * DAY)
    said = StoryMessage("t1_said", PARENTS[0], "When?", NOW - DAY, post.id)
    network = {"elsewhere": frozenset({post.id})}
    with reading(world_of(said, posts=[post]), network=network) as (connector, stand_in, clock):
        first = read(connector, "submissions")
        clock.at = NOW + 90 * MINUTE
        second = read(connector, "submissions", first[-1].next_cursor)
        assert len(asked(stand_in, f"/user/{SCHOOL.handle}/submitted")) == 1
    assert items(first).keys() == {said.id}
    assert [p.comment_count for batch in second for p in batch.posts] == [1]


def test_a_thread_that_is_gone_when_it_is_read_spoils_nothing():
    fault = answering(TREE, {"message": "Not Found", "error": 404}, 404)
    with reading(world_of(comment(1, NOW - DAY)), fault) as (connector, _, _):
        batches = read(connector, "submissions")
    assert batches[-1].complete
    assert whole(batches) == set()


def test_a_run_cut_short_between_threads_goes_on_where_it_was():
    posts = [StoryPost(f"t3_p{n}", f"Post {n}", NOW - n * DAY) for n in range(1, 6)]
    world = world_of(*(comment(n, NOW - n * DAY + HOUR, post_id=f"t3_p{n}") for n in range(1, 6)), posts=posts)
    with reading(world) as (connector, stand_in, _):
        kept = []

        def drain():
            # Two lists of threads, two of moderators, three threads.
            for batch in connector.fetch("submissions", None, Budget(7, NOW + HOUR)):
                kept.append(batch)

        cut = failure_of(drain)
        before = len(stand_in.requests)
        rest = read(connector, "submissions", kept[-1].next_cursor)
        after = [r for r in stand_in.requests[before:] if r.path.startswith("/comments/")]
    assert isinstance(cut, RunLimitReached)
    assert items(kept).keys() | items(rest).keys() == {m.id for m in world.messages}
    assert len(after) == 3  # the two that were left, and the last of the others, which no later batch noted as read


@pytest.mark.parametrize("held", [True, False])
def test_what_a_filter_holds_back_is_held_and_visible_once_it_is_released(held):
    at = NOW - 3 * HOUR
    one = comment(1, at, held_until=NOW + HOUR if held else NOW - HOUR)
    with reading(world_of(one)) as (connector, _, _):
        (listed,) = items(read(connector)).values()
        (in_tree,) = items(read(connector, "submissions")).values()
    assert {listed.shown, in_tree.shown} == {Shown.HELD if held else Shown.VISIBLE}


def test_a_user_who_is_no_moderator_is_not_asked_for_their_lists_again_and_nothing_fails():
    removed = comment(1, NOW - DAY, hidden_at=NOW - HOUR)
    network = {"moderates": False}
    with reading(world_of(removed, comment(2, NOW - DAY)), network=network) as (connector, stand_in, clock):
        first = read(connector, "submissions")
        clock.at = NOW + 13 * HOUR
        second = read(connector, "submissions", first[-1].next_cursor)
        assert len([r for r in stand_in.requests if "/about/" in r.path]) == 1
    assert first[-1].complete
    assert second[-1].complete
    assert removed.id not in items(first)


def test_the_count_of_unread_entries_says_when_the_inbox_is_worth_reading():
    own = comment(1, NOW - 9 * HOUR, author=SCHOOL)
    with reading(world_of(own), subreddit=None) as (connector, stand_in, clock):
        cursor = read(connector, "inbox")[-1].next_cursor
        before = len(stand_in.requests)
        clock.at = NOW + 15 * MINUTE
        (nothing,) = read(connector, "inbox", cursor)
        assert len(stand_in.requests) == before + 1
        stand_in.world.messages.append(answer(2, own, 9 * 60 + 16))
        clock.at = NOW + 30 * MINUTE
        found = items(read(connector, "inbox", nothing.next_cursor))
    assert "t1_a2" in found
    assert (nothing.items, nothing.complete) == ((), True)


@pytest.mark.parametrize("subreddit", [SUBREDDIT, None])
def test_a_quiet_day_costs_less_than_150_calls(subreddit):
    world = world_of(*(comment(n, NOW - 9 * DAY + n * HOUR) for n in range(40)))
    with reading(world, subreddit=subreddit) as (connector, stand_in, clock):
        able = connector.capabilities
        cursors, read_at, allowed = {}, {}, Budget(1000, NOW + DAY)
        for quarter in range(2 * 96):
            if quarter == 96:
                allowed = Budget(1000, NOW + 2 * DAY)
            clock.at = NOW + quarter * 15 * MINUTE
            for stream in able.streams:
                wait = able.read_every.get(stream, timedelta(0))
                if stream not in read_at or clock.at - read_at[stream] >= wait:
                    cursors[stream] = list(connector.fetch(stream, cursors.get(stream), allowed))[-1].next_cursor
                    read_at[stream] = clock.at
        signed_in = len([r for r in stand_in.requests if r.method == "POST"])
    assert allowed.calls <= 145
    assert signed_in <= 4


def test_check_names_a_submission_that_reddit_does_not_know():
    with reading(world_of(AWAY), network=NAMED, submissions=("away", "t3_awry")) as (connector, _, _):
        state = connector.check()
    assert state.scopes == ("history", "identity", "privatemessages", "read")
    assert [note for note in state.notes if "awry" in note and "away" not in note]


@pytest.mark.parametrize("odd", [None, [], {}, "thread", [{}, {}], [{"kind": "Listing", "data": {"children": []}}]])
def test_what_is_no_thread_is_an_unexpected_reply(odd):
    with reading(world_of(comment(1, NOW - DAY)), answering(TREE, odd)) as (connector, _, _):
        assert isinstance(failure_of(lambda: read(connector, "submissions")), UnexpectedReply)


def test_an_unreadable_comment_in_a_thread_is_set_aside_and_the_thread_goes_on():
    broken = comment(1, NOW - HOUR, raw={"kind": "t1", "data": {"name": "t1_c1", "body": "hello"}})
    with reading(world_of(broken, comment(2, NOW - 2 * HOUR))) as (connector, _, _):
        batches = read(connector, "submissions")
    assert items(batches).keys() == {"t1_c2"}
    assert [entry.raw for entry in quarantined(batches)] == [broken.raw]


JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from(["more", "t1", "t1_ab", "ab", "_"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["kind", "data", "children", "replies", "parent_id"]), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(st.lists(st.lists(JSON, max_size=4), max_size=5))
def test_no_tree_of_any_shape_leads_in_a_circle_or_breaks_anything(answers):
    tree = Tree()
    asked_for = []
    for children in answers:
        tree.take(children)
        asked_for += tree.next_left()
        asked_for += [tree.below.pop()] if tree.below else []
    while left := tree.next_left():
        asked_for += left
    assert len([each for each in asked_for if each == "ab"]) <= 2  # once for itself, once for what is below it


def test_a_tree_as_deep_as_json_goes_is_taken_without_recursion():
    child = {"kind": "t1", "data": {"name": "t1_a", "replies": ""}}
    for _ in range(20_000):
        below = {"kind": "Listing", "data": {"children": [child]}}
        child = {"kind": "t1", "data": {"name": "t1_a", "replies": below}}
    taken = Tree().take([child])
    assert len(taken) == 20_001
    assert not any(each["data"].get("replies") for each in taken)


def test_the_cursor_comes_back_as_it_was_written_and_odd_ones_are_read_as_none():
    state = ThreadsCursor(elsewhere={"t3_a": NOW}, stamps={"listed": NOW})
    state.book.note("t3_a", 5, NOW, NOW - DAY)
    assert read_threads_cursor(state.to_json()) == state
    odd = {"v": 1, "threads": [7], "elsewhere": {"t3_a": "soon"}, "stamps": {"listed": -1, "x": 1e9, "y": True}}
    for cursor in (None, {"v": 2}, {"v": 1}, odd):
        assert read_threads_cursor(cursor) == ThreadsCursor()
