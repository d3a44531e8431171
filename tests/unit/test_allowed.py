"""Names, places, birds, food and idioms mean no harm; the same words as insults do."""

import pytest

from monitor.language.allowed import Allowed
from monitor.language.finding import CERTAIN_ENOUGH
from monitor.language.lexicon import find_words
from monitor.language.reading import read


def flagged(text):
    return [finding for finding in find_words(read(text)) if finding.score >= CERTAIN_ENOUGH]


@pytest.mark.parametrize(
    "text",
    [
        "Mr Dick is retiring",
        "Thanks to Mrs Pratt and Mr Butt", "Well done Dick, great panto", "Dick Francis wrote it",
        "Miss Shufflebottom and Dr Titmus", "Nurse Pusey was kind", "The Bastard family run the shop",
        "Trip to Penistone, then Twatt in Orkney", "a pair of great tits on the feeder, and a woodpecker",
        "The bitch had eight puppies", "faggots and peas for lunch", "shiitake mushrooms", "spotted dick and custard",
        "They absolutely killed it last night", "I'm dying of laughter", "Dead good that", "Shot put record for Sam",
        "Mum will kill me when she sees this", "we thrashed them 4-1", "poor little sod lost his coat",
        "slag from the furnace", "Offa's Dyke walk", "It's raining cats and dogs",
    ],
)  # fmt: skip
def test_what_only_looks_rude_is_left_alone(text):
    assert flagged(text) == []


@pytest.mark.parametrize(
    "text",
    ["you dick", "You Dick", "what a prick", "that teacher has great tits", "you total bastard", "she is a bitch"],
)
def test_the_same_word_as_an_insult_is_flagged(text):
    assert flagged(text)


def test_a_name_inside_a_threat_is_no_excuse():
    assert flagged("I know where you live Mr Dick, I'm going to kill you")


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Mrs Handcock was there", "name", "Handcock"),
        ("greetings from Cockermouth", "place", "Cockermouth"),
        ("blue tits in the box", "animal", "blue tits"),
        ("Mr Raperson said so", "name", "Raperson"),
    ],
)
def test_a_harmless_stretch_says_what_it_is(text, kind, words):
    (stretch,) = read(text).harmless
    assert (stretch.kind, text[stretch.start : stretch.end]) == (kind, words)


def test_a_title_before_an_insult_makes_no_name_of_it():
    assert read("Mr Wanker strikes again").harmless == ()


def test_a_list_with_an_unknown_condition_is_refused():
    with pytest.raises(ValueError, match="sometimes"):
        Allowed([{"kind": "thing", "when": "sometimes", "entries": "x"}])
