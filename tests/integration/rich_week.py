"""A school with two accounts and a week in which everything happened that a weekly report can tell of."""

from datetime import UTC, datetime

from desk import DAY, HOUR, INSULT, MINUTE, OTHER, SCHOOL, SCRIPTED, Desk, emptied, item, page

from connectors.base import Verdict
from connectors.fetched import FetchedPost
from monitor.model import Action
from monitor.store import judged, ledger
from monitor.store.item_tables import Comment

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
"""Start of week 46."""
AFTER = MONDAY + 7 * DAY + 7 * HOUR + 30 * MINUTE
THREAT = "I will kill you"
ACCOUNTS = SCRIPTED + SCRIPTED.replace('"facebook"', '"second"').replace("Facebook page", "Second page")


def at(day, hour, minute=0):
    """A moment of the week: day 0 is Monday."""
    return MONDAY + day * DAY + hour * HOUR + minute * MINUTE


def decide(desk, remote_id, action, moment, by="Mrs Ali", why="because"):
    """Record what a moderator decided."""
    with desk.store.writing() as tx:
        comment = tx.get_one(Comment, desk.cases()[remote_id].id)
        judged.record_decision(tx, comment, comment.versions[-1].number, action, by, why, moment)


def read_at(desk, moment, *items, key="facebook", **options):
    """One read of an account at a moment."""
    desk.clock.at = moment
    return desk.read(*items, account_key=key, **options)


def note_read(desk, moment):
    """A complete read of the first account that brought nothing."""
    with desk.store.writing() as tx:
        account = ledger.enrolled_account(tx, "oakfield", "facebook")
        line = ledger.read_line(tx, ledger.begin_read(tx, account, "comments", moment))
        line.complete, line.finished_at = True, moment


def rich_school(folder, store, more=""):
    """The desk on the Monday after the week, before any report of it was made.

    `store`: None for the database that `more`, TOML below the accounts, names.
    """
    desk = Desk(folder, accounts=ACCOUNTS + more, response='no_reply_needed = ["thanks"]', now=MONDAY - 7 * DAY,
                store=emptied(store) if store else None)  # fmt: skip
    early = MONDAY - 6 * DAY + 9 * HOUR
    read_at(desk, early + HOUR, item("old", at=early), item("old2", at=early + MINUTE))
    begin = at(0, 9)
    names = ("in_time", "late", "excused", "spam", "hidden", "taken_away", "open", "kept")
    texts = {"hidden": INSULT, "kept": THREAT, "spam": "You are an idiot"}
    comments = [item(name, texts.get(name, "When is it?"), at=begin, by=f"by-{name}") for name in names]
    answers = [
        item("r1", by=SCHOOL, under="in_time", at=at(0, 10), permalink="https://network.example/r1"),
        item("r2", by=SCHOOL, under="old2", at=at(0, 10)),
    ]
    post = FetchedPost("post", "News", at(0, 8), "https://network.example/post", comment_count=40)
    desk.clock.at = at(0, 11)
    desk.read_pages([page(*comments, *answers, posts=(post,))])
    decide(desk, "open", Action.TAKE, at(0, 11, 30), by="Mr Bevan")
    decide(desk, "excused", Action.NO_REPLY_NEEDED, at(0, 12))
    decide(desk, "spam", Action.CONFIRM_SPAM, at(0, 12))
    decide(desk, "hidden", Action.CONFIRM_OFFENSIVE, at(0, 12))
    decide(desk, "hidden", Action.HIDE, at(0, 13))
    decide(desk, "hidden", Action.REPORT, at(0, 13))
    for moment in (at(0, 14), at(0, 15)):
        desk.clock.at = moment
        desk.read_pages([page()], dict.fromkeys(names, Verdict.PRESENT) | {"taken_away": Verdict.GONE})
    read_at(desk, at(1, 13), item("r3", by=SCHOOL, under="late", at=at(1, 12)))
    read_at(desk, at(2, 9), item("thanks", "Thank you!", at=at(2, 8), by="grateful"), key="second")
    found = [item("seen2", at=at(3, 9), by=OTHER)]
    read_at(desk, at(5, 10), *found, item("r4", by=SCHOOL, under="seen2", at=at(5, 9)), key="second")
    pairs = []
    for number in range(22):
        pairs += [
            item(f"q{number}", at=at(3, 9, number), by=f"asks{number}"),
            item(f"a{number}", by=SCHOOL, under=f"q{number}", at=at(3, 10, number * 3)),
        ]
    read_at(desk, at(3, 15), *pairs)
    read_at(desk, at(6, 12), item("sunday", at=at(6, 11), by="late-asker"))
    for quarter in range(12):
        note_read(desk, at(4, 9, 15 * quarter))
    desk.app.sealer.run(at_once=True)
    desk.clock.at = AFTER
    return desk
