"""What the evidence card says: honest, bounded, and nobody named who need not be."""

import json

import pytest
from evidence_samples import POSTED, SEEN, a_capture, a_received, a_withheld, content_of, words_of

from connectors.fetched import Attachment
from monitor.evidence.card import render
from monitor.evidence.card.card import MOST_IN_LIST, withheld_content
from monitor.evidence.card.card_text import LONGEST_TEXT, MOST_LINES, Alphabet, Page
from monitor.evidence.card.snapshot_facts import read_facts
from monitor.evidence.snapshot import ThreadLine, write_snapshot
from monitor.model import Category, Flag

FLAG = Flag(Category.THREAT, "urgent", 0.9, "words/1", 5, 26, "Reads like a threat.", "Cyber bullying")


def a_snapshot(folder, text="Well I know where you live.", flags=(FLAG,), **changes):
    return write_snapshot(folder, a_capture(text=text, **changes), flags).directory


def card_text_of(directory):
    return render.pages_of(directory).texts["card.txt"].decode("utf-8")


def drawn(text, alphabet=Alphabet.ALL, reveal=False):
    return Page(alphabet).text(text, [], reveal)


def test_the_card_tells_who_where_when_and_why(tmp_path):
    content = content_of(a_snapshot(tmp_path))
    assert content["school"] == "Oakfield Primary School"
    assert content["author_id"] == "5000"
    assert content["posted"] == {
        "local": "Tuesday 14 July 2026, 19:42:11 (UTC+01:00)", "utc": "2026-07-14 18:42:11 UTC",
    }  # fmt: skip
    assert content["flags"][0]["where"] == "characters 6 to 26"
    assert content["flags"][0]["clause"] == "Cyber bullying"
    assert content["triggered_by"] == "the program"


def test_an_address_is_written_so_that_it_opens_nothing(tmp_path):
    content = content_of(a_snapshot(tmp_path, "see https://evil.example/x"))
    address = "hxxps://www[.]facebook[.]example/oakfield/posts/1000?comment_id=2000"
    assert "".join(content["permalink"]) == address
    assert content["attachments"][0]["address"] == ["hxxps://cdn[.]example/1[.]jpg"]
    assert words_of(content["text"]) == "see hxxps://evil[.]example/x"


def test_the_card_says_that_it_is_no_photograph(tmp_path):
    template = render.ORDINARY_TEMPLATE.read_text("utf-8")
    assert "Rendered from the network's data at" in template
    assert "This is not a photograph of the page." in template
    assert "listed, not opened" in template
    words = card_text_of(a_snapshot(tmp_path))
    assert "Rendered from the network's data at 2026-07-14 18:55:11 UTC." in words
    assert "This is not a photograph of the page." in words


def test_without_an_answer_of_the_network_the_time_of_the_capture_is_said(tmp_path):
    content = content_of(a_snapshot(tmp_path, received=None))
    assert content["received"] is None
    assert content["data_from"] == content["captured"]


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("Tue, 14 Jul 2026 18:55:11 GMT", "Our clock agreed with the network's to the second."),
        ("Tue, 14 Jul 2026 18:54:11 GMT", "Our clock was 60 s ahead of the network's."),
        ("Tue, 14 Jul 2026 18:56:11 GMT", "Our clock was 60 s behind the network's."),
        ("yesterday", ""),
    ],
)
def test_the_card_says_how_our_clock_stood(tmp_path, date, words):
    directory = a_snapshot(tmp_path, received=a_received(headers={"Date": date}, received_at=SEEN))
    assert content_of(directory)["clock"] == words


def test_the_flagged_words_are_marked(tmp_path):
    text = content_of(a_snapshot(tmp_path))["text"]
    assert [piece["text"] for line in text["lines"] for piece in line if piece["marked"]] == ["I know where you live"]


def test_the_gravest_reason_comes_first(tmp_path):
    note = Flag(Category.PROFANITY, "note", 1.0, "words/1", 0, 4, "Contains swearing.")
    flags = content_of(a_snapshot(tmp_path, flags=[note, FLAG]))["flags"]
    assert [flag["category"] for flag in flags] == ["threat", "swearing"]


