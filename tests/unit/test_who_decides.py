"""Who may record which decision, what belongs to it, and when it is refused."""

from dataclasses import replace
from datetime import date

import pytest
from case_samples import DAY, HOUR, NOW, a_case
from hypothesis import given
from hypothesis import strategies as st
from pack_samples import ADVICE, AT_ONCE, EXPLAIN, HOLD, HOUSE_RULES, LADDER, a_pack, decision, flag

from config.people import Person
from monitor.model import Action, Presence
from monitor.rules.decisions import Request, Situation, refusal, who_may
from monitor.rules.duties import duties_of
from monitor.rules.outstanding import to_do

TODAY = date(2026, 11, 16)
EVERYBODY = frozenset(
    {"moderator", "poster", "line_manager", "communications", "senior", "head", "safeguarding", "chair_of_governors"}
)
PLAIN = a_pack({})
STEPPED = a_pack({}, ladder=LADDER, house_rules=HOUSE_RULES)


def situation(*flags, duties=("moderator",), pack=PLAIN, decisions=(), shown=Presence.VISIBLE, **case):
    known = {"due_in": None} | case
    one = replace(a_case(NOW - 2 * DAY, **known), flags=flags, decisions=tuple(decisions), shown=shown, id=12)
    one = replace(one, to_do=to_do(one, pack))
    return Situation(one, pack, frozenset(duties), NOW, TODAY)


def said(request, where):
    found = refusal(request, where)
    return found and found.words


def person(name, *roles, **more):
    return Person(name=name, email=f"{name.lower().replace(' ', '.')}@oakfield.example", roles=roles, **more)


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.UNDO, Action.ESCALATE}))
def test_a_technician_or_other_staff_decide_nothing(action):
    found = refusal(Request(action), situation(duties=("technician", "staff")))
    assert found is not None
    assert found.is_misuse


@pytest.mark.parametrize("duty", ["moderator", "head", "safeguarding", "chair_of_governors"])
def test_those_who_moderate_or_lead_decide(duty):
    assert said(Request(Action.TAKE), situation(duties=(duty,))) is None


def test_whoever_is_told_of_a_kind_of_comment_may_decide_on_it():
    tells = PLAIN.categories["media_enquiry"].tell.model_copy(update={"first": ("communications",)})
    rule = PLAIN.categories["media_enquiry"].model_copy(update={"tell": tells})
    pack = PLAIN.model_copy(update={"categories": {**PLAIN.categories, "media_enquiry": rule}})
    assert said(Request(Action.TAKE), situation(flag("media_enquiry"), duties=("communications",), pack=pack)) is None
    assert said(Request(Action.TAKE), situation(flag("spam"), duties=("communications",), pack=pack)) is not None


def test_what_only_those_told_may_see_only_those_told_decide_on():
    rule = PLAIN.categories["allegation"]
    secret = rule.model_copy(
        update={
            "keep_out": rule.keep_out.model_copy(update={"only_those_told": True}),
            "tell": rule.tell.model_copy(update={"first": ("head",), "then": ()}),
        }
    )
    pack = PLAIN.model_copy(update={"categories": {**PLAIN.categories, "allegation": secret}})
    assert who_may(Request(Action.CLOSE), situation(flag("allegation"), pack=pack)) == {"head", "chair_of_governors"}


@pytest.mark.parametrize("action", [Action.CONFIRM_ILLEGAL, Action.ADVICE_RECEIVED])
def test_what_lifts_a_hold_is_for_the_head_the_safeguarding_lead_or_whoever_stands_for_the_head(action):
    pack = a_pack({"allegation": ADVICE})
    may = who_may(Request(action), situation(flag("allegation"), pack=pack))
    assert may == {"head", "safeguarding", "chair_of_governors"}


def test_who_covers_for_somebody_away_is_on_their_duties_that_day():
    away = ((date(2026, 11, 16), date(2026, 11, 17)),)
    head = person("Ms Okafor", "head", absent=away, covered_by="Mr Bevan")
    deputy = person("Mr Bevan", "moderator", absent=away, covered_by="Mrs Ali")
    ali = person("Mrs Ali", "staff")
    people = (head, deputy, ali)
    assert duties_of(ali, people, (), TODAY) == {"staff", "head", "moderator"}
    assert duties_of(ali, people, ("Mrs Ali",), date(2026, 11, 18)) == {"staff", "poster"}
    assert duties_of(deputy, people, (), TODAY) == {"moderator"}


