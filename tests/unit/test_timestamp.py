"""Asking for a time stamp: what leaves the machine, what is believed of the answer, and when it is asked again."""

import socket
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import local_tsa
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from local_tsa import Answer, serving

from connectors.transport import NetworkSession
from monitor.evidence.log import timestamp
from monitor.evidence.log.timestamp import LARGEST_REPLY, TimestampRefused, ask, next_try, request_bytes
from monitor.evidence.log.timestamp_check import verify
from monitor.evidence.log.timestamp_reply import token_of

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CONTENT = b"oakfield.example/evidence\n17\nqd6Tb0Tm6u3TPVmkXKVRPfmXuTJNkIYLPNFwSDnGBlM=\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    local_tsa.require_openssl()
    return local_tsa.Authority(tmp_path_factory.mktemp("tsa"), local_tsa.certify("Oakfield root"))


def session(**options):
    return NetworkSession(now=lambda: NOW, **{"read_seconds": 10, **options})


def refusal(answer, **options):
    """How `ask` refuses when the authority answers like that."""
    with serving(lambda _: answer) as desk, pytest.raises(TimestampRefused) as refused:
        ask(session(**options), desk.url, CONTENT, NOW)
    assert "\n" not in str(refused.value)
    assert "time-stamping authority 127.0.0.1" in str(refused.value)
    return refused.value


def status_info(status, *failures):
    """A reply without a token. `failures` are bits of PKIFailureInfo, and a text that nobody should repeat."""
    bits = sum(1 << 31 - bit for bit in failures).to_bytes(4, "big")
    text = local_tsa.der(0x30, local_tsa.der(0x0C, b"<script>"))
    failed = local_tsa.der(3, b"\0" + bits) if failures else b""
    return local_tsa.der(0x30, local_tsa.der(0x30, local_tsa.der(2, bytes([status])), text, failed))


def test_the_reply_of_an_authority_is_handed_back_byte_for_byte(authority):
    made = []

    def stamp(request):
        made.append(authority.reply(request))
        return made[0]

    with serving(stamp) as desk:
        reply = ask(session(), desk.url, CONTENT, NOW)
    assert [reply] == made
    assert desk.headers[0]["Content-Type"] == "application/timestamp-query"
    assert verify(reply, CONTENT, authority.root.pem).at == token_of(reply).at


def test_only_the_digest_leaves_the_machine(authority):
    with serving(authority.reply) as desk:
        ask(session(), desk.url, CONTENT, NOW)
    (request,) = desk.asked
    head = bytes.fromhex("0201013031300d060960864801650304020105000420")
    before, digest, after = request.partition(sha256(CONTENT).digest())
    assert before == bytes([0x30, len(request) - 2]) + head
    assert digest
    assert after[0] == 2
    assert after.endswith(bytes.fromhex("0101ff"))
    assert len(after) <= 14, "a nonce of 64 bits and the wish for certificates"
    sent = request + repr(desk.headers).encode()
    assert not [CONTENT[at : at + 6] for at in range(len(CONTENT) - 5) if CONTENT[at : at + 6] in sent]


def test_openssl_understands_the_request(tmp_path):
    local_tsa.require_openssl()
    request, nonce = request_bytes(CONTENT)
    text = local_tsa.openssl("ts", "-query", "-in", "/dev/stdin", "-text", cwd=tmp_path, given=request).decode()
    assert "Hash Algorithm: sha256" in text
    assert "Certificate required: yes" in text
    assert f"Nonce: 0x{nonce:016X}" in text


@given(st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 127, 128, 255, 256, 2**63, 2**64 - 1])))
def test_every_nonce_is_written_as_der_and_read_as_it_was(nonce):
    parse = pytest.importorskip("rfc3161_client._rust").parse_timestamp_request
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timestamp.secrets, "randbits", lambda _: nonce)
        request, returned = request_bytes(CONTENT)
    parsed = parse(request)
    assert (parsed.nonce, returned, parsed.cert_req) == (nonce, nonce, True)
    assert parsed.message_imprint.message == sha256(CONTENT).digest()
    assert parsed.as_bytes() == request


