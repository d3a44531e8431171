"""The governors' page, counted from the books."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from alert_desk import THREAT, decided, send, with_people
from desk import DAY, HOUR, INSULT, MINUTE, NOW, OTHER, SCHOOL, item
from evidence_desk import MRS_ALI, run_command
from kept_out_desk import DSL, HEAD, school_of, the_head_is_accused

from monitor.custody.log import note
from monitor.governing import Governing
from monitor.model import Action
from monitor.rules.terms import latest_term, term_between, term_named
from monitor.store import exclusions, ledger
from monitor.store.item_tables import Comment

TERM = term_named("2026-autumn", "Europe/London")
HATE_WORD = "What an idiot this gay teacher is"


def page_of(desk, term=TERM, person=None, now=None):
    named = next((each for each in desk.settings.people if each.name == person), None)
    return Governing(desk.store, desk.settings, desk.app.school).page(term, now or desk.clock(), named)


def lines(page):
    return {line.category: line for line in page.breaches}


def test_comments_are_counted_as_the_weekly_report_counts_them(desk):
    desk.read(
        item("c1", at=NOW - 2 * DAY),
        item("c2", at=NOW - 2 * DAY, by=OTHER),
        item("c3", at=NOW - HOUR),
        item("r1", by=SCHOOL, under="c1", at=NOW - 2 * DAY + HOUR),
    )
    page = page_of(desk)
    weekly = desk.app.reporter.weekly("2026-W46", desk.clock())
    earlier = desk.app.reporter.weekly("2026-W45", desk.clock())
    for figure in ("received", "due", "answered_in_time", "found_late", "unanswered", "held"):
        found = sum(getattr(row, figure) for report in (weekly, earlier) for row in report.figures)
        assert sum(getattr(row, figure) for row in page.figures) == found, figure
    (row,) = page.figures
    assert (row.received, row.due, row.answered_in_time, row.unanswered) == (3, 2, 1, 1)


def test_what_was_done_is_told_by_category_and_never_in_small_numbers(desk):
    desk.read(*(item(f"c{n}", INSULT, by=f"by-{n}") for n in range(11)))
    for n in range(6):
        decided(desk, Action.HIDE, remote_id=f"c{n}")
    decided(desk, Action.REPORT, remote_id="c0")
    decided(desk, Action.BLOCK, remote_id="c6")
    decided(desk, Action.CONFIRM_FLAG, remote_id="c7")
    decided(desk, Action.FALSE_ALARM, remote_id="c8")
    line = lines(page_of(desk))["insult"]
    assert (line.flagged, line.false_alarms, line.false_alarm_share) == ("11", "1 to 4", "1 to 4 of 11")
    assert dict(line.done) == {
        "hidden": "6",
        "reported": "1 to 4",
        "blocked": "1 to 4",
        "settled otherwise": "1 to 4",
        "nothing yet": "1 to 4",
    }


def test_contested_flags_have_a_share_once_there_are_enough(desk):
    desk.read(*(item(f"c{n}", INSULT, by=f"by-{n}") for n in range(10)))
    for n in range(5):
        decided(desk, Action.FALSE_ALARM, remote_id=f"c{n}")
    assert lines(page_of(desk))["insult"].false_alarm_share == "5 of 10 (50%)"


def test_what_comes_before_and_after_the_term_is_in_the_next_page(desk):
    desk.read(item("c1", INSULT), item("c2", at=NOW - HOUR))
    spring = page_of(desk, term_named("2027-spring", "Europe/London"), now=NOW + 60 * DAY)
    assert (spring.figures[0].received, spring.breaches, spring.evidence_kept) == (0, (), 0)
    summer = page_of(desk, term_named("2026-summer", "Europe/London"))
    assert (summer.figures[0].received, summer.breaches) == (0, ())
    assert summer.seen[0].hours_covered == 0
    only_that_day = page_of(desk, term_between(date(2026, 11, 10), date(2026, 11, 10), "Europe/London"))
    assert (only_that_day.figures[0].received, lines(only_that_day)["insult"].flagged) == (2, "1 to 4")


def test_a_term_that_has_not_begun_has_no_page(desk):
    with pytest.raises(ValueError, match="has not begun"):
        page_of(desk, term_named("2027-spring", "Europe/London"))


def test_how_much_of_the_term_was_read_counts_from_its_first_day(desk):
    desk.clock.at = datetime(2026, 12, 31, 12, tzinfo=UTC)
    page = page_of(desk)
    (seen,) = page.seen
    assert seen.watched_since == date(2026, 11, 10)
    assert seen.hours_in_term == pytest.approx((desk.clock() - TERM.since).total_seconds() / 3600)
    assert (seen.hours_covered, seen.long_holes) == (0, 1)
    assert seen.longest_hours > 24 * 50


def test_urgent_alerts_that_go_to_the_last_resort_are_told(desk):
    school = with_people(desk)
    school.read(item("c1", THREAT))
    for _ in range(60):
        school.later(5 * MINUTE)
        send(school)
    alerts = page_of(school).alerts
    assert (alerts.raised, alerts.waiting, alerts.last_resort) == (1, 1, 1)
    school.read(item("c2", THREAT, at=school.clock()))
    send(school)
    school.later(10 * MINUTE)
    decided(school, Action.CONFIRM_FLAG, remote_id="c2")
    school.app.notifier.run()
    alerts = page_of(school).alerts
    assert (alerts.raised, alerts.in_time, alerts.late, alerts.waiting, alerts.last_resort) == (2, 1, 0, 1, 1)


def test_evidence_that_was_handed_out_is_counted_piece_by_piece(desk):
    desk.read(item("c1", INSULT), item("c2", INSULT, by=OTHER))
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        note(tx, school, "export", NOW, 1, {"evidence": [1, 2], "blacked_out": False}, MRS_ALI)
        note(tx, school, "share", NOW, 1, {"evidence": 2, "with": "PC 1"}, MRS_ALI)
    page = page_of(desk)
    assert (page.evidence_kept, page.evidence_handed_out) == (len(desk.snapshots()), 2)


def test_the_policys_review_date_is_held_against_the_schools_day(desk):
    pack = desk.settings.policy
    for review_by, overdue in ((date(2026, 11, 10), False), (date(2026, 11, 9), True), (None, False)):
        desk.settings = desk.settings.model_copy(update={"policy": pack.model_copy(update={"review_by": review_by})})
        page = page_of(desk)
        assert (page.review_by, page.review_is_overdue) == (review_by, overdue)


def test_flags_on_words_that_name_a_group_are_held_against_all_others(desk):
    plain = [item(f"p{n}", "See you at the fair", by=f"p-{n}") for n in range(20)]
    named = [item(f"g{n}", HATE_WORD if n < 6 else "The gay choir sang well", by=f"g-{n}") for n in range(12)]
    few = [item(f"w{n}", "We are Welsh", by=f"w-{n}") for n in range(9)]
    desk.read(*plain, *named, *few)
    for n in range(5):
        decided(desk, Action.FALSE_ALARM, remote_id=f"g{n}")
    check = page_of(desk).equality
    (line,) = check.lines
    assert (line.group, line.comments, line.flagged, line.false_alarms) == ("sexuality", 12, "6", "5")
    assert line.stands_out
    assert (check.others.comments, check.others.flagged) == (20, "0")
    assert "Irish, Scottish, Welsh" in check.too_few
    assert check.wordless == 0


def test_words_that_were_erased_are_counted_as_such(desk):
    desk.read(item("c1", "gay"), item("c2", "fine"))
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()["c1"].id)
        comment.versions[-1].text = ""
    check = page_of(desk).equality
    assert (check.wordless, check.others.comments) == (1, 1)


@pytest.fixture
def accused(tmp_path, store_for_all, monkeypatch):
    desk = school_of(tmp_path, store_for_all, monkeypatch)
    the_head_is_accused(desk)
    return desk


def test_nothing_on_the_heads_page_or_everybodys_comes_from_the_case_about_her(accused):
    """But the number of comments received, and of those with words."""
    hers, everybodys, leads = page_of(accused, person=HEAD), page_of(accused), page_of(accused, person=DSL)
    assert "allegation" in lines(leads)
    assert "allegation" not in {**lines(hers), **lines(everybodys)}
    assert leads.evidence_kept > hers.evidence_kept == everybodys.evidence_kept
    assert leads.alerts.raised >= hers.alerts.raised == everybodys.alerts.raised
    assert hers.breaches == everybodys.breaches
    assert len({page.figures[0].received for page in (hers, everybodys, leads)}) == 1
    assert len({page.equality.others.comments for page in (hers, everybodys, leads)}) == 1


def test_cases_with_somebody_kept_out_are_a_number_only_from_five_and_only_of_those_the_reader_may_see(accused):
    """Two to begin with: about the head, and what was said in answer to that."""
    assert (page_of(accused, person=DSL).kept_out, page_of(accused).kept_out) == ("fewer than five", "")
    accused.read(*(item(f"k{n}", "idiot", by=f"k-{n}") for n in range(3)))
    with accused.store.writing() as tx:
        for n in range(3):
            comment = tx.get_one(Comment, accused.items()[f"k{n}"].id)
            exclusions.keep_out(tx, comment, ["bevan@oakfield.example"], "about him", "Ms Okafor", accused.clock())
    assert page_of(accused, person=DSL).kept_out == "5"
    assert page_of(accused, person=HEAD).kept_out == "fewer than five"
    assert page_of(accused).kept_out == ""


def told(desk, monkeypatch, capfd, *words):
    return run_command(desk, monkeypatch, capfd, "report", "governors", *words)


def test_the_command_makes_the_page_in_every_format(desk, tmp_path, monkeypatch, capfd):
    desk.read(item("c1", INSULT))
    status, out, err = told(desk, monkeypatch, capfd, "--so-far")
    assert status == 0
    assert "Governors' page, autumn term 2026, so far" in out
    assert err == ""
    status, out, _ = told(desk, monkeypatch, capfd, "--so-far", "--format", "csv", "--by", "Ms Okafor")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {
        "record": "breach",
        "name": "insult",
        "figure": "flagged",
        "value": "1 to 4",
        "term": "2026-autumn",
    } in rows
    for form, begins in (("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-")):
        file = tmp_path / f"page.{form}"
        status, out, _ = told(desk, monkeypatch, capfd, "--so-far", "--format", form, "--output", file)
        assert (status, file.read_bytes().startswith(begins)) == (0, True)


def test_the_default_is_the_last_term_that_is_over(desk, monkeypatch, capfd):
    assert latest_term(desk.clock(), "Europe/London", running=False).name == "2026-summer"
    assert "summer term 2026\n" in told(desk, monkeypatch, capfd)[1]
    own = told(desk, monkeypatch, capfd, "--from", "2026-10-01", "--until", "2026-10-31")[1]
    assert "Governors' page, 1 Oct 2026 to 31 Oct 2026\n" in own


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--term", "2026-winter"), "written like 2026-autumn"),
        (("--term", "2026-autumn"), "is not over; --so-far"),
        (("--term", "2027-spring", "--so-far"), "has not begun"),
        (("--from", "2026-10-01"), "go together"),
        (("--until", "2026-10-01"), "go together"),
        (("--from", "2026-10-02", "--until", "2026-10-01"), "is before the first"),
        (("--from", "2026-10-01", "--until", "2026-12-01"), "is not over"),
        (("--from", "2026-10-01", "--until", "2026-10-02", "--term", "2026-summer"), "names the days already"),
        (("--week", "2026-W46"), "--week goes with report weekly"),
    ],
)
def test_what_it_does_not_understand_is_refused_in_words(desk, monkeypatch, capfd, words, said):
    status, out, err = told(desk, monkeypatch, capfd, *words)
    assert (status, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("words", [("--term", "2026-summer"), ("--from", "2026-10-01"), ("--so-far",)])
def test_options_of_the_term_are_refused_by_the_weekly_report(desk, monkeypatch, capfd, words):
    status, _, err = run_command(desk, monkeypatch, capfd, "report", "weekly", *words)
    assert (status, "goes with report governors" in err) == (2, True)
