"""What each policy pack decides, kind by kind, is what was reviewed; and no pack can decide certain things."""

from functools import cache
from zoneinfo import ZoneInfo

import pytest
from decision_table import (
    DIGEST_AT,
    ENTRY,
    LAST_RESORT,
    MAILS_FROM,
    MAILS_UNTIL,
    MOMENTS,
    PEOPLE,
    TABLES,
    ZONE,
    decisions,
    packs,
    table,
)

from monitor.rules.calendar import is_working
from monitor.rules.routing import route

NAMES = sorted(packs())


@pytest.fixture(params=NAMES)
def pack(request):
    return packs()[request.param]


@cache
def every_decision(name):
    return decisions(packs()[name])


@pytest.fixture(params=NAMES)
def decided(request):
    return request.param, packs()[request.param], every_decision(request.param)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_of_each_pack_is_the_one_that_was_reviewed(name):
    now, reviewed = table(packs()[name]), TABLES / f"{name}.txt"
    if reviewed.exists() and reviewed.read_text("utf-8") == now:
        return
    new = TABLES / f"{name}.new.txt"
    new.write_text(now, "utf-8")
    pytest.fail(
        f"the pack {name} decides otherwise than {reviewed.name} says. What it decides now is in {new}. "
        f"Read both (diff {reviewed} {new}); if the new one is right, take it with `make tables` and commit it.",
        pytrace=False,
    )


def test_no_table_is_left_of_a_pack_that_is_not_there():
    assert {path.stem for path in TABLES.glob("*.txt") if not path.stem.endswith(".new")} <= set(NAMES)


def test_every_kind_is_told_to_somebody_and_the_last_resort_is_always_last(decided):
    for each in decided[2]:
        assert each.route.steps[-1] == (LAST_RESORT,), each
        assert all(each.route.steps)


def test_nobody_who_is_kept_out_is_ever_told_whoever_it_is(decided):
    _, pack, every = decided
    for handled in {each.handling: each for each in every}.values():
        for person in PEOPLE:
            found = route(handled.handling, PEOPLE, ENTRY, {person.email}, MOMENTS["day"].date(), pack, LAST_RESORT)
            assert person.email not in found.everybody
    assert not any(each.kept_out & set(each.route.everybody) for each in every)


def test_nobody_is_told_twice_and_a_technician_never(decided):
    for each in decided[2]:
        told = [person for step in each.route.steps for person in step]
        assert len(set(told)) == len(told)
        assert "technician@oakfield.example" not in told


def test_nobody_who_is_away_is_told(decided):
    for each in decided[2]:
        away = {person.email for person in each.people if person.absent}
        assert not away & set(each.route.everybody)
        if each.absence != "moderators away":
            assert not away & {person for step in each.steps for person in step}


def test_the_last_resort_is_not_bothered_with_what_waits_for_the_digest(decided):
    for each in decided[2]:
        if each.handling.severity in {"note", "concern"} and not each.handling.only_those_told:
            assert (LAST_RESORT,) not in each.steps
            assert each.steps[0]


def test_whoever_is_told_is_on_the_route_or_moderates_the_account(decided):
    moderators = {person.email for person in PEOPLE if "moderator" in person.roles}
    for each in decided[2]:
        told = {person for step in each.steps for person in step}
        assert told
        assert not told & each.kept_out
        assert told <= {*each.route.everybody, *moderators}


def test_the_hour_decides_when_somebody_is_told_and_never_who(decided):
    who = {}
    for each in decided[2]:
        state = (each.kinds, each.absence, each.exclusion)
        assert who.setdefault(state, each.route.steps) == each.route.steps


def test_what_is_urgent_never_waits(decided):
    for each in decided[2]:
        if each.handling.is_urgent:
            assert each.mailed_at == MOMENTS[each.moment]


def test_nothing_else_is_mailed_outside_of_working_hours(decided):
    _, pack, every = decided
    for each in every:
        if each.handling.is_urgent:
            continue
        local = each.mailed_at.astimezone(ZoneInfo(ZONE))
        assert is_working(local.date(), pack.response)
        assert MAILS_FROM <= local.time() < MAILS_UNTIL
        if each.handling.severity in {"note", "concern"}:
            assert local.time() == DIGEST_AT


def test_what_is_serious_is_told_on_the_same_working_day(decided):
    for each in decided[2]:
        if each.handling.severity == "serious" and each.moment == "day":
            assert each.mailed_at == MOMENTS["day"]


def test_where_the_head_would_be_told_first_and_may_not_see_it_the_next_authority_is(decided):
    _, pack, every = decided
    instead = {person.email for person in PEOPLE if pack.instead_of_the_head in person.roles}
    for each in every:
        if each.exclusion == "head kept out" and each.absence == "nobody away" and "head" in each.handling.first:
            assert instead <= set(each.route.first)


def test_an_allegation_against_staff_is_no_matter_for_a_crowd(decided):
    """Where a pack has it seen only by those told, nothing else in the comment brings anybody else in."""
    _, pack, every = decided
    alone = {each.absence + each.exclusion: each for each in every if each.kinds == ("allegation",)}
    if not pack.categories["allegation"].keep_out.only_those_told:
        pytest.skip("this pack lets moderators see allegations")
    for each in every:
        if (
            "allegation" in each.kinds
            and len(each.kinds) > 1
            and each.moment == "day"
            and each.absence == "nobody away"
        ):
            assert set(each.route.everybody) <= set(alone[each.absence + each.exclusion].route.everybody)
