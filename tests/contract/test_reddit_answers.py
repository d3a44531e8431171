"""What Reddit's connector makes of refusals, limits and strange answers, and what it keeps praw from doing."""

from __future__ import annotations

import logging
from datetime import timedelta

import praw.config
import pytest
from harness import NOW
from harness_reddit import CLIENT_SECRET, HARNESS, REFRESH_TOKEN
from reading_reddit import (
    COMMENTS,
    HOUR,
    SIGN_IN,
    answering,
    asked,
    budget,
    comment,
    failure_of,
    read,
    reading,
    world_of,
)

from connectors.errors import AuthFailed, BudgetSpent, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from monitor.demo.server import Response, json_response

MENTIONS, REPLIES = "/message/mentions", "/message/comments"
EMPTY = {"kind": "Listing", "data": {"after": None, "children": []}}


pytestmark = pytest.mark.usefixtures("no_sleep")


def test_a_server_error_is_asked_once_and_never_retried_inside():
    for status in (500, 502, 503, 504, 520, 522, 408):
        with reading(world_of(), answering(COMMENTS, {}, status)) as (connector, stand_in, _):
            assert isinstance(failure_of(lambda: read(connector)), TemporaryFailure)
            assert len(asked(stand_in, COMMENTS)) == 1


def test_a_lost_connection_is_asked_once_and_never_retried_inside():
    with reading(world_of()) as (connector, stand_in, _):
        connector.check()
        before = len(stand_in.requests)
        stand_in.fault = lambda request, number: Response(200, b"{}" * 50, cut_to=10)
        assert isinstance(failure_of(lambda: read(connector)), TemporaryFailure)
        assert len(stand_in.requests) == before + 1


def test_a_used_up_allowance_keeps_its_page_and_stops_the_next_call_before_it_is_made():
    spent = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "1000", "x-ratelimit-reset": "407"}
    world = world_of(comment(1, NOW - HOUR))
    with reading(world, answering(MENTIONS, EMPTY, headers=spent)) as (connector, stand_in, clock):
        pages = connector.fetch("inbox", None, budget())
        assert not next(pages).complete
        stopped = failure_of(lambda: next(pages))
        assert isinstance(stopped, RateLimited)
        assert stopped.until == NOW + timedelta(seconds=407)
        assert asked(stand_in, REPLIES) == []
        clock.at = stopped.until
        assert read(connector)[-1].complete


@pytest.mark.parametrize("reset", [None, "soon", "nan"])
def test_a_used_up_allowance_without_a_time_waits_for_one_window(reset):
    spent = {"x-ratelimit-remaining": "0"} | ({"x-ratelimit-reset": reset} if reset else {})
    with reading(world_of(), answering(MENTIONS, EMPTY, headers=spent)) as (connector, _, _):
        stopped = failure_of(lambda: read(connector, "inbox"))
    assert isinstance(stopped, RateLimited)
    assert stopped.until == NOW + timedelta(minutes=10)


def test_an_allowance_that_is_nearly_used_ends_the_run_and_says_when_it_begins_anew():
    nearly = {"x-ratelimit-remaining": "200.0", "x-ratelimit-used": "800", "x-ratelimit-reset": "407"}
    with reading(world_of(), answering(MENTIONS, EMPTY, headers=nearly)) as (connector, stand_in, _):
        allowed = budget()
        pages = connector.fetch("inbox", None, allowed)
        assert not next(pages).complete
        stopped = failure_of(lambda: next(pages))
        assert asked(stand_in, REPLIES) == []
    assert isinstance(stopped, BudgetSpent)
    assert stopped.until == NOW + timedelta(seconds=407)
    assert [(each.name, each.share) for each in allowed.usage.values()] == [("Reddit", 0.8)]


@pytest.mark.parametrize(
    ("remaining", "used", "reset"),
    [("3.0", "1.0", "59.5"), ("many", "few", "soon"), ("nan", "inf", "-1"), ("260", "740", "600"), ("", "", "")],
)
def test_strange_or_half_used_allowances_neither_stop_a_read_nor_slow_it(remaining, used, reset):
    headers = {"x-ratelimit-remaining": remaining, "x-ratelimit-used": used, "x-ratelimit-reset": reset}
    with reading(world_of(), answering(COMMENTS, EMPTY, headers=headers)) as (connector, _, _):
        assert read(connector)[-1].complete


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "13"}, 13), ({"x-ratelimit-reset": "407"}, 407), ({}, 600), ({"retry-after": "soon"}, 600)],
)
def test_too_many_calls_says_when_to_come_back(headers, seconds):
    for path in (SIGN_IN, COMMENTS):
        with reading(world_of(), answering(path, {}, 429, headers)) as (connector, _, _):
            refused = failure_of(lambda: read(connector))
        assert isinstance(refused, RateLimited)
        assert refused.until == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ({"error": "invalid_grant"}, 400),
        ({"error": "invalid_grant"}, 200),
        ({"message": "Unauthorized", "error": 401}, 401),
    ],
)
def test_a_refused_sign_in_needs_a_person(payload, status):
    with reading(world_of(), answering(SIGN_IN, payload, status)) as (connector, stand_in, _):
        refused = failure_of(connector.check)
        assert len(stand_in.requests) == 1
    assert isinstance(refused, AuthFailed)
    assert "refresh_token" in str(refused)


