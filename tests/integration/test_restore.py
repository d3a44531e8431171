"""A backup comes back whole, without what was erased since, and the log says that and by whom it was done."""

import pytest
from backing_up import DATABASE, as_it_was_at_first, back_up, restore, state_of, workplaces
from desk import DAY, HOUR, INSULT, NOW, Desk, item
from erased import REMOTE_ID, TRACES, case_of, conversation_in, copy_of, erase, found_in, taken_up, theirs
from evidence_desk import MRS_ALI, entries, folder_of, records
from kept_evidence import problems, withhold

from monitor.backup.restore_books import NotRestored
from monitor.custody import media_gate
from monitor.erasing import holds
from monitor.evidence import erasure_journal
from monitor.evidence.log.checkpoint import time_text
from monitor.evidence.log.signing import SigningKey
from monitor.store import evidence_log, ledger
from monitor.store.engine import open_store


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def desk(conversation, tmp_path):
    with taken_up(copy_of(conversation, tmp_path / "desk")) as desk:
        yield desk


def live(desk):
    """What the program opens: database and evidence, without what was set aside."""
    return (desk.folder / DATABASE, desk.settings.evidence_folder)


def words_in(desk):
    database, evidence = live(desk)
    others = [path for path in desk.folder.iterdir() if path not in (database, evidence)]
    return [found for found in found_in(desk.folder, *TRACES) if not any(found[0].startswith(o.name) for o in others)]


def set_aside(desk):
    return sorted(path.name for path in desk.folder.glob("*-before-restore-*") if not path.name.endswith("-wal"))


def hold(desk, remote_id, deed=holds.place):
    with desk.store.writing() as tx:
        deed(tx, ledger.enrolled_school(tx, "oakfield"), case_of(desk, remote_id), MRS_ALI, desk.clock())


def test_the_drill(desk):
    """Back up, erase one comment, read another, restore: the first is nowhere, the second is simply read again."""
    backup = back_up(desk)
    assert found_in(backup.path, *TRACES)
    desk.later(HOUR)
    erase(desk)
    desk.read(item("c9", INSULT))
    desk.app.cards.run()
    desk.later(DAY)
    done = restore(desk, backup.path)
    assert words_in(desk) == []
    assert (done.made.erased, done.made.held, done.made.missing) == (1, (), ())
    assert desk.comment_ids() == {"c0", "c2", erased_name(desk)}
    assert problems(desk) == []
    assert workplaces(desk) == []
    for _ in range(2):
        desk.read(item("c9", INSULT), theirs())
        assert desk.comment_ids() == {"c0", "c2", "c9", erased_name(desk)}
        assert words_in(desk) == []
    desk.app.sealer.run()
    desk.app.cards.run()
    assert problems(desk) == []


def erased_name(desk):
    (name,) = [remote_id for remote_id in desk.items() if remote_id.startswith("erased:")]
    return name


def test_the_log_says_who_restored_what_and_how_many_entries_were_lost(desk):
    size = len(entries(desk))
    backup = back_up(desk)
    desk.read(item("c9", INSULT))
    desk.later(DAY)
    with desk.rows() as (tx, school, _):
        replaced = list(evidence_log.commitments(tx, school))
    restore(desk, backup.path)
    (record,) = records(desk, "restore")
    assert (record["by"], record["why"], record["account"]) == ("Mrs Ali", "because", "ali on office-pc")
    assert (record["backup"], record["taken_at"]) == (backup.path.name, time_text(backup.facts.taken_at))
    assert (record["size"], record["replaced_size"]) == (size, len(replaced)) == (size, size + 1)
    assert record["continued"] is True
    assert entries(desk)[size].kind == "restore"
    assert len(entries(desk)) == size + 1


