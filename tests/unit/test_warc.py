"""The web archive of a page holds what was asked and what came, never a credential, and any tool can read it."""

import gzip
import sys
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from monitor.evidence.outside.guarded_fetch import Fetched
from monitor.evidence.outside.warc import WarcUnavailable, page_archive

NOW = datetime(2026, 11, 20, 8, 0, 0, 250_000, tzinfo=UTC)
PNG = b"\x89PNG picture"


def fetched(path="/post/1?x=1", body=b"<p>Caf\xc3\xa9 \xff", **changes):
    facts = {
        "status": 200,
        "reason": "OK",
        "headers": (("Content-Type", "text/html"), ("Date", "Fri, 20 Nov 2026 08:00:00 GMT")),
        "body": body,
        "final_host": "page.example",
        "url": f"https://page.example{path}",
        "ip": "93.184.215.14",
        "request": (("Host", "page.example"), ("Accept-Encoding", "identity")),
    }
    return Fetched(**{**facts, **changes})


def ids():
    return (UUID(int=number) for number in count(1))


def archive(*answers, now=NOW):
    return page_archive(answers or (fetched(),), PNG, now, ids(), "school-social-monitor 0.1")


def records(content):
    """Kind, address, headers of the message inside, content, and the record's own headers, of each record."""
    return [
        (
            record.rec_type,
            record.rec_headers.get_header("WARC-Target-URI"),
            dict(record.http_headers.headers) if record.http_headers else {},
            record.content_stream().read(),
            dict(record.rec_headers.headers),
        )
        for record in ArchiveIterator(BytesIO(content), check_digests="raise")
    ]


def test_an_archive_holds_page_request_files_and_picture():
    info, page, asked, style, _, picture = records(archive(fetched(), fetched("/s.css", b"p{}")))
    assert (info[0], page[0], asked[0], picture[0]) == ("warcinfo", "response", "request", "resource")
    assert (page[1], page[3]) == ("https://page.example/post/1?x=1", b"<p>Caf\xc3\xa9 \xff")
    assert asked[1] == page[1]
    assert (style[1], style[3]) == ("https://page.example/s.css", b"p{}")
    assert (picture[1], picture[3]) == ("urn:view:https://page.example/post/1?x=1", PNG)
    assert picture[4]["Content-Type"] == "image/png"
    assert b"school-social-monitor 0.1" in info[3]


def test_records_tell_when_from_where_and_what_belongs_together():
    _, page, asked, _ = records(archive())
    assert page[4]["WARC-Date"] == "2026-11-20T08:00:00.250000Z"
    assert page[4]["WARC-IP-Address"] == "93.184.215.14"
    assert asked[4]["WARC-Concurrent-To"] == page[4]["WARC-Record-ID"]


def test_a_credential_or_session_cannot_get_in():
    answer = fetched(
        request=(("Host", "page.example"), ("Cookie", "canary"), ("Authorization", "canary"), ("X-Key", "canary")),
        headers=(("Set-Cookie", "id=canary"), ("SET-COOKIE2", "canary"), ("Content-Type", "text/html")),
    )
    content = archive(answer)
    assert b"canary" not in b"".join(gzip.decompress(content).split(b"\r\n"))
    assert records(content)[2][2] == {"Host": "page.example"}


def test_a_body_that_came_in_chunks_is_not_said_to_be_in_chunks():
    answer = fetched(headers=(("Transfer-Encoding", "chunked"), ("Content-Type", "text/html")))
    assert records(archive(answer))[1][2] == {"Content-Type": "text/html"}


def test_the_same_input_gives_the_same_bytes_wherever_the_clock_stands():
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    assert archive() == archive(now=elsewhere)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        archive(now=NOW.replace(tzinfo=None))


def test_another_program_finds_no_wrong_digest(tmp_path):
    path = tmp_path / "page.warc.gz"
    path.write_bytes(archive(fetched(), fetched("/s.css")))
    assert not Checker(type("Options", (), {"inputs": [str(path)], "verbose": False})()).exit_value


def test_without_the_extra_the_reason_is_said_plainly(monkeypatch):
    monkeypatch.setitem(sys.modules, "warcio.warcwriter", None)
    with pytest.raises(WarcUnavailable, match=r"the extra \[live\] \(warcio\) is not installed"):
        archive()


HOSTILE = st.text(max_size=40) | st.sampled_from(["a\r\nWARC/1.1\r\n", "\n\nb", "é\u202e", "\ud800"])


def test_a_header_in_another_script_is_kept_as_the_bytes_that_came():
    answer = fetched(headers=(("X-Name", "Caf\xc3\xa9 a\r\n b"),))
    assert records(archive(answer))[1][2] == {"X-Name": "Caf%C3%A9 a b"}


@given(reason=HOSTILE, value=HOSTILE, body=st.binary(max_size=60))
def test_nothing_a_server_says_adds_a_record_or_a_header(reason, value, body):
    value = value.encode("latin-1", "replace").decode("latin-1")
    answer = fetched(reason=reason, headers=(("X-Odd", value),), body=b"\r\n\r\nWARC/1.1\r\n" + body)
    found = records(archive(answer))
    assert [record[0] for record in found] == ["warcinfo", "response", "request", "resource"]
    assert list(found[1][2]) == ["X-Odd"]
    assert found[1][3] == b"\r\n\r\nWARC/1.1\r\n" + body
