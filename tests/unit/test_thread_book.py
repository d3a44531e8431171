"""Which threads are read again, and when."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.thread_book import COLD, MOST_THREADS, ThreadBook, read_again_after, read_thread_book

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def read(book, count=3, made=NOW - HOUR, at=NOW):
    book.note("p", count, at, made)
    return book


def test_a_thread_never_read_is_due():
    assert ThreadBook().is_due("p", NOW - 400 * DAY, 0, NOW)


def test_a_count_that_moved_makes_a_thread_due_at_once_up_or_down():
    book = read(ThreadBook(), made=NOW - 20 * DAY)
    assert not book.is_due("p", NOW - 20 * DAY, 3, NOW + MINUTE)
    assert book.is_due("p", NOW - 20 * DAY, 4, NOW + MINUTE)
    assert book.is_due("p", NOW - 20 * DAY, 2, NOW + MINUTE)


@pytest.mark.parametrize(
    ("age", "again"),
    [(HOUR, 5 * MINUTE), (5 * HOUR, 15 * MINUTE), (3 * DAY, HOUR), (20 * DAY, DAY), (60 * DAY, COLD)],
)
def test_the_colder_the_seldomer(age, again):
    made = NOW - age
    book = read(ThreadBook(), made=made)
    assert not book.is_due("p", made, 3, NOW + again - 2 * MINUTE)
    assert book.is_due("p", made, 3, NOW + again)


def test_a_new_comment_makes_an_old_thread_hot_again():
    made = NOW - 20 * DAY
    book = read(ThreadBook(), made=made, at=NOW - DAY)
    book.note("p", 4, NOW, made)
    assert book.is_due("p", made, 4, NOW + 15 * MINUTE)


def test_without_a_count_age_alone_decides():
    book = read(ThreadBook(), count=None, made=NOW - 3 * DAY)
    assert not book.is_due("p", NOW - 3 * DAY, None, NOW + 30 * MINUTE)
    assert book.is_due("p", NOW - 3 * DAY, None, NOW + HOUR)


@given(st.timedeltas(timedelta(0), timedelta(days=4000)), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_waiting_never_grows_shorter_with_age(one, other):
    assert read_again_after(min(one, other)) <= read_again_after(max(one, other))


def test_a_book_survives_its_cursor():
    book = read(ThreadBook())
    book.note("q", None, NOW - DAY, NOW - 30 * DAY)
    assert read_thread_book(json.loads(json.dumps(book.to_json()))) == book


def test_a_cursor_stays_small_and_keeps_what_was_read_last():
    book = ThreadBook()
    for n in range(MOST_THREADS + 50):
        book.note(str(n), n, NOW + n * timedelta(seconds=1))
    written = book.to_json()
    assert len(written) == MOST_THREADS
    assert "0" not in written
    assert str(MOST_THREADS + 49) in written


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_any_other_cursor_is_read_as_knowing_nothing_wrong(written):
    for post_id, last in read_thread_book(written).threads.items():
        assert isinstance(post_id, str)
        assert last.read_at.tzinfo is not None


def test_threads_out_of_reach_are_forgotten():
    book = read(ThreadBook())
    book.note("q", 1, NOW)
    book.keep_only({"q"})
    assert set(book.threads) == {"q"}
