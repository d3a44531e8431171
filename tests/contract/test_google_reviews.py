"""Reviews of a place. Google names no reviewers by id, so the shared suite does not fit; its promises are here."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harness import NOW
from reading import BROKEN, TEMPORARY, from_request, read

from connectors.base import (
    AuthFailed,
    Budget,
    BudgetSpent,
    Forbidden,
    ItemKind,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
    Verdict,
)
from connectors.google_access import GoogleAccess
from connectors.google_reviews import GoogleReviews
from connectors.google_reviews_wire import as_written, read_review
from connectors.transport import NetworkSession
from monitor.demo.google_reviews_server import GoogleReviewsStandIn, status_error
from monitor.demo.server import Response, json_response
from monitor.demo.world import Author, StoryMessage, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

TOKEN, SECRET = "canaryReviewsRefreshToken/0123", "canaryReviewsClientSecret"
PLACE = "accounts/1/locations/2"
SCHOOL = Author(PLACE, "Oakfield Primary School")
SECRETS = (TOKEN, SECRET)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def review(n, text="A fine school", at=NOW - 10 * DAY, author=None, **life):
    return StoryMessage(f"AbFvOq{n:03}", author or Author("", f"Parent {n}"), text, at, **life)


def answer(n, at, text="Thank you."):
    return StoryMessage(f"AbFvOq{n:03}/reply", SCHOOL, text, at, parent_id=f"AbFvOq{n:03}")


def place():
    reviews = [review(n, f"Review {n}", NOW - 20 * DAY + n * HOUR) for n in range(120)]
    return World(SCHOOL, [], [*reviews, answer(3, NOW - 9 * DAY), review(200, "", NOW - DAY)])


def connector(stand_in, now=lambda: NOW, **options):
    session = NetworkSession(
        now=now, **({"rewrite": {"https://oauth2.googleapis.com": stand_in.url}, "secrets": SECRETS} | options)
    )
    access = GoogleAccess(session=session, now=now, client_id="oakfield", client_secret=SECRET, refresh_token=TOKEN)
    return GoogleReviews(
        session=session, now=now, account_id="1", location_id="2", api_url=stand_in.url, access=access
    )


def read_place(world=None, fault=None, cursors=None, calls=1000, **options):
    with GoogleReviewsStandIn(world or place(), lambda: NOW, TOKEN, fault, page_size=50) as stand_in:
        return read(connector(stand_in, **options), cursors, calls), list(stand_in.requests)


def test_every_review_arrives_with_the_schools_reply_as_an_item_of_its_own():
    reading, _ = read_place()
    assert reading.error is None
    assert reading.items.keys() == {m.id for m in place().messages}
    reply = reading.items["AbFvOq003/reply"]
    assert (reply.kind, reply.parent_remote_id, reply.author_id) == (ItemKind.REPLY, "AbFvOq003", PLACE)
    asked = reading.items["AbFvOq003"]
    assert (asked.kind, asked.author_id, asked.author_name) == (ItemKind.REVIEW, None, "Parent 3")
    assert "reviewReply" not in asked.raw


def test_stars_without_words_are_kept():
    reading, _ = read_place()
    assert (reading.items["AbFvOq200"].text, reading.items["AbFvOq200"].raw["starRating"]) == ("", "THREE")


def test_who_gives_the_schools_name_is_not_the_school():
    world = place()
    world.messages.append(review(300, "We are closed", author=Author("", SCHOOL.name)))
    reading, _ = read_place(world)
    assert reading.items["AbFvOq300"].author_id is None


def test_a_quiet_place_costs_one_call_after_the_first_reading():
    first, _ = read_place()
    again, asked = read_place(cursors=first.cursors)
    assert again.error is None
    assert len([request for request in asked if request.method == "GET"]) == 1


def test_an_edited_review_comes_up_again_with_its_new_words():
    first, _ = read_place()
    world = place()
    world.messages[7] = replace(world.messages[7], edits=((NOW - HOUR / 2, "Not so fine"),))
    again, _ = read_place(world, cursors=first.cursors)
    assert again.items["AbFvOq007"].text == "Not so fine"
    assert again.items["AbFvOq007"].edited_at == NOW - HOUR / 2


def test_present_and_deleted_reviews_and_replies_are_told_apart():
    world = place()
    world.messages[9] = replace(world.messages[9], deleted_at=NOW - HOUR)
    with GoogleReviewsStandIn(world, lambda: NOW, TOKEN) as stand_in:
        asked = ["AbFvOq003", "AbFvOq003/reply", "AbFvOq004/reply", "AbFvOq009", "../token"]
        verdicts = connector(stand_in).verify(asked, Budget(100, NOW))
    assert verdicts == {
        "AbFvOq003": Verdict.PRESENT,
        "AbFvOq003/reply": Verdict.PRESENT,
        "AbFvOq004/reply": Verdict.GONE,
        "AbFvOq009": Verdict.GONE,
    }


@pytest.mark.parametrize("fault", [*TEMPORARY, *BROKEN])
def test_what_was_read_before_a_fault_is_kept_and_a_rerun_completes(fault):
    clean, asked = read_place()
    broken, _ = read_place(fault=from_request(len(asked) - 1, (TEMPORARY | BROKEN)[fault]))
    assert isinstance(broken.error, TemporaryFailure | UnexpectedReply)
    assert broken.items
    rerun, _ = read_place(cursors=broken.cursors)
    assert broken.items | rerun.items == clean.items


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (status_error(401, "UNAUTHENTICATED"), AuthFailed),
        (status_error(403, "PERMISSION_DENIED"), Forbidden),
        (Response(429, b"", {"Retry-After": "60"}), RateLimited),
        (status_error(404, "NOT_FOUND"), UnexpectedReply),
    ],
)
def test_a_refusal_is_told_apart_and_names_no_credential(refusal, kind):
    reading, _ = read_place(fault=lambda request, _: refusal if request.method == "GET" else None)
    assert isinstance(reading.error, kind)
    assert not any(secret in str(reading.error) for secret in SECRETS)


def test_a_project_that_was_not_approved_is_told_so():
    refusal = status_error(403, "PERMISSION_DENIED")
    reading, _ = read_place(fault=lambda request, _: refusal if request.method == "GET" else None)
    assert "approve" in str(reading.error)


def test_a_refresh_token_that_ended_needs_a_person():
    dead = json_response({"error": "invalid_grant"}, 400)
    reading, _ = read_place(fault=lambda request, _: dead if request.path == "/token" else None)
    assert isinstance(reading.error, AuthFailed)


def test_no_credential_is_kept_with_what_was_read():
    reading, _ = read_place()
    words = repr([exchange for batch in reading.batches for exchange in batch.exchanges])
    assert not any(secret in words for secret in (*SECRETS, "ya29."))


def test_a_spent_budget_keeps_what_was_read():
    short, _ = read_place(calls=1)
    assert isinstance(short.error, BudgetSpent)
    assert len(short.items) >= 50


def test_pages_that_lead_in_a_circle_end_in_an_error():
    with GoogleReviewsStandIn(place(), lambda: NOW, TOKEN, page_size=50) as stand_in:
        second = None

        def circle(request, _):
            nonlocal second
            if request.query.get("pageToken") and second is None:
                second = stand_in.answer(request)
            return second if request.method == "GET" and second else None

        stand_in.fault = circle
        reading = read(connector(stand_in), calls=50)
    assert isinstance(reading.error, UnexpectedReply)


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("Eine gute Schule", "Eine gute Schule"),
        ("(Translated by Google) A good school\n\n(Original)\nEine gute Schule", "Eine gute Schule"),
        ("Eine gute Schule\n\n(Translated by Google)\nA good school", "Eine gute Schule"),
        ("", ""),
    ],
)
def test_the_reviewers_own_words_are_kept_and_not_a_translation(sent, written):
    assert as_written(sent) == written


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        {},
        {"reviewId": "../x"},
        {"reviewId": "a", "createTime": "soon"},
        {"reviewId": "a", "createTime": "2026-11-10T09:00:00Z", "comment": 7},
    ],
)
def test_what_cannot_be_read_is_set_aside_with_a_reason(raw):
    (bad,) = read_review(raw, PLACE)
    assert bad.raw == raw
    assert bad.reason
