"""Feeds of comments: no authors by id, no deletions, ten entries. The shared suite asks for more than that."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from harness import NOW
from reading import BROKEN, TEMPORARY, gigabyte_in_a_megabyte, read
from recorded_answers import recorded

from connectors.budget import Budget
from connectors.errors import AuthFailed, ConnectorError, RateLimited, TemporaryFailure, UnexpectedReply
from connectors.feed import Feed
from connectors.feed_wire import read_feed, wordpress_id
from connectors.fetched import ItemKind
from connectors.transport import NetworkSession
from monitor.demo.server import Response, StandIn

pytestmark = pytest.mark.usefixtures("no_sleep", "quiet_servers")
RSS = {"Content-Type": "application/rss+xml; charset=UTF-8"}
TYPE = {"content-type": "application/rss+xml; charset=UTF-8"}


def rss(*items):
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>News</title>'
    return f"{head}{''.join(items)}</channel></rss>"


def entry(n, words="Hello", at="Fri, 13 Nov 2026 09:00:00 +0000"):
    return (
        f"<item><title>By somebody</title><link>https://x.invalid/#comment-{n}</link><guid>https://x.invalid/#comment-{n}</guid>"
        f"<pubDate>{at}</pubDate><description><![CDATA[{words}]]></description></item>"
    )


class FeedServer(StandIn):
    """A site that answers every request with `page`; 304 to whoever knows its validator."""

    def __init__(self, page, **options):
        super().__init__(lambda: NOW, **options)
        self.page = page

    def answer(self, request):
        if request.headers.get("if-none-match") == '"1"':
            return Response(304, b"")
        return Response(200, self.page.encode("utf-8", "surrogatepass"), {**RSS, "ETag": '"1"'})


def feed(server, **options):
    session = NetworkSession(now=lambda: NOW, **options)
    return Feed(session=session, now=lambda: NOW, feed_url=f"{server.url}/comments/feed/")


def read_page(page, cursors=None, fault=None, **options):
    with FeedServer(page, fault=fault) as server:
        return read(feed(server, **options), cursors), list(server.requests)


@pytest.mark.parametrize("name", ["feed_comments_rss", "feed_comments_atom"])
def test_recorded_feeds_of_wordpress_are_read(name):
    (exchange,) = recorded("wordpress", name)
    read_page = read_feed(exchange["response"]["body"].encode(), exchange["response"]["headers"])
    assert read_page.items
    assert not read_page.quarantined
    assert all(wordpress_id(item.remote_id) and item.text and item.author_name for item in read_page.items)


def test_what_answers_a_post_stands_at_the_top_and_what_answers_a_comment_below_it():
    (exchange,) = recorded("wordpress", "feed_comments_atom")
    by_id = {i.remote_id: i for i in read_feed(exchange["response"]["body"].encode(), {}).items}
    for item in by_id.values():
        assert (item.parent_remote_id is None) is (item.kind is ItemKind.COMMENT)
        assert item.parent_remote_id is None or "#comment-" in item.parent_remote_id
        assert (item.post_remote_id is None) is (item.kind is ItemKind.REPLY)


def test_an_entry_is_read_with_its_words_and_its_own_time():
    reading, _ = read_page(rss(entry(7, "<p>Fish &amp; chips?</p>")))
    (item,) = reading.items.values()
    assert (item.text, item.created_at) == ("Fish & chips?", datetime(2026, 11, 13, 9, tzinfo=UTC))
    assert (item.remote_id, item.author_id) == ("https://x.invalid/#comment-7", None)


def test_an_entry_without_a_time_is_set_aside():
    reading, _ = read_page(rss(entry(1), entry(2, at="some day")))
    assert list(reading.items) == ["https://x.invalid/#comment-1"]
    assert len(reading.quarantined) == 1


def test_an_unchanged_feed_is_complete_and_costs_nothing_to_read():
    first, _ = read_page(rss(entry(1)))
    again, asked = read_page(rss(entry(1)), first.cursors)
    assert asked[-1].headers["if-none-match"] == '"1"'
    assert (again.items, again.batches[-1].complete, again.cursors) == ({}, True, first.cursors)


def test_a_feed_of_nothing_but_new_entries_may_have_shown_too_little():
    first, _ = read_page(rss(*(entry(n) for n in range(10))))
    cursors = {"comments": first.cursors["comments"] | {"validators": {}}}
    overlap, _ = read_page(rss(*(entry(n) for n in range(5, 15))), cursors)
    gap, _ = read_page(rss(*(entry(n) for n in range(50, 60))), cursors)
    assert overlap.batches[-1].complete
    assert not gap.batches[-1].complete
    assert len(gap.items) == 10


def test_a_feed_that_is_gone_for_good_needs_a_person():
    reading, _ = read_page("", fault=lambda *_: Response(410, b"gone"))
    assert isinstance(reading.error, AuthFailed)


@pytest.mark.parametrize("fault", [*TEMPORARY, *BROKEN])
def test_a_broken_answer_is_a_clear_error(fault):
    reading, _ = read_page("", fault=lambda request, _: (TEMPORARY | BROKEN)[fault](request))
    assert isinstance(reading.error, TemporaryFailure | UnexpectedReply)
    assert not reading.items


def test_too_often_gives_a_time_to_come_back():
    reading, _ = read_page("", fault=lambda *_: Response(429, b"", {"Retry-After": "90"}))
    assert isinstance(reading.error, RateLimited)
    assert reading.error.until == NOW + timedelta(seconds=90)


BOMB = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


def test_entities_that_grow_without_end_fill_no_memory():
    page = BOMB + rss(entry(1, "&j;").replace("<![CDATA[", "").replace("]]>", ""))
    tracemalloc.start()
    try:
        read_page(page)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20


def attributes(count):
    return "<b " + " ".join(f'a{n}=""' for n in range(count)) + "/>"


@pytest.mark.parametrize(
    ("much", "said"),
    [
        ("<item/>" * 400_000, "tags"),
        ("<x>" * 200_000, "tags"),
        ("<!-- <![CDATA[ -->" + "<item/>" * 400_000 + "<!-- ]]> -->", "tags"),
        (attributes(27_000), "attributes"),
        (attributes(300) + "&unknown;", "attributes"),
        ("x" * (4 << 20), "bytes"),
        ("&unknown; " * 60_000, "broken XML"),
        ("&unknown; " + "<a>" * 100_001, "tags"),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_what_would_take_feedparser_too_long_or_too_much_memory_is_never_given_to_it(much, said, code, monkeypatch):
    monkeypatch.setattr("feedparser.parse", None)
    page = rss(entry(1), much).replace("UTF-8", code)
    with pytest.raises(UnexpectedReply) as refused:
        read_feed(page.encode(code), TYPE)
    assert str(refused.value).startswith("Comment feed: the answer has far more ")
    assert code == "utf-16" or f" {said} " in str(refused.value)


@pytest.mark.parametrize("end", ["</channel>", "&unknown;</channel>"])
def test_what_a_visitor_types_does_not_make_a_feed_too_large(end):
    page = rss(entry(1, "<b></b>" * 9_000 + "=" * 60_000)).replace("</channel>", end)
    assert len(read_feed(page.encode(), TYPE).items) == 1


def test_a_feed_of_two_thousand_comments_is_read():
    assert len(read_feed(rss(*(entry(n) for n in range(2_000))).encode(), TYPE).items) == 2_000


def test_an_entity_of_another_place_is_not_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a secret of this machine")
    with FeedServer("") as elsewhere:
        outside = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y SYSTEM "{elsewhere.url}/y">]>'
        reading, _ = read_page(outside + rss(entry(1, "&x;&y;").replace("<![CDATA[", "").replace("]]>", "")))
        assert elsewhere.requests == []
    assert "a secret" not in repr(reading)


def test_a_bomb_of_a_gigabyte_is_refused():
    reading, _ = read_page("", fault=lambda request, _: gigabyte_in_a_megabyte(request), largest_reply=1 << 20)
    assert isinstance(reading.error, ConnectorError)


@pytest.mark.parametrize(
    "body",
    [
        rss(entry(1, "caf\u00e9")).replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        rss(entry(1)).encode()[:-20],
        rss(entry(1, "x" * 100_000)).encode(),
        rss(entry(1)).encode().replace(b"Hello", b"He\xffllo"),
    ],
)
def test_a_feed_that_is_not_quite_right_is_read_as_far_as_it_goes(body):
    assert len(read_feed(body, {}).items) == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"<html><body>hello</body></html>", b"\0\0", b"<" * 10_000])
def test_what_is_no_feed_is_refused(body):
    with pytest.raises(UnexpectedReply):
        read_feed(body, TYPE)


def test_a_feed_says_nothing_of_what_it_no_longer_shows():
    with FeedServer(rss(entry(1))) as server:
        assert feed(server).verify(["https://x.invalid/#comment-9"], Budget(9, NOW)) == {}
        state = feed(server).check()
    assert "not recognised" in state.notes[0]
