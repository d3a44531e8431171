"""A person is given what is held on them and nothing of anybody else, on a page that does nothing but be read."""

import argparse
import json
import logging
import stat

import bagit
import pytest
from bundles import CHECKSUMS, MS_OKAFOR, typed, unpacked
from desk import HOUR, INSULT, MINUTE, NOW, PARENT, SCHOOL, item, page
from evidence_desk import MRS_ALI, entries, records
from kept_evidence import a_png, withhold
from read_page import Page

from connectors.fetched import Quarantined
from monitor.commands import subject_access as command
from monitor.commands.custody_lines import custody_line
from monitor.deciding import decide
from monitor.disclosure.subject import NoSuchComment, SeveralPeople
from monitor.disclosure.subject_access import Asked, NothingHeld, SubjectAccess
from monitor.erasing import holds
from monitor.evidence.handing_out.blackout import BLACK
from monitor.evidence.screen_print import read_screen_print
from monitor.model import Action
from monitor.store import judged, ledger

SCRIPT = "<script>alert('x')</script>\u202e\n<img src=x onerror=alert(1)>"
GARY, PERSEPHONE = "Gary Pretend", "Persephone Doe"
STRANGER = "990011223344556"  # long enough not to stand in a picture or a digest by chance


def access(desk):
    return SubjectAccess(
        store=desk.store,
        school=desk.app.capturer.school,
        clock=desk.clock,
        staff=tuple(person.name for person in desk.settings.people),
        in_words=lambda entry: custody_line(entry, "Europe/London"),
    )


def answer(desk, folder, *words, name="answer", **asked):
    """Make a bundle and unpack it. Returns how much is in it, its folder and its data."""
    output = folder / f"{name}.zip"
    answered = access(desk).answer(Asked(words=words, **asked), output, MS_OKAFOR)
    top = unpacked(output, folder / name)
    return answered, top, json.loads((top / "data/what-we-hold.json").read_text())


def everything(top):
    return b"".join(path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file())


def page_of(top):
    return Page((top / "data/what-we-hold.html").read_bytes())


@pytest.fixture
def lived(desk):
    """A thread in which Gary insults Persephone and is answered and decided on; she speaks of him elsewhere."""
    desk.read(item("ask", "Is it shut?", by=STRANGER, author_name=PERSEPHONE, at=NOW - 5 * HOUR))
    insult = f"{INSULT}, Persephone Doe! Ask @Bartholomew_Smith. {SCRIPT}"
    gary = {"under": "ask", "by": PARENT, "author_name": GARY}
    desk.read(
        item("c1", insult, at=NOW - 4 * HOUR, **gary), item("c2", "Whn is the fair?", at=NOW - 3 * HOUR, **gary)
    )
    desk.later(MINUTE)
    desk.read(
        item("c2", "When is the fair?", at=NOW - 3 * HOUR, **gary),
        item("r1", "On Saturday, Gary Pretend.", by=SCHOOL, under="c2", author_name="Oakfield", at=NOW - 2 * HOUR),
        item(
            "m1",
            "@GaryPretend was rude, says Bartholomew Stone",
            by=STRANGER,
            author_name=PERSEPHONE,
            post="p2",
            at=NOW - HOUR,
        ),
        item("o1", "Lovely fair!", by="777", author_name="Bartholomew Stone", post="p3", at=NOW - HOUR),
    )
    desk.app.cards.run()
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        comment = judged.comment_of(tx, school, desk.cases()["c1"].id)
        decide(tx, desk.app.capturer, comment, 1, Action.HIDE, MRS_ALI, desk.clock())
    return desk


