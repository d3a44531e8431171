"""What Reddit's connector alone promises about reading. The real praw reads a stand-in over HTTP."""

from __future__ import annotations

from datetime import timedelta

from harness import NOW
from harness_reddit import PARENTS, POST, SCHOOL, SUBREDDIT
from reading_reddit import (
    COMMENTS,
    DAY,
    HOUR,
    answering,
    asked,
    budget,
    comment,
    failure_of,
    items,
    quarantined,
    read,
    reading,
    swept,
    world_of,
)

from connectors.base import Verdict
from connectors.errors import AuthFailed, BudgetSpent, Forbidden, TemporaryFailure, UnexpectedReply
from connectors.fetched import ItemKind, Shown
from monitor.demo.server import Response, json_response
from monitor.demo.world import StoryMessage


def test_without_a_subreddit_only_the_inbox_and_submissions_are_streams():
    with reading(world_of(), subreddit=None) as (connector, stand_in, _):
        streams = connector.capabilities.streams
        refused = failure_of(lambda: read(connector, "comments"))
        assert stand_in.requests == []
    assert streams == ("inbox", "submissions")
    assert isinstance(refused, Forbidden)


def test_every_comment_knows_its_thread_and_what_it_answers():
    direct = comment(1, NOW - 5 * HOUR)
    deeper = comment(2, NOW - 4 * HOUR, parent_id=direct.id, author=SCHOOL)
    with reading(world_of(direct, deeper)) as (connector, _, _):
        found = items(read(connector))
    places = [(i.remote_id, i.kind, i.post_remote_id, i.parent_remote_id, i.author_id) for i in found.values()]
    assert sorted(places) == [
        ("t1_c1", ItemKind.COMMENT, POST.id, None, PARENTS[0].id),
        ("t1_c2", ItemKind.REPLY, POST.id, "t1_c1", SCHOOL.id),
    ]
    assert found["t1_c1"].permalink == f"https://www.reddit.com/r/{SUBREDDIT}/comments/fair01/_/c1/"


def test_somebody_elses_post_in_the_schools_subreddit_is_an_item_which_the_school_can_answer():
    asking = StoryMessage("t3_asking", PARENTS[0], "When is sports day?", NOW - 5 * HOUR)
    answer = StoryMessage("t1_answer", SCHOOL, "In June.", NOW - 4 * HOUR, "t3_asking")
    with reading(world_of(asking, answer)) as (connector, _, _):
        submissions = read(connector, "submissions")
        batches = [*read(connector), *submissions]
        in_tree = items(submissions[1:])["t1_answer"]
    found = items(batches)
    assert in_tree.parent_remote_id == "t3_asking"
    assert {post.remote_id for batch in batches for post in batch.posts} == {POST.id}
    assert (found["t3_asking"].kind, found["t3_asking"].text) == (ItemKind.COMMENT, "When is sports day?")
    assert (found["t1_answer"].post_remote_id, found["t1_answer"].parent_remote_id) == ("t3_asking", "t3_asking")


def test_the_inbox_brings_replies_and_mentions_from_anywhere_and_never_a_direct_message():
    own = comment(1, NOW - 9 * HOUR, author=SCHOOL)
    under_post, under_own = comment(2, NOW - 8 * HOUR), comment(3, NOW - 7 * HOUR, parent_id=own.id)
    mention = comment(4, NOW - 6 * HOUR, "u/OakfieldPrimarySchool is any good?", post_id=None)
    with reading(world_of(own, under_post, under_own, mention), subreddit=None) as (connector, stand_in, _):
        found = items(read(connector, "inbox"))
        paths = {request.path for request in stand_in.requests if request.path.startswith("/message")}
    assert {i: found[i].kind for i in found} == {
        "t1_c1": ItemKind.COMMENT,
        "t1_c2": ItemKind.COMMENT,
        "t1_c3": ItemKind.REPLY,
        "t1_c4": ItemKind.MENTION,
    }
    assert paths == {"/message/comments", "/message/selfreply", "/message/mentions"}


def test_a_comment_reads_the_same_in_the_inbox_as_in_the_subreddit():
    at = NOW - 5 * HOUR
    said = comment(1, at, "fine, u/OakfieldPrimarySchool", edits=((at + HOUR, "FINE, u/OakfieldPrimarySchool"),))
    removed = comment(2, at, hidden_at=at + HOUR)
    world = world_of(said, removed)
    with reading(world) as (connector, _, _), reading(world, subreddit=None) as (without, _, _):
        in_subreddit, in_inbox = items(read(connector)), items(read(without, "inbox"))
    for one in (said.id, removed.id):
        here, there = in_subreddit[one], in_inbox[one]
        assert (here.shown, here.edited_at, here.text) == (there.shown, there.edited_at, there.text)
    assert in_inbox[said.id].edited_at == at + HOUR
    assert in_inbox[removed.id].shown is Shown.HIDDEN


