"""What somebody said was taken down stays "said to be done" until a read that began later shows it."""

from dataclasses import replace

import pytest
from case_samples import DAY, HOUR, NOW, a_case
from hypothesis import given
from hypothesis import strategies as st
from pack_samples import a_pack, decision

from monitor.commands.case_lines import claim_line
from monitor.model import Presence
from monitor.rules.outstanding import to_do
from monitor.rules.removals import Shown, claims, waits_again

PACK = a_pack()
SAID = NOW - DAY
FIRST, SECOND = NOW - 20 * HOUR, NOW - 19 * HOUR


def case(action="delete", *, shown=Presence.VISIBLE, reads=(), met_at=None, **facts):
    known = {"last_seen_at": SAID - HOUR} | facts
    one = a_case(SAID - DAY, **known)
    return replace(
        one,
        shown=shown,
        decisions=(decision(action, SAID, number=1),),
        reads_since_removal=reads,
        met_at=met_at,
    )


def words(one):
    return [claim_line(claim, "Europe/London") for claim in claims(one)]


def test_before_any_later_read_it_is_not_confirmed():
    assert words(case()) == ["Said to be deleted at Sun 15 Nov 2026 07:30, not confirmed yet."]
    assert waits_again(case()) == ()


def test_what_a_read_met_that_was_under_way_already_says_nothing():
    under_way = case(last_seen_at=SAID + HOUR / 60, reads=(FIRST,))
    assert claims(under_way)[0].shown is Shown.NOT_CONFIRMED


def test_confirmed_is_not_visible_to_us_and_never_gone():
    (line,) = words(case(shown=Presence.GONE, gone_at=FIRST))
    assert (
        line == "Said to be deleted at Sun 15 Nov 2026 07:30; confirmed: not visible to us at Sun 15 Nov 2026 11:30."
    )
    assert "gone" not in line


@pytest.mark.parametrize("shown", [Presence.HIDDEN, Presence.HELD])
def test_what_the_network_hides_is_hidden_from_readers(shown):
    (line,) = words(case("hide", shown=shown, last_seen_at=FIRST))
    assert (
        line == "Said to be hidden at Sun 15 Nov 2026 07:30; confirmed: hidden from readers at Sun 15 Nov 2026 11:30."
    )


def test_still_visible_is_said_at_once_and_waits_again_after_the_second_read():
    once = case(last_seen_at=FIRST, reads=(FIRST,))
    assert "still visible at Sun 15 Nov 2026 11:30 although said to be deleted" in words(once)[0]
    assert waits_again(once) == ()
    twice = case(last_seen_at=SECOND, reads=(FIRST, SECOND))
    assert [claim.shown for claim in waits_again(twice)] == [Shown.STILL_VISIBLE]


def test_the_second_read_has_to_have_met_it():
    assert waits_again(case(last_seen_at=FIRST, reads=(FIRST, SECOND))) == ()


def test_a_network_that_answers_for_an_id_may_be_hiding_it_all_the_same():
    asked_for = {"last_seen_at": SECOND, "reads": (FIRST, SECOND)}
    assert claims(case("hide", **asked_for))[0].shown is Shown.NOT_CONFIRMED
    assert waits_again(case("hide", met_at=SECOND, **asked_for))
    assert waits_again(case("delete", **asked_for))


def test_whom_the_school_blocked_some_networks_go_on_showing():
    blocked = case("block", last_seen_at=SECOND, reads=(FIRST, SECOND))
    assert claims(blocked)[0].shown is Shown.STILL_VISIBLE
    assert waits_again(blocked) == ()


def test_nothing_is_to_be_seen_of_a_report():
    assert claims(case("report")) == ()


def test_what_was_taken_back_is_said_of_nothing():
    taken_back = replace(case(), decisions=(*case().decisions, decision("undo", NOW, number=2, undoes=1)))
    assert claims(taken_back) == ()


def test_said_anew_it_is_waited_for_anew():
    again = case(last_seen_at=SECOND, reads=())
    again = replace(again, decisions=(*again.decisions, decision("delete", NOW, number=2)))
    assert [claim.said.number for claim in claims(again)] == [2]
    assert waits_again(again) == ()


@given(
    st.sampled_from(["hide", "delete", "block"]),
    st.sampled_from(Presence),
    st.lists(st.integers(1, 40), max_size=2, unique=True).map(sorted),
    st.integers(-40, 40),
)
def test_only_what_readers_see_waits_again(action, shown, reads, seen):
    at = SAID + seen * HOUR
    one = case(
        action, shown=shown, reads=tuple(SAID + each * HOUR for each in reads), last_seen_at=at, met_at=at, gone_at=at
    )
    for claim in claims(one):
        assert (claim.shown is Shown.STILL_VISIBLE) <= (shown is Presence.VISIBLE)
        assert "gone" not in claim_line(claim, "Europe/London")
    if waits_again(one):
        assert (len(reads), shown) == (2, Presence.VISIBLE)
        assert to_do(one, PACK)
