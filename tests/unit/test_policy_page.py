"""`check --policy`: a pack on one page, in sentences somebody at the school can hold against the policy."""

from datetime import date

import pytest

from config.packs import POLICIES, known_packs, read_pack
from config.policy import PolicyPack, ResponseRule
from monitor.policy_page.layout import WIDTH, Paragraph, laid_out
from monitor.policy_page.page import policy_page
from monitor.policy_page.window import clock

TODAY = date(2026, 11, 27)
BY_NAME = {name: read_pack(POLICIES / f"{name}.toml") for name in known_packs()}


def page(name, today=TODAY, **options):
    """The page of a pack, as one line."""
    pack = BY_NAME[name]
    return " ".join(" ".join(policy_page(pack, pack.response.model_copy(update=options), today)).split())


def about(name, kind):
    """The paragraph on one kind of comment, as one line."""
    lines = policy_page(BY_NAME[name], BY_NAME[name].response, TODAY)
    at = next(n for n, line in enumerate(lines) if line.startswith(f"    {kind} ["))
    end = next(n for n, line in enumerate(lines) if n > at and not line)
    return " ".join(" ".join(lines[at:end]).split())


def test_an_allegation_at_hasland_is_told_whole_with_its_clause():
    said = about("hasland", "Allegation")
    assert said.startswith("Allegation [Child protection guidance] Told: the head.")
    assert "After 1 hour without an acknowledgement the chair of governors." in said
    assert "It is not answered, and nobody is reminded to." in said
    assert "neither hidden nor deleted before advice is on record from the local authority's designated" in said
    assert "Only what a person has confirmed as illegal comes down before that." in said
    assert "It is kept from people whom the words name. Nobody else but those told sees it" in said
    assert "1. Tell the head and no one else" in said


def test_what_no_clause_asks_for_says_so_beside_what_one_does():
    assert "It is kept from people whom the words name. [usual practice]" in about("carey", "Insult")
    assert "Told: the head and the line manager." in about("carey", "Threat")
    assert "Self-harm [no clause of its own, nearest: Monitoring]" in about("walter-halls", "Self-harm")
    assert "Media enquiry [usual practice]" in about("heathcoat", "Media enquiry")


def test_the_conflict_over_complaints_can_be_read():
    assert "It is to be answered, or dealt with, in time." in about("walter-halls", "Complaint")
    assert "It is not answered, and nobody is reminded to." in about("carey", "Complaint")
    sent_on = "answered in time, with the way to where it belongs: the school office, by telephone or e-mail."
    assert sent_on in about("heathcoat", "Complaint")


def test_the_conflict_over_taking_down_can_be_read():
    assert "Where it is taken down, readers are told that, and why." in about("walter-halls", "Hate")
    assert "It is to be taken down as soon as evidence is kept." in about("king-offa", "Hate")


def test_what_is_not_urgent_names_no_acknowledgement():
    said = about("king-offa", "Bullying")
    assert "If none of them is there: the communications manager, then the leadership." in said
    assert "acknowledge" not in said


@pytest.mark.parametrize("name", known_packs())
def test_every_page_has_every_part_and_every_kind_under_how_fast_it_is_told(name):
    said = page(name)
    parts = ("AT A GLANCE", "HOW LONG THE SCHOOL HAS TO ANSWER", "WHO IS TOLD", "WHAT EACH ACCOUNT NEEDS")
    parts += ("WHEN IT GOES ON", "WHAT THE SCHOOL ITSELF PUBLISHES", "HOW LONG IT IS KEPT")
    places = [said.index(part) for part in sorted(parts, key=said.index)]
    assert places == sorted(places)
    fast, same_day, digest = map(said.index, ("At once, day and night,", "On the same working day", "With the next"))
    assert fast < said.index("Allegation [") < same_day < said.index("Insult [") < digest < said.index("Question [")


