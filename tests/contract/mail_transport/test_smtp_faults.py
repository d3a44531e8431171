"""Whatever a mail server does, at any step: a refusal in words, soon, and for good only by a 5xx to the mail."""

import smtplib

import pytest
from faults import STEPS, FaultServer
from mail_server import a_mail, smtp_to

from alerts import mail_line
from alerts.transport import MailRefused

SECRET = "correct horse battery"
ABOUT_THE_MAIL = {"MAIL", "RCPT", "DATA", "CONTENT"}
SLOW = {"hang", "drip"}
FAULTS = (
    "421 4.3.2 closing",
    "451 4.3.0 later",
    "550 5.5.0 no",
    "drop",
    "hang",
    "drip",
    "endless",
    "long line",
    "garbage",
)


@pytest.fixture
def faulty(started, authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    def start(faults, **options):
        return started(FaultServer(faults, tls_context=authority.context(), **options))

    return start


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", STEPS)
def test_a_fault_at_any_step_is_a_refusal_in_words(faulty, step, fault):
    server = faulty({step: fault}, authenticator=lambda *said: server.signed_in(*said))
    transport = smtp_to(server, "starttls", "monitor", SECRET, timeout=0.1 if fault in SLOW else 5)
    with pytest.raises(MailRefused) as refused:
        transport.send(a_mail())
    assert refused.value.permanent is (fault.startswith("5") and step in ABOUT_THE_MAIL)
    assert len(refused.value.reason) <= 300
    assert refused.value.reason.isprintable()
    assert SECRET not in repr(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert server.mails == []


def test_every_one_of_these_steps_is_met(faulty):
    server = faulty(dict.fromkeys(("STARTTLS",), "454 4.7.0 not now"))
    with pytest.raises(MailRefused, match="encrypted connection"):
        smtp_to(server, "starttls").send(a_mail())
    assert server.met == ["STARTTLS"]


def test_a_server_that_takes_its_time_over_the_whole_mail_is_waited_for_longer(faulty):
    """What scans mails may be slow to answer; a mail given up there would come twice."""
    seen = []
    server = faulty({"CONTENT": "hang"})
    transport = smtp_to(server, "starttls", timeout=0.1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.socket.settimeout", _noting(seen))
        with pytest.raises(MailRefused, match="too long"):
            transport.send(a_mail())
    assert max(seen) == pytest.approx(0.1 * mail_line.LAST_ANSWER, rel=0.2)


def _noting(seen):
    import socket

    settimeout = socket.socket.settimeout

    def note(self, seconds):
        seen.append(seconds or 0)
        settimeout(self, seconds)

    return note


def test_a_whole_conversation_ends_before_somebody_else_may_begin_it(faulty, monkeypatch):
    monkeypatch.setattr(mail_line, "WHOLE_CONVERSATION", 0.0)
    with pytest.raises(MailRefused, match="too long") as refused:
        smtp_to(faulty({})).send(a_mail())
    assert not refused.value.permanent


def test_the_lease_of_a_mail_outlives_a_conversation():
    from monitor.store.outbox import LEASE

    assert LEASE.total_seconds() >= 1.4 * mail_line.WHOLE_CONVERSATION


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"host": "mail.elsewhere.example"}, "not valid for"),
        ({"ends": "over"}, "expired"),
    ],
)
def test_a_certificate_for_another_host_or_that_is_over_is_refused(started, authority, monkeypatch, what, words):
    import certificates

    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    changes = {"ends": certificates.OVER} if "ends" in what else what
    server = started(
        FaultServer(tls_context=authority.context(**changes), authenticator=lambda *said: server.signed_in(*said))
    )
    with pytest.raises(MailRefused, match="certificate cannot be trusted") as refused:
        smtp_to(server, "starttls", "monitor", SECRET).send(a_mail())
    assert words in refused.value.reason
    assert (server.users, server.mails, refused.value.permanent) == ([], [], False)


def test_what_is_said_in_clear_before_encryption_counts_for_nothing_after_it(faulty):
    """An answer pushed in together with that to STARTTLS must not be taken for the first encrypted one."""
    server = faulty({"STARTTLS": "220 go\r\n250-forged\r\n250 AUTH PLAIN"})
    with pytest.raises(MailRefused) as refused:
        smtp_to(server, "starttls", "monitor", SECRET, timeout=0.3).send(a_mail())
    assert not refused.value.permanent
    assert server.users == []


def test_an_address_outside_ascii_is_told_and_not_tried_for_ever(faulty):
    mail = a_mail()
    del mail["To"]
    mail["To"] = "müller@oakfield.example"
    with pytest.raises(MailRefused, match="outside ASCII") as refused:
        smtp_to(faulty({})).send(mail)
    assert refused.value.permanent


def test_a_mail_accepted_before_the_line_broke_is_accepted(faulty, monkeypatch):
    server = faulty({})
    monkeypatch.setattr(smtplib.SMTP, "quit", lambda self: (_ for _ in ()).throw(ConnectionResetError))
    smtp_to(server).send(a_mail())
    assert len(server.mails) == 1
