"""Terms applied: shown by number first, erased only as it was shown, evidence only with a second person."""

import json
from datetime import timedelta

import pytest
from desk import DAY, HOUR, INSULT, MINUTE, NOW, SCHOOL, item, page
from erased import HEAD, case_of, eraser, found_in
from evidence_desk import records, run_command
from sqlalchemy import select

from config.packs import POLICIES
from connectors.fetched import Attachment, Quarantined
from monitor.custody import media_gate
from monitor.custody.log import Actor, note
from monitor.deciding import decide
from monitor.erasing import holds
from monitor.erasing.retention import Retention, RetentionRefused
from monitor.model import Action
from monitor.store import judged, ledger
from monitor.store.evidence_tables import Erasure
from monitor.store.reading_tables import Quarantine
from monitor.store.school_tables import School

ALI = Actor("Mrs Ali", "monthly review", "ali on office-pc")
ALIS = ("--by", "Mrs Ali", "--why", "monthly review")
HEADS = ("--by", "Ms Okafor", "--why", "monthly review")
ANSWERED = ("thanks", "photo", "insult", "threat")


@pytest.fixture
def school(desk):
    """Four answered comments, two of them flagged and decided on, one nobody answered, one nobody can read."""
    photo = Attachment("photo", "https://cdn.example/1.jpg")
    desk.read_pages(
        [
            page(
                item("thanks", "Thank you, Mr Swales"),
                item("photo", "Here we are", attachments=(photo, photo)),
                item("insult", INSULT),
                item("threat", "I will kill you"),
                item("open", "When does it begin?"),
                *(item(f"re-{each}", "Thank you", by=SCHOOL, under=each, at=NOW - MINUTE) for each in ANSWERED),
                quarantined=(Quarantined({"id": "bad"}, "it has no time"),),
            )
        ]
    )
    desk.later(HOUR)
    with desk.store.writing() as tx:
        for name in ("insult", "threat"):
            comment = judged.comment_of(tx, ledger.enrolled_school(tx, "oakfield"), case_of(desk, name))
            decide(tx, desk.app.capturer, comment, 1, Action.CONFIRM_OFFENSIVE, ALI, desk.clock())
    return {name: case_of(desk, name) for name in (*ANSWERED, "open")}


@pytest.fixture
def run(desk, monkeypatch, capsys):
    return lambda *words: run_command(desk, monkeypatch, capsys, *words)


def retention(desk):
    return Retention(eraser(desk), desk.settings.policy)


def preview(desk):
    """Fate and class of every case that is due, and how many unreadable items are."""
    shown = retention(desk).preview()
    return {each.case: (each.fate, each.kept_as) for each in shown.due}, len(shown.quarantined)


def apply(desk, code=None):
    return retention(desk).run(code or retention(desk).preview().code, ALI, lambda *_: None)


def after(desk, moment):
    """Let time pass until a moment."""
    desk.clock.at = moment


def test_nothing_is_due_before_its_day_and_everything_on_it(desk, school):
    insult, threat = school["insult"], school["threat"]
    after(desk, NOW + 30 * DAY - timedelta(microseconds=1))
    assert preview(desk) == ({}, 0)
    after(desk, NOW + 30 * DAY)
    ordinary = {school["thanks"]: ("erase", "ordinary"), school["photo"]: ("erase", "ordinary")}
    assert preview(desk) == (ordinary, 1)
    after(desk, NOW + HOUR + 90 * DAY)
    assert preview(desk)[0] == ordinary | {threat: ("review", "safeguarding")}
    after(desk, NOW + 365 * DAY)
    ordinary |= {school["open"]: ("erase", "ordinary"), threat: ("review", "safeguarding")}
    assert preview(desk)[0] == ordinary
    after(desk, NOW + HOUR + 365 * DAY)
    assert preview(desk)[0] == ordinary | {insult: ("erase", "flagged")}


