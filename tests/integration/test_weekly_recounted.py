"""Whatever happened in a school, the report counts what a second, plain implementation counts from the same facts."""

from datetime import UTC, datetime, timedelta

import naive_weekly
import pytest
from desk import DAY, HOUR, MINUTE, SCRIPTED, Desk, emptied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from monitor.store import ledger
from monitor.store.base import Base
from monitor.store.item_tables import Answer, Comment, Decision, Flag, Item, Reply, Version
from monitor.store.reading_tables import Read

MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
SINCE, UNTIL = MONDAY, MONDAY + 7 * DAY
NOW = UNTIL + 7 * HOUR + 30 * MINUTE
WEEK = "2026-W46"
ACCOUNTS = SCRIPTED + SCRIPTED.replace('"facebook"', '"second"').replace("Facebook page", "Second page")
NEVER_ANSWERED = {"allegation"}
FLAGGED_AS = ("abuse", "allegation", "spam")
DECIDED = (
    *("answered_elsewhere", "no_reply_needed", "confirm_spam", "confirm_offensive", "hide", "delete", "report"),
    *("false_alarm", "take", "close"),
)

minutes = st.integers(-12 * 24 * 60, 9 * 24 * 60).map(lambda number: timedelta(minutes=number))
later = st.integers(-10, 5 * 24 * 60).map(lambda number: timedelta(minutes=number, milliseconds=number % 3 * 400))

reasons = st.sampled_from(["", " ", "why"])


@st.composite
def comments(draw):
    received = MONDAY + draw(minutes) + timedelta(milliseconds=draw(st.sampled_from([0, 400, 900])))
    owed = draw(st.booleans()) or draw(st.booleans())
    first_seen = received + draw(st.sampled_from([-HOUR, -MINUTE, MINUTE, HOUR, 2 * DAY]))
    gone = received + draw(later) if draw(st.integers(0, 5)) == 0 else None
    latest = draw(st.sampled_from([1, 1, 1, 2]))
    decisions = []
    for number in range(draw(st.integers(0, 3))):
        action, version = draw(st.sampled_from(DECIDED)), draw(st.integers(1, latest))
        decisions.append(
            (number, action, received + draw(later), version, draw(st.sampled_from(["", " ", "why"])), None)
        )
    if decisions and draw(st.integers(0, 3)) == 0:
        decisions.append(
            (len(decisions), "undo", received + 6 * DAY, latest, "", draw(st.sampled_from(decisions))[0])
        )
    flags = []
    if latest == 1 and draw(st.integers(0, 2)) == 0:
        flags.append((draw(st.sampled_from(FLAGGED_AS)), received + MINUTE))
    return {
        "account": draw(st.sampled_from(["facebook", "second"])),
        "received": received,
        "due": (received + DAY).replace(microsecond=0) if owed else None,
        "first_seen": first_seen,
        "last_seen": received + abs(draw(later)),
        "gone": gone,
        "tags": [] if owed or draw(st.booleans()) else ["thanks"],
        "latest": latest,
        "replies": [
            (received + draw(later), received + draw(later) if draw(st.integers(0, 4)) == 0 else None)
            for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2])))
        ],
        "decisions": decisions,
        "flags": flags,
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    from monitor.store.engine import open_store

    folder = tmp_path_factory.mktemp("recounted")
    store = open_store(f"sqlite:///{folder / 'books.db'}")
    desk = Desk(folder, accounts=ACCOUNTS, response='no_reply_needed = ["thanks"]', now=MONDAY - 90 * DAY,
                store=emptied(store))  # fmt: skip
    with store.writing() as tx:
        school = ledger.school_by_key(tx, "oakfield")
        pack = desk.settings.policy
        rule = desk.settings.rule.model_dump_json()
        ledger.policy_in_force(tx, school, pack.name, pack.version, pack.response_clause, rule, MONDAY)
        for account in ledger.accounts_of(tx, school):
            account.streams = ["comments"]
            tx.add(Read(account_id=account.id, stream="comments", started_at=NOW, finished_at=NOW, complete=True))
    desk.clock.at = NOW
    yield desk
    store.close()


def write_down(desk, facts):
    """Put the facts into the emptied books; returns the numbers of the comments."""
    with desk.store.writing() as tx:
        for table in (Answer, Flag, Decision, Version, Item):
            tx.execute(delete(table))
        accounts = {
            account.key: account.id for account in ledger.accounts_of(tx, ledger.school_by_key(tx, "oakfield"))
        }
        return [_write(tx, index, fact, accounts[fact["account"]]) for index, fact in enumerate(facts)]


