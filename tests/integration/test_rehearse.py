"""Trying words over the stored history: what would change, by number; nothing is changed by it."""

import csv
from datetime import timedelta

import pytest
from desk import DAY, HOUR, INSULT, NOW, SCHOOL, item
from fake_judge import FakeJudge
from sqlalchemy import select

from monitor import deciding
from monitor.commands.rehearse_printing import warnings
from monitor.custody import media_gate
from monitor.custody.log import Actor
from monitor.language.judging import Judge
from monitor.language.own_words import DenyTerm, OwnWords
from monitor.model import Action, Category
from monitor.rehearsal.figures import Figures
from monitor.rehearsal.own_names import OwnNames
from monitor.rehearsal.replay import Rehearsal
from monitor.store import rehearsed
from monitor.store.base import Base
from monitor.store.item_tables import Comment
from monitor.store.rehearsed import Wanted
from monitor.store.school_tables import School

OAKIE = DenyTerm("oakie", Category.BULLYING, "concern")
ACTOR = Actor("Mrs Ali", "a name", "ali on office-pc")
RUDE = {"idiot": ("abuse", 1.0)}
RUDE_AND_OAKIE = RUDE | {"oakie": ("bullying", 1.0)}


def number(desk, remote_id):
    return desk.items()[remote_id].id


def decide(desk, remote_id, action):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, number(desk, remote_id))
        deciding.decide(tx, desk.app.capturer, comment, comment.versions[-1].number, action, ACTOR, desk.clock())


def rehearsal(desk, tried, today=None, **wanted):
    judge = FakeJudge(tried, OwnWords(deny=(OAKIE,)), detector="own-words/2")
    in_force = None if today is None else FakeJudge(today)
    return Rehearsal(desk.store, "oakfield", desk.settings.policy, judge, in_force, Wanted(**wanted))


def replayed(desk, *judges, **wanted):
    """By remote id and version: flagged then, today, with what is tried."""
    names = {each.id: remote_id for remote_id, each in desk.items().items()}
    return {
        (names[each.case], each.version): tuple(sorted(side.categories) for side in each.sides)
        for each in rehearsal(desk, *judges, **wanted).run()
    }


def figures(desk, *judges, names=(), most=10, **wanted):
    counted = Figures(OwnNames(names), (OAKIE,), most)
    for each in rehearsal(desk, *judges, **wanted).run():
        counted.add(each)
    return counted


def test_each_text_is_compared_with_what_was_flagged_when_it_was_read(desk):
    desk.read(item("c1", INSULT), item("c2", "an oakie"), item("c3", "lovely"), item("r1", INSULT, by=SCHOOL))
    assert replayed(desk, RUDE_AND_OAKIE) == {
        ("c1", 1): (["abuse"], ["abuse"], ["abuse"]),
        ("c2", 1): ([], [], ["bullying"]),
        ("c3", 1): ([], [], []),
    }


def test_a_list_is_compared_with_today_and_then_is_told_beside_it(desk):
    desk.read(item("c1", INSULT))
    assert replayed(desk, {}, RUDE_AND_OAKIE) == {("c1", 1): (["abuse"], ["abuse"], [])}
    assert replayed(desk, RUDE, {}) == {("c1", 1): (["abuse"], [], ["abuse"])}


def test_an_edited_comment_is_replayed_as_often_as_it_was_judged(desk):
    desk.read(item("c1", INSULT))
    desk.read(item("c1", "lovely"))
    assert replayed(desk, {}) == {("c1", 1): (["abuse"], ["abuse"], []), ("c1", 2): ([], [], [])}


def test_only_what_was_written_since_a_day_is_replayed_where_that_is_asked(desk):
    desk.read(item("old", at=NOW - 3 * DAY), item("new", at=NOW - HOUR))
    assert set(replayed(desk, RUDE, since=NOW - DAY)) == {("new", 1)}


