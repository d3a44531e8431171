"""Third parties are blacked out however their names are written, and nothing that is left gives them away."""

import json
import time
import unicodedata

import pytest
from evidence_samples import a_capture, a_received
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence.exhibit import write_exhibit
from monitor.evidence.folder_check import check_folder
from monitor.evidence.handing_out.blacked_copy import blacked_copy, blacked_record, with_card
from monitor.evidence.handing_out.blackout import BLACK, Blackout, moved, without
from monitor.evidence.handing_out.folder_copy import copy_folder
from monitor.evidence.snapshot import ThreadLine, write_snapshot
from monitor.evidence.write_once import MANIFEST
from monitor.model import Category, Flag

NAMES = ["Jane Smith", "Sean O'Brien", "Zoë", "88002"]
TEXT = "Jane Smith lied, you clown. Ask @Bob.Jones or Zoë"
RAW = {
    "id": "1000_2000",
    "message": TEXT,
    "from": {"id": "5000", "name": "Gary Pretend"},
    "message_tags": [{"id": "777", "name": "Bob Jones", "offset": 32, "length": 10}],
    "parent": {"from": {"id": 88002, "name": "Jane Smith"}},
}


@pytest.fixture
def blackout():
    return Blackout(NAMES, ["Gary Pretend", "Oakfield Primary School", "Facebook page"])


@pytest.mark.parametrize(
    "written",
    [
        "Jane Smith", "JANE SMITH", "jane  smith", "Jane\nSmith", "Jane\u00a0Smith", "JaneSmith", "jane.smith",
        "Jane-Smith", "jane_smith", "@JaneSmith", "@@Jane Smith", "＠Jane Smith", "Ja\u200bne Sm\u00adith",
        "\u202eJane\u2066 Smith", "Jane%20Smith", "Sean O'Brien", "Sean O’Brien", "sean obrien", "Sean O&#39;Brien",
        "Zoë", "ZOË", "Zoe\u0308", "Zo%C3%AB", "88002", "@bob_jones", "u/bob-jones", "/u/bob", "/user/bob",
        "@bob@social.example",
    ],
)  # fmt: skip
def test_a_name_is_blacked_out_in_every_way_it_is_written(blackout, written):
    shown = blackout.text(f"It was {written}, they say.")
    assert shown.replace("/" + BLACK, BLACK).replace("\u202e", "") == f"It was {BLACK}, they say."


@pytest.mark.parametrize(
    "text",
    [
        "Janet Smithson", "a janesmithy", "188002", "Smith, Jane", "he@mail.example", "I/O", "@Gary.Pretend",
        "@facebookpage", "@OakfieldPrimarySchool is shut", "menu/soup", "Zoës", "at @ noon", "",
    ],
)  # fmt: skip
def test_words_that_only_resemble_a_name_stay(blackout, text):
    assert blackout.text(text) == text


def test_a_blacked_out_name_does_not_tell_its_length(blackout):
    assert blackout.text("Zoë") == blackout.text("Sean O'Brien") == BLACK


def test_names_side_by_side_and_inside_each_other_become_one():
    blackout = Blackout(["Jane", "Jane Smith", "Smith Jones"])
    assert blackout.text("Jane Smith Jones") == BLACK
    assert blackout.text("Jane, Jane Smith") == f"{BLACK}, {BLACK}"


def test_a_name_of_one_letter_blacks_out_a_field_and_no_word():
    blackout = Blackout(["I"])
    assert blackout.text("I say so") == "I say so"
    assert blackout.is_name("i")


def test_a_name_of_pictures_is_a_name():
    assert Blackout(["🌸🌸"]).text("by 🌸🌸 and 🌸") == f"by {BLACK} and 🌸"


def test_the_author_stays_although_another_has_the_same_name():
    assert Blackout(["gary pretend"], ["Gary Pretend"]).text("Gary Pretend") == "Gary Pretend"


@pytest.mark.parametrize(
    "hostile",
    [
        "@" * 63_000, "Jane" + " " * 63_000, "O" + "\u200b" * 63_000, "@a" + "." * 63_000, "Jane " * 12_000,
        "u/" * 30_000,
    ],
)  # fmt: skip
def test_no_text_makes_the_search_long(blackout, hostile):
    begun = time.process_time()
    blackout.text(hostile)
    assert time.process_time() - begun < 5  # seconds; it takes a twentieth of one


@given(st.text(max_size=200), st.lists(st.sampled_from(NAMES), max_size=4))
def test_blacking_out_again_changes_nothing_more(rest, names):
    blackout = Blackout(NAMES)
    once = blackout.text(" ".join([rest, *names, rest]))
    assert blackout.text(once) == once
    assert not any(name in once for name in names if name in {"Jane Smith", "Sean O'Brien"})


@given(st.text(max_size=60), st.text(max_size=60), st.integers(0, 140), st.integers(0, 140))
def test_a_place_outside_the_names_is_the_same_place_after_it(before, after, start, end):
    text = f"{before} Jane Smith {after}"
    blackout = Blackout(["Jane Smith"])
    spans = blackout.spans(text)
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    move, shown = moved(spans), without(text, spans)
    if not any(s < end and start < e for s, e in spans):
        assert shown[move(start) : move(end)] == text[start:end]
    assert 0 <= move(start) <= move(end) <= len(shown)


def a_copy(folder, blackout, flags=(), **changes):
    thread = (ThreadLine("someone else", a_capture().created_at, "I am with @JaneSmith"),)
    capture = a_capture(text=TEXT, raw=json.dumps(RAW), thread=thread, **changes)
    directory = write_snapshot(folder, capture, flags).directory
    return directory, copy_folder(directory).files, blackout


def read(copies, name):
    return json.loads(copies[name])


