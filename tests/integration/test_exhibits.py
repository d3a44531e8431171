"""What is kept beside a snapshot, and the gate in front of what other people attach."""

import json

import pytest
from desk import DAY, HOUR, INSULT, NOW, OTHER, item
from evidence_desk import MRS_ALI, folder_of, records
from https_stand_in import answer, make_certificates, stand_in
from picture_samples import jpeg, png

from connectors.fetched import Attachment
from monitor.custody.cards import CardMaker
from monitor.custody.exhibits import Exhibits, NoSuchCase
from monitor.custody.log import Actor
from monitor.custody.media_gate import Gate, Withheld, gate_of
from monitor.evidence.folder_check import check_folder
from monitor.evidence.screen_print import screen_print_of
from monitor.store import ledger

LEAD = Actor("Robin Achterberg", "the police asked", "robin on office-pc")
PHOTO = (Attachment("photo", "https://img.cdn.example/1"),)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def cdn(certificates, monkeypatch):
    """A server of attachments, which the network in these tests is said to keep them on."""
    monkeypatch.setattr("monitor.custody.exhibits.MEDIA_HOSTS", {"facebook_page": ("cdn.example",)})
    with stand_in(lambda _, connection: connection.sendall(answer(jpeg(30, 20))), certificates) as server:
        yield server


def number(desk, remote_id="c1"):
    return desk.cases()[remote_id].id


def inside(desk, act):
    """Do something in one transaction, as the commands do."""
    with desk.store.writing() as tx:
        return act(tx, ledger.enrolled_school(tx, "oakfield"))


def add(desk, content=None, case=None):
    picture = screen_print_of(content or png(800, 600))
    case = number(desk) if case is None else case
    return inside(desk, lambda tx, s: desk.app.exhibits.add_screen_print(tx, s, case, picture, MRS_ALI, desk.clock()))


def withhold(desk, remote_id="c1"):
    inside(desk, lambda tx, s: desk.app.exhibits.withhold(tx, s, number(desk, remote_id), MRS_ALI, desk.clock()))


def fetch(desk, cdn):
    exhibits = Exhibits(desk.app.capturer, ("Robin Achterberg",), cdn.egress())
    return exhibits.fetch_media(desk.store, "oakfield", number(desk), LEAD, desk.clock())


def every_file(desk):
    return {path: path.read_bytes() for path in desk.settings.evidence_folder.rglob("*") if path.is_file()}


def test_a_screen_print_is_kept_byte_for_byte_with_who_made_it_and_why(desk):
    desk.read(item("c1", INSULT))
    kept = add(desk)
    folder = folder_of(desk, kept)
    facts = json.loads((folder / "exhibit.json").read_text())
    assert (folder / "screen-print.png").read_bytes() == png(800, 600)
    assert (facts["by"], facts["why"], facts["picture"]["width"]) == ("Mrs Ali", "because", 800)
    assert check_folder(folder) == []
    (entry,) = records(desk, "screen_print")
    assert (entry["manifest"], entry["evidence"], entry["by"]) == (kept.digest, 0, "Mrs Ali")


def test_a_screen_print_of_what_was_never_flagged_brings_a_snapshot_of_its_words(desk):
    desk.read(item("c1", "A veiled remark"))
    add(desk)
    assert [each.kind for each in desk.snapshots()] == ["snapshot", "screen_print"]


def test_the_same_screen_print_added_twice_is_kept_once(desk):
    desk.read(item("c1", INSULT))
    assert add(desk).id == add(desk).id
    assert len(records(desk, "screen_print")) == 1


def test_a_screen_print_of_no_case_is_refused(desk):
    with pytest.raises(NoSuchCase, match="there is no case 999"):
        add(desk, case=999)


def test_nothing_attached_is_fetched_by_reading_judging_drawing_or_deciding(desk, cdn):
    desk.read(item("c1", INSULT, attachments=PHOTO))
    desk.app.cards.run()
    add(desk)
    assert (cdn.connections, cdn.looked_up) == (0, [])


