"""How an Instagram account is read: replies, tags, messages, its own words, what it costs, and what still exists."""

import hashlib
import hmac
import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness import NOW
from harness_instagram import APP_SECRET, HARNESS, PARENTS, POST, QUIET_POST, SCHOOL, TOKEN, comment
from hypothesis import given
from hypothesis import strategies as st
from reading import read, read_world

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import TemporaryFailure, UnexpectedReply
from connectors.fetched import FetchedItem, ItemKind, Quarantined
from connectors.graph_messages_wire import read_messages, read_talks
from connectors.graph_pages import Page
from connectors.instagram_wire import Medium, Post, read_comments, read_medium, read_replies, read_tag
from monitor.demo.graph_answers import graph_error
from monitor.demo.instagram_server import InstagramStandIn
from monitor.demo.server import json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)
THREAD = Post(POST.id, "https://www.instagram.com/p/x/")


def account(world=None, now=lambda: NOW, fault=None, **streams):
    return InstagramStandIn(world or World(SCHOOL, [POST, QUIET_POST]), now, TOKEN, fault, **streams)


def items_of(stand_in, stream, now=lambda: NOW, cursor=None):
    connector = HARNESS.connector(stand_in, now, read_messages=True)
    batches = list(connector.fetch(stream, cursor, Budget(1000, NOW + QUARTER)))
    assert batches[-1].complete
    return {item.remote_id: item for batch in batches for item in batch.items}, batches


def crowded(comments, replies_each=0):
    world = World(SCHOOL, [POST, QUIET_POST])
    for n in range(comments):
        one = comment(n, f"Comment {n}", NOW - 9 * DAY + n * timedelta(minutes=10), PARENTS[n % 7])
        world.messages.append(one)
    for n in range(replies_each):
        at = NOW - 2 * DAY + n * timedelta(minutes=1)
        world.messages.append(comment(5000 + n, f"Reply {n}", at, PARENTS[n % 7], parent_id=world.messages[0].id))
    return world


@pytest.mark.parametrize(("comments", "replies"), [(0, 0), (24, 0), (26, 51), (130, 120), (3, 260)])
def test_every_comment_and_every_reply_arrives_however_many_there_are(comments, replies):
    world = crowded(comments, replies if comments else 0)
    reading, _ = read_world(HARNESS, world=world)
    assert reading.error is None
    assert reading.items.keys() == {m.id for m in world.messages}
    assert all(
        item.parent_remote_id == world.messages[0].id for item in list(reading.items.values()) if "Reply" in item.text
    )


def test_an_account_with_nothing_new_costs_one_call():
    world = crowded(20)
    first, _ = read_world(HARNESS, world=world)
    with account(world, lambda: NOW + QUARTER) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: NOW + QUARTER)
        list(connector.fetch("comments", first.cursors["comments"], Budget(99, NOW)))
        assert len(stand_in.requests) == 1


def test_every_request_is_signed_and_asks_for_the_version_we_know():
    _, asked = read_world(HARNESS)
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert all(request.path.startswith("/v26.0/") for request in asked)
    assert {request.query["appsecret_proof"] for request in asked} == {proof}


def test_an_own_reply_is_known_by_the_number_that_only_own_comments_have():
    own = comment(1, "At nine", NOW - HOUR, SCHOOL)
    with account(World(SCHOOL, [POST], [own])) as stand_in:
        answered = json.loads(stand_in.answer(fake_request(f"{POST.id}/comments", "id,from{id},user")).body)
        items, _ = items_of(stand_in, "comments")
    assert answered["data"][0]["from"]["id"] != SCHOOL.id, "the id there holds for one app only"
    assert items[own.id].author_id == SCHOOL.id


def fake_request(path, fields):
    from monitor.demo.server import Request

    return Request("GET", f"/v26.0/{path}", {"access_token": TOKEN, "fields": fields}, {}, {})


def test_comments_have_the_address_of_their_medium():
    reading, _ = read_world(HARNESS)
    assert {item.permalink for item in reading.items.values() if item.post_remote_id == POST.id} == {
        f"https://www.instagram.com/p/{POST.id}/"
    }


