"""Turns of phrase: every pattern proves itself on its own examples, and all of them leave everyday talk alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.finding import CERTAIN_ENOUGH
from monitor.language.normalise import normalise
from monitor.language.pattern_files import read_patterns
from monitor.language.patterns import Patterns, find_patterns, shipped_patterns
from monitor.language.reading import Reading, Stretch, read
from monitor.model import Category

ALL = shipped_patterns().all
BY_NAME = [pytest.param(one, id=f"{one.category}-{one.id}") for one in ALL]

EVERYDAY = [
    "Lovely photos, thank you for sharing",
    "They killed it on stage last night",
    "We'll smash them on Saturday, come on the under 13s",
    "Mum is going to kill me when she sees these shoes",
    "I nearly died laughing at the staff panto",
    "We know where the lost property box is now",
    "Watch your step by the hall, the floor is wet",
    "It would be a shame if it rained on sports day",
    "The toast went up in flames in food tech, no harm done",
    "Samaritans visited year 11 to talk about suicide prevention",
    "I could eat that whole cake by myself",
    "Please send photos of your pets for the display",
    "Don't tell Mr Khan about the leaving present, it's a surprise",
    "Muslim, Jewish, gay and traveller families are all welcome",
    "Girls won the cup and the boys came second, so proud",
    "Click the link in the newsletter to book your slot",
    "Raffle tickets are a pound a strip, first prize is a spa day",
    "The reporter who came to Year 5 was fantastic",
    "Took the bunting down today, end of an era",
    "Mr Gorman stole the show as the dame",
    "Drunk on success, our quiz team",
    "Wrap up warm, it's going to be cold on the touchline",
    "He hurt his knee playing football but he's fine",
    "Well done Year 6, see you all at the leavers' assembly",
]

TELLING = [
    ("I’ll be waiting in the car park with a bat", Category.THREAT),
    ("I know where you live", Category.THREAT),
    ("someone should burn that school down", Category.THREAT),
    ("u better sleep with one eye open", Category.THREAT),
    ("I want to die", Category.SELF_HARM),
    ("stepdad hits us and I am frightened", Category.SELF_HARM),
    ("no one would miss me", Category.SELF_HARM),
    ("let's keep this between us ok, your parents wouldn't understand", Category.GROOMING),
    ("send me a photo and I'll top up your phone", Category.GROOMING),
    ("The deputy head hit a child last week and it was hushed up", Category.ALLEGATION),
    ("that teacher is sleeping with a pupil", Category.ALLEGATION),
    ("Travellers are thieves, keep them out", Category.HATE),
    ("Invest with Mr Carter and get 10x your bitcoin", Category.SPAM),
    ("I'm a journalist from the Evening Star, can someone contact me?", Category.MEDIA_ENQUIRY),
    ("Please could you take down the photo of my daughter", Category.TAKEDOWN_REQUEST),
    ("What time does school finish on the last day of term?", Category.QUESTION),
]


def certain(text):
    return {one.category for one in find_patterns(read(text)) if one.score >= CERTAIN_ENOUGH}


@pytest.mark.parametrize("pattern", BY_NAME)
def test_a_pattern_matches_its_own_hits_and_none_of_its_misses(pattern):
    alone = Patterns([pattern])
    assert len(pattern.hits) >= 2
    assert len(pattern.misses) >= 1
    assert [text for text in pattern.hits if not alone.find(read(text))] == []
    assert [text for text in pattern.misses if alone.find(read(text))] == []


@pytest.mark.parametrize("pattern", BY_NAME)
def test_a_pattern_is_named_plainly_and_explained_without_words_of_a_comment(pattern):
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", pattern.id)
    assert 0 < pattern.score < 1
    assert pattern.severity in {"note", "concern", "serious", "urgent"}
    assert pattern.reason[0].isupper()
    assert pattern.reason.endswith(".")


def test_no_two_patterns_of_a_category_share_a_name():
    names = [(one.category, one.id) for one in ALL]
    assert len(set(names)) == len(names)


def test_each_category_that_words_can_tell_has_patterns():
    told_elsewhere = {Category.PERSONAL_DATA, Category.COULD_NOT_BE_CHECKED, Category.PROFANITY}
    assert {one.category for one in ALL} == set(Category) - told_elsewhere


@pytest.mark.parametrize("pattern", BY_NAME)
def test_the_filter_lets_through_whatever_matches(pattern):
    """Together with all others a pattern finds what it finds alone: RE2's filter never hides a match."""
    for text in pattern.hits:
        reading = read(text)
        (alone,) = Patterns([pattern]).find(reading)[:1]
        together = [(one.category, one.start, one.reason) for one in find_patterns(reading)]
        assert (alone.category, alone.start, alone.reason) in together


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_school_talk_is_left_alone(text):
    assert certain(text) == set()


