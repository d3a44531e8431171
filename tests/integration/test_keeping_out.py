"""Who a comment is about is kept out of it: by its words, by the register, by hand; and let in again."""

import pytest
from desk import HOUR, MINUTE, NOW, OTHER, SCHOOL, item, page
from evidence_desk import entries, records, run_command
from kept_out_desk import (
    ALLEGATION,
    CHAIR,
    DSL,
    HEAD,
    MARKER,
    MODERATOR,
    NUMBER,
    accused,
    school_of,
    the_head_is_accused,
)

from config.handling import KeepOutRule
from connectors.fetched import FetchedPost
from monitor import deciding
from monitor.custody.log import Actor
from monitor.model import Action
from monitor.seeing import Seeing
from monitor.store import exclusions
from monitor.store.handling_tables import Exclusion
from monitor.store.item_tables import Comment

HEADS, POOLES = "head@oakfield.example", "poole@oakfield.example"


@pytest.fixture
def school(tmp_path, store_for_all, monkeypatch):
    return school_of(tmp_path, store_for_all, monkeypatch)


def kept_out(desk, remote_id):
    with desk.store.reading() as tx:
        return exclusions.kept_out(tx, tx.get_one(Comment, desk.items()[remote_id].id))


def sees(desk, name):
    """Remote ids of the cases this person sees; None: somebody without a name."""
    person = next((p for p in desk.settings.people if p.name == name), None)
    with desk.rows() as (tx, row, _):
        hidden = Seeing(desk.app.school).hidden_from(tx, row, person, desk.clock())
    return {remote_id for remote_id, case in desk.cases().items() if case.id not in hidden}


def test_whom_an_allegation_names_is_kept_out_of_it_and_everybody_else_who_is_not_told(school):
    the_head_is_accused(school)
    assert kept_out(school, "c-about-her") == {HEADS}
    assert "c-about-her" in sees(school, DSL)
    assert "c-about-her" in sees(school, CHAIR), "in the place of the head"
    for name in (HEAD, MODERATOR, "Mr Bevan", "Tom Wires", "Miss Poole", None):
        assert "c-about-her" not in sees(school, name), name


def test_the_log_says_so_by_number_and_names_nobody(school):
    the_head_is_accused(school)
    [entry] = [each for each in records(school, "keep_out") if each["case"] == NUMBER]
    rows = [row.id for row in school.all_of(Exclusion) if row.comment_id == NUMBER]
    assert (len(rows), sorted(entry["exclusions"])) == (2, sorted(rows))
    assert "okafor" not in str(entries(school)).lower()


def test_what_is_said_of_her_below_it_without_her_name_is_kept_from_her_too(school):
    the_head_is_accused(school)
    assert kept_out(school, "c2") == {HEADS}
    assert sees(school, HEAD) == {"c0", "c4", "c5"}


def test_the_same_words_under_a_rule_that_keeps_nobody_out_keep_nobody_out(tmp_path, store_for_all, monkeypatch):
    school = school_of(tmp_path, store_for_all, monkeypatch, allegation=KeepOutRule())
    the_head_is_accused(school)
    assert kept_out(school, "c-about-her") == frozenset()
    assert sees(school, None) == {"c0", "c-about-her", "c2", "c4", "c5"}


def test_an_edit_that_adds_a_name_keeps_that_person_out_and_the_first_stays_out(school):
    school.read(item("c1", f"The head did it, {MARKER}"))
    assert kept_out(school, "c1") == {HEADS}
    school.later(15 * MINUTE)
    school.read(item("c1", "Mr Bevan helped"))
    assert kept_out(school, "c1") == {HEADS, "bevan@oakfield.example"}


def test_names_of_an_earlier_version_count_once_a_later_one_is_flagged(school):
    school.read(item("c1", "Miss Poole is here again"))
    assert kept_out(school, "c1") == frozenset()
    school.later(15 * MINUTE)
    school.read(item("c1", f"And she shouts, {MARKER}"))
    assert kept_out(school, "c1") == {POOLES}


def test_she_means_whom_the_post_or_the_comment_above_names(school):

    post = FetchedPost("post", "Coach Poole wins the cup", NOW - HOUR, "https://www.facebook.com/post")
    above = item("c1", "Mr Bevan drove the bus")
    reply = item("c2", f"He drinks, {MARKER}", by=OTHER, under="c1")
    silent = item("c3", f"Awful, {MARKER}", by=OTHER, under="c1")
    school.read_pages([page(above, reply, silent, posts=(post,))])
    assert kept_out(school, "c2") == {POOLES, "bevan@oakfield.example"}
    assert kept_out(school, "c3") == frozenset()