def test_too_much_data_is_asked_for_again_in_smaller_helpings():
    too_much = graph_error(1, "Please reduce the amount of data you're asking for, then retry", status=500)
    clean, _ = read_world(HARNESS)
    reading, asked = read_world(HARNESS, lambda r, _: too_much if int(r.query.get("limit", 0)) > 12 else None)
    assert reading.error is None
    assert reading.items == clean.items
    assert reading.calls == len(asked)


def test_a_helping_that_is_too_much_even_at_its_smallest_ends_the_run():
    reading, _ = read_world(HARNESS, lambda *_: graph_error(1, "Please reduce the amount of data"))
    assert isinstance(reading.error, TemporaryFailure)


def test_a_reply_to_an_old_comment_is_met_at_the_next_run():
    world = crowded(120)
    first, _ = read_world(HARNESS, world=world)
    late = comment(7000, "And me", NOW + timedelta(minutes=5), PARENTS[1], parent_id=world.messages[0].id)
    later = replace(world, messages=[*world.messages, late])
    with account(later, lambda: NOW + QUARTER) as stand_in:
        second = read(HARNESS.connector(stand_in, lambda: NOW + QUARTER), first.cursors)
    assert second.items[late.id].parent_remote_id == world.messages[0].id
    assert POST.id in {post for batch in second.batches for post in batch.whole_threads}


def test_a_very_long_thread_is_not_read_whole_for_each_new_comment():
    world = crowded(900)
    first, _ = read_world(HARNESS, world=world)
    late = comment(7000, "And me", NOW + timedelta(minutes=5), PARENTS[1])
    later = replace(world, messages=[*world.messages, late])
    with account(later, lambda: NOW + QUARTER) as stand_in:
        second = read(HARNESS.connector(stand_in, lambda: NOW + QUARTER), first.cursors)
        assert len(stand_in.requests) <= 3
        assert late.id in second.items
    with account(later, lambda: NOW + 6 * HOUR) as stand_in:
        third = read(HARNESS.connector(stand_in, lambda: NOW + 6 * HOUR), second.cursors)
    assert third.items.keys() == {m.id for m in later.messages}


def test_a_deleted_comment_is_asked_about_at_the_next_run():
    world = crowded(120)
    first, _ = read_world(HARNESS, world=world)
    rest = replace(world, messages=world.messages[1:])
    with account(rest, lambda: NOW + QUARTER) as stand_in:
        connector = HARNESS.connector(stand_in, lambda: NOW + QUARTER)
        second = read(connector, first.cursors)
        assert POST.id in {post for batch in second.batches for post in batch.whole_threads}
        verdicts = connector.verify([world.messages[0].id, world.messages[1].id], Budget(99, NOW))
    assert verdicts == {world.messages[0].id: Verdict.GONE, world.messages[1].id: Verdict.PRESENT}


def test_a_deleted_medium_has_what_was_under_it_asked_about_within_the_hour():
    world = crowded(20)
    first, _ = read_world(HARNESS, world=world)
    with account(replace(world, posts=[QUIET_POST]), lambda: NOW + HOUR) as stand_in:
        second = read(HARNESS.connector(stand_in, lambda: NOW + HOUR), first.cursors)
    assert POST.id in {post for batch in second.batches for post in batch.whole_threads}


def test_a_page_that_can_no_longer_be_found_again_is_read_anew_and_nothing_is_missing():
    dead = graph_error(100, "The cursor no longer points at anything")
    world, second_pages = crowded(140), []

    def die_once(request, _):
        if not request.path.endswith(f"{POST.id}/comments"):
            return None
        second_pages.append(request)
        return dead if len(second_pages) == 2 else None

    with account(world, fault=die_once) as stand_in:
        first = read(HARNESS.connector(stand_in, lambda: NOW))
        second = read(HARNESS.connector(stand_in, lambda: NOW + QUARTER), first.cursors)
    assert first.error is None
    assert len(first.items) < 140
    assert (first.items | second.items).keys() == {m.id for m in world.messages}


def test_only_media_of_the_look_back_are_read_further_than_the_first_page():
    posts = [StoryPost(str(17900000000000100 + n), f"Post {n}", NOW - n * DAY) for n in range(90)]
    _, asked = read_world(HARNESS, world=World(SCHOOL, posts))
    assert sum(request.path.endswith("/media") for request in asked) == 3