def test_the_answer_holds_everything_about_their_comments(lived, tmp_path):
    answered, top, data = answer(lived, tmp_path, PARENT)
    first, second = data["comments"]
    assert (answered.comments, answered.mentions, answered.problems) == (2, 1, [])
    assert (data["names"], data["ids"]) == ([GARY], [f"facebook_page:{PARENT}"])
    assert [version["text"] for version in second["versions"]] == ["Whn is the fair?", "When is the fair?"]
    assert second["replies"][0]["versions"] == ["On Saturday, Gary Pretend."]
    assert first["flags"][0]["category"] == "insult"
    assert first["flags"][0]["clause"] == "Offensive comments"
    assert first["decisions"][0] | {"at": ""} == {
        "at": "", "by": "Mrs Ali", "action": "hide", "version": 1, "reason": "because",
    }  # fmt: skip
    assert first["due"] == "Wed 11 Nov 2026 05:00"
    assert first["deadline"][-1].startswith("due Wed 11 Nov")
    assert first["kept_until"]
    assert any("by Mrs Ali" in line for line in first["log"])
    assert first["evidence"] == [{"kind": "snapshot", "folder": "evidence/blacked-out/0"}]
    assert (top / "data/evidence/blacked-out/0/card.pdf").read_bytes().startswith(b"%PDF")


def test_nobody_else_is_named_in_any_file_of_it(lived, tmp_path):
    _, top, data = answer(lived, tmp_path, PARENT)
    content = everything(top).lower()
    for name in (b"persephone", b"bartholomew", STRANGER.encode(), b"lovely fair"):
        assert name not in content
    assert data["comments"][0]["versions"][0]["text"].startswith(f"{INSULT}, {BLACK}! Ask {BLACK}. <script>")
    assert data["mentions"] == [
        {"case": lived.cases()["m1"].id, "who": "somebody else", "at": "Tue 10 Nov 2026 08:00",
         "where": "Facebook page", "text": f"@GaryPretend was rude, says {BLACK}"},
    ]  # fmt: skip


def test_hostile_words_are_words_on_the_page_and_nothing_on_it_acts(lived, tmp_path):
    _, top, _ = answer(lived, tmp_path, PARENT)
    shown = page_of(top)
    assert {"script", "a", "img", "iframe", "link", "form", "object", "svg"}.isdisjoint(shown.elements)
    assert not [name for name, _ in shown.attributes if name.startswith("on") or name in {"src", "href", "style"}]
    words = "".join(shown.words)
    assert "<script>alert('x')</script><U+202E RIGHT-TO-LEFT OVERRIDE>\n<img src=x onerror=alert(1)>" in words
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'") in (
        shown.attributes
    )


