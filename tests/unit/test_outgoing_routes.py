"""Who hears of what the school's own accounts published, and when: quietly, and never the poster."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.handling import OutgoingRule
from config.people import Person
from config.policy import ResponseRule
from config.register import RegisterEntry
from monitor.rules.calendar import is_working
from monitor.rules.outgoing import is_history, next_outgoing_mail, told_of_a_report, told_of_outgoing

DAY = date(2026, 11, 10)
HOURS = (time(8), time(18))
LAST = "chair@trust.example"
RULE = OutgoingRule()


def person(name, *roles, **more):
    return Person(name=name, email=f"{name.lower()}@oakfield.example", roles=roles or ("staff",), **more)


def told(people, posters=(), rule=RULE, day=DAY):
    entry = RegisterEntry(account="facebook", posters=posters)
    found = told_of_outgoing(rule, "chair_of_governors", LAST, people, entry, day)
    return [each.partition("@")[0] for each in found]


HEAD = person("Head", "head")
CHAIR = person("Chair", "chair_of_governors")
BOSS = person("Boss", "line_manager")
POSTER = person("Poster", "staff", line_manager="Boss")


def test_the_line_manager_of_whoever_posts_is_told():
    assert told([POSTER, BOSS, HEAD, CHAIR], ("Poster",)) == ["boss"]


def test_every_posters_manager_is_told_once():
    other, third = person("Other", line_manager="Head"), person("Third", line_manager="Boss")
    assert told([POSTER, other, third, BOSS, HEAD], ("Poster", "Other", "Third")) == ["boss", "head"]


def test_where_the_register_names_no_poster_whoever_has_the_first_duty_is_told():
    assert told([POSTER, BOSS, HEAD]) == ["boss"]
    assert told([POSTER, HEAD]) == ["head"]


def test_nobody_is_told_of_their_own_posts_but_the_next_duty_is():
    assert told([person("Boss", "line_manager"), HEAD, CHAIR], ("Boss",)) == ["head"]
    assert told([HEAD, CHAIR], ("Head",)) == ["chair"]
    assert told([person("Head", "head", line_manager="Chair"), CHAIR], ("Head",)) == ["chair"]


def test_two_posters_who_manage_each_other_tell_the_head():
    one = person("One", "line_manager", line_manager="Two")
    two = person("Two", "line_manager", line_manager="One")
    assert told([one, two, HEAD], ("One", "Two")) == ["head"]


def test_the_last_resort_is_told_where_nobody_is_left():
    assert told([HEAD], ("Head",)) == ["chair"]


def test_the_pack_says_whom():
    senior = person("Senior", "senior")
    rule = OutgoingRule(tell=("communications", "senior"))
    assert told([senior, BOSS, HEAD], rule=rule) == ["senior"]
    assert told([POSTER, BOSS, HEAD], ("Poster",), OutgoingRule(tell=("poster",))) == ["poster"]


def test_a_technician_is_never_told():
    with pytest.raises(ValueError, match="technician"):
        OutgoingRule(tell=("technician",))
    covered = {"absent": ((DAY, DAY),), "covered_by": "Tech"}
    people = [POSTER, person("Boss", "line_manager", **covered), person("Tech", "technician"), HEAD]
    assert "tech" not in told(people, ("Poster",))


def test_whoever_covers_an_absent_manager_is_told_unless_they_posted_it():
    away = {"absent": ((DAY, DAY),), "covered_by": "Deputy"}
    deputy = person("Deputy", "senior")
    assert told([POSTER, person("Boss", "line_manager", **away), deputy, HEAD], ("Poster",)) == ["deputy"]
    assert told([POSTER, person("Boss", "line_manager", **away), deputy, HEAD], ("Poster", "Deputy")) == ["boss"]
    assert told([POSTER, person("Boss", "line_manager", absent=((DAY, DAY),)), HEAD], ("Poster",)) == ["boss"]


def test_cover_that_goes_round_in_a_circle_ends():
    away = {"absent": ((DAY, DAY),)}
    one = person("Boss", "line_manager", covered_by="Two", **away)
    two = person("Two", "staff", covered_by="Boss", **away)
    assert told([POSTER, one, two, HEAD], ("Poster",)) == ["boss"]


def reported(people, by, posters=()):
    entry = RegisterEntry(account="facebook", posters=posters)
    found = told_of_a_report("chair_of_governors", LAST, people, entry, by, DAY)
    return [each.partition("@")[0] for each in found]


def test_a_mistake_is_told_to_the_head():
    assert reported([HEAD, CHAIR, BOSS], "Boss") == ["head"]


def test_a_mistake_on_an_account_of_the_heads_is_also_told_to_whoever_stands_above():
    assert reported([HEAD, CHAIR, BOSS], "Boss", ("Head",)) == ["head", "chair"]
    assert reported([HEAD, CHAIR], "Head") == ["chair"]
    assert reported([HEAD], "Head") == ["chair"]


@given(st.lists(st.sampled_from("ABCDE"), unique=True), st.lists(st.sampled_from("ABCDE"), max_size=5))
def test_somebody_is_always_told_and_never_a_poster(posters, managers):
    roles = {"A": ("head",), "B": ("line_manager",), "C": ("senior",), "D": ("chair_of_governors",), "E": ("staff",)}
    people = [
        person(name, *roles[name], line_manager=manager if manager != name else None)
        for name, manager in zip("ABCDE", [*managers, *[None] * 5], strict=False)
    ]
    found = told(people, tuple(posters))
    assert found
    assert not {each.upper() for each in found} & set(posters)


def mailed(found_at, sent_on=(), rule=ResponseRule()):  # noqa: B008  frozen
    slot = next_outgoing_mail(found_at, "Europe/London", rule, HOURS, sent_on)
    return slot.key, slot.opens_at


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("found_at", "key", "opens_at"),
    [
        (at(10, 10), "2026-11-10", at(10, 10, 30)),  # Tuesday
        (at(10, 6), "2026-11-10", at(10, 8)),
        (at(10, 17, 50), "2026-11-10", at(10, 18)),
        (at(10, 18), "2026-11-11", at(11, 8)),
        (at(13, 20), "2026-11-16", at(16, 8)),  # Friday evening
        (at(14, 10), "2026-11-16", at(16, 8)),  # Saturday
    ],
)
def test_it_is_told_in_mailing_hours_of_the_same_working_day_else_of_the_next(found_at, key, opens_at):
    assert mailed(found_at) == (key, opens_at)


def test_nobody_gets_a_second_one_on_the_same_day():
    assert mailed(at(10, 14), {"2026-11-10"}) == ("2026-11-11", at(11, 8))


def test_a_policy_without_working_days_still_tells_somebody():
    assert mailed(at(10, 10), rule=ResponseRule(weekend=(1, 2, 3, 4, 5, 6, 7))) == ("2026-11-11", at(11, 8))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)))  # noqa: DTZ001
def test_a_mail_never_leaves_before_it_is_found_nor_outside_of_working_days(moment):
    found_at = moment.replace(tzinfo=UTC)
    slot = next_outgoing_mail(found_at, "Europe/London", ResponseRule(), HOURS, ())
    assert slot.opens_at >= found_at
    assert slot.opens_at - found_at < timedelta(days=6)
    assert is_working(date.fromisoformat(slot.key), ResponseRule())


def test_what_was_there_before_the_account_was_watched_is_history_until_it_is_edited():
    watched, before = at(10, 8), at(9, 8)
    assert is_history(before, watched, was_edited=False)
    assert not is_history(before, watched, was_edited=True)
    assert not is_history(watched, watched, was_edited=False)
