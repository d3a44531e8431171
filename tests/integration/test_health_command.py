"""`health`: one screen, and status 1 exactly when something needs a person."""

import shutil
from collections import namedtuple

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, Scripted, item, page

from connectors.errors import AuthFailed
from monitor.__main__ import main
from monitor.round import mail
from monitor.store import ledger, outbox
from monitor.store.school_tables import Account

Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def health(desk, monkeypatch, capsys):
    """What `health` prints, and its status."""
    monkeypatch.setattr("monitor.commands.health.app_for", lambda args: desk.app)

    def ask():
        status = main(["health"])
        printed = capsys.readouterr()
        assert printed.err == ""
        return status, printed.out

    return ask


def read(desk, *pages):
    desk.collector(Scripted({"comments": list(pages or [page()])})).run()
    desk.app.watch.tried("facebook")
    mail(desk.app)


def test_where_all_is_well_it_says_so_on_one_screen(desk, health):
    read(desk, page(item("c1", INSULT)))
    status, said = health()
    assert status == 0, said
    assert "Facebook page" in said
    assert "is read" in said
    for line in ("ok    incidents: none open", "ok    mails: none waits", "ok    disk: ", "ok    evidence log: "):
        assert line in said
    assert len(said.splitlines()) < 24


def test_it_asks_no_network(desk, health, monkeypatch):
    monkeypatch.setattr("monitor.connecting.build_connector", lambda *_: 1 / 0)
    read(desk)
    assert health()[0] == 0


def test_an_account_that_is_not_read_is_a_failure_with_its_reason(desk, health):
    read(desk)
    desk.later(15 * MINUTE)
    read(desk, AuthFailed("Facebook: the token is dead"))
    status, said = health()
    assert status == 1
    assert "FAIL  account facebook: Facebook page is not read: Facebook: the token is dead" in said
    assert "FAIL  incidents: Facebook page: Facebook no longer takes our credentials. Found Tue 10 Nov" in said


def test_an_account_never_read_is_a_failure(health):
    status, said = health()
    assert status == 1
    assert "FAIL  account facebook: Facebook page is not read: it has not been read" in said


def test_credentials_that_will_end_are_shown(desk, health):
    read(desk)
    with desk.store.writing() as tx:
        tx.get_one(Account, 1).expires_at = desk.clock() + 12 * DAY + HOUR
    assert "end in 12 days" in " ".join(health()[1].replace("│", " ").split())


def owe(desk, kind="weekly"):
    with desk.store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        outbox.owe(tx, school, kind, "2026-W45", ("head@oakfield.example",), desk.clock())
        return desk.clock()


def delivery(desk):
    return desk.deliveries()[-1].id


def test_a_mail_that_does_not_get_through_is_a_failure(desk, health):
    read(desk)
    owe(desk)
    with desk.store.writing() as tx:
        outbox.mark_failed(tx, delivery(desk), "the server answered 451", desk.clock() + 5 * MINUTE)
    status, said = health()
    assert status == 1
    assert "FAIL  mails: weekly to head@oakfield.example: the server answered 451" in said


def test_a_mail_refused_for_good_is_a_failure_for_a_week(desk, health):
    read(desk)
    owe(desk)
    with desk.store.writing() as tx:
        outbox.close(tx, delivery(desk), f"{outbox.REFUSED}550 no such user", desk.clock())
    assert health()[0] == 1
    desk.later(7 * DAY + MINUTE)
    read(desk)
    assert health()[0] == 0


def test_a_mail_nobody_sends_is_a_failure_after_half_an_hour(desk, health):
    read(desk)
    owe(desk)
    desk.later(10 * MINUTE)
    assert health()[0] == 0
    desk.later(21 * MINUTE)
    status, said = health()
    assert status == 1
    assert "due, and nothing sends it" in said


def test_a_full_disk_is_a_failure(desk, health, monkeypatch):
    read(desk)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(1 << 40, 1 << 40, 100 << 20))
    status, said = health()
    assert status == 1
    assert "FAIL  disk: only 100 MB are free" in said


def test_an_evidence_log_that_nobody_signs_is_a_failure(desk, health):
    desk.read(item("c1", INSULT))
    desk.later(30 * MINUTE)
    desk.read()
    assert health()[0] == 0
    desk.later(2 * HOUR)
    desk.read()
    status, said = health()
    assert status == 1
    assert "FAIL  evidence log: entries since Tue 10 Nov 2026 09:00 are not signed" in said
