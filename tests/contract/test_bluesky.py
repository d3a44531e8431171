"""Bluesky: what is special about its posts, its cursors and its refusals, beside the shared contract suite.

The same connector reads a real network in tests/servers.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness import NOW
from harness_bluesky import APP_PASSWORD, HARNESS, IMPERSONATOR, PARENTS, POST, QUIET_POST, SCHOOL, message
from hypothesis import given
from hypothesis import strategies as st
from office import QUARTER, Office
from reading import read

from connectors.base import Verdict
from connectors.bluesky import Bluesky
from connectors.bluesky_server import SignedIn, SignIns
from connectors.bluesky_state import read_notifications, read_threads
from connectors.bluesky_wire import POST_URI, read_item, read_thread, usage_of
from connectors.budget import Budget
from connectors.errors import AuthFailed, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.fetched import FetchedItem, ItemKind, Shown
from connectors.json_api import NotThere
from connectors.transport import NetworkSession
from monitor.clock import SetClock
from monitor.demo.bluesky_scene import post_uri
from monitor.demo.bluesky_server import BlueskyStandIn, xrpc_error
from monitor.demo.server import json_response
from monitor.demo.world import World
from monitor.evidence.wire_bytes import PageBytes

SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ME = SCHOOL.id

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def world_of(*messages, posts=(POST,)):
    return World(SCHOOL, list(posts), list(messages))


@contextmanager
def reading(world, fault=None, at=NOW, handle=SCHOOL.handle, **shown):
    """A connector on a stand-in, and the clock of both."""
    clock = SetClock(at)
    with BlueskyStandIn(world, clock, APP_PASSWORD, fault, **shown) as stand_in:
        session = NetworkSession(now=clock, secrets=(APP_PASSWORD,))
        options = {"handle": handle, "app_password": APP_PASSWORD, "api_url": stand_in.url}
        yield Bluesky(session=session, now=clock, sign_ins=SignIns(), **options), stand_in, clock


def budget(calls=1000):
    return Budget(calls, NOW + QUARTER)


def on(part, response):
    return lambda request, _: response if part in request.path else None


def asked_for(stand_in):
    """The names of the methods asked for, in order."""
    return [request.path.rpartition(".")[2] for request in stand_in.requests]


def raw_post(**record):
    """A post as the network shows it."""
    wrote = {"$type": "app.bsky.feed.post", "text": "hello", "createdAt": "2026-11-14T11:00:00.000Z"} | record
    author = {"did": PARENTS[0].id, "handle": PARENTS[0].handle, "displayName": PARENTS[0].name}
    uri = post_uri(PARENTS[0].id, NOW - HOUR, 1)
    return {"uri": uri, "cid": "bafy", "author": author, "record": wrote, "indexedAt": "2026-11-14T11:00:01.000Z"}


def mention_of(did, start, end):
    feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


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


def test_replies_nested_too_deeply_to_be_read_are_never_asked_for():
    node = {"post": raw_post()}
    for _ in range(5000):
        node = {"post": raw_post(), "replies": [node]}
    thread = read_thread({"thread": node}, node["post"]["uri"])
    assert len(thread.posts) == 5001


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


def test_one_sign_in_serves_until_its_token_ends_and_one_more_when_it_is_not_accepted():
    with reading(world_of()) as (connector, stand_in, clock):
        read(connector)
        clock.at = NOW + HOUR
        read(connector)
        assert asked_for(stand_in).count("createSession") == 1
        clock.at = NOW + 3 * HOUR
        read(connector)
        assert asked_for(stand_in).count("createSession") == 2
        stand_in._tokens.clear()
        assert read(connector).error is None
        assert asked_for(stand_in).count("createSession") == 3


def test_a_sign_in_that_helps_nothing_is_not_tried_for_ever():
    expired = xrpc_error(400, "ExpiredToken", "Token has expired")
    with reading(world_of(), on("listNotifications", expired)) as (connector, stand_in, _):
        with pytest.raises(AuthFailed, match="even a new sign-in is not accepted"):
            list(connector.fetch("notifications", None, budget()))
        assert asked_for(stand_in) == ["createSession", "listNotifications"] * 2


def test_sign_ins_are_shared_by_account_and_shown_to_nobody():
    known = SignIns()
    signed_in = SignedIn(ME, SCHOOL.handle, True, "", "header.e30.canary-access-token")
    known.put(("https://a", SCHOOL.handle, APP_PASSWORD), signed_in)
    assert known.get(("https://a", SCHOOL.handle, APP_PASSWORD)) is signed_in
    assert known.get(("https://b", SCHOOL.handle, APP_PASSWORD)) is None
    assert "canary" not in repr(signed_in) + repr(known)
    assert APP_PASSWORD not in repr(known)


@pytest.mark.parametrize(
    ("access", "scopes", "lasts"),
    [
        ("a.eyJzY29wZSI6ICJvbmUgdHdvIiwgImV4cCI6IDF9.c", ("one", "two"), False),
        ("a.e30.c", (), True),
        ("a.W10.c", (), True),
        ("no token", (), True),
        ("a.%%%.c", (), True),
        ("a.eyJzY29wZSI6IDd9.c", (), True),
    ],
)
def test_what_a_token_says_of_itself_is_read_where_it_can_be(access, scopes, lasts):
    signed_in = SignedIn(ME, SCHOOL.handle, True, "", access)
    assert (signed_in.scopes, signed_in.lasts(NOW)) == (scopes, lasts)


def test_check_says_who_we_are_and_what_a_person_should_know():
    renamed = World(replace(SCHOOL, handle="oakfield-new.test"), [POST], [])
    with reading(renamed, handle=ME, scope="com.atproto.access") as (connector, _, _):
        state = connector.check()
    assert (state.own_ids, state.display_name) == ({ME}, "oakfield-new.test")
    assert (state.scopes, state.api_version, state.expires_at) == (("com.atproto.access",), "", None)
    assert any("now called @oakfield-new.test" in note for note in state.notes)
    assert any("main password" in note for note in state.notes)
    with reading(world_of()) as (connector, _, _):
        assert connector.check().notes == ("Direct messages to this account are not watched",)


@pytest.mark.parametrize("status", ["takendown", "suspended", "deactivated"])
def test_an_account_that_is_not_active_needs_a_person(status):
    with reading(world_of(), status=status) as (connector, _, _), pytest.raises(AuthFailed, match="Bluesky"):
        connector.check()


@pytest.mark.parametrize(
    ("status", "name", "headers", "kind", "until"),
    [
        (400, "InvalidRequest", {}, UnexpectedReply, None),
        (400, "NotFound", {}, NotThere, None),
        (400, "BlockedActor", {}, Forbidden, None),
        (401, "AuthMissing", {}, AuthFailed, None),
        (401, "AuthenticationRequired", {}, AuthFailed, None),
        (401, "AccountTakedown", {}, AuthFailed, None),
        (401, "AuthFactorTokenRequired", {}, AuthFailed, None),
        (403, "Forbidden", {}, Forbidden, None),
        (404, "XRPCNotSupported", {}, UnexpectedReply, None),
        (429, "RateLimitExceeded", {"RateLimit-Reset": str(int(NOW.timestamp()) + 420)}, RateLimited, 420),
        (429, "RateLimitExceeded", {"RateLimit-Reset": "soon"}, RateLimited, 900),
        (429, "RateLimitExceeded", {"Retry-After": "60"}, RateLimited, 60),
        (500, "InternalServerError", {}, TemporaryFailure, None),
        (502, "UpstreamFailure", {}, TemporaryFailure, None),
        (504, "UpstreamTimeout", {}, TemporaryFailure, None),
        (501, "MethodNotImplemented", {}, TemporaryFailure, None),
    ],
)
def test_a_refusal_means_what_bluesky_documents(status, name, headers, kind, until):
    refused = xrpc_error(status, name, f"No, {APP_PASSWORD}", headers)
    with reading(world_of(), on("createSession", refused)) as (connector, _, _), pytest.raises(kind) as caught:
        connector.check()
    said = getattr(caught.value, "until", None)
    assert said == (NOW + timedelta(seconds=until) if until else None)
    assert APP_PASSWORD not in str(caught.value)
    assert "http" not in str(caught.value)


def test_what_the_server_says_of_its_limit_is_passed_on():
    with reading(world_of()) as (connector, _, _):
        allowed = budget()
        list(connector.fetch("notifications", None, allowed))
    assert [(usage.name, usage.resets_at) for usage in allowed.usage.values()] == [("3000;w=300", NOW + 5 * MINUTE)]
    assert usage_of({"ratelimit-limit": "0", "ratelimit-remaining": "0", "ratelimit-reset": "9"}, NOW) is None
    assert usage_of({"ratelimit-limit": "10", "ratelimit-remaining": "1", "ratelimit-reset": "1e99"}, NOW) is None


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


def test_a_post_that_is_deleted_between_list_and_thread_costs_nothing_but_its_thread():
    comment = message(1, NOW - HOUR, PARENTS[0], "hello")
    gone = xrpc_error(400, "NotFound", "Post not found")
    with reading(world_of(comment), on("getPostThread", gone)) as (connector, _, _):
        result = read(connector)
    assert result.error is None
    assert (POST.id,) in [batch.whole_threads for batch in result.batches]


def test_the_bytes_of_every_item_are_found_in_the_answers_it_came_with():
    with reading(HARNESS.world()) as (connector, _, _):
        result = read(connector)
    for batch in result.batches:
        page = PageBytes(batch.exchanges)
        found = [page.find(item.raw, item.remote_id) for item in batch.items]
        assert all(each is not None and not each.left_out for each in found)
    assert len(result.items) > 140


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
