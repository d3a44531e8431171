"""The sheet before days nobody works: all that falls due until people can be reminded again."""

import pytest
from alert_desk import ALI, BEVAN, decided, told, with_people
from desk import DAY, HOUR, MINUTE, NOW, item
from reminder_desk import (
    BOTH,
    FRIDAY,
    at_once,
    listed,
    run,
    said,
    sent,
    subjects,
)

from monitor.model import Action


@pytest.fixture
def school(desk):
    return with_people(desk)


def test_on_friday_afternoon_all_that_falls_due_before_anybody_is_reminded_again_is_one_sheet(school):
    school.clock.at = FRIDAY
    school.read(item("c1", at=FRIDAY), item("c2", at=FRIDAY - 10 * HOUR), item("c3", at=FRIDAY - MINUTE))
    run(school, FRIDAY + 5 * HOUR, FRIDAY + 6 * HOUR)
    assert sent(school, "sheet") == [(ALI, FRIDAY + 5.5 * HOUR), (BEVAN, FRIDAY + 5.5 * HOUR)]
    (text,) = said(school, "due before")
    assert listed(text) == [2, 3, 1]
    assert "fall due before Mon 16 Nov 11:00" in text
    assert "3 comments due before Mon 11:00, first by 23:00" in subjects(school)


def test_what_is_on_a_sheet_is_not_reminded_of_besides(school):
    school.clock.at = FRIDAY
    school.read(item("c1", at=FRIDAY))
    run(school, FRIDAY + 5 * HOUR, FRIDAY + 8 * HOUR)
    at_once(school, FRIDAY + 3 * DAY)
    assert told(school, "due_soon") == []


def test_there_is_none_when_nothing_falls_due(school):
    school.clock.at = FRIDAY
    school.read(item("c1", at=FRIDAY))
    decided(school, Action.ANSWERED_ELSEWHERE)
    run(school, FRIDAY + 5 * HOUR, FRIDAY + 6 * HOUR)
    assert school.deliveries("sheet") == []


def test_there_is_none_on_other_days(school):
    school.read(item("c1", at=NOW))
    run(school, NOW + 5 * HOUR, NOW + 6 * HOUR)
    assert school.deliveries("sheet") == []


def test_one_that_could_not_leave_on_its_day_is_never_sent(school):
    school.clock.at = FRIDAY
    school.read(item("c1", at=FRIDAY))
    school.clock.at = FRIDAY + 5.5 * HOUR
    school.app.notifier._owe_by_the_clock()
    at_once(school, FRIDAY + 3 * DAY)
    assert (len(school.deliveries("sheet")), told(school, "sheet")) == (2, [])


def test_what_somebody_took_is_on_their_sheet_alone(school):
    school.clock.at = FRIDAY
    school.read(item("c1", at=FRIDAY), item("c2", at=FRIDAY))
    decided(school, Action.TAKE, by="Mr Bevan")
    at_once(school, FRIDAY + 5.5 * HOUR)
    assert [listed(text) for text in said(school, "due before")] == [[2]]
    assert [listed(text) for text in said(school, "due before", to=BEVAN)] == [[1, 2]]


def test_what_stands_on_a_sheet_is_not_said_to_be_new_besides(school):
    school.clock.at = FRIDAY + 5 * HOUR
    school.read(item("c1", at=FRIDAY + 5 * HOUR))
    at_once(school, FRIDAY + 5.5 * HOUR)
    assert (told(school, "sheet"), told(school, "new")) == (BOTH, [])
    school.clock.at = FRIDAY + 7 * HOUR
    school.read(item("c2", at=FRIDAY + 7 * HOUR))  # after the sheet: nobody else would tell them before Monday
    at_once(school, FRIDAY + 7.25 * HOUR)
    assert [listed(text) for text in said(school, "1 new comment")] == [[2]]
