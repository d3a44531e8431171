"""The mails about nobody listening: what they say, and what hostile names cannot do to them."""

import pytest
from listening_samples import DID_NOT_RUN, LONG_AGO, NOT_REACHED, REACHED_AGAIN, samples
from mail_samples import ENVELOPE, Page, hostile, parsed, squeezed

from alerts.listening import render_did_not_run, render_not_reached


def words_of(message):
    bodies = [parsed(message).get_body((kind,)).get_content() for kind in ("plain", "html")]
    return squeezed(bodies[0]), squeezed(Page(bodies[1]).words)


def test_it_says_to_whom_since_when_why_and_what_to_do():
    for words in words_of(render_not_reached(NOT_REACHED, ENVELOPE)):
        assert "Mail to Mrs Ali is refused for good since today 08:01" in words
        assert "the server says that there is no such address" in words
        assert "told to somebody else as well" in words
        assert "absent" in words


def test_the_end_of_it_is_one_line():
    for words in words_of(render_not_reached(REACHED_AGAIN, ENVELOPE)):
        assert "Mail to Mrs Ali is accepted again since today 09:10." in words
        assert "hat to do" not in words


def test_a_time_in_which_nothing_ran_is_told_with_both_its_ends():
    for words in words_of(render_did_not_run(DID_NOT_RUN, ENVELOPE)):
        assert "did not run from Fri 13 Nov 16:02 to today 07:55; comments from then were read late." in words
        assert "not mailed any more" not in words.lower()


def test_reports_that_are_mailed_no_more_come_with_the_command_that_makes_them():
    for words in words_of(render_did_not_run(LONG_AGO, ENVELOPE)):
        assert "school-monitor report weekly --week 2026-W38" in words


def test_a_subject_names_nobody():
    subjects = {name: str(parsed(mail)["Subject"]) for name, mail in samples().items()}
    assert subjects["unreachable"] == "Mail to 1 person is refused"
    assert subjects["unreachable_over"] == "Mail to 1 person arrives again"
    assert all(len(subject) <= 60 and "Ali" not in subject for subject in subjects.values())


@pytest.mark.parametrize(("render", "message"), [(render_not_reached, NOT_REACHED), (render_did_not_run, LONG_AGO)])
def test_hostile_words_stay_words(render, message):
    mail = parsed(render(hostile(message), ENVELOPE))
    page = Page(mail.get_body(("html",)).get_content())
    assert not {tag for tag, _ in page.tags} & {"script", "img", "a"}
    assert mail["Bcc"] is None
