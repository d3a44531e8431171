"""A backup holds everything that is needed and no secret, while the school goes on working."""

import errno
import sqlite3
import stat
import subprocess
import threading
from contextlib import closing

import pytest
from backing_up import DATABASE, PROGRAM, as_it_was_at_first, back_up, evidence_in, state_of
from desk import DAY, HOUR, INSULT, NOW, TOKEN, item
from erased import REMOTE_ID, TRACES, case_of, conversation_in, copy_of, erase, found_in, taken_up
from evidence_desk import MRS_ALI, entries
from kept_evidence import a_png, withhold

from config.loading import load_settings
from config.packs import POLICIES
from monitor.backup import draft as backup_draft
from monitor.backup.draft import NotBackedUp
from monitor.evidence.backups.backup_folder import check_backup, read_backup
from monitor.evidence.log.merkle import Tree, leaf_hash
from monitor.evidence.log.signing import SigningKey
from monitor.evidence.screen_print import read_screen_print
from monitor.store import ledger
from monitor.store.copying import CopyFailed
from monitor.store.engine import HEAD


@pytest.fixture(scope="module")
def conversation(tmp_path_factory):
    return conversation_in(tmp_path_factory)


@pytest.fixture
def desk(conversation, tmp_path):
    with taken_up(copy_of(conversation, tmp_path / "desk")) as desk:
        yield desk


def database_in(backup):
    return sqlite3.connect(f"{(backup / 'database.db').as_uri()}?immutable=1", uri=True)


def questions_to(backup, question):
    with closing(database_in(backup)) as database:
        return database.execute(question).fetchall()


def test_it_holds_database_evidence_and_configuration_for_its_owner_only_and_proves_itself(desk):
    taken = back_up(desk)
    assert taken.path.name == "oakfield-20261110T110000Z"
    assert check_backup(taken.path) == []
    manifest = taken.path / "manifest-sha256.txt"
    done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", manifest], cwd=taken.path)
    assert done.returncode == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in taken.path.rglob("*")} == {0o600, 0o700}
    assert questions_to(taken.path, "SELECT count(*) FROM item WHERE type = 'comment'") == [(3,)]
    assert evidence_in(taken.path) >= {snapshot.path for snapshot in desk.snapshots()}
    assert (taken.path / "configuration/school-monitor.toml").read_bytes() == desk.settings.path.read_bytes()
    assert (taken.evidence, taken.missing, taken.strange) == (len(desk.snapshots()), (), 0)
    assert taken.bytes == sum(p.stat().st_size for p in taken.path.rglob("*") if p.is_file() and p != manifest)


def test_it_says_where_the_evidence_log_stood(desk):
    log = Tree(leaf_hash(bytes.fromhex(entry.commitment)) for entry in entries(desk))
    facts = read_backup(back_up(desk).path).facts
    assert (facts.log_size, facts.log_root) == (log.size, log.root())
    assert (facts.school, facts.schools, facts.schema) == ("oakfield", ("oakfield",), HEAD)
    assert (facts.program, facts.taken_at) == (PROGRAM, desk.clock())


def test_no_secret_is_in_it_neither_token_nor_signing_key(desk):
    desk.app.sealer.run()
    key = desk.settings.signing_key.read_text()
    taken = back_up(desk)
    assert found_in(taken.path, TOKEN, key) == []
    with_key = back_up(desk, taken.path.parent.parent / "vault", with_key=True)
    assert found_in(with_key.path, TOKEN) == []
    copy = SigningKey.load_or_create(with_key.path / "evidence-signing-key.pem")
    assert copy.public.fingerprint == SigningKey.load_or_create(desk.settings.signing_key).public.fingerprint


def test_without_a_key_to_copy_nothing_is_taken_and_the_reason_said(desk):
    with pytest.raises(NotBackedUp, match="signing key .* cannot be copied .* leave --with-key out"):
        back_up(desk, with_key=True)
    assert state_of(desk.folder.parent / "backups") == {}


def test_a_configuration_with_a_secret_in_a_remark_is_left_out_and_that_is_said(desk):
    with desk.settings.path.open("a") as file:
        file.write(f"# the old token was {TOKEN}\n")
    taken = back_up(desk)
    assert not taken.has_configuration
    assert found_in(taken.path, TOKEN) == []
    assert check_backup(taken.path) == []