def test_other_people_in_the_thread_have_no_name(tmp_path):
    lines = (
        ThreadLine("someone else", POSTED, "@Anna.Smith says it was shut, @GaryPretend!"),
        ThreadLine("the school", POSTED, "Sorry @anna"),
    )
    directory = a_snapshot(tmp_path, thread=lines, post_text="Thanks to @TheBakery")
    content = content_of(directory)
    assert [line["who"] for line in content["thread"]] == ["someone else", "the school"]
    assert content["thread"][0]["text"] == "[someone else] says it was shut, @GaryPretend!"
    assert content["thread"][1]["text"] == "Sorry [someone else]"
    assert content["post"] == "Thanks to [someone else]"
    assert "anna" not in card_text_of(directory).lower()


def test_the_comment_itself_is_shown_with_every_name_in_it(tmp_path):
    assert words_of(content_of(a_snapshot(tmp_path, "@anna is a fool"))["text"]) == "@anna is a fool"


def test_a_message_that_was_erased_is_said_to_be(tmp_path):
    lines = (ThreadLine("someone else", POSTED, "Private matter"), ThreadLine("the school", POSTED, "Sorry!"))
    directory = a_snapshot(tmp_path, thread=lines)
    (directory / "thread/000.json").unlink()
    first, second = content_of(directory)["thread"]
    assert (first["text"], first["instead"]) == ("", "This message was erased.")
    assert (second["text"], second["instead"]) == ("Sorry!", "")
    assert "This message was erased." in card_text_of(directory)


def test_hidden_characters_are_made_visible_beside_the_text_as_displayed(tmp_path):
    directory = a_snapshot(tmp_path, "ab\u202ecd\u202c", flags=())
    content = content_of(directory)
    assert words_of(content["text"]) == "ab\u202ecd\u202c"
    assert words_of(content["revealed"]) == "ab<U+202E RIGHT-TO-LEFT OVERRIDE>cd<U+202C POP DIRECTIONAL FORMATTING>"
    assert "ab<U+202E RIGHT-TO-LEFT OVERRIDE>cd" in card_text_of(directory)
    assert "\u202e" not in card_text_of(directory)


def test_a_text_that_hides_nothing_is_shown_once(tmp_path):
    assert content_of(a_snapshot(tmp_path, "Well done ❤️", flags=()))["revealed"] is None


def test_each_line_runs_in_the_direction_of_its_first_letter():
    assert drawn("123 مرحبا hello\nhello مرحبا\n!\nשלום").get("right_to_left") == [True, False, False, True]


def test_a_text_that_fits_is_shown_whole_and_needs_no_annex():
    page = Page(Alphabet.ALL)
    text = page.text("a\r\nb", [])
    assert (words_of(text), text["notes"], page.cut) == ("a\nb", [], False)


def test_a_long_text_is_cut_and_the_rest_counted():
    page = Page(Alphabet.ALL)
    text = page.text("a " * 7672 + "b", [])
    assert len(words_of(text)) == LONGEST_TEXT
    assert text["notes"] == ["… 12,345 more characters in annex.txt"]
    assert page.cut


def test_many_lines_are_cut_and_the_rest_counted():
    text = drawn("a\n" * 100)
    assert len(text["lines"]) == MOST_LINES
    assert text["notes"] == ["… 81 more characters in annex.txt"]


def test_marks_on_one_letter_are_limited_and_counted():
    page = Page(Alphabet.ALL)
    text = page.text("a" + "\u0301" * 50 + "b", [])
    assert words_of(text) == "a" + "\u0301" * 4 + "b"
    assert text["notes"] == ["Marks piled up on single letters, 46 of them, are in annex.txt"]
    assert page.cut


def test_a_character_without_a_font_is_named():
    (line,) = drawn("ok 👍\ufe0f 中", Alphabet.TYPST)["lines"]
    assert [piece["text"] for piece in line if piece["spelled"]] == ["thumbs up sign", "cjk unified ideograph-4e2d"]
    assert Page(Alphabet.TYPST).line("ok 👍", 50) == "ok [thumbs up sign]"


