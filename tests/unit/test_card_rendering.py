"""Making the card's files: the same every time, whole or said to be less, and never a danger to the snapshot."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from evidence_samples import a_capture, a_withheld

from monitor.evidence.card import render
from monitor.evidence.card.card_files import CARD_FILES, remove_card
from monitor.evidence.card.render import Card, CardFailed, render_card
from monitor.evidence.folder_check import check_folder
from monitor.evidence.snapshot import write_snapshot

ROOT = Path(render.__file__).parents[2]
ALL_OF_IT = {"card.pdf", "card.png", "card.txt", "card-sha256.txt"}


def a_snapshot(folder, text="Well I know where you live.", **changes):
    return write_snapshot(folder, a_capture(text=text, **changes), []).directory


def card_files_of(directory):
    return {path.name for path in directory.iterdir() if path.name.startswith(("card", "annex", "."))}


def first_line_of(directory):
    return (directory / "card.txt").read_text("utf-8").splitlines()[0]


@pytest.fixture
def no_pictures(monkeypatch):
    """The drawing program fails while this holds."""

    def fail(*args, **kwargs):
        raise subprocess.CalledProcessError(-6, args[0])

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", fail)
        yield patch


def test_a_card_is_added_as_pdf_and_png_and_text_with_digests(tmp_path):
    directory = a_snapshot(tmp_path)
    assert render_card(directory) == Card(pictures=True)
    assert (directory / "card.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in (directory / "card.pdf").read_bytes()
    assert (directory / "card.png").read_bytes().startswith(b"\x89PNG")
    assert card_files_of(directory) == ALL_OF_IT
    assert check_folder(directory) == []


def test_what_does_not_fit_is_in_an_annex_that_the_card_names(tmp_path):
    directory = a_snapshot(tmp_path, "x" * 63_000)
    render_card(directory)
    assert card_files_of(directory) == {*ALL_OF_IT, "annex.txt"}
    assert (directory / "annex.txt").read_text("utf-8").count("x") > 63_000
    assert "annex.txt" in (directory / "card.txt").read_text("utf-8")
    assert check_folder(directory) == []


@pytest.mark.parametrize("text", ["I know where you live ❤️ مرحبا", "x" * 63_000], ids=["ordinary", "with an annex"])
def test_the_same_snapshot_gives_the_same_card_to_the_byte_whatever_the_surroundings(tmp_path, text):
    first = a_snapshot(tmp_path, text)
    second = tmp_path / "copy" / first.name
    shutil.copytree(first, second)
    program = "import sys; from pathlib import Path; from monitor.evidence.card.render import render_card; "
    program += "render_card(Path(sys.argv[1]))"
    surroundings = (
        {"TZ": "UTC", "LANG": "C"},
        {"TZ": "Pacific/Apia", "LANG": "cy_GB.UTF-8", "LC_ALL": "tr_TR.UTF-8", "SOURCE_DATE_EPOCH": "86400"},
    )
    for directory, environment in zip((first, second), surroundings, strict=True):
        subprocess.run([sys.executable, "-c", program, directory], env=environment, cwd=ROOT, check=True)
    made = card_files_of(first)
    assert made == card_files_of(second)
    assert made >= ALL_OF_IT
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in made)


def test_a_finished_card_is_not_drawn_again(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path)
    render_card(directory)
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: pytest.fail("drawn again"))
    assert render_card(directory) == Card(pictures=True)
    assert check_folder(directory) == []


def test_a_card_that_a_crash_left_half_written_is_made_whole(tmp_path):
    directory = a_snapshot(tmp_path)
    (directory / "card.pdf").write_bytes(b"%PDF half")
    (directory / "annex.txt").write_bytes(b"half, and not needed")
    (directory / ".card.png.part").write_bytes(b"half")
    (directory / ".card").mkdir()
    (directory / ".card" / "card.pdf").write_bytes(b"half a card")
    render_card(directory)
    assert check_folder(directory) == []
    assert card_files_of(directory) == ALL_OF_IT


def test_a_changed_card_is_found_and_named(tmp_path):
    directory = a_snapshot(tmp_path)
    render_card(directory)
    with (directory / "card.txt").open("ab") as card:
        card.write(b"x")
    assert check_folder(directory) == ["card.txt: changed"]


def test_pictures_that_take_too_long_are_given_up_and_the_text_stays(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path)
    monkeypatch.setattr(render, "TIME_LIMIT", 0.001)
    card = render_card(directory)
    assert not card.pictures
    assert "took longer than 0.001 seconds" in card.problem
    assert card_files_of(directory) == {"card.txt", "card-sha256.txt"}
    assert check_folder(directory) == []


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts all memory on Linux only")
def test_pictures_that_take_too_much_memory_are_given_up_and_text_and_annex_stay(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path, "x" * 63_000)
    monkeypatch.setattr(render, "MEMORY_LIMIT", 20 << 20)
    card = render_card(directory)
    assert not card.pictures
    assert "the drawing program ended with" in card.problem
    assert card_files_of(directory) == {"card.txt", "annex.txt", "card-sha256.txt"}
    assert check_folder(directory) == []


def test_a_drawing_program_that_does_not_start_costs_the_pictures_only(tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOMEM, "no memory")

    directory = a_snapshot(tmp_path)
    monkeypatch.setattr(subprocess, "run", fail)
    assert "could not be started" in render_card(directory).problem
    assert card_files_of(directory) == {"card.txt", "card-sha256.txt"}


def test_a_machine_without_typst_still_gets_the_text(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path)
    monkeypatch.setattr(render, "find_spec", lambda name: None)
    assert "typst is not installed" in render_card(directory).problem
    assert check_folder(directory) == []


def test_pictures_are_added_to_a_text_at_a_later_try(tmp_path, no_pictures):
    directory = a_snapshot(tmp_path)
    assert not render_card(directory).pictures
    no_pictures.undo()
    assert render_card(directory) == Card(pictures=True)
    assert card_files_of(directory) == ALL_OF_IT
    assert check_folder(directory) == []


def test_a_snapshot_that_cannot_be_read_is_said_without_words_of_the_comment(tmp_path):
    directory = a_snapshot(tmp_path, text="unspeakable words")
    capture = directory / "capture.json"
    capture.write_bytes(capture.read_bytes().replace(b'"post_text"', b'"unspeakable"'))
    with pytest.raises(CardFailed) as failed:
        render_card(directory)
    assert directory.name in str(failed.value)
    assert "unspeakable" not in str(failed.value)
    assert failed.value.__suppress_context__
    assert card_files_of(directory) == set()


def test_the_problem_of_a_picture_holds_no_words_of_the_comment(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path, text="unspeakable words")
    monkeypatch.setattr(render, "ORDINARY_TEMPLATE", tmp_path / "broken.typ")
    (tmp_path / "broken.typ").write_text("#panic(json(bytes(sys.inputs.card)).text)", "utf-8")
    said = f"the card of snapshot {directory.name} has no pictures: the drawing program ended with 1"
    assert render_card(directory).problem == said


def test_a_card_for_a_snapshot_that_is_gone_fails_in_one_sentence(tmp_path):
    with pytest.raises(CardFailed, match="No such file"):
        render_card(tmp_path / "gone")


def test_a_full_disk_fails_in_one_sentence_and_the_next_try_makes_the_card(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.evidence.card.card_files.write_new", full)
        with pytest.raises(CardFailed, match=os.strerror(errno.ENOSPC)):
            render_card(directory)
    assert render_card(directory) == Card(pictures=True)
    assert check_folder(directory) == []


def test_the_drawing_process_sees_no_secret_of_the_daemon(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setenv("SCHOOL_MONITOR_TOKEN", "canary")
    real = subprocess.run

    def run(*args, **kwargs):
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", run)
    render_card(a_snapshot(tmp_path))
    assert set(seen) == {"PATH", "RAYON_NUM_THREADS", "MALLOC_ARENA_MAX"}


def test_the_drawing_process_bounds_its_time_and_memory_and_leaves_no_core_file():
    program = (
        "import json, resource; from monitor.evidence.card.typeset import limit; limit(5, 1 << 26); print(json.dumps("
        "[resource.getrlimit(x) for x in (resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_CORE)]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True)
    assert json.loads(done.stdout) == [[5, 5], [1 << 26, 1 << 26], [0, 0]]


def test_no_template_reaches_for_anything_but_the_style_beside_it():
    for template in (render.ORDINARY_TEMPLATE, render.WITHHELD_TEMPLATE, render.FOLDER / "style.typ"):
        source = template.read_text("utf-8")
        for reach in ("://", "#link", "image(", "read(", "plugin(", "include", "@preview"):
            assert reach not in source
        assert all('"style.typ"' in line for line in source.splitlines() if "import" in line)


def test_a_removed_card_leaves_nothing_and_the_next_one_shows_only_what_is_there(tmp_path):
    directory = a_snapshot(tmp_path)
    render_card(directory)
    assert "It was shut." in (directory / "card.txt").read_text("utf-8")
    (directory / "thread/000.json").unlink()
    remove_card(directory)
    assert card_files_of(directory) == set()
    render_card(directory)
    assert "It was shut." not in (directory / "card.txt").read_text("utf-8")
    assert check_folder(directory, erased=["thread/000.json"]) == []


def test_a_withheld_card_takes_the_place_of_the_ordinary_one(tmp_path):
    directory = a_snapshot(tmp_path, "unspeakable " * 1000)
    render_card(directory)
    before = {name: (directory / name).read_bytes() for name in CARD_FILES}
    assert render_card(directory, a_withheld()) == Card(pictures=True)
    assert first_line_of(directory) == "MEDIA WITHHELD"
    assert card_files_of(directory) == ALL_OF_IT
    assert all((directory / name).read_bytes() != before[name] for name in ALL_OF_IT & set(before))
    assert check_folder(directory) == []


def test_the_ordinary_card_is_gone_even_when_the_withheld_one_cannot_be_drawn(tmp_path, no_pictures):
    directory = a_snapshot(tmp_path, "unspeakable " * 1000)
    no_pictures.undo()
    render_card(directory)
    no_pictures.setattr(render, "find_spec", lambda name: None)
    assert not render_card(directory, a_withheld()).pictures
    assert first_line_of(directory) == "MEDIA WITHHELD"
    assert card_files_of(directory) == {"card.txt", "card-sha256.txt"}


def test_the_ordinary_card_is_gone_even_when_no_other_can_be_written(tmp_path):
    directory = a_snapshot(tmp_path, "unspeakable " * 1000)
    render_card(directory)
    (directory / "capture.json").unlink()
    with pytest.raises(CardFailed):
        render_card(directory, a_withheld())
    assert card_files_of(directory) == set()


def test_a_withheld_card_is_never_replaced_by_an_ordinary_one(tmp_path, monkeypatch):
    directory = a_snapshot(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(render, "find_spec", lambda name: None)
        render_card(directory, a_withheld())
    with pytest.raises(CardFailed, match="withheld"):
        render_card(directory)
    assert first_line_of(directory) == "MEDIA WITHHELD"
    render_card(directory, a_withheld())
    assert render_card(directory) == Card(pictures=True)
    assert first_line_of(directory) == "MEDIA WITHHELD"
    assert check_folder(directory) == []


def test_a_comment_cannot_pass_its_card_off_as_a_withheld_one(tmp_path):
    directory = a_snapshot(tmp_path, "MEDIA WITHHELD", author_name="MEDIA WITHHELD")
    render_card(directory)
    assert first_line_of(directory) == "EVIDENCE CARD"
