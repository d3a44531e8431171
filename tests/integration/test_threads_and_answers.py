"""Which comments a reply of the school answers, however the pieces of a thread come in."""

from dataclasses import replace
from itertools import count, pairwise

import pytest
from desk import DAY, HOUR, MINUTE, NOW, OTHER, PARENT, SCHOOL, Desk, Scripted, item, page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.base import Verdict
from connectors.fetched import ItemKind
from monitor.model import ResponseState
from monitor.rules.state import response_state
from monitor.store import ledger
from monitor.store.archive import everything
from monitor.store.item_tables import Answer, Item
from monitor.store.judged import counts

START = NOW - DAY


def said(remote_id, by, minute, under=None, **more):
    return item(remote_id, f"words of {remote_id}", by=by, at=START + minute * MINUTE, under=under, **more)


def by_school(remote_id, minute, under=None, **more):
    return said(remote_id, SCHOOL, minute, under, **more)


def test_a_reply_answers_the_comment_it_hangs_under(desk):
    desk.read(said("c1", PARENT, 0), by_school("r1", 9, "c1"))
    assert desk.answers() == {("r1", "c1")}
    assert desk.cases()["c1"].facts.replies[0].at == START + 9 * MINUTE


def test_a_reply_answers_the_nearest_comment_above_it_past_the_schools_own_words(desk):
    desk.read(said("c1", PARENT, 0), said("c2", OTHER, 1, "c1"), by_school("r1", 2, "c2"), by_school("r2", 3, "r1"))
    assert desk.answers() == {("r1", "c2"), ("r2", "c2")}


def test_a_reply_answers_what_the_same_person_said_before_in_that_thread(desk):
    desk.read(
        said("c1", PARENT, 0), said("c2", PARENT, 5, "c1"), said("c3", PARENT, 8, "c1"), by_school("r1", 9, "c3")
    )
    assert desk.answers() == {("r1", "c1"), ("r1", "c2"), ("r1", "c3")}


def test_a_reply_does_not_answer_what_another_parent_said(desk):
    desk.read(said("c1", PARENT, 0), said("c2", OTHER, 1, "c1"), by_school("r1", 9, "c1"))
    assert desk.answers() == {("r1", "c1")}


def test_a_reply_does_not_answer_what_was_said_after_it(desk):
    desk.read(said("c1", PARENT, 0), by_school("r1", 9, "c1"), said("c2", PARENT, 10, "c1"))
    assert desk.answers() == {("r1", "c1")}


def test_a_reply_does_not_answer_the_same_persons_comment_in_another_thread(desk):
    desk.read(said("c1", PARENT, 0), said("c2", PARENT, 1), by_school("r1", 9, "c1"))
    assert desk.answers() == {("r1", "c1")}


def test_people_whose_name_is_withheld_are_not_taken_for_one_person(desk):
    desk.read(said("c1", None, 0), said("c2", None, 1, "c1"), by_school("r1", 9, "c2"))
    assert desk.answers() == {("r1", "c2")}


def test_a_reply_that_names_somebody_answers_their_earlier_comments_in_the_thread(desk):
    desk.read(
        said("c1", PARENT, 0),
        said("c2", OTHER, 1, "c1"),
        by_school("r1", 9, "c1", addressed_to=(OTHER,)),
        said("c3", OTHER, 12, "c1"),
    )
    assert desk.answers() == {("r1", "c1"), ("r1", "c2")}


def test_a_word_of_the_school_directly_under_its_post_answers_nobody(desk):
    desk.read(said("c1", PARENT, 0), by_school("r1", 9))
    assert desk.answers() == set()


def test_someone_with_the_schools_name_answers_nothing(desk):
    desk.read(said("c1", PARENT, 0), said("c2", "777", 9, "c1", author_name="Oakfield Primary School"))
    case = desk.cases()["c1"]
    assert desk.answers() == set()
    assert case.facts.replies == ()
    assert response_state(case.created_at, case.due_at, case.facts, case.rule, NOW).state is ResponseState.OPEN


