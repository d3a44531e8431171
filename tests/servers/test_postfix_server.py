"""A real Postfix takes our mails, byte for byte, and its refusals mean what we say they mean.

`make test-servers` installs it.
"""

import sys
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import certificates
import pytest
from postfix_server import DOMAIN, LARGEST, missing, running

from alerts.mail import SmtpTransport
from alerts.transport import MailRefused

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "contract" / "mail_transport"), str(TESTS / "integration")]

from desk import Desk, item  # noqa: E402
from mail_server import a_mail  # noqa: E402

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "all is there")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(scope="module")
def authority():
    return certificates.make("Oakfield authority")


@pytest.fixture(scope="module")
def postfix(tmp_path_factory, authority):
    own = certificates.make("127.0.0.1", authority, "127.0.0.1")
    with running(tmp_path_factory.mktemp("postfix"), own) as server:
        yield server


@pytest.fixture
def trusted(tmp_path, authority, monkeypatch):
    file = tmp_path / "authority.pem"
    file.write_text(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
def transport(postfix, trusted):
    return SmtpTransport("127.0.0.1", postfix.port, "starttls", None, None, 20)


def to(person):
    mail = a_mail()
    mail.replace_header("To", f"{person}@{DOMAIN}")
    return mail


def refused_by(transport, mail):
    with pytest.raises(MailRefused) as refused:
        transport.send(mail)
    return refused.value


def test_a_mail_arrives_byte_for_byte_and_its_ids_are_neither_folded_nor_encoded(postfix, transport):
    mail = to("ali")
    sent = mail.as_bytes(policy=mail.policy.clone(linesep="\n"))
    transport.send(mail)
    (stored,) = postfix.wait_for("ali", 1)
    assert stored.endswith(b"\n" + sent)
    for name in (b"Message-ID", b"List-Id"):
        (line,) = [line for line in stored.split(b"\n") if line.startswith(name + b": ")]
        assert b"=?" not in line
        assert line.endswith(b">")
    assert message_from_bytes(stored, policy=policy.default)["Subject"] == mail["Subject"]


def test_everything_is_said_encrypted(postfix, transport):
    transport.check()
    transport.send(to("head"))
    (stored,) = postfix.wait_for("head", 1)
    assert "with ESMTPS id" in message_from_bytes(stored)["Received"]


def test_without_encryption_the_server_takes_nothing_and_we_say_why(postfix):
    refused = refused_by(SmtpTransport("127.0.0.1", postfix.port, "none", None, None, 20), to("ali"))
    assert not refused.permanent
    assert "530 5.7.0" in refused.reason


def test_a_certificate_nobody_vouches_for_is_refused(postfix):
    refused = refused_by(SmtpTransport("127.0.0.1", postfix.port, "starttls", None, None, 20), to("ali"))
    assert "certificate cannot be trusted" in refused.reason


def test_somebody_unknown_is_refused_for_good_with_what_to_do(transport):
    refused = refused_by(transport, to("nobody.of.that.name"))
    assert refused.permanent
    assert "550 5.1.1" in refused.reason
    assert "correct the address in [[people]]" in refused.reason


def test_a_mail_for_elsewhere_is_told_as_a_relay_that_is_not_allowed_and_stays_owed(transport):
    mail = to("ali")
    mail.replace_header("To", "ali@elsewhere.example")
    refused = refused_by(transport, mail)
    assert not refused.permanent
    assert "passes on no mail" in refused.reason


def test_a_mail_over_the_size_limit_is_refused_for_good_before_it_is_sent(transport):
    mail = to("ali")
    mail.add_attachment(b"x" * LARGEST, maintype="application", subtype="pdf", filename="report.pdf")
    refused = refused_by(transport, mail)
    assert refused.permanent
    assert "larger than the server takes" in refused.reason


def test_greylisting_is_for_now(postfix, transport):
    postfix.refuse("ali", "450 4.2.0 Greylisted, try again in 60 seconds")
    refused = refused_by(transport, to("ali"))
    postfix.refuse("ali", "")
    assert not refused.permanent
    assert "greylisting" in refused.reason


def test_one_refused_for_now_is_told_later_and_the_others_only_once(postfix, trusted, tmp_path):
    """The whole way: what is owed in the books, through the notifier, into the mailboxes of a real server."""
    smtp = f'transport = "smtp"\nsender = "monitor@{DOMAIN}"\nhost = "127.0.0.1"\nport = {postfix.port}'
    before = {person: len(postfix.mails(person)) for person in ("ali", "bevan")}
    desk = Desk(tmp_path, mail=smtp)
    desk.read(item("c1"))
    desk.later(DAY - 60 * MINUTE)
    postfix.refuse("bevan", "451 4.3.0 Try again later")
    first = desk.app.notifier.run()
    assert (first.sent, len(first.failures)) == (1, 1)
    postfix.refuse("bevan", "")
    desk.later(MINUTE)
    assert desk.app.notifier.run().sent == 1
    desk.later(MINUTE)
    assert desk.app.notifier.run().sent == 0
    for person, number in before.items():
        assert len(postfix.wait_for(person, number + 1)) == number + 1
    assert [(d.recipient, d.attempts) for d in desk.deliveries("digest")] == [
        (f"ali@{DOMAIN}", 1),
        (f"bevan@{DOMAIN}", 2),
    ]
    desk.close()
