"""Evidence of a comment: captured before anything is judged, whole, its own bytes, and nobody else's."""

import json
from dataclasses import replace

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, NOW, OTHER, SCHOOL, SCRIPTED, Scripted, item, page
from evidence_desk import folder_of, records

from connectors.base import Verdict
from connectors.errors import TemporaryFailure
from connectors.fetched import FetchedPost
from monitor.custody.capture import LOOK_AGAIN_AFTER
from monitor.evidence import incoming
from monitor.evidence.folder_check import check_folder
from monitor.judge import Judge
from monitor.store import judged, ledger, snapshots
from monitor.store.evidence_tables import Recheck
from monitor.store.school_tables import School

THREAT = "I will kill you"


def capture_of(desk, snapshot):
    return json.loads((folder_of(desk, snapshot) / "capture.json").read_text())


def left_over(desk):
    return incoming.leftovers(desk.settings.evidence_folder, "oakfield", "facebook")


def killed_while_judging(desk, monkeypatch, *items):
    """A run that dies the moment it begins to judge, as with kill -9: nothing of its own clean-up happens."""
    with monkeypatch.context() as patch:
        patch.setattr("monitor.judge.Judge.look_at", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.read(*items)


def test_what_the_network_sent_is_on_disk_before_anything_is_judged(desk, monkeypatch):
    seen = []

    def watched(real):
        def watching(*args):
            seen.append([incoming.read_incoming(path)[1].items for path in left_over(desk)])
            return real(*args)

        return watching

    monkeypatch.setattr("monitor.judge.Judge.look_at", watched(Judge.look_at))
    monkeypatch.setattr("monitor.store.judged.set_deadline", watched(judged.set_deadline))
    comment = item("c1", "When is the fair?")
    desk.read(comment)
    assert seen == [[(comment,)]] * 2
    assert left_over(desk) == []


def test_nothing_is_put_on_disk_for_a_page_that_brings_nothing_new(desk, monkeypatch):
    desk.read(item("c1"))
    written = []
    monkeypatch.setattr("monitor.evidence.incoming.write_incoming", lambda *_: written.append("a page"))
    desk.read(item("c1"))
    assert written == []


def test_what_was_received_before_a_crash_is_kept_although_the_network_has_lost_it_since(desk, monkeypatch):
    killed_while_judging(desk, monkeypatch, item("c1", THREAT))
    assert desk.cases() == {}
    desk.later(5 * MINUTE)
    desk.read()
    case = desk.cases()["c1"]
    assert (case.text, {flag.category.value for flag in case.flags}, len(case.evidence)) == (THREAT, {"threat"}, 1)
    assert left_over(desk) == []


def test_a_page_that_another_process_is_just_keeping_is_nobodys_leftover(desk, monkeypatch):
    killed_while_judging(desk, monkeypatch, item("c1", INSULT))
    listed = incoming.leftovers

    def kept_by_the_other_meanwhile(*place):
        found = listed(*place)
        for path in found:
            incoming.done(path)
        return found

    monkeypatch.setattr("monitor.evidence.incoming.leftovers", kept_by_the_other_meanwhile)
    result = desk.read(item("c1", INSULT))
    assert (result.complete, result.failures, result.reasons) == (True, [], [])
    assert [read.stream for read in desk.reads() if read.finished_at is None] == ["comments"]  # the one killed
    assert set(desk.cases()) == {"c1"}


def test_a_page_taken_up_after_a_crash_and_read_again_is_kept_once(desk, monkeypatch):
    killed_while_judging(desk, monkeypatch, item("c1", INSULT))
    desk.read(item("c1", INSULT))
    assert desk.items()["c1"].versions[-1].number == 1
    assert len(desk.snapshots()) == 1


def test_a_left_over_page_that_cannot_be_read_is_put_aside_and_told_and_stops_nothing(desk, monkeypatch):
    killed_while_judging(desk, monkeypatch, item("c1", INSULT))
    (left,) = left_over(desk)
    left.write_bytes(left.read_bytes()[:40])
    result = desk.read(item("c2"))
    assert (len(result.reasons), set(desk.cases())) == (1, {"c2"})
    assert (left_over(desk), len(list(left.parent.glob("*.unreadable")))) == ([], 1)


def test_the_bytes_kept_are_the_items_own_and_nobody_elses_on_the_page(desk):
    desk.read(item("c1", INSULT), item("c2", "A harmless word about Zebedee", by=OTHER))
    (snapshot,) = desk.snapshots()
    folder = folder_of(desk, snapshot)
    exchange = json.loads((folder / "raw/exchange.json").read_text())
    body = page(item("c1", INSULT), item("c2", "A harmless word about Zebedee", by=OTHER)).exchanges[0].body
    own = (folder / "raw/item.body").read_bytes()
    assert own == body[exchange["offset"] : exchange["offset"] + len(own)]
    assert exchange["body_length"] == len(body)
    assert not any(b"Zebedee" in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_an_item_that_is_no_text_on_the_wire_is_kept_as_decoded_and_not_called_its_bytes(desk):
    wire = page(item("c1", INSULT, raw={"id": "c1", "message": f"{INSULT} \ufffd"}))
    answer = replace(wire.exchanges[0], body=wire.exchanges[0].body.replace(b"\\ufffd", b"\xff"))
    desk.read_pages([replace(wire, exchanges=(answer,))])
    folder = folder_of(desk, desk.snapshots()[0])
    assert not (folder / "raw/item.body").exists()
    assert json.loads((folder / "raw/exchange.json").read_text())["offset"] is None
    assert json.loads((folder / "item.json").read_text())["message"] == f"{INSULT} \ufffd"


def test_an_item_nested_too_deeply_to_be_written_down_is_kept_with_its_words(desk):
    deep = {}
    for _ in range(5000):
        deep = {"a": deep}
    desk.read_pages([replace(page(), items=(item("c1", INSULT, raw={"id": "c1", "deep": deep}),))])
    assert desk.cases()["c1"].text == INSULT
    assert len(desk.snapshots()) == 1


def test_the_networks_own_clock_stands_beside_ours(desk):
    desk.read(item("c1", INSULT))
    capture = capture_of(desk, desk.snapshots()[0])
    assert capture["clock_ahead_seconds"] == 3.0
    assert (capture["captured_at"]["utc"], capture["captured_at"]["local"]) == (
        "2026-11-10T09:00:00Z",
        "2026-11-10T09:00:00+00:00",
    )


def test_it_says_who_had_it_captured_by_which_program_on_what(desk):
    desk.read(item("c1", INSULT))
    capture = capture_of(desk, desk.snapshots()[0])
    assert capture["triggered_by"] == "the schedule of this program"
    assert capture["program_version"].startswith("School Social Monitor ")
    assert capture["environment"].startswith("Python 3")
    assert capture["config_hash"].startswith("sha256:")


def test_the_snapshot_is_whole_on_disk_before_a_flag_is_written(desk, monkeypatch):
    seen = []
    real = judged.raise_flags

    def watched(*args):
        folders = list(desk.settings.evidence_folder.glob("2026/11/*/manifest-sha256.txt"))
        seen.append([check_folder(each.parent) for each in folders])
        real(*args)

    monkeypatch.setattr("monitor.store.judged.raise_flags", watched)
    desk.read(item("c1", INSULT))
    assert seen == [[[]]]
    assert desk.cases()["c1"].flags


def test_evidence_holds_the_payload_the_page_the_post_and_the_thread(desk):
    post = FetchedPost("post", "The fair is on Friday", NOW - DAY, "https://facebook.com/post")
    raw = {"id": "c3", "message": INSULT}
    thread = (
        item("c1", "Is it on?", by=OTHER, at=NOW - 3 * HOUR),
        item("r1", "Yes", by=SCHOOL, under="c1", at=NOW - 2 * HOUR),
        item("c2", "Really?", under="c1", at=NOW - 90 * MINUTE),
        item("c3", INSULT, under="c1", at=NOW - HOUR, raw=raw),
    )
    desk.read_pages([page(*thread, posts=(post,))])
    (snapshot,) = desk.snapshots()
    folder = folder_of(desk, snapshot)
    capture = json.loads((folder / "capture.json").read_text())
    assert check_folder(folder) == []
    assert json.loads((folder / "raw/item.body").read_bytes()) == raw
    assert json.loads((folder / "item.json").read_text()) == raw
    assert (capture["text"], capture["post_text"]) == (INSULT, "The fair is on Friday")
    lines = [json.loads((folder / line["file"]).read_text()) for line in capture["thread"]]
    said = [(line["who"], line["text"]) for line in lines]
    assert said == [("someone else", "Is it on?"), ("the school", "Yes"), ("the author", "Really?")]
    assert desk.cases()["c3"].evidence == (snapshot.path,)


def test_a_later_version_is_another_snapshot_and_the_first_stays(desk):
    desk.read(item("c1", INSULT))
    (first,) = desk.snapshots()
    desk.later(HOUR)
    desk.read(item("c1", THREAT))
    kept = desk.snapshots()
    assert [each.captured_at for each in kept] == [NOW, NOW + HOUR]
    assert [check_folder(folder_of(desk, each)) for each in kept] == [[], []]
    assert kept[0].digest == first.digest != kept[1].digest


def test_a_card_is_owed_for_a_snapshot_and_a_failing_one_is_noted(desk):
    desk.read(item("c1", INSULT), item("c2", THREAT))
    lost = folder_of(desk, desk.snapshots()[0])
    lost.rename(lost.with_name("moved"))
    assert desk.app.cards.run() == 1
    assert [each.card for each in desk.snapshots()] == ["failed", "made"]
    assert (folder_of(desk, desk.snapshots()[1]) / "card.png").stat().st_size > 1000
    assert desk.app.cards.run() == 0


def test_a_snapshot_whose_card_cannot_be_drawn_is_a_snapshot(desk):
    desk.read(item("c1", INSULT))
    folder = folder_of(desk, desk.snapshots()[0])
    (folder / "card-sha256.txt").mkdir()
    desk.app.cards.run()
    (folder / "card-sha256.txt").rmdir()
    assert (desk.snapshots()[0].card, check_folder(folder)) == ("failed", [])


def test_a_school_makes_its_own_cards_only_and_a_failed_one_again_after_an_hour(desk):
    desk.read(item("c1", INSULT))
    with desk.store.writing() as tx:
        other = School(key="other", name="Other School", timezone="Europe/London", started_at=NOW)
        tx.add(other)
        tx.flush()
        assert snapshots.cards_owed(tx, other, NOW, 10) == []
        oakfield = ledger.school_by_key(tx, "oakfield")
        (row,) = snapshots.cards_owed(tx, oakfield, NOW, 10)
        snapshots.settle_card(tx, row.id, "failed", NOW)
    with desk.store.reading() as tx:
        assert snapshots.cards_owed(tx, oakfield, NOW, 10) == []
        assert len(snapshots.cards_owed(tx, oakfield, NOW + HOUR, 10)) == 1


def test_the_context_is_what_was_said_just_before_and_just_after_and_what_it_answers(desk):
    before = [item(f"b{n}", f"before {n}", by=OTHER, under="c0", at=NOW - HOUR + n * MINUTE) for n in range(5)]
    after = [item(f"a{n}", f"after {n}", by=OTHER, under="c0", at=NOW - 20 * MINUTE + n * MINUTE) for n in range(5)]
    start = item("c0", "where it began", at=NOW - 2 * HOUR)
    desk.read(start, *before, *after)
    desk.read(item("c1", INSULT, under="c0", at=NOW - 30 * MINUTE))
    folder = folder_of(desk, desk.snapshots()[0])
    said = [json.loads(path.read_text())["text"] for path in sorted((folder / "thread").iterdir())]
    assert said == ["where it began", "before 2", "before 3", "before 4", "after 0", "after 1", "after 2"]


def test_an_edit_of_what_is_kept_is_kept_too_although_it_is_harmless_now(desk):
    desk.read(item("c1", INSULT))
    desk.later(HOUR)
    desk.read(item("c1", "What a lovely concert"))
    assert [capture_of(desk, each)["text"] for each in desk.snapshots()] == [INSULT, "What a lovely concert"]
    assert capture_of(desk, desk.snapshots()[1])["trigger"].startswith("It was edited after")


@pytest.mark.parametrize(("percent", "kept"), [(0, 0), (100, 20)])
def test_a_sample_of_all_comments_is_kept_where_the_school_wants_one(desk, percent, kept):
    desk.change(accounts=f"{SCRIPTED}\n[evidence]\nsample_percent = {percent}\n")
    desk.read(*(item(f"c{number}") for number in range(20)))
    assert len(desk.snapshots()) == kept


def test_a_disk_that_is_full_keeps_nothing_of_the_page_and_the_next_read_keeps_all_of_it(desk, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.custody.capture.write_snapshot", full)
        with pytest.raises(OSError, match="No space"):
            desk.read(item("c0"), item("c1", INSULT))
    assert (desk.cases(), records(desk, "snapshot")) == ({}, [])
    desk.read(item("c0"), item("c1", INSULT))
    assert (set(desk.cases()), len(records(desk, "snapshot"))) == ({"c0", "c1"}, 1)


def test_a_snapshot_that_was_on_disk_when_the_program_died_is_entered_once(desk, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("monitor.custody.capture.note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.read(item("c1", INSULT))
    (folder,) = desk.settings.evidence_folder.glob("2026/11/*")
    digest = (folder / "manifest-sha256.txt").read_bytes()
    desk.read(item("c1", INSULT))
    assert (folder / "manifest-sha256.txt").read_bytes() == digest
    assert [folder_of(desk, each) for each in desk.snapshots()] == [folder]
    assert len(records(desk, "snapshot")) == 1


def look_again(desk, after, *items, verdict=None, fails=False):
    """One more run, so long after the capture, with these items on the page."""
    desk.clock.at = NOW + after + MINUTE
    pages = [TemporaryFailure("down")] if fails else [page(*items)]
    return desk.collector(Scripted({"comments": pages}, {"c1": verdict} if verdict else None)).run()


def found(desk):
    return [(r["after_hours"], r["found"]) for r in records(desk, "recheck")]


def test_an_hour_and_a_day_later_somebody_looks_again(desk):
    desk.read(item("c1", INSULT))
    owed = [(each.hours, each.due_at) for each in desk.all_of(Recheck)]
    assert owed == [(wait // HOUR, NOW + wait) for wait in LOOK_AGAIN_AFTER]
    look_again(desk, 30 * MINUTE, item("c1", INSULT))
    assert found(desk) == []
    look_again(desk, HOUR, item("c1", INSULT))
    assert found(desk) == [(1, "visible, unchanged")]
    look_again(desk, DAY, item("c1", "Sorry about that"))
    assert found(desk)[1:2] == [(24, "visible, edited since: now version 2")]


def test_a_comment_no_page_shows_any_more_is_asked_for_by_its_id(desk):
    desk.read(item("c1", INSULT))
    look_again(desk, HOUR, verdict=Verdict.PRESENT)
    look_again(desk, DAY, verdict=Verdict.GONE)
    assert found(desk) == [(1, "visible, unchanged"), (24, "not visible to us")]


def test_a_network_in_trouble_settles_no_second_look(desk):
    desk.read(item("c1", INSULT))
    look_again(desk, HOUR, fails=True)
    assert found(desk) == []
    look_again(desk, 2 * HOUR, verdict=Verdict.PRESENT)
    assert found(desk) == [(1, "visible, unchanged")]


def test_a_network_that_will_not_say_is_asked_for_two_days_and_then_that_is_written_down(desk):
    desk.read(item("c1", INSULT))
    look_again(desk, HOUR, verdict=Verdict.UNKNOWN)
    assert found(desk) == []
    look_again(desk, HOUR + 2 * DAY, verdict=Verdict.UNKNOWN)
    assert found(desk) == [(1, "the network would not say")]