def test_words_still_in_the_inbox_are_kept_when_only_a_stub_is_left_elsewhere():
    stub = {"kind": "t1", "data": {"name": "t1_c1", "created_utc": NOW.timestamp(), "body": "[removed]"}}
    fault = answering("/api/info", {"kind": "Listing", "data": {"after": None, "children": [stub]}})
    world = world_of(comment(1, NOW - HOUR, "you fools"))
    with reading(world, fault, subreddit=None) as (connector, _, _):
        found = items(read(connector, "inbox"))
    assert (found["t1_c1"].text, found["t1_c1"].erased) == ("you fools", False)


def test_own_replies_and_posts_come_from_the_users_own_history():
    reply = comment(2, NOW - 4 * HOUR, "Yes.", author=SCHOOL, parent_id="t1_c1")
    with reading(world_of(comment(1, NOW - 5 * HOUR), reply)) as (connector, _, _):
        batches = [*read(connector, "inbox"), *read(connector, "submissions")]
        own_ids = connector.check().own_ids
    assert items(batches)["t1_c2"].author_id in own_ids
    assert {post.text for batch in batches for post in batch.posts} == {"Our autumn fair\n\nis on 28 November."}


def test_a_first_read_leaves_out_what_is_older_than_the_look_back():
    old, young = comment(1, NOW - 31 * DAY), comment(2, NOW - 29 * DAY)
    with reading(world_of(old, young)) as (connector, _, _):
        assert list(items(read(connector))) == [young.id]


def test_a_read_after_a_long_outage_reaches_back_to_the_last_whole_read():
    missed = comment(1, NOW - 60 * DAY)
    cursor = {"v": 1, "since": (NOW - 61 * DAY).isoformat()}
    with reading(world_of(missed, comment(2, NOW - HOUR))) as (connector, _, _):
        assert missed.id in items(read(connector, cursor=cursor))


def test_a_comment_that_shows_up_a_day_late_is_still_read():
    late, newer = comment(1, NOW - 20 * HOUR), comment(2, NOW - HOUR)
    with reading(world_of(newer)) as (connector, stand_in, _):
        cursor = read(connector)[-1].next_cursor
        stand_in.world.messages.append(late)
        assert late.id in items(read(connector, cursor=cursor))


def test_a_later_read_stops_two_days_before_the_newest_comment_it_knew():
    busy = [comment(n, NOW - n * HOUR) for n in range(1, 200)]
    with reading(world_of(*busy), page_size=10) as (connector, stand_in, _):
        cursor = read(connector)[-1].next_cursor
        before = len(stand_in.requests)
        again = items(read(connector, cursor=cursor))
        calls = len(stand_in.requests) - before
    assert {f"t1_c{n}" for n in range(1, 49)} <= again.keys()
    assert calls <= 7


def test_a_cursor_that_is_none_of_ours_means_the_whole_look_back():
    old = comment(1, NOW - 20 * DAY)
    with reading(world_of(old, comment(2, NOW - HOUR))) as (connector, _, _):
        for strange in (
            {"v": 2},
            {"v": 1},
            {"v": 1, "since": "soon"},
            {"v": 1, "since": 5},
            {"v": 1, "since": "2026-11-14"},
        ):
            assert old.id in items(read(connector, cursor=strange))


def test_the_cursor_moves_only_when_every_listing_of_the_stream_was_read_to_its_end():
    before = {"v": 1, "since": (NOW - 3 * DAY).isoformat()}
    down = [True]

    def fault(request, number):
        return Response(503, b"") if down[0] and request.path == COMMENTS and "after" in request.query else None

    world = world_of(*[comment(n, NOW - n * HOUR) for n in range(1, 25)])
    with reading(world, fault, page_size=10) as (connector, _, _):
        kept = []
        failure = failure_of(lambda: kept.extend(connector.fetch("comments", before, budget())) or None)
        partly = connector.fetch("comments", before, budget())
        pages = [next(partly)]
        down[0] = False
        whole = read(connector, cursor=pages[-1].next_cursor)
    assert isinstance(failure, TemporaryFailure)
    assert [(page.next_cursor, page.complete) for page in pages] == [(before, False)]
    assert len(pages[0].items) == 10
    assert (whole[-1].complete, whole[-1].next_cursor) == (True, swept(NOW - HOUR))
    assert len(items(whole)) == 24