def test_a_message_without_author_is_not_the_schools(desk):
    desk.read(said("c1", PARENT, 0), said("c2", None, 9, "c1", author_name="Oakfield Primary School"))
    assert "c2" in desk.comment_ids()
    assert desk.answers() == set()


def test_a_reply_removed_again_stays_a_fact_with_the_time_it_was_gone(desk):
    desk.read(said("c1", PARENT, 0), by_school("r1", 9, "c1"))
    for pause in (2 * HOUR, 20 * MINUTE):
        desk.later(pause)
        desk.read_pages([page(said("c1", PARENT, 0))], {"r1": Verdict.GONE})
    (fact,) = desk.cases()["c1"].facts.replies
    assert (fact.at, fact.gone_at) == (START + 9 * MINUTE, NOW + 2 * HOUR)


def test_a_comment_whose_reply_was_removed_before_its_deadline_waits_again(desk):
    desk.read(said("c1", PARENT, 24 * 60 - 60), by_school("r1", 24 * 60 - 50, "c1"))
    assert desk.app.reporter.waiting(desk.clock()) == []
    for pause in (2 * HOUR, 20 * MINUTE):
        desk.later(pause)
        desk.read_pages([page()], {"r1": Verdict.GONE, "c1": Verdict.PRESENT})
    (entry,) = desk.app.reporter.waiting(desk.clock())
    assert (entry.case.remote_id, entry.answer.state) == ("c1", ResponseState.OPEN)


def test_the_export_names_every_item_and_when_it_was_first_answered(desk):
    desk.read(said("c1", PARENT, 0), by_school("r2", 12, "c1"), by_school("r1", 9, "c1"), said("c2", OTHER, 13))
    with desk.rows() as (tx, school, account):
        rows = {row["remote_id"]: row for row in everything(tx, school, None, None)}
        assert counts(tx, account) == {"comments": 2, "replies": 2, "flagged": 0, "quarantined": 0, "due": 2}
        assert len(list(everything(tx, school, "facebook", START + 12 * MINUTE))) == 2
    assert list(rows) == ["c1", "r1", "r2", "c2"]
    assert [row["is_own"] for row in rows.values()] == [False, True, True, False]
    assert (rows["c1"]["answered_at"], rows["c2"]["answered_at"]) == ("2026-11-09T09:09:00Z", None)
    assert (rows["r1"]["parent_id"], rows["c1"]["state"]) == ("c1", "visible")


def test_a_reply_under_a_visitors_post_answers_the_visitor(desk):
    visitor = said("v1", PARENT, 0, post=None, kind=ItemKind.MENTION)
    desk.read(visitor, by_school("r1", 9, "v1", post="v1"), said("c1", OTHER, 11, "v1", post="v1"))
    assert desk.answers() == {("r1", "v1")}


def test_a_reply_that_names_a_later_id_of_its_parent_and_comes_first_answers_it(desk):
    desk.read(by_school("9", 30, "102"))
    assert desk.answers() == set()
    desk.read(said("100", PARENT, 0, alt_ids=("101", "102")))
    assert desk.answers() == {("9", "100")}
    assert desk.items()["9"].parent_remote_id == "100"


def test_a_parent_that_turns_out_to_be_another_comments_edit_joins_its_thread_without_new_words(desk):
    desk.read(said("50", PARENT, 0), said("100", PARENT, 1, "50"))
    desk.read(by_school("9", 30, "102"))
    desk.read(said("100", PARENT, 1, "50", alt_ids=("102",)))
    assert desk.answers() == {("9", "100"), ("9", "50")}


def test_a_parent_shown_only_at_a_second_look_puts_the_thread_together(desk):
    desk.read(said("c1", PARENT, 0), by_school("r1", 9))
    assert desk.answers() == set()
    desk.read(by_school("r1", 9, "c1"))
    assert desk.answers() == {("r1", "c1")}


def test_an_author_shown_only_at_a_second_look_is_known_by_the_replies(desk):
    desk.read(said("c1", None, 0), said("c2", PARENT, 1, "c1"), by_school("r1", 9, "c2"))
    assert desk.answers() == {("r1", "c2")}
    desk.read(said("c1", PARENT, 0))
    assert desk.answers() == {("r1", "c1"), ("r1", "c2")}


