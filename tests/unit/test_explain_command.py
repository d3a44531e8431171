"""`school-monitor check --explain`: one deadline in words, for whoever disputes it."""

import pytest

from config.policy import PolicyPack, ResponseRule
from config.settings import Settings
from monitor.commands.explain import explain


def school(**options):
    """Settings of a school with these response options."""
    rule = ResponseRule(**options)
    pack = PolicyPack(
        id="oakfield",
        name="Oakfield social media policy",
        version="3",
        review_by="2027-09-01",
        response_clause="Watching our accounts",
        response_in_words="We answer within a day.",
        response=rule,
        categories={},
    )
    return Settings(
        path="/etc/oakfield.toml",
        school={"name": "Oakfield Primary School", "key": "oakfield", "last_resort": "chair@governors.example"},
        mail={"transport": "folder", "sender": "monitor@oakfield.example"},
        people=[{"name": "A. Head", "email": "head@oakfield.example", "roles": ["head", "moderator"]}],
        accounts=[
            {"key": "page", "label": "Page", "network": "facebook_page", "page_id": "1", "access_token": "invented"}
        ],
        policy=pack,
        rule=rule,
    )


def test_explain_gives_the_rule_its_clause_the_options_and_every_step():
    assert explain("2026-11-13 16:00", school(due_on_nonworking="roll_end")) == [
        "We answer within a day.",
        'clause "Watching our accounts" of Oakfield social media policy, version 3',
        'option due_on_nonworking = "roll_end" instead of "keep"',
        "received Fri 13 Nov 2026 16:00 Europe/London: a working day",
        "24 hours later, counted in UTC: Sat 14 Nov 2026 16:00",
        "Sat 14 Nov is not a working day (Saturday): the deadline moves to the next one",
        "Sun 15 Nov is not a working day (Sunday)",
        "Mon 16 Nov is a working day",
        "due by 23:59:59 that day",
        "due Mon 16 Nov 2026 23:59:59 Europe/London (2026-11-16T23:59:59Z)",
    ]


def test_explain_says_when_every_option_is_at_its_default():
    assert "every option is at its default, the literal reading of the clause" in explain(
        "2026-11-13T16:00", school()
    )


def test_explain_takes_a_time_with_an_offset_as_that_instant():
    assert "received Fri 12 Jun 2026 15:30 Europe/London: a working day" in explain("2026-06-12T14:30:00Z", school())


def test_explain_says_which_reading_of_a_doubtful_local_time_it_took():
    skipped, twice = explain("2026-03-29 01:30", school()), explain("2026-10-25 01:30", school())
    assert any("does not exist, the clocks go forward: Sun 29 Mar 2026 02:30 is taken" in line for line in skipped)
    assert any("comes twice, the clocks go back: the later, 2026-10-25T01:30:00Z, is taken" in line for line in twice)


def test_explain_works_where_the_clock_starts_at_first_sight():
    lines = explain("2026-06-10 08:15", school(clock_start="first_seen"))
    assert "taken as seen by us the moment it was posted" in lines
    assert lines[-1] == "due Thu 11 Jun 2026 08:15 Europe/London (2026-06-11T07:15:00Z)"


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-11-13", "2026-02-30 10:00", "16:00", "9" * 500])
def test_explain_refuses_what_is_no_time_in_one_sentence(text):
    with pytest.raises(ValueError, match="accepted: a local time such as"):
        explain(text, school())
