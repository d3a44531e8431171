"""Judging a text: rules and models together, thresholds, and what happens when something breaks."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import CATEGORIES
from monitor.language import checks, judging
from monitor.language.finding import CERTAIN_ENOUGH, Check, Finding
from monitor.language.judging import Judge
from monitor.language.models import answers
from monitor.language.models.minilm import LONGEST_READ
from monitor.language.own_words import DenyTerm, OwnWords
from monitor.model import OFFENSIVE, Category

NASTY = [
    "", " ", "\x00", "\ud800", "\u200b" * 500, "a" * 5_000, "ha" * 3_000, "f " * 2_000, "f*" * 2_000, "🤡" * 800,
    "((((" * 500, "http://" * 300, "@" * 900, "0" * 4_000, "07700 900" * 300, "\u202e" + "kill you", "ﷺ" * 400,
    "é" * 500 + "\u0301" * 2_000, "\n" * 3_000, "'" * 2_000, "you " * 1_500, "<script>alert(1)</script>", "\\u0000",
    "👩‍👩‍👧‍👦" * 300, "ＫＩＬＬ ＹＯＵ", "a.b.c.d.e.f" * 300, "7B 8C " * 500, "SW1A 1AA " * 300, string.printable,
]  # fmt: skip


@pytest.fixture(scope="module")
def judge():
    return Judge()


def found(judgement):
    return {one.finding.category for one in judgement.found}


@pytest.mark.parametrize("text", NASTY)
def test_no_text_makes_it_raise_and_every_score_is_a_chance(judge, text):
    judgement = judge.assess(text)
    assert set(judgement.scores) == {*CATEGORIES, "offensive"}
    assert all(0 <= score <= 1 for score in judgement.scores.values())
    for one in judgement.found:
        assert 0 <= one.finding.start <= one.finding.end <= len(text)
    assert not any(one.finding.reason.startswith("A check could not") for one in judgement.found)


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_reaches_its_threshold_has_a_reason_and_nothing_else_is_found(text):
    judgement = Judge().assess(text)
    for category in CATEGORIES:
        assert (judgement.scores[category] >= CERTAIN_ENOUGH) <= (category in found(judgement))
    assert (judgement.scores["offensive"] >= CERTAIN_ENOUGH) == bool(OFFENSIVE & found(judgement))
    assert all(one.finding.reason.endswith((".", "?")) and one.detector for one in judgement.found)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_a_comment_is_judged_alike_alone_and_among_others(texts):
    judge = Judge()
    together = judge.assess_all(texts)
    for text, judgement in zip(texts, together, strict=True):
        assert judgement.scores == pytest.approx(judge.assess(text).scores, abs=1e-4)


def test_a_threshold_of_the_school_decides_from_when_on_a_flag_is_raised():
    text = "the head is a complete muppet and so are the governors"
    score = Judge().assess(text).scores["abuse"]
    assert Category.ABUSE in found(Judge(thresholds={"abuse": score - 0.01, "offensive": 0.95}).assess(text))
    assert Category.ABUSE not in found(
        Judge(thresholds={"abuse": min(score + 0.01, 1.1), "offensive": 1.1}).assess(text)
    )


def test_a_rule_that_is_often_wrong_needs_the_models_and_counts_alone_without_them(monkeypatch):
    sure = Check("rules", 1, lambda reading: [Finding(Category.ABUSE, "note", 0.9, 0, len(reading.text), "A rule.")])
    monkeypatch.setattr(judging, "checks_for", lambda own, languages: (sure,))
    harmless, harsh = "thank you, a lovely afternoon", "you useless pathetic waste of space"
    assert Category.ABUSE in found(Judge(models="none").assess(harmless))
    assert Category.ABUSE not in found(Judge().assess(harmless))
    assert Category.ABUSE in found(Judge().assess(harsh))
    assert Judge().assess(harmless).scores["abuse"] > 0


def test_a_hint_alone_is_no_flag(monkeypatch):
    hint = Check("hints", 1, lambda reading: [Finding(Category.ABUSE, "note", 0.4, 0, len(reading.text), "A hint.")])
    monkeypatch.setattr(judging, "checks_for", lambda own, languages: (hint,))
    assert Category.ABUSE not in found(Judge(models="none").assess("so so"))
    assert Judge(models="none").assess("so so").scores["abuse"] == pytest.approx(0.4)


def test_a_check_that_breaks_sends_the_comment_to_a_person_and_the_others_go_on(monkeypatch):
    def broken(reading):
        yield Finding(Category.SPAM, "note", 0.9, 0, 1, "Found before it broke.")
        raise RecursionError("the words of the comment must not be said")

    working = Check("working", 1, lambda reading: [Finding(Category.ABUSE, "note", 0.9, 0, 1, "Works.")])
    monkeypatch.setattr(judging, "checks_for", lambda own, languages: (Check("broken", 3, broken), working))
    judgement = Judge(models="none").assess("hello")
    assert found(judgement) == {Category.SPAM, Category.ABUSE, Category.COULD_NOT_BE_CHECKED}
    (failure,) = [one for one in judgement.found if one.finding.category is Category.COULD_NOT_BE_CHECKED]
    assert failure.detector == "broken/3"
    assert "a person should read this" in failure.finding.reason
    assert judgement.scores["spam"] == 0.9


def test_models_that_cannot_be_used_leave_the_rules_and_say_so(monkeypatch):
    def missing(kind):
        raise OSError("no such file")

    monkeypatch.setattr(answers, "shipped", missing)
    judgement = Judge().assess("I know where you live you wanker")
    assert {Category.THREAT, Category.ABUSE, Category.COULD_NOT_BE_CHECKED} <= found(judgement)


def test_a_text_too_long_for_the_second_model_is_said_to_be():
    judgement = Judge().assess("lovely day " * (LONGEST_READ // 10))
    reasons = [one.finding.reason for one in judgement.found if one.finding.category is Category.COULD_NOT_BE_CHECKED]
    assert any("Longer than" in reason for reason in reasons)


def test_the_schools_own_words_are_flagged_and_its_allowed_ones_are_not():
    own = OwnWords(allow=("the bastard of burgundy",), deny=(DenyTerm("scrotey", Category.BULLYING, "serious"),))
    judge = Judge(models="none", own=own)
    (denied,) = [one for one in judge.assess("oi Scrotey get lost").found if one.detector == "own-words/2"]
    assert (denied.finding.category, denied.finding.severity) == (Category.BULLYING, "serious")
    assert "own list" in denied.finding.reason
    assert not OFFENSIVE & found(judge.assess("Our play is The Bastard of Burgundy"))


def test_the_own_words_of_one_school_are_not_those_of_another():
    own = OwnWords(deny=(DenyTerm("scrotey", Category.BULLYING, "serious"),))
    assert checks.checks_for(own, frozenset()) != checks.checks_for(OwnWords(), frozenset())
    assert Category.BULLYING not in found(Judge(models="none").assess("oi Scrotey get lost"))


@pytest.mark.parametrize("models", ["full", "fast", "none"])
def test_every_way_of_running_judges(models):
    assert Category.PROFANITY in found(Judge(models=models).assess("what the fuck"))


def test_a_hint_does_not_take_the_place_of_what_is_graver_and_surer(judge):
    text = "those year 11 girls in their skirts tho 🍆"
    (leering,) = [one for one in Judge(models="none").assess(text).found if one.finding.category is Category.SEXUAL]
    assert (leering.finding.severity, leering.finding.reason) == ("urgent", "It leers at pupils.")


def test_a_place_found_twice_is_as_grave_as_the_graver_of_the_two(monkeypatch):
    surer = Check("rules", 1, lambda reading: [Finding(Category.THREAT, "serious", 1.0, 0, 5, "Surer.")])
    graver = Check("more", 1, lambda reading: [Finding(Category.THREAT, "urgent", 0.8, 2, 9, "Graver.")])
    monkeypatch.setattr(judging, "checks_for", lambda own, languages: (surer, graver))
    for models in ("none", "full"):
        (one,) = [
            f for f in Judge(models=models).assess("im going to hurt you").found if f.finding.category == "threat"
        ]
        assert (one.detector, one.finding.severity, one.finding.reason) == ("rules/1", "urgent", "Surer.")


@pytest.mark.parametrize("models", ["full", "fast", "none"])
@pytest.mark.parametrize(
    "text",
    [
        "Ty kurwo jebana zabije cie", "zajebie cie po szkole", "tum sab ko maar dunga", "میں تمہیں مار دوں گا",
        "main tenu maar dena", "سأقتلك أيها الكلب", "te omor in fata scolii", "তোকে মেরে ফেলব", "Waan ku dili doonaa",
        "papatayin kita", "vou-te matar seu filho da puta", "Dw i'n mynd i ladd ti",
    ],
)  # fmt: skip
def test_a_threat_in_another_language_is_one_whatever_models_say_that_read_only_english(models, text):
    judgement = Judge(models=models).assess(text)
    (threat,) = [one.finding for one in judgement.found if one.finding.category is Category.THREAT]
    assert threat.severity == "urgent"
    assert threat.score >= 0.8
    assert judgement.scores["offensive"] >= 0.8