def test_it_is_a_bag_for_its_owner_only_and_one_that_exists_is_refused(lived, tmp_path):
    _, top, _ = answer(lived, tmp_path, PARENT)
    assert bagit.Bag(str(top)).validate() is True
    assert typed(CHECKSUMS, top).returncode == 0
    assert stat.S_IMODE((tmp_path / "answer.zip").stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        answer(lived, tmp_path, PARENT)


def test_the_request_is_in_the_log_by_numbers_and_never_by_name(lived, tmp_path):
    answer(lived, tmp_path, GARY)
    ids = {remote: case.id for remote, case in lived.cases().items()}
    found = records(lived, "subject_access")
    assert {(each["case"], each["as"]) for each in found} == {
        (ids["c1"], "author"), (ids["c2"], "author"), (ids["m1"], "mention"),
    }  # fmt: skip
    assert all((each["by"], each["why"], each["cases"]) == ("Ms Okafor", "crime 42/26", 2) for each in found)
    assert not [e for e in entries(lived) if e.kind == "subject_access" and "Gary" in e.record]


def test_nothing_of_it_reaches_the_program_s_own_log(lived, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    answer(lived, tmp_path, GARY)
    assert "Gary" not in caplog.text
    assert "idiot" not in caplog.text


def test_a_withheld_comment_is_left_out_whole_and_counted(lived, tmp_path):
    withhold(lived, lived.cases()["c1"].id)
    answered, top, data = answer(lived, tmp_path, PARENT)
    assert (answered.comments, answered.withheld) == (1, 1)
    assert "1 item is withheld; the safeguarding lead answers about it." in data["not_included"]
    assert b"idiot" not in everything(top)
    assert [each["withheld"] for each in records(lived, "subject_access") if each["as"] == "author"] == [True, False]


def test_a_comment_on_hold_is_given_and_said_to_be(lived, tmp_path):
    case = lived.cases()["c1"].id
    with lived.store.writing() as tx:
        holds.place(tx, ledger.enrolled_school(tx, "oakfield"), case, MS_OKAFOR, lived.clock())
    _, top, data = answer(lived, tmp_path, PARENT)
    assert [each["on_hold"] for each in data["comments"]] == [True, False]
    assert data["comments"][0]["kept_until"] == "the legal hold on it ends"
    assert "It is under a legal hold" in "".join(page_of(top).words)


def test_a_picture_somebody_added_is_not_given_and_said_to_be_there(lived, tmp_path):
    with lived.store.writing() as tx:
        picture = read_screen_print(a_png(tmp_path / "print.png"))
        school = ledger.enrolled_school(tx, "oakfield")
        lived.app.exhibits.add_screen_print(tx, school, lived.cases()["c1"].id, picture, MRS_ALI, lived.clock())
    _, top, data = answer(lived, tmp_path, PARENT)
    assert picture.content not in everything(top)
    assert any("screen-print.png" in line for line in data["not_included"])


def test_a_damaged_copy_is_given_with_the_damage_named(lived, tmp_path):
    folder = lived.settings.evidence_folder / lived.snapshots()[0].path
    (folder / "item.json").unlink()
    answered, _, _ = answer(lived, tmp_path, PARENT)
    assert answered.problems == ["entry 0: item.json is missing"]


def test_notes_by_staff_that_name_them_are_given(lived, tmp_path):
    with lived.store.writing() as tx:
        comment = judged.comment_of(tx, ledger.enrolled_school(tx, "oakfield"), lived.cases()["o1"].id)
        judged.record_decision(
            tx, comment, 1, Action.NO_REPLY_NEEDED, "Mrs Ali", "Gary Pretend told Bartholomew Stone to", lived.clock()
        )
    answered, _, data = answer(lived, tmp_path, PARENT)
    assert answered.notes == 1
    assert (data["notes"][0]["by"], data["notes"][0]["text"]) == ("Mrs Ali", f"Gary Pretend told {BLACK} to")


def test_somebody_who_never_wrote_is_found_where_others_name_them(lived, tmp_path):
    answered, top, data = answer(lived, tmp_path, "Bartholomew Stone", also_known_as=("Bartholomew Smith",))
    assert answered.comments == 1
    answered, top, data = answer(lived, tmp_path, "Bartholomew Smith", name="smith")
    assert (answered.comments, answered.mentions) == (0, 1)
    assert data["mentions"][0]["text"].startswith(f"{INSULT}, {BLACK}! Ask @Bartholomew_Smith.")
    assert b"Gary" not in everything(top)


def test_an_item_nobody_could_read_is_counted_where_it_holds_the_name(lived, tmp_path):
    odd = Quarantined({"id": "q1", "from": GARY}, "it has no time")
    lived.read_pages([page(item("ask", "Is it shut?", by=STRANGER, author_name=PERSEPHONE), quarantined=(odd,))])
    answered, _, data = answer(lived, tmp_path, PARENT)
    assert answered.unreadable == 1
    assert any("could not read" in line for line in data["not_included"])


def test_the_author_of_a_case_is_who_is_meant(lived, tmp_path):
    answered, _, data = answer(lived, tmp_path, cases=(lived.cases()["c2"].id,))
    assert [each["case"] for each in data["comments"]] == [lived.cases()[remote].id for remote in ("c1", "c2")]
    assert answered.mentions == 1


def test_a_case_that_is_not_there_is_told(lived, tmp_path):
    with pytest.raises(NoSuchComment, match="there is no case 99"):
        answer(lived, tmp_path, cases=(99,))


def test_nothing_held_is_said_and_leaves_no_entry_and_no_file(lived, tmp_path):
    with pytest.raises(NothingHeld, match="nothing is held"):
        answer(lived, tmp_path, "Nobody Known")
    assert records(lived, "subject_access") == []
    assert list(tmp_path.glob("*.zip")) == []


@pytest.fixture
def two_garys(desk):
    """Two people of one name, and a third of that name whose id the network withholds."""
    desk.read(
        item("a1", "One", by="1", author_name=GARY), item("a2", "Two", by="1", author_name="Gary P"),
        item("b1", "Three", by="2", author_name="gary  pretend"), item("n1", "Four", by=None, author_name=GARY),
        item("n2", "Five", by=None, author_name=GARY),
    )  # fmt: skip
    return desk


def test_a_name_that_several_bear_is_refused_with_ids_and_numbers_to_choose_from(two_garys, tmp_path):
    ids = {remote: case.id for remote, case in two_garys.cases().items()}
    with pytest.raises(SeveralPeople) as several:
        answer(two_garys, tmp_path, "@Gary Pretend")
    assert {(each.key, each.cases) for each in several.value.candidates} == {
        ("facebook_page:1", (ids["a1"],)), ("facebook_page:2", (ids["b1"],)),
        (f"--case {ids['n1']}", (ids["n1"],)), (f"--case {ids['n2']}", (ids["n2"],)),
    }  # fmt: skip
    assert GARY not in str(several.value)
    assert list(tmp_path.glob("*.zip")) == []


def test_chosen_by_id_it_is_that_person_alone_under_every_name_they_had(two_garys, tmp_path):
    _, top, data = answer(two_garys, tmp_path, "facebook_page:1")
    assert [each["versions"][0]["text"] for each in data["comments"]] == ["One", "Two"]
    assert data["names"] == ["Gary P", GARY]
    assert b"Three" not in everything(top)


def test_without_an_id_only_the_comment_that_was_named_is_theirs(two_garys, tmp_path):
    _, _, data = answer(two_garys, tmp_path, cases=(two_garys.cases()["n1"].id,))
    assert [each["versions"][0]["text"] for each in data["comments"]] == ["Four"]


def told(desk, monkeypatch, capsys, *words):
    monkeypatch.setattr("monitor.commands.subject_access.app_for", lambda _: desk.app)
    parser = argparse.ArgumentParser()
    command.configure(parser)
    capsys.readouterr()
    status = command.run(parser.parse_args([str(word) for word in words]))
    return status, capsys.readouterr().out


def test_the_command_makes_the_bundle_and_says_what_to_look_at(lived, tmp_path, monkeypatch, capsys):
    status, out = told(
        lived, monkeypatch, capsys, "88001", "--output", tmp_path / "a.zip", "--by", "Ms Okafor", "--why", "request"
    )
    assert status == 0
    assert "2 comments, 1 copy of them, 1 place where others name the person" in out
    assert "Read it before you hand it over" in out
    assert "Gary" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say who is meant"),
        (("Gary Pretend",), "choose one by id"),
        (("Nobody",), "nothing is held"),
        (("--case", "99"), "there is no case 99"),
        (("1", "--by", "Mrs Ali"), "needs the role head or safeguarding"),
    ],
)
def test_the_command_says_why_it_makes_none(two_garys, tmp_path, monkeypatch, capsys, words, said):
    by = () if "--by" in words else ("--by", "Ms Okafor")
    with pytest.raises(command.CommandFailed, match=said):
        told(two_garys, monkeypatch, capsys, *words, "--output", tmp_path / "a.zip", *by, "--why", "request")
    assert records(two_garys, "subject_access") == []
