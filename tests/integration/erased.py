"""A conversation of which one comment is erased, and looking for what of it is left, however it may be written."""

import json
import shutil
from contextlib import contextmanager

import pytest
from desk import HOUR, MINUTE, NOW, OTHER, SCHOOL, Desk, item
from sqlalchemy import select

from monitor.custody.log import Actor
from monitor.erasing import holds
from monitor.erasing.eraser import Eraser
from monitor.erasing.finishing import finish_pending
from monitor.store.evidence_tables import Snapshot
from monitor.store.item_tables import Comment, Item
from monitor.store.school_tables import School

ALI = Actor("Mrs Ali", "the author asked for it", "ali on office-pc")
HEAD = Actor("Ms Okafor", "I have read the request", "head on head-pc")

REMOTE_ID, ANOTHER_ID, AUTHOR, NAME = "1000_5551234567", "1000_7778889999", "880017700123", "Zoë Käsebier"
WORDS = "You are a stupid idiot, Frau Müller-Lüdenscheidt \U0001f4a9"
EDITED = "You are a stupid idiot and a Vollpfosten, Frau Müller-Lüdenscheidt"
PERMALINK = "https://www.facebook.com/1000?comment_id=5551234567"
TRACES = ("Müller-Lüdenscheidt", "Vollpfosten", "5551234567", ANOTHER_ID, AUTHOR, NAME, "Käsebier")
"""What nobody else in the conversation says or is called."""


def theirs(text=WORDS, **more):
    """The comment that is erased."""
    wanted = {"by": AUTHOR, "author_name": NAME, "under": "c0", "at": NOW - HOUR, "permalink": PERMALINK}
    return item(REMOTE_ID, text, **(wanted | more))


def talk(desk):
    """Two versions of their comment, flagged, among flagged comments of somebody else, and answered by the school."""
    before = item("c0", "You are all useless clowns and idiots", by=OTHER, at=NOW - 2 * HOUR)
    after = item("c2", "What an idiot you all are", by=OTHER, under="c0", at=NOW - 30 * MINUTE)
    payload = {"id": "r1", "message": "Please ring us", "parent": {"id": REMOTE_ID}, "to": [int(AUTHOR)]}
    answer = item(
        "r1", "Please ring us", by=SCHOOL, under=REMOTE_ID, at=NOW - 20 * MINUTE, addressed_to=(AUTHOR,), raw=payload
    )
    desk.read(before, theirs(), after, answer)
    desk.later(HOUR)
    desk.read(theirs(EDITED, alt_ids=(ANOTHER_ID,)))
    desk.app.cards.run()


def conversation_in(tmp_path_factory):
    """The folder of a school after that conversation; made once for all tests of this process."""
    folder = tmp_path_factory.getbasetemp() / "conversation"
    if not folder.exists():
        folder.mkdir()
        desk = Desk(folder)
        talk(desk)
        desk.close()
    return folder


@contextmanager
def taken_up(folder):
    """A desk on a folder that is there already, two hours into the day, started without finishing any erasure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.wiring.finish_pending", lambda *_: None)
        desk = Desk(folder, now=NOW + 2 * HOUR)
    try:
        yield desk
    finally:
        desk.close()


def copy_of(folder, to):
    return shutil.copytree(folder, to)


def spellings(text):
    """Every way in which a text may stand in a file of ours."""
    escaped = json.dumps(text)[1:-1]
    return {
        text.encode(),
        escaped.encode(),
        json.dumps(escaped)[1:-1].encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
    }


def found_in(folder, *needles):
    """(file, needle) for every file below a folder, hidden ones as well, that holds a text in any spelling."""
    contents = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return sorted(
        (str(path.relative_to(folder)), needle)
        for path, content in contents.items()
        for needle in needles
        if any(spelt in content for spelt in spellings(needle))
    )


def eraser(desk):
    return Eraser(desk.store, "oakfield", desk.settings.evidence_folder, desk.clock)


def case_of(desk, remote_id=REMOTE_ID):
    with desk.rows() as (tx, _, __):
        return tx.scalars(select(Item.id).where(Item.remote_id == remote_id)).one()


def ask(desk, remote_id=REMOTE_ID, basis="request", actor=ALI):
    return eraser(desk).ask(case_of(desk, remote_id), basis, actor)


def erase(desk, remote_id=REMOTE_ID, basis="request"):
    """Ask for an erasure, have a second person agree where one is needed, and carry it out."""
    asked = ask(desk, remote_id, basis)
    if asked.waits:
        eraser(desk).approve(asked.number, HEAD)
    carried = eraser(desk).carry_out([asked.number], ALI.account)
    assert carried.cleared
    (result,) = carried.results
    return result


def finish(desk):
    return finish_pending(desk.store, "oakfield", desk.settings.evidence_folder, desk.clock)


def evidence_of(desk, remote_id):
    with desk.rows() as (tx, _, __):
        wanted = select(Snapshot).join(Item, Item.id == Snapshot.comment_id).where(Item.remote_id == remote_id)
        return [desk.settings.evidence_folder / row.path for row in tx.scalars(wanted.order_by(Snapshot.id))]


def hold(desk, remote_id, lift=False):
    with desk.store.writing() as tx:
        school = tx.scalars(select(School)).one()
        (holds.lift if lift else holds.place)(tx, school, case_of(desk, remote_id), HEAD, desk.clock())


def tombstone(desk, case):
    with desk.rows() as (tx, _, __):
        comment = tx.get(Comment, case)
        assert comment.versions
        return comment