def test_the_parts_of_one_emoji_stand_together():
    (line,) = drawn("👨‍👩‍👧 👍🏽", Alphabet.TYPST)["lines"]
    assert [piece["text"] for piece in line] == [
        "man + woman + girl", " ", "thumbs up sign + emoji modifier fitzpatrick type-4",
    ]  # fmt: skip


def test_the_flag_of_wales_is_told_from_a_black_flag():
    (line,) = drawn("🏴󠁧󠁢󠁷󠁬󠁳󠁿🏴", Alphabet.TYPST)["lines"]
    assert [piece["text"] for piece in line] == ["waving black flag gbwls", "waving black flag"]


def test_a_field_is_one_bounded_line_with_its_hidden_characters_shown():
    assert Page(Alphabet.ALL).line("Jo\n\u200bBloggs", 100) == "Jo <U+200B ZERO WIDTH SPACE>Bloggs"
    page = Page(Alphabet.ALL)
    assert page.line("x" * 500, 10) == "x" * 10 + "…"
    assert page.cut


def test_long_lists_are_cut_and_counted(tmp_path):
    content = content_of(a_snapshot(tmp_path, flags=[FLAG] * 12, attachments=(Attachment("photo", "u"),) * 9))
    assert len(content["flags"]) == MOST_IN_LIST
    assert content["more_flags"] == "… 4 more reasons in annex.txt"
    assert content["more_attachments"] == "… 1 more attachment in annex.txt"
    assert content["cut"]


def test_the_plain_text_says_what_the_card_says(tmp_path):
    words = card_text_of(a_snapshot(tmp_path))
    for expected in (
        "EVIDENCE CARD", "Oakfield Primary School", "Facebook page (network: facebook_page), a comment",
        "hxxps://www[.]facebook[.]example/oakfield/posts/1000?comment_id=2000", "Gary Pretend", "5000",
        "Tuesday 14 July 2026, 19:42:11 (UTC+01:00)", "version 1, visible on the network when captured",
        "Well I know where you live.", "Reads like a threat.", "Cyber bullying", "The gate opens at 8:40.",
        "It was shut.", "hxxps://cdn[.]example/1[.]jpg", "Flagged by the word list.",
    ):  # fmt: skip
        assert expected in words
    assert max(map(len, words.splitlines())) <= 100


def test_a_withheld_card_says_where_and_when_and_whom_to_tell_and_nothing_else(tmp_path):
    secrets = {"text": "unspeakable", "author_name": "Mallory", "post_text": "Sports day", "trigger": "Nude"}
    lines = (ThreadLine("someone else", POSTED, "I saw it"),)
    directory = a_snapshot(tmp_path, flags=(), thread=lines, **secrets)
    pages = render.pages_of(directory, a_withheld())
    said = json.dumps(pages.contents) + b"".join(pages.texts.values()).decode("utf-8")
    for word in (*secrets.values(), "I saw it", "cdn", "photo", "someone else", directory.name):
        assert word not in said
    words = " ".join(pages.texts["card.txt"].decode("utf-8").split())
    for expected in (
        "MEDIA WITHHELD", "Oakfield Primary School", "Facebook page", "5000", "the designated safeguarding lead",
        "hxxps://www[.]facebook[.]example/oakfield/posts/1000", "2026-07-14 18:42:11 UTC",
        "2026-07-14 18:55:13 UTC", "suspected indecent image of a child", "case 12",
    ):  # fmt: skip
        assert expected in words
    assert pages.template == render.WITHHELD_TEMPLATE
    assert "MEDIA WITHHELD" in pages.template.read_text("utf-8")


def test_the_facts_of_a_withheld_card_are_the_same_in_every_alphabet(tmp_path):
    facts = read_facts(a_snapshot(tmp_path))
    first, *rest = (withheld_content(facts, a_withheld(), alphabet) for alphabet in Alphabet)
    assert all(content == first for content in rest)