def test_what_was_there_is_set_aside_byte_for_byte_and_can_be_brought_back(desk):
    backup = back_up(desk)
    desk.read(item("c10", INSULT))
    size = len(entries(desk))
    desk.later(DAY)
    desk.close()
    before = state_of(desk.settings.evidence_folder)
    done = restore(desk, backup.path)
    assert set_aside(desk) == [
        "evidence-before-restore-20261111T110000Z",
        f"{DATABASE}-before-restore-20261111T110000Z",
    ]
    assert done.aside == tuple(str(desk.folder / name) for name in set_aside(desk))
    assert state_of(desk.folder / set_aside(desk)[0]) == before
    assert done.made.later == 1
    old = open_store(f"sqlite:///{desk.folder / set_aside(desk)[1]}")
    with old.reading() as tx:
        assert evidence_log.size(tx, ledger.enrolled_school(tx, "oakfield")) == size
    old.close()


def test_nothing_that_is_there_is_replaced_unless_somebody_says_so(desk):
    backup = back_up(desk)
    desk.close()
    before = state_of(desk.folder)
    with pytest.raises(NotRestored, match=r"evidence and school-monitor.db would be replaced; with --in-place"):
        restore(desk, backup.path, in_place=False)
    assert state_of(desk.folder) == before


@pytest.fixture
def new_computer(tmp_path):
    """Nothing but a configuration."""
    (tmp_path / "new").mkdir()
    desk = Desk(tmp_path / "new", now=NOW + 2 * DAY)
    desk.close()
    for path in (*live(desk), *(desk.folder / f"{DATABASE}{ending}" for ending in ("-wal", "-shm"))):
        path.unlink(missing_ok=True) if not path.is_dir() else path.rmdir()
    yield desk
    desk.close()


def test_on_a_new_computer_a_copy_of_the_journal_is_enough_to_erase_once_more(desk, new_computer):
    backup = back_up(desk)
    desk.later(HOUR)
    erase(desk)
    copy = desk.folder / "journal kept in the safe.txt"
    copy.write_bytes((desk.settings.evidence_folder / erasure_journal.JOURNAL).read_bytes())
    done = restore(new_computer, backup.path, in_place=False, journals=[copy])
    assert done.made.erased == 1
    assert done.made.since is None
    assert done.aside == ()
    assert found_in(new_computer.folder, *TRACES) == []
    (record,) = records(new_computer, "restore")
    assert (record["replaced_size"], record["continued"]) == (None, None)
    kept = erasure_journal.standing(erasure_journal.read(new_computer.settings.evidence_folder))
    assert [line.school for line in kept] == ["oakfield"]


def test_without_a_journal_the_backups_own_is_replayed(desk, new_computer):
    first = back_up(desk)
    erase(desk)
    desk.later(HOUR)
    second = back_up(desk)
    restore(new_computer, second.path, in_place=False)
    assert found_in(new_computer.folder, *TRACES) == []
    new_computer.later(HOUR)
    again = restore(new_computer, first.path)
    assert again.made.erased == 1
    assert words_in(new_computer) == []


def test_evidence_copied_at_the_moment_it_was_being_erased_goes_as_well(desk, new_computer):
    """The database of the backup knows the erasure, and the words were still on the disk when it was copied."""
    folder = folder_of(desk, next(s for s in desk.snapshots() if s.comment_id == case_of(desk)))
    words = state_of(folder), {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}
    erase(desk)
    for name, content in words[1].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    backup = back_up(desk)
    assert found_in(backup.path / "evidence", *TRACES)
    restore(new_computer, backup.path, in_place=False)
    assert found_in(new_computer.folder, *TRACES) == []


def test_a_hold_that_the_backup_knows_of_keeps_even_what_was_erased_since(desk):
    hold(desk, REMOTE_ID)
    backup = back_up(desk)
    case = case_of(desk)
    hold(desk, REMOTE_ID, holds.lift)
    erase(desk)
    desk.later(HOUR)
    lost = restore(desk, backup.path)
    assert lost.made.held == ()
    assert lost.made.entered.carried == 1  # that the hold was lifted
    assert words_in(desk) == []
    assert case in {entry.case for entry in entries(desk) if entry.kind == "release"}