def test_those_who_publish_are_kept_out_where_the_policy_says_so(tmp_path, store_for_all, monkeypatch):
    school = school_of(tmp_path, store_for_all, monkeypatch, abuse=KeepOutRule(posters=True))
    school.read(item("c1", "You idiot"))
    assert kept_out(school, "c1") == {POOLES}
    assert sees(school, "Miss Poole") == set()
    assert sees(school, HEAD) == sees(school, MODERATOR) == {"c1"}


def decide(desk, action, remote_id):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()[remote_id].id)
        actor = Actor(DSL, "it is a line from a play", "dsl on office-pc")
        deciding.decide(tx, desk.app.capturer, comment, comment.versions[-1].number, action, actor, desk.clock())


def test_a_false_alarm_opens_a_case_to_everybody_but_whom_it_names(school):
    the_head_is_accused(school)
    decide(school, Action.FALSE_ALARM, "c-about-her")
    assert "c-about-her" in sees(school, MODERATOR)
    assert "c-about-her" not in sees(school, HEAD)


def run(desk, monkeypatch, capsys, *words):
    return run_command(desk, monkeypatch, capsys, "keep-out", *words)


def test_somebody_with_the_role_lets_a_person_in_again_and_the_log_has_it(school, monkeypatch, capsys):
    school.read(item("c1", "Mr Bevan and an idiot"))
    number = school.cases()["c1"].id
    assert "c1" not in sees(school, "Mr Bevan")
    why = ("--why", "another man of that name")
    status, out, _ = run(school, monkeypatch, capsys, number, "Mr Bevan", "--lift", "--by", HEAD, *why)
    assert (status, "may see case" in out) == (0, True)
    assert "c1" in sees(school, "Mr Bevan")
    [entry] = records(school, "let_in")
    assert (entry["by"], entry["case"]) == (HEAD, number)
    assert "bevan" not in str(entry).lower()
    assert run(school, monkeypatch, capsys, number, "Mr Bevan", "--lift", "--by", HEAD, *why)[0] == 1


def test_whoever_was_let_in_stays_in_until_a_new_version_names_them_again(school, monkeypatch, capsys):
    school.read(item("c1", "Mr Bevan is no idiot"))
    number = school.cases()["c1"].id
    run(school, monkeypatch, capsys, number, "Mr Bevan", "--lift", "--by", HEAD, "--why", "praise")
    school.later(15 * MINUTE)
    school.read(item("c1", "Nobody is an idiot"))
    assert kept_out(school, "c1") == frozenset()
    school.later(15 * MINUTE)
    school.read(item("c1", "Mr Bevan is an idiot"))
    assert kept_out(school, "c1") == {"bevan@oakfield.example"}


@pytest.mark.parametrize("name", [MODERATOR, "Miss Poole", "Tom Wires", "Somebody Unknown"])
def test_nobody_without_the_role_decides_who_is_kept_out(school, monkeypatch, capsys, name):
    school.read(item("c1", "Hello"))
    number = school.cases()["c1"].id
    status, _, err = run(school, monkeypatch, capsys, number, "Mr Bevan", "--by", name, "--why", "w")
    assert status == 2, err
    assert kept_out(school, "c1") == frozenset()


def test_who_is_kept_out_cannot_let_themselves_in_nor_learn_that_there_is_something(school, monkeypatch, capsys):
    the_head_is_accused(school)
    said = run(school, monkeypatch, capsys, NUMBER, HEAD, "--lift", "--by", HEAD, "--why", "it is me")
    assert said[0] == 1
    other = run(school, monkeypatch, capsys, 424_242, HEAD, "--lift", "--by", HEAD, "--why", "it is me")
    assert said[2].replace(str(NUMBER), "424242") == other[2]
    assert kept_out(school, "c-about-her") == {HEADS}


def test_where_the_head_is_kept_out_the_next_authority_decides(school, monkeypatch, capsys):
    the_head_is_accused(school)
    words = (NUMBER, "Mr Bevan", "--by", CHAIR, "--why", "he was there")
    assert run(school, monkeypatch, capsys, *words)[0] == 0
    assert kept_out(school, "c-about-her") == {HEADS, "bevan@oakfield.example"}
    school.read(item("c1", "Hello"))
    number = school.cases()["c1"].id
    status, _, err = run(school, monkeypatch, capsys, number, "Mr Bevan", "--by", CHAIR, "--why", "w")
    assert (status, "role head or safeguarding" in err) == (2, True), "elsewhere the head decides"


def test_a_case_can_be_narrowed_to_those_told_and_widened_again_by_hand(school, monkeypatch, capsys):
    the_head_is_accused(school)
    words = (NUMBER, "--others", "--lift", "--by", DSL, "--why", "known to all")
    assert run(school, monkeypatch, capsys, *words)[0] == 0
    assert "c-about-her" in sees(school, MODERATOR)
    assert "c-about-her" not in sees(school, HEAD)


