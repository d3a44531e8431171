"""Nothing ran for a while: told once, made up for once, and no storm."""

from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from desk import DAY, HOUR, MINUTE, NOW, SCRIPTED, Desk, emptied, item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from listening_desk import ALI, HEAD, at, listens, sent
from watch_desk import KIM, TECHNICIAN, texts, told

from config.policy import ResponseRule
from monitor import mail_kinds
from monitor.notices import REPORTS_MADE_UP
from monitor.round import begin, mail
from monitor.rules.slots import digest_today, weekly_reports_between
from monitor.store import ledger, restored
from monitor.store.listening import begin_anew
from monitor.store.listening_tables import Downtime

FRIDAY = datetime(2026, 11, 13, 16, 2, tzinfo=UTC)
MONDAY = datetime(2026, 11, 16, 7, 55, tzinfo=UTC)
GAP = "The monitor did not run from Fri 13 Nov 16:02 to Mon 16 Nov 07:55; comments from then were read late."


@pytest.fixture
def school(desk):
    """It is Friday afternoon, and the computer is about to be switched off."""
    listens(desk)
    desk.read(item("c1"))
    at(desk, FRIDAY - HOUR)
    at(desk, FRIDAY)
    return desk


def awake(desk, moment):
    """The program is started again at a moment, and reads first."""
    desk.clock.at = moment
    desk.change()
    said, faults = begin(desk.app)
    assert faults == []
    desk.read()
    desk.app.watch.tried("facebook")
    return said, mail(desk.app)


def rows(desk):
    return [(each.since, each.until) for each in desk.all_of(Downtime)]


def test_at_the_next_start_it_is_said_once(school, caplog):
    assert awake(school, MONDAY)[0] == GAP
    assert caplog.text.count("did not run from") == 1
    assert begin(school.app) == ("", [])
    assert rows(school) == [(FRIDAY, MONDAY)]


def test_the_first_digest_and_the_first_report_afterwards_say_it_and_no_other(school):
    awake(school, MONDAY)
    at(school, MONDAY + 5 * MINUTE)
    at(school, MONDAY + DAY + 5 * MINUTE)
    at(school, MONDAY + 7 * DAY)
    digests = [text for text in texts(school, "1 comment") if "Rule:" in text and ALI in text]
    digests += [text for text in texts(school, "Overdue") if ALI in text]
    assert sum(GAP in text for text in digests) == 1
    reports = texts(school, "Weekly report")
    assert [GAP in text for text in reports] == [True, False]


def test_whoever_keeps_it_running_is_mailed_where_people_would_have_worked_meanwhile(school):
    awake(school, MONDAY)
    assert sent(school, mail_kinds.DOWNTIME) == [], "not before people may be mailed"
    at(school, MONDAY + 5 * MINUTE)
    at(school, MONDAY + 6 * MINUTE)
    assert [(recipient, at) for _, recipient, at in sent(school, mail_kinds.DOWNTIME)] == [(KIM, MONDAY + 5 * MINUTE)]
    (said,) = texts(school, "The monitor did not run")
    assert "from Fri 13 Nov 16:02 to today 07:55" in said


def test_a_computer_that_is_switched_off_at_night_is_told_in_the_digest_and_to_nobody_else(school):
    at(school, FRIDAY + 2 * HOUR)
    said, _ = awake(school, datetime(2026, 11, 14, 7, 30, tzinfo=UTC))
    assert said.startswith("The monitor did not run from Fri 13 Nov 18:02")
    at(school, MONDAY + HOUR)
    assert school.deliveries(mail_kinds.DOWNTIME) == []


def test_a_pause_that_delays_no_reading_is_none(school):
    school.clock.at = FRIDAY + 35 * MINUTE
    assert begin(school.app) == ("", [])
    assert rows(school) == []


def test_reading_that_takes_an_hour_is_no_time_in_which_nothing_ran(school):
    school.clock.at = FRIDAY + HOUR
    school.app.listening.still_alive()
    mail(school.app)
    assert rows(school) == []


def test_after_weeks_the_last_four_reports_come_oldest_first_and_one_digest(school):
    back = MONDAY + 6 * 7 * DAY + HOUR
    awake(school, back)
    assert [key for key, _, _ in sent(school, "weekly")] == ["2026-W49", "2026-W50", "2026-W51", "2026-W52"]
    assert [key for key, who, _ in sent(school, "digest") if who == ALI][1:] == []
    at(school, back + DAY)
    (said,) = texts(school, "The monitor did not run")
    for week in ("2026-W46", "2026-W47", "2026-W48"):
        assert f"report weekly --week {week}" in said
    first, *others = sorted(texts(school, "Weekly report"), key=lambda text: "(2026-W49)" not in text)
    assert "No reports were mailed of the weeks before that (2026-W46 to 2026-W48)" in first
    assert all("did not run" not in each for each in others)
    before = len(school.mails())
    mail(school.app)
    assert len(school.mails()) == before


