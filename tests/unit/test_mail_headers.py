"""The head of every mail: who, where answers go, and ids that survive every relay."""

import email
import email.policy
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_samples import DIGEST, ENVELOPE, at, parsed
from pressing_samples import FIRST, SERIOUS, THREAT, URGENT
from reminder_samples import DUE_SOON, OPEN

from alerts.reminders import render_due_soon
from alerts.render import in_thread, make_message_id, render_digest, render_serious, render_urgent


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


IDN_DOMAIN = "ysgol-tŷ-brŷn-" + "ŵ" * 40 + ".cymru"
DOMAINS = st.sampled_from([LONGEST_DOMAIN, IDN_DOMAIN, "oakfield.example", "a" * 63 + ".uk"]) | WHERE
PARENT = ("In-Reply-To", "References")


def threaded(cases, **envelope):
    return in_thread(replace(ENVELOPE, **envelope), cases)


def test_every_mail_about_one_case_refers_to_the_same_id_that_no_mail_bears():
    one = replace(URGENT, cases=(FIRST,), passed_on=False)
    first = parsed(render_urgent(one, ENVELOPE))
    later = parsed(render_urgent(URGENT, replace(ENVELOPE, message_id="<later@oakfield.example>")))
    serious = parsed(render_serious(replace(SERIOUS, cases=SERIOUS.cases[:1]), ENVELOPE))
    parents = {str(mail[name]) for mail in (first, later, serious) for name in PARENT}
    assert len(parents) == 1
    assert not parents & {str(mail["Message-ID"]) for mail in (first, later, serious)}


def test_reminders_of_one_comment_are_in_the_thread_of_its_case():
    line = replace(OPEN, case=FIRST.case, received_at=FIRST.received_at)
    reminded = parsed(render_due_soon(replace(DUE_SOON, lines=(line,)), ENVELOPE))
    urgent = parsed(render_urgent(URGENT, ENVELOPE))
    assert reminded["References"] == urgent["References"]
    two = parsed(render_due_soon(replace(DUE_SOON, lines=(line, replace(line, case=77))), ENVELOPE))
    assert two["References"] is None


def test_mails_about_one_case_keep_their_subject_for_the_same_reader():
    again = replace(URGENT, cases=(replace(THREAT, told=(*THREAT.told, ("Ms Okafor", at(15, 1, 0)))),))
    assert render_urgent(URGENT, ENVELOPE)["Subject"] == render_urgent(again, ENVELOPE)["Subject"]


@pytest.mark.parametrize(
    "render", [lambda: render_serious(SERIOUS, ENVELOPE), lambda: render_digest(DIGEST, ENVELOPE)]
)
def test_a_mail_about_several_cases_or_none_in_particular_is_in_no_thread(render):
    assert not set(PARENT) & set(render().keys())


def test_a_number_that_comes_again_after_a_restore_is_another_thread():
    again = replace(FIRST, received_at=at(20, 9, 0))
    assert threaded([FIRST]).thread_id != threaded([again]).thread_id
    assert threaded([FIRST]).thread_id == threaded([FIRST, FIRST]).thread_id


@given(st.integers(1, 10**18), DOMAINS)
def test_ids_of_threads_are_short_plain_and_written_as_they_are(case, domain):
    named = threaded([replace(FIRST, case=case)], sender=f"monitor@{domain}").thread_id
    assert len(named) <= 60
    assert re.fullmatch(r"<[a-z0-9]+@[A-Za-z0-9._-]+>", named)


@pytest.mark.parametrize("domain", [LONGEST_DOMAIN, IDN_DOMAIN, "oakfield.example"])
def test_no_header_but_names_and_subject_is_ever_an_encoded_word(domain):
    sender = f"m@{domain}"
    envelope = replace(
        ENVELOPE,
        sender=sender,
        reply_to=sender,
        recipient=sender,
        sender_name="Ysgol Tŷ Brŷn",
        message_id=make_message_id("o" * 40, "urgent", "k" * 300, sender, domain),
        list_id="alerts." + "o" * 40 + ".monitor",
        stop_url="https://" + "d" * 63 + ".example/" + "p" * 200 + "/unsubscribe/" + "t" * 43,
    )
    one = replace(SERIOUS, school="Ysgol Tŷ Brŷn", cases=(replace(FIRST, account="Tudalen Tŷ"),))
    raw = render_serious(one, envelope).as_bytes()
    assert raw.isascii()
    head = raw.split(b"\r\n\r\n")[0].decode().split("\r\n")
    assert not [line for line in head if "=?" in line and not line.startswith(("From:", "Subject:"))]
    assert not [line for line in head if line[:1].isspace()], "folded"
    ids = [line.partition(": ")[2] for line in head if line.startswith(("Message-ID", *PARENT, "List-Id"))]
    assert len(ids) == 4
    assert all(len(each) <= 60 for each in ids)


@pytest.mark.parametrize(
    "url",
    ["http://monitor.example/x", "https://m.example/x\r\nBcc: a@b.example", "https://tŷ.example/x", "https://m.example/a>b",
     "https://m.example/" + "x" * 900],
)  # fmt: skip
def test_a_way_to_stop_that_is_no_plain_https_address_is_refused(url):
    with pytest.raises(ValueError, match="https"):
        render_digest(DIGEST, replace(ENVELOPE, stop_url=url))


@pytest.mark.parametrize("name", ["\ud83d School", "School\r\nBcc: x@y.example", "\u202eloohcS", "W" * 5000])
def test_broken_and_hostile_names_are_cleaned_before_they_get_into_a_header(name):
    raw = render_digest(replace(DIGEST, school=name), replace(ENVELOPE, sender_name=name)).as_bytes()
    read_back = email.message_from_bytes(raw, policy=email.policy.default)
    assert read_back["Bcc"] is None
    assert str(read_back["From"]).endswith("<monitor@oakfield.example>")


def test_one_click_to_stop_is_offered_as_rfc_8058_asks():
    url = "https://monitor.oakfield.example/unsubscribe/" + "t" * 43
    message = parsed(render_digest(DIGEST, replace(ENVELOPE, stop_url=url)))
    assert message["List-Unsubscribe"] == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed(render_digest(DIGEST, ENVELOPE))["List-Unsubscribe"] is None
