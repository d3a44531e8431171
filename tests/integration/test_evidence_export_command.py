"""`evidence export` on the command line: who may, where to, and what it says."""

import pytest
from bundles import fails, flipped, unpacked
from desk import INSULT, item
from evidence_desk import records, run_command
from kept_evidence import copied, some_weeks_in

from monitor.evidence.log.signing import SigningKey


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A desk with evidence of some weeks, for tests that only add to its log."""
    folder = tmp_path_factory.mktemp("kept")
    with copied(some_weeks_in(tmp_path_factory), folder / "desk") as desk:
        yield desk


def told(desk, monkeypatch, capsys, *words):
    return run_command(desk, monkeypatch, capsys, "evidence", "export", *words)


def test_the_command_makes_a_bundle_and_says_what_matters_about_it(kept, tmp_path, monkeypatch, capsys):
    output = tmp_path / "case.zip"
    status, out, _ = told(
        kept, monkeypatch, capsys, "--case", kept.cases()["c3"].id, "--output", output,
        "--by", "head@oakfield.example", "--why", "crime 42/26",
    )  # fmt: skip
    assert status == 0
    assert "2 records of 1 case" in out
    assert SigningKey.load_or_create(kept.settings.signing_key).public.fingerprint in out
    assert fails(unpacked(output, tmp_path / "u")) == set()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "either --case, or --since"),
        (("--case", "1", "--since", "2026-11-01T00:00:00Z"), "either --case, or --since"),
        (("--case", "1", "--until", "2026-11-01T00:00:00Z"), "--until goes with --since"),
        (("--since", "2026-11-02T00:00:00Z", "--until", "2026-11-01T00:00:00Z"), "a later moment"),
        (("--case", "1", "--also-black-out", "Jane"), "goes with --black-out"),
        (("--case", "1", "--to", " "), "--to must not be empty"),
    ],
)
def test_the_command_refuses_what_it_does_not_understand(kept, tmp_path, monkeypatch, capsys, words, said):
    status, _, err = told(
        kept, monkeypatch, capsys, *words, "--output", tmp_path / "b.zip", "--by", "Ms Okafor", "--why", "x"
    )
    assert status == 2
    assert said in err


def test_a_moderator_may_not_export_and_a_missing_or_taken_place_is_told_before_the_log_is(
    kept, tmp_path, monkeypatch, capsys
):
    before = len(records(kept))
    (tmp_path / "taken.zip").write_bytes(b"work")
    case = str(kept.cases()["c3"].id)
    for output, by, said in (
        ("b.zip", "Mrs Ali", "this needs the role head or safeguarding"),
        ("taken.zip", "Ms Okafor", "is there already"),
        ("no/where.zip", "Ms Okafor", "not there or not writable"),
    ):
        status, _, err = told(
            kept, monkeypatch, capsys, "--case", case, "--output", tmp_path / output, "--by", by, "--why", "x"
        )
        assert (status, said in err) == (2, True)
    assert len(records(kept)) == before
    assert [path.name for path in tmp_path.iterdir()] == ["taken.zip"]


def test_the_command_ends_with_a_problem_when_a_record_is_damaged(desk, tmp_path, monkeypatch, capsys):
    desk.read(item("c1", INSULT))
    flipped(desk.settings.evidence_folder / desk.snapshots()[0].path / "why.json")
    status, out, _ = told(
        desk, monkeypatch, capsys, "--case", desk.cases()["c1"].id, "--output", tmp_path / "b.zip",
        "--by", "Ms Okafor", "--why", "x", "--black-out", "--to", "the police",
    )  # fmt: skip
    assert status == 1
    assert "PROBLEM  entry 0: why.json was changed" in out
    assert "Read the copies before you pass them on" in out
