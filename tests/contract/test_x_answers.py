"""What X's answers mean, odd and recorded ones included."""

from __future__ import annotations

import html
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tweepy
from harness import NOW
from harness_x import HARNESS, PARENTS, SCHOOL, TOKEN
from reading_x import (
    HOUR,
    MINUTE,
    budget,
    failure_of,
    items,
    left_at,
    raw_message,
    read,
    read_until_failure,
    reading,
    served,
    world_of,
)

from connectors.errors import (
    AuthFailed,
    BudgetSpent,
    ConnectorError,
    Forbidden,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
)
from connectors.transport import NetworkSession
from monitor.demo.server import Response
from monitor.demo.world import StoryMessage

SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")


def test_errors_beside_the_data_do_not_spoil_the_page():
    post = raw_message(author_id=PARENTS[0].id).raw
    gone = {
        "resource_id": "5",
        "resource_type": "tweet",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
    page = {"data": [post], "errors": [gone], "meta": {"result_count": 1}}
    with reading(world_of(), served(page)) as (connector, _, _):
        (batch,) = read(connector)
    assert (len(batch.items), batch.complete) == (1, True)


def test_errors_in_place_of_the_data_are_not_taken_for_an_empty_page():
    suspended = {"errors": [{"title": "Forbidden", "resource_type": "user", "detail": "User has been suspended"}]}
    with reading(world_of(), served(suspended)) as (connector, _, _):
        _, failure = read_until_failure(connector)
    assert isinstance(failure, Forbidden)


def test_an_empty_page_is_a_complete_read():
    with reading(world_of()) as (connector, _, _):
        (batch,) = read(connector)
    assert (batch.items, batch.complete, batch.next_cursor) == ((), True, left_at(None))


def test_a_page_token_that_comes_back_ends_the_read_and_keeps_its_pages():
    page = {"data": [raw_message(author_id="5").raw], "meta": {"result_count": 1, "next_token": "again"}}
    with reading(world_of(), served(page)) as (connector, stand_in, _):
        kept, failure = read_until_failure(connector)
    assert isinstance(failure, UnexpectedReply)
    assert len(kept) == len(stand_in.requests) == 2
    assert not any(batch.complete for batch in kept)


USAGE_CAP = {
    "title": "UsageCapExceeded",
    "period": "Monthly",
    "type": "https://api.twitter.com/2/problems/usage-capped",
}
NEXT_MONTH = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "until"),
    [
        (401, {"title": "Unauthorized"}, {}, AuthFailed, None),
        (401, None, {}, AuthFailed, None),
        (402, {"title": "CreditsDepleted"}, {}, BudgetSpent, NOW + 24 * HOUR),
        (402, {}, {"Retry-After": "3600", "x-rate-limit-reset": "1794657600"}, BudgetSpent, NOW + HOUR),
        (402, {}, {"x-rate-limit-reset": "1794657600"}, BudgetSpent, NOW + 24 * HOUR),
        (403, {"title": "Forbidden"}, {}, Forbidden, None),
        (403, USAGE_CAP, {}, BudgetSpent, NEXT_MONTH),
        (404, {"title": "Not Found"}, {}, UnexpectedReply, None),
        (429, USAGE_CAP, {"x-rate-limit-reset": "1794657600"}, BudgetSpent, NEXT_MONTH),
        (429, {}, {"x-rate-limit-reset": str(int(NOW.timestamp()) + 420)}, RateLimited, NOW + 7 * MINUTE),
        (429, {}, {"x-rate-limit-reset": "soon"}, RateLimited, NOW + 15 * MINUTE),
        (429, {"errors": None}, {}, RateLimited, NOW + 15 * MINUTE),
        (500, {"errors": [7]}, {}, TemporaryFailure, None),
        (503, "sorry", {}, TemporaryFailure, None),
        (400, {"errors": None}, {}, UnexpectedReply, None),
        (302, {}, {"Location": "http://127.0.0.1:1/login"}, UnexpectedReply, None),
    ],
)
def test_a_refusal_means_what_x_documents_however_odd_its_body(status, body, headers, kind, until):
    with reading(world_of(), served(body, status, headers)) as (connector, _, _):
        for ask in (connector.check, lambda: read(connector), lambda: connector.verify(["5"], budget())):
            failure = failure_of(ask)
            assert type(failure) is kind
            assert getattr(failure, "until", None) == until


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"null", UnexpectedReply),
        (b"[]", UnexpectedReply),
        (b"{}", UnexpectedReply),
        (b'{"data": {}}', UnexpectedReply),
        (b'{"data": "5", "meta": {"result_count": 1}}', UnexpectedReply),
        (b'{"data": [], "meta": []}', UnexpectedReply),
        (b'{"meta": {"result_count": 3}}', UnexpectedReply),
        (b'{"data": [], "meta": {"next_token": 5}}', UnexpectedReply),
        (b"<html>Sign in to the school network</html>", UnexpectedReply),
        (b'{"data": [{"id": "1", "te', UnexpectedReply),
        (b"[" * 100_000, UnexpectedReply),
        (b"", UnexpectedReply),
    ],
)
def test_a_page_that_is_no_list_of_posts_is_an_unexpected_reply(body, kind):
    with reading(world_of(), lambda request, number: Response(200, body)) as (connector, _, _):
        kept, failure = read_until_failure(connector)
        assert (kept, type(failure)) == ([], kind)
        assert isinstance(failure_of(connector.check), ConnectorError)
    assert TOKEN not in str(failure)
    assert "http" not in str(failure)


