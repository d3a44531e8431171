"""One run for one account, through the real connectors: page by page, and with every fault in the ledger."""

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, NOW, SCHOOL, TOKEN, Scripted, item, page

from monitor.demo.graph_answers import graph_error
from monitor.demo.graph_server import GraphStandIn
from monitor.demo.server import Response, json_response
from monitor.demo.world import Author, StoryMessage, StoryPost, World
from monitor.demo.x_server import XStandIn, snowflake
from monitor.model import Presence
from monitor.round import accounts_due, read_account
from monitor.store.item_tables import Answer
from monitor.store.reading_tables import StreamCursor

US = Author(SCHOOL, "Oakfield Primary School")
PARENT = Author("88001", "Invented Parent")

FACEBOOK = """
[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_env = "TOKEN"
api_url = "{url}"
poll_minutes = 30
calls_per_run = {calls}
"""
X = """
[[accounts]]
key = "x"
label = "X account"
network = "x"
user_id = "100200300"
bearer_token_env = "TOKEN"
api_url = "{url}"
"""


def page_with_posts(posts=6):
    """A page with posts of the school and one comment under each, the newest post first in every listing."""
    made = [StoryPost(f"{SCHOOL}_{n}", f"Post {n}", NOW - 5 * DAY + n * HOUR) for n in range(posts)]
    comments = [
        StoryMessage(f"{n}_9{n}", PARENT, f"Comment {n}", post.at + MINUTE, post.id) for n, post in enumerate(made)
    ]
    return World(US, made, comments)


def names(numbers):
    return {f"{n}_9{n}" for n in numbers}


@pytest.fixture
def facebook(desk):
    """Oakfield's page on a stand-in that shows two posts in one page of its feed."""
    stand_in = GraphStandIn(page_with_posts(), desk.clock, TOKEN, page_size=2)
    with stand_in:
        desk.change(accounts=FACEBOOK.format(url=stand_in.url, calls=100))
        yield stand_in


@pytest.fixture
def x(desk):
    """Oakfield's account on X: a question, and the school's answer to it, a word of its own in its timeline."""
    asked, answered = NOW - 2 * DAY, NOW - 2 * DAY + HOUR
    question = StoryMessage(snowflake(asked, 1), PARENT, "@OakfieldPrimary when is the fair?", asked)
    answer = StoryMessage(snowflake(answered, 2), US, "On Friday.", answered, parent_id=question.id)
    stand_in = XStandIn(World(US, [], [question, answer]), desk.clock, TOKEN)
    stand_in.question, stand_in.answered_by = question.id, answer.id
    with stand_in:
        desk.change(accounts=X.format(url=stand_in.url))
        yield stand_in


def at_request(number, response):
    return lambda request, n: response if n == number else None


def on_path(part, response):
    return lambda request, n: response if part in request.path else None


def test_a_failure_on_the_third_page_keeps_the_first_two_and_the_next_run_completes(desk, facebook):
    who_we_are = 2
    facebook.fault = at_request(who_we_are + 2, Response(500, b"oops"))
    first = desk.run()
    assert desk.comment_ids() == names([5, 4, 3, 2])
    (line,) = desk.reads("comments")
    assert (first.complete, line.complete, line.failure) == (False, False, "TemporaryFailure")
    assert (line.items, line.new, line.calls, line.finished_at) == (4, 4, 3, NOW)
    assert desk.last_complete_read() is None

    facebook.fault = None
    desk.later(30 * MINUTE)
    second = desk.run()
    assert desk.comment_ids() == names(range(6))
    assert (second.complete, second.new, second.items) == (True, 2, 6)
    assert desk.reads("comments")[-1].complete
    assert desk.last_complete_read() == NOW, "tags and ratings were read then, and may wait"


def test_each_page_is_committed_before_the_next_is_asked_for(desk, facebook):
    there = []
    facebook.fault = lambda request, number: there.append(len(desk.comment_ids()))
    desk.run()
    assert there[:5] == [0, 0, 0, 2, 4]


def test_after_a_dead_token_nothing_more_is_called_and_the_ledger_says_so_without_the_token(desk, x):
    desk.run("x")
    desk.later(HOUR)
    asked_before = len(x.requests)
    x.fault = on_path("/2/", json_response({"title": "Unauthorized", "detail": f"bad {TOKEN}", "status": 401}, 401))
    result = desk.run("x")
    assert [request.path for request in x.requests[asked_before:]] == [f"/2/users/{SCHOOL}/mentions"]
    line = desk.reads()[-1]
    assert (line.stream, line.failure, line.complete) == ("mentions", "AuthFailed", False)
    assert len(line.failure_words.split()) > 3
    assert TOKEN not in line.failure_words + " ".join(result.failures)
    assert result.failures == [f"x: {line.failure_words}"]


