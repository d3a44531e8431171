"""Each person is told once: a refused address, a broken line or a clock set wrong sends nobody else a second mail."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from desk import DAY, HOUR, MINUTE, item

from alerts.transport import MailRefused
from monitor import mail_kinds
from monitor.rules.retry import LONGEST_WAIT
from monitor.store import ledger, outbox

ALI, BEVAN, HEAD = "ali@oakfield.example", "bevan@oakfield.example", "head@oakfield.example"
SMTP = 'transport = "smtp"\nsender = "monitor@oakfield.example"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"'
PEOPLE = """
[[people]]
name = "Mrs Third"
email = "third@oakfield.example"
roles = ["moderator"]
"""
THIRD = "third@oakfield.example"


class Server(Controller):
    """A mail server on a free port. `refuses`: what it answers to a recipient. `drops`: recipients whose mail it
    takes whole and then breaks off without a word. `accepted`: (recipient, Message-ID) of all those."""

    def __init__(self):
        self.refuses, self.drops, self.accepted, self.asked = {}, set(), [], []
        super().__init__(self, hostname="127.0.0.1", port=0, ready_timeout=5)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked.append(address)
        envelope.rcpt_tos.append(address)
        return self.refuses.get(address, "250 OK")

    async def handle_DATA(self, server, session, envelope):
        (recipient,) = envelope.rcpt_tos
        self.accepted.append((recipient, message_from_bytes(envelope.content)["Message-ID"]))
        if recipient in self.drops:
            self.drops.remove(recipient)
            server.transport.close()
        return "250 OK"


@pytest.fixture
def server():
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def owed(desk, server):
    """Three moderators are owed the digest of Wednesday, and it is time."""
    # With time to answer, and hardly any in which people are reminded, so that nothing else is mailed.
    calm = 'hours = 96\n[schedule]\nmails_until = "08:01"\n'
    desk.change(mail=SMTP.format(port=server.port) + PEOPLE, response=calm)
    desk.read(item("c1"))
    desk.later(DAY - HOUR)
    return desk


def send(desk):
    return desk.app.notifier.run()


def digests(desk):
    return {each.recipient: each for each in desk.deliveries("digest")}


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "451 4.3.0 later"])
def test_a_refused_third_address_never_mails_the_first_two_again(owed, server, answer):
    server.refuses[THIRD] = answer
    while (third := digests(owed)).get(THIRD) is None or third[THIRD].closed_at is None:
        result = send(owed)
        waiting = digests(owed)[THIRD]
        owed.clock.at = max(owed.clock.at + MINUTE, waiting.next_attempt_at)
    assert server.asked.count(THIRD) == (1 if answer.startswith("5") else 27)
    assert sorted(recipient for recipient, _ in server.accepted if recipient != HEAD) == [ALI, BEVAN]
    assert "given up" in result.failures[0]


def test_a_line_that_breaks_after_the_whole_mail_brings_it_again_under_the_same_id_and_the_others_once(owed, server):
    server.drops.add(ALI)
    first = send(owed)
    assert (first.sent, len(first.failures)) == (2, 1)
    assert digests(owed)[ALI].sent_at is None
    owed.later(MINUTE)
    assert send(owed).sent == 1
    ids = {recipient: {id_ for to, id_ in server.accepted if to == recipient} for recipient in (ALI, BEVAN, THIRD)}
    assert all(len(each) == 1 for each in ids.values())
    assert sorted(recipient for recipient, _ in server.accepted) == [ALI, ALI, BEVAN, THIRD]


def test_what_a_server_asks_to_wait_puts_the_next_attempt_off(owed, monkeypatch):
    def wait(*_):
        raise MailRefused(False, "slow down", timedelta(minutes=12))

    monkeypatch.setattr("alerts.mail.SmtpTransport.send", wait)
    send(owed)
    assert {each.next_attempt_at for each in digests(owed).values()} == {owed.clock() + 12 * MINUTE}


def test_a_clock_that_was_years_ahead_does_not_park_a_mail_for_years(owed, server):
    right = owed.clock()
    server.refuses |= dict.fromkeys((ALI, BEVAN, THIRD), "451 4.3.0 later")
    send(owed)
    with owed.store.writing() as tx:
        for each in digests(owed).values():
            outbox.mark_failed(tx, each.id, "later", right + 4 * 365 * DAY + MINUTE)
    server.refuses.clear()
    owed.clock.at = right + MINUTE
    assert send(owed).sent == 3


def test_a_lease_taken_by_a_clock_that_was_ahead_is_none(owed, server):
    right = owed.clock()
    send(owed)
    with owed.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        outbox.owe(tx, school, mail_kinds.DIGEST, "2026-11-11 again", (ALI,), right)
        assert outbox.claim_next(tx, school, right + 365 * DAY).recipient == ALI
    assert send(owed).sent == 1


def test_a_wait_that_is_set_is_kept_to_the_second(owed, server):
    server.refuses[ALI] = "451 4.3.0 later"
    for minutes in (0, 1, 5, 15):
        owed.later(minutes * MINUTE)
        send(owed)
    asked = server.asked.count(ALI)
    owed.later(LONGEST_WAIT - timedelta(seconds=1))
    send(owed)
    assert server.asked.count(ALI) == asked
    owed.later(timedelta(seconds=1))
    send(owed)
    assert server.asked.count(ALI) == asked + 1
