"""What is special about YouTube: replies to old threads, what is held, and how little may be asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harness import NOW
from harness_youtube import HARNESS, IMPERSONATOR, PARENTS, POST, QUIET_POST, REFRESH_TOKEN, SCHOOL, comment
from reading import read, read_world

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, EmptyAnswer, Forbidden
from connectors.fetched import Shown
from connectors.transport import NetworkSession
from connectors.youtube import YouTube
from monitor.demo.server import json_response
from monitor.demo.world import StoryMessage, World
from monitor.demo.youtube_server import YouTubeStandIn, google_error

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNKNOWN_ID = "UgxNobodyKnowsThis"


def read_on(world, first, later, fault=None):
    """The run at `later` after the one that brought `first`, and what it asked."""
    with HARNESS.stand_in(world, lambda: later, fault) as stand_in:
        return read(HARNESS.connector(stand_in, lambda: later), first.cursors), list(stand_in.requests)


def small_world(*messages):
    return World(SCHOOL, [POST], list(messages))


def crowded(count, every):
    """So many comments, the newest an hour old: more than the list shows at once, which is 50 here."""
    return [comment(n, f"Comment {n}", NOW - HOUR - n * every, PARENTS[n % 7]) for n in range(count)]


def reply_to(message, text="Is this still so?", at=NOW + MINUTE):
    return StoryMessage(f"{message.id}.late", PARENTS[4], text, at, message.post_id, message.id)


@pytest.mark.parametrize(
    ("every", "met_after"), [(5 * MINUTE, timedelta(minutes=15)), (HOUR, HOUR), (4 * HOUR, 2 * HOUR)]
)
def test_a_reply_to_a_thread_far_down_the_list_is_met_the_sooner_the_fresher_the_thread(every, met_after):
    world = small_world(*crowded(120, every))
    first, _ = read_world(HARNESS, world=world)
    late = reply_to(world.messages[119])
    world.messages.append(late)
    again, _ = read_on(world, first, NOW + met_after)
    assert again.items[late.id].text == late.text


def test_more_new_threads_than_a_page_holds_are_all_met_by_the_next_run():
    first, _ = read_world(HARNESS, world=small_world(*crowded(60, HOUR)))
    burst = [comment(600 + n, f"Me too {n}", NOW + MINUTE + n * timedelta(seconds=2)) for n in range(130)]
    again, _ = read_on(small_world(*crowded(60, HOUR), *burst), first, NOW + 15 * MINUTE)
    assert again.items.keys() >= {message.id for message in burst}


def test_a_first_reading_cut_short_ends_where_an_undisturbed_one_ends():
    world = small_world(*crowded(160, 2 * HOUR))
    whole, _ = read_world(HARNESS, world=world)
    cut, _ = read_world(HARNESS, world=world, calls=2)
    rest, _ = read_world(HARNESS, world=world, cursors=cut.cursors)
    assert cut.items.keys() < whole.items.keys()
    assert cut.items | rest.items == whole.items


def test_what_was_held_is_seen_as_held_and_after_its_release_as_shown():
    held = comment(406, "Buy followers", NOW - DAY, PARENTS[2], held_until=NOW + HOUR)
    before, _ = read_world(HARNESS, world=small_world(held))
    after, _ = read_on(small_world(held), before, NOW + 2 * HOUR)
    assert before.items[held.id].shown is Shown.HELD
    assert after.items[held.id].shown is Shown.VISIBLE


def test_a_held_reply_is_found_behind_others_and_the_comment_above_it_is_not_held():
    asked = comment(1, "When is it?", NOW - DAY)
    held = comment(2, "Buy followers", NOW - 20 * HOUR, PARENTS[2], parent_id=asked.id, held_until=NOW + DAY)
    others = [comment(10 + n, f"And {n}", NOW - 19 * HOUR + n * HOUR, parent_id=asked.id) for n in range(9)]
    reading, _ = read_world(HARNESS, world=small_world(asked, held, *others))
    assert {i for i, item in reading.items.items() if item.shown is Shown.HELD} == {held.id}
    assert len(reading.items) == 11


def with_key(stand_in):
    session = NetworkSession(now=lambda: NOW, secrets=("a-key-of-oakfield",))
    return YouTube(
        session=session, now=lambda: NOW, channel_id=SCHOOL.id, api_url=stand_in.url, api_key="a-key-of-oakfield"
    )


def test_with_an_api_key_only_published_comments_are_seen_and_said_so():
    with YouTubeStandIn(HARNESS.world(), lambda: NOW, "refresh-token", api_key="a-key-of-oakfield") as stand_in:
        connector = with_key(stand_in)
        state, reading = connector.check(), read(connector)
        asked = list(stand_in.requests)
    assert connector.capabilities.streams == ("comments",)
    assert "held" in state.notes[0]
    assert reading.error is None
    assert not any(item.shown is Shown.HELD for item in reading.items.values())
    assert not any("moderationStatus" in request.query for request in asked), "that is for the owner alone"
    assert "a-key-of-oakfield" not in repr([e for batch in reading.batches for e in batch.exchanges])


def named(reading):
    return [batch.whole_threads for batch in reading.batches if batch.whole_threads]


@pytest.mark.parametrize("what", ["thread", "reply", "only thread of its video"])
def test_a_video_from_which_something_is_missing_is_named_at_once(what):
    asked = comment(1, "When?", NOW - DAY)
    answered = comment(2, "At nine.", NOW - DAY / 2, SCHOOL, parent_id=asked.id)
    other = comment(3, "Lovely", NOW - DAY)
    alone = replace(comment(4, "Nice gates", NOW - DAY), post_id=QUIET_POST.id)
    messages = [asked, answered, other, alone]
    world = World(SCHOOL, [POST, QUIET_POST], messages)
    first, _ = read_world(HARNESS, world=world)
    later = NOW + 15 * MINUTE
    quiet, _ = read_on(world, first, later)
    gone = {"thread": other, "reply": answered}.get(what, alone)
    messages[messages.index(gone)] = replace(gone, deleted_at=NOW + MINUTE)
    again, _ = read_on(world, first, later)
    once_more, _ = read_on(world, again, later + 15 * MINUTE)
    assert named(first) == [(QUIET_POST.id, POST.id)], "the first reading met everything"
    assert named(quiet) == [], "nothing is missing"
    assert gone.post_id in named(again)[0]
    assert gone.post_id in named(once_more)[0], "once may come to nothing"
    with HARNESS.stand_in(world, lambda: later) as stand_in:
        verdicts = HARNESS.connector(stand_in, lambda: later).verify([asked.id, gone.id], Budget(9, NOW))
    assert verdicts == {asked.id: Verdict.PRESENT, gone.id: Verdict.GONE}


def test_a_thread_that_goes_while_it_is_read_spoils_nothing():
    asked = comment(1, "When?", NOW - DAY)
    replies = [comment(10 + n, f"And {n}", NOW - HOUR, parent_id=asked.id) for n in range(9)]
    went = google_error(404, "commentNotFound", "The comment cannot be found.")
    reading, _ = read_world(
        HARNESS,
        lambda request, _: went if "parentId" in request.query else None,
        world=small_world(asked, *replies, comment(2, "Lovely", NOW - DAY)),
    )
    assert reading.error is None
    assert len(reading.items) == 7
    assert named(reading) == []


def test_a_channel_with_comments_switched_off_is_read_without_a_fault():
    off = google_error(403, "commentsDisabled", "Comments are disabled.")
    reading, _ = read_world(HARNESS, lambda request, _: off if "commentThreads" in request.path else None)
    assert reading.error is None
    assert not reading.items
    assert {post.remote_id for batch in reading.batches for post in batch.posts} == {POST.id, QUIET_POST.id}


def test_an_empty_list_is_not_believed_while_its_comments_are_there_by_their_ids():
    first, _ = read_world(HARNESS)
    empty = json_response({"kind": "youtube#commentThreadListResponse", "items": []})

    def hide(request, _):
        return empty if "allThreadsRelatedToChannelId" in request.query else None

    hidden, _ = read_on(HARNESS.world(), first, NOW + 15 * MINUTE, hide)
    assert isinstance(hidden.error, EmptyAnswer)
    really_empty, _ = read_on(World(SCHOOL, [POST]), first, NOW + 15 * MINUTE)
    assert really_empty.error is None
    assert [batch.complete for batch in really_empty.batches][-1]


def test_comments_from_before_the_look_back_stay_out_until_somebody_adds_to_them():
    old = comment(1, "An old one", NOW - 400 * DAY)
    world = small_world(old)
    first, _ = read_world(HARNESS, world=world)
    assert first.error is None
    assert not first.items
    assert {post.remote_id for batch in first.batches for post in batch.posts} == {POST.id}, "it is not empty"
    world.messages.append(reply_to(old))
    again, _ = read_on(world, first, NOW + 15 * MINUTE)
    assert again.items.keys() == {old.id, f"{old.id}.late"}


def test_a_comment_that_has_grown_old_is_still_met_where_that_costs_nothing():
    young = comment(1, "Hello", NOW - 29 * DAY)
    first, _ = read_world(HARNESS, world=small_world(young))
    again, _ = read_on(small_world(young), first, NOW + 5 * DAY)
    assert again.items.keys() == {young.id}


def test_videos_without_comments_are_met_and_those_with_comments_at_once():
    world = small_world(comment(1, "Hello", NOW - DAY))
    first, _ = read_world(HARNESS, world=world)
    fresh = replace(QUIET_POST, at=NOW + MINUTE)
    world.posts.append(fresh)
    world.messages.append(replace(comment(2, "Nice", NOW + 2 * MINUTE), post_id=fresh.id))
    again, asked = read_on(world, first, NOW + 15 * MINUTE)
    (post,) = (post for batch in again.batches for post in batch.posts)
    assert (post.remote_id, post.text, post.comment_count) == (fresh.id, fresh.text, 1)
    assert not any("playlistItems" in request.path for request in asked)


def verify(ids, fault=None, world=None, budget=None):
    with HARNESS.stand_in(world or HARNESS.world(), lambda: NOW, fault) as stand_in:
        return HARNESS.connector(stand_in, lambda: NOW).verify(ids, budget or Budget(100, NOW))


def test_nothing_is_called_gone_by_answers_that_show_nothing():
    blind = json_response({"kind": "youtube#commentListResponse", "items": []})
    assert verify([UNKNOWN_ID]) == {UNKNOWN_ID: Verdict.GONE}
    assert verify([UNKNOWN_ID], lambda request, _: blind if request.path.endswith("/comments") else None) == {}
    denied = google_error(403, "forbidden", "no")
    with pytest.raises(Forbidden):
        verify([UNKNOWN_ID], lambda request, _: denied if "channels" in request.path else None, World(SCHOOL, [POST]))
    assert verify([UNKNOWN_ID], world=World(SCHOOL, [POST])) == {UNKNOWN_ID: Verdict.GONE}


def test_what_is_held_is_there_even_if_answers_by_ids_are_without_it():
    held = next(m.id for m in HARNESS.world().messages if m.is_held(NOW))
    blind = json_response({"kind": "youtube#commentListResponse", "items": []})
    verdicts = verify([held], lambda request, _: blind if request.path.endswith("/comments") else None)
    assert verdicts == {held: Verdict.PRESENT}


def test_an_answer_that_one_of_many_is_not_there_is_traced_to_the_one():
    there = [m.id for m in HARNESS.world().messages if m.raw is None and m.exists(NOW)][:40]

    def refuse(request, _):
        unknown = UNKNOWN_ID in request.query.get("id", "")
        return google_error(404, "commentNotFound", "Not found.") if unknown else None

    verdicts = verify([*there, UNKNOWN_ID], refuse)
    assert verdicts == dict.fromkeys(there, Verdict.PRESENT) | {UNKNOWN_ID: Verdict.GONE}


def test_what_was_imported_without_an_id_is_not_asked_for():
    assert verify(["import:1", "", "a,b"], budget=Budget(0, NOW)) == {}


def test_a_token_is_asked_for_once_and_renewed_when_it_ends():
    clock = [NOW]
    with HARNESS.stand_in(small_world(), lambda: clock[0]) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: clock[0])
        connector.check()
        connector.check()
        clock[0] = NOW + 2 * HOUR
        connector.check()
        asked = [request.path for request in stand_in.requests]
    assert asked.count("/token") == 2


@pytest.mark.parametrize(("refused", "kind"), [(1, type(None)), (99, AuthFailed)])
def test_a_token_refused_before_its_time_is_renewed_once(refused, kind):
    left = [refused]

    def refuse(request, _):
        if request.method != "GET" or not left[0]:
            return None
        left[0] -= 1
        return google_error(401, "authError", "Invalid Credentials")

    reading, asked = read_world(HARNESS, refuse, world=small_world(comment(1, "Hello", NOW - DAY)))
    assert isinstance(reading.error, kind)
    assert [request.path for request in asked].count("/token") == 2
    assert reading.calls == len([request for request in asked if request.method == "GET"]), "each one costs a unit"


def test_check_says_what_the_sign_in_allows_and_until_when():
    def token(scope, **more):
        return json_response({"access_token": "ya29.stand-in-access-token", "scope": scope, **more})

    days = {"refresh_token_expires_in": 7 * 86_400}
    answers = {"/token": token("https://www.googleapis.com/auth/youtube.readonly", **days)}
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW, lambda request, _: answers.get(request.path)) as stand_in:
        state = HARNESS.connector(stand_in, lambda: NOW).check()
    assert state.scopes == ("youtube.readonly",)
    assert state.expires_at == NOW + 7 * DAY
    assert "youtube.force-ssl" in state.notes[0]
    assert (state.own_ids, state.display_name, state.api_version) == ({SCHOOL.id}, SCHOOL.name, "v3")


def test_check_says_when_somebody_else_is_signed_in():
    with YouTubeStandIn(HARNESS.world(), lambda: NOW, REFRESH_TOKEN) as stand_in:
        other = json_response({"kind": "youtube#channelListResponse", "items": [{"id": IMPERSONATOR.id}]})
        stand_in.fault = lambda request, _: other if "mine" in request.query else None
        notes = HARNESS.connector(stand_in, lambda: NOW).check().notes
        stand_in.fault = None
        as_owner = HARNESS.connector(stand_in, lambda: NOW).check().notes
    assert "not as this channel" in notes[0]
    assert as_owner == ()


def a_day(world, hours=24):
    """What a day costs when it is read every quarter of an hour, and the list of spam once an hour."""
    clock, cursors, calls = [NOW], {}, 0
    with HARNESS.stand_in(world, lambda: clock[0]) as stand_in:
        for number in range(4 * hours):
            connector = HARNESS.connector(stand_in, lambda: clock[0])
            budget = Budget(10_000, NOW)
            for stream in connector.capabilities.streams if number % 4 == 0 else ("comments", "held"):
                for batch in connector.fetch(stream, cursors.get(stream), budget):
                    cursors[stream] = batch.next_cursor
            calls += budget.calls
            clock[0] += 15 * MINUTE
    return calls


def test_a_quiet_day_costs_little_more_than_one_call_a_list():
    assert a_day(small_world(*crowded(40, 6 * HOUR))) <= 96 + 96 + 24 + 8 * 2 + 1


def test_a_day_of_a_large_channel_stays_within_four_hundred_units():
    many = [comment(n, f"And {n}", NOW - HOUR, parent_id="Ugx00000AaABAg") for n in range(700, 730)]
    assert a_day(small_world(*crowded(150, HOUR), *many)) <= 400


def test_what_a_run_costs_does_not_grow_with_what_lies_before_the_look_back():
    few, many = (
        small_world(*crowded(40, HOUR), *(comment(1000 + n, "old", NOW - (60 + n) * DAY) for n in range(more)))
        for more in (10, 500)
    )
    assert a_day(few, hours=3) == a_day(many, hours=3)
