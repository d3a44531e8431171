"""What is left of an erased comment: every figure, its place in the thread, and nothing to take in again."""

import pytest
from desk import DAY, HOUR, NOW, OTHER, SCHOOL, item
from erased import (
    ALI,
    ANOTHER_ID,
    AUTHOR,
    EDITED,
    NAME,
    REMOTE_ID,
    TRACES,
    case_of,
    conversation_in,
    copy_of,
    erase,
    found_in,
    taken_up,
    theirs,
    tombstone,
)
from sqlalchemy import select

from monitor.deciding import decide
from monitor.evidence import incoming
from monitor.model import Action
from monitor.store import archive, judged
from monitor.store.item_tables import Answer, Flag
from monitor.store.school_tables import School

WEEK = "2026-W46"


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def desk(conversation, tmp_path):
    with taken_up(copy_of(conversation, tmp_path / "desk")) as desk:
        yield desk


def test_the_number_the_times_and_the_counts_stay(desk):
    before = desk.cases()[REMOTE_ID]
    erase(desk)
    comment = tombstone(desk, before.id)
    assert comment.remote_id.startswith("erased:")
    assert (comment.created_at, comment.due_at, comment.erased_at) == (before.created_at, before.due_at, desk.clock())
    assert [(version.text, version.raw) for version in comment.versions] == [("", ""), ("", "")]
    after = next(case for case in desk.cases().values() if case.id == before.id)
    assert [flag.category for flag in after.flags] == [flag.category for flag in before.flags]
    assert {(flag.start, flag.end) for flag in after.flags} == {(0, 0)}
    assert after.derivation == before.derivation
    assert (after.author_id, after.author_name, after.permalink, after.attachments) == (None, "", "", ())


def test_the_week_counts_it_as_before_and_no_list_names_it(desk):
    desk.later(2 * DAY)
    before, case = desk.app.reporter.weekly(WEEK, desk.clock()), case_of(desk)
    assert case in {entry.case.id for entry in desk.app.reporter.waiting(desk.clock())}
    erase(desk)
    after = desk.app.reporter.weekly(WEEK, desk.clock())
    assert after.figures == before.figures
    assert [(each.category, each.flagged) for each in after.flagged] == [("insult", 3), ("swearing", 1)]
    assert case not in {entry.case.id for entry in desk.app.reporter.waiting(desk.clock())}
    with desk.rows() as (tx, school, _):
        exported = list(archive.everything(tx, school, None, None))
    assert {row["remote_id"] for row in exported} == {"c0", "c2", "r1"}


def test_a_decision_counts_for_what_it_was_without_its_reason(desk):
    with desk.store.writing() as tx:
        comment = judged.comment_of(tx, tx.scalars(select(School)).one(), case_of(desk))
        decide(tx, desk.app.capturer, comment, 2, Action.NO_REPLY_NEEDED, ALI, desk.clock())
    erase(desk)
    case = next(case for case in desk.cases().values() if case.text == "")
    (decision,) = case.decisions
    assert (decision.fact.action, decision.fact.note, decision.by) == (Action.NO_REPLY_NEEDED, "erased", "Mrs Ali")
    assert case.facts.actions == (decision.fact,)


@pytest.mark.parametrize("remote_id", [REMOTE_ID, ANOTHER_ID])
def test_met_again_on_the_network_nothing_of_it_is_kept(desk, remote_id):
    erase(desk)
    case, flags = max(each.id for each in desk.cases().values()), len(desk.all_of(Flag))
    desk.later(HOUR)
    result = desk.read(item(remote_id, EDITED + " and more", by=AUTHOR, author_name=NAME, under="c0"))
    assert (result.new, result.edited, result.flagged) == (0, 0, 0)
    assert len(desk.all_of(Flag)) == flags
    assert max(each.id for each in desk.cases().values()) == case
    assert found_in(desk.folder, *TRACES) == []
    assert not list((desk.settings.evidence_folder / incoming.INCOMING).rglob("*.json"))


def test_met_again_it_is_not_even_put_on_the_disk_for_a_moment(desk, monkeypatch):
    erase(desk)
    monkeypatch.setattr("monitor.collect.incoming.write_incoming", None)
    assert desk.read(theirs(EDITED)).items == 1


def test_met_again_under_a_new_id_that_names_an_old_one_nothing_of_it_is_kept(desk):
    erase(desk)
    desk.read(item("1000_1", EDITED, by=AUTHOR, author_name=NAME, alt_ids=(REMOTE_ID,)))
    assert found_in(desk.folder, *TRACES) == []


def test_what_is_said_below_it_later_hangs_below_the_tombstone(desk):
    case = case_of(desk)
    erase(desk)
    name = tombstone(desk, case).remote_id
    desk.read(item("c9", "And what of the fair?", by=OTHER, under=REMOTE_ID, post=REMOTE_ID))
    desk.read(item("c10", "Yes, what?", by=OTHER, under=ANOTHER_ID))
    kept = desk.items()
    assert (kept["c9"].parent_remote_id, kept["c9"].post_remote_id, kept["c9"].thread_key) == (name, name, "c0")
    assert kept["c10"].parent_remote_id == name
    assert found_in(desk.folder, "5551234567", ANOTHER_ID) == []


def test_whether_it_is_still_on_the_network_is_noted_and_it_is_never_asked_for(desk):
    case = case_of(desk)
    erase(desk)
    desk.read(theirs("", erased=True))
    assert tombstone(desk, case).gone_at == desk.clock()
    desk.read(theirs(EDITED))
    assert tombstone(desk, case).gone_at is None


def test_an_erased_comment_stays_answered_when_its_thread_is_put_together_again(desk):
    case = case_of(desk)
    erase(desk)
    name = tombstone(desk, case).remote_id
    assert desk.answers() == {("r1", name)}
    desk.read(item("r2", "We have", by=SCHOOL, under="c0", at=NOW))
    assert ("r1", name) in desk.answers()


@pytest.mark.parametrize("erased", ["c3", "c4"])
def test_what_an_answer_to_the_same_author_settled_stays_settled(desk, erased):
    """The school answered c4 and so c3 as well, which is by the same author in the same thread."""
    for number, name in enumerate(("c3", "c4")):
        desk.read(item(name, "When is it?", by="4242", under="c0", at=NOW + number * HOUR))
    desk.read(item("r3", "On Friday", by=SCHOOL, under="c4", at=NOW + 2 * HOUR))
    numbers = {name: case_of(desk, name) for name in ("c3", "c4", "r3")}
    erase(desk, erased)
    desk.read(item("r4", "At six", by=SCHOOL, under="c0", at=NOW + 3 * HOUR))
    linked = {(answer.reply_id, answer.comment_id) for answer in desk.all_of(Answer)}
    assert {(numbers["r3"], numbers["c3"]), (numbers["r3"], numbers["c4"])} <= linked
