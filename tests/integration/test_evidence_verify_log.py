"""`evidence verify` on the log: a leaf gone, moved or changed, a head forged, a key replaced, an end cut off."""

import shutil

import pytest
from evidence_desk import MRS_ALI, entries
from kept_evidence import (
    broken_into,
    copied,
    cut_off,
    problems,
    some_weeks_in,
    verdict,
)

from monitor.custody.log import begin_new_key, note
from monitor.evidence.log.signing import SigningKey
from monitor.store import ledger

UNSIGNED = "the 1 newest entry is not signed yet; the program does that within the hour"


@pytest.fixture(scope="module")
def some_weeks(tmp_path_factory):
    return some_weeks_in(tmp_path_factory)


@pytest.fixture
def desk(some_weeks, tmp_path):
    with copied(some_weeks, tmp_path / "desk") as desk:
        yield desk


def unfit(size, since):
    return (
        f"checkpoint over {size} entries: this is no longer the log that was signed: of the entries from {since} to "
        f"{size - 1}, one was changed, moved, put in or taken out"
    )


def take_out(database, position):
    for table in ("log_entry", "log_opening"):
        database.execute(f"DELETE FROM {table} WHERE position = {position}")


def renumber(database, old, new):
    for table in ("log_entry", "log_opening"):
        database.execute(f"UPDATE {table} SET position = {new} WHERE position = {old}")


def test_a_removed_leaf_is_named_and_the_first_head_that_no_longer_fits(desk):
    with broken_into(desk) as database:
        take_out(database, 6)
    assert problems(desk) == ["entry 6 is missing from the log", unfit(9, since=5), "1 later checkpoint does not fit"]


def test_a_removed_leaf_whose_gap_was_closed_is_found_by_the_heads(desk):
    with broken_into(desk) as database:
        take_out(database, 6)
        for position in range(7, 12):
            renumber(database, position, position - 1)
    found = problems(desk)
    assert unfit(9, since=5) in found
    assert "checkpoint over 12 entries: the log ends at 11; its newest entries were taken out" in found


def test_many_removed_leaves_are_named_together(desk):
    with broken_into(desk) as database:
        for position in (1, 2, 3, 9):
            take_out(database, position)
    found = problems(desk)
    assert found[0] == "entries 1 to 3 are missing from the log"
    assert "entry 9 is missing from the log" in found
    assert "evidence 1 (case 3): the evidence log does not name it: its entry was changed or taken out" in found


def test_leaves_in_another_order_are_found_with_and_without_their_records(desk):
    with broken_into(desk) as database:
        for old, new in ((6, 99), (7, 6), (99, 7)):
            renumber(database, old, new)
    assert problems(desk) == [unfit(9, since=5), "1 later checkpoint does not fit"]
    with broken_into(desk) as database:
        for old, new in ((6, 99), (7, 6), (99, 7)):
            database.execute(f"UPDATE log_opening SET position = {new} WHERE position = {old}")
    found = problems(desk)
    assert "entry 6: its record or salt was changed after it was written" in found
    assert "entry 7: its record or salt was changed after it was written" in found


def test_an_entry_from_another_day_between_two_is_seen_by_its_time(desk):
    with broken_into(desk) as database:
        for old, new in ((0, 99), (9, 0), (99, 9)):
            renumber(database, old, new)
    assert "entry 1: its time is before that of the entry in front of it" in problems(desk)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE log_opening SET record = replace(record, 'Mrs Ali', 'Mrs Eli')", "its record or salt was changed"),
        ("UPDATE log_opening SET record = record || ' '", "its record or salt was changed"),
        ("UPDATE log_opening SET record = '[1'", "its record or salt was changed"),
        (
            "UPDATE log_opening SET salt = substr(salt, 3) || substr(salt, 1, 2)",
            "its record or salt was changed",
        ),
        ("UPDATE log_opening SET salt = 'x'", "its record or salt was changed"),
        ("UPDATE log_opening SET kind = 'view'", "its kind, case or time was changed in the database"),
        ('UPDATE log_opening SET "case" = 2', "its kind, case or time was changed in the database"),
        ("UPDATE log_entry SET at = '2026-11-11 10:00:01.000000'", "its kind, case or time was changed"),
        ("UPDATE log_entry SET commitment = substr(commitment, 2) || 'z'", "its commitment was changed"),
        ("DELETE FROM log_opening", "its record was taken out, and no erasure accounts for it"),
    ],
)
def test_whatever_is_changed_of_an_entry_is_found_and_the_entry_named(desk, change, said):
    with broken_into(desk) as database:
        database.execute(f"{change} WHERE position = 9")
    assert [each for each in problems(desk) if each.startswith("entry 9: ") and said in each]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("root = substr(root, 3) || substr(root, 1, 2)", "it or its signature was changed after it was signed"),
        ("root = substr(root, 3)", "its root or signature cannot be read"),
        ("at = '2026-11-11 11:00:00.000000'", "it or its signature was changed after it was signed"),
        ("signature = lower(signature)", "it or its signature was changed"),
        ("signature = '?'", "its root or signature cannot be read"),
        ("key = 'sha256:00'", "the signing key was replaced: sha256:00 is not the one the log names there"),
    ],
)
def test_a_head_that_was_changed_is_named(desk, change, said):
    with broken_into(desk) as database:
        database.execute(f"UPDATE log_checkpoint SET {change} WHERE size = 9")
    (found,) = problems(desk)
    assert found.startswith("checkpoint over 9 entries: ")
    assert said in found


