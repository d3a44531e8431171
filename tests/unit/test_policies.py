"""The packs that come with the program say something about everything, safely, and differ where the policies do."""

from datetime import date
from pathlib import Path

import pytest

from config.handling import SILENT, waits_for
from config.packs import POLICIES, known_packs, pack_file, read_pack, review_warning
from config.policy import CATEGORIES, ResponseRule
from monitor.model import Category

NAMES = ("carey", "default", "hasland", "heathcoat", "king-offa", "walter-halls")
BY_NAME = {name: read_pack(POLICIES / f"{name}.toml") for name in NAMES}
PACKS = [pytest.param(pack, id=name) for name, pack in BY_NAME.items()]
SCHOOLS = [pytest.param(pack, id=name) for name, pack in BY_NAME.items() if name != "default"]


def rule(name, category):
    """What a pack says about a category."""
    return BY_NAME[name].categories[category]


def test_the_five_packs_and_the_default_are_there():
    assert known_packs() == NAMES


def test_the_categories_of_packs_and_of_flags_are_the_same():
    assert set(CATEGORIES) == set(Category) - {Category.COULD_NOT_BE_CHECKED}


@pytest.mark.parametrize("pack", PACKS)
def test_every_category_has_a_severity_a_clause_and_something_to_do(pack):
    assert set(pack.categories) == set(CATEGORIES)
    assert all(rule.next_steps and rule.clause for rule in pack.categories.values())


@pytest.mark.parametrize("pack", PACKS)
def test_every_category_says_itself_who_is_told_what_is_held_and_who_is_kept_out(pack):
    for each in pack.categories.values():
        assert {"tell", "hold", "keep_out"} <= each.model_fields_set


@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_reads_the_24_hours_literally(pack):
    assert pack.response == ResponseRule()
    has_one = pack.id in ("default", "walter-halls")
    assert pack.response_clause == ("Monitoring" if has_one else SILENT)
    assert has_one or "The policy sets no time" in pack.response_in_words


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_is_called_as_its_file(pack):
    assert pack_file(pack.id, Path("elsewhere")) == POLICIES / f"{pack.id}.toml"


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("category", ["threat", "sexual", "grooming", "self_harm", "allegation"])
def test_what_cannot_wait_is_urgent(pack, category):
    assert pack.categories[category].severity == "urgent"


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("category", ["threat", "sexual", "bullying", "grooming", "allegation", "media_enquiry"])
def test_where_the_school_must_keep_silent_nothing_is_owed_and_the_steps_say_so(pack, category):
    assert pack.categories[category].hold.answer == "hold"
    steps = " ".join(pack.categories[category].next_steps).casefold()
    assert "do not answer" in steps or category == "sexual"


@pytest.mark.parametrize("pack", PACKS)
def test_what_a_child_discloses_is_never_answered_by_a_moderator(pack):
    assert pack.categories["self_harm"].hold.answer == "hold"
    assert "do not discuss it in the thread" in " ".join(pack.categories["self_harm"].next_steps).casefold()


@pytest.mark.parametrize("pack", PACKS)
def test_an_allegation_is_the_heads_alone_and_nothing_is_touched_before_advice(pack):
    allegation = pack.categories["allegation"]
    assert allegation.tell.first == ("head",)
    assert allegation.tell.then == (pack.instead_of_the_head,)
    assert (allegation.keep_out.named, allegation.keep_out.only_those_told) == (True, True)
    assert allegation.hold.removal == "after_advice"
    assert "LADO" in allegation.hold.advice_from


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("category", ["abuse", "hate", "threat", "sexual", "bullying", "grooming", "complaint"])
def test_nobody_handles_what_is_about_them(pack, category):
    assert pack.categories[category].keep_out.named


@pytest.mark.parametrize("pack", PACKS)
def test_a_child_may_call_somebody_by_name_for_help(pack):
    assert not pack.categories["self_harm"].keep_out.named
    assert "safeguarding" in pack.categories["self_harm"].tell.first


@pytest.mark.parametrize("pack", PACKS)
def test_whatever_is_urgent_has_somebody_to_turn_to_when_nobody_answers(pack):
    for each in pack.categories.values():
        assert each.severity != "urgent" or each.tell.then


@pytest.mark.parametrize("pack", PACKS)
def test_hiding_a_complaint_is_said_not_to_answer_it(pack):
    assert "Hiding a complaint does not answer it." in " ".join(pack.categories["complaint"].next_steps)
    assert pack.categories["complaint"].hold.removal == "by_moderator"


@pytest.mark.parametrize("pack", PACKS)
def test_nobody_waits_for_a_letter_before_the_police_are_rung(pack):
    last = next(stage for stage in pack.ladder if stage.id in ("police", "authorities"))
    assert last.at_any_time


def test_complaints_are_answered_kept_silent_on_or_sent_elsewhere():
    assert {name: rule(name, "complaint").hold.answer for name in NAMES} == {
        "carey": "hold",
        "default": "in_time",
        "hasland": "in_time",
        "heathcoat": "redirect",
        "king-offa": "in_time",
        "walter-halls": "in_time",
    }
    assert rule("carey", "complaint").clause == "B.6. Do not respond to negative comments posted online"
    assert rule("heathcoat", "complaint").hold.redirect_to == "the school office, by telephone or e-mail"
    assert rule("walter-halls", "complaint").clause == "Monitoring"


