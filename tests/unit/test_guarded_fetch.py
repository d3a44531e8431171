"""Whatever an address in a comment says, only hosts named beforehand are asked, and nothing inside the school is."""

import gzip
import os
import socket
import threading
import time

import pytest
from https_stand_in import answer, make_certificates, stand_in
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.outside.egress import PUBLIC, Egress, FetchRefused
from monitor.evidence.outside.guarded_fetch import MOST_REDIRECTS, fetch

CDN = ("cdn.example",)
URL = "https://img.cdn.example/secret-path/1.jpg?sig=secret-query"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def refusal(url=URL, hosts=CDN, *, largest=1000, seconds=5.0, egress=PUBLIC):
    with pytest.raises(FetchRefused) as caught:
        fetch(url, hosts, largest, seconds, egress)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_an_answer_comes_back_whole_with_where_it_came_from(certificates):
    with stand_in(answer(b"\xff\xd8picture", Content_Type="image/jpeg"), certificates) as server:
        fetched = fetch(URL, CDN, 1000, 5, server.egress())
    assert (fetched.status, fetched.body, fetched.final_host) == (200, b"\xff\xd8picture", "img.cdn.example")
    assert fetched.header("content-type") == "image/jpeg"
    assert (fetched.ip, fetched.redirects, fetched.url) == ("127.0.0.1", (), URL)


def test_the_request_carries_no_credentials_and_asks_for_a_plain_answer(certificates, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("default login someone password canary")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with stand_in(answer(b"x", Set_Cookie="id=1"), certificates) as server:
        fetch(URL, CDN, 1000, 5, server.egress())
        fetch(URL, CDN, 1000, 5, server.egress())
    names = {line.partition(":")[0].lower() for line in server.heads[1].splitlines()[1:] if line}
    assert names == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert "Accept-Encoding: identity" in server.heads[1]
    assert server.heads[0].startswith("GET /secret-path/1.jpg?sig=secret-query HTTP/1.1\r\nHost: img.cdn.example\r\n")


@given(
    url=st.sampled_from([URL, "https://cdn.example/", "https://other.example/1"]), hosts=st.sampled_from([(), {""}])
)
def test_nothing_is_looked_up_or_asked_when_no_host_is_allowed(url, hosts):
    looked_up = []
    refusal(url, hosts, egress=Egress(resolve=lambda host: looked_up.append(host) or ["93.184.215.14"]))
    assert looked_up == []


@pytest.mark.parametrize("host", ["other.example", "notcdn.example", "cdn.example.other.example", "example"])
def test_a_host_outside_the_list_is_never_asked(certificates, host):
    with stand_in(answer(b"x"), certificates) as server:
        words = refusal(f"https://{host}/secret", egress=server.egress())
    assert server.connections == 0
    assert server.looked_up == []
    assert "not among the hosts" in words or "names no host" in words


def test_a_host_is_looked_up_once_so_a_second_answer_cannot_lead_inside(certificates, monkeypatch):
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", recording(socket.getaddrinfo, asked))
    with stand_in(answer(b"x"), certificates) as server:
        assert fetch(URL, CDN, 1000, 5, server.egress(resolve=lambda _: answers.pop(0))).body == b"x"
    assert answers == [["169.254.169.254"]]
    assert set(asked) == {"127.0.0.1"}


def recording(real, asked):
    def look(host, *args, **kwargs):
        asked.append(host)
        return real(host, *args, **kwargs)

    return look


def test_a_dead_address_is_followed_by_the_next(certificates):
    with stand_in(answer(b"x"), certificates) as server:
        egress = server.egress(("127.0.0.2", "127.0.0.1"), is_allowed=lambda _: True)
        assert fetch(URL, CDN, 1000, 5, egress).ip == "127.0.0.1"


def test_a_host_where_nobody_listens_is_refused_in_plain_words(certificates):
    with stand_in(answer(b"x"), certificates) as server:
        egress = server.egress(port=1)
    assert "cannot be reached" in refusal(egress=egress)


def test_a_certificate_of_another_host_or_of_nobody_we_trust_is_refused(certificates, tmp_path):
    with stand_in(answer(b"x"), certificates) as server:
        assert "certificate" in refusal("https://unnamed.cdn.example/", egress=server.egress())
        assert "certificate" in refusal(egress=server.egress(ca_file=None))
        assert "ca_file" in refusal(egress=server.egress(ca_file=str(tmp_path / "gone.pem")))
        (tmp_path / "odd.pem").write_bytes(b"no certificate")
        assert "ca_file" in refusal(egress=server.egress(ca_file=str(tmp_path / "odd.pem")))
    assert server.heads == []


def chain(*locations):
    """Sends whoever asks to the next of `locations`, then answers."""
    left = list(locations)

    def talk(_head, connection):
        connection.sendall(answer(b"", "302 Found", Location=left.pop(0)) if left else answer(b"end"))

    return talk


def test_two_redirects_are_followed_and_named(certificates):
    with stand_in(chain("/next", "https://cdn.example/end"), certificates) as server:
        fetched = fetch(URL, CDN, 1000, 5, server.egress())
    assert (fetched.body, fetched.final_host) == (b"end", "cdn.example")
    assert fetched.redirects == ("img.cdn.example", "img.cdn.example")
    assert len(server.looked_up) == 3


def test_three_hundred_redirects_are_given_up_at_the_third(certificates):
    with stand_in(chain(*["/secret"] * 300), certificates) as server:
        assert "more than 2 times" in refusal(egress=server.egress())
    assert server.connections == MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/secret", "https://169.254.169.254/latest/secret", "https://[::1]/secret", "http://cdn.example/",
        "https://other.example/secret", "//other.example/secret", "file:///secret", "https://cdn.example:22/secret",
        "https://x:secret@cdn.example/", "https://[secret", "javascript:secret",
    ],
)  # fmt: skip
def test_a_redirect_leads_nowhere_a_first_address_may_not(certificates, location):
    with stand_in(chain(location), certificates) as server:
        refusal(egress=server.egress())
    assert server.connections == 1
    assert server.looked_up == ["img.cdn.example"]


