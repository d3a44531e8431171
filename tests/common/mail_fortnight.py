"""A school's fortnight of mail: who wrote what when, who answered, who was told of it. Time goes from event to event.

The daemon looks every minute; here only those moments are lived in which something may be due, and `step` says how
finely: by minutes as the daemon, or by quarters of an hour, which is quick, and tells what is not urgent later.
Accounts are read shortly before the quarter, so that whoever looks then looks within a minute of every comment.
What a mail tells is kept as the message it was made of, with its plain text.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from unittest import mock
from zoneinfo import ZoneInfo

from fake_judge import FakeJudge
from sqlalchemy import select

from config.loading import load_settings
from connectors.base import AccountState, Batch, Capabilities, FetchedItem, FetchedPost, ItemKind
from monitor import mail_writer
from monitor.alerting import acknowledge
from monitor.allotment import Allotment
from monitor.clock import SetClock
from monitor.collect import Collector
from monitor.custody.log import Actor
from monitor.deciding import decide
from monitor.ledger_line import LedgerBook
from monitor.model import Action
from monitor.rules.calendar import is_working
from monitor.store import outbox
from monitor.store.handling_tables import Alert, Exclusion
from monitor.store.pile_on_tables import PileOn
from monitor.store.tables import Answer, Comment, Delivery, Item
from monitor.wiring import build_app

LONDON = ZoneInfo("Europe/London")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST_DAY = date(2026, 5, 18)
"""A Monday. The next one is the spring bank holiday."""
ALI, BEVAN, HEAD = "ali@oakfield.example", "bevan@oakfield.example", "head@oakfield.example"
LEAD, LAST = "lead@oakfield.example", "chair@governors.example"
MODERATORS = (ALI, BEVAN)
NAMES = {ALI: "Mrs Ali", BEVAN: "Mr Bevan", HEAD: "Ms Okafor", LEAD: "Miss Lead"}
AT_ONCE = frozenset({outbox.URGENT, outbox.PILE_ON_URGENT})
POLL = 4 * HOUR
QUARTER = 15 * MINUTE
EARLY = timedelta(seconds=20)
"""How long before the quarter accounts are read."""
SCHOOL_ID = "100200300"

WORDS = {
    "hogwash": ("abuse", 1.0),
    "blast": ("profanity", 1.0),
    "menace": ("threat", 1.0),
    "groped": ("allegation", 1.0),
}
"""By a word in a comment, what it is flagged as. By the default pack: serious, a concern, urgent, urgent."""

CONFIGURATION = """
[school]
name = "Oakfield Primary School"
key = "oakfield"
last_resort = "chair@governors.example"

[mail]
transport = "folder"
sender = "monitor@oakfield.example"

[[people]]
name = "Mrs Ali"
email = "ali@oakfield.example"
roles = ["moderator"]

[[people]]
name = "Mr Bevan"
email = "bevan@oakfield.example"
roles = ["moderator"]
absent = [[2026-05-26, 2026-05-28]]
covered_by = "Mrs Ali"

[[people]]
name = "Ms Okafor"
email = "head@oakfield.example"
roles = ["head"]

[[people]]
name = "Miss Lead"
email = "lead@oakfield.example"
roles = ["safeguarding"]

[[accounts]]
key = "facebook"
label = "Facebook page"
network = "facebook_page"
page_id = "100200300"
access_token_env = "TOKEN"
api_url = "http://127.0.0.1:9"
poll_minutes = 240

[[accounts]]
key = "nursery"
label = "Nursery page"
network = "facebook_page"
page_id = "100200400"
access_token_env = "TOKEN"
api_url = "http://127.0.0.1:9"
poll_minutes = 240

[judging]
models = "none"
"""


def local(day, hour, minute=0):
    """A moment of the fortnight, which begins on day 0, by the school's clock."""
    return datetime.combine(FIRST_DAY + timedelta(days=day), time(hour, minute), LONDON).astimezone(UTC)


BEGIN, END = local(0, 0), local(14, 9)
STORM_BEGINS, STORM_ENDS = local(1, 19, 40), local(2, 7, 20)


