"""What is particular to Facebook: its errors, its odd comments, visitors' posts, and recorded answers."""

import hashlib
import hmac
import json
import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from harness import NOW
from harness_facebook import APP_SECRET, HARNESS, POST, QUIET_POST, SCHOOL, TOKEN, comment
from hypothesis import given
from hypothesis import strategies as st
from reading import read, read_world

from connectors.base import (
    AuthFailed,
    Budget,
    FetchedItem,
    Forbidden,
    ItemKind,
    Quarantined,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
    Verdict,
)
from connectors.facebook_wire import Page, Thread, read_comment, read_page, read_posts
from monitor.demo.graph_server import graph_error
from monitor.demo.server import Response, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

THREAD = Thread(POST.id, by_visitor=False)


def small_world(*messages):
    return World(SCHOOL, [POST, QUIET_POST], list(messages))


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
    assert type(error_for(answer)).__mro__.index(kind) <= 1


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


def test_too_much_data_is_asked_for_again_in_smaller_helpings():
    too_much = graph_error(
        1, "Please reduce the amount of data you're asking for, then retry your request", status=500
    )
    clean, _ = read_world(HARNESS)
    reading, asked = read_world(HARNESS, lambda r, _: too_much if int(r.query.get("limit", 0)) > 12 else None)
    assert reading.error is None
    assert reading.items == clean.items
    assert min(int(request.query["limit"]) for request in asked) == 12
    assert reading.calls == len(asked)


def test_a_helping_that_is_too_much_even_at_its_smallest_ends_the_run():
    reading, asked = read_world(HARNESS, lambda *_: graph_error(1, "Please reduce the amount of data"))
    assert type(reading.error).__mro__[1] is TemporaryFailure
    assert [request.query["limit"] for request in asked] == ["25", "12", "6", "5"]


def test_a_page_with_nothing_new_costs_one_call():
    world = small_world(*(comment(n, "Hello", NOW - timedelta(days=3, hours=n)) for n in range(20)))
    _, asked = read_world(HARNESS, world=world)
    assert len(asked) == 1


def test_every_request_is_signed_and_asks_for_the_version_we_know():
    _, asked = read_world(HARNESS)
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert all(request.path.startswith("/v26.0/") for request in asked)
    assert {request.query["appsecret_proof"] for request in asked} == {proof}


def test_the_link_to_the_next_page_is_read_but_never_followed():
    clean, _ = read_world(HARNESS)
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:

        def lure(request, _):
            answer = stand_in.answer(request)
            return replace(answer, body=answer.body.replace(b"https://graph.facebook.com", b"http://127.0.0.1:9"))

        stand_in.fault = lure
        reading = read(HARNESS.connector(stand_in, lambda: NOW))
    assert reading.error is None
    assert reading.items == clean.items


def test_older_listings_go_on_by_until_and_a_paging_token():
    link = "https://graph.facebook.com/v10.0/4/posts?access_token=x&until=1624385168&since&__paging_token=abc"
    page = read_page({"data": [], "paging": {"next": link}})
    assert page.following == {"until": "1624385168", "__paging_token": "abc"}


@pytest.mark.parametrize("link", ["https://graph.facebook.com/me", "http://[", 7, ["x"], {"a": 1}])
def test_a_listing_that_goes_on_nowhere_is_an_error(link):
    with pytest.raises(UnexpectedReply):
        read_page({"data": [], "paging": {"next": link}})


def test_a_cursor_without_a_next_link_is_the_end():
    assert read_page({"data": [], "paging": {"cursors": {"after": "abc"}}}).following is None
    assert read_page({"data": [], "paging": ["odd"]}).following is None


def test_a_post_that_comes_without_its_comments_is_read_on_its_own():
    clean, _ = read_world(HARNESS)
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:

        def without_comments(request, _):
            if not request.path.endswith("/feed"):
                return None
            feed = json.loads(stand_in.answer(request).body)
            for post in feed["data"]:
                post["comments"] = {"total_count": 3}
            return json_response(feed)

        stand_in.fault = without_comments
        reading = read(HARNESS.connector(stand_in, lambda: NOW))
    assert reading.error is None
    assert reading.items == clean.items


def test_a_post_deleted_while_it_is_read_does_not_stop_the_others():
    clean, _ = read_world(HARNESS)
    gone = graph_error(100, "Unsupported get request", subcode=33)
    reading, _ = read_world(HARNESS, lambda r, _: gone if r.path.endswith(f"{POST.id}/comments") else None)
    assert reading.error is None
    assert reading.batches[-1].complete
    assert reading.items.items() < clean.items.items()


def test_a_visitors_post_is_a_mention_and_what_is_said_under_it_answers_it():
    reading, _ = read_world(HARNESS)
    post, answer = reading.items["100200300_6001"], reading.items["6001_6002"]
    assert (post.kind, post.post_remote_id, post.parent_remote_id) == (ItemKind.MENTION, None, None)
    assert (answer.kind, answer.parent_remote_id, answer.author_id) == (ItemKind.REPLY, post.remote_id, SCHOOL.id)
    assert "comments" not in post.raw


@pytest.mark.parametrize(("more", "mentions"), [({"status_type": "wall_post"}, 1), ({}, 0), ({"from": 7}, 0)])
def test_a_post_without_author_is_a_visitors_when_its_kind_says_so(more, mentions):
    raw = {"id": "1_2", "message": "hi", "created_time": "2026-11-14T12:00:00+0000", **more}
    found = read_posts(Page([raw], None), "1")
    assert [item.author_id for item in found.items] == [None] * mentions
    assert len(found.posts) == 1


