"""The packs that come with the program say something about everything, and say it in their own words."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from config.packs import POLICIES, known_packs, pack_file, read_pack
from config.policy import CATEGORIES, ResponseRule
from monitor.model import Category

PACKS = [pytest.param(read_pack(POLICIES / f"{name}.toml"), id=name) for name in known_packs()]


def test_the_two_packs_are_there():
    assert known_packs() == ("default", "walter-halls")


def test_the_categories_of_packs_and_of_flags_are_the_same():
    assert set(CATEGORIES) == set(Category) - {Category.COULD_NOT_BE_CHECKED}


@pytest.mark.parametrize("pack", PACKS)
def test_every_category_has_a_severity_a_clause_and_something_to_do(pack):
    assert set(pack.categories) == set(CATEGORIES)
    assert all(rule.next_steps and rule.clause for rule in pack.categories.values())


@pytest.mark.parametrize("pack", PACKS)
def test_both_packs_read_the_24_hours_literally(pack):
    assert pack.response == ResponseRule()
    assert pack.response_clause == "Monitoring"


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_is_called_as_its_file(pack):
    assert pack_file(pack.id, Path("elsewhere")) == POLICIES / f"{pack.id}.toml"


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("category", ["threat", "grooming", "self_harm", "allegation"])
def test_what_cannot_wait_is_urgent(pack, category):
    assert pack.categories[category].severity == "urgent"


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("category", ["threat", "bullying", "grooming", "allegation", "media_enquiry"])
def test_where_the_school_must_keep_silent_the_steps_say_so(pack, category):
    assert "Do not answer" in " ".join(pack.categories[category].next_steps)


@pytest.mark.parametrize("pack", PACKS)
def test_hiding_a_complaint_is_said_not_to_answer_it(pack):
    assert "Hiding a complaint does not answer it." in " ".join(pack.categories["complaint"].next_steps)


def test_walter_halls_names_its_own_clauses_and_its_printed_review():
    pack = read_pack(POLICIES / "walter-halls.toml")
    assert pack.review_by == date(2024, 9, 30)
    clauses = {name: rule.clause for name, rule in pack.categories.items()}
    assert clauses["abuse"] == clauses["profanity"] == "Handling abuse"
    assert clauses["bullying"] == clauses["threat"] == "Cyber bullying"
    assert clauses["hate"] == "Behaviour"
    assert clauses["takedown_request"] == "Use of images"
    assert clauses["media_enquiry"] == "Behaviour (media policy)"
    assert clauses["complaint"] == clauses["question"] == "Monitoring"


def words(text):
    return re.findall(r"[a-z0-9']+", text.lower())


def test_walter_halls_is_told_in_our_words_under_headings_it_really_has():
    shared = os.environ.get("SCHOOL_MONITOR_SHARED")
    source = Path(shared or "", "policies", "walter-halls.txt")
    if not shared or not source.is_file():
        pytest.skip("the text of the policy is not at hand (SCHOOL_MONITOR_SHARED)")
    policy = source.read_text("utf-8")
    pack = read_pack(POLICIES / "walter-halls.toml")
    clauses = [pack.response_clause, *(rule.clause for rule in pack.categories.values())]
    headings = {line.split(" - ")[0].strip() for line in policy.splitlines()}
    assert {clause.partition(" (")[0] for clause in clauses} <= headings
    theirs = " ".join(words(policy))
    ours = [pack.response_in_words, *(step for rule in pack.categories.values() for step in rule.next_steps)]
    runs = [" ".join(part[at : at + 7]) for part in map(words, ours) for at in range(len(part) - 6)]
    assert runs
    assert [run for run in runs if run in theirs] == []
