"""What it costs to find an item's own bytes in a page, and to set a page down before it is judged."""

import json
import time
from datetime import UTC, datetime
from statistics import median

import pytest

from connectors.base import Batch
from connectors.fetched import Exchange, FetchedItem, ItemKind
from monitor.evidence.incoming import done, read_incoming, write_incoming
from monitor.evidence.wire_bytes import PageBytes

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TEN_MEGABYTES = 10_000_000


def comments(count):
    """Comments as the Graph API sends them, about a kilobyte each."""
    return [
        {
            "id": f"5001_{number}",
            "message": f"Comment {number}: " + "what time do the gates open? " * 20,
            "created_time": "2026-11-14T12:00:00+0000",
            "from": {"id": f"88{number}", "name": f"Invented Parent {number}"},
            "parent": {"id": f"5001_{number // 3}"},
            "attachment": {"type": "photo", "url": f"https://cdn.example/{number}.jpg", "media": {"image": {}}},
            "permalink_url": f"https://www.facebook.com/1/posts/5001/?comment_id={number}",
            "is_hidden": False,
            "comment_count": 0,
        }
        for number in range(count)
    ]


def an_exchange(body):
    return Exchange("GET", "https://graph.facebook.com/v26.0/1/feed", 200, {"Date": "now"}, body, AT)


def a_page(count):
    return json.dumps({"data": comments(count), "paging": {"cursors": {}}}).encode()


@pytest.mark.parametrize("count", [100, 1_000, 10_000])
def bench_finding_items_in_a_page(count):
    raws, body = comments(count), a_page(count)
    page = PageBytes([an_exchange(body)])
    began = time.perf_counter()
    assert page.find(raws[0], raws[0]["id"])
    first = time.perf_counter() - began
    began = time.perf_counter()
    assert all(page.find(raw, raw["id"]) for raw in raws[1:])
    others = time.perf_counter() - began
    print(
        f"\n{count} items, {len(body) / 1000:.0f} kB: looked through in {first * 1000:.1f} ms, "
        f"each further item {others / (count - 1) * 1e6:.0f} us"
    )


@pytest.mark.parametrize("piece", ["[", '{"a":', "[],", '"', '\\"', '"id":"1",'])
def bench_ten_megabytes_of_one_thing(piece):
    body = piece.encode() * (TEN_MEGABYTES // len(piece))
    began = time.perf_counter()
    assert PageBytes([an_exchange(body)]).find({"id": "1", "message": "hello"}, "1") is None
    print(f"\n10 MB of {piece}: {time.perf_counter() - began:.3f} s")


def bench_setting_a_page_down(tmp_path):
    raws, body = comments(100), a_page(100)
    items = tuple(FetchedItem(raw["id"], ItemKind.COMMENT, raw["message"], AT, raw=raw) for raw in raws)
    batch = Batch(items, None, False, exchanges=(an_exchange(body),))
    written, read = [], []
    for _ in range(200):
        began = time.perf_counter()
        path = write_incoming(tmp_path, "oakfield", "facebook", "comments", batch, AT)
        written.append(time.perf_counter() - began)
        began = time.perf_counter()
        read_incoming(path)
        read.append(time.perf_counter() - began)
        size = path.stat().st_size
        done(path)
    written.sort()
    print(
        f"\na page of {len(body) / 1000:.0f} kB set down as {size / 1000:.0f} kB in {median(written) * 1000:.1f} ms "
        f"(p95 {written[190] * 1000:.1f} ms, both fsyncs included), read back in {median(read) * 1000:.1f} ms"
    )