def test_no_two_questions_are_the_same():
    assert len({request_bytes(CONTENT)[0] for _ in range(100)}) == 100


def test_a_time_stamp_over_something_else_is_refused(authority):
    other = request_bytes(b"something else")[0]
    assert "stamped something else" in str(refusal(authority.reply(other)))


def test_an_old_reply_played_again_is_refused(authority):
    old = authority.reply(request_bytes(CONTENT)[0])
    assert "another question than ours" in str(refusal(old))


def test_a_reply_without_our_nonce_is_refused(authority, tmp_path):
    forged = local_tsa.forge(tmp_path, authority.signer, sha256(CONTENT).digest(), b"20261120080000Z")
    assert "another question than ours" in str(refusal(forged))


@pytest.mark.parametrize(
    ("answer", "words", "retryable"),
    [
        (Answer(b"<html>Oops</html>", 500, "text/html"), "HTTP 500", True),
        (Answer(b"", 503, headers={"Retry-After": "soon"}), "HTTP 503", True),
        (Answer(b"", 403), "HTTP 403", False),
        (Answer(b"<html>", 404, "text/html"), "check the address", False),
        (Answer(b"", 301, headers={"Location": "http://127.0.0.1:1/"}), "HTTP 301", False),
        (Answer(b"<html>Blocked by policy", kind="text/html"), "web filter", True),
        (Answer(b"", kind="application/timestamp-query"), "something else than a time stamp", True),
        (Answer(b""), "cannot be read", True),
        (Answer(b"\x30\x80\0\0"), "cannot be read", True),
        (Answer(b"\x30" * 5000), "cannot be read", True),
        (Answer(b"x" * (LARGEST_REPLY + 1)), "larger than 64 kB", True),
        (Answer(b"\x30\x05\x30", length=7), "broke off", True),
        (Answer(b"no gzip at all", headers={"Content-Encoding": "gzip"}), "cannot be unpacked", True),
        (Answer(status_info(0)), "gave no time stamp", True),
        (Answer(status_info(2)), "no reason given", True),
        (Answer(status_info(2, 0)), "status 2, badAlg", False),
        (Answer(status_info(2, 14)), "timeNotAvailable", True),
        (Answer(status_info(2, 25, 15)), "unacceptedPolicy, systemFailure", False),
        (Answer(status_info(3)), "status 3", True),
        (Answer(status_info(5, 9)), "status 5, no reason given", False),
    ],
)
def test_every_other_answer_is_refused_in_one_sentence_that_says_whether_to_ask_again(answer, words, retryable):
    refused = refusal(answer)
    assert words in str(refused)
    assert refused.retryable is retryable
    assert refused.not_before is None
    assert not any(word in str(refused) for word in ("html", "Blocked", "script", "Location"))


def test_a_reply_of_the_largest_size_is_read_and_the_limit_of_the_session_may_be_lower():
    assert "cannot be read" in str(refusal(Answer(b"x" * LARGEST_REPLY)))
    assert "larger than 64 kB" in str(refusal(Answer(b"x" * 200), largest_reply=100))


