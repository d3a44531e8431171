"""Whether a time stamp holds: a real local authority, two verifiers, and everything somebody might tamper with."""

import sys
from datetime import UTC, datetime
from hashlib import sha256

import local_tsa
import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.evidence.log import timestamp_check
from monitor.evidence.log.timestamp import request_bytes
from monitor.evidence.log.timestamp_check import (
    TimestampUnavailable,
    verify,
    verify_with_client,
    verify_with_openssl,
)
from monitor.evidence.log.timestamp_reply import Reply, TimestampInvalid, describe, read_reply, token_of

CONTENT = b"oakfield.example/evidence\n17\nqd6Tb0Tm6u3TPVmkXKVRPfmXuTJNkIYLPNFwSDnGBlM=\n"
DIGEST = sha256(CONTENT).digest()
BOTH = pytest.mark.parametrize("check", [verify_with_client, verify_with_openssl])
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    local_tsa.require_openssl()
    return local_tsa.Authority(tmp_path_factory.mktemp("tsa"), local_tsa.certify("Oakfield root"))


@pytest.fixture(scope="module")
def chained(tmp_path_factory, authority):
    """An authority two steps below the same root, which puts the steps into its replies."""
    above = local_tsa.certify("Oakfield upper", authority.root)
    chain = (above, local_tsa.certify("Oakfield lower", above))
    return local_tsa.Authority(tmp_path_factory.mktemp("chained"), authority.root, chain)


@pytest.fixture(scope="module")
def reply(authority):
    return authority.reply(request_bytes(CONTENT)[0])


@pytest.fixture(scope="module")
def root(authority):
    return authority.root.pem


def without_client(monkeypatch):
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)


def without_openssl(monkeypatch, folder):
    monkeypatch.setenv("PATH", str(folder))


def pretend_openssl(monkeypatch, folder, script):
    program = folder / "openssl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))


def test_a_time_stamp_says_when_and_by_whom(reply, root):
    stamped = verify(reply, CONTENT, root)
    assert stamped.authority == "O=Oakfield Clocks, CN=Oakfield time"
    assert stamped.by == "rfc3161-client"
    assert stamped.at == token_of(reply).at
    assert stamped.at.tzinfo is UTC


@BOTH
def test_both_verifiers_accept_what_is_genuine(check, reply, root):
    assert check(reply, CONTENT, root) is None


@BOTH
def test_changed_content_is_refused(check, reply, root):
    with pytest.raises(TimestampInvalid, match="does not hold"):
        check(reply, CONTENT + b" ", root)
    with pytest.raises(TimestampInvalid, match="over other content"):
        verify(reply, CONTENT + b" ", root)


@BOTH
def test_a_changed_signature_is_refused(check, reply, root):
    changed = reply[:-1] + bytes([reply[-1] ^ 1])
    with pytest.raises(TimestampInvalid, match="does not hold"):
        check(changed, CONTENT, root)


@BOTH
def test_a_changed_time_is_refused(check, reply, root):
    written = token_of(reply).at.strftime("%Y%m%d%H%M%SZ").encode()
    assert reply.count(written) == 1
    earlier = reply.replace(written, b"20210601120000Z")
    assert token_of(earlier).at == datetime(2021, 6, 1, 12, tzinfo=UTC)
    with pytest.raises(TimestampInvalid, match="does not hold"):
        check(earlier, CONTENT, root)


@BOTH
def test_another_root_is_refused_even_under_the_same_name(check, reply):
    other = local_tsa.certify("Oakfield root")
    with pytest.raises(TimestampInvalid, match="root of the authority that was asked"):
        check(reply, CONTENT, other.pem)


@BOTH
def test_an_ordinary_certificate_of_the_same_root_cannot_stamp(check, authority, root, tmp_path):
    website = local_tsa.certify("Oakfield website", authority.root, ExtendedKeyUsageOID.SERVER_AUTH)
    forged = local_tsa.forge(tmp_path, website, DIGEST, b"20260601120000Z")
    with pytest.raises(TimestampInvalid):
        check(forged, CONTENT, root)


@BOTH
def test_a_time_stamp_outlives_the_certificate_that_made_it(check, authority, root, tmp_path):
    last_day = datetime(2022, 12, 31, tzinfo=UTC)
    expired = local_tsa.certify("Oakfield old time", authority.root, TIME_STAMPING, last_day)
    check(local_tsa.forge(tmp_path, expired, DIGEST, b"20210601120000Z"), CONTENT, root)
    too_late = local_tsa.forge(tmp_path, expired, DIGEST, b"20230601120000Z")
    with pytest.raises(TimestampInvalid):
        check(too_late, CONTENT, root)


def test_certificates_out_of_order_are_left_to_openssl(chained, root):
    certificates = (chained.signer, *chained.chain)
    given_reply = chained.reply(request_bytes(CONTENT)[0])
    ordered = local_tsa.in_order(given_reply, certificates, sorted_as_der=True)
    mixed = local_tsa.in_order(given_reply, certificates, sorted_as_der=False)
    assert verify(ordered, CONTENT, root).by == "rfc3161-client"
    with pytest.raises(TimestampUnavailable, match="cannot read"):
        verify_with_client(mixed, CONTENT, root)
    stamped = verify(mixed, CONTENT, root)
    assert stamped.by == "openssl"
    assert stamped.authority == "O=Oakfield Clocks, CN=Oakfield time"
    assert describe(mixed) == describe(ordered)


