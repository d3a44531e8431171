"""Three networks of one school in one round: whatever one does, the others are read, and nothing stays missing."""

import gzip
import threading
from contextlib import ExitStack

import pytest
from desk import DAY, HOUR, MINUTE, NOW, SCHOOL, TOKEN

from monitor.demo.graph_server import GraphStandIn
from monitor.demo.mastodon_scene import status_id
from monitor.demo.mastodon_server import MastodonStandIn
from monitor.demo.server import Response
from monitor.demo.world import Author, StoryMessage, StoryPost, World
from monitor.demo.x_server import XStandIn, snowflake
from monitor.round import read_accounts
from monitor.store import ledger

US = Author(SCHOOL, "Oakfield Primary School", "OakfieldPrimary")
PARENT = Author("88001", "Invented Parent", "parent_1")
NAMES = ("facebook", "x", "mastodon")
POSTS = {"facebook": f"{SCHOOL}_1", "mastodon": status_id(NOW - 2 * DAY, 9)}
JSON = {"Content-Type": "application/json"}
ACCOUNTS = """
[connection]
read_seconds = 1
largest_reply_mb = 1

[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_env = "TOKEN"
api_url = "{facebook}"

[[accounts]]
key = "x"
label = "X account"
network = "x"
user_id = "100200300"
bearer_token_env = "TOKEN"
api_url = "{x}"

[[accounts]]
key = "mastodon"
label = "Mastodon"
network = "mastodon"
username = "OakfieldPrimary"
access_token_env = "TOKEN"
server = "{mastodon}"
"""


def answers(status, body, headers=JSON):
    return lambda: Response(status, body, headers)


def reset():
    raise ConnectionResetError


FAULTS = {
    "a dead token": (answers(401, b"{}"), "AuthFailed"),
    "no money": (answers(402, b"{}"), "BudgetSpent"),
    "no permission": (answers(403, b"{}"), "Forbidden"),
    "too many calls": (answers(429, b"{}", {"Retry-After": "60"}), "RateLimited"),
    "an error page": (answers(500, b"<h1>oops</h1>", {"Content-Type": "text/html"}), "TemporaryFailure"),
    "a torn line": (reset, "TemporaryFailure"),
    "JSON that stops": (answers(200, b'{"data": ['), "UnexpectedReply"),
    "null": (answers(200, b"null"), "UnexpectedReply"),
    "another kind": (answers(200, b"%PDF-1.7", {"Content-Type": "application/pdf"}), "UnexpectedReply"),
    "a bomb": (
        answers(200, gzip.compress(b" " * (16 << 20)) * 64, JSON | {"Content-Encoding": "gzip"}),
        "UnexpectedReply",
    ),
    "a flood": (answers(200, b"[" + b"{}," * 300_000 + b"{}]"), "UnexpectedReply"),
}


def world_of(name):
    """A post of the school's, where the network's worlds need one, and two comments by somebody else."""
    if name == "x":
        return World(US, [], [message(name, n) for n in range(2)])
    return World(
        US, [StoryPost(POSTS[name], "The fair is on Friday", NOW - 2 * DAY)], [message(name, n) for n in range(2)]
    )


def message(name, n, at=None):
    at = at or NOW - DAY + n * HOUR
    made = {"facebook": f"1_{90 + n}", "x": snowflake(at, n), "mastodon": status_id(at, n)}
    return StoryMessage(made[name], PARENT, f"@OakfieldPrimary when is it, {n}?", at, POSTS.get(name))


def ids(networks, names=NAMES):
    return {each.id for name in names for each in networks[name].world.messages}


@pytest.fixture
def networks(desk):
    """Three networks, and a school that reads all of them."""
    made = {"facebook": GraphStandIn, "x": XStandIn, "mastodon": MastodonStandIn}
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr("socketserver.BaseServer.handle_error", lambda *_: None)
        there = {name: stack.enter_context(kind(world_of(name), desk.clock, TOKEN)) for name, kind in made.items()}
        desk.change(accounts=ACCOUNTS.format(**{name: each.url for name, each in there.items()}))
        yield there


def one_round(desk):
    """What came of each account in one round of the real collecting, by its key."""
    return {result.account: result for result in read_accounts(desk.app, list(desk.settings.accounts))}


def failures(desk, account):
    """What the ledger says went wrong with an account."""
    with desk.rows() as (tx, school, _):
        number = ledger.account_by_key(tx, school, account).id
    return {line.failure for line in desk.reads() if line.account_id == number} - {None}


@pytest.mark.parametrize(("fault", "broken"), list(zip(FAULTS, NAMES * 9, strict=False)))
def test_one_account_at_fault_keeps_no_other_from_being_read_and_misses_nothing_in_the_end(
    desk, networks, broken, fault
):
    answer, failure = FAULTS[fault]
    others = [name for name in NAMES if name != broken]
    networks[broken].fault = lambda request, _: answer() if is_for_comments(request) else None
    results = one_round(desk)
    assert {name for name in NAMES if results[name].complete} == {*others}
    assert desk.comment_ids() == ids(networks, others)
    assert failures(desk, broken) == {failure}
    assert not any(failures(desk, name) for name in others)
    assert all(words.startswith(f"{broken}: ") and TOKEN not in words for words in results[broken].failures)

    desk.later(25 * HOUR)  # as long as any network may ask us to wait
    for name in NAMES:
        networks[name].world.messages.append(message(name, 5, desk.clock.at - MINUTE))
    networks[broken].fault = None
    desk.later(30 * MINUTE)
    results = one_round(desk)
    assert all(result.complete for result in results.values())
    assert desk.comment_ids() == ids(networks)


def test_an_account_that_trickles_ends_in_time_and_the_others_are_read(desk, networks):
    stop = threading.Event()
    slow = Response(200, b" " * 100_000, JSON, drip=lambda: not stop.wait(0.05))
    networks["facebook"].fault = lambda request, _: slow if is_for_comments(request) else None
    try:
        results = one_round(desk)
    finally:
        stop.set()
    assert failures(desk, "facebook") == {"TemporaryFailure"}
    assert results["x"].complete
    assert results["mastodon"].complete
    assert desk.comment_ids() == ids(networks, ["x", "mastodon"])


def is_for_comments(request):
    """Whether a request is for what people wrote, and not for who we are."""
    return any(
        part in request.path
        for part in ("/feed", "/tagged", "/ratings", "/tweets", "/mentions", "/notif", "/statuses")
    )
