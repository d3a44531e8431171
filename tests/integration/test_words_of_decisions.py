"""What people write down with a decision is theirs to ask for, and goes with the comment when it is erased."""

from desk import INSULT, NOW, PARENT, item
from erased import erase
from evidence_desk import MRS_ALI
from test_subject_access import answer

from monitor.deciding import decide
from monitor.model import Action
from monitor.store.item_tables import Comment, Decision

TOLD = "We took down what Gary Pretend said of a child"


def decided(desk):
    desk.read(item("c1", INSULT, by=PARENT, author_name="Gary Pretend", at=NOW))
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()["c1"].id)
        details = {"audience": TOLD, "house_rule": "2"}
        decide(tx, desk.app.capturer, comment, 1, Action.DELETE, MRS_ALI, desk.clock(), details)
    return desk


def test_an_erasure_leaves_numbers_and_no_words(desk):
    erase(decided(desk), "c1")
    (row,) = desk.all_of(Decision)
    assert row.details == {"house_rule": "2"}
    assert row.why == "erased"


def test_somebody_who_asks_is_given_what_readers_were_told_about_them(desk, tmp_path):
    _, top, data = answer(decided(desk), tmp_path, PARENT)
    (told,) = data["comments"][0]["decisions"]
    assert (told["audience"], told["house_rule"]) == (TOLD, "2")
    assert "Readers were told: " in (top / "data/what-we-hold.html").read_text()
