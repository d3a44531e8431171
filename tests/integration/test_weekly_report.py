"""The head's page for one week, counted from the books."""

from datetime import UTC, date, datetime

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, OTHER, SCHOOL, SCRIPTED, Desk, emptied, item, page

from connectors.base import Verdict
from connectors.errors import TemporaryFailure
from monitor.model import Action
from monitor.store import judged, ledger
from monitor.store.item_tables import Comment

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
"""Start of week 46; the school is enrolled a week before."""
AFTER = MONDAY + 7 * DAY + 7 * HOUR + 30 * MINUTE


@pytest.fixture
def desk(tmp_path, store_for_all):
    return Desk(tmp_path, now=MONDAY - 7 * DAY, store=emptied(store_for_all))


def at(day, hour, minute=0):
    """A moment of the week: day 0 is Monday."""
    return MONDAY + day * DAY + hour * HOUR + minute * MINUTE


def report(desk, week="2026-W46", now=AFTER):
    return desk.app.reporter.weekly(week, now)


def figures(desk, **options):
    (one,) = report(desk, **options).figures
    return {name: value for name, value in vars(one).items() if value and name not in {"account", "key"}}


def read_at(desk, moment, *items, **options):
    desk.clock.at = moment
    return desk.read(*items, **options)


def decide(desk, remote_id, action, moment, why="because"):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.cases()[remote_id].id)
        judged.record_decision(tx, comment, comment.versions[-1].number, action, "Mrs Ali", why, moment)


def test_each_comment_is_counted_once_where_it_belongs(desk):
    asked = at(0, 9)
    names = ("in_time", "late", "excused", "spam", "hidden", "taken_away", "open")
    comments = [item(name, at=asked, by=f"by-{name}") for name in names]
    answer = item("r1", by=SCHOOL, under="in_time", at=at(0, 10))
    late = item("r2", by=SCHOOL, under="late", at=at(1, 12))
    read_at(desk, at(0, 11), *comments, answer)
    decide(desk, "excused", Action.NO_REPLY_NEEDED, at(0, 12))
    decide(desk, "spam", Action.CONFIRM_SPAM, at(0, 12))
    decide(desk, "hidden", Action.CONFIRM_OFFENSIVE, at(0, 12))
    decide(desk, "hidden", Action.HIDE, at(0, 13))
    for moment in (at(0, 14), at(0, 15)):
        desk.clock.at = moment
        desk.read_pages([page()], dict.fromkeys(names, Verdict.PRESENT) | {"taken_away": Verdict.GONE})
    read_at(desk, at(1, 13), late)
    assert figures(desk) == {
        "received": 7,
        "due": 4,
        "answered_in_time": 1,
        "answered_late": 1,
        "no_reply_needed": 1,
        "spam": 1,
        "actioned": 1,
        "withdrawn": 1,
        "unanswered": 1,
    }
    assert [line.state for line in report(desk).unanswered] == ["overdue"]


def test_a_comment_is_received_in_one_week_and_falls_due_in_the_next(desk):
    read_at(desk, at(6, 13), item("sunday", at=at(6, 12)))
    assert figures(desk) == {"received": 1}
    assert figures(desk, week="2026-W47", now=AFTER + 7 * DAY) == {"due": 1, "unanswered": 1}


def test_the_week_begins_on_monday_at_midnight_where_the_school_is(desk):
    read_at(desk, at(0, 1), item("sunday", at=at(0, 0) - MINUTE), item("monday", at=at(0, 0)))
    assert figures(desk, week="2026-W45") == {"received": 1}
    assert figures(desk)["received"] == 1


def test_what_we_first_saw_after_its_deadline_is_told_apart_from_what_people_answered_late(desk):
    read_at(desk, at(1, 10), item("seen", at=at(0, 9)), item("r1", by=SCHOOL, under="seen", at=at(1, 9, 30)))
    read_at(desk, at(2, 10), item("seen2", at=at(2, 9)))
    read_at(desk, at(3, 10), item("r2", by=SCHOOL, under="seen2", at=at(3, 9, 30)))
    counted = figures(desk)
    assert (counted["found_late"], counted["answered_late"]) == (1, 1)


def test_a_comment_that_needs_no_reply_is_counted_when_it_came(desk):
    desk.change(response='no_reply_needed = ["thanks"]')
    read_at(desk, at(0, 10), item("c1", "Thank you!", at=at(0, 9)))
    assert figures(desk) == {"received": 1, "no_reply_needed": 1}
    assert report(desk).verdict.startswith("No comment fell due this week.")


def test_what_is_open_from_weeks_ago_is_still_listed_oldest_first(desk):
    read_at(desk, MONDAY - 6 * DAY, item("older", at=MONDAY - 6 * DAY), item("oldest", at=MONDAY - 7 * DAY))
    read_at(desk, at(0, 10), item("new", at=at(0, 9)))
    read_at(desk, at(5, 10))
    said = report(desk)
    names = {case.id: name for name, case in desk.cases().items()}
    assert [names[line.case] for line in said.unanswered] == ["oldest", "older", "new"]
    assert "3 are overdue and unanswered now, the oldest for 13 days." in said.verdict


def test_the_time_to_answer_is_told_as_a_median_and_the_longest(desk):
    pairs = []
    for number, hours in enumerate((1, 2, 30)):
        pairs += [
            item(f"c{number}", at=at(0, 9)),
            item(f"r{number}", by=SCHOOL, under=f"c{number}", at=at(0, 9) + hours * HOUR),
        ]
    read_at(desk, at(2, 9), *pairs)
    said = report(desk)
    assert (said.median_hours, said.slowest_hours, said.slowest_is_percentile) == (2, 30, False)