def test_what_is_withheld_is_left_out_and_counted(desk):
    desk.read(item("c1", INSULT), item("c2"))
    with desk.store.writing() as tx:
        media_gate.withhold(tx, tx.scalars(select(School)).one(), number(desk, "c1"), ACTOR, desk.clock())
    assert set(replayed(desk, RUDE)) == {("c2", 1)}
    assert rehearsal(desk, RUDE).size() == (1, 1)


def test_a_flag_that_a_replay_cannot_raise_again_is_not_missed(desk):
    desk.change(response="weekend = [1, 2, 3, 4, 5, 6, 7]")
    desk.read(item("c1", "lovely"))
    assert desk.cases()["c1"].flags
    assert replayed(desk, RUDE) == {("c1", 1): ([], [], [])}


def test_a_question_is_no_alarm_in_a_rehearsal_either(desk):
    desk.read(item("c1", "lovely why"))
    assert replayed(desk, {"why": ("question", 1.0)}) == {("c1", 1): ([], [], [])}


def test_history_comes_in_portions_and_each_text_once(desk, monkeypatch):
    monkeypatch.setattr(rehearsed, "PORTION", 3)
    desk.read(*(item(f"c{each}", f"text {each}") for each in range(10)))
    told = []
    texts = [each.text for each in rehearsal(desk, RUDE).run(lambda *progress: told.append(progress))]
    assert texts == [f"text {each}" for each in range(10)]
    assert told == [("judging", done, 10) for done in (3, 6, 9, 10)]


def test_a_rehearsal_changes_nothing(desk):
    desk.read(item("c1", INSULT), item("c2", "an oakie"))
    decide(desk, "c1", Action.FALSE_ALARM)

    def everything():
        with desk.store.reading() as tx:
            return {t.name: sorted(map(str, tx.execute(t.select()).all())) for t in Base.metadata.sorted_tables}

    before = everything()
    figures(desk, RUDE_AND_OAKIE, RUDE)
    assert everything() == before


def test_marks_are_held_against_what_would_be_flagged(desk):
    desk.read(*(item(each, f"{INSULT} {each}") for each in ("wrong", "wrong2", "right", "open")))
    decide(desk, "wrong", Action.FALSE_ALARM)
    decide(desk, "wrong2", Action.CONFIRM_FLAG)
    decide(desk, "wrong2", Action.FALSE_ALARM)
    decide(desk, "right", Action.CONFIRM_OFFENSIVE)
    counted = figures(desk, {"wrong2": ("abuse", 1.0)})
    assert (counted.marked, counted.marked_tried, counted.confirmed) == (2, 1, 1)
    assert [each.case for each in counted.lost.chosen()] == [number(desk, "right")]


def test_only_what_was_marked_is_replayed_where_that_is_asked(desk):
    desk.read(item("c1", INSULT), item("c2", INSULT))
    decide(desk, "c1", Action.FALSE_ALARM)
    decide(desk, "c2", Action.CONFIRM_FLAG)
    assert set(replayed(desk, RUDE, marked=True)) == {("c1", 1)}


def test_figures_count_categories_changes_terms_names_and_identity_words(desk):
    texts = [INSULT, f"{INSULT} Muslim", "oakie in the Muslim family club", "Mr Oakie", "lovely", "Polish lessons"]
    desk.read(*(item(f"c{at}", text) for at, text in enumerate(texts)))
    counted = figures(desk, RUDE_AND_OAKIE | {"Oakie": ("bullying", 1.0)}, RUDE, names=["Mr Oakie"])
    assert counted.texts == 6
    assert vars(counted.flagged) == {"then": 2, "today": 2, "tried": 4, "newly": 2, "no_longer": 0}
    assert counted.by_category[Category.BULLYING].newly == 2
    assert [(term.term, hits.texts, hits.newly) for term, hits in counted.terms] == [("oakie", 2, 2)]
    assert dict(counted.on_names) == {"Mr Oakie": 1}
    assert (counted.identity_texts, counted.identity.today, counted.identity.tried) == (3, 1, 2)
    assert counted.newly.of == 2