@dataclass(frozen=True)
class Mail:
    """One mail that was accepted. `told`: the cases it tells of, whether they are listed or only counted; `overdue`:
    those it says are overdue; `lists`: each of its lists, whole; `crowds`: when the pile-ons it tells of began."""

    at: datetime
    to: str
    kind: str
    subject: str
    text: str
    told: frozenset
    overdue: frozenset
    lists: tuple
    crowds: frozenset


class World:
    """What people write, and what the school answers: items by account, each with the moment it is there to read."""

    def __init__(self, seed, crowd):
        self.dice = Random(seed)
        self.items = defaultdict(list)
        self.posts = defaultdict(list)
        for day in range(14):
            for key in ("facebook", "nursery"):
                for hour in (8, 13, 17):
                    at = local(day, hour) - DAY
                    self.posts[key].append(FetchedPost(f"{key}-{day}-{hour}", "News", at, ""))
        for day in range(14):
            for n in range(15):
                self._ordinary(day, n)
        self._storm(crowd)
        for key in self.items:
            self.items[key].sort(key=lambda each: each[0])

    def _ordinary(self, day, n):
        hour = self.dice.choice((*range(24), *range(7, 23), *range(15, 23)))
        at = local(day, hour, self.dice.randrange(60))
        key = self.dice.choice(("facebook", "facebook", "nursery"))
        chance = self.dice.random()
        words = "When does it begin?"
        if chance < 0.08:
            words = self.dice.choice(("hogwash", "hogwash", "Mrs Ali, hogwash"))
        elif chance < 0.13:
            words = "blast it"
        elif chance < 0.16:
            words = "a menace to you"
        elif chance < 0.17:
            words = "Ms Okafor groped somebody"
        self._comment(key, f"{key}-{day}-{(8, 13, 17)[n % 3]}", f"c{day}-{n}", at, words)

    def _storm(self, crowd):
        """Half of them in the first hour, the rest until morning; some of them bad, one about a moderator."""
        length = STORM_ENDS - STORM_BEGINS
        for n in range(crowd):
            share = self.dice.random() * HOUR / length if n < crowd // 2 else self.dice.random() ** 2
            bad = {20: "a menace", 60: "menace to all", 170: "menace", 40: "Mr Bevan, hogwash"}
            words = bad.get(n, "hogwash" if n % 40 == 7 else "I agree")
            answered = local(2, 11, n % 50) if n % 6 else None
            at = STORM_BEGINS + share * length
            self._comment("facebook", "facebook-1-17", f"storm-{n}", at.replace(microsecond=0), words, answered)
        self.storm = {f"storm-{n}" for n in range(crowd)}

    def _comment(self, key, post, name, at, words, answered=...):
        author = f"88{abs(hash_of(name)) % 900}"
        kind = ItemKind.COMMENT
        item = FetchedItem(
            remote_id=name,
            kind=kind,
            text=words,
            created_at=at,
            post_remote_id=post,
            author_id=author,
            author_name="Somebody",
            raw={"id": name, "message": words},
        )
        self.items[key].append((at, item))
        if answered is ...:
            wait = self.dice.choice((HOUR / 3, HOUR, 3 * HOUR, 8 * HOUR, 20 * HOUR, 30 * HOUR, None))
            answered = at + wait if wait else None
            if answered and not 8 <= answered.astimezone(LONDON).hour < 20:
                answered += 10 * HOUR
        if answered and "menace" not in words and "groped" not in words:
            reply = f"re-{name}"
            own = SCHOOL_ID if key == "facebook" else "100200400"
            self.items[key].append((answered, FetchedItem(remote_id=reply, kind=ItemKind.REPLY, text="Thank you.",
                created_at=answered, post_remote_id=post, parent_remote_id=name, author_id=own,
                author_name="Oakfield", raw={"id": reply})))  # fmt: skip


def hash_of(name):
    """The same in every process."""
    return int.from_bytes(name.encode(), "big") % 1_000_003


class _Feed:
    """A connector that hands over what is there and was not handed over yet."""

    network = "facebook_page"
    capabilities = Capabilities(("comments",), shows_hidden=True)

    def __init__(self, own_id, posts, items):
        self.own_id, self.posts, self.items = own_id, posts, items

    def check(self):
        return AccountState(frozenset({self.own_id}), "Oakfield Primary School")

    def fetch(self, stream, cursor, budget):
        budget.spend()
        yield Batch(tuple(self.items), None, True, posts=tuple(self.posts))

    def verify(self, remote_ids, budget):
        return {}


