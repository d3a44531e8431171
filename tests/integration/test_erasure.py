"""An erasure leaves no word, name or id anywhere, keeps every figure, and takes nothing in again."""

import base64
import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from desk import DAY, HOUR, NOW, OTHER, SCHOOL, item, page
from erased import (
    ALI,
    ANOTHER_ID,
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
    finish,
    found_in,
    taken_up,
    theirs,
)
from evidence_desk import entries, records
from kept_evidence import problems
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from connectors.base import Batch, Exchange
from monitor import holds
from monitor.custody import note
from monitor.deciding import decide
from monitor.eraser import ErasureRefused
from monitor.erasure_steps import Erased
from monitor.evidence import incoming
from monitor.evidence.erasure_journal import read
from monitor.evidence.files import write_new
from monitor.model import Action
from monitor.store import archive, judged, ledger
from monitor.store.evidence_tables import Erasure, Snapshot
from monitor.store.sweeping import sweep
from monitor.store.tables import Answer, Comment, Flag, Item, School
from monitor.store.tables import Exchange as ExchangeRow

WEEK = "2026-W46"


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def desk(conversation, tmp_path):
    with taken_up(copy_of(conversation, tmp_path / "desk")) as desk:
        yield desk


def evidence_of(desk, remote_id):
    with desk.rows() as (tx, _, __):
        wanted = select(Snapshot).join(Item, Item.id == Snapshot.comment_id).where(Item.remote_id == remote_id)
        return [desk.settings.evidence_folder / row.path for row in tx.scalars(wanted.order_by(Snapshot.id))]


def hold(desk, remote_id, lift=False):
    with desk.store.writing() as tx:
        school = tx.scalars(select(School)).one()
        (holds.lift if lift else holds.place)(tx, school, case_of(desk, remote_id), HEAD, desk.clock())


def tombstone(desk, case):
    with desk.rows() as (tx, _, __):
        comment = tx.get(Comment, case)
        assert comment.versions
        return comment


def test_before_it_everything_that_is_looked_for_is_there_in_the_database_and_in_three_folders(desk):
    there = {name for name, _ in found_in(desk.folder, *TRACES)}
    assert len({name.split("/")[3] for name in there if name.startswith("evidence/")}) == 3
    assert any("school-monitor.db" in name for name in there)
    assert {needle for _, needle in found_in(desk.folder, *TRACES)} == set(TRACES)


def test_no_file_holds_a_word_a_name_or_an_id_of_it_afterwards(desk):
    result = erase(desk)
    assert (result.versions, result.folders, result.held_in) == (2, 2, ())
    assert found_in(desk.folder, *TRACES) == []


def test_the_card_of_another_comment_is_drawn_anew_without_its_words(desk):
    (folder,) = evidence_of(desk, "c2")
    assert (folder / "card.pdf").exists()
    erase(desk)
    assert not list(folder.glob("*card*"))
    assert desk.app.cards.run() == 1
    assert (folder / "card.pdf").exists()
    assert found_in(desk.folder, *TRACES) == []


def test_what_stays_is_proved_as_before(desk):
    erase(desk)
    desk.app.cards.run()
    desk.app.sealer.run()
    assert problems(desk) == []


def test_the_entry_about_it_names_entries_and_people_and_nothing_of_the_comment(desk):
    case = case_of(desk)
    before = {entry.position for entry in entries(desk) if entry.case == case}
    erase(desk)
    asked, agreed, done = records(desk, "erasure")
    assert [each["state"] for each in (asked, agreed, done)] == ["asked", "agreed", "done"]
    assert (asked["by"], asked["account"]) == ("Mrs Ali", "ali on office-pc")
    assert (agreed["by"], agreed["account"]) == ("Ms Okafor", "head on head-pc")
    assert (done["by"], done["second"], done["basis"], done["case"]) == ("Mrs Ali", "Ms Okafor", "request", case)
    assert set(done["positions"]) == before
    assert {entry.position for entry in entries(desk) if entry.record is None} == before


def test_the_number_the_times_and_the_counts_stay(desk):
    before = desk.cases()[REMOTE_ID]
    erase(desk)
    comment = tombstone(desk, before.id)
    assert comment.remote_id.startswith("erased:")
    assert (comment.created_at, comment.due_at, comment.erased_at) == (before.created_at, before.due_at, desk.clock())
    assert [(version.text, version.raw) for version in comment.versions] == [("", ""), ("", "")]
    after = next(case for case in desk.cases().values() if case.id == before.id)
    assert [flag.category for flag in after.flags] == [flag.category for flag in before.flags]
    assert {(flag.start, flag.end) for flag in after.flags} == {(0, 0)}
    assert after.derivation == before.derivation
    assert (after.author_id, after.author_name, after.permalink, after.attachments) == (None, "", "", ())


