"""The mail that a deadline comes: to whoever took the comment, else to all, once, and while there is time."""

import pytest
from alert_desk import ALI, BEVAN, LEAD, decided, told, with_people
from desk import DAY, HOUR, INSULT, MINUTE, NOW, SCHOOL, item
from reminder_desk import (
    BOTH,
    HELD,
    at_once,
    run,
    sent,
    subjects,
    the_morning_passes,
)

from monitor.model import Action


@pytest.fixture
def school(desk):
    return with_people(desk)


@pytest.fixture
def day_before(school):
    """The same school since the day before, so that what falls due on Tuesday was met in time."""
    school.clock.at = NOW - DAY
    school.read()
    return school


def test_three_hours_before_everybody_who_looks_after_the_account_is_reminded_once(day_before):
    day_before.clock.at = NOW - DAY + 6 * HOUR
    day_before.read(item("c1", at=day_before.clock()))
    the_morning_passes(day_before)
    run(day_before, NOW + 2 * HOUR, NOW + 4 * HOUR)
    assert sent(day_before, "due_soon") == [(ALI, NOW + 3 * HOUR), (BEVAN, NOW + 3 * HOUR)]
    assert "1 comment due soon, first by 15:00 - Facebook page" in subjects(day_before)


def test_only_whoever_took_it_is_reminded(day_before):
    day_before.clock.at = NOW - DAY + 6 * HOUR
    day_before.read(item("c1", at=day_before.clock()))
    decided(day_before, Action.TAKE, by="Mr Bevan")
    the_morning_passes(day_before)
    run(day_before, NOW + 2 * HOUR, NOW + 4 * HOUR)
    assert sent(day_before, "due_soon") == [(BEVAN, NOW + 3 * HOUR)]


def test_whoever_takes_it_after_it_was_owed_is_the_only_one(day_before):
    day_before.clock.at = NOW - DAY + 6 * HOUR
    day_before.read(item("c1", at=day_before.clock()))
    the_morning_passes(day_before)
    at_once(day_before, NOW + 2 * HOUR)
    assert [d.sent_at for d in day_before.deliveries("due_soon")] == [None, None]  # owed already, to go with others
    decided(day_before, Action.TAKE, by="Miss Lead")
    run(day_before, NOW + 3 * HOUR, NOW + 4 * HOUR)
    assert told(day_before, "due_soon") == [LEAD]


def test_it_is_silent_when_it_was_answered(day_before):
    day_before.clock.at = NOW - DAY + 6 * HOUR
    day_before.read(item("c1", at=day_before.clock()))
    the_morning_passes(day_before)
    at_once(day_before, NOW + 2 * HOUR)
    day_before.read(item("r1", by=SCHOOL, under="c1", at=NOW + HOUR))
    run(day_before, NOW + 3 * HOUR, NOW + 4 * HOUR)
    assert told(day_before, "due_soon") == []


def test_what_is_due_within_the_next_hour_after_goes_in_the_same_mail(day_before):
    for minutes in (0, 20, 40, 60):
        day_before.clock.at = NOW - DAY + 6 * HOUR + minutes * MINUTE
        day_before.read(item(f"c{minutes}", at=day_before.clock()))
    the_morning_passes(day_before)
    run(day_before, NOW + 2 * HOUR, NOW + 5 * HOUR)
    assert sent(day_before, "due_soon") == [(ALI, NOW + 3 * HOUR), (BEVAN, NOW + 3 * HOUR)]
    assert "4 comments due soon, first by 15:00 - Facebook page" in subjects(day_before)


def test_what_would_be_too_early_in_the_morning_comes_the_afternoon_before(school):
    school.clock.at = NOW + HOUR
    school.read(item("c1", at=school.clock()))  # due on Wednesday at 10:00
    run(school, NOW + 5 * HOUR, NOW + 6 * HOUR)
    assert sent(school, "due_soon") == [(ALI, NOW + 5.5 * HOUR), (BEVAN, NOW + 5.5 * HOUR)]


def test_a_comment_met_shortly_before_its_deadline_has_no_second_mail(day_before):
    the_morning_passes(day_before)
    day_before.clock.at = NOW
    day_before.read(item("c1", at=NOW - 22 * HOUR))
    run(day_before, NOW, NOW + HOUR)
    assert (told(day_before, "new"), told(day_before, "due_soon")) == (BOTH, [])


def test_nobody_is_reminded_of_what_is_held(desk):
    school = with_people(desk, tell=HELD)
    school.read(item("c1", INSULT))
    for hours in (0.25, 5.5, 23, 23.5, 24.5):
        at_once(school, NOW + hours * HOUR)
    assert [told(school, kind) for kind in ("new", "due_soon", "sheet", "overdue")] == [[]] * 4
