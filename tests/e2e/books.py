"""Looking into what the program keeps, past the program: the database and the folders themselves."""

import hashlib
import json
import sqlite3
from contextlib import closing

from processes import school_monitor

from config.loading import load_settings
from monitor.commands.export import FOR_NOBODY_IN_PARTICULAR
from monitor.store import archive, ledger
from monitor.store.engine import open_store

CONFIGURATION = "school-monitor.toml"


def rows(folder, question, *values):
    """Rows of the database, as tuples. It is only read."""
    with closing(sqlite3.connect(f"file:{folder / 'school-monitor.db'}?mode=ro", uri=True)) as database:
        return database.execute(question, values).fetchall()


def export(folder):
    """What `export` writes, byte for byte as text."""
    done = school_monitor("export", "--config", folder / CONFIGURATION)
    assert (done.status, done.err) in {(0, ""), (0, f"{FOR_NOBODY_IN_PARTICULAR}\n")}
    return done.out


def exported(folder):
    return [json.loads(line) for line in export(folder).splitlines()]


def everything(folder):
    """The lines of the export, made in this process: the same rows without the cost of starting one."""
    settings = load_settings(folder / CONFIGURATION, {})
    store = open_store(settings.database_url)
    try:
        with store.reading() as tx:
            school = ledger.school_by_key(tx, settings.school.key)
            return list(archive.everything(tx, school, None, None))
    finally:
        store.close()


def flags(folder):
    """(account, remote id, version, category, severity, start, end) of every flag, in order."""
    return rows(
        folder,
        """select account.key, item.remote_id, version.number, flag.category, flag.severity, flag.start, flag."end"
        from flag join version on version.id = flag.version_id join item on item.id = flag.comment_id
        join account on account.id = item.account_id order by 1, 2, 3, 4, 6, 7""",
    )


def deadlines(folder):
    """(account, remote id) -> (case number, deadline as stored) of every comment."""
    found = rows(
        folder,
        """select account.key, item.remote_id, item.id, item.due_at from item
        join account on account.id = item.account_id where item.type = 'comment'""",
    )
    return {(account, remote_id): (case, due_at) for account, remote_id, case, due_at in found}


def snapshots(folder):
    """Snapshot id -> (path below the evidence folder, digest)."""
    found = rows(folder, "select snapshot_id, path, digest from snapshot")
    return {snapshot_id: (path, digest) for snapshot_id, path, digest in found}


def deliveries(folder):
    """(kind, key, recipient, attempts, sent?) of every mail owed, in order.

    In the key of a mail about one case, the network's id stands in place of its number and of the moment; of the key
    of a mail about a pile-on, only how much of it is told.
    """
    items = dict(rows(folder, "select id, remote_id from item"))

    def named(kind, key):
        if kind in {"pile_on", "pile_on_urgent"}:
            return key.partition(":")[2]
        if kind not in {"urgent", "serious", "new", "due_soon", "overdue"}:
            return key
        _, case, *rest = key.split("-")
        return "-".join((items[int(case)], *rest))

    found = rows(folder, "select kind, key, recipient, attempts, sent_at is not null from delivery")
    return sorted((kind, named(kind, key), *more) for kind, key, *more in found)


def answers(folder):
    """(reply, comment): who answered what, by the network's ids."""
    return rows(
        folder,
        """select reply.remote_id, comment.remote_id from answer join item reply on reply.id = answer.reply_id
        join item comment on comment.id = answer.comment_id order by 1, 2""",
    )


def digests(folder):
    """Relative name -> sha256 of every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def standing(folder):
    """Everything that must not depend on how the reading went: all but moments of reading and numbers of rows."""
    return {
        "export": everything(folder),
        "flags": flags(folder),
        "deadlines": sorted((one, due_at) for one, (_, due_at) in deadlines(folder).items()),
        "answers": answers(folder),
        "snapshots": sorted(snapshots(folder)),
        "mails owed": deliveries(folder),
        "quarantine": rows(folder, "select account_id, digest from quarantine order by 1, 2"),
    }
