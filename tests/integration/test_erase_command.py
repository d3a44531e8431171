"""`erase` on the command line: who may, what a second person does, what is said of what is out of reach."""

import pytest
from desk import HOUR, INSULT, NOW, OTHER, item
from erased import HEAD, case_of, eraser, found_in
from evidence_desk import records, run_command
from sqlalchemy import select

from monitor.custody.log import note
from monitor.erasing import holds
from monitor.store import ledger
from monitor.store.school_tables import School

ALI = ("--by", "Mrs Ali", "--why", "the author asked for it")
ALI_BY_MAIL = ("--by", "ALI@oakfield.example", "--why", "I agree with myself")
HEADS = ("--by", "Ms Okafor", "--why", "I have read the request")
HEADS_BY_MAIL = ("--by", "head@oakfield.example", "--why", "I have read the request")


@pytest.fixture
def cases(desk):
    """c1 has evidence, c2 has none, c3 has some and shows words of c1."""
    desk.read(
        item("c1", f"{INSULT}, Mr Swales", attachments=()),
        item("c2", "When does the fair begin?"),
        item("c3", INSULT, under="c1", by=OTHER, at=NOW),
    )
    return {name: case_of(desk, name) for name in ("c1", "c2", "c3")}


@pytest.fixture
def run(desk, monkeypatch, capsys):
    return lambda *words: run_command(desk, monkeypatch, capsys, "erase", *words)


def test_what_has_no_evidence_is_erased_at_once(desk, cases, run):
    status, said, _ = run(cases["c2"], *ALI)
    assert (status, said) == (0, f"Case {cases['c2']}: erased (1 version).\n")
    assert "c2" not in desk.cases()


def test_what_has_evidence_waits_and_is_erased_when_a_second_person_agrees(desk, cases, run):
    status, said, _ = run(cases["c1"], *ALI)
    assert status == 0
    assert "a second person has to agree. Asked for as erasure 1: school-monitor erase --approve 1" in said
    status, said, _ = run("--list")
    assert status == 0
    assert all(word in said for word in ("Mrs Ali", "somebody asked for it", "the author asked for it"))
    status, said, _ = run("--approve", "1", *HEADS)
    assert status == 0
    assert f"Case {cases['c1']}: erased (1 version, 1 folder of evidence)." in said
    assert f"The evidence of case {cases['c3']} goes on naming the network's ids of it" in said
    assert found_in(desk.settings.evidence_folder, "Swales") == []
    assert run("--list")[1].startswith("Nothing waits for a second person.\n")


def test_whoever_asked_cannot_agree_under_their_other_name(desk, cases, run):
    run(cases["c1"], "--by", "Ms Okafor", "--why", "asked for")
    status, said, _ = run("--approve", "1", *HEADS_BY_MAIL)
    assert status == 1
    assert said == "Refused: Ms Okafor asked for erasure 1; a second person has to agree to it.\n"
    status, said, _ = run("--approve", "all", *HEADS_BY_MAIL)
    assert "Left out, as Ms Okafor asked for them: 1." in said
    assert "Nothing waits that you can agree to." in said
    assert "c1" in desk.cases()


def test_a_moderator_may_ask_and_not_agree_and_a_stranger_neither(desk, cases, run):
    status, _, told = run(cases["c1"], "--by", "A Stranger", "--why", "please")
    assert status == 2
    assert "this needs the role head or moderator or safeguarding" in told
    run(cases["c1"], *ALI)
    status, _, told = run("--approve", "1", "--by", "Mr Bevan", "--why", "fine")
    assert status == 2
    assert "this needs the role head or safeguarding" in told
    assert "c1" in desk.cases()


def test_several_are_asked_for_at_once_and_agreed_to_with_one_word(desk, cases, run):
    status, said, _ = run(cases["c1"], cases["c2"], cases["c3"], cases["c2"], "--basis", "subject", *ALI)
    assert (status, said.count("a second person has to agree"), said.count("erased (")) == (0, 2, 1)
    status, said, _ = run("--approve", "all", *HEADS)
    assert (status, said.count("erased (")) == (0, 2)
    assert {each["basis"] for each in records(desk, "erasure")} == {"subject"}
    assert desk.cases().keys() & cases.keys() == set()


def test_what_is_refused_is_told_and_keeps_nobody_else_from_it(desk, cases, run):
    with desk.store.writing() as tx:
        holds.place(tx, tx.scalars(select(School)).one(), cases["c1"], HEAD, desk.clock())
    status, said, _ = run(cases["c1"], 999, cases["c2"], *ALI)
    assert status == 1
    assert f"Refused: a legal hold is on case {cases['c1']}" in said
    assert "Refused: there is no case 999" in said
    assert f"Case {cases['c2']}: erased" in said


def test_what_was_asked_for_can_be_cancelled_and_nothing_is_erased(desk, cases, run):
    run(cases["c1"], *ALI)
    assert run("--cancel", "1", *ALI) == (0, "Erasure 1 is cancelled; nothing was erased.\n", "")
    status, said, _ = run("--approve", "1", *HEADS)
    assert (status, "no erasure 1 waits" in said) == (1, True)
    assert "c1" in desk.cases()


def test_copies_that_left_and_words_on_hold_are_told(desk, cases, run):
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        note(tx, school, "export", desk.clock(), cases["c1"], {}, HEAD)
        note(tx, school, "share", desk.clock(), cases["c1"], {"with": "PC 1234\x1b[31m"}, HEAD)
        holds.place(tx, school, cases["c3"], HEAD, desk.clock())
    desk.later(HOUR)
    run(cases["c1"], *ALI)
    status, said, _ = run("--approve", "1", *HEADS)
    assert status == 0
    assert "A copy left this computer: exported Tue 10 Nov 2026 09:00 by Ms Okafor. Ask whoever has it" in said
    assert "passed on to PC 1234" in said
    assert "\x1b" not in said
    assert f"Its words stay in the evidence of case {cases['c3']}, on which a legal hold is." in said


def test_somebody_using_the_database_is_told_and_the_rest_is_left_to_the_next_start(desk, cases, run, monkeypatch):
    monkeypatch.setattr("monitor.erasing.steps.sweep", lambda _: False)
    status, said, _ = run(cases["c2"], *ALI)
    assert status == 1
    assert "That is done at the next start." in said
    assert not eraser(desk).clear()
    monkeypatch.undo()
    assert eraser(desk).clear()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--list", "--approve", "1"),
        ("12", "--cancel", "1", *ALI),
        ("--approve", "seven", *HEADS),
        ("--approve", "1,", *HEADS),
        ("twelve", *ALI),
        ("12", "--basis", "retention", *ALI),
        ("12", "--by", "Mrs Ali", "--why", " "),
        ("12",),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(desk, cases, run, words):
    try:
        status, _, told = run(*words)
    except SystemExit as refused:
        status, told = refused.code, "school-monitor: "
    assert status == 2
    assert told.startswith("school-monitor: ")
    assert desk.cases().keys() == cases.keys()
