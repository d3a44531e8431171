"""What is concluded about a comment: one deadline for good, flags for each version, the mails owed."""

from datetime import UTC, datetime

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, NOW, PARENT, SCHOOL, item
from sqlalchemy import select

from alerts.render import Envelope, make_message_id, render_digest
from monitor.model import Action, Category
from monitor.store import judged
from monitor.store.item_tables import Comment, Flag, Version
from monitor.store.school_tables import PolicyVersion

THREAT = "I will kill you"


def flags(desk):
    """(category, number of the version) of every flag."""
    with desk.rows() as (tx, _, __):
        rows = tx.execute(select(Flag.category, Version.number).join(Version, Version.id == Flag.version_id))
        return sorted(map(tuple, rows))


def policies(desk):
    return {policy.id: policy for policy in desk.all_of(PolicyVersion)}


def test_a_deadline_is_stored_with_its_derivation_and_its_policy(desk):
    desk.read(item("c1", at=NOW - HOUR))
    case = desk.cases()["c1"]
    assert case.due_at == NOW - HOUR + DAY
    assert case.derivation[0].startswith("received Tue 10 Nov 2026 08:00 Europe/London")
    assert "2026-11-11T08:00:00Z" in case.derivation[-1]
    assert (case.policy, case.clause) == ("default 1", "Monitoring")
    assert case.rule == desk.settings.rule


def test_an_edit_does_not_move_the_deadline(desk):
    desk.read(item("c1", "When is the fair?"))
    before = desk.cases()["c1"]
    desk.later(5 * HOUR)
    desk.read(item("c1", "When is the winter fair?", edited_at=NOW + 4 * HOUR))
    after = desk.cases()["c1"]
    assert (after.version, after.due_at, after.derivation) == (2, before.due_at, before.derivation)


def test_an_edit_restarts_the_clock_where_the_policy_says_so(desk):
    desk.change(response="edit_restarts = true")
    desk.read(item("c1", "When is the fair?"))
    desk.later(5 * HOUR)
    desk.read(item("c1", "When is the winter fair?", edited_at=NOW + 4 * HOUR))
    case = desk.cases()["c1"]
    assert case.due_at == NOW + 4 * HOUR + DAY
    assert any("the edit restarts the clock" in step for step in case.derivation)


def test_a_comment_that_needed_no_reply_is_owed_one_when_an_edit_makes_it_need_one(desk):
    desk.change(response='no_reply_needed = ["thanks"]')
    desk.read(item("c1", "Thank you!"))
    assert (desk.cases()["c1"].due_at, desk.cases()["c1"].facts.tags) == (None, {"thanks"})
    desk.later(HOUR)
    desk.read(item("c1", "Thank you! But why was my son sent home?", edited_at=NOW + HOUR))
    case = desk.cases()["c1"]
    assert case.due_at == NOW - HOUR + DAY
    assert "thanks" not in case.facts.tags


def test_a_policy_changed_later_touches_no_deadline_that_was_given(desk):
    desk.read(item("c1"))
    before = desk.cases()["c1"]
    desk.change(response="hours = 48")
    desk.read(item("c1"), item("c2"))
    old, new = desk.cases()["c1"], desk.cases()["c2"]
    assert (old.due_at, old.derivation, old.rule.hours) == (before.due_at, before.derivation, 24)
    assert (new.due_at, new.rule.hours) == (NOW - HOUR + 2 * DAY, 48)
    assert len(policies(desk)) == 2


def test_a_policy_in_force_is_recorded_once_however_many_deadlines_it_gives(desk):
    desk.read(item("c1"), item("c2"))
    desk.change(response="hours = 48")
    desk.read(item("c3"))
    desk.change(response="")
    desk.read(item("c4"))
    assert len(policies(desk)) == 2
    assert desk.cases()["c4"].due_at == desk.cases()["c1"].due_at


def test_each_version_is_judged_and_has_its_own_flags(desk):
    desk.read(item("c1", "What a day"))
    desk.read(item("c1", INSULT))
    desk.read(item("c1", THREAT))
    assert set(flags(desk)) == {("abuse", 2), ("threat", 3)}


def test_seeing_the_same_words_again_raises_no_flag_again(desk):
    desk.read(item("c1", INSULT))
    raised = len(flags(desk))
    for _ in range(2):
        desk.read(item("c1", INSULT))
    assert len(flags(desk)) == raised > 0
    assert len(desk.snapshots()) == 1


def test_the_schools_own_words_are_not_judged(desk):
    desk.read(item("r1", INSULT, by=SCHOOL))
    assert flags(desk) == []
    assert desk.deliveries() == []


