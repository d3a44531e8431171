"""A record has one spelling, and its commitment can be opened by its own salt and nothing else."""

import enum
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.log.commitment import commit, new_salt, read_record, record_bytes

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=5,
).filter(lambda value: depth(value) < 10)
records = st.dictionaries(texts, values, max_size=6)


def depth(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


def test_a_record_is_spelt_with_sorted_keys_without_spaces_in_ascii():
    record = {"v": 1, "kind": "view", "at": "2026-11-20T08:00:00.000000Z", "why": "Zoë\n😀", "ok": True, "none": None}
    assert record_bytes(record) == (
        b'{"at":"2026-11-20T08:00:00.000000Z","kind":"view","none":null,"ok":true,"v":1,"why":"Zo\\u00eb\\n\\ud83d\\ude00"}'
    )


@given(records)
def test_a_record_comes_back_and_is_spelt_the_same_again(record):
    spelt = record_bytes(record)
    assert read_record(spelt) == record
    assert read_record(spelt.decode("ascii")) == record
    assert record_bytes(read_record(spelt)) == spelt


@given(records)
def test_the_order_in_which_fields_were_set_changes_nothing(record):
    assert record_bytes(dict(reversed(record.items()))) == record_bytes(record)


@given(records)
def test_every_json_reader_reads_a_record(record):
    assert json.loads(record_bytes(record)) == record


class Kind(enum.StrEnum):
    VIEW = "view"


def test_a_word_from_a_fixed_list_is_spelt_as_the_word():
    assert record_bytes({"kind": Kind.VIEW}) == b'{"kind":"view"}'


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "type float"),
        (1.0, "type float"),
        (float("nan"), "type float"),
        (float("inf"), "type float"),
        (datetime(2026, 11, 20, tzinfo=UTC), "type datetime"),
        (b"bytes", "type bytes"),
        ((1, 2), "type tuple"),
        ({1, 2}, "type set"),
        (2**53, "beyond 2\\*\\*53"),
        (-(10**400), "beyond 2\\*\\*53"),
        ("\ud83d", "surrogate"),
        ({"\udc80": 1}, "surrogate"),
        ({1: "one"}, "key that is not text"),
        ({None: 1}, "key that is not text"),
        ([[[[[[[[[[1]]]]]]]]]], "levels deep"),
    ],
)
def test_what_has_no_one_spelling_is_refused_wherever_it_stands(value, words):
    for record in ({"field": value}, {"list": [value]}, {"deep": {"er": [{"field": value}]}}):
        with pytest.raises(ValueError, match=words):
            record_bytes(record)


def test_a_record_that_holds_itself_is_refused():
    record = {"v": 1}
    record["self"] = record
    with pytest.raises(ValueError, match="levels deep"):
        record_bytes(record)


def test_a_refusal_quotes_nothing_of_the_record():
    with pytest.raises(ValueError) as refused:
        record_bytes({"Gary Pretend": 0.5, "why": "he said so\ud83d"})
    assert "Gary" not in str(refused.value)
    assert "said" not in str(refused.value)
    with pytest.raises(ValueError) as refused:
        read_record(b'{"why": "he said so"}')
    assert "said" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"a":1} ',
        b' {"a":1}',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":NaN}',
        b'{"a":"\xc3\xab"}',
        b'{"a":"\xff"}',
        '{"a":"ë"}',
        b'{"a":"\\u0061"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud83d"}',
        b'{"a":9007199254740992}',
        b"\xef\xbb\xbf{}",
        pytest.param(b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", id="very deep"),
        pytest.param(b'{"a":' + b"1" * 10_000 + b"}", id="very long number"),
    ],
)
def test_bytes_that_are_not_the_one_spelling_are_refused(content):
    with pytest.raises(ValueError, match="not a record as the log writes them"):
        read_record(content)


def test_a_commitment_is_hmac_sha256_of_the_record_under_its_salt():
    salt, record = bytes(range(32)), record_bytes({"v": 1})
    assert commit(salt, record) == hmac.new(salt, record, hashlib.sha256).digest()
    # The same by its definition in RFC 2104, without the library under test.
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in salt.ljust(64, b"\0")) + record).digest()
    assert commit(salt, record) == hashlib.sha256(bytes(b ^ 0x5C for b in salt.ljust(64, b"\0")) + inner).digest()


@given(records, st.integers(0, 255), st.integers(0, 10**6))
def test_another_salt_or_another_record_gives_another_commitment(record, bit, where):
    salt, spelt = new_salt(), record_bytes(record)
    made = commit(salt, spelt)
    other_salt = bytearray(salt)
    other_salt[bit // 8] ^= 1 << bit % 8
    other_record = bytearray(spelt)
    other_record[where % len(spelt)] ^= 1
    assert len(made) == 32
    assert commit(bytes(other_salt), spelt) != made
    assert commit(salt, bytes(other_record)) != made


def test_no_two_salts_are_alike():
    salts = {new_salt() for _ in range(1000)}
    assert len(salts) == 1000
    assert {len(salt) for salt in salts} == {32}


@pytest.mark.parametrize("salt", [b"", b"x" * 31, b"x" * 33, b"x" * 64])
def test_a_salt_of_another_length_is_refused(salt):
    """A short key is filled up with zeros by HMAC, so `x` and `x\\0` would open the same commitment."""
    with pytest.raises(ValueError, match="32 bytes, not"):
        commit(salt, b"{}")