def test_an_empty_answer_does_not_move_the_cursor():
    before = {"v": 1, "since": (NOW - 3 * DAY).isoformat()}
    with reading(world_of(posts=())) as (connector, _, _):
        assert read(connector, cursor=before)[-1].next_cursor == swept(NOW - 3 * DAY)


def test_a_page_that_leads_back_to_itself_is_kept_and_then_refused():
    child = {"kind": "t1", "data": {"name": "t1_c1", "created_utc": NOW.timestamp(), "body": "hello"}}
    page = {"kind": "Listing", "data": {"after": "t1_c1", "children": [child]}}
    with reading(world_of(), answering(COMMENTS, page)) as (connector, _, _):
        reader = connector.fetch("comments", None, budget())
        next(reader)
        assert [item.remote_id for item in next(reader).items] == ["t1_c1"]
        assert isinstance(failure_of(lambda: list(reader)), UnexpectedReply)


def test_a_listing_that_reddit_cuts_off_is_never_called_complete():
    crowd = [comment(n, NOW - timedelta(minutes=n)) for n in range(1, 1102)]
    with reading(world_of(*crowd)) as (connector, _, _):
        batches = read(connector)
    assert len(items(batches)) == 1000
    assert not any(batch.complete for batch in batches)
    assert batches[-1].next_cursor == swept(NOW - timedelta(minutes=1))


def test_the_budget_ends_a_read_between_two_pages():
    world = world_of(*[comment(n, NOW - n * HOUR) for n in range(1, 25)])
    with reading(world, page_size=10) as (connector, stand_in, _):
        pages = connector.fetch("comments", None, budget(1))
        assert len(next(pages).items) == 10
        assert isinstance(failure_of(lambda: next(pages)), BudgetSpent)
        assert len(asked(stand_in, COMMENTS)) == 1


def test_an_unreadable_comment_is_kept_aside_and_the_page_goes_on():
    broken = comment(1, NOW - HOUR, raw={"kind": "t1", "data": {"name": "t1_c1", "body": "hello"}})
    with reading(world_of(broken, comment(2, NOW - 2 * HOUR))) as (connector, _, _):
        batches = read(connector)
    assert list(items(batches)) == ["t1_c2"]
    assert [entry.raw for entry in quarantined(batches)] == [broken.raw]


def test_verify_tells_deleted_from_removed_and_asks_100_at_a_time():
    at = NOW - 5 * HOUR
    gone, hidden = comment(900, at, deleted_at=NOW - HOUR), comment(901, at, hidden_at=NOW - HOUR)
    there = [comment(n, at) for n in range(150)]
    with reading(world_of(gone, hidden, *there)) as (connector, stand_in, _):
        ids = [gone.id, hidden.id, "t1_never", "not an id", *(m.id for m in there)]
        verdicts = connector.verify(ids, budget())
        assert len(asked(stand_in, "/api/info")) == 2
    assert (verdicts[gone.id], verdicts[hidden.id]) == (Verdict.GONE, Verdict.PRESENT)
    assert verdicts["t1_never"] is Verdict.GONE
    assert "not an id" not in verdicts
    assert {verdicts[m.id] for m in there} == {Verdict.PRESENT}


def test_nothing_is_called_gone_on_the_word_of_an_answer_that_cannot_be_read_whole():
    for odd in ("surprise", {"kind": "t1"}, {"kind": "t1", "data": {}}):
        page = {"kind": "Listing", "data": {"after": None, "children": [odd]}}
        with reading(world_of(), answering("/api/info", page)) as (connector, _, _):
            assert connector.verify(["t1_c1"], budget()) == {"t1_c1": Verdict.UNKNOWN}


def test_check_says_when_the_token_is_somebody_elses_lacks_permissions_or_the_user_is_suspended():
    with reading(world_of(), username="HollyBankSchool") as (connector, _, _):
        assert isinstance(failure_of(connector.check), AuthFailed)

    def fault(request, number):
        token = {"access_token": "abc", "expires_in": 3600, "scope": "identity read"}
        me = {"name": SCHOOL.handle.upper(), "id": "oakfield", "is_suspended": True}
        return json_response(token if request.method == "POST" else me)

    with reading(world_of(), fault) as (connector, _, _):
        state = connector.check()
    assert state.own_ids == {"t2_oakfield", f"name:{SCHOOL.handle.upper()}"}
    assert len(state.notes) == 2
    assert "privatemessages, history" in state.notes[1]
