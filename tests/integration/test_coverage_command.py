"""`coverage`: every stream, holes to the minute, the networks' counts beside ours, what is not watched."""

import re

import pytest
from desk import DAY, HOUR, MINUTE, NOW, SCRIPTED, Scripted, item, page

from config.packs import POLICIES
from connectors.base import Verdict
from connectors.errors import AuthFailed, TemporaryFailure
from connectors.fetched import FetchedPost
from monitor.__main__ import main
from monitor.store import allowance, ledger

SECOND = """
[[accounts]]
key = "x"
label = "X account"
network = "x"
user_id = "100200300"
bearer_token_env = "TOKEN"
api_url = "http://127.0.0.1:9"
"""


def post(remote_id, count, days_ago=7):
    link = f"https://facebook.example/{remote_id}"
    return FetchedPost(remote_id, "The fair.", NOW - days_ago * DAY, link, comment_count=count)


@pytest.fixture
def coverage(desk, monkeypatch, capsys):
    """What `coverage` prints, spaces squeezed, and its status."""
    monkeypatch.setattr("monitor.commands.coverage.app_for", lambda args: desk.app)

    def ask(*words):
        status = main(["coverage", *words])
        printed = capsys.readouterr()
        return status, " ".join(printed.out.split()) + printed.err

    return ask


def every_quarter(desk, hours, connector):
    for _ in range(int(hours * 4)):
        desk.collector(connector).run()
        desk.later(15 * MINUTE)


def test_every_stream_has_its_interval_its_reads_its_calls_and_its_items(desk, coverage):
    connector = Scripted({"comments": [page(item("c1"))], "ratings": [page()]}, read_every={"ratings": HOUR})
    every_quarter(desk, 2, connector)
    status, said = coverage()
    assert status == 0
    assert "│ Facebook page │ comments │ 15 min │ 8 │ 8 │ 8 │ 8 │" in said
    assert "│ Facebook page │ ratings │ 60 min │ 2 │ 2 │ 2 │ 0 │" in said
    assert "│ Facebook page │ check │ - │ 1 │ 1 │ 0 │ 0 │" in said
    assert "not read from" not in said


def test_holes_are_told_to_the_minute_with_the_streams_they_are_in(desk, coverage):
    both = {"comments": [page()], "ratings": [page()]}
    desk.collector(Scripted(both)).run()
    desk.later(40 * MINUTE)
    desk.collector(Scripted(both | {"ratings": [TemporaryFailure("timed out")]})).run()
    desk.later(7 * MINUTE)
    desk.collector(Scripted(both)).run()
    status, said = coverage()
    assert status == 1
    assert "Facebook page (comments): not read from Tue 10 Nov 2026 09:00 to Tue 10 Nov 2026 09:40" in said
    assert "Facebook page (ratings): not read from Tue 10 Nov 2026 09:00 to Tue 10 Nov 2026 09:47" in said


def test_a_hole_in_all_streams_is_told_once(desk, coverage):
    both = {"comments": [page()], "ratings": [page()]}
    desk.collector(Scripted(both)).run()
    desk.later(40 * MINUTE)
    desk.collector(Scripted(both)).run()
    assert "Facebook page: not read from Tue 10 Nov 2026 09:00 to Tue 10 Nov 2026 09:40" in coverage()[1]


def test_where_the_network_counts_other_than_we_do_each_post_is_named(desk, coverage):
    desk.read_pages([page(item("c1"), item("c2"), posts=(post("post", 2), post("other", 1)))])
    status, said = coverage()
    assert status == 0
    assert "Facebook page: Facebook counts 3 comments under 2 posts, we hold 2." in said
    assert "Facebook counts 1 under the post of Tue 3 Nov 2026 09:00, we hold 0." in said
    assert "https://facebook.example/other" in said
    assert "https://facebook.example/post" not in said


def test_what_we_hold_and_know_to_be_gone_is_not_counted(desk, coverage):
    desk.read_pages([page(item("c1"), item("c2"), posts=(post("post", 2),))])
    for _ in range(2):
        desk.later(15 * MINUTE)
        desk.read_pages([page(item("c1"), posts=(post("post", 1),), whole_threads=("post",))], {"c2": Verdict.GONE})
    said = coverage()[1]
    assert "Facebook counts 1 comment under 1 post, we hold 1." in said
    assert "under the post of" not in said


def test_a_count_holds_for_the_moment_it_was_seen(desk, coverage):
    desk.read_pages([page(item("c1"), posts=(post("post", 1),))])
    desk.later(HOUR)
    desk.read_pages([page(item("c2", at=NOW + 30 * MINUTE))])
    assert "Facebook counts 1 comment under 1 post, we hold 1." in coverage()[1]


