"""The mail about many comments under one post: what it says, and what it can never say."""

from dataclasses import fields, replace

import pytest
from mail_reading import page_of, words_of
from mail_samples import DIGEST, ENVELOPE, HOSTILE, hostile, parsed
from pile_on_samples import CALM, DIGEST_WITH_ONE, MATTER, PILE_ON

from alerts.matter import Matter
from alerts.pile_on import render_pile_on
from alerts.render import render_digest

SECOND = replace(CALM, account="X", link="", published_at=None)
LONG = replace(MATTER, account="W" * 40)
MANY = tuple(replace(MATTER, comments=number) for number in range(101, 115))


def test_there_is_no_field_for_the_words_or_the_authors_of_comments():
    assert {field.name for field in fields(Matter)} == {
        "account", "published_at", "link", "since", "until", "comments", "to_answer", "overdue", "first_due", "held",
        "flagged", "kinds", "clauses", "limits", "steps",
    }  # fmt: skip


def test_it_says_how_many_since_when_what_waits_and_what_helps():
    for words in words_of(render_pile_on(PILE_ON, ENVELOPE)):
        for said in (
            "5 or more comments under one post within 10 minutes are told as one matter",
            "https://www.facebook.com/oakfield/posts/1",
            "312 comments since today 14:02, the newest today 16:48.",
            "280, the first by Tue 17 Nov 14:02",
            "threat 2, insult 6, swearing 1",
            "Policy: Offensive comments",
            "Some of them nobody answers",
            "Tell the headteacher now.",
            "limit or close replies under a post. That is done there, by hand; this program changes nothing.",
            "school-monitor queue",
            "when there are 500, or when something graver is among them",
            "Every comment gets a response within 24 hours.",
            "no words of any comment and no names of their authors",
        ):
            assert said in words, said


def test_when_no_number_is_left_that_would_be_told_it_says_so():
    for words in words_of(render_pile_on(replace(PILE_ON, growth=()), ENVELOPE)):
        assert "You hear of it again when something graver is among them." in words


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (PILE_ON, "312 comments under one post, first by Tue 14:02"),
        (replace(PILE_ON, matters=(replace(CALM, account="X"),)), "312 comments under one post, 1 flagged - X"),
        (replace(PILE_ON, matters=(LONG,)), "312 comments under one post, first by Tue 14:02"),
        (replace(PILE_ON, matters=(MATTER, SECOND)), "624 comments under 2 posts, first by Tue 14:02 - 2 accounts"),
    ],
)
def test_subjects_are_neutral_and_short(message, said):
    subject = str(parsed(render_pile_on(message, ENVELOPE))["Subject"])
    assert subject == said
    assert len(subject) <= 60


def test_a_long_list_is_cut_and_counted():
    made = render_pile_on(replace(PILE_ON, matters=MANY), ENVELOPE)
    for words in words_of(made):
        assert "110 comments since" in words
        assert "111 comments since" not in words
        assert "and 4 more" in words
    assert len(made.as_bytes()) < 100_000


def test_a_digest_says_it_in_a_line_before_everything_else():
    for words in words_of(render_digest(DIGEST_WITH_ONE, ENVELOPE)):
        said = "Facebook page: 312 comments under one post since today 14:02, 9 flagged"
        assert said in words
        assert words.index(said) < words.lower().index("overdue, or may be")
    for words in words_of(render_digest(DIGEST, ENVELOPE)):
        assert "under one post" not in words


def test_the_html_can_be_read_by_everyone_and_loads_nothing():
    page = page_of(render_pile_on(PILE_ON, ENVELOPE))
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert page.count("title") == page.count("h1") == 1
    assert not {"img", "a", "link", "script", "iframe", "form"} & {tag for tag, _ in page.tags}


def test_hostile_words_in_every_field_stay_words():
    made = render_pile_on(hostile(PILE_ON), replace(ENVELOPE, sender_name=HOSTILE))
    assert len(made.as_bytes()) < 100_000
    assert parsed(made)["Bcc"] is None
    assert 0 < len(parsed(made)["Subject"]) <= 60
    assert not {"script", "img", "a"} & {tag for tag, _ in page_of(made).tags}
    for words in words_of(made):
        assert not any(hidden in words for hidden in "\u202e\u202c\u200b\0")


def test_the_same_mail_is_the_same_bytes():
    assert render_pile_on(PILE_ON, ENVELOPE).as_bytes() == render_pile_on(PILE_ON, ENVELOPE).as_bytes()
