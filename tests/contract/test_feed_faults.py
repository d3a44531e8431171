"""A feed that fails in every way a network can: refusals, trickles, odd entries, odd times, hostile XML."""

import threading
import tracemalloc
from contextlib import suppress
from datetime import timedelta

import pytest
from harness import NOW
from reading import HTML, Silence
from test_connector_faults import COMES_BACK
from test_feed import RSS, entry, read_page, rss

from connectors.errors import AuthFailed, BudgetSpent, Forbidden, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.feed_wire import read_feed
from monitor.demo.server import Response

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")

FIRST = "https://x.invalid/#comment-1"
WRITTEN = "<pubDate>Fri, 13 Nov 2026 09:00:00 +0000</pubDate>"
ODD_ENTRIES = {
    "nothing in it": "<item/>",
    "words between entries": "some words",
    "an entry in an entry": f"<item>{entry(9)}{WRITTEN}</item>",
    "an unknown kind": '<odd xmlns="urn:odd"><kind/></odd>',
    "an entry of an unknown kind": f'<item><x:kind xmlns:x="urn:x">odd</x:kind>{WRITTEN}</item>',
    "no id, no words": f"<item>{WRITTEN}</item>",
    "an id of 100,000 characters": f"<item><guid>{'x' * 100_000}</guid>{WRITTEN}</item>",
}
TIMES = [
    "Sun, 14 Nov 2027 09:00:00 +0000",
    "Fri, 31 Dec 9999 23:59:59 +0000",
    "1e18",
    "-1",
    "yesterday",
    "",
    "\ud800",
]
HOSTILE = {
    "empty entries": "<item/>" * 5_000,
    "entries": f"<item>{WRITTEN}</item>" * 2_500,
    "tags in the words": f"<item>{WRITTEN}<description><![CDATA[{'<b>' * 100_000}]]></description></item>",
    "attributes in the words": f"<item>{WRITTEN}<description><![CDATA[<b {'a ' * 300_000}>]]></description></item>",
    "long words": f"<item>{WRITTEN}<description>{'x' * 400_000}</description></item>" * 9,
    "tags in tags": "<x>" * 4_000 + "</x>" * 4_000,
    "links": f"<item>{'<link>http://x.invalid/</link>' * 50_000}</item>",
    "attributes": ("<item " + " ".join(f'a{n}=""' for n in range(190)) + "/>") * 2_500,
    "characters by number": f"<item>{WRITTEN}<description>{'&#65;' * 100_000}</description></item>",
}


@pytest.mark.parametrize("style", COMES_BACK)
def test_a_429_in_any_style_gives_a_time_to_come_back(style):
    reading, _ = read_page("", fault=lambda *_: Response(429, b"", COMES_BACK[style]))
    assert isinstance(reading.error, RateLimited)
    assert timedelta(0) < reading.error.until - NOW <= timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AuthFailed), (402, BudgetSpent), (403, Forbidden), (404, UnexpectedReply), (503, TemporaryFailure)],
)
def test_a_refusal_has_its_meaning(status, kind):
    reading, _ = read_page("", fault=lambda *_: Response(status, HTML, {"Content-Type": "text/html"}))
    assert isinstance(reading.error, kind)
    assert not reading.items


def test_a_site_that_says_nothing_is_not_waited_for():
    silence = Silence()
    try:
        reading, _ = read_page("", fault=lambda request, _: silence(request), read_seconds=0.2)
    finally:
        silence.end()
    assert isinstance(reading.error, TemporaryFailure)


def test_a_feed_that_trickles_is_given_up():
    stop = threading.Event()
    slow = Response(200, b" " * 100_000, RSS, drip=lambda: not stop.wait(0.02))
    try:
        reading, _ = read_page("", fault=lambda *_: slow, read_seconds=0.2)
    finally:
        stop.set()
    assert isinstance(reading.error, TemporaryFailure)
    assert "in time" in str(reading.error)


def test_a_feed_cut_off_on_the_way_is_not_taken_for_whole():
    body = rss(entry(1), entry(2)).encode()
    reading, _ = read_page("", fault=lambda *_: Response(200, body, RSS, cut_to=len(body) - 60))
    assert isinstance(reading.error, TemporaryFailure)
    assert not reading.cursors


@pytest.mark.parametrize("kind", ["application/pdf", "text/html", "application/json", "image/png; charset=odd", ""])
def test_a_feed_is_known_by_what_it_holds_and_not_by_what_it_is_called(kind):
    body = rss(entry(1)).encode()
    reading, _ = read_page("", fault=lambda *_: Response(200, body, {"Content-Type": kind}))
    assert list(reading.items) == [FIRST]


@pytest.mark.parametrize("odd", ODD_ENTRIES)
def test_an_odd_entry_spoils_no_other(odd):
    reading, _ = read_page(rss(entry(1), ODD_ENTRIES[odd], entry(2)))
    assert reading.error is None
    assert {FIRST, "https://x.invalid/#comment-2"} <= reading.items.keys()
    assert all(each.reason for each in reading.quarantined.values())


@pytest.mark.parametrize("words", ["x" * 100_000, "half \ud83d and \udc00", "&#xD800;", "\0\x1b\ufffe"], ids=range(4))
def test_words_of_any_kind_cost_no_other_entry(words):
    reading, _ = read_page(rss(entry(1), entry(2, words)))
    assert reading.error is None
    assert FIRST in reading.items
    assert len(reading.items) + len(reading.quarantined) == 2


@pytest.mark.parametrize("time", TIMES)
def test_a_time_that_cannot_be_costs_no_other_entry_and_the_next_run_finds_what_came_since(time):
    first, _ = read_page(rss(entry(2, at=time), entry(1)))
    assert first.error is None
    assert FIRST in first.items
    assert len(first.items) + len(first.quarantined) == 2
    cursors = {"comments": first.cursors["comments"] | {"validators": {}}}
    second, _ = read_page(rss(entry(3), entry(2, at=time), entry(1)), cursors)
    assert "https://x.invalid/#comment-3" in second.items
    assert second.batches[-1].complete


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_feed_takes_more_than_150_megabytes(kind):
    body = rss(HOSTILE[kind]).encode()
    tracemalloc.start()
    try:
        with suppress(UnexpectedReply):
            read_feed(body, {"content-type": RSS["Content-Type"]})
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 150 << 20
