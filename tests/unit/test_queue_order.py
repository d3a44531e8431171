"""What waits for a person, and in which order a person should take it."""

from random import Random

from case_samples import DAY, HOUR, NOW, a_case, a_flag, action, reply
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import ResponseState
from monitor.rules.queue import SEVERITIES, in_order, worst


def order(cases, undecided=None, now=NOW):
    return [entry.case.id for entry in in_order(cases, undecided or {}, now)]


def test_whatever_is_due_soonest_comes_first():
    later, sooner = a_case(NOW - 2 * HOUR, number=1), a_case(NOW - 9 * HOUR, number=2)
    assert order([later, sooner]) == [2, 1]


def test_what_is_overdue_comes_before_what_is_not():
    assert order([a_case(NOW - HOUR, number=1), a_case(NOW - 3 * DAY, number=2)]) == [2, 1]


def test_an_urgent_flag_comes_before_every_deadline():
    overdue, urgent = a_case(NOW - 9 * DAY, number=1), a_case(NOW - HOUR, number=2)
    assert order([overdue, urgent], {2: (a_flag("urgent"),)}) == [2, 1]


def test_a_flag_that_is_not_urgent_does_not_overtake_a_deadline():
    due, flagged = a_case(NOW - 9 * HOUR, number=1), a_case(NOW - HOUR, number=2)
    assert order([due, flagged], {2: (a_flag("serious"),)}) == [1, 2]


def test_a_flagged_comment_that_was_answered_waits_after_all_that_is_owed_an_answer():
    answered = a_case(NOW - 9 * DAY, replies=(reply(NOW - 9 * DAY + HOUR),), number=1)
    open_one = a_case(NOW - HOUR, number=2)
    assert order([answered, open_one], {1: (a_flag(),)}) == [2, 1]


def test_what_is_answered_and_not_flagged_does_not_wait():
    assert order([a_case(NOW - 2 * HOUR, replies=(reply(NOW - HOUR),))]) == []


def test_what_nobody_has_to_answer_waits_only_for_its_flags():
    thanks, insult = a_case(due_in=None, number=1), a_case(due_in=None, number=2)
    assert order([thanks, insult], {2: (a_flag(),)}) == [2]


def test_only_the_flags_nobody_decided_on_count():
    case = a_case(NOW - HOUR, flags=(a_flag("urgent"), a_flag("note")), number=1)
    (entry,) = in_order([case], {1: (a_flag("note"),)}, NOW)
    assert [flag.severity for flag in entry.flags] == ["note"]
    assert not entry.is_urgent


def test_a_case_found_on_two_lists_waits_once():
    case = a_case(NOW - HOUR, number=1)
    assert order([case, case], {1: (a_flag(),)}) == [1]


def test_a_case_a_moderator_closed_does_not_wait():
    closed = a_case(NOW - HOUR, actions=(action(NOW, "no_reply_needed"),))
    assert order([closed]) == []


def test_an_overdue_comment_is_overdue_whether_or_not_a_read_confirmed_it():
    confirmed, unconfirmed = a_case(number=1), a_case(last_read_at=NOW - 3 * DAY, number=2)
    entries = {entry.case.id: entry for entry in in_order([confirmed, unconfirmed], {}, NOW)}
    assert entries[1].answer.state is ResponseState.OVERDUE
    assert entries[2].answer.state is ResponseState.OVERDUE_UNCONFIRMED
    assert all(entry.is_overdue and entry.needs_reply for entry in entries.values())


def test_the_gravest_flag_is_the_worst_and_no_flag_is_none():
    assert worst(a_flag(severity) for severity in ("concern", "urgent", "note")) == "urgent"
    assert worst(()) == ""
    assert worst([a_flag(SEVERITIES[0])]) == "note"


@given(st.randoms(use_true_random=False), st.lists(st.tuples(st.integers(1, 200), st.sampled_from(SEVERITIES))))
def test_the_order_does_not_depend_on_the_order_in_which_cases_come(random: Random, ages):
    cases = [a_case(NOW - hours * HOUR, number=number) for number, (hours, _) in enumerate(ages)]
    undecided = {number: (a_flag(severity),) for number, (_, severity) in enumerate(ages) if severity != "note"}
    shuffled = random.sample(cases, len(cases))
    assert order(shuffled, undecided) == order(cases, undecided)
