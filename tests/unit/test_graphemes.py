"""One character as a reader counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.graphemes import graphemes


@given(st.text())
def test_the_pieces_are_the_text(text):
    assert "".join(graphemes(text)) == text
    assert all(graphemes(text))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ab", ["a", "b"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("👩\u200d👩\u200d👧x", ["👩\u200d👩\u200d👧", "x"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("🇬🇧🇫🇷", ["🇬🇧", "🇫🇷"]),
        ("❤️!", ["❤️", "!"]),
        ("한국", ["한", "국"]),
        ("\u1112\u1161\u11ab\u1100", ["\u1112\u1161\u11ab", "\u1100"]),
        ("नि", ["नि"]),
        ("\r\na", ["\r\n", "a"]),
        ("a\u200d b", ["a\u200d", " ", "b"]),
    ],
)
def test_what_belongs_together_stays_together(text, pieces):
    assert graphemes(text) == pieces