class MailFortnight:
    """Lives through it in `folder`. `mails`: all that were accepted. `crowd`: comments in the storm."""

    def __init__(self, folder, seed=7, crowd=300, step=MINUTE):
        self.world, self.step = World(seed, crowd), step
        self.clock = SetClock(BEGIN)
        file = folder / "school-monitor.toml"
        file.write_text(CONFIGURATION)
        settings = load_settings(file, {"TOKEN": "token"})
        with mock.patch("monitor.language.school_judge.judge_for", return_value=FakeJudge(WORDS)):
            self.app = build_app(settings, self.clock)
            self.judge = self.app.judge
        object.__setattr__(self.app.notifier, "transport", self)
        self.store, self.settings, self.rule = self.app.store, settings, settings.rule
        self.mails: list[Mail] = []
        self.seen: dict[str, int] = dict.fromkeys(("facebook", "nursery"), 0)
        self.ticks = self.reads = 0
        self._said = None
        self._due = [self.clock.at]
        self._known_deliveries = self._known_comments = 0
        self._chores = [(local(day, 9, 40), self._decide) for day in range(14) if self.works(local(day, 9))]
        self._chores += [(local(day, 12, 10), self._take) for day in range(14) if self.works(local(day, 9))]

    def works(self, moment):
        """Whether it is a working day."""
        return is_working(moment.astimezone(LONDON).date(), self.rule)

    def mailed_then(self, moment):
        """Whether people are mailed about what is not urgent."""
        return self.works(moment) and time(8) <= moment.astimezone(LONDON).time() < time(18)

    def live(self):
        """From the first minute to the last."""
        with ExitStack() as stack:
            # Neither says anything here: what went missing, and the mails as HTML, which have tests of their own.
            stack.enter_context(mock.patch("monitor.collect.look_for_the_missing"))
            stack.enter_context(mock.patch("alerts.pages.html", return_value="<p>See the text.</p>"))
            for name in _RENDERED:
                stack.enter_context(mock.patch.object(mail_writer, name, self._noting(getattr(mail_writer, name))))
            for kind, render in list(mail_writer._REMINDERS.items()):
                stack.enter_context(mock.patch.dict(mail_writer._REMINDERS, {kind: self._noting(render)}))
            slots = self._slots()
            while slots:
                at, what = heapq.heappop(slots)
                if at >= END:
                    break
                self._tell_until(at)
                self.clock.at = at
                what()
            self._tell_until(END)
        return self

    def _slots(self):
        """Reads and chores. Every account is read every four hours, and at the quarter after something is new."""
        slots = []
        for key in self.seen:
            at = {BEGIN + n * POLL for n in range(1, (END - BEGIN) // POLL)}
            for moment, _ in self.world.items[key]:
                at.add(BEGIN + -((BEGIN - moment) // QUARTER) * QUARTER)
            at = {moment - EARLY for moment in at}
            slots += [(moment, lambda key=key: self._read(key)) for moment in at]
        slots += self._chores
        numbered = [(at, n, what) for n, (at, what) in enumerate(slots)]
        heap = [_Slot(*each) for each in numbered]
        heapq.heapify(heap)
        return heap

    def _read(self, key):
        there = self.world.items[key]
        upto = self.seen[key]
        while upto < len(there) and there[upto][0] <= self.clock.at:
            upto += 1
        items = [item for _, item in there[self.seen[key] : upto]]
        posts = [post for post in self.world.posts[key] if post.created_at <= self.clock.at]
        self.seen[key] = upto
        own = SCHOOL_ID if key == "facebook" else "100200400"
        feed = _Feed(own, posts if items else (), items)
        book = LedgerBook(self.store, "oakfield", key, self.clock)
        result = Collector(book, feed, self.judge, Allotment(1000), POLL).run()
        assert not result.failures, result.failures
        self.reads += 1
        self._soon()

    def _decide(self):
        """Mrs Ali decides about what was flagged the day before, as far as she may see it."""
        with self.store.writing() as tx:
            kept_out = {row.comment_id for row in tx.scalars(select(Exclusion))}
            flagged = select(Comment).where(Comment.flags.any(), Comment.first_seen_at < self.clock.at - 12 * HOUR)
            for comment in tx.scalars(flagged.order_by(Comment.id)).all():
                if comment.id not in kept_out and not comment.decisions:
                    actor = Actor("Mrs Ali", "seen", "ali on office-pc")
                    decide(tx, self.app.capturer, comment, 1, Action.CONFIRM_FLAG, actor, self.clock.at)
        self._soon()

    def _take(self):
        """Mr Bevan says that he looks after one of the newest comments."""
        with self.store.writing() as tx:
            newest = tx.scalars(select(Comment).order_by(Comment.id.desc()).limit(1)).one()
            if not newest.flags:
                actor = Actor("Mr Bevan", "mine", "bevan on office-pc")
                decide(tx, self.app.capturer, newest, 1, Action.TAKE, actor, self.clock.at)
        self._soon()

    def _acknowledge(self, number):
        with self.store.writing() as tx:
            alert = tx.get_one(Alert, number)
            if alert.acknowledged_at or alert.closed_at or number % 5 == 0:
                return  # one in five is left to go from person to person
            who = next(mail.to for mail in self.mails if mail.kind == outbox.URGENT and alert.comment_id in mail.told)
            actor = Actor(NAMES.get(who, who), "", f"{who} on office-pc")
            acknowledge(tx, self.app.school, tx.get_one(Comment, alert.comment_id), who, actor, self.clock.at)

    def _soon(self):
        """Something has happened: the next minute is lived."""
        heapq.heappush(self._due, self.clock.at + timedelta(seconds=1))

    def _tell_until(self, moment):
        """Let the daemon's minutes pass, as many of them as matter."""
        while True:
            while self._due and self._look_after(self._due[0]) <= self.clock.at:
                heapq.heappop(self._due)
            at = self._look_after(self._due[0]) if self._due else moment
            if at > moment:
                return
            self.clock.at = at
            self.ticks += 1
            for number in self._to_acknowledge():
                self._acknowledge(number)
            before = len(self.mails)
            result = self.app.notifier.run()
            assert not result.failures, result.failures
            self._what_is_next(self.mails[before:])

    def _look_after(self, moment):
        """When the daemon looks next after something has happened, or at the moment itself."""
        return BEGIN + -((BEGIN - moment) // self.step) * self.step

    def _to_acknowledge(self):
        found, waiting = [], []
        for at, number in getattr(self, "_acks", []):
            (found if at <= self.clock.at else waiting).append((at, number))
        self._acks = waiting
        return [number for _, number in found]

    def _what_is_next(self, new_mails):
        now, due = self.clock.at, []
        schedule = self.settings.schedule
        pause, soon = timedelta(minutes=schedule.between_mails_minutes), timedelta(hours=schedule.due_soon_hours)
        with self.store.reading() as tx:
            rows = tx.execute(
                select(Delivery.id, Delivery.next_attempt_at).where(Delivery.id > self._known_deliveries)
            )
            for number, at in rows.all():
                self._known_deliveries = max(self._known_deliveries, number)
                due.append(at)
            alerts = select(Alert).where(Alert.acknowledged_at.is_(None), Alert.closed_at.is_(None))
            for alert in tx.scalars(alerts):
                due += [alert.next_step_at] if alert.next_step_at else []
                if alert.opened_at > now - 2 * MINUTE:
                    self._acks = [*getattr(self, "_acks", []), (alert.opened_at + 10 * MINUTE, alert.id)]
                    due.append(alert.opened_at + 10 * MINUTE)
            comments = select(Comment.id, Comment.due_at).where(Comment.id > self._known_comments)
            for number, at in tx.execute(comments):
                self._known_comments = max(self._known_comments, number)
                if at:
                    due += [m for m in (at - soon - pause, at - soon, at, at + 2 * POLL) if self.mailed_then(m)]
        head_after = timedelta(minutes=schedule.head_after_minutes)
        if new_mails:
            due += [m for m in (now + pause, now + head_after) if self.mailed_then(m)]
        today = now.astimezone(LONDON).date()
        for day in (today, today + DAY):
            due += [
                datetime.combine(day, at, LONDON) for at in (time(7, 30), time(8), time(9), time(14, 30), time(18))
            ]
        for at in due:
            if at > now:
                heapq.heappush(self._due, at.astimezone(UTC))

    def _noting(self, render):
        def noting(message, envelope):
            self._said = message
            return render(message, envelope)

        return noting

    def send(self, message):
        """The transport: every mail is taken, and noted."""
        said, self._said = self._said, None
        with self.store.reading() as tx:
            claimed = select(Delivery).where(Delivery.claimed_until.is_not(None), Delivery.sent_at.is_(None))
            (delivery,) = tx.scalars(claimed).all()
        lists, overdue = _lists(said), []
        for name, lines in lists:
            overdue += [line.case for line in lines if name == "overdue"]
        matters = getattr(said, "matters", getattr(said, "pile_ons", ()))
        crowds = frozenset(matter.since for matter in matters)
        self.mails.append(
            Mail(
                at=self.clock.at,
                to=delivery.recipient,
                kind=delivery.kind,
                subject=str(message["Subject"]),
                text=message.get_body(("plain",)).get_content().replace("\r\n", "\n"),
                told=frozenset(line.case for _, lines in lists for line in lines) | self._in_crowds(crowds, delivery),
                overdue=frozenset(overdue if delivery.kind != outbox.OVERDUE else (c.case for c in said.lines)),
                lists=tuple(tuple(lines) for _, lines in lists if lines),
                crowds=crowds,
            )
        )

    def _in_crowds(self, since, delivery):
        """The comments that a mail about a pile-on has told of: those that were there by then."""
        if delivery.kind not in {outbox.PILE_ON, outbox.PILE_ON_URGENT}:
            return frozenset()
        found = set()
        with self.store.reading() as tx:
            for row in tx.scalars(select(PileOn).where(PileOn.began_at.in_(sorted(since)))):
                inside = (Comment.account_id == row.account_id, Comment.post_remote_id == row.post_remote_id)
                found.update(tx.scalars(select(Comment.id).where(*inside, Comment.created_at >= row.began_at)))
        return frozenset(found)

    def comments(self):
        """Every comment, and the moment its first answer was kept: None, nobody answered it."""
        with self.store.reading() as tx:
            answered = defaultdict(list)
            rows = select(Answer.comment_id, Item.first_seen_at).join(Item, Item.id == Answer.reply_id)
            for number, at in tx.execute(rows):
                answered[number].append(at)
            found = list(tx.scalars(select(Comment).order_by(Comment.id)))
            for comment in found:
                comment.flags  # noqa: B018 - loaded while there is a transaction
            return [(comment, min(answered[comment.id], default=None)) for comment in found]

    def kept_out(self):
        """By case: who is kept out of it by name."""
        with self.store.reading() as tx:
            found = defaultdict(set)
            for row in tx.scalars(select(Exclusion)):
                found[row.comment_id].add(row.person)
            return found

    def alerts(self):
        with self.store.reading() as tx:
            return list(tx.scalars(select(Alert)))

    def next_digest(self, moment):
        """When the first digest after a moment is mailed."""
        day = moment.astimezone(LONDON).date()
        at = datetime.combine(day, time(8), LONDON)
        while at <= moment or not is_working(at.date(), self.rule):
            at = datetime.combine(at.date() + DAY, time(8), LONDON)
        return at.astimezone(UTC)

    def each_day(self):
        """(person, local day) -> kinds of the mails they got, in order."""
        found = defaultdict(list)
        for mail in self.mails:
            found[mail.to, mail.at.astimezone(LONDON).date()].append(mail.kind)
        return found

    def close(self):
        self.store.close()


@dataclass(frozen=True, order=True)
class _Slot:
    at: datetime
    n: int
    what: object = None

    def __iter__(self):
        return iter((self.at, self.what))


_RENDERED = ("render_digest", "render_weekly", "render_urgent", "render_serious", "render_pile_on")


def _lists(said):
    names = ("to_answer", "overdue", "flagged", "lines", "cases")
    return [(name, getattr(said, name)) for name in names if hasattr(said, name)]