def test_older_media_are_listed_once_an_hour():
    posts = [StoryPost(str(17900000000000100 + n), f"Post {n}", NOW - n * HOUR) for n in range(60)]
    world = World(SCHOOL, posts)
    first, _ = read_world(HARNESS, world=world)
    calls = []
    cursors = first.cursors
    for n in range(1, 9):
        at = NOW + n * QUARTER
        with account(world, lambda at=at: at) as stand_in:
            connector = HARNESS.connector(stand_in, lambda at=at: at)
            *_, last = connector.fetch("comments", cursors["comments"], Budget(99, NOW))
            cursors = {"comments": json.loads(json.dumps(last.next_cursor))}
            calls.append(len(stand_in.requests))
    assert calls == [1, 1, 1, 3, 1, 1, 1, 3]


def tag(n, author=PARENTS[0], text="At @oakfieldprimary today", at=NOW - DAY):
    return StoryMessage(str(17950000000000000 + n), author, text, at)


def test_media_that_tag_the_school_are_mentions_whose_authors_have_a_name_only():
    with account(tagged=[tag(1), tag(2, None, "")]) as stand_in:
        items, _ = items_of(stand_in, "tags")
    assert items.keys() == {f"tag:{tag(1).id}", f"tag:{tag(2).id}"}
    one = items[f"tag:{tag(1).id}"]
    assert (one.kind, one.author_id, one.author_name) == (ItemKind.MENTION, None, PARENTS[0].handle)
    assert one.attachments[0].url.startswith("https://scontent")


def test_media_of_others_are_looked_for_in_the_list_and_never_asked_for():
    tags = [tag(n, at=NOW - n * HOUR) for n in range(60)]
    ids = [f"tag:{each.id}" for each in tags]
    with account(tagged=tags[1:]) as stand_in:
        verdicts = HARNESS.connector(stand_in, lambda: NOW).verify(ids, Budget(99, NOW))
        assert not any("ids" in request.query for request in stand_in.requests)
    assert [each for each, verdict in verdicts.items() if verdict is Verdict.GONE] == ids[:1]


def test_what_a_list_too_long_to_be_read_does_not_hold_is_not_called_gone():
    tags = [tag(n, at=NOW - n * HOUR) for n in range(300)]
    with account(tagged=tags) as stand_in:
        verdicts = HARNESS.connector(stand_in, lambda: NOW).verify(["tag:17959999999999999"], Budget(99, NOW))
    assert set(verdicts.values()) == {Verdict.UNKNOWN}


def message(n, author, at, talk="aWdUYWxr1", text="May I ring you?"):
    return StoryMessage(f"aWdNZXNz{talk}{n}", author, text, at, parent_id=talk)


def test_messages_are_read_and_an_own_one_names_whom_it_answers():
    said = [message(1, PARENTS[0], NOW - DAY), message(2, SCHOOL, NOW - HOUR, text="Of course")]
    with account(talks=said) as stand_in:
        items, _ = items_of(stand_in, "messages")
    answer = items[said[1].id]
    assert (answer.author_id, answer.parent_remote_id) == (SCHOOL.id, "aWdUYWxr1")
    assert answer.addressed_to == (PARENTS[0].id,)
    assert items[said[0].id].author_name == PARENTS[0].handle


def test_a_message_of_which_only_the_time_is_told_says_nothing_about_its_words():
    said = [message(n, PARENTS[0], NOW - DAY + n * timedelta(minutes=1)) for n in range(23)]
    with account(talks=said) as stand_in:
        items, batches = items_of(stand_in, "messages")
    assert items.keys() == {m.id for m in said[3:]}
    assert all(item.text for item in items.values())
    assert len({json.dumps(bad.raw) for batch in batches for bad in batch.quarantined}) == 3


def test_a_message_is_never_asked_for_by_its_id():
    with account() as stand_in:
        verdicts = HARNESS.connector(stand_in, lambda: NOW).verify(["aWdNZXNzYWdl"], Budget(9, NOW))
        assert stand_in.requests == []
    assert verdicts == {"aWdNZXNzYWdl": Verdict.UNKNOWN}


def test_an_account_that_knows_itself_by_another_id_as_well_has_both():
    def signed_in_with_instagram(request, _):
        if request.path.endswith("/debug_token"):
            return graph_error(100, "Unsupported get request", subcode=33)
        shown = {"id": "26000000000000001", "username": SCHOOL.handle}
        return json_response(shown | ({"user_id": SCHOOL.id} if request.path.endswith("/me") else {}))

    with account(fault=signed_in_with_instagram) as stand_in:
        state = HARNESS.connector(stand_in, lambda: NOW).check()
    assert state.own_ids == {SCHOOL.id, "26000000000000001"}
    assert any("debugger" in note for note in state.notes)


