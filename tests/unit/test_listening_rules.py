"""Whether anybody hears us: who is unreachable, when mail as a whole fails, and when a chat is told."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.listening import (
    Answer,
    MailLine,
    Nudge,
    Nudged,
    is_new_stretch,
    line_is_to_blame,
    mail_fails_since,
    nudge_due,
    reason_class,
    unreachable,
    was_refused_for_good,
)
from monitor.rules.retry import next_attempt

NOW = datetime(2026, 11, 27, 9, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ANSWERS = st.lists(
    st.builds(lambda minutes, accepted: Answer(NOW + minutes * MINUTE, accepted), st.integers(0, 500), st.booleans()),
    max_size=30,
    unique_by=lambda answer: answer.at,
)


def refused(minutes, words="answer 550 5.1.1 no such user"):
    return Answer(NOW + minutes * MINUTE, accepted=False, words=words)


def accepted(minutes):
    return Answer(NOW + minutes * MINUTE, accepted=True)


def test_one_refusal_may_be_about_the_mail_and_two_in_a_row_are_about_the_person():
    assert unreachable([refused(0)]) is None
    found = unreachable([refused(0), refused(5), refused(9)])
    assert (found.since, found.why) == (NOW + 5 * MINUTE, "the server says that there is no such address")


def test_a_mail_that_is_accepted_ends_it_and_it_takes_two_more_to_begin_again():
    assert unreachable([refused(0), refused(5), accepted(6)]) is None
    assert unreachable([refused(0), refused(5), accepted(6), refused(7)]) is None
    assert unreachable([refused(0), accepted(6), refused(7), refused(8)]).since == NOW + 8 * MINUTE


@given(ANSWERS)
def test_somebody_is_unreachable_exactly_when_the_last_two_answers_are_refusals(answers):
    in_order = sorted(answers, key=lambda answer: answer.at)
    found = unreachable(answers)
    assert (found is not None) == (len(in_order) > 1 and not any(answer.accepted for answer in in_order[-2:]))
    if found:
        since = [answer.at for answer in in_order].index(found.since)
        assert not any(answer.accepted for answer in in_order[since - 1 :])
        assert since == 1 or in_order[since - 2].accepted


@given(ANSWERS, st.randoms())
def test_the_order_in_which_the_book_hands_them_over_does_not_matter(answers, chance):
    shuffled = list(answers)
    chance.shuffle(shuffled)
    assert unreachable(shuffled) == unreachable(answers)


@given(ANSWERS)
def test_what_happened_before_the_last_accepted_mail_does_not_matter(answers):
    last = max((answer.at for answer in answers if answer.accepted), default=None)
    kept = [answer for answer in answers if last is None or answer.at >= last]
    assert unreachable(kept) == unreachable(answers)


def test_a_mail_given_up_after_a_day_of_attempts_says_nothing_about_the_address():
    attempts = 0
    while next_attempt(attempts + 1, NOW) is not None:
        assert was_refused_for_good(attempts, NOW)
        attempts += 1
    assert not was_refused_for_good(attempts, NOW)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("the mail server refused the recipient's address (answer 550 5.1.1 <x@y.example> unknown)", "no such addr"),
        ("answer 552 5.2.2 mailbox full", "full or closed"),
        ("answer 554 5.7.1 Message rejected", "does not let our mails in"),
        ("answer 554 no", "refuses it for good"),
        ("see 15.7.1.4", "refuses it for good"),
    ],
)
def test_why_is_a_kind_of_reason_in_our_words(words, said):
    assert said in reason_class(words)
    assert "@" not in reason_class(words)


@given(st.text(max_size=300))
def test_nothing_of_a_servers_words_is_in_the_reason(words):
    known = {reason_class(f"5.{number}.0") for number in range(10)}
    assert reason_class(words) in known


def test_mail_fails_when_nothing_was_accepted_for_an_hour_after_the_first_failure():
    failing = MailLine(accepted_at=NOW - HOUR, failing_since=NOW, is_the_line=True)
    assert mail_fails_since(failing, NOW + 59 * MINUTE) is None
    assert mail_fails_since(failing, NOW + HOUR) == NOW


def test_one_address_that_refuses_is_not_the_mail_as_a_whole():
    assert not line_is_to_blame(0, ["ali@oakfield.example"], [])
    assert line_is_to_blame(0, ["ali@oakfield.example", "bevan@oakfield.example"], [])
    assert not line_is_to_blame(0, ["Ali@oakfield.example", "bevan@oakfield.example"], ["ali@oakfield.example"])
    assert line_is_to_blame(1, [], [])
    alone = MailLine(failing_since=NOW, is_the_line=False)
    assert mail_fails_since(alone, NOW + 5 * HOUR) is None


def test_mail_that_is_due_and_not_even_tried_is_mail_that_does_not_leave():
    assert mail_fails_since(MailLine(due_since=NOW), NOW + HOUR) == NOW
    assert mail_fails_since(MailLine(due_since=NOW, accepted_at=NOW + MINUTE), NOW + 3 * HOUR) is None


def test_once_known_it_lasts_until_a_mail_is_accepted():
    assert mail_fails_since(MailLine(told_since=NOW), NOW + HOUR) == NOW
    assert mail_fails_since(MailLine(told_since=NOW), NOW - HOUR) == NOW - HOUR, "the clock was set back"


def test_a_failure_long_after_the_last_one_begins_a_new_story():
    assert is_new_stretch(None, None, NOW)
    assert not is_new_stretch(NOW - HOUR, NOW - HOUR, NOW)
    assert is_new_stretch(NOW - 5 * HOUR, NOW - 3 * HOUR, NOW)
    assert is_new_stretch(NOW + HOUR, NOW + HOUR, NOW), "the clock was set back"


def due(before=None, *, fails=True, urgent=False, in_hours=True, now=NOW):
    since = NOW - HOUR if fails else None
    return nudge_due(since, before or Nudged(), urgent=urgent, in_hours=in_hours, now=now)


def test_a_chat_is_told_once_in_mailing_hours_and_again_every_six_hours():
    assert due() is Nudge.FAILS
    assert due(in_hours=False) is None
    assert due(Nudged(NOW - 5 * HOUR)) is None
    assert due(Nudged(NOW - 6 * HOUR)) is Nudge.FAILS
    assert due(Nudged(NOW - 6 * HOUR), in_hours=False) is None


def test_where_something_urgent_waits_it_is_told_at_once_also_at_night():
    assert due(urgent=True, in_hours=False) is Nudge.FAILS
    assert due(Nudged(NOW - HOUR), urgent=True, in_hours=False) is Nudge.FAILS
    assert due(Nudged(NOW - HOUR, urgent=True), urgent=True, in_hours=False) is None
    assert due(Nudged(NOW - 6 * HOUR, urgent=True), urgent=True, in_hours=False) is Nudge.FAILS


def test_that_mail_leaves_again_is_told_to_whoever_heard_that_it_did_not():
    assert due(fails=False) is None
    assert due(Nudged(NOW - HOUR), fails=False) is Nudge.LEAVES_AGAIN
    assert due(Nudged(NOW - HOUR), fails=False, in_hours=False) is None
    assert due(Nudged(NOW - HOUR, urgent=True), fails=False, in_hours=False) is Nudge.LEAVES_AGAIN


def test_a_chat_that_could_not_be_told_is_tried_again_after_a_quarter_of_an_hour():
    assert due(Nudged(failed_at=NOW - 14 * MINUTE)) is None
    assert due(Nudged(failed_at=NOW - 15 * MINUTE)) is Nudge.FAILS
    assert due(Nudged(failed_at=NOW + HOUR)) is Nudge.FAILS, "the clock was set back"


@given(st.lists(st.tuples(st.integers(1, 240), st.booleans(), st.booleans()), max_size=60))
def test_a_chat_is_never_told_twice_within_six_hours_but_for_something_urgent_that_is_new(rounds):
    now, before, told = NOW, Nudged(), []
    for minutes, urgent, in_hours in rounds:
        now += minutes * MINUTE
        if nudge_due(NOW, before, urgent=urgent, in_hours=in_hours, now=now):
            told.append((now, urgent))
            assert urgent or in_hours
            before = Nudged(now, urgent)
    for (first, was_urgent), (second, is_urgent) in pairwise(told):
        assert second - first >= 6 * HOUR or (is_urgent and not was_urgent)
