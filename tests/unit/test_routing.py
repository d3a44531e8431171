"""Who is told of a case: never somebody kept out, never a technician, and always somebody."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.packs import pack_file, read_pack
from config.people import Person
from config.register import RegisterEntry
from monitor.rules.handling import Answering, Handling, Removal
from monitor.rules.routing import Route, is_told_of_comments, moderators_of, route

PACK = read_pack(pack_file("default", "."))
DAY = date(2026, 11, 10)
AWAY = ((DAY, DAY + timedelta(days=3)),)
LAST = "last@governors.example"
NOWHERE = RegisterEntry(account="facebook")


def person(name, *roles, **more):
    return Person(name=name, email=f"{name.lower()}@oakfield.example", roles=roles, **more)


ALI, BEVAN = person("Ali", "moderator"), person("Bevan", "moderator")
HEAD, CHAIR, LEAD = person("Head", "head"), person("Chair", "chair_of_governors"), person("Lead", "safeguarding")
MANAGER, POSTER = person("Manager", "line_manager"), person("Poster", "staff", line_manager="Boss")
BOSS, TECHNICIAN = person("Boss", "senior"), person("Tess", "technician")
EVERYBODY = (ALI, BEVAN, HEAD, CHAIR, LEAD, MANAGER, POSTER, BOSS, TECHNICIAN)


def handled(*first, then=()):
    return Handling(
        severity="urgent",
        first=first or ("moderator",),
        then=then,
        acknowledge_minutes=30,
        answering=Answering.IN_TIME,
        redirect_to=(),
        removal=Removal.BY_MODERATOR,
        advice_from=(),
        explains=False,
        keeps_out_named=False,
        keeps_out_posters=False,
        only_those_told=False,
        because=(),
    )


def steps(handling, people=EVERYBODY, entry=NOWHERE, kept_out=(), pack=PACK, last=LAST):
    """The steps by names, the last resort as LAST."""
    found = route(handling, people, entry, kept_out, DAY, pack, last)
    assert found.first == (found.steps[0] if found.steps else ())
    names = {each.email: each.name for each in people} | {LAST: "LAST"}
    return [tuple(names[email] for email in step) for step in found.steps]


def notes(*args, **more):
    return route(*args, DAY, PACK, LAST, **more).notes


def without(*people):
    return tuple(each for each in EVERYBODY if each not in people)


def changed(one, **more):
    """The people with one of them changed."""
    return tuple(each.model_copy(update=more) if each is one else each for each in EVERYBODY)


def test_those_of_the_first_step_are_told_together_and_then_one_duty_after_the_other():
    assert steps(handled("moderator", "safeguarding", then=("head", "chair_of_governors"))) == [
        ("Ali", "Bevan", "Lead"),
        ("Head",),
        ("Chair",),
        ("LAST",),
    ]


def test_the_registers_moderators_of_the_account_are_told_and_no_others():
    assert steps(handled(), entry=RegisterEntry(account="facebook", moderators=("Bevan",)))[0] == ("Bevan",)


def test_a_poster_is_whoever_the_register_names_else_the_moderators():
    assert steps(handled("poster"), entry=RegisterEntry(account="facebook", posters=("Poster",)))[0] == ("Poster",)
    assert steps(handled("poster"))[0] == ("Ali", "Bevan")


def test_the_line_manager_is_the_posters_else_whoever_has_the_role():
    assert steps(handled("line_manager"), entry=RegisterEntry(account="facebook", posters=("Poster",)))[0] == (
        "Boss",
    )
    assert steps(handled("line_manager"))[0] == ("Manager",)


def test_whoever_is_away_is_covered_along_the_chain():
    people = (
        ALI.model_copy(update={"absent": AWAY, "covered_by": "Bevan"}),
        BEVAN.model_copy(update={"absent": AWAY, "covered_by": "Boss", "roles": ("staff",)}),
        *without(ALI, BEVAN),
    )
    assert steps(handled(), people) == [("Boss",), ("LAST",)]
    assert "Ali is away: Boss covers." in notes(handled(), people, NOWHERE, ())


def test_whoever_is_back_is_told_themselves():
    back = changed(ALI, absent=((DAY - timedelta(days=9), DAY - timedelta(days=1)),), covered_by="Boss")
    assert steps(handled(), back)[0] == ("Ali", "Bevan")


def test_cover_that_goes_in_a_circle_or_to_nobody_leads_to_the_next_step():
    circle = (
        ALI.model_copy(update={"absent": AWAY, "covered_by": "Bevan"}),
        BEVAN.model_copy(update={"absent": AWAY, "covered_by": "Ali"}),
        *without(ALI, BEVAN),
    )
    for people in (circle, changed(HEAD, absent=AWAY)):
        duty = "moderator" if people is circle else "head"
        assert steps(handled(duty, then=("safeguarding",)), people) == [("Lead",), ("LAST",)]


def test_a_cover_who_is_kept_out_or_a_technician_covers_nobody():
    for cover, kept_out in (("Bevan", {BEVAN.email}), ("Tess", ())):
        people = changed(ALI, absent=AWAY, covered_by=cover)
        found = steps(handled(then=("head",)), people, kept_out=kept_out)
        assert found[0] == (("Head",) if kept_out else ("Bevan",))


def test_where_the_head_is_kept_out_the_packs_next_authority_is_told_and_never_the_heads_cover():
    people = changed(HEAD, absent=AWAY, covered_by="Boss")
    assert steps(handled("head"), people, kept_out={HEAD.email}) == [("Chair",), ("LAST",)]
    trust = PACK.model_copy(update={"instead_of_the_head": "senior"})
    assert steps(handled("head"), kept_out={HEAD.email}, pack=trust)[0] == ("Boss",)


def test_a_second_head_who_is_not_kept_out_is_still_told():
    second = person("Second", "head")
    assert steps(handled("head"), (*EVERYBODY, second), kept_out={HEAD.email})[0] == ("Chair", "Second")


def test_a_kept_out_moderator_is_left_out_in_whatever_letters_their_address_is_written():
    assert steps(handled(), kept_out={"ALI@oakfield.example"})[0] == ("Bevan",)


def test_the_last_resort_closes_the_route_even_where_it_was_told_before():
    assert steps(handled("chair_of_governors", then=("head",)), last=CHAIR.email) == [
        ("Chair",),
        ("Head",),
        ("Chair",),
    ]
    assert steps(handled("head"), last=CHAIR.email, kept_out={HEAD.email}) == [("Chair",)]


def test_where_the_last_resort_is_kept_out_another_authority_closes_the_route():
    assert steps(handled(), last=CHAIR.email, kept_out={CHAIR.email}) == [("Ali", "Bevan"), ("Head",)]
    assert steps(handled("head"), last=CHAIR.email, kept_out={CHAIR.email, HEAD.email}) == [("Boss",)]


def test_where_everybody_is_kept_out_nobody_is_told():
    assert steps(handled(), kept_out={*(each.email for each in EVERYBODY), LAST}) == []


def test_a_technician_who_does_nothing_else_is_never_told():
    web = RegisterEntry(account="facebook", posters=("Tess",), moderators=("Tess", "Ali"))
    assert steps(handled("poster", then=("moderator",)), entry=web)[:1] == [("Ali",)]
    both = person("Both", "technician", "moderator")
    assert steps(handled(), (both, HEAD))[0] == ("Both",)


def test_who_looks_after_an_account_is_never_nobody_where_somebody_could():
    assert moderators_of(EVERYBODY, NOWHERE, DAY) == (ALI.email, BEVAN.email)
    covered = changed(ALI, absent=AWAY, covered_by="Boss")
    assert moderators_of(covered, NOWHERE, DAY) == (BEVAN.email, BOSS.email)
    away = tuple(each.model_copy(update={"absent": AWAY}) if each in (ALI, BEVAN) else each for each in EVERYBODY)
    assert moderators_of(away, NOWHERE, DAY) == (ALI.email, BEVAN.email)


def reached(handling, *refused, people=EVERYBODY, entry=NOWHERE, kept_out=()):
    """The route where no mail reaches some, by names."""
    found = route(handling, people, entry, kept_out, DAY, PACK, LAST, {each.email for each in refused})
    names = {each.email: each.name for each in people} | {LAST: "LAST"}
    return found, [tuple(names[email] for email in step) for step in found.steps]


def test_whom_no_mail_reaches_is_still_told_and_whoever_covers_them_as_well():
    covered = changed(ALI, covered_by="Boss")
    found, told = reached(handled(), ALI, people=covered)
    assert told[0] == ("Ali", "Bevan", "Boss")
    assert "Mail to Ali is refused: Boss is told as well." in found.notes


def test_what_would_reach_nobody_of_a_step_goes_to_the_next_one_with_it():
    found, told = reached(handled("moderator", then=("head", "safeguarding")), ALI, BEVAN)
    assert told == [("Ali", "Bevan", "Head"), ("Lead",), ("LAST",)]
    assert found.by_duty == found.first
    assert reached(handled("moderator", then=("head",)), ALI)[1] == [("Ali", "Bevan"), ("Head",), ("LAST",)]


def test_where_nobody_of_all_steps_is_reached_the_last_resort_is_told_at_once_but_reads_no_digest():
    found, told = reached(handled(), ALI, BEVAN)
    assert told == [("Ali", "Bevan", "LAST")]
    assert found.by_duty == (ALI.email, BEVAN.email)


def test_an_account_whose_moderators_no_mail_reaches_is_looked_after_by_others_as_well():
    alone = RegisterEntry(account="facebook", moderators=("Ali",))
    assert moderators_of(EVERYBODY, alone, DAY, refused={ALI.email}) == (ALI.email, BEVAN.email)
    assert moderators_of(EVERYBODY, alone, DAY, refused={BEVAN.email}) == (ALI.email,)
    both = {ALI.email, BEVAN.email}
    assert moderators_of(EVERYBODY, alone, DAY, refused=both) == (ALI.email, BOSS.email)
    assert moderators_of(EVERYBODY, alone, DAY, {BOSS.email}, both) == (ALI.email, HEAD.email)
    covered = changed(ALI, covered_by="Manager")
    assert moderators_of(covered, alone, DAY, refused={ALI.email}) == (ALI.email, MANAGER.email)


NAMES = [each.name for each in EVERYBODY]
DUTIES = st.sampled_from(
    ["moderator", "poster", "line_manager", "communications", "senior", "head", "safeguarding", "chair_of_governors"]
)


@st.composite
def schools(draw):
    """(people, register entry, who is kept out): any absences, any cover, any register."""
    people = tuple(
        each.model_copy(
            update={
                "absent": draw(st.sampled_from([(), AWAY])),
                "covered_by": draw(st.sampled_from([None, *NAMES]).filter(lambda name, own=each.name: name != own)),
                "line_manager": draw(st.sampled_from([None, *NAMES])),
            }
        )
        for each in EVERYBODY
    )
    entry = RegisterEntry(
        account="facebook",
        moderators=tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))),
        posters=tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))),
    )
    kept_out = draw(st.sets(st.sampled_from([each.email for each in EVERYBODY])))
    return people, entry, frozenset(kept_out)


HANDLED = st.builds(
    lambda first, then: handled(*first, then=tuple(then)),
    st.lists(DUTIES, min_size=1, max_size=3, unique=True),
    st.lists(DUTIES, max_size=3, unique=True),
)


@settings(max_examples=300, deadline=None)
@given(schools(), HANDLED, st.sampled_from([LAST, CHAIR.email]), st.randoms())
def test_the_laws_of_every_route(school, handling, last, random):
    people, entry, kept_out = school
    found = route(handling, people, entry, kept_out, DAY, PACK, last)
    everybody = [each for step in found.steps for each in step]
    assert not set(everybody) & kept_out
    technicians = {each.email for each in people if not is_told_of_comments(each)}
    assert not set(everybody) & technicians
    assert all(found.steps)
    if last in kept_out:
        assert len(set(everybody)) == len(everybody)
    else:
        assert found.steps[-1] == (last,)
        others = [each for step in found.steps[:-1] for each in step]
        assert len(set(others)) == len(others)
    assert found == route(handling, people, entry, kept_out, DAY, PACK, last)
    shuffled, turned = list(people), entry.model_copy(update={"moderators": entry.moderators[::-1]})
    random.shuffle(shuffled)
    again = route(handling, shuffled, turned, kept_out, DAY, PACK, last)
    if last not in kept_out:
        assert [set(step) for step in again.steps] == [set(step) for step in found.steps]
    for step in found.steps:
        places = [next((n for n, each in enumerate(people) if each.email == one), 99) for one in step]
        assert places == sorted(places)


@given(schools(), HANDLED)
def test_whoever_is_away_is_told_of_nothing_but_as_the_last_resort(school, handling):
    people, entry, kept_out = school
    found = route(handling, people, entry, kept_out, DAY, PACK, LAST)
    away = {each.email for each in people if each.is_away(DAY)}
    assert not away & set(found.everybody)


def test_a_route_without_steps_has_nobody():
    assert Route((), ()).everybody == ()


@pytest.mark.parametrize("duty", ["head", "senior"])
def test_notes_say_why_somebody_else_is_told(duty):
    assert any("may not see it" in each for each in notes(handled("head"), EVERYBODY, NOWHERE, {HEAD.email}))
    nobody = tuple(each for each in EVERYBODY if duty not in each.roles)
    assert any(each.startswith("Nobody at the school is") for each in notes(handled(duty), nobody, NOWHERE, ()))
