"""The morning digest: what its subject and its body say, and what hostile names cannot do to it."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from mail_reading import text_of
from mail_samples import (
    BLIND,
    DIGEST,
    EMPTY,
    ENVELOPE,
    FLAGGED,
    HOSTILE,
    MAYBE,
    OVERDUE,
    TO_ANSWER,
    Page,
    at,
    hostile,
    parsed,
    squeezed,
)

from alerts.messages import Blind, Line
from alerts.render import render_digest


def html_of(message):
    return parsed(message).get_body(("html",)).get_content()


def subject_of(digest):
    return str(render_digest(digest, ENVELOPE)["Subject"])


def test_the_subject_counts_and_gives_the_earliest_deadline():
    digest = replace(DIGEST, overdue=(), flagged=(), blind=(), now=at(13, 16, 0))
    friday = replace(TO_ANSWER, due_at=at(14, 15, 58), account="Facebook")
    monday = replace(TO_ANSWER, due_at=at(16, 23, 59, 59), account="Facebook")
    digest = replace(digest, to_answer=(monday, friday))
    assert subject_of(digest) == "2 comments to answer, first by Sat 15:58 - Facebook"


def test_the_subject_says_overdue_only_of_what_was_read_after_its_deadline():
    assert subject_of(DIGEST) == "1 overdue since Sat 06:41, 2 more to answer - 2 accounts"
    only_maybe = replace(EMPTY, overdue=(MAYBE,))
    assert subject_of(only_maybe) == "1 comment may be overdue since Sat 15:58 - X"
    assert "\nMAY BE OVERDUE (1)" in text_of(render_digest(only_maybe, ENVELOPE))


def test_with_nothing_to_answer_the_subject_names_flags_then_blind_accounts():
    assert subject_of(replace(EMPTY, flagged=(FLAGGED,))) == "1 flagged comment waiting for a decision - Reddit"
    assert subject_of(replace(EMPTY, blind=(BLIND,))) == "1 account could not be read - Instagram"
    assert subject_of(EMPTY) == "Nothing to answer"


def test_an_account_name_that_does_not_fit_the_subject_is_left_out_whole():
    line = replace(OVERDUE, account="The official Facebook page of our school")
    assert subject_of(replace(EMPTY, overdue=(line,))) == "1 comment overdue since Sat 06:41"


names = st.text(st.characters(), max_size=80)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
states = st.sampled_from(["overdue", "answer by", "may be overdue, not read since 06:40"]) | names
some_lines = st.lists(
    st.builds(Line, st.integers(1), names, names, moments, st.none() | moments, states, st.tuples(names), names),
    max_size=3,
).map(tuple)


@settings(max_examples=40, deadline=None)
@given(names, some_lines, some_lines, some_lines, st.lists(st.builds(Blind, names, moments, names), max_size=2))
def test_whatever_the_names_are_the_subject_is_one_line_of_at_most_60_characters(
    school, overdue, to_answer, flagged, blind
):
    digest = replace(DIGEST, school=school, overdue=overdue, to_answer=to_answer, flagged=flagged, blind=tuple(blind))
    read_back = parsed(render_digest(digest, ENVELOPE))
    subject = read_back["Subject"]
    assert 0 < len(subject) <= 60
    assert subject == " ".join(subject.split())
    assert [part.get_content_type() for part in read_back.iter_parts()] == ["text/plain", "text/html"]


def test_text_and_html_both_say_everything():
    message = render_digest(DIGEST, ENVELOPE)
    for words in (squeezed(text_of(message)), squeezed(Page(html_of(message)).words)):
        for said in (
            "Oakfield Primary School",
            "read completely up to today 06:35",
            "12",
            "17",
            "21",
            "19",
            "received Fri 13 Nov 06:41",
            "Sat 14 Nov 15:58",
            "not read since 06:40",
            "Tue 17 Nov, end of day",
            "self harm",
            "urgent",
            "Instagram",
            "last read today 06:40",
            "signed out",
            "by hand",
            "school-monitor show 12",
            "Every comment gets a response within 24 hours.",
            "Monitoring",
            "Default 1.2",
            "Mrs Ali",
        ):
            assert said in words, said


def test_sections_come_in_order_of_urgency():
    text = text_of(render_digest(DIGEST, ENVELOPE))
    order = [
        "read completely",
        "OVERDUE, OR MAY BE (2)",
        "TO ANSWER (1)",
        "FLAGGED",
        "COULD NOT BE READ (1)",
        "Rule:",
    ]
    places = [text.index(title) for title in order]
    assert places == sorted(places)


def test_a_long_list_shows_the_first_and_counts_the_rest():
    many = tuple(replace(TO_ANSWER, case=100 + i) for i in range(24))
    message = render_digest(replace(DIGEST, to_answer=many), ENVELOPE)
    for words in (text_of(message), Page(html_of(message)).words):
        assert "109" in words
        assert "110" not in words
        assert "and 14 more" in words


def test_accounts_never_read_are_told():
    message = render_digest(replace(DIGEST, read_until=None, blind=(replace(BLIND, since=None),)), ENVELOPE)
    for words in (text_of(message), Page(html_of(message)).words):
        assert "Not every account has been read completely yet." in words
        assert "never read yet" in words


def test_an_empty_digest_says_that_nothing_is_waiting():
    message = render_digest(EMPTY, ENVELOPE)
    assert "Nothing is waiting for an answer or a decision." in text_of(message)
    assert "school-monitor show" not in html_of(message)


def test_the_html_can_be_read_by_everyone():
    page = Page(html_of(render_digest(DIGEST, ENVELOPE)))
    assert ("html", {"lang": "en-GB"}) in page.tags
    assert page.count("title") == 1
    assert page.count("h1") == 1
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert page.count("time") >= 8


def test_the_html_loads_links_and_shows_nothing_from_elsewhere():
    page = Page(html_of(render_digest(DIGEST, ENVELOPE)))
    assert not {"img", "a", "link", "script", "iframe", "form"} & {tag for tag, _ in page.tags}
    assert "url(" not in html_of(render_digest(DIGEST, ENVELOPE))


def test_styles_are_inlined_and_dark_rules_survive():
    html = html_of(render_digest(DIGEST, ENVELOPE))
    assert re.search(r'<h1 style="[^"]*font-size', html)
    assert "@media (prefers-color-scheme: dark)" in squeezed(html)
    assert "!important" in html


def test_hostile_words_in_every_field_stay_words():
    message = render_digest(hostile(DIGEST), replace(ENVELOPE, sender_name=HOSTILE))
    raw = message.as_bytes()
    assert len(raw) < 100_000
    read_back = parsed(message)
    assert read_back["Bcc"] is None
    assert len(read_back["Subject"]) <= 60
    text, page = text_of(message), Page(html_of(message))
    assert not {"script", "img", "a"} & {tag for tag, _ in page.tags}
    for words in (text, page.words):
        assert not any(hidden in words for hidden in "\u202e\u202c\u200b\0")
        assert "{{ 7*7 }}" in words
        assert "49" not in words
        assert "<script>alert(1)</script>" in words
    assert not any(line.startswith("Bcc") for line in text.splitlines())