def test_the_schools_own_policy_pack_is_in_it_and_a_pack_of_the_program_is_not(desk):
    assert {path.name for path in (back_up(desk).path / "configuration").iterdir()} == {"school-monitor.toml"}
    own = desk.folder / "our policy.toml"
    own.write_bytes((POLICIES / "default.toml").read_bytes())
    desk.change(school='policy = "our policy.toml"')
    desk.later(HOUR)
    taken = back_up(desk)
    assert (taken.path / "configuration/policy.toml").read_bytes() == own.read_bytes()


def test_a_configuration_that_is_a_link_is_copied_as_the_file_it_leads_to(desk):
    real = desk.folder / "etc.toml"
    desk.settings.path.rename(real)
    desk.settings.path.symlink_to(real)
    desk.settings = load_settings(desk.settings.path, {"TOKEN": TOKEN})
    taken = back_up(desk)
    assert (taken.path / "configuration/school-monitor.toml").read_bytes() == real.read_bytes()


def test_while_others_write_each_copy_is_one_moment_of_the_database(desk):
    stop, written = threading.Event(), []

    def write():
        with closing(sqlite3.connect(desk.folder / DATABASE, timeout=10, isolation_level=None)) as database:
            database.execute("CREATE TABLE pair (one INTEGER, other INTEGER)")
            while not stop.is_set():
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO pair VALUES (?, 0)", [len(written)])
                database.execute("UPDATE pair SET other = one + 1")
                database.execute("COMMIT")
                written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for _ in range(5):
            desk.later(HOUR)
            while not written:
                assert writer.is_alive()
            before = len(written)
            taken = back_up(desk)
            ((count, whole),) = questions_to(taken.path, "SELECT count(*), sum(other = one + 1) FROM pair")
            assert count == whole >= before
            counts.append(count)
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(counts)


def test_a_second_backup_shares_what_the_first_holds_and_has_what_is_new(desk):
    first = back_up(desk)
    desk.read(item("c9", INSULT))
    desk.later(HOUR)
    second = back_up(desk)
    name = "evidence/" + desk.snapshots()[0].path + "/capture.json"
    assert (first.path / name).samefile(second.path / name)
    assert not (desk.folder / name).samefile(second.path / name)
    assert second.evidence == first.evidence + 1
    assert 0 < second.linked_bytes < second.bytes


def test_what_was_erased_is_in_no_later_backup_although_an_earlier_one_shares_its_files(desk):
    first = back_up(desk)
    assert {needle for _, needle in found_in(first.path, *TRACES)} == set(TRACES)
    erase(desk)
    desk.later(DAY)
    second = back_up(desk)
    assert found_in(second.path, *TRACES) == []
    assert (second.oldest, second.erased_since) == (NOW + 2 * HOUR, 1)
    desk.later(DAY)
    third = back_up(desk, keep=1)
    assert (third.oldest, third.erased_since) == (desk.clock(), 0)
    assert found_in(desk.folder.parent / "backups", *TRACES) == []


def test_evidence_erased_between_database_and_evidence_is_accounted_for(desk):
    def erase_in_between(what, done, of):
        if (what, done) == ("Copying the database", of):
            erase(desk)

    taken = back_up(desk, progress=erase_in_between)
    assert taken.missing == ()
    assert questions_to(taken.path, f"SELECT count(*) FROM item WHERE remote_id = '{REMOTE_ID}'") == [(1,)]
    assert found_in(taken.path / "evidence", *TRACES) == []


def test_evidence_that_is_gone_for_no_reason_is_named_and_the_rest_kept(desk):
    lost = desk.snapshots()[0].path
    (desk.settings.evidence_folder / lost).rename(desk.folder / "taken away")
    taken = back_up(desk)
    assert taken.missing == (lost,)
    assert taken.evidence == len(desk.snapshots()) - 1
    assert check_backup(taken.path) == []


