"""Told once and again when it is over, whatever hangs, crashes, comes or goes."""

from datetime import timedelta

import pytest
from desk import HOUR, MINUTE, NOW, SCRIPTED, Desk, Scripted, emptied, page
from watch_desk import DEAD, KIM, TECHNICIAN, open_ones, read, tell, texts, told

from connectors.errors import TemporaryFailure
from monitor.store.delivery_tables import Delivery
from monitor.store.watch_tables import Incident


@pytest.fixture
def desk(tmp_path, store_for_all):
    return Desk(tmp_path, accounts=SCRIPTED + TECHNICIAN, store=emptied(store_for_all))


def test_a_stale_account_is_told_once_within_twice_its_interval_and_five_minutes_and_again_on_recovery(desk):
    read(desk)
    desk.later(34 * MINUTE)
    tell(desk)
    assert told(desk) == []
    for _ in range(121):
        desk.later(MINUTE)
        tell(desk)
    assert told(desk) == [("alarm", KIM)]
    (alarm,) = texts(desk, "Not being read - Facebook page")
    assert "Read completely up to: today 09:00" in alarm
    (incident,) = desk.all_of(Incident)
    assert incident.opened_at == NOW + 35 * MINUTE
    read(desk)
    for _ in range(5):
        desk.later(MINUTE)
        tell(desk)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]
    (again,) = texts(desk, "Read again - Facebook page")
    assert "today 09:00 to 11:35 (2 h 35 min)" in again
    assert open_ones(desk) == []


def test_the_streams_of_one_account_that_fall_silent_together_are_one_mail_and_one_recovery(desk):
    streams = {"comments": [page()], "ratings": [page()], "tagged": [page()]}
    read(desk, streams=streams)
    desk.later(40 * MINUTE)
    read(desk, streams={name: [TemporaryFailure("Facebook answered 503")] for name in streams})
    assert len(open_ones(desk)) == 3
    assert told(desk) == [("alarm", KIM)]
    (alarm,) = texts(desk, "Not being read")
    assert alarm.count("THE ACCOUNT IS NOT BEING READ.") == 1
    assert "Facebook answered 503" in alarm
    desk.later(15 * MINUTE)
    read(desk, streams=streams)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]


def test_streams_that_come_back_one_by_one_are_told_when_the_last_does_or_after_an_hour(desk):
    both = {"comments": [page()], "ratings": [page()]}
    one = {"comments": [page()], "ratings": [TemporaryFailure("timed out")]}
    read(desk, streams=both)
    desk.later(40 * MINUTE)
    read(desk, streams={name: [TemporaryFailure("timed out")] for name in both})
    desk.later(15 * MINUTE)
    read(desk, streams=one)
    assert told(desk) == [("alarm", KIM)]
    for _ in range(4):
        desk.later(15 * MINUTE)
        read(desk, streams=one)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM)]
    (so_far,) = texts(desk, "Mended in part - Facebook page")
    assert "A part of the account is not being read. Timed out." in so_far
    desk.later(15 * MINUTE)
    read(desk, streams=both)
    assert told(desk) == [("alarm", KIM), ("recovery", KIM), ("recovery", KIM)]


def test_after_a_night_in_which_the_computer_was_off_the_first_reading_comes_first(desk):
    read(desk)
    desk.later(14 * HOUR)
    desk.change()
    tell(desk)
    assert told(desk) == []
    read(desk)
    tell(desk)
    assert told(desk) == []
    assert desk.all_of(Incident) == []


def test_a_first_reading_that_never_ends_is_told_all_the_same(desk):
    read(desk)
    desk.later(14 * HOUR)
    desk.change()
    for _ in range(36):
        desk.later(MINUTE)
        tell(desk)
    assert told(desk) == [("alarm", KIM)]


def test_a_first_reading_that_fails_is_told_at_once(desk):
    read(desk)
    desk.later(14 * HOUR)
    desk.change()
    read(desk, TemporaryFailure("timed out"))
    assert told(desk) == [("alarm", KIM)]