def test_the_week_counts_it_as_before_and_no_list_names_it(desk):
    desk.later(2 * DAY)
    before, case = desk.app.reporter.weekly(WEEK, desk.clock()), case_of(desk)
    assert case in {entry.case.id for entry in desk.app.reporter.waiting(desk.clock())}
    erase(desk)
    after = desk.app.reporter.weekly(WEEK, desk.clock())
    assert after.figures == before.figures
    assert [(each.category, each.flagged) for each in after.flagged] == [("insult", 3)]
    assert case not in {entry.case.id for entry in desk.app.reporter.waiting(desk.clock())}
    with desk.rows() as (tx, school, _):
        exported = list(archive.everything(tx, school, None, None))
    assert {row["remote_id"] for row in exported} == {"c0", "c2", "r1"}


def test_a_decision_counts_for_what_it_was_without_its_reason(desk):
    with desk.store.writing() as tx:
        comment = judged.comment_of(tx, tx.scalars(select(School)).one(), case_of(desk))
        decide(tx, desk.app.capturer, comment, 2, Action.NO_REPLY_NEEDED, ALI, desk.clock())
    erase(desk)
    case = next(case for case in desk.cases().values() if case.text == "")
    (decision,) = case.decisions
    assert (decision.fact.action, decision.fact.note, decision.by) == (Action.NO_REPLY_NEEDED, "erased", "Mrs Ali")
    assert case.facts.actions == (decision.fact,)


@pytest.mark.parametrize("remote_id", [REMOTE_ID, ANOTHER_ID])
def test_met_again_on_the_network_nothing_of_it_is_kept(desk, remote_id):
    erase(desk)
    case, flags = max(each.id for each in desk.cases().values()), len(desk.all_of(Flag))
    desk.later(HOUR)
    result = desk.read(item(remote_id, EDITED + " and more", by=AUTHOR, author_name=NAME, under="c0"))
    assert (result.new, result.edited, result.flagged) == (0, 0, 0)
    assert len(desk.all_of(Flag)) == flags
    assert max(each.id for each in desk.cases().values()) == case
    assert found_in(desk.folder, *TRACES) == []
    assert not list((desk.settings.evidence_folder / incoming.INCOMING).rglob("*.json"))


def test_met_again_it_is_not_even_put_on_the_disk_for_a_moment(desk, monkeypatch):
    erase(desk)
    monkeypatch.setattr("monitor.collect.incoming.write_incoming", None)
    assert desk.read(theirs(EDITED)).items == 1


def test_met_again_under_a_new_id_that_names_an_old_one_nothing_of_it_is_kept(desk):
    erase(desk)
    desk.read(item("1000_1", EDITED, by=AUTHOR, author_name=NAME, alt_ids=(REMOTE_ID,)))
    assert found_in(desk.folder, *TRACES) == []


def test_what_is_said_below_it_later_hangs_below_the_tombstone(desk):
    case = case_of(desk)
    erase(desk)
    name = tombstone(desk, case).remote_id
    desk.read(item("c9", "And what of the fair?", by=OTHER, under=REMOTE_ID, post=REMOTE_ID))
    desk.read(item("c10", "Yes, what?", by=OTHER, under=ANOTHER_ID))
    kept = desk.items()
    assert (kept["c9"].parent_remote_id, kept["c9"].post_remote_id, kept["c9"].thread_key) == (name, name, "c0")
    assert kept["c10"].parent_remote_id == name
    assert found_in(desk.folder, "5551234567", ANOTHER_ID) == []


def test_whether_it_is_still_on_the_network_is_noted_and_it_is_never_asked_for(desk):
    case = case_of(desk)
    erase(desk)
    desk.read(theirs("", erased=True))
    assert tombstone(desk, case).gone_at == desk.clock()
    desk.read(theirs(EDITED))
    assert tombstone(desk, case).gone_at is None


