"""A school whose urgent alerts go from the moderators to the head, the safeguarding lead and the last resort."""

import re
from email import message_from_bytes, policy
from pathlib import Path

from desk import SCRIPTED, item

import config
from monitor.custody.log import Actor
from monitor.deciding import decide
from monitor.store import judged, ledger
from monitor.store.exclusions import kept_out
from monitor.store.handling_tables import Alert, Exclusion
from monitor.store.item_tables import Comment

ALI, BEVAN, HEAD = "ali@oakfield.example", "bevan@oakfield.example", "head@oakfield.example"
LEAD, LAST, MANAGER = "lead@oakfield.example", "chair@governors.example", "manager@oakfield.example"
THREAT = "I will kill you"

MORE_PEOPLE = """
[[people]]
name = "Miss Lead"
email = "lead@oakfield.example"
roles = ["safeguarding"]

[[people]]
name = "Mr Manager"
email = "manager@oakfield.example"
roles = ["line_manager"]
"""
PACK = "our-policy.toml"


THREAT_TOLD = '[categories.threat.tell]\nfirst = ["moderator"]\nthen = ["head", "safeguarding"]\n'
_OWN_RULES = re.compile(r"(?m)^(?:tell|hold|keep_out) = \{.*\}\n")
DEFAULT = Path(config.__file__).parent / "policies" / "default.toml"


def with_people(desk, more=MORE_PEOPLE, accounts=SCRIPTED, tell="", threat=THREAT_TOLD):
    """The school with more people, and a pack in which nothing is handled in a way of its own but threats.

    `tell`: TOML to add to the pack.
    """
    (desk.folder / PACK).write_text(_OWN_RULES.sub("", DEFAULT.read_text()) + threat + tell)
    desk.change(accounts=more + accounts, school=f'policy = "{PACK}"')
    return desk


def send(desk):
    return desk.app.notifier.run()


def urgent_mails(desk, kind="urgent"):
    """(recipient, when it was sent) of every mail of a kind that left."""
    return [(d.recipient, d.sent_at) for d in desk.deliveries(kind) if d.sent_at]


def told(desk, kind="urgent"):
    return [recipient for recipient, _ in urgent_mails(desk, kind)]


def alert(desk):
    (found,) = desk.all_of(Alert)
    return found


def words(desk):
    """Every mail in the folder: (recipient, subject, plain text)."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in desk.mails()]
    return [(m["To"], m["Subject"], m.get_body(("plain",)).get_content()) for m in mails]


def decided(desk, action, by="Mrs Ali", remote_id="c1"):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()[remote_id].id)
        actor = Actor(by, "because", "ali on office-pc")
        decide(tx, desk.app.capturer, comment, comment.versions[-1].number, action, actor, desk.clock())


def keep_out(desk, person, remote_id="c1"):
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.items()[remote_id].id)
        tx.add(Exclusion(comment_id=comment.id, person=person, why="named", by="monitor", at=desk.clock()))
        tx.flush()
        assert person in kept_out(tx, comment)


def comment_of(tx, number):
    return judged.comment_of(tx, ledger.school_by_key(tx, "oakfield"), number)


def threat(desk, remote_id="c1", **more):
    return desk.read(item(remote_id, THREAT, **more))
