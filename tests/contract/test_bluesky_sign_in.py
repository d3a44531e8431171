"""Bluesky: who signs in, what a person should know of the account, and what refusals and limits mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from harness import NOW
from harness_bluesky import APP_PASSWORD, POST, SCHOOL
from reading import read
from reading_bluesky import HOUR, ME, MINUTE, asked_for, budget, on, reading, world_of

from connectors.bluesky_server import SignedIn, SignIns
from connectors.bluesky_wire import usage_of
from connectors.errors import AuthFailed, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.json_api import NotThere
from monitor.demo.bluesky_server import xrpc_error
from monitor.demo.world import World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


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
