"""`acknowledge`: somebody who was told has it in hand; the record says who and when, and nobody else is told."""

import pytest
from alert_desk import ALI, BEVAN, HEAD, LAST, alert, keep_out, send, threat, told, with_people
from desk import HOUR, MINUTE, NOW, item

from monitor.__main__ import main
from monitor.evidence.log.commitment import read_record
from monitor.store import evidence_log, ledger


@pytest.fixture
def school(desk):
    return with_people(desk)


@pytest.fixture
def command(school, monkeypatch, capsys):
    """Runs a command at the school: (status, what it printed, what it complained)."""
    for name in ("acknowledge", "health", "show"):
        monkeypatch.setattr(f"monitor.commands.{name}.app_for", lambda _: school.app)

    def run(*words):
        status = main(list(words))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def wait(desk, minutes, every=10):
    for _ in range(0, minutes, every):
        desk.later(every * MINUTE)
        send(desk)


def entries(desk):
    with desk.store.reading() as tx:
        row = ledger.enrolled_school(tx, "oakfield")
        return [(each.case, read_record(each.record)) for each in evidence_log.of_kinds(tx, row, {"acknowledgement"})]


def test_it_ends_the_telling_and_stands_in_the_evidence_log(school, command):
    threat(school)
    send(school)
    school.later(5 * MINUTE)
    status, said, _ = command("acknowledge", "1", "--by", "mrs ali")
    assert (status, said) == (0, "Case 1: acknowledged by Mrs Ali. Nobody else is told.\n")
    wait(school, 120)
    assert told(school) == [ALI, BEVAN]
    assert (alert(school).acknowledged_by, alert(school).acknowledged_at) == ("Mrs Ali", NOW + 5 * MINUTE)
    ((case, record),) = entries(school)
    assert case == 1
    assert (record["by"], record["why"], record["version"]) == ("Mrs Ali", "has the case in hand", 1)


def test_the_case_shows_who_was_told_and_who_has_it_in_hand(school, command):
    threat(school)
    said = command("show", "1", "--by", "Mr Bevan")[1]
    assert "Urgent alert, version 1, Tue 10 Nov 2026 09:00: nobody has acknowledged it yet" in said
    assert "told: Mrs Ali, not mailed yet" in said
    send(school)
    school.later(5 * MINUTE)
    command("acknowledge", "1", "--by", ALI)
    said = command("show", "1", "--by", "Mr Bevan")[1]
    assert "acknowledged Tue 10 Nov 2026 09:05 by Mrs Ali" in said
    assert "told: Mr Bevan, mailed Tue 10 Nov 2026 09:00" in said


def test_a_second_one_hears_who_was_first_and_when(school, command):
    threat(school)
    send(school)
    command("acknowledge", "1", "--by", ALI)
    school.later(HOUR)
    status, said, _ = command("acknowledge", "1", "--by", "Mr Bevan")
    assert status == 0
    assert said == "Case 1: was acknowledged before, by Mrs Ali on Tue 10 Nov 2026 09:00.\n"
    assert len(entries(school)) == 1


def test_whoever_was_not_told_is_refused_in_the_same_words_as_where_there_is_no_such_case(school, command):
    threat(school)
    school.read(item("c2"))
    send(school)
    keep_out(school, "bevan@oakfield.example")
    refusals = set()
    for number, who in (("1", "Ms Okafor"), ("1", "Mr Bevan"), ("1", "nobody"), ("2", "Mrs Ali"), ("99", "Mrs Ali")):
        status, said, complaint = command("acknowledge", number, "--by", who)
        assert (status, said) == (1, "")
        refusals.add(complaint.replace(who, "X").replace(f"case {number}", "case N"))
    assert len(refusals) == 1
    assert alert(school).acknowledged_at is None


def test_the_head_can_once_the_alert_has_come_to_the_head(school, command):
    threat(school)
    send(school)
    assert command("acknowledge", "1", "--by", HEAD)[0] == 1
    wait(school, 30)
    assert command("acknowledge", "1", "--by", HEAD)[:2] == (
        0,
        "Case 1: acknowledged by Ms Okafor. Nobody else is told.\n",
    )


def test_the_last_resort_can_by_address_although_nobody_configured_them(school, command):
    threat(school)
    wait(school, 200)
    assert told(school)[-1] == LAST
    assert command("acknowledge", "1", "--by", LAST)[0] == 0
    assert alert(school).acknowledged_by == LAST


def test_several_at_once_and_what_is_refused_of_them_is_said(school, command):
    threat(school)
    threat(school, "c2")
    send(school)
    status, said, complaint = command("acknowledge", "1", "2", "7", "--by", ALI)
    assert (status, said.count("acknowledged by Mrs Ali")) == (1, 2)
    assert "case 7: Mrs Ali was told of no urgent case with this number" in complaint


def test_all_versions_are_acknowledged_together(school, command):
    threat(school)
    school.later(MINUTE)
    school.read(item("c1", "I will kill you tomorrow"))
    send(school)
    _, said, _ = command("acknowledge", "1", "--by", ALI)
    assert said.splitlines() == [
        "Case 1: acknowledged by Mrs Ali. Nobody else is told.",
        "Case 1, version 2: acknowledged by Mrs Ali. Nobody else is told.",
    ]


def test_health_says_when_an_alert_has_come_to_its_end_and_nobody_has_it(school, command):
    school.read(item("c1", "I will kill you"))
    send(school)
    assert "urgent alerts: 1 not acknowledged yet, and somebody comes next" in command("health")[1]
    wait(school, 300)
    school.read()
    status, said, _ = command("health")
    assert status == 1
    assert "Facebook page: a comment is urgent since Tue 10 Nov 2026 09:00, everybody who should hear of it" in said
    assert "case 1" not in said.lower()
    assert command("acknowledge", "1", "--by", LAST)[0] == 0
    assert "urgent alerts: none open" in command("health")[1]