def test_a_person_responsible_has_the_attachments_of_one_comment_fetched_and_kept_unopened(desk, cdn):
    desk.read(item("c1", INSULT, attachments=PHOTO), item("c2", INSULT, by=OTHER, attachments=PHOTO))
    (found,) = fetch(desk, cdn)
    kept = desk.snapshots()[-1]
    assert (kept.kind, kept.comment_id) == ("media", number(desk))
    assert (folder_of(desk, kept) / found.name).read_bytes() == jpeg(30, 20)
    assert [(entry["state"], entry["by"]) for entry in records(desk, "media_gate")] == [("open", "Robin Achterberg")]
    assert cdn.connections == 1


def test_the_gate_of_one_comment_is_not_the_gate_of_another(desk, cdn):
    desk.read(item("c1", INSULT, attachments=PHOTO), item("c2", INSULT, by=OTHER, attachments=PHOTO))
    fetch(desk, cdn)
    assert inside(desk, lambda tx, s: gate_of(tx, s, number(desk, "c2"))) is Gate.CLOSED


def test_an_attachment_that_cannot_be_had_is_told_and_that_it_was_tried_is_on_record(desk, cdn):
    desk.read(item("c1", INSULT, attachments=(Attachment("link", "https://elsewhere.example/x"),)))
    (found,) = fetch(desk, cdn)
    assert found.reason
    assert [each.kind for each in desk.snapshots()] == ["snapshot"]
    assert len(records(desk, "media_gate")) == 1


def test_what_is_withheld_is_never_fetched_and_no_screen_print_of_it_is_taken(desk, cdn):
    desk.read(item("c1", INSULT, attachments=PHOTO))
    withhold(desk)
    before = every_file(desk)
    with pytest.raises(Withheld, match="MEDIA WITHHELD"):
        fetch(desk, cdn)
    with pytest.raises(Withheld, match=r"Tell .* now"):
        add(desk)
    assert (cdn.connections, every_file(desk)) == (0, before)


def test_what_is_withheld_while_it_is_being_fetched_is_not_kept(desk, certificates, monkeypatch):
    monkeypatch.setattr("monitor.custody.exhibits.MEDIA_HOSTS", {"facebook_page": ("cdn.example",)})
    desk.read(item("c1", INSULT, attachments=PHOTO))

    def talk(_, connection):
        withhold(desk)
        connection.sendall(answer(jpeg(30, 20)))

    with stand_in(talk, certificates) as server, pytest.raises(Withheld):
        fetch(desk, server)
    assert jpeg(30, 20) not in every_file(desk).values()


def test_withholding_is_for_good(desk, cdn):
    desk.read(item("c1", INSULT, attachments=PHOTO))
    withhold(desk)
    with pytest.raises(Withheld):
        fetch(desk, cdn)
    assert inside(desk, lambda tx, s: gate_of(tx, s, number(desk))) is Gate.WITHHELD


def test_its_card_says_where_and_when_and_whom_to_tell_and_not_one_word_of_it(desk):
    desk.read(item("c1", INSULT, attachments=PHOTO))
    desk.app.cards.run()
    withhold(desk)
    maker = CardMaker(desk.store, "oakfield", desk.settings.evidence_folder, ("Robin Achterberg",), desk.clock)
    assert maker.run() == 1
    words = (folder_of(desk, desk.snapshots()[0]) / "card.txt").read_text()
    assert "MEDIA WITHHELD" in words
    assert "Robin Achterberg" in words
    assert not any(secret in words for secret in (INSULT, "cdn", "Name of"))


def test_its_words_are_left_out_of_the_cards_and_threads_of_others(desk):
    desk.read(item("c1", "Look at this one", by=OTHER, at=NOW - 2 * HOUR), item("c2", INSULT, under="c1"))
    desk.app.cards.run()
    card = folder_of(desk, desk.snapshots()[0]) / "card.txt"
    assert "Look at this one" in card.read_text()
    withhold(desk)
    assert desk.app.cards.run() == 2
    assert "Look at this one" not in card.read_text()
    assert "withheld" in card.read_text()
    assert [m.text for m in desk.app.reporter.thread(number(desk, "c2"), 5)] == []


def test_it_waits_for_no_moderator_and_stands_in_no_digest(desk):
    desk.read(item("c1", INSULT, attachments=PHOTO))
    withhold(desk)
    desk.later(DAY)
    digest = desk.app.reporter.digest("ali@oakfield.example", desk.clock())
    assert (digest.to_answer, digest.overdue, digest.flagged) == ((), (), ())
    assert desk.app.reporter.withheld() == (number(desk),)
