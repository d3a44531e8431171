"""The plain form of a text, and the way back from it to the original."""

import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from monitor.language.normalise import normalise, plain_words

ANY_TEXT = st.text(st.characters(categories=None) | st.sampled_from("\u200b\u202e\ud800\ufe0f*@$' aé"), max_size=200)


def test_fancy_wide_and_accented_letters_become_plain_ones():
    assert normalise("𝒞𝒶𝒻é ＣＡＦÉ 🅲🅰🅵🅴").text == "cafe cafe cafe"


def test_letters_of_other_alphabets_that_look_latin_become_latin():
    assert normalise("ѕсһооӏ").text.startswith("schoo")
    assert normalise("hοme").text == "home"


def test_characters_without_a_shape_vanish():
    assert normalise("a\u200bb\u00adc\u202ed\ufe0fe\U000e0041f\x00g\ud800h").text == "abcdefgh"


def test_line_ends_and_spaces_stay():
    assert normalise("a\nb\u00a0c\td").text == "a\nb c\td"


def test_every_kind_of_apostrophe_is_one():
    assert normalise("you’re you´re youʼre").text == "you're you're you're"


def test_a_span_leads_back_to_the_words_as_they_were_written():
    original = "Well \u200bＹｏｕ\u200b\u200b fool"
    plain = normalise(original)
    at = plain.text.index("you")
    start, end = plain.original_span(at, at + 3)
    assert original[start:end] == "Ｙｏｕ"


def test_a_letter_that_becomes_several_still_leads_back_to_one_place():
    plain = normalise("aﬃb")
    assert plain.text == "affib"
    assert plain.offsets == (0, 1, 1, 1, 2)


def test_words_are_parted_by_everything_but_letters_digits_and_apostrophes():
    assert [word.text for word in plain_words("it's 'here', b_c d-e")] == ["it's", "here", "b", "c", "d", "e"]


@given(ANY_TEXT)
def test_normalising_never_raises_and_every_place_lies_in_the_text(text):
    plain = normalise(text)
    assert len(plain.text) == len(plain.offsets)
    assert all(0 <= offset < len(text) for offset in plain.offsets)
    assert list(plain.offsets) == sorted(plain.offsets)


@given(ANY_TEXT)
def test_words_stand_where_they_say(text):
    plain = normalise(text).text
    assert all(plain[word.start : word.end] == word.text for word in plain_words(plain))


@given(ANY_TEXT)
def test_a_text_laced_with_zero_width_characters_has_the_form_of_the_text(text):
    assert normalise("\u200b".join(text)).text == normalise(text).text


@given(ANY_TEXT)
def test_no_accent_or_hidden_character_is_left(text):
    left = {unicodedata.category(char) for char in normalise(text).text}
    assert not left & {"Mn", "Me", "Cf", "Cs"}


def test_a_hundred_thousand_characters_take_less_than_a_third_of_a_second():
    text = "Ünïcode \u200bｔｅｘｔ " * 7000
    started = time.process_time()
    assert len(normalise(text).text) < len(text)
    assert time.process_time() - started < 0.3