def test_a_redirect_to_a_listed_host_at_an_inside_address_is_refused(certificates):
    inside = {"img.cdn.example": ["127.0.0.1"], "cdn.example": ["192.168.1.1"]}
    with stand_in(chain("https://cdn.example/secret"), certificates) as server:
        words = refusal(egress=server.egress(resolve=inside.get))
    assert words.startswith("cdn.example: leads to no address")
    assert server.connections == 1


def test_an_answer_of_the_largest_size_passes_and_one_byte_more_does_not(certificates):
    with stand_in(answer(b"x" * 1000), certificates) as server:
        assert len(fetch(URL, CDN, 1000, 5, server.egress()).body) == 1000
        assert "larger than 999 bytes" in refusal(largest=999, egress=server.egress())


def endless(start, piece):
    def talk(_head, connection):
        connection.sendall(start)
        while True:
            connection.sendall(piece)

    return talk


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 65535 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65536),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", b"x" * 65536),
    ],
    ids=[
        "body",
        "chunks",
        "one chunk",
        "trailers",
        "headers",
        "one header",
        "interim answers",
        "chunk below nothing",
    ],
)
def test_an_answer_without_end_is_cut_off(certificates, start, piece):
    with stand_in(endless(start, piece), certificates) as server:
        refusal(largest=200_000, egress=server.egress())


@pytest.mark.parametrize(
    "start",
    [
        b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n",
    ],
    ids=["nothing", "header", "body", "chunk"],
)  # fmt: skip
def test_an_answer_that_drips_is_given_up_although_every_byte_is_in_time(certificates, start):
    stop = threading.Event()

    def drip(_head, connection):
        connection.sendall(start)
        while not stop.wait(0.02):
            connection.sendall(b"4")

    with stand_in(drip, certificates) as server:
        begun = time.monotonic()
        words = refusal(seconds=0.3, egress=server.egress())
        stop.set()
    assert "within 0.3 seconds" in words
    assert time.monotonic() - begun < 2


def test_redirects_share_one_time_limit(certificates):
    stop = threading.Event()

    def late(head, connection):
        stop.wait(0.2)
        connection.sendall(answer(b"", "302 Found", Location="/again"))

    with stand_in(late, certificates) as server:
        assert "within 0.3 seconds" in refusal(seconds=0.3, egress=server.egress())
        stop.set()


def test_the_body_of_a_kind_that_is_not_wanted_is_not_read(certificates):
    sent = threading.Event()

    def talk(_head, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type:  IMAGE/png\r\n\r\n")
        sent.wait(5)

    with stand_in(talk, certificates) as server:
        with pytest.raises(FetchRefused, match="kind that is not fetched"):
            fetch(URL, CDN, 1000, 5, server.egress(), without=("image/", "video/"))
        sent.set()


def test_a_packed_answer_is_refused_unopened(certificates):
    bomb = gzip.compress(b"\0" * (16 << 20))
    with stand_in(answer(bomb, Content_Encoding="gzip"), certificates) as server:
        assert "packed" in refusal(largest=1 << 20, egress=server.egress())


@pytest.mark.parametrize("coding", ["br", "gzip, chunked", "deflate", "identity, gzip"])
def test_every_other_coding_is_refused_too(certificates, coding):
    with stand_in(answer(b"x", Transfer_Encoding=coding), certificates) as server:
        assert "packed" in refusal(egress=server.egress())


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"nonsense\r\n\r\n",
        bytes(range(256)) + b"\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_breaks_off_or_is_no_http_is_not_taken_for_whole(certificates, said):
    with stand_in(said, certificates) as server:
        assert "broke off" in refusal(egress=server.egress())


def test_a_connection_cut_without_goodbye_is_not_taken_for_the_end(certificates):
    def cut(_head, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf")
        os.close(connection.detach())

    with stand_in(cut, certificates) as server:
        assert "broke off" in refusal(egress=server.egress())


def test_a_fetched_answer_prints_neither_its_address_nor_its_words(certificates):
    with stand_in(answer(b"secret body", X_Secret="secret"), certificates) as server:
        assert "secret" not in repr(fetch(URL, CDN, 1000, 5, server.egress()))