def test_an_erased_comment_stays_answered_when_its_thread_is_put_together_again(desk):
    case = case_of(desk)
    erase(desk)
    name = tombstone(desk, case).remote_id
    assert desk.answers() == {("r1", name)}
    desk.read(item("r2", "We have", by=SCHOOL, under="c0", at=NOW))
    assert ("r1", name) in desk.answers()


@pytest.mark.parametrize("erased", ["c3", "c4"])
def test_what_an_answer_to_the_same_author_settled_stays_settled(desk, erased):
    """The school answered c4 and so c3 as well, which is by the same author in the same thread."""
    for number, name in enumerate(("c3", "c4")):
        desk.read(item(name, "When is it?", by="4242", under="c0", at=NOW + number * HOUR))
    desk.read(item("r3", "On Friday", by=SCHOOL, under="c4", at=NOW + 2 * HOUR))
    numbers = {name: case_of(desk, name) for name in ("c3", "c4", "r3")}
    erase(desk, erased)
    desk.read(item("r4", "At six", by=SCHOOL, under="c0", at=NOW + 3 * HOUR))
    linked = {(answer.reply_id, answer.comment_id) for answer in desk.all_of(Answer)}
    assert {(numbers["r3"], numbers["c3"]), (numbers["r3"], numbers["c4"])} <= linked


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


def test_evidence_of_an_answer_goes_on_naming_the_id_and_that_is_said(desk):
    payload = {"id": "c7", "message": "You idiot", "parent": {"id": REMOTE_ID}}
    desk.read(item("c7", "You idiot", by=OTHER, under=REMOTE_ID, at=NOW, raw=payload))
    result = erase(desk)
    assert result.named_in == (case_of(desk, "c7"),)
    (folder,) = evidence_of(desk, "c7")
    left = found_in(desk.folder, *TRACES)
    assert {needle for _, needle in left} == {"5551234567"}
    assert all(folder.name in name for name, _ in left)


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


def test_a_page_that_a_crash_left_loses_it_and_keeps_the_others(desk):
    evidence = desk.settings.evidence_folder
    nested = {"id": "c6", "message": "Hello", "comments": {"data": [{"id": REMOTE_ID, "message": EDITED}]}}
    batch = page(item("c6", "Hello", raw=nested), theirs(EDITED))
    incoming.write_incoming(evidence, "oakfield", "facebook", "comments", batch, desk.clock())
    folder = evidence / incoming.INCOMING / "oakfield" / "facebook"
    write_new(folder / "old.unreadable", EDITED.encode())
    erase(desk)
    (left,) = incoming.leftovers(evidence, "oakfield", "facebook")
    _, kept, received_at = incoming.read_incoming(left)
    assert [each.remote_id for each in kept.items] == ["c6"]
    assert (kept.exchanges, received_at) == ((), desk.clock())
    assert found_in(desk.folder, *TRACES) == []
    assert base64.b64encode(EDITED.encode())[8:-8] not in left.read_bytes()
    assert desk.read().new == 1


def test_a_page_nobody_can_read_is_removed_as_nobody_can_tell_what_is_in_it(desk):
    folder = desk.settings.evidence_folder / incoming.INCOMING / "oakfield" / "facebook"
    folder.mkdir(parents=True, exist_ok=True)
    write_new(folder / f"{1:016}-00000000.json", EDITED.encode())
    erase(desk)
    assert list(folder.iterdir()) == []


def test_a_snapshot_that_was_never_finished_is_removed_too(desk):
    unfinished = desk.settings.evidence_folder / ".unfinished" / "0123"
    unfinished.mkdir(parents=True)
    write_new(unfinished / "capture.json", EDITED.encode())
    erase(desk)
    assert found_in(desk.folder, *TRACES) == []


def test_a_snapshot_whose_program_was_killed_before_it_was_entered_is_removed_too(desk):
    (first, _), (other,) = evidence_of(desk, REMOTE_ID), evidence_of(desk, "c2")
    stray = first.with_name("f" * 32)
    shutil.copytree(first, stray)
    somebody_elses = other.with_name("e" * 32)
    shutil.copytree(other, somebody_elses, ignore=shutil.ignore_patterns("thread", "*card*"))
    (first.with_name("d" * 32)).mkdir()
    erase(desk)
    assert not stray.exists()
    assert somebody_elses.is_dir()
    assert found_in(desk.folder, *TRACES) == []