def test_a_bad_post_is_quarantined_with_a_reason_and_its_neighbours_are_kept():
    bad = [
        raw_message(n=2, created_at="yesterday"),
        raw_message(n=3, created_at="2026-11-14T11:00:00"),
        raw_message(n=4, created_at="0001-01-01T00:00:00+14:00"),
        raw_message(n=12, created_at="0001-01-01T00:00:00Z"),
        raw_message(n=5, id=...),
        raw_message(n=6, id=7),
        raw_message(n=7, text=["hello"]),
        raw_message(n=8, author_id=["5"]),
        raw_message(n=9, edit_history_tweet_ids="5"),
        raw_message(n=10, referenced_tweets=[7]),
        raw_message(n=11, conversation_id={}),
    ]
    good = [raw_message(n=20, text=...), raw_message(n=21, author_id="5", note_tweet=7, attachments=[])]
    page = {"data": [m.raw for m in bad + good] + [None, "post"], "includes": [], "meta": {"result_count": 15}}
    with reading(world_of(), served(page)) as (connector, _, _):
        (batch,) = read(connector)
    assert [(item.text, item.author_id) for item in batch.items] == [("", None), ("hello", "5")]
    assert [problem.raw for problem in batch.quarantined] == [m.raw for m in bad] + [None, "post"]
    assert len({problem.reason for problem in batch.quarantined}) >= 8
    assert all("yesterday" not in problem.reason for problem in batch.quarantined)


def test_a_post_sent_without_its_time_has_the_time_its_id_was_made_from():
    made_at = datetime(2026, 11, 14, 11, tzinfo=UTC)
    post = raw_message(at=made_at, created_at=...)
    with reading(world_of(), served({"data": [post.raw], "meta": {"result_count": 1}})) as (connector, _, _):
        (batch,) = read(connector)
    assert [item.created_at for item in batch.items] == [made_at]


def test_what_x_writes_as_entities_reads_as_its_author_wrote_it():
    post = raw_message(n=1, text="Fish &amp; chips &lt;3 costs &amp;pound;4")
    with reading(world_of(), served({"data": [post.raw], "meta": {"result_count": 1}})) as (connector, _, _):
        (batch,) = read(connector)
    assert [item.text for item in batch.items] == ["Fish & chips <3 costs &pound;4"]


def test_the_stand_in_answers_tweepy_where_the_connector_does_not_ask():
    world = HARNESS.world()
    own = next(m for m in world.messages if m.author == SCHOOL and m.post_id)
    with reading(world, page_size=50) as (_, stand_in, clock):
        client = tweepy.Client(TOKEN, return_type=dict)
        client.session = NetworkSession(now=clock, rewrite={"https://api.twitter.com": stand_in.url})
        assert client.get_user(username=SCHOOL.handle)["data"]["id"] == SCHOOL.id
        assert client.get_user(username="nobody")["errors"][0]["title"] == "Not Found Error"
        recent = client.search_recent_tweets(f"to:{SCHOOL.handle}", max_results=100)
        thread = client.search_recent_tweets(f"conversation_id:{own.post_id}", max_results=100)
        with pytest.raises(tweepy.BadRequest, match="created after"):
            client.search_recent_tweets(f"to:{SCHOOL.handle}", since_id=own.id)
        with pytest.raises(tweepy.BadRequest, match="start_time"):
            client.get_users_mentions(SCHOOL.id, since_id=own.id, start_time=NOW)
    week = [
        m for m in world.messages if m.exists(NOW) and m.post_id == own.post_id and NOW - m.at <= timedelta(days=7)
    ]
    assert recent["meta"]["result_count"] == len(recent["data"]) == 50
    assert [post["id"] for post in thread["data"]] == sorted((m.id for m in week), key=int, reverse=True)[:50]


@pytest.mark.skipif(SHARED is None, reason="SCHOOL_MONITOR_SHARED does not name the folder of recorded payloads")
@pytest.mark.parametrize(
    "name",
    [
        "pytwitter_timeline_mentions",
        "pytwitter_search_tweets_for_nyc",
        "pytwitter_tweets_resp",
        "test_client_get_users_mentions",
        "test_client_get_users_tweets",
        "test_client_get_home_timeline",
        "test_client_get_quote_tweets",
        "test_client_search_recent_tweets",
    ],
)
def test_every_recorded_post_is_kept_or_quarantined_with_a_reason(name):
    recorded = json.loads((Path(SHARED) / "fixtures" / "x" / f"{name}.json").read_text("utf-8"))
    pages = [recorded] if isinstance(recorded, dict) else [exchange["response"]["body"] for exchange in recorded]
    posts = {post["id"]: post for page in pages for post in page["data"]}
    world = world_of(*(StoryMessage(i, PARENTS[0], "", NOW - HOUR, raw=post) for i, post in posts.items()))
    with reading(world) as (connector, _, _):
        batches = read(connector)
    kept = {item.raw["id"]: item for item in items(batches).values()}
    refused = {problem.raw["id"]: problem.reason for batch in batches for problem in batch.quarantined}
    assert posts
    assert sorted([*kept, *refused]) == sorted(posts)
    assert refused == {}
    assert all(item.text == html.unescape(item.raw["text"]) for item in kept.values())