def _write(tx, index, fact, account):
    same = {
        "account_id": account, "thread_key": f"c{index}", "author_name": "", "addressed_to": [], "shown": "visible",
        "permalink": "", "attachments": [],
    }  # fmt: skip
    comment = Comment(
        remote_id=f"c{index}", kind="comment", created_at=fact["received"], first_seen_at=fact["first_seen"],
        last_seen_at=fact["last_seen"], gone_at=fact["gone"], due_at=fact["due"], tags=fact["tags"],
        policy_version_id=1, **same,
    )  # fmt: skip
    tx.add(comment)
    tx.flush()
    versions = [
        Version(item_id=comment.id, number=number + 1, text="words", seen_at=fact["first_seen"], raw="{}")
        for number in range(fact["latest"])
    ]
    tx.add_all(versions)
    tx.flush()
    for number, (said, gone) in enumerate(fact["replies"]):
        reply = Reply(
            remote_id=f"r{index}-{number}", kind="reply", created_at=said, first_seen_at=said, last_seen_at=said,
            gone_at=gone, **same,
        )  # fmt: skip
        tx.add(reply)
        tx.flush()
        tx.add(Answer(reply_id=reply.id, comment_id=comment.id))
    rows = {}
    for number, action, at, version, why, takes_back in fact["decisions"]:
        rows[number] = Decision(
            comment_id=comment.id, version_id=versions[version - 1].id, action=action, by="Mrs Ali", why=why, at=at,
            undoes_id=rows[takes_back].id if takes_back is not None else None,
        )  # fmt: skip
        tx.add(rows[number])
        tx.flush()
    for category, raised in fact["flags"]:
        tx.add(
            Flag(comment_id=comment.id, version_id=versions[0].id, category=category, severity="concern", score=1.0,
                 detector="test", start=0, end=1, reason="", clause="", raised_at=raised)
        )  # fmt: skip
    tx.flush()
    return comment.id


def without_zeros(row):
    return {name: value for name, value in vars(row).items() if value and name not in {"account", "key"}}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(comments(), max_size=14))
def test_the_report_counts_what_a_plain_count_of_the_same_facts_counts(desk, facts):
    numbers = write_down(desk, facts)
    report = desk.app.reporter.weekly(WEEK, NOW)
    for row in report.figures:
        assert without_zeros(row) == naive_weekly.figures(
            facts, row.key, SINCE, UNTIL, NOW, NEVER_ANSWERED, ["thanks"]
        )
    owed = naive_weekly.waiting(facts, NOW, NEVER_ANSWERED)
    assert [line.case for line in report.unanswered] == [numbers[index] for index in owed]
    taken = naive_weekly.hours_taken(facts, SINCE, UNTIL, NOW, NEVER_ANSWERED)
    assert (report.median_hours, report.slowest_hours) == pytest.approx(naive_weekly.times(taken))
    for week in report.trend[-4:]:
        begin = datetime(week.first_day.year, week.first_day.month, week.first_day.day, tzinfo=UTC)
        counted = naive_weekly.pair(facts, begin, begin + 7 * DAY, NOW, NEVER_ANSWERED)
        assert (week.received, week.answered_in_time) == counted or (counted == (0, 0) and week.why_not)


def test_the_database_keeps_its_own_note_of_replies_true(desk):
    """Else an unanswered comment could be overlooked."""
    fact = {"replies": [(MONDAY + HOUR, None)]}
    base = {"account": "facebook", "received": MONDAY, "due": MONDAY + DAY, "first_seen": MONDAY, "gone": None}
    rest = {"last_seen": MONDAY, "tags": [], "latest": 1, "decisions": [], "flags": []}
    write_down(desk, [base | rest | fact])

    def noted():
        with desk.store.reading() as tx:
            return tx.scalar(select(Comment.has_reply))

    def change(**values):
        with desk.store.writing() as tx:
            reply = tx.scalars(select(Reply)).one()
            for name, value in values.items():
                setattr(reply, name, value)

    assert noted()
    change(gone_at=MONDAY + 2 * HOUR)
    assert not noted()
    change(gone_at=None)
    assert noted()
    with desk.store.writing() as tx:
        tx.execute(delete(Answer))
    assert not noted()
    assert "weekly_report" in Base.metadata.tables
