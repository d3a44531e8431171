"""What the governors' page counts, held against a second and slower way of counting."""

from dataclasses import replace
from datetime import timedelta

import pytest
from case_samples import NOW, a_case, a_flag, action
from hypothesis import given
from hypothesis import strategies as st
from pack_samples import a_pack

from config.handling import HoldRule
from monitor.language.identity import IDENTITY_GROUPS, IDENTITY_WORDS, groups_named, names_an_identity
from monitor.model import NO_BREACH, Action, Category, RecordedDecision
from monitor.rules.equality import Hits, Said, equality, said, stands_out
from monitor.rules.governors import (
    AlertFacts,
    Done,
    alert_figures,
    blurred,
    breaches,
    done_about,
    no_breaches,
    stages_reached,
)

PACK = a_pack({"allegation": HoldRule(removal="after_advice", advice_from="the LADO")})
MINUTE = timedelta(minutes=1)


def decision(what, number=1, version=1, undoes=None, at=NOW, **details):
    return RecordedDecision(action(at, what), "Mrs Ali", version, number, details, undoes)


def flag(category, version=1):
    return replace(a_flag(category=category), version=version, raised_at=NOW - timedelta(hours=1))


FLAGS = st.lists(st.builds(flag, st.sampled_from(Category)), max_size=3).map(tuple)
ACTIONS = st.lists(st.sampled_from([each for each in Action if each is not Action.UNDO]), max_size=4)


@st.composite
def cases(draw):
    """A case with some flags and decisions, the last of which may take back an earlier one."""
    decided = [
        decision(what, number, stage=draw(st.sampled_from(["discuss", "police"])))
        if what is Action.ESCALATE
        else decision(what, number)
        for number, what in enumerate(draw(ACTIONS), start=1)
    ]
    if decided and draw(st.booleans()):
        decided.append(decision(Action.UNDO, len(decided) + 1, undoes=draw(st.integers(1, len(decided)))))
    return replace(a_case(flags=draw(FLAGS)), decisions=tuple(decided))


def counting(case):
    """Actions of a case that count, the slow way."""
    taken_back = [each.undoes for each in case.decisions if each.fact.action == "undo"]
    return [d for d in case.decisions if d.fact.action != "undo" and d.number not in taken_back]


def is_wrong(case):
    marks = [
        d.fact.action
        for d in counting(case)
        if d.fact.action in {"false_alarm", "confirm_flag", "confirm_offensive", "confirm_spam"}
    ]
    return marks[-1:] == ["false_alarm"]


def expected_done(case, category):
    actions = [d.fact.action.value for d in counting(case)]
    names = {
        "hide": "hidden",
        "delete": "deleted",
        "report": "reported",
        "block": "blocked",
        "escalate": "escalated",
        "pass_on": "passed on",
    }
    found = {names[each] for each in actions if each in names}
    if not found and any(each not in {"take", "advice_received"} for each in actions):
        found = {"settled otherwise"}
    if category == "allegation" and "advice_received" not in actions:
        found |= {"advice awaited"}
    return found or {"nothing yet"}


@given(st.lists(cases(), max_size=12))
def test_breaches_are_those_that_a_naive_count_finds(some):
    lines = {line.category: line for line in breaches(some, {case.id: case.flags for case in some}, PACK)}
    for category in Category:
        of_it = [case for case in some if any(each.category == category for each in case.flags)]
        if category in NO_BREACH or not of_it:
            assert category not in lines
            continue
        line = lines[category]
        right = [case for case in of_it if not is_wrong(case)]
        assert (line.flagged, line.false_alarms) == (len(of_it), len(of_it) - len(right))
        for done in Done:
            wanted = sum(done.value in expected_done(case, category.value) for case in right)
            assert line.done[done] == wanted, done


@given(st.lists(cases(), max_size=12))
def test_what_is_no_breach_is_counted_apart(some):
    found = no_breaches([case.flags for case in some])
    for category in Category:
        number = sum(any(each.category is category for each in case.flags) for case in some)
        assert found.get(category, 0) == (number if category in NO_BREACH else 0)


@given(st.lists(cases(), max_size=12))
def test_stages_are_counted_once_for_each_comment(some):
    found = stages_reached(some)
    for stage in ("discuss", "police"):
        assert found.get(stage, 0) == sum(
            any(d.details.get("stage") == stage for d in counting(case)) for case in some
        )


@given(st.permutations(list(Category)))
def test_what_offends_comes_first_whatever_came_first(categories):
    some = [a_case(flags=(flag(category),)) for category in categories]
    order = [line.category for line in breaches(some, {case.id: case.flags for case in some}, PACK)]
    assert order == sorted(order, key=list(Category).index)
    assert order[0] is Category.ABUSE


def test_only_flags_of_the_term_are_counted():
    case = a_case(flags=(flag(Category.ABUSE), flag(Category.HATE)))
    (line,) = breaches([case], {case.id: case.flags[:1]}, PACK)
    assert line.category is Category.ABUSE


def test_one_edited_from_false_alarm_to_abuse_is_a_breach():
    flags = (flag(Category.ABUSE), flag(Category.ABUSE, version=2))
    case = replace(a_case(flags=flags), version=2, decisions=(decision("false_alarm"),))
    (line,) = breaches([case], {case.id: flags}, PACK)
    assert (line.flagged, line.false_alarms) == (1, 0)