def test_where_nobody_knows_that_the_hold_was_lifted_it_stays_and_the_case_is_named(desk, new_computer):
    hold(desk, REMOTE_ID)
    backup = back_up(desk)
    case = case_of(desk)
    hold(desk, REMOTE_ID, holds.lift)
    erase(desk)
    journal = desk.settings.evidence_folder / erasure_journal.JOURNAL
    done = restore(new_computer, backup.path, in_place=False, journals=[journal])
    assert done.made.held == (case,)
    assert REMOTE_ID in new_computer.comment_ids()


def test_marks_and_holds_put_on_comments_since_the_backup_are_entered_again(desk):
    backup = back_up(desk)
    desk.read(item("c9", INSULT))
    hold(desk, "c2")
    withhold(desk, case_of(desk, "c0"))
    withhold(desk, case_of(desk, "c9"))
    newest = len(entries(desk))
    desk.later(HOUR)
    done = restore(desk, backup.path)
    assert done.made.entered.carried == 2
    assert [(entry.kind, entry.position) for entry in done.made.entered.not_carried] == [("media_gate", newest - 1)]
    with desk.rows() as (tx, school, _):
        assert media_gate.is_withheld(tx, school, case_of(desk, "c0"))
        assert holds.all_on_hold(tx, school) == {case_of(desk, "c2")}
    (gate,) = records(desk, "media_gate")
    assert (gate["by"], gate["why"], gate["again"]) == ("Mrs Ali", "because", newest - 2)
    again = restore(desk, backup.path)
    assert again.made.entered.carried == 2
    assert problems(desk) == []


def test_a_card_drawn_anew_while_the_backup_was_taken_is_drawn_once_more(desk):
    def draw_in_between(what, done, of):
        if (what, done) == ("Copying the database", of):
            snapshot = desk.snapshots()[0]
            for name in ("card.txt", "card-sha256.txt"):
                path = folder_of(desk, snapshot) / name
                path.chmod(0o600)
                path.write_bytes(path.read_bytes() + b"\n")

    backup = back_up(desk, progress=draw_in_between)
    desk.later(HOUR)
    restore(desk, backup.path)
    assert "owed" in {snapshot.card for snapshot in desk.snapshots()}
    desk.app.cards.run()
    assert problems(desk) == []


def test_a_page_that_waits_to_be_kept_is_not_lost_by_a_restore(desk):
    backup = back_up(desk)
    waiting = desk.settings.evidence_folder / ".incoming/oakfield/facebook/1762765200000000-0badf00d.json"
    waiting.parent.mkdir(parents=True, exist_ok=True)
    waiting.write_bytes(b"a page")
    desk.later(HOUR)
    restore(desk, backup.path)
    assert waiting.read_bytes() == b"a page"


def test_a_backup_of_an_older_program_is_brought_up_to_date(desk, new_computer):
    desk.close()
    as_it_was_at_first(desk.folder / DATABASE)
    backup = back_up(desk)
    done = restore(new_computer, backup.path, in_place=False)
    assert done.made.missing == ()
    assert [record["size"] for record in records(new_computer, "restore")] == [0]


def test_the_signing_key_comes_back_where_it_was_asked_for_and_never_over_another(desk, new_computer):
    desk.app.sealer.run()
    backup = back_up(desk, with_key=True)
    done = restore(new_computer, backup.path, in_place=False)
    assert done.has_key
    key = new_computer.settings.signing_key
    assert key.read_bytes() == desk.settings.signing_key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    own = SigningKey.load_or_create(key).public
    new_computer.later(HOUR)
    restore(new_computer, backup.path)
    assert SigningKey.load_or_create(key).public == own


def test_without_a_signing_key_that_is_said(desk, new_computer):
    assert not restore(new_computer, back_up(desk).path, in_place=False).has_key


def test_a_database_damaged_beyond_reading_is_set_aside_like_any_other(desk):
    backup = back_up(desk)
    desk.close()
    (desk.folder / DATABASE).write_bytes(b"\x00 not a database" * 1000)
    desk.later(HOUR)
    done = restore(desk, backup.path)
    assert done.made.since is None
    assert desk.comment_ids() == {"c0", "c2", REMOTE_ID}
    assert (desk.folder / set_aside(desk)[1]).read_bytes().startswith(b"\x00 not a database")
