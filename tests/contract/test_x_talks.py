"""Replies deep in the school's conversations on X: which are searched, how often, in which words."""

from __future__ import annotations

from datetime import timedelta

from harness import NOW
from harness_x import IMPERSONATOR, PARENTS, SCHOOL, message
from hypothesis import given
from hypothesis import strategies as st
from reading_x import HOUR, MINUTE, failure_of, items, read, reading, served, world_of

from connectors.budget import Budget
from connectors.errors import RunLimitReached
from connectors.fetched import ItemKind
from connectors.x_talks import LONGEST_QUERY, Talk, Talks, read_talks
from monitor.demo.server import json_response
from monitor.demo.world import StoryPost
from monitor.demo.x_server import snowflake

DAY = timedelta(days=1)


def post(at, n=1):
    return StoryPost(snowflake(at, n), "No school tomorrow.", at)


def conversation(own, count=3):
    """Under a post of the school parents talk to each other and soon mention it no more."""
    first = message(own.at + 5 * MINUTE, 10, PARENTS[0], "@OakfieldPrimary why?", post_id=own.id)
    talk = [first]
    for n in range(1, count):
        at = first.at + n * MINUTE
        talk.append(message(at, 10 + n, PARENTS[n % 7], f"no idea {n}", post_id=own.id, parent_id=talk[-1].id))
    return talk


def searched(stand_in):
    return [r.query for r in stand_in.requests if r.path == "/2/tweets/search/recent"]


def test_replies_that_do_not_mention_the_school_are_met_in_its_conversations_and_nowhere_else():
    own = post(NOW - 3 * HOUR)
    talk = conversation(own)
    with reading(world_of(*talk, posts=[own])) as (connector, _, _):
        found, mentioned = items(read(connector, "replies")), items(read(connector, "mentions"))
    assert set(found) == {m.id for m in talk}
    assert set(mentioned) == {talk[0].id}
    assert (found[talk[2].id].kind, found[talk[2].id].parent_remote_id) == (ItemKind.REPLY, talk[1].id)
    assert found[talk[2].id].post_remote_id == own.id


def test_a_new_conversation_is_searched_in_the_run_that_first_hears_of_it():
    quiet = [StoryPost(snowflake(NOW - 2 * DAY, 1), "Fair on Saturday.", NOW - 2 * DAY)]
    with reading(world_of(posts=quiet)) as (connector, stand_in, clock):
        cursor = read(connector, "replies")[-1].next_cursor
        own = post(NOW + 5 * MINUTE, 2)
        stand_in.world.posts.append(own)
        stand_in.world.messages += conversation(own)
        clock.at = NOW + 2 * HOUR
        again = read(connector, "replies", cursor)
    assert set(items(again)) == {m.id for m in stand_in.world.messages}
    assert [batch.complete for batch in again] == [False] * (len(again) - 1) + [True]


def test_nothing_is_asked_while_nothing_is_warm_and_everything_again_after_two_hours():
    with reading(world_of(posts=[post(NOW - 5 * DAY)])) as (connector, stand_in, clock):
        cursor = read(connector, "replies")[-1].next_cursor
        before = len(stand_in.requests)
        clock.at = NOW + 15 * MINUTE
        skipped = read(connector, "replies", cursor)
        assert len(stand_in.requests) == before
        clock.at = NOW + 2 * HOUR
        read(connector, "replies", cursor)
        assert len(stand_in.requests) == before + 1
    assert [(b.items, b.next_cursor, b.complete) for b in skipped] == [((), cursor, True)]


def test_one_question_is_enough_at_every_run_while_a_post_is_young():
    own = post(NOW - HOUR)
    with reading(world_of(*conversation(own), posts=[own])) as (connector, stand_in, clock):
        cursor = read(connector, "replies")[-1].next_cursor
        before = len(stand_in.requests)
        for n in range(1, 9):
            clock.at = NOW + n * 15 * MINUTE
            cursor = read(connector, "replies", cursor)[-1].next_cursor
        assert len(stand_in.requests) == before + 8
    assert f"conversation_id:{own.id}" in searched(stand_in)[-1]["query"]


def test_mentions_are_left_for_later_by_a_run_that_has_searched_for_them():
    own = post(NOW - HOUR)
    said = message(NOW + 10 * MINUTE, 5, PARENTS[0], "hello @OakfieldPrimary")
    with reading(world_of(posts=[own])) as (connector, stand_in, clock):
        replies, mentions = read(connector, "replies")[-1], read(connector, "mentions")[-1]
        stand_in.world.messages.append(said)
        clock.at = NOW + 15 * MINUTE
        before = len(stand_in.requests)
        found = items(read(connector, "replies", replies.next_cursor))
        left = read(connector, "mentions", mentions.next_cursor)
        assert len(stand_in.requests) == before + 1
        clock.at = NOW + 2 * HOUR
        listed = items(read(connector, "mentions", left[-1].next_cursor))
    assert set(found) == set(listed) == {said.id}
    assert [(b.items, b.complete) for b in left] == [((), True)]


def test_mentions_are_listed_when_the_search_is_not_allowed():
    said = message(NOW - 10 * MINUTE, 5, PARENTS[0], "hello @OakfieldPrimary")

    def no_search(request, number):
        return json_response({"title": "Forbidden"}, 403) if "search" in request.path else None

    with reading(world_of(said), no_search) as (connector, _, clock):
        failure_of(lambda: read(connector, "replies"))
        cursor = read(connector, "mentions")[-1].next_cursor
        clock.at = NOW + 15 * MINUTE
        failure_of(lambda: read(connector, "replies"))
        assert set(items(read(connector, "mentions", cursor))) == {said.id}


