"""A person who asks is told until when something is kept, or what it waits for."""

from datetime import UTC, datetime, timedelta

import pytest

from config.policy import Retention
from monitor.erasing.terms import kept_until
from monitor.model import Category
from monitor.rules.retention import Kept

RECEIVED = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def told(now=RECEIVED + DAY, timezone="Europe/London", **facts):
    kept = Kept(**({"received_at": RECEIVED, "settled_at": RECEIVED} | facts))
    return kept_until(kept, Retention(), now, timezone)


def test_it_is_a_day_at_the_school_with_its_reason():
    assert told().startswith("Thu 10 Dec 2026. Long enough to answer")
    assert told(timezone="Asia/Tokyo").startswith("Fri 11 Dec 2026. ")


def test_a_hold_keeps_it_until_the_hold_ends():
    assert told(on_hold=True) == "the legal hold on it ends"


def test_a_term_that_is_over_is_said_to_be():
    assert told(now=RECEIVED + 40 * DAY) == "now: its term was over on Thu 10 Dec 2026"


def test_where_a_person_has_to_say_where_it_goes_that_is_told():
    said = told(now=RECEIVED + 400 * DAY, categories=frozenset({Category.THREAT}))
    assert said.startswith("a person has decided where it goes. It belongs in the child-protection file")


@pytest.mark.parametrize("timezone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_last_day_of_the_calendar_has_a_name_everywhere(timezone):
    end = datetime.max.replace(tzinfo=UTC)
    assert "9999. " in told(received_at=end, settled_at=end, timezone=timezone)
