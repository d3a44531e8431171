"""Who may have a comment erased: one person or two, never past a hold; and what is told of copies out of reach."""

import pytest
from desk import item
from erased import (
    ALI,
    AUTHOR,
    EDITED,
    HEAD,
    NAME,
    REMOTE_ID,
    TRACES,
    ask,
    case_of,
    conversation_in,
    copy_of,
    erase,
    eraser,
    evidence_of,
    finish,
    found_in,
    hold,
    taken_up,
)
from evidence_desk import entries, records
from kept_evidence import problems
from sqlalchemy import select

from monitor.custody.log import note
from monitor.deciding import decide
from monitor.erasing.eraser import ErasureRefused
from monitor.erasing.steps import Erased
from monitor.model import Action
from monitor.store import judged, ledger
from monitor.store.evidence_tables import Erasure
from monitor.store.school_tables import School


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def desk(conversation, tmp_path):
    with taken_up(copy_of(conversation, tmp_path / "desk")) as desk:
        yield desk


def test_without_evidence_it_is_done_at_once_by_one_person(desk):
    desk.read(item("c5", "Nobody rings Herr Mustermann back", by=AUTHOR, author_name=NAME))
    asked = ask(desk, "c5")
    assert not asked.waits
    assert asked.case in {entry.case.id for entry in desk.app.reporter.waiting(desk.clock())}
    (result,) = eraser(desk).carry_out([asked.number], ALI.account).results
    assert (result.versions, result.folders) == (1, 0)
    (done,) = records(desk, "erasure")
    assert (done["state"], done["by"], done["why"], done["positions"]) == ("done", "Mrs Ali", ALI.why, [])
    assert found_in(desk.folder, "Herr Mustermann") == []
    assert asked.case not in {entry.case.id for entry in desk.app.reporter.waiting(desk.clock())}


def test_with_evidence_nothing_happens_before_a_second_person_agrees(desk):
    asked = ask(desk)
    assert asked.waits
    with pytest.raises(ErasureRefused, match="not agreed to"):
        eraser(desk).carry_out([asked.number], ALI.account)
    assert desk.cases()[REMOTE_ID].text == EDITED
    assert [row.id for row in eraser(desk).waiting()] == [asked.number]


def test_the_same_person_is_no_second_person_and_the_attempt_is_recorded(desk):
    asked = ask(desk)
    for same in ("Mrs Ali", "mrs ali"):
        with pytest.raises(ErasureRefused, match="a second person has to agree"):
            eraser(desk).approve(asked.number, type(ALI)(same, "yes", "elsewhere"))
    assert [each["erasure"] for each in records(desk, "refused")] == [asked.number] * 2
    assert desk.all_of(Erasure)[0].second_at is None


def test_evidence_kept_after_it_was_asked_for_asks_for_a_second_person_after_all(desk):
    desk.read(item("c5", "Nobody rings back", by=AUTHOR))
    asked = ask(desk, "c5")
    with desk.store.writing() as tx:
        comment = judged.comment_of(tx, tx.scalars(select(School)).one(), asked.case)
        decide(tx, desk.app.capturer, comment, 1, Action.CONFIRM_SPAM, ALI, desk.clock())
    carried = eraser(desk).carry_out([asked.number], ALI.account)
    assert [type(each).__name__ for each in carried.results] == ["NeedsSecond"]
    assert desk.cases()["c5"].text == "Nobody rings back"
    eraser(desk).approve(asked.number, HEAD)
    (result,) = eraser(desk).carry_out([asked.number], HEAD.account).results
    assert isinstance(result, Erased)


def test_what_was_cancelled_can_be_asked_for_again_and_asking_twice_is_refused(desk):
    asked = ask(desk)
    with pytest.raises(ErasureRefused, match=f"asked for already: number {asked.number}, by Mrs Ali"):
        ask(desk, actor=HEAD)
    eraser(desk).cancel(asked.number, HEAD)
    for late in (eraser(desk).approve, eraser(desk).cancel):
        with pytest.raises(ErasureRefused, match="waits"):
            late(asked.number, HEAD)
    assert ask(desk).number > asked.number


def test_what_was_erased_or_is_not_there_cannot_be_asked_for(desk):
    case = case_of(desk)
    erase(desk)
    with pytest.raises(ErasureRefused, match=f"case {case} was erased on 10 Nov 2026 already"):
        eraser(desk).ask(case, "request", ALI)
    with pytest.raises(ErasureRefused, match="there is no case 999"):
        eraser(desk).ask(999, "request", ALI)


def test_a_hold_refuses_the_asking_and_the_attempt_is_recorded(desk):
    hold(desk, REMOTE_ID)
    with pytest.raises(ErasureRefused, match="a legal hold is on case"):
        ask(desk)
    assert records(desk, "refused")[-1]["what"] == "erasure"


def test_a_hold_placed_meanwhile_refuses_the_second_person_and_the_deed(desk):
    first = ask(desk)
    hold(desk, REMOTE_ID)
    with pytest.raises(ErasureRefused, match="a legal hold is on case"):
        eraser(desk).approve(first.number, HEAD)
    hold(desk, REMOTE_ID, lift=True)
    eraser(desk).approve(first.number, HEAD)
    hold(desk, REMOTE_ID)
    carried = eraser(desk).carry_out([first.number], HEAD.account)
    assert [type(each).__name__ for each in carried.results] == ["Held"]
    assert desk.cases()[REMOTE_ID].text == EDITED
    assert finish(desk).held == (first.case,)
    hold(desk, REMOTE_ID, lift=True)
    assert [each.case for each in finish(desk).erased] == [first.case]
    assert found_in(desk.folder, *TRACES) == []


def test_words_in_evidence_on_hold_stay_until_the_hold_is_lifted(desk):
    hold(desk, "c2")
    result = erase(desk)
    assert result.held_in == (case_of(desk, "c2"),)
    (folder,) = evidence_of(desk, "c2")
    left = {name for name, _ in found_in(desk.folder, *TRACES)}
    assert left
    assert all(folder.name in name for name in left)
    assert finish(desk).cleared
    assert found_in(desk.folder, *TRACES)
    hold(desk, "c2", lift=True)
    assert finish(desk).cleared
    assert found_in(desk.folder, *TRACES) == []
    desk.app.cards.run()
    assert problems(desk) == []
    (part,) = records(desk, "erasure")[-1]["parts"]
    assert part["file"].startswith("thread/")


def test_copies_that_went_out_are_named(desk):
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        note(tx, school, "export", desk.clock(), case_of(desk), {}, HEAD)
        note(tx, school, "share", desk.clock(), case_of(desk), {"with": "PC 1234"}, HEAD)
    result = erase(desk)
    assert [(each.kind, each.by, each.to) for each in result.outside] == [
        ("export", "Ms Okafor", None),
        ("share", "Ms Okafor", "PC 1234"),
    ]
    assert [entry.kind for entry in entries(desk) if entry.kind in {"export", "share"}] == ["export", "share"]