def test_a_head_over_more_entries_than_there_are_is_named(desk):
    with broken_into(desk) as database:
        database.execute("UPDATE log_checkpoint SET size = 7 WHERE size = 9")
        database.execute("UPDATE log_checkpoint SET size = 13 WHERE size = 12")
    assert problems(desk) == [
        "checkpoint over 7 entries: it or its signature was changed after it was signed",
        "checkpoint over 13 entries: the log ends at 12; its newest entries were taken out",
    ]


def test_a_log_whose_every_head_was_taken_out_is_not_merely_unsigned(desk):
    with broken_into(desk) as database:
        database.execute("DELETE FROM log_checkpoint")
    assert problems(desk) == ["the log names a signing key, but every checkpoint signed with it was taken out"]


def test_a_replaced_key_file_is_named_with_both_keys(desk):
    old = SigningKey.load_or_create(desk.settings.signing_key).public.fingerprint
    desk.settings.signing_key.unlink()
    assert problems(desk) == [
        f"the signing key {desk.settings.signing_key} is missing; put it back from a backup, or begin a new one with "
        "`school-monitor evidence new-key`"
    ]
    new = SigningKey.load_or_create(desk.settings.signing_key).public.fingerprint
    assert problems(desk) == [
        f"the signing key was replaced: the file {desk.settings.signing_key} holds {new}, the log names {old}"
    ]
    desk.settings.signing_key.chmod(0o644)
    assert problems(desk) == [
        f"the signing key {desk.settings.signing_key} can be read or changed by others; set its mode to 0600"
    ]


def test_a_replaced_key_record_does_not_open_its_commitment(desk):
    other = SigningKey.load_or_create(desk.folder / "other.pem").public
    with broken_into(desk) as database:
        ((record,),) = database.execute("SELECT record FROM log_opening WHERE position = 4")
        pem = other.pem.replace("\n", "\\n")
        begin, end = record.index("-----BEGIN"), record.index('"', record.index("-----END"))
        changed = record[:begin] + pem + record[end:]
        database.execute("UPDATE log_opening SET record = ? WHERE position = 4", [changed])
    found = problems(desk)
    assert found[0] == "entry 4: its record or salt was changed after it was written"
    assert "checkpoint over 5 entries: the signing key was replaced: " in found[1]


def test_a_new_key_that_nobody_answers_for_is_a_problem_and_one_that_somebody_does_is_a_note(desk):
    new = SigningKey.load_or_create(desk.folder / "new.pem").public
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        begin_new_key(tx, school, new, desk.clock(), MRS_ALI)
    shutil.copy(desk.folder / "new.pem", desk.settings.signing_key)
    found = verdict(desk)
    assert found.problems == ()
    assert found.notes == (f"entry 12: Mrs Ali began a new signing key ({new.fingerprint}): because", UNSIGNED)
    with desk.store.writing() as tx:
        facts = {"fingerprint": new.fingerprint, "public_key": new.pem}
        note(tx, ledger.enrolled_school(tx, "oakfield"), "key", desk.clock(), facts=facts)
    assert problems(desk) == [
        "entry 13: the signing key was replaced: a new one begins here, and nobody answers for it"
    ]


def test_an_end_that_was_cut_off_is_missed_by_the_evidence_that_stood_in_it(desk):
    cut_off(desk, at=9)
    assert problems(desk) == [
        "evidence 10 (case 4): the evidence log does not name it: its entry was changed or taken out",
        "evidence 11 (case 5): the evidence log does not name it: its entry was changed or taken out",
    ]


def test_entries_since_the_newest_head_are_noted_as_not_signed_yet(desk):
    with desk.store.writing() as tx:
        note(tx, ledger.enrolled_school(tx, "oakfield"), "view", desk.clock(), 2, {"evidence": 0}, MRS_ALI)
    found = verdict(desk)
    assert (found.problems, found.notes) == ((), (UNSIGNED,))


def test_a_destroyed_record_is_in_order_when_an_erasure_accounts_for_it(desk):
    with desk.store.writing() as tx:
        note(tx, ledger.enrolled_school(tx, "oakfield"), "erasure", desk.clock(), 4, {"positions": [9]}, MRS_ALI)
    assert problems(desk) == ["entry 9: it was erased, and its record is still in the database"]
    with broken_into(desk) as database:
        database.execute("DELETE FROM log_opening WHERE position = 9")
    assert problems(desk) == []
    assert entries(desk)[9].record is None
