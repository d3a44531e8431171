"""What the checks and the models are shown of a text, and the way back to its own words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.own_words import DenyTerm, OwnWords
from monitor.language.reading import read
from monitor.model import Category

PIECES = [
    "idiot", "sh1t", "f**k", "s", "h", "t", "Mr", "Dick", "fu", "ck", "😀", "👩\u200d🏫", "🇬🇧", "1️⃣", "\u200b", "é",
    "http://", "www.",
    "a@b.example", "@anna", "@rse", "07700", "*", "'", ".", "-", "\ud800", "ﷺ", "\n", "#nofuckingway",
]  # fmt: skip
ANY_TEXT = st.builds(
    lambda pieces, gap: gap.join(pieces),
    st.lists(st.sampled_from(PIECES), max_size=25),
    st.sampled_from(["", " ", "."]),
) | st.text(st.characters(categories=None), max_size=120)


def test_a_text_without_a_disguise_is_the_same_in_both_views():
    reading = read("Thank you to Year 4 for the lovely concert, well done all")
    assert reading.bare is reading.plain
    assert reading.model_text() == reading.plain.text


def test_what_stood_behind_a_disguise_leads_back_to_the_words_as_written():
    text = "what a w 4 n k 3 r he is"
    bare = read(text).bare
    at = bare.text.index("wanker")
    start, end = bare.original_span(at, at + len("wanker"))
    assert text[start:end] == "w 4 n k 3 r"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://shop.example/x?y=1 now", "see link now"),
        ("write to tom.b@example.com please", "write to email please"),
        ("thanks @anna_b", "thanks mention"),
        ("ring 07700 900321 today", "ring number today"),
        ("Mrs Cockburn is lovely", "mrs name is lovely"),
        ("from Scunthorpe with love", "from place with love"),
        ("well done 👏🏽", "well done clapping hands"),
        ("👩🏽‍🏫 of the year", "woman teacher of the year"),
        ("ha🤡🤡🤡🤡", "ha clown face clown face"),
    ],
)
def test_the_models_see_a_plain_word_for_what_only_confuses_them(text, shown):
    assert " ".join(read(text).model_text().split()) == shown


def test_words_that_the_school_allows_are_harmless_here():
    own = OwnWords(allow=("bastard lane",))
    text = "Meet in Bastard Lane"
    (stretch,) = read(text, own).harmless
    assert text[stretch.start : stretch.end] == "Bastard Lane"


def test_words_that_the_school_denies_are_known_behind_a_disguise():
    own = OwnWords(deny=(DenyTerm("zorblat", Category.ABUSE, "note"),))
    assert read("you z0rblat", own).bare.text == "you zorblat"


@given(ANY_TEXT)
def test_reading_never_raises_and_every_place_lies_in_the_text(text):
    reading = read(text)
    for view in (reading.plain, reading.bare, reading.model_view):
        assert len(view.text) == len(view.offsets)
        assert all(0 <= place < len(text) for place in view.offsets)
        assert list(view.offsets) == sorted(view.offsets)
    for stretches in (reading.harmless, reading.guarded):
        assert all(0 <= one.start < one.end <= len(text) for one in stretches)
        assert all(before.end <= after.start for before, after in pairwise(stretches))


@given(ANY_TEXT)
def test_zero_width_lacing_changes_nothing_that_is_read(text):
    assert read("\u2060".join(text)).bare.text == read(text).bare.text