def test_a_week_in_which_nothing_happened_is_a_page_of_zeros_that_proves_it_looked(desk):
    for quarter in range(-1, 7 * 24 * 4):
        with desk.store.writing() as tx:
            note_read(tx, desk, MONDAY + quarter * 15 * MINUTE)
    said = report(desk)
    assert said.verdict == "No comment fell due this week."
    assert (said.unanswered, said.flagged, said.median_hours, said.slowest_hours) == ((), (), None, None)
    assert figures(desk) == {}
    (coverage,) = said.coverage
    assert (coverage.reads, coverage.complete_reads, coverage.holes) == (672, 672, ())
    assert (coverage.hours_covered, coverage.hours_in_week) == (168, 168)
    assert (said.first_day, said.last_day) == (date(2026, 11, 9), date(2026, 11, 15))


def note_read(tx, desk, moment, complete=True):
    account = ledger.enrolled_account(tx, "oakfield", "facebook")
    account.streams = ["comments"]
    line = ledger.read_line(tx, ledger.begin_read(tx, account, "comments", moment))
    line.complete, line.finished_at = complete, moment


def test_a_hole_is_told_to_the_minute(desk):
    with desk.store.writing() as tx:
        for quarter in range(-1, 7 * 24 * 4):
            moment = MONDAY + quarter * 15 * MINUTE
            note_read(tx, desk, moment, complete=not at(1, 6, 40) < moment < at(1, 15, 45))
    (coverage,) = report(desk).coverage
    assert coverage.holes == ((at(1, 6, 30), at(1, 15, 45)),)
    assert coverage.hours_covered == 168 - 9.25
    assert coverage.reads - coverage.complete_reads == 36
    assert "Facebook page could not be read for 9 hours on Tuesday." in report(desk).verdict


def test_a_hole_that_began_last_week_counts_from_monday_on(desk):
    with desk.store.writing() as tx:
        note_read(tx, desk, MONDAY - 10 * HOUR)
        for quarter in range(8, 7 * 24 * 4):
            note_read(tx, desk, MONDAY + quarter * 15 * MINUTE)
    (coverage,) = report(desk).coverage
    assert coverage.holes == ((MONDAY, MONDAY + 2 * HOUR),)


def test_an_account_added_on_wednesday_is_measured_from_then(desk):
    desk.clock.at = at(2, 12)
    desk.change(accounts=SCRIPTED + SCRIPTED.replace('"facebook"', '"other"').replace("Facebook page", "Other"))
    coverage = report(desk).coverage[1]
    assert coverage.hours_in_week == 4.5 * 24
    assert coverage.holes == ((at(2, 12), MONDAY + 7 * DAY),)


def test_an_account_that_was_never_read_is_all_hole(desk):
    (coverage,) = report(desk).coverage
    assert (coverage.reads, coverage.hours_covered, coverage.hours_in_week) == (0, 0, 168)
    assert coverage.holes == ((MONDAY, MONDAY + 7 * DAY),)


def test_a_failed_read_is_a_read_but_covers_nothing(desk):
    desk.clock.at = at(0, 9)
    desk.read_pages([TemporaryFailure("timed out")])
    (coverage,) = report(desk).coverage
    assert (coverage.reads, coverage.complete_reads, coverage.hours_covered) == (1, 0, 0)


@pytest.mark.parametrize(("week", "hours"), [("2026-W13", 167), ("2026-W43", 169), ("2026-W44", 168)])
def test_the_week_in_which_the_clocks_change_has_the_hours_it_has(tmp_path, store_for_all, week, hours):
    desk = Desk(tmp_path, now=datetime(2026, 1, 1, tzinfo=UTC), store=emptied(store_for_all))
    (coverage,) = desk.app.reporter.weekly(week, AFTER).coverage
    assert coverage.hours_in_week == hours


def test_stored_counts_what_was_first_seen_in_the_week_whenever_it_was_written(desk):
    read_at(desk, MONDAY - HOUR, item("before", at=MONDAY - DAY))
    read_at(desk, at(0, 9), item("old", at=MONDAY - 5 * DAY), item("new", at=at(0, 8)))
    (coverage,) = report(desk).coverage
    assert coverage.stored == 2
    assert figures(desk)["received"] == 1


def test_flagged_comments_are_counted_by_what_was_flagged_in_the_week(desk):
    read_at(desk, MONDAY - DAY, item("c1", INSULT, at=MONDAY - DAY))
    read_at(desk, at(0, 9), item("c1", "I will kill you", at=MONDAY - DAY), item("c2", INSULT, by=OTHER, at=at(0, 8)))
    decide(desk, "c2", Action.CONFIRM_OFFENSIVE, at(0, 10))
    counted = [(row.category, row.flagged, row.decided, row.evidence_kept) for row in report(desk).flagged]
    assert counted == [("insult", 1, 1, 1), ("threat", 1, 0, 1)]


def test_a_misspelt_week_is_refused_with_an_example(desk):
    with pytest.raises(ValueError, match="a week is written like 2026-W47"):
        report(desk, week="week 47")


def test_a_week_that_has_not_begun_has_no_report(desk):
    with pytest.raises(ValueError, match="2027-W10 has not begun"):
        desk.app.reporter.weekly("2027-W10", desk.clock())


def test_what_the_school_changed_of_its_policy_stands_beside_the_rule(desk):
    desk.change(response="hours = 48\nweekend = [5, 6]")
    said = desk.app.reporter.digest("ali@oakfield.example", desk.clock()).rule_in_words
    assert said.endswith("Changed by the school: hours = 48, weekend = 5, 6.")