def test_what_x_searches_no_more_leaves_a_hole_that_is_said_once():
    own = post(NOW - HOUR)
    with reading(world_of(posts=[own])) as (connector, _, clock):
        cursor = read(connector, "replies")[-1].next_cursor
        clock.at = NOW + 10 * DAY
        late = read(connector, "replies", cursor)
        clock.at = NOW + 10 * DAY + 2 * HOUR
        after = read(connector, "replies", late[-1].next_cursor)
    assert not late[-1].complete
    assert after[-1].complete


def test_a_run_that_is_cut_short_between_two_searches_goes_on_with_the_second():
    own = post(NOW - 3 * HOUR)
    talk = conversation(own)
    with reading(world_of(*talk, posts=[own])) as (connector, _, _):
        kept = []
        allowed = Budget(2, NOW + HOUR)
        cut = failure_of(lambda: kept.extend(connector.fetch("replies", None, allowed)) or None)
        first = next(connector.fetch("replies", None, Budget(2, NOW + HOUR)))
        rest = read(connector, "replies", first.next_cursor)
    assert isinstance(cut, RunLimitReached)
    assert not first.complete
    assert {talk[0].id} == set(items([first]))
    assert set(items(rest)) >= {m.id for m in talk[1:]}


def test_a_conversation_that_went_cold_is_searched_again_when_somebody_answers_its_start():
    own = post(NOW - 20 * DAY)
    again = message(NOW - HOUR, 1, PARENTS[0], "@OakfieldPrimary still true?", post_id=own.id)
    deep = message(NOW - HOUR + MINUTE, 2, PARENTS[1], "good question", post_id=own.id, parent_id=again.id)
    with reading(world_of(again, deep, posts=[own])) as (connector, _, _):
        assert set(items(read(connector, "replies"))) == {again.id, deep.id}


def test_somebody_elses_conversations_are_not_followed():
    mention = message(NOW - 3 * HOUR, 1, PARENTS[0], "what is on at @OakfieldPrimary?")
    chatter = message(NOW - 2 * HOUR, 2, IMPERSONATOR, "no idea", parent_id=mention.id)
    with reading(world_of(mention, chatter)) as (connector, _, _):
        assert set(items(read(connector, "replies"))) == {mention.id}


@given(st.integers(0, 400), st.integers(0, 60))
def test_no_question_is_longer_than_x_takes_and_together_they_ask_for_every_conversation(count, minutes):
    talks = Talks(handle="O" * 50, since=snowflake(NOW - HOUR, 0))
    for n in range(count):
        at = NOW - timedelta(minutes=minutes + n)
        talks.talks[snowflake(at, n)] = Talk(snowflake(at, n), at)
    asked = talks.searches(SCHOOL.id, NOW, frozenset(), general=True)
    assert all(len(each.query) <= LONGEST_QUERY for each in asked)
    assert sorted(name for each in asked for name in each.talks) == sorted(talks.talks)
    assert [each.general for each in asked] == [True] + [False] * (len(asked) - 1)
    for each in asked:
        assert all(int(each.since) <= int(talks.talks[name].since) for name in each.talks)


def test_the_cursor_comes_back_as_it_was_written_and_odd_ones_are_read_as_none():
    talks = Talks("Oak", NOW, "77", NOW - HOUR, NOW - DAY, {"5": Talk("6", NOW - HOUR, NOW), "7": Talk("7", NOW)})
    assert read_talks(talks.to_json()) == talks
    odd = {"v": 1, "handle": "a b) OR x", "since_id": 5, "read_at": "soon", "talks": {"x": [], "5": ["6", 1e9, None]}}
    for cursor in (None, {}, {"v": 2}, [], odd, {"v": 1, "talks": [7]}, {"v": 1, "read_at": -1, "active_at": True}):
        assert read_talks(cursor) == Talks()


def test_posts_of_any_shape_teach_nothing_and_break_nothing():
    talks = Talks()
    odd = [None, 7, {}, {"id": "x"}, {"id": "5", "conversation_id": []}, {"id": "5", "conversation_id": "5"}]
    more = {"id": "9" * 19, "conversation_id": "5", "in_reply_to_user_id": SCHOOL.id, "referenced_tweets": [7, {}]}
    talks.learn([*odd, more, {**more, "edit_history_tweet_ids": 7, "author_id": SCHOOL.id}], SCHOOL.id, NOW)
    assert talks.talks == {}
    assert talks.active_at == NOW


def test_a_name_that_cannot_stand_in_a_search_is_left_out_of_it():
    user = {"data": {"id": SCHOOL.id, "username": "x) OR (from:1", "name": "Oakfield"}}

    def fault(request, number):
        return json_response(user) if request.path == f"/2/users/{SCHOOL.id}" else None

    with reading(world_of(), fault) as (connector, stand_in, _):
        read(connector, "replies")
    assert searched(stand_in)[0]["query"] == f"(to:{SCHOOL.id} OR from:{SCHOOL.id}) -is:retweet"


def test_the_search_says_what_it_is_charged_for():
    own = post(NOW - HOUR)
    page = {"data": [], "meta": {"result_count": 0}}
    with reading(world_of(posts=[own])) as (connector, _, _):
        allowed = Budget(50, NOW + HOUR, things_left=100)
        list(connector.fetch("replies", None, allowed))
    assert allowed.paid == 3  # the account for its name, its post, and itself again as that post's author
    with reading(world_of(), served(page)) as (connector, _, _):
        allowed = Budget(50, NOW + HOUR)
        list(connector.fetch("mentions", None, allowed))
    assert allowed.paid == 0
