"""What SMTP promises besides the common contract: refusals in words, encryption, and no secret let out."""

import socket

import pytest
from mail_server import a_mail, smtp_to

from alerts.mail import SmtpTransport
from alerts.transport import MailRefused

SECRET = "correct horse battery"


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "permanent"), [("451 4.3.0 later", False), ("550 5.1.1 no such user", True)])
def test_4xx_is_for_now_and_5xx_for_good(serve, command, answer, permanent):
    server = serve({command: answer})
    with pytest.raises(MailRefused) as refused:
        smtp_to(server).send(a_mail())
    assert refused.value.permanent is permanent
    assert answer in refused.value.reason
    assert server.mails == []


def test_a_connection_lost_after_the_data_counts_as_not_accepted(serve):
    with pytest.raises(MailRefused) as refused:
        smtp_to(serve({"DATA": "drop"})).send(a_mail())
    assert not refused.value.permanent
    assert "before it had accepted" in refused.value.reason


def test_a_rude_goodbye_after_acceptance_does_not_make_the_mail_unsent(serve):
    server = serve({"QUIT": "554 5.0.0 go away"})
    smtp_to(server).send(a_mail())
    assert len(server.mails) == 1


def test_a_mail_is_handed_over_exactly_once(serve):
    server = serve()
    smtp_to(server).send(a_mail())
    assert [mail.rcpt_tos for mail in server.mails] == [["ali@oakfield.example"]]
    assert server.mails[0].mail_from == "monitor@oakfield.example"


def test_a_silent_server_is_given_up_after_the_time_set():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(MailRefused) as refused:
        smtp_to(silent.getsockname()[1], timeout=0.2).send(a_mail())
    assert not refused.value.permanent


def test_an_unknown_host_is_said_in_words():
    with pytest.raises(MailRefused, match="cannot be reached") as refused:
        SmtpTransport("mail.invalid.", 25, "none", None, None, 5).send(a_mail())
    assert not refused.value.permanent


def test_user_and_password_reach_the_server(serve):
    server = serve(auth_require_tls=False, authenticator=lambda *said: server.signed_in(*said))
    smtp_to(server, user="monitor", password=SECRET).send(a_mail())
    assert (b"monitor", SECRET.encode()) in server.users
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled",
        "550 5.7.30 Basic auth not supported",
    ],
)
def test_password_sign_in_switched_off_at_microsoft_is_explained(serve, answer):
    server = serve({"AUTH": answer}, auth_require_tls=False, authenticator=lambda *said: server.signed_in(*said))
    with pytest.raises(MailRefused, match=r"^Microsoft 365 .*SMTP AUTH is switched off") as refused:
        smtp_to(server, user="monitor", password=SECRET).send(a_mail())
    assert not refused.value.permanent


def test_a_refused_password_leaves_the_mail_owed_and_is_never_repeated(serve):
    server = serve(
        {"AUTH": "535 5.7.8 wrong"}, auth_require_tls=False, authenticator=lambda *said: server.signed_in(*said)
    )
    with pytest.raises(MailRefused, match="user name or password") as refused:
        smtp_to(server, user="monitor", password=SECRET).send(a_mail())
    assert not refused.value.permanent
    assert SECRET not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert refused.value.__suppress_context__


def test_a_password_that_cannot_be_sent_is_told_without_showing_it(serve):
    server = serve(auth_require_tls=False, authenticator=lambda *said: server.signed_in(*said))
    with pytest.raises(MailRefused, match="outside ASCII") as refused:
        smtp_to(server, user="monitor", password="£ecret").send(a_mail())
    assert "£" not in refused.value.reason
    assert server.mails == []


def test_a_server_without_sign_in_is_not_given_the_mail(serve):
    server = serve()
    with pytest.raises(MailRefused, match="signing in"):
        smtp_to(server, user="monitor", password=SECRET).send(a_mail())
    assert server.mails == []


def test_a_long_answer_is_cut_to_one_visible_line(serve):
    server = serve({"RCPT": "550 5.1.1 " + "\u202eali@oakfield.example\x07 " * 15})
    with pytest.raises(MailRefused) as refused:
        smtp_to(server).send(a_mail())
    assert len(refused.value.reason) <= 200
    assert refused.value.reason.isprintable()
    assert refused.value.reason.count("ali@") < 5


def test_nothing_is_said_in_clear_when_encryption_is_asked_for_and_not_offered(serve):
    server = serve(auth_require_tls=False, authenticator=lambda *said: server.signed_in(*said))
    with pytest.raises(MailRefused, match="STARTTLS") as refused:
        smtp_to(server, "starttls", "monitor", SECRET).send(a_mail())
    assert not refused.value.permanent
    assert server.mails == []
    assert server.users == []


def test_a_certificate_nobody_vouches_for_is_refused(serve, certificate):
    server = serve(tls_context=certificate[1], authenticator=lambda *said: server.signed_in(*said))
    with pytest.raises(MailRefused, match="certificate cannot be trusted") as refused:
        smtp_to(server, "starttls", "monitor", SECRET).send(a_mail())
    assert not refused.value.permanent
    assert server.mails == []
    assert server.users == []


def test_with_a_trusted_certificate_everything_is_said_encrypted(serve, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    server = serve(tls_context=certificate[1], authenticator=lambda *said: server.signed_in(*said))
    smtp_to(server, "starttls", "monitor", SECRET).send(a_mail())
    assert server.encrypted == [True]
    assert server.users == [(b"monitor", SECRET.encode())]


def test_a_server_encrypted_from_the_first_byte_is_verified_too(serve, certificate, monkeypatch):
    server = serve(ssl_context=certificate[1])
    with pytest.raises(MailRefused, match="certificate cannot be trusted"):
        smtp_to(server, "tls").send(a_mail())
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    smtp_to(server, "tls").send(a_mail())
    assert len(server.mails) == 1


def test_a_server_in_clear_cannot_be_called_encrypted(serve):
    server = serve()
    with pytest.raises(MailRefused, match="encrypted"):
        smtp_to(server, "tls").send(a_mail())
    assert server.mails == []
