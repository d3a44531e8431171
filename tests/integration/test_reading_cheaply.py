"""What a run asks for and what it leaves: streams that may wait, allowances, and answers that cannot be true."""

import pytest
from desk import DAY, HOUR, MINUTE, NOW, Scripted, item, page

from connectors.base import Verdict
from connectors.budget import Usage
from connectors.fetched import FetchedPost
from monitor.allotment import Allotment
from monitor.store import allowance
from monitor.store.reading_tables import CredentialUse

POST = FetchedPost("post", "The fair is on Friday.", NOW - DAY, "https://example.invalid/post", comment_count=2)


class Paying(Scripted):
    """A connector whose answers cost something and say how much of an allowance is used."""

    cost, usage = 0, ()

    def fetch(self, stream, cursor, budget):
        for batch in super().fetch(stream, cursor, budget):
            budget.pay(self.cost)
            for said in self.usage:
                budget.note(said)
            yield batch


def booked(desk):
    with desk.store.reading() as tx:
        return [(use.credential, use.day, use.calls, use.things) for use in tx.query(CredentialUse)]


def test_a_stream_that_may_wait_is_left_until_its_time_has_come(desk):
    connector = Scripted({"comments": [page()], "ratings": [page()]}, read_every={"ratings": HOUR})
    asked = []
    for _ in range(5):
        connector.asked.clear()
        desk.collector(connector).run()
        asked.append([name for name in connector.asked if name != "check"])
        desk.later(15 * MINUTE)
    every, once_more = ["comments", "ratings"], ["comments"]
    assert asked == [every, once_more, once_more, once_more, every]
    assert desk.account().stream_minutes == {"ratings": 60}


def test_a_stream_that_failed_does_not_wait(desk):
    broken = Scripted({"ratings": [page(last=False)]}, read_every={"ratings": HOUR})
    desk.collector(broken).run()
    desk.later(15 * MINUTE)
    desk.collector(broken).run()
    assert broken.asked == ["check", "ratings", "ratings"]


def test_what_a_whole_thread_no_longer_holds_is_asked_for_at_once_and_gone_after_a_second_look(desk):
    desk.read(item("c1"), item("c2"))
    desk.later(15 * MINUTE)
    without = Scripted({"comments": [page(item("c1"), whole_threads=("post",))]}, {"c2": Verdict.GONE})
    first = desk.collector(without).run()
    assert (without.looked_for, first.gone) == ([["c2"]], 0)
    desk.later(15 * MINUTE)
    desk.collector(without).run()
    assert desk.items()["c2"].gone_at == NOW + 15 * MINUTE
    assert desk.items()["c1"].gone_at is None


def test_the_networks_own_count_stands_beside_ours(desk):
    desk.read_pages([page(item("c1"), posts=(POST,))])
    line = desk.reads("comments")[-1]
    assert (line.network_count, line.stored_count) == (2, 1)


def test_where_a_network_counts_nothing_neither_do_we(desk):
    desk.read(item("c1"))
    line = desk.reads("comments")[-1]
    assert (line.network_count, line.stored_count) == (None, None)


@pytest.fixture
def never_empty():
    return {"never_empty": frozenset({"comments"})}


def test_an_empty_answer_where_our_own_post_must_be_is_no_reading(desk, never_empty):
    desk.read_pages([page(posts=(POST,))])
    desk.later(15 * MINUTE)
    empty = Scripted({"comments": [page(cursor={"v": 1, "since": "later"})]}, **never_empty)
    result = desk.collector(empty).run()
    line = desk.reads("comments")[-1]
    assert (line.failure, line.complete, result.complete) == ("EmptyAnswer", False, False)
    assert desk.last_complete_read() == NOW
    assert "not even" in result.failures[0]
    desk.later(15 * MINUTE)
    desk.collector(empty).run()
    assert empty.cursors == [None, None], "nothing of an empty answer is believed, its cursor neither"


def test_an_empty_answer_is_believed_when_all_that_was_there_is_gone(desk, never_empty):
    desk.read(item("c1"))
    desk.later(15 * MINUTE)
    desk.collector(Scripted({"comments": [page()]}, {"c1": Verdict.GONE}, **never_empty)).run()
    assert desk.reads("comments")[-1].complete


