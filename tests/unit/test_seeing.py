"""Who may see a case: it is about them, they were told, they are responsible, they are nobody in particular."""

from hypothesis import given
from hypothesis import strategies as st

from config.people import Person
from monitor.rules.naming import NAMED, POINTED_AT, POSTER, kept_out_by
from monitor.rules.seeing import Restriction, may_decide_who_is_kept_out, may_see, may_still_decide

ROLES = ("moderator", "line_manager", "communications", "senior", "head", "safeguarding", "chair_of_governors",
         "technician", "staff")  # fmt: skip
PEOPLE = {role: Person(name=role, email=f"{role}@x.example", roles=(role,)) for role in ROLES}
OPEN = Restriction(frozenset())
people = st.builds(
    lambda at, roles: Person(name=f"P{at}", email=f"p{at}@x.example", roles=tuple(roles)),
    st.integers(0, 3),
    st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True),
)
addresses = st.frozensets(st.integers(0, 3).map("p{}@x.example".format))
circles = st.builds(Restriction, addresses, st.booleans(), addresses, addresses)


def who_sees(circle):
    return {role for role, person in PEOPLE.items() if may_see(person, circle)}


def test_what_nothing_narrows_is_seen_by_all_but_who_only_keeps_connections():
    assert who_sees(OPEN) == set(ROLES) - {"technician"}
    assert may_see(None, OPEN)


def test_only_those_told_the_head_and_the_safeguarding_leads_see_what_only_those_told_may_see():
    circle = Restriction(frozenset(), True, frozenset({"moderator@x.example", "technician@x.example"}))
    assert who_sees(circle) == {"moderator", "head", "safeguarding"}
    assert not may_see(None, circle)


def test_where_the_head_is_kept_out_whoever_stands_in_for_the_head_sees_it():
    head = frozenset({"head@x.example"})
    circle = Restriction(head, True, frozenset(), head)
    assert who_sees(circle) == {"safeguarding", "chair_of_governors"}
    assert may_still_decide(PEOPLE.values(), circle) == ("safeguarding", "chair_of_governors")


@given(people, circles)
def test_nobody_sees_or_decides_on_what_they_are_kept_out_of(person, circle):
    if person.email in circle.kept_out:
        assert not may_see(person, circle)
        assert not may_decide_who_is_kept_out(person, circle)


@given(people, circles)
def test_whoever_decides_may_see_it_unless_they_only_keep_connections(person, circle):
    if may_decide_who_is_kept_out(person, circle):
        assert may_see(person, circle)


@given(people, circles)
def test_what_nobody_in_particular_sees_everybody_sees(person, circle):
    if may_see(None, circle) and set(person.roles) - {"technician", "staff"}:
        assert may_see(person, circle)


@given(addresses, addresses, addresses, st.booleans(), st.booleans())
def test_the_policy_says_who_is_kept_out_and_the_reason_names_nobody(named, pointed, posters, by_name, by_post):
    why = kept_out_by(
        named=named, pointed_at=pointed, posters=posters, keeps_out_named=by_name, keeps_out_posters=by_post
    )
    assert set(why) == (named | pointed if by_name else set()) | (posters if by_post else set())
    assert set(why.values()) <= {NAMED, POINTED_AT, POSTER}
    assert all(why[each] == NAMED for each in named if by_name)