def test_who_manages_a_poster_is_on_duty_as_line_manager():
    people = (person("One", "moderator"), person("Two", "staff", line_manager="One"), person("Three", "staff"))
    assert duties_of(people[0], people, ("Two",), TODAY) == {"moderator", "line_manager"}
    others = (*people, person("Four", "staff", line_manager="Three"))
    assert duties_of(people[0], others, ("Four",), TODAY) == {"moderator"}
    assert duties_of(people[2], others, ("Four",), TODAY) == {"staff", "line_manager"}
    assert duties_of(people[0], others, (), TODAY) == {"moderator", "line_manager"}


def test_cover_that_goes_round_in_a_circle_covers_nobody():
    away = ((TODAY, TODAY),)
    one = person("One", "head", absent=away, covered_by="Two")
    two = person("Two", "moderator", absent=away, covered_by="One")
    assert duties_of(one, (one, two), (), TODAY) == {"head"}


REMOVALS = (Action.HIDE, Action.DELETE, Action.REPORT, Action.BLOCK)


@pytest.mark.parametrize("action", REMOVALS)
def test_a_removal_cites_a_house_rule_where_the_school_has_any(action):
    where = situation(flag("abuse"), pack=STEPPED)
    assert said(Request(action), where) == (
        f"{action} needs --house-rule here: the number of the house rule it breaks, one of 1, 2"
    )
    assert said(Request(action, house_rule="9"), where) == 'the policy has no house rule "9"; it has 1, 2'
    assert said(Request(action, house_rule="2"), where) is None
    assert said(Request(action), situation(flag("abuse"))) is None


@pytest.mark.parametrize("action", REMOVALS)
def test_where_the_policy_explains_the_words_for_readers_are_recorded(action):
    where = situation(flag("abuse"), pack=a_pack({"abuse": EXPLAIN}))
    assert "--audience" in said(Request(action), where)
    assert said(Request(action, audience="We took down an insult."), where) is None
    assert said(Request(action), situation(flag("profanity"), pack=a_pack({"abuse": EXPLAIN}))) is None


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request(Action.TAKE, stage="discuss"), "--stage goes with escalate, not with take"),
        (Request(Action.TAKE, audience="x"), "--audience goes with block or delete or hide or report, not with take"),
        (Request(Action.HIDE, undoes=3), "--decision goes with undo, not with hide"),
        (Request(Action.PASS_ON), "pass_on needs --school here"),
        (Request(Action.UNDO), "undo needs --decision here"),
    ],
)
def test_what_does_not_belong_or_is_missing_is_named(request_, words):
    found = refusal(request_, situation())
    assert (found.words, found.is_misuse) == (words, True)


@pytest.mark.parametrize("action", [Action.HIDE, Action.DELETE])
def test_nothing_is_taken_down_while_advice_is_waited_for(action):
    pack = a_pack({"allegation": ADVICE, "hate": AT_ONCE})
    where = situation(flag("allegation"), flag("hate"), pack=pack, duties=EVERYBODY)
    found = refusal(Request(action), where)
    assert found.words == (
        'advice from the LADO is waited for under "Allegations"; record it with: '
        "school-monitor decide 12 advice_received --by PERSON --why TEXT"
    )
    assert not found.is_misuse
    for lifting in ("advice_received", "confirm_illegal"):
        lifted = situation(flag("allegation"), pack=pack, decisions=[decision(lifting, NOW, number=1)])
        assert said(Request(action), lifted) is None


def test_advice_nobody_waits_for_is_not_recorded_and_more_of_it_is():
    pack = a_pack({"allegation": ADVICE})
    heads = {"duties": ("head",), "pack": pack}
    assert "asks for no advice" in said(Request(Action.ADVICE_RECEIVED), situation(flag("hate"), **heads))
    received = decision("advice_received", NOW, number=1)
    again = situation(flag("allegation"), decisions=[received], **heads)
    assert said(Request(Action.ADVICE_RECEIVED), again) is None


def stage(name, on, number=1):
    return decision("escalate", NOW, number=number, stage=name, on=on)


def escalate(name, on=TODAY):
    return Request(Action.ESCALATE, stage=name, on=on)


