"""What a moderator decided holds for the words they saw, and for nothing else."""

from desk import HOUR, INSULT, MINUTE, NOW, item

from monitor.model import Action
from monitor.store import judged
from monitor.store.tables import Comment, School


def decide(desk, action, version=1, remote_id="c1"):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()[remote_id].id)
        judged.record_decision(tx, comment, version, action, "Mrs Ali", "because", desk.clock())


def waiting(desk):
    return [entry.case.remote_id for entry in desk.app.reporter.waiting(desk.clock())]


def test_no_reply_needed_is_said_of_the_words_it_was_said_of(desk):
    desk.read(item("c1", "Lovely, thank you"))
    decide(desk, Action.NO_REPLY_NEEDED)
    assert waiting(desk) == []
    desk.later(15 * MINUTE)
    desk.read(item("c1", "Your staff left my daughter alone outside. Who do I complain to?"))
    assert waiting(desk) == ["c1"]


def test_answering_elsewhere_does_not_settle_what_was_flagged(desk):
    desk.read(item("c1", INSULT))
    decide(desk, Action.ANSWERED_ELSEWHERE)
    (entry,) = desk.app.reporter.waiting(desk.clock())
    assert (entry.needs_reply, bool(entry.flags)) == (False, True)
    decide(desk, Action.CONFIRM_OFFENSIVE)
    assert waiting(desk) == []


def test_whether_evidence_was_kept_is_known_when_somebody_confirms_an_offence(desk):
    desk.read(item("c1", INSULT), item("c2", "A veiled remark", at=NOW - 2 * HOUR))
    with desk.store.reading() as tx:
        kept = {c: judged.has_evidence(tx, tx.get_one(Comment, desk.items()[c].id)) for c in ("c1", "c2")}
    assert kept == {"c1": True, "c2": False}


def test_a_school_makes_its_own_cards_only_and_a_failed_one_again_after_an_hour(desk):
    desk.read(item("c1", INSULT))
    with desk.store.writing() as tx:
        tx.add(School(key="other", name="Other School", timezone="Europe/London", started_at=NOW))
    with desk.store.reading() as tx:
        assert judged.cards_owed(tx, "other", NOW, 10) == []
        ((row, _),) = judged.cards_owed(tx, "oakfield", NOW, 10)
    with desk.store.writing() as tx:
        judged.settle_card(tx, row, "failed", NOW)
    with desk.store.reading() as tx:
        assert judged.cards_owed(tx, "oakfield", NOW, 10) == []
        assert len(judged.cards_owed(tx, "oakfield", NOW + HOUR, 10)) == 1
