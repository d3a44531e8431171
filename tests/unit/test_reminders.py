"""When people are reminded: always in time, always in mailing hours, never twice of the same at the same moment."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from config.people import Person
from config.policy import ResponseRule
from config.schedule import Schedule
from monitor.rules.calendar import is_working
from monitor.rules.reminders import Hours, in_charge
from monitor.rules.response import due_at
from monitor.rules.slots import digest_today

LONDON = "Europe/London"
USUAL = Hours(LONDON, ResponseRule(), Schedule())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = [
    ResponseRule(),
    ResponseRule(due_on_nonworking="roll_end"),
    ResponseRule(due_on_nonworking="roll_same_time", nonworking_receipt="any_nonworking"),
    ResponseRule(hours=48, clock="wall"),
    ResponseRule(hours=3),
    ResponseRule(region="SCT", closures=((date(2026, 10, 19), date(2026, 10, 30)),), closures_working=False),
    ResponseRule(weekend=(5, 6), region=None),
]
SCHEDULES = [
    Schedule(),
    Schedule(mails_from=time(7, 30), mails_until=time(18, 0)),
    Schedule(mails_from=time(7, 0), digest_at=time(12, 0), between_mails_minutes=0),
    Schedule(sheet_at=time(20, 0), due_soon_hours=1),
    Schedule(due_soon_hours=20, new_after_minutes=120, head_after_minutes=600),
    Schedule(mails_from=time(9, 0), mails_until=time(9, 30), sheet_at=time(9, 15)),
]
HOURS = st.builds(
    Hours, st.sampled_from([LONDON, "America/New_York", "Pacific/Auckland"]), st.sampled_from(RULES),
    st.sampled_from(SCHEDULES),
)  # fmt: skip
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
MOMENTS = st.integers(0, 700 * 86_400).map(lambda seconds: BEGIN + timedelta(seconds=seconds))


def at(day, hour, minute=0, second=0, month=11, zone=LONDON):
    return datetime(2026, month, day, hour, minute, second, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def due(hours, received):
    return due_at(received, hours.timezone, hours.rule).due_at


@given(HOURS, MOMENTS)
@example(USUAL, at(13, 15, 58))
def test_a_reminder_comes_before_the_deadline_after_the_comment_and_while_people_are_mailed(hours, received):
    deadline = due(hours, received)
    moment = hours.due_soon_at(deadline, received)
    assume(moment is not None)
    assert received < moment < deadline
    assert hours.are_on(moment)
    assert is_working(moment.astimezone(ZoneInfo(hours.timezone)).date(), hours.rule)


@given(HOURS, MOMENTS)
def test_what_nobody_is_reminded_of_came_too_late_for_it_or_stands_on_a_sheet(hours, received):
    deadline = due(hours, received)
    early = deadline - 30 * DAY
    if hours.due_soon_at(deadline, received) is None and hours.due_soon_at(deadline, early) is None:
        evening = deadline.astimezone(ZoneInfo(hours.timezone)).replace(hour=23, minute=59)
        sheets = [sheet for back in range(20) if (sheet := hours.sheet_of(evening - back * DAY))]
        listing = [sheet for sheet in sheets if sheet.opens_at < deadline]
        assert any(deadline < hours.sheet_until(date.fromisoformat(sheet.key)) for sheet in listing)


@given(HOURS, MOMENTS)
def test_every_reminder_is_looked_for_in_time(hours, received):
    """The stretch of deadlines that is looked at each minute holds whatever is due for a reminder by then."""
    deadline = due(hours, received)
    moment = hours.due_soon_at(deadline, received)
    assume(moment is not None)
    assert deadline < hours.due_soon_until(moment)


@given(HOURS, MOMENTS)
def test_the_mail_that_a_comment_is_new_leaves_while_people_are_mailed_and_before_its_deadline(hours, now):
    deadline = due(hours, now)
    moment = hours.new_at(now, deadline)
    digest = hours.digest_after(now)
    if moment is None:
        assert digest <= hours.opening(now) + timedelta(minutes=240 + 480) or deadline <= hours.opening(now)
    else:
        assert now <= moment < min(deadline, digest)
        assert hours.are_on(moment)


@given(HOURS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_that_a_deadline_has_passed_is_mailed_only_where_no_digest_says_it(hours, received, after):
    deadline = due(hours, received)
    now = deadline + after
    if hours.is_overdue_news(deadline, received, now):
        assert hours.are_on(now)
        opened = digest_today(now, hours.timezone, hours.rule, hours.schedule.digest_at)
        assert opened is None or opened.opens_at <= deadline
        assert hours.overdue_since(now) <= deadline


@given(HOURS, MOMENTS)
def test_the_head_hears_later_than_the_others_and_while_people_are_mailed(hours, told):
    moment = hours.head_at(told)
    assert moment >= told + timedelta(minutes=hours.schedule.head_after_minutes)
    assert hours.are_on(moment)


@pytest.mark.parametrize(
    ("deadline", "moment"),
    [
        (at(11, 15, 58), at(11, 12, 58)),  # a working day: three hours before
        (at(11, 11, 0), at(11, 8, 0)),  # as the hours begin
        (at(11, 10, 59), at(10, 14, 30)),  # it would be too early in the morning: the afternoon before
        (at(11, 21, 0), at(11, 14, 30)),  # it would be in the evening: that afternoon
        (at(16, 23, 59, 59), at(16, 14, 30)),  # by the end of Monday
        (at(13, 16, 0), at(13, 13, 0)),  # Friday afternoon
        (at(13, 20, 0), at(13, 17, 0)),  # Friday evening, while people are mailed
        (at(13, 22, 0), None),  # Friday night: Friday's sheet has it
        (at(14, 15, 58), None),  # the Friday trap: due on Saturday, on Friday's sheet
        (at(16, 10, 30), None),  # Monday morning, too early to be reminded then: on Friday's sheet as well
        (at(16, 11, 0), at(16, 8, 0)),
    ],
)
def test_reminders_of_an_ordinary_week(deadline, moment):
    assert USUAL.due_soon_at(deadline, deadline - 7 * DAY) == moment


@pytest.mark.parametrize(
    ("day", "month", "until"),
    [
        (12, 11, None),  # a Thursday
        (13, 11, at(16, 11, 0)),  # a Friday: until Monday
        (14, 11, None),  # a Saturday
        (2, 4, at(7, 11, 0, month=4)),  # before Good Friday: until the Tuesday after Easter, the clocks gone forward
        (23, 10, at(26, 11, 0, month=10)),  # the clocks go back that Sunday
        (28, 8, at(1, 11, 0, month=9)),  # before the bank holiday at the end of August
        (24, 12, at(29, 11, 0, month=12)),  # before Christmas
    ],
)
def test_a_sheet_comes_before_days_nobody_works(day, month, until):
    sheet = USUAL.sheet_of(at(day, 14, 30, month=month))
    assert USUAL.sheet_of(at(day, 14, 29, month=month)) is None
    if until is None:
        assert sheet is None
    else:
        assert (sheet.key, sheet.opens_at) == (f"2026-{month:02}-{day:02}", at(day, 14, 30, month=month))
        assert USUAL.sheet_until(date(2026, month, day)) == until


def test_a_sheet_at_an_hour_when_nobody_is_mailed_comes_as_the_hours_begin():
    hours = Hours(LONDON, ResponseRule(), Schedule(sheet_at=time(19, 0)))
    assert hours.sheet_of(at(13, 8)).opens_at == at(13, 8)


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (at(10, 9, 0), at(10, 9, 15)),
        (at(10, 17, 50), at(10, 17, 50)),  # the evening would cut the window off
        (at(10, 18, 0), None),  # the digest says it
        (at(10, 7, 50), None),
        (at(13, 17, 50), at(13, 17, 50)),  # Friday evening
        (at(14, 10, 0), None),  # Saturday
    ],
)
def test_when_a_new_comment_is_mailed(now, moment):
    assert USUAL.new_at(now, now + DAY) == moment


def test_a_comment_whose_deadline_is_closer_than_the_window_is_mailed_at_once():
    now = at(10, 9, 0)
    assert USUAL.new_at(now, now + timedelta(minutes=10)) == now
    assert USUAL.new_at(now, now) is None


def test_where_the_hours_begin_before_the_digest_the_digest_comes_first():
    hours = Hours(LONDON, ResponseRule(), Schedule(mails_from=time(7, 30)))
    assert hours.new_at(at(10, 7, 35), at(11, 7, 0)) is None
    assert not hours.is_overdue_news(at(10, 6, 0), at(9, 6, 0), at(10, 7, 35))


@pytest.mark.parametrize(
    ("deadline", "now", "is_news"),
    [
        (at(10, 9, 0), at(10, 9, 0), True),
        (at(10, 9, 0), at(10, 17, 59), True),
        (at(10, 9, 0), at(10, 18, 0), False),
        (at(10, 9, 0), at(11, 8, 0), False),  # this morning's digest has it
        (at(10, 20, 0), at(11, 9, 0), False),
        (at(14, 12, 0), at(16, 9, 0), False),  # of the weekend: Monday's digest
        (at(10, 9, 0), at(10, 8, 59), False),
    ],
)
def test_that_a_deadline_has_passed_is_news_until_a_digest_says_it(deadline, now, is_news):
    assert USUAL.is_overdue_news(deadline, deadline - DAY, now) is is_news


def test_what_was_met_only_after_its_deadline_is_news_from_then_on():
    assert USUAL.is_overdue_news(at(10, 6, 0), at(10, 11, 0), at(10, 11, 0))


@pytest.mark.parametrize(
    ("told", "head"),
    [
        (at(10, 9, 0), at(10, 10, 0)),
        (at(10, 17, 30), at(11, 9, 0)),  # after the next digest, which tells the others once more
        (at(13, 17, 30), at(16, 9, 0)),
    ],
)
def test_when_the_head_hears(told, head):
    assert USUAL.head_at(told) == head


ALI = Person(name="Mrs Ali", email="ali@oakfield.example", roles=["moderator"])
BEVAN = Person(name="Mr Bevan", email="bevan@oakfield.example", roles=["moderator"])


def test_whoever_took_a_case_looks_after_it_or_whoever_covers_them():
    people, day = [ALI, BEVAN], date(2026, 11, 10)
    assert in_charge("mrs ali", people, day) is ALI
    assert in_charge("ALI@oakfield.example", people, day) is ALI
    assert in_charge("", people, day) is None
    assert in_charge("Somebody Else", people, day) is None
    away = ALI.model_copy(update={"absent": ((day, day),), "covered_by": "Mr Bevan"})
    assert in_charge("Mrs Ali", [away, BEVAN], day) is BEVAN
    alone = away.model_copy(update={"covered_by": None})
    assert in_charge("Mrs Ali", [alone, BEVAN], day) is None