def test_advice_that_came_is_not_awaited_and_leaves_it_to_be_done():
    case = replace(a_case(flags=(flag(Category.ALLEGATION),)), decisions=())
    assert done_about(case, Category.ALLEGATION, PACK) == {Done.ADVICE_AWAITED}
    advised = replace(case, decisions=(decision("advice_received"),))
    assert done_about(advised, Category.ALLEGATION, PACK) == {Done.NOTHING_YET}
    hidden = replace(case, decisions=(decision("advice_received"), decision("hide", 2)))
    assert done_about(hidden, Category.ALLEGATION, PACK) == {Done.HIDDEN}


ALERTS = st.builds(
    AlertFacts,
    opened_at=st.just(NOW),
    minutes=st.integers(5, 60),
    acknowledged_at=st.none() | st.integers(0, 120).map(lambda minutes: NOW + minutes * MINUTE),
    closed_at=st.none() | st.just(NOW + MINUTE),
    reached_last_resort=st.booleans(),
)


@given(st.lists(ALERTS, max_size=12))
def test_every_alert_has_one_fate(some):
    found = alert_figures(some)
    late = [a for a in some if a.acknowledged_at and (a.acknowledged_at - NOW).total_seconds() > a.minutes * 60]
    acknowledged = [a for a in some if a.acknowledged_at]
    assert found.raised == len(some) == found.in_time + found.late + found.settled + found.waiting
    assert (found.late, found.in_time) == (len(late), len(acknowledged) - len(late))
    assert found.settled == len([a for a in some if a.closed_at and not a.acknowledged_at])
    assert found.last_resort == len([a for a in some if a.reached_last_resort])


def test_the_last_minute_is_in_time():
    assert alert_figures([AlertFacts(NOW, 30, NOW + 30 * MINUTE)]).in_time == 1
    assert alert_figures([AlertFacts(NOW, 30, NOW + 30 * MINUTE + timedelta(seconds=1))]).late == 1


@given(st.integers(0, 10**9))
def test_a_small_count_is_never_told_exactly(count):
    assert blurred(count) == ("1 to 4" if count in {1, 2, 3, 4} else f"{count}")


GROUPS = ("one", "two", "three")
SAID = st.builds(Said, st.frozensets(st.sampled_from(GROUPS)), st.booleans(), st.booleans())


@given(st.lists(SAID, max_size=40))
def test_the_equality_check_is_what_a_naive_count_finds(some):
    found = equality(some, GROUPS)
    for group in GROUPS:
        of_it = [each for each in some if group in each.groups]
        assert found.groups[group] == naive(of_it)
    assert found.others == naive([each for each in some if not each.groups])


def naive(some):
    flagged = [each for each in some if each.flagged]
    return Hits(len(some), len(flagged), len([each for each in flagged if each.false_alarm]))


HITS = st.integers(0, 60).flatmap(
    lambda n: st.integers(0, n).flatmap(
        lambda f: st.builds(Hits, st.just(n), st.just(f), st.integers(0, f)),
    )
)


@given(HITS, HITS)
def test_a_group_stands_out_with_enough_flags_and_more_than_twice_the_share(group, others):
    def more(mine, theirs):
        return mine >= 5 and mine / group.comments > 2 * theirs / others.comments + 1e-12

    wanted = (
        group.comments >= 10
        and others.comments >= 10
        and (more(group.flagged, others.flagged) or more(group.false_alarms, others.false_alarms))
    )
    assert stands_out(group, others) == wanted


@given(HITS)
def test_no_group_stands_out_against_itself(hits):
    assert not stands_out(hits, hits) or hits.flagged == 0


@pytest.mark.parametrize("category", sorted(NO_BREACH))
def test_a_complaint_and_what_else_is_no_breach_is_no_flag_to_the_equality_check(category):
    assert said(a_case(flags=(flag(category),)), frozenset(), is_hidden=False) == Said(frozenset(), False, False)


def test_a_hidden_comment_is_counted_and_what_was_made_of_it_is_not():
    case = a_case(flags=(flag(Category.HATE),))
    assert said(case, frozenset({"one"}), is_hidden=False).flagged
    assert said(case, frozenset({"one"}), is_hidden=True) == Said(frozenset({"one"}), False, False)


def test_it_is_a_false_alarm_when_every_flag_was_one():
    flags = (flag(Category.HATE), flag(Category.ABUSE, version=2))
    once = replace(a_case(flags=flags), version=2, decisions=(decision("false_alarm"),))
    twice = replace(once, decisions=(*once.decisions, decision("false_alarm", 2, version=2)))
    assert not said(once, frozenset(), is_hidden=False).false_alarm
    assert said(twice, frozenset(), is_hidden=False).false_alarm


def test_every_identity_word_belongs_to_one_group():
    assert sum(map(len, IDENTITY_GROUPS.values())) == len(IDENTITY_WORDS)


@given(st.lists(st.sampled_from(sorted(IDENTITY_WORDS | {"hello", "school", "nice"})), max_size=6))
def test_the_groups_of_a_text_are_those_of_its_words(words):
    wanted = {group for group, of_it in IDENTITY_GROUPS.items() for word in words if word in of_it}
    assert groups_named(" ".join(words)) == groups_named(*words) == wanted
    assert names_an_identity(" ".join(words)) == bool(wanted)


@given(st.text())
def test_no_text_stops_the_search_for_groups(text):
    assert groups_named(text) <= set(IDENTITY_GROUPS)
