"""How a Facebook page is read: helpings, pages, visitors' posts, the cursor, and what still exists."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from harness import NOW
from harness_facebook import APP_SECRET, HARNESS, POST, QUIET_POST, SCHOOL, TOKEN, comment
from reading import read, read_world

from connectors.base import Verdict
from connectors.budget import Budget
from connectors.errors import TemporaryFailure, UnexpectedReply
from connectors.fetched import ItemKind
from connectors.transport import NetworkSession
from monitor.demo.graph_answers import graph_error
from monitor.demo.server import json_response
from monitor.demo.world import StoryPost, World

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


def small_world(*messages):
    return World(SCHOOL, [POST, QUIET_POST], list(messages))


def test_too_much_data_is_asked_for_again_in_smaller_helpings():
    too_much = graph_error(1, "Please reduce the amount of data you're asking for, then retry", status=500)
    clean, _ = read_world(HARNESS)
    reading, asked = read_world(HARNESS, lambda r, _: too_much if int(r.query.get("limit", 0)) > 12 else None)
    assert reading.error is None
    assert reading.items == clean.items
    assert min(int(request.query["limit"]) for request in asked) == 12
    assert reading.calls == len(asked)


def test_a_helping_that_is_too_much_even_at_its_smallest_ends_the_run():
    reading, asked = read_world(HARNESS, lambda *_: graph_error(1, "Please reduce the amount of data"))
    assert isinstance(reading.error, TemporaryFailure)
    assert [request.query["limit"] for request in asked] == ["25", "12", "6", "5"]


def test_a_page_with_nothing_new_costs_one_call_besides_what_may_wait():
    world = small_world(*(comment(n, "Hello", NOW - timedelta(days=3, hours=n)) for n in range(20)))
    _, asked = read_world(HARNESS, world=world)
    assert [request.path.rpartition("/")[2] for request in asked] == ["feed", "tagged", "ratings"]


def test_every_request_is_signed_and_asks_for_the_version_we_know():
    _, asked = read_world(HARNESS)
    proof = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert all(request.path.startswith("/v26.0/") for request in asked)
    assert {request.query["appsecret_proof"] for request in asked} == {proof}


def test_the_link_to_the_next_page_is_read_but_never_followed():
    clean, _ = read_world(HARNESS)
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:

        def lure(request, _):
            answer = stand_in.answer(request)
            return replace(answer, body=answer.body.replace(b"https://graph.facebook.com", b"http://127.0.0.1:9"))

        stand_in.fault = lure
        reading = read(HARNESS.connector(stand_in, lambda: NOW))
    assert reading.error is None
    assert reading.items == clean.items


def test_a_post_that_comes_without_its_comments_is_read_on_its_own():
    clean, _ = read_world(HARNESS)
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:

        def without_comments(request, _):
            if not request.path.endswith("/feed"):
                return None
            feed = json.loads(stand_in.answer(request).body)
            for post in feed["data"]:
                post["comments"] = {"total_count": 3}
            return json_response(feed)

        stand_in.fault = without_comments
        reading = read(HARNESS.connector(stand_in, lambda: NOW))
    assert reading.error is None
    assert reading.items == clean.items


def test_a_post_deleted_while_it_is_read_does_not_stop_the_others():
    clean, _ = read_world(HARNESS)
    gone = graph_error(100, "Unsupported get request", subcode=33)
    reading, _ = read_world(HARNESS, lambda r, _: gone if r.path.endswith(f"{POST.id}/comments") else None)
    assert reading.error is None
    assert reading.batches[-1].complete
    assert reading.items.items() < clean.items.items()


def test_a_visitors_post_is_a_mention_and_what_is_said_under_it_answers_it():
    reading, _ = read_world(HARNESS)
    post, answer = reading.items["100200300_6001"], reading.items["6001_6002"]
    assert (post.kind, post.post_remote_id, post.parent_remote_id) == (ItemKind.MENTION, None, None)
    assert (answer.kind, answer.parent_remote_id, answer.author_id) == (ItemKind.REPLY, post.remote_id, SCHOOL.id)
    assert "comments" not in post.raw


def test_only_posts_of_the_look_back_are_asked_for():
    old = StoryPost("100200300_4001", "Last year", NOW - timedelta(days=31))
    world = HARNESS.world()
    world.posts.append(old)
    reading, _ = read_world(HARNESS, world=world)
    assert old.id not in {post.remote_id for batch in reading.batches for post in batch.posts}


@pytest.mark.parametrize("cursor", [{"v": 3, "since": "2026-11-14T12:00:00+00:00"}, {"v": 1}, {"v": 1, "since": 7}])
def test_a_cursor_that_is_not_ours_means_reading_everything(cursor):
    clean, _ = read_world(HARNESS)
    reading, _ = read_world(HARNESS, cursors={"comments": cursor})
    assert reading.items == clean.items


def test_what_was_read_up_to_moves_only_with_the_last_batch():
    cursor = {"v": 1, "since": (NOW - timedelta(days=9)).isoformat()}
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        batches = list(HARNESS.connector(stand_in, lambda: NOW).fetch("comments", cursor, Budget(99, NOW)))
    assert {batch.next_cursor["since"] for batch in batches[:-1]} == {cursor["since"]}
    assert batches[-1].next_cursor["since"] == NOW.isoformat()


def test_an_older_version_in_the_answer_is_noted():
    def older(request, _):
        return json_response({"id": SCHOOL.id, "name": SCHOOL.name}, headers={"facebook-api-version": "v25.0"})

    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        assert HARNESS.connector(stand_in, lambda: NOW).check().notes == ()
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW, older) as stand_in:
        version, token = HARNESS.connector(stand_in, lambda: NOW).check().notes
    assert "v25.0" in version
    assert "debugger" in token, "what is not told of the token is said"


def verified(ids, fault=None, calls=1000):
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW, fault) as stand_in:
        return HARNESS.connector(stand_in, lambda: NOW).verify(ids, Budget(calls, NOW)), len(stand_in.requests)


def test_one_dead_comment_among_fifty_is_found_in_few_calls():
    ids = [f"5001_{9000 + n}" for n in range(49)]
    verdicts, calls = verified([*ids, "5001_9405"])
    assert [i for i, v in verdicts.items() if v is Verdict.GONE] == ["5001_9405"]
    assert {verdicts[i] for i in ids} == {Verdict.PRESENT}
    assert calls <= 15


def test_a_comment_we_may_no_longer_see_is_not_called_gone():
    refuse = graph_error(10, "Permission", status=403)
    verdicts, _ = verified(["5001_9001", "5001_9002"], lambda r, _: refuse if "5001_9002" in r.query["ids"] else None)
    assert verdicts == {"5001_9001": Verdict.PRESENT, "5001_9002": Verdict.UNKNOWN}


def test_nothing_is_called_gone_before_the_token_has_read_something():
    verdicts, calls = verified(["5001_9405"])
    assert verdicts == {"5001_9405": Verdict.GONE}
    assert calls == 4, "the comment, the page, and whether it stands among the tags or the ratings"
    missing = graph_error(100, "Unsupported get request", subcode=33)
    with pytest.raises(UnexpectedReply):
        verified(["5001_9405"], lambda *_: missing)


def test_an_id_that_leads_elsewhere_is_never_asked_for():
    verdicts, calls = verified(["../me", "1,2", "me", ""])
    assert set(verdicts.values()) == {Verdict.UNKNOWN}
    assert calls == 0


def test_the_stand_in_gives_only_the_fields_asked_for():
    session = NetworkSession(now=lambda: NOW)
    asked = {"access_token": TOKEN, "fields": "message,parent{id}"}
    with HARNESS.stand_in(HARNESS.world(), lambda: NOW) as stand_in:
        answer = session.get(f"{stand_in.url}/v26.0/5001_9400", params=asked).json()
        broken = session.get(f"{stand_in.url}/v26.0/5001_9400", params={**asked, "fields": "parent{id"})
    assert answer == {"id": "5001_9400", "message": "At nine o'clock.", "parent": {"id": "5001_9000"}}
    assert broken.status_code == 400
