"""The mails that remind people of what is owed an answer: what they say, and what they can never say."""

from dataclasses import fields, replace

import pytest
from mail_reading import page_of, subject_of, text_of, words_of
from mail_samples import ENVELOPE, HOSTILE, at, hostile, parsed
from reminder_samples import DUE_SOON, FLAGGED, KINDS, LATE, MAYBE, NEW, OPEN, OVERDUE, SHEET, TO_HEAD, samples

from alerts.messages import Line
from alerts.reminders import render_due_soon, render_new, render_overdue, render_sheet

LONG = replace(OPEN, account="W" * 40)


def test_the_one_field_for_words_is_empty_unless_the_school_asks_and_there_is_none_for_the_author():
    assert {field.name for field in fields(Line)} == {
        "case", "account", "what", "received_at", "due_at", "state", "flags", "severity", "to_do",
        "words",
    }  # fmt: skip
    assert Line.words == ""


@pytest.mark.parametrize(("render", "message"), KINDS)
def test_every_reminder_says_what_by_when_under_which_rule_and_how_to_look(render, message):
    for words in words_of(render(message, ENVELOPE)):
        for said in (
            "Oakfield Primary School",
            f'school-monitor show {message.lines[0].case} --by "Mrs Ali"',
            f'school-monitor decide {message.lines[0].case} take --by "Mrs Ali"',
            "Every comment gets a response within 24 hours.",
            "Monitoring",
            "Default 1.2",
            "no words of any comment and no names of their authors",
        ):
            assert said in words, said


def test_a_new_comment_is_told_with_its_deadline_and_what_it_was_flagged_for():
    for words in words_of(render_new(NEW, ENVELOPE)):
        assert "These comments are new, and nobody has answered them yet." in words
        assert "received Thu 12 Nov 15:58" in words
        assert "today 15:58" in words
        assert "Flagged: insult (concern)" in words
    assert "Answer by today 15:58" in words_of(render_new(NEW, ENVELOPE))[0]


def test_a_sheet_says_until_when_nobody_is_reminded_again():
    for words in words_of(render_sheet(SHEET, ENVELOPE)):
        assert "fall due before Mon 16 Nov 11:00" in words
        assert "the last mail of the day that is not urgent" in words
    for words in words_of(render_new(NEW, ENVELOPE)):
        assert "the last mail of the day" not in words


def test_nothing_is_called_overdue_before_its_account_was_read_after_the_deadline():
    for words in words_of(render_overdue(OVERDUE, ENVELOPE)):
        assert "may be overdue: not read since its deadline" in words.lower()
        assert "Where it says “may be”" in words
        assert "Taken by Mr Bevan" in words
    for words in words_of(render_overdue(replace(OVERDUE, lines=(LATE,)), ENVELOPE)):
        assert "may be" not in words


def test_a_head_reads_why_it_comes_to_them_and_is_not_asked_to_take_it():
    for words in words_of(render_overdue(TO_HEAD, ENVELOPE)):
        assert "Nobody has answered, so it comes to you as well." in words
        assert " take --by" not in words


@pytest.mark.parametrize(
    ("render", "message", "said"),
    [
        (render_new, replace(NEW, lines=(OPEN,)), "1 new comment to answer, first by 15:58 - Facebook page"),
        (render_new, NEW, "2 new comments to answer, first by 15:58 - 2 accounts"),
        (render_new, replace(NEW, lines=(LONG,)), "1 new comment to answer, first by 15:58"),
        (render_due_soon, DUE_SOON, "1 comment due soon, first by 15:58 - Facebook page"),
        (render_sheet, SHEET, "2 comments due before Mon 11:00, first by 15:58 - 2 accounts"),
        (render_sheet, replace(SHEET, lines=(replace(OPEN, account="W" * 30, due_at=at(14, 15, 58)),)),
         "1 comment due before Mon 11:00, first by Sat 15:58"),
        (render_overdue, OVERDUE, "1 overdue since 09:00, 1 more may be - 2 accounts"),
        (render_overdue, replace(OVERDUE, lines=(LATE, LATE)), "2 comments overdue since 09:00 - Facebook page"),
        (render_overdue, replace(OVERDUE, lines=(MAYBE,)), "1 comment may be overdue since 09:30 - X"),
    ],
)  # fmt: skip
def test_subjects_begin_with_the_number_and_name_the_earliest_deadline(render, message, said):
    subject = subject_of(render(message, ENVELOPE))
    assert subject == said
    assert len(subject) <= 60


@pytest.mark.parametrize(("render", "message"), KINDS)
def test_a_long_list_is_cut_and_counted(render, message):
    many = tuple(replace(message.lines[0], case=number) for number in range(101, 401))
    made = render(replace(message, lines=many), ENVELOPE)
    for words in words_of(made):
        assert "110" in words
        assert "111" not in words
        assert "and 290 more" in words
    assert subject_of(made).startswith("300 ")
    assert len(made.as_bytes()) < 100_000


@pytest.mark.parametrize(("render", "message"), KINDS)
def test_the_html_can_be_read_by_everyone_and_loads_nothing(render, message):
    page = page_of(render(message, ENVELOPE))
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert page.count("title") == page.count("h1") == 1
    assert not {"img", "a", "link", "script", "iframe", "form"} & {tag for tag, _ in page.tags}


@pytest.mark.parametrize(("render", "message"), KINDS)
def test_hostile_words_in_every_field_stay_words(render, message):
    made = render(hostile(replace(message, lines=(FLAGGED, LATE))), replace(ENVELOPE, sender_name=HOSTILE))
    read_back = parsed(made)
    assert len(made.as_bytes()) < 100_000
    assert read_back["Bcc"] is None
    assert 0 < len(read_back["Subject"]) <= 60
    assert not {"script", "img", "a"} & {tag for tag, _ in page_of(made).tags}
    for words in words_of(made):
        assert not any(hidden in words for hidden in "\u202e\u202c\u200b\0")
        assert "{{ 7*7 }}" in words
    assert not any(line.startswith("Bcc") for line in text_of(made).splitlines())


@pytest.mark.parametrize("name", sorted(samples()))
def test_the_same_mail_is_the_same_bytes(name):
    assert samples()[name].as_bytes() == samples()[name].as_bytes()
