"""What one run does beyond reading: asking for the missing by id, and knowing who we are."""

import pytest
from desk import DAY, HOUR, MINUTE, NOW, SCHOOL, SCRIPTED, Scripted, item, page

from connectors.base import Verdict
from connectors.errors import AuthFailed, Forbidden, RateLimited, TemporaryFailure
from monitor.round import accounts_due
from monitor.store import ledger


def test_a_run_in_which_the_network_failed_asks_for_nothing_by_id(desk):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    connector = Scripted({"comments": [page(last=False), TemporaryFailure("timed out")]}, {"c1": Verdict.GONE})
    desk.collector(connector).run()
    assert connector.asked == ["comments"]
    assert desk.items()["c1"].missing_since is None


def test_a_stream_that_is_forbidden_for_good_does_not_hide_deletions(desk):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    connector = Scripted({"comments": [Forbidden("not allowed to read the page's comments")]}, {"c1": Verdict.GONE})
    desk.collector(connector).run()
    desk.later(2 * HOUR)
    desk.collector(connector).run()
    assert desk.items()["c1"].gone_at == NOW + 2 * HOUR


def test_an_item_nobody_can_say_anything_about_is_not_asked_for_at_every_run(desk):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    connector = Scripted({"comments": [page()]}, {})
    desk.collector(connector).run()
    desk.later(15 * MINUTE)
    desk.collector(connector).run()
    assert connector.asked.count("verify") == 1


def test_words_of_our_own_that_came_without_their_author_answer_once_he_is_known(desk):
    desk.read(item("c1"), item("r1", by=None, under="c1"))
    assert desk.answers() == set()
    desk.later(15 * MINUTE)
    desk.read(item("c1"), item("r1", by=SCHOOL, under="c1"))
    assert desk.answers() == {("r1", "c1")}
    assert "r1" not in desk.comment_ids()


def test_a_page_id_put_right_in_the_configuration_makes_its_replies_our_own(desk):
    desk.collector(
        Scripted({"comments": [page(item("c1"), item("r1", by=SCHOOL, under="c1"))]}, own_ids=frozenset({"999"}))
    ).run()
    assert desk.answers() == set()
    desk.change(accounts=SCRIPTED.replace("100200300", "100200301"))
    desk.later(15 * MINUTE)
    desk.collector(Scripted({"comments": [page()]})).run()
    assert desk.answers() == {("r1", "c1")}


def test_a_failing_look_by_id_leaves_what_was_read_and_is_told(desk):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    connector = Scripted({"comments": [page(item("c2"))]})
    connector.verify = lambda ids, budget: (_ for _ in ()).throw(TemporaryFailure("timed out"))
    result = desk.collector(connector).run()
    assert desk.comment_ids() == {"c1", "c2"}
    assert (result.complete, result.failures) == (False, ["facebook: timed out"])
    assert desk.last_complete_read() == NOW + 2 * HOUR


def test_who_we_are_is_asked_once_a_day(desk):
    for pause, asked in ((HOUR, ["check", "comments"]), (23 * HOUR, ["comments"]), (2 * HOUR, ["check", "comments"])):
        connector = Scripted({"comments": [page()]})
        desk.collector(connector).run()
        assert connector.asked == asked
        desk.later(pause)


@pytest.mark.parametrize(
    "failure", [AuthFailed("sign in again"), Forbidden("not yours"), RateLimited("wait", NOW + HOUR)]
)
def test_an_account_that_cannot_say_who_we_are_is_not_read(desk, failure):
    connector = Scripted({"comments": [page(item("r1", by=SCHOOL))]}, own_ids=failure)
    result = desk.collector(connector).run()
    assert connector.asked == ["check"]
    assert (desk.items(), result.complete) == ({}, False)


def test_a_read_that_was_killed_is_due_again_at_once(desk):
    with desk.store.writing() as tx:
        account = ledger.enrolled_account(tx, "oakfield", "facebook")
        ledger.begin_read(tx, account, "comments", NOW)
    assert [each.key for each in accounts_due(desk.app, desk.clock())] == ["facebook"]


def test_a_read_made_while_the_clock_was_wrong_does_not_put_the_next_one_off(desk):
    desk.read(item("c1"))
    desk.later(-365 * DAY)
    assert [each.key for each in accounts_due(desk.app, desk.clock())] == ["facebook"]
    assert "clock was wrong" in desk.app.reporter.digest("ali@oakfield.example", desk.clock()).blind[0].why


def test_a_corrected_account_id_begins_from_the_look_back_again(desk):
    desk.read_pages([page(item("c1"), cursor={"v": 1, "since": "2026-11-10"})])
    desk.change(accounts=SCRIPTED.replace("100200300", "100200301"))
    with desk.store.reading() as tx:
        account = ledger.enrolled_account(tx, "oakfield", "facebook")
        assert ledger.cursor_of(tx, account, "comments") is None