@pytest.mark.parametrize("headers", [None, {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'}])
def test_a_refused_token_needs_a_person_with_and_without_the_header_that_explains_it(headers):
    with reading(world_of(), answering(COMMENTS, {}, 401, headers)) as (connector, _, _):
        assert isinstance(failure_of(lambda: read(connector)), AuthFailed)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "token",
        {},
        {"access_token": "abc"},
        {"access_token": "abc", "expires_in": "long", "scope": "read"},
        {"access_token": "abc", "expires_in": 3600, "scope": None},
        {"access_token": "a\nb", "expires_in": 9, "scope": ""},
    ],
)
def test_a_strange_token_is_an_unexpected_reply(payload):
    with reading(world_of(), answering(SIGN_IN, payload)) as (connector, _, _):
        assert isinstance(failure_of(connector.check), UnexpectedReply)


@pytest.mark.parametrize("status", [302, 403, 404])
def test_a_subreddit_that_is_not_shown_is_forbidden_and_the_words_name_the_setting(status):
    fault = answering(
        COMMENTS, {"reason": "private", "error": status}, status, {"Location": "/subreddits/search?q=x"}
    )
    with reading(world_of(), fault) as (connector, _, _):
        refused = failure_of(lambda: read(connector))
    assert isinstance(refused, Forbidden)
    assert "`subreddit`" in str(refused)


def test_a_misspelt_subreddit_or_user_is_forbidden_not_empty():
    with reading(world_of(), subreddit="r/Oak Field?x=1") as (connector, _, _):
        assert isinstance(failure_of(lambda: read(connector)), Forbidden)
    with reading(world_of(), username="no/body") as (connector, _, _):
        assert "`username`" in str(failure_of(lambda: read(connector, "inbox")))


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "",
        7,
        {"kind": "t1", "data": {}},
        {"kind": "Listing"},
        {"kind": "Listing", "data": []},
        {"kind": "Listing", "data": {"children": {}}},
        {"data": {"children": []}},
    ],
)
def test_what_is_no_listing_is_an_unexpected_reply(payload):
    with reading(world_of(), answering(COMMENTS, payload)) as (connector, _, _):
        assert isinstance(failure_of(lambda: read(connector)), UnexpectedReply)
    with reading(world_of(), answering("/api/info", payload)) as (connector, _, _):
        assert isinstance(failure_of(lambda: connector.verify(["t1_c1"], budget())), UnexpectedReply)


@pytest.mark.parametrize(
    "body", [b"<html>blocked</html>", b"", b"[" * 100_000, b'{"kind": "Listing", "data', b"\xff\xfe"]
)
def test_a_body_that_is_no_json_is_an_unexpected_reply(body):
    def fault(request, number):
        return Response(200, body, {"Content-Type": "text/html"}) if request.path == COMMENTS else None

    with reading(world_of(), fault) as (connector, _, _):
        assert isinstance(failure_of(lambda: read(connector)), UnexpectedReply)


def test_no_token_is_in_an_exchange_an_error_or_a_log(caplog):
    caplog.set_level(logging.DEBUG)
    with reading(world_of(comment(1, NOW - HOUR))) as (connector, stand_in, _):
        batches = read(connector)
        bearer = stand_in.requests[1].headers["authorization"].split()[1]
        stand_in.fault = lambda request, number: json_response({"error": REFRESH_TOKEN}, 418)
        refused = failure_of(lambda: read(connector))
    exchanges = [exchange for batch in batches for exchange in batch.exchanges]
    assert [exchange.url.partition("?")[0].rpartition("/")[2] for exchange in exchanges] == ["comments"]
    words = [str(refused), caplog.text, *(repr(exchange) for exchange in exchanges)]
    assert not [secret for secret in (bearer, REFRESH_TOKEN, CLIENT_SECRET) for text in words if secret in text]
    assert refused.__suppress_context__


def test_no_praw_ini_and_no_environment_variable_of_praw_is_listened_to(tmp_path, monkeypatch):
    (tmp_path / "praw.ini").write_text("[DEFAULT]\noauth_url=http://127.0.0.1:9\nreddit_url=http://127.0.0.1:9\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(praw.config.Config, "CONFIG", None)
    monkeypatch.setenv("praw_site", "elsewhere")
    monkeypatch.setenv("praw_username", "somebody")
    monkeypatch.setenv("praw_password", "something")
    with reading(world_of()) as (connector, stand_in, _):
        assert HARNESS.own_id in connector.check().own_ids
        assert stand_in.requests[0].form["grant_type"] == "refresh_token"