def test_show_names_who_is_kept_out_to_those_who_may_see_it(school, monkeypatch, capsys):
    the_head_is_accused(school)
    status, out, _ = run_command(school, monkeypatch, capsys, "show", NUMBER, "--by", DSL)
    assert status == 0
    assert "Kept out: Ms Okafor since Tue 10 Nov 2026 09:01, by monitor: Its words name this person." in out
    assert "Only for those told" in out


def test_what_stood_beside_it_is_drawn_anew_without_its_words(school):
    first = item("c0", "You are all idiots", by=OTHER, at=NOW - 3 * HOUR)
    plain = accused("Good morning")
    school.read(item("c0", "Good day", by=OTHER, at=NOW - 3 * HOUR), plain)
    school.later(15 * MINUTE)
    school.read(first, plain)
    school.app.cards.run()
    [beside] = [row for row in school.snapshots() if row.comment_id == school.cases()["c0"].id]
    assert beside.card == "made"
    school.later(15 * MINUTE)
    school.read(first, accused(ALLEGATION))
    [beside] = [row for row in school.snapshots() if row.comment_id == school.cases()["c0"].id]
    assert beside.card == "owed"
    assert not list((school.settings.evidence_folder / beside.path).glob("card*.p*"))
    school.app.cards.run()
    [beside] = [row for row in school.snapshots() if row.comment_id == school.cases()["c0"].id]
    assert beside.card == "made"


def test_a_later_snapshot_of_a_neighbour_holds_no_word_of_it_nor_of_the_answer_to_it(school):
    the_head_is_accused(school)
    school.later(15 * MINUTE)
    school.read(item("c3", "idiot again", by=OTHER, under="c0", at=NOW - MINUTE))
    [snapshot] = [row for row in school.snapshots() if row.comment_id == school.cases()["c3"].id]
    folder = school.settings.evidence_folder / snapshot.path
    assert all(MARKER.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_its_own_snapshot_holds_the_thread_around_it(school):
    first = item("c0", "Good morning", by=OTHER, at=NOW - 3 * HOUR)
    answer = item("r1", "Please ring us", by=SCHOOL, under="c-about-her", at=NOW - HOUR / 2)
    school.read(first, accused("Good day"), answer)
    school.later(15 * MINUTE)
    school.read(first, accused(), answer)
    [snapshot] = [row for row in school.snapshots() if row.comment_id == school.cases()["c-about-her"].id]
    said = b"".join(p.read_bytes() for p in (school.settings.evidence_folder / snapshot.path).rglob("thread*/*"))
    said += b"".join(p.read_bytes() for p in (school.settings.evidence_folder / snapshot.path).glob("thread*.json"))
    assert b"Please ring us" in said
    assert b"Good morning" in said


def test_erasing_a_case_empties_the_reasons_people_gave(school, monkeypatch, capsys):
    school.read(item("c1", "Hello"))
    number = school.cases()["c1"].id
    run(school, monkeypatch, capsys, number, "Mr Bevan", "--by", HEAD, "--why", "says Quuxley")
    run(school, monkeypatch, capsys, number, "Mr Bevan", "--lift", "--by", HEAD, "--why", "Quuxley again")
    run_command(school, monkeypatch, capsys, "erase", number, "--by", HEAD, "--why", "asked for")
    assert all("Quuxley" not in f"{row.why} {row.lifted_why}" for row in school.all_of(Exclusion))


def test_a_technician_is_shown_no_case(school, monkeypatch, capsys):
    school.read(item("c1", "Hello"))
    status, out, err = run_command(school, monkeypatch, capsys, "queue", "--by", "Tom Wires")
    assert (status, out) == (2, "")
    assert "looks after the connections" in err


def test_without_a_name_the_queue_says_the_same_whether_something_is_left_out_or_not(school, monkeypatch, capsys):
    school.read(item("c0", "You are all idiots", by=OTHER, at=NOW - 3 * HOUR))
    before = run_command(school, monkeypatch, capsys, "queue")
    with_name = run_command(school, monkeypatch, capsys, "queue", "--by", HEAD)
    school.read(item("c0", "You are all idiots", by=OTHER, at=NOW - 3 * HOUR), accused())
    assert run_command(school, monkeypatch, capsys, "queue") == before
    assert run_command(school, monkeypatch, capsys, "queue", "--by", HEAD) == with_name
    assert "say who you are with --by" in before[1]
    assert "2 cases wait" in run_command(school, monkeypatch, capsys, "queue", "--by", DSL)[1]


def test_somebody_unknown_sees_what_everybody_sees(school, monkeypatch, capsys):
    the_head_is_accused(school)
    assert run_command(school, monkeypatch, capsys, "queue", "--by", "Jane Doe") == run_command(
        school, monkeypatch, capsys, "queue"
    )
