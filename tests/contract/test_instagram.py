"""What is special about Instagram: replies that do not come along, no ids of authors, and tags."""

from datetime import timedelta

import pytest
from harness import NOW
from harness_instagram import HARNESS, PARENTS, POST, SCHOOL, TOKEN, comment
from reading import read, read_world
from recorded_answers import recorded

from connectors.base import MESSAGES
from connectors.fetched import FetchedItem, ItemKind
from connectors.graph_pages import read_page
from connectors.instagram import Instagram
from connectors.instagram_wire import Medium, Post, read_comment, read_comments, read_medium, read_tag
from connectors.transport import NetworkSession
from monitor.demo.instagram_server import InstagramStandIn
from monitor.demo.server import json_response
from monitor.demo.world import World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF = Post("1", "https://www.instagram.com/p/1/")


def test_recorded_comments_without_author_are_kept():
    comments = read_comments(read_page(recorded("instagram", "pyfb_comments_p1"), "Instagram"), OF)
    assert [item.author_id for item in comments.items] == [None, None]
    assert not comments.quarantined


def test_a_recorded_comment_brings_its_replies():
    comments = read_comments(read_page({"data": [recorded("instagram", "restfb_comment")]}, "Instagram"), OF)
    first, reply = comments.items
    assert (first.author_id, reply.parent_remote_id) == ("98765432123", first.remote_id)
    assert "replies" not in first.raw


def test_recorded_media_and_tags_are_read():
    medium = read_medium(recorded("instagram", "pyfb_media_default"))
    assert isinstance(medium, Medium)
    assert medium.is_whole
    tags = [read_tag(row) for row in recorded("instagram", "pyfb_tagged_medias")["data"]]
    assert tags
    assert all(isinstance(tag, FetchedItem) and tag.kind is ItemKind.MENTION for tag in tags)


def test_every_reply_of_many_arrives():
    first = comment(1, "Who comes?", NOW - 3 * DAY)
    replies = [
        comment(100 + n, f"Me {n}", NOW - 2 * DAY + n * HOUR / 4, PARENTS[n % 7], parent_id=first.id)
        for n in range(130)
    ]
    reading, _ = read_world(HARNESS, world=World(SCHOOL, [POST], [first, *replies]))
    assert reading.error is None
    assert reading.items.keys() == {first.id, *(reply.id for reply in replies)}


def test_a_thread_that_did_not_change_is_not_read_again():
    first, asked = read_world(HARNESS)
    _, again = read_world(HARNESS, cursors=first.cursors)
    threads = [request for request in again if request.path.endswith(("/comments", "/replies"))]
    assert len(asked) > len(again)
    assert threads == []


def test_a_new_comment_is_met_with_one_call():
    first, _ = read_world(HARNESS)
    world = HARNESS.world()
    world.messages.append(comment(700, "And today?", NOW + HOUR / 4))
    later = NOW + HOUR / 2
    with HARNESS.stand_in(world, lambda: later) as stand_in:
        again = read(HARNESS.connector(stand_in, lambda: later), first.cursors)
        listings = [request.path for request in stand_in.requests]
    assert again.items["17910000000000700"].text == "And today?"
    assert listings.count(f"/v26.0/{SCHOOL.id}/media") == 1


def test_messages_are_a_stream_only_where_they_are_asked_for():
    conversation = {
        "id": "aWdfZAG06Ma",
        "updated_time": "2026-11-14T11:00:00+0000",
        "messages": {
            "data": [
                {
                    "id": "aWdfZAG1faXRlbTox",
                    "message": "Is there school on Monday?",
                    "created_time": "2026-11-14T11:00:00+0000",
                    "from": {"id": "17841500000000003", "username": "parent_3"},
                    "to": {"data": [{"id": SCHOOL.id, "username": "oakfieldprimary"}]},
                }
            ]
        },
    }

    def answers(request, _):
        return json_response({"data": [conversation]}) if request.path.endswith("/conversations") else None

    with InstagramStandIn(World(SCHOOL, [], []), lambda: NOW, TOKEN, answers) as stand_in:
        session = NetworkSession(
            now=lambda: NOW, rewrite={"https://graph.facebook.com": stand_in.url}, secrets=(TOKEN,)
        )
        able = Instagram(session=session, now=lambda: NOW, user_id=SCHOOL.id, access_token=TOKEN, read_messages=True)
        reading = read(able)
    assert MESSAGES in able.capabilities.streams
    assert MESSAGES not in HARNESS.connector(stand_in, lambda: NOW).capabilities.streams
    message = reading.items["aWdfZAG1faXRlbTox"]
    assert (message.kind, message.parent_remote_id, message.addressed_to) == (
        ItemKind.MESSAGE,
        "aWdfZAG06Ma",
        (SCHOOL.id,),
    )


@pytest.mark.parametrize("raw", [None, 7, {}, {"id": "../me"}, {"id": "1"}, {"id": "1", "timestamp": "x"}])
def test_what_cannot_be_read_is_set_aside(raw):
    assert not isinstance(read_comment(raw, OF), FetchedItem)


def test_a_quiet_day_costs_no_more_than_it_should():
    world = World(SCHOOL, [POST], [comment(n, f"Comment {n}", NOW - DAY - n * HOUR) for n in range(30)])
    clock, cursors, calls = [NOW], {}, 0
    with HARNESS.stand_in(world, lambda: clock[0]) as stand_in:
        for _ in range(96):
            reading = read(HARNESS.connector(stand_in, lambda: clock[0]), cursors)
            cursors, calls = reading.cursors, calls + reading.calls
            clock[0] += timedelta(minutes=15)
    # Here the tags are read at every run; the collector reads them once an hour.
    assert calls - 96 * 3 / 4 <= 150
