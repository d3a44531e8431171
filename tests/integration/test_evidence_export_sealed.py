"""What must not leave the school stays: withheld comments always, and names of others where that is asked for."""

import json
from dataclasses import replace

import bagit
import pytest
from bundles import LOG, export, fails, lines, typed
from desk import HOUR, INSULT, MINUTE, NOW, OTHER, item
from evidence_desk import MRS_ALI, records
from kept_evidence import a_png, folder_at, withhold

from monitor.custody.media_gate import Withheld
from monitor.deciding import decide
from monitor.evidence.handing_out.blackout import BLACK
from monitor.evidence.log.commitment import commit, record_bytes
from monitor.evidence.screen_print import read_screen_print
from monitor.model import Action
from monitor.store import judged, ledger

STRANGER = "990011223344556"  # long enough not to stand in a picture or a digest by chance


def read_a_thread(desk):
    desk.read(item("ask", "Is it shut, @Bartholomew_Smith?", by=STRANGER, author_name="Persephone Doe"))
    text = f"{INSULT}, Persephone Doe and @bartholomew.smith, says {STRANGER}"
    desk.read(
        item("c1", text, under="ask", at=NOW - MINUTE, raw={"id": "c1", "message": text, "parent": {"id": STRANGER}})
    )
    desk.app.cards.run()


def test_blacked_out_the_names_are_gone_from_every_file_and_the_originals_stay_sealed(desk, tmp_path):
    read_a_thread(desk)
    case = desk.cases()["c1"].id
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        picture = read_screen_print(a_png(tmp_path / "print.png"))
        desk.app.exhibits.add_screen_print(tx, school, case, picture, MRS_ALI, desk.clock())
    exported, top = export(desk, tmp_path, case=case, black_out=True, also=("Persephone Doe",))
    assert exported.sealed == [0, 2]
    everything = b"".join(path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()).lower()
    for name in (b"persephone", b"bartholomew", STRANGER.encode(), b"\x89png\r\n\x1a\n" + b"\0\0\0\rihdr\0\0\0\1"):
        assert name not in everything
    for position in exported.sealed:
        folder, _ = folder_at(desk, position)
        manifest = (folder / "manifest-sha256.txt").read_text()
        assert not [d for d in manifest.split()[::2] if d.encode() in everything]
    assert fails(top) == set()
    assert typed(LOG, top).stdout.count("sealed at the school") == 5
    assert bagit.Bag(str(top)).validate() is True
    capture = json.loads((top / "data/blacked-out/0/capture.json").read_text())
    assert capture["text"] == f"{INSULT}, {BLACK} and {BLACK}, says {BLACK}"
    assert "screen-print.png" in (top / "data/blacked-out/2/BLACKED-OUT.txt").read_text()


def test_a_sealed_original_is_later_shown_to_be_the_logged_one(desk, tmp_path):
    read_a_thread(desk)
    case = desk.cases()["c1"].id
    _, blacked = export(desk, tmp_path, "blacked", case=case, black_out=True)
    _, opened = export(desk, tmp_path, "opened", case=case)
    (sealed,) = json.loads((blacked / "proofs.json").read_text())
    (proof,) = json.loads((opened / "proofs.json").read_text())
    assert "record" not in sealed
    assert "salt" not in sealed
    assert commit(bytes.fromhex(proof["salt"]), record_bytes(proof["record"])).hex() == sealed["commitment"]
    assert fails(opened) == set()


def test_where_nobody_has_to_be_blacked_out_the_original_is_handed_out(desk, tmp_path):
    desk.read(item("c1", INSULT))
    exported, top = export(desk, tmp_path, case=desk.cases()["c1"].id, black_out=True)
    assert exported.sealed == []
    assert (top / "data/0/capture.json").is_file()


def test_a_reason_that_names_somebody_is_sealed_too(desk, tmp_path):
    read_a_thread(desk)
    desk.read(item("o1", "Lovely fair!", by="777", author_name="Ada Elsewhere", post="another"))
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        comment = judged.comment_of(tx, school, desk.cases()["c1"].id)
        decide(
            tx,
            desk.app.capturer,
            comment,
            1,
            Action.HIDE,
            replace(MRS_ALI, why="Persephone Doe rang, with Ada Elsewhere"),
            desk.clock(),
        )
    _, top = export(desk, tmp_path, case=comment.id, black_out=True)
    (line,) = [each for each in lines(top) if each.get("sealed", {}).get("kind") == "decision"]
    assert line["sealed"]["why"] == f"{BLACK} rang, with {BLACK}"
    assert "Persephone" not in (top / "statement-draft.txt").read_text()
    assert fails(top) == set()


def test_in_a_range_a_withheld_case_is_left_out_whole_even_beside_another(desk, tmp_path):
    desk.read(item("c1", f"{INSULT}, with a picture", by=OTHER))
    desk.read(item("c2", INSULT, under="c1", at=NOW - MINUTE))
    desk.app.cards.run()
    ids = {remote: case.id for remote, case in desk.cases().items()}
    withhold(desk, ids["c1"])
    exported, top = export(desk, tmp_path, since=NOW - HOUR)
    assert (exported.cases, exported.left_out, exported.problems) == ([ids["c2"]], [ids["c1"]], [])
    everything = b"".join(path.read_bytes() for path in top.rglob("*") if path.is_file())
    assert b"with a picture" not in everything
    assert not list(top.rglob("card.*"))
    assert fails(top) == set()
    assert "thread/000.json" in typed(LOG, top).stdout


def test_a_card_drawn_anew_without_the_withheld_words_is_handed_out(desk, tmp_path):
    desk.read(item("c1", f"{INSULT}, with a picture", by=OTHER))
    desk.read(item("c2", f"{INSULT}, Name of {OTHER}", under="c1", at=NOW - MINUTE))
    desk.app.cards.run()
    ids = {remote: case.id for remote, case in desk.cases().items()}
    desk.later(MINUTE)
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        desk.app.exhibits.withhold(tx, school, ids["c1"], MRS_ALI, desk.clock())
    desk.later(MINUTE)
    desk.app.cards.run()
    for name, wanted in (("whole", {}), ("blacked", {"black_out": True})):
        _, top = export(desk, tmp_path, name, case=ids["c2"], **wanted)
        (card,) = top.rglob("card.txt")
        assert "This message is withheld." in card.read_text()
        assert b"with a picture" not in b"".join(path.read_bytes() for path in top.rglob("*") if path.is_file())
        assert fails(top) == set()


def test_a_withheld_case_is_refused_with_the_route_and_the_attempt_is_recorded(desk, tmp_path):
    desk.read(item("c1", INSULT))
    case = desk.cases()["c1"].id
    withhold(desk, case)
    with pytest.raises(Withheld, match=f"case {case}: MEDIA WITHHELD.*police"):
        export(desk, tmp_path, case=case)
    assert list(tmp_path.glob("*.zip")) == []
    (refused,) = records(desk, "refused")
    assert (refused["what"], refused["case"], refused["by"]) == ("export", case, "Ms Okafor")
    assert records(desk, "export") == []