def test_a_flag_decided_on_waits_no_more_until_new_words_are_flagged(desk):
    desk.read(item("c1", INSULT, at=NOW - 2 * MINUTE), item("r1", by=SCHOOL, under="c1", at=NOW - MINUTE))
    (entry,) = desk.app.reporter.waiting(NOW)
    assert {flag.category for flag in entry.flags} == {Category.ABUSE}
    with desk.store.writing() as tx:
        comment = tx.scalars(select(Comment)).one()
        judged.record_decision(tx, comment, 1, Action.CONFIRM_OFFENSIVE, "Mrs Ali", "seen", NOW)
    assert desk.app.reporter.waiting(NOW) == []
    desk.read(item("c1", THREAT))
    (entry,) = desk.app.reporter.waiting(NOW)
    assert {flag.category for flag in entry.flags} == {Category.THREAT}


def test_an_insult_edited_away_before_anyone_looked_still_waits(desk):
    desk.read(item("c1", INSULT), item("r1", by=SCHOOL, under="c1", at=NOW - MINUTE))
    desk.read(item("c1", "Lovely concert"))
    (entry,) = desk.app.reporter.waiting(NOW)
    assert {flag.category for flag in entry.flags} == {Category.ABUSE}


def test_a_decision_on_words_that_have_changed_since_is_refused(desk):
    desk.read(item("c1", "one"))
    desk.read(item("c1", "two"))
    with desk.store.writing() as tx:
        comment = tx.scalars(select(Comment)).one()
        with pytest.raises(judged.Stale, match="you saw version 1, it now stands at 2"):
            judged.record_decision(tx, comment, 1, Action.CONFIRM_SPAM, "Mrs Ali", "spam", NOW)
    assert desk.cases()["c1"].decisions == ()


def test_a_time_no_deadline_can_be_worked_out_for_goes_to_a_person(desk):
    result = desk.read(item("c1", at=datetime(1, 1, 1, tzinfo=UTC)), item("c2"))
    assert (result.failures, result.new) == ([], 2)
    case = desk.cases()["c1"]
    assert case.due_at is None
    assert [flag.category for flag in case.flags] == [Category.COULD_NOT_BE_CHECKED]
    assert "No deadline could be worked out" in case.flags[0].reason
    assert len(case.evidence) == 1
    assert desk.cases()["c2"].due_at is not None


def test_a_comment_dated_in_the_year_9999_counts_from_when_we_first_saw_it(desk):
    desk.read(item("c1", at=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)))
    case = desk.cases()["c1"]
    assert (case.created_at, case.due_at) == (NOW, NOW + DAY)


def test_a_policy_without_a_working_day_loses_no_comment_and_tells_a_person(desk):
    desk.change(response="weekend = [1, 2, 3, 4, 5, 6, 7]")
    result = desk.read(item("c1"))
    assert (result.failures, result.new) == ([], 1)
    assert [flag.category for flag in desk.cases()["c1"].flags] == [Category.COULD_NOT_BE_CHECKED]
    assert {each.key for each in desk.deliveries("digest")} == {"2026-11-11"}


def test_a_new_comment_owes_each_moderator_the_next_digest(desk):
    desk.read(item("c1"))
    owed = [(each.kind, each.key, each.recipient, each.not_before) for each in desk.deliveries("digest")]
    opens_at = datetime(2026, 11, 11, 8, 0, tzinfo=UTC)
    assert owed == [
        ("digest", "2026-11-11", "ali@oakfield.example", opens_at),
        ("digest", "2026-11-11", "bevan@oakfield.example", opens_at),
    ]


def test_on_a_friday_the_next_digest_is_mondays(desk):
    desk.later(3 * DAY)
    desk.read(item("c1", at=NOW + 3 * DAY - HOUR))
    assert {each.key for each in desk.deliveries("digest")} == {"2026-11-16"}


def test_a_hundred_comments_owe_a_moderator_one_digest(desk):
    desk.read(*(item(f"c{number}") for number in range(100)))
    assert len(desk.deliveries("digest")) == 2


def test_a_harmless_edit_owes_no_digest_and_a_flagged_one_does(desk):
    desk.read(item("c1", "one"))
    desk.later(DAY)
    desk.read(item("c1", "two"))
    assert {each.key for each in desk.deliveries("digest")} == {"2026-11-11"}
    desk.read(item("c1", INSULT))
    assert {each.key for each in desk.deliveries("digest")} == {"2026-11-11", "2026-11-12"}


def test_a_digest_can_be_written_for_whatever_was_kept(desk):
    oddest = "\ud800\x00\u202e<script>" + "W" * 70_000 + INSULT
    desk.read(item("c1", oddest, by="\ud800", author_name="\x00\r\nBcc: all"), item("c2", INSULT, by=PARENT))
    digest = desk.app.reporter.digest("ali@oakfield.example", NOW)
    message_id = make_message_id("oakfield", "digest", "2026-11-10", "ali@oakfield.example", "oakfield.example")
    envelope = Envelope(
        sender="monitor@oakfield.example",
        sender_name="Oakfield",
        reply_to=None,
        recipient="ali@oakfield.example",
        message_id=message_id,
        list_id="alerts.oakfield.monitor",
        date=NOW,
    )
    mail = render_digest(digest, envelope).as_bytes()
    assert len(digest.flagged) == 2
    assert b"idiot" not in mail
    assert b"<script" not in mail
    assert b"Bcc" not in mail