def test_a_preview_counts_versions_attachments_and_evidence_and_erases_nothing(desk, school):
    after(desk, NOW + 366 * DAY)
    shown = {each.case: each for each in retention(desk).preview().due}
    photo, insult = shown[school["photo"]], shown[school["insult"]]
    assert (photo.versions, photo.attachments, photo.evidence) == (1, 2, 0)
    assert (insult.attachments, insult.evidence, insult.since) == (0, 1, NOW + HOUR + 365 * DAY)
    assert insult.reason == desk.settings.policy.retention.flagged.reason
    assert desk.cases().keys() >= set(school)
    assert desk.all_of(Erasure) == []


def test_a_run_erases_what_has_no_evidence_and_puts_the_rest_up_for_a_second_person(desk, school):
    after(desk, NOW + 366 * DAY)
    ran = apply(desk)
    assert (ran.erased, len(ran.waiting), ran.refused, ran.quarantined, ran.cleared) == (3, 1, (), 1, True)
    assert desk.cases().keys() & set(school) == {"insult", "threat"}
    assert desk.all_of(Quarantine) == []
    assert found_in(desk.settings.evidence_folder, "Swales") == []
    eraser(desk).approve(ran.waiting[0], HEAD)
    assert eraser(desk).carry_out(ran.waiting, HEAD.account).cleared
    assert desk.cases().keys() & set(school) == {"threat"}
    assert preview(desk) == ({school["threat"]: ("review", "safeguarding")}, 0)


def test_every_erasure_names_term_policy_and_person(desk, school):
    after(desk, NOW + 30 * DAY)
    apply(desk)
    *erased, unreadable = records(desk, "erasure")
    assert {each["why"] for each in erased} == {"monthly review (term ordinary of the policy default 1 is over)"}
    assert {(each["by"], each["basis"], each["account"]) for each in erased} == {
        ("Mrs Ali", "retention", "ali on office-pc")
    }
    assert (unreadable["quarantined"], unreadable["basis"], "case" in unreadable) == (1, "retention", False)


@pytest.mark.parametrize("change", ["one more is due", "evidence was kept", "another version came"])
def test_a_list_that_has_changed_since_it_was_looked_at_is_not_erased(desk, school, change):
    after(desk, NOW + 364 * DAY)
    code = retention(desk).preview().code
    if change == "one more is due":
        after(desk, NOW + 365 * DAY)
    elif change == "another version came":
        desk.read(item("photo", "Here we all are"))
    else:
        with desk.store.writing() as tx:
            comment = judged.comment_of(tx, ledger.enrolled_school(tx, "oakfield"), school["thanks"])
            decide(tx, desk.app.capturer, comment, 1, Action.ANSWERED_ELSEWHERE, ALI, desk.clock())
    with pytest.raises(RetentionRefused, match=f"no longer the list with the code {code}"):
        apply(desk, code)
    assert desk.cases().keys() >= set(school)


def test_a_hold_keeps_a_case_past_its_term_and_the_preview_says_so(desk, school):
    with desk.store.writing() as tx:
        holds.place(tx, tx.scalars(select(School)).one(), school["thanks"], HEAD, desk.clock())
    after(desk, NOW + 30 * DAY)
    assert preview(desk)[0][school["thanks"]] == ("held", "ordinary")
    assert apply(desk).erased == 1
    assert "thanks" in desk.cases()


def test_what_waits_for_a_second_person_is_not_asked_for_again(desk, school):
    after(desk, NOW + 366 * DAY)
    apply(desk)
    assert preview(desk)[0][school["insult"]] == ("waiting", "flagged")
    assert apply(desk).waiting == ()


def test_what_was_passed_on_to_the_child_protection_file_goes_ninety_days_later(desk, school):
    after(desk, NOW + 100 * DAY)
    with desk.store.writing() as tx:
        school_row = ledger.enrolled_school(tx, "oakfield")
        note(tx, school_row, "share", desk.clock(), school["threat"], {"with": "the child-protection file"}, HEAD)
    after(desk, NOW + 190 * DAY - MINUTE)
    assert school["threat"] not in preview(desk)[0]
    after(desk, NOW + 190 * DAY)
    assert preview(desk)[0][school["threat"]] == ("erase", "safeguarding")