def test_old_copies_in_free_places_of_the_database_file_are_gone(desk):
    """SQLite leaves some when it splits a page, whatever `secure_delete` says; here they are planted."""
    with closing(sqlite3.connect(desk.folder / "school-monitor.db", isolation_level=None)) as careless:
        careless.execute("PRAGMA secure_delete=OFF")
        careless.execute("CREATE TABLE scratch (words TEXT)")
        careless.execute("INSERT INTO scratch VALUES (?)", (EDITED * 50,))
        careless.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        careless.execute("DROP TABLE scratch")
    erase(desk)
    assert found_in(desk.folder, *TRACES) == []


def test_a_file_somebody_is_reading_is_rewritten_at_the_next_start(desk, monkeypatch):
    asked = ask(desk)
    eraser(desk).approve(asked.number, HEAD)
    with closing(sqlite3.connect(desk.folder / "school-monitor.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM item").fetchone()
        monkeypatch.setattr("monitor.store.sweeping.PATIENCE", 0)
        carried = eraser(desk).carry_out([asked.number], HEAD.account)
        assert not carried.cleared
        reader.execute("COMMIT")
    assert finish(desk).cleared
    assert found_in(desk.folder, *TRACES) == []
    assert sweep(desk.store)


def test_a_start_with_nothing_to_finish_changes_nothing(desk):
    erase(desk)
    before, journal = entries(desk), read(desk.settings.evidence_folder)
    done = finish(desk)
    assert (done.erased, done.held, done.cleared, done.again.done) == ((), (), True, 0)
    assert (entries(desk), read(desk.settings.evidence_folder)) == (before, journal)


def test_what_another_program_kept_of_it_meanwhile_goes_at_the_next_start(desk):
    case = case_of(desk)
    erase(desk)
    with desk.store.writing() as tx:
        tx.get(Comment, case).versions[-1].text = EDITED
    assert finish(desk).cleared
    assert found_in(desk.folder, *TRACES) == []


def test_what_others_payloads_say_of_it_names_the_tombstone_and_nothing_else_in_them_changes(desk):
    payload = {
        "id": "c4",
        "message": f"Room 9{REMOTE_ID}",
        "parent": {"id": REMOTE_ID},
        "to": int(AUTHOR),
        "likes": 3,
    }
    answer = Exchange("GET", f"https://graph.facebook.com/{REMOTE_ID}/comments?limit=5", 200, {}, b"[]", NOW)
    reply = item("c4", "Room nine", by=OTHER, under=REMOTE_ID, at=NOW, raw=payload)
    desk.read_pages([Batch((reply,), None, True, exchanges=(answer,))])
    case = case_of(desk)
    erase(desk)
    name = tombstone(desk, case).remote_id
    (version,) = desk.items()["c4"].versions
    assert json.loads(version.raw) == payload | {"parent": {"id": name}, "to": name}
    assert not any(REMOTE_ID in exchange.url for exchange in desk.all_of(ExchangeRow))


def test_two_comments_of_one_author_and_only_one_is_erased(desk):
    desk.read(item("c8", "When is the concert?", by=AUTHOR, author_name=NAME, under="c0", at=NOW))
    erase(desk)
    kept = desk.items()
    assert (kept["c8"].author_id, kept["c8"].author_name) == (AUTHOR, NAME)
    assert kept["r1"].addressed_to == [AUTHOR]
    assert json.loads(kept["r1"].versions[0].raw)["to"] == [int(AUTHOR)]
    assert found_in(desk.folder, "Müller-Lüdenscheidt", "5551234567") == []


def test_a_full_disk_leaves_everything_as_it_was_and_the_next_start_finishes(desk, monkeypatch):
    asked = ask(desk)
    eraser(desk).approve(asked.number, HEAD)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.erasure_steps.erasure_journal.append", full)
        with pytest.raises(OSError, match="No space left"):
            eraser(desk).carry_out([asked.number], HEAD.account)
    assert desk.cases()[REMOTE_ID].text == EDITED
    assert all(folder.is_dir() for folder in evidence_of(desk, REMOTE_ID))
    assert [each.number for each in finish(desk).erased] == [asked.number]
    assert found_in(desk.folder, *TRACES) == []


def test_the_database_lets_no_evidence_go_whose_erasure_is_not_written_down(desk):
    theirs_only = Snapshot.__table__.delete().where(Snapshot.comment_id == case_of(desk))
    with pytest.raises(IntegrityError, match="removed by an erasure only"), desk.store.writing() as tx:
        tx.execute(theirs_only)
    assert len(desk.all_of(Snapshot)) == 4
