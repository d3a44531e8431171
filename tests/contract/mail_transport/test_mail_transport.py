"""What every mail transport promises: SMTP with a real server on loopback, Microsoft Graph, and a real folder."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from mail_server import a_mail, closed_port, smtp_to

from alerts.folder import FolderTransport
from alerts.transport import MailRefused


class SmtpBox:
    def __init__(self, serve):
        self.server = serve()
        self.transport = smtp_to(self.server)
        self.broken = smtp_to(closed_port())

    def received(self):
        return [mail.content for mail in self.server.mails]


class FolderBox:
    def __init__(self, tmp_path):
        (tmp_path / "file").write_text("in the way")
        self.folder = tmp_path / "mails"
        self.transport = FolderTransport(self.folder)
        self.broken = FolderTransport(tmp_path / "file" / "mails")

    def received(self):
        return [path.read_bytes() for path in sorted(self.folder.glob("*"))]


class GraphBox:
    def __init__(self, microsoft, graph):
        self._microsoft = microsoft
        self.transport = graph()
        self.broken = graph(url=f"https://127.0.0.1:{closed_port()}")

    def received(self):
        return [content for _, content in self._microsoft.mails]


@pytest.fixture(params=["smtp", "folder", "graph"])
def box(request, tmp_path):
    if request.param == "folder":
        return FolderBox(tmp_path)
    if request.param == "smtp":
        return SmtpBox(request.getfixturevalue("serve"))
    return GraphBox(request.getfixturevalue("microsoft"), request.getfixturevalue("graph"))


def test_an_accepted_mail_arrives_whole(box):
    mail = a_mail()
    box.transport.send(mail)
    (raw,) = box.received()
    arrived = email.message_from_bytes(raw, policy=email.policy.default)
    assert dict(arrived.items()) == dict(
        email.message_from_bytes(mail.as_bytes(), policy=email.policy.default).items()
    )
    for kind in ("plain", "html"):
        sent = mail.get_body((kind,)).get_content().splitlines()
        assert arrived.get_body((kind,)).get_content().splitlines() == sent


def test_id_headers_arrive_unencoded_even_with_the_longest_domain(box):
    box.transport.send(a_mail())
    (raw,) = box.received()
    ids = [line for line in raw.splitlines() if line.lower().startswith((b"message-id:", b"list-id:"))]
    assert len(ids) == 2
    assert not any(b"=?" in line for line in ids)


def test_a_mail_sent_again_can_be_recognised_by_its_message_id(box):
    box.transport.send(a_mail())
    box.transport.send(a_mail())
    ids = {email.message_from_bytes(raw)["Message-ID"] for raw in box.received()}
    assert ids == {a_mail()["Message-ID"]}


def test_different_mails_do_not_replace_each_other(box):
    box.transport.send(a_mail(16))
    box.transport.send(a_mail(17))
    assert len(box.received()) == 2


@pytest.mark.parametrize("header", ["To", "Cc", "Bcc"])
def test_a_mail_to_more_than_one_recipient_is_not_sent(box, header):
    mail = a_mail()
    if header == "To":
        del mail["To"]
        mail["To"] = "ali@oakfield.example, brown@oakfield.example"
    else:
        mail[header] = "brown@oakfield.example"
    with pytest.raises(ValueError, match="one recipient"):
        box.transport.send(mail)
    assert box.received() == []


def test_a_mail_to_nobody_is_not_sent(box):
    with pytest.raises(ValueError, match="one recipient"):
        box.transport.send(EmailMessage())


def test_what_cannot_be_reached_refuses_for_now(box):
    with pytest.raises(MailRefused) as refused:
        box.broken.send(a_mail())
    assert not refused.value.permanent
    assert box.received() == []


def test_finding_out_whether_mail_could_leave_sends_none(box):
    box.transport.check()
    assert box.received() == []
    with pytest.raises(MailRefused) as refused:
        box.broken.check()
    assert not refused.value.permanent
