"""Mastodon: what is special about its statuses, its cursors and its refusals, beside the shared contract suite."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from harness import NOW
from harness_mastodon import HARNESS, IMPERSONATOR, PARENTS, POST, QUIET_POST, SCHOOL, TOKEN, message
from hypothesis import given
from hypothesis import strategies as st
from office import QUARTER, Office
from reading import read

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.fetched import FetchedItem, ItemKind
from connectors.mastodon_state import read_mentions, read_threads
from connectors.mastodon_wire import glance, read_item, usage_of
from monitor.clock import SetClock
from monitor.demo.mastodon_scene import status_id, to_html
from monitor.demo.mastodon_server import MastodonStandIn, mastodon_error
from monitor.demo.server import json_response
from monitor.demo.world import StoryPost, World
from monitor.evidence.wire_bytes import PageBytes

SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def world_of(*messages, posts=(POST,)):
    return World(SCHOOL, list(posts), list(messages))


@contextmanager
def reading(world, fault=None, at=NOW, **shown):
    """A connector on a stand-in, and the clock of both."""
    clock = SetClock(at)
    with MastodonStandIn(world, clock, TOKEN, fault, **shown) as stand_in:
        yield HARNESS.connector(stand_in, clock), stand_in, clock


def budget(calls=1000):
    return Budget(calls, NOW + QUARTER)


def served(payload, status=200, headers=None, on=""):
    """Every request whose address holds `on` is answered so."""
    answer = json_response(payload, status, headers)
    return lambda request, _: answer if on in request.path else None


def raw_status(**more):
    """A public status as Mastodon sends it."""
    at = NOW - HOUR
    account = {"id": PARENTS[0].id, "acct": "parent_0@elsewhere.example", "display_name": "Invented Parent 0"}
    plain = {"id": status_id(at, 1), "created_at": "2026-11-14T11:00:00.000Z", "content": "<p>hello</p>"}
    whole = {
        **plain,
        "in_reply_to_id": None,
        "visibility": "public",
        "account": account,
        "url": "https://e.example/1",
    }
    return {name: value for name, value in (whole | more).items() if value is not ...}


def test_a_content_warning_stands_before_the_words_it_warns_of():
    warned = message(1, NOW - HOUR, PARENTS[0], "They lost again.\nShame.")
    with reading(world_of(warned), warnings={warned.id: "football & tears"}) as (connector, _, _):
        item = read(connector).items[warned.id]
    assert item.text == "football & tears\n\nThey lost again.\nShame."


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


def test_attachments_are_listed_with_their_kind_and_address():
    attached = [
        {"id": "1", "type": "image", "url": "https://files.example/1.png", "remote_url": "https://far.example/1.png"},
        {"id": "2", "type": "video", "url": None, "remote_url": "https://far.example/2.mp4"},
        {"id": "3"},
        "odd",
    ]
    item = read_item(raw_status(media_attachments=attached), None)
    listed = [(each.kind, each.url) for each in item.attachments]
    assert listed == [
        ("image", "https://files.example/1.png"),
        ("video", "https://far.example/2.mp4"),
        ("unknown", ""),
    ]


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


def test_an_own_reply_answers_only_whom_it_replies_to_though_it_mentions_the_whole_thread():
    row = raw_status(in_reply_to_id="5", in_reply_to_account_id="77", mentions=[{"id": "77"}, {"id": "78"}])
    assert read_item(row, None).addressed_to == ("77",)


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


def test_a_token_of_another_account_is_not_read_with():
    with reading(world_of()) as (_, stand_in, clock):
        wrong = HARNESS.connector(stand_in, clock, username="hillview")
        for ask in (wrong.check, lambda: list(wrong.fetch("threads", None, budget()))):
            with pytest.raises(Forbidden, match="belongs to @oakfield, not to @hillview"):
                ask()


def test_check_tells_version_scopes_and_what_a_token_may_do_too_much_or_too_little():
    with reading(world_of(), scopes=["read:statuses", "write"]) as (connector, _, _):
        state = connector.check()
    assert (state.own_ids, state.display_name, state.api_version) == ({SCHOOL.id}, SCHOOL.name, "4.5.2")
    assert state.scopes == ("read:statuses", "write")
    assert any("lacks read:accounts, read:notifications" in note for note in state.notes)
    assert any("may do more than read" in note for note in state.notes)


def test_a_server_that_tells_neither_scopes_nor_version_is_no_obstacle():
    def fault(request, _):
        tells = "apps" in request.path or "instance" in request.path
        return mastodon_error(404, "Not Found") if tells else None

    with reading(world_of(), fault) as (connector, _, _):
        state = connector.check()
    assert (state.scopes, state.api_version, state.own_ids) == ((), "", {SCHOOL.id})


def test_a_server_that_gives_statuses_only_one_by_one_is_asked_so():
    there = message(1, NOW - HOUR, PARENTS[0], "there")
    gone = message(2, NOW - HOUR, PARENTS[0], "gone", deleted_at=NOW - MINUTE)

    def fault(request, _):
        return mastodon_error(404, "Not Found") if request.path == "/api/v1/statuses" else None

    with reading(world_of(there, gone), fault) as (connector, _, _):
        said = connector.verify([there.id, gone.id], budget())
    assert said == {there.id: Verdict.PRESENT, gone.id: Verdict.GONE}


def test_nothing_is_gone_when_the_token_cannot_be_seen_to_work():
    def fault(request, _):
        if request.path == "/api/v1/statuses":
            return json_response([])
        return mastodon_error(403, "Your login is currently disabled") if "credentials" in request.path else None

    with reading(world_of(), fault) as (connector, _, _), pytest.raises(Forbidden):
        connector.verify([status_id(NOW, 1)], budget())


@pytest.mark.parametrize(
    ("status", "headers", "kind", "until"),
    [
        (401, {}, AuthFailed, None),
        (403, {}, Forbidden, None),
        (404, {}, UnexpectedReply, None),
        (422, {}, UnexpectedReply, None),
        (429, {"X-RateLimit-Reset": "2026-11-14T12:05:00.000Z"}, RateLimited, NOW + 5 * MINUTE),
        (429, {"Retry-After": "90"}, RateLimited, NOW + timedelta(seconds=90)),
        (429, {"X-RateLimit-Reset": "soon"}, RateLimited, NOW + 15 * MINUTE),
        (500, {}, TemporaryFailure, None),
        (503, {}, TemporaryFailure, None),
    ],
)
def test_a_refusal_means_what_mastodon_documents(status, headers, kind, until):
    refused = served({"error": f"No, {TOKEN}"}, status, headers)
    with reading(world_of(), refused) as (connector, _, _), pytest.raises(kind) as caught:
        connector.check()
    assert getattr(caught.value, "until", None) == until
    assert TOKEN not in str(caught.value)
    assert "http" not in str(caught.value)


def test_what_the_server_says_of_its_limit_is_passed_on():
    with reading(world_of()) as (connector, stand_in, _):
        allowed = budget()
        list(connector.fetch("mentions", None, allowed))
    (usage,) = allowed.usage.values()
    assert usage.share == pytest.approx(len(stand_in.requests) / 300)
    assert usage.resets_at == NOW + 5 * MINUTE


@pytest.mark.parametrize("limit", ["0", "-1", "many", ""])
def test_a_limit_that_cannot_be_read_is_none(limit):
    said = {"x-ratelimit-limit": limit, "x-ratelimit-remaining": "5", "x-ratelimit-reset": "2026-11-14T13:00:00Z"}
    assert usage_of(said, NOW) is None


def test_an_odd_status_is_set_aside_and_its_neighbours_are_kept():
    bad = [None, 7, {}, raw_status(id=5), raw_status(created_at="noon"), raw_status(content=["hello"])]
    good = [raw_status(id="11"), raw_status(id="12", account=..., content=None), raw_status(id="13", account=[])]
    rows = [
        {"id": str(n), "type": "mention", "created_at": "?", "status": raw} for n, raw in enumerate(bad + good, 90)
    ]
    with reading(world_of(), served(rows, on="notifications")) as (connector, _, _):
        batches = list(connector.fetch("mentions", None, budget()))
    kept = {item.remote_id: item.author_id for batch in batches for item in batch.items}
    assert kept == {"11": PARENTS[0].id, "12": None, "13": None}
    aside = [each for batch in batches for each in batch.quarantined]
    assert [each.raw for each in aside] == bad
    assert all(each.reason and "hello" not in each.reason for each in aside)


@pytest.mark.parametrize(
    "text", ["two  spaces", " edges ", "a\n\nb\nc", "1 < 2 > 0 & &amp; <b>", "<" * 5000, "\ttab"]
)
def test_words_are_read_as_mastodon_shows_them(text):
    assert read_item(raw_status(content=to_html(text)), None).text == text


def test_html_of_any_shape_is_read_in_one_go():
    for content in ("<" * 200_000, "<a " * 100_000, "&" * 200_000, "<p>" * 50_000, "</p>" * 50_000):
        assert isinstance(read_item(raw_status(content=content), None), FetchedItem)


def test_a_post_that_is_deleted_between_list_and_thread_costs_nothing_but_its_thread():
    comment = message(1, NOW - HOUR, PARENTS[0], "hello")

    def fault(request, _):
        return mastodon_error(404, "Record not found") if request.path.endswith("/context") else None

    with reading(world_of(comment), fault) as (connector, _, _):
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


@pytest.mark.skipif(SHARED is None, reason="SCHOOL_MONITOR_SHARED does not name the folder of recorded payloads")
@pytest.mark.parametrize(
    "name",
    ["test_entity_notification", "test_notifications", "test_notifications_types", "test_status_edit",
     "test_status_reply", "test_status_context", "test_conversations"],
)  # fmt: skip
def test_every_recorded_status_is_read(name):
    exchanges = json.loads((Path(SHARED) / "fixtures" / "mastodon" / f"{name}.json").read_text("utf-8"))
    recorded = [each for exchange in exchanges for each in statuses_in(exchange["response"]["body"])]
    assert recorded
    for raw in recorded:
        item = read_item(raw, None)
        assert isinstance(item, FetchedItem)
        assert (item.remote_id, item.author_id) == (raw["id"], raw["account"]["id"])
        assert item.created_at == datetime.fromisoformat(raw["created_at"])
        assert "<" not in item.text or "&lt;" in raw["content"]
        assert (item.parent_remote_id, len(item.attachments)) == (
            raw["in_reply_to_id"],
            len(raw["media_attachments"]),
        )
        assert glance(raw).is_message == (raw["visibility"] == "direct")


def statuses_in(value):
    """Every status in an answer that was sent with its HTML."""
    if isinstance(value, dict) and {"content", "account", "in_reply_to_id", "visibility"} <= value.keys():
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from statuses_in(inner)


@pytest.mark.parametrize(
    ("path", "odd"),
    [("context", []), ("context", {"ancestors": 1}), ("notifications", {}), ("credentials", []), ("statuses", {})],
)
def test_an_answer_that_is_not_what_was_asked_for_is_an_unexpected_reply(path, odd):
    comment = message(1, NOW - HOUR, PARENTS[0], "hello")
    with reading(world_of(comment), served(odd, on=path)) as (connector, _, _):
        assert isinstance(read(connector).error, UnexpectedReply)
