"""The commands on kept evidence: what is listed, who passes it on, who changes the key; all of it is in the log."""

import json
import stat

import pytest
from desk import DAY, HOUR, INSULT, NOW, item
from evidence_desk import MRS_ALI, entries, records, run_command
from kept_evidence import copied, problems, some_weeks_in, withhold

from monitor.__main__ import main
from monitor.commands.evidence import COMMANDS
from monitor.custody.log import note
from monitor.evidence.log.signing import SigningKey
from monitor.store import ledger

MRS_ALIS = ("--by", "Mrs Ali", "--why", "the parents complained")
HEADS = ("--by", "head@oakfield.example", "--why", "crime 42/26")
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


def add_note(desk, kind, case, **facts):
    with desk.store.writing() as tx:
        note(tx, ledger.enrolled_school(tx, "oakfield"), kind, desk.clock(), case, facts, MRS_ALI)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_sub_command_has_an_example(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["evidence", command, "--help"])
    assert ended.value.code == 0
    assert f"Example: school-monitor evidence {command}" in capsys.readouterr().out


def test_help_lists_every_sub_command_and_none_at_all_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["evidence", "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"\n    {command} " in said for command in COMMANDS)
    with pytest.raises(SystemExit) as ended:
        main(["evidence"])
    assert ended.value.code == 2


@pytest.mark.parametrize("words", [("--config", "x.toml", "list"), ("list", "--config", "x.toml")])
def test_the_configuration_can_be_named_before_or_after_the_sub_command(words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["evidence", *words]) == 2
    assert "x.toml" in capsys.readouterr().err


def test_the_list_names_every_piece_and_holds_no_word_of_any_comment(desk, run):
    status, said, errors = run("list")
    assert (status, errors) == (0, "")
    assert [line.split("│")[1].strip() for line in said.splitlines() if line.startswith("│ ")][:1] == ["0"]
    assert not [word for word in WORDS if word in said]
    assert "screen print" in said
    assert "5 pieces of evidence." in said
    assert len(entries(desk)) == 12


def test_the_list_as_json_gives_the_facts_of_each_piece(desk, run):
    add_note(desk, "hold", 2)
    add_note(desk, "hold", 3)
    add_note(desk, "release", 3)
    found = [json.loads(line) for line in run("list", "--format", "json")[1].splitlines()]
    first = desk.snapshots()[0]
    assert found[0] == {
        "entry": 0,
        "kind": "snapshot",
        "case": 2,
        "version": 1,
        "account": "Facebook page",
        "captured_at": "2026-11-10T09:00:00Z",
        "manifest": first.digest,
        "path": first.path,
        "card": "made",
        "held": True,
        "looked_again": {"+1 h": "visible, unchanged", "+24 h": None},
    }
    assert [each["entry"] for each in found] == [0, 1, 5, 10, 11]
    assert [each["entry"] for each in found if each["held"]] == [0]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--case", "4"), [5, 10]),
        (("--kind", "screen_print"), [10]),
        (("--since", (NOW + HOUR).isoformat()), [5, 10, 11]),
        (("--case", "99"), []),
    ],
)
def test_the_list_can_be_narrowed(run, words, expected):
    _, said, _ = run("list", "--format", "json", *words)
    assert [json.loads(line)["entry"] for line in said.splitlines()] == expected


def test_a_list_of_nothing_says_so(run):
    assert run("list", "--case", "99", "--by", "Mrs Ali") == (0, "No evidence is kept of that.\n", "")


def test_passing_evidence_on_is_recorded_with_the_receiver(desk, run):
    status, said, _ = run("share", 5, "--with", "PC 1234,\nKent Police", *HEADS)
    assert (status, said) == (
        0,
        "Recorded as entry 12: Ms Okafor passed entry 5 on to PC 1234, Kent Police.\n",
    )
    (shared,) = records(desk, "share")
    assert (shared["evidence"], shared["case"], shared["with"]) == (5, 4, "PC 1234, Kent Police")
    assert (shared["by"], shared["why"]) == ("Ms Okafor", "crime 42/26")
    assert "passed entry 5 on to PC 1234, Kent Police, by Ms Okafor (" in run("show", 5, *MRS_ALIS)[1]


