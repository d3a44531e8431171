"""The audit of the register: what is found, how grave it is, and that each finding says what to do."""

import string
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from config.handling import RegisterRule
from config.people import Person
from config.register import Approval, RegisterEntry
from monitor.rules.register import LiveFacts, audit
from monitor.rules.register_words import Topic, Weight

TODAY = date(2026, 11, 27)
DAY = timedelta(days=1)
POLICY = "https://www.oakfield.example/social-media-policy"
RULE = RegisterRule(
    approved_by=("line_manager", "head"), policy_link=True, official_address=True, clause="A.3, A.5.4"
)
ALI = Person(name="Mrs Ali", email="ali@oakfield.example", roles=("moderator",), line_manager="Mr Bevan")
BEVAN = Person(name="Mr Bevan", email="bevan@oakfield.example", roles=("moderator",))
OKAFOR = Person(name="Ms Okafor", email="head@oakfield.example", roles=("head",))
PEOPLE = (ALI, BEVAN, OKAFOR)
SIGNED = (
    Approval(by="Mr Bevan", role="line_manager", on=date(2026, 8, 28)),
    Approval(by="Ms Okafor", role="head", on=date(2026, 9, 1)),
)
ENTRY = RegisterEntry(
    account="facebook",
    aim="News",
    audience="Families",
    promotion="The newsletter",
    access="open",
    administrators=("Mrs Ali", "Mr Bevan"),
    token_owner="Mr Bevan",
    official_address="social@oakfield.example",
    policy_link=POLICY,
    approvals=SIGNED,
    live_from=date(2026, 9, 7),
)
FACTS = LiveFacts(
    today=TODAY,
    watched_since=date(2026, 9, 7),
    read_until=TODAY,
    last_post=TODAY - 3 * DAY,
    about="News for families. Our rules: oakfield.example/social-media-policy/.",
    school_domains=frozenset({"oakfield.example"}),
)


def away(person, until, since=TODAY):
    return person.model_copy(update={"absent": ((since, until),)})


def found(people=PEOPLE, rule=RULE, facts=None, **entry):
    known = FACTS if facts is None else LiveFacts(**{**vars(FACTS), **facts})
    return audit(ENTRY.model_copy(update=entry), rule, people, known)


def only(*args, **more):
    """The one thing found."""
    (one,) = found(*args, **more)
    return one


def test_an_account_that_is_as_the_policy_asks_gives_no_cause_for_anything():
    assert found() == ()


def test_an_account_the_register_says_nothing_of_is_one_finding_and_not_ten():
    (one,) = audit(RegisterEntry(account="facebook"), RULE, PEOPLE, FACTS)
    assert (one.topic, one.weight, one.clause) == (Topic.ENTRY, Weight.WRONG, "A.3, A.5.4")


def test_what_is_missing_is_named_together():
    one = only(aim="", audience="", promotion="", access=None, live_from=None)
    assert one.sentence == ("The register does not say what the account is for and for whom.")


def test_too_few_administrators_are_wrong():
    one = only(administrators=("Mrs Ali",))
    assert (one.topic, one.weight) == (Topic.ADMINISTRATORS, Weight.WRONG)
    assert one.sentence == "1 administrator is named; the policy asks for 2."


def test_an_administrator_who_left_may_still_sign_in():
    gone, few = found(administrators=("Mrs Ali", "Dr Gone"))
    assert gone.sentence.endswith("said to be able to sign in and change it: Dr Gone.")
    assert "take their access away" in gone.todo
    assert few.sentence.startswith("Only 1 of 2 administrators can be reached today")


def test_too_few_moderators_are_grave_whoever_the_register_names():
    one = only(moderators=("Mrs Ali",))
    assert (one.topic, one.weight) == (Topic.MODERATORS, Weight.GRAVE)
    assert one.sentence == "1 moderator is named; the policy asks for 2."
    (alone,) = [
        each
        for each in found((ALI, OKAFOR), administrators=(), token_owner="Mrs Ali", approvals=SIGNED[1:])
        if each.topic is Topic.MODERATORS
    ]
    assert alone.sentence == "1 moderator is named; the policy asks for 2."


def test_moderators_who_cannot_be_reached_do_not_count():
    one = next(each for each in found((away(ALI, TODAY + DAY), BEVAN, OKAFOR)) if each.topic is Topic.MODERATORS)
    assert one.weight is Weight.GRAVE
    assert one.sentence == (
        "Only 1 of 2 moderators can be reached today, and the policy asks for 2: "
        "Mrs Ali is away until 28 Nov 2026 and nobody stands in."
    )
    refused = found(facts={"refused": frozenset({"bevan@oakfield.example"})})
    assert {each.topic for each in refused} == {Topic.ADMINISTRATORS, Topic.MODERATORS}
    assert all("mail to Mr Bevan is refused" in each.sentence for each in refused)


def test_each_duty_has_to_have_approved_it():
    one = only(approvals=SIGNED[1:])
    assert one.sentence == "No line manager has approved it."


def test_an_approval_after_the_account_went_live_is_told():
    one = only(live_from=date(2026, 8, 30))
    assert one.sentence == ("The head, Ms Okafor, approved it on 1 Sep 2026, after it went live on 30 Aug 2026.")


def test_an_earlier_approval_by_the_same_duty_is_enough():
    later = Approval(by="Ms Okafor", role="head", on=date(2026, 10, 1))
    assert found(approvals=(*SIGNED, later)) == ()


def test_who_signs_in_a_duty_that_is_not_theirs_is_told():
    one = only(approvals=(SIGNED[0], Approval(by="Mrs Ali", role="head", on=date(2026, 9, 1))))
    assert one.sentence == "Mrs Ali approved it as head, and has not that duty in the configuration."


