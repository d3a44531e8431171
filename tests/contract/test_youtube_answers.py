"""What YouTube's answers mean: recorded ones, odd ones, refusals; and what is remembered between runs."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from harness import NOW
from hypothesis import given
from hypothesis import strategies as st
from recorded_answers import recorded

from connectors.errors import (
    AuthFailed,
    BudgetSpent,
    ConnectorError,
    Forbidden,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
)
from connectors.fetched import Attachment, Exchange, FetchedItem, Quarantined, Shown
from connectors.google_access import quota_begins_anew
from connectors.youtube_refusals import CommentsOff, meaning
from connectors.youtube_state import ChannelState, read_state
from connectors.youtube_wire import Thread, read_comment, read_list, read_thread, read_upload, read_video

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
WORDS_OF_YOUTUBE = """
    id kind snippet topLevelComment replies comments totalReplyCount videoId publishedAt updatedAt textDisplay
    textOriginal authorChannelId value moderationStatus parentId items nextPageToken error errors details reason
    metadata quota_limit contentDetails
"""
FIELDS = st.sampled_from(WORDS_OF_YOUTUBE.split())
LIKE_YOUTUBE = st.recursive(
    st.none() | st.integers() | st.text(max_size=9) | st.just("2026-11-14T12:00:00Z") | st.just("heldForReview"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "name", ["comment_threads_all_to_me", "comment_threads_multi", "comment_threads_by_video_paged_1"]
)
def test_recorded_threads_are_read_whole(name):
    threads = [read_thread(row, Shown.VISIBLE) for row in read_list(recorded("youtube", name), "threads").rows]
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


def a_comment(**snippet):
    return {"id": "UgxA", "snippet": {"publishedAt": "2026-11-14T10:00:00Z", "textDisplay": "shown", **snippet}}


def a_thread(first, replies=(), count=None):
    snippet = {"topLevelComment": first, "totalReplyCount": len(replies) if count is None else count}
    return {"id": "UgxA", "snippet": snippet, **({"replies": {"comments": list(replies)}} if replies else {})}


def test_the_words_as_written_are_kept_where_youtube_gives_them():
    assert (
        read_comment(a_comment(textOriginal="https://youtu.be/x"), Shown.VISIBLE, None).text == "https://youtu.be/x"
    )
    assert read_comment(a_comment(), Shown.VISIBLE, None).text == "shown"
    assert read_comment(a_comment(textDisplay="", textOriginal=""), Shown.VISIBLE, None).text == ""


def test_a_picture_in_a_comment_is_listed():
    picture = "https://yt3.example/picture"
    read = read_comment(a_comment(imageUrl=picture), Shown.VISIBLE, None)
    assert read.attachments == (Attachment("image", picture),)
    assert read_comment(a_comment(imageUrl="javascript:alert(1)"), Shown.VISIBLE, None).attachments == ()


def test_in_a_list_of_what_is_held_each_comment_says_how_it_is_shown():
    held = a_comment(moderationStatus="heldForReview") | {"id": "UgxA.1"}
    published = a_comment(moderationStatus="published")
    thread = read_thread(a_thread(published, [held]), Shown.HELD)
    assert [item.shown for item in thread.items] == [Shown.VISIBLE, Shown.HELD]
    assert read_thread(a_thread(a_comment()), Shown.HELD).items[0].shown is Shown.HELD
    assert not thread.hides_a_reply
    assert read_thread(a_thread(published, count=9), Shown.HELD).hides_a_reply


@pytest.mark.parametrize(
    "raw", [None, 7, {}, {"snippet": 7}, {"id": "a", "snippet": {}}, {"id": "a", "snippet": {"publishedAt": "x"}}]
)
def test_a_comment_without_an_id_or_of_the_wrong_shape_is_set_aside(raw):
    aside = read_comment(raw, Shown.VISIBLE, None)
    assert isinstance(aside, Quarantined)
    assert aside.raw == raw
    assert aside.reason


@given(LIKE_YOUTUBE | ANYTHING)
def test_whatever_youtube_sends_is_read_or_set_aside(raw):
    assert isinstance(read_thread(raw, Shown.HELD), Thread | Quarantined)
    assert isinstance(read_comment(raw, Shown.VISIBLE, None), FetchedItem | Quarantined)
    read_upload(raw)
    read_video(raw, NOW)
    with suppress(UnexpectedReply):
        read_list(raw, "rows")


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
        ("dailyLimitExceeded", BudgetSpent),
        ("rateLimitExceeded", RateLimited),
        ("RATE_LIMIT_EXCEEDED", RateLimited),
        ("keyInvalid", AuthFailed),
        ("API_KEY_INVALID", AuthFailed),
        ("API_KEY_IP_ADDRESS_BLOCKED", Forbidden),
        ("forbidden", Forbidden),
        ("accessNotConfigured", Forbidden),
        ("channelNotFound", Forbidden),
        ("commentsDisabled", CommentsOff),
        ("backendError", TemporaryFailure),
    ],
)
def test_the_reason_decides_what_a_refusal_means(reason, kind):
    assert type(refusal({"error": {"errors": [{"reason": reason}]}})) is kind
    assert type(refusal({"error": {"details": [{"reason": reason}]}})) is kind


def test_a_quota_of_a_day_is_told_from_one_of_a_minute():
    def exceeded(limit):
        return {"error": {"details": [{"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit": limit}}]}}

    assert isinstance(refusal(exceeded("defaultPerDayPerProject"), 429), BudgetSpent)
    assert isinstance(refusal(exceeded("defaultPerMinutePerProject"), 429), RateLimited)


@given(LIKE_YOUTUBE | ANYTHING, st.sampled_from([400, 401, 403, 404, 429, 500]))
def test_a_refusal_of_any_shape_is_read(body, status):
    said = refusal(body, status)
    assert said is None or isinstance(said, ConnectorError)


def test_a_days_units_come_back_at_midnight_in_california():
    spent = refusal({"error": {"errors": [{"reason": "quotaExceeded"}]}})
    assert spent.until == datetime(2026, 11, 15, 8, tzinfo=UTC)


@given(st.timedeltas(timedelta(0), timedelta(days=2000)))
def test_the_next_midnight_in_california_is_ahead_and_within_a_day_and_an_hour(later):
    now = NOW + later
    assert timedelta(0) < quota_begins_anew(now) - now <= timedelta(hours=25)


MOMENTS = st.none() | st.integers(-8000, 8000).map(lambda days: NOW + timedelta(days=days))


@given(st.builds(ChannelState, begins=MOMENTS, since=MOMENTS, swept=MOMENTS, whole=MOMENTS, videos_at=MOMENTS))
def test_what_is_remembered_comes_back_from_the_cursor(state):
    state.book.note("UgxA", 7, NOW, NOW - timedelta(days=1))
    state.videos = {"vA": NOW, "vB": None}
    assert read_state(json.loads(json.dumps(state.to_json()))) == state


@given(ANYTHING, st.dictionaries(st.sampled_from(["since", "swept", "videos", "threads"]), ANYTHING))
def test_a_cursor_of_any_shape_is_read_from_the_beginning_at_worst(version, marks):
    assert isinstance(read_state({"v": 1, **marks}), ChannelState)
    if version != 1:
        assert read_state({"v": version, **marks}) == ChannelState()
