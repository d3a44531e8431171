"""A school's books and one connector, and time that passes in quarters of an hour."""

from datetime import timedelta

from fake_judge import FakeJudge
from sqlalchemy import select

from config.packs import pack_file, read_pack
from config.schedule import Schedule
from monitor.allotment import Allotment
from monitor.clock import SetClock
from monitor.collect import Collector
from monitor.custody.capture import Capturer
from monitor.judge import Judge
from monitor.ledger_line import LedgerBook
from monitor.school_facts import SchoolFacts
from monitor.store import archive, ledger
from monitor.store.engine import open_store
from monitor.store.item_tables import Item
from monitor.store.ledger import Enrolment, enrol
from monitor.store.reading_tables import Read

QUARTER = timedelta(minutes=15)


class Office:
    """The books of one school in `folder` with one account, read by what `build` makes at every run.

    Nothing is flagged but by `words` (see FakeJudge), and so nothing else is kept as evidence.
    """

    def __init__(self, folder, network, build, begin, allotment=None, every=QUARTER, words=None):
        self.clock, self.build, self.every = SetClock(begin), build, every
        self.allotment = allotment or Allotment(10_000)
        self.store = open_store(f"sqlite:///{folder / 'books.db'}")
        policy = read_pack(pack_file("default", folder))
        with self.store.writing() as tx:
            enrol(tx, "oakfield", "Oakfield", "Europe/London", [Enrolment("it", network, "It", "it")], begin)
        facts = SchoolFacts(
            key="oakfield",
            name="Oakfield",
            timezone="Europe/London",
            policy=policy,
            rule=policy.response,
            people=(),
            registered=(),
            last_resort="chair@governors.example",
            schedule=Schedule(),
            evidence=folder / "evidence",
            sample_percent=0,
            live_page="",
            environment="",
            program="",
            configuration="",
        )
        self.judge = Judge(Capturer(facts), FakeJudge(words or {}))

    def poll(self):
        """Read once; the clock then stands at the next time."""
        collector = Collector(
            book=LedgerBook(self.store, "oakfield", "it", self.clock),
            connector=self.build(),
            judge=self.judge,
            allotment=self.allotment,
            next_run_in=self.every,
        )
        result = collector.run()
        self.clock.at += self.every
        return result

    def export(self):
        """What `school-monitor export` would write, by id, without what the world says nothing of."""
        with self.store.reading() as tx:
            school = ledger.enrolled_school(tx, "oakfield")
            rows = list(archive.everything(tx, school, None, None))
        kept = ("remote_id", "author_id", "is_own", "text", "created_at", "parent_id", "state", "answered_at")
        assert len({row["remote_id"] for row in rows}) == len(rows)
        return {row["remote_id"]: {name: row[name] for name in kept} for row in rows}

    def first_seen(self):
        """When each item was first seen, by id."""
        with self.store.reading() as tx:
            return dict(tx.execute(select(Item.remote_id, Item.first_seen_at)).all())

    def reads(self):
        """The ledger."""
        with self.store.reading() as tx:
            return list(tx.scalars(select(Read).order_by(Read.id)))

    def close(self):
        self.store.close()
