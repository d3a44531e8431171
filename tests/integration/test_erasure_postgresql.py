"""On PostgreSQL an erasure leaves no row with a word of it, triggers hold, and a late writer is caught up with."""

import pytest
from desk import HOUR, SCRIPTED, Desk
from erased import (
    EDITED,
    HEAD,
    REMOTE_ID,
    TRACES,
    ask,
    case_of,
    erase,
    eraser,
    finish,
    found_in,
    spellings,
    talk,
    theirs,
)
from kept_evidence import problems
from postgresql import empty
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from monitor.erasing import holds
from monitor.erasing.eraser import ErasureRefused
from monitor.evidence import erasure_journal
from monitor.store.evidence_tables import LogEntry, LogOpening, Snapshot
from monitor.store.item_tables import Comment, Version
from monitor.store.school_tables import School


@pytest.fixture
def desk(postgresql, tmp_path):
    address, _ = postgresql
    desk = Desk(tmp_path, accounts=f'{SCRIPTED}\n[storage]\ndatabase = "{address}"\n')
    talk(desk)
    desk.later(HOUR)
    yield desk
    empty(desk.store)
    desk.close()


def rows_with(postgresql):
    _, dump = postgresql
    content = dump()
    return {needle for needle in TRACES if any(spelt in content for spelt in spellings(needle))}


def test_no_row_and_no_file_holds_a_word_a_name_or_an_id_of_it(desk, postgresql):
    assert rows_with(postgresql) == set(TRACES)
    erase(desk)
    assert rows_with(postgresql) == set()
    assert found_in(desk.settings.evidence_folder, *TRACES) == []
    desk.read(theirs(EDITED + " and more"))
    assert rows_with(postgresql) == set()
    desk.app.cards.run()
    assert problems(desk) == []
    assert finish(desk).cleared


@pytest.mark.parametrize("what", [delete(LogOpening), delete(Snapshot), delete(LogEntry)])
def test_the_database_lets_nothing_go_whose_erasure_is_not_written_down(desk, what):
    with pytest.raises(DBAPIError, match="by an erasure only|is never removed"), desk.store.writing() as tx:
        tx.execute(what)


def test_a_hold_wins_here_too(desk):
    asked = ask(desk)
    with desk.store.writing() as tx:
        holds.place(tx, tx.scalars(select(School)).one(), asked.case, HEAD, desk.clock())
    with pytest.raises(ErasureRefused, match="a legal hold"):
        eraser(desk).approve(asked.number, HEAD)
    assert desk.cases()[REMOTE_ID].text == EDITED


def test_what_a_program_keeps_that_had_read_the_comment_before_goes_at_the_next_start(desk, postgresql):
    case = case_of(desk)
    with desk.store.writing() as late:
        comment = late.get_one(Comment, case)
        assert comment.erased_at is None
        erase(desk)
        late.add(Version(item_id=case, number=3, text=EDITED, raw="{}", seen_at=desk.clock()))
    assert rows_with(postgresql) == {"Müller-Lüdenscheidt", "Vollpfosten"}
    assert finish(desk).cleared
    assert rows_with(postgresql) == set()


def test_a_row_brought_back_is_erased_again_by_the_journal(desk, postgresql):
    lines = erasure_journal.read(desk.settings.evidence_folder)
    assert lines == []
    erase(desk)
    (line,) = erasure_journal.standing(erasure_journal.read(desk.settings.evidence_folder))
    with desk.store.writing() as tx:  # as a backup would have it, under another number
        tx.execute(text("UPDATE item SET remote_id = :was, erased_at = NULL WHERE remote_id = :is"),
                   {"was": REMOTE_ID, "is": line.item})  # fmt: skip
        tx.execute(text("UPDATE version SET text = :words WHERE text = ''"), {"words": EDITED})
    assert finish(desk).again.done == 1
    assert rows_with(postgresql) == set()
