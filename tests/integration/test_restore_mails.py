"""After a restore no mail is sent silently twice, and none is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from backing_up import back_up, restore
from desk import DAY, HOUR, NOW, Desk, item

from monitor.mail_kinds import DIGEST, WEEKLY
from monitor.store import ledger, outbox, restored

ALI, BEVAN, HEAD = "ali@oakfield.example", "bevan@oakfield.example", "head@oakfield.example"
WEDNESDAY = datetime(2026, 11, 11, 8, 5, tzinfo=UTC)
"""Just after the digest in which Tuesday's comments are told."""


@pytest.fixture
def desk(tmp_path):
    """Tuesday morning: a comment was read, and a digest is owed for the next day."""
    (tmp_path / "desk").mkdir()
    desk = Desk(tmp_path / "desk")
    desk.read(item("c1"))
    yield desk
    desk.close()


@pytest.fixture
def new_computer(tmp_path):
    (tmp_path / "new").mkdir()
    desk = Desk(tmp_path / "new", now=WEDNESDAY + HOUR)
    desk.close()
    (desk.folder / "school-monitor.db").unlink()
    yield desk
    desk.close()


def sent(desk):
    """(recipient, key) of the digests and reports that were sent, and those that were closed with which words."""
    rows = [*desk.deliveries(DIGEST), *desk.deliveries(WEEKLY)]
    return (
        {(row.recipient, row.key) for row in rows if row.sent_at},
        {(row.recipient, row.key): row.outcome for row in rows if row.closed_at},
    )


def owe(desk, kind, key, recipient, not_before):
    with desk.store.writing() as tx:
        assert outbox.owe(tx, ledger.enrolled_school(tx, "oakfield"), kind, key, [recipient], not_before) == 1


def test_a_mail_sent_since_the_backup_is_not_sent_again(desk):
    backup = back_up(desk)
    desk.clock.at = WEDNESDAY
    assert desk.app.notifier.run().sent == 2
    desk.later(HOUR)
    done = restore(desk, backup.path)
    assert done.made.entered.mails == 4  # two digests, and what they said already
    assert sent(desk)[0] == {(ALI, "2026-11-11"), (BEVAN, "2026-11-11")}
    assert desk.app.notifier.run().sent == 0


def test_a_mail_owed_and_sent_since_the_backup_is_not_owed_once_more(desk):
    desk.clock.at = WEDNESDAY
    desk.app.notifier.run()
    backup = back_up(desk)
    desk.clock.at = WEDNESDAY + DAY
    assert desk.app.notifier.run().sent == 2
    done = restore(desk, backup.path)
    assert done.made.entered.mails == 2
    assert desk.app.notifier.run().sent == 0
    assert (ALI, "2026-11-12") in sent(desk)[0]


def test_a_mail_known_not_to_be_sent_yet_stays_owed_even_when_it_is_old(desk):
    backup = back_up(desk)
    owe(desk, WEEKLY, "2026-W45", HEAD, NOW - DAY)
    desk.clock.at = WEDNESDAY
    restore(desk, backup.path)
    desk.app.notifier.run()
    assert sent(desk)[0] == {(ALI, "2026-11-11"), (BEVAN, "2026-11-11"), (HEAD, "2026-W45")}


def test_where_nobody_knows_the_newest_is_sent_again_under_the_same_message_id(desk, new_computer):
    backup = back_up(desk)
    desk.clock.at = WEDNESDAY
    desk.app.notifier.run()
    done = restore(new_computer, backup.path, in_place=False)
    assert done.made.since is None
    assert new_computer.app.notifier.run().sent == 2
    first, second = ([path.name for path in each.mails()] for each in (desk, new_computer))
    assert first == second  # a mail in the folder is called after its Message-ID
    assert len(first) == 2


def test_where_nobody_knows_older_mails_are_closed_with_the_reason(desk, new_computer):
    owe(desk, DIGEST, "2026-11-09", ALI, NOW - timedelta(hours=25))
    owe(desk, DIGEST, "2026-11-10", ALI, NOW - HOUR)
    for week, at in (("2026-W44", NOW - 8 * DAY), ("2026-W45", NOW - DAY)):
        owe(desk, WEEKLY, week, HEAD, at)
    done = restore(new_computer, back_up(desk).path, in_place=False)
    assert done.made.entered.mails == 3
    new_computer.app.notifier.run()
    were_sent, closed = sent(new_computer)
    assert were_sent == {(ALI, "2026-11-11"), (BEVAN, "2026-11-11"), (HEAD, "2026-W45")}
    older = {(ALI, "2026-11-09"), (ALI, "2026-11-10"), (HEAD, "2026-W44")}
    assert closed == dict.fromkeys(older, restored.MAY_HAVE_BEEN_SENT)


def test_a_mail_that_was_being_sent_when_the_backup_was_taken_is_free_again(desk):
    desk.clock.at = WEDNESDAY
    with desk.store.writing() as tx:
        assert outbox.claim_next(tx, ledger.enrolled_school(tx, "oakfield"), desk.clock())
    backup = back_up(desk)
    restore(desk, backup.path)
    assert desk.app.notifier.run().sent == 2