def test_a_token_that_is_dead_from_the_start_is_found_before_any_stream_is_read(desk, facebook):
    facebook.fault = lambda request, number: graph_error(190, f"Error validating access token: {TOKEN}", subcode=460)
    result = desk.run()
    (line,) = desk.reads()
    assert (line.stream, line.failure, result.complete) == ("check", "AuthFailed", False)
    assert TOKEN not in line.failure_words
    assert len(facebook.requests) == 1


def test_too_many_calls_park_the_account_until_the_network_wants_us_back(desk, x):
    back_at = NOW + 7 * MINUTE
    headers = {"x-rate-limit-reset": str(int(back_at.timestamp())), "x-rate-limit-remaining": "0"}
    x.fault = on_path("mentions", json_response({"title": "Too Many Requests", "status": 429}, 429, headers))
    desk.run("x")
    assert desk.account("x").parked_until == back_at
    assert desk.reads()[-1].failure == "RateLimited"

    asked_before, x.fault = len(x.requests), None
    desk.later(6 * MINUTE)
    parked = desk.run("x")
    assert len(x.requests) == asked_before
    assert (parked.complete, parked.items) == (False, 0)
    assert "wait until 10 Nov 09:07 UTC" in parked.failures[0]

    desk.later(MINUTE)
    assert desk.run("x").complete
    assert desk.comment_ids() == {x.question}


def test_our_own_limit_parks_nobody_and_the_next_run_goes_on(desk, facebook):
    desk.change(accounts=FACEBOOK.format(url=facebook.url, calls=2))
    first = desk.run()
    assert desk.comment_ids() == names([5, 4, 3, 2])
    assert (desk.reads()[-1].failure, first.complete) == ("RunLimitReached", False)
    assert desk.account().parked_until is None
    desk.change(accounts=FACEBOOK.format(url=facebook.url, calls=5))
    assert desk.run().complete
    assert desk.comment_ids() == names(range(6))


def test_one_stream_that_is_not_allowed_lets_the_others_be_read(desk, x):
    x.fault = on_path("mentions", json_response({"title": "Forbidden", "status": 403}, 403))
    result = desk.run("x")
    assert set(desk.items()) == {x.answered_by}
    assert {line.stream: line.failure for line in desk.reads()} == {
        "check": None,
        "replies": None,
        "mentions": "Forbidden",
        "timeline": None,
    }
    assert result.complete is False


def test_the_least_advanced_stream_says_up_to_when_an_account_is_known(desk, x):
    x.fault = on_path("mentions", json_response({"title": "Forbidden", "status": 403}, 403))
    desk.run("x")
    assert desk.last_complete_read("x") is None
    x.fault = None
    desk.later(2 * HOUR)
    desk.run("x")
    assert desk.last_complete_read("x") == NOW + 2 * HOUR
    x.fault = on_path("tweets", Response(503, b"over capacity"))
    desk.later(2 * HOUR)
    desk.run("x")
    assert desk.last_complete_read("x") == NOW + 2 * HOUR


def test_a_mention_and_the_schools_answer_meet_across_two_streams(desk, x):
    result = desk.run("x")
    assert result.failures == []
    assert desk.answers() == {(x.answered_by, x.question)}


def test_a_comment_and_the_edit_of_it_are_one_comment_with_two_versions(desk, x):
    x.world.messages[0] = StoryMessage(
        x.question,
        PARENT,
        "@OakfieldPrimary when is the fiar?",
        NOW - 25 * MINUTE,
        edits=((NOW - 5 * MINUTE, "@OakfieldPrimary when is the fair?"),),
    )
    desk.later(-10 * MINUTE)
    desk.run("x")
    desk.later(10 * MINUTE)
    desk.run("x")
    kept = desk.items()[x.question]
    assert [version.text[-4:] for version in kept.versions] == ["iar?", "air?"]
    assert desk.comment_ids() == {x.question}


