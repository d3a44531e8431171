"""What a case waits for besides an answer and undecided flags, and what re-opens one that was closed."""

from dataclasses import replace

import pytest
from case_samples import DAY, HOUR, NOW, a_case
from pack_samples import HOLD, a_pack, decision, flag

from monitor.model import Presence
from monitor.rules.outstanding import ADVICE_IS_THERE, EDITED_SINCE, ILLEGAL, is_closed, taken_by, to_do
from monitor.rules.queue import in_order

PACK = a_pack()
WAITS = 'advice from the LADO is waited for under "Allegations"'
AT_ONCE = 'take it down at once, evidence is kept (clause "Extreme content")'
BEFORE = NOW - 2 * DAY
LATER = NOW + HOUR


def case(*flags, decisions=(), version=1, shown=Presence.VISIBLE, reads=(), **facts):
    one = a_case(BEFORE, flags=flags, **facts)
    return replace(one, decisions=tuple(decisions), version=version, shown=shown, reads_since_removal=tuple(reads))


def test_nothing_waits_about_an_ordinary_comment():
    assert to_do(case(), PACK) == ()
    assert to_do(case(flag("profanity")), PACK) == ()


def test_what_must_come_down_at_once_waits_until_somebody_did_it():
    hateful = case(flag("hate"))
    assert to_do(hateful, PACK) == (AT_ONCE,)
    assert to_do(replace(hateful, decisions=(decision("confirm_flag", NOW),)), PACK) == (AT_ONCE,)
    for action in ("hide", "delete", "report", "block"):
        assert to_do(replace(hateful, decisions=(decision(action, NOW),)), PACK) == ()
    assert to_do(replace(hateful, shown=Presence.HIDDEN), PACK) == ()
    assert to_do(replace(hateful, decisions=(decision("false_alarm", NOW),)), PACK) == ()


def test_words_that_were_edited_away_need_not_come_down():
    assert to_do(case(flag("hate", version=1), version=2), PACK) == ()


def test_what_is_confirmed_as_illegal_comes_down_now_flagged_or_not():
    illegal = decision("confirm_illegal", NOW, number=1)
    assert to_do(case(decisions=[illegal]), PACK) == (ILLEGAL,)
    assert to_do(case(decisions=[illegal, decision("delete", LATER, number=2)]), PACK) == ()
    assert to_do(case(flag("allegation"), decisions=[illegal]), PACK) == (ILLEGAL, WAITS)


@pytest.mark.parametrize("earlier", ["confirm_flag", "escalate", "report", "pass_on"])
def test_advice_is_waited_for_whatever_else_was_decided(earlier):
    assert WAITS in to_do(case(flag("allegation"), decisions=[decision(earlier, NOW)]), PACK)


def test_once_the_advice_is_there_somebody_decides():
    before = decision("confirm_flag", NOW, number=1)
    received = decision("advice_received", NOW, number=2)
    assert to_do(case(flag("allegation"), decisions=[before, received]), PACK) == (ADVICE_IS_THERE,)
    for after in ("close", "hide", "escalate", "confirm_flag"):
        decided = [before, received, decision(after, LATER, number=3)]
        assert to_do(case(flag("allegation"), decisions=decided), PACK) == ()


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (Presence.HIDDEN, "hidden before advice was recorded"),
        (Presence.HELD, "held back by the network before advice was recorded"),
        (Presence.GONE, "not visible to us before advice was recorded"),
    ],
)
def test_a_removal_before_the_advice_is_noted_on_the_case(shown, words):
    assert to_do(case(flag("allegation"), shown=shown), PACK) == (WAITS, words)


def test_a_hold_for_words_that_are_no_longer_there_is_asked_about_once():
    pack = a_pack({"bullying": HOLD})
    edited = case(flag("bullying", version=1), version=2, hold="Do not answer")
    assert to_do(edited, pack) == (EDITED_SINCE,)
    assert to_do(replace(edited, decisions=(decision("take", NOW, version=2),)), pack) == (EDITED_SINCE,)
    assert to_do(replace(edited, decisions=(decision("confirm_flag", NOW, version=2),)), pack) == ()
    still = case(flag("bullying", version=1), flag("bullying", version=2), version=2, hold="Do not answer")
    assert to_do(still, pack) == ()


def test_a_closed_case_waits_for_nothing():
    closed = case(flag("hate", raised_at=NOW), decisions=[decision("close", NOW)])
    assert is_closed(closed)
    assert to_do(closed, PACK) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2, "flags": (flag("hate", version=2, raised_at=LATER),)},
        {"flags": (flag("hate", raised_at=LATER),)},
        {"decisions": (decision("close", NOW, number=1), decision("undo", LATER, number=2, undoes=1))},
    ],
    ids=["edited", "flagged anew", "closing taken back"],
)
def test_a_new_signal_reopens_it(change):
    closed = case(flag("hate", raised_at=NOW), decisions=[decision("close", NOW, number=1)])
    assert to_do(replace(closed, **change), PACK) == (AT_ONCE,)


def test_what_is_visible_again_although_deleted_waits_even_when_closed():
    said = [decision("delete", BEFORE, number=1), decision("close", BEFORE, number=2)]
    reads = (BEFORE + HOUR, BEFORE + 2 * HOUR)
    again = case(decisions=said, reads=reads, last_seen_at=BEFORE + 2 * HOUR)
    assert to_do(again, PACK) == ("still visible although said to be deleted",)
    (entry,) = in_order([replace(again, to_do=to_do(again, PACK), due_at=None)], {}, NOW)
    assert not entry.needs_reply


def test_who_looks_after_it_is_who_said_so_last():
    taken = [decision("take", NOW, number=1, by="Mr Bevan"), decision("take", LATER, number=2, by="Mrs Ali")]
    assert taken_by(case(decisions=taken)) == "Mrs Ali"
    assert taken_by(case(decisions=[*taken, decision("undo", LATER, number=3, undoes=2)])) == "Mr Bevan"
    assert taken_by(case()) == ""
