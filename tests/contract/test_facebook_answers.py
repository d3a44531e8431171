"""What Facebook's answers mean: its errors, its odd comments, and the recorded ones."""

import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness import NOW
from harness_facebook import HARNESS, POST, SCHOOL
from hypothesis import given
from hypothesis import strategies as st
from reading import read, read_world

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.facebook_wire import Thread, read_comment, read_posts
from connectors.fetched import FetchedItem, ItemKind, Quarantined
from connectors.graph_pages import Page, read_page
from monitor.demo.graph_answers import graph_error
from monitor.demo.server import Response, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

THREAD = Thread(POST.id, by_visitor=False)


def error_for(answer):
    return read_world(HARNESS, lambda *_: answer)[0].error


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (graph_error(190, "x", subcode=460), AuthFailed),
        (graph_error(190, "x"), AuthFailed),
        (graph_error(102, "x", status=401), AuthFailed),
        (graph_error(10, "x", status=403), Forbidden),
        (graph_error(200, "x"), Forbidden),
        (graph_error(283, "x"), Forbidden),
        (graph_error(368, "x"), Forbidden),
        (graph_error(4, "x"), RateLimited),
        (graph_error(80001, "x"), RateLimited),
        (graph_error(1, "x", status=500), TemporaryFailure),
        (graph_error(2, "x"), TemporaryFailure),
        (graph_error(100, "x", subcode=33), UnexpectedReply),
        (graph_error(2500, "x"), UnexpectedReply),
        (graph_error(2500, "x", status=500), TemporaryFailure),
        (json_response({"error": {"code": "190"}}), UnexpectedReply),
        (json_response({"error": {"code": True, "message": None}}), UnexpectedReply),
        (json_response({"error": "sorry"}), UnexpectedReply),
        (json_response({"error": ["sorry"]}, 400), UnexpectedReply),
        (json_response({"data": []}, 503), TemporaryFailure),
        (json_response({"data": []}, 401), AuthFailed),
        (json_response({"data": []}, 403), Forbidden),
    ],
)
def test_each_error_of_facebook_has_one_meaning(answer, kind):
    assert isinstance(error_for(answer), kind)


@pytest.mark.parametrize(
    ("subcode", "word"), [(458, "removed"), (460, "password"), (463, "expired"), (492, "role"), (7, "does not say")]
)
def test_a_dead_token_is_explained_by_its_subcode(subcode, word):
    assert word in str(error_for(graph_error(190, "x", subcode=subcode)))


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (json.dumps({"1": [{"estimated_time_to_regain_access": 17}]}), timedelta(minutes=17)),
        (json.dumps({"1": [{"estimated_time_to_regain_access": 0}]}), timedelta(hours=1)),
        (json.dumps({"1": [{"estimated_time_to_regain_access": 1e300}]}), timedelta(hours=24)),
        (json.dumps({"1": [{"estimated_time_to_regain_access": "soon"}, 7], "2": 7}), timedelta(hours=1)),
        ("[1, 2", timedelta(hours=1)),
    ],
)
def test_when_to_come_back_is_what_facebook_estimates_or_an_hour(header, wait):
    headers = {"X-Business-Use-Case-Usage": header, "X-App-Usage": '{"call_count": 101}'}
    assert error_for(graph_error(32, "x", headers=headers)).until == NOW + wait


def test_older_listings_go_on_by_until_and_a_paging_token():
    link = "https://graph.facebook.com/v10.0/4/posts?access_token=x&until=1624385168&since&__paging_token=abc"
    page = read_page({"data": [], "paging": {"next": link}}, "Facebook page")
    assert page.following == {"until": "1624385168", "__paging_token": "abc"}


@pytest.mark.parametrize("link", ["https://graph.facebook.com/me", "http://[", 7, ["x"], {"a": 1}])
def test_a_listing_that_goes_on_nowhere_is_an_error(link):
    with pytest.raises(UnexpectedReply):
        read_page({"data": [], "paging": {"next": link}}, "Facebook page")


def test_a_cursor_without_a_next_link_is_the_end():
    assert read_page({"data": [], "paging": {"cursors": {"after": "abc"}}}, "Facebook page").following is None
    assert read_page({"data": [], "paging": ["odd"]}, "Facebook page").following is None