def test_an_empty_answer_is_not_believed_when_something_is_still_there(desk, never_empty):
    desk.read(item("c1"))
    desk.later(15 * MINUTE)
    desk.collector(Scripted({"comments": [page()]}, {"c1": Verdict.PRESENT}, **never_empty)).run()
    assert desk.reads("comments")[-1].failure == "EmptyAnswer"


def test_the_first_reading_of_a_quiet_account_is_no_alarm(desk, never_empty):
    assert desk.collector(Scripted({"comments": [page()]}, **never_empty)).run().complete


def test_what_was_used_is_booked_by_credentials_and_day(desk):
    connector = Paying({"comments": [page(item("c1"), last=False), page()]})
    connector.cost = 3
    desk.collector(connector, allotment=Allotment(100, credential="x:abc")).run()
    assert booked(desk) == [("x:abc", "2026-11-10", 2, 6)]


def test_ordinary_reading_leaves_a_fifth_of_the_day_for_checking_what_we_hold(desk):
    desk.read(item("c1"))
    desk.later(2 * HOUR)
    allotment = Allotment(100, credential="page:abc", calls_per_day=10)
    with desk.store.writing() as tx:
        allowance.book(tx, "page:abc", 8, 0, (), desk.clock())
    connector = Scripted({"comments": [page()]}, {"c1": Verdict.PRESENT})
    result = desk.collector(connector, allotment=allotment).run()
    assert connector.asked == ["check", "comments", "verify"], "other credentials: who are we now?"
    assert desk.reads("comments")[-1].failure == "AllowanceLow"
    assert desk.account().parked_until is None
    assert "calls_per_day" in result.failures[0]


def test_a_person_may_have_an_account_read_when_ordinary_reading_has_used_its_share(desk):
    with desk.store.writing() as tx:
        allowance.book(tx, "page:abc", 8, 0, (), desk.clock())
    allotment = Allotment(100, credential="page:abc", calls_per_day=10, by_hand=True)
    assert desk.collector(Scripted({"comments": [page()]}), allotment=allotment).run().complete


def test_a_new_day_begins_with_a_whole_allowance(desk):
    with desk.store.writing() as tx:
        allowance.book(tx, "page:abc", 10, 0, (), desk.clock())
    desk.later(DAY)
    allotment = Allotment(100, credential="page:abc", calls_per_day=10)
    assert desk.collector(Scripted({"comments": [page()]}), allotment=allotment).run().complete


def test_reading_stops_when_the_months_money_is_spent_and_goes_on_in_the_next(desk):
    allotment = Allotment(100, credential="x:abc", price_usd=0.005, monthly_cap_usd=1.0)
    with desk.store.writing() as tx:
        allowance.book(tx, "x:abc", 1, 160, (), desk.clock())
    assert not desk.collector(Scripted({"mentions": [page()]}), allotment=allotment).run().complete
    assert desk.reads("mentions")[-1].failure == "AllowanceLow"
    desk.later(21 * DAY)
    assert desk.collector(Scripted({"mentions": [page()]}), allotment=allotment).run().complete


def test_what_the_network_says_of_its_allowance_holds_for_the_next_run_until_it_begins_anew(desk):
    connector = Paying({"comments": [page()]})
    connector.usage = (Usage("app", 0.8, NOW + HOUR),)
    allotment = Allotment(100, credential="page:abc")
    assert desk.collector(connector, allotment=allotment).run().complete
    desk.later(15 * MINUTE)
    assert not desk.collector(Scripted({"comments": [page()]}), allotment=allotment).run().complete
    assert "80%" in desk.reads("comments")[-1].failure_words
    desk.later(HOUR)
    assert desk.collector(Scripted({"comments": [page()]}), allotment=allotment).run().complete


def test_accounts_that_share_credentials_share_their_allowance(desk):
    allotment = Allotment(100, credential="page:abc", calls_per_day=10)
    with desk.store.writing() as tx:
        allowance.book(tx, "page:other", 10, 0, (), desk.clock())
    assert desk.collector(Scripted({"comments": [page()]}), allotment=allotment).run().complete
    assert {use[:1] for use in booked(desk)} == {("page:other",), ("page:abc",)}