def test_a_computer_that_slept_reads_before_it_alarms(desk):
    listens(desk)
    desk.read()
    at(desk, NOW)
    desk.later(14 * HOUR)
    mail(desk.app)  # the same program wakes up: mails first, as it happens
    assert told(desk) == []
    desk.read()
    desk.app.watch.tried("facebook")
    desk.later(MINUTE)
    mail(desk.app)
    assert told(desk) == []
    assert len(rows(desk)) == 1


def test_a_crash_before_all_of_it_is_written_down_leaves_it_to_the_next_start(school, monkeypatch):
    school.clock.at = MONDAY
    with monkeypatch.context() as patch:
        patch.setattr("monitor.unreachable.UnreachablePeople.owe", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            school.app.listening.begin()
    assert rows(school) == []
    assert begin(school.app)[0] == GAP
    assert len(school.deliveries(mail_kinds.DOWNTIME)) == 1


def test_two_programs_that_start_at_once_note_it_once(school, tmp_path):
    school.clock.at = MONDAY
    with school.store.writing() as tx:
        life = ledger.enrolled_school(tx, "oakfield")
        assert life
    first, second = begin(school.app)[0], begin(school.app)[0]
    assert (first, second) == (GAP, "")
    assert len(school.deliveries(mail_kinds.DOWNTIME)) == 1


@pytest.mark.parametrize("hours", [3, 20, 60])
def test_a_clock_set_forward_and_back_makes_no_storm_and_leaves_no_false_word(school, hours):
    at(school, FRIDAY + MINUTE)
    before = len(school.mails())
    school.clock.at = FRIDAY + hours * HOUR
    mail(school.app)
    school.clock.at = FRIDAY + 2 * MINUTE
    mail(school.app)
    assert rows(school) == []
    for minute in range(3, 8):
        at(school, FRIDAY + minute * MINUTE)
    assert len(school.mails()) - before <= 8
    assert begin(school.app) == ("", [])


def test_a_clock_set_back_by_hours_is_no_time_in_which_nothing_ran(school):
    for hours in (5, 0):
        school.clock.at = FRIDAY - hours * HOUR
        assert begin(school.app)[0] == "" or hours == 0
    assert len(school.mails()) == len({path.name for path in school.mails()})


def test_books_out_of_a_backup_tell_of_no_such_time_and_send_no_old_reports(school):
    school.clock.at = MONDAY + 28 * DAY
    with school.store.writing() as tx:
        row = ledger.enrolled_school(tx, "oakfield")
        begin_anew(tx, row)
        restored.settle_unknown_mails(tx, row, school.clock())
    assert begin(school.app) == ("", [])
    mail(school.app)
    assert [key for key, _, _ in sent(school, "weekly")] == ["2026-W50"]


def test_a_head_named_later_is_not_sent_the_reports_of_weeks_that_others_had(school):
    awake(school, MONDAY)
    at(school, MONDAY + 7 * DAY)
    more = TECHNICIAN.replace("technician", "head").replace("kim@", "new@").replace("Kim Petersen", "New Head")
    school.change(accounts=SCRIPTED + TECHNICIAN + more)
    at(school, MONDAY + 7 * DAY + MINUTE)
    assert [key for key, who, _ in sent(school, "weekly") if who == "new@oakfield.example"] == ["2026-W47"]


STEPS = st.lists(st.sampled_from([10, 60, 600, 1500, 4000, 12_000, 50_000]), min_size=1, max_size=9)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whenever_it_runs_no_slot_is_sent_twice_and_none_is_left_out(tmp_path_factory, store_for_all, steps):
    desk = Desk(tmp_path_factory.mktemp("slots"), accounts=SCRIPTED + TECHNICIAN, store=emptied(store_for_all))
    desk.read(item("c1"))
    mail(desk.app)
    weeks, mornings = [], set()
    for minutes in steps:
        before = desk.clock.at
        desk.later(minutes * MINUTE)
        mail(desk.app)
        zone, schedule = "Europe/London", desk.settings.schedule
        passed = weekly_reports_between(before, desk.clock.at, zone, schedule.weekly_report_at)
        weeks += [slot.key for slot in passed][-REPORTS_MADE_UP:]
        today = digest_today(desk.clock.at, zone, ResponseRule(), schedule.digest_at)
        mornings |= {today.key} if today and today.opens_at > NOW else set()
    assert [key for key, who, _ in sent(desk, "weekly")] == weeks
    assert {who for _, who, _ in sent(desk, "weekly")} <= {HEAD}
    digests = [(key, when) for key, who, when in sent(desk, "digest") if who == ALI]
    assert mornings <= {key for key, _ in digests}, "the comment waits all the time: there is something to say"
    assert len({key for key, _ in digests}) == len({when for _, when in digests}) == len(digests)
    assert len(desk.mails()) == sum(d.sent_at is not None for d in desk.deliveries())
