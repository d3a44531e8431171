"""Quoting, objecting, teaching and self-mockery make a hint of an insult; threats and cries for help always count."""

import pytest

from monitor.language.finding import CERTAIN_ENOUGH
from monitor.language.lexicon import find_words
from monitor.language.reading import read
from monitor.model import Category


def flagged(text):
    return [finding for finding in find_words(read(text)) if finding.score >= CERTAIN_ENOUGH]


GUARDED = [
    ("quoted", "He said 'you idiot' to my son"),
    ("mentioned", "Words like idiot and moron stay with a child"),
    ("objecting", "Please stop calling people morons on here"),
    ("objecting", "Nobody should have to hear pikey in a playground"),
    ("objecting", "Retard is a slur and it hurts"),
    ("reporting", "My daughter was called a slag by a boy in her class"),
    ("teaching", "Great assembly about the moron who litters"),
    ("self_mockery", "I'm such an idiot, I forgot the form"),
    ("negated", "She is not an idiot"),
]


@pytest.mark.parametrize(("kind", "text"), GUARDED)
def test_a_guarded_insult_is_only_a_hint(kind, text):
    assert kind in {stretch.kind for stretch in read(text).guarded}
    assert flagged(text) == []
    assert list(find_words(read(text)))


@pytest.mark.parametrize(
    "text",
    ["You idiot", "He is an idiot. Assembly was fine", "Not the sharpest tool in the box", "I'm so fucking tired"],
)
def test_what_no_guard_covers_is_flagged(text):
    assert flagged(text)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("He said 'I know where you live'", Category.THREAT),
        ("She told us she wants to kill herself", Category.SELF_HARM),
        ("he wrote 'don't tell your parents'", Category.GROOMING),
    ],
)
def test_a_threat_or_a_cry_for_help_counts_whoever_says_it(text, category):
    assert category in {finding.category for finding in flagged(text)}


def test_a_guard_ends_with_its_sentence():
    (stretch,) = read("Stop calling people names. You moron").guarded
    assert stretch.end == len("Stop calling people names")
