"""`decide` under a policy: by whom, with what, refused when, on record how, and taken back."""

import pytest
from desk import INSULT, MINUTE, item
from evidence_desk import records
from pack_samples import ADVICE, EXPLAIN, HOLD, HOUSE_RULES, LADDER
from policy_desk import Deciding, with_pack

from monitor.store.handling_tables import Exclusion
from monitor.store.item_tables import Decision


@pytest.fixture
def at(desk, monkeypatch, capsys):
    desk.read(item("c1", INSULT), item("c2", "When does term start?"))
    return Deciding(desk, monkeypatch, capsys)


def waiting(desk):
    return {entry.case.remote_id: entry for entry in desk.app.reporter.waiting(desk.clock())}


def test_a_decision_is_made_by_one_of_the_configured_people(desk, at):
    assert at.refused("take", by="Mallory").startswith('"Mallory" is nobody in the configuration')
    at.done("take", by="ALI@oakfield.example")
    assert "Looked after by Mrs Ali." in at.shown()
    assert "taken by Mrs Ali" in at.run("queue")[1]


def test_what_lifts_a_hold_is_not_for_a_moderator(desk, at):
    with_pack(desk, {"abuse": ADVICE})
    assert at.refused("advice_received") == (
        "advice_received is for the duty chair of governors or head or safeguarding in this case"
    )
    at.done("advice_received", by="Ms Okafor")


def test_somebody_kept_out_of_a_case_finds_no_such_case(desk, at):
    number = desk.items()["c1"].id
    with desk.store.writing() as tx:
        at_ = desk.clock()
        tx.add(
            Exclusion(comment_id=number, person="ali@oakfield.example", why="it is about her", by="monitor", at=at_)
        )
    assert at.refused("take") == f"there is no case {number}; school-monitor queue lists what waits"
    at.done("take", by="Mr Bevan")


def test_removal_waits_for_advice_unless_the_content_is_illegal(desk, at):
    with_pack(desk, {"abuse": ADVICE})
    number = desk.items()["c1"].id
    for action in ("hide", "delete"):
        assert at.refused(action) == (
            'advice from the LADO is waited for under "Allegations"; record it with: '
            f"school-monitor decide {number} advice_received --by PERSON --why TEXT"
        )
    at.done("report")
    confirmed = at.done("confirm_illegal", by="Ms Okafor")
    assert "confirmed as illegal: take it down now" in at.shown()
    at.done("undo", "--decision", confirmed, by="Ms Okafor")
    assert "advice from the LADO" in at.refused("delete")
    at.done("advice_received", by="Ms Okafor")
    at.done("delete")


def test_house_rule_and_the_words_for_readers_are_on_record_and_shown(desk, at):
    with_pack(desk, {"abuse": EXPLAIN}, house_rules=HOUSE_RULES)
    assert "needs --house-rule" in at.refused("delete", "--audience", "We took down an insult.")
    assert 'no house rule "9"' in at.refused("delete", "--house-rule", "9")
    assert "needs --audience" in at.refused("delete", "--house-rule", "1")
    at.done("delete", "--house-rule", "1", "--audience", "We took down an insult.")
    (row,) = desk.all_of(Decision)
    assert row.details == {"house_rule": "1", "audience": "We took down an insult."}
    (leaf,) = records(desk, "decision")
    assert {key: leaf[key] for key in ("action", "version", "decision", "house_rule", "audience", "by")} == {
        "action": "delete",
        "version": 1,
        "decision": row.id,
        "house_rule": "1",
        "audience": "We took down an insult.",
        "by": "Mrs Ali",
    }
    shown = at.shown()
    assert "delete, on version 1, house rule 1: because" in shown
    assert "readers were told: We took down an insult." in shown


def test_the_ladder_is_climbed_step_by_step(desk, at):
    with_pack(desk, ladder=LADDER)
    heads = {"by": "Ms Okafor"}
    assert "has to be on record" in at.refused("escalate", "--stage", "warning", "--on", "2026-11-10", **heads)
    assert "up to today" in at.refused("escalate", "--stage", "discuss", "--on", "2026-11-11")
    at.done("escalate", "--stage", "discuss", "--on", "2026-11-10")
    assert "is for the duty" in at.refused("escalate", "--stage", "warning", "--on", "2026-11-10")
    at.done("escalate", "--stage", "warning", "--on", "2026-11-10", **heads)
    assert "escalate to warning, reached 2026-11-10, on version 1" in at.shown()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "10/11/2026", "2026-W46-2", "20261110"])
