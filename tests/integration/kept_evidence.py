"""A school with evidence of some weeks, made once and copied for each test; and an attacker with its database."""

import base64
import shutil
import sqlite3
import struct
import zlib
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from desk import DAY, HOUR, INSULT, NOW, OTHER, Desk, item
from evidence_desk import MRS_ALI

from monitor.custody import media_gate
from monitor.custody.log import checkpoint_of, origin
from monitor.deciding import decide
from monitor.evidence.log.checkpoint import Checkpoint, short_form
from monitor.evidence.log.commitment import commit, new_salt, read_record, record_bytes
from monitor.evidence.log.merkle import Frontier, leaf_hash
from monitor.evidence.log.signing import SigningKey
from monitor.evidence.screen_print import read_screen_print
from monitor.model import Action
from monitor.store import evidence_log, judged, ledger
from monitor.verify.verifier import Asked, Verifier

DATABASE = "school-monitor.db"


def a_png(path):
    """A picture of one grey dot."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b""))
    return path


def some_weeks_in(tmp_path_factory):
    """The folder of a school that has lived through some weeks; made once for all tests of this process."""
    folder = tmp_path_factory.getbasetemp() / "some-weeks"
    if not folder.exists():
        folder.mkdir()
        _live_through(folder)
    return folder


def _live_through(folder):
    """Four comments kept as evidence, three cards, a decision, a screen print, second looks, three checkpoints."""
    desk = Desk(folder)
    desk.read(item("ask", "When does it open?", by=OTHER), item("c1", INSULT, under="ask"), item("c2", f"{INSULT}!"))
    desk.app.cards.run()
    desk.app.sealer.run()
    desk.later(HOUR)
    desk.read(item("c1", INSULT, under="ask"), item("c2", f"{INSULT}!"), item("c3", "I will kill you"))
    desk.app.cards.run()
    desk.later(DAY)
    desk.app.sealer.run()
    with desk.store.writing() as tx:
        school = ledger.enrolled_school(tx, "oakfield")
        case = desk.cases()["c3"].id
        comment = judged.comment_of(tx, school, case)
        decide(tx, desk.app.capturer, comment, 1, Action.CONFIRM_OFFENSIVE, MRS_ALI, desk.clock())
        desk.app.exhibits.add_screen_print(
            tx, school, case, read_screen_print(a_png(folder / "print.png")), MRS_ALI, desk.clock()
        )
    desk.read(item("c4", f"{INSULT}?"))
    desk.later(DAY)
    desk.app.sealer.run()
    desk.close()


@contextmanager
def copied(folder, to):
    """A desk on a copy of all that, some days later."""
    desk = Desk(shutil.copytree(folder, to), now=NOW + 4 * DAY)
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def broken_into(desk):
    """The database as somebody uses it who has dropped its triggers first."""
    with closing(sqlite3.connect(desk.folder / DATABASE)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        yield database
        database.commit()


def cut_off(desk, at):
    """Take out all entries from position `at` on, and the heads over them."""
    with broken_into(desk) as database:
        for table in ("log_entry", "log_opening"):
            database.execute(f"DELETE FROM {table} WHERE position >= {at}")
        database.execute(f"DELETE FROM log_checkpoint WHERE size > {at}")


def withhold(desk, case):
    """Mark a comment as a suspected indecent image of a child."""
    with desk.store.writing() as tx:
        media_gate.withhold(tx, ledger.enrolled_school(tx, "oakfield"), case, MRS_ALI, desk.clock())


def verdict(desk, **asked):
    """What checking it all finds."""
    folder = desk.settings.path.parent
    roots = {each.url: folder / each.ca_file for each in desk.settings.timestamps}
    verifier = Verifier(desk.store, "oakfield", desk.settings.evidence_folder, desk.settings.signing_key, roots)
    return verifier.run(Asked(**asked))


def problems(desk, **asked):
    return list(verdict(desk, **asked).problems)


def printed(desk, number=1):
    """The head that a weekly report printed when there were `number` checkpoints and one more: (line, size, root)."""
    with desk.rows() as (tx, school, _):
        head = checkpoint_of(school, evidence_log.checkpoints(tx, school)[number])
    return short_form(head), head.size, head.root


def folder_at(desk, position):
    """The folder of one piece of evidence, absolute, and its path below the evidence folder."""
    path = next(each.path for each in desk.snapshots() if each.position == position)
    return desk.settings.evidence_folder / path, path


def write_the_whole_log_anew(desk):
    """What somebody can do who owns the computer: another history, committed to and signed with another key."""
    desk.settings.signing_key.unlink()
    key = SigningKey.load_or_create(desk.settings.signing_key)
    frontier, roots = Frontier(), {}
    with broken_into(desk) as database:
        rows = database.execute("SELECT position, record FROM log_opening ORDER BY position").fetchall()
        for position, record in rows:
            facts = read_record(record)
            if facts["kind"] == "key":
                facts |= {"fingerprint": key.public.fingerprint, "public_key": key.public.pem}
            if facts["kind"] == "decision":
                facts["by"] = "Mr Bevan"
            salt, record = new_salt(), record_bytes(facts)
            commitment = commit(salt, record)
            frontier.add(leaf_hash(commitment))
            roots[position + 1] = frontier.root()
            opening = (salt.hex(), record.decode(), position)
            database.execute("UPDATE log_opening SET salt = ?, record = ? WHERE position = ?", opening)
            database.execute("UPDATE log_entry SET commitment = ? WHERE position = ?", (commitment.hex(), position))
        for row, size, at in database.execute("SELECT id, size, at FROM log_checkpoint").fetchall():
            head = Checkpoint(origin("oakfield"), size, roots[size], datetime.fromisoformat(at).replace(tzinfo=UTC))
            signature = base64.b64encode(key.sign(head.text())).decode()
            forged = (head.root.hex(), signature, key.public.fingerprint, row)
            database.execute("UPDATE log_checkpoint SET root = ?, signature = ?, key = ? WHERE id = ?", forged)