def test_a_read_that_ends_in_an_unforeseen_error_stays_unfinished_in_the_ledger(desk, monkeypatch):
    connector = Scripted({"comments": [page(item("c1"), last=False), ZeroDivisionError("words of a comment")]})
    monkeypatch.setattr("monitor.wiring.build_connector", lambda *_: connector)
    result = read_account(desk.app, desk.settings.accounts[0])
    line = desk.reads("comments")[-1]
    assert (line.finished_at, line.complete, line.failure) == (None, False, None)
    assert (line.items, line.new) == (1, 1)
    assert desk.comment_ids() == {"c1"}
    assert "ZeroDivisionError" in result.failures[0]
    assert "words of a comment" not in result.failures[0]


def test_what_a_batch_could_not_commit_is_not_there_at_all_and_is_read_again(desk, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.ledger.move_cursor", fail)
        with pytest.raises(OSError, match="disk full"):
            desk.read_pages([page(item("c1", INSULT), item("r1", by=SCHOOL, under="c1"), cursor={"v": 1})])
    assert desk.items() == {}
    assert desk.all_of(Answer) == []
    assert desk.all_of(StreamCursor) == []
    assert desk.deliveries() == []
    assert desk.snapshots() == []
    result = desk.read_pages([page(item("c1", INSULT), item("r1", by=SCHOOL, under="c1"), cursor={"v": 1})])
    assert (result.new, result.flagged) == (2, 1)
    assert len(desk.snapshots()) == 1


def test_the_cursor_is_handed_to_the_next_run_and_kept_where_a_batch_names_none(desk):
    first = Scripted({"comments": [page(cursor={"v": 1, "since": "a"})]})
    second = Scripted({"comments": [page(cursor=None)]})
    third = Scripted({"comments": [page()]})
    for connector in (first, second, third):
        desk.collector(connector).run()
    assert first.cursors + second.cursors + third.cursors == [None, {"v": 1, "since": "a"}, {"v": 1, "since": "a"}]


def test_a_request_to_stop_finishes_the_page_in_hand_and_the_next_run_reads_the_rest(desk):
    pages = [page(item("c1"), last=False), page(item("c2"), last=False), page(item("c3"), cursor={"v": 1})]
    result = desk.read_pages(pages, should_stop=lambda: "c2" in desk.comment_ids())
    assert desk.comment_ids() == {"c1", "c2"}
    assert (result.stopped, result.complete, result.items, result.failures) == (True, False, 2, [])
    line = desk.reads("comments")[-1]
    assert (line.finished_at, line.complete, line.new) == (None, False, 2)
    assert desk.read_pages(pages).complete
    assert desk.comment_ids() == {"c1", "c2", "c3"}


def test_a_request_to_stop_after_the_last_page_lets_the_stream_count_as_read(desk):
    streams = {"comments": [page(item("c1"))], "mentions": [page(item("c2"))]}
    connector = Scripted(streams)
    result = desk.collector(connector, should_stop=lambda: bool(desk.comment_ids())).run()
    assert connector.asked == ["check", "comments"]
    assert (result.stopped, result.complete) == (True, False)
    line = desk.reads("comments")[-1]
    assert (line.finished_at, line.complete) == (NOW, True)


def test_a_comment_deleted_on_the_network_is_found_missing_and_then_gone(desk, facebook):
    facebook.world.messages[5] = StoryMessage(
        "5_95", PARENT, "Comment 5", NOW - 4 * DAY, f"{SCHOOL}_5", deleted_at=NOW + HOUR
    )
    desk.run()
    desk.later(2 * HOUR)
    assert desk.run().gone == 0
    assert desk.items()["5_95"].missing_since == NOW + 2 * HOUR
    desk.later(30 * MINUTE)
    result = desk.run()
    assert (result.gone, result.complete) == (1, True)
    case = desk.cases()["5_95"]
    assert (case.shown, case.facts.gone_at, case.facts.last_seen_at) == (Presence.GONE, NOW + 2 * HOUR, NOW)
    assert {desk.cases()[name].shown for name in names(range(5))} == {Presence.VISIBLE}


def test_an_account_is_due_when_its_interval_has_passed_since_its_last_read_began(desk, facebook):
    assert [each.key for each in accounts_due(desk.app, desk.clock())] == ["facebook"]
    desk.run()
    desk.later(29 * MINUTE)
    assert accounts_due(desk.app, desk.clock()) == []
    desk.later(MINUTE)
    assert [each.key for each in accounts_due(desk.app, desk.clock())] == ["facebook"]