def test_holding_more_than_is_counted_is_said_once_and_no_post_is_named(desk, coverage):
    desk.read_pages([page(item("c1"), item("c2"), posts=(post("post", 1),))])
    said = coverage()[1]
    assert "Under 1 post we hold more than Facebook counts: some networks count direct replies only." in said
    assert "under the post of" not in said


def test_counts_of_posts_the_network_showed_us_before_this_week_are_left_out(desk, coverage):
    desk.read_pages([page(posts=(post("post", 9),))])
    desk.later(7 * DAY)
    desk.read()
    assert "the network gives no counts to compare ours with" in coverage()[1]


def test_what_is_open_and_what_was_is_told_with_its_reason(desk, coverage):
    desk.read()
    desk.later(15 * MINUTE)
    desk.read_pages([AuthFailed("Facebook: the token is dead")])
    desk.app.watch.look()
    status, said = coverage()
    assert status == 1
    assert "Facebook page: Facebook no longer takes our credentials. Facebook: the token is dead" in said
    assert "Found Tue 10 Nov 2026 09:15, and still so." in said
    desk.later(15 * MINUTE)
    desk.read()
    desk.app.watch.look()
    status, said = coverage()
    assert status == 0
    assert "Found Tue 10 Nov 2026 09:15, over since Tue 10 Nov 2026 09:30." in said
    desk.later(7 * DAY)
    assert "no longer takes" not in coverage()[1]


def test_only_the_account_asked_for_is_told(desk, coverage):
    desk.change(accounts=SCRIPTED + SECOND)
    said = coverage("--account", "x")[1]
    assert "X account" in said
    assert "Facebook" not in said
    assert coverage("--account", "nosuch")[0] == 2


def test_messages_that_are_not_watched_are_named_with_the_reason(desk, coverage):
    desk.change(accounts=SCRIPTED + SECOND)
    said = coverage()[1]
    assert "Direct messages are not watched: Facebook page (the account's setting)." in said
    assert "Direct messages are not watched: X account (the account's setting)." in said
    assert "promise" not in said


def with_policy(desk, messages, accounts=SCRIPTED):
    """The default pack, saying something about messages, as the school's own."""
    file = desk.settings.path.parent / "policy.toml"
    default = re.sub(r"(?m)^\[messages\]\n(.+\n)*", "", (POLICIES / "default.toml").read_text())
    file.write_text(f"{default}\n{messages}\n")
    desk.change(accounts=accounts, school='policy = "policy.toml"')


def test_a_policy_that_forbids_reading_them_is_named_with_its_clause(desk, coverage):
    on = SCRIPTED.replace("api_url", "read_messages = true\napi_url")
    with_policy(desk, '[messages]\nread = "forbidden"\nclause = "Private messages"', on)
    said = coverage()[1]
    assert 'not watched: Facebook page (the policy forbids it, clause "Private messages").' in said


def test_a_promise_to_answer_messages_is_named_as_not_covered(desk, coverage):
    promise = '[messages]\npromised = true\nclause = "Queries"'
    with_policy(desk, promise)
    covered = 'The policy promises an answer to direct messages (clause "Queries"): this program does not watch over'
    assert covered in coverage()[1]
    assert desk.app.reporter.weekly("2026-W46", desk.clock()).uncovered_promise.startswith(covered)
    with_policy(desk, promise, SCRIPTED.replace("api_url", "read_messages = true\napi_url"))
    said = coverage()[1]
    assert covered not in said
    assert "not watched" not in said
    assert desk.app.reporter.weekly("2026-W46", desk.clock()).messages_unwatched == ()


def test_money_is_told_with_its_forecast(desk, coverage):
    desk.change(accounts=SCRIPTED + SECOND)
    desk.clock.at = NOW.replace(hour=0)
    with desk.store.writing() as tx:
        ledger.enrolled_account(tx, "oakfield", "x").credential = "x:abc"
        allowance.book(tx, "x:abc", 10, 400, (), NOW.replace(day=1))
    said = coverage()[1]
    assert "X account: $2.00 of $10.00 spent this month, $6.67 by its end at this rate." in said


@pytest.mark.parametrize("week", ["nonsense", "2027-W10", "2026-W60"])
def test_a_week_that_is_none_is_refused(coverage, week):
    status, said = coverage("--week", week)
    assert status == 2
    assert "--week: " in said


def test_the_week_before_has_its_own_figures(desk, coverage):
    desk.read()
    desk.later(7 * DAY)
    assert "│ comments │ 15 min │ 1 │ 1 │" in coverage("--week", "2026-W46")[1]
    assert "│ comments │ 15 min │ 0 │ 0 │" in coverage()[1]
