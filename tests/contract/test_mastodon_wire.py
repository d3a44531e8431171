"""Mastodon: what its statuses mean, one by one, and that statuses it really sent are read."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import pytest
from harness import NOW
from harness_mastodon import PARENTS, message
from reading import read
from reading_mastodon import HOUR, budget, raw_status, reading, served, world_of

from connectors.fetched import FetchedItem
from connectors.mastodon_wire import glance, read_item
from monitor.demo.mastodon_scene import to_html

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")


SHARED = os.environ.get("SCHOOL_MONITOR_SHARED")


def test_a_content_warning_stands_before_the_words_it_warns_of():
    warned = message(1, NOW - HOUR, PARENTS[0], "They lost again.\nShame.")
    with reading(world_of(warned), warnings={warned.id: "football & tears"}) as (connector, _, _):
        item = read(connector).items[warned.id]
    assert item.text == "football & tears\n\nThey lost again.\nShame."


def test_attachments_are_listed_with_their_kind_and_address():
    attached = [
        {"id": "1", "type": "image", "url": "https://files.example/1.png", "remote_url": "https://far.example/1.png"},
        {"id": "2", "type": "video", "url": None, "remote_url": "https://far.example/2.mp4"},
        {"id": "3"},
        "odd",
    ]
    item = read_item(raw_status(media_attachments=attached), None)
    listed = [(each.kind, each.url) for each in item.attachments]
    assert listed == [
        ("image", "https://files.example/1.png"),
        ("video", "https://far.example/2.mp4"),
        ("unknown", ""),
    ]


def test_an_own_reply_answers_only_whom_it_replies_to_though_it_mentions_the_whole_thread():
    row = raw_status(in_reply_to_id="5", in_reply_to_account_id="77", mentions=[{"id": "77"}, {"id": "78"}])
    assert read_item(row, None).addressed_to == ("77",)


def test_an_odd_status_is_set_aside_and_its_neighbours_are_kept():
    bad = [None, 7, {}, raw_status(id=5), raw_status(created_at="noon"), raw_status(content=["hello"])]
    good = [raw_status(id="11"), raw_status(id="12", account=..., content=None), raw_status(id="13", account=[])]
    rows = [
        {"id": str(n), "type": "mention", "created_at": "?", "status": raw} for n, raw in enumerate(bad + good, 90)
    ]
    with reading(world_of(), served(rows, on="notifications")) as (connector, _, _):
        batches = list(connector.fetch("mentions", None, budget()))
    kept = {item.remote_id: item.author_id for batch in batches for item in batch.items}
    assert kept == {"11": PARENTS[0].id, "12": None, "13": None}
    aside = [each for batch in batches for each in batch.quarantined]
    assert [each.raw for each in aside] == bad
    assert all(each.reason and "hello" not in each.reason for each in aside)


@pytest.mark.parametrize(
    "text", ["two  spaces", " edges ", "a\n\nb\nc", "1 < 2 > 0 & &amp; <b>", "<" * 5000, "\ttab"]
)
def test_words_are_read_as_mastodon_shows_them(text):
    assert read_item(raw_status(content=to_html(text)), None).text == text


def test_html_of_any_shape_is_read_in_one_go():
    for content in ("<" * 200_000, "<a " * 100_000, "&" * 200_000, "<p>" * 50_000, "</p>" * 50_000):
        assert isinstance(read_item(raw_status(content=content), None), FetchedItem)


@pytest.mark.skipif(SHARED is None, reason="SCHOOL_MONITOR_SHARED does not name the folder of recorded payloads")
@pytest.mark.parametrize(
    "name",
    ["test_entity_notification", "test_notifications", "test_notifications_types", "test_status_edit",
     "test_status_reply", "test_status_context", "test_conversations"],
)  # fmt: skip
def test_every_recorded_status_is_read(name):
    exchanges = json.loads((Path(SHARED) / "fixtures" / "mastodon" / f"{name}.json").read_text("utf-8"))
    recorded = [each for exchange in exchanges for each in statuses_in(exchange["response"]["body"])]
    assert recorded
    for raw in recorded:
        item = read_item(raw, None)
        assert isinstance(item, FetchedItem)
        assert (item.remote_id, item.author_id) == (raw["id"], raw["account"]["id"])
        assert item.created_at == datetime.fromisoformat(raw["created_at"])
        assert "<" not in item.text or "&lt;" in raw["content"]
        assert (item.parent_remote_id, len(item.attachments)) == (
            raw["in_reply_to_id"],
            len(raw["media_attachments"]),
        )
        assert glance(raw).is_message == (raw["visibility"] == "direct")


def statuses_in(value):
    """Every status in an answer that was sent with its HTML."""
    if isinstance(value, dict) and {"content", "account", "in_reply_to_id", "visibility"} <= value.keys():
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from statuses_in(inner)
