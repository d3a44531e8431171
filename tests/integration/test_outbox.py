"""A mail is owed once, sent by one sender at a time, and called sent only after the server took it."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from desk import DAY, HOUR, INSULT, MINUTE, NOW, item

from monitor.store import ledger, outbox
from monitor.store.delivery_tables import Delivery

ALI, BEVAN, HEAD = "ali@oakfield.example", "bevan@oakfield.example", "head@oakfield.example"
WEDNESDAY = datetime(2026, 11, 11, 8, 0, tzinfo=UTC)
"""When the digest opens that Tuesday's comments are owed in."""
SMTP = 'transport = "smtp"\nsender = "monitor@oakfield.example"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"'


class Server(Controller):
    """A mail server on a free port that answers every mail with `answer`, and keeps what it accepts."""

    def __init__(self):
        self.answer, self.mails, self.offered = "250 OK", [], 0
        super().__init__(self, hostname="127.0.0.1", port=0, ready_timeout=5)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.offered += 1
        if self.answer.startswith("2"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.answer


@pytest.fixture
def server():
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def owed(desk, server):
    """A comment read on Tuesday; it is Wednesday 08:00, and one moderator is owed a digest, by a real server.

    It was overdue before the school was watched, so that nobody is owed any other mail about it.
    """
    desk.change(mail=SMTP.format(port=server.port))
    desk.read(item("c1", at=NOW - 2 * DAY))
    desk.clock.at = WEDNESDAY
    with desk.store.writing() as tx:
        bevans = tx.get_one(Delivery, 2)
        assert bevans.recipient == BEVAN
        outbox.close(tx, bevans.id, "not in this story", NOW)
    return desk


def send(desk):
    return desk.app.notifier.run()


def to(desk, recipient, key=None, kind="digest"):
    found = [d for d in desk.deliveries(kind) if d.recipient == recipient and key in {None, d.key}]
    assert len(found) == 1
    return found[0]


def owe(desk, kind="digest", key="2026-11-10", recipients=(ALI,), at=NOW):
    with desk.store.writing() as tx:
        return outbox.owe(tx, ledger.school_by_key(tx, "oakfield"), kind, key, recipients, at)


def claim(desk, at):
    with desk.store.writing() as tx:
        claimed = outbox.claim_next(tx, ledger.school_by_key(tx, "oakfield"), at)
        return claimed.id if claimed else None


def test_a_mail_is_owed_once_however_often_it_is_asked_for(desk):
    assert owe(desk, recipients=(ALI, BEVAN)) == 2
    assert owe(desk, recipients=(ALI, BEVAN, HEAD), at=NOW + DAY) == 1
    assert owe(desk, kind="weekly") == 1
    assert [(d.recipient, d.kind, d.not_before) for d in desk.deliveries()] == [
        (ALI, "digest", NOW),
        (BEVAN, "digest", NOW),
        (HEAD, "digest", NOW + DAY),
        (ALI, "weekly", NOW),
    ]


def test_owing_a_mail_twice_loses_nothing_else_of_the_transaction(desk):
    owe(desk)
    with desk.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        school.name = "Oakfield Primary"
        assert outbox.owe(tx, school, "digest", "2026-11-10", (ALI, BEVAN), NOW) == 1
    with desk.rows() as (_, school, __):
        assert school.name == "Oakfield Primary"
    assert len(desk.deliveries()) == 2


def test_a_mail_that_somebody_is_sending_is_not_given_to_a_second_sender(desk):
    owe(desk)
    first = claim(desk, NOW)
    assert first is not None
    assert claim(desk, NOW) is None
    assert claim(desk, NOW + outbox.LEASE - timedelta(seconds=1)) is None


def test_a_mail_whose_sender_died_is_free_again_when_its_lease_is_over(desk):
    owe(desk)
    first = claim(desk, NOW)
    assert claim(desk, NOW + outbox.LEASE) == first


def test_no_mail_is_given_out_before_its_time(desk):
    owe(desk)
    assert claim(desk, NOW - timedelta(seconds=1)) is None
    assert claim(desk, NOW) is not None


def test_a_mail_sent_or_closed_is_never_given_out_again(desk):
    owe(desk, recipients=(ALI, BEVAN))
    with desk.store.writing() as tx:
        outbox.mark_sent(tx, 1, NOW)
        outbox.close(tx, 2, "refused", NOW)
    assert claim(desk, NOW + 30 * DAY) is None


def test_a_mail_is_called_sent_only_after_the_server_accepted_it(owed, server):
    server.answer = "451 4.3.0 Try again later"
    first = send(owed)
    waiting = to(owed, ALI, "2026-11-11")
    assert (first.sent, waiting.sent_at, waiting.claimed_until, server.mails) == (0, None, None, [])
    assert "451" in waiting.outcome
    server.answer = "250 OK"
    owed.later(MINUTE)
    second = send(owed)
    sent = to(owed, ALI, "2026-11-11")
    assert (second.sent, sent.sent_at, sent.outcome, sent.attempts) == (1, WEDNESDAY + MINUTE, None, 2)
    (mail,) = server.mails
    assert mail["To"] == ALI
    assert send(owed).sent == 0


def test_a_mail_not_accepted_is_tried_after_1_5_15_and_60_minutes_then_hourly_for_a_day(owed, server):
    server.answer = "451 4.3.0 Try again later"
    attempts = []
    while (delivery := to(owed, ALI, "2026-11-11")).closed_at is None:
        owed.clock.at = delivery.next_attempt_at
        attempts.append((owed.clock.at - WEDNESDAY) / MINUTE)
        result = send(owed)
    assert attempts[:7] == [0, 1, 6, 21, 81, 141, 201]
    assert 23 * 60 < attempts[-1] <= 24 * 60
    assert server.offered == len(attempts)
    assert (delivery.sent_at, "451" in delivery.outcome) == (None, True)
    assert "given up" in result.failures[0]


def test_between_two_attempts_the_server_is_left_alone(owed, server):
    server.answer = "451 4.3.0 Try again later"
    send(owed)
    owed.later(timedelta(seconds=59))
    send(owed)
    assert server.offered == 1


def test_a_mail_first_tried_days_after_it_was_owed_is_tried_as_patiently(owed, server):
    server.answer = "451 4.3.0 Try again later"
    owed.later(3 * DAY)
    owed.clock.at -= HOUR  # Saturday, 07:00: no newer digest is owed
    send(owed)
    delivery = to(owed, ALI, "2026-11-11")
    assert (delivery.closed_at, delivery.next_attempt_at) == (None, owed.clock() + MINUTE)


def test_a_mail_refused_for_good_is_closed_with_the_reason(owed, server):
    server.answer = "554 5.7.1 Message rejected"
    result = send(owed)
    delivery = to(owed, ALI, "2026-11-11")
    assert (delivery.sent_at, delivery.closed_at) == (None, WEDNESDAY)
    assert delivery.outcome.startswith("refused: ")
    assert "554" in delivery.outcome
    assert "given up" in result.failures[0]
    owed.later(2 * HOUR)
    server.answer = "250 OK"
    send(owed)
    assert server.mails == []


def test_a_mail_sent_again_after_a_crash_has_the_same_message_id(owed, server, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.outbox.mark_sent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(owed)
    assert to(owed, ALI, "2026-11-11").sent_at is None
    owed.later(outbox.LEASE)
    assert send(owed).sent == 1
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_one_mail_that_breaks_the_program_does_not_keep_the_others_back(desk, monkeypatch):
    owe(desk, kind="weekly", key="2026-W45", recipients=(HEAD,))
    desk.read(item("c1"))
    desk.clock.at = WEDNESDAY

    def broken(*_):
        raise OverflowError("words of a comment")

    monkeypatch.setattr("monitor.mail_writer.render_weekly", broken)
    result = send(desk)
    assert (result.sent, len(result.failures)) == (2, 1)
    assert "OverflowError" in result.failures[0]
    assert "words of a comment" not in result.failures[0] + to(desk, HEAD, kind="weekly").outcome


def test_a_digest_with_nothing_to_say_is_closed_without_a_word(desk):
    desk.read(item("c1", at=NOW - 2 * MINUTE), item("r1", by="100200300", under="c1", at=NOW - MINUTE))
    desk.clock.at = WEDNESDAY - MINUTE
    desk.read()
    desk.clock.at = WEDNESDAY
    result = send(desk)
    assert (result.sent, result.failures) == (0, [])
    delivery = to(desk, ALI, "2026-11-11")
    assert (delivery.closed_at, delivery.sent_at) == (WEDNESDAY, None)
    assert "nothing to say" in delivery.outcome
    assert desk.mails() == []


def test_older_digests_fold_into_the_newest(desk):
    desk.read(item("c1", INSULT))
    desk.clock.at = WEDNESDAY + DAY
    desk.read(item("c2", INSULT))
    result = send(desk)
    assert (result.sent, result.failures) == (4, [])
    assert to(desk, ALI, "2026-11-11").outcome == "a newer one says it all"
    assert to(desk, ALI, "2026-11-12").sent_at == WEDNESDAY + DAY
    assert sum(each.sent_at is not None for each in desk.deliveries("digest")) == 2


def test_somebody_taken_off_the_list_gets_no_more_mail(desk):
    owe(desk, recipients=("left@oakfield.example",))
    assert send(desk).not_needed == 1
    assert "no longer on the list" in to(desk, "left@oakfield.example").outcome


def test_a_weekly_report_is_sent_also_when_nothing_happened(desk):
    desk.clock.at = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
    desk.read()
    result = send(desk)
    assert (result.sent, to(desk, HEAD, "2026-W46", "weekly").sent_at) == (1, desk.clock())
    (mail,) = [message_from_bytes(each.read_bytes(), policy=policy.default) for each in desk.mails()]
    assert mail["To"] == HEAD
    assert send(desk).sent == 0


def test_a_weekly_report_that_could_not_leave_for_a_week_is_not_folded_into_the_next(desk):
    owe(desk, kind="weekly", key="2026-W45", recipients=(HEAD,))
    desk.clock.at = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
    desk.read()
    assert send(desk).sent == 2
    assert [(d.key, d.sent_at) for d in desk.deliveries("weekly")] == [
        ("2026-W45", desk.clock()),
        ("2026-W46", desk.clock()),
    ]


def test_nothing_is_owed_for_the_time_before_the_school_was_enrolled(desk):
    send(desk)  # Tuesday 09:00: this morning's digest and Monday's report were before our time
    assert desk.deliveries() == []
    desk.clock.at = WEDNESDAY
    send(desk)
    assert {(d.kind, d.key) for d in desk.deliveries()} == {("digest", "2026-11-11")}


def test_two_rounds_of_mail_at_the_same_moment_send_each_mail_once(owed, server):
    assert (send(owed).sent, send(owed).sent) == (1, 0)
    assert len(server.mails) == 1
