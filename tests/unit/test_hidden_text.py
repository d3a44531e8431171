"""Which characters count as hidden, and what they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.hidden_text import hidden_positions


@pytest.mark.parametrize("text", ["👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "❤️", "👍🏽", "a\nb\tc\r\n", "1️⃣", "Zoë", "🏳️‍🌈"])
def test_the_parts_of_an_emoji_hide_nothing(text):
    assert hidden_positions(text) == {}


@pytest.mark.parametrize(
    "text", ["a\u200db", "a\ufe0f", "\U000e0041", "\u3164", "\u00ad", "\ufeff", "\x07", "\u2066"]
)
def test_unseen_characters_elsewhere_are_hidden_ones(text):
    assert len(hidden_positions(text)) == 1


def test_a_hidden_character_is_named_with_every_place_it_stands():
    assert hidden_positions("a\u200bb\u200b\u202e") == {
        "U+200B ZERO WIDTH SPACE": [1, 3], "U+202E RIGHT-TO-LEFT OVERRIDE": [4],
    }  # fmt: skip


@given(st.text(st.characters(categories=None), max_size=100))
def test_every_place_lies_in_the_text_once(text):
    places = [place for each in hidden_positions(text).values() for place in each]
    assert len(set(places)) == len(places)
    assert all(0 <= place < len(text) for place in places)
