"""The head of every mail: who, where answers go, and ids that survive every relay."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_samples import DIGEST, ENVELOPE, at, parsed

from alerts.render import make_message_id, render_digest


def test_headers_say_a_machine_wrote_it_and_where_answers_go():
    message = parsed(render_digest(DIGEST, ENVELOPE))
    assert message["From"] == "Oakfield Primary School <monitor@oakfield.example>"
    assert message["To"] == "ali@oakfield.example"
    assert message["Reply-To"] == "office@oakfield.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<alerts.oakfield.monitor>"
    assert message["Message-ID"] == ENVELOPE.message_id
    assert message["Date"].datetime == at(16, 8, 0)


def test_without_a_reply_address_there_is_no_reply_to():
    assert render_digest(DIGEST, replace(ENVELOPE, reply_to=None))["Reply-To"] is None


def test_the_same_mail_again_is_the_same_bytes():
    assert render_digest(DIGEST, ENVELOPE).as_bytes() == render_digest(DIGEST, ENVELOPE).as_bytes()


def test_the_mail_is_ascii_with_lines_every_server_takes():
    raw = render_digest(replace(DIGEST, school="Ysgol Tŷ Brŷn 🏫"), ENVELOPE).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


LONGEST_DOMAIN = ".".join(["d" * 61] * 4) + ".uk"
WHERE = st.text(st.characters(codec="utf-8"), max_size=300)


@given(WHERE, WHERE, WHERE, WHERE, WHERE | st.just(LONGEST_DOMAIN))
def test_a_message_id_is_short_and_the_same_every_time(school, kind, key, recipient, domain):
    once = make_message_id(school, kind, key, recipient, domain)
    assert once == make_message_id(school, kind, key, recipient, domain)
    assert len(once) <= 60
    assert re.fullmatch(r"<[a-z0-9]+@[A-Za-z0-9._-]+>", once)


def test_each_delivery_has_its_own_message_id():
    named = ["oakfield", "digest", "2026-11-16", "ali@oakfield.example", LONGEST_DOMAIN]
    changed = [[*named[:i], named[i] + "x", *named[i + 1 :]] for i in range(5)]
    moved = ["oakfieldd", "igest", *named[2:]]
    assert len({make_message_id(*values) for values in [named, moved, *changed]}) == 7


def test_id_headers_stay_readable_with_the_longest_domain():
    envelope = replace(
        ENVELOPE,
        message_id=make_message_id("o" * 40, "weekly", "2026-W47", "a" * 64 + "@" + LONGEST_DOMAIN, LONGEST_DOMAIN),
        list_id="alerts." + "o" * 40 + ".monitor",
        sender_name="Ysgol Gynradd Tŷ Brŷn, Llanfair " * 4,
    )
    raw = render_digest(DIGEST, envelope).as_bytes().decode("ascii")
    head = raw.split("\r\n\r\n")[0].splitlines()
    assert [line for line in head if line.startswith("Message-ID:")] == [f"Message-ID: {envelope.message_id}"]
    assert [line for line in head if line.startswith("List-Id:")] == [f"List-Id: <{envelope.list_id}>"]
    assert parsed(render_digest(DIGEST, envelope))["From"].addresses[0].display_name.startswith("Ysgol Gynradd Tŷ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "not an address"),
        ("recipient", "ali@oakfield.example\r\nBcc: x@elsewhere.example"),
        ("recipient", "jürgen@oakfield.example"),
        ("reply_to", "a@oakfield.example, b@oakfield.example"),
        ("message_id", "<" + "a" * 60 + "@oakfield.example>"),
        ("message_id", "<a@b>\r\nBcc: x@elsewhere.example"),
        ("list_id", "alerts\r\nX: y"),
    ],
)
def test_an_envelope_that_cannot_be_written_is_refused(field, value):
    with pytest.raises(ValueError):
        render_digest(DIGEST, replace(ENVELOPE, **{field: value}))


def test_an_international_domain_is_written_in_its_ascii_form():
    message = render_digest(DIGEST, replace(ENVELOPE, recipient="ali@tŷ-brŷn.example"))
    assert str(message["To"]).startswith("ali@xn--")
    assert b"=?" not in message.as_bytes().split(b"Reply-To")[0]