def test_a_sample_is_bounded_and_the_same_each_time(desk):
    desk.read(*(item(f"c{at}", INSULT) for at in range(40)))
    one, other = (figures(desk, {}, RUDE, most=3).no_longer for _ in range(2))
    assert one.of == other.of == 40
    assert [each.case for each in one.chosen()] == [each.case for each in other.chosen()]
    assert len(one.chosen()) == 3


# The command


@pytest.fixture
def rehearse(desk, monkeypatch, capsys):
    """Run the command with fake judges: (status, what it printed)."""
    from monitor.__main__ import main

    def judge_for(settings, models=None):
        words = dict(RUDE)
        own = OwnWords.of(settings)
        words |= {each.term: (each.category.value, 1.0) for each in own.deny}
        for term in own.allow:
            words.pop(term, None)
        return FakeJudge(words, own, detector="own-words/2")

    def ask(*words):
        monkeypatch.setattr("monitor.language.school_judge.judge_for", judge_for)
        monkeypatch.setattr("monitor.commands.rehearse.app_for", lambda args: desk.app)
        status = main(["rehearse", *map(str, words)])
        return status, capsys.readouterr()

    return ask


@pytest.fixture
def candidate(tmp_path):
    def write(text):
        file = tmp_path / "new-words.toml"
        file.write_text(text, "utf-8")
        return file

    return write


def test_the_command_says_what_a_list_would_change_and_says_no_word_of_a_comment(desk, rehearse, candidate):
    desk.read(item("c1", INSULT), item("c2", "what an oakie"), item("c3", "lovely"))
    decide(desk, "c1", Action.FALSE_ALARM)
    status, said = rehearse(candidate('allow = ["idiot"]\ndeny = [{ term = "oakie", category = "bullying" }]'))
    assert (status, said.err) == (0, "")
    assert "Replayed 3 texts: new-words.toml on top of the configuration" in said.out
    assert "Of 1 text marked as false alarms, 1 would not be flagged any more." in said.out
    assert f"Newly flagged, against today: 1 text, for example case {number(desk, 'c2')} (version 1)." in said.out
    assert "Nothing about it looks wrong." in said.out
    assert not any(word in said.out for word in ("stupid", "what an", "lovely"))


def test_the_words_are_shown_to_the_person_at_the_screen_who_asks_for_them(desk, rehearse, candidate):
    desk.read(item("c2", "what an oakie\u202e"))
    _, said = rehearse(candidate('deny = [{ term = "oakie", category = "bullying" }]'), "--show-text")
    assert "| what an oakie<U+202E RIGHT-TO-LEFT OVERRIDE>" in said.out


def test_what_looks_wrong_about_a_list_is_said_and_is_a_problem(desk, rehearse, candidate):
    desk.change(school='policy = "default"')
    desk.read(*(item(f"c{at}", f"oakie {at}") for at in range(6)), item("c7", INSULT), item("c8", "Ali and the cave"))
    decide(desk, "c7", Action.CONFIRM_OFFENSIVE)
    words = ["oakie", "Ali"]
    deny = ", ".join(f'{{ term = "{word}", category = "bullying" }}' for word in words)
    status, said = rehearse(candidate(f'allow = ["idiot"]\ndeny = [{deny}]'))
    assert status == 1
    assert '"oakie" (bullying) hits 75.0 % of all texts' in said.out
    assert f"1 text rightly flagged would be missed: case {number(desk, 'c7')} (version 1)." in said.out
    assert "the school's own name Mrs Ali is flagged by itself (bullying)." in said.out
    assert "touch the school's own names: Ali (1)" in said.out


