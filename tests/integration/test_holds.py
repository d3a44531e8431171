"""A legal hold: placed and lifted by those who may, on record, and stronger than everything that erases."""

import pytest
from desk import DAY, HOUR, INSULT, item
from erased import ask, case_of, erase, eraser
from evidence_desk import records, run_command
from sqlalchemy import select

from monitor.custody.log import Actor
from monitor.erasing import holds
from monitor.erasing.eraser import ErasureRefused
from monitor.store.evidence_log import ClockSetBack
from monitor.store.school_tables import School

HEAD = Actor("Ms Okafor", "crime 42/26", "head on head-pc")
HEADS = ("--by", "head@oakfield.example", "--why", "crime 42/26")
ALIS = ("--by", "Mrs Ali", "--why", "I would rather")


@pytest.fixture
def run(desk, monkeypatch, capsys):
    return lambda *words: run_command(desk, monkeypatch, capsys, "evidence", *words)


@pytest.fixture
def case(desk):
    desk.read(item("c1", INSULT), item("c2", INSULT), item("c3", "Thank you"))
    return case_of(desk, "c1")


def do(desk, deed, case):
    with desk.store.writing() as tx:
        return deed(tx, tx.scalars(select(School)).one(), case, HEAD, desk.clock())


def state(desk, case):
    with desk.rows() as (tx, school, _):
        return holds.on_hold(tx, school, case), holds.all_on_hold(tx, school)


def test_a_case_is_on_hold_from_the_entry_that_places_it_to_the_one_that_lifts_it(desk, case):
    assert state(desk, case) == (False, set())
    placed = do(desk, holds.place, case)
    assert state(desk, case) == (True, {case})
    lifted = do(desk, holds.lift, case)
    assert state(desk, case) == (False, set())
    do(desk, holds.place, case)
    do(desk, holds.place, case_of(desk, "c3"))
    assert state(desk, case) == (True, {case, case_of(desk, "c3")})
    assert placed < lifted
    assert [(each["kind"], each["case"], each["by"], each["why"]) for each in records(desk, "hold", "release")][
        :2
    ] == [
        ("hold", case, "Ms Okafor", "crime 42/26"),
        ("release", case, "Ms Okafor", "crime 42/26"),
    ]


def test_a_second_hold_is_refused_and_says_who_placed_the_first(desk, case):
    position = do(desk, holds.place, case)
    words = rf"case {case} is on hold already: Ms Okafor placed it on 10 Nov 2026 \(entry {position}\)"
    with pytest.raises(holds.HoldRefused, match=words):
        do(desk, holds.place, case)


def test_what_is_not_there_not_held_or_erased_is_told(desk, case):
    with pytest.raises(holds.HoldRefused, match="there is no case 999"):
        do(desk, holds.place, 999)
    with pytest.raises(holds.HoldRefused, match=f"no hold is on case {case}"):
        do(desk, holds.lift, case)
    erase(desk, "c1")
    with pytest.raises(
        holds.HoldRefused, match=f"case {case} was erased on 10 Nov 2026; there is nothing left to hold"
    ):
        do(desk, holds.place, case)


def test_a_clock_set_back_places_no_hold_with_a_false_time(desk, case):
    desk.later(-DAY)
    with pytest.raises(ClockSetBack):
        do(desk, holds.place, case)


def test_what_is_held_cannot_be_asked_to_be_erased_by_anybody(desk, case):
    do(desk, holds.place, case)
    for basis in ("request", "subject", "retention"):
        with pytest.raises(ErasureRefused, match="a legal hold is on case"):
            eraser(desk).ask(case, basis, HEAD)
    do(desk, holds.lift, case)
    assert ask(desk, "c1").waits


def test_the_commands_place_and_lift_it_and_say_what_that_means(desk, case, run):
    status, said, _ = run("hold", case, *HEADS)
    assert (status, state(desk, case)[0]) == (0, True)
    assert f"Case {case} is on hold (entry" in said
    assert "nothing of it is erased" in said
    desk.later(HOUR)
    status, said, _ = run("release", case, *HEADS)
    assert (status, state(desk, case)[0]) == (0, False)
    assert "Its term counts again" in said


def test_only_the_head_and_safeguarding_may(desk, case, run):
    for command in ("hold", "release"):
        status, _, told = run(command, case, *ALIS)
        assert status == 2
        assert "this needs the role head or safeguarding, which Ms Okafor has" in told
    assert state(desk, case) == (False, set())


@pytest.mark.parametrize("command", ["hold", "release"])
def test_what_cannot_be_done_is_one_sentence_and_exit_1(desk, case, run, command):
    status, said, told = run(command, 999, *HEADS)
    assert (status, said) == (1, "")
    assert told.startswith("school-monitor: ")
    assert "case 999" in told