def test_a_day_that_is_none_is_a_wrong_use(desk, at, day):
    with pytest.raises(SystemExit) as stopped:
        at.decide("escalate", "--stage", "discuss", "--on", day)
    assert stopped.value.code == 2


def test_taking_back_a_decision_leaves_it_on_record_and_brings_back_what_it_settled(desk, at):
    assert set(waiting(desk)) == {"c1", "c2"}
    number = at.done("no_reply_needed", case="c2")
    assert set(waiting(desk)) == {"c1"}
    status, out, _ = at.decide("undo", "--decision", number, case="c2")
    assert (status, "an answer is owed again." in out) == (0, True)
    assert set(waiting(desk)) == {"c1", "c2"}
    assert len(desk.all_of(Decision)) == 2
    assert f"taken back by decision {number + 1}: it no longer counts" in at.shown("c2")
    assert [each["undoes"] for each in records(desk, "decision") if "undoes" in each] == [number]
    assert "taken back already" in at.refused("undo", "--decision", number, case="c2")
    assert "has no decision" in at.refused("undo", "--decision", number, case="c1")


def test_a_false_alarm_taken_back_is_none_and_its_flags_wait_again(desk, at):
    number = at.done("false_alarm")
    assert not waiting(desk)["c1"].flags
    at.done("undo", "--decision", number)
    assert waiting(desk)["c1"].flags
    assert "marked as a false alarm" not in at.shown()


@pytest.mark.parametrize("action", ["take", "advice_received", "confirm_illegal", "answered_elsewhere"])
def test_what_only_begins_something_leaves_the_flags_waiting(desk, at, action):
    with_pack(desk, {"abuse": ADVICE})
    at.done(action, by="Ms Okafor")
    assert waiting(desk)["c1"].flags


@pytest.mark.parametrize("action", ["confirm_flag", "false_alarm", "hide", "close"])
def test_what_settles_a_flag_settles_those_raised_by_then_and_no_later_one(desk, at, action):
    at.done("answered_elsewhere")
    at.done(action)
    assert "c1" not in waiting(desk)
    desk.later(MINUTE)
    raise_again(desk, "c1")
    assert len(waiting(desk)["c1"].flags) == 1
    at.done("confirm_flag")
    assert "c1" not in waiting(desk)


def raise_again(desk, remote_id):
    """Another check finds something on the same words."""
    from monitor.model import Category, Flag
    from monitor.store import judged
    from monitor.store.item_tables import Comment

    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()[remote_id].id)
        found = Flag(Category.BULLYING, "serious", 0.9, "later/1", 0, 3, "Found by a later check.", "", 1)
        judged.raise_flags(tx, comment.versions[-1], [found], desk.clock())


def test_another_school_and_closing(desk, at):
    assert "pass_on needs --school" in at.refused("pass_on")
    assert "an answer is still owed" in at.refused("close")
    at.done("answered_elsewhere")
    at.done("pass_on", "--school", "Hillside School")
    assert "pass on to Hillside School, on version 1" in at.shown()
    at.done("close")
    assert "c1" not in waiting(desk)
    desk.later(15 * MINUTE)
    desk.read(item("c1", "You are all idiots, the lot of you"), item("c2", "When does term start?"))
    assert waiting(desk)["c1"].flags


def test_an_edit_since_refuses_every_decision_and_asks_for_the_version(desk, at):
    desk.later(15 * MINUTE)
    desk.read(item("c1", INSULT + "!"))
    assert "say which version you saw" in at.refused("take")
    assert "was edited: you saw version 1" in at.refused("take", "--version", "1")
    at.done("take", "--version", "2")


def test_an_earlier_version_flagged_can_be_spoken_about_after_the_edit(desk, at):
    with_pack(desk, {"abuse": HOLD})
    desk.later(15 * MINUTE)
    desk.read(item("c1", "Thank you all"))
    assert desk.cases()["c1"].facts.hold == "Do not answer"
    at.done("false_alarm", "--version", "2")
    assert desk.cases()["c1"].facts.hold == ""
