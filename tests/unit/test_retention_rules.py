"""How long a comment is kept: the longest of its terms, to the very moment, and never past a hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from case_samples import a_case, a_flag, action, reply
from configuration_file import changed, told
from hypothesis import assume, given
from hypothesis import strategies as st

from config.packs import POLICIES, known_packs, read_pack
from config.policy import Retention
from monitor.model import Action, Category, RecordedDecision
from monitor.rules.retention import Erase, Keep, Kept, Review, classes_of, due, quarantine_ends, settled_at
from monitor.rules.state import response_state

DAY = timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)
RECEIVED = datetime(2026, 9, 7, 10, 0, tzinfo=UTC)
TERMS = Retention()

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
categories = st.frozensets(st.sampled_from(list(Category)), max_size=4)


@st.composite
def kept_comments(draw):
    """Any comment with its life in order: received first, settled, decided and passed on after that."""
    received = draw(moments)
    later = st.none() | st.timedeltas(timedelta(0), 3000 * DAY).map(lambda wait: received + wait)
    return Kept(
        received,
        settled_at=draw(later),
        decided_at=draw(later),
        passed_on_at=draw(later),
        categories=draw(categories),
        acted_on=draw(st.booleans()),
        withheld=draw(st.booleans()),
        on_hold=draw(st.booleans()),
    )


def settled(*found, days=3, **more):
    """A comment with these flags that was settled some days after it came."""
    return Kept(RECEIVED, settled_at=RECEIVED + days * DAY, categories=frozenset(found), **more)


@pytest.mark.parametrize(
    ("kept", "kept_as", "over"),
    [
        (settled(), "ordinary", RECEIVED + 30 * DAY),
        (settled(Category.SPAM), "ordinary", RECEIVED + 30 * DAY),
        (settled(Category.ABUSE), "flagged", RECEIVED + 368 * DAY),
        (settled(Category.COULD_NOT_BE_CHECKED), "flagged", RECEIVED + 368 * DAY),
        (settled(acted_on=True), "flagged", RECEIVED + 368 * DAY),
        (settled(Category.SPAM, acted_on=True), "flagged", RECEIVED + 368 * DAY),
        (
            settled(Category.GROOMING, acted_on=True, passed_on_at=RECEIVED + 9 * DAY),
            "safeguarding",
            RECEIVED + 99 * DAY,
        ),
        (settled(Category.COMPLAINT), "complaint", RECEIVED + 2195 * DAY),
        (settled(Category.ABUSE, Category.COMPLAINT), "complaint", RECEIVED + 2195 * DAY),
        (settled(Category.GROOMING, passed_on_at=RECEIVED + 9 * DAY), "safeguarding", RECEIVED + 99 * DAY),
        (
            settled(Category.GROOMING, Category.ABUSE, passed_on_at=RECEIVED + 9 * DAY),
            "flagged",
            RECEIVED + 368 * DAY,
        ),
    ],
)
def test_a_term_is_over_exactly_at_its_day(kept, kept_as, over):
    before, at = due(kept, TERMS, over - A_MOMENT), due(kept, TERMS, over)
    reason = TERMS.classes()[kept_as].reason
    assert before == Keep(kept_as, over, reason)
    assert at == Erase(kept_as, over, reason)


def test_what_belongs_in_a_child_protection_file_is_listed_for_a_person_until_it_was_passed_on():
    kept = settled(Category.SELF_HARM)
    reason = TERMS.safeguarding.reason
    assert due(kept, TERMS, RECEIVED + 90 * DAY) == Review("safeguarding", RECEIVED + 90 * DAY, reason)
    assert isinstance(due(kept, TERMS, RECEIVED + 9000 * DAY), Review)


def test_a_suspected_indecent_image_is_safeguarding_whatever_it_was_flagged_as():
    assert classes_of(settled(Category.SPAM, withheld=True), TERMS) == {"ordinary", "safeguarding"}
    assert isinstance(due(settled(withheld=True), TERMS, RECEIVED + 9000 * DAY), Review)


@pytest.mark.parametrize("found", [(), (Category.PROFANITY,), (Category.COMPLAINT,)])
def test_what_nobody_settled_is_kept_a_year_and_no_shorter_than_what_was(found):
    kept = Kept(RECEIVED, categories=frozenset(found))
    term = max(365, TERMS.classes()[next(iter(classes_of(kept, TERMS)))].days)
    assert isinstance(due(kept, TERMS, RECEIVED + term * DAY - A_MOMENT), Keep)
    assert isinstance(due(kept, TERMS, RECEIVED + term * DAY), Erase)


def test_counted_from_the_decision_a_later_answer_moves_nothing():
    terms = Retention(flagged=TERMS.flagged.model_copy(update={"counted_from": "decided"}))
    kept = settled(Category.ABUSE, days=8, decided_at=RECEIVED + 2 * DAY)
    assert due(kept, terms, RECEIVED + 367 * DAY) == Erase("flagged", RECEIVED + 367 * DAY, terms.flagged.reason)
    undecided = settled(Category.ABUSE, days=8)
    assert due(undecided, terms, RECEIVED + 373 * DAY).since == RECEIVED + 373 * DAY


@given(kept_comments(), moments)
def test_a_hold_beats_every_term(kept, now):
    answer = due(kept, TERMS, now)
    assert isinstance(answer, Keep) or not kept.on_hold


@given(kept_comments(), moments)
def test_nothing_unsettled_is_erased_before_its_year_is_over(kept, now):
    assume(kept.settled_at is None)
    assume(now < kept.received_at + 365 * DAY)
    assert isinstance(due(kept, TERMS, now), Keep)


@given(kept_comments(), moments)
def test_safeguarding_is_never_erased_before_it_was_passed_on(kept, now):
    assume("safeguarding" in classes_of(kept, TERMS))
    assume(kept.passed_on_at is None)
    assert not isinstance(due(kept, TERMS, now), Erase)


@given(kept_comments(), categories, moments)
def test_one_more_flag_never_makes_it_kept_shorter(kept, more, now):
    assume(kept.categories)  # the first flag may say that it is only spam
    graver = replace(kept, categories=kept.categories | more)
    if isinstance(due(graver, TERMS, now), Erase):
        assert isinstance(due(kept, TERMS, now), Erase)


@given(kept_comments(), moments, st.timedeltas(timedelta(0), 5000 * DAY))
def test_what_is_over_stays_over(kept, now, wait):
    if isinstance(due(kept, TERMS, now), Erase):
        assert due(kept, TERMS, now + wait) == due(kept, TERMS, now)


def test_a_day_beyond_the_calendar_is_kept_and_breaks_nothing():
    last_day = datetime.max.replace(tzinfo=UTC)
    answer = due(Kept(RECEIVED, settled_at=last_day, categories=frozenset({Category.HATE})), TERMS, RECEIVED)
    assert answer.until == last_day
    assert quarantine_ends(last_day, TERMS) == last_day


def settled_in(case, flags_wait=False):
    now = case.facts.last_read_at
    return settled_at(case, response_state(case.created_at, case.due_at, case.facts, case.rule, now), flags_wait)


def test_a_comment_is_settled_when_the_last_thing_about_it_was_done():
    case = a_case(flags=(a_flag(),))
    assert settled_in(case) is None
    answered = a_case(flags=(a_flag(),), replies=(reply(case.created_at + timedelta(hours=2)),))
    assert settled_in(answered) == case.created_at + timedelta(hours=2)
    assert settled_in(answered, flags_wait=True) is None


def test_a_comment_nobody_had_to_answer_is_settled_when_it_came():
    case = a_case(due_in=None, tags=frozenset({"thanks"}))
    assert settled_in(case) == case.facts.first_seen_at


def test_a_decision_after_the_answer_settles_it_later():
    decided = action(datetime(2026, 11, 15, tzinfo=UTC), Action.NO_REPLY_NEEDED)
    case = replace(a_case(actions=(decided,)), decisions=(RecordedDecision(decided, "Mrs Ali", 1),))
    assert settled_in(case) == decided.at


@pytest.mark.parametrize("name", known_packs())
def test_the_packs_give_every_class_a_term_and_a_reason(name):
    retention = read_pack(POLICIES / f"{name}.toml").retention
    assert retention.model_fields_set == {*retention.classes(), "quarantine", "unsettled_days"}
    assert all(each.reason and each.days for each in retention.classes().values())


PACK = (POLICIES / "default.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("days = 2192", "days = 0", "retention.complaint.days must be at least 1 (days) (found 0)"),
        (
            'counted_from = "settled"\nreason = "Six',
            'counted_from = "setled"\nreason = "Six',
            'one of received, settled, decided, passed_on (found "setled"). Did you mean "settled"?',
        ),
        (
            'reason = "Six',
            'because = "Six',
            "retention.complaint.reason is missing; it belongs in [retention.complaint]",
        ),
        ('"complaint", "take', '"complaint", "spam", "take', "a category belongs to one class only: spam"),
        ('"spam", "question"', '"spam", "qestion"', 'Did you mean "question"?'),
        (
            '[retention.quarantine]\ndays = 30\ncounted_from = "received"',
            '[retention.quarantine]\ndays = 30\ncounted_from = "settled"',
            'what nobody can read has no category and is counted from "received"',
        ),
        (
            "unsettled_days = 365",
            "unsettled_days = 1",
            "retention.unsettled_days must be at least 30 (days) (found 1)",
        ),
    ],
)
def test_a_term_that_cannot_be_right_is_told_in_a_sentence(tmp_path, old, new, said):
    assert PACK.count(old) == 1
    school = changed('key = "oakfield"', 'key = "oakfield"\npolicy = "own.toml"')
    problems = told(tmp_path, school, own=PACK.replace(old, new))
    assert any(said in problem for problem in problems), problems


def test_a_pack_without_terms_has_the_usual_ones(tmp_path):
    before, _, _ = PACK.partition("# How long what is stored")
    (tmp_path / "own.toml").write_text(before, "utf-8")
    assert read_pack(tmp_path / "own.toml").retention == Retention()