def test_a_reply_granted_with_modifications_is_left_to_openssl(reply, root):
    modified = reply.replace(bytes.fromhex("3003020100"), bytes.fromhex("3003020101"), 1)
    assert read_reply(modified).status == 1
    assert verify(modified, CONTENT, root).by == "openssl"


def test_without_the_client_openssl_decides(reply, root, monkeypatch):
    without_client(monkeypatch)
    assert verify(reply, CONTENT, root).by == "openssl"
    with pytest.raises(TimestampInvalid):
        verify(reply[:-1] + bytes([reply[-1] ^ 1]), CONTENT, root)


def test_without_openssl_the_client_decides(reply, root, monkeypatch, tmp_path):
    without_openssl(monkeypatch, tmp_path)
    assert verify(reply, CONTENT, root).by == "rfc3161-client"


def test_without_either_it_says_what_to_install_and_does_not_call_the_time_stamp_bad(
    reply, root, monkeypatch, tmp_path
):
    without_client(monkeypatch)
    without_openssl(monkeypatch, tmp_path)
    with pytest.raises(TimestampUnavailable, match="install openssl"):
        verify(reply, CONTENT, root)


@pytest.mark.parametrize(
    "script", ["echo 'ts: unknown option -attime'; exit 1", "exit 0", "echo 'Verification: OK'; exit 1"]
)
def test_an_openssl_that_is_too_old_proves_nothing(reply, root, monkeypatch, tmp_path, script):
    pretend_openssl(monkeypatch, tmp_path, script)
    with pytest.raises(TimestampUnavailable, match="cannot verify time stamps"):
        verify_with_openssl(reply, CONTENT, root)


def test_an_openssl_that_hangs_is_ended_and_proves_nothing(reply, root, monkeypatch, tmp_path):
    pretend_openssl(monkeypatch, tmp_path, "while :; do :; done")
    monkeypatch.setattr(timestamp_check, "TIME_LIMIT", 0.2)
    with pytest.raises(TimestampUnavailable, match="could not be run"):
        verify_with_openssl(reply, CONTENT, root)


def test_a_full_disk_proves_nothing(reply, root, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(timestamp_check.tempfile, "TemporaryDirectory", full)
    with pytest.raises(TimestampUnavailable, match="could not be run"):
        verify_with_openssl(reply, CONTENT, root)


@BOTH
@pytest.mark.parametrize(
    "pem", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_root_that_cannot_be_read_is_a_matter_of_the_settings(check, reply, pem):
    with pytest.raises(TimestampUnavailable, match="settings"):
        check(reply, CONTENT, pem)


def test_a_description_is_plain_facts(authority):
    request, _ = request_bytes(CONTENT)
    first, second = describe(authority.reply(request)), describe(authority.reply(request))
    assert first["authority"] == "O=Oakfield Clocks, CN=Oakfield time"
    assert first["policy"] == local_tsa.POLICY
    assert first["hash_algorithm"] == "SHA-256"
    assert first["digest"] == DIGEST.hex()
    assert int(second["serial"], 16) == int(first["serial"], 16) + 1
    assert datetime.fromisoformat(first["time"]).utcoffset().total_seconds() == 0


def test_fractions_of_a_second_are_kept(authority, tmp_path):
    forged = local_tsa.forge(tmp_path, authority.signer, DIGEST, b"20260601120000.2500009Z")
    assert token_of(forged).at == datetime(2026, 6, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_hostile_name_of_an_authority_cannot_act_on_whoever_reads_it(authority, tmp_path):
    hostile = local_tsa.certify("<b>\u202e\x1b[2J" + "x" * 50, authority.root, TIME_STAMPING)
    name = token_of(local_tsa.forge(tmp_path, hostile, DIGEST, b"20260601120000Z")).authority
    assert name == "O=Oakfield Clocks, CN=<b>??[2J" + "x" * 50


@pytest.mark.parametrize(
    "time", [b"20261301120000Z", b"20260601120060Z", b"20260601120000", b"20260601120000+0100", b"", b"\xd9\xa1" * 14]
)
def test_a_time_that_is_none_cannot_be_read(authority, tmp_path, time):
    with pytest.raises(TimestampInvalid, match="cannot be read"):
        token_of(local_tsa.forge(tmp_path, authority.signer, DIGEST, time))


def test_a_reply_without_a_time_stamp_says_so():
    with pytest.raises(TimestampInvalid, match="holds no time stamp"):
        verify(bytes.fromhex("30053003020102"), CONTENT, b"")


def outcome(call, *arguments):
    """What it returns, or the sentence of one of our own exceptions; anything else fails the test."""
    try:
        return call(*arguments)
    except (TimestampInvalid, TimestampUnavailable) as refused:
        return str(refused)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_called_unreadable(noise):
    given_back = outcome(read_reply, noise)
    assert isinstance(given_back, Reply) or "cannot be read" in given_back


@settings(deadline=None, max_examples=60)
@given(where=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans())
def test_damage_never_moves_the_time_that_is_believed(reply, root, where, bit, cut):
    where %= len(reply)
    damaged = reply[:where] + (b"" if cut else bytes([reply[where] ^ 1 << bit]) + reply[where + 1 :])
    given_back = outcome(verify, damaged, CONTENT, root)
    assert isinstance(given_back, str) or given_back.at == token_of(reply).at
