"""`evidence show`: the look is in the log first; then words, reasons, request, thread and custody are shown."""

import pytest
from desk import INSULT, NOW, OTHER, item
from evidence_desk import folder_of, records, run_command
from kept_evidence import broken_into, copied, folder_at, problems, some_weeks_in, withhold

from monitor.__main__ import main

MRS_ALIS = ("--by", "Mrs Ali", "--why", "the parents complained")
WORDS = ("stupid idiot", "kill you", "When does it open")


@pytest.fixture(scope="module")
def some_weeks(tmp_path_factory):
    return some_weeks_in(tmp_path_factory)


@pytest.fixture
def desk(some_weeks, tmp_path):
    with copied(some_weeks, tmp_path / "desk") as desk:
        yield desk


@pytest.fixture
def run(desk, monkeypatch, capsys):
    """Run a sub-command of `evidence`: exit status, output, errors."""
    return lambda *words: run_command(desk, monkeypatch, capsys, "evidence", *words)


def test_showing_a_snapshot_gives_words_reasons_request_thread_and_custody(desk, run):
    status, said, errors = run("show", 0, *MRS_ALIS)
    assert (status, errors) == (0, "")
    for expected in (
        "Snapshot of case 2, version 1 (entry 0)",
        f"  folder      {folder_at(desk, 0)[0]}",
        "  files       as they were kept\n",
        f"  | {INSULT}\n",
        "insult (serious)",
        "  GET https://graph.facebook.com/feed\n",
        "  our clock   ",
        "  someone else, Tuesday 10 November 2026",
        "  | When does it open?",
        "What was done with case 2:",
        "     0  Tue 10 Nov 2026 09:00: kept as evidence: It was flagged when it was read.",
        "     6  Tue 10 Nov 2026 10:00: looked again after 1 h: visible, unchanged",
        "looked at it, by Mrs Ali (",
    ):
        assert expected in said
    assert f"Name of {OTHER}" not in said


def test_the_look_is_in_the_log_with_person_reason_and_computer_account(desk, run):
    run("show", 0, *MRS_ALIS)
    (look,) = records(desk, "view")
    assert (look["evidence"], look["case"], look["by"], look["why"]) == (0, 2, "Mrs Ali", "the parents complained")
    assert " on " in look["account"]
    assert problems(desk) == []


def test_showing_a_case_shows_all_its_pieces_each_with_its_look(desk, run):
    _, said, _ = run("show", "--case", 4, *MRS_ALIS)
    assert "Snapshot of case 4, version 1 (entry 5)" in said
    assert "Screen print of case 4, version 1 (entry 10)" in said
    assert "  file screen-print.png, " in said
    assert "decided: confirm offensive, on version 1, by Mrs Ali (ali on office-pc): because" in said
    assert [look["evidence"] for look in records(desk, "view")] == [5, 10]


def test_nothing_is_shown_when_the_look_cannot_be_recorded(desk, run):
    desk.clock.at = NOW
    status, said, errors = run("show", 0, *MRS_ALIS)
    assert (status, said) == (1, "")
    assert errors.startswith(
        "school-monitor: nothing is shown, as the look cannot be recorded: this computer's clock"
    )
    assert records(desk, "view") == []


@pytest.mark.parametrize("words", [(), ("--by", "Mrs Ali"), ("--why", "because")])
def test_nobody_looks_without_a_name_and_a_reason(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["evidence", "show", "0", *words])
    assert ended.value.code == 2
    assert "required" in capsys.readouterr().err


@pytest.mark.parametrize("words", [(3,), (99,), ("--case", 99)])
def test_what_is_no_evidence_is_a_problem_and_no_look(desk, run, words):
    status, said, errors = run("show", *words, *MRS_ALIS)
    assert (status, said) == (1, "")
    assert "no evidence is kept of" in errors
    assert records(desk, "view") == []


def test_what_hides_in_the_words_and_headers_cannot_act_on_the_terminal(desk, run):
    desk.read(item("c7", f"{INSULT} \u202e\u200b\x1b[2J @bob", under="ask"))
    number = desk.snapshots()[-1].position
    _, said, _ = run("show", number, *MRS_ALIS)
    assert "<U+202E RIGHT-TO-LEFT OVERRIDE><U+200B ZERO WIDTH SPACE><U+001B CONTROL CHARACTER>[2J" in said
    assert "hidden: U+202E RIGHT-TO-LEFT OVERRIDE at 23" in said
    assert not [char for char in said if char in "\u202e\u200b\x1b"]


def test_damaged_files_are_told_and_do_not_stop_the_custody(desk, run):
    folder, _ = folder_at(desk, 0)
    (folder / "capture.json").write_text("{}")
    status, said, _ = run("show", 0, *MRS_ALIS)
    assert status == 0
    assert "  files       PROBLEM: capture.json: changed\n" in said
    assert "  Its files cannot be read (KeyError); see `evidence verify`." in said
    assert "What was done with case 2:" in said


def test_a_message_erased_out_of_the_thread_is_shown_as_erased(desk, run):
    folder, _ = folder_at(desk, 0)
    (folder / "thread/000.json").unlink()
    with broken_into(desk) as database:
        database.execute("UPDATE snapshot_part SET erased_at = '2026-11-12 00:00:00' WHERE snapshot_row = 1")
    _, said, _ = run("show", 0, *MRS_ALIS)
    assert "  (This message was erased.)" in said
    assert "  files       as they were kept\n" in said


def test_words_of_a_withheld_comment_are_not_shown_in_the_thread_of_another(desk, run):
    withhold(desk, desk.cases()["ask"].id)
    _, said, _ = run("show", 0, *MRS_ALIS)
    assert "When does it open" not in said
    assert "  (This message is withheld.)" in said
    assert INSULT in said


def test_of_a_withheld_comment_only_address_time_and_author_id_are_shown(desk, run):
    desk.read(item("c8", INSULT, permalink="https://www.facebook.example/posts/8"))
    snapshot = desk.snapshots()[-1]
    withhold(desk, snapshot.comment_id)
    status, said, _ = run("show", snapshot.position, *MRS_ALIS)
    assert status == 0
    assert f"Case {snapshot.comment_id}: MEDIA WITHHELD" in said
    assert "hxxps://www[.]facebook[.]example/posts/8" in said
    assert "author id  88001" in said
    assert "Tell the designated safeguarding lead now" in said
    assert not [word for word in (*WORDS, "Name of", str(folder_of(desk, snapshot))) if word in said]
    assert records(desk, "view")[-1]["withheld"] is True
