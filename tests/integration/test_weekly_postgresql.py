"""On PostgreSQL the weekly report counts the same, explains the same and is kept the same."""

import pytest
from desk import DAY, HOUR, MINUTE, SCHOOL, item
from postgresql import empty
from rich_week import AFTER, decide, read_at, rich_school

from alerts.report_numbers import numbers
from monitor.model import Action
from monitor.weekly.explaining import Explainer

WEEK, HEAD = "2026-W46", "head@oakfield.example"


@pytest.fixture(scope="module")
def school(postgresql, tmp_path_factory):
    address, _ = postgresql
    desk = rich_school(tmp_path_factory.mktemp("rich"), None, f'[storage]\ndatabase = "{address}"\n')
    yield desk
    empty(desk.store)
    desk.close()


def test_it_counts_explains_and_keeps_what_it_does_on_sqlite(school, tmp_path, store_for_all):
    reports = school.app.reporter.weekly_reports
    gathered = reports.shown(WEEK, AFTER, HEAD)
    explainer = Explainer(school.store, school.settings, gathered, (), AFTER)
    for figure in explainer.figures():
        assert explainer.explain(figure).worked_out == pytest.approx(figure.value), figure.key
    sent = reports.to_send(WEEK, AFTER, HEAD)
    decide(school, "open", Action.NO_REPLY_NEEDED, AFTER + HOUR)
    assert reports.to_send(WEEK, AFTER + 2 * HOUR, HEAD) == sent
    read_at(school, AFTER + DAY, item("r9", by=SCHOOL, under="old", at=AFTER + DAY - MINUTE))
    school.clock.at = AFTER + 7 * DAY
    changes = reports.to_send("2026-W47", school.clock(), HEAD).changes
    assert [(each.week, each.was, each.now, each.comments) for each in changes] == [
        (WEEK, "unanswered", "no_reply_needed", 1)
    ]
    lite = rich_school(tmp_path, store_for_all).app.reporter.weekly_reports.shown(WEEK, AFTER, HEAD)
    there, here = ({each.key: each.value for each in numbers(which)} for which in (gathered.report, lite.report))
    assert there == here
