"""A comment dated in the future is due, shown and counted from when it was met."""

from datetime import UTC, datetime

from desk import HOUR, NOW, item, page


def test_a_comment_from_the_future_counts_from_when_it_was_first_met(desk):
    future = item(
        "1", at=datetime(2099, 1, 1, tzinfo=UTC), raw={"id": "1", "created_time": "2099-01-01T00:00:00+0000"}
    )
    desk.read(future, item("2", at=NOW - HOUR))
    desk.later(HOUR)
    desk.read_pages([page(future, item("2", at=NOW - HOUR), item("3", at=NOW))])
    items = desk.items()
    assert (items["1"].created_at, items["2"].created_at, items["3"].created_at) == (NOW, NOW - HOUR, NOW)
    assert "2099" in items["1"].versions[-1].raw
    due = {case.due_at for name, case in desk.cases().items() if name in {"1", "3"}}
    assert len(due) == 1
