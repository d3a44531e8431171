"""What Google sends of reviews: the words as they were written, what is attached, and what cannot be read."""

from __future__ import annotations

import pytest
from harness import NOW
from harness_google_reviews import HARNESS
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import UnexpectedReply
from connectors.fetched import Attachment, FetchedItem, Quarantined, Shown
from connectors.google_reviews_wire import as_written, read_page, read_review

PLACE = HARNESS.own_id


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("Eine gute Schule", "Eine gute Schule"),
        ("(Translated by Google) A good school\n\n(Original)\nEine gute Schule", "Eine gute Schule"),
        ("(Translated by Google) A good (small) school (Original) Eine gute Schule", "Eine gute Schule"),
        ("Eine gute Schule\n\n(Translated by Google)\nA good school", "Eine gute Schule"),
        ("Gut (klein)\n\n(Translated by Google)\nGood (small)", "Gut (klein)"),
        ("It said (Translated by Google) and no more", "It said (Translated by Google) and no more"),
        (
            "\n\n(Translated by Google)\nwords that would be lost",
            "\n\n(Translated by Google)\nwords that would be lost",
        ),
        ("", ""),
    ],
)
def test_the_reviewers_own_words_are_kept_and_not_a_translation(sent, written):
    assert as_written(sent) == written


def test_pictures_and_films_are_listed():
    raw = {
        "reviewId": "a",
        "createTime": "2026-11-10T09:00:00.123456789Z",
        "reviewMediaItems": [
            {"thumbnailUrl": "https://lh3.example/1"},
            {"thumbnailUrl": "https://lh3.example/2", "videoUrl": "https://lh3.example/film"},
            {"thumbnailUrl": "file:///etc/passwd"},
            7,
        ],
    }
    (read_as,) = read_review(raw, PLACE)
    assert read_as.attachments == (
        Attachment("image", "https://lh3.example/1"),
        Attachment("video", "https://lh3.example/film"),
    )


@pytest.mark.parametrize(
    ("state", "shown"),
    [("PENDING", Shown.HELD), ("REJECTED", Shown.HELD), ("ACTIVE", Shown.VISIBLE), ([], Shown.VISIBLE)],
)
def test_a_reply_that_google_does_not_show_yet_is_told_from_one_it_shows(state, shown):
    reply = {"comment": "Thank you", "updateTime": "2026-11-11T09:00:00Z", "reviewReplyState": state}
    raw = {"reviewId": "a", "createTime": "2026-11-10T09:00:00Z", "reviewReply": reply}
    assert read_review(raw, PLACE)[1].shown is shown


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        {},
        {"reviewId": "../x"},
        {"reviewId": "a", "createTime": "soon"},
        {"reviewId": "a", "createTime": "2026-11-10T09:00:00Z", "comment": 7},
    ],
)
def test_what_cannot_be_read_is_set_aside_with_a_reason(raw):
    (bad,) = read_review(raw, PLACE)
    assert bad.raw == raw
    assert bad.reason


WORDS_OF_GOOGLE = """
    reviewId name createTime updateTime comment reviewReply reviewReplyState reviewer displayName reviews
    totalReviewCount nextPageToken reviewMediaItems
"""
LIKE_REVIEWS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("2026-11-14T12:00:00Z"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS_OF_GOOGLE.split()), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(LIKE_REVIEWS)
def test_whatever_google_sends_is_read_set_aside_or_refused_in_our_words(raw):
    assert all(isinstance(each, FetchedItem | Quarantined) for each in read_review(raw, PLACE))
    try:
        page = read_page(raw)
    except UnexpectedReply:
        return
    assert isinstance(page.rows, list)
    assert page.reaches(NOW) in {True, False}
