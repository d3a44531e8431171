"""Bluesky: what its posts mean, one by one, and that posts it really sent are read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from harness import NOW
from harness_bluesky import PARENTS, POST
from reading_bluesky import DAY, ME, budget, raw_post, reading, world_of

from connectors.bluesky_wire import POST_URI, read_item, read_thread
from connectors.errors import UnexpectedReply
from connectors.fetched import FetchedItem
from monitor.demo.bluesky_scene import post_uri
from monitor.demo.server import json_response

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")


def mention_of(did, start, end):
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


def test_mentions_are_counted_in_bytes_and_only_inside_the_text():
    text = "\U0001f442🏽 hi @oakfield.test"
    start = len("\U0001f442🏽 hi ".encode())
    inside = mention_of(ME, start, start + len("@oakfield.test"))
    outside, backward, odd = mention_of("did:plc:a", 5, 500), mention_of("did:plc:b", 5, 5), {"index": 7}
    myself = mention_of(PARENTS[0].id, 0, 4)
    item = read_item(raw_post(text=text, facets=[inside, outside, backward, odd, "x", myself, inside]), ME, NOW)
    assert item.addressed_to == (ME,)


def test_what_is_attached_is_listed_with_its_address():
    picture = {"$type": "blob", "ref": {"$link": "bafypicture"}, "mimeType": "image/png", "size": 1}
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": picture}, "odd"]}
    film = {"$type": "app.bsky.embed.video", "video": {"ref": {"$link": "bafyfilm"}}}
    link = {"$type": "app.bsky.embed.external", "external": {"uri": "https://news.example/a"}}
    quoted = {"$type": "app.bsky.embed.record", "record": {"uri": POST.id, "cid": "x"}}
    both = {"$type": "app.bsky.embed.recordWithMedia", "media": images, "record": quoted}

    def listed(embed):
        return [(each.kind, each.url) for each in read_item(raw_post(embed=embed), ME, NOW).attachments]

    assert listed(images)[0] == (
        "image",
        f"https://cdn.bsky.app/img/feed_fullsize/plain/{PARENTS[0].id}/bafypicture@jpeg",
    )
    assert listed(film) == [("video", f"https://video.bsky.app/watch/{PARENTS[0].id}/bafyfilm/playlist.m3u8")]
    assert listed(link) == [("link", "https://news.example/a")]
    assert listed(quoted) == [("quoted post", POST.id)]
    assert [kind for kind, _ in listed(both)] == ["image", "image", "quoted post"]
    assert listed({"$type": "app.bsky.embed.starmap"}) == listed(7) == listed(None) == []


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("2019-05-01T10:00:00.000Z", "2019-05-01T10:00:00+00:00"),
        ("2026-11-14T12:05:00.000Z", "2026-11-14T12:05:00+00:00"),
        ("2026-11-14T13:00:00+01:00", "2026-11-14T12:00:00+00:00"),
        ("2031-01-01T00:00:00.000Z", "2026-11-14T11:00:01+00:00"),
        ("yesterday", "2026-11-14T11:00:01+00:00"),
        ("2026-11-14T11:00:00", "2026-11-14T11:00:01+00:00"),
        (None, "2026-11-14T11:00:01+00:00"),
        ("0001-01-01T00:00:00Z", "2026-11-14T11:00:01+00:00"),
    ],
)
def test_a_time_is_its_authors_unless_it_cannot_be(said, taken):
    assert read_item(raw_post(createdAt=said), ME, NOW).created_at.isoformat() == taken


def test_replies_nested_too_deeply_to_be_read_are_never_asked_for():
    node = {"post": raw_post()}
    for _ in range(5000):
        node = {"post": raw_post(), "replies": [node]}
    thread = read_thread({"thread": node}, node["post"]["uri"])
    assert len(thread.posts) == 5001


def test_an_odd_post_is_set_aside_and_its_neighbours_are_kept():
    own = {"uri": POST.id, "author": {"did": ME}, "record": {"text": "p"}, "replyCount": 9, "indexedAt": "2026-11-13"}
    bad = [{}, raw_post() | {"uri": 7}, raw_post() | {"uri": "at://x"}, raw_post(text=["hello"])]
    bad.append(raw_post(createdAt="?") | {"indexedAt": None})
    good = [raw_post() | {"uri": post_uri(PARENTS[1].id, NOW, n)} for n in range(3)]
    good[0]["author"], good[1]["record"] = None, {"createdAt": "2026-11-14T11:00:00Z", "reply": 5, "facets": 5}
    replies = [{"post": each, "replies": []} for each in bad + good]
    thread = {"thread": {"post": own, "replies": [*replies, None, 7, {"post": None}]}}

    def fault(request, _):
        if "getPostThread" in request.path:
            return json_response(thread)
        feed = json_response({"feed": [{"post": own}, {"post": own, "reason": {"$type": "repost"}}, None]})
        return feed if "getAuthorFeed" in request.path else None

    with reading(world_of(), fault) as (connector, _, _):
        batches = list(connector.fetch("threads", None, budget()))
    kept = [item for batch in batches for item in batch.items]
    assert [(item.text, item.author_id) for item in kept] == [
        ("hello", None),
        ("", PARENTS[0].id),
        ("hello", PARENTS[0].id),
    ]
    aside = [each for batch in batches for each in batch.quarantined]
    assert [each.raw for each in aside] == [None, *bad, None, 7, {"post": None}]
    assert all(each.reason and "hello" not in each.reason for each in aside)


@pytest.mark.parametrize("odd", [[], {}, {"thread": []}, {"thread": {"post": {"uri": "at://another"}}}])
def test_an_answer_that_is_not_the_thread_asked_for_is_an_unexpected_reply(odd):
    with pytest.raises(UnexpectedReply):
        read_thread(odd, POST.id)


@pytest.mark.skipif(SHARED is None, reason="SCHOOL_MONITOR_SHARED does not name the folder of recorded payloads")
@pytest.mark.parametrize(
    "name",
    ["local/notifications", "local/notifications_limit2", "local/thread", "local/thread_after_deletion",
     "local/thread_of_orphaned_reply", "local/get_posts", "local/author_feed", "local/quotes",
     "thread_view_post_with_embed_media"],
)  # fmt: skip
def test_every_recorded_post_is_read(name):
    recorded = json.loads((Path(SHARED) / "fixtures" / "bluesky" / f"{name}.json").read_text("utf-8"))
    bodies = [each["response"]["body"] for each in recorded] if isinstance(recorded, list) else [recorded]
    posts = [post for body in bodies for post in posts_in(body)]
    assert posts
    for raw in posts:
        item = read_item(raw, "did:plc:somebody", NOW + 30 * DAY)
        assert isinstance(item, FetchedItem)
        assert (item.remote_id, item.text, item.author_id) == (
            raw["uri"],
            raw["record"]["text"],
            raw["author"]["did"],
        )
        reply = raw["record"].get("reply")
        assert item.parent_remote_id == (reply["parent"]["uri"] if reply else None)
        assert bool(item.attachments) == ("embed" in raw["record"])


@pytest.mark.skipif(SHARED is None, reason="SCHOOL_MONITOR_SHARED does not name the folder of recorded payloads")
def test_a_recorded_thread_is_read_whole():
    (recorded,) = json.loads((Path(SHARED) / "fixtures" / "bluesky" / "local" / "thread.json").read_text("utf-8"))
    body = recorded["response"]["body"]
    thread = read_thread(body, body["thread"]["post"]["uri"])
    assert {post["uri"] for post in thread.posts} == {post["uri"] for post in posts_in(body)}
    assert thread.cut_off == ()


def posts_in(value):
    """Every post in an answer that came with its record."""
    if isinstance(value, dict) and {"uri", "author", "record"} <= value.keys() and POST_URI.fullmatch(value["uri"]):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from posts_in(inner)
