"""What is special about WordPress: releases, children that move up, and sites without an interface."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harness import NOW
from harness_wordpress import HARNESS, PARENTS, PASSWORD, POST, SCHOOL, USER, comment
from office import Office
from reading import read, read_world
from recorded_answers import recorded

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import AuthFailed, EmptyAnswer, Forbidden, UnexpectedReply
from connectors.fetched import FetchedItem, Shown
from connectors.transport import NetworkSession
from connectors.wordpress import WordPress
from connectors.wordpress_wire import read_comment
from monitor.demo.server import Response, json_response
from monitor.demo.wordpress_server import WordPressStandIn, refused
from monitor.demo.world import Author, StoryMessage, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")
HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)


def bodies(name):
    return [row for exchange in recorded("wordpress", name) for row in exchange["response"]["body"]]


@pytest.mark.parametrize(
    "name",
    ["comments_edit_all", "comments_public_page1", "comments_edit_hold", "comments_after_delete_child_reparented"],
)
def test_recorded_comments_are_read(name):
    read_rows = [read_comment(row) for row in bodies(name)]
    assert read_rows
    assert all(isinstance(each, FetchedItem) and each.text and each.post_remote_id for each in read_rows)


def test_recorded_held_comments_are_held():
    assert {read_comment(row).shown for row in bodies("comments_edit_hold")} == {Shown.HELD}


def test_the_words_are_the_same_with_and_without_the_right_to_edit():
    by_right = {item.remote_id: item.text for item in map(read_comment, bodies("comments_edit_all"))}
    for item in map(read_comment, bodies("comments_public_page1")):
        if item.remote_id in by_right:
            assert item.text == by_right[item.remote_id]


def later_reading(before, after, cursors, now):
    with HARNESS.stand_in(replace(before, messages=after), lambda: now) as stand_in:
        return read(HARNESS.connector(stand_in, lambda: now), cursors), list(stand_in.requests)


def test_what_is_released_after_days_of_being_held_is_seen_at_once():
    held = comment(30, "May I ask?", NOW - 9 * DAY, held_until=NOW + QUARTER / 2)
    world = World(SCHOOL, [POST], [*(comment(100 + n, f"{n}", NOW - 8 * DAY + n * HOUR) for n in range(150)), held])
    with WordPressStandIn(world, lambda: NOW, USER, PASSWORD) as stand_in:
        public = WordPress(session=NetworkSession(now=lambda: NOW), now=lambda: NOW, site=stand_in.url)
        before = read(public)
    assert held.id not in before.items
    after = NOW + QUARTER
    with WordPressStandIn(world, lambda: after, USER, PASSWORD) as stand_in:
        public = WordPress(session=NetworkSession(now=lambda: after), now=lambda: after, site=stand_in.url)
        assert read(public, before.cursors).items[held.id].text == held.text


def test_a_deleted_comment_makes_its_post_be_seen_whole_at_the_next_reading():
    world = HARNESS.world()
    first, _ = read_world(HARNESS, world=world)
    gone = [replace(m, deleted_at=NOW + QUARTER / 2) if m.id == "7" else m for m in world.messages]
    again, _ = later_reading(world, gone, first.cursors, NOW + QUARTER)
    assert POST.id in {post for batch in again.batches for post in batch.whole_threads}
    assert "7" not in again.items


def test_a_child_that_moved_up_arrives_without_a_parent_and_the_store_keeps_the_first():
    world = World(SCHOOL, [POST], [comment(1, "When?", NOW - DAY), comment(2, "Friday", NOW - HOUR, parent_id="1")])
    gone = [replace(world.messages[0], deleted_at=NOW + QUARTER / 2), world.messages[1]]
    first, _ = read_world(HARNESS, world=world)
    again, _ = later_reading(world, gone, first.cursors, NOW + QUARTER)
    assert (first.items["2"].parent_remote_id, again.items["2"].parent_remote_id) == ("1", None)


def test_a_visitor_has_no_id_whatever_name_he_gives():
    visitor = StoryMessage("5", Author("a visitor", SCHOOL.name), "The school is closed.", NOW - HOUR, POST.id)
    reading, _ = read_world(HARNESS, world=World(SCHOOL, [POST], [visitor]))
    assert (reading.items["5"].author_id, reading.items["5"].author_name) == (None, SCHOOL.name)


def test_addresses_of_visitors_are_never_asked_for():
    reading, asked = read_world(HARNESS)
    assert all("author_email" not in (request.query.get("_fields") or "author_email") for request in asked)
    assert not any("visitor.invalid" in repr(item.raw) for item in reading.items.values())


def test_without_a_password_only_published_comments_are_seen_and_said_so():
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        public = WordPress(session=NetworkSession(now=lambda: NOW), now=lambda: NOW, site=stand_in.url)
        state, reading = public.check(), read(public)
    assert public.capabilities.streams == ("comments",)
    assert "published" in state.notes[0]
    assert "406" not in reading.items


def test_in_public_what_is_held_again_is_not_called_gone():
    world = HARNESS.world()
    with HARNESS.stand_in(world, lambda: NOW) as stand_in:
        public = WordPress(session=NetworkSession(now=lambda: NOW), now=lambda: NOW, site=stand_in.url)
        verdicts = public.verify(["1", "405", "406"], Budget(100, NOW))
    assert verdicts == {"1": Verdict.PRESENT, "405": Verdict.GONE, "406": Verdict.UNKNOWN}


def test_a_site_without_its_interface_is_read_by_its_feed_under_the_same_ids():
    world = HARNESS.world()
    with WordPressStandIn(world, lambda: NOW, USER, PASSWORD, rest=False) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: NOW)
        state, reading = connector.check(), read(connector)
    assert "feed" in state.notes[0]
    newest = [m for m in world.messages_at(NOW) if not m.is_held(NOW) and m.raw is None]
    assert reading.items.keys() <= {m.id for m in newest}
    assert len(reading.items) >= 9


def test_an_interface_that_answered_before_and_no_longer_does_is_a_fault():
    first, _ = read_world(HARNESS)
    with WordPressStandIn(HARNESS.world(), lambda: NOW, USER, PASSWORD, rest=False) as stand_in:
        again = read(HARNESS.connector(stand_in, lambda: NOW), first.cursors)
    assert isinstance(again.error, UnexpectedReply)


@pytest.mark.parametrize("code", ["incorrect_password", "invalid_username", "application_passwords_disabled"])
def test_a_refused_password_needs_a_person(code):
    reading, _ = read_world(HARNESS, lambda *_: refused(401, code, f"no: {PASSWORD}"))
    assert isinstance(reading.error, AuthFailed)
    assert PASSWORD not in str(reading.error)


def test_a_page_of_a_web_filter_is_not_taken_for_a_site_without_comments():
    page = Response(200, b"<!doctype html><title>Blocked</title>", {"Content-Type": "text/html"})
    reading, _ = read_world(HARNESS, lambda *_: page)
    assert isinstance(reading.error, UnexpectedReply)


def test_a_quiet_day_costs_no_more_than_it_should():
    world = World(SCHOOL, [POST], [comment(n + 1, f"{n}", NOW - 9 * DAY + n * HOUR, PARENTS[1]) for n in range(150)])
    clock, cursors, calls = [NOW], {}, 0
    with HARNESS.stand_in(world, lambda: clock[0]) as stand_in:
        for _ in range(96):
            reading = read(HARNESS.connector(stand_in, lambda: clock[0]), cursors)
            cursors, calls = reading.cursors, calls + reading.calls
            clock[0] += QUARTER
    # Here spam is read at every run; the collector reads it every other hour.
    assert calls - 96 * 7 / 8 <= 150


def crowd(count, begin=NOW - 9 * DAY, first=100):
    """Comments one minute apart, with numbers from `first` on."""
    return [comment(first + n, f"{n}", begin + n * timedelta(minutes=1), PARENTS[n % 7]) for n in range(count)]


def test_comments_brought_in_from_another_site_hide_none_that_came_since():
    came = comment(101, "When is the fair?", NOW + QUARTER / 2)
    brought = crowd(150, begin=NOW - 400 * DAY, first=102)
    before = World(SCHOOL, [POST], [comment(100, "First", NOW - DAY)])
    first, _ = read_world(HARNESS, world=before)
    again, _ = later_reading(before, [*before.messages, came, *brought], first.cursors, NOW + QUARTER)
    anew, _ = later_reading(before, [*before.messages, came, *brought], {}, NOW + QUARTER)
    assert came.id in again.items
    assert anew.items.keys() == {"100", "101"}


def test_a_user_who_may_not_moderate_reads_what_everybody_reads_and_a_person_is_told():
    world, cursors = HARNESS.world(), {}
    with WordPressStandIn(world, lambda: NOW, USER, PASSWORD, may_moderate=False) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: NOW)
        assert "Editor" in connector.check().notes[0]
        for calls in (6, 1):
            asked = len(stand_in.requests)
            connector = HARNESS.connector(stand_in, lambda: NOW)
            batches = list(connector.fetch("comments", cursors.get("comments"), Budget(100, NOW)))
            cursors["comments"] = batches[-1].next_cursor
            assert len(stand_in.requests) - asked <= calls
            items = {item.remote_id for batch in batches for item in batch.items}
            assert "140" in items
            assert "406" not in items
        with pytest.raises(Forbidden, match="Editor"):
            list(connector.fetch("spam", None, Budget(100, NOW)))
        assert connector.verify(["1", "405", "406"], Budget(100, NOW)) == {
            "1": Verdict.PRESENT,
            "405": Verdict.GONE,
            "406": Verdict.UNKNOWN,
        }


def polled(world, folder, polls, **site):
    """The calls of so many polls by the real collector, and their results."""
    with WordPressStandIn(world, lambda: office.clock(), USER, PASSWORD, **site) as stand_in:
        office = Office(folder, "wordpress", lambda: HARNESS.connector(stand_in, office.clock), NOW)
        results = [office.poll() for _ in range(polls)]
        office.close()
        return len(stand_in.requests), results


@pytest.mark.parametrize("comments", [40, 400])
def test_a_day_through_the_collector_costs_no_more_than_a_hundred_and_fifty_calls(comments, tmp_path):
    world = World(SCHOOL, [POST], crowd(comments))
    world.messages += [comment(5000 + n, "A new one", NOW + n * HOUR + QUARTER / 2) for n in range(10)]
    calls, results = polled(world, tmp_path, 96)
    assert calls <= 150
    assert all(result.complete for result in results)


def test_a_day_by_the_feed_is_without_failures_and_tries_the_interface_now_and_then(tmp_path):
    calls, results = polled(World(SCHOOL, [POST], crowd(8)), tmp_path, 96, rest=False)
    assert all(result.complete for result in results), results
    assert calls <= 150


@pytest.mark.parametrize("comments", [0, 4], ids=["never a comment", "all of them long ago"])
def test_a_quiet_site_raises_no_alarm(comments, tmp_path):
    _, results = polled(World(SCHOOL, [POST], crowd(comments, begin=NOW - 60 * DAY)), tmp_path, 12)
    assert all(result.complete for result in results), results


def test_where_the_interface_is_off_nothing_is_said_of_what_the_feed_does_not_show():
    with WordPressStandIn(HARNESS.world(), lambda: NOW, USER, PASSWORD, rest=False) as stand_in:
        assert HARNESS.connector(stand_in, lambda: NOW).verify(["1", "405"], Budget(9, NOW)) == {}


@pytest.mark.parametrize("cursor", [{}, {"v": 2}, {"v": 1, "newest": "7", "total": 3}, {"v": 1, "newest": 7}])
def test_a_cursor_that_is_not_understood_means_reading_anew(cursor):
    reading, _ = read_world(HARNESS, world=World(SCHOOL, [POST], crowd(5)), cursors={"comments": cursor})
    assert len(reading.items) == 5
    assert reading.error is None


def test_an_empty_list_is_not_believed_while_a_comment_is_there_and_is_when_all_are_gone():
    world = World(SCHOOL, [POST], crowd(5))
    first, _ = read_world(HARNESS, world=world)
    nothing = json_response([], headers={"X-WP-Total": "0", "X-WP-TotalPages": "0"})

    def empty(request, _):
        return nothing if request.path.endswith("/comments") else None

    lying, _ = read_world(HARNESS, empty, world=world, cursors=first.cursors)
    gone = replace(world, messages=[replace(m, deleted_at=NOW) for m in world.messages])
    true, _ = read_world(HARNESS, world=gone, cursors=first.cursors)
    assert isinstance(lying.error, EmptyAnswer)
    assert (true.error, true.batches[-1].complete) == (None, True)
