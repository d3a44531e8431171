"""What of a comment may stand in a mail: nothing hidden, nothing to click, no name, and masked words stay masked."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.excerpts import DOT, LONGEST, beginning, initials_of
from monitor.rules.graphemes import graphemes

CHARS = st.characters(codec="utf-16", categories=None) | st.sampled_from(
    "\u202e\u2066\u200b\U000e0041\ud83d\u0301👩\u200d"
)
TEXTS = st.text(CHARS, max_size=200)
ADDRESSES = st.text(st.sampled_from("htpswftelmaio:/.w1234567890@ +()-x\u200b\u202e.com.uk"), max_size=60)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4)


def shown(text, names=(), masked=(), initials=True):
    return beginning(text, names, masked, initials=initials)


@pytest.mark.parametrize(
    ("text", "word", "said"),
    [
        ("You fuck off", "fuck", "You f••• off"),
        ("what a f u c k", "f u c k", "what a f • • •"),
        ("f\u200buc\u202ek you", "f\u200buc\u202ek", "f••• you"),
        ("🖕 you", "🖕", "• you"),
        ("du arschlo\u0308ch", "arschlo\u0308ch", "du a••••••••"),
        ("You are a stupid idiot!", "You are a stupid idiot", "Y•• a•• • s••••• i••••!"),
        ("f u ck this", "f u ck", "f • •• this"),
        ("ÉÉcole", "ÉÉcole", "É•••••"),
    ],
)
def test_a_flagged_word_is_its_first_letter_and_a_dot_for_each_other_character(text, word, said):
    at = text.index(word)
    masked = shown(text, masked=[(at, at + len(word))])
    expected = "du a" + DOT * (len("rschlöch")) if "arsch" in text else said
    assert masked == expected


def test_names_of_those_who_wrote_become_initials():
    names = ["Jane Smith", "Bob", "Ada de la Cruz"]
    assert shown("Jane Smith and jane smith and Bob, Ada!", names) == "J. S. and J. S. and B., A.!"
    assert shown("Jane\u200b Smith is rude, says Smith", names) == "J. S. is rude, says S."
    assert shown("Jane Smith is rude", names, initials=False) == "[name] is rude"
    assert shown("will you come, bobbin?", ["Will Read", "Bob"]) == "will you come, bobbin?"


def test_whatever_is_addressed_and_every_contact_goes():
    assert shown("@jane.smith hello u/rude_one") == "[name] hello [name]"
    assert shown("ring 01424 555 100 or +44 (0)7700 900123 now") == "ring [number] or [number] now"
    assert shown("write to mum@mail.example") == "write to [address]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("see https://bad.example/x?y", "see hxxps://bad[.]example/x?y"),
        ("www.bad.example", "www[.]bad[.]example"),
        ("bad.school and good.academy/x", "bad[.]school and good[.]academy/x"),
        ("tel:999 mailto:x javascript:alert(1)", "tel[:]999 mailto[:]x javascript[:]alert(1)"),
        ("At 8.40 a.m. sharp, e.g. here", "At 8.40 a.m. sharp, e.g. here"),
        ("so: why? Note: this", "so: why? Note: this"),
    ],
)
def test_nothing_in_it_can_be_clicked(text, said):
    assert shown(text) == said


def test_it_is_cut_at_eighty_characters_as_a_reader_counts():
    flags = "🏴\u200d☠️" * 100
    assert len(graphemes(shown("ab " * 100))) == LONGEST
    assert shown("ab " * 100).endswith("…")
    assert shown("é" * 80) == "é" * 80
    assert len(graphemes(shown(flags))) <= LONGEST


@given(TEXTS, SPANS)
def test_nothing_hidden_is_left_and_it_is_one_short_line(text, masked):
    said = shown(text, masked=masked)
    assert len(graphemes(said)) <= LONGEST
    assert said == " ".join(said.split())
    assert not {c for c in said if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"}}
    said.encode("utf-8")


LINK = re.compile(
    r"(?i)https?:|://(?<!hxxp://)(?<!hxxps://)|www\d*\.\S|\w\.[a-z]{2}|[^\s@]@|@\w|mailto:\S|tel:\S"
    r"|(?<!\d)\+?(?:\d[ ().-]?){7,}"
)


@given(ADDRESSES | TEXTS)
def test_no_mail_program_finds_anything_to_open_in_it(text):
    assert not LINK.search(shown(text)), shown(text)


@given(st.text(st.sampled_from("abcdefgh é"), min_size=1, max_size=60), st.data())
def test_of_each_masked_word_one_letter_is_left_at_most(text, data):
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    hidden = text[begin:end]
    said = shown(text, masked=[(begin, end)])
    letters = sum(not c.isspace() for c in hidden)
    assert letters - len(hidden.split()) <= said.count(DOT) <= max(0, letters - 1)


WORDS = st.text(st.characters(categories=["Lu", "Ll"]), min_size=2, max_size=9)


@given(st.lists(WORDS, min_size=2, max_size=3), TEXTS)
def test_a_whole_name_never_gets_through(words, rest):
    name = " ".join(words)
    said = shown(f"{name} {rest}", [name], initials=False)
    assert name.casefold() not in said.casefold()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Jane Smith", "J. S."),
        ("jane", "J."),
        ("Ada de la Cruz", "A. C."),
        ("", ""),
        ("😀 1", ""),
        ("\u202e(Jo)", "J."),
    ],
)
def test_initials(name, said):
    assert initials_of(name) == said


@pytest.mark.parametrize("text", ["x" * 100_000, "\u200b" * 100_000 + "x", "a." * 50_000, "@" * 50_000, "1 " * 50_000,
                                  "e\u0301" * 50_000, "://" * 30_000])  # fmt: skip
def test_endless_text_is_no_endless_work(text):
    assert len(graphemes(shown(text, ["Jane Smith"] * 200, [(0, 10**9)]))) <= LONGEST
