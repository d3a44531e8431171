import gzip
import json
import socket
import threading
import tracemalloc
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import AuthFailed, TemporaryFailure, UnexpectedReply
from connectors.redaction import Redactor
from connectors.transport import (
    LONGEST_WAIT,
    SHORTEST_WAIT,
    NetworkSession,
    ReplyTooLarge,
    retry_at,
    translate_transport_error,
)
from monitor.demo.server import Response, StandIn, json_response

NOW = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
SECRET = "canary/Token+of==Oakfield"


class Answers(StandIn):
    """A server that gives the answer it was made with."""

    def __init__(self, response):
        super().__init__(lambda: NOW, lambda *_: response)


def session(**options):
    return NetworkSession(now=lambda: NOW, **{"secrets": (SECRET,), **options})


@contextmanager
def raw_server(talk):
    """One connection on loopback, handed to `talk` as a socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(5)


def test_an_answer_reaches_the_sdk_whole():
    with Answers(json_response({"text": "é" * 50_000})) as server:
        response = session().get(server.url, timeout=None)
    assert response.json() == {"text": "é" * 50_000}
    assert response.text


def test_an_address_is_rewritten_only_at_a_boundary():
    with Answers(json_response({})) as server:
        ours = session(rewrite={"https://graph.facebook.com": server.url})
        assert ours.get("https://graph.facebook.com/v26.0/me", params={"a": "1"}).ok
        assert server.requests[0].path == "/v26.0/me"
        other = requests.Request("GET", "https://graph.facebook.com.evil.invalid/").prepare()
        with pytest.raises(requests.ConnectionError):
            ours.send(other)


def test_no_redirect_is_followed_and_its_body_is_bounded_too():
    elsewhere = {"Location": "/elsewhere"}
    with Answers(Response(302, b"x", elsewhere)) as server:
        assert session().get(server.url, allow_redirects=True).status_code == 302
        assert len(server.requests) == 1
    with Answers(Response(302, b"x" * 5000, elsewhere)) as server, pytest.raises(ReplyTooLarge):
        session(largest_reply=1000).get(server.url)


def test_the_environment_names_no_proxy_and_no_password(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Answers(json_response({})) as server:
        assert session().get(server.url).ok
        assert "authorization" not in server.requests[0].headers


def test_the_proxy_of_the_settings_is_used():
    with Answers(json_response({"via": "proxy"})) as proxy:
        answer = session(proxy=proxy.url).get("http://network.invalid/me")
    assert answer.json() == {"via": "proxy"}


def test_cookies_are_not_sent_back():
    with Answers(json_response({}, headers={"Set-Cookie": "id=1; Path=/"})) as server:
        ours = session()
        ours.get(server.url)
        ours.get(server.url)
        assert "cookie" not in server.requests[1].headers


def test_a_reply_of_the_largest_size_passes_and_one_byte_more_does_not():
    with Answers(Response(200, b"x" * 1000)) as server:
        assert len(session(largest_reply=1000).get(server.url).content) == 1000
        with pytest.raises(ReplyTooLarge):
            session(largest_reply=999).get(server.url)


def test_a_small_reply_that_unpacks_to_a_gigabyte_does_not_fill_the_memory():
    packed = gzip.compress(b"\0" * (16 << 20)) * 64
    with Answers(Response(200, packed, {"Content-Encoding": "gzip"})) as server:
        tracemalloc.start()
        try:
            with pytest.raises(ReplyTooLarge):
                session(largest_reply=1 << 20).get(server.url)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 16 << 20


DRIPS = {
    "the status": (b"", b"H"),
    "a header": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"."),
    "headers without end": (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
    "answers that promise another": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "the body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"."),
    "a size of a piece": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "packed nothing": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9999\r\n\r\n" + gzip.compress(b"")[:10],
        b"\0\0\0\xff\xff",
    ),
}


@pytest.mark.parametrize("drips", DRIPS)
def test_an_answer_that_drips_is_given_up_although_every_byte_is_in_time(drips):
    begins, drop = DRIPS[drips]
    stop = threading.Event()

    def drip(connection):
        connection.sendall(begins)
        while not stop.wait(0.02):
            try:
                connection.sendall(drop)
            except OSError:
                return

    with raw_server(drip) as url:
        with pytest.raises(requests.Timeout) as caught:
            session(read_seconds=0.1).get(url)
        stop.set()
    assert isinstance(translate_transport_error(caught.value, "X"), TemporaryFailure)


def test_a_proxy_that_drips_is_given_up_too():
    stop = threading.Event()

    def drip(connection):
        while not stop.wait(0.02):
            try:
                connection.sendall(b"H")
            except OSError:
                return

    with raw_server(drip) as url:
        with pytest.raises(requests.RequestException) as caught:
            session(read_seconds=0.1, proxy=url).get("https://network.invalid/me")
        stop.set()
    assert isinstance(translate_transport_error(caught.value, "X"), TemporaryFailure)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
    ],
)
def test_a_body_that_breaks_off_is_not_taken_for_whole(answer):
    with (
        raw_server(lambda connection: connection.sendall(answer)) as url,
        pytest.raises(requests.RequestException) as caught,
    ):
        session().get(url)
    assert isinstance(translate_transport_error(caught.value, "X"), TemporaryFailure)


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_something_that_is_not_http_is_a_temporary_failure(answer):
    with (
        raw_server(lambda connection: connection.sendall(answer)) as url,
        pytest.raises(requests.RequestException) as caught,
    ):
        session().get(url)
    assert isinstance(translate_transport_error(caught.value, "X"), TemporaryFailure)


def test_chunked_and_packed_bodies_are_read_to_their_end():
    body = gzip.compress(b'{"a": "' + b"b" * 200_000 + b'"}')
    pieces = [body[n : n + 1000] for n in range(0, len(body), 1000)]
    chunks = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in pieces) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(head + chunks)) as url:
        assert session().get(url).json() == {"a": "b" * 200_000}


def test_every_answer_is_recorded_once_and_without_secrets():
    body = {
        "paging": {"next": f"https://graph.facebook.com/me?access_token={SECRET}&after=5"},
        "access_token": "fresh-bearer-of-a-day",
        "text": "kept as it is, access tokens and all",
    }
    reply = json_response(body, headers={"Set-Cookie": "session=1", "Link": f"<https://x/?access_token={SECRET}>"})
    with Answers(reply) as server:
        ours = session()
        ours.get(server.url + "/me", params={"access_token": SECRET, "appsecret_proof": "ab12", "limit": "5"})
        (exchange,) = ours.take_exchanges()
    assert exchange.url == f"{server.url}/me?access_token=REMOVED&appsecret_proof=REMOVED&limit=5"
    assert exchange.received_at == NOW
    assert "Set-Cookie" not in exchange.headers
    assert json.loads(exchange.body)["text"] == body["text"]
    assert "after=5" in json.loads(exchange.body)["paging"]["next"]
    assert not any(word in repr(exchange) for word in (SECRET, "canary", "fresh-bearer-of-a-day", "ab12"))
    assert ours.take_exchanges() == ()


def test_a_secret_inside_another_leaves_no_tail():
    redactor = Redactor(["canary-one", "canary-one-and-more"])
    assert redactor.text("canary-one-and-more canary-one") == "REMOVED REMOVED"


def test_a_secret_is_found_however_json_writes_it():
    redactor = Redactor(["canary/one"])
    for body in (b'{"a": "canary/one"}', rb'{"a": "canary\/one"}'):
        assert redactor.body(body) == b'{"a": "REMOVED"}'


def test_a_payload_without_secrets_is_handed_through_untouched():
    payload = {"text": "half \ud83d", "n": [1, None]}
    assert Redactor([SECRET]).payload(payload) is payload
    assert Redactor([SECRET]).payload({"a": [f"x{SECRET}"]}) == {"a": ["xREMOVED"]}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectTimeout(SECRET), TemporaryFailure),
        (requests.ReadTimeout(SECRET), TemporaryFailure),
        (requests.ConnectionError(SECRET), TemporaryFailure),
        (requests.exceptions.SSLError(SECRET), TemporaryFailure),
        (requests.exceptions.ProxyError(SECRET), TemporaryFailure),
        (requests.exceptions.ChunkedEncodingError(SECRET), TemporaryFailure),
        (requests.exceptions.ContentDecodingError(SECRET), UnexpectedReply),
        (requests.exceptions.InvalidURL(SECRET), UnexpectedReply),
        (requests.JSONDecodeError(SECRET, SECRET, 0), UnexpectedReply),
        (json.JSONDecodeError(SECRET, SECRET, 0), UnexpectedReply),
        (RecursionError(SECRET), UnexpectedReply),
        (KeyError(SECRET), UnexpectedReply),
        (ReplyTooLarge(SECRET), UnexpectedReply),
    ],
)
def test_a_failure_gets_words_of_ours_and_repeats_none_of_its_own(error, kind):
    translated = translate_transport_error(error, "Facebook page")
    assert type(translated) is kind
    assert str(translated).startswith("Facebook page: ")
    assert SECRET not in repr(translated)


def test_an_error_that_is_already_ours_comes_back_as_it_is():
    ours = AuthFailed("a person must act")
    assert translate_transport_error(ours, "X") is ours


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "90"}, timedelta(seconds=90)),
        ({"retry-after": format_datetime(NOW + timedelta(minutes=5), usegmt=True)}, timedelta(minutes=5)),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 420)}, timedelta(minutes=7)),
        ({"X-RateLimit-Reset": "2026-11-14T12:10:00.000000Z"}, timedelta(minutes=10)),
        ({"x-ratelimit-reset": "37"}, timedelta(seconds=37)),
        ({"x-ratelimit-reset": "37.5"}, timedelta(seconds=37.5)),
        ({"Retry-After": "0"}, SHORTEST_WAIT),
        ({"Retry-After": "-5"}, SHORTEST_WAIT),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) - 420)}, SHORTEST_WAIT),
        ({"Retry-After": "9" * 5000}, LONGEST_WAIT),
        ({"Retry-After": "inf"}, LONGEST_WAIT),
        ({"Retry-After": "soon", "x-ratelimit-reset": "37"}, timedelta(seconds=37)),
    ],
)
def test_each_way_of_naming_a_time_is_understood_and_kept_within_a_day(headers, wait):
    assert retry_at(headers, NOW) == NOW + wait


@pytest.mark.parametrize("headers", [{}, {"Retry-After": ""}, {"Retry-After": "nan"}, {"Retry-After": "soon"}])
def test_where_no_time_is_named_none_is_made_up(headers):
    assert retry_at(headers, NOW) is None


@given(st.sampled_from(["retry-after", "x-rate-limit-reset", "x-ratelimit-reset"]), st.text(max_size=40))
def test_no_header_breaks_the_reading_of_times(name, value):
    moment = retry_at({name: value}, NOW)
    assert moment is None or NOW + SHORTEST_WAIT <= moment <= NOW + LONGEST_WAIT


def test_a_certificate_file_that_is_not_there_is_told_as_a_fault_of_the_connection():
    session = NetworkSession(now=lambda: NOW, ca_file="/nowhere/web-filter.pem")
    with pytest.raises(requests.exceptions.SSLError) as caught:
        session.get("https://127.0.0.1:9/")
    told = translate_transport_error(caught.value, "Facebook page")
    assert isinstance(told, TemporaryFailure)
    assert "ca_file" in str(told)
