"""What the policy holds back: an answer nobody is to give, a removal that waits for advice."""

from dataclasses import replace

import pytest
from case_samples import HOUR, NOW, a_case
from pack_samples import a_pack, decision, flag

from monitor.model import Presence
from monitor.rules.holds import advice_waited_for, hold_clause, may_remove, removed_before_advice
from monitor.rules.marks import in_force, mark_on, standing

PACK = a_pack()
LATER = NOW + HOUR
WAITS = 'advice from the LADO is waited for under "Allegations"'


def case(*flags, decisions=(), version=1, shown=Presence.VISIBLE):
    return replace(a_case(), flags=flags, decisions=tuple(decisions), version=version, shown=shown)


def test_nobody_answers_what_the_pack_has_nobody_answer_and_the_clause_is_named():
    assert hold_clause([flag("media_enquiry")], [], PACK) == "Do not answer"
    assert hold_clause([flag("hate"), flag("allegation")], [], PACK) == "Allegations"


def test_without_a_clause_of_its_own_a_hold_has_that_of_its_category():
    bare = PACK.categories["media_enquiry"].hold.model_copy(update={"clause": ""})
    assert hold_clause([flag("media_enquiry")], [], a_pack({"media_enquiry": bare})) == (
        PACK.categories["media_enquiry"].clause
    )


@pytest.mark.parametrize("flags", [(), ("hate",), ("complaint",), ("could_not_be_checked",)])
def test_everything_else_is_answered(flags):
    assert hold_clause([flag(each) for each in flags], [], PACK) == ""


def test_a_false_alarm_lifts_the_hold_and_another_word_brings_it_back():
    flags = [flag("media_enquiry")]
    assert hold_clause(flags, [decision("false_alarm", LATER)], PACK) == ""
    assert hold_clause(flags, [decision("false_alarm", LATER), decision("confirm_flag", LATER)], PACK)


def test_a_flag_raised_after_the_false_alarm_stands():
    flags = [flag("media_enquiry", raised_at=NOW), flag("allegation", raised_at=LATER)]
    said = [decision("false_alarm", NOW)]
    assert standing(flags, said) == (flags[1],)
    assert hold_clause(flags, said, PACK) == "Allegations"


def test_an_edit_takes_back_nothing_that_was_said_before_it():
    assert hold_clause([flag("allegation", version=1)], [], PACK)
    assert may_remove(case(flag("allegation", version=1), version=3), PACK) == WAITS


@pytest.mark.parametrize(
    ("later_flags", "stands"),
    [((), False), (("allegation",), False), (("profanity",), True)],
    ids=["nothing flagged there", "the same kind", "another kind"],
)
def test_a_false_alarm_on_a_later_version_speaks_of_earlier_flags_of_its_kind(later_flags, stands):
    flags = [flag("allegation", version=1), *(flag(each, version=2) for each in later_flags)]
    found = standing(flags, [decision("false_alarm", LATER, version=2)])
    assert (flags[0] in found) is stands


def test_what_was_confirmed_of_a_version_stands_whatever_is_said_of_a_later_one():
    flags = [flag("allegation", version=1)]
    said = [decision("confirm_flag", NOW, version=1), decision("false_alarm", LATER, version=2)]
    assert standing(flags, said) == tuple(flags)


def test_nothing_is_taken_down_before_the_advice_is_on_record():
    waiting = case(flag("allegation"))
    assert may_remove(waiting, PACK) == WAITS
    assert may_remove(replace(waiting, decisions=(decision("advice_received", LATER),)), PACK) is None
    assert may_remove(case(flag("hate")), PACK) is None


def test_advice_counts_for_what_was_flagged_by_then():
    flags = (flag("allegation", raised_at=NOW), flag("allegation", version=2, raised_at=LATER))
    said = decision("advice_received", NOW, version=1)
    assert [str(each) for each in advice_waited_for(flags, [said], PACK)] == [WAITS]
    assert advice_waited_for(flags, [decision("advice_received", LATER, version=2)], PACK) == ()


def test_what_is_confirmed_as_illegal_waits_for_nobody():
    illegal = decision("confirm_illegal", LATER)
    assert may_remove(case(flag("allegation"), decisions=[illegal]), PACK) is None
    assert may_remove(case(flag("allegation"), decisions=[illegal], version=2), PACK) == WAITS


@pytest.mark.parametrize("shown", Presence)
def test_a_removal_before_the_advice_is_noticed(shown):
    early = case(flag("allegation"), shown=shown)
    assert removed_before_advice(early, PACK) is (shown is not Presence.VISIBLE)
    advised = replace(early, decisions=(decision("advice_received", LATER),))
    assert not removed_before_advice(advised, PACK)


def test_what_was_taken_back_counts_for_nothing():
    received = decision("advice_received", NOW, number=7)
    undo = decision("undo", LATER, number=8, undoes=7)
    assert in_force([received, undo]) == ()
    assert may_remove(case(flag("allegation"), decisions=[received, undo]), PACK) == WAITS
    marks = [decision("false_alarm", NOW, number=1), decision("undo", LATER, number=2, undoes=1)]
    assert mark_on(1, marks) is None
    assert hold_clause([flag("media_enquiry")], marks, PACK)