def test_the_token_of_another_account_is_noticed():
    other = json_response({"id": "17841499999999999", "username": "someone", "user_id": "17841499999999999"})
    with (
        account(fault=lambda *_: other) as stand_in,
        pytest.raises(UnexpectedReply, match="user_id"),
    ):
        HARNESS.connector(stand_in, lambda: NOW).check()


TIME = "2026-11-14T12:00:00+0000"
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([TIME, "59"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "data", "username"]), inner),
    max_leaves=6,
)
NAMES = ["id", "text", "timestamp", "from", "user", "hidden", "parent_id", "replies", "comments", "comments_count"]
NAMES += ["caption", "permalink", "media_type", "media_url", "username", "message", "created_time", "to", "messages"]
NAMES += ["attachments", "shares", "story", "sticker", "updated_time"]


@given(st.dictionaries(st.sampled_from(NAMES), JSON) | JSON)
def test_no_shape_of_anything_breaks_its_page(raw):
    good = {"id": "12", "timestamp": TIME, "created_time": TIME, "message": "x", "messages": {"data": []}}
    page = Page([raw, good], None)
    assert read_comments(page, THREAD).items[-1].remote_id == "12"
    assert read_replies(page, THREAD, "11").items[-1].parent_remote_id == "11"
    assert isinstance(read_tag(raw), (FetchedItem, Quarantined))
    assert isinstance(read_medium(raw), (Medium, Quarantined))
    assert read_talks(page, "Instagram", "1")[0][-1].talk_id == "12"
    assert all(isinstance(each, (FetchedItem, Quarantined)) for each in read_messages(page, "t", "1"))


@pytest.fixture
def recorded():
    if not SHARED:
        pytest.skip("needs the recorded answers: set SCHOOL_MONITOR_SHARED to the folder that holds fixtures/")
    return lambda name: json.loads((Path(SHARED) / "fixtures/instagram" / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", ["pyfb_comments_p1", "pyfb_replies"])
def test_recorded_comments_are_read_without_author_or_name(recorded, name):
    rows = recorded(name)["data"]
    found = read_comments(Page(rows, None), THREAD)
    assert [(item.remote_id, item.text) for item in found.items] == [(row["id"], row["text"]) for row in rows]
    assert {item.author_id for item in found.items} == {None}


def test_a_recorded_own_comment_is_known_by_its_user_and_its_reply_hangs_below_it(recorded):
    found = read_comments(Page([recorded("restfb_comment")], None), THREAD)
    assert [(item.author_id, item.parent_remote_id) for item in found.items] == [
        ("98765432123", None),
        (None, "123456789"),
    ]
    assert "replies" not in found.items[0].raw


def test_recorded_names_are_kept_beside_the_withheld_ids(recorded):
    rows = list(recorded("pyfb_comments_fields").values())
    assert [i.author_name for i in read_comments(Page(rows, None), THREAD).items] == [r["username"] for r in rows]


def test_recorded_tags_are_read(recorded):
    rows = recorded("pyfb_tagged_medias")["data"]
    items = [read_tag(row) for row in rows]
    assert [item.remote_id for item in items] == [f"tag:{row['id']}" for row in rows]


def test_the_files_of_a_recorded_message_are_listed(recorded):
    raw = recorded("restfb_instagram-message")
    raw |= {"id": "aWdt", "created_time": TIME, "from": {**raw["from"], "user_id": "17"}}
    (item,) = read_messages(Page([raw], None), "aWdU", "17")
    assert item.author_id == "17"
    assert {attachment.kind for attachment in item.attachments} >= {"image", "film", "share", "story"}


def test_authors_are_told_apart_by_id_although_they_share_a_name():
    twin = Author("660000000000777", SCHOOL.name, SCHOOL.handle)
    said = [comment(1, "At nine", NOW - HOUR, SCHOOL), comment(2, "At ten", NOW - HOUR, twin)]
    with account(World(SCHOOL, [POST], said)) as stand_in:
        items, _ = items_of(stand_in, "comments")
    assert [items[m.id].author_id for m in said] == [SCHOOL.id, twin.id]