def test_the_copy_of_a_snapshot_holds_no_name_no_id_and_nothing_to_guess_them_by(tmp_path, blackout):
    _, files, _ = a_copy(tmp_path, blackout, received=a_received(headers={"ETag": "abc", "Date": "today"}))
    copies = blacked_copy(files, blackout, "copy of entry 3")
    assert set(copies) == set(files)
    everything = b"\n".join(copies.values()).decode("ascii").lower()
    words = b"\n".join(copies[name] for name in copies if name != MANIFEST).decode("ascii").lower()
    for name in ("jane", "bob", "zo\\u00eb", "777", "88002", "abc"):
        assert name not in words
    originals = [line.split("  ")[0] for line in files["manifest-sha256.txt"].decode().splitlines()]
    secrets = [read(files, "thread/000.json")["salt"], read(files, "capture.json")["snapshot_id"], "0" * 64]
    assert not [known for known in [*originals, *secrets] if known in everything]
    assert read(copies, "raw/exchange.json")["headers"] == {"ETag": BLACK, "Date": "today"}
    assert read(copies, "item.json")["message_tags"] == [dict.fromkeys(("id", "name", "offset", "length"), BLACK)]
    assert read(copies, "item.json")["from"] == {"id": "5000", "name": "Gary Pretend"}


def test_the_copy_says_that_it_is_one_and_is_whole_in_itself(tmp_path, blackout):
    _, files, _ = a_copy(tmp_path, blackout)
    copies = blacked_copy(files, blackout, "copy of entry 3")
    assert read(copies, "capture.json")["snapshot_id"] == "copy of entry 3"
    for name, content in copies.items():
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_bytes(content)
    assert check_folder(tmp_path / "copy") == []


def test_flags_and_hidden_characters_stand_where_they_stood(tmp_path, blackout):
    text = "Jane Smith, you clown\u202e @bob"
    flag = Flag(Category.ABUSE, "serious", 1.0, "words/1", text.index("clown"), text.index("clown") + 5, "Insults.")
    directory = write_snapshot(tmp_path, a_capture(text=text), [flag]).directory
    copies = blacked_copy(copy_folder(directory).files, blackout, "copy")
    capture, (moved_flag,) = read(copies, "capture.json"), read(copies, "why.json")["flags"]
    assert capture["text"][moved_flag["start"] : moved_flag["end"]] == "clown"
    assert capture["hidden_characters"] == {"U+202E RIGHT-TO-LEFT OVERRIDE": [capture["text"].index("\u202e")]}


def test_where_there_is_nothing_to_black_out_there_is_no_copy(tmp_path, blackout):
    directory = write_snapshot(tmp_path, a_capture(text="You are clowns", raw='{"id": "1"}', thread=()), []).directory
    assert blacked_copy(copy_folder(directory).files, blackout, "copy") is None


def test_a_picture_has_no_copy_and_its_folder_does_not_go_as_it_is(tmp_path, blackout):
    facts = {"kind": "screen_print", "by": "Mrs Ali", "sha256": "12" * 32, "why": "Jane Smith sent it"}
    written = write_exhibit(tmp_path, "0" * 32, a_capture().created_at, facts, {"screen-print.png": b"\x89PNG"})
    copies = blacked_copy(copy_folder(written.directory).files, blackout, "copy")
    assert set(copies) == {"exhibit.json", "manifest-sha256.txt"}
    assert read(copies, "exhibit.json") == {**facts, "sha256": BLACK, "why": f"{BLACK} sent it"}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"not json, by Jane Smith", b"[" * 20_000 + b"]" * 20_000])
def test_a_file_nobody_can_look_through_has_no_copy(tmp_path, blackout, content):
    _, files, _ = a_copy(tmp_path, blackout)
    copies = blacked_copy({**files, "raw/item.body": content}, blackout, "copy")
    assert "raw/item.body" not in copies
    assert "capture.json" in copies


@pytest.mark.parametrize("name", ["capture.json", "why.json", "raw/exchange.json"])
@pytest.mark.parametrize("content", [b"[]", b'"text"', b"null", b'{"text": 3, "flags": 4, "headers": 5}'])
def test_a_damaged_file_stops_nothing(tmp_path, blackout, name, content):
    _, files, _ = a_copy(tmp_path, blackout)
    copies = with_card(blacked_copy({**files, name: content}, blackout, "copy"), tmp_path)
    assert "item.json" in copies
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".blacked")]


def test_the_card_is_drawn_anew_from_the_copy(tmp_path, blackout):
    _, files, _ = a_copy(tmp_path, blackout)
    copies = with_card(blacked_copy(files, blackout, "copy of entry 3"), tmp_path)
    assert copies["card.pdf"].startswith(b"%PDF")
    assert copies["card.png"].startswith(b"\x89PNG")
    card = unicodedata.normalize("NFC", copies["card.txt"].decode("utf-8"))
    assert f"{BLACK} lied, you clown. Ask {BLACK} or {BLACK}" in card
    assert "copy of entry 3" in card
    assert "Gary Pretend" in card
    assert "Jane" not in card


def test_a_record_that_names_somebody_or_has_digests_of_what_is_sealed_is_not_read_whole(blackout):
    harmless = {"kind": "view", "by": "Mrs Ali", "why": "a complaint", "evidence": 3}
    assert blacked_record(harmless, blackout, sealed=False) is None
    named = blacked_record({**harmless, "why": "jane smith rang"}, blackout, sealed=False)
    assert named == {**harmless, "why": f"{BLACK} rang"}
    sealed = blacked_record({"kind": "snapshot", "snapshot": "ab", "manifest": "sha256:cd"}, blackout, sealed=True)
    assert sealed == {"kind": "snapshot", "snapshot": BLACK, "manifest": BLACK}