def test_the_manager_of_somebody_signs_as_line_manager_without_the_role():
    assert "line_manager" not in BEVAN.roles
    assert found() == ()


def test_a_signature_of_somebody_who_left_is_for_a_person_to_look_at():
    one = only(approvals=(SIGNED[0], Approval(by="Dr Gone", role="head", on=date(2026, 9, 1))))
    assert one.weight is Weight.LOOK


def test_an_approval_from_the_future_is_told():
    one = only(approvals=(*SIGNED, Approval(by="Ms Okafor", role="head", on=TODAY + DAY)))
    assert "still to come" in one.sentence


def test_an_account_that_is_not_to_be_used_yet_and_is_watched_is_mentioned():
    one = only(live_from=TODAY + DAY, facts={"last_post": None})
    assert one.weight is Weight.LOOK
    assert one.sentence == "It is to be used from 28 Nov 2026, and is watched already."
    assert found(live_from=TODAY + DAY, facts={"last_post": None, "read_until": None}) == ()


def test_what_was_published_before_the_first_day_is_wrong():
    assert only(live_from=TODAY + DAY).weight is Weight.WRONG


@pytest.mark.parametrize(("closes", "weight"), [(-1, Weight.GRAVE), (0, Weight.LOOK), (30, Weight.LOOK)])
def test_an_account_past_its_last_day_is_grave_and_one_near_it_is_mentioned(closes, weight):
    assert only(closes_on=TODAY + closes * DAY).weight is weight


def test_a_last_day_far_away_is_nothing():
    assert found(closes_on=TODAY + 31 * DAY) == ()


def test_credentials_of_somebody_who_left_are_grave():
    one = only(token_owner="Dr Gone")
    assert (one.topic, one.weight) == (Topic.TOKEN, Weight.GRAVE)
    assert one.sentence == "The credentials hang on Dr Gone, who is not among the people any more."


def test_nobody_has_to_own_credentials_that_are_not_there():
    assert found(token_owner=None, facts={"has_credentials": False}) == ()
    assert only(token_owner=None).weight is Weight.LOOK


def test_who_owns_the_credentials_and_is_away_for_long_is_told():
    covered = away(BEVAN, TODAY + 28 * DAY).model_copy(update={"covered_by": "Ms Okafor"})
    one = only((ALI, covered, OKAFOR))
    assert one.sentence == "The credentials hang on Mr Bevan, who is away from 27 Nov 2026 until 25 Dec 2026."
    short = away(BEVAN, TODAY + 27 * DAY).model_copy(update={"covered_by": "Ms Okafor"})
    assert found((ALI, short, OKAFOR)) == ()
    ending = only((ALI, short, OKAFOR), facts={"credentials_end": TODAY + 5 * DAY})
    assert ending.sentence.startswith("The credentials end on 2 Dec 2026, while Mr Bevan,")


@pytest.mark.parametrize(("days", "is_told"), [(59, False), (60, True)])
def test_an_account_is_neglected_after_the_days_the_pack_names(days, is_told):
    told = found(facts={"last_post": TODAY - days * DAY})
    assert [each.topic for each in told] == ([Topic.NEGLECT] if is_told else [])


def test_an_account_without_any_post_is_neglected_from_the_day_it_was_first_watched():
    assert found(facts={"last_post": None, "watched_since": TODAY - 59 * DAY}) == ()
    one = only(facts={"last_post": None, "watched_since": TODAY - 60 * DAY}, live_from=date(2026, 9, 20))
    assert one.topic is Topic.NEGLECT
    assert "which is from 28 Sep 2026 on: 60 days" in one.sentence


def test_a_network_without_posts_is_never_neglected():
    assert found(facts={"last_post": None, "shows_posts": False, "watched_since": date(2020, 1, 1)}) == ()


def test_a_description_without_the_link_is_wrong_and_one_that_cannot_be_seen_is_for_a_person():
    assert only(facts={"about": "News"}).sentence == "Its description does not link to the policy."
    unseen = only(facts={"about": None})
    assert (unseen.weight, unseen.todo) == (Weight.LOOK, f"Look yourself for {POLICY}.")
    assert found(facts={"about": "", "links": (POLICY,)}) == ()


def test_a_pack_that_asks_for_the_link_asks_for_its_address():
    assert only(policy_link=None).topic is Topic.POLICY_LINK
    assert found(rule=RULE.model_copy(update={"policy_link": False}), policy_link=None) == ()


def test_an_account_is_registered_to_an_address_of_the_school():
    assert only(official_address=None).topic is Topic.ADDRESS
    assert "no address of the school" in only(official_address="oakfield.school@gmail.com").sentence
    assert found(rule=RULE.model_copy(update={"official_address": False}), official_address=None) == ()


def test_what_is_gravest_comes_first():
    several = found(token_owner="Dr Gone", aim="", facts={"about": None})
    assert [each.weight for each in several] == [Weight.GRAVE, Weight.WRONG, Weight.LOOK]


def test_every_finding_is_a_sentence_and_says_what_to_do():
    worst = found(
        (OKAFOR,), aim="", administrators=("Dr Gone",), token_owner="Dr Gone", policy_link=None, approvals=(),
        official_address=None, closes_on=TODAY - DAY, facts={"last_post": date(2026, 1, 1)},
    )  # fmt: skip
    assert {each.topic for each in worst} >= set(Topic) - {Topic.NEGLECT}
    for each in worst:
        assert each.sentence[0] in string.ascii_uppercase + string.digits
        assert each.sentence.endswith(".")
        assert each.todo.endswith(".")


def test_an_account_does_not_close_before_it_opens():
    with pytest.raises(ValidationError, match="closes_on lies before live_from"):
        RegisterEntry(account="x", live_from=TODAY, closes_on=TODAY - DAY)
