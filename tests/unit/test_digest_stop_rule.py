"""Whose digest stays stopped: of every account two people read on, whoever asks and in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.digest_stops import in_force, may_stop

PEOPLE = st.sampled_from(["a", "b", "c", "d", "e"])
CIRCLES = st.lists(st.frozensets(PEOPLE, max_size=5), max_size=4)
STOPS = st.lists(PEOPLE, unique=True, max_size=5)


def test_the_third_may_stop_and_the_last_two_may_not():
    three = [{"a", "b", "c"}]
    assert may_stop("a", [], three)
    assert not may_stop("b", ["a"], three)
    assert not may_stop("a", [], [{"a", "b"}])
    assert not may_stop("a", [], [{"a", "b", "c"}, {"a", "b"}])


def test_whoever_looks_after_nothing_may_stop():
    assert may_stop("e", [], [{"a", "b"}])


def test_when_somebody_leaves_the_oldest_stop_holds_and_the_newest_rests():
    assert in_force(["a", "b"], [{"a", "b", "c", "d"}]) == {"a", "b"}
    assert in_force(["a", "b"], [{"a", "b", "c"}]) == {"a"}
    assert in_force(["a", "b"], [{"a", "b"}]) == set()


@given(STOPS, CIRCLES)
def test_of_every_account_two_read_on_or_all_there_are(stops, circles):
    stopped = in_force(stops, circles)
    assert stopped <= set(stops)
    assert all(len(circle - stopped) >= min(2, len(circle)) for circle in circles)


@given(PEOPLE, STOPS, CIRCLES)
def test_what_is_allowed_takes_effect_and_takes_no_effect_from_others(person, stops, circles):
    before = in_force([each for each in stops if each != person], circles)
    if may_stop(person, stops, circles):
        after = in_force([*(each for each in stops if each != person), person], circles)
        assert after == before | {person}


@given(STOPS, CIRCLES)
def test_to_ask_twice_changes_nothing(stops, circles):
    assert in_force([*stops, *stops], circles) == in_force(stops, circles)