def test_a_reply_cut_in_the_middle_is_refused(authority):
    def cut(request):
        whole = authority.reply(request)
        return Answer(whole[: len(whole) // 2])

    with serving(cut) as desk, pytest.raises(TimestampRefused, match="cut, damaged") as refused:
        ask(session(), desk.url, CONTENT, NOW)
    assert refused.value.retryable


def test_how_long_the_authority_asks_us_to_wait_is_handed_on():
    refused = refusal(Answer(b"", 429, headers={"Retry-After": "7200"}))
    assert refused.not_before == NOW + timedelta(hours=2)


def test_an_authority_that_does_not_finish_is_given_up():
    refused = refusal(Answer(b"late", held=True), read_seconds=0.1)
    assert "no whole answer in time" in str(refused)
    assert refused.retryable


def test_an_authority_that_is_down_is_asked_again():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(TimestampRefused, match="cannot be reached") as refused:
        ask(session(), f"http://127.0.0.1:{port}/", CONTENT, NOW)
    assert refused.value.retryable


@pytest.mark.parametrize(
    "url",
    ["", "zeitstempel", "ftp://127.0.0.1/", "http://", "http://[::1", "http://*.invalid/", "http://127.0.0.1:x/"],
)
def test_an_address_that_cannot_be_used_is_a_matter_of_the_settings(url):
    with pytest.raises(TimestampRefused, match="check how it is written") as refused:
        ask(session(), url, CONTENT, NOW)
    assert not refused.value.retryable


def test_a_refusal_names_the_host_and_nothing_else_of_the_address():
    with serving(lambda _: Answer(b"", 401)) as desk:
        url = desk.url.replace("http://", "http://oakfield:canary-password@") + "?key=canary-key"
        with pytest.raises(TimestampRefused) as refused:
            ask(session(), url, CONTENT, NOW)
    assert "127.0.0.1" in str(refused.value)
    assert not any(part in str(refused.value) for part in ("canary", "oakfield", "stamp?", "key="))


def test_the_session_keeps_no_second_copy_of_a_reply(authority):
    ours = session()
    with serving(authority.reply) as desk:
        ask(ours, desk.url, CONTENT, NOW)
    assert ours.take_exchanges() == ()
    with serving(lambda _: Answer(b"", 500)) as desk, pytest.raises(TimestampRefused):
        ask(ours, desk.url, CONTENT, NOW)
    assert ours.take_exchanges() == ()


@given(st.binary(max_size=200), st.sampled_from([200, 500]))
def test_whatever_comes_back_nothing_but_a_refusal_is_raised(body, status):
    response = requests.Response()
    response.status_code, response._content = status, body
    response.headers["Content-Type"] = "application/timestamp-reply"
    odd = SimpleNamespace(post=lambda *_, **__: response, take_exchanges=tuple)
    with pytest.raises(TimestampRefused):
        ask(odd, "http://127.0.0.1/", CONTENT, NOW)


@pytest.mark.parametrize(
    "fault", [RuntimeError("canary"), OSError(5, "canary"), UnicodeError("canary"), KeyError("canary")]
)
def test_a_fault_below_us_becomes_a_refusal_without_its_words(fault):
    def fail(*_, **__):
        raise fault

    with pytest.raises(TimestampRefused) as refused:
        ask(SimpleNamespace(post=fail, take_exchanges=tuple), "http://127.0.0.1/", CONTENT, NOW)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(("tries", "minutes"), [(0, 1), (1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (10_000, 60)])
def test_it_is_asked_again_after_1_5_15_and_60_minutes_and_then_hourly_for_ever(tries, minutes):
    assert next_try(tries, NOW, 0) == NOW + timedelta(minutes=minutes)


@given(st.integers(1, 500), st.floats(0, 1), st.integers(0, 10_000))
def test_chance_lengthens_a_wait_by_a_fifth_at_most(tries, jitter, days):
    now = NOW + timedelta(days=days)
    plain = next_try(tries, now, 0) - now
    assert plain <= next_try(tries, now, jitter) - now <= plain * 1.2


@given(st.floats(allow_nan=False))
def test_no_chance_makes_a_wait_shorter_or_much_longer(jitter):
    assert timedelta(minutes=60) <= next_try(9, NOW, jitter) - NOW <= timedelta(minutes=72)


def test_the_next_try_is_told_in_utc():
    told = next_try(1, NOW.astimezone(ZoneInfo("Europe/London")), 0)
    assert told.tzinfo is UTC
    assert told == NOW + timedelta(minutes=1)