def test_a_suspected_indecent_image_is_never_due_by_itself(desk, school):
    with desk.store.writing() as tx:
        media_gate.withhold(tx, ledger.enrolled_school(tx, "oakfield"), school["photo"], HEAD, desk.clock())
    after(desk, NOW + 3000 * DAY)
    assert preview(desk)[0][school["photo"]] == ("review", "safeguarding")


def test_an_unreadable_item_that_is_still_met_is_kept(desk, school):
    after(desk, NOW + 29 * DAY)
    desk.read_pages([page(quarantined=(Quarantined({"id": "bad"}, "it has no time"),))])
    after(desk, NOW + 31 * DAY)
    assert preview(desk)[1] == 0
    after(desk, NOW + 59 * DAY)
    assert preview(desk)[1] == 1


def test_the_schools_own_terms_count(desk, school):
    pack = (POLICIES / "default.toml").read_text("utf-8")
    before = "[retention.ordinary]\ndays = 30"
    assert pack.count(before) == 1
    (desk.folder / "own.toml").write_text(pack.replace(before, before.replace("30", "7")))
    desk.change(school='policy = "own.toml"')
    after(desk, NOW + 7 * DAY)
    assert preview(desk)[0].keys() == {school["thanks"], school["photo"]}


def test_the_commands_show_a_code_and_erase_with_it(desk, school, run):
    assert run("retention", "preview", "--by", "Mrs Ali")[1] == "Nothing is due: no term is over.\n"
    after(desk, NOW + 366 * DAY)
    status, said, _ = run("retention", "preview")
    code = retention(desk).preview().code
    assert status == 0
    assert (
        "In all: 4 comments to erase, 1 of them with evidence, 4 versions, 2 attachments, 1 unreadable item" in said
    )
    assert "1 for a person to decide" in said
    assert f"school-monitor retention run {code} --by" in said
    assert "ordinary: A month to answer" in said
    assert "Swales" not in said
    assert "kill" not in said
    assert run("retention", "run", "000000000000", *ALIS)[0] == 1
    status, said, _ = run("retention", "run", code.upper(), *ALIS)
    assert status == 0
    assert said.startswith("3 comments erased.\n1 unreadable item removed.\n1 comment has evidence")
    number = next(row.id for row in desk.all_of(Erasure) if row.needs_second)
    assert f"school-monitor erase --approve {number} --by" in said
    status, said, _ = run("erase", "--approve", "all", *HEADS)
    assert (status, "erased (1 version, 1 folder of evidence)" in said) == (0, True)


def test_a_preview_for_programs_is_one_object_of_numbers(desk, school, run):
    after(desk, NOW + 30 * DAY)
    status, said, _ = run("retention", "preview", "--format", "json")
    shown = json.loads(said)
    assert (status, shown["code"], shown["unreadable_items"]) == (0, retention(desk).preview().code, 1)
    assert shown["due"][0] == {
        "case": school["thanks"],
        "fate": "erase",
        "kept_as": "ordinary",
        "since": "2026-12-10T09:00:00Z",
        "reason": desk.settings.policy.retention.ordinary.reason,
        "evidence": 0,
        "versions": 1,
        "attachments": 0,
    }


def test_only_those_with_a_role_may_run_it_and_anybody_may_look(desk, school, run):
    after(desk, NOW + 30 * DAY)
    code = retention(desk).preview().code
    status, _, told = run("retention", "run", code, "--by", "A Stranger", "--why", "tidy")
    assert (status, "this needs the role head or moderator or safeguarding" in told) == (2, True)
    assert "thanks" in desk.cases()


def test_one_erased_meanwhile_is_told_and_keeps_nobody_else_from_it(desk, school, monkeypatch):
    after(desk, NOW + 30 * DAY)
    shown = retention(desk).preview()
    asked = eraser(desk).ask(school["thanks"], "request", ALI)
    eraser(desk).carry_out([asked.number], ALI.account)
    monkeypatch.setattr(Retention, "preview", lambda *_: shown)
    ran = retention(desk).run(shown.code, ALI, lambda *_: None)
    assert (ran.erased, ran.refused) == (1, (f"case {school['thanks']} was erased on 10 Dec 2026 already",))