def test_a_term_that_hits_false_alarms_mostly_is_told(desk, rehearse, candidate):
    desk.read(item("c1", INSULT), item("c2", INSULT))
    decide(desk, "c1", Action.FALSE_ALARM)
    decide(desk, "c2", Action.FALSE_ALARM)
    status, said = rehearse(candidate('deny = [{ term = "stupid", category = "abuse" }]'))
    assert status == 1
    assert '"stupid" (insult) hits mostly false alarms: 2 of 2 were marked so.' in said.out


def test_the_marked_ones_are_listed_for_review(desk, rehearse):
    desk.read(item("c1", INSULT), item("c2", "lovely"))
    decide(desk, "c1", Action.FALSE_ALARM)
    status, said = rehearse("--marked")
    assert status == 0
    assert "Replayed 1 text: what is installed now" in said.out
    assert "still flagged: insult" in said.out
    assert "Mrs Ali" in said.out


def test_the_file_holds_numbers_and_categories_and_no_words(desk, rehearse, candidate, tmp_path):
    desk.read(item("c1", INSULT), item("c2", "what an oakie"), item("c3", "lovely"))
    file = tmp_path / "changes.csv"
    rehearse(candidate('allow = ["idiot"]\ndeny = [{ term = "oakie", category = "bullying" }]'), "--csv", file)
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["case"], row["today"], row["tried"], row["change"]) for row in rows] == [
        (str(number(desk, "c1")), "abuse", "", "no longer flagged"),
        (str(number(desk, "c2")), "", "bullying", "newly flagged"),
    ]
    assert "oakie" not in file.read_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the list is empty"),
        ("alow = []", 'alow is not a setting. Did you mean "allow"?'),
        ("thresholds = { threat = 0.9 }", "thresholds.threat: a safeguarding category"),
        ("allow = [", "not readable as TOML"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_every_problem(rehearse, candidate, content, said):
    status, told = rehearse(candidate(content))
    assert (status, told.out) == (2, "")
    assert said in told.err


@pytest.mark.parametrize(
    "options", [("--since", "yesterday"), ("--sample", "-1"), ("--policy", "nosuch"), ("--csv", "/nowhere/x.csv")]
)
def test_a_wrong_option_is_refused(rehearse, options):
    try:
        status, said = rehearse(*options)
    except SystemExit as refused:
        status, said = refused.code, None
    assert status == 2
    assert said is None or said.err.startswith("school-monitor: ")


def test_an_empty_history_is_no_problem(rehearse):
    status, said = rehearse()
    assert (status, "Replayed 0 texts" in said.out) == (0, True)


def test_the_since_day_begins_when_it_begins_at_the_school(desk, rehearse):
    desk.read(item("c1", at=NOW - timedelta(hours=9, minutes=1)), item("c2", at=NOW - timedelta(hours=9)))
    assert "Replayed 1 text:" in rehearse("--since", "2026-11-10")[1].out


def test_a_text_in_another_language_is_no_sign_that_something_is_not_installed(desk):
    desk.read(item("c1", text="Dziękuję bardzo, czy dzieci mogą przyjść jutro wcześniej?"))
    counted = Figures(OwnNames(()), ())
    for each in Rehearsal(desk.store, "oakfield", desk.settings.policy, Judge(models="none"), None, Wanted()).run():
        counted.add(each)
    assert (counted.texts, counted.flagged.tried, counted.unchecked) == (1, 1, 0)
    assert not warnings(counted, ())


def test_a_text_on_which_a_model_failed_is_one(desk):
    desk.read(item("c1", "lovely"))
    failed = FakeJudge({"lovely": ("could_not_be_checked", 1.0)}, detector="models/4")
    counted = Figures(OwnNames(()), ())
    for each in Rehearsal(desk.store, "oakfield", desk.settings.policy, failed, None, Wanted()).run():
        counted.add(each)
    (said,) = warnings(counted, ())
    assert said == "1 text: a check or a model failed; is everything installed?"