def test_pictures_that_may_show_a_child_indecently_are_never_copied(desk):
    case = case_of(desk, "c2")
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        picture = read_screen_print(a_png(desk.folder / "print.png"))
        shown = desk.app.exhibits.add_screen_print(tx, school, case, picture, MRS_ALI, desk.clock())
    withhold(desk, case)
    taken = back_up(desk)
    assert read_backup(taken.path).facts.left_out == (shown.path,)
    assert found_in(taken.path, (desk.folder / "print.png").read_bytes().decode("latin-1")) == []
    assert shown.path not in evidence_in(taken.path)
    assert taken.missing == ()


def test_only_the_newest_of_this_school_are_kept_and_nothing_else_is_touched(desk):
    folder = desk.folder.parent / "backups"
    (folder / "oakfield-of-somebody").mkdir(parents=True)
    (folder / "holiday.jpg").write_text("a picture")
    taken = []
    for _ in range(4):
        taken.append(back_up(desk).path.name)
        desk.later(DAY)
    newest = back_up(desk, keep=2)
    assert newest.removed == tuple(reversed(taken[:3]))
    assert {path.name for path in folder.iterdir()} == {
        taken[3],
        newest.path.name,
        "oakfield-of-somebody",
        "holiday.jpg",
        ".unfinished",
    }
    assert check_backup(newest.path) == check_backup(folder / taken[3]) == []


def test_with_the_clock_set_back_the_backup_just_taken_is_not_the_one_that_goes(desk):
    desk.later(DAY)
    back_up(desk)
    desk.later(-DAY)
    taken = back_up(desk, keep=1)
    assert taken.path.is_dir()
    assert len(taken.removed) == 1


def test_a_failure_at_any_moment_leaves_nothing_of_it_and_the_earlier_ones_whole(desk, monkeypatch):
    first = back_up(desk)
    desk.later(HOUR)

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    for step in ("copy_evidence", "copy_file", "sync_disk", "write_manifest", "write_new"):
        with monkeypatch.context() as patch:
            patch.setattr(backup_draft, step, full)
            if step == "copy_file":
                erase(desk)  # so that there is a journal to copy
            with pytest.raises(OSError, match="No space left"):
                back_up(desk)
        folder = first.path.parent
        assert {path.name for path in folder.iterdir()} == {first.path.name, ".unfinished"}
        assert state_of(folder / ".unfinished") == {}
    assert check_backup(first.path) == []


def test_two_in_one_second_are_not_mixed(desk):
    first = back_up(desk)
    with pytest.raises(NotBackedUp, match="is there already; wait a second"):
        back_up(desk)
    assert check_backup(first.path) == []


def test_where_there_is_no_database_none_is_made_for_it(desk):
    desk.close()
    (desk.folder / DATABASE).unlink()
    with pytest.raises(CopyFailed, match="school-monitor.db could not be copied"):
        back_up(desk)
    assert not (desk.folder / DATABASE).exists()
    desk.change()


def test_a_database_of_another_program_is_refused(desk):
    desk.close()
    (desk.folder / DATABASE).unlink()
    with closing(sqlite3.connect(desk.folder / DATABASE)) as database:
        database.execute("CREATE TABLE song (title)")
    with pytest.raises(CopyFailed, match="belongs to another program"):
        back_up(desk)
    (desk.folder / DATABASE).unlink()


def test_a_school_the_database_does_not_know_is_refused(desk):
    school = desk.settings.school.model_copy(update={"key": "elmhurst"})
    desk.settings = desk.settings.model_copy(update={"school": school})
    with pytest.raises(NotBackedUp, match="knows no school elmhurst; see school.key"):
        back_up(desk)


def test_a_damaged_database_is_not_passed_off_as_a_backup(desk):
    desk.close()
    path = desk.folder / DATABASE
    content = bytearray(path.read_bytes())
    for page in range(len(content) // 4096 // 3, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(CopyFailed, match="damaged|could not be copied"):
        back_up(desk)
    assert state_of(desk.folder.parent / "backups") == {}
    desk.app = None


def test_a_database_from_before_the_evidence_log_is_copied_as_it_is(desk):
    """A technician takes a backup with the new program before it is started for the first time."""
    desk.close()
    as_it_was_at_first(desk.folder / DATABASE)
    taken = back_up(desk)
    assert taken.facts.schema == "0001"
    assert taken.facts.log_size == 0
    assert questions_to(taken.path, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert {path.name for path in taken.path.iterdir() if path.name.startswith(".")} == set()