def test_comments_that_name_each_other_as_parents_end_somewhere(desk):
    result = desk.read(said("c1", PARENT, 0, "c2"), said("c2", OTHER, 1, "c1"), by_school("r1", 2, "c1"))
    assert result.failures == []
    assert ("r1", "c1") in desk.answers()


THREAD = (
    said("c1", PARENT, 0),
    said("c2", OTHER, 1, "c1"),
    by_school("r1", 2, "c2"),
    said("c3", PARENT, 3, "r1"),
    by_school("r2", 4, "c3", addressed_to=(PARENT,)),
    said("c4", PARENT, 5, "r2"),
    said("d1", PARENT, 0, alt_ids=("d1b", "d1c")),
    by_school("r3", 6, "d1c"),
    said("v1", OTHER, 1, post="v1"),
    said("v2", PARENT, 2, "v1", post="v1"),
    by_school("r4", 7, "v1", post="v1"),
    said("u2", PARENT, 2, "never-seen", post=None),
    by_school("r5", 8, "u2", post=None),
)
ANSWERS = {
    ("r1", "c2"),
    ("r2", "c3"),
    ("r2", "c1"),
    ("r3", "d1"),
    ("r4", "v1"),
    ("r5", "u2"),
}
THREADS = {
    "c1": {"c1", "c2", "r1", "c3", "r2", "c4"},
    "d1": {"d1", "r3"},
    "v1": {"v1", "v2", "r4"},
    "never-seen": {"u2", "r5"},
}


@pytest.fixture(scope="module")
def one_desk(tmp_path_factory):
    """One database for all orders: each is read into an account of its own."""
    desk = Desk(tmp_path_factory.mktemp("orders"))
    desk.numbers = count()
    yield desk
    desk.close()


def read_in_order(desk, pages):
    """Threads, parents and answers after reading these pages into a fresh account."""
    key = f"order-{next(desk.numbers)}"
    with desk.store.writing() as tx:
        enrolment = ledger.Enrolment(key, "facebook_page", key, "1")
        ledger.enrol(tx, "oakfield", desk.settings.school.name, "Europe/London", [enrolment], NOW)
    whole = [page(*items, last=number == len(pages) - 1) for number, items in enumerate(pages)]
    result = desk.collector(Scripted({"comments": whole}), account_key=key).run()
    assert result.failures == []
    with desk.store.reading() as tx:
        account = ledger.enrolled_account(tx, "oakfield", key)
        items = tx.scalars(select(Item).where(Item.account_id == account.id)).all()
        names = {each.id: each.remote_id for each in items}
        answers = tx.scalars(select(Answer).where(Answer.comment_id.in_(names))).all()
        threads = {}
        for each in items:
            threads.setdefault(each.thread_key, set()).add(each.remote_id)
        parents = {each.remote_id: each.parent_remote_id for each in items}
        return threads, parents, {(names[a.reply_id], names[a.comment_id]) for a in answers}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(THREAD), cuts=st.sets(st.integers(1, len(THREAD) - 1), max_size=4))
def test_a_thread_read_in_any_order_is_the_same_thread(one_desk, order, cuts):
    edges = [0, *sorted(cuts), len(order)]
    pages = [order[first:last] for first, last in pairwise(edges)]
    threads, parents, answers = read_in_order(one_desk, pages)
    assert threads == THREADS
    assert answers == ANSWERS
    assert parents["r3"] == "d1"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(7)))
def test_a_long_chain_read_in_any_order_is_one_thread(one_desk, order):
    chain = [
        replace(said(f"k{n}", PARENT if n % 2 else OTHER, n, f"k{n - 1}" if n else None), kind=ItemKind.COMMENT)
        for n in range(6)
    ]
    chain.append(by_school("last", 9, "k5"))
    threads, _, answers = read_in_order(one_desk, [[chain[n]] for n in order])
    assert threads == {"k0": {"k0", "k1", "k2", "k3", "k4", "k5", "last"}}
    assert answers == {("last", "k5"), ("last", "k3"), ("last", "k1")}