def test_hate_is_deleted_with_an_explanation_or_taken_down_at_once():
    assert rule("walter-halls", "hate").hold.explain
    assert rule("walter-halls", "hate").hold.removal == "by_moderator"
    assert rule("king-offa", "hate").hold.removal == "at_once"
    assert rule("king-offa", "hate").severity == "urgent"
    assert rule("king-offa", "hate").clause == "A.5.6"


def test_only_hasland_asks_for_the_officers_advice_by_a_clause_of_its_own():
    asked = {name for name in NAMES if (rule(name, "allegation").hold.clause or "a clause") != SILENT}
    assert asked == {"default", "hasland"}
    assert rule("hasland", "allegation").clause == "Child protection guidance"


def test_each_policy_tells_the_people_it_names():
    assert rule("walter-halls", "bullying").tell.first == ("line_manager", "senior")
    assert rule("hasland", "threat").tell.first == ("head",)
    assert rule("hasland", "bullying").tell.first == ("pastoral", "head")
    assert rule("carey", "abuse").tell.first == ("line_manager", "moderator")
    assert rule("heathcoat", "grooming").tell.first == ("head", "safeguarding")
    assert rule("heathcoat", "grooming").tell.then == ("senior",)
    assert "communications" in rule("king-offa", "abuse").tell.first


def test_hasland_does_not_leave_bullying_until_monday_and_king_offa_tells_the_head_of_the_press_at_once():
    assert {name for name in NAMES if rule(name, "bullying").severity == "urgent"} == {"hasland"}
    assert {name for name in NAMES if rule(name, "media_enquiry").severity == "urgent"} == {"king-offa"}


def test_accounts_are_approved_by_those_whom_each_policy_names():
    assert {name: BY_NAME[name].accounts.approved_by for name in NAMES} == {
        "carey": ("line_manager",),
        "default": ("head",),
        "hasland": ("head",),
        "heathcoat": ("head",),
        "king-offa": ("line_manager", "communications", "head"),
        "walter-halls": ("senior",),
    }
    assert BY_NAME["heathcoat"].accounts.policy_link
    assert BY_NAME["heathcoat"].accounts.official_address
    assert "closes_on" in BY_NAME["king-offa"].accounts.needs
    assert set(BY_NAME["walter-halls"].accounts.needs) == {"aim", "audience", "promotion", "access"}


def test_heathcoat_forbids_reading_messages_and_walter_halls_promises_to_answer_them():
    assert {name for name in NAMES if BY_NAME[name].messages.read == "forbidden"} == {"heathcoat"}
    assert {name for name in NAMES if BY_NAME[name].messages.promised} == {"walter-halls"}


def test_heathcoats_ladder_begins_with_a_talk():
    assert [stage.id for stage in BY_NAME["heathcoat"].ladder] == ["discuss", "written_warning", "legal", "police"]
    assert [stage.at_any_time for stage in BY_NAME["heathcoat"].ladder] == [False, False, False, True]


def test_a_stage_waits_for_the_last_before_it_that_waits_itself():
    def waited_for(name):
        ladder = BY_NAME[name].ladder
        return {stage.id: first.id for stage in ladder if (first := waits_for(ladder, stage.id))}

    assert waited_for("heathcoat") == {"written_warning": "discuss", "legal": "written_warning"}
    assert waited_for("walter-halls") == {"provider": "asked_to_remove"}
    assert waited_for("king-offa") == {"author": "removed"}
    assert waits_for(BY_NAME["carey"].ladder, "no such stage") is None


def test_house_rules_are_there_where_the_policy_builds_on_them():
    assert {name for name in NAMES if BY_NAME[name].house_rules} == {"heathcoat", "king-offa"}
    assert len(BY_NAME["heathcoat"].house_rules) == 6


@pytest.mark.parametrize("pack", SCHOOLS)
def test_every_printed_policy_is_overdue_or_says_no_day_and_is_warned_of(pack):
    printed = {
        "carey": date(2024, 9, 30),
        "hasland": None,
        "heathcoat": date(2022, 11, 10),
        "king-offa": date(2022, 10, 31),
        "walter-halls": date(2024, 9, 30),
    }
    assert pack.review_by == printed[pack.id]
    warning = review_warning(pack, date(2026, 11, 27))
    assert ("does not say by when it is reviewed" if pack.id == "hasland" else "was to be reviewed by") in warning


def test_walter_halls_names_its_own_clauses():
    clauses = {name: rule("walter-halls", name).clause for name in CATEGORIES}
    assert clauses["abuse"] == clauses["profanity"] == "Handling abuse"
    assert clauses["bullying"] == clauses["threat"] == "Cyber bullying"
    assert clauses["hate"] == "Behaviour"
    assert clauses["takedown_request"] == "Use of images"
    assert clauses["media_enquiry"] == "Behaviour (media policy)"
    assert clauses["complaint"] == clauses["question"] == "Monitoring"
