"""The mails about accounts that cannot be read: what they say, and what hostile names cannot do to them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from mail_reading import page_of, subject_of, text_of, words_of
from mail_samples import (
    ALARM,
    ENVELOPE,
    EXPIRING,
    FAILING,
    HOSTILE,
    RECOVERY,
    SILENT,
    hostile,
    parsed,
)

from alerts.render import render_alarm, render_expiring, render_recovery

ALL = [(render_alarm, ALARM), (render_recovery, RECOVERY), (render_expiring, EXPIRING)]


def test_an_alarm_says_what_since_when_why_and_step_by_step_what_to_do():
    for words in words_of(render_alarm(ALARM, ENVELOPE)):
        for said in (
            "Oakfield Primary School",
            "Facebook page: needs new credentials",
            "comments, visitor posts",
            "Read completely up to: today 06:40",
            "Why: Facebook Page, account: the access token no longer works",
            "Sign in to Meta Business settings",
            'in the [[accounts]] table with key = "facebook".',
            "It was never read completely.",
            "It goes on by itself: today 09:00",
            "look at the account by hand",
            "/etc/school-monitor.toml",
            "You are told once, and again when the account is read.",
            "it@oakfield.example",
            "no words of any comment, no names of their authors and no credentials",
        ):
            assert said in words, said
        assert FAILING.what.lower() in words.lower()
        assert SILENT.what.lower() in words.lower()
        assert "role technician" not in words


def test_the_steps_are_a_numbered_list():
    message = render_alarm(ALARM, ENVELOPE)
    assert "\n2. Make a new token.\r\n" in text_of(message) or "\n2. Make a new token.\n" in text_of(message)
    assert (page_of(message).count("ol"), page_of(message).count("li")) == (2, 4)


def test_a_head_is_told_why_the_mail_came_to_them():
    for render, message in ((render_alarm, ALARM), (render_expiring, EXPIRING)):
        for words in words_of(render(replace(message, stands_in=True), ENVELOPE)):
            assert "Nobody has the role technician, so this comes to the head." in words


def test_subjects_name_the_account_and_are_neutral():
    assert subject_of(render_alarm(ALARM, ENVELOPE)) == "Needs new credentials - Facebook page"
    assert subject_of(render_recovery(RECOVERY, ENVELOPE)) == "Read again - Facebook page"
    assert subject_of(render_expiring(EXPIRING, ENVELOPE)) == "Credentials end in 7 days - Instagram"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=14), "in 14 days"),
        (timedelta(days=1, hours=1), "in 1 day"),
        (timedelta(hours=20), "within a day"),
        (timedelta(0), "now"),
    ],
)
def test_a_warning_says_in_how_many_days(left, said):
    message = render_expiring(replace(EXPIRING, expires_at=EXPIRING.now + left), ENVELOPE)
    assert subject_of(message) == f"Credentials end {said} - Instagram"
    for words in words_of(message):
        assert ("they ended" in words) == (left <= timedelta(0))


def test_a_recovery_says_how_long_nothing_was_read_and_what_is_still_wrong():
    for words in words_of(render_recovery(RECOVERY, ENVELOPE)):
        assert "today 06:40 to 11:30 (4 h 50 min)" in words
        assert "Found today 07:15, over since today 11:30" in words
        assert "still wrong" not in words.lower()
    left = replace(RECOVERY, still=("A part of the account is not being read. timed out",))
    for words in words_of(render_recovery(left, ENVELOPE)):
        assert "A part of the account is not being read. timed out" in words
        assert "Facebook page: mended in part" in words
        assert "is read again" not in words
    assert subject_of(render_recovery(left, ENVELOPE)) == "Mended in part - Facebook page"


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
