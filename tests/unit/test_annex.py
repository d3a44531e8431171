"""The annex: the whole of what a card cuts, in plain text that does nothing to whoever reads it."""

import unicodedata

import pytest
from evidence_samples import POSTED, a_capture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.fetched import Attachment
from monitor.evidence.card.annex import annex
from monitor.evidence.card.plain_text import WIDTH, named_lines, wrapped
from monitor.evidence.card.render import pages_of
from monitor.evidence.card.snapshot_facts import read_facts
from monitor.evidence.hidden_text import LINE_ENDS, is_hidden
from monitor.evidence.snapshot import ThreadLine, write_snapshot
from monitor.model import Category, Flag

FLAG = Flag(Category.THREAT, "urgent", 0.9, "words/1", 0, 5, "Reads like a threat.", "Cyber bullying")
ANY_TEXT = st.text(st.characters(categories=None), max_size=300)


def a_snapshot(folder, text="Well I know where you live.", flags=(), **changes):
    return write_snapshot(folder, a_capture(text=text, **changes), flags).directory


def annex_of(directory):
    return annex(read_facts(directory)).decode("utf-8")


def text_in(annex_text):
    """The comment's text, put together again from its numbered lines."""
    part = annex_text.split("THE TEXT, ")[1].split("WHERE AND WHO")[0]
    lines = []
    for line in part.splitlines()[2:-1]:
        number, _, words = line.partition(" | ")
        lines[-1:] = [lines[-1] + words] if lines and not number.strip() else [*lines[-1:], words]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "x" * 63_000},
        {"text": "\n" * 100},
        {"text": "a" + "\u0301" * 40},
        {"post_text": "word " * 500},
        {"permalink": "https://a.example/" + "p" * 900},
        {"author_name": "n" * 300},
        {"flags": [FLAG] * 9},
        {"thread": (ThreadLine("someone else", POSTED, "It was shut."),) * 9},
        {"thread": (ThreadLine("someone else", POSTED, "It was shut. " * 100),)},
        {"attachments": (Attachment("photo", "https://a.example/1"),) * 9},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_whatever_is_left_out_of_the_card_brings_the_annex(tmp_path, changes):
    pages = pages_of(a_snapshot(tmp_path, **changes))
    assert "annex.txt" in pages.texts
    assert all(content["cut"] for content in pages.contents)
    assert b"annex.txt" in pages.texts["card.txt"]


def test_a_card_that_shows_everything_has_no_annex(tmp_path):
    assert set(pages_of(a_snapshot(tmp_path, flags=[FLAG])).texts) == {"card.txt"}


def test_the_annex_says_what_it_is_and_where_the_text_that_counts_lies(tmp_path):
    directory = a_snapshot(tmp_path)
    words = " ".join(annex_of(directory).split())
    assert directory.name in words
    assert f"sha256:{read_facts(directory).manifest}" in words
    assert "Here is the whole of it" in words
    assert "capture.json" in words


def test_the_whole_text_is_there_to_the_last_letter(tmp_path):
    text = "".join(f"line {number} of many\n" for number in range(3000))
    assert text_in(annex_of(a_snapshot(tmp_path, text))) == text


def test_a_long_word_goes_on_in_lines_without_a_number(tmp_path):
    lines = annex_of(a_snapshot(tmp_path, "x" * 200)).splitlines()
    first = lines.index("   1 | " + "x" * 93)
    assert lines[first + 1] == "     | " + "x" * 93
    assert lines[first + 2] == "     | " + "x" * 14


def test_every_reason_message_and_attachment_is_there(tmp_path):
    directory = a_snapshot(
        tmp_path,
        flags=[FLAG] * 12,
        thread=tuple(ThreadLine("someone else", POSTED, f"Message {number}, @anna") for number in range(12)),
        attachments=tuple(Attachment("photo", f"https://cdn.example/{number}.jpg") for number in range(12)),
    )
    words = annex_of(directory)
    assert words.count("Reads like a threat.") == 12
    assert words.count("[someone else]") == 12
    assert "anna" not in words
    assert "hxxps://cdn[.]example/11[.]jpg" in words


def test_a_message_that_was_erased_is_said_to_be(tmp_path):
    directory = a_snapshot(tmp_path, thread=(ThreadLine("someone else", POSTED, "Private matter"),))
    (directory / "thread/000.json").unlink()
    assert "This message was erased." in annex_of(directory)


def test_a_very_long_message_is_cut_and_the_rest_counted(tmp_path):
    words = annex_of(a_snapshot(tmp_path, thread=(ThreadLine("someone else", POSTED, "y" * 6000),)))
    assert words.count("y") >= 5000
    assert "… 1,000 more characters in the folder thread" in words


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT)
def test_nothing_in_it_acts_on_the_reader(tmp_path, text):
    words = annex_of(a_snapshot(tmp_path, text, author_name=text, permalink=text, post_text=text))
    assert text_in(words) == "\n".join(named_lines(text))
    assert max(map(len, words.splitlines())) <= WIDTH
    for at, char in enumerate(words):
        assert char == "\n" or (unicodedata.category(char) not in {"Cc", "Cs"} and char not in LINE_ENDS)
        assert not is_hidden(words, at) or char == "\n"


@given(text=ANY_TEXT)
def test_the_lines_of_a_text_are_as_many_as_its_line_ends(text):
    ends = sum(char in LINE_ENDS for char in text) - text.count("\r\n")
    assert len(named_lines(text)) == ends + 1


def test_hidden_characters_stand_as_their_names_and_piled_marks_as_their_codes():
    assert named_lines("a\u202eb\u200bc") == ["a<U+202E RIGHT-TO-LEFT OVERRIDE>b<U+200B ZERO WIDTH SPACE>c"]
    assert named_lines("a" + "\u0301" * 5) == ["a" + "\u0301" * 4 + "<U+0301>"]
    assert named_lines("👨‍👩‍👧‍👦 ❤️") == ["👨‍👩‍👧‍👦 ❤️"]


@given(line=ANY_TEXT, width=st.integers(20, 100))
def test_a_wrapped_line_put_together_is_the_line(line, width):
    parts = list(wrapped(line, width))
    assert "".join(parts) == line
    assert all(len(part) <= width for part in parts)


def test_a_line_is_wrapped_after_a_space_and_never_before_a_mark():
    assert list(wrapped("some words that run on", 20)) == ["some words that run ", "on"]
    assert list(wrapped("x" * 19 + "e\u0301" + "y", 20)) == ["x" * 19, "e\u0301y"]