TIME = "2026-11-14T12:00:00+0000"
LINK = "https://www.facebook.com/100200300/posts/5001/?comment_id=9&reply_comment_id=10"


@pytest.mark.parametrize(
    ("raw", "remote_id", "parent_id"),
    [
        ({"id": "5001_9"}, "5001_9", None),
        ({"permalink_url": LINK}, "5001_10", "5001_9"),
        ({"permalink_url": LINK.partition("&")[0]}, "5001_9", None),
        ({"id": "5001_11", "parent": {"id": "5001_9"}}, "5001_11", "5001_9"),
        ({"id": "5001_11", "parent": None, "from": None, "message": None}, "5001_11", None),
    ],
)
def test_a_comment_is_placed_by_its_id_or_by_its_link(raw, remote_id, parent_id):
    item = read_comment({"created_time": TIME, **raw}, THREAD)
    assert (item.remote_id, item.parent_remote_id, item.post_remote_id) == (remote_id, parent_id, POST.id)
    assert item.kind is (ItemKind.REPLY if parent_id else ItemKind.COMMENT)
    assert (item.author_id, item.text) == (None, "")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "text",
        {},
        {"id": "5001_9"},
        {"id": "../me", "created_time": TIME},
        {"created_time": TIME, "permalink_url": "http://["},
        {"created_time": TIME, "permalink_url": "https://www.facebook.com/?comment_id=1/2"},
        {"id": "5001_9", "created_time": "2026-11-14T12:00:00"},
        {"id": "5001_9", "created_time": 1794657600},
        {"id": "5001_9", "created_time": "0001-01-01T00:00:00+1400"},
        {"id": "5001_9", "created_time": "0001-01-01T00:00:00+0000"},
        {"id": "5001_9", "created_time": "9999-12-31T23:59:59+0000"},
        {"id": "5001_9", "created_time": TIME, "message": ["text"]},
    ],
)
def test_a_comment_that_cannot_be_placed_in_time_and_thread_is_set_aside(raw):
    assert isinstance(read_comment(raw, THREAD), Quarantined)


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([TIME, "5_9"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "data", "url"]), inner),
    max_leaves=6,
)
NAMES = ["id", "message", "created_time", "from", "parent", "attachment", "attachments", "message_tags"]
NAMES += ["is_hidden", "permalink_url", "comments", "status_type"]


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_shape_of_a_comment_or_post_breaks_its_page(raw):
    assert isinstance(read_comment(raw, THREAD), (FetchedItem, Quarantined))
    found = read_posts(Page([raw, {"id": "1_2"}], None), SCHOOL.id)
    assert "1_2" in {post.remote_id for post in found.posts}


def test_the_files_behind_an_attachment_are_listed_after_its_page():
    media = {"image": {"src": "https://scontent.fbcdn.net/1.jpg"}, "source": "https://video.fbcdn.net/1.mp4"}
    raw = {"id": "1_2", "created_time": "2026-11-10T08:00:00+0000"}
    raw["attachment"] = {"type": "video_inline", "url": "https://www.facebook.com/v/1", "media": media}
    item = read_comment(raw, Thread("1", False))
    assert [(a.kind, a.url) for a in item.attachments] == [
        ("video_inline", "https://www.facebook.com/v/1"),
        ("video_inline, image file", "https://scontent.fbcdn.net/1.jpg"),
        ("video_inline, film file", "https://video.fbcdn.net/1.mp4"),
    ]


def test_attachments_and_tagged_people_are_listed():
    raw = {
        "id": "5001_9",
        "created_time": TIME,
        "attachment": {"type": "photo", "url": "https://www.facebook.com/photo/1"},
        "message_tags": [{"id": "77", "name": "Someone", "type": "user"}, {"name": "no id"}],
    }
    item = read_comment(raw, THREAD)
    assert [(a.kind, a.url) for a in item.attachments] == [("photo", "https://www.facebook.com/photo/1")]
    assert item.addressed_to == ("77",)


@pytest.mark.parametrize(("more", "mentions"), [({"status_type": "wall_post"}, 1), ({}, 0), ({"from": 7}, 0)])
def test_a_post_without_author_is_a_visitors_when_its_kind_says_so(more, mentions):
    raw = {"id": "1_2", "message": "hi", "created_time": "2026-11-14T12:00:00+0000", **more}
    found = read_posts(Page([raw], None), "1")
    assert [item.author_id for item in found.items] == [None] * mentions
    assert len(found.posts) == 1