def test_only_head_and_safeguarding_pass_evidence_on(desk, run):
    status, said, errors = run("share", 5, "--with", "the press", *MRS_ALIS)
    assert (status, said) == (2, "")
    assert "needs the role head or safeguarding" in errors
    assert run("share", 5, "--with", " \u200b", *HEADS)[0] == 2
    assert run("share", 3, "--with", "the police", *HEADS)[0] == 1
    assert records(desk, "share") == []


def test_a_withheld_comment_is_passed_on_to_nobody_and_the_attempt_is_recorded(desk, run):
    withhold(desk, 4)
    status, said, errors = run("share", 5, "--with", "the police", *HEADS)
    assert (status, said) == (1, "")
    assert "case 4: MEDIA WITHHELD. Do not look for it" in errors
    assert records(desk, "share") == []
    (refused,) = records(desk, "refused")
    assert (refused["what"], refused["evidence"], refused["by"]) == ("share", 5, "Ms Okafor")


def test_a_new_key_takes_over_after_the_old_one_has_signed_once_more(desk, run):
    path = desk.settings.signing_key
    old = path.read_bytes()
    add_note(desk, "view", 2, evidence=0)
    status, said, _ = run("new-key", *HEADS)
    aside = desk.folder / "evidence-signing-key-old-2026-11-14-1.pem"
    assert status == 0
    assert said.splitlines()[:2] == [
        f"The old key lies in {aside} and signs nothing any more.",
        "It signed the log once more.",
    ]
    assert aside.read_bytes() == old
    assert stat.S_IMODE(aside.stat().st_mode) == stat.S_IMODE(path.stat().st_mode) == 0o600
    key = records(desk, "key")[-1]
    assert (key["by"], key["why"]) == ("Ms Okafor", "crime 42/26")
    assert key["fingerprint"] == SigningKey.load_or_create(path).public.fingerprint
    assert problems(desk) == []
    desk.later(DAY)
    desk.read(item("c9", INSULT))
    assert desk.app.sealer.run() == []
    assert problems(desk) == []


def test_a_second_new_key_on_one_day_does_not_overwrite_the_first_old_one(desk, run):
    assert run("new-key", *HEADS)[0] == run("new-key", *HEADS)[0] == 0
    assert len(list(desk.folder.glob("evidence-signing-key-old-2026-11-14-*.pem"))) == 2
    assert problems(desk) == []


@pytest.mark.parametrize("state", ["lost", "damaged", "exchanged"])
def test_a_new_key_can_be_begun_without_the_old_one(desk, run, state):
    path = desk.settings.signing_key
    path.unlink()
    if state == "damaged":
        path.write_text("no key")
        path.chmod(0o600)
    elif state == "exchanged":
        SigningKey.load_or_create(path)
    status, said, _ = run("new-key", *HEADS)
    assert status == 0
    assert ("It could not sign the log once more." in said) is (state != "lost")
    assert problems(desk) == []


def test_only_head_and_safeguarding_begin_a_new_key(desk, run):
    before = desk.settings.signing_key.read_bytes()
    assert run("new-key", *MRS_ALIS)[0] == 2
    desk.clock.at = NOW
    add = run("new-key", *HEADS)
    assert desk.settings.signing_key.read_bytes() == before
    assert add[0] == 1


def test_a_new_key_that_cannot_be_entered_in_the_log_leaves_the_old_one_in_force(desk, run, monkeypatch):
    before = desk.settings.signing_key.read_bytes()

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.custody.log.begin_new_key", full)
    assert run("new-key", *HEADS)[0] == 1
    assert desk.settings.signing_key.read_bytes() == before
    assert list(desk.folder.glob("*-old-*")) == []
    assert problems(desk) == []