@pytest.mark.parametrize(("text", "category"), TELLING)
def test_a_telling_phrase_is_flagged_by_itself(text, category):
    assert category in certain(text)


def test_a_finding_marks_the_words_as_they_were_written():
    text = "Right.\u200b I’m going to ＫＩＣＫ your door in tonight"
    (finding,) = [one for one in find_patterns(read(text)) if one.category is Category.THREAT][:1]
    assert text[finding.start : finding.end].endswith("door in")


def test_an_advert_worded_as_a_question_is_no_question():
    assert certain("Need a loan before payday? Bad credit welcome, apply now?") == {Category.SPAM}


def test_words_that_are_quoted_count_less_but_never_a_threat():
    insult, threat = "sour faced woman, couldn't run a bath", "I will put you in hospital"
    for text, kept in ((insult, False), (threat, True)):
        plain = normalise(text)
        quoted = Reading(text, plain, plain)
        vars(quoted)["guarded"] = (Stretch(0, len(text), "quoted"),)
        assert any(one.score >= CERTAIN_ENOUGH for one in find_patterns(quoted)) is kept


def test_what_lies_in_a_harmless_stretch_is_not_found():
    text = "someone should burn that school down"
    plain = normalise(text)
    harmless = Reading(text, plain, plain, harmless=(Stretch(0, len(text), "phrase"),))
    assert find_patterns(harmless) == []


ENTRY = {"id": "a", "severity": "note", "score": 0.5, "reason": "It is.", "hits": ["x"], "misses": []}


@pytest.mark.parametrize("wrong", ["a <2>b", "{NOBODY} knows", "(a", "a <123> b"])
def test_a_pattern_that_is_wrong_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match="threat, pattern 'a'"):
        read_patterns("threat", {"pattern": [{**ENTRY, "pattern": wrong}]}, {})


def test_a_pattern_that_lacks_something_is_refused_by_name():
    with pytest.raises(ValueError, match="threat, pattern 'a': 'reason'"):
        read_patterns("threat", {"pattern": [{"id": "a", "severity": "note", "score": 0.5, "pattern": "x"}]}, {})


def test_a_space_stands_for_whatever_parts_words_and_a_gap_for_words():
    (pattern,) = read_patterns("threat", {"pattern": [{**ENTRY, "pattern": "i {SEE} <2> you"}]}, {"SEE": "see|saw"})
    alone = Patterns([pattern])
    for text in ("i see you", "I -- saw, all of YOU!", "i'see'you, i see you"):
        assert alone.find(read(text))
    for text in ("i see all three of you", "i see. you", "hi see you", "i see yours"):
        assert not alone.find(read(text))


PIECES = [*sorted({word for one in ALL for text in one.hits for word in text.split()})][::7]
PHRASES = st.lists(st.sampled_from(PIECES) | st.sampled_from(["'", "?", "\n", "é", "\ud800", "🔪"]), max_size=30)
ANY_TEXT = PHRASES.map(" ".join) | st.text(st.characters(categories=None), max_size=200)


@given(ANY_TEXT)
def test_finding_never_raises_and_marks_only_what_is_there(text):
    for one in find_patterns(read(text)):
        assert 0 <= one.start < one.end <= len(text)
        assert 0 < one.score < 1


@pytest.mark.parametrize("before", ["don't you know where they live? ", "é🔪 "])
def test_a_threat_at_the_end_of_a_very_long_comment_is_found(before):
    text = (before * 100_000)[:100_000] + ". I’m going to kill you"
    assert any(one.category is Category.THREAT and one.score > 0.8 for one in find_patterns(read(text)))


def test_a_threat_in_the_middle_of_many_different_words_is_found():
    words = [
        f"{first}{second}{place % 97}"
        for place, (first, second) in enumerate(zip(PIECES * 90, PIECES[::-1] * 90, strict=True))
    ]
    text = " ".join([*words, ". I know where you live", *words])
    assert any(one.category is Category.THREAT and one.score > 0.8 for one in find_patterns(read(text)))