@pytest.fixture(scope="module")
def recorded():
    """Reads a recorded answer by its name."""
    shared = os.environ.get("SCHOOL_MONITOR_SHARED")
    if not shared:
        pytest.skip("needs the recorded answers: set SCHOOL_MONITOR_SHARED to the folder that holds fixtures/")
    folder = Path(shared) / "fixtures" / "facebook"
    return lambda name: json.loads((folder / f"{name}.json").read_text("utf-8"))


def replayed(*raws, post_id="19292868552_10158407654328553"):
    """What the connector makes of recorded comments, served under one post by the stand-in."""
    times = [datetime.fromisoformat(raw["created_time"]) for raw in raws if "created_time" in raw]
    begin = min(times, default=NOW)
    now = max(times, default=NOW).astimezone(UTC) + timedelta(hours=1)
    post = StoryPost(post_id, "A post", now - timedelta(minutes=1))
    messages = [
        StoryMessage(f"row-{n}", Author("1", "x"), "", begin + timedelta(seconds=n), post_id, raw=raw)
        for n, raw in enumerate(raws)
    ]
    page = Author(HARNESS.own_id, "The page")
    with HARNESS.stand_in(World(page, [post], messages), lambda: now) as stand_in:
        return read(HARNESS.connector(stand_in, lambda: now))


def test_recorded_comments_without_id_and_author_are_all_kept(recorded):
    rows = recorded("pyfb_comments_p1")["data"]
    reading = replayed(*rows)
    assert reading.error is None
    assert not reading.quarantined
    assert len(reading.items) == len(rows)
    assert Counter(item.text for item in reading.items.values()) == Counter(row["message"] for row in rows)
    assert {item.author_id for item in reading.items.values()} == {None}
    assert all(item.raw in rows for item in reading.items.values())
    replies = [item for item in reading.items.values() if item.parent_remote_id]
    assert len(replies) == sum("reply_comment_id" in row["permalink_url"] for row in rows) > 0


def test_recorded_comments_with_ids_keep_them(recorded):
    rows = [*recorded("pyfb_comments_info").values(), recorded("restfb_v2_2_comment_canHide")]
    rows += recorded("restfb_v2_5_photo-comments")["comments"]["data"]
    rows += recorded("restfb_v5_0_post-with-comment")["comments"]["data"]
    reading = replayed(*rows)
    assert reading.items.keys() == {row["id"] for row in rows}
    assert {i.author_id for i in reading.items.values()} == {row.get("from", {}).get("id") for row in rows}


def test_recorded_comments_without_a_time_are_set_aside(recorded):
    rows = [recorded("restfb_v2_2_comment_object"), recorded("restfb_v2_9_comment-permalink")]
    reading = replayed(*rows)
    assert reading.error is None
    assert not reading.items
    assert len(reading.quarantined) == 2


@pytest.mark.parametrize(
    "name", ["pyfb_feed_fields_p1", "pyfb_feeds_default_fields_p1", "restfb_post-with-empty-comments"]
)
def test_recorded_posts_are_read(recorded, name):
    document = recorded(name)
    rows = document.get("data", [document])
    found = read_posts(Page(rows, None), "19292868552")
    assert [post.remote_id for post in found.posts] == [row["id"] for row in rows]
    assert all(post.created_at for post in found.posts)
    assert not found.quarantined


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("restfb_exampleErrorNew", AuthFailed),
        ("restfb_oauthExampleError", TemporaryFailure),
        ("pyfb_error", UnexpectedReply),
    ],
)
def test_recorded_errors_are_understood(recorded, name, kind):
    assert isinstance(error_for(json_response(recorded(name), 400)), kind)


def test_the_recorded_refusal_in_a_batch_means_that_the_object_is_missing(recorded):
    part = recorded("restfb_batch_batch-first-error")[0]
    answer = Response(part["code"], part["body"].encode(), {h["name"]: h["value"] for h in part["headers"]})
    with HARNESS.stand_in(
        HARNESS.world(), lambda: NOW, lambda r, _: answer if "ids" in r.query else None
    ) as stand_in:
        verdicts = HARNESS.connector(stand_in, lambda: NOW).verify(["5001_9001"], Budget(9, NOW))
    assert verdicts == {"5001_9001": Verdict.GONE}
