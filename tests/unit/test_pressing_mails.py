"""The mails about what is urgent and what is serious: what they say, and what they can never say."""

from dataclasses import fields, replace

import pytest
from mail_reading import page_of, subject_of, text_of, words_of
from mail_samples import ENVELOPE, HOSTILE, hostile, parsed
from pressing_samples import FIRST, SERIOUS, THREAT, URGENT

from alerts.messages import Pressing
from alerts.render import render_serious, render_urgent

ALL = [(render_urgent, URGENT), (render_serious, SERIOUS)]
NEW = replace(URGENT, cases=(FIRST,), passed_on=False)
LONG = replace(FIRST, account="W" * 40)
MANY = tuple(replace(FIRST, case=number) for number in range(1, 15))


def test_the_one_field_for_words_is_empty_unless_the_school_asks_and_there_is_none_for_the_author():
    assert {field.name for field in fields(Pressing)} == {
        "case", "account", "what", "received_at", "flags", "clauses", "limits", "steps", "told", "next", "next_at",
        "words",
    }  # fmt: skip
    assert Pressing.words == ""


def test_an_urgent_mail_says_what_it_is_what_to_do_first_and_who_comes_next():
    for words in words_of(render_urgent(URGENT, ENVELOPE)):
        for said in (
            "Oakfield Primary School",
            "nobody has acknowledged it. So it comes to you.",
            "Case 41: threat, insult",
            "Comment, Facebook page, written Sat 14 Nov 23:41",
            "Handling abuse, Cyber bullying",
            "Nobody answers it (clause “Cyber bullying”).",
            "Tell the headteacher now. In immediate danger, call 999.",
            "Mrs Ali (Sat 14 Nov 23:45), Mr Bevan (Sat 14 Nov 23:45)",
            "Ms Okafor, about today 00:45",
            'school-monitor acknowledge 41 --by "Ms Okafor"',
            'school-monitor show 41 --by "Ms Okafor"',
            "Default 1.2",
            "no words of any comment and no names of their authors",
        ):
            assert said in words, said


def test_the_first_to_be_told_hear_that_they_are():
    for words in words_of(render_urgent(NEW, ENVELOPE)):
        assert "You are the first to be told." in words
        assert "Told so far" not in words


def test_the_last_hears_that_nobody_comes_after_and_need_not_sit_at_the_computer():
    last = replace(
        URGENT, cases=(replace(THREAT, next=(), next_at=None),), by="chair@governors.example", can_look=False
    )
    for words in words_of(render_urgent(last, ENVELOPE)):
        assert "Nobody comes after you." in words
        assert "Please telephone the people named above" in words
        assert 'school-monitor acknowledge 41 --by "chair@governors.example"' in words
        assert "school-monitor show" not in words


def test_a_serious_mail_lists_every_case_with_its_own_steps():
    for words in words_of(render_serious(SERIOUS, ENVELOPE)):
        for said in (
            "Case 41: threat, insult",
            "Case 43: hate",
            "need a look today",
            "At most one such mail an hour",
        ):
            assert said in words, said
        assert "acknowledge" not in words


@pytest.mark.parametrize(
    ("render", "message", "said"),
    [
        (render_urgent, NEW, "Urgent: a comment needs you now (Facebook page)"),
        (render_urgent, URGENT, "Urgent, passed on: a comment needs you now (Facebook page)"),
        (render_urgent, replace(NEW, cases=MANY), "Urgent: 14 comments need you now (Facebook page)"),
        (render_urgent, replace(URGENT, cases=(LONG,)), "Urgent, passed on: a comment needs you now"),
        (render_serious, replace(SERIOUS, cases=SERIOUS.cases[:1]), "A comment to look at today (Facebook page)"),
        (render_serious, SERIOUS, "2 comments to look at today (2 accounts)"),
    ],
)
def test_subjects_are_neutral_and_short(render, message, said):
    subject = subject_of(render(message, ENVELOPE))
    assert subject == said
    assert len(subject) <= 60
    assert "threat" not in subject


@pytest.mark.parametrize(("render", "message"), ALL)
def test_a_long_list_is_cut_and_counted(render, message):
    made = render(replace(message, cases=MANY), ENVELOPE)
    for words in words_of(made):
        assert "Case 10:" in words
        assert "Case 11:" not in words
        assert "and 4 more" in words
    assert len(made.as_bytes()) < 100_000


@pytest.mark.parametrize(("render", "message"), ALL)
def test_the_html_can_be_read_by_everyone_and_loads_nothing(render, message):
    page = page_of(render(message, ENVELOPE))
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert page.count("title") == page.count("h1") == 1
    assert not {"img", "a", "link", "script", "iframe", "form"} & {tag for tag, _ in page.tags}


@pytest.mark.parametrize(("render", "message"), ALL)
def test_hostile_words_in_every_field_stay_words(render, message):
    made = render(hostile(message), replace(ENVELOPE, sender_name=HOSTILE))
    read_back = parsed(made)
    assert len(made.as_bytes()) < 100_000
    assert read_back["Bcc"] is None
    assert 0 < len(read_back["Subject"]) <= 60
    assert not {"script", "img", "a"} & {tag for tag, _ in page_of(made).tags}
    for words in words_of(made):
        assert not any(hidden in words for hidden in "\u202e\u202c\u200b\0")
        assert "{{ 7*7 }}" in words
    assert not any(line.startswith("Bcc") for line in text_of(made).splitlines())


@pytest.mark.parametrize(("render", "message"), ALL)
def test_the_same_mail_is_the_same_bytes(render, message):
    assert render(message, ENVELOPE).as_bytes() == render(message, ENVELOPE).as_bytes()