def test_what_comes_and_goes_is_told_three_times_a_day_and_then_only_when_it_lasts(desk):
    read(desk)
    for _ in range(8):
        desk.later(40 * MINUTE)
        read(desk, TemporaryFailure("timed out"))
        desk.later(5 * MINUTE)
        read(desk)
    kinds = [kind for kind, _ in told(desk)]
    assert (kinds.count("alarm"), kinds.count("recovery")) == (3, 3)
    assert len(desk.all_of(Incident)) == 8
    desk.later(40 * MINUTE)
    read(desk, TemporaryFailure("timed out"))
    desk.later(119 * MINUTE)
    tell(desk)
    assert len(told(desk)) == 6
    desk.later(MINUTE)
    tell(desk)
    assert [kind for kind, _ in told(desk)].count("alarm") == 4


def test_an_alarm_that_could_not_be_sent_before_all_was_well_is_not_sent_and_no_recovery_either(desk, monkeypatch):
    read(desk)
    desk.later(15 * MINUTE)
    with monkeypatch.context() as broken:
        broken.setattr(type(desk.app.notifier.transport), "send", lambda *_: (_ for _ in ()).throw(OSError("full")))
        read(desk, DEAD)
        assert told(desk) == []
        desk.later(15 * MINUTE)
        desk.collector(Scripted({"comments": [page()]})).run()
    desk.later(15 * MINUTE)
    read(desk)
    assert told(desk) == []
    assert all(d.closed_at for d in desk.deliveries("alarm") + desk.deliveries("recovery"))


def test_a_crash_between_owing_and_sending_sends_it_once_afterwards(desk):
    read(desk)
    desk.later(15 * MINUTE)
    desk.collector(Scripted({"comments": [DEAD]})).run()
    desk.app.watch.look()
    assert told(desk) == []
    desk.change()  # the program is started again
    tell(desk)
    tell(desk)
    assert told(desk) == [("alarm", KIM)]


def test_a_crash_after_the_incident_was_written_and_before_its_mail_was_owed_loses_no_mail(desk):
    read(desk)
    desk.later(15 * MINUTE)
    read(desk, DEAD)
    with desk.store.writing() as tx:
        tx.query(Delivery).filter(Delivery.kind == "alarm").delete()
    tell(desk)
    assert told(desk) == [("alarm", KIM)]


def test_two_programs_that_find_the_same_tell_it_once(desk):
    read(desk)
    desk.later(15 * MINUTE)
    desk.collector(Scripted({"comments": [DEAD]})).run()
    desk.app.watch.look()
    desk.app.watch.look("facebook")
    tell(desk)
    assert len(desk.all_of(Incident)) == 1
    assert told(desk) == [("alarm", KIM)]


def test_a_technician_named_later_hears_of_what_is_open(desk):
    read(desk, DEAD)
    desk.change(accounts=SCRIPTED + TECHNICIAN + TECHNICIAN.replace("kim", "lee").replace("Kim", "Lee"))
    tell(desk)
    assert told(desk) == [("alarm", KIM), ("alarm", "lee@oakfield.example")]
    read(desk)
    assert sorted(told(desk))[2:] == [("recovery", KIM), ("recovery", "lee@oakfield.example")]


def test_an_account_taken_out_of_the_configuration_is_missed_by_nobody(desk):
    read(desk, DEAD)
    desk.change(accounts=SCRIPTED.replace('"facebook"', '"other"') + TECHNICIAN)
    tell(desk)
    (incident,) = desk.all_of(Incident)
    assert incident.closed_at
    assert told(desk) == [("alarm", KIM)]


def test_after_recovery_the_digest_says_nothing_stale(desk):
    read(desk)
    desk.later(15 * MINUTE)
    read(desk, DEAD)
    assert [blind.why for blind in desk.app.reporter.digest("ali@oakfield.example", desk.clock()).blind] == [
        str(DEAD)
    ]
    desk.later(15 * MINUTE)
    read(desk)
    assert desk.app.reporter.digest("ali@oakfield.example", desk.clock()).blind == ()


def test_a_fault_of_the_watch_keeps_no_mail_back(desk, monkeypatch):
    read(desk)
    monkeypatch.setattr(type(desk.app.watch), "look", lambda *_: 1 / 0)
    result = tell(desk)
    assert any("ZeroDivisionError" in failure for failure in result.failures)


def test_a_look_that_finds_nothing_writes_nothing(desk, monkeypatch):
    read(desk)
    monkeypatch.setattr(type(desk.store), "writing", lambda *_: 1 / 0)
    desk.later(timedelta(minutes=1))
    desk.app.watch.look()