@pytest.mark.parametrize("name", known_packs())
def test_no_line_is_too_wide_for_a_screen(name):
    assert max(map(len, policy_page(BY_NAME[name], BY_NAME[name].response, TODAY))) <= WIDTH


def test_an_overdue_review_stands_on_top_and_a_day_that_is_still_to_come_beside_the_version():
    assert "! The policy Walter Halls Primary School (version 2023-09) was to be reviewed by" in page("walter-halls")
    assert "Version 2023-09, to be reviewed by 30 Sep 2024." in page("walter-halls", date(2024, 9, 30))
    assert "does not say by when it is reviewed" in page("hasland")


def test_ladder_house_rules_accounts_and_messages_are_told():
    said = page("heathcoat")
    assert "1. The matter has been talked over with the parent" in said
    assert "Recorded by the head, the safeguarding lead or the leadership, at any time." in said
    assert "5. No threats." in said
    assert "Direct messages are never read, whatever an account's settings say. [Sanctioned use" in said
    assert "Its description links to the policy." in said
    assert "It is registered to an e-mail address of the school." in said
    approvals = "the signature of the line manager, the communications manager and the head. [A.3.2]"
    assert approvals in page("king-offa")
    assert "who publishes on it, when it goes live and when it is to close." in page("king-offa")
    assert "Told of it, quietly: the leadership, or else the head. [E. SUMMING UP]" in page("carey")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "A comment is due 24 hours after it was posted; hours that really pass, summer time or not."),
        ({"clock": "wall", "hours": 48}, "due 48 hours after it was posted, by the clock on the wall."),
        ({"clock_start": "first_seen"}, "after this program first saw it"),
        ({}, "Days off are Saturday, Sunday and the bank holidays of England."),
        (
            {"weekend": (), "region": None},
            "There are no days off. - No day of the week gives more time than another.",
        ),
        ({"removed_holidays": (date(2026, 12, 28),)}, "Not counted as such: Mon 28 Dec 2026."),
        ({}, "What comes in on a Saturday or Sunday is due by the end of the next working day. A bank holiday"),
        ({"nonworking_receipt": "any_nonworking"}, "What comes in on a day off is due by the end of the next"),
        ({"due_on_nonworking": "roll_end"}, "A deadline that falls on a day off moves to the end of the next"),
        (
            {"closures_working": False, "closures": ((date(2026, 12, 21), date(2027, 1, 3)),)},
            "School holidays are days off. They are Mon 21 Dec to Sun 3 Jan 2027.",
        ),
        ({"inset_working": False, "inset": (date(2026, 9, 1),)}, "So are training days: Tue 1 Sep 2026."),
        ({"like_counts": True, "auto_reply_counts": True}, "A like is enough. An automatic reply is enough."),
        ({"no_reply_needed": ("thanks", "emoji_only")}, "No answer is owed to thanks alone or emoji alone."),
        ({"edit_restarts": True, "outage_grace_hours": 4}, "An edit starts the clock again. After an outage there"),
    ],
)
def test_every_option_of_the_clock_is_said(options, expected):
    assert expected in page("default", **options)


def test_the_end_of_the_next_working_day_can_be_another_time():
    rule = ResponseRule(next_day_due="16:00")
    said = clock(BY_NAME["default"], rule)["what comes in on a day off"].words
    assert "is due by 16:00 on the next working day." in said


def test_a_pack_of_a_schools_own_cannot_write_to_the_terminal():
    odd = PolicyPack(
        id="odd",
        name="\x1b[2JOdd\u202e",
        version="1",
        response_clause="\x1b]0;x\x07Clause",
        response_in_words="Always.\x9b2J",
        categories={},
    )
    text = "\n".join(policy_page(odd, odd.response, TODAY))
    assert all(letter.isprintable() for line in text.split("\n") for letter in line)


def test_words_are_wrapped_under_their_mark():
    assert laid_out([Paragraph("one two three", mark="-")], width=11) == ["  - one two", "    three"]
