"""kill -9 at any moment of a reading, and one more reading, leave the same books as a reading nobody disturbed."""

import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest
from books import CONFIGURATION, rows, snapshots, standing
from post_office import PostOffice
from processes import PATIENCE, Running, killed, school_monitor
from small_school import small_school

from monitor.evidence.folder_check import check_folder

AMONG_COMMENTS = ("facebook", "_101/comments")
LOST_COMMENTS = ("facebook", "/v26.0/")
AMONG_MENTIONS = ("x", "/mentions")
LOST_MENTIONS = ("x", "/2/tweets")
KILLS = {
    "between the first page and the second": [(*AMONG_COMMENTS, 0)],
    "before the last page, then between two accounts": [(*AMONG_COMMENTS, 5), ("x", "/users/888000000000000001", 0)],
    "asking for lost comments, then between two pages of the second account": [
        (*LOST_COMMENTS, 0),
        (*AMONG_MENTIONS, 2),
    ],
    "half-way through asking, then asking for lost mentions": [(*LOST_COMMENTS, 4), (*LOST_MENTIONS, 0)],
}
"""What is killed at which request: (network, how its address ends, how many such are let through first)."""


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    with small_school(tmp_path_factory.mktemp("kill") / "prepared") as school:
        yield school


@pytest.fixture(scope="module")
def undisturbed(school, tmp_path_factory):
    folder = school.copy_to(tmp_path_factory.mktemp("undisturbed") / "school")
    poll_to_the_end(folder)
    return folder


def poll_to_the_end(folder):
    done = school_monitor("poll", "--config", folder / CONFIGURATION)
    said = [line for line in done.err.splitlines() if "monitor.downtime: The monitor did not run" not in line]
    assert (done.status, said) == (0, [])


def let_leases_run_out(folder):
    """As when the five minutes have passed in which nobody else may send a mail that somebody had begun to send."""
    with closing(sqlite3.connect(folder / "school-monitor.db")) as database, database:
        database.execute("update delivery set claimed_until = '2000-01-01 00:00:00' where claimed_until is not null")


def any_evidence(folder, name):
    return list((folder / "evidence").glob(f"[0-9]*/*/*/{name}"))


def assert_evidence_is_whole(folder):
    evidence = folder / "evidence"
    kept = dict(snapshots(folder).values())
    on_disk = {str(path.parent.relative_to(evidence)) for path in any_evidence(folder, "manifest-sha256.txt")}
    assert on_disk == set(kept)
    for path, digest in kept.items():
        assert check_folder(evidence / path) == []
        assert digest == "sha256:" + sha256((evidence / path / "manifest-sha256.txt").read_bytes()).hexdigest()
        assert (evidence / path / "card.pdf").is_file()
    assert list((evidence / ".incoming").rglob("*.json")) == []
    verified = school_monitor("evidence", "verify", "--config", folder / CONFIGURATION)
    assert verified.status == 0, verified.said


def test_the_undisturbed_reading_has_something_of_everything(undisturbed):
    books = standing(undisturbed)
    assert len(books["export"]) == 40 + 110 + 5 + 12 + 38 + 3
    assert sum(row["state"] == "gone" for row in books["export"]) == 6
    assert sum(len(row["versions"]) == 2 for row in books["export"]) == 1
    assert len(books["snapshots"]) == 3
    assert len(books["answers"]) >= 8
    assert_evidence_is_whole(undisturbed)


def kill_at_request(school, folder, log, network, ending, after):
    gate = school.gates[network]
    gate.close(ending, after)
    with Running(log, "poll", "--config", folder / CONFIGURATION) as reading:
        gate.wait_until_reached()
        reading.kill()
    gate.open()


@pytest.mark.parametrize("kills", KILLS.values(), ids=KILLS)
def test_killed_between_requests(school, undisturbed, tmp_path, kills):
    folder = school.copy_to(tmp_path / "school")
    for number, (network, ending, after) in enumerate(kills, 1):
        kill_at_request(school, folder, tmp_path / str(number), network, ending, after)
        assert rows(folder, "select count(*) from read where finished_at is null") == [(number,)]
    poll_to_the_end(folder)
    assert standing(folder) == standing(undisturbed)
    assert_evidence_is_whole(folder)


def test_killed_just_after_writing_evidence_and_again_just_after_drawing_a_card(school, undisturbed, tmp_path):
    folder = school.copy_to(tmp_path / "school")
    words = ("poll", "--config", folder / CONFIGURATION)
    killed("os.rename", "/.unfinished/", 2, *words)
    assert any_evidence(folder, "manifest-sha256.txt")
    assert not any_evidence(folder, "card.pdf")
    killed("os.rename", "card-sha256.txt", 1, *words)
    assert any_evidence(folder, "card.pdf")
    poll_to_the_end(folder)
    assert standing(folder) == standing(undisturbed)
    assert_evidence_is_whole(folder)


def test_a_mail_accepted_but_not_ticked_off_is_sent_again_under_the_same_id_and_the_others_once(school, tmp_path):
    folder = school.copy_to(tmp_path / "school")
    with PostOffice() as office:
        configuration = folder / CONFIGURATION
        smtp = f'transport = "smtp"\nhost = "127.0.0.1"\nport = {office.port}\nsecurity = "none"'
        configuration.write_text(configuration.read_text().replace('transport = "folder"', smtp))
        with Running(tmp_path / "log", "tick", "--config", configuration) as ticking:
            assert office.has_one.wait(PATIENCE), ticking.said
            ticking.kill()
        office.go_on.set()
        for accepted in (3, 4):  # as long as somebody may be sending the first one, it is left alone
            done = school_monitor("tick", "--config", configuration)
            assert done.status == 0, done.said
            assert len(office.accepted) == accepted
            let_leases_run_out(folder)
    assert office.accepted[3] == office.accepted[0]
    assert sorted(recipient for recipient, _ in set(office.accepted)) == [
        "ali@oakfield.example",
        "bevan@oakfield.example",
        "head@oakfield.example",
    ]
    assert rows(folder, "select attempts from delivery where sent_at is not null") == [(1,), (1,), (1,)]
