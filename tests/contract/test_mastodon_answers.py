"""Mastodon: whose token it is and what it allows, and what refusals, limits and odd answers mean."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness import NOW
from harness_mastodon import HARNESS, PARENTS, SCHOOL, TOKEN, message
from reading import read
from reading_mastodon import HOUR, MINUTE, budget, reading, served, world_of

from connectors.base import Verdict
from connectors.errors import AuthFailed, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.mastodon_wire import usage_of
from monitor.demo.mastodon_scene import status_id
from monitor.demo.mastodon_server import mastodon_error
from monitor.demo.server import json_response

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


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


@pytest.mark.parametrize(
    ("path", "odd"),
    [("context", []), ("context", {"ancestors": 1}), ("notifications", {}), ("credentials", []), ("statuses", {})],
)
def test_an_answer_that_is_not_what_was_asked_for_is_an_unexpected_reply(path, odd):
    comment = message(1, NOW - HOUR, PARENTS[0], "hello")
    with reading(world_of(comment), served(odd, on=path)) as (connector, _, _):
        assert isinstance(read(connector).error, UnexpectedReply)