def test_the_first_stage_comes_before_the_second():
    heads = {"duties": ("head",), "pack": STEPPED}
    assert said(escalate("warning"), situation(**heads)) == (
        'the stage "discuss" has to be on record before "warning": Talk to the author and ask for it to be taken down'
    )
    reached = situation(decisions=[stage("discuss", "2026-11-10")], **heads)
    assert said(escalate("warning"), reached) is None
    assert "has to be on record" in said(escalate("police"), reached)
    assert "comes after it" in said(escalate("warning", date(2026, 11, 9)), reached)
    undone = situation(decisions=[stage("discuss", "2026-11-10"), decision("undo", NOW, number=2, undoes=1)], **heads)
    assert "has to be on record" in said(escalate("warning"), undone)


def test_a_stage_is_recorded_by_those_the_policy_names_on_a_day_that_has_come():
    assert said(escalate("discuss"), situation(pack=STEPPED)) is None
    assert refusal(escalate("warning"), situation(pack=STEPPED)).is_misuse
    assert "up to today" in said(escalate("discuss", date(2026, 11, 17)), situation(pack=STEPPED))
    assert said(escalate("nonsense"), situation(pack=STEPPED, duties=("head",))) == (
        'the policy has no stage "nonsense"; it has discuss, warning, police'
    )


def test_a_case_is_closed_when_nothing_is_owed_any_more():
    close = Request(Action.CLOSE)
    assert said(close, situation()) is None
    assert "an answer is still owed" in said(close, situation(due_in=DAY))
    assert said(close, situation(due_in=DAY, hold="Do not answer")) is None
    assert "advice from the LADO" in said(close, situation(flag("allegation"), pack=a_pack({"allegation": ADVICE})))
    assert "take it down at once" in said(close, situation(flag("hate"), pack=a_pack({"hate": AT_ONCE})))
    assert said(close, situation(flag("media_enquiry"), pack=a_pack({"media_enquiry": HOLD}))) is None


def undo(number):
    return Request(Action.UNDO, undoes=number)


def test_a_decision_is_taken_back_once_by_somebody_who_may_make_it():
    one = decision("no_reply_needed", NOW, number=1)
    back = decision("undo", NOW, number=2, undoes=1)
    assert said(undo(1), situation(decisions=[one])) is None
    assert said(undo(7), situation(decisions=[one])) == (
        "case 12 has no decision 7; school-monitor show 12 lists them by number"
    )
    assert said(undo(1), situation(decisions=[one, back])) == "decision 1 was taken back already"
    assert "taking back is not taken back" in said(undo(2), situation(decisions=[one, back]))
    illegal = decision("confirm_illegal", NOW, number=1)
    assert refusal(undo(1), situation(decisions=[illegal])).is_misuse
    assert said(undo(1), situation(decisions=[illegal], duties=("head",))) is None


def test_what_cannot_be_undone_in_the_world_is_not_undone_in_the_book():
    deleted = decision("delete", NOW, number=2)
    assert said(undo(2), situation(decisions=[deleted])) is None
    assert "cannot be undone" in said(undo(2), situation(decisions=[deleted], shown=Presence.GONE))
    for lifting in ("confirm_illegal", "advice_received"):
        both = [decision(lifting, NOW, number=1), deleted]
        assert "cannot be undone" in said(undo(1), situation(decisions=both, duties=("head",)))


def test_a_stage_on_which_a_later_one_rests_is_taken_back_after_it():
    rows = [stage("discuss", "2026-11-10", 1), stage("warning", "2026-11-12", 2)]
    heads = {"duties": ("head",), "pack": STEPPED}
    assert said(undo(1), situation(decisions=rows, **heads)) == (
        "decision 2, a later stage, rests on it; take that back first"
    )
    assert said(undo(2), situation(decisions=rows, **heads)) is None


@given(
    st.sampled_from(Action),
    st.sets(st.sampled_from(sorted(EVERYBODY))),
    st.lists(st.sampled_from(["allegation", "hate", "media_enquiry", "spam"]), max_size=3),
    st.lists(st.sampled_from(Action), max_size=4),
)
def test_every_question_has_an_answer_and_more_duties_never_forbid(action, duties, kinds, done):
    rows = [decision(each, NOW - HOUR, number=n) for n, each in enumerate(done, 1)]
    pack = a_pack(ladder=LADDER, house_rules=HOUSE_RULES)
    request = Request(action)
    flags = [flag(kind) for kind in kinds]
    few = refusal(request, situation(*flags, duties=duties, pack=pack, decisions=rows))
    many = refusal(request, situation(*flags, duties=EVERYBODY, pack=pack, decisions=rows))
    assert few is not None or many is None
    assert many is None or many.words
