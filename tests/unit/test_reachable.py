"""Who can be reached today, and for how many of those who are named."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from config.people import Person
from monitor.rules.reachable import away_since, away_until, reach, stands_in

TODAY = date(2026, 12, 22)
LEAVE = ((date(2026, 12, 21), date(2027, 1, 4)),)
NAMES = ("Mrs Ali", "Mr Bevan", "Ms Okafor", "Kim Petersen")


def person(name, absent=(), covered_by=None):
    email = f"{name.split()[-1]}@oakfield.example"
    return Person(name=name, email=email, roles=("moderator",), absent=absent, covered_by=covered_by)


ALI, BEVAN = person("Mrs Ali"), person("Mr Bevan")


def test_who_is_there_is_reached():
    found = reach(["Mrs Ali", "Mr Bevan"], [ALI, BEVAN], (), TODAY)
    assert found.reached == ("Mrs Ali", "Mr Bevan")
    assert found.why_not == ()


def test_who_is_away_is_not_unless_somebody_stands_in():
    alone = reach(["Mrs Ali"], [person("Mrs Ali", LEAVE)], (), TODAY)
    assert alone.reached == ()
    assert alone.why_not == ("Mrs Ali is away until 4 Jan 2027 and nobody stands in",)
    covered = reach(["Mrs Ali"], [person("Mrs Ali", LEAVE, "Mr Bevan"), BEVAN], (), TODAY)
    assert covered.reached == ("Mr Bevan",)


def test_on_the_day_before_the_leave_everybody_is_there():
    assert reach(["Mrs Ali"], [person("Mrs Ali", LEAVE)], (), date(2026, 12, 20)).reached == ("Mrs Ali",)


def test_who_stands_in_for_somebody_and_is_named_anyway_counts_once():
    both = [person("Mrs Ali", LEAVE, "Mr Bevan"), BEVAN]
    for order in (["Mrs Ali", "Mr Bevan"], ["Mr Bevan", "Mrs Ali"]):
        found = reach(order, both, (), TODAY)
        assert found.reached == ("Mr Bevan",)
        assert found.why_not == ("Mrs Ali is away until 4 Jan 2027; Mr Bevan counts once",)


def test_cover_is_followed_from_one_to_the_next_and_a_circle_ends():
    chain = [person("Mrs Ali", LEAVE, "Mr Bevan"), person("Mr Bevan", LEAVE, "Ms Okafor"), person("Ms Okafor")]
    assert stands_in(chain[0], chain, TODAY) is chain[2]
    circle = [person("Mrs Ali", LEAVE, "Mr Bevan"), person("Mr Bevan", LEAVE, "Mrs Ali")]
    assert stands_in(circle[0], circle, TODAY) is None


def test_whose_address_refused_mail_is_not_reached_however_it_is_written():
    found = reach(["Mrs Ali"], [ALI], {"ali@oakfield.example"}, TODAY)
    assert found.reached == ()
    assert found.why_not == ("mail to Mrs Ali is refused",)


def test_who_is_not_among_the_people_is_not_reached():
    assert reach(["Dr Gone"], [ALI], (), TODAY).why_not == ("Dr Gone is not among the people of the configuration",)


def test_an_absence_that_goes_on_with_the_next_is_one():
    leave = ((date(2026, 12, 21), date(2026, 12, 23)), (date(2026, 12, 24), date(2027, 1, 4)))
    away = person("Mrs Ali", leave)
    assert (away_since(away, date(2026, 12, 30)), away_until(away, TODAY)) == (date(2026, 12, 21), date(2027, 1, 4))


PEOPLE = st.tuples(*(st.tuples(st.booleans(), st.sampled_from([None, *NAMES])) for _ in NAMES))


@given(PEOPLE, st.lists(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_nobody_away_or_refused_is_ever_reached_and_nobody_counts_twice(facts, names, refused):
    people = [
        person(name, LEAVE if away else (), cover if cover != name else None)
        for name, (away, cover) in zip(NAMES, facts, strict=True)
    ]
    addresses = {each.email.lower() for each in people if each.name in refused}
    found = reach(names, people, addresses, TODAY)
    known = {each.name: each for each in people}
    assert len(found.reached) == len(set(found.reached)) <= len(set(names))
    assert all(not known[name].is_away(TODAY) and name not in refused for name in found.reached)
    assert bool(found.why_not) == (len(found.reached) < len(set(names)))
