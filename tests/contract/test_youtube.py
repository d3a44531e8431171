"""What is special about YouTube: replies to old threads, what is held, and what its refusals mean."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from harness import NOW
from harness_youtube import HARNESS, PARENTS, POST, SCHOOL, comment
from reading import read, read_world
from recorded_answers import recorded

from connectors.base import (
    AuthFailed,
    Budget,
    BudgetSpent,
    Exchange,
    FetchedItem,
    Forbidden,
    RateLimited,
    Shown,
    TemporaryFailure,
    Verdict,
)
from connectors.transport import NetworkSession
from connectors.youtube import YouTube
from connectors.youtube_wire import Thread, meaning, read_comment, read_list, read_thread, read_video
from monitor.demo.world import StoryMessage, World
from monitor.demo.youtube_server import YouTubeStandIn, google_error

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def threads_of(name):
    rows = read_list(recorded("youtube", name), "threads").rows
    return [read_thread(row, Shown.VISIBLE) for row in rows]


@pytest.mark.parametrize(
    "name", ["comment_threads_all_to_me", "comment_threads_multi", "comment_threads_by_video_paged_1"]
)
def test_recorded_threads_are_read_whole(name):
    threads = threads_of(name)
    assert threads
    assert all(isinstance(each, Thread) and each.items and not each.quarantined for each in threads)
    for thread in threads:
        first, *replies = thread.items
        assert (first.remote_id, first.parent_remote_id) == (thread.thread_id, None)
        assert all(reply.parent_remote_id == thread.thread_id for reply in replies)
        assert all(item.author_id and item.created_at.tzinfo for item in thread.items)
        assert json.loads(json.dumps(first.raw)) == first.raw


@pytest.mark.parametrize("name", ["comments_multi", "comments_by_parent_paged_1"])
def test_recorded_comments_are_read(name):
    rows = read_list(recorded("youtube", name), "comments").rows
    read_rows = [read_comment(row, Shown.VISIBLE, None) for row in rows]
    assert read_rows
    assert all(isinstance(each, FetchedItem) and each.text for each in read_rows)


def test_recorded_videos_are_read():
    rows = read_list(recorded("youtube", "videos_info_multi"), "videos").rows
    posts = [read_video(row, datetime(2000, 1, 1, tzinfo=UTC)) for row in rows]
    assert all(post and post.text and post.permalink.endswith(post.remote_id) for post in posts)


def refusal(body, status=403):
    exchange = Exchange("GET", "https://www.googleapis.com/", status, {}, json.dumps(body).encode(), NOW)
    return meaning(exchange, "YouTube", NOW)


def test_recorded_refusals_have_a_meaning():
    assert isinstance(refusal(recorded("youtube", "error_response"), 400), AuthFailed)
    assert refusal(recorded("youtube", "error_permission_resp"), 403) is None, "its status says it all"


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("quotaExceeded", BudgetSpent),
        ("rateLimitExceeded", RateLimited),
        ("keyInvalid", AuthFailed),
        ("forbidden", Forbidden),
        ("accessNotConfigured", Forbidden),
        ("backendError", TemporaryFailure),
    ],
)
def test_the_reason_decides_what_a_refusal_means(reason, kind):
    assert type(refusal({"error": {"errors": [{"reason": reason}]}})) is kind


@pytest.mark.parametrize("body", [None, [], "x", {"error": None}, {"error": {"errors": [None, 7]}}])
def test_a_refusal_of_any_shape_is_read(body):
    assert refusal(body) is None


def test_a_days_units_come_back_at_midnight_in_california():
    spent = refusal({"error": {"errors": [{"reason": "quotaExceeded"}]}})
    assert spent.until == datetime(2026, 11, 15, 8, tzinfo=UTC)


def test_a_new_reply_to_an_old_thread_is_met_within_an_hour():
    first, _ = read_world(HARNESS)
    world = HARNESS.world()
    old = world.messages[3]
    late = StoryMessage(f"{old.id}.late", PARENTS[4], "Is this still so?", NOW + HOUR / 2, POST.id, old.id)
    world.messages.append(late)
    later = NOW + HOUR
    with HARNESS.stand_in(world, lambda: later) as stand_in:
        again = read(HARNESS.connector(stand_in, lambda: later), first.cursors)
    assert again.items[late.id].text == late.text


def test_what_was_held_is_seen_as_held_and_after_its_release_as_shown():
    held = comment(406, "Buy followers", NOW - DAY, PARENTS[2], held_until=NOW + HOUR)
    world = World(SCHOOL, [POST], [held])
    before, _ = read_world(HARNESS, world=world)
    after = NOW + 2 * HOUR
    with HARNESS.stand_in(world, lambda: after) as stand_in:
        again = read(HARNESS.connector(stand_in, lambda: after), before.cursors)
    assert before.items[held.id].shown is Shown.HELD
    assert again.items[held.id].shown is Shown.VISIBLE


def test_with_an_api_key_only_published_comments_are_seen_and_said_so():
    world = HARNESS.world()
    with YouTubeStandIn(world, lambda: NOW, "refresh-token", api_key="a-key-of-oakfield") as stand_in:
        session = NetworkSession(now=lambda: NOW, secrets=("a-key-of-oakfield",))
        connector = YouTube(
            session=session, now=lambda: NOW, channel_id=SCHOOL.id, api_url=stand_in.url, api_key="a-key-of-oakfield"
        )
        state, reading = connector.check(), read(connector)
    assert connector.capabilities.streams == ("comments",)
    assert "held" in state.notes[0]
    assert not any(item.shown is Shown.HELD for item in reading.items.values())
    assert "a-key-of-oakfield" not in repr([e for batch in reading.batches for e in batch.exchanges])


def test_videos_seen_whole_are_named_so_that_what_is_missing_is_asked_for():
    reading, _ = read_world(HARNESS, world=World(SCHOOL, [POST], [comment(n, "Hello", NOW - DAY) for n in range(3)]))
    assert [batch.whole_threads for batch in reading.batches if batch.whole_threads] == [(POST.id,)]


def test_a_comment_without_an_id_or_of_the_wrong_shape_is_set_aside():
    for raw in (
        None,
        7,
        {},
        {"snippet": 7},
        {"id": "a", "snippet": {}},
        {"id": "a", "snippet": {"publishedAt": "x"}},
    ):
        assert not isinstance(read_comment(raw, Shown.VISIBLE, None), FetchedItem)


def test_a_token_is_asked_for_once_and_renewed_when_it_ends():
    world = World(SCHOOL, [POST], [])
    clock = [NOW]
    with HARNESS.stand_in(world, lambda: clock[0]) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: clock[0])
        connector.check()
        connector.check()
        clock[0] = NOW + 2 * HOUR
        connector.check()
        asked = [request.path for request in stand_in.requests]
    assert asked.count("/token") == 2


def test_nothing_is_called_gone_by_a_channel_that_shows_nothing():
    denied = google_error(403, "forbidden", "no")
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        empty = stand_in.answer
        stand_in.fault = lambda request, _: denied if request.path.endswith("/channels") else None
        connector = HARNESS.connector(stand_in, lambda: NOW)
        with pytest.raises(Forbidden):
            connector.verify(["UgxNobodyKnowsThis"], Budget(100, NOW))
        del empty
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        verdicts = HARNESS.connector(stand_in, lambda: NOW).verify(["UgxNobodyKnowsThis"], Budget(100, NOW))
    assert verdicts == {"UgxNobodyKnowsThis": Verdict.GONE}


def test_a_quiet_day_costs_no_more_than_it_should():
    messages = [comment(n, f"Comment {n}", NOW - DAY - n * HOUR) for n in range(120)]
    world = World(SCHOOL, [POST], [replace(each, author=PARENTS[1]) for each in messages])
    clock, cursors, calls = [NOW], {}, 0
    with HARNESS.stand_in(world, lambda: clock[0]) as stand_in:
        for _ in range(96):
            reading = read(HARNESS.connector(stand_in, lambda: clock[0]), cursors)
            cursors, calls = reading.cursors, calls + reading.calls
            clock[0] += timedelta(minutes=15)
    # Here the spam list is read at every run; the collector reads it once an hour.
    assert calls - 96 * 3 / 4 <= 400
