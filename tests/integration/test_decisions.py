"""What a moderator decided holds for the words they saw, and for nothing else."""

from desk import INSULT, MINUTE, item

from monitor import deciding
from monitor.custody.log import Actor
from monitor.model import Action
from monitor.store.item_tables import Comment


def decide(desk, action, version=1, remote_id="c1"):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()[remote_id].id)
        actor = Actor("Mrs Ali", "because", "ali on office-pc")
        deciding.decide(tx, desk.app.capturer, comment, version, action, actor, desk.clock())


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
