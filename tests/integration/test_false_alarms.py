"""A moderator says that a flag was right or a false alarm: for the words they saw, on record, and for the report."""

import pytest
from desk import INSULT, MINUTE, item

from monitor import deciding
from monitor.custody.log import Actor
from monitor.deciding import NothingFlagged
from monitor.model import Action, ResponseState
from monitor.rules.marks import is_false_alarm
from monitor.store import judged
from monitor.store.item_tables import Comment, Decision

WEEK = "2026-W46"


def decide(desk, action, version=1, remote_id="c1"):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()[remote_id].id)
        actor = Actor("Mrs Ali", "a line from the school play", "ali on office-pc")
        deciding.decide(tx, desk.app.capturer, comment, version, action, actor, desk.clock())


def waiting(desk):
    return {entry.case.remote_id: entry for entry in desk.app.reporter.waiting(desk.clock())}


@pytest.mark.parametrize("action", [Action.FALSE_ALARM, Action.CONFIRM_FLAG])
def test_a_flag_that_was_judged_no_longer_waits_but_the_answer_is_still_owed(desk, action):
    desk.read(item("c1", INSULT))
    assert waiting(desk)["c1"].flags
    decide(desk, action)
    entry = waiting(desk)["c1"]
    assert (entry.flags, entry.needs_reply, entry.answer.state) == ((), True, ResponseState.OPEN)


def test_a_false_alarm_is_a_decision_like_any_other_with_evidence_and_an_entry_in_the_log(desk):
    desk.read(item("c1", INSULT))
    decide(desk, Action.FALSE_ALARM)
    decide(desk, Action.CONFIRM_OFFENSIVE)
    assert [row.action for row in desk.all_of(Decision)] == ["false_alarm", "confirm_offensive"]
    case = desk.cases()["c1"]
    assert [(each.by, each.fact.note, each.version) for each in case.decisions] == [
        ("Mrs Ali", "a line from the school play", 1)
    ] * 2
    assert len(case.evidence) == 1
    assert not is_false_alarm(case.flags[0], case)


def test_an_edit_makes_the_mark_history_and_new_words_wait_again(desk):
    desk.read(item("c1", INSULT))
    decide(desk, Action.FALSE_ALARM)
    desk.later(15 * MINUTE)
    desk.read(item("c1", "I will kill you"))
    assert {flag.version for flag in waiting(desk)["c1"].flags} == {2}
    case = desk.cases()["c1"]
    assert {(flag.version, is_false_alarm(flag, case)) for flag in case.flags} == {(1, True), (2, False)}


def test_nobody_can_mark_words_they_have_not_seen(desk):
    desk.read(item("c1", INSULT))
    desk.read(item("c1", INSULT + "!"))
    with pytest.raises(judged.Stale):
        decide(desk, Action.FALSE_ALARM, version=1)
    assert desk.all_of(Decision) == []


@pytest.mark.parametrize("action", [Action.FALSE_ALARM, Action.CONFIRM_FLAG])
def test_where_nothing_was_flagged_there_is_nothing_to_mark(desk, action):
    desk.read(item("c1", "Lovely concert"))
    with pytest.raises(NothingFlagged, match="has no flag on version 1"):
        decide(desk, action)
    assert (desk.all_of(Decision), desk.snapshots()) == ([], [])


def test_the_weekly_report_says_how_many_flags_were_false_alarms(desk):
    desk.read(item("c1", INSULT), item("c2", INSULT), item("c3", INSULT))
    decide(desk, Action.FALSE_ALARM, remote_id="c1")
    decide(desk, Action.CONFIRM_FLAG, remote_id="c2")
    (row,) = desk.app.reporter.weekly(WEEK, desk.clock()).flagged
    assert (row.flagged, row.decided, row.false_alarms) == (3, 2, 1)
