"""What is special about reviews of a place: everyone is nameless by id, and replies are fields of reviews."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from harness import NOW
from harness_google_reviews import HARNESS, SCHOOL, answer, review
from hypothesis import given
from hypothesis import strategies as st
from reading import BROKEN, TEMPORARY, from_request, read, read_world

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import (
    AuthFailed,
    BudgetSpent,
    EmptyAnswer,
    Forbidden,
    RateLimited,
    TemporaryFailure,
    UnexpectedReply,
)
from connectors.fetched import ItemKind
from monitor.demo.google_reviews_server import status_error
from monitor.demo.server import Response, json_response
from monitor.demo.world import Author, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLACE = HARNESS.own_id


def place(*messages):
    return World(SCHOOL, [], list(messages))


def many(count):
    return [review(n, f"Review {n}", NOW - HOUR - 4 * n * HOUR) for n in range(count)]


def is_get(request):
    return request.method == "GET"


def read_on(world, first, later, fault=None):
    """The run at `later` after the one that brought `first`, and the calls it made."""
    with HARNESS.stand_in(world, lambda: later, fault) as stand_in:
        reading = read(HARNESS.connector(stand_in, lambda: later), first.cursors)
        return reading, [request for request in stand_in.requests if is_get(request)]


def test_every_review_arrives_from_every_page_and_every_reply_with_it():
    world = HARNESS.world()
    reading, _ = read_world(HARNESS, world=world)
    assert reading.error is None
    assert reading.items.keys() == {m.id for m in world.messages if m.exists(NOW) and m.raw is None}
    assert len(reading.quarantined) == 1


def test_a_reply_is_an_item_of_its_own_below_its_review():
    reading, _ = read_world(HARNESS)
    reply, asked = reading.items["AbFvOq00007/reply"], reading.items["AbFvOq00007"]
    assert (reply.kind, reply.parent_remote_id, reply.author_id) == (ItemKind.REPLY, "AbFvOq00007", PLACE)
    assert (asked.kind, asked.author_id, asked.author_name) == (ItemKind.REVIEW, None, "Parent 0")
    assert (asked.post_remote_id, asked.parent_remote_id) == (None, None)
    assert "reviewReply" not in asked.raw


def test_stars_without_words_are_kept():
    reading, _ = read_world(HARNESS)
    assert (reading.items["AbFvOq00406"].text, reading.items["AbFvOq00406"].raw["starRating"]) == ("", "THREE")


def test_who_gives_the_schools_name_is_not_the_school():
    reading, _ = read_world(HARNESS, world=place(review(1, "We are closed", NOW - DAY, Author("", SCHOOL.name))))
    assert reading.items["AbFvOq00001"].author_id is None


def test_a_quiet_place_costs_one_call_a_run():
    first, _ = read_world(HARNESS)
    again, asked = read_on(HARNESS.world(), first, NOW + 15 * MINUTE)
    assert again.error is None
    assert len(asked) == 1


@pytest.mark.parametrize("count", [20, 120])
def test_a_day_costs_no_more_than_150_calls(count):
    clock, cursors, calls = [NOW], {}, 0
    with HARNESS.stand_in(place(*many(count)), lambda: clock[0]) as stand_in:
        for _ in range(96):
            reading = read(HARNESS.connector(stand_in, lambda: clock[0]), cursors)
            cursors, calls = reading.cursors, calls + reading.calls
            clock[0] += 15 * MINUTE
        known = [each.id for each in many(count)]
        budget = Budget(1000, NOW)
        HARNESS.connector(stand_in, lambda: clock[0]).verify(known, budget)
    assert calls + 6 * budget.calls <= 150, "what is not met is asked for six times a day"


def test_an_edited_review_comes_up_again_with_its_new_words():
    world = place(*many(120))
    first, _ = read_world(HARNESS, world=world)
    world.messages[90] = replace(world.messages[90], edits=((NOW + MINUTE, "Not so fine"),))
    again, asked = read_on(world, first, NOW + 15 * MINUTE)
    assert again.items["AbFvOq00090"].text == "Not so fine"
    assert again.items["AbFvOq00090"].edited_at == NOW + MINUTE
    assert len(asked) == 1


@pytest.mark.parametrize(("number", "met_after"), [(3, 15 * MINUTE), (90, 3 * HOUR)])
def test_a_reply_to_a_review_that_stays_where_it_is_in_the_list_is_met(number, met_after):
    world = place(*many(120))
    first, _ = read_world(HARNESS, world=world)
    world.messages.append(answer(number, "Thank you.", NOW + MINUTE))
    again, _ = read_on(world, first, NOW + met_after)
    assert again.items[f"AbFvOq{number:05}/reply"].created_at == NOW + MINUTE


def test_a_changed_reply_has_its_new_words():
    changed = answer(1, "Thanks", NOW - HOUR, edits=((NOW + MINUTE, "Thank you"),))
    world = place(review(1, "Good", NOW - DAY), changed)
    first, _ = read_world(HARNESS, world=world)
    again, _ = read_on(world, first, NOW + 15 * MINUTE)
    said = [reading.items["AbFvOq00001/reply"].text for reading in (first, again)]
    assert said == ["Thanks", "Thank you"]


def test_more_changes_than_a_page_holds_are_all_met_by_the_next_run():
    first, _ = read_world(HARNESS, world=place(*many(60)))
    burst = [review(600 + n, f"Me too {n}", NOW + MINUTE + n * timedelta(seconds=3)) for n in range(130)]
    again, _ = read_on(place(*many(60), *burst), first, NOW + 15 * MINUTE)
    assert again.items.keys() >= {message.id for message in burst}


def test_reviews_from_before_the_look_back_stay_out_until_something_is_added_to_them():
    old = review(1, "Ten years ago", NOW - 3650 * DAY)
    first, _ = read_world(HARNESS, world=place(old))
    again, _ = read_on(place(old, answer(1, "At last: thank you.", NOW + MINUTE)), first, NOW + 15 * MINUTE)
    assert not first.items
    assert first.error is None
    assert again.items.keys() == {old.id, f"{old.id}/reply"}


def test_a_review_that_has_grown_old_is_still_met_where_that_costs_nothing():
    world = place(review(1, "Good", NOW - 29 * DAY))
    first, _ = read_world(HARNESS, world=world)
    again, _ = read_on(world, first, NOW + 40 * DAY)
    assert again.items.keys() == first.items.keys()


def test_a_place_without_reviews_is_believed_when_google_says_so_in_its_own_words():
    first, _ = read_world(HARNESS, world=place())
    again, asked = read_on(place(), first, NOW + 15 * MINUTE)
    assert (first.error, again.error) == (None, None)
    assert again.batches[-1].complete
    assert len(asked) == 1, "that is believed for a day"
    not_google, _ = read_on(place(), first, NOW + 2 * DAY, lambda request, _: json_response({}))
    assert isinstance(not_google.error, UnexpectedReply)


@pytest.mark.parametrize("hidden", [{}, {"totalReviewCount": 3}, {"reviews": []}])
def test_an_empty_list_is_not_believed_while_a_review_is_there_by_its_id(hidden):
    world = place(review(1, "Good", NOW - DAY))
    first, _ = read_world(HARNESS, world=world)

    def hide(request, _):
        return json_response(hidden) if request.path.endswith("/reviews") else None

    again, _ = read_on(world, first, NOW + 15 * MINUTE, hide)
    assert isinstance(again.error, EmptyAnswer)
    really, _ = read_on(place(), first, NOW + 15 * MINUTE)
    assert really.error is None


def verify(world, ids, fault=None):
    budget = Budget(100, NOW)
    with HARNESS.stand_in(world, lambda: NOW, fault) as stand_in:
        return HARNESS.connector(stand_in, lambda: NOW).verify(ids, budget), budget.calls


def test_present_and_deleted_reviews_and_replies_are_told_apart():
    ids = ["AbFvOq00007", "AbFvOq00007/reply", "AbFvOq00004/reply", "AbFvOq00405", "../token", "import:1"]
    verdicts, _ = verify(HARNESS.world(), ids)
    assert verdicts == {
        "AbFvOq00007": Verdict.PRESENT,
        "AbFvOq00007/reply": Verdict.PRESENT,
        "AbFvOq00004/reply": Verdict.GONE,
        "AbFvOq00405": Verdict.GONE,
    }


def test_many_reviews_are_looked_up_in_the_list_and_few_by_their_ids():
    there = [message.id for message in many(120)]
    assert verify(place(*many(120)), there) == (dict.fromkeys(there, Verdict.PRESENT), 3)
    assert verify(place(*many(120)), there[:1]) == ({there[0]: Verdict.PRESENT}, 1)


def test_nothing_is_called_gone_where_the_place_is_not_shown():
    assert verify(place(), ["AbFvOq00001"])[0] == {"AbFvOq00001": Verdict.GONE}
    with pytest.raises(Forbidden):
        verify(
            place(), ["AbFvOq00001"], lambda request, _: status_error(404, "NOT_FOUND") if is_get(request) else None
        )


@pytest.mark.parametrize("fault", [*TEMPORARY, *BROKEN])
def test_what_was_read_before_a_fault_is_kept_and_a_rerun_completes(fault):
    clean, asked = read_world(HARNESS)
    broken, _ = read_world(HARNESS, from_request(len(asked) - 1, (TEMPORARY | BROKEN)[fault]))
    assert isinstance(broken.error, TemporaryFailure | UnexpectedReply)
    assert broken.items
    rerun, _ = read_world(HARNESS, cursors=broken.cursors)
    assert broken.items | rerun.items == clean.items


def test_pages_that_lead_in_a_circle_end_in_an_error():
    second = []

    def circle(request, _):
        if request.query.get("pageToken") and not second:
            second.append(stand_in.answer(request))
        return second[0] if is_get(request) and second else None

    with HARNESS.stand_in(HARNESS.world(), lambda: NOW, circle) as stand_in:
        reading = read(HARNESS.connector(stand_in, lambda: NOW), calls=50)
    assert isinstance(reading.error, UnexpectedReply)


def test_no_credential_is_kept_with_what_was_read():
    reading, _ = read_world(HARNESS)
    words = repr([exchange for batch in reading.batches for exchange in batch.exchanges])
    assert not any(secret in words for secret in (*HARNESS.secrets, "ya29."))


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (status_error(401, "UNAUTHENTICATED"), AuthFailed),
        (status_error(403, "PERMISSION_DENIED"), Forbidden),
        (status_error(429, "RESOURCE_EXHAUSTED", {"quota_limit_value": "0"}), Forbidden),
        (status_error(429, "RESOURCE_EXHAUSTED", {"quota_limit": "RequestsPerDay"}), BudgetSpent),
        (Response(429, b"", {"Retry-After": "60"}), RateLimited),
        (status_error(404, "NOT_FOUND"), Forbidden),
    ],
)
def test_a_refusal_is_told_apart_and_names_no_credential(refusal, kind):
    reading, _ = read_world(HARNESS, lambda request, _: refusal if is_get(request) else None)
    assert isinstance(reading.error, kind)
    assert not any(secret in str(reading.error) for secret in HARNESS.secrets)


@pytest.mark.parametrize(
    "refusal",
    [status_error(403, "PERMISSION_DENIED"), status_error(429, "RESOURCE_EXHAUSTED", {"quota_limit_value": "0"})],
)
def test_a_project_that_was_not_approved_is_told_so(refusal):
    reading, _ = read_world(HARNESS, lambda request, _: refusal if is_get(request) else None)
    assert "approve" in str(reading.error)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (json_response({"error": "invalid_grant"}, 400), AuthFailed, "sign in again"),
        (json_response({"error": "invalid_client"}, 401), AuthFailed, "client_id"),
        (json_response({"error": "unauthorized_client"}, 400), AuthFailed, "client_id"),
        (Response(400, b"<html>blocked by the filter", {"Content-Type": "text/html"}), UnexpectedReply, "signing in"),
        (json_response({"access_token": "with\nline"}), UnexpectedReply, "no access token"),
    ],
)
def test_what_keeps_from_signing_in_is_told_apart(answer, kind, words):
    reading, asked = read_world(HARNESS, lambda request, _: answer if request.path == "/token" else None)
    assert isinstance(reading.error, kind)
    assert words in str(reading.error)
    assert len(asked) == 1


def test_check_says_how_many_reviews_there_are_and_what_the_sign_in_allows():
    with HARNESS.stand_in(place(review(1, "Good", NOW - DAY)), lambda: NOW) as stand_in:
        state = HARNESS.connector(stand_in, lambda: NOW).check()
    assert state.own_ids == {PLACE}
    assert state.display_name == "a place with 1 review"
    assert state.scopes == ("business.manage",)
    with HARNESS.stand_in(place(), lambda: NOW) as stand_in:
        assert HARNESS.connector(stand_in, lambda: NOW).check().display_name == "a place with 0 reviews"


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_cursor_of_any_shape_is_read_from_the_beginning_at_worst(junk):
    world = place(review(1, "Good", NOW - DAY))
    cursor = {"v": 1, "since": junk, "swept": junk, "begins": junk, "blank": junk, "newest": junk}
    with HARNESS.stand_in(world, lambda: NOW) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: NOW)
        *_, last = connector.fetch("reviews", json.loads(json.dumps(cursor)), Budget(5, NOW))
    assert last.complete