def test_only_posts_of_the_look_back_are_asked_for():
    old = StoryPost("100200300_4001", "Last year", NOW - timedelta(days=31))
    world = HARNESS.world()
    world.posts.append(old)
    reading, _ = read_world(HARNESS, world=world)
    assert old.id not in {post.remote_id for batch in reading.batches for post in batch.posts}


@pytest.mark.parametrize("cursor", [{"v": 2, "since": "2026-11-14T12:00:00+00:00"}, {"v": 1}, {"v": 1, "since": 7}])
def test_a_cursor_that_is_not_ours_means_reading_everything(cursor):
    clean, _ = read_world(HARNESS)
    reading, _ = read_world(HARNESS, cursors={"comments": cursor})
    assert reading.items == clean.items


def test_the_cursor_stays_until_the_last_batch():
    cursor = {"v": 1, "since": (NOW - timedelta(days=9)).isoformat()}
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        batches = list(HARNESS.connector(stand_in, lambda: NOW).fetch("comments", cursor, Budget(99, NOW)))
    assert all(batch.next_cursor == cursor for batch in batches[:-1])
    assert batches[-1].next_cursor == {"v": 1, "since": NOW.isoformat()}


def test_an_older_version_in_the_answer_is_noted():
    def older(request, _):
        return json_response({"id": SCHOOL.id, "name": SCHOOL.name}, headers={"facebook-api-version": "v25.0"})

    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        assert HARNESS.connector(stand_in, lambda: NOW).check().notes == ()
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW, older) as stand_in:
        (note,) = HARNESS.connector(stand_in, lambda: NOW).check().notes
    assert "v25.0" in note


def verified(ids, fault=None, calls=1000):
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW, fault) as stand_in:
        return HARNESS.connector(stand_in, lambda: NOW).verify(ids, Budget(calls, NOW)), len(stand_in.requests)


def test_one_dead_comment_among_fifty_is_found_in_few_calls():
    ids = [f"5001_{9000 + n}" for n in range(49)]
    verdicts, calls = verified([*ids, "5001_9405"])
    assert [i for i, v in verdicts.items() if v is Verdict.GONE] == ["5001_9405"]
    assert {verdicts[i] for i in ids} == {Verdict.PRESENT}
    assert calls <= 13


def test_a_comment_we_may_no_longer_see_is_not_called_gone():
    refuse = graph_error(10, "Permission", status=403)
    verdicts, _ = verified(["5001_9001", "5001_9002"], lambda r, _: refuse if "5001_9002" in r.query["ids"] else None)
    assert verdicts == {"5001_9001": Verdict.PRESENT, "5001_9002": Verdict.UNKNOWN}


def test_nothing_is_called_gone_before_the_token_has_read_something():
    verdicts, calls = verified(["5001_9405"])
    assert verdicts == {"5001_9405": Verdict.GONE}
    assert calls == 2
    missing = graph_error(100, "Unsupported get request", subcode=33)
    with pytest.raises(UnexpectedReply):
        verified(["5001_9405"], lambda *_: missing)


def test_an_id_that_leads_elsewhere_is_never_asked_for():
    verdicts, calls = verified(["../me", "1,2", "me", ""])
    assert set(verdicts.values()) == {Verdict.UNKNOWN}
    assert calls == 0


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
        {"id": "5001_9", "created_time": TIME, "message": ["text"]},
    ],
)
def test_a_comment_that_cannot_be_placed_in_time_and_thread_is_set_aside(raw):
    assert isinstance(read_comment(raw, THREAD), Quarantined)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(TIME) | st.just("5001_9"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "data", "url"]), inner)
    ),
    max_leaves=6,
)
NAMES = [
    "id",
    "message",
    "created_time",
    "from",
    "parent",
    "attachment",
    "attachments",
    "message_tags",
    "is_hidden",
]


@given(st.dictionaries(st.sampled_from([*NAMES, "permalink_url", "comments", "status_type"]), JSON))
def test_no_shape_of_a_comment_or_post_breaks_its_page(raw):
    assert isinstance(read_comment(raw, THREAD), (FetchedItem, Quarantined))
    found = read_posts(Page([raw, {"id": "1_2"}], None), SCHOOL.id)
    assert "1_2" in {post.remote_id for post in found.posts}


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


def test_the_stand_in_gives_only_the_fields_asked_for():
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: NOW)
        answer, _ = connector._ask("5001_9400", {"fields": "message,parent{id}"})
        assert set(answer) == {"id", "message", "parent"}
        with pytest.raises(UnexpectedReply):
            connector._ask("5001_9400", {"fields": "parent{id"})


# Recorded answers


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
    post = StoryPost(post_id, "A post", begin - timedelta(minutes=1))
    messages = [
        StoryMessage(f"row-{n}", Author("1", "x"), "", begin + timedelta(seconds=n), post_id, raw=raw)
        for n, raw in enumerate(raws)
    ]
    page = Author(HARNESS.own_id, "The page")
    now = max(times, default=NOW).astimezone(UTC) + timedelta(hours=1)
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
    assert type(error_for(json_response(recorded(name), 400))) is kind


def test_the_recorded_refusal_in_a_batch_means_that_the_object_is_missing(recorded):
    part = recorded("restfb_batch_batch-first-error")[0]
    answer = Response(part["code"], part["body"].encode(), {h["name"]: h["value"] for h in part["headers"]})
    verdicts, _ = verified(["5001_9001"], lambda request, _: answer if "ids" in request.query else None)
    assert verdicts == {"5001_9001": Verdict.GONE}
