"""Nothing that is kept was written in the future."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Batch
from connectors.fetched import FetchedItem, FetchedPost, ItemKind
from monitor.in_time import CLOCKS_DIFFER, in_time

NOW = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
ITEM = FetchedItem("1", ItemKind.COMMENT, "Hello", NOW, raw={"id": "1", "created_time": "as it came"})
MOMENTS = st.integers(-9_000, 26_000).map(lambda days: NOW + timedelta(days=days, minutes=days % 997))


def page(item, post_at=None):
    return Batch((item,), {"v": 1}, complete=True, posts=(FetchedPost("p", "", post_at, ""),))


@given(MOMENTS, MOMENTS | st.none(), MOMENTS | st.none())
def test_no_time_is_later_than_clocks_differ_and_no_other_is_touched(written, edited, posted):
    latest = NOW + CLOCKS_DIFFER
    given_page = page(replace(ITEM, created_at=written, edited_at=edited), posted)
    kept = in_time(given_page, NOW)
    (item,), (post,) = kept.items, kept.posts
    assert item.created_at == (written if written <= latest else NOW)
    assert item.edited_at == (edited if edited is None or edited <= latest else NOW)
    assert post.created_at == (posted if posted is None or posted <= latest else None)
    assert (item.raw, item.text, kept.next_cursor, kept.complete) == (ITEM.raw, "Hello", {"v": 1}, True)


def test_a_clock_that_is_an_hour_wrong_changes_no_time():
    an_hour_ahead = page(replace(ITEM, created_at=NOW + timedelta(hours=1)))
    assert in_time(an_hour_ahead, NOW) == an_hour_ahead
