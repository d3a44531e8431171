"""Where rules of several kinds meet the careful one wins, whatever pack: illegal over advice over at once."""

from itertools import product

import pytest
from case_samples import NOW, a_case
from hypothesis import given
from hypothesis import strategies as st
from pack_samples import ADVICE, AT_ONCE, HOLD, REDIRECT, SHIPPED, a_pack, decision, flag

from config.handling import HoldRule
from config.policy import CATEGORIES
from monitor.model import Category
from monitor.rules.handling import Answering, Removal, handling
from monitor.rules.holds import hold_clause, is_illegal, may_remove
from monitor.rules.queue import SEVERITIES

MADE = a_pack()
PACKS = [pytest.param(pack, id=pack.id) for pack in SHIPPED] + [pytest.param(MADE, id="made")]

RULES = st.sampled_from([HoldRule(), HOLD, ADVICE, AT_ONCE, REDIRECT])
SOME_PACK = st.one_of(
    st.sampled_from([*SHIPPED, MADE]), st.dictionaries(st.sampled_from(CATEGORIES), RULES).map(a_pack)
)
SOME_KINDS = st.lists(st.sampled_from([*CATEGORIES, "could_not_be_checked"]), min_size=1, max_size=5)


def rules(kinds, pack):
    return [pack.categories[kind].hold for kind in kinds if kind in pack.categories]


@pytest.mark.parametrize("pack", PACKS)
def test_of_every_two_kinds_the_strictest_rule_holds(pack):
    for kinds in product(CATEGORIES, repeat=2):
        together = handling([flag(kind) for kind in kinds], pack)
        for kind in kinds:
            alone = handling([flag(kind)], pack)
            assert list(Answering).index(together.answering) >= list(Answering).index(alone.answering)
            assert list(Removal).index(together.removal) >= list(Removal).index(alone.removal)
            assert set(alone.first) <= set(together.first) or (together.only_those_told and not alone.only_those_told)
            assert set(alone.advice_from) <= set(together.advice_from)
        each = [handling([flag(kind)], pack) for kind in kinds]
        assert together.answering in {one.answering for one in each}
        assert together.removal in {one.removal for one in each}
        assert together.acknowledge_minutes == min(one.acknowledge_minutes for one in each)


@given(SOME_PACK, SOME_KINDS)
def test_whatever_waits_for_advice_is_left_alone_until_it_comes(pack, kinds):
    one = a_case(flags=tuple(flag(kind) for kind in kinds))
    waits = any(rule.removal == "after_advice" for rule in rules(kinds, pack))
    assert (may_remove(one, pack) is not None) is waits
    assert (handling(one.flags, pack).removal is Removal.AFTER_ADVICE) is waits


@given(SOME_PACK, SOME_KINDS)
def test_illegal_content_comes_down_whatever_else_it_is(pack, kinds):
    said = (decision("confirm_illegal", NOW),)
    found = handling([flag(kind) for kind in kinds], pack, is_illegal=is_illegal(said, 1))
    assert found.removal is Removal.ILLEGAL


@given(SOME_PACK, SOME_KINDS)
def test_what_one_kind_has_nobody_answer_nobody_answers(pack, kinds):
    held = any(rule.answer == "hold" for rule in rules(kinds, pack))
    assert bool(hold_clause([flag(kind) for kind in kinds], [], pack)) is held


@given(SOME_PACK, SOME_KINDS, st.sampled_from(CATEGORIES))
def test_another_flag_never_makes_a_case_laxer(pack, kinds, one_more):
    flags = [flag(kind) for kind in kinds]
    before, after = handling(flags, pack), handling([*flags, flag(one_more, severity="note")], pack)
    assert list(Answering).index(after.answering) >= list(Answering).index(before.answering)
    assert list(Removal).index(after.removal) >= list(Removal).index(before.removal)
    assert SEVERITIES.index(after.severity) >= SEVERITIES.index(before.severity)
    assert after.acknowledge_minutes <= before.acknowledge_minutes
    assert not before.explains or after.explains
    assert not before.keeps_out_named or after.keeps_out_named
    assert set(before.first) <= set(after.first) or (after.only_those_told and not before.only_those_told)


def test_what_nobody_flagged_may_be_illegal_all_the_same():
    assert handling([], MADE) is None
    assert handling([], MADE, is_illegal=True).removal is Removal.ILLEGAL
    assert handling([flag(Category.COULD_NOT_BE_CHECKED)], MADE).removal is Removal.BY_MODERATOR
