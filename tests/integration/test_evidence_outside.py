"""`evidence verify` against what left the school: roots on paper, and time stamps of authorities outside."""

import base64
import shutil

import local_tsa
import pytest
from desk import HOUR, INSULT, SCRIPTED, item
from evidence_desk import run_command
from kept_evidence import (
    broken_into,
    copied,
    cut_off,
    folder_at,
    printed,
    problems,
    some_weeks_in,
    verdict,
    write_the_whole_log_anew,
)
from local_tsa import serving

from monitor.evidence.log.checkpoint import parse_short
from monitor.evidence.log.merkle import verify_consistency
from monitor.evidence.log.signing import SigningKey
from monitor.store.evidence_tables import LogCheckpoint


@pytest.fixture(scope="module")
def some_weeks(tmp_path_factory):
    return some_weeks_in(tmp_path_factory)


@pytest.fixture
def desk(some_weeks, tmp_path):
    with copied(some_weeks, tmp_path / "desk") as desk:
        yield desk


def test_a_log_written_anew_from_the_beginning_is_only_told_by_what_left_the_school(desk):
    _, size, root = printed(desk)
    write_the_whole_log_anew(desk)
    assert problems(desk) == []
    (found,) = problems(desk, printed=(size, root))
    assert found == (
        "the printed report counts 9 entries; the log does not begin with them: one was changed, moved or taken out, "
        "or it is another log"
    )


def test_an_end_that_was_cut_off_with_its_evidence_is_told_by_a_printed_report(desk):
    _, size, root = printed(desk, 2)
    folders = [folder_at(desk, position)[0] for position in (10, 11)]
    cut_off(desk, at=9)
    with broken_into(desk) as database:
        database.execute("DELETE FROM snapshot WHERE position >= 9")
    for folder in folders:
        shutil.rmtree(folder)
    assert problems(desk) == []
    assert problems(desk, printed=(size, root)) == [
        "the printed report counts 12 entries; the log has only 9: its newest entries were taken out, or it is "
        "another log"
    ]


def test_a_printed_root_is_found_again_with_a_proof_for_somebody_without_the_log(desk, monkeypatch, capsys):
    line, size, root = printed(desk, 0)
    words = ("evidence", "verify", "--printed", f" {line[:20]}\n{line[20:]}", "--proof")
    status, said, _ = run_command(desk, monkeypatch, capsys, *words)
    lines = said.splitlines()
    assert (status, lines[0]) == (0, "Today's log begins with exactly the 5 entries of the printed report.")
    new_size, new_root = parse_short(lines[1].removeprefix("Proof that ").partition(" continues")[0])
    proof = [base64.b64decode(each) for each in lines[2:] if each.startswith("  ")]
    assert new_size == 12
    assert verify_consistency(size, new_size, root, new_root, proof)
    assert not verify_consistency(size, new_size, bytes(32), new_root, proof)


@pytest.mark.parametrize("words", [("--printed", "12"), ("--printed", "12:AAAA"), ("--since", "yesterday")])
def test_what_was_copied_wrongly_is_wrong_usage(words, capsys):
    from monitor.__main__ import main

    with pytest.raises(SystemExit) as ended:
        main(["evidence", "verify", *words])
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_the_weekly_report_prints_what_verify_takes(desk, monkeypatch, capsys):
    report = desk.app.reporter.weekly("2026-W46", desk.clock())
    assert report.evidence.entries == 12
    assert report.evidence.key == SigningKey.load_or_create(desk.settings.signing_key).public.fingerprint
    words = ("evidence", "verify", "--printed", report.evidence.printed)
    status, said, _ = run_command(desk, monkeypatch, capsys, *words)
    assert status == 0
    assert said.startswith("Today's log begins with exactly the 12 entries of the printed report.\n")


def test_a_report_made_before_anything_was_signed_prints_no_root(desk):
    assert desk.app.reporter.weekly("2026-W46", desk.all_of(LogCheckpoint)[0].at - HOUR).evidence is None


def stamped(desk, authority):
    """Have the next head stamped, then leave the authority's name in the configuration."""
    (desk.folder / "root.pem").write_bytes(authority.root.pem)
    with serving(authority.reply) as asked:
        desk.change(accounts=f'{SCRIPTED}\n[[timestamps]]\nurl = "{asked.url}"\nca_file = "root.pem"\n')
        desk.read(item("c9", INSULT))
        assert desk.app.sealer.run() == []


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    local_tsa.require_openssl()
    return local_tsa.Authority(tmp_path_factory.mktemp("tsa"), local_tsa.certify("Oakfield root"))


def test_a_time_stamp_is_checked_against_the_head_it_is_for(desk, authority):
    stamped(desk, authority)
    assert (verdict(desk).problems, verdict(desk).time_stamps) == ((), 1)
    with broken_into(desk) as database:
        database.execute("UPDATE timestamp_token SET checkpoint_id = 1")
    (found,) = problems(desk)
    assert found.startswith("time stamp of 127.0.0.1 for the checkpoint over 5 entries: the time stamp is over other")


def test_a_time_stamp_of_an_authority_nobody_knows_any_more_is_kept_and_noted(desk, authority):
    stamped(desk, authority)
    (desk.folder / "root.pem").unlink()
    (missing,) = verdict(desk).notes
    assert missing.endswith("root.pem cannot be read (No such file or directory)")
    desk.change(accounts=SCRIPTED)
    found = verdict(desk)
    assert found.notes == (
        "time stamps of 127.0.0.1 are kept and cannot be checked: the configuration names no such authority",
    )
    assert (found.problems, found.time_stamps) == ((), 0)


def test_a_clock_that_ran_ahead_of_the_authority_is_noted(desk, authority):
    desk.clock.at = desk.clock.at.replace(year=2090)
    stamped(desk, authority)
    (found,) = verdict(desk).notes
    assert "this computer's clock was" in found
    assert found.endswith("s ahead of it")
